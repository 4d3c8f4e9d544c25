"""Every rule that refuses something in the review or its publication is tried by a test."""

import re
from pathlib import Path

import pytest

import domain.panel
from domain.forms import OF_STAGE, ONCE

HERE = Path(__file__).parent
DOMAIN = Path(domain.panel.__file__).parent
OF_THE_REVIEW = (
    "panel",
    "appointments",
    "terms",
    "timetable",
    "parallel",
    "participation",
    "agency_report",
    "findings",
    "report",
    "publication",
    "publication_checks",
    "publication_dates",
    "publication_day",
    "publication_decision",
    "actions",
    "plan_response",
    "plan_changes",
    "plan_sign_off",
    "plan_reviews",
    "change",
    "retention",
    "notification",
    "rapid_review_agreement",
    "rapid_review_decision",
    "rapid_review_gathering",
    "rapid_review_report",
)
BESIDE = (
    "action_plan",
    "action_refusals",
    "change_refusals",
    "retention_refusals",
    "case",
    "case_closing",
    "quality",
    "corrections",
)
"""Files with rules of these stages, and of the case, that are neither parts nor named after a stage."""
TRIED = "".join(path.read_text("utf-8") for path in sorted(HERE.glob("test_*.py")) if path.name != Path(__file__).name)


def codes(name: str) -> set[str]:
    text = (DOMAIN / f"{name}.py").read_text("utf-8")
    return set(re.findall(r'(?:code=|_no\(\s*)"([a-z-]+)"', text))


@pytest.mark.parametrize("name", (*OF_THE_REVIEW, *BESIDE, "command"))
def test_each_rule_that_refuses_is_tried(name: str) -> None:
    tried = set(re.findall(r'"([a-z-]+)"', TRIED))
    assert codes(name) - tried == set()


def test_no_part_of_the_review_is_left_out_above() -> None:
    written = {name for name in (p.stem for p in DOMAIN.glob("*.py")) if "(Part):" in _text(name) or name in ONCE}
    assert written - {"part"} == set(OF_THE_REVIEW)


def _text(name: str) -> str:
    return (DOMAIN / f"{name}.py").read_text("utf-8")


def test_each_command_of_the_review_says_what_its_item_is_or_has_none() -> None:
    for stage in ONCE:
        for command in OF_STAGE[stage]:
            assert command.ABOUT.upper() == command.ABOUT
