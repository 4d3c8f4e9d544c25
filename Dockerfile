# The service without the embedded server. Roles by command: worker.py, python -m desk.web.serving, starter.py, scr.py.
FROM python:3.13-slim AS build
COPY --from=ghcr.io/astral-sh/uv:0.13.9 /uv /usr/local/bin/uv
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --extra whatif

FROM build AS pages
RUN uv sync --frozen --no-dev --extra pages
COPY desk/__init__.py desk/
COPY desk/web desk/web
RUN .venv/bin/python -m desk.web.assets && rm -rf desk/web/node_modules

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin scr
# A new volume mounted here takes over the mode, so that whichever user the container runs as may keep documents in it.
RUN install --directory --mode 1777 /files
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY activities activities
COPY desk desk
COPY --from=pages /app/desk/web/built desk/web/built
COPY domain domain
COPY letters letters
COPY records records
COPY watching watching
COPY workflows workflows
COPY pyproject.toml process.py sealing.py settings.py wiring.py temporal_server.py embedded.py simulated.py worker.py watchdog.py starter.py scr.py whatif.py web_ui.py ./
COPY examples examples
RUN python -m compileall -q .
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 SCR_LOG_FORMAT=json
USER scr
ENTRYPOINT ["python"]
CMD ["worker.py"]
