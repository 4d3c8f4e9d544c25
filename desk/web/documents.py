"""A case's documents: which there are, adding one, taking one along. Rules are those of ``desk.documents``."""

from typing import Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.documents import DocumentDesk, DocumentView
from desk.web import pages
from desk.web.access import Sight, guarded, note
from desk.web.context import Desk, desk_of
from desk.web.uploads import file_of
from desk.web.whom import For
from domain.document import FOR_EVERY_AGENCY, DocumentKind, DocumentRef
from domain.document_types import DocumentFault
from domain.model import Refused
from domain.people import Role
from records.files import FileFault
from records.queries import NotFound

KINDS: Final = tuple((kind.value, kind.value.replace("-", " ").capitalize()) for kind in DocumentKind)


def sees_documents(sight: Sight) -> bool:
    """Whether there are documents of the case for this person: as a whole, as its panel, or their own agency's."""
    return sight.whole or bool(sight.agencies) or any(held.role is Role.PANEL_MEMBER for held in sight.roles)


def _sees(sight: Sight, document: DocumentView) -> bool:
    if sight.whole or any(held.role is Role.PANEL_MEMBER for held in sight.roles):
        return True
    return document.agency in sight.agencies or document.kind in FOR_EVERY_AGENCY


def _documents(desk: Desk) -> DocumentDesk:
    return DocumentDesk(desk.record, desk.store, desk.directory, desk.settings.document_megabytes)


async def list_documents(request: Request) -> Response:
    """Every document of the case that the person may read."""
    if not sees_documents(request.state.sight):
        return _none(request)
    return await _listed(request)


async def _listed(
    request: Request, status: int = 200, *, error: str = "", kept: str = "", typed: dict[str, str] | None = None
) -> Response:
    desk, case, sight = desk_of(request), request.state.case, request.state.sight
    found = await run_in_threadpool(_documents(desk).listed, case, titles=True)
    rows = [{"document": each, "href": _href(request, each)} for each in reversed(found) if _sees(sight, each)]
    words: dict[str, Any] = {
        "case": case,
        "rows": rows,
        "kinds": [kind for kind in KINDS if sight.whole or DocumentKind(kind[0]) not in FOR_EVERY_AGENCY],
        "agencies": [each.id for each in desk.directory().board(case.board).agencies] if sight.whole else [],
        "newest": [each.id for each in found if each.newest and _sees(sight, each)],
        "typed": typed or {},
        "kept": kept,
        "megabytes": desk.settings.document_megabytes,
        "errors": [{"text": error, "href": "#file"}] if error else (),
    }
    return pages.page(request, "documents.html", status, **words)


def _href(request: Request, document: DocumentView) -> str:
    return f"{pages.case_path(request.state.case)}/documents/{quote(document.id.replace('/', '.'))}"


async def add_document(request: Request) -> Response:
    """Keep the file that was sent; a file that cannot be kept is said to be so, and why."""
    desk, case, viewer = desk_of(request), request.state.case, request.state.viewer
    if not sees_documents(request.state.sight):
        return _none(request)
    form = await request.form()
    typed = {name: str(form.get(name, "")) for name in ("kind", "title", "agency", "replaces")}
    try:
        name, content = await file_of(request)
        if typed["kind"] not in set(DocumentKind):
            raise DocumentFault("say what kind of document it is")
        kept = await run_in_threadpool(
            _documents(desk).add,
            case,
            name,
            content,
            kind=DocumentKind(typed["kind"]),
            title=typed["title"],
            person=viewer.person,
            at=desk.now(),
            agency=typed["agency"] or None,
            replaces=typed["replaces"] or None,
        )
    except (DocumentFault, NotFound, FileFault) as fault:
        return await _listed(request, 400, error=_sentence(str(fault)), typed=typed)
    except Refused as refused:
        text = f"{refused.refusal.text} ({refused.refusal.source})"
        return await _listed(request, 400, error=text, typed=typed)
    request.state.detail = kept.document.full_id
    return await _listed(request, kept=kept.document.full_id)


async def download(request: Request) -> Response:
    """A document as it was added, checked against its hash; that it was taken along is recorded."""
    desk, case, viewer = desk_of(request), request.state.case, request.state.viewer
    id = request.path_params["document"].replace(".", "/")
    if DocumentRef.parse(id) is None or not sees_documents(request.state.sight):
        return _none(request)
    try:
        found = await run_in_threadpool(_documents(desk).listed, case)
        if not any(each.id == id and _sees(request.state.sight, each) for each in found):
            return _none(request)
        document, content = await run_in_threadpool(
            _documents(desk).read, case, id, person=viewer.person, at=desk.now()
        )
    except (NotFound, Refused):
        return _none(request)
    except FileFault:
        text = "Its file is missing, or not what it was when it was added. Tell the business manager."
        return pages.problem(request, 503, "This document cannot be given out", text)
    request.state.detail = document.full_id
    await note(request, "download")
    name = f"{case.reference}-{document.id}-{document.version}.{document.type.value}"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


def _none(request: Request) -> Response:
    return pages.problem(request, 404, "There is no such page", "Or it is not meant for you.")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


_CASE: Final = "/cases/{board}/{reference}"
routes: list[Route] = [
    guarded(f"{_CASE}/documents", list_documents, For.CASE, name="documents"),
    guarded(f"{_CASE}/documents", add_document, For.CASE, name="document-added", methods=("POST",)),
    guarded(f"{_CASE}/documents/{{document}}", download, For.CASE, name="document", noted=False),
]
