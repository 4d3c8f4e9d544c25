"""The store of documents' contents: a folder or an S3-compatible bucket, under the content's own hash, sealed.

What is stored names the key that it is sealed with, so that it opens with the key ring alone. It is bound to its case
and hash: put under another name it does not open.
"""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Final
from urllib.parse import quote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from domain.record import CaseRef
from sealing import Keyring, KeyringFault
from settings import Settings

MARK: Final = b"SCR1"
"""What every stored file begins with: the form of what follows."""
TIMEOUT: Final = "60s"
ATTEMPTS: Final = 3


class FileFault(Exception):
    """The store cannot be used now: one line that says why."""


class FileMissing(FileFault):
    """The store does not have the content that the record speaks of."""


class FileChanged(FileFault):
    """What the store has is not what was put there."""


class FileStore:
    """Contents of documents. Safe to share between threads."""

    def __init__(self, store: LocalStore | S3Store, keyring: Keyring, place: str, folder: Path | None = None) -> None:
        self._store = store
        self._keyring = keyring
        self._folder = folder
        self.place = place
        """Where it is, in words for a person."""

    def put(self, case: CaseRef, content: bytes) -> str:
        """Keep the content and return its SHA-256; nothing is written where it is kept and sound already.

        It is there whole or not at all. Raises ``FileFault``.
        """
        digest = sha256(content).hexdigest()
        try:
            self.get(case, digest)
        except (FileMissing, FileChanged):
            self._write(_path(case, digest), self._sealed(case, digest, content))
        return digest

    def get(self, case: CaseRef, digest: str) -> bytes:
        """The content of that SHA-256, verified. Raises ``FileMissing``, ``FileChanged`` or ``FileFault``."""
        content = self._opened(case, digest, self._read(_path(case, digest)))
        if sha256(content).hexdigest() != digest:
            raise FileChanged(f"the content in {self.place} is not the one that was added")
        return content

    def delete(self, case: CaseRef) -> None:
        """Delete every content of the case, those that nothing speaks of too; again it does nothing.

        Raises ``FileFault``; then some may be gone already.
        """
        try:
            for path in [each["path"] for some in self._store.list(_place(case)) for each in some]:
                with suppress(FileNotFoundError):  # another did so at the same moment
                    self._store.delete(path)
            if self._folder is not None:
                _remove(self._folder / _place(case))
        except (BaseError, OSError) as error:
            raise self._fault(error) from None

    def _sealed(self, case: CaseRef, digest: str, content: bytes) -> bytes:
        key_id, sealed = self._keyring.seal(content, _context(case, digest))
        key = key_id.encode()
        return b"".join((MARK, len(key).to_bytes(2, "big"), key, sealed))

    def _opened(self, case: CaseRef, digest: str, stored: bytes) -> bytes:
        if not stored.startswith(MARK):
            raise FileChanged(f"what lies in {self.place} was changed: it is not sealed by this service")
        body = len(MARK) + 2
        end = body + int.from_bytes(stored[len(MARK) : body], "big")
        key_id = stored[body:end].decode("utf-8", "replace")
        if key_id not in self._keyring.keys:
            raise FileFault("the content was sealed with a key that the key ring does not hold, or it was changed")
        try:
            return self._keyring.open(key_id, stored[end:], _context(case, digest))
        except (KeyringFault, ValueError):
            raise FileChanged(f"what lies in {self.place} was changed: it does not open") from None

    def _read(self, path: str) -> bytes:
        try:
            return bytes(self._store.get(path).bytes())
        except FileNotFoundError:
            raise FileMissing(f"the content is missing in {self.place}") from None
        except (BaseError, OSError) as error:
            raise self._fault(error) from None

    def _write(self, path: str, stored: bytes) -> None:
        try:
            self._store.put(path, stored, use_multipart=False)
            if self._folder is not None:
                _to_disk(self._folder, path)
        except (BaseError, OSError) as error:
            raise self._fault(error) from None

    def _fault(self, error: Exception) -> FileFault:
        lines = str(error).splitlines() or [type(error).__name__]
        return FileFault(f"the files in {self.place} cannot be used: {lines[0][:300]}")


def open_folder(folder: Path, keyring: Keyring) -> FileStore:
    """The store in a folder, which is made when it is missing. Raises ``FileFault``."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return FileStore(LocalStore(folder.resolve()), keyring, str(folder), folder)
    except (BaseError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error).partition("\n")[0]
        raise FileFault(f"the folder {folder} for documents cannot be used: {why}") from None


def open_bucket(settings: Settings, keyring: Keyring) -> FileStore:
    """The store in a bucket: ``s3://bucket/prefix``. What is left empty comes from the usual ``AWS_…`` environment.

    The bucket is looked at only when something is read or kept. Raises ``FileFault`` where the settings cannot be used.
    """
    parts = urlsplit(settings.files)
    given = {
        "endpoint": settings.s3_endpoint,
        "region": settings.s3_region,
        "access_key_id": settings.s3_access_key,
        "secret_access_key": settings.s3_secret_key.get_secret_value(),
    }
    try:
        store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config={name: value for name, value in given.items() if value},  # type: ignore[arg-type]
            client_options={"allow_http": settings.s3_endpoint.startswith("http://"), "timeout": TIMEOUT},
            retry_config={"max_retries": ATTEMPTS},
        )
    except (BaseError, ValueError) as error:
        why = str(error).partition("\n")[0]
        raise FileFault(f"the bucket {settings.files} cannot be used: {why}") from None
    return FileStore(store, keyring, settings.files)


def open_files(settings: Settings, keyring: Keyring) -> FileStore:
    """The store that the settings name. Raises ``FileFault``."""
    in_bucket = settings.files.startswith("s3://")
    return open_bucket(settings, keyring) if in_bucket else open_folder(Path(settings.files), keyring)


def _path(case: CaseRef, digest: str) -> str:
    return "/".join((_place(case), digest[:2], digest))


def _place(case: CaseRef) -> str:
    return "/".join((quote(case.board, safe=""), quote(case.reference, safe="")))


def _context(case: CaseRef, digest: str) -> bytes:
    return f"{case.board}/{case.reference}/file/{digest}".encode()


def _remove(place: Path) -> None:
    """Remove a case's folder, with what a killed process may have left there, and have that survive a power cut."""
    if not place.exists():
        return
    rmtree(place)
    _sync(place.parent)


def _to_disk(folder: Path, path: str) -> None:
    """Have the file, and the names of it and of new folders above it, survive a power cut."""
    place = folder / path
    for each in (place, *list(place.parents)[: path.count("/") + 1]):
        _sync(each)


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
