"""What the record shows for quality markers 1 to 5: referral, decision, board members, family, purpose."""

from collections.abc import Iterator
from typing import Final

from desk.civil import moment_in_words
from desk.quality_reading import (
    Reading,
    Shows,
    by_whom,
    counted,
    day,
    each_counted,
    has,
    having,
    length,
    numbers,
    on,
    outcome,
    sentence,
    stood,
    times,
    together,
    when,
)
from domain.agency import SendFirstSummary
from domain.case_commands import Challenge
from domain.decision_commands import Decide, Recommend, RecordLearning
from domain.participation import FamilyStep, PlanFamilyMember, RecordFamilyContact, RecordNoFamily
from domain.rapid_review_commands import DecideLocalReview, RecordRapidReview
from domain.safety_commands import DecideForChild
from domain.terms import DecideOnTerms, DraftTerms
from records.views import RecordedFact

_VERDICTS: Final = {
    "always": "a serious case review is always held",
    "consider": "it is to be considered whether to hold a review",
    "undetermined": "not enough is known to say",
    "not_met": "no limb is met",
}


def referral(reading: Reading) -> Iterator[Shows]:
    """Marker 1: when the incident was notified and whether in time, the limbs of the criteria, urgent risks."""
    for clock in reading.clocks("incident-notification"):
        aware = moment_in_words(clock.entry.deadline.started_at)
        yield Shows(text=f"The authority became aware of the incident at {aware}.")
    yield from reading.how_clocks_ran("incident-notification")
    events = reading.facts("incident-notified", "incident-updated")
    if events:
        yield Shows(text=f"The incident was reported {times(len(events))}.", facts=numbers(*events))
    yield from _criteria(reading)
    yield from _children(reading)


def _criteria(reading: Reading) -> Iterator[Shows]:
    put = reading.facts("put-to-the-criteria")
    if not put:
        return
    last = put[-1]
    met = last.fact.detail.get("met")
    limbs = ", ".join(str(limb).replace("_", " ") for limb in met) if isinstance(met, list) else ""
    verdict = _VERDICTS.get(str(last.fact.detail.get("verdict")), "not said")
    yield Shows(
        text=f"Put to the criteria {times(len(put))}, last on {on(last)}: {verdict}; limbs met: {limbs or 'none'}.",
        facts=numbers(*put),
    )
    answers = last.fact.detail.get("limbs")
    unknown = [limb for limb, holds in answers.items() if holds is None] if isinstance(answers, dict) else []
    if unknown:
        words = ", ".join(limb.replace("_", " ") for limb in unknown)
        yield Shows(text=f"Limbs of which it was not known then whether they are met: {words}.", facts=numbers(last))


def _children(reading: Reading) -> Iterator[Shows]:
    children = reading.last_of_each("child-identified")
    if not children:
        return
    decided = {key: each for key, each in reading.last_of_each(DecideForChild.FACT).items() if key in children}
    told = f"{counted(len(children), 'child', 'children')} who may be at risk identified"
    safe = f"for {len(decided)} of them a decision on their safety is recorded"
    yield Shows(text=sentence(f"{told}; {safe}"), facts=numbers(*children.values(), *decided.values()))
    if clocks := reading.clocks("safety-decision"):
        yield Shows(text=f"Clocks of the decisions on their safety: {together(clocks)}.")


def decision_making(reading: Reading) -> Iterator[Shows]:
    """Marker 2: each decision with its clock, what overtook or challenged it, the agencies' first summaries."""
    for clock in reading.clocks("review-decision"):
        number = clock.stage.rpartition("/")[2]
        yield Shows(text=f"Clock of decision {number}: {stood(clock)}.")
    for each in reading.facts(Recommend.FACT, RecordRapidReview.FACT, lane="decision"):
        reasons = counted(length(each, "reasons"), "limb")
        text = f"Recommended on {on(each)}{by_whom(each)}: {_outcome(each)}; with reasons for {reasons} of the criteria"
        yield Shows(text=f"{text}.", facts=numbers(each))
    for each in reading.facts(Decide.FACT, DecideLocalReview.FACT, lane="decision"):
        yield Shows(
            text=f"Decided on {on(each)}{by_whom(each)}: {_outcome(each)}{_grounds(each)}.", facts=numbers(each)
        )
    for kind, words in (
        ("recommendation-overtaken", "Recommendations overtaken by new facts before a decision"),
        (Challenge.FACT, "Challenges by the national panel, after which it was decided again"),
        (RecordLearning.FACT, "Records of what is learned without a serious case review"),
    ):
        if found := reading.facts(kind):
            yield Shows(text=f"{words}: {len(found)}.", facts=numbers(*found))
    yield from _summaries(reading)


def _outcome(each: RecordedFact) -> str:
    return {"none": "no review"}.get(str(each.fact.detail.get("outcome")), outcome(each))


def _grounds(each: RecordedFact) -> str:
    grounds = "; the reasons are recorded" if has(each, "rationale") else "; NO REASONS ARE RECORDED"
    dissents = length(each, "dissent")
    return grounds + (f", with {counted(dissents, 'dissent')}" if dissents else "")


