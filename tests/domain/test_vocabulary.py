"""People read the words of their own regime."""

import pytest

from domain.vocabulary import Vocabulary

WALES = Vocabulary.model_validate(
    {"says": {"serious case review": "child practice review", "board chair": "chair of the board", "panel": "group"}}
)


@pytest.mark.parametrize(
    ("said", "spoken"),
    [
        ("Decision on a serious case review", "Decision on a child practice review"),
        ("Serious case reviews are late", "Child practice reviews are late"),
        ("The board chair decides.", "The chair of the board decides."),
        ("A serious\n case review", "A child practice review"),
        ("the panel's answer", "the group's answer"),
        ("panelled walls", "panelled walls"),
        ("", ""),
    ],
)
def test_standard_terms_are_said_in_the_regimes_own(said: str, spoken: str) -> None:
    assert WALES.spoken(said) == spoken


def test_an_article_fits_the_word_that_follows() -> None:
    words = Vocabulary(says=(("serious case review", "extended review"),))
    assert words.spoken("a serious case review, A serious case review") == "an extended review, An extended review"


def test_longer_terms_come_first() -> None:
    words = Vocabulary(says=(("review", "enquiry"), ("serious case review", "learning exercise")))
    assert words.spoken("a serious case review and a review") == "a learning exercise and an enquiry"


def test_without_a_vocabulary_nothing_changes() -> None:
    assert Vocabulary().spoken("a serious case review") == "a serious case review"
