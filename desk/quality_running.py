"""What the record shows for quality markers 6 to 13: the review itself, from commissioning to analysis."""

from collections.abc import Iterable, Iterator
from typing import Final

from desk.clocks_as_of import ClockAsOf
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
    set_day,
    stood,
    times,
    together,
    when,
)
from desk.quality_setting_up import family_planned, family_steps
from domain.agency_report_commands import (
    AnswerAgencyReport,
    ExtendAgencyReport,
    GoOnWithoutReport,
    NominateAuthor,
    SendAgencyReport,
)
from domain.appointments import APPOINTED, APPOINTMENT_ENDED
from domain.findings import EnterFinding, WithdrawFinding
from domain.parallel_commands import DecideEffect, Effect, ParallelKind, RecordParallelProcess
from domain.participation import FamilyStep, PlanFamilyMember, RecordPractitioners
from domain.people import Role
from domain.report_commands import (
    AnswerCorrection,
    CheckFacts,
    DecideOnReport,
    DeclareImpasse,
    GoOnWithoutFactCheck,
    SettleImpasse,
    SignOff,
    SubmitDraft,
)
from domain.terms import DecideOnTerms, DraftTerms
from domain.timetable import OF_THE_REVIEW, REVIEW, ExplainDelay, ExtendReview
from records.views import RecordedFact

REWORK: Final = "agency-report-rework"
_CHRONOLOGY: Final = "chronology-received"


def commissioning(reading: Reading) -> Iterator[Shows]:
    """Marker 6: who was appointed, and how the terms of reference came about."""
    yield from reading.how_clocks_ran("panel-convened")
    for role in (Role.PANEL_CHAIR, Role.LEAD_REVIEWER, Role.PANEL_MEMBER):
        if found := having(reading.facts(APPOINTED), role.value, "role"):
            first = f", the first on {on(found[0])}" if len(found) > 1 else f" on {on(found[0])}"
            words = f"{counted(len(found), 'appointment')} as {role.words}{first}"
            yield Shows(text=sentence(words), facts=numbers(*found))
    drafts = reading.facts(DraftTerms.FACT)
    for number, each in enumerate(drafts, start=1):
        asks = f"{counted(length(each, 'questions'), 'question')}, {_agencies(length(each, 'agencies'))} under review"
        text = f"Version {number} of the terms of reference was drafted on {on(each)}{by_whom(each)}: {asks}."
        yield Shows(text=text, facts=numbers(each))
    for each in reading.facts(DecideOnTerms.FACT):
        yield Shows(text=f"Terms of reference {outcome(each)} on {on(each)}{by_whom(each)}.", facts=numbers(each))


def governance(reading: Reading) -> Iterator[Shows]:
    """Marker 7: how facts were checked, the panel's views, impasse, the board's decision."""
    appointed = reading.facts(APPOINTED)
    if appointed:
        text = f"{counted(len(appointed), 'appointment')}, each with a declaration of interests"
        yield Shows(text=sentence(text), facts=numbers(*appointed))
    if terms := having(reading.facts(DecideOnTerms.FACT), "approved"):
        text = "The terms of reference that are approved say how disagreement and impasse are settled."
        yield Shows(text=text, facts=numbers(terms[-1]))
    yield from _fact_checks(reading)
    yield from _views(reading)
    for each in reading.facts(DeclareImpasse.FACT):
        yield Shows(text=f"Impasse of the panel declared on {on(each)}{by_whom(each)}.", facts=numbers(each))
    for each in reading.facts(SettleImpasse.FACT):
        text = f"Impasse settled on {on(each)}{by_whom(each)}: {outcome(each)}."
        yield Shows(text=text, facts=numbers(each))
    for each in reading.facts(DecideOnReport.FACT):
        text = f"Report {outcome(each)} for the board on {on(each)}{by_whom(each)}."
        yield Shows(text=text, facts=numbers(each))
    yield from reading.how_clocks_ran("panel-sign-off", "impasse", "board-acceptance")


def _fact_checks(reading: Reading) -> Iterator[Shows]:
    """How agencies could challenge the facts before the report was final."""
    checked = reading.facts(CheckFacts.FACT)
    if checked:
        corrections = sum(length(each, "corrections") for each in checked)
        answers = reading.facts(AnswerCorrection.FACT)
        accepted = having(answers, True, "accepted")
        text = (
            f"{counted(len(checked), 'check')} of facts by agencies, with {counted(corrections, 'correction')}: "
            f"{len(accepted)} accepted, {len(answers) - len(accepted)} not, each with the reason recorded"
        )
        yield Shows(text=sentence(text), facts=numbers(*checked, *answers))
    if without := reading.facts(GoOnWithoutFactCheck.FACT):
        text = f"Gone on without the check of facts of {_agencies(len(without))}; the reasons are recorded."
        yield Shows(text=text, facts=numbers(*without))


