"""From the first payer's decision to the last one's: billed once, inside its limit, held where the amounts can't be."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from claims import events as e
from claims.claim import Claim
from claims.documents import ClaimPayment, EligibilityAnswer, OtherPayer
from claims.lifecycle import step
from claims.messages import read_message
from claims.posting import ledger
from claims.state import ClaimState, Task
from tests.claims.kit import (
    DEDUCTIBLE,
    DENIED,
    FORWARDED,
    FROM_SECOND,
    SHARED,
    TABLES,
    ZONE,
    Life,
    claim,
    coverage,
    life,
    payment,
    remittance,
    reversed_of,
    two_payers,
)


def _money(state: ClaimState) -> dict[str, int]:
    book = ledger(state, TABLES)
    return {name: getattr(book, name) for name in ("paid", "contractual", "patient", "next_payer", "open")}


def _tasks(state: ClaimState) -> list[tuple[str, str]]:
    return [(task.type, task.category) for task in state.tasks]


def _task(state: ClaimState, kind: str) -> Task:
    return next(task for task in state.tasks if task.type == kind)


def _answers(
    one: Life, paid: ClaimPayment, *, payer: str = "PAYER2", trace: str = "S1", on: date | None = None
) -> Life:
    one.take(remittance(paid, at=one.now + timedelta(days=1), trace=trace, payer_id=payer, on=on or date(2026, 4, 9)))
    return one


def _second(one: Claim | None = None, **rules: Any) -> Life:
    """Decided by the first payer, sent to the second."""
    return life(one or two_payers(), **rules).accepted().paid(SHARED).scrubbed().transmitted()


# billed by itself


def test_the_second_payer_is_billed_by_itself_under_a_number_of_its_own() -> None:
    one = _second()
    sent = one.state.submissions[-1]
    assert (one.state.status, one.state.stage) == ("secondary_submitted", "adjudicated")
    assert (sent.number, sent.coverage, sent.frequency, sent.outcome) == (2, 1, "1", "transmitted")
    assert one.state.submissions[0].outcome == "paid"
    transmitted = [x for taken in one.steps for x in taken.effects if x.kind == "transmit_claim"]
    assert [x.claim.coverages[0].payer.payer_id for x in transmitted] == ["PAYER1", "PAYER2"]
    assert {x.kind for x in one.state.deadlines} >= {"acknowledgement", "follow_up", "missing_remittance", "filing"}


def test_acknowledgements_of_the_second_submission_are_its_own_and_the_stage_stays() -> None:
    one = _second().acknowledged("AY", "A1:19", submission=2)
    assert (one.state.status, one.state.stage) == ("clearinghouse_accepted", "adjudicated")
    one.acknowledged("PR", "A2:20", submission=2, icn="SEC1")
    assert (one.state.status, one.state.stage) == ("payer_accepted", "adjudicated")
    assert [s.rank for s in one.state.submissions] == [5, 4]
    assert [s.payer_claim_control_number for s in one.state.submissions] == ["ICN1", "SEC1"]
    assert not any(x.kind == "filing" for x in one.state.deadlines)


def test_a_rejection_by_the_second_payer_is_a_billers_and_its_limit_goes_on() -> None:
    one = _second().acknowledged("PR", "A7:500:85", submission=2)
    assert (one.state.status, one.state.stage) == ("payer_rejected", "adjudicated")
    assert ("resolve_rejection", "") in _tasks(one.state)
    assert any(x.id == "filing:limit" for x in one.state.deadlines)
    one.do(e.SubmitRequested, reason="nothing to change")
    one.scrubbed().transmitted()
    assert [(s.number, s.coverage) for s in one.state.submissions] == [(1, 0), (2, 1), (3, 1)]


def test_a_member_id_that_the_second_payer_does_not_know_is_corrected_where_it_stands() -> None:
    one = _second().acknowledged("PR", "A7:164:IL", submission=2)
    one.take(
        read_message(
            "correct", {"member_id": "S9", "by": "b"}, at=one.now, id="correct-1", state=one.state, tables=TABLES
        )
    )
    assert [c.member_id for c in one.state.claim.coverages] == ["MPAYER1", "S9"]
    assert one.state.status == "scrubbing"


def test_the_second_payers_limit_counts_from_the_first_ones_decision() -> None:
    """Default rules: 90 calendar days from the decision of Friday 2026-03-20 are over with Thursday 2026-06-18."""
    one = _second()
    limit = next(x for x in one.state.deadlines if x.id == "filing:limit")
    assert limit.due == datetime(2026, 6, 18, 23, 59, 59, tzinfo=ZoneInfo(ZONE))
    assert "the prior payer's decision (2026-03-20)" in limit.rule


def test_a_deductible_that_left_nothing_paid_still_goes_to_the_second_payer() -> None:
    """125.00 = 35.00 contractual + 90.00 deductible, which the second payer covers."""
    one = life(two_payers()).accepted().paid(DEDUCTIBLE)
    assert one.state.status == "scrubbing"
    assert _money(one.state)["next_payer"] == 9000


def test_edits_that_stop_the_second_claim_are_a_billers_and_the_corrected_one_goes_to_the_second_payer() -> None:
    one = life(two_payers()).accepted().paid(SHARED).scrubbed("medicare-secondary-reason")
    assert (one.state.status, one.state.stage) == ("needs_correction", "adjudicated")
    assert ("correct_claim", "edits") in _tasks(one.state)
    one.do(e.ClaimCorrected, claim=one.state.claim)
    one.scrubbed().transmitted()
    assert one.state.submissions[-1].coverage == 1


def test_a_hold_keeps_the_second_payer_from_being_billed_and_its_release_bills_it() -> None:
    one = life(two_payers()).accepted()
    one.do(e.HoldPlaced, hold="documents", reason="waits for the card")
    one.paid(SHARED)
    assert one.state.status == "secondary_ready"
    assert not one.in_flight("scrub_claim")
    assert any(x.id == "filing:limit" for x in one.state.deadlines), "the limit runs while it is held"
    one.do(e.HoldReleased)
    assert one.state.status == "scrubbing"
    assert one.state.responsible == 1


def test_money_that_nobody_explained_comes_before_the_next_payer_unless_a_person_says_so() -> None:
    """The first payer takes 10.00 of its 70.00 back without a word: 10.00 are open."""
    one = life(two_payers()).accepted()
    one.do(e.HoldPlaced, hold="documents", reason="waits for the card")
    one.paid(SHARED)
    one.do(e.TakebackReceived, document="d", trace_number="T5", reason="WO", reference="ICN1", amount_cents=1000)
    one.do(e.HoldReleased)
    assert one.state.status == "secondary_ready"
    assert ("review_payment", "open") in _tasks(one.state)
    one.do(e.SubmitRequested, reason="the rest is being asked for")
    assert one.state.status == "scrubbing"


def test_the_second_payer_is_never_billed_twice_for_one_decision() -> None:
    """The first payer corrects itself after the second was billed: its claim is waited for, and a biller is told."""
    one = _second().acknowledged("PR", "A2:20", submission=2, icn="SEC1")
    one.paid(reversed_of(SHARED), trace="T2", on=date(2026, 4, 1))
    one.paid(payment(8000, "CO-45:3500", "PR-2:1000"), trace="T2", on=date(2026, 4, 1))
    assert one.state.status == "payer_accepted"
    assert len(one.state.submissions) == 2
    assert ("review_coverage", "prior_changed") in _tasks(one.state)
    assert _money(one.state)["next_payer"] == 1000


def test_a_third_payer_is_billed_after_the_second() -> None:
    three = claim(coverage(), coverage("secondary", "PAYER2"), coverage("tertiary", "PAYER3"))
    one = _answers(_second(three), payment(1500, "OA-23:10500", "PR-2:500", status="2", icn="SEC1"))
    assert (one.state.status, one.state.responsible) == ("scrubbing", 2)
    one.scrubbed().transmitted()
    assert [s.coverage for s in one.state.submissions] == [0, 1, 2]
    _answers(
        one, payment(500, "OA-23:12000", status="3", icn="THIRD1"), payer="PAYER3", trace="R1", on=date(2026, 5, 2)
    )
    assert one.state.status == "closed"
    assert _money(one.state) == {"paid": 9000, "contractual": 3500, "patient": 0, "next_payer": 0, "open": 0}


def test_a_replacement_to_the_second_payer_has_the_second_payers_number() -> None:
    one = _answers(
        _second().acknowledged("PR", "A2:20", submission=2), payment(0, "CO-4:12500", status="2", icn="SEC1")
    )
    assert (one.state.status, one.state.responsible) == ("denied", 1)
    one.do(e.ClaimCorrected, claim=one.state.claim)
    one.scrubbed()
    sent = one.state.in_flight[-1]
    assert sent.kind == "transmit_claim"
    assert (sent.claim.frequency, sent.claim.payer_claim_control_number) == ("7", "SEC1")
    assert sent.claim.coverages[0].payer.payer_id == "PAYER2"


def test_a_refused_transmission_to_the_second_payer_is_seen_though_the_first_one_spoke_meanwhile() -> None:
    one = life(two_payers()).accepted().paid(SHARED).scrubbed()
    one.paid(reversed_of(SHARED), trace="T2", on=date(2026, 4, 1))
    one.paid(payment(8000, "CO-45:3500", "PR-2:1000"), trace="T2", on=date(2026, 4, 1))
    assert one.state.status == "secondary_submitted"
    one.do(e.TransmissionRefused, effect=one.in_flight("transmit_claim"), submission=2, errors=("33",))
    assert one.state.status == "needs_correction"


# forwarded


def test_a_forwarded_claim_is_not_sent_twice_and_bills_itself_after_the_wait() -> None:
    """30 calendar days of the default rules; by itself only through the edits: no deadline sends anything."""
    one = life(two_payers()).accepted().paid(FORWARDED)
    assert one.state.status == "awaiting_crossover"
    one.days(29)
    assert (one.state.status, len(one.state.submissions)) == ("awaiting_crossover", 1)
    one.days(5)
    assert (one.state.status, one.state.responsible) == ("scrubbing", 1)
    one.scrubbed().transmitted()
    assert one.state.submissions[-1].coverage == 1


def test_the_wait_for_a_forwarded_claim_keeps_its_first_date() -> None:
    one = life(two_payers()).accepted().paid(FORWARDED)
    first = next(x.due for x in one.state.deadlines if x.kind == "crossover")
    one.paid(reversed_of(payment(3300, "CO-45:9200", icn="OTHER")), trace="T9", on=date(2026, 4, 1))
    assert next(x.due for x in one.state.deadlines if x.kind == "crossover") == first


def test_a_second_payer_that_answers_the_forwarded_claim_settles_it() -> None:
    one = _answers(life(two_payers()).accepted().paid(FORWARDED), FROM_SECOND)
    assert one.state.status == "closed"
    assert len(one.state.submissions) == 1


@pytest.mark.parametrize(
    ("named", "asked"), [("PAYER2", False), ("Payer2 of Ohio", False), ("BLUE RIVER SUPPLEMENT", True), ("", False)]
)
def test_a_carrier_that_is_not_on_the_claim_is_the_front_desks_question(named: str, asked: bool) -> None:
    one = life(two_payers()).accepted().paid(FORWARDED.model_copy(update={"crossover_carrier": named}))
    assert (("review_coverage", "crossover") in _tasks(one.state)) is asked


def test_a_claim_forwarded_to_somebody_we_do_not_know_asks_who_that_is() -> None:
    one = life().accepted().paid(FORWARDED.model_copy(update={"crossover_carrier": "BLUE RIVER"}))
    task = _task(one.state, "review_coverage")
    assert (task.owner, task.category) == ("front_desk", "crossover")
    assert "BLUE RIVER" in task.reason


# what payers say about other payers


@pytest.mark.parametrize(
    ("named", "said"),
    [("BLUE RIVER MUTUAL", "add it as the primary"), ("PAYER2", "change the order"), ("", "")],
)
def test_a_payer_that_comes_first_by_the_remittance_is_the_front_desks_question(named: str, said: str) -> None:
    one = life(two_payers()).denied(payment(0, "CO-22:12500").model_copy(update={"corrected_payer": named}))
    found = [task for task in one.state.tasks if task.category == "priority"]
    assert [task.owner for task in found] == (["front_desk"] if said else [])
    assert not found or said in found[0].reason


def test_a_271_that_names_another_payer_asks_for_it_with_a_proposal_and_stops_nothing() -> None:
    """EB*R**30*12 with NM1*PRP: Medicare says that a working aged patient's plan is first."""
    one = life(claim(coverage(indicator="MB")))
    other = OtherPayer(role="PRP", name="BIG EMPLOYER PLAN", payer_id="BIGEP", insurance_type="12")
    answer = EligibilityAnswer(active=True, other_payers=(other,))
    one.do(e.EligibilityAnswered, effect=one.in_flight("check_eligibility"), answer=answer)
    assert one.state.status == "scrubbing"
    task = _task(one.state, "review_coverage")
    assert task.owner == "front_desk"
    assert "BIG EMPLOYER PLAN (insurance type 12): order=primary payer_id=BIGEP" in task.reason


