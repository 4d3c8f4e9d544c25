"""The meeting pack of an action plan: what moved since the last review, what is late and why, what needs a decision."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from learning_records import (
    ELSEWHERE,
    FIRST,
    NAME,
    Told,
    clock,
    directory,
    expected,
    finding,
    met,
    now,
    on,
    opened,
    planned,
    write_all,
)

from desk.plan_pack import PlanPack, ToDecide, plan_pack
from desk.plan_writing import as_lines, as_markdown
from domain.action_commands import (
    ActionStatus,
    ExtendAction,
    PlanAction,
    RateAction,
    ReachMilestone,
    RecordNoAction,
    ReportProgress,
    ReviewPlan,
    SignOffPlan,
    StartAction,
    SubmitEvidence,
    SupersedeAction,
    VerifyAction,
)
from domain.change_commands import CloseChange, ExpectChange, RecordObservation
from domain.clocks.rule import Unit
from domain.findings import EnterFinding
from domain.people import Role
from domain.publication_commands import AnswerFinding
from domain.record import CaseRef, Fact
from records.engine import make_engine
from records.migrate import upgrade
from records.queries import NotFound
from records.store import Record
from sealing import Keyring

OTHER = CaseRef(board="northbridge", reference="NB-2027-301")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Iterator[Record]:
    """The record with two reviews, for tests that only read it."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('plan') / 'record.db'}")
    upgrade(engine)
    record = Record(engine, keyring, lambda board, at, urgent: at)
    write_all(record)
    yield record
    engine.dispose()


@pytest.fixture
def case(sqlite_url: str, open_record: Callable[[str], Record]) -> Told:
    """A review with an accepted finding, whose plan is begun."""
    told = Told(open_record(sqlite_url), OTHER)
    told.moved(on("2027-01-10"), "Case: open")
    for number in (1, 2):
        told.said(on("2027-02-10"), EnterFinding, f"F{number}", "panel", **finding())
        told.said(on("2027-05-01"), AnswerFinding, f"F{number}", "publication", outcome="accepted", reason="it is so")
    received = Fact(kind="findings-received", at=on("2027-05-01"), detail={"answers": {}})
    told.moved(on("2027-05-01"), "Action plan", received, stage="actions")
    return told


def pack(record: Record, case: CaseRef = FIRST, at: str = "2028-01-10") -> PlanPack:
    return plan_pack(record, directory(), case, now(at))


def of(told: Told, at: str = "2027-07-01") -> PlanPack:
    return pack(told.record, OTHER, at)


def decisions(found: PlanPack) -> dict[str, ToDecide]:
    return {each.item: each for each in found.decisions}


def moves(found: PlanPack) -> list[tuple[str, str]]:
    return [(each.item, each.what) for each in found.moved]


def test_what_moved_is_told_from_the_last_review_on(told: Record) -> None:
    found = pack(told)
    assert found.since == on("2027-09-14")
    assert moves(found) == [
        ("A2", "milestone 1 reached"),
        ("A4", "superseded by A10"),
        ("A2", "given more time until Wednesday 1 December 2027"),
        ("A2", "rated amber"),
        ("A2", "progress reported, and why it is late"),
        ("C1/1", "observed"),
        ("C1/1", "judged: improved; the answer was wrong"),
        ("A10", "evidence submitted"),
    ]


def test_without_a_review_everything_moved_since_the_beginning(told: Record) -> None:
    found = pack(told, FIRST, "2027-01-20")
    assert found.since is None
    assert moves(found) == [
        ("A1", "planned"),
        ("A1", "work began"),
        ("A1", "given more time until Tuesday 1 December 2026"),
        ("A1", "evidence submitted"),
        ("A1", "verified"),
    ]


def test_what_was_recorded_after_the_meeting_moved_since_it(case: Told) -> None:
    case.said(on("2027-05-10"), PlanAction, "A1", **planned("2027-09-01", ("F1",)))
    case.said(on("2027-06-12"), StartAction, "A1", started_at=on("2027-06-12"))
    case.said(on("2027-06-14"), ReviewPlan, held_at=on("2027-06-11"), decided="go on")
    assert moves(of(case)) == [("A1", "work began")]


def test_reason_of_an_extension_is_named_by_its_fact(case: Told) -> None:
    case.said(on("2027-05-10"), PlanAction, "A1", **planned("2027-06-01", ("F1",)))
    number = case.said(on("2027-05-20"), ExtendAction, "A1", until="2027-06-20", reason=f"{NAME} is away")
    given = of(case).moved[-1]
    assert (given.fact, given.by) == (number, Role.BOARD_CHAIR)
    assert NAME not in as_markdown(of(case))


