"""Looks up what a command rests on: people, agencies, themes of the directory, what the case keeps, marked words."""

from collections.abc import Callable

from temporalio import activity

from domain.command import Found, FoundDocument
from domain.directory import Board, Directory, UnknownBoard
from domain.looking_up import LookUpOrder
from domain.record import CaseRef
from domain.text_check import Mark
from records import chronology, documents
from records.files import FileChanged, FileMissing, FileStore
from records.marking import known_names, marks_in, marks_of_document, once
from records.queries import NotFound
from records.store import Record


class LookingUp:
    """What stages ask about the world outside.

    Where database or store cannot be used it raises ``RecordFault`` or ``FileFault`` and is tried again; neither names
    anything of the case.
    """

    def __init__(self, record: Record, directory: Callable[[], Directory], store: FileStore) -> None:
        self._record = record
        self._directory = directory
        self._store = store

    @activity.defn(name="look_up")
    def look_up(self, order: LookUpOrder) -> Found:
        """What is known of everything that is asked about, and what is not known."""
        case, ask = order.case, order.ask
        board = self._board(case)
        missing = []
        if ask.person and (board is None or ask.person not in {person.id for person in board.everybody}):
            missing.append("person")
        agencies = {agency.id for agency in board.agencies} if board is not None else set()
        if not agencies.issuperset(ask.agencies):
            missing.append("agencies")
        themes = {theme.id for theme in board.themes} if board is not None else set()
        if not themes.issuperset(ask.themes):
            missing.append("themes")
        held = board.parts_of(ask.person) if board is not None and ask.person else ()
        kept = [documents.get(self._record, case, id) for id in documents.known(self._record, case, ask.documents)]
        marks, report_kept = self._marks(case, ask.texts, ask.report)
        if not report_kept or documents.known(self._record, case, ask.documents) != set(ask.documents):
            missing.append("documents")
        if ask.chronology and not self._chronology_kept(case, ask.chronology):
            missing.append("chronology")
        return Found(
            missing=tuple(missing),
            roles=tuple(dict.fromkeys(role for role, agency in held if agency is None)),
            agencies=board.agencies_of(ask.person) if board is not None and ask.person else (),
            documents=tuple(
                FoundDocument(id=each.full_id, kind=each.kind.value, agency=each.agency or "") for each in kept
            ),
            marks=marks,
            partners=board.partners if board is not None and ask.partners else (),
        )

    def _board(self, case: CaseRef) -> Board | None:
        try:
            return self._directory().board(case.board)
        except UnknownBoard:
            return None

    def _marks(self, case: CaseRef, texts: tuple[str, ...], report: str) -> tuple[tuple[Mark, ...], bool]:
        """Marks in the texts and the report, and whether the report is kept and sound."""
        if not texts and not report:
            return (), True
        names = known_names(self._record, case, self._directory())
        marks = marks_in(texts, names)
        if not report:
            return marks, True
        try:
            document = documents.get(self._record, case, report)
            content = self._store.get(case, document.sha256)
        except (NotFound, FileMissing, FileChanged):
            return marks, False
        return once((*marks, *marks_of_document(document.type, content, names))), True

    def _chronology_kept(self, case: CaseRef, ids: tuple[str, ...]) -> bool:
        return set(ids) <= chronology.known_ids(self._record, case, ids)
