"""Commands: what people answer. Each names its actor and carries a request id that makes it safe to send twice."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, ConfigDict, JsonValue, StringConstraints

from domain.model import Model, Refusal
from domain.people import Actor, Role
from domain.text_check import Mark

RequestId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Words = Annotated[
    str,
    # No control characters but tab and line break: what is read on a terminal shows what is kept.
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=20_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
    ),
]
HappenedAt = AwareDatetime
YEARS_OF_A_REVIEW = 20
ENVELOPE = frozenset({"request_id", "actor", "item", "found"})


class LookUp(Model):
    """What has to be looked up outside before a command can be judged. Ids only, and the texts to be checked."""

    person: str = ""
    """Id of a person whom the directory should know."""
    agencies: tuple[str, ...] = ()
    """Ids of agencies that the directory should know."""
    documents: tuple[str, ...] = ()
    """Ids of documents that should be kept with the case."""
    chronology: tuple[str, ...] = ()
    """Ids of chronologies (``health/2``) or of their rows (``health/2/117``) that should be kept with the case."""
    texts: tuple[str, ...] = ()
    """Texts in which words of blame, names and other identifiers are to be marked."""
    report: str = ""
    """Id of a document whose text is to be marked likewise."""
    themes: tuple[str, ...] = ()
    """Ids of themes that should be on the board's list."""
    partners: bool = False
    """Whether it matters which agencies are safeguarding partners."""


class FoundDocument(Model):
    """A version of a document that is kept with the case."""

    id: str
    """With its version: ``D-5/1``."""
    kind: str
    agency: str = ""
    """Whose it is; empty where it is no agency's."""


class Found(Model):
    """What was looked up. It comes with the command, so that what decided about it stands in history."""

    missing: tuple[str, ...] = ()
    """Kinds of what was named and is not known: ``person``, ``agencies``, ``documents``, ``chronology``,
    ``themes``."""
    roles: tuple[Role, ...] = ()
    """Roles that the person has for the whole board."""
    agencies: tuple[str, ...] = ()
    """Agencies in which the person has a part."""
    documents: tuple[FoundDocument, ...] = ()
    marks: tuple[Mark, ...] = ()
    partners: tuple[str, ...] = ()
    """Ids of the agencies that have a safeguarding partner in the directory."""


class Command(Model):
    """Something a person decides or reports. The fields beside the envelope are the answer."""

    model_config = ConfigDict(use_attribute_docstrings=True)  # what a form says beside each field

    FORM: ClassVar[str]
    """Name of the command: the update's name in the workflow, the form's name on the desk."""
    FACT: ClassVar[str]
    """The fact that an accepted command leaves in the record."""
    ROLES: ClassVar[frozenset[Role]]
    """Who may give it."""
    TITLE: ClassVar[str]
    """What is asked, in words that follow "Please"."""
    ABOUT: ClassVar[str] = ""
    """What its item names, where a person chooses it: ``FINDING``. Lists show it as a place to be filled in."""
    ITEM_IS_AGENCY: ClassVar[bool] = True
    """Whether an agency that gives it gives it for itself: then its item is the agency."""
    EXTENDS: ClassVar[bool] = False
    """Whether it gives a clock more time: then the day it sets lies beyond the one that stands."""

    request_id: RequestId
    actor: Actor
    item: str | None = None
    """Key of the child, id of the agency, or whatever of the stage it concerns."""
    found: Found | None = None
    """Filled in by the service; whatever a sender puts here is overwritten."""

    def looks_up(self) -> LookUp | None:
        """What has to be looked up before it can be judged; most commands need nothing."""
        return None

    def answer(self) -> dict[str, JsonValue]:
        """The answer without its envelope, as it is kept in the record."""
        return self.model_dump(mode="json", exclude=set(ENVELOPE), exclude_none=True)

    def digest(self) -> str:
        """Short and the same for the same answer."""
        return sha256(json.dumps(self.answer(), sort_keys=True).encode()).hexdigest()[:16]


class AcknowledgeEscalation(Command):
    """The reader of an escalation says that they have seen it. This stops its repetition."""

    FORM: ClassVar[str] = "acknowledge-escalation"
    FACT: ClassVar[str] = "escalation-acknowledged"
    TITLE: ClassVar[str] = "acknowledge that this was brought to you"
    ROLES: ClassVar[frozenset[Role]] = frozenset(Role)


