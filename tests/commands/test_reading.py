"""What `show` prints of money that was given up or given back: who, why, and who took it back."""

from __future__ import annotations

import asyncio
import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from adapters.records import open_records
from claims import events as e
from claims.ports import JournalEntry
from claims.views import index_entry, view
from commands.app import main
from commands.reading import account_line, ledger_tables
from tests.claims.kit import SHARED, TABLES, Life, life
from tests.postgres import records_url

BOOK: dict[str, Any] = {
    "write_offs": [
        {
            "amount": "125.00",
            "bucket": "open",
            "category": "timely_filing",
            "reason": "sent on day 95",
            "by": "biller-1",
            "approved_by": "owner-1",
            "at": "2026-03-23T11:00:00-04:00",
            "reverted_by": "supervisor-1",
            "why_reverted": "proof was found",
        }
    ],
    "refunds": [
        {
            "amount": "54.00",
            "to": "patient",
            "payer_id": "",
            "reason": "paid too much",
            "by": "biller-1",
            "approved_by": "",
            "sent_on": "2026-03-24",
            "reference": "CHK-2045",
            "reverted_by": "",
            "why_reverted": "",
        }
    ],
}


def printed(book: dict[str, Any]) -> str:
    out = Console(file=StringIO(), width=200)
    for one in ledger_tables(book):
        out.print(one)
    assert isinstance(out.file, StringIO)
    return out.file.getvalue()


def test_a_write_off_is_shown_with_both_people_and_its_reason() -> None:
    text = printed(BOOK)
    for part in ("125.00", "timely_filing: sent on day 95", "biller-1, approved by owner-1", "2026-03-23"):
        assert part in text
    assert "supervisor-1: proof was found" in text


def test_a_refund_is_shown_with_its_check_one_that_waits_as_not_sent() -> None:
    assert "2026-03-24 CHK-2045" in printed(BOOK)
    waiting = {"refunds": [{**BOOK["refunds"][0], "sent_on": None, "reference": ""}]}
    assert "not yet" in printed(waiting)


def test_a_claim_with_neither_has_no_empty_table() -> None:
    assert printed({"write_offs": [], "refunds": []}) == ""


def test_the_patients_account_is_one_line_of_the_claim() -> None:
    told = {
        "account": "0123456789abcdef",
        "asked": "10.00",
        "withheld": "0.00",
        "standing": "final_notice",
        "statements": 3,
        "paid_by_patient": "5.00",
    }
    line = account_line(told)
    assert line == (
        "patient's account 0123456789ab (final notice): 10.00 asked for, 5.00 paid by the patient, 3 statements"
    )


@pytest.fixture
def archived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Life:
    """A claim that is over, stored in the archive: 125.00 = 70.00 paid + 35.00 by contract + 20.00 forgiven, and what
    the patient paid after that (20.00) went back to her."""
    monkeypatch.setenv("CLAIMLINE_DATA", str(tmp_path))
    monkeypatch.setenv("CLAIMLINE_RECORDS_URL", records_url(tmp_path))
    monkeypatch.setenv("CLAIMLINE_TEMPORAL_ADDRESS", "127.0.0.1:1")
    one = life().accepted().paid(SHARED)
    one.do(e.WrittenOff, amount_cents=2000, bucket="patient", reason="charity", category="financial_assistance")
    one.do(e.PatientPaid, amount_cents=2000)
    one.do(e.RefundRequested, to="patient", amount_cents=2000, reason="forgiven, then paid")
    one.do(e.RefundSent, reference="CHK-9", method="check")
    assert one.state.status == "closed", one.state.status
    records = open_records(os.environ["CLAIMLINE_RECORDS_URL"])

    async def store() -> None:
        state = one.state
        known = {"practice": state.practice, "claim_id": state.claim_id}
        await records.register(**known, claim=state.claim, fingerprint="f", at=state.registered_at)
        await records.write_steps(**known, entries=(), view=view(state, TABLES), index=index_entry(state))
        await records.archive(state)

    asyncio.run(store())
    records.close()
    return one


def test_a_claim_out_of_the_archive_shows_what_was_given_up_and_given_back(
    archived: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "LK1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["amount"], one["by"]) for one in told["ledger"]["write_offs"]] == [("20.00", "biller-1")]
    assert [(one["amount"], one["reference"]) for one in told["ledger"]["refunds"]] == [("20.00", "CHK-9")]
    assert main(["show", "LK1"]) == 0
    text = capsys.readouterr().out
    assert "CHK-9" in text
    assert "financial_assistance" in text


def test_an_archive_that_is_older_than_the_claim_is_not_shown_for_it(
    archived: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    """A note leaves it closed since the same moment: what was stored before that is not how it stands now."""
    closed_since = archived.state.since
    archived.do(e.NoteAdded, text="her statement came back")
    state = archived.state
    assert (state.status, state.since) == ("closed", closed_since)
    records = open_records(os.environ["CLAIMLINE_RECORDS_URL"])
    known = {"practice": state.practice, "claim_id": state.claim_id}
    noted = JournalEntry(
        sequence=state.sequence,
        at=state.changed_at,
        event="note_added",
        event_id="n1",
        before="closed",
        after="closed",
    )
    asyncio.run(records.write_steps(**known, entries=(noted,), view=view(state, TABLES), index=index_entry(state)))
    records.close()
    assert main(["show", "LK1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "write_offs" not in told["ledger"], "no server answers, and the archive does not know of the note"
    assert "why_here" not in told
