"""What the composition root decides itself: what is logged, who is known, where links lead."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from activities.directory import read_directory
from domain.directory import DirectoryFault, parse_directory
from domain.record import CaseRef, Fact
from records.migrate import upgrade
from records.store import Record
from sealing import Keyring, KeyringFault
from settings import Settings
from wiring import CurrentDirectory, configure_logging, open_record

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "directory.toml"
NAME = "Quillfeather"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var_dir=tmp_path, directory_file=EXAMPLE)


@pytest.fixture
def log_file(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers.clear()
    configure_logging(settings, tmp_path / "log")
    yield tmp_path / "log"
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = before
    root.setLevel(level)


def test_what_pydantic_quotes_of_its_input_is_not_logged(log_file: Path) -> None:
    try:
        CaseRef.model_validate({"board": [NAME], "reference": {"name": NAME}})
    except ValueError as error:
        logging.getLogger("somewhere").exception("could not be read: %s", error)
    logged = log_file.read_text()
    assert "could not be read" in logged
    assert "Input should be a valid string" in logged
    assert NAME not in logged


def test_addresses_that_the_local_mailbox_sees_are_not_logged(log_file: Path) -> None:
    logging.getLogger("mail.log").info("recip: %s", "somebody@northbridge.example")
    logging.getLogger("somewhere").info("something else")
    assert "something else" in log_file.read_text()
    assert "@" not in log_file.read_text()


def test_a_directory_that_changes_is_read_again_and_a_broken_one_is_not_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "directory.toml"
    file.write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    directory = CurrentDirectory(file)
    assert directory() == read_directory(EXAMPLE)
    file.write_text(EXAMPLE.read_text("utf-8").replace("nb-chair", "nb-new-chair"), "utf-8")
    changed = directory()
    assert changed == read_directory(file)
    file.write_text("broken", "utf-8")
    assert directory() == changed
    assert "is not used as it is now" in caplog.text


def test_a_directory_that_is_broken_from_the_start_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DirectoryFault):
        CurrentDirectory(tmp_path / "none.toml")


@pytest.mark.parametrize(
    "given",
    [{"current": "k2", "keys": {"k2": b"2" * 32}}, {"current": "k1", "keys": {"k1": b"x" * 32}}],
    ids=["key lost", "another key"],
)
def test_a_record_is_opened_only_with_every_key_that_it_was_sealed_with(
    settings: Settings, keyring: Keyring, given: dict[str, object]
) -> None:
    directory = read_directory(EXAMPLE)
    upgrade(settings.database_url)
    record = open_record(settings, Keyring.model_validate(given), directory)  # nothing is sealed yet
    record.engine.dispose()
    _put_a_fact(open_record(settings, keyring, directory))
    open_record(settings, keyring, directory).engine.dispose()
    with pytest.raises(KeyringFault):
        open_record(settings, Keyring.model_validate(given), directory)


def _put_a_fact(record: Record) -> None:
    case = CaseRef(board="northbridge", reference="NB-1")
    with record.writing() as session:
        fact = Fact(kind="something-happened", at=datetime(2026, 3, 13, tzinfo=UTC))
        record.append_fact(session, case, case.workflow_id, fact)
    record.engine.dispose()


def test_letters_of_a_board_that_left_the_directory_are_not_held(settings: Settings, keyring: Keyring) -> None:
    upgrade(settings.database_url)
    text = "\n".join(line for line in EXAMPLE.read_text("utf-8").splitlines() if not line.startswith("quiet_hours"))
    record = open_record(settings, keyring, parse_directory(text))
    night = datetime(2026, 3, 13, 23, tzinfo=UTC)
    assert record._hold_until("gone", night, False) == night
    assert record._hold_until("northbridge", night, False) > night
    assert record._hold_until("northbridge", night, True) == night
    record.engine.dispose()
