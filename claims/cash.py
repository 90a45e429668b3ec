"""Where every cent of a remittance went: payment = posted + held + unmatched + provider level, per 835 set.

The parts are summed out of the routing and the set apart from each other, so that a claim which went nowhere, or to
two places, shows as a difference; such a set is held whole and posts nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import NamedTuple

from claims.base import Day, Value
from claims.deliveries import Delivery, Held, Routing, Unmatched
from claims.documents import ParsedDocument, ParsedSet, Remittance
from claims.events import RemittanceReceived, TakebackReceived
from claims.money import dollars
from claims.proof import one_has_a_gap
from claims.provider_ledger import person_needed, provider_code

PLB_SET = "835 PLB"
"""`set` of an unmatched recovery: its amount is counted at provider level, not among the unmatched."""


REST_SET = "835 rest"
"""`set` of a held amount that no claim of a set explains, because claims of it could not be read or don't balance."""


class BookedAdjustment(Value):
    """A PLB adjustment of a set as it goes to the provider's ledger, and the claim of ours that it names, if any."""

    position: int
    provider: str = ""
    code: str
    label: str
    reference: str = ""
    amount_cents: int
    needs_person: bool = False
    practice: str = ""
    claim_id: str = ""


class Places(Value):
    """Where the cash of one 835 set is, in cents. `provider` is what the provider level added: less where it took money."""

    payment_cents: int
    posted_cents: int = 0
    held_cents: int = 0
    unmatched_cents: int = 0
    provider_cents: int = 0

    @property
    def difference_cents(self) -> int:
        """Zero where every cent is somewhere."""
        where = self.posted_cents + self.held_cents + self.unmatched_cents + self.provider_cents
        return self.payment_cents - where


class Accounting(Places):
    """One 835 set and where its cash went."""

    key: str
    segment: int
    trace_number: str = ""
    payer: str = ""
    payer_id: str = ""
    originator: str = ""
    payee: str = ""
    payee_id: str = ""
    method: str = ""
    paid_on: Day | None = None
    claims: int = 0
    held: str = ""
    """Why the set is held whole; empty where it is not."""
    adjustments: tuple[BookedAdjustment, ...] = ()


def remittance_key(remittance: Remittance) -> str:
    """Made of the content alone: the same set out of another file, envelope or name has the same key."""
    claims = tuple(payment.model_copy(update={"segment": 0}) for payment in remittance.claims)
    content = remittance.model_copy(update={"control_number": "", "produced_on": None, "claims": claims})
    return hashlib.sha256(content.model_dump_json().encode()).hexdigest()[:24]


def account(one: ParsedSet, routing: Routing) -> Accounting:
    """The cash of one 835 set after routing. `one.parsed` must be a remittance."""
    remittance = one.parsed
    assert isinstance(remittance, Remittance)
    about = Accounting(
        key=remittance_key(remittance),
        segment=one.segment,
        trace_number=remittance.trace_number,
        payer=remittance.payer,
        payer_id=remittance.payer_id,
        originator=remittance.originator,
        payee=remittance.payee,
        payee_id=remittance.payee_id,
        method=remittance.method,
        paid_on=remittance.paid_on,
        claims=len(remittance.claims),
        payment_cents=remittance.payment_cents,
    )
    whole = next((held for held in routing.held if held.position == one.segment and held.set == "835"), None)
    if whole is not None:
        return about.model_copy(update={"held": whole.reason, "held_cents": remittance.payment_cents})
    places = {payment.segment for payment in remittance.claims}
    rest = {(one.segment, REST_SET)}
    held = sum(
        part.amount_cents or 0 for part in routing.held if part.position in places or (part.position, part.set) in rest
    )
    posted = sum(
        delivery.event.payment.paid_cents
        for delivery in routing.deliveries
        if isinstance(delivery.event, RemittanceReceived) and delivery.event.payment.segment in places
    )
    unmatched = sum(
        part.amount_cents or 0 for part in routing.unmatched if part.set == "835" and part.position in places
    )
    return about.model_copy(
        update={
            "posted_cents": posted,
            "held_cents": held,
            "unmatched_cents": unmatched,
            "provider_cents": -sum(a.amount_cents for a in remittance.provider_adjustments),
            "adjustments": booked(one, remittance, routing),
        }
    )


