"""When a second, named person has to agree, and who that may be: one rule for claims and for patients' accounts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from claims.payer_rules import ApprovalFor, ApprovalTier, PayerRules

LATELY = timedelta(days=30)
"""What went back alone in this time counts with the next: an amount that is split needs whom the whole one needs."""


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


def is_lately(at: datetime, now: datetime) -> bool:
    return now - at < LATELY


def lately(gone: Iterable[tuple[datetime, int]], now: datetime) -> int:
    """How much of what went back without a second person counts with what is to go back now. Cents."""
    return sum(cents for at, cents in gone if is_lately(at, now))


def why_not(by: str, requested_by: str, approvers: tuple[str, ...]) -> str:
    """Why this person can't agree; empty where she may. ` Biller-1 ` is biller-1."""
    if is_one(by, (requested_by,)):
        return "who asked for it can't approve it"
    if approvers and not is_one(by, approvers):
        return f"this amount is approved by one of {', '.join(approvers)}"
    return ""


def is_one(by: str, people: Iterable[str]) -> bool:
    """Whether this person is among them, however her name is written."""
    return _name(by) in map(_name, people)


def _name(given: str) -> str:
    """As two spellings of one person compare."""
    return " ".join(unicodedata.normalize("NFKC", given).casefold().split())