def test_a_271_that_names_the_payers_of_the_claim_asks_nothing() -> None:
    one = life(two_payers())
    answer = EligibilityAnswer(active=True, other_payers=(OtherPayer(role="SEP", name="PAYER2", payer_id="PAYER2"),))
    one.do(e.EligibilityAnswered, effect=one.in_flight("check_eligibility"), answer=answer)
    assert one.state.tasks == ()


def test_a_denial_because_another_payer_is_first_says_what_the_claim_knows_of_the_order() -> None:
    """A child of two parents: 3 November comes after 5 April, so the second parent's plan is first."""
    first, second = coverage(), coverage("secondary", "PAYER2")
    days = (date(1980, 11, 3), date(1984, 4, 5))
    plans = tuple(
        c.model_copy(update={"relationship": "19", "subscriber": c.subscriber.model_copy(update={"birth_date": day})})
        for c, day in zip((first, second), days, strict=True)
    )
    one = life(claim(*plans, patient_relationship="19")).denied(payment(0, "CO-22:12500"))
    assert "PAYER2 pays before PAYER1: the birthday rule" in _task(one.state, "work_denial").reason


# answers that are held


DUAL = claim(coverage(indicator="MB"), coverage("secondary", "PAYER2", "MC"))
MEDICARE = payment(30000, "CO-45:12500", "PR-1:7500", charge=50000)
"""Billed 500.00: 300.00 paid, 125.00 contractual, 75.00 deductible."""
REPEATED = payment(6500, "CO-45:43500", status="2", charge=50000, icn="MCD1")
CORRECTED = payment(6500, "OA-23:42500", "CO-45:1000", status="2", charge=50000, icn="MCD2")


