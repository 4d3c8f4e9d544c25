"""Lessons across reviews: what is found, what came of it, what is never shown; the same on each database."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from recorded_cases import minutes
from sqlalchemy import text
from taught_cases import BOARD, TaughtCase, taught

from domain.action_commands import ActionStatus
from domain.change_commands import Judgement
from domain.publication_commands import FindingAnswer
from domain.record import CaseRef, Recording
from records import lessons
from records.lessons import Lesson, LessonKind
from records.store import Record

ONE, TWO = "NB-2031-001", "NB-2031-002"


TYPED = [
    *(
        '"',
        '""',
        '"open',
        "-",
        "--",
        '-"',
        "- -",
        '-""',
        "*",
        "a*",
        "(",
        ")",
        "AND",
        "OR or NOT",
        "NEAR(a b)",
        "x:y",
    ),
    *(
        "words:a",
        "a & b | !c",
        "'; DROP TABLE lessons; --",
        "%",
        "_",
        "\\",
        ":*",
        "<->",
        "a <-> b",
        "^a",
        "+",
        "{a}",
    ),
    *(
        "\x00",
        "a\x00b",
        "\ud800",
        "\u0130\u0131",
        "\U0001f600",
        "e\u0301",
        "x" * 5_000,
        "a " * 5_000,
        '"a" ' * 5_000,
    ),
    *(
        "-a " * 5_000,
        '"' + "word " * 5_000 + '"',
        "word" + "'" * 50,
        "1e5",
        "3.14",
        "a/b/c",
        "a@b.c",
        "http://a/b?c",
    ),
    " ".join(f"word{number}" for number in range(3_000)),
    " ".join(f"-word{number}" for number in range(3_000)),
]


def found(record: Record, typed: str = "", **how: Any) -> list[str]:
    return named(lessons.search(record, BOARD, typed, **how))


def named(shown: Sequence[Lesson]) -> list[str]:
    return [f"{each.case.reference}/{each.id}" for each in shown]


def only(record: Record, typed: str = "", **how: Any) -> Lesson:
    [lesson] = lessons.search(record, BOARD, typed, **how)
    return lesson


def everything(record: Record) -> str:
    """All that the tables of lessons hold, as text."""
    with record.engine.connect() as connection:
        rows = [connection.execute(text(f"SELECT * FROM {each}")).all() for each in ("lessons", "lesson_words")]
    return str(rows).casefold()


def test_every_word_has_to_stand_there_in_any_of_its_forms(record: Record) -> None:
    taught(record, ONE, what_happened="Agencies shared little about the family's visits.")
    taught(record, TWO, what_happened="Agencies met about the family.")
    assert found(record, "sharing visited") == [f"{ONE}/F1"]
    assert found(record, "SHARE") == found(record, "shares") == [f"{ONE}/F1", f"{TWO}/F1"]
    assert found(record, "sharing zebra") == []


def test_words_in_quotes_stand_one_after_the_other(record: Record) -> None:
    taught(record, ONE, what_happened="The child was seen alone twice.")
    taught(record, TWO, what_happened="Alone at home, the child was not seen.")
    assert found(record, '"seen alone"') == [f"{ONE}/F1"]
    assert sorted(found(record, "seen alone")) == [f"{ONE}/F1", f"{TWO}/F1"]


def test_words_with_a_minus_must_not_stand_there(record: Record) -> None:
    taught(record, ONE, what_happened="The school knew of the bruises.")
    taught(record, TWO, what_happened="The surgery knew of the bruises.")
    assert found(record, "bruises -school") == [f"{TWO}/F1"]
    assert found(record, "-surgery") == [f"{ONE}/F1"]
    assert found(record, 'bruises -"school knew"') == [f"{TWO}/F1"]
    assert found(record, "bruises -school -surgery") == []


def test_accents_and_apostrophes_make_no_difference(record: Record) -> None:
    taught(record, ONE, what_happened="The caf\u00e9's staff saw the child\u2019s bruises.")
    assert found(record, "CAFE child's") == found(record, "caf\u00e9 child") == [f"{ONE}/F1"]


def test_what_fits_best_comes_first(record: Record) -> None:
    taught(record, ONE, what_happened="Bruises were noted once in a long account of many other matters.", why="Work.")
    taught(record, TWO, what_happened="Bruises, bruises and bruises.", why="Bruises again.")
    assert found(record, "bruises") == [f"{TWO}/F1", f"{ONE}/F1"]


def test_anything_that_can_be_typed_is_a_question(record: Record) -> None:
    taught(record, ONE)
    whole = lessons.search(record, BOARD, "")
    for typed in TYPED:
        assert lessons.search(record, BOARD, typed) in ([], whole), typed[:40]
        assert lessons.similar(record, BOARD, typed, without=None) in ([], whole), typed[:40]


def test_with_no_word_the_newest_come_first(record: Record) -> None:
    case = taught(record, ONE)
    case.action()
    assert found(record) == [f"{ONE}/A1", f"{ONE}/F1"]
    assert found(record, limit=1) == [f"{ONE}/A1"]


def test_lessons_are_chosen_by_theme_and_kind(record: Record) -> None:
    case = taught(record, ONE, themes=["hidden-men", "thresholds"])
    case.action(themes=["information-sharing"])
    case.change()
    taught(record, TWO, themes=["men"])
    assert found(record, themes=["men"]) == [f"{TWO}/F1"]
    assert found(record, themes=["information-sharing"], kinds=[LessonKind.ACTION]) == [f"{ONE}/A1"]
    of_either = found(record, themes=["men", "thresholds"], kinds=[LessonKind.FINDING])
    assert sorted(of_either) == [f"{ONE}/F1", f"{TWO}/F1"]
    assert found(record, "thresholds", kinds=[LessonKind.FINDING]) == [f"{ONE}/F1"]
    assert found(record, themes=["hidden%"]) == []


def test_actions_and_changes_have_the_themes_of_what_they_answer(record: Record) -> None:
    case = taught(record, ONE, themes=["hidden-men"])
    case.action(themes=["thresholds"])
    case.change()
    assert sorted(found(record, themes=["hidden-men"])) == [f"{ONE}/A1", f"{ONE}/C1", f"{ONE}/F1"]
    assert sorted(found(record, themes=["thresholds"])) == [f"{ONE}/A1", f"{ONE}/C1"]


@pytest.mark.parametrize(("value", "met"), [("91.5", True), ("89", False), (None, None)])
def test_a_target_in_figures_is_met_by_the_figure(record: Record, value: str | None, met: bool | None) -> None:
    case = taught(record, ONE)
    case.change(direction="higher", baseline="40", target="90", unit="per cent")
    case.tell("change-observed", "C1/1", observed_on="2031-06-01", value=value, seen="s")
    assert only(record, kinds=[LessonKind.CHANGE]).changes[0].target_met is None
    case.tell("change-judged", "C1/1", judgement="improved", reason="r")
    assert only(record, kinds=[LessonKind.CHANGE]).changes[0].target_met is met


def test_a_lesson_tells_what_was_found_what_was_done_and_what_changed(record: Record) -> None:
    case = taught(record, ONE)
    case.finding("F2")
    case.accept()
    case.tell("finding-answered", "F1", outcome="partly", reason="r")
    case.action("A1")
    case.action("A2", findings=["F2"])
    case.change("C1")
    case.change("C2", actions=["A2"])
    case.tell("action-started", "A1", started_at="2031-03-03T09:00:00Z")
    case.tell("change-judged", "C1/1", judgement="no-change", reason="r")
    case.tell("change-judged", "C1/2", judgement="improved", reason="r", target_met=True)
    case.tell("observation-absent", "C1/3", reason="r")
    case.tell("change-closed", "C1", outcome="sustained", reason="r")
    for asked in ("organisation part", "daily list", "share visits known"):
        lesson = next(each for each in lessons.search(record, BOARD, asked) if each.id.endswith("1"))
        [finding], [action], [change] = lesson.findings, lesson.actions, lesson.changes
        assert (finding.id, finding.answer) == ("F1", FindingAnswer.PARTLY)
        assert (action.id, action.status, action.agency) == ("A1", ActionStatus.UNDER_WAY, "northbridge-icb")
        assert (change.id, change.judgement, change.target_met) == ("C1", Judgement.IMPROVED, True)
        assert (change.outcome, change.absent) == ("sustained", 1)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (["evidence-submitted"], ActionStatus.EVIDENCE_SUBMITTED),
        (["evidence-submitted", ("action-judged", "verified")], ActionStatus.VERIFIED),
        (["evidence-submitted", ("action-judged", "sent-back")], ActionStatus.UNDER_WAY),
        (["action-refused"], ActionStatus.REFUSED),
        (["action-superseded"], ActionStatus.SUPERSEDED),
        (["action-refused", "action-reopened"], ActionStatus.UNDER_WAY),
    ],
)
def test_an_action_is_shown_with_its_status(record: Record, told: list[Any], status: ActionStatus) -> None:
    case = taught(record, ONE)
    case.action()
    assert only(record, kinds=[LessonKind.ACTION]).actions[0].status is ActionStatus.PLANNED
    for each in told:
        kind, outcome = each if isinstance(each, tuple) else (each, "")
        case.tell(kind, "A1", outcome=outcome, by="A2")
    assert only(record, kinds=[LessonKind.ACTION]).actions[0].status is status


def test_a_change_that_is_watched_again_has_no_outcome_and_a_dropped_one_is_gone(record: Record) -> None:
    case = taught(record, ONE)
    case.change()
    case.tell("change-closed", "C1", outcome="not-achieved", reason="r")
    case.tell("change-reopened", "C1", on=["2032-01-01"], reason="r")
    assert only(record, kinds=[LessonKind.CHANGE]).changes[0].outcome == ""
    case.tell("expected-change-dropped", "C1", reason="r")
    assert found(record, kinds=[LessonKind.CHANGE]) == []


def test_an_observation_that_came_after_all_is_not_absent(record: Record) -> None:
    case = taught(record, ONE)
    case.change()
    case.tell("observation-absent", "C1/1", reason="r")
    assert only(record, kinds=[LessonKind.CHANGE]).changes[0].absent == 1
    case.tell("change-observed", "C1/1", seen="s")
    assert only(record, kinds=[LessonKind.CHANGE]).changes[0].absent == 0


def test_nothing_of_a_case_is_shown_before_the_board_has_accepted_its_report(record: Record) -> None:
    case = TaughtCase(record, ONE)
    case.action(findings=[])
    case.finding()
    case.accept("sent-back")
    assert found(record) == [] and lessons.similar(record, BOARD, "information", without=None) == []
    assert "information" not in everything(record)
    case.accept()
    assert sorted(found(record)) == [f"{ONE}/A1", f"{ONE}/F1"]


def test_findings_are_those_of_the_accepted_report(record: Record) -> None:
    case = taught(record, ONE)
    case.finding("F2")
    case.finding("F1", why="Something new that nobody accepted.")
    assert found(record, "information") == [f"{ONE}/F1"] and found(record, "new nobody") == []
    case.accept()
    assert sorted(found(record)) == [f"{ONE}/F1", f"{ONE}/F2"]
    assert found(record, "new nobody") == [f"{ONE}/F1"]


def test_what_becomes_of_an_action_brings_no_name_back(record: Record) -> None:
    case = TaughtCase(record, ONE)
    case.incident()
    case.finding()
    case.accept()
    case.action(what="Wexcombe's file is read.")
    assert only(record, kinds=[LessonKind.ACTION]).actions[0].what == "[…]'s file is read."
    case.tell("action-started", "A1")
    assert found(record, "file read") == [f"{ONE}/A1"] and "wexcombe" not in everything(record)


def test_a_withdrawn_finding_leaves(record: Record) -> None:
    case = taught(record, ONE)
    assert found(record) == [f"{ONE}/F1"]
    case.tell("finding-withdrawn", "F1", reason="r")
    assert found(record) == [] and "information" not in everything(record)


def test_a_changed_text_takes_the_place_of_the_earlier(record: Record) -> None:
    case = taught(record, ONE)
    case.action()
    assert found(record, "daily list") == [f"{ONE}/A1"]
    case.action(what="A weekly meeting is held.")
    assert found(record, "daily list") == [] and found(record, "weekly") == [f"{ONE}/A1"]
    assert "daily list" not in everything(record)


def test_superseded_facts_leave(record: Record) -> None:
    case = taught(record, ONE)
    number = case.finding("F2", why="Told by a worker that was killed.")
    case.accept()
    assert found(record, "killed") == [f"{ONE}/F2"]
    case.record.write(case.transition(number, "finding-withdrawn", "F9", 0.5, reason="r"))
    assert found(record, "killed") == [] and found(record) == [f"{ONE}/F1"]


def test_other_boards_learn_nothing(record: Record) -> None:
    case = TaughtCase(record, "SB-1", "southbridge")
    case.finding()
    case.accept()
    assert found(record) == [] and lessons.similar(record, BOARD, "information", without=None) == []


def test_the_likest_findings_of_other_cases_come_first(record: Record) -> None:
    taught(record, ONE, what_happened="A father lived in the home and nobody asked him anything.", why="He hid.")
    for number in range(10, 20):
        taught(record, f"NB-2031-{number:03}", what_happened="A meeting was late.", why="The room was taken.")
    own = taught(record, TWO, what_happened="The father was hidden from everybody.", why="Own words.")
    own.action(findings=[], what="Ask the father about the home.")
    asked = "Nobody knew that a father was living in the home, and no meeting asked about him."
    without = named(lessons.similar(record, BOARD, asked, without=own.case, limit=50))
    assert without[0] == f"{ONE}/F1" and len(without) == 11
    everybody = named(lessons.similar(record, BOARD, asked, without=None, limit=50))
    assert set(everybody) - set(without) == {f"{TWO}/F1"}
    assert len(lessons.similar(record, BOARD, asked, without=None, limit=1)) == 1


def test_a_case_of_the_same_reference_elsewhere_leaves_nothing_out(record: Record) -> None:
    taught(record, ONE)
    elsewhere = CaseRef(board="southbridge", reference=ONE)
    assert named(lessons.similar(record, BOARD, "information", without=elsewhere)) == [f"{ONE}/F1"]


NAMES = ("tamsin", "corin", "wexcombe", "arle", "sorrelwood", "quillfeather", "01632", "k.w.")


def test_no_name_is_kept_even_where_somebody_let_it_stand(record: Record) -> None:
    case = TaughtCase(record, ONE)
    case.incident()
    kept = [
        {"passage": passage, "reason": "known to all"} for passage in ("Tamsin", "Ms Quillfeather", "failed to act")
    ]
    case.finding(
        what_happened="Tamsin Wexcombe-Arle was seen. TAMSIN's brother corin was not. The nurse failed to act.",
        why="Mr Sorrelwood, on 01632 960123, told sorrelwood's team that K.W., aged 3, was well.",
        how_usual="The health visitor Ms Quillfeather\nsaid so; Wexcombe\u2010Arle and Wexcombe\u2019s aunt agreed.",
        stays=kept,
    )
    case.accept()
    case.action(what="Tell Corin, and the Wexcombes.", stays=kept, outcome="quillfeather hears of it")
    case.change(what="Tamsin Arle is remembered.", measure="Calls to 01632 960123.")
    assert found(record, "failed act") == [f"{ONE}/F1"]
    [finding] = only(record, kinds=[LessonKind.FINDING]).findings
    assert "[…] was seen" in finding.what_happened and "failed to act" in finding.what_happened
    assert len(lessons.search(record, BOARD, "")) == 3
    held = everything(record)
    assert [name for name in NAMES if name in held] == []
    for name in NAMES[:6]:
        assert found(record, name) == []


def test_a_name_that_becomes_known_later_is_taken_out(record: Record) -> None:
    case = taught(record, ONE, what_happened="It was about wexcombe only.")
    assert found(record, "wexcombe") == [f"{ONE}/F1"] and "wexcombe" in everything(record)
    case.incident()
    lessons.refresh(record, BOARD)
    assert "wexcombe" not in everything(record)


def test_all_is_read_again_when_asked(record: Record) -> None:
    case = taught(record, ONE)
    case.action()
    before = lessons.search(record, BOARD, "")
    with record.engine.begin() as connection:
        for table in ("lesson_words", "lessons"):
            connection.execute(text(f"DELETE FROM {table}"))
    assert lessons.search(record, BOARD, "") == []
    lessons.rebuild(record, BOARD)
    assert lessons.search(record, BOARD, "") == before and found(record, "daily") == [f"{ONE}/A1"]


def test_nothing_is_written_where_nothing_is_new(record: Record) -> None:
    case = taught(record, ONE)
    found(record)
    case.tell("escalation-acknowledged", "x")
    with record.engine.connect() as connection:
        before = connection.execute(text("SELECT id FROM lessons")).all()
    found(record)
    with record.engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM lessons")).all() == before
        assert connection.execute(text("SELECT seq FROM lessons_read")).scalar_one() == 3


def test_a_case_whose_facts_do_not_open_does_not_hide_the_others(
    record: Record, caplog: pytest.LogCaptureFixture
) -> None:
    taught(record, ONE)
    broken = taught(record, TWO)
    with record.engine.begin() as connection:
        of_case = "case_id = (SELECT id FROM cases WHERE reference = :reference)"
        connection.execute(text(f"UPDATE facts SET key_id = 'k9' WHERE {of_case}"), {"reference": TWO})
    assert found(record) == [f"{ONE}/F1"]
    assert broken.case.reference in caplog.text and "organisation" not in caplog.text


def test_several_that_read_at_once_keep_each_lesson_once(record: Record) -> None:
    for number in range(5):
        taught(record, f"NB-2031-{number:03}").action()
    with ThreadPoolExecutor(4) as pool:
        shown = list(pool.map(lambda _: sorted(found(record, limit=50)), range(4)))
    assert len(shown[0]) == 10 and all(each == shown[0] for each in shown)


def test_a_transition_without_anything_to_learn_is_passed_over(record: Record) -> None:
    stage = CaseRef(board="northbridge", reference=ONE).workflow_id
    at = minutes(1)
    record.write(
        Recording(case=CaseRef(board="northbridge", reference=ONE), stage=stage, sequence=1, at=at, stage_title="t")
    )
    assert found(record) == []
