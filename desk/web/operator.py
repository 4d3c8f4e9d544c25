"""The operator's page: worker, watchdog, mail, backup, versions. Nothing of any case is on it, not even a reference."""

import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.web import pages
from desk.web.access import guarded
from desk.web.context import Desk, desk_of
from desk.web.whom import For
from domain.model import Model
from records import operating
from records.operating import Worker
from settings import Settings
from watching.faults import FaultKind
from watching.metrics import LastLook, read_metrics

ROOT: Final = Path(__file__).parents[2]
MISSED: Final = 3
"""After how many looks that did not come the watchdog is said to be silent."""
KINDS: Final = {
    FaultKind.LATE: "Stages that have not done what time has brought",
    FaultKind.LETTERS: "Boards whose letters could leave and do not",
    FaultKind.WORKER: "No worker tells that it is there",
    FaultKind.NOT_RUNNING: "Open stages whose workflow does not run",
    FaultKind.FAILING: "Workflows that cannot be carried on",
    FaultKind.NO_POLLER: "Nobody asks Temporal for work",
    FaultKind.RECORD: "The case record cannot be read",
}


class WorkerLine(Model):
    """A worker process, and how it does."""

    worker: Worker
    age: str
    """How long ago its heart beat last, in words."""
    state: str
    silent: bool


async def operator_page(request: Request) -> Response:
    """How the service does."""
    words = await run_in_threadpool(_seen, desk_of(request))
    return pages.page(request, "operator.html", **words)


def _seen(desk: Desk) -> dict[str, Any]:
    now, settings = desk.now(), desk.settings
    look = _last_look(settings)
    return {
        "at": now,
        "workers": [_line(each, now, settings) for each in operating.workers(desk.record, now)],
        "look": look,
        "look_age": ago(look.at, now) if look else "",
        "look_silent": look is not None and now - look.at > MISSED * timedelta(seconds=settings.watchdog_seconds),
        "faults": [(KINDS[kind], count) for kind, count in look.faults.items() if count] if look else [],
        "mail": (mail := operating.mail_queue(desk.record, now)),
        "oldest_age": ago(mail.oldest, now) if mail.oldest else "",
        "mail_late": mail.oldest is not None
        and now - mail.oldest > timedelta(seconds=settings.watchdog_letter_seconds),
        **_backup(settings, now),
        "tables": operating.tables_version(desk.record),
        "version": version(),
    }


def _line(worker: Worker, now: datetime, settings: Settings) -> WorkerLine:
    silent = worker.ended_at is None and now - worker.at > timedelta(seconds=settings.watchdog_worker_seconds)
    state = "Stopped in order" if worker.ended_at else "Silent" if silent else "Running"
    return WorkerLine(worker=worker, age=ago(worker.at, now), state=state, silent=silent)


def _last_look(settings: Settings) -> LastLook | None:
    """What the watchdog wrote down after its last look; none where it has not looked yet, or elsewhere."""
    try:
        return read_metrics(settings.watchdog_metrics_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _backup(settings: Settings, now: datetime) -> dict[str, Any]:
    """When the last backup was made: whether that is told at all, and the time of the file that says so."""
    file = settings.backup_stamp_file
    try:
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC) if file else None
    except OSError:
        at = None
    return {"backup_told": file is not None, "backup_at": at, "backup_age": ago(at, now) if at else ""}


def ago(at: datetime, now: datetime) -> str:
    """``3 minutes ago``, in the largest unit that is full."""
    seconds = max(int((now - at).total_seconds()), 0)
    for length, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= length:
            number = seconds // length
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return f"{seconds} second{'s' if seconds != 1 else ''} ago"


@cache
def version() -> str:
    """The version of the service; empty where the file that tells it is not there."""
    try:
        return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return ""


routes: list[Route] = [guarded("/operator", operator_page, For.OPERATORS, name="operator")]
