"""A part of a remittance that was nobody's when it came finds its claim once somebody tells the number that it names.

A recovery (PLB WO) names the payer's claim control number, which may arrive days later in a 277 or another 835; a claim
may be registered after its payment. The document is then routed again, as it would be today: the same rules decide as on
the first day, so that the order of arrival makes no difference. What a person took off a claim stays a person's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from claims.base import Instant
from claims.cash import PLB_SET, place, prove
from claims.deliveries import Delivery, IndexEntry, Unmatched
from claims.documents import ParsedDocument, Remittance
from claims.events import RemittanceReceived, TakebackReceived
from claims.matching import route
from claims.numbers import Numbers, plain, plain_member
from claims.told_numbers import payers_number

Place = tuple[int, int]
"""Segment and part of a piece of a document: what an unmatched item and the id of its event share."""

MONEY = frozenset({"835", PLB_SET})
"""Kinds of parts that are looked at again: payments and recoveries. An acknowledgement of nobody says nothing later."""


def awaited(document: ParsedDocument, places: Collection[Place]) -> dict[Place, Numbers]:
    """The numbers of these parts of a document, any of which may one day be a claim's. Parts that are no money are left out."""
    found: dict[Place, Numbers] = {}
    for one in document.sets:
        if not isinstance(one.parsed, Remittance):
            continue
        for payment in one.parsed.claims:
            if (payment.segment, 0) in places:
                found[payment.segment, 0] = Numbers(
                    patient_control_numbers=_given(payment.patient_control_number),
                    payer_claim_control_numbers=_given(payment.payer_claim_control_number),
                    member_ids=_given(payment.member_id, payment.corrected_member_id),
                )
        for part, adjustment in enumerate(one.parsed.provider_adjustments, 1):
            if (one.segment, part) in places:
                number = _given(adjustment.reference)
                found[one.segment, part] = Numbers(patient_control_numbers=number, payer_claim_control_numbers=number)
    return {at: numbers for at, numbers in found.items() if any(numbers.model_dump().values())}


def places_of(left: Iterable[Unmatched]) -> frozenset[Place]:
    """The parts among these that are worth a second look."""
    return frozenset((one.position, one.part) for one in left if one.set in MONEY)


def found_now(
    document: ParsedDocument, places: Collection[Place], index: Sequence[IndexEntry], *, at: Instant
) -> dict[Place, Delivery]:
    """The claims of those parts that have one by now. `index` must hold every claim that the whole document may mean."""
    routing, _ = prove(document, route(document, index, at=at))
    found: dict[Place, Delivery] = {}
    for delivery in routing.deliveries:
        if isinstance(delivery.event, RemittanceReceived | TakebackReceived):
            where = place(delivery.event.id)
            if where in places:
                found[where] = delivery
    return found


def may_have_it(claim: str, why: str) -> str:
    """Why a part that was on its way is with people again."""
    return f"was on its way to claim {claim}, which may have it: {why}"


def learnt(deliveries: Iterable[Delivery]) -> Mapping[tuple[str, str], frozenset[str]]:
    """The payer's claim control numbers that a document tells of claims of ours: (practice, claim id) -> numbers."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for one in deliveries:
        if number := payers_number(one.event):
            key = (one.practice, one.claim_id)
            found[key] = found.get(key, frozenset()) | {number}
    return found


def told(numbers: IndexEntry) -> frozenset[tuple[str, str]]:
    """What a claim may be named by, kind and number as they are compared; see `sought`."""
    return _pairs((numbers.patient_control_number,), numbers.payer_claim_control_numbers, numbers.member_ids)


def sought(parts: Iterable[Numbers]) -> frozenset[tuple[str, str]]:
    """What these parts wait for, kind and number as they are compared; see `told`."""
    return frozenset().union(
        *(_pairs(one.patient_control_numbers, one.payer_claim_control_numbers, one.member_ids) for one in parts)
    )


def _pairs(ours: Iterable[str], payers: Iterable[str], members: Iterable[str]) -> frozenset[tuple[str, str]]:
    found = {("patient", plain(one)) for one in ours} | {("payer", plain(one)) for one in payers}
    found |= {("member", plain_member(one)) for one in members}
    return frozenset(pair for pair in found if pair[1])


def _given(*numbers: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for number in numbers if number))
