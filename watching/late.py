"""What a stage should have done by now and has not, by the domain's own rules. Pure."""

from collections.abc import Iterable
from datetime import datetime

from domain.clocks.book import ClockBook, DueRung
from domain.clocks.explain import in_words
from domain.record import ClockEntry
from records.ledger import OpenStage
from watching.faults import Fault, FaultKind, moment


def late_clocks(stage: OpenStage, clocks: Iterable[ClockEntry], by: datetime) -> list[Fault]:
    """A fault for each clock of the stage of which something that was due at that instant was not done."""
    book = ClockBook(entries=tuple(clocks))
    due: dict[str, list[DueRung]] = {}
    for rung in book.due_rungs(by):
        due.setdefault(rung.clock, []).append(rung)
    ran_out = {entry.id for entry in book.ran_out(by)}
    return [
        _fault(stage, entry, due.get(entry.id, []), ran_out=entry.id in ran_out)
        for entry in book.open
        if entry.id in due or entry.id in ran_out
    ]


def _fault(stage: OpenStage, entry: ClockEntry, rungs: list[DueRung], *, ran_out: bool) -> Fault:
    missed = [
        f"the letter to the {rung.rung.to.words} that was due at {moment(rung.at)} was not called for" for rung in rungs
    ]
    if ran_out:
        missed.append(f"it ran out ({in_words(entry.deadline)}), and that is not recorded")
    instants = [rung.at for rung in rungs] + ([entry.deadline.due_at] if ran_out else [])
    words = (
        f"{stage.stage}, clock {entry.id} ({entry.rule.title}): {'; '.join(missed)}. "
        f"The stage's last step, number {stage.sequence}, was recorded at {moment(stage.at)}. "
        "Its timer is missing, its workflow has failed or does not go on, or nothing carries it on."
    )
    return Fault(
        kind=FaultKind.LATE,
        where=f"{stage.stage} {entry.id}",
        board=stage.case.board,
        stage=stage.stage,
        since=min(instants),
        words=words,
    )
