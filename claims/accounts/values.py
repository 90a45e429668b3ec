"""What a claim tells its patient's account, and what a statement is made of. No decision is made here; amounts in cents."""

from __future__ import annotations

from typing import Literal

from claims.base import Day, Value
from claims.claim import Address, Name
from claims.payer_rules import ApprovalTier, Wait

Notice = Literal["first", "reminder", "final"]
"""Which statement it is for a claim: its first one, the second, and the last before collections may be thought of."""
NOTICES: tuple[Notice, ...] = ("first", "reminder", "final")


class StatementLine(Value):
    """One service on a statement. `adjusted_cents` is what the contract takes off; nobody is asked for it."""

    service_on: Day | None = None
    description: str
    charge_cents: int
    payer_paid_cents: int
    adjusted_cents: int
    patient_cents: int


class PayerPart(Value):
    """What one payer did with the claim."""

    name: str
    paid_cents: int
    adjusted_cents: int
    patient_cents: int
    decided_on: Day | None = None


class Debtor(Value):
    """Who pays for the patient: herself, or the subscriber of a minor. `guardian` where only the minor is known."""

    name: Name
    address: Address | None = None
    guardian: bool = False


class Creditor(Value):
    """The practice as its letters show it."""

    name: Name
    address: Address | None = None
    phone: str = ""


class AccountRules(Value):
    """How an account is worked: the waits and amounts of the payer rules that a claim was started under.

    `gather` lets the claims of a day meet before a first statement; `between` lies between statements; a person may be
    asked about collections `collections` after a claim's first statement and `notice` after its final one, whichever
    is later (26 CFR 1.501(r)-6(c)(3), (c)(4)); assistance may be asked for within `application` of the first statement.
    """

    gather: Wait
    between: Wait
    notice: Wait
    collections: Wait
    application: Wait
    grace: Wait
    review: Wait
    linger: Wait
    minimum_cents: int = 0
    refund_tiers: tuple[ApprovalTier, ...] = ()
    """Above which amounts a second person agrees before a credit goes back; empty = nobody has to."""


class ClaimBalance(Value):
    """What a patient owes on one claim, as the claim itself counts it. The later `sequence` of a claim is the truth.

    `amount_cents` may be asked for now; `withheld_cents` is the patient's by the remittance, but may not be asked for,
    or not yet: `why` says it. `payments` are the keys of the patient's payments that the claim has counted.
    """

    claim_id: str
    sequence: int
    number: str
    """The patient control number: what the practice and its patient call the claim."""
    service_on: Day | None = None
    charge_cents: int = 0
    amount_cents: int = 0
    withheld_cents: int = 0
    why: str = ""
    lines: tuple[StatementLine, ...] = ()
    payers: tuple[PayerPart, ...] = ()
    patient_paid_cents: int = 0
    payments: tuple[str, ...] = ()