def booked(one: ParsedSet, remittance: Remittance, routing: Routing) -> tuple[BookedAdjustment, ...]:
    """The set's adjustments for the provider's ledger, each with the claim that its takeback went to."""
    taken = {
        place(delivery.event.id): delivery
        for delivery in routing.deliveries
        if isinstance(delivery.event, TakebackReceived)
    }
    rows = []
    for position, adjustment in enumerate(remittance.provider_adjustments, 1):
        delivery = taken.get((one.segment, position))
        rows.append(
            BookedAdjustment(
                position=position,
                provider=adjustment.provider,
                code=adjustment.reason,
                label=provider_code(adjustment.reason).label,
                reference=adjustment.reference,
                amount_cents=adjustment.amount_cents,
                needs_person=person_needed(
                    adjustment.reason, adjustment.amount_cents, names_a_claim_of_ours=delivery is not None
                ),
                practice=delivery.practice if delivery else "",
                claim_id=delivery.claim_id if delivery else "",
            )
        )
    return tuple(rows)


class Placed(NamedTuple):
    """A part of a remittance and the claim that it reached: what an earlier copy had left unmatched is matched to it."""

    remittance: str
    set: str
    reference: str
    amount_cents: int
    part: int
    claim: str
    """`practice/claim_id`"""


def placed(routing: Routing, keys: Mapping[int, str]) -> tuple[Placed, ...]:
    """Every payment and recovery that reached a claim. `keys` are remittances by the segments of their parts."""
    found = []
    for delivery in routing.deliveries:
        event, claim = delivery.event, f"{delivery.practice}/{delivery.claim_id}"
        segment, part = place(event.id)
        if isinstance(event, RemittanceReceived):
            number, paid = event.payment.patient_control_number, event.payment.paid_cents
            found.append(Placed(keys.get(segment, ""), "835", number, paid, 0, claim))
        elif isinstance(event, TakebackReceived):
            found.append(Placed(keys.get(segment, ""), PLB_SET, event.reference, event.amount_cents, part, claim))
    return tuple(found)


def place(event_id: str) -> tuple[int, int]:
    """Segment and part out of the id of an event of a document (`DOCUMENT:SEGMENT` or `DOCUMENT:SEGMENT:PART`)."""
    numbers = [int(word) for word in event_id.split(":")[1:] if word.isdecimal()]
    segment, part = (*numbers, 0, 0)[:2]
    return segment, part


def owners(parsed: ParsedDocument) -> dict[int, int]:
    """For every segment that a claim payment or an 835 set begins at: the place of its set in the document."""
    found: dict[int, int] = {}
    for number, one in enumerate(parsed.sets):
        if isinstance(one.parsed, Remittance):
            found |= {one.segment: number, **{payment.segment: number for payment in one.parsed.claims}}
    return found


def accounts(parsed: ParsedDocument, routing: Routing) -> dict[int, Accounting]:
    """Every 835 set of a document by its place there. The routing is gone through once, however many sets there are."""
    owner = owners(parsed)
    deliveries: dict[int, list[Delivery]] = {}
    unmatched: dict[int, list[Unmatched]] = {}
    held: dict[int, list[Held]] = {}
    for delivery in routing.deliveries:
        deliveries.setdefault(owner.get(place(delivery.event.id)[0], -1), []).append(delivery)
    for nobodys in routing.unmatched:
        unmatched.setdefault(owner.get(nobodys.position, -1), []).append(nobodys)
    for kept in routing.held:
        held.setdefault(owner.get(kept.position, -1), []).append(kept)
    return {
        number: account(
            one,
            Routing.model_construct(
                deliveries=tuple(deliveries.get(number, ())),
                unmatched=tuple(unmatched.get(number, ())),
                held=tuple(held.get(number, ())),
            ),
        )
        for number, one in enumerate(parsed.sets)
        if isinstance(one.parsed, Remittance)
    }


