"""Deposits and the remittances that explain them: paired by trace number, amount and payer (CAQH CORE 370).

The bank's CCD+ addenda repeat TRN of the 835: TRN02 is the trace number, TRN03 the payer's id there. An electronic
payment without its 835, or an 835 without its deposit, is late after the wait `eft_pairing`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from claims.base import Day, Instant, Value
from claims.deadlines import DEFAULT_WAITS, last_day, next_business_day
from claims.payer_rules import Wait

ELECTRONIC = ("ACH", "FWT", "BOP")
"""BPR04 of money that comes to the bank by itself; CHK is a paper check, NON no payment."""


class Deposit(Value):
    """Money that arrived at the bank. `payer` is the TRN03 of the addenda, the payer's id, or its name."""

    trace_number: str
    amount_cents: int
    payer: str
    on: Day
    at: Instant
    source: str = ""


class Payment(Value):
    """What a remittance says was paid, as far as pairing goes."""

    trace_number: str
    amount_cents: int
    payer: str = ""
    payer_id: str = ""
    originator: str = ""
    method: str = ""
    on: Day | None = None

    @property
    def electronic(self) -> bool:
        return self.method in ELECTRONIC and self.amount_cents > 0


Fit = Literal["pair", "amount", "payer", ""]


def fit(deposit: Deposit, payment: Payment) -> Fit:
    """`pair` where trace, amount and payer agree; `amount` or `payer` where the trace agrees and that does not."""
    if not deposit.trace_number or plain(deposit.trace_number) != plain(payment.trace_number):
        return ""
    known = {plain(name) for name in (payment.payer, payment.payer_id, payment.originator) if name}
    if plain(deposit.payer) not in known:
        return "payer"
    return "pair" if deposit.amount_cents == payment.amount_cents else "amount"


def plain(text: str) -> str:
    """Banks pad numbers with blanks and zeros."""
    return "".join(text.split()).lstrip("0").casefold()


def pairing_due(on: date, holidays: frozenset[date], wait: Wait | None = None) -> date:
    """The business day by which the other half must be there, counted from the day of the half that is."""
    chosen = wait or DEFAULT_WAITS["eft_pairing"]
    return next_business_day(last_day(on, chosen, holidays), holidays)
