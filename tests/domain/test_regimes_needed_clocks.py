"""Every regime has a rule for every clock that the stages run, and no stage runs one that regimes are not asked for."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import domain
from activities.regimes import known_regimes, read_regime
from domain.regimes import Regime
from domain.regimes.checking import OF_RAPID_REVIEWS, OF_THE_PROCEDURE, OF_THE_REVIEW, further_faults, needed_clocks

MODULES = sorted(Path(domain.__path__[0]).glob("*.py"))
REGIMES = [read_regime(regime) for regime in known_regimes()]
NEEDED = {*OF_THE_REVIEW, *OF_RAPID_REVIEWS, *OF_THE_PROCEDURE}
LETTERS = {rung.letter for regime in REGIMES for rule in regime.clock for rung in rule.ladder} | {
    notice.letter for regime in REGIMES for notice in regime.notice
}


def rules_needed(module: Path) -> Iterator[str]:
    """The rules of every ``ClockNeed`` of a module that are written there, as text or by a constant's name."""
    names = vars(import_module(f"domain.{module.stem}"))
    for call in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "ClockNeed":
            (rule,) = (keyword.value for keyword in call.keywords if keyword.arg == "rule")
            if isinstance(rule, ast.Constant):
                yield str(rule.value)
            elif isinstance(rule, ast.Name) and isinstance(names.get(rule.id), str):
                yield names[rule.id]


def texts(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_the_stages_need_no_clock_that_regimes_are_not_asked_for() -> None:
    found = {rule for module in MODULES for rule in rules_needed(module)}
    assert len(found) > 30
    assert found <= NEEDED


def test_every_clock_that_domain_code_names_is_asked_for_of_the_regimes() -> None:
    known = {rule.id for regime in REGIMES for rule in regime.clock}
    named = {text for module in MODULES for text in texts(module)} & known
    assert named <= NEEDED


def test_every_clock_that_regimes_are_asked_for_is_run_by_a_stage_or_a_notice() -> None:
    named = {text for module in MODULES for text in texts(module)}
    by_notice = {notice.clock for regime in REGIMES for notice in regime.notice}
    assert named | by_notice >= NEEDED


@pytest.mark.parametrize("regime", REGIMES, ids=lambda regime: regime.id)
def test_every_regime_has_every_clock_of_its_process(regime: Regime) -> None:
    assert set(needed_clocks(regime.process)) <= {rule.id for rule in regime.clock}
    assert tuple(further_faults(regime, LETTERS)) == ()


@pytest.mark.parametrize("regime", REGIMES, ids=lambda regime: regime.id)
def test_every_clock_has_somebody_who_is_told_but_the_notice_that_nobody_waits_for(
    regime: Regime,
) -> None:
    silent = {rule.id for rule in regime.clock if not rule.ladder}
    assert silent == ({"incident-notification"} if regime.process == "serious-case-review" else set())


@pytest.mark.parametrize("regime", REGIMES, ids=lambda regime: regime.id)
def test_what_the_board_sets_is_its_own_and_awaits_its_confirmation(regime: Regime) -> None:
    for rule in regime.clock:
        if rule.set_by_board:
            assert (rule.strength.value, rule.source.confirm) == ("local", True), rule.id
        assert rule.source.document
        assert rule.source.paragraph, rule.id