def prove(parsed: ParsedDocument, routing: Routing) -> tuple[Routing, dict[int, Accounting]]:
    """The routing in which every set's cash is accounted for.

    What claims that could not be read or don't balance leave unexplained is held beside them, for the good claims may
    post; a set with any other difference is held whole.
    """
    found = accounts(parsed, routing)
    for number, before in found.items():
        if before.difference_cents:
            one = parsed.sets[number]
            gap = dollars(before.difference_cents)
            if reason := _explained(one, before.difference_cents):
                routing = routing.model_copy(update={"held": (*routing.held, _rest(one, before, f"{gap} {reason}"))})
            else:
                total = dollars(before.payment_cents)
                routing = withhold(routing, one, f"{gap} of {total} could not be accounted for")
            found[number] = account(one, routing)
    return routing, found


def _explained(one: ParsedSet, difference_cents: int) -> str:
    """Why the set itself leaves just this amount open; empty where it does not."""
    remittance = one.parsed
    if not isinstance(remittance, Remittance) or difference_cents != -remittance.difference_cents:
        return ""
    if one.unread:
        return f"of the payment is of {one.unread} claims that could not be read"
    if one_has_a_gap(remittance):
        return "of the payment is explained by no claim of the set, one of which doesn't balance"
    return ""


def _rest(one: ParsedSet, about: Accounting, reason: str) -> Held:
    return Held(
        position=one.segment,
        set=REST_SET,
        reference=about.trace_number,
        reason=reason,
        amount_cents=about.difference_cents,
    )


def withhold(routing: Routing, one: ParsedSet, reason: str) -> Routing:
    """The routing with one set held whole: nothing of it is delivered."""
    remittance = one.parsed
    assert isinstance(remittance, Remittance)
    places = {payment.segment for payment in remittance.claims} | {one.segment}
    reference = remittance.trace_number or remittance.control_number
    held = Held(
        position=one.segment, set="835", reference=reference, reason=reason, amount_cents=remittance.payment_cents
    )
    return Routing(
        deliveries=tuple(d for d in routing.deliveries if place(d.event.id)[0] not in places),
        unmatched=tuple(part for part in routing.unmatched if part.position not in places),
        held=(*(part for part in routing.held if part.position not in places), held),
    )


def undelivered(routing: Routing, homeless: Collection[tuple[str, str]], *, kind: str = "") -> Routing:
    """The routing as it turned out: what was meant for claims that could not be reached is unmatched, part by part.

    `homeless` are (practice, claim id); `kind` names the set of what is no payment.
    """
    arrived = tuple(d for d in routing.deliveries if (d.practice, d.claim_id) not in homeless)
    lost = (d for d in routing.deliveries if (d.practice, d.claim_id) in homeless)
    return routing.model_copy(
        update={"deliveries": arrived, "unmatched": (*routing.unmatched, *(_lost(d, kind) for d in lost))}
    )


def _lost(delivery: Delivery, kind: str) -> Unmatched:
    event = delivery.event
    segment, part = place(event.id)
    claim = f"{delivery.practice}/{delivery.claim_id}"
    values: dict[str, object] = {"set": kind, "reference": claim}
    match event:
        case RemittanceReceived():
            number = event.payment.patient_control_number
            values |= {
                "set": "835",
                "reference": number,
                "payer": event.payer,
                "amount_cents": event.payment.paid_cents,
            }
        case TakebackReceived():
            values |= {"set": PLB_SET, "reference": event.reference, "payer": event.by, "part": part}
            values |= {"amount_cents": event.amount_cents}
        case _:
            pass
    reason = f"claim {claim} is known, but has neither a workflow nor an archived state: start it again"
    return Unmatched.model_validate({**values, "position": segment, "reason": reason})
