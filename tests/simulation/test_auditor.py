"""The auditor counts for itself: it shares no code with the core, and its books say what the guide says."""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from simulation import own_dates
from simulation.own_money import OwnBooks, Posting

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("auditor.py", "audit_rules.py", "own_dates.py", "own_money.py", "seen.py")


@pytest.mark.parametrize("room", ROOMS)
def test_the_auditor_names_nothing_of_the_core(room: str) -> None:
    tree = ast.parse((ROOT / "simulation" / room).read_text(encoding="utf-8"))
    modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    modules |= {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    ours = {name for name in modules if name.partition(".")[0] in ("claims", "adapters", "simulation", "pydantic")}
    assert ours <= {f"simulation.{name.removesuffix('.py')}" for name in ROOMS}


def test_the_auditor_loads_nothing_of_the_core() -> None:
    """Not by a detour either."""
    code = (
        "import sys, simulation.auditor; print([m for m in sys.modules if m.split('.')[0] in ('claims', 'adapters')])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert told.strip() == "[]"


# its calendar; the days are those of the OPM's published lists


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 2, 16),
        date(2026, 5, 25),
        date(2026, 6, 19),
        date(2026, 7, 3),  # the 4th is a Saturday
        date(2026, 9, 7),
        date(2026, 10, 12),
        date(2026, 11, 11),
        date(2026, 11, 26),
        date(2026, 12, 25),
        date(2027, 7, 5),  # the 4th is a Sunday
        date(2027, 12, 31),  # New Year's Day of 2028 is a Saturday
    ],
)
def test_nobody_works_on_a_federal_holiday(day: date) -> None:
    assert not own_dates.works(day)


def test_a_year_after_the_leap_day_is_february_28() -> None:
    """42 CFR 424.44; CMS Manual 100-04 ch. 1 s. 70."""
    assert own_dates.after(date(2028, 2, 29), {"amount": 1, "unit": "years"}) == date(2029, 2, 28)


def test_four_months_after_october_31_is_march_1_where_the_law_names_it() -> None:
    """45 CFR 147.136(d)(2)(i): no such day in February, so the first of the next month."""
    wait = {"amount": 4, "unit": "months", "missing_day": "first_of_next"}
    assert own_dates.after(date(2026, 10, 31), wait) == date(2027, 3, 1)


# its books


def _payment(paid: int, *found: tuple[str, str, int], status: str = "1", number: str = "ICN1") -> dict[str, Any]:
    adjustments = [{"group": g, "reason": r, "amount_cents": cents} for g, r, cents in found]
    charge = paid + sum(cents for _, _, cents in found)
    return {
        "status_code": status,
        "charge_cents": charge,
        "paid_cents": paid,
        "payer_claim_control_number": number,
        "adjustments": adjustments,
        "lines": [],
    }


def _books(*payments: dict[str, Any], coverages: int = 1) -> OwnBooks:
    books = OwnBooks(charge=12500, coverages=coverages)
    for i, payment in enumerate(payments):
        books.postings.append(Posting(f"p{i}", 0, date(2026, 3, 1 + i), payment))
    return books


def test_paid_contract_and_share() -> None:
    """125.00 = 70.00 paid + 35.00 by contract + 20.00 the patient's."""
    (balance,) = _books(_payment(7000, ("CO", "45", 3500), ("PR", "1", 2000))).balances()
    assert balance == {
        "paid": 7000, "contractual": 3500, "written_off": 0, "patient": 2000, "next_payer": 0, "open": 0,
    }  # fmt: skip


def test_a_reversal_nets_to_zero() -> None:
    books = _books(
        _payment(9000, ("CO", "45", 3500)),
        _payment(-9000, ("CO", "45", -3500), status="22"),
    )
    assert books.balances()[0]["open"] == 12500


def test_what_a_prior_payer_did_is_not_posted_again() -> None:
    """OA-23 of 105.00 moves nothing: 20.00 are paid, the rest stands as the first payer left it."""
    books = _books(_payment(7000, ("CO", "45", 3500), ("PR", "2", 2000)), coverages=2)
    second = _payment(2000, ("OA", "23", 10500), status="2", number="SEC1")
    books.postings.append(Posting("s", 1, date(2026, 4, 1), second))
    (balance,) = books.balances()
    assert (balance["paid"], balance["contractual"], balance["open"]) == (9000, 3500, 0)


def test_a_recovery_is_counted_unless_a_reversal_explains_it() -> None:
    books = _books(_payment(9000, ("CO", "45", 3500)))
    books.taken_back.append(("wo", 9000))
    assert books.balances()[0]["open"] == 9000
    books.postings.append(Posting("r", 0, date(2026, 5, 1), _payment(-9000, ("CO", "45", -3500), status="22")))
    assert books.balances()[0]["paid"] == 0


def test_a_denied_amount_is_nobodys_yet() -> None:
    assert _books(_payment(0, ("CO", "50", 12500))).balances()[0]["open"] == 12500


def test_a_contractual_amount_is_never_the_patients() -> None:
    assert _books(_payment(9000, ("CO", "45", 3500))).balances()[0]["patient"] == 0
