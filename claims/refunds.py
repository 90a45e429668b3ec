"""Money that goes back: a refund, and an overpayment with its clock. Who is owed what is counted in credits.py."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from claims.base import Day, Instant, Value

ACKNOWLEDGED = "72"
"""PLB03-1: the payer says that a refund of ours arrived (X12 835 TR3, PLB)."""


class Refund(Value):
    """Money given back out of a credit. It counts in the ledger once it was sent, until it comes back."""

    key: str
    to: Literal["patient", "payer"]
    coverage: int = 0
    """Which payer, as a position among the claim's coverages."""
    amount_cents: int
    reason: str = ""
    by: str
    approved_by: str = ""
    at: Instant
    sent_at: Instant | None = None
    sent_on: Day | None = None
    method: str = ""
    reference: str = ""
    """The number of the check or of the EFT."""
    reverted_by: str = ""
    reverted_at: Instant | None = None
    why_reverted: str = ""

    @property
    def pending(self) -> bool:
        """Decided on and not sent yet."""
        return self.sent_at is None and not self.reverted_by

    @property
    def standing(self) -> bool:
        """Sent, and not come back."""
        return self.sent_at is not None and not self.reverted_by


class Overpayment(Value):
    """Money that has to go back, and since when that is known: the payer's clock counts from `identified_at`."""

    basis: Literal["credit", "identified", "demanded"]
    amount_cents: int
    """Where the ledger shows no credit: what a person or the payer says."""
    coverage: int = 0
    identified_at: Instant
    by: str = ""
    reason: str = ""
    payers_net_cents: int = 0
    """What payers had paid, less what they had back, when it was found: what went back since settles it."""
    investigation_from: Instant | None = None
    investigation_until: Instant | None = None
    demanded_on: Day | None = None
    reference: str = ""
    answer: Literal["", "accept", "dispute", "withdrawn"] = ""
    settled_at: Instant | None = None


def to_patient_cents(refunds: tuple[Refund, ...]) -> int:
    """What was given back to the patient and stayed with her."""
    return sum(refund.amount_cents for refund in refunds if refund.standing and refund.to == "patient")


def to_payers_cents(refunds: tuple[Refund, ...], acknowledged_cents: tuple[int, ...] = ()) -> int:
    """What was given back to payers, without the refunds that a remittance acknowledged (positive cents each).

    A payer that had our check reverses the claim and pays the right amount, and PLB 72 puts the difference back: the
    reversal takes the money off the claim, so that the refund must not do so a second time.
    """
    left = Counter(acknowledged_cents)
    counted = 0
    for refund in refunds:
        if not refund.standing or refund.to != "payer":
            continue
        if left[refund.amount_cents] > 0:
            left[refund.amount_cents] -= 1
        else:
            counted += refund.amount_cents
    return counted
