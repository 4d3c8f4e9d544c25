"""Children first: every child who may be at risk is acknowledged, decided for and followed up, on real hours.

Separate from any decision about a review, never closed by a timer. Logging a child here is not a referral to
children's social care.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

from domain.clocks.book import ClockNeed
from domain.command import Command, refuses_future
from domain.incident import Incident, Outcome
from domain.model import Model, Refusal
from domain.people import Actor, Role
from domain.record import Fact, Task
from domain.safety_commands import (
    AcknowledgeChild,
    ChildDecision,
    DecideForChild,
    RecordAcceptance,
    RecordAllegation,
    RecordConference,
    RecordStrategyDiscussion,
    TellDesignatedOfficer,
)
from domain.stage_state import StageState, Transition

NOT_A_REFERRAL = (
    "Logging a child here is not a referral to children's social care. "
    "Refer in the usual way; in immediate danger call 999."
)
PROCEDURE = "Child protection procedures of the authority"
OTHERS = "OTHERS"
"""Key of the question that is asked where an incident names no other child: are there any?"""


class ChildAtRisk(Model):
    """A child who may be at risk. Named or not: "names to follow" is an item of its own."""

    key: str
    relationship: str
    named: bool = True
    since: datetime
    """When the board was told; the clocks count from here."""
    died: bool = False
    acknowledged_by: Actor | None = None
    acknowledged_at: datetime | None = None
    decision: ChildDecision | None = None
    decided_by: Actor | None = None
    decided_at: datetime | None = None
    strategy_called_at: datetime | None = None
    strategy_round: int = 1
    """Counts the strategy discussions called for the child; each has a clock of its own."""
    strategy_recorded_at: datetime | None = None
    conference_from: datetime | None = None
    """When the strategy discussion was held that led to a conference."""
    conference_recorded_at: datetime | None = None
    authority_asked_at: datetime | None = None
    authority_accepted_at: datetime | None = None

    @property
    def followed_up(self) -> bool:
        """Whether everything that the decision called for is done."""
        return (
            (self.strategy_called_at is None or self.strategy_recorded_at is not None)
            and (self.conference_from is None or self.conference_recorded_at is not None)
            and (self.authority_asked_at is None or self.authority_accepted_at is not None)
        )


class ChildrenIdentified(Model):
    """Message from the case: children who may be at risk as now known, and those known to have died."""

    children: tuple[ChildAtRisk, ...] = ()
    died: tuple[str, ...] = ()


def children_at_risk(incident: Incident, since: datetime) -> tuple[ChildAtRisk, ...]:
    """Living children of the incident, and the others; where none is known, the question whether there are any."""
    harmed = [
        ChildAtRisk(key=child.key, relationship="subject", since=since)
        for child in incident.children
        if child.outcome is not Outcome.DIED
    ]
    others = [
        ChildAtRisk(
            key=child.key,
            relationship=child.relationship,
            named=bool(child.given_name or child.family_name),
            since=since,
        )
        for child in incident.other_children
    ]
    if not others:
        others = [ChildAtRisk(key=OTHERS, relationship="not known yet", named=False, since=since)]
    return (*harmed, *others)


class SafetyState(StageState):
    """The children's safety check as it stands."""

    STAGE: ClassVar[str] = "safety"

    children: tuple[ChildAtRisk, ...] = ()
    allegation_at: datetime | None = None
    officer_told_at: datetime | None = None

    @property
    def living(self) -> tuple[ChildAtRisk, ...]:
        """The children whom the check is about."""
        return tuple(child for child in self.children if not child.died)

    @property
    def undecided(self) -> tuple[str, ...]:
        """Keys of the children for whom no decision is recorded: the review cannot pass to the panel."""
        return tuple(child.key for child in self.living if child.decision is None)

    def done(self) -> bool:
        """Every child has a decision, its follow-ups are done, and an allegation was passed on."""
        officer = self.allegation_at is None or self.officer_told_at is not None
        return officer and all(child.decision is not None and child.followed_up for child in self.living)

    def headline(self) -> str:
        """How many children still wait for what."""
        unseen = sum(child.acknowledged_at is None for child in self.living)
        following = sum(child.decision is not None and not child.followed_up for child in self.living)
        waits = [
            f"{unseen} to be acknowledged" if unseen else "",
            f"{len(self.undecided)} to be decided" if self.undecided else "",
            f"{following} to be followed up" if following else "",
            "designated officer to be told" if self.allegation_at and not self.officer_told_at else "",
        ]
        words = ", ".join(filter(None, waits)) or "every child has a decision and its follow-ups are done"
        number = len(self.living)
        return f"Children's safety check, {number} {'child' if number == 1 else 'children'}: {words}"

    def identified(self, message: ChildrenIdentified, at: datetime) -> tuple["SafetyState", Transition]:
        """The state with children who were not known before; those known to have died leave the check."""
        known = {child.key for child in self.children}
        new = tuple(child for child in message.children if child.key not in known)
        named = {c.key for c in message.children if c.named} & {c.key for c in self.living if not c.named}
        gone = {c.key for c in (*self.living, *new)} & set(message.died)
        facts = [
            Fact(kind="child-identified", at=at, item=c.key, detail={"relationship": c.relationship, "named": c.named})
            for c in new
        ]
        facts += [Fact(kind="child-named", at=at, item=key) for key in sorted(named)]
        facts += [Fact(kind="child-known-to-have-died", at=at, item=key) for key in sorted(gone)]
        children = tuple(
            c.model_copy(update={"named": c.named or c.key in named, "died": c.died or c.key in gone})
            for c in (*self.children, *new)
        )
        return self.model_copy(update={"children": children}), Transition(facts=tuple(facts))

    def refuses(self, command: Command, at: datetime) -> Refusal | None:  # noqa: PLR0911 - one for each command
        """The rule of child protection that forbids the command as things stand."""
        match command:
            case RecordAllegation():
                return refuses_future("The allegation", command.alleged_at, at) or self._refuses_second_allegation()
            case TellDesignatedOfficer():
                return refuses_future("Telling the officer", command.told_at, at) or self._refuses_telling()
        child = self._child(command.item)
        if child is None or child.died:
            return _no("no-such-child", "This check has no living child of that key.")
        match command:
            case AcknowledgeChild():
                return _no("acknowledged", "This child was acknowledged before.") if child.acknowledged_at else None
            case DecideForChild():
                return _refuses_decision(command)
            case RecordStrategyDiscussion():
                return _refuses_strategy(command, child, at)
            case RecordConference():
                return _refuses_conference(command, child, at)
            case RecordAcceptance():
                return _refuses_acceptance(command, child, at)
        return _no("unknown-command", "The children's safety check does not know this command.")

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """The state after a command that is not refused."""
        match command:
            case RecordAllegation():
                return self.model_copy(update={"allegation_at": command.alleged_at or at}), Transition()
            case TellDesignatedOfficer():
                return self.model_copy(update={"officer_told_at": command.told_at}), Transition()
        child = self._child(command.item)
        assert child is not None, "refused before"  # noqa: S101
        changed = child.model_copy(update=_changes(command, child, at))
        children = tuple(changed if c.key == changed.key else c for c in self.children)
        return self.model_copy(update={"children": children}), Transition()

    def needs(self) -> tuple[ClockNeed, ...]:
        """Clock-hour clocks for each child, the conference's working days, and the designated officer's."""
        needs = [need for child in self.living for need in _child_needs(child)]
        if self.allegation_at is not None:
            needs.append(
                ClockNeed(
                    rule="designated-officer",
                    started_at=self.allegation_at,
                    satisfied_at=self.officer_told_at,
                    waiting_on=Role.DUTY_MANAGER,
                    task=TellDesignatedOfficer.FORM,
                )
            )
        return tuple(needs)

    def tasks(self) -> tuple[Task, ...]:
        """What is asked of those on duty, child by child."""
        tasks = [task for child in self.living for task in _child_tasks(child)]
        if self.allegation_at is not None and self.officer_told_at is None:
            tasks.append(_task(TellDesignatedOfficer, None, "designated-officer", Role.DUTY_MANAGER))
        return tuple(tasks)

    def _child(self, key: str | None) -> ChildAtRisk | None:
        return next((child for child in self.children if child.key == key), None)

    def _refuses_second_allegation(self) -> Refusal | None:
        return _no("allegation-recorded", "The allegation was recorded before.") if self.allegation_at else None

    def _refuses_telling(self) -> Refusal | None:
        if self.allegation_at is None:
            return _no("no-allegation", "No allegation is recorded. Record it first.")
        return _no("officer-told", "The designated officer was told before.") if self.officer_told_at else None