def test_late_actions_are_told_with_days_extensions_first_day_and_why(told: Record) -> None:
    late = {each.item: each for each in pack(told).late}
    assert set(late) == {"A2", "A2/2"}
    action, milestone = late["A2"], late["A2/2"]
    assert (action.days_late, action.extensions) == (40, 1)
    assert (action.original_due_on, action.due_on) == (date(2027, 11, 1), date(2027, 12, 1))
    assert action.because is not None
    assert (action.because.text, action.because.shown) == ("training places were short", True)
    assert (milestone.kind, milestone.days_late) == ("milestone", 101)


def test_reason_with_a_name_is_only_pointed_to(case: Told) -> None:
    case.said(on("2027-05-10"), PlanAction, "A1", **planned("2027-06-01", ("F1",)))
    words = "Mrs Amaris Holloway is on leave"
    number = case.said(on("2027-06-10"), ReportProgress, "A1", note="slow", late_because=words)
    [late] = of(case).late
    assert late.because is not None
    assert late.because.text == f"see fact {number} of {OTHER.reference}"
    assert "Holloway" not in of(case).model_dump_json()


def test_action_whose_evidence_waits_is_late_only_as_far_as_that_came_late(case: Told) -> None:
    for action in ("A1", "A2"):
        case.said(on("2027-05-10"), PlanAction, action, **planned("2027-06-01", ("F1", "F2")))
    case.said(on("2027-05-30"), SubmitEvidence, "A1", note="done")
    case.said(on("2027-06-04"), SubmitEvidence, "A2", note="done")
    assert [(each.item, each.days_late) for each in of(case).late] == [("A2", 3)]


def test_missing_observation_is_late_and_one_absent_for_a_reason_is_not(told: Record) -> None:
    found = pack(told, FIRST, "2028-02-15")
    assert [(each.item, each.days_late) for each in found.late if each.kind == "observation"] == [("C1/3", 5)]


def test_findings_without_action_and_without_reason_need_a_decision(case: Told) -> None:
    assert {"F1", "F2"} <= set(decisions(of(case)))
    case.said(on("2027-05-10"), PlanAction, "A1", **planned("2027-06-01", ("F1",)))
    case.said(on("2027-05-11"), RecordNoAction, "F2", reason="it is done")
    assert not {"F1", "F2"} & set(decisions(of(case)))


def test_finding_of_a_superseded_action_only_is_without_an_action(told: Record) -> None:
    assert decisions(pack(told))["F3"].who is Role.BUSINESS_MANAGER


def test_sign_off_is_owed_by_the_chair_until_it_is_given_and_again_after_a_change(case: Told) -> None:
    entry = clock("action-plan", on("2027-05-01"), "2027-06-01")
    case.kept(on("2027-05-01"), entry, "actions")
    case.said(on("2027-05-10"), PlanAction, "A1", **planned("2027-09-01", ("F1",)))
    found = of(case)
    owed = decisions(found)["plan"]
    assert (owed.who, owed.due_on, owed.overdue) == (Role.BOARD_CHAIR, date(2027, 6, 1), True)
    assert (found.version, found.signed_off_on) == (1, None)

    case.said(on("2027-06-10"), SignOffPlan, outcome="signed-off", reason="complete")
    case.kept(on("2027-06-10"), met(entry, on("2027-06-10")), "actions")
    found = of(case)
    assert "plan" not in decisions(found)
    assert (found.version, found.signed_off_on) == (1, date(2027, 6, 10))

    case.said(on("2027-06-20"), PlanAction, "A2", **planned("2027-09-01", ("F2",)))
    found = of(case)
    assert decisions(found)["plan"].what == "version 2 of the plan waits to be signed off"
    assert found.version == 2


def test_plan_that_was_sent_back_still_waits(case: Told) -> None:
    case.said(on("2027-05-10"), PlanAction, "A1", **planned("2027-09-01", ("F1",)))
    case.said(on("2027-05-20"), SignOffPlan, outcome="sent-back", reason="too vague")
    assert "plan" in decisions(of(case))


def test_early_actions_wait_for_no_sign_off_before_the_board_answers(told: Record) -> None:
    assert pack(told, FIRST, "2026-07-01").decisions == ()


@pytest.mark.parametrize(
    ("rule", "item", "words", "who"),
    [
        ("action-tolerance", "A1", "beyond the board's tolerance", Role.BOARD_CHAIR),
        ("action-tolerance", "A1/2", "beyond the board's tolerance", Role.BOARD_CHAIR),
        ("action-verification", "A1/2", "evidence waits to be verified", Role.BUSINESS_MANAGER),
    ],
)
def test_what_the_clocks_wait_for_needs_a_decision(case: Told, rule: str, item: str, words: str, who: Role) -> None:
    case.said(on("2027-05-10"), PlanAction, "A1", **planned("2027-09-01", ("F1",)))
    if rule == "action-verification":
        case.said(on("2027-06-01"), SubmitEvidence, "A1", note="done")
    case.kept(on("2027-06-01"), clock(rule, on("2027-06-01"), "2027-07-15", item), "actions")
    asked = decisions(of(case))["A1"]
    assert words in asked.what
    assert (asked.who, asked.due_on, asked.overdue) == (who, date(2027, 7, 15), False)


