"""Claims together on one clock, as `tell` and the simulation use them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.tables.icd10 import load_icd10
from claims.cash import REST_SET
from claims.documents import ClaimPayment, ParsedDocument, ParsedSet, Remittance
from claims.world import World
from tests.claims.kit import PAID, TABLES, ZONE
from tests.claims.scrub_claims import professional

ICD = load_icd10()
START = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo(ZONE))
"""The day on which the claims of scrub_claims are without a fault."""


def world(**more: Any) -> World:
    return World(TABLES, ICD, **more)


def sent(one: World) -> tuple[str, str]:
    told = one.register(professional(), at=START)
    assert told.outcome == "started"
    return next(iter(one.claims))


def test_an_agreeable_world_lets_a_clean_claim_out_at_once() -> None:
    one = world(agreeable=True)
    key = sent(one)
    assert one.claims[key].status == "submitted", one.claims[key].findings
    assert [step.event for step in one.steps][:3] == ["claim_registered", "eligibility_answered", "claim_scrubbed"]


def test_nothing_else_answers_by_itself() -> None:
    one = world()
    key = sent(one)
    assert one.claims[key].status == "eligibility_pending"
    one.advance(START + timedelta(days=400))
    assert one.claims[key].status == "eligibility_pending"
    assert {task.type for task in one.claims[key].tasks} >= {"verify_coverage", "filing_limit"}


def test_what_is_due_happens_in_order_and_at_its_own_instant() -> None:
    one = world(agreeable=True)
    sent(one)
    one.advance(START + timedelta(days=120))
    passed = [step.at for step in one.steps if step.event == "deadline_passed"]
    assert passed == sorted(passed)
    assert len(passed) > 5
    assert one.now == START + timedelta(days=120)
    one.advance(START)
    assert one.now == START + timedelta(days=120), "time never goes back"


def test_the_same_claim_again_is_known_and_another_content_is_refused() -> None:
    one = world()
    sent(one)
    assert one.register(professional(), at=START).outcome == "already_known"
    other = professional()
    changed = other.model_copy(update={"codes": (*other.codes, *other.codes[:1])})
    assert one.register(changed, at=START).outcome == "refused"
    assert len(one.claims) == 1


def test_a_document_reaches_its_claim_and_what_finds_none_is_unmatched() -> None:
    one = world(agreeable=True)
    key = sent(one)
    state = one.claims[key]
    charge = state.claim.charge_cents
    own = PAID.model_copy(
        update={
            "patient_control_number": state.claim.patient_control_number,
            "charge_cents": charge,
            "paid_cents": charge,
            "adjustments": (),
        }
    )
    lost = own.model_copy(update={"patient_control_number": "NOBODY", "payer_claim_control_number": ""})
    era = Remittance(control_number="1", trace_number="T1", payment_cents=2 * charge, claims=(own, lost))
    document = ParsedDocument(sha256="a" * 64, sets=(ParsedSet(parsed=era, segment=3),))
    assert one.document(document, at=START + timedelta(days=14)) == 1
    assert one.claims[key].status == "closed"
    assert [(u.reference, u.amount_cents) for _, u in one.unmatched] == [("NOBODY", charge)]


@pytest.mark.parametrize("name", ["patient_control_number", "claim_id", "workflow"])
def test_a_claim_is_found_by_any_of_its_names(name: str) -> None:
    one = world()
    key = sent(one)
    names = {
        "patient_control_number": one.claims[key].claim.patient_control_number,
        "claim_id": key[1],
        "workflow": f"claim/{key[0]}/{key[1]}",
    }
    assert one.find(names[name]) == [key]
    one.message(key, "note", {"text": "called", "by": "b"}, at=START)
    assert one.claims[key].notes[0].text == "called"


def test_what_no_claim_of_a_set_explains_is_held_here_as_in_the_remittances_own_workflow() -> None:
    """A payment of 70.00 whose one claim of ours pays 50.00 and doesn't balance: 50.00 held alone, 20.00 held as the rest."""
    one = world()
    key = sent(one)
    number = one.claims[key].claim.patient_control_number
    off = ClaimPayment(
        segment=10, patient_control_number=number, status_code="1", charge_cents=10_000, paid_cents=5_000
    )
    remittance = Remittance(control_number="1", trace_number="T9", payment_cents=7_000, claims=(off,))
    parsed = ParsedDocument(sha256="b" * 64, sets=(ParsedSet(parsed=remittance, segment=3),))
    assert one.document(parsed, at=START + timedelta(days=20)) == 0
    assert [(held.set, held.amount_cents) for _, held in one.held] == [("835", 5_000), (REST_SET, 2_000)]


def test_a_second_copy_of_a_document_leaves_nothing_over_that_the_first_did_not() -> None:
    one = world()
    sent(one)
    lost = ClaimPayment(
        segment=10, patient_control_number="NOBODY", status_code="1", charge_cents=7_000, paid_cents=7_000
    )
    remittance = Remittance(control_number="1", trace_number="T9", payment_cents=7_000, claims=(lost,))
    parsed = ParsedDocument(sha256="c" * 64, sets=(ParsedSet(parsed=remittance, segment=3),))
    for day in (20, 21):
        assert one.document(parsed, at=START + timedelta(days=day)) == 0
    assert [unmatched.reference for _, unmatched in one.unmatched] == ["NOBODY"]


def test_the_same_remittance_in_another_envelope_leaves_nothing_over_that_the_first_did_not() -> None:
    one = world()
    sent(one)
    lost = ClaimPayment(
        segment=10, patient_control_number="NOBODY", status_code="1", charge_cents=7_000, paid_cents=7_000
    )
    era = Remittance(control_number="1", trace_number="T1", payment_cents=7_000, claims=(lost,))
    for name, number in (("a", "1"), ("b", "2")):
        again = era.model_copy(update={"control_number": number})
        one.document(ParsedDocument(sha256=name * 64, sets=(ParsedSet(parsed=again, segment=3),)), at=START)
    assert [(part.reference, part.amount_cents) for _, part in one.unmatched] == [("NOBODY", 7_000)]
