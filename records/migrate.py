"""Bringing a database to the tables of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, text

from records.engine import RecordFault, faults, make_engine, writable

MIGRATIONS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 7_266_463
"""Key of PostgreSQL's advisory lock that migrations hold; any number that nothing else there uses."""


def upgrade(database: Engine | str) -> None:
    """Apply the migrations that are missing, all or none. Two processes may do so at once.

    Raises ``RecordFault`` where the database cannot be used, or was written by a newer version of the service.
    """
    engine = make_engine(database) if isinstance(database, str) else database
    config = _config()
    with faults(engine), writable(engine).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise RecordFault("the case record was written by a newer version of the service") from None


def newest_version() -> str:
    """The version of the tables that this version of the service brings a database to."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
