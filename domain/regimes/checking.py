"""What a regime must have beyond its shape, so that no case runs into a rule that is missing."""

from collections.abc import Collection, Iterator

from domain.clocks.rule import ClockRule, Direction, Unit
from domain.criteria import KNOWN_FACTS
from domain.decision_commands import ReviewOutcome
from domain.look_back import LOOK_BACK
from domain.people import BODIES
from domain.regimes.overlay import Overlay
from domain.regimes.regime import Regime

OF_THE_REVIEW = ("incident-notification", "review-decision", "serious-case-review", "advance-notice", "availability")
"""Clocks that the stages run under every regime and that each regime has to say itself."""
OF_RAPID_REVIEWS = ("partners-told", "rapid-review", "partner-agreement", "disagreement", "panel-reply")
"""Clocks that notification and rapid review run besides."""
OF_THE_PROCEDURE = (
    *("safety-acknowledgement", "safety-decision", "strategy-discussion", "child-protection-conference"),
    *("designated-officer", "authority-acceptance", "agency-records-secured", "agency-first-summary"),
    *("board-members-told", "closing-learning", "panel-convened", "terms-of-reference", "milestone", "delay-notice"),
    *("agency-author", "agency-report", "agency-report-rework", "panel-answer", "fact-check", "panel-sign-off"),
    *("board-acceptance", "impasse", "look-again", "parallel-next-date", "stopped-clock", "family-informed"),
    *("board-response", "publication-decision", "publication-day", "no-publication-notice"),
    *("action-plan", "action", "action-milestone", "action-verification", "plan-review", "action-tolerance"),
    *("action-replan", "observation", "observation-by-board", "change-judgement", "change-closing", "another-look"),
    *("case-closing", "retention-review", "destruction-agreement", "undelivered-letter", "mail-server"),
)
"""Clocks that the stages run as well; the boards' common procedure has a rule for each."""
CALENDARS = ("england-wales", "scotland", "northern-ireland")
"""Calendars of working days that there are."""
_BACKWARDS = ("advance-notice",)
_TO_A_SET_DAY = (
    *("milestone", "look-again", "parallel-next-date", "stopped-clock", "publication-day", "action"),
    *("action-milestone", "observation", "observation-by-board", "retention-review"),
)


def needed_clocks(process: str) -> tuple[str, ...]:
    """Ids of the clocks that the stages of that process run."""
    return (*OF_THE_REVIEW, *(OF_RAPID_REVIEWS if process == "rapid-review" else ()), *OF_THE_PROCEDURE)


def further_faults(regime: Regime, letters: Collection[str]) -> Iterator[str]:
    """What is wrong with a regime of the right shape, each by its path. ``letters`` are the ids of those written."""
    yield from _calendar(regime)
    yield from _criteria(regime)
    yield from _clocks(regime)
    yield from (fault for rule in regime.clock for fault in _letters(rule, letters))
    yield from _notices(regime, letters)


def awaiting_confirmation(regime: Regime) -> tuple[str, ...]:
    """What the board has to confirm, each by its path: rules whose primary text was not read word for word."""
    criteria = (f"criterion[{limb.id}]" for limb in regime.criterion if limb.source.confirm)
    clocks = (f"clock[{rule.id}]" for rule in regime.clock if rule.source.confirm)
    suspensions = (
        f"clock[{rule.id}].suspended[#{number}]"
        for rule in regime.clock
        for number, suspension in enumerate(rule.suspended, start=1)
        if suspension.source.confirm
    )
    whole = ("the regime itself",) if regime.source.confirm else ()
    return (*whole, *criteria, *clocks, *suspensions)


def overlay_letters(overlay: Overlay, letters: Collection[str]) -> Iterator[str]:
    """Letters that an overlay's own clocks name and nobody has written, each by its path."""
    yield from (fault for rule in overlay.clock for fault in _letters(rule, letters))


def _calendar(regime: Regime) -> Iterator[str]:
    if regime.calendar not in CALENDARS:
        yield f"calendar: must be one of {', '.join(CALENDARS)}"


def _criteria(regime: Regime) -> Iterator[str]:
    ids = [limb.id for limb in regime.criterion]
    yield from (f"criterion[{limb}]: is there twice" for limb in sorted({i for i in ids if ids.count(i) > 1}))
    for limb in regime.criterion:
        at = f"criterion[{limb.id}]"
        if not limb.needs:
            yield f"{at}.needs: names no fact, so that the criterion would always be met"
        for need in limb.needs:
            if need not in KNOWN_FACTS:
                yield f"{at}.needs: there is no fact {need}; there are: {', '.join(sorted(KNOWN_FACTS))}"
        if bool(limb.look_back_months) is not any(need in LOOK_BACK for need in limb.needs):
            yield f"{at}.look_back_months: goes with {' or '.join(LOOK_BACK)} among its needs, and only with them"
    if len({limb.look_back_months for limb in regime.criterion if limb.look_back_months}) > 1:
        yield "criterion: all criteria that look back do so for the same number of months"


def _clocks(regime: Regime) -> Iterator[str]:
    rules = {rule.id: rule for rule in regime.clock}
    for clock in needed_clocks(regime.process):
        rule = rules.get(clock)
        if rule is None:
            yield f"clock[{clock}]: is missing; the service runs it"
            continue
        if (clock in _BACKWARDS) is not (rule.direction is Direction.BEFORE):
            yield f"clock[{clock}].direction: must be {'before' if clock in _BACKWARDS else 'after'}"
        if (clock in _TO_A_SET_DAY) is not (rule.unit is Unit.SET_DATE):
            runs = "runs to a day that is set (set date)" if clock in _TO_A_SET_DAY else "counts an amount"
            yield f"clock[{clock}].unit: this clock {runs}"
    if "availability" in rules and rules["availability"].unit is not Unit.MONTHS:
        yield "clock[availability].unit: a report's availability is counted in months"


def _letters(rule: ClockRule, letters: Collection[str]) -> Iterator[str]:
    for number, rung in enumerate(rule.ladder, start=1):
        if rung.letter not in letters:
            yield f"clock[{rule.id}].ladder[#{number}].letter: there is no letter {rung.letter}"


def _notices(regime: Regime, letters: Collection[str]) -> Iterator[str]:
    outcomes = [outcome.value for outcome in ReviewOutcome]
    for notice in regime.notice:
        at = f"notice[{notice.id}]"
        for outcome in notice.after:
            if outcome not in outcomes:
                yield f"{at}.after: there is no outcome {outcome}; there are: {', '.join(outcomes)}"
        for role in notice.to:
            if role in BODIES and role not in regime.bodies:
                yield f"{at}.to: {role.value} is none of the regime's bodies"
        if notice.letter not in letters:
            yield f"{at}.letter: there is no letter {notice.letter}"
