"""The three safeguarding partners' agreement to the rapid review. Each agrees in words; silence is never consent."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from domain.clocks.book import ClockNeed
from domain.command import Command, please
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import Role
from domain.rapid_review_commands import AnswerRapidReview, SettleDisagreement
from domain.rapid_review_report import AGREEMENT, RapidReviewVersion, again_letter
from domain.record import Letter, Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.rapid_review import RapidReviewState

CLOCK = "partner-agreement"
SETTLING_CLOCK = "disagreement"


class PartnerAnswer(Model):
    """What a partner said of one version."""

    version: int
    agency: str
    person: str
    agrees: bool
    at: datetime


class Settlement(Model):
    """The chair's word where the partners disagreed on one version."""

    version: int
    stands: bool
    at: datetime


class PartnersAgreement(Part):
    """Answers and settlements, version by version. A new version asks everybody again."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (AnswerRapidReview, SettleDisagreement)

    answers: tuple[PartnerAnswer, ...] = ()
    settlements: tuple[Settlement, ...] = ()

    def of(self, version: RapidReviewVersion) -> dict[str, PartnerAnswer]:
        """The last answer of each partner to that version, by agency. Who said nothing is not there."""
        to_it = [answer for answer in self.answers if answer.version == version.number]
        return {answer.agency: answer for answer in to_it if answer.agency in version.partners}

    def silent(self, version: RapidReviewVersion) -> tuple[str, ...]:
        """Agencies of the partners who have said nothing of that version."""
        said = self.of(version)
        return tuple(agency for agency in version.partners if agency not in said)

    def against(self, version: RapidReviewVersion) -> tuple[str, ...]:
        """Agencies of the partners who disagree with that version."""
        return tuple(agency for agency, answer in self.of(version).items() if not answer.agrees)

    def settled(self, version: RapidReviewVersion) -> Settlement | None:
        """The chair's word on that version, where there is one."""
        return next((each for each in self.settlements if each.version == version.number), None)

    def to_settle(self, version: RapidReviewVersion) -> bool:
        """Whether the chair is asked: every partner has answered, and not all agree."""
        return not self.silent(version) and bool(self.against(version)) and self.settled(version) is None

    def agreed_at(self, version: RapidReviewVersion) -> datetime | None:
        """Since when that version may be sent: all partners agree, or the chair settled that it stands."""
        if not version.partners or self.silent(version):
            return None
        if (settled := self.settled(version)) is not None:
            return settled.at if settled.stands else None
        return None if self.against(version) else max(answer.at for answer in self.of(version).values())

    def why_not_agreed(self, version: RapidReviewVersion) -> str:
        """What is missing before that version may be sent."""
        if silent := self.silent(version):
            return f"Not every partner has answered; silence is no consent. It waits for {', '.join(silent)}."
        if self.to_settle(version):
            return (
                f"Partners disagree ({', '.join(self.against(version))}); the chair settles it (settle-disagreement)."
            )
        return "The chair settled that the rapid review is recorded anew (record-rapid-review)."

    def refuses(self, command: Command, at: datetime, whole: "RapidReviewState") -> Refusal | None:
        """A partner answers for its own agency, on the version that stands; who recorded it does not agree to it."""
        current = whole.report.current
        if whole.notification.ended_at is not None or current is None:
            return _no("nothing-recorded", "There is no rapid review that the partners are asked about.")
        if whole.report.submission is not None:
            return _no("submitted", "This rapid review was sent to the national panel; nothing is agreed on any more.")
        if self.settled(current) is not None:
            return _no("settled", "The chair has settled this version; a new one asks all partners again.")
        if isinstance(command, AnswerRapidReview):
            return self._refuses_answer(command, current)
        assert isinstance(command, SettleDisagreement), "dispatched by its part"  # noqa: S101
        return self._refuses_settlement(command, current)

    def accept(self, command: Command, at: datetime, whole: "RapidReviewState") -> tuple[Self, Transition]:
        """With a partner's answer, or the chair's word; the chair is asked once everybody has answered."""
        current = whole.report.current
        assert current is not None, "refused before"  # noqa: S101
        if isinstance(command, SettleDisagreement):
            settled = Settlement(version=current.number, stands=command.outcome == "stands", at=at)
            letters = () if settled.stands else (again_letter(current.number + 1),)
            part = self.model_copy(update={"settlements": (*self.settlements, settled)})
            return part, Transition(letters=(*_settled_letters(current, settled), *letters))
        assert isinstance(command, AnswerRapidReview), "dispatched by its part"  # noqa: S101
        answer = PartnerAnswer(
            version=current.number,
            agency=command.item or "",
            person=command.actor.person,
            agrees=command.outcome != "disagree",
            at=at,
        )
        part = self.model_copy(update={"answers": (*self.answers, answer)})
        asks = part.to_settle(current) and not self.to_settle(current)
        return part, Transition(letters=(_to_chair(current, len(part.answers)),) if asks else ())

    def needs(self, whole: "RapidReviewState") -> tuple[ClockNeed, ...]:
        """A clock for each partner, from the version's recording; the chair's from the last partner's answer."""
        current = whole.report.current
        if current is None or whole.notification.ended_at is not None:
            return ()
        needs = [self._partner_need(current, agency) for agency in current.partners]
        settled = self.settled(current)
        if self.to_settle(current) or settled is not None:
            needs.append(
                ClockNeed(
                    rule=SETTLING_CLOCK,
                    item=None if current.number == 1 else str(current.number),
                    started_at=max(self._first(current, agency) for agency in current.partners),
                    satisfied_at=settled.at if settled else None,
                    waiting_on=Role.BOARD_CHAIR,
                    task=SettleDisagreement.FORM,
                )
            )
        return tuple(needs)

    def tasks(self, whole: "RapidReviewState") -> tuple[Task, ...]:
        """Each partner that said nothing is asked; the chair where they disagree."""
        current = whole.report.current
        if current is None or whole.outcome is not None:
            return ()
        tasks = [
            Task(
                form=AnswerRapidReview.FORM,
                item=agency,
                role=Role.SAFEGUARDING_PARTNER,
                agency=agency,
                title=f"{please(AnswerRapidReview)} (version {current.number})",
                clock=f"{CLOCK}/{_item(current, agency)}",
            )
            for agency in self.silent(current)
        ]
        if self.to_settle(current):
            clock = SETTLING_CLOCK if current.number == 1 else f"{SETTLING_CLOCK}/{current.number}"
            title = please(SettleDisagreement)
            tasks.append(Task(form=SettleDisagreement.FORM, role=Role.BOARD_CHAIR, title=title, clock=clock))
        return tuple(tasks)

    def _first(self, version: RapidReviewVersion, agency: str) -> datetime:
        """When that partner answered first: a change of mind is not a later answer."""
        return next(a.at for a in self.answers if (a.version, a.agency) == (version.number, agency))

    def _partner_need(self, version: RapidReviewVersion, agency: str) -> ClockNeed:
        return ClockNeed(
            rule=CLOCK,
            item=_item(version, agency),
            agency=agency,
            started_at=version.at,
            satisfied_at=self._first(version, agency) if agency in self.of(version) else None,
            waiting_on=Role.SAFEGUARDING_PARTNER,
            task=f"{agency}/{AnswerRapidReview.FORM}",
        )

    def _refuses_answer(self, command: AnswerRapidReview, current: RapidReviewVersion) -> Refusal | None:
        if command.item not in current.partners:
            return _no("partner-of-the-area", "Answer for the agency of a safeguarding partner who was asked.")
        if command.outcome != "agree" and not command.reason.strip():
            return _no("reason-given", "To disagree, or to comment, needs its words (field reason).")
        if command.actor.person == current.by:
            return _no("recorder-does-not-agree", "Who recorded the rapid review does not agree to it; a deputy can.")
        others = {answer.person for agency, answer in self.of(current).items() if agency != command.item}
        if command.actor.person in others:
            return _no("one-for-one", "This person has answered for another partner; nobody answers for two.")
        return None

    def _refuses_settlement(self, command: SettleDisagreement, current: RapidReviewVersion) -> Refusal | None:
        if silent := self.silent(current):
            text = f"Every partner answers first; silence is no consent. It waits for {', '.join(silent)}."
            return _no("all-answered", text)
        if not self.against(current):
            return _no("nothing-to-settle", "All partners agree; there is nothing to settle.")
        if command.actor.person in {answer.person for answer in self.of(current).values()} | {current.by}:
            text = "Who answered for a partner, or recorded the rapid review, does not settle it; the deputy can."
            return _no("party-does-not-settle", text)
        return None


def _item(version: RapidReviewVersion, agency: str) -> str:
    return agency if version.number == 1 else f"{agency}/{version.number}"


def _to_chair(version: RapidReviewVersion, answers: int) -> Letter:
    return Letter(
        id=f"task/settle-disagreement/{version.number}/{answers}",
        template="task",
        to=Role.BOARD_CHAIR,
        task=SettleDisagreement.FORM,
        clock_title=please(SettleDisagreement),
    )


def _settled_letters(version: RapidReviewVersion, settled: Settlement) -> tuple[Letter, ...]:
    """Every partner is told how the chair settled it; the reasons are with the case."""
    effect = (
        "it goes to the national panel as recorded"
        if settled.stands
        else "it is recorded anew, and you are asked again"
    )
    return tuple(
        Letter(
            id=f"settled/{version.number}/{agency}",
            template="disagreement-settled",
            to=Role.SAFEGUARDING_PARTNER,
            agency=agency,
            words={"effect": effect, "version": str(version.number)},
        )
        for agency in version.partners
    )


def _no(code: str, text: str, source: str = AGREEMENT) -> Refusal:
    return Refusal(code=code, text=text, source=source)
