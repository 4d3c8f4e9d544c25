"""From what was typed to a command: which task is answered, by whom in which role, and with what."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from desk.civil import in_civil_time
from desk.fields import FieldFault, FieldFaults, fields_of, with_instants
from desk.plain_faults import in_plain_words
from domain.case import CaseState
from domain.command import ENVELOPE, AcknowledgeEscalation, Command
from domain.directory import Board, NotInRole
from domain.forms import EVERYWHERE, FORMS, OF_STAGE, ONCE
from domain.model import Model, Refusal, Refused
from domain.people import Actor, Role
from domain.record import CaseRef
from records import queries
from records.queries import NotFound
from records.store import Record

DIRECTORY: Final = "The board's directory of people and roles"


class Target(Model):
    """Where a command goes: a stage of a case, the command's name, and the item it concerns."""

    case: CaseRef
    stage: str
    """Workflow id of the stage."""
    form: str
    item: str | None = None
    asked: Role | None = None
    """The role that was asked; ``None`` where nobody was."""
    agency: str | None = None
    """The agency that was asked."""

    @property
    def id(self) -> str:
        """The full id of the task, as the record writes it."""
        return "/".join(filter(None, (self.stage.removeprefix("scr/"), self.item, self.form)))

    @property
    def command(self) -> type[Command]:
        """The command that answers it."""
        return FORMS[self.form]


def find_target(record: Record, text: str) -> Target:
    """What is answered: a task by its full id or a unique ending of it, or a command that nobody asked for.

    Raises ``NotFound`` or ``Ambiguous``.
    """
    try:
        task = queries.find_task(record, text)
    except NotFound as error:
        return _unasked(record, text, error)
    if task.form not in FORMS:
        raise NotFound(f"this version does not know the form {task.form}; a newer one recorded {task.id}")
    return Target(case=task.case, stage=task.stage, form=task.form, item=task.item, asked=task.role, agency=task.agency)


def _unasked(record: Record, text: str, nothing_open: NotFound) -> Target:
    case, way = _case_of(record, text, nothing_open)
    known = {stage.stage for stage in queries.case_summary(record, case).stages}
    stage, item, form = _divided(case, way)
    if stage not in known:
        name = stage.removeprefix(case.workflow_id + "/")
        raise NotFound(f"{case.reference} has no stage {name}; scr.py show {case.reference} shows those it has")
    taken = [command.FORM for command in (*OF_STAGE[stage_name(case, stage)], *EVERYWHERE)]
    if form not in taken:
        raise NotFound(f"this is no answer that {stage.removeprefix('scr/')} takes; it takes {', '.join(taken)}")
    return Target(case=case, stage=stage, form=form, item=item)


def stage_name(case: CaseRef, stage: str) -> str:
    """Name of a stage from its workflow id: ``safety``; ``case`` for the case itself."""
    return stage.removeprefix(case.workflow_id).strip("/").partition("/")[0] or CaseState.STAGE


def _case_of(record: Record, text: str, nothing_open: NotFound) -> tuple[CaseRef, list[str]]:
    """The case that the text begins with, with or without its board, and the rest of the way."""
    parts = text.strip("/").split("/")
    for length in (2, 1):
        if len(parts) <= length:
            continue
        try:
            return queries.resolve(record, "/".join(parts[:length])), parts[length:]
        except NotFound:
            continue
    raise NotFound(
        f"{nothing_open}; scr.py tasks lists what is asked; "
        "what nobody asked for is named in full: BOARD/REFERENCE/safety/1/record-allegation"
    )


def _divided(case: CaseRef, way: list[str]) -> tuple[str, str | None, str]:
    """Stage, item and form of what follows the case in an id."""
    *before, form = way
    stage = case.workflow_id
    if len(before) >= 2 and before[0] in OF_STAGE and before[1].isdigit():
        stage, before = case.stage_id(before[0], int(before[1])), before[2:]
    elif before and before[0] in ONCE:
        stage, before = case.stage_id(before[0]), before[1:]
    return stage, "/".join(before) or None, form


