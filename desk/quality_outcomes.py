"""What the record shows for quality markers 14 to 18: report, improvement, response, publication, implementation."""

from collections.abc import Iterator

from desk.action_reading import ReadAction
from desk.change_reading import ReadChange, ReadDate
from desk.civil import in_civil_time
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
    together,
    when,
)
from domain.findings import EnterFinding
from domain.publication_commands import (
    AbortPublication,
    AnswerFinding,
    CheckKind,
    ConfirmPublished,
    DecideAvailability,
    DecidePublication,
    FindingAnswer,
    ProposeNoPublication,
    RecordCheck,
    RecordNationalPanelAnswer,
    RecordReportSent,
    ReplaceReport,
    SetPublicationDate,
)
from domain.report_commands import DecideOnReport, SubmitDraft
from records.views import RecordedFact


def the_report(reading: Reading) -> Iterator[Shows]:
    """Marker 14: the drafts, the marking of their texts, later versions, who looked for what identifies."""
    for number, each in enumerate(reading.facts(SubmitDraft.FACT), start=1):
        kept = counted(length(each, "stays"), "marked passage")
        text = f"Draft {number} ({each.fact.detail.get('document')}) on {on(each)}: its text was checked, {kept} kept"
        yield Shows(text=f"{text} for a recorded reason.", facts=numbers(each))
    findings = reading.last_of_each(EnterFinding.FACT)
    if findings:
        kept = counted(sum(length(each, "stays") for each in findings.values()), "marked passage")
        text = f"The texts of the findings were checked, {kept} kept for a recorded reason."
        yield Shows(text=text, facts=numbers(*findings.values()))
    if accepted := _accepted(reading):
        yield Shows(text=f"The board accepted the report on {on(accepted)}.", facts=numbers(accepted))
    for each in reading.facts(ReplaceReport.FACT):
        text = f"Replaced by {each.fact.detail.get('report')} on {on(each)}; the reason is recorded."
        yield Shows(text=text, facts=numbers(each))
    yield from _checks(reading, CheckKind.IDENTIFICATION, CheckKind.LEGAL)


def _accepted(reading: Reading) -> RecordedFact | None:
    """The board's acceptance of the report."""
    return next(reversed(having(reading.facts(DecideOnReport.FACT), "accepted")), None)


def _checks(reading: Reading, *kinds: CheckKind) -> Iterator[Shows]:
    """Each check before publication, as often as it was made; a check of which nothing is recorded is said to lack."""
    if not reading.begun("publication"):
        return
    for kind in kinds:
        made = [each for each in reading.facts(RecordCheck.FACT) if each.fact.item == kind.value]
        results = ", then ".join(f"{outcome(each)} on {on(each)}" for each in made)
        yield Shows(text=sentence(f"{kind.words}: {results or 'not recorded'}"), facts=numbers(*made))


def improvement_action(reading: Reading) -> Iterator[Shows]:
    """Marker 15: what followed from the findings that the board accepted: actions, or reasons why none."""
    plan = reading.known.plan
    wanting = [finding.id for finding in reading.known.findings if finding.wants_action]
    if wanting:
        acted = [finding for finding in wanting if plan.answering(finding)]
        bare = [finding for finding in wanting if plan.uncovered(finding)]
        reasons = len(wanting) - len(acted) - len(bare)
        text = (
            f"{counted(len(wanting), 'finding')} accepted, in whole or partly: {len(acted)} with actions, {reasons} "
            f"with a reason recorded why none, {len(bare)} with neither"
        )
        yield Shows(text=sentence(text + (f" ({', '.join(bare)})" if bare else "")))
    if plan.actions:
        owners = {each.action.agency for each in plan.actions}
        early = sum(not each.action.findings for each in plan.actions)
        facts = tuple(sorted(each.planned_in for each in plan.actions))
        text = (
            f"{counted(len(plan.actions), 'action')} of {counted(len(owners), 'agency', 'agencies')}, "
            f"{early} of them early, before there were findings"
        )
        yield Shows(text=sentence(text), facts=facts)
    national = _addressed(reading, "national")
    if national:
        text = f"Findings addressed beyond the board, to the nation: {', '.join(national)}."
        yield Shows(text=text, facts=numbers(*national.values()))
    for number, at in enumerate(plan.signed_off, start=1):
        yield Shows(text=f"Version {number} of the action plan was signed off on {day(at)}.")
    yield from reading.how_clocks_ran("action-plan")