def _dual() -> Claim:
    lines = (
        DUAL.lines[0].model_copy(update={"charge_cents": 40000}),
        DUAL.lines[1].model_copy(update={"charge_cents": 10000}),
    )
    return DUAL.model_copy(update={"charge_cents": 50000, "lines": lines})


def test_a_write_off_that_the_second_payer_repeats_is_held_with_its_arithmetic() -> None:
    """300 + 125 paid and written off before, 65 + 435 now: 925 of 500, which would leave -425."""
    one = life(_dual()).accepted().paid(MEDICARE).scrubbed().transmitted()
    before = _money(one.state)
    _answers(one, REPEATED)
    assert (
        _money(one.state)
        == before
        == {"paid": 30000, "contractual": 12500, "patient": 0, "next_payer": 7500, "open": 0}
    )
    assert (one.state.status, one.state.stage) == ("pending_payer", "adjudicated")
    task = next(task for task in one.state.tasks if task.category == "held secondary")
    assert task.type == "review_payment"
    for amount in ("65.00", "435.00", "425.00", "925.00", "500.00", "-425.00"):
        assert amount in task.reason


@pytest.mark.parametrize("reverses", [True, False])
def test_the_corrected_answer_posts_and_closes_the_task(reverses: bool) -> None:
    """300 + 65 paid, 125 + 10 contractual: 500; nothing for the patient."""
    one = _answers(life(_dual()).accepted().paid(MEDICARE).scrubbed().transmitted(), REPEATED)
    if reverses:
        _answers(one, reversed_of(REPEATED), trace="S2", on=date(2026, 4, 15))
    _answers(one, CORRECTED, trace="S2", on=date(2026, 4, 15))
    assert _money(one.state) == {"paid": 36500, "contractual": 13500, "patient": 0, "next_payer": 0, "open": 0}
    assert one.state.status == "closed"
    assert ("review_payment", "held secondary") in [(task.type, task.category) for task in one.state.closed_tasks]


