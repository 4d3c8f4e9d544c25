"""The quality markers as data: all there, each a statement with questions for people who can judge."""

from importlib.resources import files

import pytest

from activities.regimes import read_markers, read_regime
from domain.people import Role
from domain.quality import JudgeMarker
from domain.regimes import QualityMarker, RegimeFault, parse_markers

MARKERS = read_markers()
TEXT = files("domain").joinpath("quality_markers.toml").read_text(encoding="utf-8")
STATED_IN_FULL = {3, 4, 6, 7, 8, 11, 12, 16, 18}
"""Markers whose questions are all those of the published page; of the others some are drawn from its reasoning."""

FIRST_LETTERS_TO = {
    Role.BUSINESS_MANAGER: {1, 3, 8, 9, 16, 18},
    Role.SUB_GROUP: {2},
    Role.LEAD_REVIEWER: {4, 10, 11, 12},
    Role.PANEL_CHAIR: {5, 6, 7, 13},
    Role.BOARD_CHAIR: {14, 15, 17},
}
OF_STAGE = {"decision": {1, 2, 3}, "panel": set(range(4, 14)), "publication": {14, 15, 16, 17}, "change": {18}}


def numbers(markers: list[QualityMarker]) -> set[int]:
    return {marker.number for marker in markers}


def test_there_are_eighteen_in_order_each_with_its_id() -> None:
    assert [marker.number for marker in MARKERS] == list(range(1, 19))
    assert [marker.id for marker in MARKERS] == [f"qm-{number}" for number in range(1, 19)]


@pytest.mark.parametrize("stage", OF_STAGE)
def test_each_is_asked_at_its_stage(stage: str) -> None:
    assert numbers([marker for marker in MARKERS if marker.stage == stage]) == OF_STAGE[stage]


@pytest.mark.parametrize("role", FIRST_LETTERS_TO)
def test_who_can_judge_it_is_asked_first(role: Role) -> None:
    assert numbers([marker for marker in MARKERS if marker.asked[0] is role]) == FIRST_LETTERS_TO[role]


@pytest.mark.parametrize("marker", MARKERS, ids=lambda marker: marker.id)
def test_every_marker_is_a_statement_with_questions_for_roles_that_may_judge_it(marker: QualityMarker) -> None:
    assert marker.statement.endswith(".")
    assert len(marker.questions) >= 2
    assert all(question.endswith("?") for question in marker.questions)
    assert len(set(marker.questions)) == len(marker.questions)
    assert set(marker.asked) <= JudgeMarker.ROLES


@pytest.mark.parametrize("marker", MARKERS, ids=lambda marker: marker.id)
def test_what_was_drawn_from_the_reasoning_of_a_marker_is_to_be_confirmed(marker: QualityMarker) -> None:
    assert marker.source.confirm is (marker.number not in STATED_IN_FULL)
    assert marker.source.paragraph.startswith(f"marker {marker.number},")


def test_regime_has_the_markers() -> None:
    assert read_regime("england-scr").marker == MARKERS


def test_every_fault_of_the_file_is_listed_by_its_path() -> None:
    broken = TEXT.replace('asked = ["sub-group", "board-chair"]', 'asked = ["somebody"]').replace(
        "number = 4\n", 'number = "four"\nscore = 3\n'
    )
    with pytest.raises(RegimeFault) as fault:
        parse_markers(broken)
    told = str(fault.value).splitlines()
    paths = ["marker[qm-2].asked[#1]", "marker[qm-4].number", "marker[qm-4].score"]
    assert [line.partition(":")[0] for line in told] == paths


def test_file_that_is_no_toml_is_a_fault() -> None:
    with pytest.raises(RegimeFault, match="not TOML"):
        parse_markers("[[marker]")
