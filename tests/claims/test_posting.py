"""What a payment means, row by row. Every claim is 125.00 (lines of 100.00 and 25.00); the arithmetic stands in each row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from claims import events as e
from claims.documents import ClaimPayment
from claims.posting import bucket, ledger, outcome_of, payment_key
from tests.claims.kit import (
    DEDUCTIBLE,
    DENIED,
    FORWARDED,
    FROM_SECOND,
    PAID,
    PARTIAL,
    SHARED,
    TABLES,
    adjustments,
    coverage,
    life,
    payment,
    remittance,
    reversed_of,
    two_payers,
)


@dataclass(frozen=True)
class Row:
    """A payment, what it means, where the claim goes, and (paid, contractual, patient, next payer, open) in cents."""

    why: str
    payment: ClaimPayment
    outcome: str
    status: str
    money: tuple[int, int, int, int, int]


ROWS = (
    Row("90.00 + 35.00 contractual", PAID, "paid", "closed", (9000, 3500, 0, 0, 0)),
    Row("70.00 + 35.00 + 20.00 deductible", SHARED, "paid", "paid", (7000, 3500, 2000, 0, 0)),
    Row(
        "nothing paid, all allowed is deductible: no denial (domain: PR-1 = charge - CO-45)",
        DEDUCTIBLE,
        "zero_paid_patient_resp",
        "zero_paid_patient_resp",
        (0, 3500, 9000, 0, 0),
    ),
    Row(
        "80.00 + 35.00 contractual + 10.00 interest that the plan lays on the patient: CARC 85 is for PR alone, no denial",
        payment(8000, "CO-45:3500", "PR-85:1000"),
        "paid",
        "paid",
        (8000, 3500, 1000, 0, 0),
    ),
    Row(
        "CO-29 with status 1: denied, though `processed`",
        payment(0, "CO-29:12500"),
        "denied",
        "denied",
        (0, 0, 0, 0, 12500),
    ),
    Row("CO-50, not necessary", DENIED, "denied", "denied", (0, 0, 0, 0, 12500)),
    Row(
        "line 1 100.00 = 70.00 + 30.00; line 2 25.00 denied",
        PARTIAL,
        "partially_denied",
        "partially_denied",
        (7000, 3000, 0, 0, 2500),
    ),
    Row(
        "CO-45 may not be the whole charge (its own note): somebody looks before it closes",
        payment(0, "CO-45:12500"),
        "zero_paid",
        "adjudicated",
        (0, 12500, 0, 0, 0),
    ),
    Row(
        "status 4 with PR-31: coverage work, and no patient is billed for it",
        payment(0, "PR-31:12500", status="4"),
        "denied",
        "denied",
        (0, 0, 0, 0, 12500),
    ),
    Row(
        "status 4 is not denied by its name: 40.00 contractual, 85.00 to the deductible",
        payment(0, "CO-45:4000", "PR-1:8500", status="4"),
        "zero_paid_patient_resp",
        "zero_paid_patient_resp",
        (0, 4000, 8500, 0, 0),
    ),
    Row(
        "nor is a payment under it: 90.00 = 125.00 - 35.00",
        payment(9000, "CO-45:3500", status="4"),
        "paid",
        "closed",
        (9000, 3500, 0, 0, 0),
    ),
    Row(
        "PR-31 without status 4 is the same question",
        payment(0, "PR-31:12500"),
        "denied",
        "denied",
        (0, 0, 0, 0, 12500),
    ),
    Row(
        "PR-204, not covered: a person looks at the ABN first",
        payment(0, "PR-204:12500"),
        "denied",
        "denied",
        (0, 0, 0, 0, 12500),
    ),
    Row("OA-133 pends, no denial", payment(0, "OA-133:12500"), "pending", "pending_payer", (0, 0, 0, 0, 12500)),
    Row(
        "PI-45 has no contract behind it: open",
        payment(9000, "PI-45:3500"),
        "partially_denied",
        "partially_denied",
        (9000, 0, 0, 0, 3500),
    ),
    Row(
        "an unknown reason is open, never silent", payment(0, "CO-9999:12500"), "denied", "denied", (0, 0, 0, 0, 12500)
    ),
    Row(
        "CO-1: a deductible under CO is the provider's",
        payment(9000, "CO-1:3500"),
        "partially_denied",
        "partially_denied",
        (9000, 0, 0, 0, 3500),
    ),
    Row(
        "OA-100: the payer paid 90.00 to the patient, who owes it to us; 35.00 contractual",
        payment(0, "CO-45:3500", "OA-100:9000"),
        "zero_paid_patient_resp",
        "zero_paid_patient_resp",
        (0, 3500, 9000, 0, 0),
    ),
    Row(
        "CO-100: no CO amount reaches the patient without a person",
        payment(0, "CO-45:3500", "CO-100:9000"),
        "denied",
        "denied",
        (0, 3500, 0, 0, 9000),
    ),
    Row(
        "CO-253 sequestration is contractual: 120.00 + 5.00",
        payment(12000, "CO-253:500"),
        "paid",
        "closed",
        (12000, 500, 0, 0, 0),
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.why)
def test_a_payment_means_what_its_groups_and_reasons_say(row: Row) -> None:
    assert outcome_of(row.payment, TABLES) == row.outcome
    one = life().accepted().paid(row.payment)
    book = ledger(one.state, TABLES)
    assert one.state.status == row.status
    assert (book.paid, book.contractual, book.patient, book.next_payer, book.open) == row.money
    assert sum(row.money) == 12500


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("PR-1:1", "patient"),
        ("PR-2:1", "patient"),
        ("PR-3:1", "patient"),
        ("CO-1:1", "denied"),
        ("PR-100:1", "patient"),
        ("OA-100:1", "patient"),
        ("CO-100:1", "denied"),
        ("PI-100:1", "denied"),
        ("OA-294:1", "denied"),
        ("PR-85:1", "patient"),
        ("CO-85:1", "contractual"),
        ("PR-96:1", "denied"),
        ("PR-29:1", "denied"),
        ("CO-45:1", "contractual"),
        ("OA-45:1", "contractual"),
        ("PI-45:1", "denied"),
        ("OA-23:1", "prior_payer"),
        ("CO-23:1", "prior_payer"),
        ("OA-133:1", "pending"),
        ("CO-97:1", "denied"),
        ("CO-999:1", "denied"),
    ],
)
def test_each_adjustment_has_one_bucket(text: str, where: str) -> None:
    assert bucket(adjustments(text)[0], TABLES) == where


def test_a_predetermination_is_never_posted() -> None:
    one = life().accepted().paid(payment(9000, "CO-45:3500", status="25"))
    assert one.steps[-1].refused.startswith("a predetermination")
    assert one.state.payments == ()
    one.do(e.ManualPaymentPosted, payment=payment(9000, "CO-45:3500", status="25"))
    assert one.state.payments == ()


def test_a_payment_that_does_not_balance_is_refused() -> None:
    """125.00 - 35.00 is 90.00, not 80.00."""
    one = life().accepted().paid(payment(8000, "CO-45:3500"))
    assert "doesn't balance" in one.steps[-1].refused
    assert ledger(one.state, TABLES).open == 12500


def test_a_payer_that_says_not_ours_moves_no_money() -> None:
    one = life().accepted().paid(payment(0, "OA-109:12500", status="23"))
    assert ledger(one.state, TABLES).open == 12500
    assert [task.type for task in one.state.tasks] == ["review_coverage"]


def test_a_reversal_and_its_correction_leave_the_correction_alone() -> None:
    """90.00 - 90.00 + 80.00; 35.00 contractual; 10.00 patient."""
    one = life().accepted().paid().paid(reversed_of(PAID), trace="T2")
    assert one.state.status == "reopened"
    assert ledger(one.state, TABLES).open == 12500
    assert [x.kind for x in one.state.deadlines] == ["reversal_correction"]
    one.paid(payment(8000, "CO-45:3500", "PR-2:1000"), trace="T2")
    book = ledger(one.state, TABLES)
    assert (book.paid, book.contractual, book.patient, book.open) == (8000, 3500, 1000, 0)
    assert not any(x.kind == "reversal_correction" for x in one.state.deadlines)


def test_a_reversal_of_what_was_never_posted_moves_nothing_and_opens_a_task() -> None:
    one = life().accepted().paid(reversed_of(PAID))
    assert ledger(one.state, TABLES).open == 12500
    assert [(t.type, t.owner) for t in one.state.tasks] == [("review_payment", "biller")]
    assert one.state.status == "payer_accepted"
    one.paid(PAID, trace="T0", on=date(2026, 3, 1))
    assert ledger(one.state, TABLES).paid == 0


def test_a_reversal_under_a_new_number_is_of_the_payment_whose_every_amount_it_negates() -> None:
    """SHARED is 70.00, the reversal -70.00 with the same adjustments, numbered anew: nothing of it stands."""
    renumbered = reversed_of(SHARED).model_copy(update={"payer_claim_control_number": "ICN1R"})
    one = life().accepted().paid(SHARED).paid(renumbered, trace="T2")
    assert (one.state.status, ledger(one.state, TABLES).open) == ("reopened", 12500)
    assert "review_payment" not in [task.type for task in one.state.tasks]


def test_a_lone_reversal_beside_a_decision_keeps_its_task() -> None:
    one = life().accepted().paid(SHARED).paid(reversed_of(payment(3300, "CO-45:9200", icn="OTHER")), trace="T2")
    assert "review_payment" in [task.type for task in one.state.tasks]
    assert ledger(one.state, TABLES).paid == 7000


def test_the_same_payment_out_of_another_file_has_the_same_key() -> None:
    first = remittance(PAID)
    second = remittance(PAID.model_copy(update={"segment": 99})).model_copy(update={"document": "e" * 64})
    assert payment_key(first) == payment_key(second)
    assert payment_key(first) != payment_key(first.model_copy(update={"occurrence": 1}))
    assert payment_key(first) != payment_key(first.model_copy(update={"trace_number": "T2"}))


def test_the_prior_payers_money_is_not_posted_again() -> None:
    """Primary: 70.00 paid, 35.00 contractual, 20.00 left. Secondary: OA-23 of 105.00, pays the 20.00. 125.00 in all."""
    one = life(two_payers()).accepted().paid(SHARED)
    assert one.state.status == "scrubbing"
    assert ledger(one.state, TABLES).next_payer == 2000
    one.paid(FROM_SECOND, payer_id="PAYER2", trace="S1")
    book = ledger(one.state, TABLES)
    assert (book.paid, book.contractual, book.patient, book.next_payer, book.open) == (9000, 3500, 0, 0, 0)
    assert one.state.status == "closed"


def test_a_second_payer_that_answers_first_waits_for_nobody_twice() -> None:
    """The supplement's remittance overtakes Medicare's: when both are here, nothing is owed and nothing waits."""
    one = life(two_payers()).accepted()
    one.paid(FROM_SECOND, payer_id="PAYER2", trace="S1")
    one.paid(FORWARDED)
    assert one.state.status == "closed"
    assert ledger(one.state, TABLES).settled


def test_a_second_payer_without_an_id_is_told_by_the_place_it_paid_in() -> None:
    one = life(two_payers()).accepted().paid(SHARED, payer_id="").paid(FROM_SECOND, payer_id="", trace="S1")
    assert [p.coverage for p in one.state.payments] == [0, 1]
    plain = life().accepted().paid(payment(9000, "CO-45:3500", status="3"), payer_id="")
    assert [p.coverage for p in plain.state.payments] == [0], "some Medicaid plans say 3 for everything"


def test_a_copay_paid_before_the_decision_counts_and_too_much_is_a_credit() -> None:
    """20.00 of the patient, of whom 20.00 is asked: nothing is owed. 50.00 of her: 30.00 go back."""
    one = life()
    one.do(e.PatientPaid, amount_cents=2000)
    one.accepted().paid(SHARED)
    assert one.state.status == "closed"
    other = life()
    other.do(e.PatientPaid, amount_cents=5000)
    other.accepted().paid(SHARED)
    assert other.state.status == "overpayment_review"
    assert ledger(other.state, TABLES).open == -3000
    other.do(e.PatientPaid, amount_cents=-3000)
    assert other.state.status == "closed"


def test_a_copay_does_not_make_a_credit_while_the_next_payer_is_asked() -> None:
    """Primary leaves 20.00, of which the patient paid 5.00 at the desk: 15.00 go to the next payer."""
    one = life(two_payers())
    one.do(e.PatientPaid, amount_cents=500)
    one.accepted().paid(SHARED)
    book = ledger(one.state, TABLES)
    assert (book.next_payer, book.open) == (1500, 0)


def test_a_takeback_reopens_a_closed_claim_once() -> None:
    one = life().accepted().paid()
    fields = {"document": "d", "trace_number": "T7", "reason": "WO", "reference": "ICN1", "amount_cents": 9000}
    taken = one.do(e.TakebackReceived, **fields)
    assert taken.path[0] == "reopened"
    assert ledger(one.state, TABLES).open == 9000
    assert one.do(e.TakebackReceived, **fields).duplicate
    assert [t.type for t in one.state.tasks] == ["review_payment"]


def test_a_takeback_whose_reversal_is_here_takes_nothing_twice() -> None:
    one = life().accepted().paid().paid(reversed_of(PAID), trace="T2")
    one.paid(payment(8000, "CO-45:3500", "PR-2:1000"), trace="T2")
    before = ledger(one.state, TABLES)
    taken = one.do(
        e.TakebackReceived, document="d", trace_number="T3", reason="WO", reference="ICN1", amount_cents=9000
    )
    assert ledger(one.state, TABLES) == before
    assert taken.path == ()


def test_a_voided_claim_whose_patient_had_paid_owes_her_a_refund() -> None:
    one = life(approvals=()).accepted().paid(SHARED)
    one.do(e.PatientPaid, amount_cents=500)
    one.do(e.VoidRequested, reason="billed in error")
    one.transmitted().paid(reversed_of(SHARED), trace="T2")
    assert one.state.status == "voided"
    assert [t.type for t in one.state.tasks] == ["refund"]


def test_lines_of_a_decision_are_told_apart_by_their_control_number() -> None:
    one = life().accepted().paid(PARTIAL)
    rows = {row.number: row for row in ledger(one.state, TABLES).lines}
    assert (rows[1].paid, rows[1].contractual, rows[1].open) == (7000, 3000, 0)
    assert (rows[2].paid, rows[2].open) == (0, 2500)


def test_an_unknown_coverage_order_has_no_next_payer() -> None:
    one = life().accepted().paid(SHARED)
    assert ledger(one.state, TABLES).next_payer == 0
    assert coverage().order == "primary"


def test_money_paid_to_the_patient_is_asked_of_her_and_of_no_next_payer() -> None:
    # 60.00 to the patient, 30.00 coinsurance for the next payer, 35.00 contractual
    one = life(two_payers()).accepted().paid(payment(0, "CO-45:3500", "OA-100:6000", "PR-2:3000"))
    book = ledger(one.state, TABLES)
    assert (book.contractual, book.patient, book.next_payer, book.open) == (3500, 6000, 3000, 0)
    # what she pays is hers first: 60.00 of 75.00, the rest lowers what the next payer is asked for
    one.do(e.PatientPaid, amount_cents=7500)
    book = ledger(one.state, TABLES)
    assert (book.paid, book.patient, book.next_payer, book.open) == (7500, 0, 1500, 0)
