"""A credit of the account goes back by the rule of a claim's refund: where a second person agrees to that, to this too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from claims import events as e
from claims.account_book import AccountBook
from claims.accounts.state import AccountState
from claims.effects import ReportPatientBalance
from claims.payer_rules import ApprovalTier, CodingReview
from tests.claims.kit import SHARED, TABLES, life

OWNER = ApprovalTier(over_cents=1000, role="manager", approvers=("owner-1",))
ALWAYS: dict[str, Any] = {"approvals": ("refund",)}
OVER_TEN: dict[str, Any] = {"approvals": ("refund",), "refund_tiers": (OWNER,)}


class Desk:
    """An account on which 20.00 were owed (125.00 less 70.00 paid and 35.00 contractual), and `paid` came for it."""

    def __init__(self, paid: str, **rules: Any) -> None:
        one = life(**rules).accepted().paid(SHARED)
        effects = [x for x in one.steps[-1].effects if isinstance(x, ReportPatientBalance)]
        self.book, self.now = AccountBook(TABLES), one.now
        self.key = one.state.practice, effects[0].account
        self.book.report(one.state.practice, effects[0], self.now)
        assert self.says("account_pay", amount=paid, by="desk-1") == ""

    @property
    def state(self) -> AccountState:
        return self.book.accounts[self.key]

    @property
    def tasks(self) -> list[tuple[str, str]]:
        return [(task.type, task.owner) for task in self.state.tasks]

    def says(self, message: str, **body: Any) -> str:
        """Why it was refused; empty where it was taken."""
        before = len(self.state.refused)
        self.now += timedelta(minutes=1)
        self.book.message(self.key, message, body, at=self.now)
        return self.state.refused[-1].reason if len(self.state.refused) > before else ""


def test_a_credit_goes_back_by_one_named_person_where_no_second_one_is_asked_for() -> None:
    desk = Desk("32.00", approvals=())
    assert "name" in desk.says("return_credit", amount="12.00")
    assert desk.says("return_credit", amount="12.00", reference="CHK-7", by="biller-1") == ""
    assert (desk.state.credit_cents, desk.tasks) == (0, [])
    assert desk.state.notes[-1].text == "credit of 12.00 given back (CHK-7)"


def test_a_credit_waits_for_a_second_person_as_a_claims_refund_does() -> None:
    """32.00 for 20.00 owed: 12.00 more. Asked for, approved by another, then recorded with its check."""
    desk = Desk("32.00", **ALWAYS)
    assert desk.says("return_credit", by="biller-1") == ""
    assert (desk.state.credit_cents, desk.tasks) == (1200, [("refund", "biller"), ("approve_credit", "supervisor")])
    assert "awaits approval already" in desk.says("return_credit", by="biller-2")
    assert desk.says("approve_credit", by="biller-1") == "who asked for it can't approve it"
    assert "needs the name" in desk.says("approve_credit")
    assert desk.says("approve_credit", by="owner-1") == ""
    assert desk.tasks == [("refund", "biller")]
    assert desk.state.tasks[0].reason.startswith("send 12.00, approved by owner-1")
    assert desk.says("approve_credit", by="owner-1") == "nothing awaits this approval"
    assert desk.says("return_credit", reference="CHK-7", by="biller-1") == ""
    assert (desk.state.credit_cents, desk.tasks, desk.state.credit_request) == (0, [], None)
    assert desk.state.notes[-1].text == "credit of 12.00 given back (CHK-7), approved by owner-1"


def test_what_is_rejected_stays_a_credit() -> None:
    desk = Desk("32.00", **ALWAYS)
    desk.says("return_credit", by="biller-1")
    assert desk.says("approve_credit", approved=False, reason="a new visit is booked", by="owner-1") == ""
    assert (desk.state.credit_cents, desk.state.credit_request, desk.tasks) == (1200, None, [("refund", "biller")])


def test_the_tiers_of_refunds_say_who_agrees_and_from_which_amount_on() -> None:
    desk = Desk("32.00", **OVER_TEN)
    assert desk.says("return_credit", amount="10.00", by="biller-1") == ""
    assert desk.state.credit_cents == 200
    desk = Desk("32.00", **OVER_TEN)
    desk.says("return_credit", amount="12.00", by="biller-1")
    assert desk.says("approve_credit", by="supervisor-1") == "this amount is approved by one of owner-1"
    assert desk.says("approve_credit", by="owner-1") == ""


def test_another_amount_than_the_approved_one_is_refused() -> None:
    desk = Desk("32.00", **ALWAYS)
    desk.says("return_credit", amount="7.00", by="biller-1")
    desk.says("approve_credit", by="owner-1")
    assert "7.00 is approved already" in desk.says("return_credit", amount="12.00", by="biller-1")
    assert desk.says("return_credit", by="biller-1") == ""
    assert desk.state.credit_cents == 500


def test_a_small_credit_that_goes_back_beside_leaves_what_was_approved() -> None:
    """92.00 for 20.00 owed: 72.00 more. 40.00 are approved, 5.00 below the tier go back in between: 67.00, then 27.00."""
    desk = Desk("92.00", **OVER_TEN)
    desk.says("return_credit", amount="40.00", by="biller-1")
    assert desk.says("approve_credit", by="owner-1") == ""
    assert desk.says("return_credit", amount="5.00", by="biller-2") == ""
    assert desk.state.notes[-1].text == "credit of 5.00 given back"
    asked = desk.state.credit_request
    assert asked is not None
    assert (desk.state.credit_cents, asked.amount_cents, asked.approved_by) == (6700, 4000, "owner-1")
    assert desk.says("return_credit", amount="40.00", by="biller-1") == ""
    assert desk.state.notes[-1].text == "credit of 40.00 given back, approved by owner-1"
    assert (desk.state.credit_cents, desk.state.credit_request) == (2700, None)


def test_a_small_credit_that_goes_back_beside_leaves_what_awaits_approval() -> None:
    desk = Desk("92.00", **OVER_TEN)
    desk.says("return_credit", amount="40.00", by="biller-1")
    assert desk.says("return_credit", amount="5.00", by="biller-2") == ""
    assert desk.tasks == [("refund", "biller"), ("approve_credit", "supervisor")]
    assert desk.says("approve_credit", by="owner-1") == ""


def test_a_small_credit_that_leaves_less_than_was_asked_for_withdraws_it_with_a_word() -> None:
    """32.00 for 20.00 owed: 12.00 are asked for, 5.00 go back, 7.00 are left."""
    desk = Desk("32.00", **OVER_TEN)
    desk.says("return_credit", amount="12.00", by="biller-1")
    assert desk.says("return_credit", amount="5.00", by="biller-2") == ""
    assert (desk.state.credit_request, desk.tasks) == (None, [("refund", "biller")])
    assert desk.state.notes[-1].text == "12.00 are not given back: the credit is 7.00 by now"


def test_a_credit_that_is_split_needs_whom_the_whole_one_needs() -> None:
    """Over 10.00 another person agrees. 9.00 go back alone, and 9.00 more within thirty days are 18.00."""
    desk = Desk("92.00", **OVER_TEN)
    assert desk.says("return_credit", amount="9.00", by="biller-1") == ""
    assert desk.says("return_credit", amount="9.00", by="biller-2") == ""
    assert desk.state.credit_cents == 6300
    assert desk.state.tasks[-1].reason.startswith("biller-2 asks to give 9.00 back after 9.00 within 30 days")
    assert desk.says("approve_credit", by="owner-1") == ""
    assert desk.says("return_credit", amount="9.00", by="biller-2") == ""
    assert desk.says("return_credit", amount="1.00", by="biller-2") == "", "what was approved doesn't count again"
    desk.now += timedelta(days=30)
    assert desk.says("return_credit", amount="9.00", by="biller-1") == ""
    assert desk.state.credit_cents == 4400


@pytest.mark.parametrize("spelling", [" Biller-1 ", "BILLER-1", "ｂiller-1"])
def test_another_spelling_is_the_same_person(spelling: str) -> None:
    desk = Desk("32.00", **ALWAYS)
    desk.says("return_credit", by="biller-1")
    assert desk.says("approve_credit", by=spelling) == "who asked for it can't approve it"
    one = life(**ALWAYS).accepted().paid(SHARED)
    one.do(e.PatientPaid, amount_cents=3200)
    one.do(e.RefundRequested, to="patient", amount_cents=1200, reason="paid too much", by="biller-1")
    one.do(e.ApprovalDecided, approved=True, by=spelling)
    assert one.steps[-1].refused == "who asked for it can't approve it"


def test_an_approver_is_known_in_every_spelling_and_nobody_is_none() -> None:
    desk = Desk("32.00", **OVER_TEN)
    desk.says("return_credit", by="biller-1")
    assert desk.says("approve_credit", by=" Owner-1") == ""
    one = life(**ALWAYS).accepted().paid(SHARED)
    one.do(e.PatientPaid, amount_cents=3200)
    one.do(e.RefundRequested, to="patient", amount_cents=1200, reason="paid too much", by="biller-1")
    one.do(e.ApprovalDecided, approved=True, by="  ")
    assert "needs the name" in one.steps[-1].refused


def test_nobody_reviews_her_own_codes_under_another_spelling() -> None:
    one = life(coded=False, coding_review=CodingReview(coders=("Coder-1",))).covered()
    one.do(e.ClaimCoded, by="coder-1", claim=one.state.claim)
    assert one.state.status == "coding_review"
    one.do(e.ApprovalDecided, approved=True, by="CODER-1 ")
    assert one.steps[-1].refused == "who coded it can't review it"


def test_a_request_for_more_than_is_left_is_withdrawn() -> None:
    """The payment bounces while the request waits: there is nothing to give back."""
    desk = Desk("32.00", **ALWAYS)
    desk.says("return_credit", by="biller-1")
    assert desk.says("account_pay", amount="-32.00", by="desk-1") == ""
    assert (desk.state.credit_cents, desk.state.credit_request) == (0, None)
    assert [kind for kind, _ in desk.tasks] == ["returned_payment"]
    assert desk.says("approve_credit", by="owner-1") == "nothing awaits this approval"


def test_no_task_is_a_way_around_the_second_person() -> None:
    desk = Desk("32.00", **ALWAYS)
    desk.says("return_credit", by="biller-1")
    assert "approve_credit" in desk.says("account_task", task="approve_credit", by="biller-1")
    assert "return_credit" in desk.says("account_task", task="refund", by="biller-1")


def test_the_claim_itself_asks_for_the_same_second_person() -> None:
    """20.00 to pay at the claim and 32.00 paid there: its refund of 12.00 waits as the account's credit does."""
    one = life(**OVER_TEN).accepted().paid(SHARED)
    one.do(e.PatientPaid, amount_cents=3200)
    one.do(e.RefundRequested, to="patient", amount_cents=1200, reason="paid too much")
    assert one.state.approvals[0].approvers == ("owner-1",)
    assert one.state.status == "awaiting_approval"
