"""Which claim a document's parts belong to: a parsed document and an index of claims -> deliveries, unmatched, held."""

from __future__ import annotations

from collections.abc import Sequence

from claims.answer_matching import route_eligibility, route_functional, route_interchange, route_status_report
from claims.base import Instant
from claims.deliveries import Delivery, Held, IndexEntry, Routing, SubmissionKey, Unmatched
from claims.documents import (
    ClaimSubmissionSet,
    EligibilityAnswer,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    OtherSet,
    ParsedDocument,
    ParsedSet,
    Remittance,
    StatusReport,
)
from claims.making import collection_paused
from claims.numbers import Numbers, needed_numbers
from claims.remittance_matching import route_remittance
from claims.router import Router

__all__ = [
    "Delivery",
    "Held",
    "IndexEntry",
    "Numbers",
    "Routing",
    "SubmissionKey",
    "Unmatched",
    "needed_numbers",
    "route",
]


def route(document: ParsedDocument, index: Sequence[IndexEntry], *, at: Instant) -> Routing:
    """Whose each part of a document is. Every part ends up delivered, unmatched or held; numbers decide, never names."""
    with collection_paused():
        router = Router(index, at, document.sha256)
        for one in document.sets:
            _route_set(router, one)
    return Routing(deliveries=tuple(router.deliveries), unmatched=tuple(router.unmatched), held=tuple(router.held))


def _route_set(r: Router, one: ParsedSet) -> None:
    if one.held:
        kind, reference = _named(one)
        r.hold(one.segment, kind, reference, one.held)
        return
    match one.parsed:
        case Remittance():
            route_remittance(r, one.parsed, one)
        case StatusReport():
            route_status_report(r, one.parsed)
        case FunctionalAcknowledgement():
            route_functional(r, one.parsed, one)
        case InterchangeAcknowledgement():
            route_interchange(r, one.parsed, one)
        case EligibilityAnswer():
            route_eligibility(r, one.parsed)
        case ClaimSubmissionSet():
            r.hold(one.segment, one.parsed.set, one.parsed.control_number, "claims come in by `start`, not as answers")
        case OtherSet():
            r.hold(one.segment, one.parsed.set, one.parsed.control_number, one.parsed.reason)


def _named(one: ParsedSet) -> tuple[str, str]:
    """The kind and control number of a set, for people."""
    parsed = one.parsed
    if isinstance(parsed, InterchangeAcknowledgement):
        return "TA1", parsed.interchange_control_number
    if isinstance(parsed, Remittance):
        return "835", parsed.trace_number or parsed.control_number
    return (parsed.kind if isinstance(parsed, EligibilityAnswer) else parsed.set), parsed.control_number
