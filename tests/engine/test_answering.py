"""Answering on a real server: from the safety check to the chair's decision, refused, repeated, too late."""

import asyncio
import base64
import json
import os
import re
import socket
import sys
import sysconfig
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.directory import read_directory
from desk.intake import deliver
from desk.sending import NotKnownYet, StageEnded, Unreachable
from desk.service import Service
from desk.views import ReceiptView
from domain.directory import Directory
from domain.incident import IncidentEvent
from domain.model import Refused
from domain.people import Role
from domain.record import CaseRef
from letters.mailbox import Mailbox
from records import queries
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from records.views import RecordedTask
from sealing import Keyring
from settings import Settings
from starter import shifted
from wiring import connect, make_activities, make_worker
from workflows.search_attributes import ALL_KEYS

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
WAIT = timedelta(seconds=30)
INJURED = {"outcome": "seriously_harmed"}
LIMBS = (
    "death",
    "life_threatening_injury",
    "serious_permanent_impairment",
    "serious_sexual_abuse",
    "parent_murdered",
    "killed_by_parent_with_mental_illness",
    "inter_agency_working",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class House:
    """Server, record, mailbox and desk; workers come and go."""

    client: Client
    settings: Settings
    record: Record
    desk: Service

    def worker(self) -> Worker:
        return make_worker(self.client, self.settings, grace=timedelta(seconds=2))

    async def opened(self, reference: str, **child: object) -> CaseRef:
        """A new case of the example incident, with something asked in both of its stages."""
        case = await self.delivered(reference, **child)
        await until(lambda: {"recommend", "acknowledge-child"} <= {t.form for t in self.tasks(case)})
        return case

    async def delivered(self, reference: str, **child: object) -> CaseRef:
        raw: dict[str, Any] = json.loads((ROOT / "examples" / "incident.json").read_text("utf-8"))
        data = raw["data"] | {"children": [raw["data"]["children"][0] | child]}
        event = IncidentEvent.model_validate(raw | {"subject": reference, "data": data})
        queue = self.settings.task_queue
        event = shifted(event, datetime.now(UTC).replace(microsecond=0))
        return (await deliver(self.client, event, regime="england-scr", task_queue=queue, wait=WAIT)).case

    def tasks(self, case: CaseRef) -> list[RecordedTask]:
        return queries.tasks(self.record, board=case.board, reference=case.reference)

    def kinds(self, case: CaseRef) -> list[str]:
        return [each.fact.kind for each in queries.facts(self.record, case)]

    async def scr(self, *arguments: str) -> tuple[int, str, str]:
        """The command line as a process of its own: its status, standard output and standard error."""
        environment = os.environ | {
            "SCR_VAR_DIR": str(self.settings.var_dir),
            "SCR_TEMPORAL_PORT": str(self.settings.temporal_port),
            "SCR_DIRECTORY_FILE": str(ROOT / "directory.toml"),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "scr.py"),
            *arguments,
            cwd=self.settings.var_dir,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    async def answer(
        self, task: str, person: str, fields: dict[str, Any] | None = None, request: str = "", wait: timedelta = WAIT
    ) -> ReceiptView:
        at = datetime.now(UTC)
        target = self.desk.target(task)
        actor = self.desk.actor(target, person, at)
        name = request or f"{task} {person} {at.isoformat()}"[-100:]
        return await self.desk.answer(target, actor, fields or {}, request_id=name, at=at, wait=wait)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something is in the record, or fail."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - the record calls nobody
            await asyncio.sleep(0.02)


def directory() -> Directory:
    return read_directory(ROOT / "directory.toml")


def write_keyring(path: Path, keyring: Keyring) -> None:
    keys = {name: base64.b64encode(key.get_secret_value()).decode() for name, key in keyring.keys.items()}
    path.write_text(json.dumps({"current": keyring.current, "keys": keys}))
    path.chmod(0o600)


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("answering")
    program = Path(sysconfig.get_path("scripts")) / "temporal"
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(program), search_attributes=ALL_KEYS, dev_server_log_level="error"
    ) as environment:
        port = int(environment.client.service_client.config.target_host.rpartition(":")[2])
        write_keyring(folder / "keyring.json", keyring)
        settings = Settings(var_dir=folder, temporal_port=port, mailbox_port=free_port(), task_queue="answering")
        engine = make_engine(settings.database_url)
        upgrade(engine)
        record = Record(engine, keyring, lambda board, at, urgent: at)
        activities = make_activities(settings, record, directory())
        client = await connect(settings, keyring=keyring, activities=activities, embedded=True)
        desk = Service(
            record,
            directory=directory,
            connect=lambda: connect(settings, keyring=keyring, embedded=True),
            task_queue=settings.task_queue,
            link_template=settings.link_template,
        )
        async with Mailbox(folder / "mailbox", settings.mailbox_port):
            yield House(client, settings, record, desk)
        engine.dispose()


