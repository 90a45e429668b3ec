"""payment = posted + held + unmatched + provider level, for every 835 set, to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from claims.cash import REST_SET, account, place, prove, remittance_key, undelivered, withhold
from claims.deliveries import IndexEntry, Routing
from claims.documents import ClaimPayment, ParsedDocument, ParsedSet, ProviderAdjustment, Remittance
from claims.matching import route
from tests.claims.kit import adjustments

AT = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
OURS = tuple(
    IndexEntry(
        practice="p", claim_id=f"c{n}", patient_control_number=f"LK{n}", payer_claim_control_numbers=(f"ICN{n}",)
    )
    for n in (1, 2, 3)
)


def clp(number: str, paid: int, segment: int, *, charge: int = 10000, off: int = 0) -> ClaimPayment:
    """Charge 100.00; what is not paid is CO-45. `off` is what it fails to balance by."""
    return ClaimPayment(
        segment=segment,
        patient_control_number=number,
        status_code="1",
        charge_cents=charge,
        paid_cents=paid,
        adjustments=adjustments(f"CO-45:{charge - paid + off}"),
    )


def predetermined(number: str, paid: int, segment: int) -> ClaimPayment:
    """Status 25; it balances, whatever it says to have paid."""
    return clp(number, paid, segment).model_copy(update={"status_code": "25"})


def plb(reason: str, amount: int, reference: str = "") -> ProviderAdjustment:
    return ProviderAdjustment(provider="1999999984", reason=reason, reference=reference, amount_cents=amount)


def remit(
    *claims: ClaimPayment, plbs: tuple[ProviderAdjustment, ...] = (), off: int = 0, trace: str = "T1"
) -> ParsedSet:
    """An 835 set whose payment is claims less PLB (plus `off`)."""
    payment = sum(c.paid_cents for c in claims) - sum(p.amount_cents for p in plbs) + off
    parsed = Remittance(
        control_number="0001",
        trace_number=trace,
        payer="ACME",
        payer_id="PAYER1",
        payee_id="1999999984",
        payment_cents=payment,
        method="ACH",
        paid_on=date(2026, 3, 9),
        claims=claims,
        provider_adjustments=plbs,
    )
    return ParsedSet(parsed=parsed, segment=3)


def document(*sets: ParsedSet) -> ParsedDocument:
    return ParsedDocument(sha256="d" * 64, sets=sets)


def test_cash_is_posted_held_unmatched_and_provider_level() -> None:
    # 90.00 ours, 50.00 nobody's, 20.00 that does not balance; PLB takes 40.00 back for claim 2 and pays 1.25 interest
    one = remit(
        clp("LK1", 9000, 10),
        clp("WHO", 5000, 20),
        clp("LK3", 2000, 30, off=-100),
        plbs=(plb("WO", 4000, "ICN2"), plb("L6", -125)),
    )
    found = account(one, route(document(one), OURS, at=AT))
    assert found.posted_cents == 9000
    assert found.unmatched_cents == 5000
    assert found.held_cents == 2000
    assert found.provider_cents == -3875
    assert found.payment_cents == 12125 == 9000 + 5000 + 2000 - 3875
    assert found.difference_cents == 0
    takeback, interest = found.adjustments
    assert (takeback.code, takeback.claim_id, takeback.needs_person) == ("WO", "c2", False)
    assert (interest.code, interest.claim_id, interest.label) == ("L6", "", "interest owed")


def test_a_recovery_of_nobodys_claim_is_counted_once_at_provider_level() -> None:
    one = remit(clp("LK1", 9000, 10), plbs=(plb("FB", -500), plb("WO", 4000, "HB1")))
    routing = route(document(one), OURS, at=AT)
    assert [(part.set, part.part) for part in routing.unmatched] == [("835 PLB", 2)]
    found = account(one, routing)
    assert (found.posted_cents, found.unmatched_cents, found.provider_cents) == (9000, 0, -3500)
    assert found.difference_cents == 0


def test_a_set_that_does_not_sum_is_held_whole_with_its_payment() -> None:
    one = remit(clp("LK1", 9000, 10), off=-700)
    found = account(one, route(document(one), OURS, at=AT))
    assert (found.payment_cents, found.held_cents, found.posted_cents) == (8300, 8300, 0)
    assert "7.00" in found.held


def test_a_claim_that_went_nowhere_holds_its_whole_set() -> None:
    one = remit(clp("LK1", 9000, 10), clp("LK2", 1000, 20))
    other = remit(clp("LK3", 2500, 40), trace="T2").model_copy(update={"segment": 35})
    routing = route(document(one, other), OURS, at=AT)
    lost = routing.model_copy(update={"deliveries": routing.deliveries[1:]})
    proved, found = prove(document(one, other), lost)
    accounts = list(found.values())
    assert [(a.posted_cents, a.held_cents) for a in accounts] == [(0, 10000), (2500, 0)]
    assert "90.00 of 100.00" in accounts[0].held
    assert [d.claim_id for d in proved.deliveries] == ["c3"]
    assert [(h.reference, h.amount_cents) for h in proved.held] == [("T1", 10000)]


def test_a_claim_that_can_not_be_reached_is_unmatched_and_its_cash_with_it() -> None:
    one = remit(clp("LK1", 9000, 10), clp("LK2", 1000, 20), plbs=(plb("WO", 4000, "ICN1"),))
    turned_out = undelivered(route(document(one), OURS, at=AT), {("p", "c1")}, kind="835")
    found = account(one, turned_out)
    assert (found.posted_cents, found.unmatched_cents, found.provider_cents) == (1000, 9000, -4000)
    assert found.difference_cents == 0
    assert [(u.set, u.position, u.part, u.amount_cents) for u in turned_out.unmatched] == [
        ("835", 10, 0, 9000),
        ("835 PLB", 3, 1, 4000),
    ]


def test_the_payment_of_a_claim_that_could_not_be_read_is_held_and_its_neighbours_post() -> None:
    # 90.00 read and 50.00 in a claim that was not: 140.00
    one = remit(clp("LK1", 9000, 10), off=5000).model_copy(update={"unread": 1})
    proved, accounts = prove(document(one), route(document(one), OURS, at=AT))
    assert (accounts[0].posted_cents, accounts[0].held_cents, accounts[0].payment_cents) == (9000, 5000, 14000)
    (held,) = proved.held
    assert (held.set, held.position, held.amount_cents) == (REST_SET, 3, 5000)
    assert "50.00 of the payment is of 1 claims that could not be read" in held.reason


def test_the_same_set_in_another_envelope_has_the_same_key_and_another_payment_has_not() -> None:
    one = remit(clp("LK1", 9000, 10)).parsed
    again = remit(clp("LK1", 9000, 250)).parsed
    assert isinstance(one, Remittance)
    assert isinstance(again, Remittance)
    copied = again.model_copy(update={"control_number": "0077", "produced_on": date(2026, 3, 10)})
    assert remittance_key(one) == remittance_key(copied)
    other = remit(clp("LK1", 9000, 10), trace="T2").parsed
    assert isinstance(other, Remittance)
    assert remittance_key(one) != remittance_key(other)


def test_the_place_of_an_event_is_read_out_of_its_id() -> None:
    assert place("abc:12") == (12, 0)
    assert place("abc:3:2") == (3, 2)
    assert place("recovered") == (0, 0)


NUMBERS = st.sampled_from(("LK1", "LK2", "LK3", "WHO", ""))
CLAIMS = st.lists(
    st.tuples(NUMBERS, st.sampled_from((-9000, 0, 1, 5000, 10000)), st.sampled_from((0, 0, 0, 700))), max_size=8
)
PLBS = st.lists(
    st.tuples(
        st.sampled_from(("WO", "FB", "L6", "72", "ZZ")),
        st.integers(-50000, 50000),
        st.sampled_from(("ICN1", "LK2", "HB1", "")),
    ),
    max_size=4,
)


@settings(deadline=None)
@given(claims=CLAIMS, plbs=PLBS, off=st.sampled_from((0, 0, 0, 1, -4200)), unread=st.integers(0, 1), away=st.booleans())
def test_every_cent_of_any_remittance_is_somewhere(
    claims: list[tuple[str, int, int]],
    plbs: list[tuple[str, int, str]],
    off: int,
    unread: int,
    away: bool,
) -> None:
    made = tuple(clp(number, paid, 10 * n, off=gap) for n, (number, paid, gap) in enumerate(claims, 1))
    one = remit(*made, plbs=tuple(plb(*p) for p in plbs), off=off).model_copy(update={"unread": unread})
    routing = route(document(one), OURS, at=AT)
    proved, accounts = prove(document(one), routing)
    found = accounts[0]
    # what routing let through is accounted for: only what unread or unbalanced claims leave open is held besides
    assert proved.deliveries == routing.deliveries
    assert {part.set for part in proved.held[len(routing.held) :]} <= {REST_SET}
    assert found.difference_cents == 0
    routing = proved
    if away:
        found = account(one, undelivered(routing, {("p", "c1")}, kind="835"))
        assert found.difference_cents == 0
    withheld: Routing = withhold(routing, one, "by hand")
    assert account(one, withheld).held_cents == found.payment_cents
    assert not withheld.deliveries


def test_a_predetermination_that_pays_is_held_alone_and_counts_as_no_posted_cash() -> None:
    """BPR 110.00 = 80.00 paid on LK1 + 30.00 that the predetermination of LK2 claims to pay (X12 835 TR3, CLP02 25)."""
    one = ParsedDocument(sha256="a" * 64, sets=(remit(clp("LK1", 8000, 10), predetermined("LK2", 3000, 20)),))
    routing, found = prove(one, route(one, OURS, at=AT))
    assert [(held.position, held.amount_cents) for held in routing.held] == [(20, 3000)]
    assert "status 25" in routing.held[0].reason
    assert [delivery.claim_id for delivery in routing.deliveries] == ["c1"]
    (cash,) = found.values()
    assert (cash.payment_cents, cash.posted_cents, cash.held_cents, cash.difference_cents) == (11000, 8000, 3000, 0)


def test_a_predetermination_of_nothing_reaches_its_claim_and_moves_no_cash() -> None:
    one = ParsedDocument(sha256="a" * 64, sets=(remit(clp("LK1", 8000, 10), predetermined("LK2", 0, 20)),))
    routing, found = prove(one, route(one, OURS, at=AT))
    assert (len(routing.deliveries), routing.held) == (2, ())
    (cash,) = found.values()
    assert (cash.posted_cents, cash.held_cents) == (8000, 0)
