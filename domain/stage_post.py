"""Letters of a stage that do not arrive: they are brought to their reader otherwise, and the mail server is seen to."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.clocks.need import ClockNeed
from domain.command import DeliverOtherwise, SeeToMailServer, please, refuses_future
from domain.model import Refusal
from domain.people import Role
from domain.record import LetterOutcome, Task

if TYPE_CHECKING:
    from domain.stage import Stage

UNDELIVERED = "undelivered-letter"
MAIL_SERVER = "mail-server"


def open_deliveries(stage: "Stage[Any]") -> tuple[LetterOutcome, ...]:
    """Letters that could not be delivered and that nobody has brought to their reader yet."""
    solved = {letter for letter, _ in stage.otherwise}
    return tuple(outcome for outcome in stage.undelivered if outcome.letter not in solved)


def delivery_tasks(stage: "Stage[Any]") -> tuple[Task, ...]:
    """Each of them is to be delivered in another way."""
    return tuple(
        Task(
            form=DeliverOtherwise.FORM,
            item=outcome.letter,
            role=Role.BUSINESS_MANAGER,
            title=f"Deliver letter {outcome.letter} in another way: it was {outcome.delivery.value}",
            clock=None if _about_undelivered(outcome) else f"{UNDELIVERED}/{outcome.letter}",
        )
        for outcome in open_deliveries(stage)
    )


def undelivered_needs(stage: "Stage[Any]") -> tuple[ClockNeed, ...]:
    """Each undelivered letter has a clock of its own."""
    solved = dict(stage.otherwise)
    return tuple(
        ClockNeed(
            rule=UNDELIVERED,
            item=outcome.letter,
            started_at=outcome.at,
            satisfied_at=solved.get(outcome.letter),
            waiting_on=Role.BUSINESS_MANAGER,
            task=f"{outcome.letter}/{DeliverOtherwise.FORM}",
        )
        for outcome in stage.undelivered
        if not _about_undelivered(outcome)
    )


def mail_needs(stage: "Stage[Any]") -> tuple[ClockNeed, ...]:
    """Each time that the mail server goes away has a clock of its own; it stops when letters leave again."""
    if stage.mail_away_since is None:
        return ()
    return (
        ClockNeed(
            rule=MAIL_SERVER,
            item=f"{stage.mail_away_since:%Y%m%d-%H%M%S}",
            started_at=stage.mail_away_since,
            satisfied_at=stage.mail_seen_to,
            waiting_on=Role.BUSINESS_MANAGER,
            task=SeeToMailServer.FORM,
        ),
    )


def mail_tasks(stage: "Stage[Any]") -> tuple[Task, ...]:
    """Somebody is to see to a mail server that is away."""
    if stage.mail_away_since is None or stage.mail_seen_to is not None:
        return ()
    clock = f"{MAIL_SERVER}/{stage.mail_away_since:%Y%m%d-%H%M%S}"
    title = please(SeeToMailServer)
    return (Task(form=SeeToMailServer.FORM, role=Role.BUSINESS_MANAGER, title=title, clock=clock),)


def refuses_seeing_to(stage: "Stage[Any]") -> Refusal | None:
    """Whether nobody waits for the mail server."""
    if stage.mail_away_since is not None and stage.mail_seen_to is None:
        return None
    return Refusal(
        code="mail-server-there",
        text="Nobody waits for the mail server in this stage.",
        source="Letters of the board",
    )


def refuses_delivery(stage: "Stage[Any]", command: DeliverOtherwise, at: datetime) -> Refusal | None:
    """Whether no such letter waits, or its hand-over lies in the future."""
    if command.item not in {outcome.letter for outcome in open_deliveries(stage)}:
        return Refusal(
            code="nothing-undelivered",
            text="No such letter waits to be delivered otherwise.",
            source="Letters of the board",
        )
    return refuses_future("The hand-over", command.told_at, at)


def _about_undelivered(outcome: LetterOutcome) -> bool:
    """A reminder of an undelivered letter starts no clock of its own: its reminders would never end."""
    return outcome.letter.startswith(f"climb/{UNDELIVERED}/")
