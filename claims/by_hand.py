"""A part of a document that a person matches to a claim: made into the very event that routing would have delivered."""

from __future__ import annotations

from claims.base import Instant
from claims.cash import PLB_SET
from claims.deliveries import IndexEntry
from claims.documents import ClaimPayment, ParsedDocument, ParsedSet, Remittance
from claims.events import PaymentUnmatched, RemittanceReceived, TakebackReceived
from claims.posting import alike, alike_payments, payment_key, takeback_key

Matched = RemittanceReceived | TakebackReceived


class CannotMatch(ValueError):
    """This part can't be matched by hand; the message says why and what to do."""


def matched_event(
    parsed: ParsedDocument, kind: str, position: int, part: int, entry: IndexEntry, *, at: Instant, again: int = 0
) -> Matched:
    """The payment at segment `position`, or provider adjustment `part` of the set there, for the claim of `entry`.

    `again` counts how often a match of it was taken back: each match is an event of its own. Raises CannotMatch.
    """
    if kind == PLB_SET:
        return _takeback(parsed, position, part, at=at, again=again)
    if kind != "835":
        raise CannotMatch(f"a {kind} is no payment: only payments and recoveries of an 835 are matched by hand")
    for one in parsed.sets:
        for payment, occurrence in alike_payments(one.parsed.claims) if isinstance(one.parsed, Remittance) else ():
            if payment.segment == position:
                return _payment(parsed, one, payment, occurrence, entry, at=at, again=again)
    raise CannotMatch("this part is no claim payment (a whole set, perhaps): ask the payer for a corrected remittance")


def taken_off(event: Matched, *, by: str, reason: str, at: Instant) -> PaymentUnmatched:
    """The event that takes a matched part off its claim again."""
    key = payment_key(event) if isinstance(event, RemittanceReceived) else takeback_key(event)
    return PaymentUnmatched(
        at=at, id=f"{event.id}:off", by=by, payment=key, trace_number=event.trace_number, reason=reason
    )


def _payment(
    parsed: ParsedDocument,
    one: ParsedSet,
    payment: ClaimPayment,
    occurrence: int,
    entry: IndexEntry,
    *,
    at: Instant,
    again: int,
) -> RemittanceReceived:
    remittance = one.parsed
    assert isinstance(remittance, Remittance)
    return RemittanceReceived(
        at=at,
        id=_event_id(parsed, again, payment.segment),
        by=remittance.payer,
        document=parsed.sha256,
        trace_number=remittance.trace_number,
        payer=remittance.payer,
        payer_id=remittance.payer_id if remittance.payer_id in entry.payer_ids else "",
        paid_on=remittance.paid_on,
        method=remittance.method,
        occurrence=occurrence,
        payment=payment,
    )


def _takeback(parsed: ParsedDocument, position: int, part: int, *, at: Instant, again: int) -> TakebackReceived:
    for one in parsed.sets:
        remittance = one.parsed
        if isinstance(remittance, Remittance) and one.segment == position:
            counted = list(alike(remittance.provider_adjustments))[part - 1 : part] if part else []
            for adjustment, occurrence in counted:
                return TakebackReceived(
                    at=at,
                    id=_event_id(parsed, again, position, part),
                    by=remittance.payer,
                    document=parsed.sha256,
                    trace_number=remittance.trace_number,
                    reason=adjustment.reason,
                    reference=adjustment.reference,
                    amount_cents=adjustment.amount_cents,
                    paid_on=remittance.paid_on,
                    occurrence=occurrence,
                )
    raise CannotMatch("the provider adjustment is not in its document any more")


def _event_id(parsed: ParsedDocument, again: int, *place: int) -> str:
    """As routing names it; after a match was taken back, another one, for a claim knows an id that it has had."""
    name = ":".join((parsed.sha256[:24], *map(str, place)))
    return f"{name}:again{again}" if again else name
