"""Asking for an answer field by field."""

from collections.abc import Callable

from desk.fields import fields_of
from desk.prompting import ask_fields
from domain.decision_commands import Decide, Recommend
from domain.safety_commands import AcknowledgeChild, DecideForChild


def replies(*answers: str) -> tuple[Callable[[str], str], list[str]]:
    """Somebody who gives these answers, and what they were asked."""
    asked: list[str] = []
    left = list(answers)

    def ask(words: str) -> str:
        asked.append(words)
        return left.pop(0)

    return ask, asked


def test_what_may_be_left_out_is_left_out_where_nothing_is_given() -> None:
    ask, _ = replies("protection-taken", "Stays with the aunt.", "", "yes", "")
    assert ask_fields(fields_of(DecideForChild), ask) == [
        "decision=protection-taken",
        "protection=Stays with the aunt.",
        "strategy_discussion=yes",
    ]


def test_a_choice_is_asked_again_until_it_is_one() -> None:
    ask, asked = replies("", "perhaps", "cannot-be-traced", "", "x", "", "")
    assert ask_fields(fields_of(DecideForChild), ask)[0] == "decision=cannot-be-traced"
    assert asked[0] == asked[1] == asked[2]
    assert "no-further-action" in asked[0]


def test_a_reason_is_asked_for_each_limb() -> None:
    ask, asked = replies("none", "", "It did not.", "None was.", "Rationale.", "")
    fields = fields_of(Recommend, {"reasons": ("death", "parent_murdered")})
    typed = ask_fields(fields, ask)
    assert typed[1:3] == ["reasons.death=It did not.", "reasons.parent_murdered=None was."]
    assert "death" in asked[2]


def test_entries_of_a_list_are_asked_until_one_is_empty() -> None:
    ask, _ = replies("none", "", "Rationale.", "police", "", "Hold one.", "health", "Wait.", "")
    assert ask_fields(fields_of(Decide), ask)[2:] == [
        "dissent.0.who=police",
        "dissent.0.view=Hold one.",
        "dissent.1.who=health",
        "dissent.1.view=Wait.",
    ]


def test_a_form_without_fields_asks_nothing() -> None:
    ask, asked = replies()
    assert ask_fields(fields_of(AcknowledgeChild), ask) == []
    assert asked == []