def test_a_held_answer_is_no_silence() -> None:
    """Nothing asks whether the payer has the claim: it answered. What is due is its corrected remittance."""
    one = _answers(life(_dual()).accepted().paid(MEDICARE).scrubbed().transmitted(), REPEATED)
    assert [x.id for x in one.state.deadlines] == ["missing_remittance:held"]
    due = one.state.deadlines[0].due
    for category in ("F1:65", "P1:20", "A1:19"):
        one.reported(category)
        assert "held" in one.steps[-1].refused
    one.acknowledged("PR", "A2:20", submission=2, icn="MCD1")
    assert ([x.id for x in one.state.deadlines], one.state.status) == (["missing_remittance:held"], "pending_payer")
    one.take(e.DeadlinePassed(at=due, id="late", deadline="missing_remittance:held"))
    assert _tasks(one.state) == [("review_payment", "held secondary"), ("find_correction", "")]
    assert _task(one.state, "find_correction").owner == "supervisor"
    _answers(one, CORRECTED, trace="S2", on=date(2026, 9, 15))
    assert (one.state.status, one.state.tasks) == ("closed", ())


def test_a_claim_sent_anew_after_a_held_answer_is_waited_for_as_any_other() -> None:
    """A week later the payer says that it has no such claim, whatever it answered: it goes out once more."""
    one = _answers(life(_dual()).accepted().paid(MEDICARE).scrubbed().transmitted(), REPEATED).days(8)
    one.reported("D0:35")
    one.scrubbed().transmitted()
    assert one.state.submissions[-1].coverage == 1
    assert "follow_up" in [x.kind for x in one.state.deadlines]
    one.reported("P1:20")
    assert one.steps[-1].refused == ""
    assert one.state.status == "pending_payer"


