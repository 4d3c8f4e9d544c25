"""Deciding on a review: criteria, agencies' summaries, the sub-group's recommendation, the chair's decision, notices.

The recommender is not the decider. Deciding against a review is as well documented as deciding for one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar, Self

from domain.agency import (
    AgencyAsked,
    SecureRecords,
    SendFirstSummary,
    absent_summaries,
    agency_needs,
    agency_tasks,
    asked,
    refuses_return,
)
from domain.clocks.book import ClockNeed
from domain.command import Command, please
from domain.concerned import ChildConcerned
from domain.criteria import Verdict, judge, put_to_criteria
from domain.decision_commands import AnswerCriterion, Decide, Recommend, RecordLearning, ReviewOutcome
from domain.decision_notices import DecisionNotices
from domain.model import Model, Refusal
from domain.people import Actor, Role
from domain.record import Fact, Letter, LetterOutcome, Task
from domain.regimes import Criterion, Notice
from domain.regimes.regime import Level
from domain.stage_state import StageState, Transition

SEPARATION = "Separation of duties: the sub-group recommends, the chair decides"
CRITERIA = "The board's criteria"


class FactAnswer(Model):
    """What is known of a fact, who said so and when."""

    fact: str
    holds: bool | None
    by: str
    """Who gave the answer: a role, and the agency where there is one."""
    at: datetime


class Recommendation(Model):
    """The recommendation as it was made, with the verdict of the criteria at that time."""

    outcome: ReviewOutcome
    by: Actor
    at: datetime
    verdict: str


class Decision(Model):
    """The decision as it was made."""

    outcome: ReviewOutcome
    other_review: str = ""
    by: Actor
    at: datetime


class FactsChanged(Model):
    """Message from the case: facts, agencies or outcomes came in after the stage began."""

    answers: tuple[FactAnswer, ...] = ()
    agencies: tuple[AgencyAsked, ...] = ()
    children: tuple[ChildConcerned, ...] = ()
    """All children of the incident as they are known now: what its notification is about."""


class ReviewDecisionState(StageState):
    """The decision on a review as it stands."""

    STAGE: ClassVar[str] = "decision"

    opened_because: str
    started_at: datetime
    """When the board was told: the month of the decision counts from here."""
    criteria: tuple[Criterion, ...]
    notices: tuple[Notice, ...]
    answers: tuple[FactAnswer, ...] = ()
    agencies: tuple[AgencyAsked, ...] = ()
    recommendation: Recommendation | None = None
    recommendations: int = 0
    recommenders: tuple[str, ...] = ()
    """Everybody who recommended in this decision, overtaken recommendations included: none of them decides."""
    decision: Decision | None = None
    told: tuple[tuple[str, datetime], ...] = ()
    """Notices handed over, by letter id, and when."""
    learning_at: datetime | None = None
    overtaken: bool = False
    """Whether another decision takes this one's place, because of a death, new facts or a challenge."""

    @property
    def verdict(self) -> Verdict:
        """What the criteria say of the facts as known."""
        return judge({a.fact: a.holds for a in self.answers}, self.criteria)

    @classmethod
    def begun(
        cls,
        criteria: tuple[Criterion, ...],
        notices: tuple[Notice, ...],
        because: str,
        since: datetime,
        known: FactsChanged,
    ) -> Self:
        """The state at the beginning, with the facts known so far and the agencies to be asked."""
        return cls(
            criteria=criteria,
            notices=notices,
            opened_because=because,
            started_at=since,
            answers=known.answers,
            agencies=known.agencies,
        )

    def opening(self, at: datetime) -> Transition:
        """What beginning the stage records and asks: the agencies, and the sub-group's recommendation."""
        facts = (self._put_to_criteria(at), *(asked(agency) for agency in self.agencies))
        return Transition(facts=facts, letters=(_task_letter("recommend", Recommend, Role.SUB_GROUP),))

    def changed(self, message: FactsChanged, at: datetime) -> tuple["ReviewDecisionState", Transition]:
        """The state with what came in. A recommendation made on other facts is to be made again."""
        known = {agency.id for agency in self.agencies}
        new = tuple(agency for agency in message.agencies if agency.id not in known)
        state = self._answered(message.answers).model_copy(update={"agencies": (*self.agencies, *new)})
        facts = [answer_fact(answer) for answer in message.answers] + [asked(agency) for agency in new]
        again, then = state._recommend_again(self.verdict, at)
        if again.decision is not None and again.verdict != self.verdict:
            again = again.superseded()
        return again, Transition(facts=(*facts, *then.facts), letters=then.letters)

    def superseded(self) -> Self:
        """The state where another decision takes this one's place: its notices still go out, nothing more is asked."""
        return self.model_copy(update={"overtaken": self.decision is not None})

    def done(self) -> bool:
        """Decided, all notices given, and where there is no serious case review its learning recorded."""
        if self._announced is None or self._announced.owed:
            return False
        return not self._learning_owed()

    def _learning_owed(self) -> bool:
        if self.decision is None or self.decision.outcome is ReviewOutcome.SERIOUS_CASE_REVIEW:
            return False
        return self.learning_at is None and not self.overtaken

    def headline(self) -> str:
        """What the decision waits for."""
        verdict = f"criteria: {self.verdict.verdict.replace('_', ' ')}"
        late = sum(agency.summary_at is None for agency in self.agencies)
        if self.decision is None:
            waits = "the chair's decision" if self.recommendation else "the sub-group's recommendation"
            agencies = f", {late} of {len(self.agencies)} agencies' summaries" if late else ""
            return f"Decision on a review ({verdict}): waits for {waits}{agencies}"
        decided = f"Decided: {self.decision.outcome.words}"
        if self._announced and (owed := len(self._announced.owed)):
            return f"{decided}; {owed} notices to be given"
        return f"{decided}; all notices given" + ("" if self.done() else "; learning to be recorded")

    def refuses(self, command: Command, at: datetime) -> Refusal | None:
        """The rule that forbids the command as things stand."""
        match command:
            case AnswerCriterion():
                return self._refuses_answer(command)
            case SecureRecords() | SendFirstSummary():
                return refuses_return(self.agencies, command)
            case Recommend():
                return self._refuses_recommendation(command)
            case Decide():
                return self._refuses_decision(command)
            case RecordLearning():
                return self._refuses_learning()
        return _no("unknown-command", "The decision on a review does not know this command.")

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """The state after a command that is not refused."""
        match command:
            case AnswerCriterion():
                holds = {"yes": True, "no": False}.get(command.holds)
                by = command.actor.role.words
                state = self._answered((FactAnswer(fact=command.fact, holds=holds, by=by, at=at),))
                return state._recommend_again(self.verdict, at)
            case SecureRecords():
                return self._agency_with(command.item, {"secured_at": at}), Transition()
            case SendFirstSummary():
                changes = {"summary_at": at, "nil_return": command.nil_return}
                return self._agency_with(command.item, changes), Transition()
            case Recommend():
                return self._recommended(command, at)
            case Decide():
                return self._decided(command, at)
        return self.model_copy(update={"learning_at": at}), Transition()

    def told_of(self, outcome: LetterOutcome) -> tuple[Self, Transition]:
        """The state after a notice was handed over to the mail server, or brought in another way."""
        fact = self._announced.given(outcome) if self._announced else None
        if fact is not None:
            told = (*self.told, (outcome.letter, outcome.at))
            return self.model_copy(update={"told": told}), Transition(facts=(fact,))
        return self, Transition()

    def needs(self) -> tuple[ClockNeed, ...]:
        """The month of the decision, each agency's two clocks, each notice's clock, and the closing's."""
        decided_at = self.decision.at if self.decision else None
        needs = [
            ClockNeed(
                rule="review-decision",
                started_at=self.started_at,
                satisfied_at=decided_at,
                waiting_on=Role.BOARD_CHAIR if self.recommendation else Role.SUB_GROUP,
                task=Decide.FORM if self.recommendation else Recommend.FORM,
            )
        ]
        needs += [need for agency in self.agencies for need in agency_needs(agency, decided_at)]
        if self._announced is not None:
            needs += self._announced.needs()
            if (self._learning_owed() or self.learning_at is not None) and not self._announced.owed:
                needs.append(self._announced.learning_need(self.learning_at))
        return tuple(needs)

    def tasks(self) -> tuple[Task, ...]:
        """What is asked of the agencies, the sub-group, the chair and the business manager."""
        tasks = [task for agency in self.agencies for task in agency_tasks(agency)] if self.decision is None else []
        if self.decision is None:
            tasks += [
                Task(form=Recommend.FORM, role=Role.SUB_GROUP, title=please(Recommend), clock="review-decision")
                if self.recommendation is None
                else Task(form=Decide.FORM, role=Role.BOARD_CHAIR, title=please(Decide), clock="review-decision")
            ]
            tasks += self._unknown_facts()
        elif self._learning_owed():
            title = please(RecordLearning)
            tasks.append(
                Task(form=RecordLearning.FORM, role=Role.BUSINESS_MANAGER, title=title, clock="closing-learning")
            )
        return tuple(tasks)

    def _unknown_facts(self) -> list[Task]:
        """While the criteria are undetermined, what is not known is asked for."""
        if self.verdict.verdict != "undetermined":
            return []
        known = {answer.fact for answer in self.answers if answer.holds is not None}
        unknown = [fact for limb in self.criteria for fact in limb.needs if fact not in known]
        if not unknown:
            return []
        return [
            Task(
                form=AnswerCriterion.FORM,
                role=Role.SUB_GROUP,
                title=f"Answer what the criteria need and nobody knows yet: {', '.join(dict.fromkeys(unknown))}",
                clock="review-decision",
            )
        ]

    def _put_to_criteria(self, at: datetime) -> Fact:
        return put_to_criteria(self.verdict, self.opened_because, at)

    def _answered(self, answers: Iterable[FactAnswer]) -> Self:
        return self.model_copy(update={"answers": answered(self.answers, answers)})

    def _recommend_again(self, before: Verdict, at: datetime) -> tuple[Self, Transition]:
        if self.verdict == before:
            return self, Transition()
        facts = [self._put_to_criteria(at)]
        if self.recommendation is None or self.decision is not None:
            return self, Transition(facts=tuple(facts))
        facts.append(Fact(kind="recommendation-overtaken", at=at, detail={"verdict": str(self.verdict.verdict)}))
        letter = _task_letter(f"recommend/{self.recommendations + 1}", Recommend, Role.SUB_GROUP)
        return self.model_copy(update={"recommendation": None}), Transition(facts=tuple(facts), letters=(letter,))

    def _agency_with(self, agency_id: str | None, changes: dict[str, object]) -> Self:
        agencies = tuple(a.model_copy(update=changes) if a.id == agency_id else a for a in self.agencies)
        return self.model_copy(update={"agencies": agencies})

    def _recommended(self, command: Recommend, at: datetime) -> tuple[Self, Transition]:
        recommendation = Recommendation(
            outcome=command.outcome, by=command.actor, at=at, verdict=str(self.verdict.verdict)
        )
        number = self.recommendations + 1
        recommenders = (*self.recommenders, command.actor.person)
        state = self.model_copy(
            update={"recommendation": recommendation, "recommendations": number, "recommenders": recommenders}
        )
        return state, Transition(letters=(_task_letter(f"decide/{number}", Decide, Role.BOARD_CHAIR),))

    def _decided(self, command: Decide, at: datetime) -> tuple[Self, Transition]:
        decision = Decision(outcome=command.outcome, other_review=command.other_review, by=command.actor, at=at)
        state = self.model_copy(update={"decision": decision})
        letters = state._announced.letters if state._announced else ()
        return state, Transition(facts=absent_summaries(self.agencies, at), letters=letters)

    @property
    def _announced(self) -> DecisionNotices | None:
        """The notices of the decision, once there is one."""
        if self.decision is None:
            return None
        made = self.decision
        return DecisionNotices(notices=self.notices, outcome=made.outcome, decided_at=made.at, told=self.told)

    def _refuses_answer(self, command: AnswerCriterion) -> Refusal | None:
        if (refusal := refuses_unknown_fact(self.criteria, command)) is not None:
            return refusal
        return self._refuses_after_decision()

    def _refuses_recommendation(self, command: Recommend) -> Refusal | None:
        if (refusal := self._refuses_after_decision()) is not None:
            return refusal
        if (refusal := refuses_reasons(self.criteria, command.reasons)) is not None:
            return refusal
        return _refuses_unnamed(command)

    def _refuses_decision(self, command: Decide) -> Refusal | None:
        if (refusal := self._refuses_after_decision()) is not None:
            return refusal
        if self.recommendation is None:
            return _no("recommended", "The sub-group has not recommended yet; the chair decides after it.", SEPARATION)
        if command.actor.person in self.recommenders:
            return _no("recommender-is-not-decider", "Who recommended cannot decide; the deputy can.", SEPARATION)
        return self._refuses_outcome(command) or _refuses_unnamed(command)

    def _refuses_outcome(self, command: Decide) -> Refusal | None:
        """Where a limb of *always* is met, or may still be, a decision against a review is not open."""
        if command.outcome is ReviewOutcome.SERIOUS_CASE_REVIEW:
            return None
        for answer, limb in zip(self.verdict.answers, self.criteria, strict=True):
            if limb.level is Level.ALWAYS and answer.met:
                text = f"A serious case review must be held: the criterion {limb.id!r} is met ({limb.title})."
                return _no("always", text, str(limb.source))
            if limb.level is Level.ALWAYS and answer.met is None and command.outcome is ReviewOutcome.NONE:
                text = f"It is not known yet whether the criterion {limb.id!r} is met ({limb.title}). Answer it first."
                return _no("always-not-known", text, str(limb.source))
        return None

    def _refuses_after_decision(self) -> Refusal | None:
        if self.decision is None:
            return None
        return _no("decided", "The chair has decided. The national panel's challenge opens the decision again.")

    def _refuses_learning(self) -> Refusal | None:
        if self.decision is None or self.decision.outcome is ReviewOutcome.SERIOUS_CASE_REVIEW:
            return _no("closing", "Learning is recorded here once it is decided to hold no serious case review.")
        return _no("recorded", "The learning was recorded before.") if self.learning_at else None