def _addressed(reading: Reading, to: str) -> dict[str, RecordedFact]:
    standing = {finding.id for finding in reading.known.findings if finding.stands}
    entered = reading.last_of_each(EnterFinding.FACT)
    return {id: each for id, each in entered.items() if id in standing and each.fact.detail.get("addressed_to") == to}


def written_response(reading: Reading) -> Iterator[Shows]:
    """Marker 16: the board's answer to each finding, how long it took, and the document that was published."""
    answers = reading.last_of_each(AnswerFinding.FACT)
    if answers:
        kinds = each_counted(outcome(each) for each in answers.values())
        yield Shows(text=f"Answers of the board to findings: {kinds}.", facts=numbers(*answers.values()))
        reasons = [each for each in answers.values() if has(each, "reason")]
        owed = [each for each in answers.values() if each.fact.detail.get("outcome") != FindingAnswer.NOTED.value]
        yield Shows(text=f"With reasons recorded: {len(reasons)} of {len(owed)} that need one.")
    waiting = [finding.id for finding in reading.known.findings if finding.stands and finding.answer is None]
    accepted = _accepted(reading)
    if accepted is not None and waiting:
        yield Shows(text=f"Findings without an answer of the board: {', '.join(waiting)}.")
    if accepted is not None and answers:
        last = max(answers.values(), key=lambda each: each.fact.at)
        text = f"Last answered {_days_after(accepted, last)} after the report was accepted."
        yield Shows(text=text, facts=numbers(accepted, last))
    yield from reading.how_clocks_ran("board-response")
    for each in reading.facts(ConfirmPublished.FACT):
        which = f"as {each.fact.detail['response']}" if has(each, "response") else "without a document of its own"
        after = f", {_days_after(accepted, each, 'published_at')} after the report was accepted" if accepted else ""
        yield Shows(text=f"The response was published {which}{after}.", facts=numbers(each))


def _days_after(first: RecordedFact, second: RecordedFact, field: str = "") -> str:
    ended = when(second, field) if field else second.fact.at
    return counted((in_civil_time(ended).date() - in_civil_time(first.fact.at).date()).days, "day")


def publication(reading: Reading) -> Iterator[Shows]:
    """Marker 17: what was decided, the checks, the dates and their moving, who outside had the report first."""
    for each in reading.facts(ProposeNoPublication.FACT):
        text = f"Put to the national panel on {on(each)} not to publish; the reasons are recorded."
        yield Shows(text=text, facts=numbers(each))
    for each in reading.facts(RecordNationalPanelAnswer.FACT):
        answered = f"{outcome(each)}, {day(when(each, 'answered_at'))}"
        yield Shows(text=f"Answer of the national panel: {answered}.", facts=numbers(each))
    for each in reading.facts(DecidePublication.FACT):
        text = f"Decided on {on(each)}{by_whom(each)}: {_publishing(each)}; the reason is recorded."
        yield Shows(text=text, facts=numbers(each))
    yield from _checks(reading, *CheckKind)
    yield from _dates(reading)
    for each in reading.facts(RecordReportSent.FACT):
        body = (each.fact.item or "").replace("-", " ")
        text = f"Report handed over to the {body} on {day(when(each, 'sent_at'))}."
        yield Shows(text=text, facts=numbers(each))
    yield from reading.how_clocks_ran("publication-decision", "advance-notice", "publication-day")
    for each in reading.facts(ConfirmPublished.FACT):
        yield Shows(text=f"Published on {day(when(each, 'published_at'))}.", facts=numbers(each))
    for each in reading.facts(DecideAvailability.FACT):
        yield Shows(text=f"Decided on {on(each)} on its availability: {outcome(each)}.", facts=numbers(each))


def _publishing(each: RecordedFact) -> str:
    return {"whole": "to publish in whole", "in-part": "to publish in part"}.get(
        str(each.fact.detail.get("outcome")), "not to publish"
    )


