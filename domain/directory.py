"""Who is who: boards, the people in their roles, deputies, agencies' contacts, outside bodies. Pure data and checks."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from domain.clocks.calendar import Holiday
from domain.incident import Slug
from domain.model import Model
from domain.people import BODIES, OPERATORS, Actor, Role

EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+"
)


def _usable(email: str) -> str:
    if not EMAIL.fullmatch(email):
        raise ValueError("not an e-mail address")
    return email


Email = Annotated[str, AfterValidator(_usable)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\r\n]*$")]


class DirectoryFault(ValueError):
    """A directory that cannot be used, with every fault on a line of its own by its path."""


class UnknownBoard(KeyError):
    """The directory has no board of that id."""

    def __str__(self) -> str:
        return f"the directory has no board {self.args[0]!r}"


class NotInRole(Exception):
    """The person neither holds the role nor deputises for its holder."""

    def __init__(self, role: Role, agency: str | None = None) -> None:
        where = f" of {agency}" if agency else ""
        super().__init__(f"this person neither holds the role of {role.words}{where} nor deputises for its holder")
        self.role = role


class Absence(Model):
    """Days, both included, on which somebody else has to be asked."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> "Absence":
        if self.last < self.first:
            raise ValueError("ends before it begins")
        return self


class Person(Model):
    """Somebody who is asked and told. The id is what the record keeps; name and address stay in the directory."""

    id: Slug
    name: Name
    email: Email
    roles: tuple[Role, ...] = ()
    """Roles for the whole board, and that of a safeguarding partner, which is held for the person's agency. Lead and
    executive of an agency are given at the agency."""
    agency: str | None = None
    """Id of the agency that the person works for, whatever roles they have; none for the board's own staff."""
    deputy: str | None = None
    """Id of the person who stands in."""
    absences: tuple[Absence, ...] = ()

    @field_validator("roles")
    @classmethod
    def _of_the_board(cls, roles: tuple[Role, ...]) -> tuple[Role, ...]:
        if elsewhere := [role.value for role in roles if role in (Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE)]:
            raise ValueError(f"{', '.join(elsewhere)} is given at the agency, as its lead or executive")
        if appointed := [role.value for role in roles if role.of_a_case]:
            raise ValueError(f"{', '.join(appointed)} is given by an appointment within a review")
        return roles

    @model_validator(mode="after")
    def _partner_of_an_agency(self) -> "Person":
        if Role.SAFEGUARDING_PARTNER in self.roles and self.agency is None:
            raise ValueError("a safeguarding partner answers for an agency: name it (agency)")
        return self

    def absent(self, on: date) -> bool:
        """Whether the person is away on that day."""
        return any(absence.first <= on <= absence.last for absence in self.absences)


class Agency(Model):
    """An organisation of the board's area, and who answers for it."""

    id: Slug
    name: Name
    lead: str
    """Id of the person who is asked for records and summaries: the safeguarding lead."""
    executive: str | None = None
    """Id of the person to whom silence of the agency is escalated."""


class Body(Model):
    """An outside body that is told of decisions: a mailbox rather than a person."""

    id: Slug
    role: Literal[Role.INSPECTORATE, Role.DEPARTMENT, Role.NATIONAL_PANEL]
    name: Name
    email: Email

    @property
    def reader(self) -> Person:
        """The body as somebody who is written to."""
        return Person(id=self.id, name=self.name, email=self.email, roles=(self.role,))


class Theme(Model):
    """What lessons of several reviews have in common, in the board's own words."""

    id: Slug
    title: Name


class QuietHours(Model):
    """When letters wait, in the board's civil time: from ``begin`` until ``end``, over midnight where that is earlier.

    Equal times mean that there are no quiet hours in a day.
    """

    begin: time = time(19, 0)
    end: time = time(8, 0)
    working_days_only: bool = True
    """Whether letters wait through weekends, bank holidays and the board's closure days as well."""


