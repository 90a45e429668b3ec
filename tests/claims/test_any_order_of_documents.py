"""The same documents in any order and any number leave the same ledgers and the same parts of nobody."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.tables.icd10 import load_icd10
from claims.claim import Claim
from claims.documents import (
    ClaimPayment,
    ParsedDocument,
    ParsedSet,
    ProviderAdjustment,
    Remittance,
    StatusReport,
)
from claims.matching import route
from claims.posting import ledger
from claims.second_look import learnt
from claims.views import index_entry
from claims.world import World
from tests.claims.kit import CHARGE, START, TABLES, ZONE, payment, reversed_of, status_line
from tests.claims.scrub_claims import line, professional

NUMBERS = ("LK1", "LK2")


def document(parsed: Remittance | StatusReport) -> ParsedDocument:
    name = hashlib.sha256(parsed.model_dump_json().encode()).hexdigest()
    return ParsedDocument(sha256=name, sets=(ParsedSet(parsed=parsed, segment=3),))


def era(trace: str, *claims: ClaimPayment, wo: tuple[tuple[str, int], ...] = ()) -> ParsedDocument:
    """A remittance that balances: what it takes by PLB WO is less in BPR02."""
    placed = tuple(one.model_copy(update={"segment": 10 * n}) for n, one in enumerate(claims, 1))
    return document(
        Remittance(
            control_number="1",
            trace_number=trace,
            payer="ACME",
            payer_id="PAYER1",
            paid_on=date(2026, 3, 20),
            payment_cents=sum(one.paid_cents for one in claims) - sum(cents for _, cents in wo),
            claims=placed,
            provider_adjustments=tuple(
                ProviderAdjustment(reason="WO", reference=number, amount_cents=cents) for number, cents in wo
            ),
        )
    )


def of(number: str, one: ClaimPayment) -> ClaimPayment:
    return one.model_copy(update={"patient_control_number": number})


FIRST = payment(9000, "CO-45:3500", icn="HB1")
CORRECTED = payment(8000, "CO-45:4500", icn="HB1A")
OTHER = payment(CHARGE, icn="HB2").model_copy(update={"patient_control_number": "LK2"})

PAYS = era("T1", FIRST)
CORRECTS = era("T2", reversed_of(FIRST), CORRECTED)
TAKES_BY_FIRST = era("T3", wo=(("HB1", 4000),))
"""It names the number that only the first payment tells."""
TAKES_BY_CORRECTED = era("T4", OTHER, wo=(("HB1A", 1500),))
"""It names the number that only the correction tells, in a remittance that pays another claim."""
ACCEPTS = document(StatusReport(set="277CA", control_number="2", statuses=(status_line("A2:20", icn="HB9"),)))
TAKES_BY_ACCEPTED = era("T5", wo=(("HB9", 700),))
"""It names the number that only the payer's acceptance tells."""
FINISHED = document(StatusReport(set="277", control_number="3", statuses=(status_line("F1:65", icn="HB8"),)))
"""A status answer, refused by a claim that is decided; it alone tells its number."""
TAKES_BY_FINISHED = era("T9", wo=(("HB8", 600),))
RECEIVES = document(StatusReport(set="277CA", control_number="4", statuses=(status_line("A9:20", icn="HB7"),)))
"""An acknowledgement that no 277CA may carry (A9), refused by every claim; it alone tells its number."""
TAKES_BY_RECEIVED = era("T10", wo=(("HB7", 500),))
PRICED = era("T11", payment(0, "OA-101:12500", status="25", icn="HB6"))
"""A predetermination is no payment: its number is not the claim's."""
TAKES_BY_PRICED = era("T12", wo=(("HB6", 400),))
MISNAMED = era("T6", of("0", payment(500, "CO-45:12000", icn="HB1A")))
"""A payment under a number that is nobody's; the payer's own number is the correction's."""
PUTS_OFF = era("T7", wo=(("HB1", -300),))
"""A negative WO: 3.00 of what is taken back are put off to a later remittance."""
TAKES_PUT_OFF = era("T8", wo=(("HB1", 300),))
DOCUMENTS = (
    PAYS,
    CORRECTS,
    TAKES_BY_FIRST,
    TAKES_BY_CORRECTED,
    ACCEPTS,
    TAKES_BY_ACCEPTED,
    MISNAMED,
    PUTS_OFF,
    TAKES_PUT_OFF,
    FINISHED,
    TAKES_BY_FINISHED,
    RECEIVES,
    TAKES_BY_RECEIVED,
    PRICED,
    TAKES_BY_PRICED,
)
ANSWERS = {DOCUMENTS.index(one) for one in (ACCEPTS, FINISHED, RECEIVES)}


def visit(number: str) -> Claim:
    """A clean claim of 125.00; its day is before the payments of the kit, which name none."""
    served = line(1, charge_cents=CHARGE, pointers=(1, 2), service_from=date(2026, 3, 2), service_to=date(2026, 3, 2))
    return professional(patient_control_number=number, charge_cents=CHARGE, lines=(served,))