def test_a_held_answer_ends_the_silence_that_came_before_it() -> None:
    one = life(_dual()).accepted().paid(MEDICARE).scrubbed().transmitted()
    due = next(x for x in one.state.deadlines if x.id == "follow_up").due
    one.take(e.DeadlinePassed(at=due, id="rings", deadline="follow_up"))
    assert (one.state.status, ("follow_up", "") in _tasks(one.state)) == ("no_response", True)
    _answers(one, REPEATED, on=date(2026, 6, 9))
    assert (one.state.status, _tasks(one.state)) == ("pending_payer", [("review_payment", "held secondary")])


def test_an_answer_that_is_held_once_the_first_payer_speaks_was_never_a_write_off() -> None:
    """Medicaid's 835 overtakes Medicare's: alone it reads well; with Medicare's beside it, it can't be."""
    one = life(_dual()).accepted()
    _answers(one, REPEATED, on=date(2026, 3, 19))
    one.paid(MEDICARE)
    assert _money(one.state) == {"paid": 30000, "contractual": 12500, "patient": 0, "next_payer": 7500, "open": 0}
    assert ("review_payment", "held secondary") in _tasks(one.state)
    assert len(one.state.submissions) == 1, "the second payer has answered: it is not billed"


def test_a_payment_beyond_what_is_left_is_a_credit_and_is_posted() -> None:
    """The second payer pays 30.00 where 20.00 were left, and writes nothing off: 10.00 too much."""
    one = _answers(_second(), payment(3000, "OA-23:9500", status="2", icn="SEC1"))
    assert _money(one.state)["open"] == -1000
    assert one.state.status == "overpayment_review"