def _views(reading: Reading) -> Iterator[Shows]:
    """The last view of each member of the panel on the last draft that has any."""
    last: dict[tuple[str, str], RecordedFact] = {}
    for each in reading.facts(SubmitDraft.FACT, SignOff.FACT):
        if each.fact.kind == SubmitDraft.FACT:
            last = {}
        elif each.fact.by is not None:
            last[each.fact.by.role.value, each.fact.by.person] = each
    if last:
        agree = having(last.values(), True, "agrees")
        dissents = [each for each in last.values() if has(each, "dissent")]
        text = f"Views of the panel on the last draft: {len(agree)} agree, {counted(len(dissents), 'dissent')} recorded"
        yield Shows(text=f"{text}.", facts=numbers(*last.values()))


def management(reading: Reading) -> Iterator[Shows]:
    """Marker 8: whether the review kept its time, what moved it, and whether the reasons are recorded."""
    yield from reading.how_clocks_ran(REVIEW)
    for each in reading.facts(ExtendReview.FACT):
        given = f"More time for the review given on {on(each)}{by_whom(each)}, until {set_day(each, 'until')}"
        text = f"{given}; the reason is recorded."
        yield Shows(text=text, facts=numbers(each))
    milestones = sorted(reading.clocks("milestone"), key=lambda clock: clock.entry.deadline.due_at)
    for number, clock in enumerate(milestones, start=1):
        yield Shows(text=f"Milestone {number} of {len(milestones)}: {stood(clock)}.")
    yield from _delays(reading)
    for clock in reading.clocks(REVIEW):
        for stop in clock.entry.stops:
            if stop.since <= reading.known.until:
                over = stop.until is not None and stop.until <= reading.known.until
                until = f"until {day(stop.until)}" if over and stop.until else "and stands still"
                yield Shows(text=f"The clock of the review was stopped on {day(stop.since)}, {until}.")
    if clocks := reading.clocks(lane="panel"):
        yield Shows(text=f"All clocks of the review: {together(clocks)}.")
    if ended := reading.facts(APPOINTMENT_ENDED):
        text = f"Appointments that ended while the review went on: {len(ended)}; the reasons are recorded."
        yield Shows(text=text, facts=numbers(*ended))


def _delays(reading: Reading) -> Iterator[Shows]:
    """Delays of the review and its milestones: explained, or not."""
    explained = reading.last_of_each(ExplainDelay.FACT)
    for clock in reading.clocks(*OF_THE_REVIEW):
        known = explained.get(clock.id)
        what = "the review" if clock.entry.rule.id == REVIEW else f"the milestone of {day(clock.entry.deadline.due_on)}"
        if known is not None:
            text = f"Why {what} is late, and what is done meanwhile, is recorded on {on(known)}."
            yield Shows(text=text, facts=numbers(known))
        elif clock.ran_out:
            yield Shows(text=f"It is not recorded why {what} is late.")


def parallel_processes(reading: Reading) -> Iterator[Shows]:
    """Marker 9: the processes beside the review, and what the chair decided that they mean for it."""
    decided = reading.facts(DecideEffect.FACT)
    processes = reading.last_of_each(RecordParallelProcess.FACT)
    if not processes and reading.begun("panel"):
        yield Shows(text="No process beside the review is recorded.")
    for key, each in processes.items():
        stands = "has ended" if each.fact.detail.get("ended") else "goes on"
        coming = f", its next date is {set_day(each, 'next_on')}" if has(each, "next_on") else ""
        kind = ParallelKind(str(each.fact.detail["kind"])).words
        effects = [effect for effect in decided if effect.fact.item == key]
        means = ", then ".join(map(_effect, effects))
        words = f"decided that it {means}" if means else "its effect is not decided"
        yield Shows(text=sentence(f"{kind}: {stands}{coming}; {words}"), facts=numbers(each, *effects))
    for rule, words in (("look-again", "Days to look again at an effect"), ("parallel-next-date", "Next dates")):
        if clocks := reading.clocks(rule):
            yield Shows(text=f"{words}: {together(clocks)}.")


def _effect(decided: RecordedFact) -> str:
    words = f"{Effect(str(decided.fact.detail['effect'])).words} ({on(decided)}"
    again = f", to be looked at again by {set_day(decided, 'look_again_on')}" if has(decided, "look_again_on") else ""
    return f"{words}{again})"


