"""Choices of the record in words, and where they are told."""

from datetime import timedelta

import pytest
from desk_cases import TOLD

from desk.timeline import timeline
from desk.value_words import in_words
from domain.record import CaseRef, Fact
from records.views import RecordedFact

CASE = CaseRef(board="northbridge", reference="NB-2026-101")
KEPT = {"sequence": 1, "hash": "", "stands": True}


@pytest.mark.parametrize(
    ("value", "words"),
    [("not-achieved", "not achieved"), ("re-planned", "re-planned"), ("sub-group", "sub-group"), ("a_b", "a b")],
)
def test_hyphen_stays_only_where_it_belongs_to_the_word(value: str, words: str) -> None:
    assert in_words(value) == words


def test_change_that_is_planned_anew_is_told_so_in_the_timeline() -> None:
    fact = Fact(kind="change-closed", at=TOLD, item="C1", detail={"outcome": "re-planned", "by": "C3"})
    recorded = RecordedFact.model_validate({"seq": 1, "stage": CASE.stage_id("change"), "fact": fact} | KEPT)
    shown = timeline(CASE, TOLD, (), (recorded,), TOLD + timedelta(days=1))
    assert "C1 closed: re-planned" in {mark.words for lane in shown.lanes for mark in lane.marks}
