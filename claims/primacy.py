"""Which of two coverages pays first, where the claim itself says enough; where it doesn't, a person asks the patient.

The order of benefits of the NAIC model regulation 120, and of federal law for public payers. What isn't on a claim
(employment, retirement, custody) is never guessed.
"""

from __future__ import annotations

from claims.base import Value
from claims.claim import Claim, Coverage

MEDICAID, TRICARE = ("MC",), ("CH",)
MEDICARE = ("MA", "MB", "16")
INJURY = ("WC", "AM", "LM")
"""SBR09: workers' compensation, automobile medical, liability medical."""
MEDICARE_SECOND = ("12", "13", "14", "15", "16", "41", "42", "43", "47")
"""SBR05: why Medicare isn't first (005010X222 2000B)."""


class First(Value):
    """Which of the two pays first (0 or 1), and the rule that says so."""

    place: int
    why: str


def pays_first(one: Coverage, other: Coverage) -> First | None:
    """The coverage that pays first; None where the data don't tell."""
    return (
        _one_of(one, other, INJURY, "an injury's own insurance pays first (42 CFR 411.40, 411.50)", first=True)
        or _one_of(one, other, MEDICAID, "Medicaid pays last (42 CFR 433.139)", first=False)
        or _one_of(one, other, TRICARE, "TRICARE pays after every plan but Medicaid (32 CFR 199.8)", first=False)
        or _medicare(one, other)
        or _as_member(one, other)
        or _birthday(one, other)
    )


def _one_of(one: Coverage, other: Coverage, kinds: tuple[str, ...], why: str, *, first: bool) -> First | None:
    found = [coverage.filing_indicator in kinds for coverage in (one, other)]
    if found[0] == found[1]:
        return None
    return First(place=found.index(first), why=why)


def _medicare(one: Coverage, other: Coverage) -> First | None:
    """With a reason why it is second (SBR05), Medicare is; without one nobody can tell from the claim."""
    for place, coverage in enumerate((one, other)):
        if coverage.filing_indicator in MEDICARE and coverage.insurance_type in MEDICARE_SECOND:
            return First(place=1 - place, why="Medicare has a reason to be second (SBR05; 42 CFR 411)")
    return None


def _public(coverage: Coverage) -> bool:
    return coverage.filing_indicator in (*MEDICARE, *MEDICAID, *TRICARE, *INJURY)


def _as_member(one: Coverage, other: Coverage) -> First | None:
    """The plan that covers the patient as a member comes before the one that covers her as somebody's dependent."""
    own = [coverage.relationship == "18" for coverage in (one, other)]
    if own[0] == own[1] or _public(one) or _public(other):
        return None
    return First(place=own.index(True), why="a member's own plan comes before one as a dependent (NAIC model 120)")


def _birthday(one: Coverage, other: Coverage) -> First | None:
    """A child of two parents: the plan of the parent whose birthday comes first in the year; the year itself is nothing."""
    if _public(one) or _public(other) or {one.relationship, other.relationship} != {"19"}:
        return None
    days = [coverage.subscriber.birth_date for coverage in (one, other)]
    if days[0] is None or days[1] is None:
        return None
    months = [(day.month, day.day) for day in days if day]
    if months[0] == months[1]:
        return None
    return First(place=months.index(min(months)), why="the birthday rule (NAIC model 120)")


def wrong_order(claim: Claim) -> str:
    """Why the first two coverages stand in the wrong order; empty where they don't, or where nobody can tell."""
    ranked = {coverage.order: coverage for coverage in claim.coverages}
    first, second = ranked.get("primary"), ranked.get("secondary")
    if first is None or second is None:
        return ""
    found = pays_first(first, second)
    if found is None or found.place == 0:
        return ""
    return f"{second.payer.payer_id or second.payer.name} pays before {first.payer.payer_id or first.payer.name}: {found.why}"