@pytest.fixture(scope="module")
async def at_work(house: House) -> AsyncIterator[House]:
    """The house with a worker."""
    async with house.worker():
        yield house


async def made_safe(house: House, case: CaseRef, *children: str) -> None:
    for child in children:
        fields = {"decision": "no-further-action", "reason": "Seen at home; safe."}
        await house.answer(f"{case.reference}/safety/1/{child}/decide-for-child", "nb-duty-1", fields)


def recommendation(outcome: str, **more: str) -> dict[str, Any]:
    return {"outcome": outcome, "rationale": "As discussed.", "reasons": dict.fromkeys(LIMBS, "See minutes."), **more}


async def test_a_case_is_answered_from_the_safety_check_to_the_chairs_decision(at_work: House) -> None:
    case = await at_work.opened("NB-2026-301")
    receipt = await at_work.answer(f"{case.reference}/safety/1/S1/acknowledge-child", "nb-duty-1")
    assert receipt.task == "northbridge/NB-2026-301/safety/1/S1/acknowledge-child"
    assert "not a referral" in receipt.notice
    await made_safe(at_work, case, "S1", "H1")
    lead = {"secured_by": "records manager"}
    await at_work.answer(f"{case.reference}/decision/1/northbridge-cs/secure-records", "nb-cs-lead", lead)
    await at_work.answer(
        f"{case.reference}/decision/1/recommend", "nb-subgroup-chair", recommendation("serious-case-review")
    )
    decided = {"outcome": "serious-case-review", "rationale": "The first criterion is met."}
    receipt = await at_work.answer(f"{case.reference}/decision/1/decide", "nb-chair", decided)
    assert receipt.receipt.next.startswith("Decided: a serious case review")
    kinds = at_work.kinds(case)
    assert {"child-acknowledged", "records-secured", "review-recommended", "review-decided"} <= set(kinds)
    await until(lambda: "notice-given" in at_work.kinds(case))


async def test_a_refusal_names_its_rule_and_source_and_leaves_nothing_behind(at_work: House) -> None:
    case = await at_work.opened("NB-2026-302")
    with pytest.raises(Refused) as error:
        await at_work.answer(
            f"{case.reference}/decision/1/decide", "nb-chair", {"outcome": "none", "rationale": "Nothing to learn."}
        )
    assert error.value.refusal.code == "recommended"
    assert error.value.refusal.source.startswith("Separation of duties")
    assert "nb-chair" not in [each.fact.by.person for each in queries.facts(at_work.record, case) if each.fact.by]


async def test_a_deputy_answers_as_such(at_work: House) -> None:
    case = await at_work.opened("NB-2026-303")
    await at_work.answer(
        f"{case.reference}/decision/1/recommend", "nb-subgroup-deputy", recommendation("serious-case-review")
    )
    [fact] = [each.fact for each in queries.facts(at_work.record, case) if each.fact.kind == "review-recommended"]
    assert fact.by is not None
    assert (fact.by.role, fact.by.deputising) == (Role.SUB_GROUP, True)


