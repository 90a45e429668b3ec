"""What a person matches is the event that routing would have delivered, had the number been right."""

from __future__ import annotations

import pytest

from claims.by_hand import CannotMatch, matched_event, taken_off
from claims.cash import PLB_SET
from claims.deliveries import IndexEntry
from claims.documents import ClaimPayment, ParsedDocument, ParsedSet, ProviderAdjustment, Remittance
from claims.events import RemittanceReceived
from claims.matching import route
from claims.posting import payment_key, takeback_key
from tests.claims.kit import START, payment

OURS = IndexEntry(practice="p", claim_id="c1", patient_control_number="LK1", payer_ids=("PAYER1",))


def document(*claims: ClaimPayment) -> ParsedDocument:
    plbs = (
        ProviderAdjustment(reason="L6", amount_cents=-125),
        ProviderAdjustment(reason="WO", reference="LK1", amount_cents=4000),
    )
    one = Remittance(
        control_number="1",
        trace_number="T1",
        payer="ACME",
        payer_id="PAYER1",
        payment_cents=sum(c.paid_cents for c in claims) - 3875,
        claims=claims,
        provider_adjustments=plbs,
    )
    return ParsedDocument(sha256="d" * 64, sets=(ParsedSet(parsed=one, segment=3),))


# the same payment twice in one set: told apart by their order
TWICE = document(payment(9000, "CO-45:3500", segment=10), payment(9000, "CO-45:3500", segment=20))


@pytest.mark.parametrize(("kind", "position", "part"), [("835", 10, 0), ("835", 20, 0), (PLB_SET, 3, 2)])
def test_a_match_by_hand_is_the_event_of_routing(kind: str, position: int, part: int) -> None:
    routed = {d.event.id: d.event for d in route(TWICE, [OURS], at=START).deliveries}
    event = matched_event(TWICE, kind, position, part, OURS, at=START)
    assert event == routed[event.id]


def test_a_match_after_it_was_taken_back_is_an_event_of_its_own_about_the_same_payment() -> None:
    first = matched_event(TWICE, "835", 10, 0, OURS, at=START)
    again = matched_event(TWICE, "835", 10, 0, OURS, at=START, again=1)
    assert isinstance(first, RemittanceReceived)
    assert isinstance(again, RemittanceReceived)
    assert first.id != again.id
    assert payment_key(first) == payment_key(again)


def test_what_is_taken_off_is_named_by_the_key_it_was_posted_under() -> None:
    paid = matched_event(TWICE, "835", 20, 0, OURS, at=START)
    taken = matched_event(TWICE, PLB_SET, 3, 2, OURS, at=START)
    assert isinstance(paid, RemittanceReceived)
    assert not isinstance(taken, RemittanceReceived)
    assert taken_off(paid, by="b", reason="r", at=START).payment == payment_key(paid)
    assert taken_off(taken, by="b", reason="r", at=START).payment == takeback_key(taken)
    assert taken_off(taken, by="b", reason="r", at=START).id != taken_off(paid, by="b", reason="r", at=START).id


@pytest.mark.parametrize(
    ("kind", "position", "part", "why"),
    [
        ("999", 3, 0, "no payment"),
        ("277CA", 3, 0, "no payment"),
        ("835", 3, 0, "no claim payment"),
        ("835", 99, 0, "no claim payment"),
        (PLB_SET, 3, 0, "not in its document"),
        (PLB_SET, 3, 9, "not in its document"),
    ],
)
def test_what_is_no_payment_can_not_be_matched(kind: str, position: int, part: int, why: str) -> None:
    with pytest.raises(CannotMatch, match=why):
        matched_event(TWICE, kind, position, part, OURS, at=START)


def test_two_alike_are_counted_by_hand_as_routing_counts_them_however_the_set_lists_them() -> None:
    listed = document(payment(9000, "CO-45:3500", segment=20), payment(9000, "CO-45:3500", segment=10))
    routed = {d.event.id: d.event for d in route(listed, [OURS], at=START).deliveries}
    for segment in (10, 20):
        event = matched_event(listed, "835", segment, 0, OURS, at=START)
        assert event == routed[event.id]
