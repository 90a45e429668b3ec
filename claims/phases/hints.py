"""What payers say about other payers: a front desk's question with a proposal, never a change by itself.

Crossover carriers (NM1*TT) and corrected priority payers (NM1*PR) of an 835, other payers of a 271 (EB*R), and denials
because somebody else comes first.
"""

from __future__ import annotations

import re

from claims import primacy
from claims.deciding import chain
from claims.documents import ClaimPayment, EligibilityAnswer
from claims.draft import Draft
from claims.state import Denial, PostedPayment

_ROLES = {"PRP": "primary", "SEP": "secondary", "TTP": "tertiary"}
_SAYS_NOTHING = {"HEALTH", "PLAN", "INSURANCE", "COMPANY", "INC", "LLC", "CORP", "THE", "AND", "GROUP", "CARE", "LIFE"}


def of_crossover(d: Draft, payment: ClaimPayment, following: int | None) -> None:
    """The payer says whom it forwarded the claim to (NM1*TT): a hint where that payer isn't on the claim."""
    named = payment.crossover_carrier
    if following is None:
        whom = named or "a payer that it doesn't name"
        reason = f"forwarded to {whom}, and the claim has no later payer: ask the patient, then add it (coverage)"
    elif named and _on_claim(d, named, places=chain(d.state.claim)[1:]) is None:
        reason = f"forwarded to {named}, which isn't on the claim: ask the patient, then change its payers (coverage)"
    else:
        return
    d.open_task("review_coverage", "front_desk", reason, category="crossover")


def of_priority(d: Draft, posted: PostedPayment) -> None:
    """The payer says that another one comes before it (NM1*PR, corrected priority payer)."""
    named = posted.payment.corrected_payer
    if not named or d.state.closed:
        return
    place = _on_claim(d, named)
    order = chain(d.state.claim)
    if place is not None and posted.coverage in order and order.index(place) < order.index(posted.coverage):
        return
    what = "change the order" if place is not None else "ask the patient, then add it as the primary"
    reason = f"the payer says that {named} pays first: {what} (coverage)"
    d.open_task("review_coverage", "front_desk", reason, category="priority")


def of_eligibility(d: Draft, answer: EligibilityAnswer) -> None:
    """The 271 names other payers: those that aren't on the claim, and what the answer says of their place."""
    told = []
    for other in answer.other_payers:
        named = other.name or other.payer_id
        if not named or _on_claim(d, other.name, other.payer_id) is not None:
            continue
        place = _ROLES.get(other.role, "")
        said = [f"order={place}" if place else "", f"payer_id={other.payer_id}" if other.payer_id else ""]
        kind = f" (insurance type {other.insurance_type})" if other.insurance_type else ""
        told.append(f"{named}{kind}: {' '.join(one for one in said if one) or 'its place is not told'}")
    if told:
        reason = f"the payer names other payers; ask the patient, then say who pays (coverage): {'; '.join(told)}"
        d.open_task("review_coverage", "front_desk", reason, category="other payers")


def of_denial(d: Draft, denial: Denial) -> str:
    """What the claim itself says about the order of its payers, where one denied because another comes first."""
    if denial.reason_class != "other_payer":
        return ""
    found = primacy.wrong_order(d.state.claim)
    return f"; {found}" if found else ""


def _on_claim(d: Draft, name: str, payer_id: str = "", *, places: tuple[int, ...] | None = None) -> int | None:
    """The place of the coverage whose payer this may be, among all or among `places`."""
    for place in chain(d.state.claim) if places is None else places:
        payer = d.state.claim.coverages[place].payer
        if payer_id and payer_id == payer.payer_id:
            return place
        if name and same_payer(name, payer.name, payer.payer_id):
            return place
    return None


def same_payer(named: str, name: str, payer_id: str) -> bool:
    """Whether a payer's name may be that of ours: they share a word that tells payers apart, or it is the id itself."""
    if named.strip().upper() == payer_id.strip().upper() != "":
        return True
    one, other = (set(re.findall(r"[A-Z0-9]{3,}", text.upper())) - _SAYS_NOTHING for text in (named, name))
    return bool(one & other)