def acting(
    board: Board,
    target: Target,
    person: str,
    at: datetime,
    *,
    role: Role | None,
    agency: str | None,
    appointed: tuple[Actor, ...] = (),
) -> Actor:
    """Who gives the command, in which role: the only one of the person's roles that may, unless one is named.

    Of several, the role that was asked. A role within an agency is held in the one that is named, or that the task or
    its item names; where nothing does, and nothing else may, in the only one there is. ``appointed`` are the people who
    have a role in this case alone. A deputy acts where no role of the person's own may. Raises ``Refused``.
    """
    if person not in {known.id for known in board.everybody}:
        raise _refused("unknown-person", f"The directory of {board.id} has no person of that id.")
    wanted = able(target) if role is None else {role}
    actors = [held for held in appointed if held.person == person and held.role in wanted]
    if role is None or not actors:
        named = _agency(board, target, agency)
        actors += _actors(board, person, wanted, (named,), at)
        if not actors and named is None:
            within = [each for each in wanted if each.of_an_agency]
            actors = _actors(board, person, within, [each.id for each in board.agencies], at)
    found = [actor for actor in actors if not actor.deputising] or actors
    if not found:
        raise _in_no_role(board, target, role, agency)
    return _only(found, target.asked)


def _agency(board: Board, target: Target, typed: str | None) -> str | None:
    """The agency that is named, by whoever types, by the task or by its item."""
    return typed or target.agency or next((each.id for each in board.agencies if each.id == target.item), None)


def _actors(
    board: Board, person: str, roles: Iterable[Role], agencies: Sequence[str | None], at: datetime
) -> list[Actor]:
    """The person in each of those roles that they have, or stand in for, in each of those agencies."""
    wanted = ((role, agency) for role in _in_order(roles) for agency in agencies)
    found = (_actor_or_none(board, person, role, agency, at) for role, agency in wanted)
    return [actor for actor in found if actor is not None]


def _only(found: list[Actor], asked: Role | None) -> Actor:
    found = [actor for actor in found if actor.role is asked] or found
    if len({actor.role for actor in found}) > 1:
        roles = ", ".join(dict.fromkeys(actor.role.value for actor in found))
        raise _refused("role-not-named", f"This person can do this in several roles; name one with --role: {roles}.")
    if len(found) > 1:
        agencies = ", ".join(actor.agency or "" for actor in found)
        text = f"This person can do this for several agencies; name one with --agency: {agencies}."
        raise _refused("agency-not-named", text)
    return found[0]


def _in_no_role(board: Board, target: Target, role: Role | None, agency: str | None) -> Refused:
    if role is not None:
        text = str(NotInRole(role, _agency(board, target, agency) if role.of_an_agency else None))
        return _refused("not-in-role", f"{text[:1].upper()}{text[1:]}.")
    words = " or ".join(each.words for each in _in_order(able(target)))
    return _refused("not-in-role", f"This person is in none of the roles that can do this: {words}.")


def _in_order(roles: Iterable[Role]) -> list[Role]:
    return sorted(roles, key=list(Role).index)


def able(target: Target) -> frozenset[Role]:
    """Roles that may answer it; an escalation is acknowledged by the role that it was brought to."""
    if target.form == AcknowledgeEscalation.FORM and target.asked is not None:
        return frozenset({target.asked})
    return target.command.ROLES


def _actor_or_none(board: Board, person: str, role: Role, agency: str | None, at: datetime) -> Actor | None:
    try:
        return board.actor(person, role, agency, in_civil_time(at).date())
    except NotInRole:
        return None


def _refused(code: str, text: str) -> Refused:
    return Refused(Refusal(code=code, text=text, source=DIRECTORY))


def compose(target: Target, actor: Actor, request_id: str, answer: dict[str, Any], at: datetime) -> Command:
    """The command, its answer checked field by field. Raises ``FieldFaults``, which repeat nothing that was typed."""
    command = target.command
    known = [field.name for field in fields_of(command)]
    if strange := [name for name in answer if name not in known]:
        asks = f"the fields are {', '.join(known)}" if known else "nothing is to be filled in"
        raise FieldFaults(FieldFault(field=name, message="there is no such field", asks=asks) for name in strange)
    envelope = {"request_id": request_id, "actor": actor, "item": target.item}
    try:
        return command.model_validate(with_instants(command, answer, at) | envelope, extra="forbid")
    except ValidationError as error:
        raise FieldFaults(_faults(command, error)) from None


def _faults(command: type[Command], error: ValidationError) -> list[FieldFault]:
    asks = {field.name: field.asks for field in fields_of(command)}
    faults = []
    for fault in error.errors(include_input=False, include_url=False):
        place = ".".join(str(step) for step in fault["loc"])
        field = place.partition(".")[0]
        faults.append(FieldFault(field=_option(place), message=in_plain_words(fault), asks=asks.get(field, "")))
    return faults


def _option(place: str) -> str:
    """The envelope's fields by the names under which they are given."""
    return f"--{place.replace('_', '-')}" if place in ENVELOPE else place