def _no(code: str, text: str, source: str = CRITERIA) -> Refusal:
    return Refusal(code=code, text=text, source=source)


def _refuses_unnamed(command: Recommend | Decide) -> Refusal | None:
    if (command.outcome is ReviewOutcome.OTHER_REVIEW) == bool(command.other_review.strip()):
        return None
    return _no("review-named", "Name the other learning review (field other_review), and only then.")


def _task_letter(name: str, form: type[Command], to: Role) -> Letter:
    return Letter(id=f"task/{name}", template="task", to=to, task=form.FORM, clock_title=please(form))


def answered(known: Iterable[FactAnswer], news: Iterable[FactAnswer]) -> tuple[FactAnswer, ...]:
    """What is known of each fact once the news is in."""
    return tuple(({answer.fact: answer for answer in known} | {answer.fact: answer for answer in news}).values())


def answer_fact(answer: FactAnswer) -> Fact:
    """The fact that something became known."""
    holds = {True: "yes", False: "no", None: "not-known"}[answer.holds]
    return Fact(kind="criterion-answered", at=answer.at, detail={"fact": answer.fact, "holds": holds, "by": answer.by})


def refuses_unknown_fact(criteria: Iterable[Criterion], command: AnswerCriterion) -> Refusal | None:
    """Whether a fact is answered that none of the criteria needs."""
    names = sorted({fact for limb in criteria for fact in limb.needs})
    if command.fact in names:
        return None
    return _no("known-fact", f"The criteria know no fact of that name; they know {', '.join(names)}.")


def refuses_reasons(criteria: tuple[Criterion, ...], reasons: Mapping[str, str]) -> Refusal | None:
    """Whether a limb of the criteria is left without a reason, or a reason is given for what is no limb."""
    missing = [limb.id for limb in criteria if limb.id not in reasons]
    unknown = set(reasons) - {limb.id for limb in criteria}
    if not missing and not unknown:
        return None
    text = f"Give a reason for each limb: missing {', '.join(missing) or 'none'}"
    return _no("each-limb", text + (f"; {len(unknown)} given for what is no limb." if unknown else "."))