def _dates(reading: Reading) -> Iterator[Shows]:
    """Dates that were set, moved and called off, in their order."""
    standing = False
    for each in reading.facts(SetPublicationDate.FACT, AbortPublication.FACT):
        if each.fact.kind == AbortPublication.FACT:
            standing = False
            yield Shows(text=f"Called off on {on(each)}; the reason is recorded.", facts=numbers(each))
            continue
        coming = day(when(each, "publish_at"))
        reason = "the reason is recorded" if has(each, "reason") else "no reason is recorded"
        moved = f"Date of publication moved on {on(each)} to {coming}; {reason}."
        text = moved if standing else f"Date of publication set on {on(each)}: {coming}."
        standing = True
        yield Shows(text=text, facts=numbers(each))


def implementation(reading: Reading) -> Iterator[Shows]:
    """Marker 18: what became of the actions, what was observed, what it shows, what was closed as what."""
    yield from _actions(reading.known.plan.actions)
    for review in reading.known.plan.reviews:
        yield Shows(text=f"The action plan was reviewed on {day(review.held_at)}.", facts=(review.fact,))
    if clocks := reading.clocks("plan-review"):
        yield Shows(text=f"Clocks of the reviews of the plan: {together(clocks)}.")
    changes = [change for change in reading.known.changes if change.dropped_at is None]
    if changes:
        facts = tuple(sorted(change.fact for change in changes))
        kinds = each_counted(change.kind.value.replace("-", " ") for change in changes)
        yield Shows(text=f"Expected changes and how they are seen: {kinds}.", facts=facts)
        yield from _observations(reading, changes)
    for change in changes:
        for closed in change.closings:
            text = f"{change.id} was closed on {day(closed.at)}: {closed.words}."
            yield Shows(text=text, facts=(closed.fact,))
        if change.closed is None and change.closings:
            yield Shows(text=f"{change.id} is watched again.")


def _actions(actions: tuple[ReadAction, ...]) -> Iterator[Shows]:
    if not actions:
        return
    status = each_counted(each.status.words for each in actions)
    yield Shows(text=f"Actions: {status}.", facts=tuple(sorted(each.last_move.fact for each in actions)))
    told = {
        "sent back after evidence was submitted": sum(each.action.sent_back for each in actions),
        "given more time": sum(each.action.extensions for each in actions),
        "opened again": sum(each.action.reopened for each in actions),
    }
    words = ", ".join(f"{what} {number}" for what, number in told.items() if number)
    if words:
        yield Shows(text=f"How often actions were changed on their way: {words}.")
    replanned = [each.action.id for each in actions if each.action.replan_since is not None]
    if replanned:
        yield Shows(text=f"Judged to be the wrong answer and still to be planned anew: {', '.join(replanned)}.")


def _observations(reading: Reading, changes: list[ReadChange]) -> Iterator[Shows]:
    today = in_civil_time(reading.known.until).date()
    dates = [each for change in changes for each in change.dates]
    due = [each for each in dates if each.on < today or each.observed is not None or each.absent_in is not None]
    made = [each for each in due if each.observed is not None]
    late = sum(each.late_by(today) > 0 for each in made)
    absent = [each for each in due if each.observed is None and each.absent_in is not None]
    missing = sum(each.observed is None and each.absent_in is None for each in due)
    text = (
        f"{counted(len(due), 'observation')} due: {len(made)} made ({late} of them late), {len(absent)} absent with a "
        f"reason recorded, {missing} missing; {len(dates) - len(due)} to come"
    )
    yield Shows(text=sentence(text), facts=_told_in(due))
    judged = [each.judged for each in dates if each.judged is not None]
    if judged:
        wrong = sum(each.answer_was_wrong for each in judged)
        words = each_counted(each.judgement.value.replace("-", " ") for each in judged)
        text = f"Judgements of what was observed: {words}; the answer was wrong after all {wrong}"
        yield Shows(text=sentence(text), facts=tuple(sorted(each.fact for each in judged)))


def _told_in(dates: list[ReadDate]) -> tuple[int, ...]:
    observed = [each.observed.fact for each in dates if each.observed is not None]
    absent = [each.absent_in for each in dates if each.observed is None and each.absent_in is not None]
    return tuple(sorted((*observed, *absent)))
