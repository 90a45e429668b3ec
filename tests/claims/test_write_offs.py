"""What is given up: by reason and tier, by the practice's rule for small rests, and never a Medicare share as a courtesy."""

from __future__ import annotations

import pytest

from claims import events as e
from claims.events import WriteOffReason
from claims.messages import read_message
from claims.payer_rules import ApprovalTier, Contract, PayerRules
from claims.phases.contracts import shortfall_cents
from claims.phases.gate import tier_of
from claims.posting import ledger
from claims.views import ledger_view
from tests.claims.kit import SHARED, START, TABLES, claim, coverage, life, payment, payment_line, rules_named

TIERS = (ApprovalTier(over_cents=5000), ApprovalTier(over_cents=10000, role="manager"))


def rules(**changes: object) -> PayerRules:
    return rules_named("default").model_copy(update={"approvals": ("write_off", "refund"), **changes})


@pytest.mark.parametrize(
    ("amount", "role"), [(5000, None), (5001, "supervisor"), (10000, "supervisor"), (10001, "manager")]
)
def test_the_highest_tier_that_an_amount_is_above_decides(amount: int, role: str | None) -> None:
    tier = tier_of(rules(write_off_tiers=TIERS), "write_off", amount)
    assert (tier.role if tier else None) == role


def test_without_tiers_one_amount_decides_for_write_offs_and_every_refund_is_approved() -> None:
    """payer_rules/default.toml: 100.00."""
    assert tier_of(rules(), "write_off", 10000) is None
    assert tier_of(rules(), "write_off", 10001) is not None
    assert tier_of(rules(), "refund", 1) is not None
    assert tier_of(rules(approvals=()), "refund", 10**6) is None


@pytest.mark.parametrize(
    ("reason", "category"),
    [
        ("small balance", "small_balance"),
        ("Bad Debt", "bad_debt"),
        ("charity", "financial_assistance"),
        ("timely-filing", "timely_filing"),
        ("he is a neighbour", "other"),
    ],
)
def test_a_reason_in_the_trades_words_is_its_own_category(reason: str, category: WriteOffReason) -> None:
    one = life().denied()
    body = {"amount": "1.00", "reason": reason, "by": "biller-1"}
    event = read_message("write_off", body, at=START, id="x", state=one.state, tables=TABLES)
    assert isinstance(event, e.WrittenOff)
    assert event.category == category


def test_an_unknown_category_is_refused_in_words() -> None:
    one = life().denied()
    body = {"amount": "1.00", "reason": "r", "category": "whim", "by": "biller-1"}
    event = read_message("write_off", body, at=START, id="x", state=one.state, tables=TABLES)
    assert isinstance(event, e.MessageRefused)
    assert "small_balance" in event.reason


def test_the_ledger_says_who_gave_up_what_why_and_who_took_it_back() -> None:
    one = life(approvals=("write_off",), write_off_approval_over_cents=0).denied()
    one.do(e.WrittenOff, amount_cents=12500, reason="sent on day 95", category="timely_filing")
    one.approved()
    one.do(e.WriteOffReverted, by="owner-1", write_off="", reason="proof was found")
    (row,) = ledger_view(one.state, TABLES)["write_offs"]
    assert {name: row[name] for name in ("amount", "category", "reason", "by", "approved_by")} == {
        "amount": "125.00",
        "category": "timely_filing",
        "reason": "sent on day 95",
        "by": "biller-1",
        "approved_by": "supervisor-1",
    }
    assert (row["reverted_by"], row["why_reverted"]) == ("owner-1", "proof was found")
    assert ledger(one.state, TABLES).written_off == 0


def test_a_write_off_taken_back_is_one_task_and_not_two() -> None:
    one = life().accepted().paid(payment(9000, "CO-45:3500"))
    one.do(e.TakebackReceived, document="d", trace_number="T2", reason="WO", reference="ICN1", amount_cents=500)
    assert [task.type for task in one.state.tasks] == ["review_payment"]
    one.do(e.WrittenOff, amount_cents=500, reason="small", category="other")
    one.do(e.WriteOffReverted, write_off="", reason="by mistake")
    assert [task.type for task in one.state.tasks] == ["review_payment"]


@pytest.mark.parametrize(
    ("category", "refused"),
    [
        ("courtesy", True),
        ("small_balance", True),
        ("other", True),
        ("financial_assistance", False),
        ("bad_debt", False),
        ("bankruptcy", False),
        ("deceased", False),
    ],
)
def test_a_medicare_patients_share_is_waived_for_need_only(category: str, refused: bool) -> None:
    """42 USC 1320a-7a(i)(6)(A): not routine, and for financial need or after reasonable efforts to collect."""
    one = life(claim(coverage(payer="MCPTB", indicator="MB"))).accepted().paid(SHARED, payer_id="MCPTB")
    one.do(e.WrittenOff, amount_cents=2000, reason="r", category=category, bucket="patient")
    assert bool(one.steps[-1].refused) is refused