# the right payer


def _changed(one: Life, *coverages: Any, reason: str = "new card") -> Any:
    changed = one.state.claim.model_copy(update={"coverages": coverages})
    rules = tuple(one.state.payer_rules[0] for _ in coverages)
    return one.do(e.CoverageChanged, claim=changed, payer_rules=rules, reason=reason)


def test_the_wrong_payer_is_left_for_the_right_one_inside_its_own_limit() -> None:
    one = life().denied(payment(0, "CO-109:12500"))
    assert one.state.status == "denied"
    _changed(one, coverage("primary", "RIGHT"))
    assert (one.state.status, one.state.stage) == ("scrubbing", "coded")
    assert [c.order for c in one.state.claim.coverages] == ["primary", "former"]
    limit = next(x for x in one.state.deadlines if x.id == "filing:limit")
    assert "the first day of service (2026-03-02)" in limit.rule
    one.scrubbed().transmitted()
    sent = [x for taken in one.steps for x in taken.effects if x.kind == "transmit_claim"][-1]
    assert [c.payer.payer_id for c in sent.claim.coverages] == ["RIGHT"]
    assert sent.claim.payer_claim_control_number == ""
    assert one.state.notes[-1].text == "coverages changed to primary RIGHT, former PAYER1: new card"
    one.take(remittance(payment(9000, "CO-45:3500", icn="R1"), at=one.now, payer_id="RIGHT", trace="R1"))
    assert one.state.status == "closed"


def test_what_a_payer_paid_stays_its_own_when_it_is_no_payer_of_the_claim_any_more() -> None:
    """The wrong payer paid 70.00; the right one owes the claim. What the wrong one paid is a credit in the end."""
    one = life().accepted().paid(payment(7000, "CO-45:5500"))
    assert one.state.status == "closed"
    _changed(one, coverage("primary", "RIGHT"))
    assert one.state.payments[0].coverage == 1
    assert one.state.claim.coverages[1].payer.payer_id == "PAYER1"
    assert _money(one.state) == {"paid": 7000, "contractual": 0, "patient": 0, "next_payer": 0, "open": 5500}
    one.scrubbed().transmitted()
    one.take(remittance(payment(9000, "CO-45:3500", icn="R1"), at=one.now, payer_id="RIGHT", trace="R1"))
    assert _money(one.state) == {"paid": 16000, "contractual": 3500, "patient": 0, "next_payer": 0, "open": -7000}
    one.take(remittance(reversed_of(payment(7000, "CO-45:5500")), at=one.now, trace="T2", on=date(2026, 5, 1)))
    assert _money(one.state) == {"paid": 9000, "contractual": 3500, "patient": 0, "next_payer": 0, "open": 0}
    assert one.state.status == "closed"


def test_a_second_payer_found_after_the_decision_is_billed_instead_of_the_patient() -> None:
    one = life().accepted().paid(SHARED)
    assert _money(one.state)["patient"] == 2000
    _changed(one, one.state.claim.coverages[0], coverage("secondary", "PAYER2"))
    assert (one.state.status, one.state.responsible) == ("scrubbing", 1)
    assert _money(one.state) == {"paid": 7000, "contractual": 3500, "patient": 0, "next_payer": 2000, "open": 0}


def test_a_second_payer_that_was_none_leaves_its_share_to_the_patient() -> None:
    one = _second()
    _changed(one, one.state.claim.coverages[0], reason="the plan ended in February")
    assert [c.order for c in one.state.claim.coverages] == ["primary", "former"]
    assert _money(one.state)["patient"] == 2000
    assert one.state.status in ("paid", "patient_billing")


