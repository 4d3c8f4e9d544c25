"""From what was typed to a command: which task, who in which role, which fields."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from desk_cases import TOLD, Opened, after, desk, directory, example

from desk.answers import Target, acting, compose, find_target
from desk.civil import read_instant
from desk.fields import FieldFaults, parse_object, read_fields
from desk.sending import Unreachable
from domain.decision_commands import Recommend
from domain.model import Refused
from domain.people import Actor, Role
from domain.record import CaseRef
from domain.safety_commands import RecordStrategyDiscussion
from records.queries import Ambiguous, NotFound
from records.store import Record

BOARD = directory().board("northbridge")
CASE = CaseRef(board="northbridge", reference="NB-2026-101")
DUTY = Actor(person="nb-duty-1", role=Role.DUTY_SOCIAL_WORKER)


@pytest.fixture
def opened(sqlite_record: Record) -> Opened:
    return Opened(sqlite_record)


def target(form: str, item: str | None = None, stage: str = "safety/1", **more: object) -> Target:
    found = {"case": CASE, "stage": f"{CASE.workflow_id}/{stage}", "form": form, "item": item}
    return Target.model_validate(found | more)


def act(to: Target, person: str, role: Role | None = None, agency: str | None = None) -> Actor:
    return acting(BOARD, to, person, TOLD, role=role, agency=agency)


def faults(error: pytest.ExceptionInfo[FieldFaults]) -> dict[str, str]:
    return {fault.field: fault.message for fault in error.value.faults}


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("northbridge/NB-2026-101/safety/1/S1/acknowledge-child",) * 2,
        ("S1/acknowledge-child", "northbridge/NB-2026-101/safety/1/S1/acknowledge-child"),
        ("recommend", "northbridge/NB-2026-101/decision/1/recommend"),
        ("NB-2026-101/challenge", "northbridge/NB-2026-101/challenge"),
        ("northbridge/NB-2026-101/challenge",) * 2,
        ("NB-2026-101/safety/1/record-allegation", "northbridge/NB-2026-101/safety/1/record-allegation"),
        (
            "NB-2026-101/decision/1/agency-first-summary/northbridge-cs/2/acknowledge-escalation",
            "northbridge/NB-2026-101/decision/1/agency-first-summary/northbridge-cs/2/acknowledge-escalation",
        ),
    ],
)
def test_a_task_or_what_nobody_asked_for_is_found_as_typed(opened: Opened, typed: str, full: str) -> None:
    found = find_target(opened.record, typed)
    assert found.id == full
    assert full.startswith(found.stage.removeprefix("scr/"))


def test_an_item_with_slashes_is_kept_whole(opened: Opened) -> None:
    found = find_target(opened.record, "NB-2026-101/decision/1/notice/x/deliver-otherwise")
    assert (found.stage, found.item) == ("scr/northbridge/NB-2026-101/decision/1", "notice/x")


def test_an_ending_that_several_tasks_have_is_not_guessed(opened: Opened) -> None:
    with pytest.raises(Ambiguous, match=r"safety/1/H1/acknowledge-child, .*safety/1/S1/acknowledge-child"):
        find_target(opened.record, "acknowledge-child")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("X9/acknowledge-child", "named in full"),
        ("NB-2026-999/challenge", "named in full"),
        ("NB-2026-101/safety/7/S1/decide-for-child", "has no stage safety/7"),
        ("NB-2026-101/safety/1/decide", "no answer that .*safety/1 takes; it takes acknowledge-child"),
        ("NB-2026-101", "named in full"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(opened: Opened, typed: str, words: str) -> None:
    with pytest.raises(NotFound, match=words):
        find_target(opened.record, typed)


def test_the_role_is_inferred_where_only_one_of_the_persons_roles_may() -> None:
    assert act(target("acknowledge-child", "S1"), "nb-duty-1") == DUTY


def test_the_role_is_named_by_a_person_who_may_answer_in_several() -> None:
    both = BOARD.people[0].model_copy(update={"roles": (Role.DUTY_SOCIAL_WORKER, Role.DUTY_MANAGER)})
    board = BOARD.model_copy(update={"people": (both, *BOARD.people[1:])})
    to = target("acknowledge-child", "S1")
    with pytest.raises(Refused, match="--role: duty-social-worker, duty-manager"):
        acting(board, to, both.id, TOLD, role=None, agency=None)
    named = acting(board, to, both.id, TOLD, role=Role.DUTY_MANAGER, agency=None)
    assert named.role is Role.DUTY_MANAGER


def test_a_deputy_acts_for_the_holder_where_no_role_of_their_own_may() -> None:
    found = act(target("decide", None, "decision/1"), "nb-deputy-chair")
    assert found == Actor(person="nb-deputy-chair", role=Role.BOARD_CHAIR, deputising=True)


def test_an_agencys_lead_answers_for_the_agency_of_the_item_only() -> None:
    own = act(target("secure-records", "northbridge-cs", "decision/1"), "nb-cs-lead")
    assert (own.role, own.agency) == (Role.AGENCY_LEAD, "northbridge-cs")
    with pytest.raises(Refused, match="none of the roles that can do this"):
        act(target("secure-records", "northbridge-police", "decision/1"), "nb-cs-lead")


def test_an_escalation_is_acknowledged_in_the_role_it_was_brought_to() -> None:
    to = target("acknowledge-escalation", "safety-decision/S1/2", asked=Role.HEAD_OF_SERVICE)
    assert act(to, "nb-head").role is Role.HEAD_OF_SERVICE
    with pytest.raises(Refused, match="head of service"):
        act(to, "nb-duty-1")


@pytest.mark.parametrize(
    ("person", "role", "code"),
    [
        ("nb-chair", None, "not-in-role"),
        ("nb-chair", Role.DUTY_MANAGER, "not-in-role"),
        ("nobody", None, "unknown-person"),
    ],
)
def test_who_is_not_in_the_role_is_refused_with_the_source(person: str, role: Role | None, code: str) -> None:
    with pytest.raises(Refused) as error:
        act(target("acknowledge-child", "S1"), person, role)
    assert error.value.refusal.code == code
    assert error.value.refusal.source == "The board's directory of people and roles"


def test_fields_of_fields_and_lists_are_read_from_dots() -> None:
    typed = ["outcome=serious-case-review", "reasons.death=It did.", "rationale=All of it = clear."]
    typed += ["dissent.1.who=police", "dissent.1.view=no", "dissent.0.who=health", "dissent.0.view=wait"]
    sub_group = Actor(person="nb-subgroup-chair", role=Role.SUB_GROUP)
    command = compose(target("recommend", None, "decision/1"), sub_group, "r1", read_fields(typed), TOLD)
    assert isinstance(command, Recommend)
    assert command.reasons == {"death": "It did."}
    assert command.rationale == "All of it = clear."
    assert [dissent.who for dissent in command.dissent] == ["health", "police"]


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        (["decision"], "decision", "is not FIELD=VALUE"),
        (["decision=a", "decision=b"], "decision", "is given twice"),
        (["reasons=a", "reasons.death=b"], "reasons.death", "is given as a whole and in parts"),
        (["reasons.death=b", "reasons=a"], "reasons", "is given twice"),
    ],
)
def test_what_is_typed_wrongly_is_told_by_field(typed: list[str], field: str, message: str) -> None:
    with pytest.raises(FieldFaults) as error:
        read_fields(typed)
    assert faults(error) == {field: message}


def test_every_fault_of_an_answer_is_told_at_once_and_nothing_typed_is_repeated() -> None:
    fields = read_fields(["decision=Tamsin", "strategy_discussion=perhaps"])
    with pytest.raises(FieldFaults) as error:
        compose(target("decide-for-child", "S1"), DUTY, "r1", fields, TOLD)
    assert set(faults(error)) == {"decision", "strategy_discussion"}
    assert "one of protection-taken, " in error.value.faults[0].asks
    assert "Tamsin" not in str(error.value) + repr(error.value.faults)


def test_a_missing_field_is_told_with_what_is_asked() -> None:
    with pytest.raises(FieldFaults) as error:
        compose(target("record-acceptance", "S1"), DUTY, "r1", {"reference": "letter of 3 March"}, TOLD)
    assert faults(error) == {"accepted_at": "is needed", "accepted_by": "is needed"}


@pytest.mark.parametrize("name", ["actor", "request_id", "item", "decided_by"])
def test_a_field_that_the_form_lacks_is_a_fault_the_envelope_too(name: str) -> None:
    with pytest.raises(FieldFaults) as error:
        compose(target("acknowledge-child", "S1"), DUTY, "r1", {name: "x"}, TOLD)
    assert faults(error) == {name: "there is no such field"}


def test_an_unknown_part_of_an_entry_is_a_fault() -> None:
    fields = read_fields(["outcome=none", "rationale=x", "dissent.0.who=a", "dissent.0.view=b", "dissent.0.name=c"])
    chair = Actor(person="nb-chair", role=Role.BOARD_CHAIR)
    with pytest.raises(FieldFaults) as error:
        compose(target("decide", None, "decision/1"), chair, "r1", fields, TOLD)
    assert faults(error) == {"dissent.0.name": "there is no such field"}


def test_a_request_id_that_is_too_long_is_told_by_its_option() -> None:
    with pytest.raises(FieldFaults) as error:
        compose(target("acknowledge-child", "S1"), DUTY, "r" * 101, {}, TOLD)
    assert set(faults(error)) == {"--request-id"}


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2026-01-13T10:00+00:00", "2026-01-13T10:00:00+00:00"),
        ("2026-01-13T10:00", "2026-01-13T10:00:00+00:00"),
        ("2026-07-13T10:00", "2026-07-13T09:00:00+00:00"),
        ("2026-07-13 10:00", "2026-07-13T09:00:00+00:00"),
        ("2026-07-13T10:00Z", "2026-07-13T10:00:00+00:00"),
        ("now", "2026-02-05T10:30:00+00:00"),
    ],
)
def test_times_without_an_offset_are_uk_times(typed: str, instant: str) -> None:
    now = TOLD + timedelta(microseconds=7)
    command = compose(target("record-strategy-discussion", "S1"), DUTY, "r1", {"held_at": typed}, now)
    assert isinstance(command, RecordStrategyDiscussion)
    assert command.held_at == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("yesterday", "is no time"),
        ("2026-03-13", "needs a time of day"),
        ("2026-10-25T01:30", "when clocks change"),
        ("2026-03-29T01:30", "when clocks change"),
    ],
)
def test_a_time_that_is_not_clear_is_a_fault(typed: str, words: str) -> None:
    with pytest.raises(FieldFaults, match=words):
        compose(target("record-strategy-discussion", "S1"), DUTY, "r1", {"held_at": typed}, TOLD)


def test_an_hour_that_comes_twice_is_clear_with_its_offset() -> None:
    assert read_instant("2026-10-25T01:30+01:00", TOLD) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"', "[" * 100_000])
def test_a_file_that_is_no_json_object_is_a_fault(text: str) -> None:
    with pytest.raises(FieldFaults, match="is not a JSON object"):
        parse_object(text)


def test_a_file_may_hold_nested_fields() -> None:
    fields = {"outcome": "none", "rationale": "x", "dissent": [{"who": "a", "view": "b"}]}
    chair = Actor(person="nb-chair", role=Role.BOARD_CHAIR)
    command = compose(target("decide", None, "decision/1"), chair, "r1", parse_object(json.dumps(fields)), TOLD)
    assert command.answer() == fields | {"other_review": ""}


async def test_without_a_server_nothing_is_sent_and_that_is_said(opened: Opened) -> None:
    service = desk(opened.record)
    to = service.target("S1/acknowledge-child")
    actor = service.actor(to, "nb-duty-1", after(0.1))
    with pytest.raises(Unreachable, match="nothing was sent"):
        await service.answer(to, actor, {}, request_id="r1", at=after(0.1), wait=timedelta(seconds=1))


def test_a_board_that_the_directory_lacks_is_told(opened: Opened) -> None:
    Opened(opened.record, example("EM-2026-001", "eastmere"))
    service = desk(opened.record)
    with pytest.raises(KeyError, match="the directory has no board 'eastmere'"):
        service.actor(service.target("EM-2026-001/safety/1/S1/acknowledge-child"), "nb-duty-1", TOLD)
