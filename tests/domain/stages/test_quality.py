"""The quality markers of a case: asked at the right time, answered in words, never scored, and nothing waits."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stage_world import CHAIR, DAY, MANAGER, REGIME, SUB_GROUP, T0, actor, request_id

from domain.command import Found, FoundDocument, LookUp, refuses_role
from domain.people import Actor, Role
from domain.quality import JudgeMarker, Quality
from domain.record import Letter
from domain.regimes import QualityMarker
from domain.text_check import Kept, Mark

REVIEWER = actor(Role.LEAD_REVIEWER)
OF_PANEL = tuple(f"qm-{number}" for number in range(4, 14))
BLAME = Mark(passage="failed to act", kind="blame", why="Say what happened and why it made sense.")
STAGES = ("decision", "panel", "publication", "change")


def judge(marker: str = "qm-6", by: Actor = MANAGER, **fields: Any) -> JudgeMarker:
    given = {"judgement": "Scope and method were agreed with the reviewers."} | fields
    return JudgeMarker(request_id=request_id(), actor=by, item=marker, **given)


def begun(*stages: str) -> Quality:
    """The markers with those of these stages asked."""
    quality = Quality.of(REGIME.marker)
    for stage in stages:
        quality, _ = quality.stage_began(stage, T0)
    return quality


def refused(quality: Quality, command: JudgeMarker) -> str | None:
    refusal = quality.refuses(command, T0)
    return refusal.code if refusal else None


def told(letters: tuple[Letter, ...]) -> dict[Role, str]:
    assert len({letter.to for letter in letters}) == len(letters), "one letter for each role"
    return {letter.to: letter.words["markers"] for letter in letters}


def test_nothing_is_asked_before_a_stage_begins() -> None:
    quality = begun()
    assert quality.tasks() == ()
    assert len(quality.unanswered) == 18


def test_beginning_of_a_stage_asks_its_markers_one_letter_a_role() -> None:
    quality, letters = begun().stage_began("panel", T0)
    assert told(letters) == {
        Role.LEAD_REVIEWER: "4, 10, 11, 12",
        Role.PANEL_CHAIR: "5, 6, 7, 13",
        Role.BUSINESS_MANAGER: "8, 9",
    }
    assert {letter.template for letter in letters} == {"quality-asked"}
    assert {letter.kind for letter in letters} == {"letter"}
    assert tuple(task.item for task in quality.tasks()) == OF_PANEL


def test_letters_hold_numbers_only() -> None:
    _, letters = begun().stage_began("panel", T0)
    for letter in letters:
        assert set(letter.words) == {"markers"}
        assert letter.words["markers"].replace(", ", "").isdecimal()


def test_task_names_the_marker_and_has_no_clock() -> None:
    task = next(task for task in begun("panel").tasks() if task.item == "qm-6")
    assert task.title == "Quality marker 6, Commissioning: say how the review stands"
    assert (task.form, task.role, task.clock, task.due_at) == ("judge-marker", Role.PANEL_CHAIR, None, None)


def test_end_of_a_stage_asks_again_what_is_unanswered() -> None:
    quality = begun("panel").judged(judge("qm-8"), T0)
    quality, letters = quality.stage_ended("panel", T0 + DAY)
    assert told(letters)[Role.BUSINESS_MANAGER] == "9"
    assert {letter.template for letter in letters} == {"quality-asked-again"}
    assert len(quality.tasks()) == len(OF_PANEL) - 1, "what is not answered stays asked"


def test_end_of_a_stage_says_nothing_when_all_is_answered() -> None:
    quality = begun("panel")
    for marker in OF_PANEL:
        quality = quality.judged(judge(marker), T0)
    assert quality.stage_ended("panel", T0 + DAY) == (quality, ())


def test_end_of_a_stage_that_had_no_beginning_asks_its_markers() -> None:
    quality, letters = begun("decision").stage_ended("change", T0)
    assert told(letters) == {Role.BUSINESS_MANAGER: "18"}
    assert "qm-18" in {task.item for task in quality.tasks()}
    assert quality.stage_began("change", T0 + DAY) == (quality, ()), "asked already"


@pytest.mark.parametrize("stage", STAGES)
def test_same_stage_reported_again_asks_nothing_twice(stage: str) -> None:
    quality = begun(stage)
    assert quality.stage_began(stage, T0 + DAY) == (quality, ())
    ended, letters = quality.stage_ended(stage, T0 + DAY)
    assert letters
    assert ended.stage_ended(stage, T0 + 2 * DAY) == (ended, ())


def test_stage_without_markers_asks_nothing() -> None:
    quality = begun()
    assert quality.stage_began("safety", T0) == (quality, ())
    assert quality.stage_ended("safety", T0) == (quality, ())


def test_marker_that_was_judged_before_its_stage_is_not_asked() -> None:
    quality, letters = begun().judged(judge("qm-9"), T0).stage_began("panel", T0 + DAY)
    assert told(letters)[Role.BUSINESS_MANAGER] == "8"
    assert "qm-9" not in {task.item for task in quality.tasks()}


def test_judgement_answers_the_marker_and_may_be_given_again() -> None:
    quality = begun("panel").judged(judge("qm-6"), T0)
    assert "qm-6" not in quality.unanswered
    assert "qm-6" not in {task.item for task in quality.tasks()}
    assert refused(quality, judge("qm-6", judgement="It looks otherwise now.")) is None
    assert quality.judged(judge("qm-6"), T0 + DAY).unanswered == quality.unanswered


def test_marker_may_be_judged_before_it_is_asked() -> None:
    assert refused(begun(), judge("qm-18")) is None


@pytest.mark.parametrize("marker", ["qm-19", "qm-0", "6", "QM-6", None])
def test_unknown_marker_is_refused_with_those_there_are(marker: Any) -> None:
    refusal = begun().refuses(judge(marker), T0)
    assert refusal is not None
    assert refusal.code == "marker-known"
    assert "qm-1, qm-2" in refusal.text
    assert "qm-19" not in refusal.text


@pytest.mark.parametrize("marker", REGIME.marker, ids=lambda marker: marker.id)
def test_marker_is_judged_by_who_is_asked_or_by_manager_or_chair(marker: QualityMarker) -> None:
    able = {*marker.asked, Role.BUSINESS_MANAGER, Role.BOARD_CHAIR}
    may = {role for role in JudgeMarker.ROLES if refused(begun(), judge(marker.id, actor(role))) is None}
    assert may == able


def test_refusal_of_a_role_says_who_can() -> None:
    refusal = begun().refuses(judge("qm-6", SUB_GROUP), T0)
    assert refusal is not None
    assert (refusal.code, refusal.text) == (
        "marker-role",
        "This marker is judged by the panel chair or business manager or board chair.",
    )


def test_agencies_judge_no_marker() -> None:
    refusal = refuses_role(judge("qm-6", actor(Role.AGENCY_LEAD)))
    assert refusal is not None
    assert refusal.code == "role"


def test_evidence_is_looked_up_and_the_text_checked() -> None:
    command = judge(judgement="See the terms.", evidence=("D-4/1", "D-5/2"))
    assert command.looks_up() == LookUp(documents=("D-4/1", "D-5/2"), texts=("See the terms.",))


def test_document_that_is_not_kept_is_no_evidence() -> None:
    command = judge(evidence=("D-4/1",))
    assert refused(begun(), command) is None, "not looked up yet"
    missing = command.model_copy(update={"found": Found(missing=("documents",))})
    assert refused(begun(), missing) == "document-kept"
    kept = command.model_copy(update={"found": Found(documents=(FoundDocument(id="D-4/1", kind="other"),))})
    assert refused(begun(), kept) is None


def test_marked_passage_is_rephrased_or_stays_with_a_reason() -> None:
    found = Found(marks=(BLAME,))
    marked = judge(judgement="They failed to act.").model_copy(update={"found": found})
    refusal = begun().refuses(marked, T0)
    assert refusal is not None
    assert refusal.code == "text-marked"
    assert "failed to act" not in refusal.text
    stays = (Kept(passage="failed to act", reason="quoted from the inspection"),)
    assert refused(begun(), marked.model_copy(update={"stays": stays})) is None


def test_answer_holds_words_and_evidence_and_no_score() -> None:
    assert set(JudgeMarker.model_fields) - set(
        judge().model_dump(include={"request_id", "actor", "item", "found"})
    ) == {
        "judgement",
        "evidence",
        "facts",
        "stays",
    }
    assert judge(evidence=("D-4/1",), facts=(3, 7)).answer() == {
        "judgement": "Scope and method were agreed with the reviewers.",
        "evidence": ["D-4/1"],
        "facts": [3, 7],
        "stays": [],
    }


def test_case_without_markers_asks_none_and_knows_none() -> None:
    quality = Quality.of(())
    assert quality.stage_began("panel", T0) == (quality, ())
    assert refused(quality, judge("qm-6", CHAIR)) == "marker-known"


moves = st.lists(st.one_of(st.sampled_from([m.id for m in REGIME.marker]), st.sampled_from(STAGES)), max_size=40)


@given(moves, st.data())
def test_whatever_happens_each_marker_is_asked_at_most_twice_and_every_letter_once(
    happened: list[str], data: st.DataObject
) -> None:
    quality, letters, at = begun(), list[Letter](), T0
    judged = set[str]()
    for move in happened:
        at += DAY
        if move in STAGES:
            moved = data.draw(st.sampled_from([quality.stage_began, quality.stage_ended]))
            quality, new = moved(move, at)
            named = {f"qm-{number}" for letter in new for number in letter.words["markers"].split(", ")}
            assert not named & judged, "what is judged is not asked"
            letters += new
        else:
            quality = quality.judged(judge(move), at)
            judged.add(move)
        assert set(quality.unanswered) == {marker.id for marker in REGIME.marker} - judged
        assert not {task.item for task in quality.tasks()} & judged
        assert Quality.model_validate_json(quality.model_dump_json()) == quality
    assert len({letter.id for letter in letters}) == len(letters)
    asked = [number for letter in letters for number in letter.words["markers"].split(", ")]
    assert all(asked.count(number) <= 2 for number in asked)
