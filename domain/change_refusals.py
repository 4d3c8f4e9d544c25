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
from domain.clocks.calendar import day_in_words
from domain.command import Found
from domain.expected_change import Look, WatchedChange
from domain.model import Refusal

if TYPE_CHECKING:
    from domain.change import ChangeMonitoringState

WATCHING = "Monitoring of change by the board, after serious case review quality marker 18"
APART = "Separation of duties: nobody judges the effect of actions of their own side, after quality marker 18"
EARLY = timedelta(days=30)
MOST_LOOKS = 20


def refuses_observation(command: RecordObservation, change: WatchedChange, look: Look, at: datetime) -> Refusal | None:
    """Once for each date, by the agency that gathers or the board, with a figure where the target is one."""
    gathers = change.definition.agency
    if command.actor.role.of_an_agency and (not gathers or command.actor.agency != gathers):
        return _no("own-agency", "An agency records only what it gathers itself; the business manager can.", APART)
    if look.observed:
        return _no("observed-already", "What was observed for this date is recorded already.")
    if change.closed is not None and look.kind != "afterwards":
        return _no("change-closed", "This change is closed; it can be watched again (reopen-change).")
    return (
        _refuses_day(command.observed_on, look, at)
        or _refuses_order(command.observed_on, change, look)
        or _refuses_figure(command, change)
        or _refuses_documents(command.found)
    )


def _refuses_day(observed_on: date, look: Look, at: datetime) -> Refusal | None:
    if observed_on > at.date():
        return _no("future", "The observation lies in the future (field observed_on).")
    if observed_on < look.due_on - EARLY:
        text = f"An observation belongs to this date from {EARLY.days} days before it on; its day is {_day(look)}."
        return _no("too-early", text)
    return None


def _refuses_order(observed_on: date, change: WatchedChange, look: Look) -> Refusal | None:
    before, after = change.observed_around(look)
    if (before is not None and observed_on <= before) or (after is not None and observed_on >= after):
        text = "Observations follow one another, each on a later day than the one before (field observed_on)."
        return _no("observations-in-order", text)
    return None


def _refuses_figure(command: RecordObservation, change: WatchedChange) -> Refusal | None:
    if change.definition.in_figures and command.value is None:
        return _no("value-needed", "The target is a figure, so the observation is one (field value).")
    if not change.definition.in_figures and command.value is not None:
        return _no("value-in-words", "This change is told in words; leave the figure out (field value).")
    return None


def refuses_absence(command: RecordNoObservation, change: WatchedChange, look: Look, at: datetime) -> Refusal | None:
    """Only where nothing was observed; while the change is watched, only from the day on that it was due."""
    if look.answered:
        return _no("observed-already", "This date is answered already.")
    if change.closed is None and at.date() < look.due_on:
        text = f"Until its day has come it can still be observed; its day is {_day(look)}."
        return _no("not-due-yet", text)
    return None


def refuses_judgement(command: JudgeChange, change: WatchedChange, look: Look, at: datetime) -> Refusal | None:
    """Of what was observed, by somebody who neither led the actions nor belongs to an agency that owns one."""
    if not look.observed and not (look.absent and command.judgement is Judgement.CANNOT_TELL):
        text = "There is no observation to judge; of an absent one it can only be said that one cannot tell."
        return _no("nothing-observed", text)
    if look.judged_at is not None:
        return _no("judged-already", "What was seen at this date is judged already.")
    return _refuses_own_side(command, change) or _refuses_target(command, change) or _refuses_documents(command.found)


def _refuses_own_side(command: JudgeChange, change: WatchedChange) -> Refusal | None:
    found, actor = command.found, command.actor
    parts = {*(found.agencies if found is not None else ()), actor.agency}
    if actor.person in change.definition.leads or parts & set(change.definition.owners):
        text = "It is judged by somebody who neither led its actions nor belongs to an agency that owns one of them."
        return _no("own-side", text, APART)
    if found is not None and "person" in found.missing:
        text = "The board's directory does not know who judges, so it cannot be told whether they acted themselves."
        return _no("person-known", text, APART)
    return None


