"""Keys, the audit log and retention as an operator meets them, from the first key to the last erasure."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest

from adapters.keys import keys_of, read_ring
from adapters.records import SqlRecords, open_records
from adapters.records.cipher import RingCipher
from commands.app import main
from tests.workflows.kit import claim_of

Run = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation with records and a key ring of its own, and nothing else.

    `monkeypatch` is asked for so that it is undone after this, not before: it would put back what this takes away."""
    fresh = {name: value for name, value in os.environ.items() if not name.startswith("CLAIMLINE_")}
    ours = {
        "CLAIMLINE_DATA": str(tmp_path),
        "CLAIMLINE_RECORDS_URL": f"sqlite:///{tmp_path}/records.db",
        "CLAIMLINE_KEYS_FILE": str(tmp_path / "keys.json"),
        "CLAIMLINE_TEMPORAL_ADDRESS": "127.0.0.1:1",  # nobody, whatever else runs on this machine
        "COLUMNS": "200",
    }
    with mock.patch.dict(os.environ, fresh | ours, clear=True):
        yield tmp_path
        monkeypatch.undo()


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """What a command says; it has to end with that exit code."""

    def one(*arguments: str, code: int = 0) -> str:
        assert main(list(arguments)) == code, capsys.readouterr()
        captured = capsys.readouterr()
        return captured.out + captured.err

    return one


def registered(folder: Path, claim_id: str, number: str) -> None:
    async def register() -> None:
        records = opened(folder)
        await records.register(
            practice="p1",
            claim_id=claim_id,
            claim=claim_of("SBXPAID", number),
            fingerprint=claim_id,
            at=datetime.now(UTC) - timedelta(days=1),
        )
        records.close()

    asyncio.run(register())


def opened(folder: Path) -> SqlRecords:
    keys = keys_of(folder / "keys.json")
    assert keys is not None
    return open_records(f"sqlite:///{folder}/records.db", cipher=RingCipher(keys))


def test_a_key_lives_from_its_making_to_its_retirement_while_claims_stay_readable(folder: Path, run: Run) -> None:
    assert "the active one" in run("keys", "new")
    first = read_ring(folder / "keys.json").active
    registered(folder, "c1", "TEST1001")
    assert "read only until" in run("keys", "new")
    assert "seals from now on" in run("keys", "rotate")
    second = read_ring(folder / "keys.json").active
    assert second != first
    assert "is the active one" in run("keys", "retire", second, code=2)
    assert "rows of the records need key" in run("keys", "retire", first, "--confirmed", code=1)
    assert "1 of claims" in run("keys", "re-encrypt", "--dry-run")
    assert "1 rows sealed anew" in run("keys", "re-encrypt")
    assert "everything is sealed by the active key" in run("keys", "re-encrypt")
    assert "Temporal may keep histories" in run("keys", "retire", first, code=1)
    assert "is gone" in run("keys", "retire", first, "--confirmed")
    told = json.loads(run("keys", "list", "--json"))
    assert [(one["id"], one["active"], one["rows"]) for one in told] == [(second, True, 1)]
    assert "TEST1001" in run("list")
    noted = json.loads(run("audit", "list", "--action", "keys", "--json"))
    assert [(one["action"], one["detail"]) for one in reversed(noted)] == [
        ("keys", "added"),
        ("keys", f"active instead of {first}"),
        ("keys", "1 rows anew"),
        ("keys", "retired"),
    ]


def test_whoever_looks_at_a_claim_is_noted_and_whoever_touches_the_log_is_found(folder: Path, run: Run) -> None:
    run("keys", "new")
    registered(folder, "c1", "TEST1001")
    run("timeline", "TEST1001")
    run("timeline", "p1/c1")
    run("retention", "hold", "TEST1001", "--reason", "subpoena 26-1182", "--by", "counsel-1")
    whole = run("audit", "verify")
    assert "3 entries, the chain is whole" in whole
    head = whole.split("Head: ")[1].strip()
    with sqlite3.connect(folder / "records.db") as connection:
        assert {row[0] for row in connection.execute("SELECT subject FROM audit")} == {"claim/p1/c1"}
        assert "subpoena" not in str(connection.execute("SELECT reason FROM legal_holds").fetchall())
        connection.execute("DELETE FROM audit WHERE sequence = 2")
    connection.close()
    assert "entry 2: missing: 2" in run("audit", "verify", code=1)
    assert json.loads(run("audit", "verify", "--json", "--head", head, code=1))["faults"][0]["sequence"] == 2


