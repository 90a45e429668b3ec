"""Acknowledgements in any order, rejections, lost answers: what is on file, and what goes out next."""

from __future__ import annotations

from datetime import date

import pytest

from claims import events as e
from claims.documents import EligibilityAnswer
from tests.claims.kit import PAID, SHARED, WAYS, Life, claim, life, payment, reversed_of, status_line


def acknowledge(one: Life, what: str) -> None:
    if what == "999":
        one.do(e.SubmissionAcknowledged, document="d", source="999", submission=1, accepted=True)
    else:
        one.acknowledged("AY" if what == "A1" else "PR", f"{what}:20", icn="ICN1" if what == "A2" else "")


@pytest.mark.parametrize("order", [("999", "A1", "A2"), ("A2", "A1", "999"), ("A2", "999", "A1"), ("A1", "A2", "999")])
def test_acknowledgements_in_any_order_end_at_the_furthest(order: tuple[str, ...]) -> None:
    one = life().sent()
    for what in order:
        acknowledge(one, what)
    sent = one.state.submissions[0]
    assert one.state.status == "payer_accepted"
    assert (sent.rank, sent.outcome, sent.payer_claim_control_number) == (4, "accepted", "ICN1")
    assert sent.proof_of_filing
    assert not any(x.kind in ("acknowledgement", "filing") for x in one.state.deadlines)


def test_a_rejected_envelope_rejects_the_claim_and_the_filing_limit_goes_on() -> None:
    one = life().sent()
    one.do(e.SubmissionAcknowledged, document="d", source="999", submission=1, accepted=False, errors=("CLM05: 7",))
    assert one.state.status == "clearinghouse_rejected"
    assert [(t.type, t.owner) for t in one.state.tasks] == [("resolve_rejection", "biller")]
    assert {x.kind for x in one.state.deadlines} == {"filing"}


def test_a_rejected_claim_goes_out_again_as_an_original() -> None:
    """WQ (accept) in STC03 changes nothing: A7 is a rejection, and a rejected claim is never replaced."""
    one = life().sent()
    one.acknowledged("PR", "A1:19").acknowledged("PR", "A7:500:85")
    assert one.state.status == "payer_rejected"
    assert any(x.id == "filing:limit" for x in one.state.deadlines)
    one.do(e.ClaimCorrected, claim=one.state.claim, reason="NPI")
    one.scrubbed()
    sent = one.state.submissions
    assert [(s.number, s.frequency, s.outcome) for s in sent] == [(1, "1", "rejected"), (2, "1", "sending")]


def test_an_acknowledgement_of_the_first_submission_never_changes_the_second() -> None:
    one = life().sent().acknowledged("PR", "A7:500:85")
    one.do(e.SubmitRequested)
    one.scrubbed().transmitted()
    second = one.state.submissions[1]
    one.acknowledged("AY", "A3:21", submission=1)
    one.acknowledged("PR", "A2:20", submission=1)
    one.do(e.SubmissionAcknowledged, document="d", source="999", submission=1, accepted=False)
    assert one.state.submissions[1] == second
    assert one.state.status == "submitted"


def test_a_late_rejection_without_its_batch_is_told_by_its_day() -> None:
    """Dated 2026-03-03, before the second submission left on the 13th: it is about the first."""
    one = life().sent().acknowledged("PR", "A7:500:85", on=date(2026, 3, 3))
    one.days(10)
    one.do(e.SubmitRequested)
    one.scrubbed().transmitted()
    one.acknowledged("PR", "A7:500:85", on=date(2026, 3, 3))
    assert one.state.submissions[1].outcome == "transmitted"
    one.acknowledged("PR", "A7:500:85", on=date(2026, 3, 14))
    assert one.state.submissions[1].outcome == "rejected"


def test_a_rejection_after_acceptance_is_a_contradiction_for_a_person() -> None:
    one = life().accepted().acknowledged("PR", "A7:500:85")
    assert one.state.status == "payer_accepted"
    assert [t.type for t in one.state.tasks] == ["chase_acknowledgement"]


def test_a_277ca_carries_no_status_of_a_decision() -> None:
    """X12 RFI 1942: a batch 277CA has category A only."""
    for code in ("P1:20", "F1:65", "D0:35"):
        one = life().sent().acknowledged("PR", code)
        assert "can't carry category" in one.steps[-1].refused
        assert one.state.status == "submitted"


def test_a_decision_overtakes_every_acknowledgement() -> None:
    one = life().sent().paid(PAID)
    assert one.state.status == "closed"
    one.acknowledged("PR", "A7:500:85").acknowledged("AY", "A1:19")
    assert one.state.status == "closed"
    assert one.state.submissions[0].outcome == "paid"


def test_an_acknowledgement_before_the_carriers_answer_is_no_reason_to_lose_the_numbers() -> None:
    one = life().ready().acknowledged("PR", "A2:20")
    assert one.state.status == "payer_accepted"
    assert any(x.kind == "follow_up" for x in one.state.deadlines)
    one.transmitted()
    sent = one.state.submissions[0]
    assert (sent.interchange_control_number, sent.outcome, sent.rank) == ("000000001", "accepted", 4)
    assert one.state.status == "payer_accepted"


