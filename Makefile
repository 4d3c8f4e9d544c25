# Needs Python 3.11 or newer with venv, make and git. Another Python than python3: make PYTHON=python3.13 …
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
UV := .venv/tools/bin/uv

export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV

.PHONY: help setup run test check rehearse pictures screenshots clocks clean

help:
	@echo "make run       everything on this machine: Temporal with its Web UI, mailbox, worker, an example review"
	@echo "make test      every test; some of them only: make test ARGS='tests/domain -q'"
	@echo "make check     formatting, lint, types, and which room may import which"
	@echo "make rehearse  a whole case, years in seconds, as a timeline; under other rules: make rehearse REGIME=…"
	@echo "make pictures  the same, and the pictures of README.md drawn from it"
	@echo "make screenshots  pictures of the pages and of the Temporal Web UI, for docs/; needs Chromium"
	@echo "make clocks    docs/clocks.md, the table of every clock, from the regimes themselves"
	@echo "make setup     what all of these do first: the pinned dependencies, into .venv"
	@echo "make clean     remove .venv and caches; var/ with its records stays"

setup: .venv/ready desk/web/built/desk.css

# The design system of the pages, by the package manager of a Node that comes as a Python package.
desk/web/built/desk.css: .venv/ready desk/web/package-lock.json $(wildcard desk/web/styles/*)
	@$(BIN)/python -m desk.web.assets

.venv/ready: uv.lock pyproject.toml | $(UV)
	@$(UV) sync --quiet --frozen --all-extras --compile-bytecode
	@touch $@

$(UV):
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=…")'
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip .venv
	@$(PYTHON) -m venv .venv/tools
	@.venv/tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

run: setup
	@$(BIN)/python worker.py --embedded

test: setup
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

rehearse: setup
	@$(BIN)/python rehearse.py $(if $(REGIME),--regime $(REGIME))

pictures: setup
	@$(BIN)/python rehearse.py --pictures docs

screenshots: setup
	@PYTHONPATH=.:tests/browser $(BIN)/python tests/browser/screenshots.py

clocks: setup
	@$(BIN)/python scr.py regime table > docs/clocks.md.new
	@mv docs/clocks.md.new docs/clocks.md

clean:
	rm -rf .venv desk/web/built desk/web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
