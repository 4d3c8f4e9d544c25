"""The watchdog's metrics as Prometheus reads them: a file for the textfile collector, and a page on a port."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from domain.model import Model
from watching.faults import FaultKind, Seen

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics(seen: Seen, *, mail_waits: bool) -> str:
    """What the last look has found, in Prometheus' text format."""
    counted = Counter(fault.kind for fault in seen.faults)
    asked = FaultKind.NO_POLLER not in seen.unknown
    lines = [
        "# HELP scr_watchdog_faults Faults found at the last look, by kind.",
        "# TYPE scr_watchdog_faults gauge",
        *(f'scr_watchdog_faults{{kind="{kind.value}"}} {counted[kind]}' for kind in FaultKind),
        *_gauge("could_look", "Whether the case record could be read at the last look.", int(seen.could_look)),
        *_gauge("temporal_asked", "Whether Temporal could be asked at the last look.", int(asked)),
        *_gauge("mail_waits", "Whether a message of the watchdog could not leave.", int(mail_waits)),
        *_gauge("last_look_timestamp_seconds", "When the watchdog looked last.", int(seen.at.timestamp())),
    ]
    return "\n".join(lines) + "\n"


def _gauge(name: str, help: str, value: int) -> tuple[str, ...]:
    full = f"scr_watchdog_{name}"
    return f"# HELP {full} {help}", f"# TYPE {full} gauge", f"{full} {value}"


class LastLook(Model):
    """What a page of metrics tells of the watchdog's last look."""

    at: datetime
    faults: dict[FaultKind, int]
    could_look: bool
    """Whether the case record could be read."""
    temporal_asked: bool
    mail_waits: bool
    """Whether a message of the watchdog could not leave."""


def read_metrics(text: str) -> LastLook:
    """What the page says. Raises ``ValueError`` where it is none of ``metrics``."""
    found = dict(line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    try:
        return LastLook(
            at=datetime.fromtimestamp(int(found["scr_watchdog_last_look_timestamp_seconds"]), UTC),
            faults={kind: int(found.get(f'scr_watchdog_faults{{kind="{kind.value}"}}', 0)) for kind in FaultKind},
            could_look=found["scr_watchdog_could_look"] == "1",
            temporal_asked=found["scr_watchdog_temporal_asked"] == "1",
            mail_waits=found["scr_watchdog_mail_waits"] == "1",
        )
    except KeyError as error:
        raise ValueError(f"the metrics lack {error}") from None


@contextmanager
def serving_metrics(address: str, text: Callable[[], str]) -> Iterator[None]:
    """Serve the text at ``host:port`` for as long as the context lasts. Raises ``OSError`` and ``ValueError``."""
    host, _, port = address.rpartition(":")

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/metrics":
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            body = text().encode()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Who asks for metrics is not logged."""

    server = ThreadingHTTPServer((host.strip("[]"), int(port)), Page)
    server.daemon_threads = True
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