def _no(code: str, text: str, source: str = PROCEDURE) -> Refusal:
    return Refusal(code=code, text=text, source=source)


def _refuses_decision(command: DecideForChild) -> Refusal | None:
    match command.decision:
        case ChildDecision.PROTECTION_TAKEN if not command.protection.strip():
            return _no("protection-named", "Say which protection was taken (field protection).")
        case ChildDecision.NO_FURTHER_ACTION if command.strategy_discussion:
            return _no("no-action-means-none", "A strategy discussion is further action: decide that one is called.")
        case ChildDecision.NO_FURTHER_ACTION if not command.reason.strip():
            return _no("reason-given", "No further action needs its reason (field reason).")
        case ChildDecision.CANNOT_BE_TRACED if not command.reason.strip():
            return _no("reason-given", "Say what was tried to trace the child (field reason).")
    return None


def _held_or_why_not(held_at: datetime | None, because: str, what: str, at: datetime) -> Refusal | None:
    if (held_at is None) == (not because.strip()):
        return _no("held-or-why-not", f"Say when the {what} was held, or why it was not: one of the two.")
    return refuses_future(f"The {what}", held_at, at)


def _refuses_strategy(command: RecordStrategyDiscussion, child: ChildAtRisk, at: datetime) -> Refusal | None:
    if child.strategy_called_at is None:
        return _no("none-called", "No strategy discussion was called for this child. Decide for the child first.")
    if child.strategy_recorded_at is not None:
        return _no("recorded", "The strategy discussion was recorded before.")
    if command.conference and command.held_at is None:
        return _no("conference-follows", "A conference follows from a strategy discussion that was held.")
    return _held_or_why_not(command.held_at, command.not_held_because, "strategy discussion", at)


