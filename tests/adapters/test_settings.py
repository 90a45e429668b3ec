"""Settings: what is wrong is named, and no secret is ever repeated."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from adapters.settings import SettingsError, load_settings

STEDI = {
    "CARRIER": "stedi",
    "CARRIER_KEY": "key-7",
    "SUBMITTER_ID": "AB123",
    "SUBMITTER_NAME": "Hudson Billing",
    "SUBMITTER_CONTACT": "Pat",
    "SUBMITTER_PHONE": "5185550100",
}

SFTP = {
    **{name: value for name, value in STEDI.items() if name.startswith("SUBMITTER")},
    "CARRIER": "sftp",
    "SFTP_ADDRESS": "sftp.carrier.test:22",
    "SFTP_USER": "practice-7",
    "SFTP_KNOWN_HOSTS": "/run/secrets/known_hosts",
    "SFTP_KEY_FILE": "/run/secrets/id",
    "RECEIVER_ID": "CARRIER9",
    "RECEIVER_NAME": "CARRIER NINE",
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine, and a folder without a `.env`."""
    for name in [name for name in os.environ if name.startswith("CLAIMLINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def having(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"CLAIMLINE_{name}", value)


def test_with_nothing_set_everything_is_on_this_machine() -> None:
    settings = load_settings()
    assert settings.sandbox
    assert settings.carrier_url == "http://127.0.0.1:8765"
    assert settings.carrier_key.get_secret_value() == "sandbox-key"
    assert settings.acknowledgements == {"TA1", "999", "277CA"}
    assert settings.carrier_usage == "T"
    assert settings.submitter_id


def test_a_real_carrier_delivers_what_it_is_known_to_deliver(monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, STEDI | {"MODE": "production", "CARRIER_USAGE": "P"})
    settings = load_settings()
    assert settings.acknowledgements == {"277CA"}
    assert not settings.sandbox
    having(monkeypatch, {"CARRIER_ACKNOWLEDGEMENTS": "277CA, 999"})
    assert load_settings().acknowledgements == {"277CA", "999"}


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"POLL_SECONDS": "soon"}, "CLAIMLINE_POLL_SECONDS: "),
        ({"POLL_SECONDS": "0"}, "CLAIMLINE_POLL_SECONDS: "),
        ({"ZONE": "Mars/Olympus"}, "CLAIMLINE_ZONE: not a time zone"),
        ({"ZONE": "../../etc/passwd"}, "CLAIMLINE_ZONE: not a time zone"),
        ({"TEMPORAL_ADDRESS": "localhost"}, "CLAIMLINE_TEMPORAL_ADDRESS: write HOST:PORT"),
        ({"TEMPORAL_ADDRESS": "localhost:99999"}, "CLAIMLINE_TEMPORAL_ADDRESS: write HOST:PORT"),
        ({"TEMPORAL_TLS_CERT": "/x.pem"}, "CLAIMLINE_TEMPORAL_TLS_KEY"),
        ({"TEMPORAL_TLS_CA": "/ca.pem"}, "CLAIMLINE_TEMPORAL_TLS: "),
        ({"CARRIER": "pigeon"}, "CLAIMLINE_CARRIER: "),
        ({"CARRIER_URL": "ftp://host"}, "CLAIMLINE_CARRIER_URL: "),
        ({"CARRIER_ACKNOWLEDGEMENTS": "998"}, "CLAIMLINE_CARRIER_ACKNOWLEDGEMENTS: "),
        ({"CARRIER_USAGE": "P"}, "CLAIMLINE_CARRIER_USAGE: "),
        ({"MODE": "production"}, "CLAIMLINE_CARRIER: production needs a real carrier"),
        (
            STEDI | {"MODE": "production", "CARRIER_CORE_URL": "http://proxy:8765"},
            "CLAIMLINE_CARRIER_CORE_URL: production needs https://",
        ),
        ({"CARRIER": "stedi"}, "missing: CLAIMLINE_CARRIER_KEY, CLAIMLINE_SUBMITTER_ID"),
        ({"CARRIER": "sftp"}, "missing: CLAIMLINE_SFTP_ADDRESS, CLAIMLINE_SFTP_USER, CLAIMLINE_SFTP_KNOWN_HOSTS"),
        (SFTP | {"SFTP_KEY_FILE": ""}, "missing: CLAIMLINE_SFTP_KEY_FILE, or a password in"),
        (SFTP | {"RECEIVER_ID": "STEDI"}, "missing: CLAIMLINE_RECEIVER_ID and CLAIMLINE_RECEIVER_NAME"),
        (SFTP | {"SFTP_ADDRESS": "sftp.carrier.test"}, "CLAIMLINE_SFTP_ADDRESS: write HOST:PORT"),
        ({"DELIVERIES_PER_SECOND": "0"}, "CLAIMLINE_DELIVERIES_PER_SECOND: "),
        ({"LOG_FORMAT": "xml"}, "CLAIMLINE_LOG_FORMAT: "),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, values: dict[str, str], says: str) -> None:
    having(monkeypatch, values)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert says in str(raised.value)


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, {"POLL_SECONDS": "soon", "ZONE": "nowhere"})
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert [line.split(":")[0] for line in str(raised.value).splitlines()] == [
        "CLAIMLINE_ZONE",
        "CLAIMLINE_POLL_SECONDS",
    ]


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, STEDI | {"CARRIER_KEY": "hunter2\nhunter3"})
    with pytest.raises(SettingsError) as raised:
        load_settings()
    shown = "".join(traceback.format_exception(raised.value))
    assert "CLAIMLINE_CARRIER_KEY" in shown
    assert "hunter" not in shown
    having(monkeypatch, {"CARRIER_KEY": " hunter2 "})
    settings = load_settings()
    assert settings.carrier_key.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings)


def test_a_file_of_settings_is_read_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("CLAIMLINE_POLL_SECONDS=7\nCLAIMLINE_ZONE=America/Chicago\nOTHER=1\n")
    having(monkeypatch, {"ZONE": "America/Denver"})
    settings = load_settings()
    assert (settings.poll_seconds, settings.zone) == (7, "America/Denver")


def test_a_carrier_over_sftp_delivers_999s_and_may_be_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, SFTP | {"MODE": "production", "CARRIER_USAGE": "P"})
    settings = load_settings()
    assert settings.acknowledgements == {"999", "277CA"}
    assert (settings.sftp_upload, settings.sftp_archive) == ("inbound", "")
