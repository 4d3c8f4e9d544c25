"""The composition root: one Temporal plugin, used alike by worker, starter, command line, replay and tests."""

import dataclasses
import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import structlog
from sqlalchemy import func, select
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.plugin import SimplePlugin
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.calendar import Calendars, build_calendar
from activities.destruction import Destruction
from activities.directory import read_directory
from activities.letters import Post
from activities.lookup import LookingUp
from activities.records import RecordActivities
from activities.regimes import Regimes
from domain.clocks.calendar import Calendar, CalendarRequest, Holiday
from domain.directory import Directory, DirectoryFault, UnknownBoard
from domain.quiet_hours import may_leave_at
from domain.record import CaseRef
from letters.sending import Sender
from records.chain import open_fact
from records.engine import make_engine
from records.files import open_files
from records.store import Record
from records.tables import CaseRow, FactRow
from sealing import Keyring, load_keyring
from settings import Settings, SettingsFault
from workflows.registered import WORKFLOWS
from workflows.search_attributes import ALL_KEYS

_log = logging.getLogger(__name__)

Activities = Sequence[Callable[..., Any]]

ENCRYPTED: Final = b"binary/encrypted"
KEY_ID: Final = "encryption-key-id"
_CONTEXT: Final = b"temporal-payload"
_CHATTY: Final = ("httpx2", "alembic", "asyncio", "mail.log", "uvicorn")
"""Libraries that tell too much: the local mailbox's would log the addresses of everybody who gets a letter."""
_QUOTED_INPUT: Final = re.compile(r"input_value=.*, input_type=")