async def test_the_same_answer_sent_twice_is_done_once(at_work: House) -> None:
    case = await at_work.opened("NB-2026-304")
    task = f"{case.reference}/safety/1/S1/acknowledge-child"
    first = await at_work.answer(task, "nb-duty-1", request="twice")
    full = f"northbridge/{task}"  # done by now, so that no ending of its id is open
    second = await at_work.answer(full, "nb-duty-1", request="twice")
    assert second.receipt.accepted_at == first.receipt.accepted_at
    assert at_work.kinds(case).count("child-acknowledged") == 1


async def test_a_used_request_id_does_not_take_another_answer_for_the_first(at_work: House) -> None:
    case = await at_work.opened("NB-2026-399")
    await at_work.answer(f"{case.reference}/safety/1/S1/acknowledge-child", "nb-duty-1", request="used")
    with pytest.raises(Refused) as refusal:
        await at_work.answer(f"{case.reference}/safety/1/H1/acknowledge-child", "nb-duty-1", request="used")
    assert refusal.value.refusal.code == "request-id-used"


async def test_an_ended_stage_gives_the_receipt_it_gave_and_takes_nothing_more(at_work: House) -> None:
    case = await at_work.opened("NB-2026-305")
    await made_safe(at_work, case, "S1")
    last = f"northbridge/{case.reference}/safety/1/H1/decide-for-child"
    fields = {"decision": "cannot-be-traced", "reason": "Asked everybody."}
    first = await at_work.answer(last, "nb-duty-1", fields, request="the last")
    await at_work.client.get_workflow_handle(case.stage_id("safety", 1)).result()
    again = await at_work.answer(last, "nb-duty-1", fields, request="the last")
    assert again.receipt == first.receipt
    with pytest.raises(StageEnded, match="this stage has ended"):
        await at_work.answer(last, "nb-duty-1", fields, request="another")


async def test_a_challenge_opens_a_closed_case_again(at_work: House) -> None:
    case = await at_work.opened("NB-2026-306", **INJURED)
    await made_safe(at_work, case, "C1", "S1", "H1")
    stage = f"{case.reference}/decision/1"
    other = {"other_review": "Learning review of practice"}
    await at_work.answer(f"{stage}/recommend", "nb-subgroup-chair", recommendation("other-review", **other))
    await at_work.answer(f"{stage}/decide", "nb-chair", {"outcome": "other-review", "rationale": "x"} | other)
    learning = {"learned": "To ask sooner.", "acted_on": "Training."}
    await at_work.answer(f"{stage}/record-learning", "nb-manager", learning)
    await at_work.client.get_workflow_handle(case.workflow_id).result()
    summary = queries.case_summary(at_work.record, case)
    assert summary.closed_at is not None
    may = at_work.desk.case(case, datetime.now(UTC)).may_record
    [challenge] = [each.id for each in may if each.id.endswith("/challenge")]
    challenged = {"received_at": "now", "reason": "The panel asks for a review."}
    receipt = await at_work.answer(challenge, "nb-manager", challenged)
    assert receipt.receipt.form == "challenge"
    await until(lambda: "recommend" in {task.form for task in at_work.tasks(case)})
    assert [task.stage for task in at_work.tasks(case) if task.form == "recommend"] == [case.stage_id("decision", 2)]
    assert queries.case_summary(at_work.record, case).closed_at is None
    # Its record is not up for review or destruction any more.
    await at_work.client.get_workflow_handle(case.stage_id("retention")).result()
    assert "retention-ended" in at_work.kinds(case)


async def test_a_challenge_without_a_decision_is_refused(at_work: House) -> None:
    case = await at_work.opened("NB-2026-307")
    with pytest.raises(Refused) as error:
        await at_work.answer(f"{case.reference}/challenge", "nb-manager", {"received_at": "now", "reason": "x"})
    assert error.value.refusal.code == "nothing-to-challenge"