def told(order: Sequence[ParsedDocument | str]) -> dict[str, Any]:
    """What stands at the end; a text is a claim's registration."""
    world = World(TABLES, load_icd10(), zone=ZONE, agreeable=True)
    at = START
    for one in order:
        at += timedelta(days=1)
        if isinstance(one, str):
            world.register(visit(one), at=at)
        else:
            world.document(one, at=at)
    books = {state.claim.patient_control_number: ledger(state, TABLES).model_dump() for state in world.claims.values()}
    return {
        "ledgers": books,
        "unmatched": sorted({(part.set, part.reference, part.amount_cents) for _, part in world.unmatched}),
        "takebacks": {
            state.claim.patient_control_number: sorted(one.key for one in state.takebacks)
            for state in world.claims.values()
        },
    }


def test_every_order_of_a_takeback_and_the_documents_that_tell_its_number_is_the_same() -> None:
    """LK1: 90.00 paid, 40.00 taken back by HB1 and 7.00 by HB9: 43.00 paid, 35.00 contractual, 47.00 open."""
    ends = [
        told([*NUMBERS, *order]) for order in itertools.permutations((PAYS, TAKES_BY_FIRST, ACCEPTS, TAKES_BY_ACCEPTED))
    ]
    assert all(end == ends[0] for end in ends)
    book = ends[0]["ledgers"]["LK1"]
    assert (book["paid"], book["contractual"], book["open"]) == (4300, 3500, 4700)
    assert ends[0]["unmatched"] == []


@pytest.mark.parametrize("order", list(itertools.permutations((PAYS, FINISHED, TAKES_BY_FINISHED))))
def test_a_status_answer_that_a_decided_claim_refuses_still_tells_its_number(order: Sequence[ParsedDocument]) -> None:
    """90.00 paid, 6.00 taken back by the number of the 277: 84.00, whether the claim took the 277 or not."""
    end = told(["LK1", *order])
    assert (end["ledgers"]["LK1"]["paid"], end["ledgers"]["LK1"]["open"]) == (8400, 600)
    assert end["unmatched"] == []


@pytest.mark.parametrize("order", list(itertools.permutations((RECEIVES, TAKES_BY_RECEIVED, PAYS))))
def test_an_acknowledgement_that_can_not_be_read_still_tells_its_number(order: Sequence[ParsedDocument]) -> None:
    assert told(["LK1", *order])["ledgers"]["LK1"]["paid"] == 9000 - 500


@pytest.mark.parametrize("paid", [False, True])
def test_what_the_records_are_told_of_a_claim_the_claim_knows_too(paid: bool) -> None:
    """Else its next step would take the number out of the records again, and a race would decide."""
    for one in DOCUMENTS:
        world = World(TABLES, load_icd10(), zone=ZONE, agreeable=True)
        for number in NUMBERS:
            world.register(visit(number), at=START)
        if paid:
            world.document(PAYS, at=START)
        index = [index_entry(state) for state in world.claims.values()]
        told_records = learnt(route(one, index, at=START).deliveries)
        world.document(one, at=START + timedelta(days=1))
        for key, numbers in told_records.items():
            assert numbers <= set(index_entry(world.claims[key]).payer_claim_control_numbers)


@pytest.mark.parametrize("order", list(itertools.permutations((PAYS, PRICED, TAKES_BY_PRICED))))
def test_the_number_of_a_predetermination_is_not_the_claims(order: Sequence[ParsedDocument]) -> None:
    end = told(["LK1", *order])
    assert end["ledgers"]["LK1"]["paid"] == 9000
    assert end["unmatched"] == [("835 PLB", "HB6", 400)]


def test_nor_is_it_within_the_remittance_that_has_it() -> None:
    both = era("T11", *PRICED.sets[0].parsed.claims, wo=(("HB6", 400),))  # type: ignore[union-attr]
    assert told(["LK1", PAYS, both])["unmatched"] == [("835 PLB", "HB6", 400)]


@pytest.mark.parametrize("order", list(itertools.permutations(("LK1", PAYS, TAKES_BY_FIRST))))
def test_a_claim_that_is_registered_after_its_payment_and_its_takeback_has_both(
    order: Sequence[ParsedDocument | str],
) -> None:
    end = told(order)
    assert (end["ledgers"]["LK1"]["paid"], end["ledgers"]["LK1"]["open"]) == (5000, 4000)
    assert end["unmatched"] == []


def test_a_takeback_whose_number_nobody_tells_stays_unmatched() -> None:
    assert told(["LK1", TAKES_BY_FIRST])["unmatched"] == [("835 PLB", "HB1", 4000)]


