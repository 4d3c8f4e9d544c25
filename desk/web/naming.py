"""How people, agencies, clocks and letters are called on pages."""

from collections.abc import Callable

from desk.glossary import Glossary, glossary_of
from desk.value_words import label
from desk.web.context import Desk
from domain.record import CaseRef, ClockEntry
from records.marking import known_names
from records.queries import clocks, letters
from records.views import RecordedLetter


def glossary_for(desk: Desk, case: CaseRef) -> Glossary:
    """Who is who in the case, for texts that are shown with names left out."""
    people = desk.service.case(case, desk.now(), people=True).people
    return glossary_of(tuple(people), known_names(desk.record, case, desk.directory()))


def names_for(desk: Desk, case: CaseRef) -> dict[str, str]:
    """How what stands in a fact by its id is called: people at work, agencies; ``clock ID`` and ``letter ID``."""
    board = desk.directory().board(case.board)
    found = {person.id: person.name for person in board.people}
    found |= {agency.id: agency.name for agency in board.agencies}
    found |= {
        f"clock {each.entry.id}": clock_named(each.entry, board.agency_named) for each in clocks(desk.record, case)
    }
    return found | {f"letter {each.letter.id}": letter_named(each) for each in letters(desk.record, case)}


def clock_named(entry: ClockEntry, agency_named: Callable[[str], str]) -> str:
    """``Securing of the agency's records (Northbridge Police)``."""
    return f"{entry.rule.title} ({agency_named(entry.item)})" if entry.item else entry.rule.title


def letter_named(recorded: RecordedLetter) -> str:
    """What a letter is about: ``Clock reminder: Securing of the agency's records``."""
    about = recorded.letter.clock_title
    return f"{label(recorded.letter.template)}: {about}" if about else label(recorded.letter.template)
