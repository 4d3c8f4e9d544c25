"""Who may give which command, what each asks for, and that every stage's command is known by its name."""

import json
from typing import Any

import pytest
from pydantic import ValidationError
from rapid_review_answers import RAPID_REVIEW_ANSWERS, RAPID_REVIEW_MAY
from review_answers import REVIEW_ANSWERS, REVIEW_MAY
from stage_world import LIMBS, T0, actor

from domain.case import CaseState
from domain.command import ENVELOPE, Command, answer_schema, refuses_role
from domain.decision import ReviewDecisionState
from domain.decision_commands import RecordLearning
from domain.forms import EVERYWHERE, FORMS, OF_STAGE, ONCE, UNASKED
from domain.parallel import ParallelProcesses
from domain.participation import Participation
from domain.people import Role
from domain.rapid_review import RapidReviewState
from domain.rapid_review_gathering import Gathering
from domain.safety import SafetyState

ON_DUTY = {Role.DUTY_SOCIAL_WORKER, Role.DUTY_MANAGER, Role.HEAD_OF_SERVICE, Role.DIRECTOR}
OF_THE_AGENCY = {Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE, Role.BUSINESS_MANAGER}

MAY: dict[str, set[Role]] = {
    "acknowledge-child": ON_DUTY,
    "decide-for-child": ON_DUTY,
    "record-strategy-discussion": ON_DUTY,
    "record-conference": ON_DUTY,
    "record-acceptance": ON_DUTY,
    "record-allegation": ON_DUTY | {Role.BUSINESS_MANAGER},
    "tell-designated-officer": ON_DUTY | {Role.BUSINESS_MANAGER, Role.DESIGNATED_OFFICER},
    "answer-criterion": {Role.SUB_GROUP, Role.BUSINESS_MANAGER, Role.BOARD_CHAIR},
    "secure-records": OF_THE_AGENCY,
    "send-first-summary": OF_THE_AGENCY,
    "recommend": {Role.SUB_GROUP},
    "decide": {Role.BOARD_CHAIR},
    "record-learning": {Role.SUB_GROUP, Role.BUSINESS_MANAGER},
    "challenge": {Role.BUSINESS_MANAGER, Role.BOARD_CHAIR, Role.NATIONAL_PANEL},
    "deliver-otherwise": {Role.BUSINESS_MANAGER},
    "see-to-mail-server": {Role.BUSINESS_MANAGER},
    "acknowledge-escalation": set(Role),
    "correct-start": {Role.BUSINESS_MANAGER, Role.BOARD_CHAIR},
    "apply-calendar": {Role.BUSINESS_MANAGER, Role.BOARD_CHAIR},
    "move-to-regime": {Role.BOARD_CHAIR},
    **REVIEW_MAY,
    **RAPID_REVIEW_MAY,
}

ANSWERS: dict[str, dict[str, Any]] = {
    "decide-for-child": {"decision": "no-further-action"},
    "record-acceptance": {"accepted_at": T0, "accepted_by": "manager", "reference": "7"},
    "tell-designated-officer": {"told_at": T0, "reference": "7"},
    "answer-criterion": {"fact": "child_died", "holds": "yes", "reason": "the inquest"},
    "secure-records": {"secured_by": "manager"},
    "send-first-summary": {"signed_off_by": "director"},
    "recommend": {"outcome": "none", "reasons": dict.fromkeys(LIMBS, "why"), "rationale": "why"},
    "decide": {"outcome": "none", "rationale": "why"},
    "record-learning": {"learned": "what", "acted_on": "how"},
    "challenge": {"received_at": T0, "reason": "why"},
    "deliver-otherwise": {"told_at": T0, "how": "post", "reference": "7"},
    "see-to-mail-server": {"done": "the provider was called"},
    "correct-start": {"started_at": T0, "reason": "the log of calls"},
    "apply-calendar": {"days": [T0.date()], "source": "Proclamation"},
    "move-to-regime": {"regime": "england-scr-2015", "reason": "the wrong edition"},
    **REVIEW_ANSWERS,
    **RAPID_REVIEW_ANSWERS,
}


def given(form: str, role: Role, item: str | None = None, agency: str | None = None) -> Command:
    envelope = {"request_id": "r-1", "actor": actor(role, agency=agency), "item": item}
    return FORMS[form].model_validate(envelope | ANSWERS.get(form, {}))


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
@pytest.mark.parametrize("form", list(FORMS))
def test_a_command_is_given_in_these_roles_and_no_other(form: str, role: Role) -> None:
    refusal = refuses_role(given(form, role))
    if role in MAY[form]:
        assert refusal is None
        return
    assert refusal is not None
    assert (refusal.code, bool(refusal.source)) == ("role", True)
    assert role.words in refusal.text


def test_no_role_may_both_recommend_and_decide() -> None:
    assert not FORMS["recommend"].ROLES & FORMS["decide"].ROLES


