"""From a claim and its payer's script to a decision that balances by construction."""

from __future__ import annotations

from decimal import Decimal

from sandbox.model import Adjustment, Claim, Decision, Line, LineDecision
from sandbox.money import share
from sandbox.script import Denial, FeeSchedule, Script

_NO_PRIOR_PAYER = Denial(group="CO", reason="16", remarks=("MA04",))
"""A secondary claim that does not say what the primary paid (RARC MA04)."""


def decide(
    claim: Claim,
    script: Script,
    fees: FeeSchedule,
    payer_claim_control_number: str,
    received: str,
    decided: str,
    *,
    deny: bool = True,
) -> Decision:
    """The payer's decision; with `deny` false, the one after its denials were overturned."""
    denials = [d for d in script.denials if deny and not _excused(d, claim)]
    if claim.payer_order != "P" and not claim.coordinated:
        denials.append(_NO_PRIOR_PAYER)
    deductible = _cents(script.pricing.deductible)
    copay = _cents(script.pricing.copay)
    lines: list[LineDecision] = []
    for line in claim.lines:
        denial = next((d for d in denials if _reaches(d, line, claim)), None)
        if denial is not None:
            lines.append(refuse(line, denial.group, denial.reason, denial.remarks))
            continue
        decision = _price(line, script, fees, deductible, copay, secondary=claim.payer_order != "P")
        deductible -= _taken(decision, "1")
        copay -= _taken(decision, "3")
        lines.append(decision)
    return Decision(
        claim=claim,
        payer_claim_control_number=payer_claim_control_number,
        lines=tuple(lines),
        remarks=script.remittance.remarks,
        received=received,
        decided=decided,
    )


def duplicate(claim: Claim, payer_claim_control_number: str, received: str, decided: str) -> Decision:
    """Denied as an exact duplicate. CARC 18 is used with group OA (X12 note on the code)."""
    lines = tuple(refuse(line, "OA", "18", ("N522",)) for line in claim.lines)
    return Decision(
        claim=claim,
        payer_claim_control_number=payer_claim_control_number,
        lines=lines,
        received=received,
        decided=decided,
    )


def refuse(line: Line, group: str, reason: str, remarks: tuple[str, ...]) -> LineDecision:
    """A line of which nothing is allowed."""
    adjustments = (Adjustment(group=group, reason=reason, cents=line.charge_cents),) if line.charge_cents else ()
    return LineDecision(line=line, adjustments=adjustments, remarks=remarks)


def allowed_cents(line: Line, fees: FeeSchedule) -> int:
    """What the fee schedule allows for a line, never more than its charge."""
    fee = fees.procedures.get(line.procedure)
    if fee is None and not line.procedure:
        fee = fees.revenue_codes.get(line.revenue_code)
    if fee is None:
        return share(line.charge_cents, fees.default_percent_of_charge)
    return min(line.charge_cents, share(_cents(fee), Decimal(line.quantity) * 100))


def _price(
    line: Line, script: Script, fees: FeeSchedule, deductible: int, copay: int, *, secondary: bool
) -> LineDecision:
    """A later payer allows what the earlier one left to the patient; the rest is that payer's impact, OA-23."""
    pricing = script.pricing
    if secondary:
        allowed = min(line.charge_cents, line.prior_patient_cents)
    else:
        allowed = line.charge_cents if pricing.allowed == "charge" else allowed_cents(line, fees)
    group, reason = ("OA", "23") if secondary else ("CO", "45")
    left = allowed
    adjustments = [Adjustment(group=group, reason=reason, cents=line.charge_cents - allowed)]

    def take(group: str, reason: str, cents: int) -> None:
        nonlocal left
        adjustments.append(Adjustment(group=group, reason=reason, cents=cents))
        left -= cents

    take("PR", "1", min(deductible, left))
    take("PR", "2", share(left, pricing.coinsurance_percent))
    take("PR", "3", min(copay, left))
    take("CO", "253", share(left, pricing.sequestration_percent))
    return LineDecision(line=line, adjustments=tuple(a for a in adjustments if a.cents), allowed_cents=allowed)


def patient_cents(decision: LineDecision) -> int:
    """What a decision leaves to the patient on a line."""
    return sum(a.cents for a in decision.adjustments if a.group == "PR")


def _taken(decision: LineDecision, reason: str) -> int:
    return sum(a.cents for a in decision.adjustments if a.group == "PR" and a.reason == reason)


def _reaches(denial: Denial, line: Line, claim: Claim) -> bool:
    return denial.lines == "all" or line is (claim.lines[0] if denial.lines == "first" else claim.lines[-1])


def _excused(denial: Denial, claim: Claim) -> bool:
    return denial.unless == "prior_authorization" and bool(claim.prior_authorization)


def _cents(dollars: Decimal) -> int:
    return int(dollars * 100)