def test_a_decision_before_the_carriers_answer_keeps_its_outcome() -> None:
    one = life().ready().paid(PAID).transmitted()
    sent = one.state.submissions[0]
    assert (sent.outcome, sent.interchange_control_number) == ("paid", "000000001")


def test_the_clearinghouse_s_edit_leaves_nothing_on_file() -> None:
    one = life().ready()
    one.do(e.TransmissionRefused, effect=one.in_flight("transmit_claim"), submission=1, errors=("33: modifier",))
    assert one.state.status == "needs_correction"
    one.do(e.ClaimCorrected, claim=one.state.claim, reason="modifier")
    one.scrubbed()
    assert [(s.number, s.frequency) for s in one.state.submissions] == [(1, "1"), (2, "1")]


def test_an_unknown_outcome_is_looked_up_before_anything_is_sent_again() -> None:
    one = WAYS["submission_unknown"]()
    one.do(e.SubmitRequested)
    assert "isn't known yet" in one.steps[-1].refused
    one.do(e.SubmissionFound, effect=one.in_flight("find_submission"), submission=1, found=False)
    one.do(e.SubmitRequested)
    one.scrubbed()
    assert [s.number for s in one.state.submissions] == [1, 2]
    one.acknowledged("PR", "A1:19", submission=1)
    assert any("twice" in task.reason for task in one.state.tasks)


def test_an_unknown_outcome_that_is_found_goes_on() -> None:
    one = WAYS["submission_unknown"]()
    one.do(e.SubmissionFound, effect=one.in_flight("find_submission"), submission=1, found=True)
    assert one.state.status == "submitted"
    assert not one.state.tasks


def test_what_nobody_can_look_up_stays_unknown_with_a_persons_task_until_that_person_sends_it_again() -> None:
    one = WAYS["submission_unknown"]()
    one.do(e.SubmissionFound, effect=one.in_flight("find_submission"), submission=1, found=None)
    assert one.state.status == "submission_unknown"
    (task,) = one.state.tasks
    assert (task.type, task.owner) == ("find_submission", "biller")
    assert "can't tell" in task.reason
    one.do(e.SubmitRequested, by="biller-1")
    one.scrubbed()
    assert [(s.number, s.outcome) for s in one.state.submissions] == [(1, "unknown"), (2, "sending")]


@pytest.mark.parametrize("source", ["TA1", "999"])
@pytest.mark.parametrize("found", [None, False])
def test_an_acknowledged_envelope_proves_that_an_unknown_submission_arrived(source: str, found: bool | None) -> None:
    one = WAYS["submission_unknown"]()
    one.do(e.SubmissionFound, effect=one.in_flight("find_submission"), submission=1, found=found)
    one.do(e.SubmissionAcknowledged, document="d1", source=source, submission=1, accepted=True)
    assert one.state.status == "submitted"
    assert one.state.submissions[0].outcome == "transmitted"
    assert not one.state.tasks
    assert any(x.subject == "277CA from the payer" for x in one.state.deadlines)
    one.do(e.SubmitRequested, by="biller-1")
    assert one.steps[-1].refused
    assert len(one.state.submissions) == 1


def test_a_hold_lets_nothing_out_and_its_release_does() -> None:
    one = WAYS["ready_to_submit"]()
    assert not one.state.submissions
    one.do(e.SubmitRequested)
    assert one.steps[-1].refused == "the claim is on hold: release it first"
    one.do(e.HoldReleased)
    assert one.state.status == "submitting"


def test_a_rejection_of_a_parked_claim_is_not_lost() -> None:
    """The inquiry failed and a person has to look; meanwhile the payer rejects the claim."""
    one = life().sent()
    one.do(e.StatusInquiryRequested)
    one.failed("inquire_status").acknowledged("PR", "A7:500:85")
    assert one.state.status == "blocked_on_failure"
    assert {t.type for t in one.state.tasks} == {"recover", "resolve_rejection"}
    one.do(e.Recovered, action="skip")
    assert one.state.status == "payer_rejected"


def test_two_failed_steps_are_both_tried_again() -> None:
    one = life().accepted()
    one.do(e.StatusInquiryRequested)
    one.do(e.EffectFailed, effect=one.in_flight("inquire_status"), reason="HTTP 500")
    assert one.state.failure is not None
    other = one.state.failure.effect.model_copy(update={"id": "inquiry-99"})
    one.state = one.state.model_copy(update={"in_flight": (other,)})
    one.do(e.EffectFailed, effect="inquiry-99", reason="HTTP 500")
    taken = one.do(e.Recovered, action="retry")
    assert [x.id for x in taken.effects] == ["inquiry-3", "inquiry-99"]
    assert one.state.status == "payer_accepted"