def test_every_list_and_document_that_a_person_looks_at_is_noted_with_how_much_it_showed(
    folder: Path, run: Run
) -> None:
    run("keys", "new")
    registered(folder, "c1", "TEST1001")
    for command in ("list", "tasks", "accounts", "unmatched", "provider-ledger"):
        run(command)
    run("retention", "holds")
    run("records", "backup", str(folder / "backup.db"))
    noted = json.loads(run("audit", "list", "--action", "read", "--json"))
    assert [(one["subject"], one["detail"]) for one in reversed(noted)] == [
        ("list/claims", "1 rows"),
        ("list/tasks", "0 rows"),
        ("list/accounts", "0 rows"),
        ("list/unmatched", "0 rows"),
        ("list/provider-ledger", "0 rows"),
        ("list/holds", "0 rows"),
        ("records", "backup"),
    ]
    assert "the chain is whole" in run("audit", "verify")


def test_what_cannot_be_noted_is_not_shown(folder: Path, run: Run) -> None:
    run("keys", "new")
    registered(folder, "c1", "TEST1001")
    with sqlite3.connect(folder / "records.db") as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END")
    connection.close()
    for command in (["list"], ["show", "TEST1001"], ["timeline", "TEST1001"]):
        assert "TEST1001" not in run(*command, code=3), command


def test_retention_says_what_it_would_do_and_does_it_only_when_told(folder: Path, run: Run) -> None:
    run("keys", "new")
    old = datetime.now(UTC) - timedelta(days=11 * 366)

    async def store() -> str:
        records = opened(folder)
        sha256, _ = await records.store_document(b"ISA*old", kind="835", source="carrier", at=old)
        await records.finish_document(sha256, delivered=0, unmatched=(), problems=())
        records.close()
        return sha256

    sha256 = asyncio.run(store())
    assert "say --dry-run or --apply" in run("retention", code=2)
    told = run("retention", "--dry-run")
    assert sha256 in told
    assert "1 past their time, 0 erased" in told
    assert "1 past their time, 1 erased" in run("retention", "--apply", "--by", "officer-1")
    assert "0 past their time, 0 erased" in run("retention", "--dry-run")
    (noted,) = json.loads(run("audit", "list", "--action", "erase", "--json"))
    assert (noted["actor"], noted["subject"]) == ("officer-1", f"document/{sha256}")


def test_a_legal_hold_is_placed_listed_and_released(folder: Path, run: Run) -> None:
    run("keys", "new")
    registered(folder, "c1", "TEST1001")
    assert run("retention", "hold", "p1/", "--reason", "audit of the practice").strip() == "held"
    assert run("retention", "hold", "p1/", "--reason", "again").strip() == "it was held before"
    (held,) = json.loads(run("retention", "holds", "--json"))
    assert (held["practice"], held["claim_id"], held["reason"]) == ("p1", "", "audit of the practice")
    assert run("retention", "release", "p1/").strip() == "released"
    assert "no legal hold" in run("retention", "release", "p1/", code=1)


def test_a_token_for_the_codec_server_is_shown_once(folder: Path, run: Run) -> None:
    assert "no file of users is set" in run("codec", "add-user", "officer-1", code=2)
    users = folder / "users.json"
    token = run("codec", "add-user", "officer-1", "--file", str(users)).partition(": ")[2].strip()
    assert len(token) > 40
    assert token not in users.read_text()


def test_a_worker_in_production_mode_does_not_start_without_a_key_ring(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import worker

    settings = {
        "CLAIMLINE_MODE": "production",
        "CLAIMLINE_CARRIER": "stedi",
        "CLAIMLINE_CARRIER_KEY": "k",
        "CLAIMLINE_SUBMITTER_ID": "LAKESIDE",
        "CLAIMLINE_SUBMITTER_NAME": "LAKESIDE",
        "CLAIMLINE_SUBMITTER_CONTACT": "BILLING",
        "CLAIMLINE_SUBMITTER_PHONE": "5555550100",
        "CLAIMLINE_KEYS_FILE": "",
    }
    monkeypatch.chdir(folder)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CLAIMLINE_KEYS_FILE")
    assert worker.main(["--check"]) == 7
    said = capsys.readouterr().err
    assert "production needs a key ring" in said
    assert len(said.splitlines()) == 1
    monkeypatch.setenv("CLAIMLINE_KEYS_FILE", str(folder / "nowhere.json"))
    assert worker.main(["--check"]) == 7
    assert "No such file" in capsys.readouterr().err


def test_a_folder_whose_stack_has_ended_is_read_with_the_ring_it_left(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("keys", "new")
    registered(folder, "c1", "TEST1001")
    monkeypatch.delenv("CLAIMLINE_KEYS_FILE")
    assert "TEST1001" in run("show", "TEST1001")
