"""Service lines: LX loops with SV1 or SV2, their providers and what other payers decided on them."""

from __future__ import annotations

from adapters.x12.claims_out import parties
from adapters.x12.claims_out.coverages import adjustments
from adapters.x12.claims_out.loops import loop, period
from adapters.x12.order import Block
from adapters.x12.writer import carried as guarded
from adapters.x12.writer import identifier, text
from claims.base import Segment
from claims.claim import ClaimType, LineDecision, ServiceLine
from claims.money import x12_amount


def line(kind: ClaimType, one: ServiceLine) -> Block:
    """2400 with its inner loops."""
    typed: list[Segment] = [
        ("LX", str(one.number)),
        _professional(one) if kind == "professional" else _institutional(one),
    ]
    kept = list(one.carried)
    if one.service_from is not None:
        typed.append(period("472", one.service_from, one.service_to))
        kept = [segment for segment in kept if segment[:2] != ("DTP", "472")]
    if one.control_number:
        typed.append(("REF", "6R", identifier("REF02 of REF*6R", one.control_number)))
    inner = [parties.provider(provider) for provider in one.providers]
    # 005010X223 wants a revenue code in every SVD; a payer that paid by another says so, else it is the line's.
    inner.extend(_decision(decision, one.revenue_code) for decision in one.decisions)
    return loop(f"line {kind}", typed, kept, inner)


def _procedure(one: ServiceLine) -> str:
    if not one.procedure:
        return ""
    modifiers = [identifier("modifier", modifier) for modifier in one.modifiers]
    parts = [
        identifier("procedure qualifier", one.procedure_qualifier),
        identifier("procedure", one.procedure),
        *modifiers,
    ]
    if one.description:
        parts += [""] * (4 - len(modifiers)) + [text(one.description)]
    return ":".join(parts)


def _professional(one: ServiceLine) -> Segment:
    pointers = ":".join(str(pointer) for pointer in one.pointers)
    charge, place = x12_amount(one.charge_cents), text(one.place_of_service)
    head = ("SV1", _procedure(one), charge, text(one.unit), text(one.quantity), place, "", pointers)
    return guarded((*head, *one.indicators))


def _institutional(one: ServiceLine) -> Segment:
    non_covered = "" if one.non_covered_cents is None else x12_amount(one.non_covered_cents)
    charge = x12_amount(one.charge_cents)
    code = identifier("revenue code", one.revenue_code)
    return ("SV2", code, _procedure(one), charge, text(one.unit), text(one.quantity), "", non_covered)


def _decision(one: LineDecision, revenue_code: str) -> Block:
    """2430: SVD, CAS, DTP*573, AMT*EAF."""
    payer, paid = identifier("SVD01", one.payer_id), x12_amount(one.paid_cents)
    head = (
        "SVD",
        payer,
        paid,
        one.procedure,
        text(one.revenue_code or revenue_code),
        text(one.quantity),
        text(one.bundled_line),
    )
    out: list[Segment] = [guarded(head), *adjustments(one.adjustments)]
    if one.decided_on is not None:
        out.append(period("573", one.decided_on, None))
    if one.remaining_cents is not None:
        out.append(("AMT", "EAF", x12_amount(one.remaining_cents)))
    return tuple(out)
