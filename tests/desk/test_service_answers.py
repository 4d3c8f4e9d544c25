"""From what was typed to a command: which task, who in which role, which fields."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, Literal

import pytest
from desk_cases import TOLD, Opened, after, desk, directory, example

from desk.answers import Target, acting, compose, find_target
from desk.civil import read_instant
from desk.fields import FieldFaults, parse_object, read_fields
from desk.sending import Unreachable
from desk.service import words_of_end
from domain.change_commands import Figure
from domain.command import AcknowledgeEscalation, HappenedAt, Words
from domain.decision_commands import Recommend
from domain.forms import FORMS
from domain.model import Refused
from domain.people import Actor, Role
from domain.record import CaseRef
from domain.safety_commands import RecordStrategyDiscussion
from records import queries
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


def test_an_unknown_task_is_told_with_where_to_look_and_not_repeated(opened: Opened) -> None:
    for typed in ("Tamsin/acknowledge-child", "NB-2026-101/safety/1/Tamsin", "Tamsin"):
        with pytest.raises(NotFound) as error:
            find_target(opened.record, typed)
        assert "Tamsin" not in str(error.value)
    assert "scr.py tasks lists what is asked" in str(error.value)
    with pytest.raises(Refused) as refused:
        act(target("acknowledge-child", "S1"), "Tamsin")
    assert "Tamsin" not in str(refused.value)


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


def test_who_has_a_role_in_one_agency_only_need_not_name_it() -> None:
    to = target("plan-action", "A1", "actions")
    lead = Actor(person="nb-cs-lead", role=Role.AGENCY_LEAD, agency="northbridge-cs")
    assert act(to, "nb-cs-lead") == lead
    assert act(to, "nb-cs-lead", Role.AGENCY_LEAD) == lead


def test_a_role_of_the_board_goes_before_one_in_an_agency_that_nothing_names() -> None:
    people = [each.model_copy(update={"roles": (Role.BUSINESS_MANAGER,)}) for each in BOARD.people]
    board = BOARD.model_copy(update={"people": tuple(people)})
    found = acting(board, target("plan-action", "A1", "actions"), "nb-cs-lead", TOLD, role=None, agency=None)
    assert (found.role, found.agency) == (Role.BUSINESS_MANAGER, None)


def test_who_has_the_role_in_several_agencies_is_asked_to_name_one() -> None:
    first, second, *others = BOARD.agencies
    both = second.model_copy(update={"lead": first.lead})
    board = BOARD.model_copy(update={"agencies": (first, both, *others)})
    to = target("plan-action", "A1", "actions")
    with pytest.raises(Refused, match=f"name one with --agency: {first.id}, {second.id}") as error:
        acting(board, to, first.lead, TOLD, role=Role.AGENCY_LEAD, agency=None)
    assert error.value.refusal.code == "agency-not-named"
    named = acting(board, to, first.lead, TOLD, role=Role.AGENCY_LEAD, agency=second.id)
    assert named.agency == second.id


def test_of_several_roles_the_one_that_was_asked_is_taken() -> None:
    leads = (Actor(person="nb-cs-lead", role=Role.ACTION_LEAD),)
    fields = {"stage": f"{CASE.workflow_id}/actions", "agency": "northbridge-cs"}
    asked = target("submit-evidence", "A1", asked=Role.ACTION_LEAD, **fields)
    assert acting(BOARD, asked, "nb-cs-lead", TOLD, role=None, agency=None, appointed=leads) == leads[0]
    unasked = asked.model_copy(update={"asked": None})
    with pytest.raises(Refused, match="--role: action-lead, agency-lead"):
        acting(BOARD, unasked, "nb-cs-lead", TOLD, role=None, agency=None, appointed=leads)


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


class EveryKind(AcknowledgeEscalation):
    """A command with a field of each kind that can be typed wrongly."""

    FORM: ClassVar[str] = "every-kind"
    TITLE: ClassVar[str] = "type something"

    day: date
    times: tuple[HappenedAt, ...]
    figure: Figure
    share: float
    number: int
    done: bool
    role: Role
    roles: tuple[Role, ...]
    way: Literal["in", "out"]
    words: Words
    some: tuple[str, ...]
    reasons: dict[str, str]


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("day", "13 April", "is no date: write it as 2026-04-13"),
        ("day", "2026-4-1", "is no date: write it as 2026-04-13"),
        ("day", "2026-02-30", "is no date: write it as 2026-04-13"),
        ("day", "2026-04-13T10:00", "is no date: write it as 2026-04-13"),
        ("day", True, "is no date: write it as 2026-04-13"),
        ("times.0", ["yesterday"], "is no time: write it as 2026-04-13T10:00+01:00"),
        ("times.0", ["2026-04-13T10:00"], "lacks its offset: write it as 2026-04-13T10:00+01:00"),
        ("figure", "many", "is no number: write it in figures, as 12.5"),
        ("figure", [], "is no number: write it in figures, as 12.5"),
        ("figure", "NaN", "is no number: write it in figures, as 12.5"),
        ("figure", "1.23456", "has too many digits after the point: 4 at most"),
        ("share", "a half", "is no number: write it in figures, as 12.5"),
        ("number", "1.5", "is no whole number: write it in figures, as 12"),
        ("number", "two", "is no whole number: write it in figures, as 12"),
        ("done", "perhaps", "is neither yes nor no: write one of them"),
        ("role", "chair", "is none of the words that can be given"),
        ("way", "up", "is none of the words that can be given"),
        ("words", " ", "is empty or too short"),
        ("words", "x" * 20_001, "is too long: 20000 characters at most"),
        ("some", "one", "is a list: write each entry with its number, as FIELD.0=…"),
        ("reasons", "one", "has several parts: write each by its name, as FIELD.PART=…"),
    ],
)
def test_what_is_typed_wrongly_is_told_in_plain_words(
    field: str, typed: object, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FORMS, EveryKind.FORM, EveryKind)
    with pytest.raises(FieldFaults) as error:
        compose(target(EveryKind.FORM), DUTY, "r1", {field.partition(".")[0]: typed}, TOLD)
    assert faults(error)[field] == message


def test_choice_within_a_list_is_told_with_what_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMS, EveryKind.FORM, EveryKind)
    with pytest.raises(FieldFaults) as error:
        compose(target(EveryKind.FORM), DUTY, "r1", {"roles": ["chair"]}, TOLD)
    assert "is none of the words that can be given: 'duty-social-worker', " in faults(error)["roles.0"]


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


def test_ended_stage_is_told_with_what_can_be_done_instead(opened: Opened) -> None:
    words = words_of_end(opened.record, queries.case_summary(opened.record, CASE))
    assert words.startswith("this stage has ended; it takes no answers any more; ")
    assert words.endswith("scr.py show NB-2026-101 shows the stages that are open")
    opened.finished(opened.parent)
    words = words_of_end(opened.record, queries.case_summary(opened.record, CASE))
    assert "the case is closed, and the business manager or board chair can open it again" in words
    assert words.endswith("scr.py answer northbridge/NB-2026-101/reopen-case")


def test_a_board_that_the_directory_lacks_is_told(opened: Opened) -> None:
    Opened(opened.record, example("EM-2026-001", "eastmere"))
    service = desk(opened.record)
    with pytest.raises(KeyError, match="the directory has no board 'eastmere'"):
        service.actor(service.target("EM-2026-001/safety/1/S1/acknowledge-child"), "nb-duty-1", TOLD)
