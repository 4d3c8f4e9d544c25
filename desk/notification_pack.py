"""The pack for notifying the national panel: what its online form asks for, in its order, ready to be pasted.

It is made of the sealed facts of the case and holds names: it is shown on the terminal of a person of the authority, or
of the business manager, and nowhere else. Nothing is guessed: what the record does not hold says so.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final

from pydantic import ValidationError

from desk.civil import moment_in_words
from desk.persons import acting_person
from domain.clocks.calendar import day_in_words
from domain.clocks.explain import in_words
from domain.decision_commands import AnswerCriterion
from domain.directory import Board
from domain.incident import Abuse, DateRange, Incident, IncidentChild, IncidentEvent, IncidentFacts, Outcome
from domain.intake import merge_incident
from domain.model import Model, Refusal
from domain.notification import CLOCK
from domain.notification_commands import THE_AUTHORITY, NotifyPanel
from domain.people import Actor, Role
from domain.rapid_review import RapidReviewState
from domain.rapid_review_rules import RapidReviewRules
from domain.record import CaseRef, Fact
from records import queries
from records.queries import NotFound
from records.store import Record
from records.views import RecordedFact

SHOWN: Final = "notification-pack-shown"
"""The fact that somebody had the pack shown."""
NOT_RECORDED: Final = "not recorded"
_OUTCOMES: Final = {
    Outcome.DIED: "died",
    Outcome.SERIOUSLY_HARMED: "seriously harmed",
    Outcome.NEITHER: "neither died nor seriously harmed",
}
_ORDER: Final = list(_OUTCOMES)
_ABUSE: Final = {
    Abuse.KNOWN: "known",
    Abuse.SUSPECTED: "suspected",
    Abuse.NOT_SUSPECTED: "not suspected",
    Abuse.UNKNOWN: "not known yet",
}
_HARM: Final = ("life_threatening_injury", "serious_permanent_impairment", "serious_sexual_abuse")


class Section(Model):
    """A part of the form: fields and what to paste into them, in order."""

    title: str
    fields: tuple[tuple[str, str], ...]


class NotificationPack(Model):
    """The whole pack."""

    case: CaseRef
    notified: str = ""
    """When the panel was notified, where it was already."""
    sections: tuple[Section, ...]
    children: tuple[str, ...]
    """Keys of the children with details of their own, for recording that it was sent."""
    further: tuple[str, ...] = ()
    """Keys of those who are told of in the free text."""
    task: str
    """What is answered once it is sent."""


def show_pack(
    record: Record, board: Board, case: CaseRef, *, person: str, at: datetime, role: Role | None = None
) -> NotificationPack:
    """The pack for that person; that it was shown is recorded first. Raises ``Refused`` and ``NotFound``."""
    actor = _allowed(board, person, at, queries.appointed(record, case), role)
    pack = notification_pack(record, board, case, actor)
    fact = Fact(kind=SHOWN, at=at, by=actor, detail={"children": list(pack.children)})
    with record.writing() as session:
        record.append_fact(session, case, case.workflow_id, fact)
    return pack


def notification_pack(record: Record, board: Board, case: CaseRef, actor: Actor) -> NotificationPack:
    """The pack as the facts of the case have it. Raises ``NotFound`` where the case has no rapid review."""
    stage = _stage(record, case)
    facts = queries.facts(record, case)
    incident = _incident(case, facts)
    known = _answers(facts)
    first, further = _chosen(incident)
    sections = (
        _notifier(board, incident, actor),
        _about_incident(record, case, incident),
        _reasons(incident, known),
        *(_child(number, child, incident, known) for number, child in enumerate(first, 1)),
        *_further(further, incident),
        *_other_children(incident),
        _agencies(incident),
    )
    sent = [each.fact for each in facts if each.fact.kind == NotifyPanel.FACT and each.stands]
    notified = moment_in_words(datetime.fromisoformat(str(sent[-1].detail["sent_at"]))) if sent else ""
    return NotificationPack(
        case=case,
        notified=notified,
        sections=sections,
        children=tuple(child.key for child in first),
        further=tuple(child.key for child in further),
        task=f"{stage.removeprefix('scr/')}/{NotifyPanel.FORM}",
    )


def as_text(pack: NotificationPack) -> str:
    """The pack for a terminal: section by section, each field on lines of its own."""
    return "\n".join(_lines(pack)) + "\n"


def _lines(pack: NotificationPack) -> Iterator[str]:
    yield f"Notification to the national panel, case {pack.case.reference}"
    yield "CONFIDENTIAL: this holds names. It belongs into the national system and into no letter or e-mail."
    yield "The national system ends a session after 20 minutes and keeps nothing: have everything ready, then paste."
    if pack.notified:
        yield f"The panel was notified at {pack.notified}; an incident is notified once."
    for section in pack.sections:
        yield f"\n{section.title.upper()}"
        for name, value in section.fields:
            yield f"{name}: {_printable(value)}"
    if not pack.notified:
        children = " ".join(f"children.{number}={key}" for number, key in enumerate(pack.children))
        others = " others=…" if pack.further else ""
        yield "\nWHEN IT IS SENT"
        yield f"scr.py answer {pack.task} --as PERSON sent_at=now reference=… {children}{others}"


def _printable(text: str) -> str:
    """Without what would move a terminal's cursor: the text came from outside."""
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)