def test_a_late_answer_to_a_dropped_question_changes_nothing() -> None:
    one = life()
    first = one.in_flight("check_eligibility")
    one.not_covered()
    one.do(e.ClaimCorrected, claim=one.state.claim, reason="member id")
    assert one.in_flight("check_eligibility") != first
    one.do(e.EligibilityAnswered, effect=first, answer=EligibilityAnswer(active=True))
    assert "nobody waits for" in one.steps[-1].refused
    assert one.state.status == "eligibility_pending"


def test_an_inquiry_answered_too_late_does_not_stop_the_next_one() -> None:
    one = life().sent()
    one.do(e.StatusInquiryRequested)
    asked = one.in_flight("inquire_status")
    one.acknowledged("PR", "A7:500:85")
    one.do(e.StatusReported, effect=asked, status=status_line("P1:20"))
    assert one.steps[-1].refused
    assert one.in_flight("inquire_status") == ""


def test_a_claim_with_something_on_its_way_out_can_t_be_closed() -> None:
    one = life()
    one.do(e.PatientPaid, amount_cents=12500)
    one.ready()
    one.do(e.ClosingRequested)
    assert "on its way out" in one.steps[-1].refused
    one.transmitted()
    one.do(e.ClosingRequested)
    assert one.state.status == "closed"


def test_an_uncoded_patient_who_pays_herself_is_billed_after_coding() -> None:
    one = life(coded=False).not_covered()
    one.do(e.EligibilityOverridden, self_pay=True)
    assert one.state.status == "awaiting_coding"
    taken = one.do(e.ClaimCoded, claim=one.state.claim)
    assert [(x.kind, x.balance.amount_cents) for x in taken.effects if x.kind == "report_patient_balance"] == [
        ("report_patient_balance", 12500)
    ]
    assert not one.state.submissions


def test_a_rejection_of_a_submission_taken_for_lost_leaves_the_one_after_it_alone() -> None:
    one = life().sent().days(40)
    assert one.state.status == "no_response"
    one.do(e.SubmitRequested)
    one.scrubbed().transmitted()
    second = one.state.submissions[1]
    one.acknowledged("PR", "A7:500:85", submission=1)
    assert [s.outcome for s in one.state.submissions] == ["rejected", "transmitted"]
    assert one.state.submissions[1] == second
    assert one.state.status == "submitted"


@pytest.mark.parametrize("frequency", ["7", "8"])
def test_a_replacement_from_upstream_without_the_payers_number_stays_here(frequency: str) -> None:
    """X12 RFI 1538: what it replaces is named by REF*F8; without it payers deny a duplicate."""
    one = life(claim(frequency=frequency)).ready()
    assert one.state.submissions == ()
    assert [(t.type, t.category) for t in one.state.tasks] == [("correct_claim", "control_number")]
    numbered = one.state.claim.model_copy(update={"references": (("F8", "ICN9"),)})
    one.do(e.ClaimCorrected, claim=numbered, reason="number found")
    one.scrubbed()
    assert [(s.number, s.frequency) for s in one.state.submissions] == [(1, frequency)]


def test_a_late_lower_acknowledgement_never_undoes_what_the_payer_answered() -> None:
    """Silence for 40 days, then a 277 says received; the clearinghouse's 277CA of the first day comes last."""
    one = life().sent().days(40)
    one.reported("A1:19")
    assert one.state.status == "payer_received"
    one.acknowledged("AY", "A1:19").acknowledged("AY", "A3:21")
    assert one.state.status == "payer_received"


def test_a_claim_that_was_never_sent_from_here_can_be_asked_about() -> None:
    """The payer pends a claim (OA-133) that another system sent: it is asked under the number the claim has."""
    one = life().paid(payment(0, "OA-133:12500"))
    assert one.state.status == "pending_payer"
    one.do(e.StatusInquiryRequested)
    asked = one.steps[-1].effects[0]
    assert asked.kind == "inquire_status"
    assert asked.question.patient_control_number == "LK1"


def test_a_statement_that_is_sent_after_a_reversal_bills_nobody() -> None:
    one = life().accepted().paid(SHARED)
    one.paid(reversed_of(SHARED), trace="T2")
    one.do(e.StatementSent, amount_cents=2000)
    assert one.state.status == "reopened"
    assert one.state.statements == 1


def test_an_answer_nobody_can_read_is_an_answer_all_the_same_and_the_payer_is_asked_again() -> None:
    one = life().sent()
    one.do(e.StatusInquiryRequested)
    one.do(e.StatusReported, effect=one.in_flight("inquire_status"), status=status_line("Z9:1"))
    assert one.steps[-1].refused
    assert one.in_flight("inquire_status") == ""
    assert [x.kind for x in one.do(e.StatusInquiryRequested).effects] == ["inquire_status"]


def test_only_the_payer_s_own_acknowledgement_proves_timely_filing() -> None:
    one = life().sent().acknowledged("AY", "A1:19").acknowledged("AY", "A2:20")
    assert one.state.submissions[0].proof_of_filing == ""
    assert any(x.id == "filing:limit" for x in one.state.deadlines)
    one.acknowledged("PR", "A1:19")
    assert one.state.submissions[0].proof_of_filing
    assert not any(x.kind == "filing" for x in one.state.deadlines)
