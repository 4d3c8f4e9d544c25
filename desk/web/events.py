"""Incident events over HTTP: ``POST /events`` takes a CloudEvent, structured or binary, signed as RFC 9421 has it.

202 is answered only when Temporal has the event. Where it has not, nothing of it is kept here, and the sender sends it
again: what is delivered twice counts once. Nothing that was sent is logged.
"""

import asyncio
import base64
import binascii
import json
import logging
import stat
import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    MappingKeyResolver,
    algorithms,
)
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from pydantic import SecretBytes, ValidationError, field_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from activities.regimes import Regimes, known_regimes
from desk.events import LARGEST, parse
from desk.intake import NotDelivered, deliver, insist
from desk.readiness import readiness
from desk.web.access import self_guarded
from desk.web.cases import case_href
from desk.web.context import Desk
from desk.web.events_document import events_document
from domain.incident import IncidentEvent
from domain.intake import Fault, check_event, regime_of
from domain.model import Model
from records.engine import RecordFault

PATH: Final = "/events"
STRUCTURED: Final = "application/cloudevents+json"
BINARY: Final = "application/json"
PROBLEM: Final = "application/problem+json"
OLDEST: Final = timedelta(minutes=5)
"""How long ago a request may have been signed."""
SIGNED: Final = ("@method", "@path", "content-type", "content-digest")
"""What a signature covers at least; in binary mode every ``ce-`` header as well."""
WAIT: Final = timedelta(seconds=15)
"""How long Temporal is tried before the sender is told to come again."""
AGAIN: Final = 30
"""Seconds after which a sender may try again."""
NEVER_IN_HEADERS: Final = ("data", "data_base64", "datacontenttype")

_log = logging.getLogger(__name__)


