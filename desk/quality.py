"""The evidence pack of the quality markers: what people said of each, what the record itself shows, what is missing.

It is read from the case record alone. A judgement is shown where no name is found in it; else its fact is named.
Nothing is scored or counted up.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Final

from temporalio.exceptions import ApplicationError

from activities.regimes import read_markers, read_regime
from desk.annual_case import CaseAsOf, case_as_of
from desk.civil import in_civil_time
from desk.quality_outcomes import implementation, improvement_action, publication, the_report, written_response
from desk.quality_reading import Reading, Shows
from desk.quality_running import (
    analysis,
    assembling_information,
    commissioning,
    family_involvement,
    governance,
    management,
    parallel_processes,
    practitioners,
)
from desk.quality_setting_up import (
    advising_board_members,
    clarity_of_purpose,
    decision_making,
    informing_the_family,
    referral,
)
from domain.directory import Directory
from domain.model import Model
from domain.people import Role
from domain.quality import JudgeMarker
from domain.record import CaseRef
from domain.regimes import QualityMarker
from records import queries
from records.store import Record
from records.views import RecordedFact

SHOWN_BY_THE_RECORD: Final[dict[str, Callable[[Reading], Iterator[Shows]]]] = {
    "qm-1": referral,
    "qm-2": decision_making,
    "qm-3": advising_board_members,
    "qm-4": informing_the_family,
    "qm-5": clarity_of_purpose,
    "qm-6": commissioning,
    "qm-7": governance,
    "qm-8": management,
    "qm-9": parallel_processes,
    "qm-10": assembling_information,
    "qm-11": practitioners,
    "qm-12": family_involvement,
    "qm-13": analysis,
    "qm-14": the_report,
    "qm-15": improvement_action,
    "qm-16": written_response,
    "qm-17": publication,
    "qm-18": implementation,
}
"""What the record shows for each marker."""
ASKED_AGAIN: Final = "quality-asked-again"


class Cited(Model):
    """A fact that a judgement names as evidence."""

    fact: int
    kind: str = ""
    """What happened (``review-decided``); empty where the record has no such fact, or it was superseded."""


class JudgedMarker(Model):
    """What somebody said of a marker."""

    by: Role | None
    at: datetime
    text: str
    """The judgement, or where it is to be read."""
    shown: bool
    """False where it is to be read in the record only."""
    fact: int
    """Number of the fact that it stands in."""
    evidence: tuple[str, ...] = ()
    """Ids of documents that are kept with the case."""
    cited: tuple[Cited, ...] = ()


class MarkerInPack(Model):
    """One marker with its evidence."""

    id: str
    number: int
    title: str
    statement: str
    questions: tuple[str, ...]
    asked: tuple[Role, ...]
    """Who is asked, the first of them by letter."""
    asked_on: date | None = None
    """None where it was not asked yet."""
    asked_again_on: date | None = None
    judgements: tuple[JudgedMarker, ...]
    """All that stand, the earliest first; none where nobody has answered."""
    shows: tuple[Shows, ...]
    """What the record shows without anybody's judgement."""


class QualityPack(Model):
    """The evidence across all markers."""

    case: CaseRef
    at: datetime
    stage: str
    """Where the case stands, in words."""
    markers: tuple[MarkerInPack, ...]
    unanswered: tuple[str, ...]
    """Ids of the markers of which nobody has said how the review stands."""


def quality_pack(record: Record, directory: Directory, case: CaseRef, now: datetime) -> QualityPack:
    """The pack as things stand. Raises ``NotFound``, and ``KeyringFault`` where a fact does not open."""
    summary = queries.case_summary(record, case)
    known = case_as_of(record, directory, summary, now)
    asked, again = _asked(record, case, now), _asked_again(record, case, now)
    markers = tuple(
        _in_pack(known, marker).model_copy(
            update={"asked_on": asked.get(marker.id), "asked_again_on": again.get(marker.number)}
        )
        for marker in _markers(summary.regime)
    )
    return QualityPack(
        case=case,
        at=in_civil_time(now),
        stage=known.stage,
        markers=markers,
        unanswered=tuple(marker.id for marker in markers if not marker.judgements),
    )


def _markers(regime: str) -> tuple[QualityMarker, ...]:
    """The markers as they are asked now; the same under every regime, one that is not to be had any more too."""
    try:
        return read_regime(regime).marker
    except ApplicationError:
        return read_markers()


def _in_pack(known: CaseAsOf, marker: QualityMarker) -> MarkerInPack:
    judged = [each for each in known.facts if each.fact.kind == JudgeMarker.FACT and each.fact.item == marker.id]
    shows = SHOWN_BY_THE_RECORD.get(marker.id)
    return MarkerInPack(
        id=marker.id,
        number=marker.number,
        title=marker.title,
        statement=marker.statement,
        questions=marker.questions,
        asked=marker.asked,
        judgements=tuple(_judged(known, each) for each in judged),
        shows=tuple(shows(Reading(known))) if shows is not None else (),
    )


def _judged(known: CaseAsOf, each: RecordedFact) -> JudgedMarker:
    said = known.said(each.seq, "judgement")
    whole = " ".join(str(each.fact.detail.get("judgement") or "").split())
    return JudgedMarker(
        by=each.fact.by.role if each.fact.by else None,
        at=in_civil_time(each.fact.at),
        text=whole if said.shown else said.text,
        shown=said.shown,
        fact=each.seq,
        evidence=tuple(str(document) for document in _listed(each, "evidence")),
        cited=tuple(_cited(known, int(str(number))) for number in _listed(each, "facts")),
    )


def _cited(known: CaseAsOf, number: int) -> Cited:
    found = known.by_number.get(number)
    return Cited(fact=number, kind=found.fact.kind if found else "")


def _listed(each: RecordedFact, field: str) -> list[object]:
    found = each.fact.detail.get(field)
    return list(found) if isinstance(found, list) else []


def _asked(record: Record, case: CaseRef, until: datetime) -> dict[str, date]:
    """When each marker was asked: when its task was opened first."""
    first: dict[str, date] = {}
    for done in (False, True):
        for task in queries.tasks(record, board=case.board, reference=case.reference, done=done):
            if task.form == JudgeMarker.FORM and task.item and task.opened_at <= until:
                on = in_civil_time(task.opened_at).date()
                first[task.item] = min(on, first.get(task.item, on))
    return first


def _asked_again(record: Record, case: CaseRef, until: datetime) -> dict[int, date]:
    """When the markers of these numbers were asked once more, as the letters say."""
    found: dict[int, date] = {}
    for each in queries.letters(record, case):
        if each.letter.template == ASKED_AGAIN and each.not_before <= until:
            on = in_civil_time(each.not_before).date()
            found |= {int(number): on for number in each.letter.words.get("markers", "").split(",") if number.strip()}
    return found
