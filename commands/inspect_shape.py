"""What `inspect` says of each set of a file, as plain JSON: amounts are decimal strings, days ISO, unknowns null."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from claims.claim import Adjustment, Claim
from claims.documents import (
    ClaimPayment,
    ClaimSubmissionSet,
    EligibilityAnswer,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    OtherSet,
    ParsedDocument,
    ParsedSet,
    PaymentLine,
    Problem,
    Remittance,
    SetAcknowledgement,
    StatusReport,
)
from claims.money import dollars
from claims.posting import all_adjustments, all_remarks, outcome_of, sums
from claims.proof import held_claim, held_remittance
from claims.status_answers import status_outcome
from claims.tables import Tables

Shape = dict[str, Any]

_DISPOSITIONS = {"A": "accepted", "E": "accepted_with_errors", "P": "partially_accepted", "": "unknown"}
"""IK501, AK901 and TA104; R, M, W and X are rejections (999 TR3, IK501)."""


def transactions(document: ParsedDocument, tables: Tables) -> list[Shape]:
    """One object per set, in the order of the file; the answers of one 271 are one object.

    A set of a kind that is read here has every key of its kind, also where nothing of it could be read.
    """
    shapes: list[Shape] = []
    envelopes = _envelopes(document)
    answers: dict[int, list[EligibilityAnswer]] = {}
    for one in document.sets:
        if isinstance(one.parsed, EligibilityAnswer):
            known = answers.setdefault(one.segment, [])
            known.append(one.parsed)
            if len(known) == 1:
                number, held = one.parsed.control_number, one.held or None
                shapes.append({"set": "271", "control_number": number, "held": held, "answers": known})
        elif isinstance(one.parsed, FunctionalAcknowledgement):
            shapes.append(_functional(one, one.parsed, envelopes.get(one.isa_index)))
        else:
            shapes.append(_shape(one, tables))
    return [_eligibility(shape) if "answers" in shape else shape for shape in shapes]


def _envelopes(document: ParsedDocument) -> dict[int, InterchangeAcknowledgement]:
    """The TA1 of each interchange of the file that has exactly one."""
    found: dict[int, list[InterchangeAcknowledgement]] = {}
    for one in document.sets:
        if isinstance(one.parsed, InterchangeAcknowledgement):
            found.setdefault(one.isa_index, []).append(one.parsed)
    return {index: acknowledged[0] for index, acknowledged in found.items() if len(acknowledged) == 1}


def unknown_reasons(document: ParsedDocument, tables: Tables) -> Iterator[Problem]:
    """Reason codes that our table does not have; they are kept, and what they took counts as denied until seen to."""
    for one in document.sets:
        if not isinstance(one.parsed, Remittance):
            continue
        for claim in one.parsed.claims:
            codes = dict.fromkeys(a.reason for a in all_adjustments(claim) if a.reason not in tables.reasons)
            for code in codes:
                reason = (
                    f"adjustment reason {code[:6] or '(none)'} is not in the table; it is not taken for a write-off"
                )
                yield Problem(segment=claim.segment, reason=reason, claim=claim.segment)


def _shape(one: ParsedSet, tables: Tables) -> Shape:
    parsed = one.parsed
    if isinstance(parsed, Remittance):
        return _remittance(one, parsed, tables)
    if isinstance(parsed, StatusReport):
        return _status_report(one, parsed)
    if isinstance(parsed, InterchangeAcknowledgement):
        return _interchange(parsed)
    if isinstance(parsed, ClaimSubmissionSet):
        return _claims(one, parsed)
    assert isinstance(parsed, OtherSet)
    if parsed.set in _READ_HERE:
        return _nothing_of(one, parsed, tables)
    return {"set": parsed.set, "control_number": parsed.control_number, "set_aside": parsed.reason}


_READ_HERE = ("835", "271", "999", "997", "TA1")
"""Kinds whose readers give up where what the whole set hangs on is missing."""


def _nothing_of(one: ParsedSet, parsed: OtherSet, tables: Tables) -> Shape:
    """A set of a kind that is read here of which nothing could be read: the same keys, empty, with the reason."""
    number, because = parsed.control_number, {"held": one.held or parsed.reason}
    if parsed.set == "835":
        return {**_remittance(one, Remittance(control_number=number, payment_cents=0), tables), "balanced": False}
    if parsed.set == "271":
        return _eligibility({"set": "271", "control_number": number, "answers": [], **because})
    if parsed.set == "TA1":
        return {
            **_interchange(InterchangeAcknowledgement(interchange_control_number=number, disposition="")),
            **because,
        }
    which: Literal["999", "997"] = "997" if parsed.set == "997" else "999"
    nothing = FunctionalAcknowledgement(set=which, control_number=number, group_control_number="")
    return {**_functional(one, nothing, None), **because}


def _remittance(one: ParsedSet, parsed: Remittance, tables: Tables) -> Shape:
    held = one.held or held_remittance(parsed, one.unread)
    has_payment = bool(parsed.payment_cents or parsed.handling or parsed.method)  # else BPR is missing
    return {
        "set": "835",
        "control_number": parsed.control_number,
        "trace_number": parsed.trace_number,
        "payer": parsed.payer,
        "payee": parsed.payee,
        "payment": dollars(parsed.payment_cents) if has_payment else None,
        "method": parsed.method,
        "date": parsed.paid_on.isoformat() if parsed.paid_on else None,
        "claims_paid": dollars(sum(claim.paid_cents for claim in parsed.claims)),
        "provider_adjustments": [
            {"reason": a.reason, "reference": a.reference, "amount": dollars(a.amount_cents)}
            for a in parsed.provider_adjustments
        ],
        "difference": dollars(parsed.difference_cents),
        "balanced": parsed.difference_cents == 0 and not one.unread,
        "held": held or None,
        "claims_unread": one.unread,
        "claims": [_claim_payment(claim, tables) for claim in parsed.claims],
    }


def _claim_payment(payment: ClaimPayment, tables: Tables) -> Shape:
    amounts = sums(all_adjustments(payment), tables)
    named = amounts.contractual + amounts.patient + amounts.prior_payer + amounts.denied
    everything = sum(a.amount_cents for a in all_adjustments(payment))
    return {
        "patient_control_number": payment.patient_control_number,
        "payer_claim_control_number": payment.payer_claim_control_number,
        "status_code": payment.status_code,
        "charge": dollars(payment.charge_cents),
        "paid": dollars(payment.paid_cents),
        "contractual": dollars(amounts.contractual),
        "patient": dollars(amounts.patient),
        "prior_payer": dollars(amounts.prior_payer),
        "other": dollars(everything - named),
        "denied": dollars(amounts.denied),
        "outcome": outcome_of(payment, tables),
        "balanced": payment.balanced,
        "held": held_claim(payment) or None,
        "remarks": list(all_remarks(payment)),
        "adjustments": [_adjustment(a) for a in payment.adjustments],
        "lines": [_payment_line(line) for line in payment.lines],
    }


def _payment_line(line: PaymentLine) -> Shape:
    return {
        "procedure": line.procedure or line.revenue_code,
        "modifiers": list(line.modifiers),
        "revenue_code": line.revenue_code,
        "charge": dollars(line.charge_cents),
        "paid": dollars(line.paid_cents),
        "adjustments": [_adjustment(a) for a in line.adjustments],
        "remarks": list(line.remarks),
        "balanced": line.balanced,
    }


def _adjustment(adjustment: Adjustment) -> Shape:
    return {"group": adjustment.group, "reason": adjustment.reason, "amount": dollars(adjustment.amount_cents)}


def _status_report(one: ParsedSet, parsed: StatusReport) -> Shape:
    return {
        "set": parsed.set,
        "control_number": parsed.control_number,
        "sender": parsed.sender,
        "held": one.held or None,
        "statuses": [
            {
                "level": status.level,
                "trace": status.trace,
                "category": status.codes[0].category,
                "status": status.codes[0].status,
                "entity": status.codes[0].entity,
                "charge": _amount(status.charge_cents),
                "paid": _amount(status.paid_cents),
                "payer_claim_control_number": status.payer_claim_control_number,
                "patient_control_number": status.patient_control_number,
                "action": status.action,
                "codes": [":".join(filter(None, (c.category, c.status, c.entity))) for c in status.codes],
                "outcome": status_outcome(parsed.set, status),
            }
            for status in parsed.statuses
        ],
    }


def _functional(
    one: ParsedSet, parsed: FunctionalAcknowledgement, envelope: InterchangeAcknowledgement | None
) -> Shape:
    """`interchange` is what the TA1 beside it says of ours; a 999 itself names a group of ours and no interchange."""
    return {
        "set": parsed.set,
        "control_number": parsed.control_number,
        "group": {
            "control_number": parsed.group_control_number,
            "functional_code": parsed.functional_code,
            "outcome": disposition(parsed.disposition),
            "codes": list(parsed.codes),
        },
        "interchange": _envelope(envelope) if envelope else None,
        "held": one.held or None,
        "sets": [_set_acknowledged(acknowledged) for acknowledged in parsed.sets],
    }


def _set_acknowledged(acknowledged: SetAcknowledgement) -> Shape:
    return {
        "set": acknowledged.set,
        "control_number": acknowledged.control_number,
        "outcome": disposition(acknowledged.disposition),
        "codes": list(acknowledged.codes),
        "errors": [
            {
                "segment": error.segment_id,
                "position": error.position,
                "loop": error.loop,
                "element": error.element,
                "code": error.code,
                "claim": error.claim,
            }
            for error in acknowledged.errors
        ],
    }


def disposition(code: str) -> str:
    """IK501, AK901 or TA104 in a word."""
    return _DISPOSITIONS.get(code, "rejected")


def _interchange(parsed: InterchangeAcknowledgement) -> Shape:
    return {
        "set": "TA1",
        "control_number": parsed.interchange_control_number,
        "outcome": disposition(parsed.disposition),
        "interchange": _envelope(parsed),
        "sets": [],
    }


def _envelope(parsed: InterchangeAcknowledgement) -> Shape:
    return {
        "control_number": parsed.interchange_control_number,
        "outcome": disposition(parsed.disposition),
        "note": parsed.note,
    }


def _eligibility(shape: Shape) -> Shape:
    answers: list[EligibilityAnswer] = shape["answers"]
    rejections = {one.segment: one for answer in answers for one in answer.rejections}
    return {
        "set": shape["set"],
        "control_number": shape["control_number"],
        "active": any(answer.active for answer in answers),
        "inactive": any(answer.inactive for answer in answers),
        "patients": len(answers),
        "held": shape["held"],
        "rejections": [
            {
                "code": rejections[place].code,
                "level": rejections[place].level,
                "follow_up": rejections[place].follow_up,
                "meaning": rejections[place].meaning,
                "what_to_do": rejections[place].what_to_do,
            }
            for place in sorted(rejections)
        ],
        "benefits": [
            {
                "code": benefit.code,
                "coverage_level": benefit.coverage_level,
                "service_types": list(benefit.service_types),
                "insurance_type": benefit.insurance_type,
                "plan": benefit.plan,
                "period": benefit.period,
                "amount": _amount(benefit.amount_cents),
                "percent": benefit.percent or None,
            }
            for answer in answers
            for benefit in answer.benefits
        ],
    }


def _claims(one: ParsedSet, parsed: ClaimSubmissionSet) -> Shape:
    return {
        "set": parsed.set,
        "control_number": parsed.control_number,
        "held": one.held or None,
        "claims_unread": one.unread,
        "claims": [_claim(claim) for _, claim in parsed.claims],
    }


def _claim(claim: Claim) -> Shape:
    return {
        "control_number": claim.patient_control_number,
        "charge": dollars(claim.charge_cents),
        "frequency": claim.frequency,
        "payer": claim.coverages[0].payer.name if claim.coverages else "",
        "lines": [
            {
                "procedure": line.procedure or line.revenue_code,
                "modifiers": list(line.modifiers),
                "revenue_code": line.revenue_code,
                "charge": dollars(line.charge_cents),
                "quantity": line.quantity,
            }
            for line in claim.lines
        ],
        "balanced": sum(line.charge_cents for line in claim.lines) == claim.charge_cents,
    }


def _amount(cents: int | None) -> str | None:
    return None if cents is None else dollars(cents)
