"""The letters' texts: complete, the same in both parts, by reference and role, silent about children and people."""

import html
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from activities.regimes import known_regimes, read_regime
from domain.people import Role
from domain.record import CaseRef, Letter
from letters import render as rendering
from letters.render import Rendered, Written, render, render_combined

CASE = CaseRef(board="northbridge", reference="NB-2026-014")
OTHER = CaseRef(board="northbridge", reference="NB-2026-015")
BOARD = "Northbridge Safeguarding Children Board"
TASKS = "https://reviews.northbridge.example/tasks/"
LINK = "https://reviews.northbridge.example/cases/NB-2026-014?from=letter&stage=safety"
CLOCKS = ("clock-started", "clock-reminder", "clock-overdue")
NOTICES = ("notice-of-decision", "notice-of-no-review", "notice-to-board-members")
OF_THE_REVIEW = (
    "appointed",
    "report-request",
    "report-returned",
    "review-extended",
    "review-overdue",
    "effect-decided",
    "clock-stopped",
    "publication-date-set",
    "publication-date-moved",
    "publication-aborted",
    "published",
    "proposal-not-to-publish",
    "notice-of-no-publication",
    "availability-over",
)
OF_WHAT_FOLLOWS = (
    "action-assigned",
    "action-sent-back",
    "action-reopened",
    "action-refused",
    "action-replan",
    "action-beyond-tolerance",
    "plan-sent-back",
    "plan-signed-off",
    "change-judged-wrong",
    "change-worse",
    "change-not-lasting",
    "quality-asked",
    "quality-asked-again",
    "case-closed",
)
OF_THE_RAPID_REVIEW = ("rapid-review-to-agree", "disagreement-settled", "notification-withdrawn")
OTHERS = ("clock-moved", "agency-request", "task", "letter-undelivered", "closing")
SINGLE = (*CLOCKS, *NOTICES, *OF_THE_REVIEW, *OF_WHAT_FOLLOWS, *OF_THE_RAPID_REVIEW, *OTHERS)
INSTANT = "2026-04-13T23:30:00+00:00"
WORDS = {
    "was": "by the end of Friday 10 April 2026",
    "why": "the start was corrected",
    "outcome": "another learning review",
    "until": "2026-10-30",
    "clock": "is stopped",
    "process": "coroner (inquest-1)",
    "effect": "stops the review's clock",
    "look_again_on": "Friday 30 October 2026",
    "about": "A7",
    "actions": "A7, A9",
    "because": "it was red at two reviews in a row",
    "due_on": "2026-10-30",
    "judgement": "worse",
    "markers": "4, 5, 6",
    "version": "2",
    **dict.fromkeys(("decided_at", "publish_at", "earlier", "published_at", "proposed_at"), INSTANT),
}
"""Everything that a letter may be given besides its clock and its task."""
TEMPLATES = Path(rendering.__file__).parent / "templates"


def letter(template: str = "clock-overdue", **fields: Any) -> Letter:
    """A letter with everything that a stage puts into it."""
    given: dict[str, Any] = {
        "id": "letter/1",
        "template": template,
        "to": Role.BOARD_CHAIR,
        "clock_title": "Decision whether to hold a review",
        "due_at": datetime(2026, 4, 16, 23, tzinfo=UTC),
        "due_on": "by the end of Thursday 16 April 2026",
        "waited_for": "board chair",
        "task": "northbridge/NB-2026-014/decision/1/decide",
        "acknowledge": "northbridge/NB-2026-014/decision/1/review-decision/5/acknowledge-escalation",
        "words": WORDS,
    }
    return Letter.model_validate(given | fields)


def written(template: str = "clock-overdue", case: CaseRef = CASE, **fields: Any) -> Written:
    made = letter(template, **fields)
    acknowledge = f"{LINK}&task={made.acknowledge}" if made.acknowledge else ""
    answer = f"{TASKS}{made.task}" if made.task else ""
    return Written(case=case, letter=made, link=LINK, answer=answer, acknowledge=acknowledge)


def single(template: str, role: Role = Role.BOARD_CHAIR, **fields: Any) -> Rendered:
    return render(written(template, **fields), role, BOARD)


def combined(*letters: Written, late: bool = True) -> Rendered:
    return render_combined(letters, Role.BOARD_CHAIR, late=late)


def every_letter() -> dict[str, Rendered]:
    letters = {template: single(template) for template in SINGLE}
    return letters | {"combined": combined(written(), written("clock-reminder", OTHER))}


