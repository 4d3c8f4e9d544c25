"""Letters of clocks whose rule is daily say so; those about a child's safety never wait for a day."""

from typing import Any

from stage_world import DAY, World, deciding, safety

from domain.clocks.rule import ClockRule
from domain.record import Letter


def letters_of_rungs(world: World[Any], *, daily: bool) -> list[Letter]:
    """What the stage's ladders send in ten days, where all its rules are daily or none is."""
    rules = tuple(rule.model_copy(update={"daily": daily}) for rule in world.stage.rules)
    world.stage = world.stage.model_copy(update={"rules": rules})
    # The clocks that opened at the start keep the rule that they were opened with.
    entries = [
        entry.model_copy(update={"rule": rules_by_id(world)[entry.rule.id]}) for entry in world.stage.clocks.open
    ]
    world.stage = world.stage.model_copy(update={"clocks": world.stage.clocks.replaced(entries)})
    before = len(world.letters)
    world.walk(10 * DAY)
    return [letter for letter in world.letters[before:] if letter.kind == "climb"]


def rules_by_id(world: World[Any]) -> dict[str, ClockRule]:
    return {rule.id: rule for rule in world.stage.rules}


def test_letters_of_a_daily_rule_leave_together() -> None:
    written = letters_of_rungs(deciding(), daily=True)
    assert written
    assert all(letter.daily for letter in written)


def test_letters_of_other_rules_do_not() -> None:
    written = letters_of_rungs(deciding(), daily=False)
    assert written
    assert not any(letter.daily for letter in written)


def test_letters_about_a_childs_safety_are_never_daily() -> None:
    written = letters_of_rungs(safety(), daily=True)
    assert written
    assert all(letter.urgent and not letter.daily for letter in written)