class Board(Model):
    """A safeguarding board with everybody it works with."""

    id: Slug
    name: Name
    calendar: Literal["england-wales", "scotland", "northern-ireland"] = "england-wales"
    regime: Slug = "england-scr"
    """The regime of a case whose incident event names none."""
    quiet_hours: QuietHours = QuietHours()
    closure_days: tuple[Holiday, ...] = ()
    """Days on which this board alone does not work; they do not count as working days."""
    year_begins: str = "04-01"
    """Month and day on which the year of the board's annual report begins."""
    themes: tuple[Theme, ...] = ()
    """Under which findings, actions and expected changes of different reviews are found together."""
    people: tuple[Person, ...] = Field(alias="person")
    agencies: tuple[Agency, ...] = Field(default=(), alias="agency")
    bodies: tuple[Body, ...] = Field(default=(), alias="body")

    @field_validator("year_begins")
    @classmethod
    def _day_of_every_year(cls, text: str) -> str:
        try:
            if re.fullmatch(r"[0-9]{2}-[0-9]{2}", text):
                date.fromisoformat(f"2001-{text}")  # a year without 29 February
                return text
        except ValueError:
            pass
        raise ValueError("is no day that every year has: write month and day, as 04-01")

    @property
    def everybody(self) -> tuple[Person, ...]:
        """The people and, as readers of letters like them, the outside bodies."""
        return (*self.people, *(body.reader for body in self.bodies))

    def holders(self, role: Role, agency: str | None, on: date) -> tuple[Person, ...]:
        """Who is to be asked in that role on that day, the deputy for an absent holder. Empty where there is nobody.

        Safeguarding partners without an agency named are all of them.
        """
        wanted = [agency]
        if role is Role.SAFEGUARDING_PARTNER and agency is None:
            wanted = list(self.partners)
        present = (self._present(holder, on) for each in wanted for holder in self._appointed(role, each))
        return tuple({person.id: person for person in present if person is not None}.values())

    @property
    def partners(self) -> tuple[str, ...]:
        """Ids of the agencies that have a safeguarding partner, each once, in the directory's order."""
        held = (person.agency for person in self.people if Role.SAFEGUARDING_PARTNER in person.roles)
        return tuple(dict.fromkeys(agency for agency in held if agency is not None))

    def agency_named(self, item: str) -> str:
        """The name of the agency, and what follows its id (``northbridge-police/2``); the id where it is none known."""
        agency, *rest = item.split("/")
        names = [each.name for each in self.agencies if each.id == agency]
        return ", ".join((*names, *rest)) if names else item

    def lacks(self, bodies: Iterable[Role]) -> tuple[Role, ...]:
        """Those of a regime's outside bodies that the directory has no address of."""
        there = {body.role for body in self.bodies}
        return tuple(role for role in bodies if role not in there)

    def known(self, ids: Iterable[str]) -> tuple[Person, ...]:
        """These people themselves, as far as the directory has them: an appointment within a case has no deputy."""
        wanted = tuple(ids)
        return tuple(person for person in self.everybody if person.id in wanted)

    def actor(self, person_id: str, role: Role, agency: str | None, on: date) -> Actor:
        """The person acting in that role, as its holder or as a deputy. Raises ``NotInRole``."""
        agency = agency if role.of_an_agency else None
        appointed = self._appointed(role, agency)
        if person_id in {holder.id for holder in appointed}:
            return Actor(person=person_id, role=role, agency=agency)
        if any(person_id == deputy.id for holder in appointed for deputy in self._deputies(holder, on)):
            return Actor(person=person_id, role=role, agency=agency, deputising=True)
        raise NotInRole(role, agency)

    def roles_of(self, person_id: str) -> tuple[tuple[Role, str | None], ...]:
        """The roles that a person holds, each with the agency for roles within one."""
        own = [
            (role, person.agency if role.of_an_agency else None)
            for person in self.everybody
            if person.id == person_id
            for role in person.roles
        ]
        leads = [(Role.AGENCY_LEAD, agency.id) for agency in self.agencies if agency.lead == person_id]
        executives = [(Role.AGENCY_EXECUTIVE, agency.id) for agency in self.agencies if agency.executive == person_id]
        return (*own, *leads, *executives)

    def parts_of(self, person_id: str) -> tuple[tuple[Role, str | None], ...]:
        """The roles that a person holds or stands in for: in which the person belongs to the board or an agency."""
        stood_in_for = (person.id for person in self.people if person.deputy == person_id)
        return tuple(part for each in (person_id, *stood_in_for) for part in self.roles_of(each))

    def agencies_of(self, person_id: str) -> tuple[str, ...]:
        """The agencies that a person works for, or has or stands in for a role in: their side in every decision."""
        employers = [person.agency for person in self.people if person.id == person_id]
        sides = (*employers, *(agency for _, agency in self.parts_of(person_id)))
        return tuple(dict.fromkeys(agency for agency in sides if agency is not None))

    def _appointed(self, role: Role, agency: str | None) -> tuple[Person, ...]:
        held = (role, agency if role.of_an_agency else None)
        return tuple(person for person in self.everybody if held in self.roles_of(person.id))

    def _present(self, holder: Person, on: date) -> Person | None:
        if not holder.absent(on):
            return holder
        return next((deputy for deputy in self._deputies(holder, on) if not deputy.absent(on)), None)

    def _deputies(self, holder: Person, on: date) -> Iterator[Person]:
        """The deputy, and for as long as deputies are absent the deputy's deputy; each once."""
        people = {person.id: person for person in self.everybody}
        seen = {holder.id}
        deputy = people.get(holder.deputy or "")
        while deputy is not None and deputy.id not in seen:
            yield deputy
            if not deputy.absent(on):
                return
            seen.add(deputy.id)
            deputy = people.get(deputy.deputy or "")