class DeliverOtherwise(Command):
    """A letter that e-mail could not deliver was handed over in another way."""

    FORM: ClassVar[str] = "deliver-otherwise"
    FACT: ClassVar[str] = "letter-delivered-otherwise"
    TITLE: ClassVar[str] = "bring a letter that could not be delivered to its reader in another way"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER})

    told_at: HappenedAt
    how: Words
    """By telephone, by post, through a portal."""
    reference: Words
    """What proves it: a receipt, a reference number, who took the call."""


class SeeToMailServer(Command):
    """The mail server takes no letters; somebody has seen to it. The letters wait and are tried all the while."""

    FORM: ClassVar[str] = "see-to-mail-server"
    FACT: ClassVar[str] = "mail-server-seen-to"
    TITLE: ClassVar[str] = "see to the mail server: letters wait and cannot leave"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER})

    done: Words
    """What was done, and who was told by telephone meanwhile."""


class Receipt(Model):
    """What the person who gave a command gets back."""

    request_id: str
    form: str
    item: str | None = None
    accepted_at: datetime
    digest: str = ""
    """Of the answer, by which the same request id with another answer is noticed."""
    next: str
    """What the service waits for now, in words."""
    changed: bool = True
    """False where the command had been accepted before and nothing was done again."""


def please(form: type[Command]) -> str:
    """What a command asks for, as a sentence begins."""
    return form.TITLE[0].upper() + form.TITLE[1:]


def answer_schema(command: type[Command]) -> dict[str, Any]:
    """JSON Schema of a command's answer: what a form asks for. The envelope is left out."""
    schema = command.model_json_schema()
    schema["properties"] = {n: s for n, s in schema.get("properties", {}).items() if n not in ENVELOPE}
    schema["required"] = [n for n in schema.get("required", []) if n not in ENVELOPE]
    kept = str(schema["properties"])
    schema["$defs"] = {n: d for n, d in schema.get("$defs", {}).items() if f"#/$defs/{n}" in kept}
    schema["title"] = command.TITLE
    return schema


def refuses_role(command: Command) -> Refusal | None:
    """Whether the actor's role may give this command at all; agency roles only for their own agency."""
    actor = command.actor
    if actor.role not in command.ROLES:
        able = " or ".join(sorted(role.words for role in command.ROLES))
        return Refusal(
            code="role",
            text=f"The {actor.role.words} cannot do this; the {able} can.",
            source="Roles and decisions of the board",
        )
    of_its_own = command.ITEM_IS_AGENCY and actor.role.of_an_agency
    if of_its_own and command.item is not None and actor.agency != command.item:
        return Refusal(
            code="own-agency",
            text="An agency answers for itself only.",
            source="Roles and decisions of the board",
        )
    return None


def refuses_future(what: str, happened_at: datetime | None, at: datetime) -> Refusal | None:
    """Whether something is reported that has not happened yet."""
    if happened_at is None or happened_at <= at:
        return None
    return Refusal(code="future", text=f"{what} lies in the future.", source="A record tells what has happened")


def refuses_long_ago(command: Command, year: int) -> Refusal | None:
    """Whether a time is given that lies before the year that the case's calendar begins to be reliable with."""
    for name in type(command).model_fields:
        value = getattr(command, name)
        if isinstance(value, datetime) and value.year < year:
            text = f"The time given for {name} lies before {year}; it cannot belong to this case."
            return Refusal(code="long-ago", text=text, source="A record tells what has happened in this case")
    return None


def refuses_far_ahead(command: Model, at: datetime) -> Refusal | None:
    """Whether a day is given that lies further ahead than any review lasts, and beyond what calendars know."""
    if all(day.year <= at.year + YEARS_OF_A_REVIEW for day in _days(command)):
        return None
    text = f"A day that is given lies more than {YEARS_OF_A_REVIEW} years ahead; it cannot belong to this case."
    return Refusal(code="far-ahead", text=text, source="A record tells what has happened in this case")


def _days(value: object) -> Iterator[date]:
    """Every day and instant within a value, however deep."""
    if isinstance(value, date):
        yield value
    elif isinstance(value, Model):
        for name in type(value).model_fields:
            yield from _days(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _days(each)
