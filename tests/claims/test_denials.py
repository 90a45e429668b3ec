"""What a denial is and what is recommended: literal codes, the remedy of the trade, and who works it."""

from __future__ import annotations

from typing import Any

import pytest

from claims import events as e
from claims.denials import explain, may_appeal
from claims.payer_rules import Overrides
from claims.posting import ledger
from tests.claims.kit import TABLES, Life, claim, coverage, life, payment, payment_line, rules_named


def denied(*texts: str, accepted: bool = True, **more: Any) -> Life:
    one = life() if accepted else life().sent()
    return (one.accepted() if accepted else one).paid(payment(0, *texts, **more))


@pytest.mark.parametrize(
    ("texts", "more", "remedy", "appealable", "why"),
    [
        (("CO-50:12500",), {}, "appeal", True, "not necessary: records decide"),
        (("CO-4:12500",), {}, "correct_and_replace", True, "modifier: replace with frequency 7"),
        (("CO-4:12500",), {"remarks": ("MA130",)}, "new_original", False, "unprocessable: never adjudicated"),
        (("CO-16:12500",), {"remarks": ("M76", "MA130")}, "new_original", False, "MA130 outweighs the other remark"),
        (("CO-22:12500",), {}, "bill_other_payer", True, "another payer is first"),
        (("CO-252:12500",), {"remarks": ("M127",)}, "send_documents", True, "records are missing"),
        (("CO-9999:12500",), {}, "review", True, "an unknown code is a person's"),
        (("CO-4:12500",), {"icn": ""}, "correct_and_replace", True, "the number of the 277CA serves"),
    ],
)
def test_a_denial_has_the_remedy_of_its_codes(
    texts: tuple[str, ...], more: dict[str, Any], remedy: str, appealable: bool, why: str
) -> None:
    one = denied(*texts, **more)
    denial = one.state.denial
    assert denial is not None
    assert one.state.status == "denied"
    assert may_appeal(denial, TABLES) is appealable, why
    assert any(x.kind == "appeal" for x in one.state.deadlines) is appealable
    if more.get("icn") != "":
        assert denial.recommended == remedy, why


def test_timely_filing_is_appealed_with_proof_and_reviewed_for_write_off_without() -> None:
    """Proof is the payer's own acknowledgement; the clearinghouse's is none."""
    with_proof = denied("CO-29:12500").state
    assert with_proof.denial is not None
    assert with_proof.denial.recommended == "appeal"
    assert with_proof.submissions[0].proof_of_filing
    without = denied("CO-29:12500", accepted=False).state
    assert without.denial is not None
    assert without.denial.recommended == "write_off"
    assert ledger(without, TABLES).open == 12500, "nothing is written off by itself"


def test_an_unprocessable_claim_goes_out_as_a_new_original_without_the_payers_number() -> None:
    one = denied("CO-16:12500", remarks=("MA130",))
    one.do(e.AppealRequested, reason="records")
    assert "no right to appeal" in one.steps[-1].refused
    one.do(e.ClaimCorrected, claim=one.state.claim, reason="diagnosis added")
    one.scrubbed()
    sent = one.steps[-1].effects[0]
    assert sent.kind == "transmit_claim"
    assert (sent.submission, sent.claim.frequency, sent.claim.payer_claim_control_number) == (2, "1", "")
    assert any(x.id == "filing:limit" for x in one.state.deadlines)


def test_a_replacement_carries_the_payers_number_or_is_not_made() -> None:
    one = denied("CO-4:12500")
    one.do(e.ClaimCorrected, claim=one.state.claim, reason="modifier")
    one.scrubbed()
    sent = one.steps[-1].effects[0]
    assert sent.kind == "transmit_claim"
    assert (sent.claim.frequency, sent.claim.payer_claim_control_number) == ("7", "ICN1")
    nameless = life().sent().paid(payment(0, "CO-4:12500", icn=""))
    nameless.do(e.ClaimCorrected, claim=nameless.state.claim, reason="modifier")
    assert "needs the payer's claim control number" in nameless.steps[-1].refused


def test_medicare_part_b_takes_no_replacement() -> None:
    one = life(claim(coverage(indicator="MB"))).accepted().paid(payment(0, "CO-4:12500"))
    assert one.state.denial is not None
    assert one.state.denial.recommended == "reopening"


def test_the_largest_denied_amount_leads() -> None:
    """100.00 for necessity, 25.00 bundled: the work is an appeal, and both codes are told."""
    one = life().accepted()
    one.paid(payment(0, lines=(payment_line(1, 10000, 0, "CO-50:10000"), payment_line(2, 2500, 0, "CO-97:2500"))))
    denial = one.state.denial
    assert denial is not None
    assert (denial.recommended, denial.denied_cents) == ("appeal", 12500)
    assert {"CO-50", "CO-97"} <= set(denial.codes)


def test_a_payer_s_own_rule_beats_the_common_table() -> None:
    rules = rules_named("default").model_copy(
        update={"overrides": (Overrides(carc="97", remedy="review", source="payer manual"),)}
    )
    answer = explain("CO", "97", (), rules, TABLES)
    assert (answer.remedy, answer.source) == ("review", "payer manual")
    assert explain("CO", "97", (), None, TABLES).remedy == "correct_and_replace"


