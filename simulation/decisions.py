"""What a payer's decision looks like in an 835: amounts that always balance, by line or for the claim as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claims.claim import Adjustment, ServiceLine
from claims.documents import ClaimPayment, PaymentLine
from simulation.chance import Stream
from simulation.papers import adjustment, payment_line
from simulation.tempers import PayerTemper

if TYPE_CHECKING:
    from simulation.payer import Filed

DENIALS = ("denied", "late", "duplicate", "no_original", "no_documents", "unknown_patient")
SECOND_THOUGHTS = (("paid", 60), ("denied", 20), ("deductible", 10), ("partial", 10))

REASONS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("CO-50", ("N115",), 20),
    ("CO-197", (), 18),
    ("CO-16", ("N382",), 16),
    ("CO-4", ("MA130",), 8),
    ("CO-97", (), 8),
    ("CO-22", (), 8),
    ("PR-204", (), 6),
    ("PR-27", (), 4),
    ("PI-50", (), 4),
    ("CO-252", ("N706",), 4),
    ("CO-109", (), 4),
)
"""Group and CARC, remarks, weight."""

FIXED: dict[str, tuple[str, tuple[str, ...]]] = {
    "late": ("CO-29", ()),
    "duplicate": ("CO-18", ()),
    "no_original": ("CO-16", ("M47",)),
    "no_documents": ("CO-226", ("M127",)),
    "unknown_patient": ("PR-31", ()),
    "pending": ("OA-133", ()),
    "not_ours": ("CO-109", ()),
}


def make(filed: Filed, kind: str, temper: PayerTemper, luck: Stream) -> ClaimPayment:
    """A decision of this kind on all lines of the claim."""
    status, lines, remarks = "1", [], []
    if kind == "denied" and luck.happens(8):
        kind = "unknown_patient"
        status = "4"
    reason, found = FIXED.get(kind) or _reason(luck)
    rate = luck.between(*temper.allowed)
    share = luck.one_of((0, 0, 10, 20, 30))
    for i, line in enumerate(filed.claim.lines):
        if kind in FIXED or kind == "denied" or (kind == "partial" and i == 0):
            lines.append(_unpaid(line, reason))
            remarks += [r for r in found if r not in remarks]
        else:
            lines.append(_paid(line, rate, 100 if kind == "deductible" else share, temper, luck, kind == "direct"))
    status = {"priced": "25", "not_ours": "23", "forwarded": "19"}.get(kind, status if filed.coverage == 0 else "2")
    if kind == "partial" and len(lines) == 1:
        half = filed.claim.lines[0].charge_cents // 2
        lines = [_half(filed.claim.lines[0], half, reason)]
    return _whole(filed, status, tuple(lines), tuple(remarks), by_line=luck.happens(temper.lines), icn=filed.icn)


def secondary(filed: Filed, prior: ClaimPayment, luck: Stream) -> ClaimPayment | None:
    """A later payer's decision: what was paid and written off before comes back as OA-23, the share is paid or left."""
    share = sum(a.amount_cents for a in _all(prior) if a.group == "PR" and a.reason in ("1", "2", "3"))
    if share <= 0:
        return None
    paid = share if luck.happens(70) else share * luck.between(0, 8) // 10
    charge = filed.claim.charge_cents
    found = [adjustment("OA-23", charge - share)]
    if share - paid:
        found.append(adjustment(luck.one_of(("PR-1", "PR-3", "CO-45")), share - paid))
    return ClaimPayment(
        segment=10,
        patient_control_number=filed.claim.patient_control_number,
        status_code="2",
        charge_cents=charge,
        paid_cents=paid,
        payer_claim_control_number=filed.icn,
        adjustments=tuple(a for a in found if a.amount_cents),
        service_from=filed.claim.service_from,
    )


def split(filed: Filed, temper: PayerTemper, luck: Stream) -> list[ClaimPayment]:
    """The claim in two parts under two numbers; a claim of one line stays whole."""
    rate = luck.between(*temper.allowed)
    lines = [_paid(line, rate, 20, temper, luck, False) for line in filed.claim.lines]
    if len(lines) < 2:
        return [_whole(filed, "1", tuple(lines), (), by_line=True, icn=filed.icn)]
    cut = luck.between(1, len(lines) - 1)
    return [
        _whole(filed, "1", tuple(part), (), by_line=True, icn=f"{filed.icn}{letter}")
        for letter, part in (("A", lines[:cut]), ("B", lines[cut:]))
    ]


def _reason(luck: Stream) -> tuple[str, tuple[str, ...]]:
    code = luck.weighted(tuple((code, weight) for code, _, weight in REASONS))
    return next((code, remarks) for known, remarks, _ in REASONS if known == code)


def _unpaid(line: ServiceLine, reason: str) -> PaymentLine:
    return payment_line(
        line.control_number, line.procedure, line.charge_cents, 0, (adjustment(reason, line.charge_cents),)
    )


def _half(line: ServiceLine, half: int, reason: str) -> PaymentLine:
    return payment_line(
        line.control_number, line.procedure, line.charge_cents, line.charge_cents - half, (adjustment(reason, half),)
    )


def _paid(line: ServiceLine, rate: int, share: int, temper: PayerTemper, luck: Stream, direct: bool) -> PaymentLine:
    """Contract, then the patient's share, then (Medicare) two percent of what is left, then the money."""
    allowed = line.charge_cents * rate // 100
    hers = allowed * share // 100
    rest = allowed - hers
    found: list[Adjustment] = [adjustment("CO-45", line.charge_cents - allowed)]
    if hers:
        found.append(adjustment("PR-1" if share == 100 else luck.one_of(("PR-2", "PR-2", "PR-3")), hers))
    if temper.sequesters and rest:
        withheld = rest * 2 // 100
        found.append(adjustment("CO-253", withheld))
        rest -= withheld
    if direct and rest:
        found.append(adjustment(luck.one_of(("OA-100", "PR-100")), rest))
        rest = 0
    return payment_line(
        line.control_number, line.procedure, line.charge_cents, rest, tuple(a for a in found if a.amount_cents)
    )


def _all(payment: ClaimPayment) -> list[Adjustment]:
    return [*payment.adjustments, *(a for line in payment.lines for a in line.adjustments)]


def _whole(
    filed: Filed, status: str, lines: tuple[PaymentLine, ...], remarks: tuple[str, ...], *, by_line: bool, icn: str
) -> ClaimPayment:
    """The claim payment over these lines; without lines its adjustments stand on the claim, summed by group and reason."""
    sums: dict[tuple[str, str], int] = {}
    for line in lines:
        for a in line.adjustments:
            sums[a.group, a.reason] = sums.get((a.group, a.reason), 0) + a.amount_cents
    whole = tuple(Adjustment(group=g, reason=r, amount_cents=cents) for (g, r), cents in sums.items())
    return ClaimPayment(
        segment=10,
        patient_control_number=filed.claim.patient_control_number,
        status_code=status,
        charge_cents=sum(line.charge_cents for line in lines),
        paid_cents=sum(line.paid_cents for line in lines),
        payer_claim_control_number=icn,
        adjustments=() if by_line else whole,
        remarks=remarks,
        service_from=filed.claim.service_from,
        lines=lines if by_line else (),
    )
