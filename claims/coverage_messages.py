"""The message that changes a claim's payers: one coverage that is new or another one, one that is none any more, or all of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import ValidationError

from claims import events as e
from claims.base import Value
from claims.claim import Claim, Coverage, Name, Order, Payer, Person
from claims.coding import Malformed
from claims.deciding import former_coverages
from claims.message import Message
from claims.message_bodies import Context
from claims.other_payers import as_destination, as_other
from claims.payer_rules import rules_for
from claims.primacy import pays_first
from claims.status import Status

ORDERS: tuple[Order, ...] = ("primary", "secondary", "tertiary", "other")


class CoverageChange(Value):
    """One coverage as people write it: of a payer that the claim has, what isn't named stays. `order` is its place."""

    order: Order | None = None
    payer_id: str = ""
    payer_name: str = ""
    member_id: str | None = None
    group_number: str | None = None
    group_name: str | None = None
    insurance_type: str | None = None
    """SBR05, why Medicare isn't first: 12, 13, 14, 15, 16, 41, 42, 43, 47."""
    filing_indicator: str | None = None
    relationship: str | None = None
    """The patient's to the subscriber: 18 herself, 01 spouse, 19 child."""
    subscriber_last: str = ""
    subscriber_first: str = ""
    subscriber_birth_date: date | None = None


_FIELDS = ("member_id", "group_number", "group_name", "insurance_type", "filing_indicator", "relationship")
_OTHER_NAMES = {"payer": "payer_id", "id": "payer_id", "name": "payer_name", "member": "member_id", "place": "order"}


def change_coverage(body: dict[str, Any], c: Context) -> e.AnyEvent:
    """The claim with its payers as told, and the rules of each. `reason` is needed."""
    fields = {k: v for k, v in body.items() if k not in ("reason", "by")}
    reason = body.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise Malformed("reason: is missing, say who told it (card, patient, payer)")
    gone = fields.pop("remove", ())
    removed = {gone} if isinstance(gone, str) else set(gone)
    if "coverages" in fields:
        whole = fields.pop("coverages")
        if fields or not isinstance(whole, list | tuple) or not whole:
            raise Malformed("coverages: a list of all of them, and nothing beside it")
        changes, kept = [_read(one) for one in whole], []
    else:
        changes = [_read(fields)] if fields else []
        kept = [one for one in _now(c.state.claim) if not {one.order, one.payer.payer_id} & removed]
    if not changes and not removed:
        raise Malformed("payer_id: is missing, or name one to remove")
    claim = _changed(c.state.claim, kept, changes)
    rules = tuple(rules_for(c.tables.payer_rules, x.payer.payer_id, x.filing_indicator) for x in claim.coverages)
    return e.CoverageChanged(**c.common, claim=claim, payer_rules=rules, reason=reason.strip())


def _read(fields: Any) -> CoverageChange:
    if not isinstance(fields, dict):
        raise Malformed("a coverage is an object: order, payer_id, member_id, ...")
    named = {_OTHER_NAMES.get(key, key): str(v) if type(v) is int else v for key, v in fields.items()}
    try:
        change = CoverageChange.model_validate(named)
    except ValidationError as error:
        told = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)]
        raise Malformed("; ".join(told[:4])) from None
    if not change.payer_id and change.order is None:
        raise Malformed("payer_id: is missing")
    return change


def _now(claim: Claim) -> list[Coverage]:
    """The claim's coverages without those that are none any more."""
    former = former_coverages(claim)
    return [one for place, one in enumerate(claim.coverages) if place not in former]


def _changed(claim: Claim, kept: list[Coverage], changes: list[CoverageChange]) -> Claim:
    found = list(kept)
    for place, change in enumerate(changes):
        order = change.order or (ORDERS[min(place, 3)] if not kept else None)
        known = next((one for one in claim.coverages if _means(change, one)), None)
        made = _made(known, change, claim)
        found = [one for one in found if one is not known]
        order = order or (known.order if known and known.order != "former" else None) or _place(made, found)
        found.insert(
            sum(1 for one in found if _rank(one) < ORDERS.index(order)), made.model_copy(update={"order": order})
        )
    if not found:
        raise Malformed("remove: a claim needs a payer; where the patient pays herself, say so (override_eligibility)")
    return _placed(claim, found)