class EventsKey(Model):
    """A key of somebody who may hand in events, for one board."""

    id: str
    board: str
    secret: SecretBytes
    """At least 32 bytes; in the file as base64."""

    @field_validator("secret", mode="before")
    @classmethod
    def _long_enough(cls, text: str) -> bytes:
        try:
            secret = base64.b64decode(text, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise ValueError("is not base64") from None
        if len(secret) < 32:
            raise ValueError("has fewer than 32 bytes")
        return secret


class Problem(Exception):
    """An answer that is no success, as RFC 9457 has it."""

    def __init__(
        self, status: int, title: str, detail: str = "", faults: tuple[Fault, ...] = (), again: int | None = None
    ) -> None:
        super().__init__(title)
        self.status, self.title, self.detail, self.faults, self.again = status, title, detail, faults, again

    @property
    def response(self) -> Response:
        """The answer."""
        body: dict[str, Any] = {"type": "about:blank", "title": self.title, "status": self.status}
        if self.detail:
            body["detail"] = self.detail
        if self.faults:
            body["errors"] = [fault.model_dump() for fault in self.faults]
        headers = {"retry-after": str(self.again)} if self.again else {}
        if self.status == 401:
            headers["accept-signature"] = 'sig=("' + '" "'.join(SIGNED) + '");keyid;created'
        return JSONResponse(body, self.status, headers, media_type=PROBLEM)


class Events:
    """The endpoint with its keys and its limit of requests."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limit = RateLimitItemPerMinute(desk.settings.events_per_minute)
        self._keys: tuple[float, dict[str, EventsKey]] = (-1.0, {})

    @property
    def routes(self) -> list[Route]:
        """The endpoint and its description."""
        return [
            self_guarded(PATH, self.take, name="events", methods=("POST",)),
            self_guarded("/openapi.json", self.describe, name="events-description"),
        ]

    async def describe(self, _: Request) -> Response:
        """What the endpoint takes and answers, for programs: OpenAPI 3.1."""
        return JSONResponse(events_document(self._desk.settings.desk_url))

    async def take(self, request: Request) -> Response:
        """One event; the answer says what became of it."""
        try:
            return await self._taken(request)
        except Problem as problem:
            _log.info("incident event answered %d", problem.status)
            return problem.response

    async def _taken(self, request: Request) -> Response:
        body = await _body(request)
        key = await self._signed_by(request, body)
        if not await self._limiter.hit(self._limit, key.id):
            raise Problem(429, "Too many requests", "Fewer a minute, please.", again=60)
        raw, faults = _read(request, body)
        event, regime = await asyncio.to_thread(self._checked, raw, faults)
        if event.data.board != key.board:
            raise Problem(403, "Another board's", f"This key is for events of the board {key.board}.")
        await self._deliver(event, regime)
        href = f"{self._desk.settings.desk_url}{case_href(event.case)}"
        _log.info("incident event delivered for %s", event.case.workflow_id)
        told = {"subject": event.subject, "workflow_id": event.case.workflow_id, "status": "delivered"}
        return JSONResponse(told, 202, {"location": href})

    async def _signed_by(self, request: Request, body: bytes) -> EventsKey:
        keys = await asyncio.to_thread(self._current_keys)
        secrets = {key.id: key.secret.get_secret_value() for key in keys.values()}
        resolver = MappingKeyResolver(public_keys=secrets, private_keys={})
        verifier = HTTPMessageVerifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=resolver)
        extra = [name for name in request.headers if name.startswith("ce-")]
        message = _Message(request, self._desk.settings.desk_url)
        try:
            found = verifier.verify(message, max_age=OLDEST, require_components=(*SIGNED, *extra), body=body)
            key_id = str(found[0].parameters["keyid"])
            return keys[key_id]
        except (HTTPMessageSignaturesException, LookupError, ValueError, TypeError):
            text = (
                "Sign the request as RFC 9421 has it, with a key of this desk, at most five minutes ago: /openapi.json."
            )
            raise Problem(401, "Not signed with a key that is known here", text) from None

    def _current_keys(self) -> dict[str, EventsKey]:
        """The keys as their file has them now. Raises ``Problem`` 404 where there is none, 503 where it is faulty."""
        path = self._desk.settings.events_keys_file
        if path is None:
            raise Problem(404, "No events are taken here", "Whoever operates the service sets SCR_EVENTS_KEYS_FILE.")
        try:
            changed = path.stat().st_mtime
            if changed != self._keys[0]:
                self._keys = (changed, read_keys(path))
        except (OSError, ValueError) as error:
            _log.error("the file of events keys cannot be used: %s", error)
            raise Problem(503, "No events can be taken just now", again=AGAIN) from None
        return self._keys[1]

    def _checked(self, raw: object, faults: tuple[Fault, ...]) -> tuple[IncidentEvent, str]:
        try:
            directory = self._desk.directory()
            boards = {board.id: board.regime for board in directory.boards}
            ready = readiness(Regimes(self._desk.settings.overlays), directory)
            found: IncidentEvent | tuple[Fault, ...] = faults
            if raw is not None:
                found = check_event(raw, boards, known_regimes(), self._desk.now(), why_not_ready=ready)
        except RecordFault:
            raise Problem(503, "The record cannot be reached", again=AGAIN) from None
        if faults or isinstance(found, tuple):
            every = tuple(dict.fromkeys((*faults, *(found if isinstance(found, tuple) else ()))))
            raise Problem(400, "This is no incident event that can be taken", faults=every)
        return found, regime_of(found, boards)

    async def _deliver(self, event: IncidentEvent, regime: str) -> None:
        try:
            client = await insist(self._desk.connect, WAIT)
            queue = self._desk.settings.task_queue
            await deliver(client, event, regime=regime, task_queue=queue, wait=WAIT)
        except NotDelivered as error:
            _log.warning("incident event not delivered for %s: %s", event.case.workflow_id, error)
            text = "Nothing of it was kept. Send it again; what is delivered twice counts once."
            raise Problem(503, "It could not be delivered", text, again=AGAIN) from None


def read_keys(path: Path) -> dict[str, EventsKey]:
    """The keys of a file by their ids. Raises ``OSError``, and ``ValueError`` without anything of a secret."""
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ValueError(f"{path} can be read by others: chmod 600 {path}")
    try:
        keys = [EventsKey.model_validate(each) for each in tomllib.loads(path.read_text("utf-8")).get("key", [])]
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        raise ValueError(f"{path}: key.{'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None
    if len({key.id for key in keys}) < len(keys):
        raise ValueError(f"{path}: two keys have the same id")
    return {key.id: key for key in keys}


class _Message:
    """The request as the verifier reads it: at the address that senders know, whatever stands before the desk."""

    def __init__(self, request: Request, desk_url: str) -> None:
        self.method = request.method
        self.url = f"{desk_url}{request.url.path}"
        self.headers = _Lines(request)


class _Lines:
    def __init__(self, request: Request) -> None:
        self._lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]

    def items(self) -> list[tuple[str, str]]:
        return self._lines


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise Problem(413, "Too large", f"An event has at most {LARGEST} bytes.")
    return bytes(body)


def _read(request: Request, body: bytes) -> tuple[object, tuple[Fault, ...]]:
    """The event as it would stand in a file, in whichever of the two modes it was sent."""
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    charset = rest.strip().lower().replace('"', "") or "charset=utf-8"
    readers: dict[str, Callable[[Request, bytes], tuple[object, tuple[Fault, ...]]]] = {
        STRUCTURED: _structured,
        BINARY: _binary,
    }
    reader = readers.get(kind.strip().lower())
    if reader is None or charset != "charset=utf-8":
        text = f"Send one event as {STRUCTURED}, or its data as {BINARY} with its attributes in ce- headers, in UTF-8."
        raise Problem(415, "Not an event that is taken here", text)
    return reader(request, body)


def _structured(_: Request, body: bytes) -> tuple[object, tuple[Fault, ...]]:
    return parse(body.decode("utf-8", "surrogateescape"))


def _binary(request: Request, body: bytes) -> tuple[object, tuple[Fault, ...]]:
    """Attributes are in headers, percent-encoded; the body is the event's data."""
    named = [(name[3:], value) for name, value in request.headers.items() if name.startswith("ce-")]
    given = [name for name, _ in named]
    if twice := sorted({name for name in given if given.count(name) > 1 or name in NEVER_IN_HEADERS}):
        return None, tuple(Fault(path=name, message="is not given once, in its place") for name in twice)
    data, faults = parse(body.decode("utf-8", "surrogateescape"))
    if data is None and faults:
        return None, tuple(fault.model_copy(update={"path": "data"}) for fault in faults)
    attributes = {name: unquote(value, errors="replace") for name, value in named}
    placed = tuple(fault.model_copy(update={"path": f"data.{fault.path}".rstrip(".")}) for fault in faults)
    return json.loads(json.dumps({**attributes, "datacontenttype": BINARY, "data": data})), placed
