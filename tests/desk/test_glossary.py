"""People stand by their keys wherever names are left out."""

import pytest

from desk.glossary import Glossary
from desk.views import PersonView

PEOPLE = (
    PersonView(key="C1", name="Tamsin Wexcombe-Arle", part="died"),
    PersonView(key="S1", name="Corin Wexcombe-Arle", part="sibling"),
    PersonView(key="elmfield-school", name="Ottoline Brackwater, Elmfield School", part="contact", professional=True),
)
GLOSSARY = Glossary(PEOPLE, {"Brackwater", "Ottoline", "Quillfeather"})


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Corin was seen.", "[S1] was seen."),
        ("Tamsin's shoes were wet.", "[C1]'s shoes were wet."),
        ("CORIN and tamsin", "[S1] and [C1]"),
        ("Tamsin Wexcombe-Arle came.", "[C1] came."),
        ("The Wexcombe-Arle family moved.", "The [name] family moved."),
        ("Ms Brackwater called the school.", "[name] called the school."),
        ("Quillfeather agreed.", "[name] agreed."),
        ("Nobody was at home.", "Nobody was at home."),
        ("", ""),
    ],
)
def test_names_are_replaced_and_nothing_else(written: str, read: str) -> None:
    found = GLOSSARY.anonymised(written)
    assert not any(name in found.lower() for name in ("corin", "tamsin", "wexcombe", "brackwater", "quillfeather"))
    assert found == read


def test_who_has_no_name_yet_leaves_every_word_as_it_is() -> None:
    nameless = PersonView(key="H1", name="name to follow", part="household", named=False)
    assert Glossary((*PEOPLE, nameless), ()).anonymised("Asked to follow up.") == "Asked to follow up."