def readable(page: str) -> str:
    """What a person reads of an HTML page."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<body")[2].partition(">")[2]))


def test_there_is_a_test_for_every_template() -> None:
    there = {path.stem for path in TEMPLATES.glob("*.txt") if not path.stem.startswith(("_", "watchdog-"))}
    assert there == set(every_letter())


def test_every_letter_that_a_regime_names_can_be_written() -> None:
    regimes = [read_regime(regime) for regime in known_regimes()]
    named = {rung.letter for regime in regimes for clock in regime.clock for rung in clock.ladder}
    named |= {notice.letter for regime in regimes for notice in regime.notice}
    assert named
    assert named <= set(every_letter())


@pytest.mark.parametrize("template", every_letter())
def test_both_parts_say_the_same(template: str) -> None:
    made = every_letter()[template]
    assert readable(made.html).split() == made.text.split()


@pytest.mark.parametrize("template", SINGLE)
def test_subject_begins_with_the_reference_and_is_one_line(template: str) -> None:
    subject = single(template).subject
    assert subject.startswith("NB-2026-014: ")
    assert len(subject.splitlines()) == 1
    assert len(subject) < 150


@pytest.mark.parametrize("template", [*CLOCKS, "task", "agency-request", "report-request", "letter-undelivered"])
def test_letter_that_asks_says_what_is_due_when_who_is_waited_for_and_how_to_answer(template: str) -> None:
    text = single(template).text
    for wanted in (
        "To the board chair",
        "NB-2026-014",
        "Decision whether to hold a review",
        "by the end of Thursday 16 April 2026",
        "the board chair",
        "northbridge/NB-2026-014/decision/1/decide",
        LINK,
    ):
        assert wanted in text


@pytest.mark.parametrize("template", CLOCKS)
def test_subject_of_a_clock_carries_its_title(template: str) -> None:
    assert "Decision whether to hold a review" in single(template).subject


@pytest.mark.parametrize("template", CLOCKS)
def test_letter_asks_for_an_acknowledgement_only_where_one_is_wanted(template: str) -> None:
    asked = "decision/1/review-decision/5/acknowledge-escalation"
    assert asked in single(template).text
    assert "cknowledge" not in single(template, acknowledge="").text


@pytest.mark.parametrize("template", NOTICES)
def test_notice_says_what_was_decided_and_when_and_where_the_reasons_are(template: str) -> None:
    text = single(template).text
    for wanted in (BOARD, "another learning review", "Tuesday 14 April 2026", LINK):
        assert wanted in text


def test_letters_about_the_date_of_publication_name_the_day_in_civil_time() -> None:
    assert "Tuesday 14 April 2026" in single("publication-date-set").subject
    moved = single("publication-date-moved").text
    assert "Earlier date: Tuesday 14 April 2026" in moved
    assert "Friday 30 October 2026" in single("review-extended").text


def test_agency_is_told_that_a_nil_return_is_valid() -> None:
    text = single("agency-request", Role.AGENCY_LEAD).text
    assert "nil return is a valid answer" in text
    assert "secure" in text


@pytest.mark.parametrize("template", CLOCKS)
def test_child_safety_letter_says_that_it_is_no_referral_and_whom_to_call(template: str) -> None:
    for part in (single(template, urgent=True).text, readable(single(template, urgent=True).html)):
        assert "not a referral to children's social care" in part
        assert "call 999" in part


def test_combined_letter_lists_each_clock_of_each_case() -> None:
    made = combined(written(), written("clock-reminder", OTHER, clock_title="First summary by the agency"))
    assert made.subject.startswith("2 cases: 2 ")
    for wanted in ("NB-2026-014", "NB-2026-015", "Decision whether to hold a review", "First summary by the agency"):
        assert wanted in made.text
    assert made.text.count(LINK) == 2
    assert made.text.count("acknowledge-escalation") == 2


def test_combined_letter_about_one_case_carries_its_reference() -> None:
    different = written("clock-reminder", clock_title="First summary by the agency")
    assert combined(written(), different).subject.startswith("NB-2026-014: 2 ")
    two = combined(written(words={"about": "S1"}), written(words={"about": "S2"}))
    assert two.subject == "NB-2026-014: Decision whether to hold a review (2)"


def test_combined_letter_names_a_clock_once_however_many_of_its_rungs_are_told() -> None:
    again = combined(written(), written(), written("clock-reminder", clock_title="First summary by the agency"))
    assert again.text.count("Decision whether to hold a review") == 1
    assert again.text.count(LINK) == 2


def test_combined_letter_about_a_childs_safety_says_so_too() -> None:
    assert "call 999" in combined(written(), written(urgent=True)).text
    assert "call 999" not in combined(written(), written()).text


def test_combined_letter_says_that_the_service_was_away_only_if_it_was() -> None:
    assert "was not able to write" in combined(written(), written(), late=True).text
    assert "was not able to write" not in combined(written(), written(), late=False).text


@pytest.mark.parametrize("template", every_letter())
def test_page_needs_nothing_from_outside_and_fits_a_phone(template: str) -> None:
    page = every_letter()[template].html
    assert not re.search(r"<(img|script|link|iframe)|\bsrc=|url\(|@import", page)
    known = written(template)
    assert set(re.findall(r'href="([^"]*)"', page)) <= {
        html.escape(it) for it in (LINK, known.answer, known.acknowledge)
    }
    assert "width=device-width" in page


@pytest.mark.parametrize("template", every_letter())
def test_what_is_written_into_a_page_stays_text(template: str) -> None:
    mark = '<b onclick="x">&amp;'
    fields: dict[str, Any] = {
        "clock_title": mark,
        "due_on": mark,
        "task": mark,
        "words": WORDS | {"outcome": mark, "process": mark},
    }
    made = combined(written(**fields), written()) if template == "combined" else single(template, **fields)
    assert "<b onclick" not in made.html
    assert made.text.count(mark) == readable(made.html).count(mark)


@pytest.mark.parametrize("template", NOTICES)
def test_missing_word_is_an_error_and_no_gap_in_the_letter(template: str) -> None:
    with pytest.raises((UndefinedError, KeyError)):
        single(template, words={})
    with pytest.raises((UndefinedError, KeyError)):
        single(template, words={"outcome": "no review"})


@pytest.mark.parametrize("template", every_letter())
def test_letter_repeats_nothing_but_its_own_words(template: str) -> None:
    planted = {"child": "Quillfeather", "address": "thistlewick@agency.example"}
    fields: dict[str, Any] = {
        "id": "letter/Quillfeather",
        "address": planted["address"],
        "words": WORDS | planted,
    }
    made = combined(written(**fields), written(**fields)) if template == "combined" else single(template, **fields)
    for part in (made.subject, made.text, made.html):
        assert "quillfeather" not in part.lower()
        assert "thistlewick" not in part.lower()