async def test_a_stage_that_temporal_does_not_have_takes_no_answer(at_work: House) -> None:
    case = await at_work.opened("NB-2026-308")
    await at_work.client.get_workflow_handle(case.stage_id("safety", 1)).terminate()
    with pytest.raises(StageEnded):
        await at_work.answer(f"{case.reference}/safety/1/S1/acknowledge-child", "nb-duty-1")


async def test_without_a_worker_it_is_not_known_yet_and_the_same_request_is_done_once_later(house: House) -> None:
    settings = house.settings.model_copy(update={"task_queue": "sometimes"})
    part_time = House(house.client, settings, house.record, house.desk)
    async with part_time.worker():
        case = await part_time.opened("NB-2026-309")
    task = f"{case.reference}/safety/1/S1/acknowledge-child"
    with pytest.raises(NotKnownYet, match="--request-id again-later"):
        await part_time.answer(task, "nb-duty-1", request="again-later", wait=timedelta(seconds=1))
    async with part_time.worker():
        receipt = await part_time.answer(f"northbridge/{task}", "nb-duty-1", request="again-later")
    assert receipt.receipt.request_id == "again-later"
    assert part_time.kinds(case).count("child-acknowledged") == 1


async def test_without_a_server_nothing_is_sent(at_work: House, keyring: Keyring) -> None:
    case = await at_work.opened("NB-2026-310")
    nowhere = at_work.settings.model_copy(update={"temporal_port": free_port()})
    desk = Service(
        at_work.record,
        directory=directory,
        connect=lambda: connect(nowhere, keyring=keyring, embedded=True),
        task_queue="answering",
        link_template="",
    )
    cut_off = House(at_work.client, at_work.settings, at_work.record, desk)
    with pytest.raises(Unreachable):
        await cut_off.answer(f"{case.reference}/safety/1/S1/acknowledge-child", "nb-duty-1")


async def test_the_tool_prints_the_receipt_and_a_refusal_with_its_source(at_work: House) -> None:
    case = await at_work.opened("NB-2026-311")
    task = f"{case.reference}/safety/1/S1/decide-for-child"
    status, out, err = await at_work.scr("answer", task, "--as", "nb-duty-1", "decision=no-further-action")
    assert (status, out) == (3, "")
    assert err.startswith("Refused: No further action needs its reason")
    assert err.endswith("(Child protection procedures of the authority)\n")
    told = (
        "decision=no-further-action",
        "reason=Seen; safe.",
        "--as",
        "nb-duty-1",
        "--request-id",
        "by tool",
        "--json",
    )
    status, out, err = await at_work.scr("answer", task, *told)
    assert (status, err) == (0, "")
    assert json.loads(out)["task"] == f"northbridge/{task}"
    assert json.loads(out)["receipt"]["request_id"] == "by tool"
    assert at_work.kinds(case).count("child-safety-decided") == 1


async def test_the_tool_says_how_to_ask_again_where_no_worker_answers(house: House) -> None:
    settings = house.settings.model_copy(update={"task_queue": "seldom"})
    part_time = House(house.client, settings, house.record, house.desk)
    async with part_time.worker():
        case = await part_time.opened("NB-2026-312")
    task = f"{case.reference}/safety/1/S1/acknowledge-child"
    status, out, err = await part_time.scr("answer", task, "--as", "nb-duty-1", "--wait", "1", "--json")
    assert status == 4
    request = json.loads(out)["error"]["request_id"]
    assert f"Ask again with --request-id {request}" in err
    told = (
        "answer",
        f"{case.reference}/safety/1/record-allegation",
        "--as",
        "nb-manager",
        "alleged_at=now",
        "--wait",
        "1",
    )
    status, _, err = await part_time.scr(*told)
    assert status == 4
    assert re.search(r"--request-id \S+ and with 20\S+Z in place of now\n$", err)
