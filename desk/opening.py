"""What every command at the desk begins with: the settings, and the case record that they name."""

from pathlib import Path

from sqlalchemy import make_url

from records.engine import RecordFault, make_engine
from records.store import Record
from sealing import load_keyring
from settings import Settings
from wiring import configure_logging


def read_settings() -> Settings:
    """The settings; only what goes wrong is logged. Raises ``SettingsFault``."""
    settings = Settings()
    configure_logging(settings.model_copy(update={"log_level": "warning"}))
    return settings


def open_record(settings: Settings) -> Record:
    """The case record that a worker has made. Raises ``RecordFault`` and ``KeyringFault``.

    Letters are not written here, so quiet hours do not matter.
    """
    address = make_url(settings.database_url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        raise RecordFault(f"there is no case record at {address.database} yet: the worker makes it when it starts")
    keyring = load_keyring(settings.key_file)
    return Record(make_engine(settings.database_url), keyring, lambda board, at, urgent: at)
