"""Coverages: SBR of the destination payer, and the 2320/2330 loops of the other payers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from adapters.x12.claims_out import parties
from adapters.x12.claims_out.loops import loop, period
from adapters.x12.order import Block, by_group
from adapters.x12.roles import CODE_BY_ORDER
from adapters.x12.writer import identifier, text
from claims.base import Segment
from claims.claim import Adjustment, Claim, Coverage, PriorDecision
from claims.money import x12_amount

_REASONS_IN_CAS = 6


def adjustments(found: Sequence[Adjustment]) -> list[Segment]:
    """CAS segments: one a group (a receiver takes five), with six reasons at most in each."""
    out: list[Segment] = []
    for group, members in groupby(by_group(found), key=lambda one: one.group):
        same = list(members)
        for start in range(0, len(same), _REASONS_IN_CAS):
            triples = [
                part
                for one in same[start : start + _REASONS_IN_CAS]
                for part in (identifier("CAS02", one.reason), x12_amount(one.amount_cents), text(one.quantity))
            ]
            out.append(("CAS", identifier("CAS01", group), *triples))
    return out


def destination(claim: Claim) -> Block:
    """2000B after HL: SBR, subscriber and payer of the coverage that the claim goes to."""
    coverage = claim.coverages[0]
    own = "18" if coverage.relationship == "18" else ""
    inner = (
        parties.subscriber(coverage.subscriber, coverage.member_id_qualifier, coverage.member_id),
        parties.payer(coverage.payer),
    )
    return loop("subscriber", [_sbr(coverage, own)], coverage.carried, inner)


def other(claim: Claim, coverage: Coverage) -> Block:
    """2320 with 2330A, 2330B and what else the coverage carries."""
    prior = coverage.prior or PriorDecision()
    typed = [_sbr(coverage, coverage.relationship), *adjustments(prior.adjustments)]
    for qualifier, amount in (("D", prior.paid_cents), ("A8", prior.non_covered_cents), ("EAF", prior.remaining_cents)):
        if amount is not None:
            typed.append(("AMT", qualifier, x12_amount(amount)))
    ids = {segment[0] for segment in coverage.carried}
    if "OI" not in ids:
        benefits, release = (*claim.indicators, "", "", "", "")[2:4]
        typed.append(("OI", "", "", text(benefits), "", "", text(release)))
    if prior.remarks and not ids & {"MOA", "MIA"}:
        typed.append(("MOA", "", "", *(identifier("MOA03", code) for code in prior.remarks[:5])))
    decision: list[Segment] = []
    if prior.decided_on is not None:
        decision.append(period("573", prior.decided_on, None))
    if prior.payer_claim_control_number:
        decision.append(("REF", "F8", identifier("REF02", prior.payer_claim_control_number)))
    member = parties.subscriber(
        coverage.subscriber, coverage.member_id_qualifier, coverage.member_id, demographics=False
    )
    return loop(f"coverage {claim.type}", typed, coverage.carried, (member, parties.payer(coverage.payer, decision)))


def _sbr(coverage: Coverage, relationship: str) -> Segment:
    # An order beyond the third stands as its letter (A to H, U) in what the loop carries; A is the fourth.
    says_order = any(segment[0] == "SBR" and segment[1:2] not in ((), ("",)) for segment in coverage.carried)
    code = CODE_BY_ORDER.get(coverage.order, "" if says_order else "A")
    group, name = text(coverage.group_number), text(coverage.group_name)
    kind, indicator = text(coverage.insurance_type), text(coverage.filing_indicator)
    return ("SBR", code, text(relationship), group, name, kind, "", "", "", indicator)