def test_verified_action_needs_no_decision(case: Told) -> None:
    case.said(on("2027-05-10"), PlanAction, "A1", **planned("2027-09-01", ("F1",)))
    case.said(on("2027-06-01"), SubmitEvidence, "A1", note="done")
    assert "A1" in decisions(of(case))
    case.said(on("2027-06-10"), VerifyAction, "A1", outcome="verified", reason="seen")
    assert "A1" not in decisions(of(case))


def test_wrong_answer_waits_until_it_is_planned_anew_or_superseded(case: Told) -> None:
    for action in ("A1", "A2"):
        case.said(on("2027-05-10"), PlanAction, action, **planned("2027-09-01", ("F1",)))
    wrong = Fact(kind="answer-was-wrong", at=on("2027-06-01"), item="C1", detail={"actions": ["A1", "A2"]})
    case.moved(on("2027-06-01"), "Action plan", wrong, stage="actions")
    assert {"A1", "A2"} <= set(decisions(of(case)))
    case.said(on("2027-06-02"), PlanAction, "A1", **planned("2027-09-01", ("F1",), reason="another way"))
    case.said(on("2027-06-03"), SupersedeAction, "A2", by="A1", reason="one does both")
    assert not {"A1", "A2"} & set(decisions(of(case)))


def test_observation_that_waits_to_be_judged_needs_a_decision(case: Told) -> None:
    entry = clock("change-judgement", on("2027-06-01"), "2027-06-28", "C1/1", waiting_on=Role.SUB_GROUP)
    case.kept(on("2027-06-01"), entry, "change")
    asked = decisions(of(case))["C1/1"]
    assert (asked.who, asked.overdue) == (Role.SUB_GROUP, True)


def test_every_action_is_in_the_plan_in_order_of_its_number(told: Record) -> None:
    found = pack(told)
    assert [each.action for each in found.actions] == ["A1", "A2", "A3", "A4", "A10"]
    second = found.actions[1]
    assert (second.agency, second.lead, second.findings) == ("northbridge-icb", "nb-lead-7", ("F1",))
    assert [step.reached_on for step in second.milestones] == [date(2027, 9, 18), None]
    assert (found.actions[3].status, found.actions[3].superseded_by) == (ActionStatus.SUPERSEDED, "A10")


def test_colour_is_told_with_what_the_boards_legend_says(told: Record) -> None:
    second = pack(told).actions[1]
    meaning = {colour.id: colour.meaning for colour in pack(told).legend}["amber"]
    assert (second.colour, second.colour_means) == ("amber", meaning)
    assert f"amber ({meaning})" in as_markdown(pack(told))


def test_milestone_that_was_reached_stays_so_when_the_action_is_planned_anew(case: Told) -> None:
    steps = [{"what": "draft", "due_on": "2027-07-01"}, {"what": "agreed", "due_on": "2027-08-01"}]
    case.said(on("2027-05-10"), PlanAction, "A1", **planned("2027-09-01", ("F1",), milestones=steps))
    case.said(on("2027-06-01"), ReachMilestone, "A1", milestone=1, reached_at=on("2027-06-01"))
    case.said(on("2027-06-02"), PlanAction, "A1", **planned("2027-10-01", ("F1",), milestones=steps))
    [action] = of(case).actions
    assert [step.reached_on for step in action.milestones] == [date(2027, 6, 1), None]
    assert action.original_due_on == date(2027, 10, 1), "before the first sign-off the plan is only a draft"
    assert ("A1", "planned anew") in moves(of(case))


def test_next_date_of_a_change_is_the_first_without_observation_or_reason(told: Record) -> None:
    [change] = pack(told, FIRST, "2028-01-25").changes
    assert (change.change, change.next_on) == ("C1", date(2028, 2, 10))


def test_dates_of_a_change_are_those_of_the_plan_until_there_are_clocks(case: Told) -> None:
    days = ("2027-12-01", "2028-06-01")
    case.said(on("2027-05-10"), ExpectChange, "C1", **expected(("A1",)), observe_on=days)
    assert of(case).changes[0].next_on == date(2027, 12, 1)
    entry = clock("observation", on("2027-06-01"), "2027-12-05", "C1/1", unit=Unit.SET_DATE)
    case.kept(on("2027-06-01"), entry, "change")
    assert of(case).changes[0].next_on == date(2027, 12, 5)