def _refuses_conference(command: RecordConference, child: ChildAtRisk, at: datetime) -> Refusal | None:
    if child.conference_from is None:
        return _no("none-called", "No child protection conference was called for this child.")
    if child.conference_recorded_at is not None:
        return _no("recorded", "The child protection conference was recorded before.")
    return _held_or_why_not(command.held_at, command.not_held_because, "child protection conference", at)


def _refuses_acceptance(command: RecordAcceptance, child: ChildAtRisk, at: datetime) -> Refusal | None:
    if child.authority_asked_at is None:
        return _no("none-asked", "No other authority was asked to accept this child.")
    if child.authority_accepted_at is not None:
        return _no("recorded", "The acceptance was recorded before.")
    return refuses_future("The acceptance", command.accepted_at, at)


def _changes(command: Command, child: ChildAtRisk, at: datetime) -> dict[str, object]:
    """The child's fields that a command changes. A decision counts as acknowledgement where there was none."""
    match command:
        case AcknowledgeChild():
            return {"acknowledged_by": command.actor, "acknowledged_at": at}
        case DecideForChild():
            return _decided(command, child, at)
        case RecordStrategyDiscussion():
            return {
                "strategy_recorded_at": command.held_at or at,
                "conference_from": child.conference_from or (command.held_at if command.conference else None),
            }
        case RecordConference():
            return {"conference_recorded_at": command.held_at or at}
        case RecordAcceptance():
            return {"authority_accepted_at": command.accepted_at}
    return {}


def _decided(command: DecideForChild, child: ChildAtRisk, at: datetime) -> dict[str, object]:
    changes: dict[str, object] = {"decision": command.decision, "decided_by": command.actor}
    if child.decided_at is None:
        changes["decided_at"] = at
    if child.acknowledged_at is None:
        changes |= {"acknowledged_by": command.actor, "acknowledged_at": at}
    called = command.strategy_discussion or command.decision is ChildDecision.STRATEGY_DISCUSSION_CALLED
    if called and child.strategy_called_at is None:
        changes["strategy_called_at"] = at
    elif called and child.strategy_recorded_at is not None:
        again = {"strategy_round": child.strategy_round + 1, "strategy_recorded_at": None}
        changes |= {"strategy_called_at": at, **again}
    if command.other_authority.strip() and child.authority_asked_at is None:
        changes["authority_asked_at"] = at
    return changes


def _child_needs(child: ChildAtRisk) -> Iterable[ClockNeed]:
    def need(
        rule: str, started_at: datetime, satisfied_at: datetime | None, form: str, item: str = child.key
    ) -> ClockNeed:
        return ClockNeed(
            rule=rule,
            item=item,
            started_at=started_at,
            satisfied_at=satisfied_at,
            waiting_on=Role.DUTY_SOCIAL_WORKER,
            task=f"{child.key}/{form}",
        )

    yield need("safety-acknowledgement", child.since, child.acknowledged_at, AcknowledgeChild.FORM)
    yield need("safety-decision", child.since, child.decided_at, DecideForChild.FORM)
    if (called := child.strategy_called_at) is not None:
        form, item = RecordStrategyDiscussion.FORM, _strategy_item(child)
        yield need("strategy-discussion", called, child.strategy_recorded_at, form, item)
    if (held := child.conference_from) is not None:
        yield need("child-protection-conference", held, child.conference_recorded_at, RecordConference.FORM)
    if (asked := child.authority_asked_at) is not None:
        yield need("authority-acceptance", asked, child.authority_accepted_at, RecordAcceptance.FORM)


def _strategy_item(child: ChildAtRisk) -> str:
    return child.key if child.strategy_round == 1 else f"{child.key}.{child.strategy_round}"


def _child_tasks(child: ChildAtRisk) -> Iterable[Task]:
    if child.acknowledged_at is None:
        yield _task(AcknowledgeChild, child.key, "safety-acknowledgement")
    if child.decision is None:
        yield _task(DecideForChild, child.key, "safety-decision")
    if child.strategy_called_at is not None and child.strategy_recorded_at is None:
        task = _task(RecordStrategyDiscussion, child.key, "strategy-discussion")
        yield task.model_copy(update={"clock": f"strategy-discussion/{_strategy_item(child)}"})
    if child.conference_from is not None and child.conference_recorded_at is None:
        yield _task(RecordConference, child.key, "child-protection-conference")
    if child.authority_asked_at is not None and child.authority_accepted_at is None:
        yield _task(RecordAcceptance, child.key, "authority-acceptance")


def _task(form: type[Command], key: str | None, clock: str, role: Role = Role.DUTY_SOCIAL_WORKER) -> Task:
    about = f"Child {key}: " if key else ""
    return Task(
        form=form.FORM,
        item=key,
        role=role,
        title=f"{about}{form.TITLE}",
        clock=clock if key is None else f"{clock}/{key}",
    )