def _refuses_target(command: JudgeChange, change: WatchedChange) -> Refusal | None:
    if not command.target_met:
        return None
    if change.definition.in_figures:
        text = "Whether the target is met is worked out from the figure; leave target_met out."
        return _no("target-in-figures", text)
    if command.judgement is Judgement.CANNOT_TELL:
        return _no("target-not-seen", "Where one cannot tell, the target is not seen to be met; leave target_met out.")
    return None


def refuses_further(command: ObserveFurther, change: WatchedChange, at: datetime) -> Refusal | None:
    """Dates to come, in order, after the last one, while the change is watched."""
    if change.closed is not None:
        return _no("change-closed", "This change is closed; it can be watched again (reopen-change).")
    room = max(0, MOST_LOOKS - len(change.looks))
    return _refuses_days(command.on, max([at.date(), *(look.due_on for look in change.looks)]), room)


def refuses_reopening(command: ReopenChange, change: WatchedChange, at: datetime) -> Refusal | None:
    """Only what is closed, with dates to come."""
    if change.closed is None:
        return _no("change-open", "This change is watched; further dates can be set (observe-further).")
    kept = (look.due_on for look in change.looks if look.answered)
    return _refuses_days(command.on, max([at.date(), *kept]), MOST_LOOKS)


def _refuses_days(days: tuple[date, ...], last: date, room: int) -> Refusal | None:
    if list(days) != sorted(set(days)) or days[0] <= last:
        text = f"Further dates come in order, each once, after {day_in_words(last)} (field on)."
        return _no("dates-in-order", text)
    if len(days) > room:
        return _no("dates-too-many", f"A change is looked at on {MOST_LOOKS} dates at most; there is room for {room}.")
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
    due = [look for look in change.waiting if look.due_on <= at.date()]
    if open_looks := [str(look.number) for look in change.looks if look in due or look.waits_for_judgement]:
        text = f"Every date that has come is answered and judged first; open are: {', '.join(open_looks)}."
        return _no("looks-judged", text)
    return _refuses_outcome(command, change, whole)


def _refuses_outcome(command: CloseChange, change: WatchedChange, whole: "ChangeMonitoringState") -> Refusal | None:
    if command.outcome == "sustained":
        return _refuses_sustained(change, whole)
    if command.outcome == "re-planned":
        return _refuses_replanned(command, change, whole)
    if change.waiting:
        text = f"There are dates to come at which it may still be seen; the next is {_day(change.waiting[0])}."
        return _no("dates-to-come", text)
    return None


def _refuses_sustained(change: WatchedChange, whole: "ChangeMonitoringState") -> Refusal | None:
    missing = change.not_sustained(whole.rules)
    if not missing:
        return None
    return _no("not-sustained-yet", f"It does not count as sustained: {missing}.", str(whole.rules.source))


def _refuses_replanned(command: CloseChange, change: WatchedChange, whole: "ChangeMonitoringState") -> Refusal | None:
    other = whole.get(command.by)
    if other is None or other.id == change.id or other.closed is not None:
        text = "Name the expected change that takes its place: another one that is watched (field by)."
        return _no("re-planned-by", text)
    if not set(other.definition.actions) & set(change.definition.actions):
        text = (
            "The change that takes its place is expected of one of its actions, or of the action that superseded one."
        )
        return _no("re-planned-actions", text)
    return None


def _refuses_documents(found: Found | None) -> Refusal | None:
    if found is not None and "documents" in found.missing:
        return _no("document-kept", "A document that is named is not kept with the case (field documents).")
    return None


def _day(look: Look) -> str:
    return day_in_words(look.due_on)


def _no(code: str, text: str, source: str = WATCHING) -> Refusal:
    return Refusal(code=code, text=text, source=source)
