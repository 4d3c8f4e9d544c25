"""The evidence pack of the quality markers as Markdown, and as lines for a terminal."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from desk.civil import moment_in_words
from desk.markdown import plain
from desk.quality import JudgedMarker, MarkerInPack, QualityPack
from desk.quality_reading import Shows
from domain.clocks.calendar import day_in_words

NOT_ANSWERED = "NOT ANSWERED"
NOTHING_SHOWN = "The record shows nothing of it yet."
NO_SCORES = "The markers help people to judge. Nothing here is a score."


class Line(NamedTuple):
    """A line for a terminal, and how it is to look."""

    text: str
    look: Literal["heading", "plain", "dim", "urgent"] = "plain"


def as_markdown(pack: QualityPack) -> str:
    """A heading a marker; under it what was said and what the record shows."""
    lines = [f"# Quality markers of {plain(pack.case.reference)}: evidence", ""]
    for line in _head(pack):
        lines += [plain(line), ""]
    for marker in pack.markers:
        lines += [f"## {marker.number}. {plain(marker.title)}", "", f"*{plain(marker.statement)}*", ""]
        lines += [*(f"* {plain(question)}" for question in marker.questions), ""]
        lines += ["### How the review stands", ""]
        for judged in marker.judgements:
            lines += [f"**{plain(_who(judged))}**: {plain(judged.text)}", ""]
            if evidence := _evidence(judged):
                lines += [plain(evidence), ""]
        if not marker.judgements:
            lines += [f"**{NOT_ANSWERED}** ({plain(_asked(marker))})", ""]
        lines += ["### What the record shows", ""]
        lines += [*(f"* {plain(_shown(each))}" for each in marker.shows), ""] if marker.shows else [NOTHING_SHOWN, ""]
    return "\n".join(lines).rstrip() + "\n"


def as_lines(pack: QualityPack) -> Iterator[Line]:
    """Lines that can be read at any width."""
    yield Line(f"{pack.case.board}/{pack.case.reference}: quality markers", "heading")
    yield from (Line(f"  {line}") for line in _head(pack))
    for marker in pack.markers:
        yield Line("")
        yield Line(f"{marker.number}. {marker.title}", "heading")
        yield Line(f"  {marker.statement}")
        yield from (Line(f"    {question}", "dim") for question in marker.questions)
        for judged in marker.judgements:
            yield Line(f"  {_who(judged)}: {judged.text}")
            if evidence := _evidence(judged):
                yield Line(f"    {evidence}")
        if not marker.judgements:
            yield Line(f"  {NOT_ANSWERED} ({_asked(marker)})", "urgent")
        yield Line("  What the record shows:")
        yield from (Line(f"    {_shown(each)}") for each in marker.shows)
        if not marker.shows:
            yield Line(f"    {NOTHING_SHOWN}")


def _head(pack: QualityPack) -> Iterator[str]:
    yield f"As it stood at {moment_in_words(pack.at)}. {pack.stage.rstrip('.')}."
    yield NO_SCORES
    open_ones = {marker.id: str(marker.number) for marker in pack.markers}
    if pack.unanswered:
        yield f"Not answered: {', '.join(open_ones[id] for id in pack.unanswered)}."
    else:
        yield "Every marker is answered."


def _asked(marker: MarkerInPack) -> str:
    role = " or ".join(role.words for role in marker.asked)
    if marker.asked_on is None:
        return f"not asked yet; a question for the {role}"
    again = f", again on {day_in_words(marker.asked_again_on)}" if marker.asked_again_on else ""
    return f"asked of the {role} on {day_in_words(marker.asked_on)}{again}"


def _who(judged: JudgedMarker) -> str:
    role = judged.by.words if judged.by else "not known by whom"
    return f"{role[0].upper()}{role[1:]}, {moment_in_words(judged.at)} (fact {judged.fact})"


def _evidence(judged: JudgedMarker) -> str:
    documents = f"documents {', '.join(judged.evidence)}" if judged.evidence else ""
    facts = ", ".join(f"{each.fact} ({each.kind or 'not in the record, or superseded'})" for each in judged.cited)
    named = "; ".join(filter(None, (documents, f"facts {facts}" if facts else "")))
    return f"Evidence: {named}." if named else ""


def _shown(each: Shows) -> str:
    if not each.facts:
        return each.text
    word = "fact" if len(each.facts) == 1 else "facts"
    return f"{each.text} ({word} {', '.join(map(str, each.facts))})"