def _allowed(board: Board, person: str, at: datetime, appointed: tuple[Actor, ...], role: Role | None) -> Actor:
    able = THE_AUTHORITY | {Role.BUSINESS_MANAGER}

    def refuses(actor: Actor) -> Refusal | None:
        if actor.role in able:
            return None
        words = " or ".join(sorted(each.words for each in able))
        text = f"The pack holds names and is for who notifies; the {words} can have it shown."
        return Refusal(code="pack-for-the-authority", text=text, source="Who may see what of a review")

    return acting_person(board, person, at, appointed=appointed, refuses=refuses, role=role)


def _stage(record: Record, case: CaseRef) -> str:
    """Id of the case's last rapid review. Raises ``NotFound`` where it has none."""
    begins = f"{case.workflow_id}/{RapidReviewState.STAGE}/"
    summary = queries.case_summary(record, case)
    numbers = [int(s.stage.removeprefix(begins)) for s in summary.stages if s.stage.startswith(begins)]
    if not numbers:
        raise NotFound(f"{case.reference} has no rapid review; under {summary.regime} nothing is notified from here")
    return f"{begins}{max(numbers)}"


def _incident(case: CaseRef, facts: Iterable[RecordedFact]) -> Incident:
    """The incident as all events together tell it. Raises ``NotFound`` where the record has none that can be read."""
    found: Incident | None = None
    for each in facts:
        if not each.stands or each.fact.kind not in ("incident-notified", "incident-updated"):
            continue
        try:
            told = IncidentEvent.model_validate(each.fact.detail["event"]).data
        except ValidationError:  # an event of years ago may have another shape
            continue
        found = told if found is None else merge_incident(found, told)
    if found is None:
        raise NotFound(f"the record of {case.reference} holds no incident event that can be read")
    return found


def _answers(facts: Iterable[RecordedFact]) -> dict[str, str]:
    """What was answered of facts after the events, the last answer of each."""
    given = (each.fact.detail for each in facts if each.stands and each.fact.kind == AnswerCriterion.FACT)
    return {str(detail["fact"]): str(detail["holds"]).replace("-", " ") for detail in given}


def _chosen(incident: Incident) -> tuple[tuple[IncidentChild, ...], tuple[IncidentChild, ...]]:
    """Those with details of their own, who died first and were harmed next; and those told of in words."""
    most = RapidReviewRules().most_children
    ordered = sorted(incident.children, key=lambda child: _ORDER.index(child.outcome))
    return tuple(ordered[:most]), tuple(ordered[most:])


def _notifier(board: Board, incident: Incident, actor: Actor) -> Section:
    person = next((each for each in board.everybody if each.id == actor.person), None)
    by = incident.notified_by
    return Section(
        title="Who notifies",
        fields=(
            ("Safeguarding partnership or board", board.name),
            ("Notifier", person.name if person else NOT_RECORDED),
            ("Role", actor.role.words),
            ("E-mail", person.email if person else NOT_RECORDED),
            ("Telephone", NOT_RECORDED),
            ("Told the board", f"{by.name}, {by.role}, {by.agency}, {by.email}"),
        ),
    )


def _about_incident(record: Record, case: CaseRef, incident: Incident) -> Section:
    due = next((c.entry for c in queries.clocks(record, case) if c.current and c.entry.rule.id == CLOCK), None)
    setting = incident.setting
    where = setting.kind.replace("_", " ") + (f", {setting.name}" if setting.name else "")
    return Section(
        title="The incident",
        fields=(
            ("Date", _occurred(incident.occurred_on)),
            ("Where", where),
            ("Address and local authority area", NOT_RECORDED),
            ("The authority became aware", moment_in_words(incident.aware_at)),
            ("The board was told", moment_in_words(incident.notified_at)),
            ("Notification due", in_words(due.deadline) if due else NOT_RECORDED),
            ("What happened", incident.summary or NOT_RECORDED),
        ),
    )