def _summaries(reading: Reading) -> Iterator[Shows]:
    """The first summaries: in, nil, late, absent."""
    asked = reading.last_of_each("agency-asked", lane="decision")
    if not asked:
        return
    received = reading.last_of_each(SendFirstSummary.FACT)
    nil = having(received.values(), True, "nil_return")
    absent = {item: each for item, each in reading.last_of_each("first-summary-absent").items() if item not in received}
    late = [clock for clock in reading.clocks("agency-first-summary") if clock.ran_out]
    words = (
        f"{counted(len(asked), 'agency', 'agencies')} asked for a first summary: {len(received)} received "
        f"({len(nil)} of them nil returns), {len(late)} late, {len(absent)} not there when it was decided"
    )
    yield Shows(text=sentence(words), facts=numbers(*received.values(), *absent.values()))


def advising_board_members(reading: Reading) -> Iterator[Shows]:
    """Marker 3: when the members of the board were told of the decision, and where the reasons stand."""
    yield from reading.how_clocks_ran("board-members-told")
    notices = [
        each
        for each in reading.facts("notice-given", lane="decision")
        if str(each.fact.detail.get("letter")).startswith("notice/board-members/")
    ]
    for each in notices:
        yield Shows(text=f"The members of the board were told on {day(when(each, 'at'))}.", facts=numbers(each))
    decided = reading.facts(Decide.FACT, DecideLocalReview.FACT, lane="decision")
    if decided and not notices:
        yield Shows(text="It is not recorded that the members of the board were told.")
    for each in decided:
        yield Shows(text=f"Decision of {on(each)}{_grounds(each)}.", facts=numbers(each))


def informing_the_family(reading: Reading) -> Iterator[Shows]:
    """Marker 4: who of the family was told of the review, when, or that it is recorded why not."""
    yield from family_planned(reading)
    planned = reading.last_of_each(PlanFamilyMember.FACT)
    helped = [each for each in planned.values() if has(each, "interpreter_or_help")]
    if planned:
        yield Shows(
            text=f"Members for whom an interpreter or other help is planned: {len(helped)}.", facts=numbers(*helped)
        )
    steps = (FamilyStep.INFORMED, FamilyStep.DECLINED, FamilyStep.COULD_NOT_BE_TOLD)
    yield from family_steps(reading, steps, "not told of the review yet")
    for clock in reading.clocks("family-informed"):
        yield Shows(text=f"Clock of {clock.entry.item}: {stood(clock)}.")


def family_planned(reading: Reading) -> Iterator[Shows]:
    """Who of the family is planned for, or that it is recorded why nobody is."""
    planned = reading.last_of_each(PlanFamilyMember.FACT)
    for each in reading.facts(RecordNoFamily.FACT):
        yield Shows(text=f"Recorded on {on(each)}: why nobody of the family takes part.", facts=numbers(each))
    if planned:
        text = sentence(f"{counted(len(planned), 'member')} of the family planned for")
        yield Shows(text=text, facts=numbers(*planned.values()))
    elif reading.begun("panel") and not reading.facts(RecordNoFamily.FACT):
        yield Shows(text="It is recorded neither who of the family is told and takes part, nor why nobody is.")


def family_steps(reading: Reading, steps: tuple[FamilyStep, ...], otherwise: str) -> Iterator[Shows]:
    """For each member the contacts of these kinds with their days, in the order in which they were recorded."""
    contacts = [
        each for each in reading.facts(RecordFamilyContact.FACT) if each.fact.detail.get("step") in set(map(str, steps))
    ]
    for key, plan in reading.last_of_each(PlanFamilyMember.FACT).items():
        own = [each for each in contacts if each.fact.item == key]
        done = ", ".join(f"{outcome(each, 'step')} on {day(when(each, 'happened_at'))}" for each in own)
        reason = "it is recorded why they are not asked to take part" if has(plan, "why_not") else ""
        words = "; ".join(filter(None, (done, reason))) or otherwise
        yield Shows(text=f"{key}: {words}.", facts=numbers(plan, *own))


def clarity_of_purpose(reading: Reading) -> Iterator[Shows]:
    """Marker 5: when the terms of reference, which state the purpose, were approved; separate ways for conduct."""
    yield from reading.how_clocks_ran("terms-of-reference")
    approved = having(reading.facts(DecideOnTerms.FACT), "approved")
    for each in approved[:1]:
        text = f"The terms of reference, with the purpose of the review, were approved on {on(each)}{by_whom(each)}."
        yield Shows(text=text, facts=numbers(each))
    drafts = reading.facts(DraftTerms.FACT)
    if drafts and not approved:
        yield Shows(text="Terms of reference are drafted and not approved yet.", facts=numbers(*drafts))
    conduct = [
        each
        for each in reading.last_of_each("parallel-process-recorded").values()
        if each.fact.detail.get("kind") in ("disciplinary", "regulator")
    ]
    if conduct:
        kinds = each_counted(outcome(each, "kind") for each in conduct)
        text = f"Processes beside the review that concern the conduct of people or the running of services: {kinds}."
        yield Shows(text=text, facts=numbers(*conduct))
