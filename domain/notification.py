"""The notification of an incident to the national panel: owed by the authority, one for up to four children.

While it is not known whether the criteria are met it is owed. A looked-after child's death is notified whether or not
abuse or neglect is suspected.
"""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from domain.clocks.book import ClockNeed
from domain.command import Command, please, refuses_future
from domain.concerned import ChildConcerned
from domain.model import Model, Refusal
from domain.notification_commands import DecideNoRapidReview, NotifyPanel, TellPartners, WithdrawNotification
from domain.part import Part
from domain.people import Role
from domain.record import Letter, Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.rapid_review import RapidReviewState

NOTIFYING = "Children Act 2004, section 16C, and the guidance on serious incident notifications"
CLOCK = "incident-notification"
PARTNERS_CLOCK = "partners-told"


class PanelNotified(Model):
    """The notification as it was sent."""

    sent_at: datetime
    children: tuple[str, ...]


class Notification(Part):
    """Notification, telling the partners, and what ends the stage without a rapid review."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (
        NotifyPanel,
        TellPartners,
        WithdrawNotification,
        DecideNoRapidReview,
    )

    notified: PanelNotified | None = None
    partners_told_at: datetime | None = None
    ended_at: datetime | None = None
    """When it was withdrawn, or recorded that no rapid review is owed."""
    withdrawn: bool = False
    earlier: bool = False
    """Whether an earlier stage of the same incident sent it: its clocks ran there."""

    def carried_over(self) -> "Notification":
        """As the next stage begins: an incident is notified once, unless the notification was withdrawn."""
        if self.notified is None or self.withdrawn:
            return Notification()
        return Notification(notified=self.notified, partners_told_at=self.partners_told_at, earlier=True)

    def refuses(self, command: Command, at: datetime, whole: "RapidReviewState") -> Refusal | None:
        """Up to four children, all of the incident; nothing ends without the criteria being answered."""
        match command:
            case NotifyPanel():
                return self._refuses_notifying(command, at, whole)
            case TellPartners():
                return self._refuses_telling(command, at, whole)
            case WithdrawNotification():
                return self._refuses_withdrawing(command, at, whole)
        return self._refuses_no_review(whole)

    def accept(self, command: Command, at: datetime, whole: "RapidReviewState") -> tuple[Self, Transition]:
        """With the notification sent or withdrawn, the partners told, or no rapid review owed."""
        match command:
            case NotifyPanel():
                sent = PanelNotified(sent_at=command.sent_at, children=command.children)
                return self.model_copy(update={"notified": sent}), Transition()
            case TellPartners():
                return self.model_copy(update={"partners_told_at": command.told_at}), Transition()
            case WithdrawNotification():
                letters = (
                    Letter(id="notification-withdrawn", template="notification-withdrawn", to=Role.BOARD_MEMBER),
                )
                return self.model_copy(update={"ended_at": at, "withdrawn": True}), Transition(letters=letters)
        return self.model_copy(update={"ended_at": at}), Transition()

    def needs(self, whole: "RapidReviewState") -> tuple[ClockNeed, ...]:
        """Both clocks of the authority, from its becoming aware."""
        sent_at = self.notified.sent_at if self.notified else None
        return tuple(
            ClockNeed(
                rule=rule,
                started_at=whole.aware_at,
                satisfied_at=done_at,
                waiting_on=Role.HEAD_OF_SERVICE,
                task=form.FORM,
            )
            for rule, form, done_at in (
                (CLOCK, NotifyPanel, sent_at),
                (PARTNERS_CLOCK, TellPartners, self.partners_told_at),
            )
            if not self.earlier and (done_at is not None or self._owed(whole))
        )

    def tasks(self, whole: "RapidReviewState") -> tuple[Task, ...]:
        """What is asked of the authority."""
        tasks = []
        if self._owed(whole):
            if self.notified is None:
                tasks.append(_task(NotifyPanel, CLOCK))
            if self.partners_told_at is None:
                tasks.append(_task(TellPartners, None if self.earlier else PARTNERS_CLOCK))
        if whole.outcome is None and not whole.rapid_review_owed and not self._first_to_notify(whole):
            tasks.append(_task(DecideNoRapidReview, None))
        return tuple(tasks)

    def _owed(self, whole: "RapidReviewState") -> bool:
        """Whether there is something to notify, and nothing is decided that makes it pointless."""
        return whole.outcome is None and (self.notified is not None or whole.notifiable)

    def _first_to_notify(self, whole: "RapidReviewState") -> bool:
        return whole.notifiable and self.notified is None

    def _refuses_notifying(self, command: NotifyPanel, at: datetime, whole: "RapidReviewState") -> Refusal | None:
        if (refusal := _refuses_over(whole)) is not None:
            return refusal
        if self.notified is not None:
            return _no("notified", "The national panel was notified before; an incident is notified once.")
        if command.sent_at < whole.aware_at:
            text = "The notification cannot have been sent before the authority became aware of the incident."
            return _no("notified-after-aware", text)
        return refuses_future("The notification", command.sent_at, at) or _refuses_children(command, whole)

    def _refuses_telling(self, command: TellPartners, at: datetime, whole: "RapidReviewState") -> Refusal | None:
        if self.partners_told_at is not None:
            return _no("partners-told", "It is recorded already that the safeguarding partners were told.")
        if command.told_at < whole.aware_at:
            text = "The partners cannot have been told before the authority became aware of the incident."
            return _no("told-after-aware", text)
        return refuses_future("Telling the partners", command.told_at, at)

    def _refuses_withdrawing(
        self, command: WithdrawNotification, at: datetime, whole: "RapidReviewState"
    ) -> Refusal | None:
        if (refusal := _refuses_over(whole)) is not None:
            return refusal
        if self.notified is None:
            return _no("nothing-notified", "Nothing was notified; there is nothing to withdraw.")
        if command.agreed_at < self.notified.sent_at:
            text = "The national panel cannot have agreed to a withdrawal before it was notified."
            return _no("agreed-after-notified", text)
        return refuses_future("The national panel's agreement", command.agreed_at, at) or _refuses_criteria(whole)

    def _refuses_no_review(self, whole: "RapidReviewState") -> Refusal | None:
        if (refusal := _refuses_over(whole) or _refuses_criteria(whole)) is not None:
            return refusal
        if self._first_to_notify(whole):
            text = (
                "A looked-after child has died: that is notified whether or not abuse or neglect is suspected. "
                "Notify the national panel first (notify-panel)."
            )
            return _no("death-is-notified", text)
        if self.notified is not None and not whole.looked_after_died:
            text = (
                "The national panel was notified, so a rapid review follows, unless the panel agrees to a withdrawal "
                "of the notification (withdraw-notification)."
            )
            return _no("notified-so-reviewed", text)
        return None


def _refuses_over(whole: "RapidReviewState") -> Refusal | None:
    return _no("decided", "It is decided already; a challenge or new facts open it again.") if whole.outcome else None


def _refuses_children(command: NotifyPanel, whole: "RapidReviewState") -> Refusal | None:
    most, named = whole.rules.most_children, set(command.children)
    if len(command.children) > most or len(named) < len(command.children):
        text = f"One notification has details of up to {most} children, each once; tell of further ones in others."
        return _no("most-children", text)
    if not named <= {child.key for child in whole.children}:
        return _no("child-of-incident", "A child is named whom the case does not know as a child of this incident.")
    left_out = [child for child in whole.children if _befell(child) and child.key not in named]
    if left_out and len(named) < most:
        text = f"{len(left_out)} of the incident's children who died or were harmed are left out; there is room for"
        return _no("children-left-out", f"{text} {most - len(named)}.")
    if left_out and not command.others.strip():
        text = f"The incident has {len(left_out)} further children; say what the free text tells of them (others)."
        return _no("others-told-of", text)
    return None


def _befell(child: ChildConcerned) -> bool:
    return child.died or child.harmed


def _refuses_criteria(whole: "RapidReviewState") -> Refusal | None:
    """Nothing ends as long as the criteria are met by what is recorded, or might be."""
    if whole.meets is True:
        text = "By the facts as recorded the criteria are met. If they are wrong, answer them first (answer-criterion)."
        return _no("criteria-met", text)
    if whole.meets is None:
        text = "It is not known yet whether the criteria are met. Answer what is open first (answer-criterion)."
        return _no("criteria-open", text)
    return None


def _task(form: type[Command], clock: str | None) -> Task:
    return Task(form=form.FORM, role=Role.HEAD_OF_SERVICE, title=please(form), clock=clock)


def _no(code: str, text: str, source: str = NOTIFYING) -> Refusal:
    return Refusal(code=code, text=text, source=source)
