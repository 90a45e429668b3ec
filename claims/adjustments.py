"""What an adjustment of an 835 means: its bucket, by group and reason, and the outcome of a whole claim payment."""

from __future__ import annotations

from typing import Literal

from claims.base import Value
from claims.claim import Adjustment
from claims.documents import ClaimPayment
from claims.tables import AdjustmentClass, Tables

Bucket = Literal["patient", "contractual", "prior_payer", "pending", "denied"]
Outcome = Literal[
    "paid",
    "partially_denied",
    "denied",
    "zero_paid_patient_resp",
    "zero_paid",
    "reversal",
    "forwarded",
    "predetermination",
    "pending",
]

REVERSAL, PREDETERMINATION, NOT_OURS = "22", "25", "23"
FORWARDED = ("19", "20", "21")
CLAIM_STATUS = frozenset(("1", "2", "3", "4", *FORWARDED, REVERSAL, NOT_OURS, PREDETERMINATION))
"""CLP02 of 005010X221A1; 4010 knew more (5, 10, 13, 15, 16, 17, 27), which nobody may post from."""
CROSSOVER_REMARKS = ("MA18", "N89")
PATIENTS_SHARE = ("patient", "contractual", "money", "payment_direction", "coordination")
"""Classes whose group PR amounts are the patient's without another word; of all others a person decides first."""


def reason_class(adjustment: Adjustment, tables: Tables) -> AdjustmentClass:
    """The class of a CARC, `unknown` where our table doesn't have it."""
    reason = tables.reasons.get(adjustment.reason)
    return reason.reason_class if reason else "unknown"


def bucket(adjustment: Adjustment, tables: Tables) -> Bucket:
    """Where an adjustment's amount goes, by group and reason (X12 835 TR3, CAS; domain rules in docs/posting.md).

    A patient's share needs group PR and a reason that a patient may be billed for and that is no denial (not covered, not
    eligible, ...): those are a person's to look at first. Money that the payer sent to the patient herself (CARC 100) is
    hers to pass on under OA too, which is no contractual amount; under CO and PI a person looks first. A contractual
    write-off needs a contractual reason under a contract (CO, OA, CR); PI is the payer's own idea. All else was paid by
    nobody and stays open until somebody decides.
    """
    kind = reason_class(adjustment, tables)
    if kind == "prior_payer":
        return "prior_payer"
    if kind == "pending":
        return "pending"
    if adjustment.group == "OA" and paid_to_patient(adjustment, tables):
        return "patient"
    if adjustment.group == "PR":
        reason = tables.reasons.get(adjustment.reason)
        billed = reason is not None and reason.patients_under("PR") and kind in PATIENTS_SHARE
        return "patient" if billed else "denied"
    if kind in ("contractual", "money") and adjustment.group != "PI":
        return "contractual"
    return "denied"


def paid_to_patient(adjustment: Adjustment, tables: Tables) -> bool:
    """Whether the patient has this money already (CARC 100 and its like), and the group leaves her the one to ask."""
    reason = tables.reasons.get(adjustment.reason)
    if reason is None or reason.reason_class != "payment_direction":
        return False
    return reason.patients_under(adjustment.group) and reason.remedy_under(adjustment.group) == "bill_patient"


class Sums(Value):
    """Adjustments of a payment or a line by bucket, in cents."""

    patient: int = 0
    contractual: int = 0
    prior_payer: int = 0
    pending: int = 0
    denied: int = 0


def sums(adjustments: tuple[Adjustment, ...], tables: Tables) -> Sums:
    totals: dict[Bucket, int] = {}
    for adjustment in adjustments:
        where = bucket(adjustment, tables)
        totals[where] = totals.get(where, 0) + adjustment.amount_cents
    return Sums(**totals)


def all_adjustments(payment: ClaimPayment) -> tuple[Adjustment, ...]:
    """Claim-level adjustments, then those of the lines: both count."""
    return payment.adjustments + tuple(a for line in payment.lines for a in line.adjustments)


def all_remarks(payment: ClaimPayment) -> tuple[str, ...]:
    """Remark codes of claim (MIA, MOA) and lines (LQ), each once, in order."""
    found = payment.remarks + tuple(remark for line in payment.lines for remark in line.remarks)
    return tuple(dict.fromkeys(found))


def outcome_of(payment: ClaimPayment, tables: Tables) -> Outcome:
    """What a payer decided, from group, CARC and status: paid nothing is not denied, and status 1 is not paid.

    Status 4 is "denied" by its name alone: it means a patient whom the payer doesn't know (X12 RFI 1423), many payers
    send it with anything, and a deductible under it is a deductible.
    """
    if payment.status_code == PREDETERMINATION:
        return "predetermination"
    if payment.status_code == REVERSAL:
        return "reversal"
    if payment.status_code in (*FORWARDED, NOT_OURS):
        return "forwarded"
    adjusted = all_adjustments(payment)
    if payment.status_code == "4" and not adjusted:
        return "denied"  # the payer does not know the patient and says no more; else its reasons say what it decided
    amounts = sums(adjusted, tables)
    if amounts.denied > 0:
        shared = payment.paid_cents != 0 or amounts.patient != 0
        return "partially_denied" if shared else "denied"
    if amounts.pending and payment.paid_cents == 0:
        return "pending"
    if payment.paid_cents != 0:
        return "paid"
    return "zero_paid_patient_resp" if amounts.patient > 0 else "zero_paid"
