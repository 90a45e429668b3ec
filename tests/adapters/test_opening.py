"""From settings to adapters: where each carrier is, and what it is trusted with."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.carriers.sftp import Sftp
from adapters.carriers.stedi import Stedi
from adapters.opening import carrier_of, documents_of, letters_of, records_of
from adapters.settings import Settings, SettingsError
from claims.ports import Carrier, Documents, Letters, Records


def stedi(**changes: object) -> Settings:
    values: dict[str, object] = {
        "carrier": "stedi",
        "carrier_key": "key-1",
        "submitter_id": "AB123",
        "submitter_name": "Hudson Billing",
        "submitter_contact": "Pat",
        "submitter_phone": "5185550100",
    }
    return Settings.model_validate(values | changes)


def sandbox(**changes: object) -> Settings:
    return Settings.model_validate({"carrier": "sandbox", "carrier_url": "http://127.0.0.1:9000"} | changes)


class NoMarks:
    """For carriers that need none."""

    async def fetched(self, carrier: str, item_id: str) -> str | None:
        raise AssertionError(carrier)

    async def remember_item(self, carrier: str, item_id: str, sha256: str) -> None:
        raise AssertionError(carrier)


@pytest.mark.parametrize(
    ("settings", "healthcare", "core"),
    [
        (stedi(), "https://healthcare.us.stedi.com/2024-04-01", "https://core.us.stedi.com/2023-08-01"),
        (sandbox(), "http://127.0.0.1:9000/2024-04-01", "http://127.0.0.1:9000/2023-08-01"),
        (
            stedi(carrier_core_url="https://proxy.test/core"),
            "https://healthcare.us.stedi.com/2024-04-01",
            "https://proxy.test/core",
        ),
    ],
)
def test_one_address_or_each_its_own(settings: Settings, healthcare: str, core: str) -> None:
    carrier = carrier_of(settings, NoMarks())
    assert isinstance(carrier, Stedi)
    assert (carrier._healthcare, carrier._core) == (healthcare, core)


async def test_only_the_sandbox_takes_letters() -> None:
    real: Carrier = carrier_of(stedi(), NoMarks())
    assert await real.send_correspondence(kind="appeal", fields={}, idempotency_key="k") is None
    assert real.acknowledgements == {"277CA"}
    assert carrier_of(sandbox(), NoMarks()).acknowledgements == {"TA1", "999", "277CA"}


def test_every_adapter_is_what_activities_ask_for(tmp_path: Path) -> None:
    settings = sandbox(records_url=f"sqlite:///{tmp_path}/records.db")
    documents: Documents = documents_of(settings)
    letters: Letters = letters_of(settings)
    opened = records_of(settings)
    records: Records = opened
    assert all((documents, letters, records))
    opened.close()


def sftp(folder: Path, **changes: object) -> Settings:
    for name in ("known_hosts", "id", "password"):
        (folder / name).write_text(f"{name}\n")
    values: dict[str, object] = {
        "carrier": "sftp",
        "sftp_address": "sftp.carrier.test:2222",
        "sftp_user": "practice-7",
        "sftp_known_hosts": folder / "known_hosts",
        "sftp_password_file": folder / "password",
        "receiver_id": "CARRIER9",
        "receiver_name": "CARRIER NINE",
        "submitter_id": "AB123",
        "submitter_name": "Hudson Billing",
        "submitter_contact": "Pat",
        "submitter_phone": "5185550100",
    }
    return Settings.model_validate(values | changes)


def test_a_carrier_of_two_folders_takes_its_secrets_out_of_files(tmp_path: Path) -> None:
    carrier = carrier_of(sftp(tmp_path, sftp_archive="done"), NoMarks())
    assert isinstance(carrier, Sftp)
    account = carrier._session._account
    assert (account.host, account.port, account.user, account.password) == (
        "sftp.carrier.test",
        2222,
        "practice-7",
        "password",
    )
    assert carrier._folders.archive == "done"


@pytest.mark.parametrize("name", ["sftp_known_hosts", "sftp_key_file", "sftp_password_file"])
def test_a_file_that_is_not_there_is_named_by_its_setting(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=f"CLAIMLINE_{name.upper()}"):
        carrier_of(sftp(tmp_path, **{name: tmp_path / "nowhere"}), NoMarks())
