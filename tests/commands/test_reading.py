"""What `show` prints of money that was given up or given back: who, why, and who took it back."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console

from commands.reading import ledger_tables

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
