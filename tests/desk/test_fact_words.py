"""Facts in words: nothing of a machine's is left where a person reads."""

from typing import Any

import pytest
from desk_cases import TOLD

from desk.fact_words import concerning, told
from domain.people import Actor, Role
from domain.record import Fact
from records.views import RecordedFact

NAMES = {
    "northbridge-cs": "Northbridge Children's Services",
    "nb-chair": "Jocasta Fairweather",
    "clock serious-case-review": "Completion of the serious case review",
    "letter climb/x/1/0": "Clock reminder: X",
}


def recorded(item: str | None = None, kind: str = "review-decided", **detail: Any) -> RecordedFact:
    by = Actor(person="nb-chair", role=Role.BOARD_CHAIR)
    fact = Fact(kind=kind, at=TOLD, by=by, item=item, detail=detail)
    return RecordedFact(seq=1, stage="scr/b/R-1/decision/1", sequence=1, hash="", stands=True, fact=fact)


def parts(**detail: Any) -> list[tuple[str, str]]:
    return list(told(recorded(**detail), "Decision", str.upper, NAMES).parts)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        ("2026-02-05", "Thursday 5 February 2026"),
        ("2026-07-05T10:30:00Z", "11:30 on Sunday 5 July 2026"),
        ("2026-02-30", "2026-02-30"),
        ("protection-taken", "protection taken"),
        ("life_threatening", "life threatening"),
        ("northbridge-cs", "Northbridge Children's Services"),
        ("nb-chair", "Jocasta Fairweather"),
        ("As it was said.", "AS IT WAS SAID."),
        (["northbridge-cs", "F1"], "Northbridge Children's Services; F1"),
    ],
)
def test_a_value_is_told_as_people_say_it(value: Any, words: str) -> None:
    assert parts(told=value) == [("Told", words)]


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_what_was_left_open_is_left_out(value: Any) -> None:
    assert parts(told=value) == []


def test_parts_of_lists_and_tables_have_their_names() -> None:
    dissent = [{"who": "A", "view": "B"}, {"who": "C"}]
    assert parts(dissent=dissent, reasons={"death": "D"}) == [
        ("Dissent, entry 1, who", "A"),
        ("Dissent, entry 1, view", "B"),
        ("Dissent, entry 2, who", "C"),
        ("Reasons, death", "D"),
    ]


def test_a_choice_that_is_called_like_a_clock_stays_a_choice() -> None:
    assert parts(outcome="serious-case-review", clock="serious-case-review", letter="climb/x/1/0") == [
        ("Outcome", "serious case review"),
        ("Clock", "Completion of the serious case review"),
        ("Letter", "Clock reminder: X"),
    ]


def test_of_an_event_nobody_is_named() -> None:
    data = {"children": [{"given_name": "Tamsin"}], "notified_by": {"name": "N"}, "summary": "What was seen."}
    assert parts(event={"id": "1", "data": data}) == [("Summary", "WHAT WAS SEEN.")]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (None, ""),
        ("F1", "F1"),
        ("D-1/2", "D-1/2"),
        ("northbridge-cs/2", "Northbridge Children's Services, 2"),
        ("lead-reviewer/nb-chair", "lead reviewer, Jocasta Fairweather"),
    ],
)
def test_what_it_is_about_is_called_by_its_name_and_a_reference_stays(item: str | None, words: str) -> None:
    assert told(recorded(item), "Decision", str, NAMES).item == words


def test_of_an_item_is_what_belongs_to_it_and_nothing_that_begins_alike() -> None:
    facts = [recorded(item) for item in ("A1", "A1/2", "A10", None, "A2")]
    assert [each.fact.item for each in concerning(facts, "A1")] == ["A1", "A1/2"]