def test_payers_that_change_places_take_their_money_with_them() -> None:
    """The second plan is first after all: what the other one paid stays there, and the new first one is billed."""
    one = life(two_payers()).accepted()
    one.do(e.HoldPlaced, hold="eligibility", reason="who is first?")
    one.paid(SHARED)
    first, second = one.state.claim.coverages
    swap = (second.model_copy(update={"order": "primary"}), first.model_copy(update={"order": "secondary"}))
    _changed(one, *swap)
    assert [(p.payer_id, p.coverage) for p in one.state.payments] == [("PAYER1", 1)]
    assert [s.coverage for s in one.state.submissions] == [1]
    one.do(e.HoldReleased)
    one.scrubbed()
    one.transmitted()
    assert one.state.submissions[-1].coverage == 0


def test_while_the_payer_has_the_claim_another_first_payer_is_billed_and_the_other_submission_is_a_task() -> None:
    one = life().accepted()
    _changed(one, coverage("primary", "RIGHT"))
    assert one.state.status == "scrubbing"
    assert ("follow_up", "wrong_payer") in _tasks(one.state)


def test_a_second_payer_added_while_the_first_one_has_the_claim_changes_nothing_there() -> None:
    one = life().accepted()
    before = one.state.deadlines
    _changed(one, one.state.claim.coverages[0], coverage("secondary", "PAYER2"))
    assert (one.state.status, one.state.deadlines) == ("payer_accepted", before)
    one.paid(SHARED)
    assert (one.state.status, one.state.responsible) == ("scrubbing", 1)


def test_a_patient_who_paid_herself_has_a_plan_after_all() -> None:
    one = life().not_covered()
    one.do(e.EligibilityOverridden, self_pay=True)
    assert _money(one.state)["patient"] == 12500
    _changed(one, coverage("primary", "RIGHT"))
    assert (one.state.status, one.state.responsible) == ("scrubbing", 0)
    assert _money(one.state)["patient"] == 0


@pytest.mark.parametrize("when", ["submitting", "submission_unknown"])
def test_what_is_on_its_way_keeps_its_coverages_until_it_has_left(when: str) -> None:
    one = life().ready()
    if when == "submission_unknown":
        one.do(e.TransmissionUnknown, effect=one.in_flight("transmit_claim"), submission=1, reason="timeout")
    taken = _changed(one, coverage("primary", "RIGHT"))
    assert "finish that first" in taken.refused


def test_a_denial_that_the_next_plan_may_cover_goes_to_it_when_a_person_says_so() -> None:
    """CO-96 of the first plan: not covered there; the next one may cover it."""
    one = life(two_payers()).denied(payment(0, "CO-96:12500", remarks=("N130",)))
    one.do(e.RemedyChosen, remedy="bill_other_payer", reason="the second plan covers it")
    assert (one.state.status, one.state.responsible) == ("scrubbing", 1)


def test_a_denial_for_another_payer_asks_who_that_is() -> None:
    one = life(two_payers()).denied(payment(0, "CO-22:12500"))
    one.do(e.RemedyChosen, remedy="bill_other_payer")
    task = _task(one.state, "review_coverage")
    assert (one.state.status, task.owner) == ("secondary_ready", "front_desk")


def test_the_same_event_order_never_matters_to_whom_the_money_is() -> None:
    """Decisions of two payers in both orders, with the coverages changed between: the same ledger."""

    def told(first: bool) -> dict[str, int]:
        one = life(two_payers()).accepted()
        events = [remittance(SHARED), remittance(FROM_SECOND, trace="S1", on=date(2026, 4, 9), payer_id="PAYER2")]
        for event in events if first else reversed(events):
            taken = step(one.state, event.model_copy(update={"at": one.state.changed_at}), TABLES)
            one.state = taken.state
        return _money(one.state)

    assert told(True) == told(False) == {"paid": 9000, "contractual": 3500, "patient": 0, "next_payer": 0, "open": 0}


def test_nothing_denied_reaches_a_second_payer_in_silence() -> None:
    one = life(two_payers()).denied(DENIED)
    assert one.state.status == "denied"
    assert len(one.state.submissions) == 1