def _occurred(on: date | DateRange) -> str:
    if isinstance(on, DateRange):
        return f"not known exactly: between {day_in_words(on.earliest)} and {day_in_words(on.latest)}"
    return day_in_words(on)


def _reasons(incident: Incident, known: dict[str, str]) -> Section:
    """What the form asks to be ticked."""
    outcomes = {child.outcome for child in incident.children}
    looked_after = [child.looked_after for child in incident.children if child.outcome is Outcome.DIED]
    fields = [
        ("Abuse or neglect", known.get("abuse_or_neglect") or _ABUSE[incident.facts.abuse_or_neglect]),
        ("A child has died", _yes(Outcome.DIED in outcomes)),
        ("A child was seriously harmed", _yes(Outcome.SERIOUSLY_HARMED in outcomes)),
        ("A looked-after child has died", _yes(_any(looked_after))),
        ("Suspected suicide", _yes(_any([child.suspected_suicide for child in incident.children]))),
    ]
    others = [name for name in IncidentFacts.model_fields if name not in ("abuse_or_neglect", *_HARM)]
    fields += [(_title(name), _said(name, incident, known)) for name in others]
    return Section(title="Why it is notified", fields=tuple(fields))


def _child(number: int, child: IncidentChild, incident: Incident, known: dict[str, str]) -> Section:
    harm = [(_title(name), _said(name, incident, known)) for name in _HARM]
    return Section(
        title=f"Child {number} ({child.key})",
        fields=(
            ("First name", child.given_name),
            ("Last name", child.family_name),
            ("Date of birth", _born(child)),
            ("Age", age_in_words(child, incident.occurred_on)),
            ("Sex", NOT_RECORDED),
            ("Ethnicity, disability, health", NOT_RECORDED),
            ("What happened to the child", _OUTCOMES[child.outcome]),
            *(harm if child.outcome is not Outcome.NEITHER else ()),
            ("Suspected suicide", _yes(child.suspected_suicide)),
            ("Looked after", _yes(child.looked_after)),
            ("On a child protection plan", _yes(child.on_child_protection_plan)),
        ),
    )


def _further(children: Sequence[IncidentChild], incident: Incident) -> Iterator[Section]:
    """Children beyond those that the form has room for: one text to be pasted."""
    if children:
        lines = (
            f"{child.given_name} {child.family_name}, {age_in_words(child, incident.occurred_on)}, "
            f"{_OUTCOMES[child.outcome]}, looked after: {_yes(child.looked_after)}"
            for child in children
        )
        yield Section(title="Further children, for the free text", fields=(("Children", "; ".join(lines)),))


def _other_children(incident: Incident) -> Iterator[Section]:
    if incident.other_children:
        fields = []
        for other in incident.other_children:
            name = " ".join(filter(None, (other.given_name, other.family_name))) or "name not known yet"
            born = f", born {day_in_words(other.date_of_birth)}" if other.date_of_birth else ""
            fields.append((f"{other.relationship.capitalize()} ({other.key})", f"{name}{born}"))
        yield Section(title="Other children", fields=tuple(fields))


def _agencies(incident: Incident) -> Section:
    fields = tuple(
        (agency.name, f"{agency.kind.replace('_', ' ')}; contact {agency.contact.name}, {agency.contact.email}")
        for agency in incident.agencies
    )
    return Section(title="Agencies involved", fields=fields or (("Agencies", NOT_RECORDED),))


def age_in_words(child: IncidentChild, on: date | DateRange) -> str:
    """The child's age on the day of the incident, the earliest where it is not known; below two years in months."""
    if child.unborn:
        return "not born yet"
    if child.date_of_birth is None:
        return NOT_RECORDED
    day, born = on.earliest if isinstance(on, DateRange) else on, child.date_of_birth
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    if months < 0:
        return "born after the incident"
    return f"{months} months" if months < 24 else f"{months // 12} years"


def _born(child: IncidentChild) -> str:
    if child.unborn:
        return "not born yet"
    return day_in_words(child.date_of_birth) if child.date_of_birth else NOT_RECORDED


def _said(name: str, incident: Incident, known: dict[str, str]) -> str:
    return known.get(name) or _yes(getattr(incident.facts, name))


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _any(answers: Sequence[bool | None]) -> bool | None:
    if True in answers:
        return True
    return None if None in answers else False


def _yes(answer: bool | None) -> str:
    return {True: "yes", False: "no", None: "not known"}[answer]