def _means(change: CoverageChange, one: Coverage) -> bool:
    """By the payer's id; without one, the coverage that has the place now."""
    if change.payer_id:
        return one.payer.payer_id.upper() == change.payer_id.upper()
    return one.order == change.order


def _rank(one: Coverage) -> int:
    return ORDERS.index(one.order) if one.order in ORDERS else len(ORDERS)


def _made(known: Coverage | None, change: CoverageChange, claim: Claim) -> Coverage:
    updates: dict[str, Any] = {name: getattr(change, name) for name in _FIELDS if getattr(change, name) is not None}
    if known is not None:
        if change.payer_name:
            updates["payer"] = known.payer.model_copy(update={"name": change.payer_name})
        if change.subscriber_last:
            updates["subscriber"] = _subscriber(change)
        return known.model_copy(update=updates)
    if not change.payer_id:
        raise Malformed("payer_id: is missing")
    if not change.member_id:
        raise Malformed("member_id: is missing")
    own = (change.relationship or "18") == "18"
    if not own and not change.subscriber_last:
        raise Malformed("subscriber_last: is missing, the patient is not the subscriber")
    return Coverage(
        order=change.order or "other",
        payer=Payer(name=change.payer_name or change.payer_id, payer_id=change.payer_id),
        subscriber=claim.patient.model_copy(update={"carried": ()}) if own else _subscriber(change),
        # SBR09 ZZ: the type of insurance is not known (005010X222 2000B)
        **{"filing_indicator": "ZZ", **updates},
    )


def _subscriber(change: CoverageChange) -> Person:
    name = Name(last=change.subscriber_last, first=change.subscriber_first)
    return Person(name=name, birth_date=change.subscriber_birth_date)


def _place(made: Coverage, others: list[Coverage]) -> Order:
    """The place of a new coverage where nobody told it: by the rules of coordination, else it has to be told."""
    if not others:
        return "primary"
    place = len(others)
    for position, other in enumerate(others):
        found = pays_first(made, other)
        if found is None:
            raise Malformed("order: primary or secondary; what is known of the coverages doesn't tell which pays first")
        if found.place == 0:
            place = min(place, position)
    return ORDERS[min(place, 3)]


def _placed(claim: Claim, found: list[Coverage]) -> Claim:
    """One coverage in each place from the first on; the one that the claim goes to is written as such, the others as others.

    A claim that came for a later payer keeps that payer where it is.
    """
    late = claim.coverages[0].order != "primary" and any(_same(claim.coverages[0], one) for one in found)
    if late:
        found = sorted(found, key=lambda one: not _same(claim.coverages[0], one))
        return claim.model_copy(update={"coverages": tuple(found)})
    orders = (*ORDERS, *(["other"] * len(found)))
    placed = [one.model_copy(update={"order": order}) for one, order in zip(found, orders, strict=False)]
    first, rest = placed[0], placed[1:]
    if _same(first, claim.coverages[0]):
        return claim.model_copy(update={"coverages": (first, *rest)})
    relationship = "" if first.relationship == "18" else first.relationship
    others = tuple(as_other(one, claim, None, first=_same(one, claim.coverages[0])) for one in rest)
    coverages = (as_destination(first, claim), *others)
    return claim.model_copy(update={"coverages": coverages, "patient_relationship": relationship})


def _same(one: Coverage, other: Coverage) -> bool:
    return one.payer.payer_id == other.payer.payer_id and one.payer.name == other.payer.name


NOT_NOW = frozenset(
    {
        Status.SUBMITTING,
        Status.SUBMISSION_UNKNOWN,
        Status.VOID_PENDING,
        Status.BLOCKED_ON_FAILURE,
        Status.AWAITING_APPROVAL,
        Status.WRITE_OFF_PENDING,
        Status.VOIDED,
    }
)
"""Something is under way that the old coverages belong to: it ends first."""

COVERAGE_MESSAGES: tuple[Message, ...] = (
    Message(
        name="coverage",
        aliases=("change_coverage", "add_coverage", "change_coverage_order"),
        help="change who pays: a payer in its place (those there move down), remove one, or coverages, all of them;"
        " what is posted stays its payer's",
        example='{"order": "primary", "payer_id": "87726", "member_id": "M778800", "reason": "new card", "by": "desk-1"}',
        build=change_coverage,
        statuses=frozenset(Status) - NOT_NOW,
    ),
)