class Directory(Model):
    """All boards that this service works for."""

    boards: tuple[Board, ...] = Field(alias="board")

    def board(self, board_id: str) -> Board:
        """The board of that id. Raises ``UnknownBoard``."""
        for known in self.boards:
            if known.id == board_id:
                return known
        raise UnknownBoard(board_id)


def parse_directory(text: str) -> Directory:
    """Read the directory from TOML. Raises ``DirectoryFault`` listing every fault; unknown keys are faults too."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DirectoryFault(f"not TOML: {error}") from None
    faults = list(_cross_faults(raw))
    try:
        directory = Directory.model_validate(raw, extra="forbid")
    except ValidationError as error:
        faults = [*(f"{_path(raw, fault['loc'])}: {_words(fault)}" for fault in error.errors()), *faults]
    if faults:
        raise DirectoryFault("\n".join(faults))
    return directory


def _words(fault: ErrorDetails) -> str:
    if fault["type"] == "extra_forbidden":
        return "there is no such key"
    return fault["msg"].removeprefix("Value error, ")


def _path(raw: Any, steps: tuple[int | str, ...]) -> str:
    """Where a fault is: ``board[northbridge].person[nb-chair].email``; ``[#3]`` for the third entry without an id."""
    path = ""
    for step in steps:
        raw = _entry(raw, step)
        if isinstance(step, str):
            path += f".{step}" if path else step
        else:
            path += f"[{_id(raw) or f'#{step + 1}'}]"
    return path


def _entry(raw: Any, step: int | str) -> Any:
    if isinstance(raw, dict):
        return raw.get(step)
    return raw[step] if isinstance(raw, list) and isinstance(step, int) and step < len(raw) else None


def _id(raw: Any) -> str:
    found = raw.get("id") if isinstance(raw, dict) else None
    return found if isinstance(found, str) else ""


def _tables(raw: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The tables under a key, passing over what has the wrong shape: that is a fault of its own."""
    found = raw.get(key)
    return [table for table in found if isinstance(table, dict)] if isinstance(found, list) else []


def _cross_faults(raw: dict[str, Any]) -> Iterator[str]:
    """Faults between entries. Read from the raw tables, so that they are told together with faults within entries."""
    boards = _tables(raw, "board")
    yield from (f"board: two boards have the id {i!r}" for i in _twice(boards))
    for board in boards:
        at = f"board[{_id(board) or f'#{boards.index(board) + 1}'}]"
        people, agencies, bodies = (_tables(board, key) for key in ("person", "agency", "body"))
        yield from (f"{at}: two people or bodies have the id {i!r}" for i in _twice([*people, *bodies]))
        yield from (f"{at}.agency: two agencies have the id {i!r}" for i in _twice(agencies))
        yield from (f"{at}.themes: two themes have the id {i!r}" for i in _twice(_tables(board, "themes")))
        yield from _references(at, people, agencies)
        yield from _unfilled(at, people)


def _twice(tables: list[dict[str, Any]]) -> list[str]:
    return [i for i, times in Counter(map(_id, tables)).items() if i and times > 1]


def _references(at: str, people: list[dict[str, Any]], agencies: list[dict[str, Any]]) -> Iterator[str]:
    known = [_id(person) for person in people]
    owners = [_id(agency) for agency in agencies]
    for person in people:
        if "agency" in person and person["agency"] not in owners:
            yield f"{at}.person[{_id(person)}].agency: there is no agency {person['agency']!r}"
    for key, tables, parts in (("person", people, ("deputy",)), ("agency", agencies, ("lead", "executive"))):
        for table in tables:
            for part in parts:
                if part in table and table[part] not in known:
                    yield f"{at}.{key}[{_id(table)}].{part}: there is no person {table[part]!r}"
    for person in people:
        if person.get("deputy") == _id(person):
            yield f"{at}.person[{_id(person)}].deputy: nobody is their own deputy"


def _unfilled(at: str, people: list[dict[str, Any]]) -> Iterator[str]:
    filled: list[Any] = []
    for person in people:
        filled += person["roles"] if isinstance(person.get("roles"), list) else []
    wanted = (
        role for role in Role if role.of_the_board and role not in (*BODIES, *OPERATORS)
    )  # which bodies, a regime says
    yield from (f"{at}: nobody is {role.value}" for role in wanted if role.value not in filled)
