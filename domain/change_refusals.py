"""What the rules of change monitoring forbid: who judges, what is answered before what, who closes and when."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from domain.change_commands import (
    CloseChange,
    JudgeChange,
    Judgement,
    ObserveFurther,
    RecordNoObservation,
    RecordObservation,
    ReopenChange,
)
from domain.command import Found
from domain.model import Refusal
from domain.watched_change import Look, WatchedChange

if TYPE_CHECKING:
    from domain.change import ChangeMonitoringState

WATCHING = "Monitoring of change by the board, after serious case review quality marker 18"
APART = "Separation of duties: nobody judges the effect of actions of their own side, after quality marker 18"
EARLY = timedelta(days=30)
MOST_LOOKS = 40


def refuses_observation(command: RecordObservation, change: WatchedChange, look: Look, at: datetime) -> Refusal | None:
    """Once for each date, by the agency that gathers or the board, with a figure where the target is one."""
    gathers = change.definition.agency
    if command.actor.role.of_an_agency and command.actor.agency != gathers:
        return _no("own-agency", "An agency records only what it gathers itself.", APART)
    if look.recorded_at is not None:
        return _no("observed-already", "What was observed for this date is recorded already.")
    if change.closed is not None and look.kind != "afterwards":
        return _no("change-closed", "This change is closed; it can be watched again (reopen-change).")
    return _refuses_day(command, look, at) or _refuses_figure(command, change) or _refuses_documents(command.found)


def _refuses_day(command: RecordObservation, look: Look, at: datetime) -> Refusal | None:
    if command.observed_on > at.date():
        return _no("future", "The observation lies in the future.")
    if command.observed_on < look.due_on - EARLY:
        return _no("too-early", f"An observation belongs to this date from {EARLY.days} days before it on.")
    return None


def _refuses_figure(command: RecordObservation, change: WatchedChange) -> Refusal | None:
    if change.definition.in_figures and command.value is None:
        return _no("value-needed", "The target is a figure, so the observation is one (field value).")
    if not change.definition.in_figures and command.value is not None:
        return _no("value-in-words", "This change is told in words; there is no figure to compare with.")
    return None


def refuses_absence(command: RecordNoObservation, change: WatchedChange, look: Look, at: datetime) -> Refusal | None:
    """Only from the day on that it was due, and where nothing was observed."""
    if look.answered:
        return _no("observed-already", "This date is answered already.")
    if at.date() < look.due_on:
        return _no("not-due-yet", "Until its day has come it can still be observed.")
    return None


def refuses_judgement(command: JudgeChange, change: WatchedChange, look: Look, at: datetime) -> Refusal | None:
    """By somebody of no agency that acted, on what was observed."""
    if look.recorded_at is None and not (look.absent_at and command.judgement is Judgement.CANNOT_TELL):
        text = "There is no observation to judge; of an absent one it can only be said that one cannot tell."
        return _no("nothing-observed", text)
    if look.judged_at is not None:
        return _no("judged-already", "What was seen at this date is judged already.")
    person, actor = command.actor.person, command.actor
    parts = {*(command.found.agencies if command.found is not None else ()), actor.agency}
    if person in change.definition.leads or parts & set(change.definition.owners):
        text = "It is judged by somebody who neither led its actions nor belongs to an agency that owns one of them."
        return _no("own-side", text, APART)
    if change.definition.in_figures and command.target_met:
        return _no(
            "target-in-figures", "Whether the target is met is worked out from the figure; leave target_met out."
        )
    return _refuses_documents(command.found)


def refuses_further(command: ObserveFurther | ReopenChange, change: WatchedChange, at: datetime) -> Refusal | None:
    """Dates to come, in order, after the last one."""
    if isinstance(command, ObserveFurther) and change.closed is not None:
        return _no("change-closed", "This change is closed; it can be watched again (reopen-change).")
    if isinstance(command, ReopenChange) and change.closed is None:
        return _no("change-open", "This change is watched; there is nothing to reopen.")
    return _refuses_days(command.on, change, at)


def _refuses_days(days: tuple[date, ...], change: WatchedChange, at: datetime) -> Refusal | None:
    last = max([at.date(), *(look.due_on for look in change.looks if change.closed is None or look.answered)])
    if list(days) != sorted(set(days)) or days[0] <= last or len(days) + len(change.looks) > MOST_LOOKS:
        text = f"Further dates come in order, after the last one and after today, {MOST_LOOKS} in all at most."
        return _no("dates-in-order", text)
    return None


def refuses_closing(
    command: CloseChange, change: WatchedChange, at: datetime, whole: "ChangeMonitoringState"
) -> Refusal | None:
    """Only the authorised body, only by the board's rule."""
    if command.actor.role not in whole.rules.closed_by:
        able = " or ".join(role.words for role in whole.rules.closed_by)
        return _no("authorised-body", f"Only the {able} closes an expected change.", str(whole.rules.source))
    if change.closed is not None:
        return _no("change-closed", "This change is closed already.")
    unjudged = [str(look.number) for look in change.looks if look.waits_for_judgement]
    due = [str(look.number) for look in change.waiting if look.due_on <= at.date()]
    if unjudged or due:
        text = f"Every date that has come is answered and judged first; missing: {', '.join([*due, *unjudged])}."
        return _no("looks-judged", text)
    return _refuses_outcome(command, change, whole)


def _refuses_outcome(command: CloseChange, change: WatchedChange, whole: "ChangeMonitoringState") -> Refusal | None:
    if command.outcome == "sustained":
        return _refuses_sustained(change, whole)
    if command.outcome == "re-planned":
        return _refuses_replanned(command, change, whole)
    if change.waiting:
        return _no("dates-to-come", "There are dates to come at which the change may still be seen.")
    return None


def _refuses_sustained(change: WatchedChange, whole: "ChangeMonitoringState") -> Refusal | None:
    missing = change.not_sustained(whole.rules)
    if not missing:
        return None
    return _no("not-sustained-yet", f"It does not count as sustained: {missing}.", str(whole.rules.source))


def _refuses_replanned(command: CloseChange, change: WatchedChange, whole: "ChangeMonitoringState") -> Refusal | None:
    other = whole.get(command.by)
    if other is None or other.id == change.id or other.closed is not None:
        text = "Name the expected change that takes its place: one that is watched (field by)."
        return _no("re-planned-by", text)
    return None


def _refuses_documents(found: Found | None) -> Refusal | None:
    if found is not None and "documents" in found.missing:
        return _no("document-kept", "A document that is named is not kept with the case (field documents).")
    return None


def _no(code: str, text: str, source: str = WATCHING) -> Refusal:
    return Refusal(code=code, text=text, source=source)
