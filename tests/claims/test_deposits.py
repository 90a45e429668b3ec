"""Deposits and remittances pair by trace number, amount and payer, and an unpaired one is late after four business days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from claims.deposits import Deposit, Payment, fit, pairing_due

PAYMENT = Payment(
    trace_number="0012345",
    amount_cents=12345,
    payer="ACME HEALTH",
    payer_id="PAYER1",
    originator="1512345678",
    method="ACH",
    on=date(2026, 3, 9),
)


def deposit(trace: str = "0012345", amount: int = 12345, payer: str = "1512345678") -> Deposit:
    at = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    return Deposit(trace_number=trace, amount_cents=amount, payer=payer, on=date(2026, 3, 10), at=at)


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (deposit(), "pair"),
        (deposit(payer="PAYER1"), "pair"),
        (deposit(payer="acme health"), "pair"),
        # a bank that pads with blanks or drops leading zeros
        (deposit(trace=" 12345 "), "pair"),
        (deposit(amount=12344), "amount"),
        (deposit(payer="PAYER2"), "payer"),
        (deposit(trace="999"), ""),
        (deposit(trace=""), ""),
    ],
)
def test_a_deposit_fits_by_trace_amount_and_payer(one: Deposit, found: str) -> None:
    assert fit(one, PAYMENT) == found


@pytest.mark.parametrize(
    ("method", "amount", "expected"),
    [("ACH", 100, True), ("FWT", 100, True), ("CHK", 100, False), ("NON", 0, False), ("ACH", 0, False)],
)
def test_only_electronic_money_waits_for_a_deposit(method: str, amount: int, expected: bool) -> None:
    assert PAYMENT.model_copy(update={"method": method, "amount_cents": amount}).electronic is expected


def test_the_other_half_is_due_after_four_business_days() -> None:
    # Monday 9 March 2026 and four business days: Friday 13; from a Thursday over a weekend: Wednesday
    assert pairing_due(date(2026, 3, 9), frozenset()) == date(2026, 3, 13)
    assert pairing_due(date(2026, 3, 12), frozenset()) == date(2026, 3, 18)
    # a holiday in between moves it on by a day
    assert pairing_due(date(2026, 3, 9), frozenset({date(2026, 3, 11)})) == date(2026, 3, 16)