def test_a_courtesy_is_nobodys_business_where_no_federal_programme_pays() -> None:
    one = life().accepted().paid(SHARED)
    one.do(e.WrittenOff, amount_cents=2000, reason="r", category="courtesy", bucket="patient")
    assert one.state.status == "closed"


# small rests


def test_a_small_rest_goes_by_the_rule_at_its_amount_and_not_a_cent_above() -> None:
    """SHARED leaves 20.00 to the patient."""
    one = life(small_balance_patient_cents=2000).accepted().paid(SHARED)
    assert one.state.status == "closed"
    assert one.state.write_offs[0].by.startswith("rule:small_balance_patient of default ")
    assert life(small_balance_patient_cents=1999).accepted().paid(SHARED).state.write_offs == ()


def test_no_rule_writes_off_a_medicare_patients_share() -> None:
    one = life(claim(coverage(payer="MCPTB", indicator="MB")), small_balance_patient_cents=2000)
    one.accepted().paid(SHARED, payer_id="MCPTB")
    assert one.state.write_offs == ()


def test_a_payers_small_rest_goes_by_a_rule_of_its_own() -> None:
    """89.00 and 35.00 of 125.00, and a patient who paid 0.50: 0.50 too little by nobody's word."""
    short = payment(8950, "CO-45:3500", charge=12450)
    one = life(small_balance_insurer_cents=50).accepted().paid(short)
    assert [(w.bucket, w.amount_cents, w.category) for w in one.state.write_offs] == [("open", 50, "small_balance")]
    assert life(small_balance_insurer_cents=49).accepted().paid(short).state.write_offs == ()


def test_a_denied_rest_is_never_small() -> None:
    one = life(small_balance_insurer_cents=5000)
    one.accepted().paid(payment(9000, "CO-45:3000", "CO-50:500"))
    assert one.state.status == "partially_denied"
    assert one.state.write_offs == ()


def test_what_a_person_took_back_the_rule_leaves_alone() -> None:
    one = life(small_balance_patient_cents=2000).accepted().paid(SHARED)
    one.do(e.WriteOffReverted, write_off="", reason="she wants to pay")
    assert ledger(one.state, TABLES).patient == 2000
    one.do(e.PatientPaid, amount_cents=500)
    assert ledger(one.state, TABLES).patient == 1500


def test_a_hold_stops_the_rule_and_time_alone_never_wakes_it() -> None:
    one = life(small_balance_patient_cents=2000).accepted()
    one.do(e.HoldPlaced, hold="dispute", reason="patient disputes")
    one.paid(SHARED)
    assert one.state.write_offs == ()
    one.days(200)
    assert one.state.write_offs == ()
    one.do(e.HoldReleased)
    assert one.state.status == "closed"


# contracts


CONTRACT = Contract(fees={"99213": 8000, "93000": 2000}, tolerance_cents=100, source="contract of 2026-01-01")


def by_line(first: int, second: int) -> object:
    return payment(
        first + second,
        lines=(
            payment_line(1, 10000, first, f"CO-45:{10000 - first}"),
            payment_line(2, 2500, second, f"CO-45:{2500 - second}"),
        ),
    )


@pytest.mark.parametrize(
    ("first", "second", "short"),
    [
        (8000, 2000, 0),
        (7900, 2000, 0),  # 1.00 is the tolerance
        (7899, 2000, 101),
        (9000, 1500, 500),  # one line's good luck hides no other's loss
    ],
)
def test_less_than_the_contract_counts_by_line_beyond_the_tolerance(first: int, second: int, short: int) -> None:
    one = life(contract=CONTRACT).accepted().paid(by_line(first, second))  # type: ignore[arg-type]
    posted = one.state.payments[-1]
    assert shortfall_cents(one.state, posted, TABLES) == short
    assert (one.state.status == "underpaid") is bool(short)


def test_a_percentage_of_the_charge_is_a_contract_too() -> None:
    """60 per cent of 125.00 are 75.00; 70.00 and the patient's 5.00 are that, 4.99 are not."""
    contract = Contract(percent_of_charge=60, source="c")
    for share, status in ((500, "paid"), (499, "underpaid")):
        paid = payment(7000, f"CO-45:{5500 - share}", f"PR-2:{share}")
        assert life(contract=contract).accepted().paid(paid).state.status == status


def test_a_procedure_the_contract_doesnt_know_is_not_compared() -> None:
    one = life(contract=Contract(fees={"99213": 8000}, source="c")).accepted().paid(by_line(8000, 100))  # type: ignore[arg-type]
    assert one.state.status == "closed"


def test_an_upheld_appeal_of_an_underpayment_can_be_accepted() -> None:
    one = life(contract=CONTRACT).accepted().paid(by_line(7000, 2000))  # type: ignore[arg-type]
    one.appealed()
    one.do(e.AppealSent, effect=one.in_flight("send_appeal"), level=1, receipt="R1")
    one.decided("upheld")
    assert one.state.status == "appeal_upheld"
    one.do(e.PaymentAccepted, reason="no more levels are worth it")
    assert one.state.status == "closed"