def assembling_information(reading: Reading) -> Iterator[Shows]:
    """Marker 10: what was asked of the agencies and what came: reports, nil returns, chronologies."""
    asked = reading.last_of_each("agency-asked", lane="panel")
    received = reading.last_of_each(SendAgencyReport.FACT)
    without = reading.last_of_each(GoOnWithoutReport.FACT)
    answers = reading.facts(AnswerAgencyReport.FACT)
    if asked:
        nil, returned = having(received.values(), True, "nil_return"), having(answers, "returned")
        text = (
            f"{_agencies(len(asked))} asked for a report and a chronology: "
            f"{counted(len(received) - len(nil), 'report')} and {counted(len(nil), 'nil return')} in, "
            f"returned by the panel {times(len(returned))}, gone on without {len(without)}"
        )
        yield Shows(text=sentence(text), facts=numbers(*received.values(), *without.values()))
    for agency in asked:
        yield _of_agency(reading, agency, reading.clocks("agency-report", REWORK))
    for agency, each in _newest_chronologies(reading).items():
        rows = f"{counted(int(str(each.fact.detail.get('rows') or 0)), 'row')}"
        unread = f", {each.fact.detail.get('rows_not_read') or 0} not read"
        yield Shows(text=f"Chronology of {agency}, received on {on(each)}: {rows}{unread}.", facts=numbers(each))


def _of_agency(reading: Reading, agency: str, clocks: Iterable[ClockAsOf]) -> Shows:
    def of(kind: str) -> list[RecordedFact]:
        return [each for each in reading.facts(kind) if each.fact.item == agency]

    received, answers, more = of(SendAgencyReport.FACT), of(AnswerAgencyReport.FACT), of(ExtendAgencyReport.FACT)
    words = ["author named" if of(NominateAuthor.FACT) else "no author named"]
    if received:
        what = "nil return" if received[-1].fact.detail.get("nil_return") else "report"
        words.append(f"{what} received on {on(received[-1])}")
    else:
        words.append("no report received")
    if returned := having(answers, "returned"):
        words.append(f"returned {times(len(returned))}")
    if having(answers, "accepted"):
        words.append("accepted")
    if more:
        words.append(f"given more time {times(len(more))}")
    if without := of(GoOnWithoutReport.FACT):
        words.append("gone on without it, with the reason recorded")
    own = [clock for clock in clocks if (clock.entry.agency or clock.entry.item) == agency]
    for clock in sorted(own, key=lambda clock: clock.entry.deadline.started_at):
        words.append(f"{'rework' if clock.entry.rule.id == REWORK else 'clock'} {stood(clock)}")
    return Shows(text=f"{agency}: {'; '.join(words)}.", facts=numbers(*received, *answers, *more, *without))


def _newest_chronologies(reading: Reading) -> dict[str, RecordedFact]:
    return {str(each.fact.detail.get("agency")): each for each in reading.facts(_CHRONOLOGY)}


def practitioners(reading: Reading) -> Iterator[Shows]:
    """Marker 11: the steps with the practitioners."""
    steps = reading.facts(RecordPractitioners.FACT)
    for each in sorted(steps, key=lambda each: when(each, "happened_at")):
        reason = ", with the reason" if has(each, "reason") else ""
        words = f"practitioners: {outcome(each, 'step')}, {day(when(each, 'happened_at'))}{reason}"
        yield Shows(text=sentence(words), facts=numbers(each))
    if not steps and reading.begun("panel"):
        yield Shows(text="No step with the practitioners is recorded.")


def family_involvement(reading: Reading) -> Iterator[Shows]:
    """Marker 12: how the family took part and gave its view, or that it is recorded why not."""
    yield from family_planned(reading)
    planned = reading.last_of_each(PlanFamilyMember.FACT)
    take_part = [each for each in planned.values() if has(each, "takes_part")]
    if planned:
        words = f"For {len(take_part)} it is planned how they take part, for {len(planned) - len(take_part)} why not."
        yield Shows(text=words, facts=numbers(*planned.values()))
    steps = tuple(step for step in FamilyStep if step is not FamilyStep.INFORMED)
    yield from family_steps(reading, steps, "has neither taken part nor declined yet")


def analysis(reading: Reading) -> Iterator[Shows]:
    """Marker 13: the findings and how much evidence each rests on."""
    last = reading.last_of_each(EnterFinding.FACT, WithdrawFinding.FACT)
    standing = {item: each for item, each in last.items() if each.fact.kind == EnterFinding.FACT}
    if not last:
        return
    kinds = each_counted(outcome(each, "kind") for each in standing.values())
    withdrawn = f"; withdrawn {len(last) - len(standing)}" if len(standing) < len(last) else ""
    yield Shows(text=f"Findings that stand: {kinds or 'none'}{withdrawn}.", facts=numbers(*standing.values()))
    if standing:
        parts = each_counted(outcome(each, "part_of_system") for each in standing.values())
        yield Shows(text=f"Parts of the system that they are about: {parts}.")
    for item, each in standing.items():
        rows = counted(length(each, "chronology_rows"), "row of chronologies", "rows of chronologies")
        said = counted(length(each, "conversations"), "conversation")
        priority = outcome(each, "priority")
        text = f"{item}: {outcome(each, 'kind')}, {priority} priority; rests on {rows} and {said}."
        yield Shows(text=text, facts=numbers(each))


def _agencies(number: int) -> str:
    return counted(number, "agency", "agencies")