@pytest.mark.parametrize("form", ["secure-records", "send-first-summary"])
@pytest.mark.parametrize("role", [Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE])
def test_an_agency_answers_for_itself_only(form: str, role: Role) -> None:
    assert refuses_role(given(form, role, item="health", agency="health")) is None
    refusal = refuses_role(given(form, role, item="health", agency="police"))
    assert refusal is not None
    assert refusal.code == "own-agency"


@pytest.mark.parametrize("form", ["secure-records", "send-first-summary"])
def test_the_business_manager_may_answer_for_an_agency_that_telephoned(form: str) -> None:
    assert refuses_role(given(form, Role.BUSINESS_MANAGER, item="health")) is None


def test_every_command_belongs_to_one_stage_or_to_all() -> None:
    listed: list[type[Command]] = [*EVERYWHERE, *(form for forms in OF_STAGE.values() for form in forms)]
    carried_on = (*ParallelProcesses.COMMANDS, *Participation.COMMANDS)  # by publication, after the panel
    deciding: tuple[type[Command], ...] = (*Gathering.COMMANDS, RecordLearning)  # whichever stage decides on a review
    twice = [form.FORM for form in (*carried_on, *deciding)]
    assert sorted(form.FORM for form in listed) == sorted([*FORMS, *twice])
    numbered = {SafetyState.STAGE, ReviewDecisionState.STAGE, RapidReviewState.STAGE}
    assert set(OF_STAGE) == {CaseState.STAGE, *numbered, *ONCE}
    assert set(FORMS) == set(MAY)
    assert set(FORMS) >= UNASKED


def test_every_command_that_exists_is_listed() -> None:
    assert {form.__name__ for form in Command.__subclasses__()} == {form.__name__ for form in FORMS.values()}


@pytest.mark.parametrize("form", list(FORMS.values()), ids=lambda form: form.FORM)
def test_a_command_has_names_of_its_own_and_roles_that_may_give_it(form: type[Command]) -> None:
    assert form.FORM != form.FACT
    assert form.ROLES
    assert form.TITLE[0].islower()
    assert [f.FORM for f in FORMS.values() if f.FACT == form.FACT] == [form.FORM]


@pytest.mark.parametrize("form", list(FORMS.values()), ids=lambda form: form.FORM)
def test_the_schema_of_an_answer_is_complete_and_leaves_the_envelope_out(form: type[Command]) -> None:
    schema = answer_schema(form)
    text = json.dumps(schema)
    assert not ENVELOPE & set(schema["properties"])
    assert not ENVELOPE & set(schema["required"])
    assert set(schema["required"]) <= set(schema["properties"])
    references = {part.split('"')[0] for part in text.split("#/$defs/")[1:]}
    assert references == set(schema["$defs"])
    assert "Actor" not in schema["$defs"]
    assert schema["title"] == form.TITLE


@pytest.mark.parametrize("form", list(FORMS))
def test_the_answer_of_a_command_is_json_without_its_envelope(form: str) -> None:
    command = given(form, Role.BUSINESS_MANAGER)
    detail = command.answer()
    assert json.loads(json.dumps(detail)) == detail
    assert not ENVELOPE & set(detail)


@pytest.mark.parametrize("form", sorted(ANSWERS))
def test_an_answer_that_leaves_out_what_is_required_is_no_command(form: str) -> None:
    for name in FORMS[form].model_json_schema()["required"]:
        fields = {"request_id": "r-1", "actor": actor(Role.BUSINESS_MANAGER)} | ANSWERS[form]
        del fields[name]
        with pytest.raises(ValidationError):
            FORMS[form].model_validate(fields)


@pytest.mark.parametrize("blank", ["", "   ", "\n"])
def test_words_that_are_required_may_not_be_blank(blank: str) -> None:
    for form, name in (("decide", "rationale"), ("answer-criterion", "reason"), ("record-learning", "learned")):
        with pytest.raises(ValidationError):
            FORMS[form].model_validate(
                {"request_id": "r-1", "actor": actor(Role.SUB_GROUP)} | ANSWERS[form] | {name: blank}
            )


def test_a_reason_for_a_limb_may_not_be_blank() -> None:
    reasons = dict.fromkeys(LIMBS, "why") | {LIMBS[0]: "  "}
    with pytest.raises(ValidationError):
        FORMS["recommend"].model_validate(
            {"request_id": "r-1", "actor": actor(Role.SUB_GROUP)} | ANSWERS["recommend"] | {"reasons": reasons}
        )


def test_an_instant_without_offset_is_no_answer() -> None:
    with pytest.raises(ValidationError):
        FORMS["challenge"].model_validate(
            {
                "request_id": "r-1",
                "actor": actor(Role.BOARD_CHAIR),
                "reason": "why",
                "received_at": "2026-02-05T10:00:00",
            }
        )
