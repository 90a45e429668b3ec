"""Every setting, from the environment (CLAIMLINE_...) or a `.env` file. A wrong one is named; no value is repeated.

The defaults are those of the embedded demo: Temporal, sandbox and records on this machine.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "CLAIMLINE_"

Acknowledgement = Literal["TA1", "999", "277CA"]

SANDBOX_KEY = "sandbox-key"
_SANDBOX_URL = "http://127.0.0.1:8765"
_SANDBOX_PHONE = "5555550100"
_SENDER = ("submitter_id", "submitter_name", "submitter_contact", "submitter_phone")
_REQUIRED = {
    "stedi": ("carrier_key", *_SENDER),
    "sftp": ("sftp_address", "sftp_user", "sftp_known_hosts", *_SENDER),
}
_FILES = ("sftp_known_hosts", "sftp_key_file", "sftp_password_file")
_WEB = ("carrier_url", "carrier_healthcare_url", "carrier_core_url")


class SettingsError(Exception):
    """One line for each variable that is wrong or missing, without its value."""


class Settings(BaseSettings):
    """Use `load_settings`, which says in words what is wrong."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    mode: Literal["sandbox", "production"] = "sandbox"
    """`production` refuses the sandbox clearinghouse, waits in seconds and missing keys."""
    zone: str = "America/New_York"
    """The practice's zone, in which its days are counted (IANA name)."""

    temporal_address: str = "127.0.0.1:7233"
    """HOST:PORT of the Temporal server's frontend."""
    temporal_namespace: str = "default"
    """It has to exist; the worker adds its search attributes to it."""
    temporal_task_queue: str = "claimline"
    """Workers and commands of one installation share it."""
    temporal_tls: bool = False
    """Speak TLS; the certificates below need it, an API key turns it on by itself."""
    temporal_tls_ca: Path | None = None
    """Certificate of the authority that signed the server's, where this machine doesn't trust it already."""
    temporal_tls_cert: Path | None = None
    """Our own certificate for mutual TLS, with its key."""
    temporal_tls_key: Path | None = None
    """The private key of that certificate."""
    temporal_tls_server_name: str = ""
    """The name that the server's certificate is for, where it is not the address's."""
    temporal_api_key: SecretStr = SecretStr("")
    """For Temporal Cloud, or a server that asks for one."""

    records_url: str = "sqlite:///.claimline/records.db"
    """`sqlite:///PATH` (one machine) or `postgresql+psycopg://USER@HOST/NAME`."""

    keys_file: Path | None = None
    """The key ring that seals Temporal's payloads and the records (`starter.py keys`), readable by its owner alone."""
    keys: SecretStr = SecretStr("")
    """The same ring as JSON, for secret stores that hand out variables; `CLAIMLINE_KEYS_FILE` goes before it."""
    words_in_clear: Literal["accept", "refuse"] = "accept"
    """With a key ring: whether claims take free text, and what names a person, from messages that were not sealed."""
    codec_address: str = ""
    """Where the codec server answers Temporal's UI and CLI, as in 127.0.0.1:8234 ([security.md](security.md)); empty =
    `starter.py codec` takes that address, and a worker serves none."""
    codec_origins: str = "http://127.0.0.1:8233,http://localhost:8233"
    """Addresses of the UIs whose pages may ask it, separated by commas."""
    codec_users_file: Path | None = None
    """Who may ask it (`starter.py codec add-user`); without it, this machine alone."""
    retention_years: int = Field(default=10, ge=6, le=100)
    """How long claims and documents are kept at least; a longer rule of a claim's payer goes before it."""

    carrier: Literal["sandbox", "stedi", "sftp"] = "sandbox"
    """Which clearinghouse claims go to; `sandbox` is the one that comes along, and no payer hears of it. `sftp` is any that
    takes files into one folder and leaves files in another ([carriers.md](carriers.md))."""
    carrier_url: str = ""
    """One address for all of the carrier's paths; empty = this machine's sandbox, or Stedi's own hosts."""
    carrier_healthcare_url: str = ""
    """Stedi's healthcare address with its version, where it is not that of `CLAIMLINE_CARRIER_URL`."""
    carrier_core_url: str = ""
    """The same for Stedi's core address (polling and documents)."""
    carrier_key: SecretStr = SecretStr("")
    """The carrier's API key; Stedi needs one."""
    carrier_per_second: float = Field(default=0, ge=0, le=1000)
    """How many calls a second all workers together may begin at the carrier; 0 = as many as there are."""
    carrier_at_once: int = Field(default=50, ge=1, le=1000)
    """How many calls to the carrier one worker has under way at a time."""
    carrier_usage: Literal["T", "P"] = "T"
    """ISA15: test or production data."""
    carrier_acknowledgements: Annotated[frozenset[Acknowledgement], NoDecode] = frozenset()
    """Which acknowledgements come, separated by commas; empty = what the carrier is known to deliver."""

    sftp_address: str = ""
    """HOST:PORT of the carrier's SFTP server."""
    sftp_user: str = ""
    """The account there."""
    sftp_known_hosts: Path | None = None
    """A file with the host's public key, as `ssh-keyscan` writes it; without it nothing is sent."""
    sftp_key_file: Path | None = None
    """Our private key; a password does where the carrier takes one."""
    sftp_key_passphrase: SecretStr = SecretStr("")
    """Of that key, where it has one."""
    sftp_password: SecretStr = SecretStr("")
    """The account's password."""
    sftp_password_file: Path | None = None
    """A file with nothing but the password, as secrets are mounted; it goes before the variable above."""
    sftp_upload: str = "inbound"
    """The folder for our 837s. Clearinghouses name folders from their side."""
    sftp_download: str = "outbound"
    """The folder that acknowledgements and remittances are left in."""
    sftp_archive: str = ""
    """Where to move what was taken and stored; empty = it is deleted."""
    sftp_sent: str = ""
    """Where the carrier shows the files that it took, if it does: a lost answer is then looked up there too."""
    sftp_pattern: str = "*"
    """Which files of the download folder are taken, as in `*.835`."""
    sftp_quiet_seconds: float = Field(default=5, ge=0, le=300)
    """How long a file there must stand still before it is taken."""

    submitter_id: str = ""
    """ISA06 and NM109 of loop 1000A, as agreed with the carrier."""
    submitter_qualifier: str = "ZZ"
    """ISA05."""
    submitter_name: str = ""
    """NM103 of loop 1000A: the practice or billing company that sends."""
    submitter_contact: str = ""
    """PER02: whom the carrier asks for."""
    submitter_phone: str = ""
    """PER04, ten digits."""
    receiver_id: str = "STEDI"
    """ISA08 and NM109 of loop 1000B."""
    receiver_qualifier: str = "ZZ"
    """ISA07."""
    receiver_name: str = "STEDI"
    """NM103 of loop 1000B."""

    practice_phone: str = ""
    """For letters; empty = the billing provider's own, out of the claim."""
    pay_online: str = ""
    """The address that statements name for paying online, where there is one."""

    poll_seconds: float = Field(default=300, gt=0, le=86_400)
    """How often the inbox asks the carrier for documents."""
    sticky_seconds: float = Field(default=60, ge=1, le=600)
    """How long a claim waits for the worker that has it in memory. Longer survives a flood; after a kill -9 the claims
    that were just then at work go on this much later."""
    deliveries_per_second: float = Field(default=200, gt=0, le=10_000)
    """How many claims a worker wakes a second with what documents say. More than the claims' workers can take (250 to 310
    on two cores) makes a large remittance arrive later, not sooner."""
    webhook_address: str = ""
    """Where the carrier's webhook is taken, as in 127.0.0.1:8080 behind a proxy with TLS; empty = polling alone. It answers
    at /webhooks/carrier."""
    webhook_secrets: SecretStr = SecretStr("")
    """The secrets that its messages are signed with (`whsec_...`), separated by commas while they are being changed."""
    metrics_address: str = ""
    """Where Prometheus may ask, as in 127.0.0.1:9464; empty = no metrics."""
    metrics_seconds: float = Field(default=30, ge=1, le=3600)
    """How often claims, tasks and deadlines are counted for them."""
    log_format: Literal["console", "json"] = "console"
    """`json` is one object a line, for collectors."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged."""

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """Those of the webhook, each by itself."""
        return tuple(part.strip() for part in self.webhook_secrets.get_secret_value().split(",") if part.strip())

    @property
    def sandbox(self) -> bool:
        """Whether waits in seconds are allowed."""
        return self.mode == "sandbox"

    @property
    def acknowledgements(self) -> frozenset[Acknowledgement]:
        """Over HTTP Stedi hands out no 999; over SFTP nearly everybody does; the sandbox delivers all three."""
        known: dict[str, frozenset[Acknowledgement]] = {
            "sandbox": frozenset({"TA1", "999", "277CA"}),
            "sftp": frozenset({"999", "277CA"}),
        }
        return self.carrier_acknowledgements or known.get(self.carrier, frozenset({"277CA"}))

    @field_validator(*_FILES, mode="before")
    @classmethod
    def _no_file(cls, value: Any) -> Any:
        """An empty variable names no file; a Path made of it would be the folder that we stand in."""
        return value or None

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("not a time zone; write one like America/Chicago") from None
        return value

    @field_validator("temporal_address", "metrics_address", "webhook_address", "codec_address", "sftp_address")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if value and not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
            raise ValueError("write HOST:PORT")
        return value

    @field_validator(*_WEB)
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("write an address that begins with https:// (or http:// on this machine)")
        return value.rstrip("/")

    @field_validator("carrier_acknowledgements", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("temporal_api_key", "carrier_key")
    @classmethod
    def _one_word(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value()
        if not (key.isascii() and key.isprintable()) or " " in key.strip():
            raise ValueError("a key is one word without line breaks; was it cut or pasted with something else?")
        return SecretStr(key.strip())

    @model_validator(mode="before")
    @classmethod
    def _sandbox_defaults(cls, given: dict[str, Any]) -> dict[str, Any]:
        """The embedded sandbox needs no settings: what is empty gets its own address, key and names."""
        if given.get("carrier", "sandbox") != "sandbox":
            return given
        names = {"carrier_key": SANDBOX_KEY, "submitter_id": "CLAIMLINE", "submitter_name": "CLAIMLINE"}
        names |= {"submitter_contact": "BILLING", "submitter_phone": _SANDBOX_PHONE}
        names |= {"receiver_id": "SANDBOX", "receiver_name": "SANDBOX", "carrier_url": _SANDBOX_URL}
        return names | {name: value for name, value in given.items() if value not in ("", None)}

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        missing = []
        if required := _REQUIRED.get(self.carrier):
            missing = [name for name in required if not _said(getattr(self, name))]
        if bool(self.temporal_tls_cert) != bool(self.temporal_tls_key):
            missing.append("temporal_tls_key" if self.temporal_tls_cert else "temporal_tls_cert")
        if missing:
            raise ValueError(f"missing: {', '.join(PREFIX + name.upper() for name in missing)}")
        if self.carrier == "sftp" and not (self.sftp_key_file or self.sftp_password_file or _said(self.sftp_password)):
            raise ValueError(f"missing: {PREFIX}SFTP_KEY_FILE, or a password in {PREFIX}SFTP_PASSWORD_FILE")
        if self.carrier == "sftp" and self.receiver_id == "STEDI":
            raise ValueError(f"missing: {PREFIX}RECEIVER_ID and {PREFIX}RECEIVER_NAME, the carrier's own")
        if not self.temporal_tls and (self.temporal_tls_cert or self.temporal_tls_ca):
            raise ValueError(f"{PREFIX}TEMPORAL_TLS: certificates are set, so set it to 1")
        if self.mode == "production" and self.carrier == "sandbox":
            raise ValueError(f"{PREFIX}CARRIER: production needs a real carrier, stedi for example")
        plain = [name for name in _WEB if str(getattr(self, name)).startswith("http://")]
        if self.mode == "production" and plain:
            raise ValueError(f"{PREFIX}{plain[0].upper()}: production needs https://, patients' data goes there")
        if self.mode == "production" and self.webhook_address and not _said(self.webhook_secrets):
            raise ValueError(f"{PREFIX}WEBHOOK_SECRETS: production takes no unsigned webhooks")
        if self.codec_address and self.codec_users_file is None:
            if self.mode == "production":
                raise ValueError(f"{PREFIX}CODEC_USERS_FILE: production names who may open patients' data")
            if not self.codec_address.startswith(("127.", "localhost:", "[::1]:")):
                raise ValueError(f"{PREFIX}CODEC_USERS_FILE: is needed where other machines reach the codec server")
        if self.mode == "sandbox" and self.carrier_usage == "P":
            raise ValueError(f"{PREFIX}CARRIER_USAGE: P (real claims) needs {PREFIX}MODE=production")
        return self


def _said(value: str | Path | SecretStr | None) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def load_settings(found: Mapping[str, str] = MappingProxyType({})) -> Settings:
    """The settings of this process. Raises SettingsError, a line for each variable that is wrong or missing.

    `found` are variables that count where the environment leaves them out, as what runs in the data folder is reached by.

    CLAIMLINE_SECRETS_DIR names a folder of secrets: what the environment leaves out is read from files there that are
    named like the variable, in small letters, as /run/secrets/claimline_carrier_key.
    """
    folder = os.environ.get(f"{PREFIX}SECRETS_DIR")
    if folder and not Path(folder).is_dir():
        raise SettingsError(f"{PREFIX}SECRETS_DIR: there is no such folder")
    given = {name.removeprefix(PREFIX).lower(): value for name, value in found.items() if name not in os.environ}
    given = {name: value for name, value in given.items() if value and name in Settings.model_fields}
    try:
        return Settings(_secrets_dir=folder or None, **given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError("\n".join(map(_line, error.errors(include_input=False, include_url=False)))) from None


def _line(fault: Any) -> str:
    reason = str(fault["msg"]).removeprefix("Value error, ")
    if not fault["loc"]:
        return reason
    return f"{PREFIX}{str(fault['loc'][0]).upper()}: {reason}"
