"""Writing the 835 (005010X221A1). Line, claim and transaction balance by construction: every total is a sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox.model import Adjustment, Claim, Decision, LineDecision, Organization
from sandbox.money import amount
from sandbox.x12.envelope import REMITTANCE_835, Address, Row, interchange

COMPANY = "1999999999"
"""Originating company identifier of every payer here (BPR10, TRN03)."""


@dataclass(frozen=True)
class ClaimPayment:
    """One CLP. `status` is CLP02; 22 writes every amount of the decision negated."""

    decision: Decision
    status: str
    crossover: tuple[str, str] | None = None
    """Name and id of the payer that the claim was handed on to."""

    @property
    def sign(self) -> int:
        return -1 if self.status == "22" else 1

    @property
    def paid_cents(self) -> int:
        return self.sign * self.decision.paid_cents


@dataclass(frozen=True)
class ProviderAdjustment:
    """One PLB pair; a positive amount reduces the payment."""

    reason: str
    reference: str
    cents: int


@dataclass(frozen=True)
class Remittance:
    """A payment to one billing provider."""

    payer_id: str
    payer_name: str
    trace: str
    payee: Organization
    payments: tuple[ClaimPayment, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()

    @property
    def total_cents(self) -> int:
        return sum(p.paid_cents for p in self.payments) - sum(a.cents for a in self.provider_adjustments)


def remittance_835(remittance: Remittance, to: Address, control: int, at: datetime) -> str:
    """The 835 of `remittance`, dated `at`."""
    day = f"{at:%Y%m%d}"
    body: list[Row] = [*_header(remittance, day), *([["LX", "1"]] if remittance.payments else [])]
    for payment in remittance.payments:
        body.extend(_claim(payment))
    if remittance.provider_adjustments:
        plb: list[str | tuple[str, ...]] = ["PLB", remittance.payee.identifier, f"{at:%Y}1231"]
        for entry in remittance.provider_adjustments:
            plb += [(entry.reason, entry.reference), amount(entry.cents)]
        body.append(plb)
    return interchange(REMITTANCE_835, body, to, control, at)


def _header(remittance: Remittance, day: str) -> list[Row]:
    billing = remittance.payee
    total = remittance.total_cents
    if total:
        banks = ["CCP", "01", "999999992", "DA", "1000001", COMPANY, "", "01", "999988880", "DA", "2000002", day]
        bpr = ["BPR", "I", amount(total), "C", "ACH", *banks]
    else:
        bpr = ["BPR", "H", "0", "C", "NON", *[""] * 11, day]
    rows: list[Row] = [
        bpr,
        ["TRN", "1", remittance.trace, COMPANY],
        ["DTM", "405", day],
        ["N1", "PR", remittance.payer_name],
        ["N3", "1 SANDBOX PLAZA"],
        ["N4", "ANYTOWN", "OH", "432150000"],
        ["REF", "2U", remittance.payer_id],
        ["PER", "BL", "PROVIDER SERVICES", "TE", "8005550100"],
        ["N1", "PE", billing.name, "XX" if billing.identifier else "FI", billing.identifier or billing.tax_id],
    ]
    if billing.identifier and billing.tax_id:
        rows.append(["REF", "TJ", billing.tax_id])
    return rows


_FILING = {"CI": "12", "BL": "12", "11": "12", "FI": "OF"}
"""CLP06 has fewer codes than SBR09: those that it lacks, and what stands in for them here."""
_FILING_KNOWN = {
    "12",
    "13",
    "14",
    "15",
    "16",
    "17",
    "AM",
    "CH",
    "DS",
    "HM",
    "LM",
    "MA",
    "MB",
    "MC",
    "OF",
    "TV",
    "VA",
    "WC",
}


def _filing(indicator: str) -> str:
    code = _FILING.get(indicator, indicator)
    return code if code in _FILING_KNOWN else "ZZ"


def _claim(payment: ClaimPayment) -> list[Row]:
    decision, sign = payment.decision, payment.sign
    claim = decision.claim
    patient_share = "" if payment.status == "22" or not decision.patient_cents else amount(decision.patient_cents)
    rows: list[Row] = [
        [
            "CLP",
            claim.patient_control_number,
            payment.status,
            amount(sign * decision.charge_cents),
            amount(payment.paid_cents),
            patient_share,
            _filing(claim.filing_indicator),
            decision.payer_claim_control_number,
            claim.facility_code,
            claim.frequency,
        ],
        _patient(claim),
    ]
    if claim.rendering and claim.rendering.identifier:
        kind = "1" if claim.rendering.first else "2"
        names = [claim.rendering.name, claim.rendering.first, "", "", ""]
        rows.append(["NM1", "82", kind, *names, "XX", claim.rendering.identifier])
    if payment.crossover:
        name, identifier = payment.crossover
        rows.append(["NM1", "TT", "2", name, "", "", "", "", "PI", identifier])
    remarks = (*decision.remarks, *(["MA18"] if payment.crossover else []))
    if remarks and payment.status != "22":
        rows.append(["MOA", "", "", *remarks[:5]])
    if claim.kind == "institutional" and claim.date_from:
        rows += [["DTM", "232", claim.date_from], ["DTM", "233", claim.date_to or claim.date_from]]
    if decision.received:
        rows.append(["DTM", "050", decision.received])
    allowed = sum(line.allowed_cents for line in decision.lines)
    if allowed and sign > 0:
        rows.append(["AMT", "AU", amount(allowed)])
    for line in decision.lines:
        rows.extend(_line(line, sign))
    return rows


def _patient(claim: Claim) -> Row:
    patient = claim.patient
    member = patient.member_id or claim.subscriber.member_id
    return ["NM1", "QC", "1", patient.last, patient.first, patient.middle, "", "", "MI" if member else "", member]


def _line(decision: LineDecision, sign: int) -> list[Row]:
    line = decision.line
    code = (line.qualifier, line.procedure or line.revenue_code, *line.modifiers)
    revenue = line.revenue_code if line.procedure else ""
    rows: list[Row] = [
        [
            "SVC",
            code,
            amount(sign * line.charge_cents),
            amount(sign * decision.paid_cents),
            revenue,
            line.quantity if sign > 0 else "",
        ],
        *_dates(line.date_from, line.date_to),
        *_adjustments(decision.adjustments, sign),
    ]
    if line.control_number:
        rows.append(["REF", "6R", line.control_number])
    if decision.allowed_cents and sign > 0:
        rows.append(["AMT", "B6", amount(decision.allowed_cents)])
    if sign > 0:
        rows.extend(["LQ", "HE", remark] for remark in decision.remarks)
    return rows


def _dates(first: str, last: str) -> list[Row]:
    if not first:
        return []
    if not last or first == last:
        return [["DTM", "472", first]]
    return [["DTM", "150", first], ["DTM", "151", last]]


def _adjustments(adjustments: Sequence[Adjustment], sign: int) -> list[Row]:
    """One CAS a group, up to six reasons in it, groups in the order they came."""
    rows: list[Row] = []
    for group in dict.fromkeys(a.group for a in adjustments):
        mine = [a for a in adjustments if a.group == group]
        for start in range(0, len(mine), 6):
            row = ["CAS", group]
            for adjustment in mine[start : start + 6]:
                row += [adjustment.reason, amount(sign * adjustment.cents), ""]
            rows.append(row)
    return rows
