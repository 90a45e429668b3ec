"""Edits on what other payers decided (loops 2320, 2330B, 2430): codes, order, and the balance of every decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from claims.base import Day
from claims.claim import Adjustment, Coverage, LineDecision, ServiceLine
from claims.money import dollars
from claims.scrub.codesets import ADJUSTMENT_GROUPS, REMARK
from claims.scrub.edit import Fault, Scene


def _adjustments(scene: Scene) -> Iterator[tuple[str, Adjustment]]:
    for coverage in _others(scene):
        for adjustment in coverage.prior.adjustments if coverage.prior else ():
            yield "2320", adjustment
    for line in scene.claim.lines:
        for decision in line.decisions:
            for adjustment in decision.adjustments:
                yield f"line {line.number} 2430", adjustment


def _others(scene: Scene) -> tuple[Coverage, ...]:
    """The other payers of the claim: the first coverage is where it goes, and has decided nothing yet."""
    return scene.claim.coverages[1:]


def adjustment_reason(scene: Scene) -> Iterator[Fault]:
    for where, adjustment in _adjustments(scene):
        if adjustment.reason not in scene.tables.reasons:
            yield Fault(
                f"{where} CAS02",
                f"{adjustment.reason} is no claim adjustment reason code",
                "copy the code from the other payer's remittance",
            )


def adjustment_reason_retired(scene: Scene) -> Iterator[Fault]:
    """A code that the list had stopped before the other payer decided (the day unknown: before this claim)."""
    for coverage in _others(scene):
        decided = coverage.prior.decided_on if coverage.prior else None
        for adjustment in coverage.prior.adjustments if coverage.prior else ():
            yield from _retired(scene, "2320", adjustment, decided)
    for line in scene.claim.lines:
        for decision in line.decisions:
            for adjustment in decision.adjustments:
                yield from _retired(scene, f"line {line.number} 2430", adjustment, decision.decided_on)


def _retired(scene: Scene, where: str, adjustment: Adjustment, decided: Day | None) -> Iterator[Fault]:
    reason = scene.tables.reasons.get(adjustment.reason)
    if reason and reason.until and reason.until < (decided or scene.today).isoformat():
        yield Fault(
            f"{where} CAS02",
            f"{adjustment.reason} left the code list on {reason.until}, before the payer decided",
            "copy the code from the other payer's remittance",
        )


def adjustment_group(scene: Scene) -> Iterator[Fault]:
    for where, adjustment in _adjustments(scene):
        if adjustment.group not in ADJUSTMENT_GROUPS:
            yield Fault(f"{where} CAS01", f"{adjustment.group} is no adjustment group", "use CO, PR, OA or PI")


def remark_form(scene: Scene) -> Iterator[Fault]:
    for coverage in _others(scene):
        for remark in coverage.prior.remarks if coverage.prior else ():
            if remark and not REMARK.match(remark):
                yield Fault(
                    "2320 MOA", f"{remark} is no remark code", "copy the code from the other payer's remittance"
                )


def order_repeated(scene: Scene) -> Iterator[Fault]:
    orders = Counter(coverage.order for coverage in scene.claim.coverages)
    for order in ("primary", "secondary", "tertiary"):
        if orders[order] > 1:
            yield Fault("2320 SBR01", f"{orders[order]} coverages are {order}", "give every payer its own place")


def primary_missing(scene: Scene) -> Iterator[Fault]:
    orders = {coverage.order for coverage in scene.claim.coverages}
    if orders & {"secondary", "tertiary"} and "primary" not in orders:
        yield Fault("2320 SBR01", "a later payer is billed and no payer is primary", "add the primary payer")


def not_decided_before(scene: Scene) -> Iterator[Fault]:
    payer = scene.payer
    if payer is None or payer.order not in {"secondary", "tertiary"}:
        return
    for coverage in _others(scene):
        if coverage.order == "primary" and coverage.prior is None and not _decisions(scene, coverage):
            yield Fault(
                "2320 AMT*D",
                "a later payer is billed before the primary's decision stands in the claim",
                "enter what the primary paid and adjusted, or bill it first",
            )


def decision_date_missing(scene: Scene) -> Iterator[Fault]:
    for coverage in _others(scene):
        prior = coverage.prior
        if prior is None or prior.paid_cents is None or prior.decided_on:
            continue
        decisions = [decision for _, decision in _decisions(scene, coverage)]
        if not decisions or any(decision.decided_on is None for decision in decisions):
            yield Fault("2330B DTP*573", "the day of the other payer's decision is missing", "enter it")


def line_balance(scene: Scene) -> Iterator[Fault]:
    """Line charge = what the payer paid on the line + its line adjustments (837 TR3s 1.4.2, line level)."""
    # A bundled line's money stands on another line, so that neither of the two balances alone.
    joined = {d.bundled_line for line in scene.claim.lines for d in line.decisions if d.bundled_line}
    for line in scene.claim.lines:
        by_payer: dict[str, list[LineDecision]] = {}
        for decision in line.decisions:
            by_payer.setdefault(decision.payer_id, []).append(decision)
        for decisions in by_payer.values():
            if str(line.number) in joined or any(decision.bundled_line for decision in decisions):
                continue
            paid = sum(d.paid_cents + sum(a.amount_cents for a in d.adjustments) for d in decisions)
            if paid != line.charge_cents:
                yield Fault(
                    f"line {line.number} 2430",
                    f"paid and adjusted is {dollars(paid)}, the line charges {dollars(line.charge_cents)}",
                    "copy payment and all adjustments of the line from the other payer's remittance",
                )


def claim_balance(scene: Scene) -> Iterator[Fault]:
    """AMT*D = sum of the payer's line payments less its claim adjustments; without lines, charge less adjustments."""
    for coverage in _others(scene):
        prior = coverage.prior
        decided = _decisions(scene, coverage)
        if prior is None or prior.paid_cents is None or not (decided or prior.adjustments):
            continue
        adjusted = sum(a.amount_cents for a in prior.adjustments)
        base = sum(decision.paid_cents for _, decision in decided) if decided else scene.claim.charge_cents
        if base - adjusted != prior.paid_cents:
            what = "the line payments" if decided else "the charge"
            yield Fault(
                "2320 AMT*D",
                f"{what} less claim adjustments is {dollars(base - adjusted)}, AMT*D says {dollars(prior.paid_cents)}",
                "copy the amounts from the other payer's remittance",
            )


