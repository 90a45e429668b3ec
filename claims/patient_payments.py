"""Patients' payments out of a file: rows of a CSV, each with where it stands and why it can't be taken.

Columns by name, in any order: `amount` and one of `account` and `claim`; `reference`, `date` and `method` where known. A
negative amount is a returned payment.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import date

from claims.base import Day, Value
from claims.money import NotAnAmount, cents

COLUMNS = ("reference", "amount", "date", "method", "account", "claim")
_ALIASES = {
    "ref": "reference",
    "check_number": "reference",
    "paid_on": "date",
    "payment_date": "date",
    "claim_id": "claim",
    "patient_control_number": "claim",
    "guarantor": "account",
    "type": "method",
}


class PaymentRow(Value):
    """One payment of a file. `id` is made of its content: the same row of a file read again is the same payment.

    Two rows alike in one file are two payments; `line` counts from 1, the heading's included.
    """

    line: int
    id: str
    amount_cents: int
    reference: str = ""
    method: str = ""
    paid_on: Day | None = None
    account: str = ""
    claim: str = ""


class RowProblem(Value):
    """A row that can't be taken: its line, its column, and what was expected. Never its content."""

    line: int
    column: str
    reason: str


def read_payments(text: str) -> tuple[tuple[PaymentRow, ...], tuple[RowProblem, ...]]:
    """Every row that can be taken, and a located reason for every other; a file without headings is one problem."""
    rows = list(csv.reader(f"{line}\n" for line in text.removeprefix("\ufeff").removesuffix("\n").split("\n")))
    if not any(rows):
        return (), (RowProblem(line=1, column="", reason="the file is empty"),)
    names = [_column(cell) for cell in rows[0]]
    if problem := _headings(names):
        return (), (problem,)
    taken: list[PaymentRow] = []
    problems: list[RowProblem] = []
    alike: Counter[str] = Counter()
    for line, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            reason = f"{len(cells)} cells, and the heading has {len(names)}"
            problems.append(RowProblem(line=line, column="", reason=reason))
            continue
        read = _row(line, dict(zip(names, (cell.strip() for cell in cells), strict=True)), alike)
        if isinstance(read, PaymentRow):
            taken.append(read)
        else:
            problems.append(read)
    return tuple(taken), tuple(problems)


def _column(cell: str) -> str:
    plain = cell.strip().lower().replace(" ", "_").replace("-", "_")
    return _ALIASES.get(plain, plain)


def _headings(names: list[str]) -> RowProblem | None:
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        return RowProblem(line=1, column=unknown[0][:40], reason=f"no such column; known are {', '.join(COLUMNS)}")
    if "amount" not in names or not {"account", "claim"} & set(names):
        return RowProblem(line=1, column="", reason="the heading needs `amount`, and `account` or `claim`")
    if len(set(names)) != len(names):
        return RowProblem(line=1, column="", reason="a column stands twice in the heading")
    return None


def _row(line: int, cells: dict[str, str], alike: Counter[str]) -> PaymentRow | RowProblem:
    try:
        amount = cents(cells["amount"].replace(",", "").replace("$", ""))
    except NotAnAmount as error:
        return RowProblem(line=line, column="amount", reason=f'{error}; write it like "125.00"')
    if amount == 0:
        return RowProblem(line=line, column="amount", reason="a payment of nothing")
    account, claim = cells.get("account", ""), cells.get("claim", "")
    if not account and not claim:
        return RowProblem(line=line, column="account", reason="neither an account nor a claim is named")
    try:
        day = date.fromisoformat(cells["date"]) if cells.get("date") else None
    except ValueError:
        return RowProblem(line=line, column="date", reason="no day; write it like 2026-05-01")
    facts = (account, claim, cells.get("reference", ""), str(amount), str(day), cells.get("method", ""))
    content = "\x1f".join(facts)
    alike[content] += 1
    digest = hashlib.sha256(f"{content}\x1f{alike[content]}".encode()).hexdigest()[:24]
    return PaymentRow(
        line=line,
        id=f"file/{digest}",
        amount_cents=amount,
        reference=cells.get("reference", ""),
        method=cells.get("method", ""),
        paid_on=day,
        account=account,
        claim=claim,
    )
