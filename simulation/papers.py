"""What payers and clearinghouses send, as parsed documents: remittances, acknowledgements, status answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from claims.claim import Adjustment
from claims.documents import (
    ClaimPayment,
    FunctionalAcknowledgement,
    Parsed,
    ParsedDocument,
    ParsedSet,
    PaymentLine,
    ProviderAdjustment,
    Remittance,
    SetAcknowledgement,
    StatusCode,
    StatusLine,
    StatusReport,
)


def adjustment(code: str, cents: int) -> Adjustment:
    """`CO-45` and an amount."""
    group, _, reason = code.partition("-")
    return Adjustment(group=group, reason=reason, amount_cents=cents)


def document(parsed: Parsed, name: str, segment: int = 3) -> ParsedDocument:
    """One set in an envelope of its own; another `name` is another file, whatever it says."""
    return ParsedDocument(
        sha256=hashlib.sha256(name.encode()).hexdigest(), sets=(ParsedSet(parsed=parsed, segment=segment),)
    )


def remittance(
    payments: Iterable[ClaimPayment],
    *,
    trace: str,
    payer_id: str,
    on: date,
    provider_level: tuple[ProviderAdjustment, ...] = (),
) -> Remittance:
    """An 835 set that balances: BPR02 is the claims less the provider level."""
    claims = tuple(payment.model_copy(update={"segment": 10 + 10 * i}) for i, payment in enumerate(payments))
    taken = sum(a.amount_cents for a in provider_level)
    return Remittance(
        control_number="0001",
        trace_number=trace,
        payer=payer_id,
        payer_id=payer_id,
        payment_cents=sum(claim.paid_cents for claim in claims) - taken,
        paid_on=on,
        claims=claims,
        provider_adjustments=provider_level,
    )


def reversal(original: ClaimPayment, *, bare: bool = False) -> ClaimPayment:
    """Status 22: the same with every amount negated; a bare one says the amounts and no reasons."""

    def negated(found: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
        return tuple(a.model_copy(update={"amount_cents": -a.amount_cents}) for a in found)

    lines = tuple(
        line.model_copy(
            update={
                "charge_cents": -line.charge_cents,
                "paid_cents": -line.paid_cents,
                "adjustments": negated(line.adjustments),
            }
        )
        for line in original.lines
    )
    return original.model_copy(
        update={
            "status_code": "22",
            "charge_cents": -original.charge_cents,
            "paid_cents": -original.paid_cents,
            "adjustments": () if bare else negated(original.adjustments),
            "lines": () if bare else lines,
        }
    )


def payment(
    control_number: str, charge: int, paid: int, adjustments: tuple[Adjustment, ...], *, icn: str
) -> ClaimPayment:
    """One CLP with its adjustments on the claim."""
    return ClaimPayment(
        segment=10,
        patient_control_number=control_number,
        status_code="1",
        charge_cents=charge,
        paid_cents=paid,
        payer_claim_control_number=icn,
        adjustments=adjustments,
    )


def payment_line(
    control_number: str, procedure: str, charge: int, paid: int, adjustments: tuple[Adjustment, ...]
) -> PaymentLine:
    return PaymentLine(
        control_number=control_number,
        procedure=procedure,
        charge_cents=charge,
        paid_cents=paid,
        adjustments=adjustments,
    )


def status(*codes: str, number: str, icn: str = "", on: date | None = None, trace: str = "") -> StatusLine:
    """`A7:500:PR` is category, status, entity."""
    made = []
    for code in codes:
        category, what, entity = (*code.split(":"), "", "")[:3]
        made.append(StatusCode(category=category, status=what, entity=entity))
    return StatusLine(
        segment=8,
        level="claim",
        trace=trace or number,
        patient_control_number=number,
        payer_claim_control_number=icn,
        codes=tuple(made),
        effective_on=on,
    )


def acknowledgement(line: StatusLine, sender: str, batch: str = "") -> StatusReport:
    """A 277CA; `sender` is AY or PR."""
    return StatusReport(set="277CA", control_number="0001", sender=sender, batch=batch, statuses=(line,))


def status_answer(line: StatusLine) -> StatusReport:
    """A 277."""
    return StatusReport(set="277", control_number="0001", sender="PR", statuses=(line,))


def functional(group: str, set_number: str, disposition: str) -> FunctionalAcknowledgement:
    """A 999 about one set."""
    return FunctionalAcknowledgement(
        control_number="0001",
        group_control_number=group,
        functional_code="HC",
        disposition="A" if disposition in ("A", "E") else "R",
        sets=(SetAcknowledgement(set="837", control_number=set_number, disposition=disposition),),
    )
