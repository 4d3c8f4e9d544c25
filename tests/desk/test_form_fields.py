"""The fields of a form on a page: how they are called, and how many entries are shown."""

import pytest

from desk.fields import Field
from desk.value_words import in_full
from desk.web.form_fields import ENTRIES, asked, in_words

DISSENT = Field(name="dissent", required=False, asks="dissent.0.who=text", parts=("who", "view"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("signed_off_by", "Signed off by"),
        ("dissent.0.who", "Dissent, entry 1, who"),
        ("corrections.11.page_or_part", "Corrections, entry 12, page or part"),
        ("reasons.S1", "Reasons, S1"),
        ("told.northbridge-police", "Told, northbridge police"),
    ],
)
def test_a_part_of_a_field_is_called_as_people_count(name: str, words: str) -> None:
    assert in_full(name) == words


def test_what_is_looked_at_once_more_is_called_the_same() -> None:
    assert in_words((DISSENT,), {"dissent.0.who": "A", "dissent.2.who": "B"}) == [
        ("Dissent, entry 1, who", "A"),
        ("Dissent, entry 2, who", "B"),
    ]


@pytest.mark.parametrize(
    ("typed", "entries"),
    [
        ({}, 1),
        ({"dissent.2.who": "A"}, 3),
        ({f"dissent.{10**9}.who": "A"}, 1),
        ({f"dissent.{'9' * 5_000}.who": "A"}, 1),
    ],
)
def test_as_many_entries_are_shown_as_were_typed_and_a_made_up_number_makes_none(
    typed: dict[str, str], entries: int
) -> None:
    assert asked(DISSENT, typed, 1).entries == entries <= ENTRIES
