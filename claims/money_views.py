"""What was given up and what was given back, with who and why: parts of the ledger as people read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from claims.credits import credit_of
from claims.money import dollars
from claims.posting import patients_net
from claims.state import ClaimState
from claims.tables import Tables


def _local(moment: datetime | None, zone: str) -> str | None:
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds") if moment else None


def write_offs(state: ClaimState) -> list[dict[str, Any]]:
    """Every write-off, the reverted ones too: how much of what, why, who asked, who approved, who took it back."""
    return [
        {
            "key": one.key,
            "amount": dollars(one.amount_cents),
            "bucket": one.bucket,
            "category": one.category,
            "reason": one.reason,
            "by": one.by,
            "approved_by": one.approved_by,
            "at": _local(one.at, state.zone),
            "reverted_by": one.reverted_by,
            "reverted_at": _local(one.reverted_at, state.zone),
            "why_reverted": one.why_reverted,
        }
        for one in state.write_offs
    ]


def refunds(state: ClaimState) -> list[dict[str, Any]]:
    """Every refund: to whom, how much, who asked, who approved, under which number it left, and whether it came back."""
    return [
        {
            "key": one.key,
            "to": one.to,
            "payer_id": state.claim.coverages[one.coverage].payer.payer_id if one.to == "payer" else "",
            "amount": dollars(one.amount_cents),
            "reason": one.reason,
            "by": one.by,
            "approved_by": one.approved_by,
            "at": _local(one.at, state.zone),
            "sent_on": one.sent_on.isoformat() if one.sent_on else None,
            "method": one.method,
            "reference": one.reference,
            "reverted_by": one.reverted_by,
            "reverted_at": _local(one.reverted_at, state.zone),
            "why_reverted": one.why_reverted,
        }
        for one in state.refunds
    ]


def credit(state: ClaimState, tables: Tables) -> dict[str, Any]:
    """To whom a credit balance belongs; empty where there is none."""
    found = credit_of(state, tables)
    if not found.total_cents:
        return {}
    payers = {state.claim.coverages[p.coverage].payer.payer_id: dollars(p.cents) for p in found.payers}
    return {
        "patient": dollars(found.patient_cents),
        "payers": payers,
        "given_up": dollars(found.given_up_cents),
        "unexplained": dollars(found.unexplained_cents),
    }


def overpayment(state: ClaimState) -> dict[str, Any] | None:
    """What is known of money that has to go back, and since when."""
    known = state.overpayment
    if known is None:
        return None
    return {
        "basis": known.basis,
        "amount": dollars(known.amount_cents),
        "identified": _local(known.identified_at, state.zone),
        "by": known.by,
        "investigated_from": _local(known.investigation_from, state.zone),
        "investigated_until": _local(known.investigation_until, state.zone),
        "demanded_on": known.demanded_on.isoformat() if known.demanded_on else None,
        "reference": known.reference,
        "answer": known.answer,
        "settled": _local(known.settled_at, state.zone),
    }


def patient_account(state: ClaimState) -> dict[str, Any]:
    """What the patient's account was told of this claim, and what it said; empty where it was never told anything."""
    if state.reported is None:
        return {}
    return {
        "account": state.account,
        "asked": dollars(state.reported.amount_cents),
        "withheld": dollars(state.reported.withheld_cents),
        "standing": state.account_standing,
        "statements": state.statements,
        "paid_by_patient": dollars(patients_net(state)),
    }
