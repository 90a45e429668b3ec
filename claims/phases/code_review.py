"""A second look at the codes, where the practice asks for one: high charges, certain modifiers, coders it names."""

from __future__ import annotations

from claims import second_person
from claims.draft import Draft
from claims.money import dollars


def why(d: Draft) -> str:
    """Why a second person reads these codes; empty where nobody has to."""
    rules = d.state.rules.coding_review
    claim = d.state.claim
    if rules is None or d.state.codes_approved or not d.state.coded_by:
        return ""
    found = []
    if rules.charge_over_cents is not None and claim.charge_cents > rules.charge_over_cents:
        found.append(f"a charge over {dollars(rules.charge_over_cents)}")
    used = sorted({m for line in claim.lines for m in line.modifiers} & set(rules.modifiers))
    if used:
        found.append(f"modifier {', '.join(used)}")
    if second_person.is_one(d.state.coded_by, rules.coders):
        found.append("a coder whose work is read")
    return "; ".join(found)
