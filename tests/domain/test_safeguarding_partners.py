"""Safeguarding partners in the directory: each holds the role for an agency, and a deputy answers for that agency."""

from datetime import date
from pathlib import Path

import pytest

from activities.directory import read_directory
from domain.directory import Board, DirectoryFault, NotInRole, parse_directory
from domain.people import Role
from domain.rapid_review_rules import RapidReviewRules

EXAMPLE = Path(__file__).parents[2] / "directory.toml"
PARTNER = Role.SAFEGUARDING_PARTNER
DAY = date(2026, 2, 5)
THREE = ("northbridge-cs", "northbridge-police", "northbridge-icb")


@pytest.fixture(scope="module")
def board() -> Board:
    return read_directory(EXAMPLE).board("northbridge")


def test_the_example_has_three_partners_of_three_agencies(board: Board) -> None:
    assert board.partners == THREE
    assert RapidReviewRules().why_too_few(board.partners) == ""


def test_a_letter_to_the_partner_of_an_agency_goes_to_that_one_and_to_all_where_none_is_named(board: Board) -> None:
    assert [p.id for p in board.holders(PARTNER, "northbridge-police", DAY)] == ["nb-partner-police"]
    everyone = ["nb-partner-authority", "nb-partner-police", "nb-partner-health"]
    assert [p.id for p in board.holders(PARTNER, None, DAY)] == everyone
    assert board.holders(PARTNER, "northbridge-housing", DAY) == ()


def test_a_partner_and_its_deputy_act_for_their_agency_and_for_no_other(board: Board) -> None:
    actor = board.actor("nb-partner-police", PARTNER, "northbridge-police", DAY)
    assert (actor.agency, actor.deputising) == ("northbridge-police", False)
    deputy = board.actor("nb-police-executive", PARTNER, "northbridge-police", DAY)
    assert (deputy.agency, deputy.deputising) == ("northbridge-police", True)
    for person, agency in (("nb-partner-police", "northbridge-icb"), ("nb-police-executive", "northbridge-cs")):
        with pytest.raises(NotInRole):
            board.actor(person, PARTNER, agency, DAY)


def test_a_partner_without_an_agency_is_a_fault() -> None:
    text = EXAMPLE.read_text("utf-8").replace(
        'roles = ["safeguarding-partner"]\nagency = "northbridge-cs"', 'roles = ["safeguarding-partner"]'
    )
    with pytest.raises(DirectoryFault, match=r"person\[nb-partner-authority\].*name it \(agency\)"):
        parse_directory(text)


def test_a_directory_without_partners_is_no_fault_for_other_regimes() -> None:
    text = EXAMPLE.read_text("utf-8").replace('roles = ["safeguarding-partner"]', "roles = []")
    assert parse_directory(text).board("northbridge").partners == ()


@pytest.mark.parametrize("agencies", [(), THREE[:2], (THREE[0], THREE[0], THREE[1])])
def test_fewer_than_three_agencies_are_too_few(agencies: tuple[str, ...]) -> None:
    why = RapidReviewRules().why_too_few(agencies)
    assert f"{len(set(agencies))} agencies" in why
    assert "local authority, health, police" in why
