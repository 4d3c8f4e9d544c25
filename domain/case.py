"""The case as a whole: what came in, which stages were begun, and what follows from what."""

from datetime import datetime
from typing import ClassVar, Self

from pydantic import JsonValue

from domain.accepted_report import Accepted
from domain.agency import AgencyAsked
from domain.case_closing import CLOSES_BY, closing_letters, closing_needs, refuses_closing, stands_in_the_way
from domain.case_commands import Challenge, CloseCase, ReopenCase
from domain.case_events import (
    agencies_asked,
    answered,
    because,
    children_after,
    decision_after,
    event_fact,
    notification_needs,
)
from domain.case_messages import Onward, Progress, StageReport, Standing
from domain.clocks.book import ClockNeed
from domain.command import Command, please, refuses_future
from domain.concerned import children_concerned
from domain.criteria import Verdict, case_facts, judge
from domain.deciding import STAGES
from domain.decision import FactAnswer, FactsChanged, ReviewDecisionState
from domain.decision_commands import ReviewOutcome
from domain.follow_up import Closing, FollowUp, Outgoing
from domain.incident import Incident, IncidentEvent
from domain.intake import merge_incident
from domain.model import Refusal
from domain.notification import Notification
from domain.people import Role
from domain.quality import JudgeMarker, Quality
from domain.record import Fact, Letter, Task
from domain.regime_change import MoveToRegime
from domain.regimes import Criterion, QualityMarker, RetentionClass
from domain.stage_state import StageState, Transition

SCRUTINY = "National panel: it scrutinises decisions not to review"
REOPENING = "Board's own procedure: a closed case is opened again"
QUALITY = "Serious case review quality markers"


