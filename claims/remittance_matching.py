"""Whose the payments and recoveries of an 835 are: our number, then the payer's, then member, dates and charge."""

from __future__ import annotations

from typing import Any

from claims.deliveries import IndexEntry, Unmatched
from claims.documents import ClaimPayment, ParsedSet, ProviderAdjustment, Remittance
from claims.events import RemittanceReceived, TakebackReceived
from claims.making import maker
from claims.namesakes import first_day, told_apart
from claims.posting import alike, alike_payments
from claims.proof import held_claim, held_remittance
from claims.refunds import ACKNOWLEDGED
from claims.router import Router
from claims.told_numbers import paid_under

_make_remittance_received = maker(RemittanceReceived)


def route_remittance(r: Router, remittance: Remittance, one: ParsedSet) -> None:
    """Claims one by one; one that doesn't balance is held alone. A set whose total doesn't is held whole."""
    segment = one.segment
    if reason := held_remittance(remittance, one.unread):
        r.hold(segment, "835", remittance.trace_number, reason, remittance.payment_cents)
        return
    common = {
        "at": r.at,
        "id": "",
        "by": remittance.payer,
        "kind": "remittance_received",
        "document": r.document,
        "trace_number": remittance.trace_number,
        "payer": remittance.payer,
        "payer_id": "",
        "paid_on": remittance.paid_on,
        "method": remittance.method,
        "occurrence": 0,
        "payment": None,
    }
    for payment, occurrence in alike_payments(remittance.claims):
        claim_payment(r, remittance, payment, occurrence, common)
    for i, (adjustment, occurrence) in enumerate(alike(remittance.provider_adjustments), 1):
        provider_adjustment(r, remittance, adjustment, segment, i, occurrence)


def claim_payment(
    r: Router, remittance: Remittance, payment: ClaimPayment, occurrence: int, common: dict[str, Any]
) -> None:
    """One payment to its claim; `common` has the fields of its event that are the remittance's."""
    number = payment.patient_control_number
    found, why = claim_of(r, payment)
    if reason := held_claim(payment):
        r.hold(payment.segment, "835", number, reason, payment.paid_cents, found)
        return
    if found is None:
        r.miss(payment.segment, "835", number, why, remittance.payer, payment.paid_cents)
        return
    if theirs := paid_under(payment):
        r.look.learn(theirs, found)
    fields = common.copy()
    fields["id"] = f"{r.short}:{payment.segment}"
    fields["payer_id"] = _payer_id(remittance, found)
    fields["occurrence"] = occurrence
    fields["payment"] = payment
    r.deliver(found, _make_remittance_received(fields))


def claim_of(r: Router, payment: ClaimPayment) -> tuple[IndexEntry | None, str]:
    """Our number, then the payer's, then member with dates and charge; several are told apart by dates and lines."""
    candidates = (
        r.look.by_control_number(payment.patient_control_number)
        or r.look.by_payer_number(payment.payer_claim_control_number)
        or [
            e
            for e in r.look.by_members(payment.member_id, payment.corrected_member_id)
            if e.charge_cents == payment.charge_cents
            and e.service_from is not None
            and e.service_from == first_day(payment)
        ]
    )
    if candidates:
        return told_apart(payment, candidates)
    return None, "no claim has this patient control number, payer claim control number, or member, dates and charge"


def provider_adjustment(
    r: Router, remittance: Remittance, adjustment: ProviderAdjustment, segment: int, position: int, occurrence: int
) -> None:
    """Overpayment recoveries that name a claim reach it; all else is the provider's ledger, never a patient's."""
    acknowledges = adjustment.reason == ACKNOWLEDGED and adjustment.amount_cents < 0
    if not (adjustment.reason == "WO" or acknowledges) or not adjustment.amount_cents:
        return
    number = adjustment.reference
    found = r.look.by_payer_number(number) or r.look.by_control_number(number)
    if len(found) != 1:
        if adjustment.reason == "WO":
            what = "several claims" if found else "no claim of ours"
            r.unmatched.append(
                Unmatched(
                    position=segment,
                    part=position,
                    set="835 PLB",
                    reference=number,
                    payer=remittance.payer,
                    amount_cents=adjustment.amount_cents,
                    reason=f"a recovery (WO) that names {what}",
                )
            )
        return
    r.deliver(
        found[0],
        TakebackReceived(
            at=r.at,
            id=r.event_id(segment, position),
            by=remittance.payer,
            document=r.document,
            trace_number=remittance.trace_number,
            reason=adjustment.reason,
            reference=number,
            amount_cents=adjustment.amount_cents,
            paid_on=remittance.paid_on,
            occurrence=occurrence,
        ),
    )


def _payer_id(remittance: Remittance, entry: IndexEntry) -> str:
    """The payer's id as the claim knows it, where the remittance has it; empty where it can't be told."""
    return remittance.payer_id if remittance.payer_id in entry.payer_ids else ""
