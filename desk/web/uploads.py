"""Files that people send in with a form."""

from starlette.datastructures import UploadFile
from starlette.requests import Request

from domain.document_types import DocumentFault
from settings import Settings

AROUND = 1024 * 1024
"""Bytes that a form may have beside its file."""


def takes_files(path: str) -> bool:
    """Whether a request to that path may bring a file along."""
    return path.startswith("/cases/") and path.endswith(("/documents", "/chronology"))


def largest(settings: Settings) -> int:
    """Bytes of a request that brings a document along."""
    return settings.document_megabytes * 1024 * 1024 + AROUND


async def file_of(request: Request, name: str = "file") -> tuple[str, bytes]:
    """Name and content of the file that was chosen. Raises ``DocumentFault`` where none was."""
    given = (await request.form()).get(name)
    if not isinstance(given, UploadFile) or not given.filename:
        raise DocumentFault("no file was chosen")
    return given.filename.replace("\\", "/").rpartition("/")[2][:200], await given.read()