class CaseState(StageState):
    """The case as it stands."""

    STAGE: ClassVar[str] = "case"
    CLOSES_BY: ClassVar[str] = CLOSES_BY
    """The clock of the closing; a regime without it is from before there were action plans."""

    incident: Incident | None = None
    deliveries: tuple[str, ...] = ()
    """Deliveries taken in: the same again changes nothing."""
    safety_checks: int = 0
    safety_open: bool = False
    checked: tuple[tuple[str, bool], ...] = ()
    """Children handed to a safety check, and whether they had a name then."""
    undecided: tuple[str, ...] = ()
    answers: tuple[FactAnswer, ...] = ()
    process: str = "serious-case-review"
    """How the regime that the case is pinned to decides on a review."""
    notification: Notification | None = None
    """The notification to the national panel as the last rapid review left it."""
    decisions: int = 0
    decision_open: bool = False
    outcome: ReviewOutcome | None = None
    decided_at: datetime | None = None
    panel: Progress = Progress.TO_COME
    accepted: Accepted | None = None
    """The report that the board accepted, until its publication has begun with it."""
    publication: Progress = Progress.TO_COME
    published: bool = False
    """Whether the report is published, or it is decided not to publish it."""
    follow_up: FollowUp | None = None
    """What follows: the action plan, the monitoring of change; none for a case begun before there were these."""
    quality: Quality | None = None
    """The quality markers; none for a case begun before they were asked."""
    closed_at: datetime | None = None

    @property
    def stages_begun(self) -> tuple[tuple[str, int | None], ...]:
        """Every stage that the case has begun so far, with its number where it has one; some may have ended."""
        numbered = (("safety", self.safety_checks), (self.deciding_stage, self.decisions))
        begun = [(stage, number) for stage, last in numbered for number in range(1, last + 1)]
        once = {"panel": self.panel, "publication": self.publication}
        later = [stage for stage, progress in once.items() if progress is not Progress.TO_COME]
        following = ("actions", "change") if self.follow_up is not None else ()
        return (*begun, *((stage, None) for stage in (*later, *following)))

    @property
    def deciding_stage(self) -> str:
        """Name of the stage that decides on a review."""
        return STAGES[self.process]

    @property
    def standing(self) -> Standing:
        """Where the case stands as a whole."""
        if self.closed_at is not None:
            return Standing.CLOSED
        if self.closing is not None:
            return Standing.CLOSING
        if self.panel is Progress.TO_COME:
            return self._before_panel
        if self.publication is Progress.TO_COME:
            return Standing.PANEL_REVIEW
        return Standing.PUBLICATION if self.publication is Progress.UNDER_WAY else Standing.REVIEWED

    @property
    def _before_panel(self) -> Standing:
        if self.decision_open or self.outcome is None:
            return Standing.DECIDING
        if self.outcome is not ReviewOutcome.SERIOUS_CASE_REVIEW:
            return Standing.CLOSING
        return Standing.CHILDREN_FIRST if self.undecided else Standing.WAITING_FOR_PANEL

    def headline(self) -> str:
        """Where the case stands, in words."""
        words = {
            Standing.DECIDING: "it is being decided whether to hold a serious case review",
            Standing.CHILDREN_FIRST: "a serious case review was decided; the panel waits for a decision about "
            f"the safety of each child ({len(self.undecided)} to come)",
            Standing.WAITING_FOR_PANEL: "a serious case review was decided; the panel is to be convened",
            Standing.PANEL_REVIEW: "the serious case review is under way",
            Standing.PUBLICATION: "the report is accepted; its publication is under way",
            Standing.REVIEWED: "the review is published, or it was decided not to; its actions follow",
            Standing.CLOSING: "it is being closed"
            if self.closing is not None
            else "no serious case review is held; the case is being closed",
            Standing.CLOSED: "closed",
        }
        later = self.standing in (Standing.PANEL_REVIEW, Standing.PUBLICATION) and self.undecided
        first = f"; children first: the safety of {len(self.undecided)} named later is to be decided" if later else ""
        return f"Case: {words[self.standing]}{first}"

    def done(self) -> bool:
        """The case ends when it may be closed, and what followed from it has ended."""
        return self.ends and (self.follow_up is None or self.follow_up.over)

    @property
    def ends(self) -> bool:
        """Whether it is to end: the chair has closed it, or without a serious case review its stages are over."""
        stages_over = not self.safety_open and not self.decision_open
        without_review = self.outcome in (ReviewOutcome.OTHER_REVIEW, ReviewOutcome.NONE)
        return stages_over and (self.closing is not None or (without_review and self._followed))

    @property
    def closing(self) -> Closing | None:
        """The chair's decision to close, where there is one."""
        return self.follow_up.closing if self.follow_up is not None else None

    @property
    def _followed(self) -> bool:
        """Whether everything that was to follow is at its end."""
        return self.follow_up is None or self.follow_up.settled

    @property
    def may_close(self) -> bool:
        """Whether nothing stands in the way of the chair's closing the case after a review."""
        return self.follow_up is not None and stands_in_the_way(self) is None

    def received(
        self, event: IncidentEvent, criteria: tuple[Criterion, ...], at: datetime
    ) -> tuple["CaseState", Transition, Onward] | None:
        """The case with an incident event taken in, and what follows for its stages.

        ``None`` for a delivery taken in before. A closed case that something is added to is open again.
        """
        if event.delivery in self.deliveries:
            return None
        before, since = self.incident, event.data.notified_at
        incident = event.data if before is None else merge_incident(before, event.data)
        facts = [event_fact(event, at, first=before is None)]
        if self.closed_at is not None:
            facts.append(Fact(kind="case-reopened", at=at, detail={"because": "an incident event came in"}))
        state = self.opened_again().model_copy(
            update={"incident": incident, "deliveries": (*self.deliveries, event.delivery)}
        )
        state, news = answered(state, event, case_facts(before) if before else {})
        state, children, begins_safety = children_after(state, since)
        state, begins_decision, put = decision_after(state, self, criteria, at)
        onward = Onward(
            since=since,
            children=children,
            begins_safety=begins_safety,
            facts=FactsChanged(
                answers=news, agencies=agencies_asked(event.data, since), children=children_concerned(incident)
            ),
            begins_decision=begins_decision,
            because=because(before, incident),
        )
        return state, Transition(facts=(*facts, *put)), onward

    def reported(self, report: StageReport, at: datetime) -> tuple["CaseState", Transition]:
        """The case after a stage told how it stands."""
        changes: dict[str, object] = {}
        facts: tuple[Fact, ...] = ()
        if report.stage == "safety" and report.number == self.safety_checks:
            heard = self.undecided if report.children is None else report.children
            waiting = tuple(key for key in self.undecided if key not in heard)
            changes = {"undecided": (*report.undecided, *waiting), "safety_open": not report.finished}
        if report.stage == self.deciding_stage and report.number == self.decisions:
            changes = {"outcome": report.outcome, "decision_open": not report.finished}
            changes |= {"answers": report.answers or self.answers, "decided_at": report.decided_at}
            changes["notification"] = report.notification
        if report.stage == "panel":
            changes = {"panel": Progress.OVER if report.finished else Progress.UNDER_WAY}
            if self.publication is Progress.TO_COME:
                changes["accepted"] = report.accepted
        if report.stage == "publication":
            changes = {"published": self.published or report.published}
            if report.finished:
                changes |= {"publication": Progress.OVER, "published": True}
        if self.follow_up is not None:
            changes["follow_up"] = self.follow_up.reported(report)
        state = self.model_copy(update=changes)
        if report.finished and changes:
            facts = (Fact(kind="stage-finished", at=at, detail={"stage": f"{report.stage}/{report.number}"}),)
        if state.standing is not self.standing:
            facts = (*facts, Fact(kind="case-moved-on", at=at, detail={"standing": state.standing.value}))
        letters: tuple[Letter, ...] = ()
        if report.finished or report.convened:
            state, letters = state._asking(report.stage, at, ended=report.finished)
        state, told = state._settled(at)
        return state, Transition(facts=(*facts, *told.facts), letters=(*letters, *told.letters))

    def _settled(self, at: datetime) -> tuple["CaseState", Transition]:
        """Note since when the case may be closed, or that it may not after all; ask the last marker once more."""
        follow_up = self.follow_up
        if follow_up is None or self.closed_at is not None:
            return self, Transition()
        if follow_up.closing is not None and not follow_up.settled:
            fact = Fact(kind="closing-withdrawn", at=at, detail={"because": "something is not at its end after all"})
            state = self.with_follow_up(follow_up.model_copy(update={"closing": None, "settled_at": None}))
            return state, Transition(facts=(fact,))
        if self.may_close is (follow_up.settled_at is not None) or follow_up.closing is not None:
            return self, Transition()
        state = self.with_follow_up(follow_up.model_copy(update={"settled_at": at if self.may_close else None}))
        state, letters = state._asking("change", at, ended=True) if state.may_close else (state, ())
        return state, Transition(letters=letters)

    def followed_up(self, markers: tuple[QualityMarker, ...], retention: tuple[RetentionClass, ...]) -> Self:
        """The case with an action plan to come and the quality markers to be asked."""
        follow_up = FollowUp(retention_classes=tuple(known.id for known in retention))
        return self.model_copy(update={"follow_up": follow_up, "quality": Quality.of(markers)})

    def with_follow_up(self, follow_up: FollowUp) -> Self:
        """The case with what follows as it is now."""
        return self.model_copy(update={"follow_up": follow_up})

    def asking(self, stage: str, at: datetime) -> tuple["CaseState", Transition]:
        """The case with the quality markers of a stage asked at its beginning."""
        state, letters = self._asking(stage, at, ended=False)
        return state, Transition(letters=letters)

    def _asking(self, stage: str, at: datetime, *, ended: bool) -> tuple["CaseState", tuple[Letter, ...]]:
        """Quality markers are asked of the decision, whichever stage makes it."""
        if self.quality is None:
            return self, ()
        stage = ReviewDecisionState.STAGE if stage == self.deciding_stage else stage
        quality, letters = self.quality.stage_ended(stage, at) if ended else self.quality.stage_began(stage, at)
        return self.model_copy(update={"quality": quality}), letters

    @property
    def outgoing(self) -> Outgoing | None:
        """What one of the stages after the review is to be told next; that it may end, once the case ends."""
        if self.follow_up is None or self.closed_at is not None:
            return None
        return self.follow_up.outgoing() or (self.follow_up.ending() if self.ends else None)

    @property
    def panel_is_due(self) -> bool:
        """Whether the review itself is to begin: it was decided, and each child's safety was decided on.

        It does not wait for the notices of the decision.
        """
        decided = self.outcome is ReviewOutcome.SERIOUS_CASE_REVIEW and self.decided_at is not None
        return decided and not self.undecided and self.panel is Progress.TO_COME and self.closed_at is None

    @property
    def publication_is_due(self) -> bool:
        """Whether publication is to begin: the board has accepted the report."""
        return self.accepted is not None and self.publication is Progress.TO_COME

    def with_panel(self) -> Self:
        """The case with its panel convening."""
        return self.model_copy(update={"panel": Progress.UNDER_WAY})

    def with_publication(self) -> Self:
        """The case with its publication under way. What was accepted now lives in that stage."""
        return self.model_copy(update={"publication": Progress.UNDER_WAY, "accepted": None})

    def closing_now(self, at: datetime) -> tuple["CaseState", Transition]:
        """The case closed, and the letters that say so."""
        assert self.outcome is not None, "a case closes after its decision"  # noqa: S101
        detail: dict[str, JsonValue] = {"outcome": self.outcome.value}
        if self.retention:
            detail["retention"] = self.retention
        fact = Fact(kind="case-closed", at=at, detail=detail)
        closed = self.model_copy(update={"closed_at": at})
        return closed, Transition(facts=(fact,), letters=closing_letters(self, at))

    @property
    def retention(self) -> str:
        """Class by which the record of the closed case is kept: the chair's choice, or the regime's first."""
        if self.follow_up is None:
            return ""
        return self.closing.retention if self.closing else next(iter(self.follow_up.retention_classes), "")

    def refuses(self, command: Command, at: datetime) -> Refusal | None:
        """The rule that forbids the command as things stand."""
        match command:
            case Challenge():
                return self._refuses_challenge(command, at)
            case JudgeMarker():
                return self._refuses_judgement(command, at)
            case CloseCase():
                return refuses_closing(self, command)
            case ReopenCase():
                return self._refuses_reopening(command, at)
            case MoveToRegime():
                return None if self.closed_at is None else _no("case-closed", "The case is closed.", REOPENING)
        return _no("unknown-command", "The case does not know this command.", "Commands")

    def _refuses_judgement(self, command: JudgeMarker, at: datetime) -> Refusal | None:
        if self.quality is None:
            return _no("markers-asked", "The quality markers are not asked in this case.", QUALITY)
        return self.quality.refuses(command, at)

    def _refuses_reopening(self, command: ReopenCase, at: datetime) -> Refusal | None:
        if self.closed_at is None:
            return _no("case-closed", "The case is not closed; there is nothing to open again.", REOPENING)
        return refuses_future("The reason", command.received_at, at)

    def _refuses_challenge(self, command: Challenge, at: datetime) -> Refusal | None:
        if self.outcome is None:
            return _no("nothing-to-challenge", "There is no decision to challenge yet.", SCRUTINY)
        if self.panel is not Progress.TO_COME:
            text = "The serious case review is under way; its decision is no longer challenged."
            return _no("review-is-held", text, SCRUTINY)
        return refuses_future("The challenge", command.received_at, at)

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """The case after a command that is not refused."""
        match command:
            case JudgeMarker():
                assert self.quality is not None, "refused before"  # noqa: S101
                return self.model_copy(update={"quality": self.quality.judged(command, at)}), Transition()
            case CloseCase():
                assert self.follow_up is not None, "refused before"  # noqa: S101
                closing = Closing(decided_at=at, retention=command.retention)
                return self.with_follow_up(self.follow_up.model_copy(update={"closing": closing})), Transition()
            case ReopenCase():
                return self._reopened(command, at)
            case MoveToRegime():
                return self, Transition()
        return self.deciding_again(), Transition()

    def _reopened(self, command: ReopenCase, at: datetime) -> tuple[Self, Transition]:
        """After a review its plan goes on; without one it is decided again whether to hold one."""
        fact = Fact(kind="case-reopened", at=at, detail={"because": command.because.replace("-", " ")})
        state = self.opened_again()
        if self.outcome is not ReviewOutcome.SERIOUS_CASE_REVIEW:
            state = state.deciding_again()
        return state, Transition(facts=(fact,))

    def opened_again(self) -> Self:
        """The case not closed any more; what followed from it goes on as it stood."""
        if self.closed_at is None:
            return self
        follow_up = self.follow_up.opened_again() if self.follow_up is not None else None
        return self.model_copy(update={"closed_at": None, "follow_up": follow_up})

    def needs(self) -> tuple[ClockNeed, ...]:
        """Was the incident notified in time; and is the case closed once everything is at its end."""
        return (*notification_needs(self), *closing_needs(self))

    def tasks(self) -> tuple[Task, ...]:
        """The quality markers that are asked, and the closing once nothing stands in its way."""
        asked = self.quality.tasks() if self.quality is not None and self.closed_at is None else ()
        if self.follow_up is None or self.follow_up.settled_at is None or self.closing is not None:
            return asked
        title = f"{please(CloseCase)}: every action and every expected change is at its end"
        return (*asked, Task(form=CloseCase.FORM, role=Role.BOARD_CHAIR, title=title, clock=self.CLOSES_BY))

    def agencies_involved(self, at: datetime) -> tuple[AgencyAsked, ...]:
        """The agencies that the incident named."""
        return agencies_asked(self.incident, at) if self.incident else ()

    def facts_known(self, at: datetime) -> FactsChanged:
        """What a decision begins with: the facts as answered so far, by whom, and the agencies to be asked now."""
        assert self.incident is not None, "a case begins with its incident"  # noqa: S101
        children = children_concerned(self.incident)
        return FactsChanged(answers=self.answers, agencies=agencies_asked(self.incident, at), children=children)

    def is_overtaken(self, report: StageReport) -> bool:
        """Whether the decision that reports has to be made again."""
        current = report.stage == self.deciding_stage and report.number == self.decisions
        return current and report.overtaken and report.outcome is not ReviewOutcome.SERIOUS_CASE_REVIEW

    def safety_begun_again(self) -> Self:
        """The case with a further safety check, where the last one ended before it could be told of a child."""
        return self.model_copy(update={"safety_checks": self.safety_checks + 1, "safety_open": True})

    def deciding_again(self) -> Self:
        """The case with its decision open again."""
        update = {"decisions": self.decisions + 1, "decision_open": True, "outcome": None}
        return self.opened_again().model_copy(update=update)

    def verdict(self, criteria: tuple[Criterion, ...]) -> Verdict:
        """What the criteria say of the facts as known."""
        return judge({answer.fact: answer.holds for answer in self.answers}, criteria)


def _no(code: str, text: str, source: str) -> Refusal:
    return Refusal(code=code, text=text, source=source)