def test_a_takeback_whose_number_two_claims_turn_out_to_have_is_never_guessed() -> None:
    """One CLP07 over two claims: before and after, nobody can tell whose takeback it is."""
    both = era("T1", of("LK1", FIRST), of("LK2", FIRST))
    for order in ((both, TAKES_BY_FIRST), (TAKES_BY_FIRST, both)):
        assert told([*NUMBERS, *order])["unmatched"] == [("835 PLB", "HB1", 4000)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_same_documents_in_any_order_and_number_leave_the_same_ledgers(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(range(len(DOCUMENTS))), min_size=1, max_size=12, unique=True))
    repeated = data.draw(st.lists(st.sampled_from(chosen), max_size=3))
    # an answer is to what was sent: it can't come before its claim
    early = NUMBERS if ANSWERS & set(chosen) else ()
    late = () if early else NUMBERS
    straight: list[ParsedDocument | str] = [*NUMBERS, *(DOCUMENTS[number] for number in sorted(chosen))]
    shuffled = data.draw(
        st.permutations([*late, *straight[len(NUMBERS) :], *(DOCUMENTS[number] for number in repeated)])
    )
    assert told([*early, *shuffled]) == told(straight)


@pytest.mark.parametrize("order", list(itertools.permutations((PAYS, PUTS_OFF, TAKES_PUT_OFF))))
def test_what_was_put_off_and_is_taken_later_takes_nothing_in_any_order(order: Sequence[ParsedDocument]) -> None:
    end = told(["LK1", *order])
    assert (end["ledgers"]["LK1"]["paid"], end["ledgers"]["LK1"]["open"]) == (9000, 0)
    assert end["unmatched"] == []


@pytest.mark.parametrize("first", [True, False])
def test_two_takebacks_of_one_amount_in_one_remittance_take_it_twice(first: bool) -> None:
    """90.00 - 10.00 - 10.00 = 70.00; the remittance again takes nothing more."""
    twice = era("T3", wo=(("HB1", 1000), ("HB1", 1000)))
    order = (twice, PAYS, twice) if first else (PAYS, twice, twice)
    assert told(["LK1", *order])["ledgers"]["LK1"]["paid"] == 7000


@pytest.mark.parametrize("named", ["hb1", " HB1 "])
def test_a_takeback_in_the_remittance_that_tells_its_number_may_write_it_otherwise(named: str) -> None:
    """As it may in one that comes before or after: 90.00 paid, 40.00 taken back."""
    assert told(["LK1", era("T1", FIRST, wo=((named, 4000),))])["ledgers"]["LK1"]["paid"] == 5000
    for order in ((PAYS, era("T3", wo=((named, 4000),))), (era("T3", wo=((named, 4000),)), PAYS)):
        assert told(["LK1", *order])["ledgers"]["LK1"]["paid"] == 5000


def test_within_a_remittance_too_a_number_as_written_comes_first() -> None:
    both = era("T1", of("LK1", FIRST), of("LK2", payment(CHARGE, icn="hb1")), wo=(("HB1", 4000),))
    end = told([*NUMBERS, both])
    assert (end["ledgers"]["LK1"]["paid"], end["ledgers"]["LK2"]["paid"]) == (5000, 12500)


def test_it_comes_first_where_another_claim_was_known_before_by_the_number_in_small_letters() -> None:
    small = era("T1", of("LK2", payment(CHARGE, icn="hb1")))
    for order in ((small, era("T2", FIRST, wo=(("HB1", 4000),))), (small, PAYS, TAKES_BY_FIRST)):
        end = told([*NUMBERS, *order])
        assert (end["ledgers"]["LK1"]["paid"], end["ledgers"]["LK2"]["paid"]) == (5000, 12500)


@pytest.mark.parametrize("given", ["m-1 1", "M11"])
@pytest.mark.parametrize("early", [True, False])
def test_a_member_id_with_or_without_its_dashes_finds_the_claim_before_and_after_it_is_registered(
    given: str, early: bool
) -> None:
    """Charge and first day are the claim's, the control number is nobody's: the card decides."""
    claim = visit("LK1")
    (coverage,) = claim.coverages
    carded = claim.model_copy(update={"coverages": (coverage.model_copy(update={"member_id": "M-11"}),)})
    pays = era("T1", of("0", payment(9000, "CO-45:3500", icn="HB1", member_id=given, service_from=date(2026, 3, 2))))
    world = World(TABLES, load_icd10(), zone=ZONE, agreeable=True)
    if early:
        world.document(pays, at=START)
    world.register(carded, at=START + timedelta(days=1))
    if not early:
        world.document(pays, at=START + timedelta(days=2))
    (state,) = world.claims.values()
    assert (ledger(state, TABLES).paid, world.unmatched) == (9000, [])


def test_a_number_that_comes_back_in_capitals_is_the_same_and_one_as_written_comes_first() -> None:
    small = era("T1", of("lk1a", FIRST))
    assert told(["LK1a", small])["unmatched"] == []
    assert told(["LK1a", "lk1a", small])["ledgers"]["LK1a"]["paid"] == 0
    assert told(["LK1a", "LK1A", small])["unmatched"] == [("835", "lk1a", 9000)]
