"""Whether a remittance sums: line, claim and set, to the cent; and why a part of it is held where it doesn't.

X12 835 TR3 (005010X221A1) 1.10.2: SVC02 less the line's CAS is SVC03, CLP03 less every CAS of claim and lines is CLP04,
and the sum of CLP04 less the sum of PLB is BPR02. What doesn't balance is held alone; what does may post.
"""

from __future__ import annotations

from claims.adjustments import CLAIM_STATUS, PREDETERMINATION
from claims.documents import ClaimPayment, Remittance
from claims.money import dollars


def claim_gap_cents(payment: ClaimPayment) -> int:
    """CLP03 less all CAS amounts less CLP04; zero where the claim balances."""
    gap = payment.charge_cents - payment.paid_cents
    for one in payment.adjustments:
        gap -= one.amount_cents
    for line in payment.lines:
        for one in line.adjustments:
            gap -= one.amount_cents
    return gap


def held_claim(payment: ClaimPayment) -> str:
    """Why this claim is held alone, with the gap; empty where it balances, or only takes back what was posted.

    A predetermination (CLP02 25) is priced before anything was done, "no payment" by its very name (X12 835 TR3): one
    that pays contradicts itself, and no claim may take its money. Nor does a claim whose CLP02 is no status of 5010 post.
    """
    if payment.status_code == PREDETERMINATION and payment.paid_cents:
        return f"a predetermination (status 25) is no payment, and this one pays {dollars(payment.paid_cents)}"
    if payment.status_code not in CLAIM_STATUS:
        status = payment.status_code[:3] or "(none)"
        return f"claim status {status} is none of a 5010 remittance: what it decides is a person's to say"
    gap = claim_gap_cents(payment)
    if not gap or payment.bare_reversal:
        return ""
    charge, paid = dollars(payment.charge_cents), dollars(payment.paid_cents)
    taken = dollars(payment.charge_cents - payment.paid_cents - gap)
    return f"charge {charge} less adjustments {taken} is not the payment {paid}: {dollars(gap)} unexplained"


def why_never_posted(payment: ClaimPayment) -> str:
    """Why no claim takes this payment, whatever became of the claim; empty where it may be posted."""
    if payment.status_code == PREDETERMINATION:
        return "a predetermination (status 25) is no payment and is never posted"
    if not payment.balanced and not payment.bare_reversal:
        return "the payment doesn't balance: charge less adjustments is not the amount paid"
    return ""


def held_remittance(remittance: Remittance, unread: int = 0) -> str:
    """Why the whole set is held, with the gap; empty where it balances, or where a claim of it may explain the gap.

    `unread` is how many of its claims could not be read: their payments are missing in the sum, which is no fault of
    the claims that were read.
    """
    gap = remittance.difference_cents
    if not gap or unread or one_has_a_gap(remittance):
        return ""
    paid = dollars(sum(claim.paid_cents for claim in remittance.claims))
    taken = dollars(sum(a.amount_cents for a in remittance.provider_adjustments))
    payment = dollars(remittance.payment_cents)
    return f"claims {paid} less provider adjustments {taken} is not the payment {payment}: off by {dollars(gap)}"


def one_has_a_gap(remittance: Remittance) -> bool:
    """Whether a claim doesn't balance. Its payment can't be trusted, so it may be what the set is off by."""
    return any(claim_gap_cents(claim) and not claim.bare_reversal for claim in remittance.claims)
