"""The text check as a whole: prose with and without marks, what is answered, and what always holds."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from review_prose import WITH_MARKS, WITHOUT_MARKS

from domain.text_check import Kept, Mark, check, unanswered

KINDS = {"blame", "name", "initials-and-date", "identifier"}
PIECES = (
    *(
        "Jane",
        "Smith",
        "Dr",
        "Mr.",
        "van",
        "der",
        "AB",
        "J.",
        "K.",
        "O'Neil",
        "Child K",
        "St",
        "School",
        "Road",
        "12",
        "the",
    ),
    *(
        "failed to",
        "should have",
        "been",
        "not",
        "who",
        "is",
        "negligent",
        "killed by",
        "nurse",
        "brother,",
        "born",
        "aged",
    ),
    *("3 May 2014", "7 weeks", "and 3 days", "old", "943 476 5919", "NB1 2AB", "@", "www.", "http://", "07700 900123"),
    *(".", "\n", "\n\n", "'s", "\u2019s", "-", ",", "\u0301", "\ud800", "\u0130", "\u00df"),
)
pieces = st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join)
anything = st.one_of(st.text(st.characters()), pieces)
names = st.lists(st.one_of(st.text(st.characters()), st.sampled_from(PIECES)), max_size=5)


@pytest.mark.parametrize("prose", WITHOUT_MARKS)
def test_prose_of_a_learning_review_has_no_marks(prose: str) -> None:
    assert [(mark.kind, mark.passage) for mark in check(prose)] == []


def test_prose_that_blames_and_names_is_marked_throughout() -> None:
    found = {(mark.kind, " ".join(mark.passage.split())) for mark in check(WITH_MARKS, {"Holdsworth"})}
    assert found >= {
        ("name", "Sarah Holdsworth"),
        ("name", "Donna"),
        ("name", "PC Jones"),
        ("name", "Mrs Patel"),
        ("name", "Dr Okafor"),
        ("blame", "failed to"),
        ("blame", "obvious signs"),
        ("blame", "should have known"),
        ("blame", "negligent"),
        ("blame", "missed opportunity"),
        ("blame", "could have prevented"),
        ("blame", "inflicted by her stepfather"),
        ("blame", "murderer"),
        ("blame", "is to blame"),
        ("initials-and-date", "SH was aged 11 weeks and 2 days"),
        ("identifier", "14/02/2014"),
        ("identifier", "Flat 3, 27 Larch Avenue"),
        ("identifier", "NB4 7QT"),
        ("identifier", "aged 11 weeks and 2 days"),
        ("identifier", "Northbridge General Hospital"),
        ("identifier", "Elmfield Primary School"),
        ("identifier", "NHS number 943 476 5919"),
        ("identifier", "Crime number 42/CR/10917/15"),
        ("identifier", "07700 900123"),
        ("identifier", "d.holdsworth@mail.example"),
    }


def test_marks_stand_in_the_order_of_the_text() -> None:
    marks = check(
        "It was careless. Mr Smith was there. It was careless. They failed to ask. mr smith and CARELESS", ["Smith"]
    )
    assert [mark.passage for mark in marks] == ["careless", "Mr Smith", "failed to", "smith"]


def test_passage_is_marked_once_for_each_kind_whatever_its_line_breaks() -> None:
    marks = check("She failed to act. They failed\nto ask. He Failed  to come.")
    assert [mark.passage for mark in marks] == ["failed to"]


def test_every_mark_says_in_sentences_what_to_do() -> None:
    for mark in check(WITH_MARKS):
        assert mark.why.endswith("."), mark
        assert any(
            verb in mark.why for verb in ("Say", "say", "Write", "write", "Leave", "Name", "Give", "describe", "Use")
        ), mark


def test_reason_never_repeats_what_was_typed() -> None:
    for mark in check(WITH_MARKS):
        assert mark.passage not in mark.why


def test_empty_text_has_no_marks() -> None:
    assert check("") == ()
    assert check(" \n\n ", ["", " ", "7"]) == ()


def mark(passage: str, kind: str = "blame") -> Mark:
    return Mark(passage=passage, kind=kind, why="Say it otherwise.")


def kept(passage: str) -> Kept:
    return Kept(passage=passage, reason="words of the mother, quoted")


def test_mark_is_answered_by_the_same_passage() -> None:
    assert unanswered([mark("failed to act"), mark("careless")], [kept("failed to act")]) == (mark("careless"),)


@pytest.mark.parametrize("passage", ["Failed to act", "failed\nto   act", "  FAILED TO ACT  "])
def test_case_and_spaces_make_no_difference_to_an_answer(passage: str) -> None:
    assert unanswered([mark("failed to act")], [kept(passage)]) == ()


def test_part_of_a_passage_answers_nothing() -> None:
    assert unanswered([mark("failed to act")], [kept("failed")]) == (mark("failed to act"),)


def test_answer_to_what_is_not_marked_is_harmless() -> None:
    assert unanswered([mark("careless")], [kept("something else")]) == (mark("careless"),)


@pytest.mark.parametrize("fields", [{"passage": " ", "reason": "quoted"}, {"passage": "careless", "reason": " "}])
def test_what_is_kept_needs_passage_and_reason(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Kept.model_validate(fields)


@settings(max_examples=300, deadline=None)
@given(anything, names)
@example("http://\ud800", ["\ud800"])
@example("\u0130stanbul failed to act", ["\u0130stanbul"])
def test_any_text_can_be_checked_and_every_passage_stands_in_it(text: str, known: list[str]) -> None:
    for found in check(text, known):
        assert found.passage in text
        assert found.passage.strip() == found.passage != ""
        assert found.kind in KINDS
        assert found.why
        assert found.model_dump_json()


@settings(max_examples=150, deadline=None)
@given(anything, names)
def test_marks_are_the_same_each_time_and_for_names_in_any_order(text: str, known: list[str]) -> None:
    assert check(text, known) == check(text, list(reversed(known))) == check(text, frozenset(known))


@settings(max_examples=150, deadline=None)
@given(anything)
def test_each_passage_is_marked_once_and_in_order(text: str) -> None:
    marks = check(text)
    told = [(each.kind, " ".join(each.passage.split()).casefold()) for each in marks]
    assert len(set(told)) == len(told)


@settings(max_examples=100, deadline=None)
@given(anything)
def test_what_is_kept_throughout_leaves_nothing_unanswered(text: str) -> None:
    marks = check(text)
    assert unanswered(marks, [kept(each.passage) for each in marks]) == ()
    assert unanswered(marks, ()) == marks


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WITHOUT_MARKS), max_size=4))
def test_texts_without_marks_have_none_together(texts: list[str]) -> None:
    assert check("\n\n".join(texts)) == ()


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "A ",
            "A A A ",
            "Mr ",
            "Jane van ",
            "van der ",
            "J. ",
            "St. ",
            "A-",
            "a@",
            "x@y.",
            "http://",
            "www.",
            "0 ",
            "01",
            "-1",
        ),
        *(
            "should have ",
            "not been ",
            "who is ",
            "failed to act ",
            "1 May ",
            "AB born ",
            "12 Elm ",
            "\n",
            " ",
            "\u0301",
            "é",
        ),
    ],
)
def test_long_texts_of_one_pattern_are_checked_to_their_end(unit: str) -> None:
    text = unit * (60_000 // len(unit))
    assert all(mark.passage in text for mark in check(text, ["Jane"]))
    assert check(f"{text}\n\nThe worker was negligent.")[-1].passage == "negligent"