def test_co_never_becomes_the_patients_whatever_a_person_chooses() -> None:
    one = denied("CO-50:12500")
    one.do(e.RemedyChosen, remedy="bill_patient")
    assert "group PR" in one.steps[-1].refused
    assert ledger(one.state, TABLES).patient == 0


def test_what_is_denied_to_the_patient_is_billed_when_a_person_says_so() -> None:
    """PR-204: the 125.00 are open until somebody has looked at the waiver."""
    one = denied("PR-204:12500")
    assert ledger(one.state, TABLES).open == 12500
    one.do(e.RemedyChosen, remedy="bill_patient")
    assert ledger(one.state, TABLES).patient == 12500
    assert [x.kind for x in one.steps[-1].effects] == ["report_patient_balance"]


def test_a_choice_of_another_payer_can_be_taken_back() -> None:
    one = denied("CO-22:12500")
    one.do(e.RemedyChosen, remedy="bill_other_payer")
    assert one.state.status == "secondary_ready"
    one.do(e.RemedyChosen, remedy="appeal")
    assert one.state.status == "awaiting_approval"


def test_documents_sent_for_a_denial_are_followed_up() -> None:
    one = denied("CO-252:12500", remarks=("M127",))
    one.do(e.RemedyChosen, remedy="send_documents")
    assert [t.type for t in one.state.tasks] == ["send_documents"]
    one.do(e.DocumentsSent, confirmation="FAX-1")
    assert one.state.tasks == ()
    one.days(40)
    assert "follow_up" in [t.type for t in one.state.tasks]


def test_documents_count_only_with_a_confirmation() -> None:
    one = life().accepted().reported("R4:294")
    one.do(e.DocumentsSent, confirmation=" ")
    assert one.steps[-1].refused
    assert any(x.kind == "documents" for x in one.state.deadlines)
    one.do(e.DocumentsSent, confirmation="FAX-1")
    assert one.state.status == "pending_payer"
    assert not any(x.kind == "documents" for x in one.state.deadlines)


def test_a_write_off_above_the_practice_s_amount_waits_for_a_second_person() -> None:
    one = life(approvals=("write_off",), write_off_approval_over_cents=10000).denied()
    one.do(e.WrittenOff, amount_cents=12500, reason="old")
    assert one.state.status == "write_off_pending"
    one.do(e.ApprovalDecided, approved=True, by="biller-1")
    assert one.steps[-1].refused == "who asked for it can't approve it"
    one.approved()
    assert one.state.status == "closed"
    small = life(approvals=("write_off",), write_off_approval_over_cents=10000).denied()
    small.do(e.WrittenOff, amount_cents=10000, reason="old")
    assert small.state.status == "denied"
    assert ledger(small.state, TABLES).written_off == 10000


def test_an_approved_write_off_never_exceeds_what_is_left() -> None:
    """125.00 asked for; meanwhile the patient pays 40.00: 85.00 are left, and nothing is written off."""
    one = life(approvals=("write_off",)).denied()
    one.do(e.WrittenOff, amount_cents=12500, reason="old")
    one.do(e.PatientPaid, amount_cents=4000)
    one.approved()
    assert one.state.status == "denied"
    assert ledger(one.state, TABLES).open == 8500
    assert one.state.write_offs == ()


def test_a_second_request_waits_until_the_first_is_decided() -> None:
    one = life(approvals=("appeal", "write_off")).denied()
    one.do(e.AppealRequested, reason="records")
    one.do(e.WrittenOff, amount_cents=12500, reason="old")
    assert "awaits approval already" in one.steps[-1].refused
    assert len(one.state.approvals) == 1


def test_a_decision_of_the_payer_overtakes_the_gate() -> None:
    one = life().denied()
    one.do(e.AppealRequested, reason="records")
    one.paid(payment(9000, "CO-45:3500"), trace="T2")
    assert one.state.status == "closed"
    one.approved()
    assert "nothing awaits" in one.steps[-1].refused


def test_an_unprocessable_claim_has_no_right_to_appeal_whatever_the_reason_says() -> None:
    for remarks in (("MA130",), ("M127", "MA130"), ("MA130", "MA01")):
        answer = explain("CO", "50", remarks, None, TABLES)
        assert (answer.remedy, answer.appealable) == ("new_original", False)
    assert explain("CO", "50", (), None, TABLES).appealable


def test_status_4_with_a_clinical_reason_is_the_billers_and_with_coverage_the_front_desks() -> None:
    """CLP02 4 means an unknown patient (X12 RFI 1423); with CO-50 it is misused, and the reason code decides."""
    owners = {}
    for cause in ("CO-50", "PR-31"):
        one = life().accepted().paid(payment(0, f"{cause}:12500", status="4"))
        owners[cause] = [task.owner for task in one.state.tasks if task.type == "work_denial"]
    assert owners == {"CO-50": ["biller"], "PR-31": ["front_desk"]}
