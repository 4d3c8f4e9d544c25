"""Contents of documents: whole or not at all, sealed, verified when read back. In a folder and in a real bucket."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from recorded_cases import CASE

from domain.record import CaseRef
from records.files import FileChanged, FileFault, FileMissing, FileStore, open_files
from sealing import Keyring
from settings import Settings

CONTENT = b"Quillfeather was seen by a doctor." * 10
DIGEST = sha256(CONTENT).hexdigest()
BUCKET = "case-files"


class Stored:
    """A store and the bytes that lie beneath it."""

    def __init__(self, settings: Settings, keyring: Keyring) -> None:
        self.settings = settings
        self.store = open_files(settings, keyring)

    def again(self, keyring: Keyring) -> FileStore:
        return open_files(self.settings, keyring)

    def names(self) -> list[str]:
        raise NotImplementedError

    def read(self, name: str) -> bytes:
        raise NotImplementedError

    def write(self, name: str, content: bytes) -> None:
        raise NotImplementedError

    def remove(self, name: str) -> None:
        raise NotImplementedError


class InFolder(Stored):
    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self.folder = folder
        super().__init__(Settings(files=str(folder)), keyring)

    def names(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)

    def remove(self, name: str) -> None:
        (self.folder / name).unlink()


class InBucket(Stored):
    def __init__(self, endpoint: str, keyring: Keyring) -> None:
        keys = {"region_name": "us-east-1", "aws_access_key_id": "id", "aws_secret_access_key": "secret"}
        self.client = boto3.client("s3", endpoint_url=endpoint, **keys)
        self.client.create_bucket(Bucket=BUCKET)
        super().__init__(of_bucket(endpoint), keyring)

    def names(self) -> list[str]:
        return sorted(each["Key"] for each in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", []))

    def read(self, name: str) -> bytes:
        content: bytes = self.client.get_object(Bucket=BUCKET, Key=name)["Body"].read()
        return content

    def write(self, name: str, content: bytes) -> None:
        self.client.put_object(Bucket=BUCKET, Key=name, Body=content)

    def remove(self, name: str) -> None:
        self.client.delete_object(Bucket=BUCKET, Key=name)


def of_bucket(endpoint: str, bucket: str = BUCKET) -> Settings:
    return Settings(
        files=f"s3://{bucket}/reviews/files",
        s3_endpoint=endpoint,
        s3_region="us-east-1",
        s3_access_key="id",
        s3_secret_key="secret",
    )


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """Address of a server that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def stored(request: pytest.FixtureRequest, tmp_path: Path, keyring: Keyring) -> Iterator[Stored]:
    if request.param == "folder":
        yield InFolder(tmp_path / "files", keyring)
        return
    bucket = InBucket(request.getfixturevalue("s3_server"), keyring)
    yield bucket
    for name in bucket.names():
        bucket.remove(name)


def test_a_content_is_kept_under_its_hash_and_read_back(stored: Stored) -> None:
    assert stored.store.put(CASE, CONTENT) == DIGEST
    assert stored.store.get(CASE, DIGEST) == CONTENT
    [name] = stored.names()
    assert name.endswith(f"{CASE.board}/{CASE.reference}/{DIGEST[:2]}/{DIGEST}")


def test_nothing_lies_in_clear(stored: Stored) -> None:
    stored.store.put(CASE, CONTENT)
    [name] = stored.names()
    assert b"Quillfeather" not in stored.read(name) and len(stored.read(name)) > len(CONTENT)


def test_the_same_content_again_is_not_written_again(stored: Stored) -> None:
    stored.store.put(CASE, CONTENT)
    [name] = stored.names()
    before = stored.read(name)
    stored.store.put(CASE, CONTENT)
    assert stored.names() == [name] and stored.read(name) == before


def test_each_case_has_its_own(stored: Stored) -> None:
    other = CaseRef(board="southmoor", reference="SM-1")
    stored.store.put(CASE, CONTENT)
    with pytest.raises(FileMissing):
        stored.store.get(other, DIGEST)
    stored.store.put(other, CONTENT)
    first, second = stored.names()
    stored.write(second, stored.read(first))
    with pytest.raises(FileChanged):
        stored.store.get(other, DIGEST)


def test_a_missing_content_is_told_as_missing(stored: Stored) -> None:
    stored.store.put(CASE, CONTENT)
    stored.remove(stored.names()[0])
    with pytest.raises(FileMissing, match="missing in"):
        stored.store.get(CASE, DIGEST)


@pytest.mark.parametrize("change", [lambda b: b[:-1] + bytes([b[-1] ^ 1]), lambda b: b[:40], lambda b: CONTENT])
def test_a_changed_content_is_told_as_changed_and_mended_by_adding_it_again(stored: Stored, change: object) -> None:
    stored.store.put(CASE, CONTENT)
    [name] = stored.names()
    assert callable(change)
    stored.write(name, change(stored.read(name)))
    with pytest.raises(FileChanged):
        stored.store.get(CASE, DIGEST)
    stored.store.put(CASE, CONTENT)
    assert stored.store.get(CASE, DIGEST) == CONTENT


def test_what_an_earlier_key_sealed_opens_after_the_key_was_changed(stored: Stored, keyring: Keyring) -> None:
    stored.store.put(CASE, CONTENT)
    both = {"k1": bytes(range(32)), "k2": bytes(reversed(range(32)))}
    rotated = stored.again(Keyring.model_validate({"current": "k2", "keys": both}))
    assert rotated.get(CASE, DIGEST) == CONTENT
    without = stored.again(Keyring.model_validate({"current": "k2", "keys": {"k2": both["k2"]}}))
    with pytest.raises(FileFault, match="key that the key ring does not hold"):
        without.get(CASE, DIGEST)


def test_many_at_once_keep_one_whole_content(stored: Stored) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: stored.store.put(CASE, CONTENT), range(16))) == {DIGEST}
    assert len(stored.names()) == 1 and stored.store.get(CASE, DIGEST) == CONTENT


def test_a_file_begun_by_a_process_that_was_killed_is_never_taken_for_the_content(
    tmp_path: Path, keyring: Keyring
) -> None:
    folder = InFolder(tmp_path / "files", keyring)
    place = tmp_path / "files" / CASE.board / CASE.reference / DIGEST[:2]
    place.mkdir(parents=True)
    (place / f"{DIGEST}#1").write_bytes(b"SCR1 half")
    with pytest.raises(FileMissing):
        folder.store.get(CASE, DIGEST)
    folder.store.put(CASE, CONTENT)
    assert folder.store.get(CASE, DIGEST) == CONTENT


def test_a_bucket_that_is_not_there_and_a_server_that_is_away_are_one_clear_line(
    s3_server: str, keyring: Keyring
) -> None:
    for settings in (of_bucket(s3_server, "no-such-bucket"), of_bucket("http://127.0.0.1:1")):
        with pytest.raises(FileFault) as raised:
            open_files(settings, keyring).put(CASE, CONTENT)
        assert "\n" not in str(raised.value) and settings.files in str(raised.value)
        assert "secret" not in str(raised.value)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path, keyring: Keyring) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(FileFault, match="cannot be used: Not a directory"):
        open_files(Settings(files=str(tmp_path / "file" / "files")), keyring)


def test_the_folder_is_closed_to_others(tmp_path: Path, keyring: Keyring) -> None:
    open_files(Settings(files=str(tmp_path / "files")), keyring)
    assert os.stat(tmp_path / "files").st_mode & 0o077 == 0