def test_one_more_look_after_a_closing_is_a_date_like_the_others(case: Told) -> None:
    case.said(on("2027-05-10"), ExpectChange, "C1", **expected(("A1",)))
    looked = clock("observation", on("2027-05-10"), "2027-06-01", "C1/1", unit=Unit.SET_DATE)
    case.kept(on("2027-05-10"), met(looked, on("2027-05-30")), "change")
    case.said(on("2027-05-30"), RecordObservation, "C1/1", "change", observed_on="2027-05-30", value="95", seen="20")
    case.said(on("2027-06-02"), CloseChange, "C1", "change", outcome="sustained", reason="the rule is met")
    more = clock("another-look", on("2027-06-02"), "2028-06-02", "C1")
    case.kept(on("2027-06-02"), more, "change")
    [closed] = of(case).changes
    assert (closed.stood, closed.next_on) == ("closed: sustained", date(2028, 6, 2))
    assert [each.item for each in of(case, "2028-06-05").late] == ["C1/2"]

    case.said(on("2028-06-06"), RecordObservation, "C1/2", "change", observed_on="2028-06-05", value="94", seen="20")
    case.kept(on("2028-06-06"), met(more, on("2028-06-06")), "change")
    later = of(case, "2028-06-07")
    assert later.late == ()
    assert later.changes[0].next_on is None


def test_change_whose_dates_have_passed_waits_to_be_closed(case: Told) -> None:
    entry = clock("change-closing", on("2027-06-01"), "2027-06-28", "C1/2", waiting_on=Role.BOARD_CHAIR)
    case.kept(on("2027-06-01"), entry, "change")
    assert "whether it is closed" in decisions(of(case))["C1"].what


def test_day_of_the_next_review_is_that_of_its_clock(case: Told) -> None:
    case.kept(on("2027-06-01"), clock("plan-review", on("2027-06-01"), "2027-09-01"), "actions")
    assert of(case).next_review_on == date(2027, 9, 1)


def test_case_without_a_plan_says_so(told: Record) -> None:
    found = pack(told, ELSEWHERE)
    text = "\n".join(line.text for line in as_lines(found))
    assert (found.actions, found.moved, found.late) == ((), (), ())
    for words in ("Nothing moved.", "Nothing is late.", "Nothing needs a decision.", "There are no actions."):
        assert words in text
        assert words in as_markdown(found)


def test_unknown_case_is_told(told: Record) -> None:
    with pytest.raises(NotFound, match="the record has no case northbridge/NB-0"):
        pack(told, CaseRef(board="northbridge", reference="NB-0"))


def test_what_is_overdue_looks_urgent_and_says_so_in_words(told: Record) -> None:
    lines = list(as_lines(pack(told)))
    [late] = [line for line in lines if line.text.startswith("  A2 (action")]
    assert late.look == "urgent"
    assert "40 days late, due Wednesday 1 December 2027, first Monday 1 November 2027, extended 1 time" in late.text


def test_pack_is_the_same_each_time_and_reads_back_from_json(told: Record) -> None:
    found = pack(told)
    assert found == pack(told)
    assert PlanPack.model_validate_json(found.model_dump_json()) == found


def test_passage_that_its_author_kept_is_shown_but_never_a_name_that_the_case_knows(case: Told) -> None:
    opened(case, on("2027-05-02"))
    for action, name in (("A1", "Marion Whitfield"), ("A2", f"{NAME} Wexcombe")):
        stays = [{"passage": name, "reason": "it is the name of a method"}]
        case.said(on("2027-05-10"), PlanAction, action, **planned("2027-09-01", what=f"train {name}", stays=stays))
    case.said(on("2027-05-10"), PlanAction, "A3", **planned("2027-09-01", what="train Marion Whitfield"))
    shown = {each.action: each.what.shown for each in of(case).actions}
    assert shown == {"A1": True, "A2": False, "A3": False}


def test_colours_and_status_are_two_things(case: Told) -> None:
    case.said(on("2027-05-10"), PlanAction, "A1", **planned("2027-09-01", ("F1",)))
    case.said(on("2027-05-20"), RateAction, "A1", colour="red", reason="not moving")
    [action] = of(case).actions
    assert (action.status, action.colour) == (ActionStatus.PLANNED, "red")


def test_every_row_of_a_markdown_table_has_the_cells_of_its_heading(told: Record) -> None:
    widths: list[int] = []
    for line in as_markdown(pack(told)).splitlines():
        if not line.startswith("|"):
            widths = []
            continue
        widths.append(line.replace(r"\|", "").count("|"))
        assert len(set(widths)) == 1, line


def test_names_that_the_case_knows_are_nowhere_in_the_pack(told: Record) -> None:
    found: Any = pack(told)
    written = as_markdown(found) + found.model_dump_json() + "".join(line.text for line in as_lines(found))
    assert NAME not in written
    assert "Wexcombe" not in written
