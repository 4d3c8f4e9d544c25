"""Settings come from the environment; a wrong one is told by its name, all of them at once."""

from pathlib import Path

import pytest

from settings import Settings, SettingsFault


@pytest.fixture(autouse=True)
def no_file_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No ``.env`` of this machine is read."""
    monkeypatch.chdir(tmp_path)


def faults(monkeypatch: pytest.MonkeyPatch, **given: str) -> list[str]:
    for name, value in given.items():
        monkeypatch.setenv(f"SCR_{name}", value)
    with pytest.raises(SettingsFault) as fault:
        Settings()
    return str(fault.value).splitlines()


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_another_folder_takes_the_record_and_the_key_ring_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCR_VAR_DIR", "/srv/second")
    settings = Settings()
    assert settings.database_url == "sqlite:////srv/second/record.db"
    assert settings.key_file == Path("/srv/second/keyring.json")


def test_letters_go_to_the_local_mailbox_unless_a_mail_server_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCR_MAILBOX_PORT", "2626")
    assert Settings().smtp_port == 2626
    monkeypatch.setenv("SCR_SMTP_PORT", "587")
    assert Settings().smtp_port == 587


def test_a_file_beside_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("SCR_TASK_QUEUE=of-the-file\nSCR_LOG_LEVEL=error\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("SCR_TASK_QUEUE", "of-the-environment")
    settings = Settings()
    assert (settings.task_queue, settings.log_level) == ("of-the-environment", "error")


def test_each_wrong_setting_has_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(monkeypatch, UI_PORT="70000", LOG_FORMAT="paper", SMTP_FROM="nobody")
    assert [line.partition(":")[0] for line in told] == ["SCR_UI_PORT", "SCR_SMTP_FROM", "SCR_LOG_FORMAT"]


def test_ports_must_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(monkeypatch, UI_PORT="7233") == ["SCR_TEMPORAL_PORT, UI_PORT, MAILBOX_PORT and DESK_PORT must differ"]


def test_a_password_is_never_sent_unencrypted_to_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    [line] = faults(monkeypatch, SMTP_HOST="mail.example", SMTP_USERNAME="board", SMTP_PASSWORD="s3cret")
    assert line.startswith("SCR_SMTP_TLS")
    assert "s3cret" not in line


def test_a_link_is_filled_in_with_nothing_but_references(monkeypatch: pytest.MonkeyPatch) -> None:
    [line] = faults(monkeypatch, LINK_TEMPLATE="https://reviews.example/{child}")
    assert line == "SCR_LINK_TEMPLATE: there is nothing to fill in for child"


def test_passwords_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCR_SMTP_PASSWORD", "s3cret")
    monkeypatch.setenv("SCR_DATABASE_URL", "postgresql://scr:s3cret@db/record")
    assert "s3cret" not in repr(Settings())


def test_documents_lie_beside_the_record_unless_a_store_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCR_VAR_DIR", "/srv/second")
    assert Settings().files == "/srv/second/files"
    monkeypatch.setenv("SCR_FILES", "s3://case-files/reviews")
    assert Settings().files == "s3://case-files/reviews"


@pytest.mark.parametrize("files", ["https://store.example/bucket", "s3://", "s3:///prefix"])
def test_a_store_of_another_kind_is_told(monkeypatch: pytest.MonkeyPatch, files: str) -> None:
    assert faults(monkeypatch, FILES=files) == ["SCR_FILES: write a folder, or s3://bucket/prefix"]


def test_a_key_to_the_store_without_its_secret_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(monkeypatch, S3_ACCESS_KEY="id") == [
        "SCR_S3_ACCESS_KEY and S3_SECRET_KEY go together: set both, or neither"
    ]