def paid_missing(scene: Scene) -> Iterator[Fault]:
    for coverage in _others(scene):
        if (coverage.prior is None or coverage.prior.paid_cents is None) and _decisions(scene, coverage):
            yield Fault("2320 AMT*D", "line decisions of a payer without what it paid on the claim", "enter the amount")


def adjustments_missing(scene: Scene) -> Iterator[Fault]:
    for coverage in _others(scene):
        prior = coverage.prior
        if prior is None or prior.paid_cents is None or prior.adjustments or _decisions(scene, coverage):
            continue
        if prior.paid_cents != scene.claim.charge_cents:
            yield Fault(
                "2320 CAS",
                "the other payer paid another amount than the charge, and no adjustment says why",
                "copy the adjustments from its remittance",
            )


def decided_before_service(scene: Scene) -> Iterator[Fault]:
    first = min(scene.days, default=None)
    for coverage in _others(scene):
        days = [coverage.prior.decided_on] if coverage.prior else []
        days += [decision.decided_on for _, decision in _decisions(scene, coverage)]
        if first and any(day < first for day in days if day):
            yield Fault("2330B DTP*573", "the other payer decided before the service", "correct one of the dates")


def decision_of_unknown_payer(scene: Scene) -> Iterator[Fault]:
    known = {coverage.payer.payer_id for coverage in _others(scene)}
    for line in scene.claim.lines:
        for decision in line.decisions:
            if decision.payer_id not in known:
                yield Fault(
                    f"line {line.number} 2430 SVD01",
                    "a decision of a payer that is none of the claim's other payers",
                    "use the payer id of loop 2330B",
                )


def _decisions(scene: Scene, coverage: Coverage) -> list[tuple[ServiceLine, LineDecision]]:
    return [
        (line, decision)
        for line in scene.claim.lines
        for decision in line.decisions
        if decision.payer_id == coverage.payer.payer_id
    ]