class KeyringCodec(PayloadCodec):
    """Seals every payload with the key ring's current key; opens what any of its keys has sealed."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal each payload, its metadata included."""
        return [self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open each payload; those of another encoding are passed on as they are. Raises ``KeyringFault``."""
        return [self._open(payload) for payload in payloads]

    def _seal(self, payload: Payload) -> Payload:
        key_id, sealed = self._keyring.seal(payload.SerializeToString(), _CONTEXT)
        return Payload(metadata={"encoding": ENCRYPTED, KEY_ID: key_id.encode()}, data=sealed)

    def _open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCRYPTED:
            return payload
        key_id = payload.metadata.get(KEY_ID, b"").decode("utf-8", "replace")
        return Payload.FromString(self._keyring.open(key_id, payload.data, _CONTEXT))


def data_converter(keyring: Keyring) -> DataConverter:
    """Pydantic values, sealed; what a failure says is sealed as well."""
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=KeyringCodec(keyring),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def scr_plugin(keyring: Keyring, activities: Activities = (), workflows: Sequence[type] = WORKFLOWS) -> SimplePlugin:
    """What makes a Temporal client, worker or replayer one of this service."""
    domain_as_it_is = SandboxRestrictions.default.with_passthrough_modules("domain")
    return SimplePlugin(
        "scr",
        data_converter=data_converter(keyring),
        workflows=workflows,
        activities=activities,
        workflow_runner=SandboxedWorkflowRunner(restrictions=domain_as_it_is),
    )


async def connect(
    settings: Settings,
    *,
    keyring: Keyring | None = None,
    activities: Activities = (),
    embedded: bool = False,
    runtime: Runtime | None = None,
) -> Client:
    """A client for the Temporal server of Temporal's own configuration, or for the embedded one.

    The key ring is read from its file unless given. Raises ``KeyringFault``, ``SettingsFault`` where Temporal's
    configuration cannot be read, and ``RuntimeError`` where the server cannot be reached.
    """
    here: ClientConnectConfig = {"target_host": f"127.0.0.1:{settings.temporal_port}", "namespace": "default"}
    config = here if embedded else here | _temporal_configuration()
    plugin = scr_plugin(keyring or load_keyring(settings.key_file), activities)
    return await Client.connect(**config, plugins=[plugin], runtime=runtime)


async def connect_to_ask(settings: Settings) -> Client:
    """A client that asks how workflows are, never what is in them, and so has no key ring.

    It connects only when it first asks. Raises ``SettingsFault`` where Temporal's configuration cannot be read.
    """
    here: ClientConnectConfig = {"target_host": f"127.0.0.1:{settings.temporal_port}", "namespace": "default"}
    return await Client.connect(**(here | _temporal_configuration()), lazy=True)


def _temporal_configuration() -> ClientConnectConfig:
    try:
        return ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError, OSError) as error:
        raise SettingsFault(f"Temporal's configuration cannot be used: {error}") from None


class CurrentDirectory:
    """The directory as its file says now, because people change over the years that a review takes.

    A file that has become unusable is told in the log, and what was known before goes on being used. The first reading
    raises ``DirectoryFault``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = read_directory(path)

    def __call__(self) -> Directory:
        """Who is who."""
        try:
            self._known = read_directory(self._path)
        except DirectoryFault as fault:
            _log.error("the directory %s is not used as it is now: %s", self._path, "; ".join(str(fault).splitlines()))
        return self._known


async def register_search_attributes(client: Client) -> list[str]:
    """Add the search attributes that the client's namespace lacks. Returns their names; none the second time."""
    listing = ListSearchAttributesRequest(namespace=client.namespace)
    known = (await client.operator_service.list_search_attributes(listing)).custom_attributes
    missing: dict[str, IndexedValueType.ValueType] = {
        key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in ALL_KEYS if key.name not in known
    }
    if missing:
        request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        await client.operator_service.add_search_attributes(request)
    return list(missing)


def open_record(settings: Settings, keyring: Keyring, directory: Directory) -> Record:
    """The case record, with each board's quiet hours, once it is seen that the key ring opens it.

    Raises ``RecordFault``, and ``KeyringFault`` where a key that something was sealed with is missing or another.
    """

    def hold_until(board_id: str, at: datetime, urgent: bool) -> datetime:
        try:
            board = directory.board(board_id)
        except UnknownBoard:
            return at  # a board that left the directory: its letters are found to have no reader
        calendar = _calendar(board.calendar, at.year, board.closure_days)
        return may_leave_at(at, urgent, board.quiet_hours, calendar)

    record = Record(make_engine(settings.database_url), keyring, hold_until)
    _try_each_key(record)
    return record


def _try_each_key(record: Record) -> None:
    first_of_each = select(func.min(FactRow.id)).group_by(FactRow.key_id)
    facts = select(FactRow, CaseRow).join(CaseRow, CaseRow.id == FactRow.case_id).where(FactRow.id.in_(first_of_each))
    with record.reading() as session:
        for fact, case in session.execute(facts):
            open_fact(record.keyring, case, fact)


@cache
def _calendar(calendar_id: str, year: int, closure_days: tuple[Holiday, ...]) -> Calendar:
    request = CalendarRequest(id=calendar_id, first_year=year - 1, last_year=year + 1, closure_days=closure_days)
    return build_calendar(request)


def make_sender(settings: Settings) -> Sender:
    """The mail server that letters are handed to."""
    return Sender(
        settings.smtp_host,
        settings.smtp_port,
        tls=settings.smtp_tls,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value(),
        sender=settings.smtp_from,
    )


def make_activities(settings: Settings, record: Record, directory: Directory | Callable[[], Directory]) -> Activities:
    """Everything that workflows ask of the outside; ``directory`` may be asked anew for each round of letters."""
    sender = make_sender(settings)

    def link(case: CaseRef, task: str) -> str:
        words = {"board": case.board, "reference": case.reference, "task": task}
        return settings.link_template.format_map({name: quote(word, safe="") for name, word in words.items()})

    everybody = directory if callable(directory) else lambda: directory
    of_record = RecordActivities(record)
    store = open_files(settings, record.keyring)
    looking_up = LookingUp(record, everybody, store)
    post = Post(record, everybody, sender, link)
    return (
        of_record.record,
        of_record.restore_case,
        of_record.restore_stage,
        post.post_letters,
        looking_up.look_up,
        Destruction(record, store).destroy_record,
        Calendars(record, everybody).load_calendar,
        Regimes(settings.overlays).load_regime,
    )


def make_worker(client: Client, settings: Settings, *, grace: timedelta) -> Worker:
    """A worker for the client's workflows and activities; ``grace`` is how long running activities may take to end."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        activity_executor=ThreadPoolExecutor(settings.activity_threads, thread_name_prefix="activity"),
        max_cached_workflows=settings.cached_workflows,
        # Without memory a second workflow would throw out the first in the middle of its step.
        max_concurrent_workflow_tasks=None if settings.cached_workflows else 1,
        max_concurrent_activities=settings.activity_threads,
        max_concurrent_local_activities=settings.activity_threads,
        graceful_shutdown_timeout=grace,
    )


def make_runtime(settings: Settings) -> Runtime:
    """Temporal's engine room in this process: its log goes into ours, its metrics to ``metrics_address``."""
    forwarding = LogForwardingConfig(logger=logging.getLogger("temporalio.core"))
    levels = TelemetryFilter(core_level="WARN", other_level="ERROR")
    metrics = None
    if settings.metrics_address:
        metrics = PrometheusConfig(
            bind_address=settings.metrics_address,
            durations_as_seconds=True,
            unit_suffix=True,
            counters_total_suffix=True,
        )
    try:
        telemetry = TelemetryConfig(logging=LoggingConfig(levels, forwarding=forwarding), metrics=metrics)
        return Runtime(telemetry=telemetry)
    except (RuntimeError, ValueError) as error:
        raise SettingsFault(f"SCR_METRICS_ADDRESS: {error}") from None


def configure_logging(settings: Settings, file: Path | None = None) -> None:
    """Everything that logs, through one handler: to standard error, or added to a file. Never payloads or names."""
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    handler = logging.StreamHandler(sys.stderr) if file is None else logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(_formatter(as_json=settings.log_format == "json", colors=file is None and sys.stderr.isatty()))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _formatter(*, as_json: bool, colors: bool) -> logging.Formatter:
    renderer = structlog.processors.JSONRenderer() if as_json else _console(colors)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _without_quoted_input,
            renderer,
        ],
    )


def _console(colors: bool) -> Any:
    return structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)


def _without_quoted_input(_: object, __: str, entry: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Pydantic's errors quote what they were given, which may be a name; the rest of the error is kept."""
    for key in ("event", "exception"):
        if isinstance(entry.get(key), str):
            entry[key] = _QUOTED_INPUT.sub("input_type=", entry[key])
    return entry
