"""When a second, named person has to agree, and who that may be: one rule for claims and for patients' accounts."""

from __future__ import annotations

from claims.payer_rules import ApprovalFor, ApprovalTier, PayerRules


def tiers_for(rules: PayerRules, what: ApprovalFor) -> tuple[ApprovalTier, ...]:
    """The practice's tiers for this; empty where nobody has to agree."""
    if what not in rules.approvals:
        return ()
    match what:
        case "write_off":
            return rules.write_off_tiers or (ApprovalTier(over_cents=rules.write_off_approval_over_cents),)
        case "refund":
            return rules.refund_tiers or (ApprovalTier(),)
        case _:
            return (ApprovalTier(over_cents=-1),)


def reached(tiers: tuple[ApprovalTier, ...], amount_cents: int) -> ApprovalTier | None:
    """Who has to agree to this amount; None where nobody has to."""
    found = [tier for tier in tiers if amount_cents > tier.over_cents]
    return max(found, key=lambda tier: tier.over_cents, default=None)


def why_not(by: str, requested_by: str, approvers: tuple[str, ...]) -> str:
    """Why this person can't agree; empty where she may."""
    if by == requested_by:
        return "who asked for it can't approve it"
    if approvers and by not in approvers:
        return f"this amount is approved by one of {', '.join(approvers)}"
    return ""
