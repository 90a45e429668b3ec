"""What patients are asked for: statements over all claims of a guarantor, plans, holds, payments, and what is never asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from storybook.book import Event, Story, comes, ledger, passes, says
from storybook.paying import COPAY, HANDED, SHARED, pays
from storybook.people import ADA, HARBOR, LONG_VISIT, MEDICARE, MEDICARE_VISIT
from storybook.x12 import Line, Payment, Visit, claims_file

LONG_HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(LONG_VISIT))
LONG_PAID = comes("2026-03-20 06:30", "payment.835", SHARED)
COPAY_LEFT = pays("2026-03-20 06:30", "payment.835", COPAY, trace="EFT8001")
"""90.00 paid, 25.00 by contract, a copay of 10.00: 125.00."""

SECOND_VISIT = Visit("LK1021", ADA, HARBOR, (Line("99213", "125.00"),), on="2026-03-09")
SECOND_COPAY = replace(COPAY, visit=SECOND_VISIT, payer_number="HB26702")
TWO_HANDED = (
    HANDED,
    comes("2026-03-10 09:00", "second.837", claims_file(SECOND_VISIT, on="2026-03-10", control=260310001)),
)
BOTH_PAID = pays("2026-03-20 06:30", "payment.835", COPAY, SECOND_COPAY, trace="EFT8002")

EMERGENCY = Visit("LK1022", ADA, HARBOR, (Line("99284", "400.00"),))
QMB_SHARE = Payment(MEDICARE_VISIT, "1", "96.00", "MC26801", adjustments=(("CO", "45", "60.00"), ("PR", "2", "24.00")))

CYCLE = "First 2026-03-21 09:00, the day after the remittance. Thirty days on: 2026-04-20; thirty more: 2026-05-20."


def pay(when: str, amount: str, **more: str) -> Event:
    """A payment on the guarantor's account."""
    return says(when, "account_pay", {"amount": amount, "method": "card", "by": "desk-1", **more})


def account(**fields: Any) -> list[dict[str, Any]]:
    """The only account, what is named of it."""
    return [fields]


STORIES = (
    Story(
        "statements_until_a_person_decides",
        "Nobody pays: statement, reminder, final notice, thirty days apart. About collections a person decides, no sooner"
        " than 120 days after the first statement.",
        (
            LONG_HANDED,
            LONG_PAID,
            says("2026-06-25 10:00", "collections", {"hand_over": True, "by": "supervisor-1"}),
            passes("2026-07-20 10:00"),
            says("2026-07-21 10:00", "collections", {"hand_over": True, "by": "supervisor-1"}),
        ),
        {
            "why": f"{CYCLE} 120 days from 2026-03-21: 10 left in March, 30, 31, 30, and 19 of July; thirty days from the"
            " final notice are over on 2026-06-19 already.",
            "steps": [
                {"at": "2026-03-21T09:00", "event": "account_deadline_passed", "effects": ["lay_out_statement"]},
                {"at": "2026-04-20T09:00", "event": "statement_laid_out", "to": "reminder"},
                {"at": "2026-05-20T09:00", "event": "statement_laid_out", "to": "final_notice"},
                {"event": "collections", "refused": "not before 2026-07-19"},
                {"at": "2026-07-19T09:00", "event": "account_deadline_passed", "to": "pre_collections"},
                {"event": "collections", "to": "collections"},
            ],
            "claims": [{"status": "patient_billing", "deadlines": [{"kind": "statement"}], "tasks": []}],
            "accounts": account(
                standing="collections",
                balance="46.00",
                statements=[
                    {"number": 1, "notice": "first", "amount": "46.00", "on": "2026-03-21T09:00:00-04:00"},
                    {"number": 2, "notice": "reminder", "amount": "46.00", "on": "2026-04-20T09:00:00-04:00"},
                    {"number": 3, "notice": "final", "amount": "46.00", "on": "2026-05-20T09:00:00-04:00"},
                ],
                tasks=[],
            ),
        },
    ),
    Story(
        "two_visits_one_statement",
        "A second visit of the same patient is decided a week after her first statement: it waits for the next one, on which"
        " both stand.",
        (
            *TWO_HANDED,
            COPAY_LEFT,
            pays("2026-03-27 06:30", "second.835", SECOND_COPAY, trace="EFT8003"),
            passes("2026-04-21 09:00"),
        ),
        {
            "why": f"{CYCLE} 10.00 then; 10.00 + 10.00 = 20.00 on the second, which is a reminder for the first visit only.",
            "steps": [
                {"at": "2026-03-21T09:00", "claim": "LK1001", "event": "statement_sent"},
                {"at": "2026-04-20T09:00", "claim": "LK1001", "event": "statement_sent"},
                {"at": "2026-04-20T09:00", "claim": "LK1021", "event": "statement_sent", "to": "patient_billing"},
            ],
            "accounts": account(
                standing="reminder",
                balance="20.00",
                statements=[{"amount": "10.00", "notice": "first"}, {"amount": "20.00", "notice": "reminder"}],
                claims=[{"number": "LK1001", "notices": 2}, {"number": "LK1021", "notices": 1}],
            ),
        },
    ),
    Story(
        "payment_before_the_statement",
        "The patient pays at the desk on the day of the remittance: no statement goes out.",
        (
            LONG_HANDED,
            LONG_PAID,
            says("2026-03-20 15:00", "pay", {"amount": "46.00", "method": "card", "by": "desk-1"}),
            passes("2026-05-01 09:00"),
        ),
        {
            "claims": [{"status": "closed", "ledger": ledger("200.00", paid="150.00", contractual="50.00")}],
            "accounts": account(standing="settled", balance="0.00", statements=[]),
        },
    ),
    Story(
        "part_payment_changes_the_next_statement",
        "The patient pays 20.00 of 46.00 after her statement; the reminder asks for the rest.",
        (LONG_HANDED, LONG_PAID, pay("2026-04-10 10:00", "20.00"), passes("2026-04-20 10:00")),
        {
            "why": "46.00 - 20.00 = 26.00.",
            "accounts": account(
                balance="26.00",
                statements=[{"amount": "46.00", "notice": "first"}, {"amount": "26.00", "notice": "reminder"}],
                payments=[{"amount": "20.00", "credit": "0.00"}],
            ),
            "claims": [{"ledger": ledger("200.00", paid="124.00", contractual="50.00", patient="26.00")}],
        },
    ),
    Story(
        "account_payment_pays_the_oldest_first",
        "25.00 come for two copays of 10.00: both claims are paid and closed, 5.00 are a credit, which is given back.",
        (
            *TWO_HANDED,
            BOTH_PAID,
            pay("2026-03-24 10:00", "15.00", reference="R-1"),
            pay("2026-03-25 10:00", "10.00", reference="R-2"),
            says("2026-04-02 10:00", "return_credit", {"reference": "CHK-7", "by": "biller-1"}),
        ),
        {
            "why": "15.00: 10.00 to the visit of March 2, 5.00 to that of March 9. 10.00: the 5.00 left there, 5.00 credit.",
            "claims": [{"status": "closed"}, {"status": "closed"}],
            "accounts": account(
                standing="settled",
                balance="0.00",
                credit="0.00",
                tasks=[],
                payments=[{"amount": "15.00"}, {"amount": "10.00"}],
            ),
        },
    ),
    Story(
        "returned_payment_on_the_account",
        "A check for two visits bounces: both are open again as they were, and somebody talks to the patient.",
        (
            *TWO_HANDED,
            BOTH_PAID,
            pay("2026-03-24 10:00", "20.00", reference="CHK-1"),
            pay("2026-03-31 10:00", "-20.00", reference="CHK-1"),
        ),
        {
            "claims": [
                {
                    "status": "patient_billing",
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", patient="10.00"),
                },
                {
                    "status": "patient_billing",
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", patient="10.00"),
                },
            ],
            "accounts": account(
                balance="20.00",
                claims=[{"number": "LK1001", "notices": 1}, {"number": "LK1021", "notices": 1}],
                tasks=[{"type": "returned_payment", "owner": "biller"}],
            ),
        },
    ),
    Story(
        "payment_plan_is_kept",
        "Three monthly instalments over 46.00: no statement meanwhile, and the claim closes with the last.",
        (
            LONG_HANDED,
            LONG_PAID,
            says("2026-03-24 10:00", "plan", {"count": 3, "first": "2026-04-01", "by": "biller-1"}),
            pay("2026-04-01 10:00", "15.33"),
            pay("2026-05-04 10:00", "15.33"),
            pay("2026-06-01 10:00", "15.34"),
        ),
        {
            "why": "46.00 / 3 = 15.33, and 15.34 at last. May 4 is three days late, within ten days of grace.",
            "steps": [{"event": "plan", "to": "plan"}, {"at": "2026-06-01", "event": "account_pay", "to": "settled"}],
            "claims": [{"status": "closed", "ledger": ledger("200.00", paid="150.00", contractual="50.00")}],
            "accounts": account(
                standing="settled", balance="0.00", plan=None, statements=[{"notice": "first"}], tasks=[]
            ),
        },
    ),
    Story(
        "payment_plan_is_missed",
        "The second instalment doesn't come: after ten days of grace the plan ends with a task, and statements go on.",
        (
            LONG_HANDED,
            LONG_PAID,
            says("2026-03-24 10:00", "plan", {"count": 3, "first": "2026-04-01", "by": "biller-1"}),
            pay("2026-04-01 10:00", "15.33"),
            passes("2026-05-13 09:00"),
        ),
        {
            "why": "May 1 and ten days: the end of 2026-05-11. The first statement was on 2026-03-21, more than thirty days"
            " ago: the reminder goes next morning at nine, over 46.00 - 15.33 = 30.67.",
            "steps": [
                {"at": "2026-05-11T23:59:59", "event": "account_deadline_passed", "detail": "instalment:2026-05-01"},
                {"at": "2026-05-12T09:00", "event": "statement_laid_out", "to": "reminder"},
            ],
            "accounts": account(
                balance="30.67",
                plan=None,
                statements=[{"amount": "46.00"}, {"amount": "30.67", "notice": "reminder"}],
                tasks=[{"type": "plan_missed", "reason": "15.33 due on 2026-05-01"}],
            ),
        },
    ),
    Story(
        "dispute_of_one_visit",
        "The patient disputes one of two visits: she is asked for the other one only, until the dispute is settled.",
        (
            *TWO_HANDED,
            BOTH_PAID,
            says(
                "2026-03-20 12:00",
                "account_hold",
                {"kind": "dispute", "claim": "LK1021", "reason": "says she was not there", "by": "desk-1"},
            ),
            passes("2026-03-22 09:00"),
            says("2026-04-01 22:00", "account_release", {"kind": "dispute", "reason": "she was", "by": "biller-1"}),
            passes("2026-04-21 09:00"),
        ),
        {
            "why": "10.00 on 2026-03-21; both on the next one, thirty days later.",
            "accounts": account(
                balance="20.00",
                holds=[],
                statements=[{"amount": "10.00", "notice": "first"}, {"amount": "20.00", "notice": "reminder"}],
            ),
        },
    ),
    Story(
        "bankruptcy_stops_everything",
        "A petition in bankruptcy is heard of on the eve of a reminder: no statement, no collections, no plan; a person looks"
        " again after 180 days.",
        (
            LONG_HANDED,
            LONG_PAID,
            says(
                "2026-04-19 10:00", "account_hold", {"kind": "bankruptcy", "reason": "case 26-1044", "by": "biller-1"}
            ),
            says("2026-05-02 10:00", "plan", {"count": 2, "first": "2026-06-01", "by": "biller-1"}),
            passes("2026-10-17 09:00"),
        ),
        {
            "why": "11 USC 362(a)(6). 180 days from 2026-04-19: 11, 31, 30, 31, 31, 30, and 16 of October.",
            "steps": [
                {"event": "account_hold", "to": "held"},
                {"event": "plan", "refused": "bankruptcy"},
                {"at": "2026-10-16T08:00", "event": "account_deadline_passed", "detail": "hold_review:bankruptcy"},
            ],
            "accounts": account(
                standing="held",
                statements=[{"notice": "first"}],
                tasks=[{"type": "review_hold", "owner": "supervisor"}],
            ),
        },
    ),
    Story(
        "assistance_is_asked_for",
        "The patient applies for financial assistance after the final notice: nobody hands anything over while it is looked"
        " at; granted, the balance is written off.",
        (
            LONG_HANDED,
            LONG_PAID,
            says(
                "2026-06-01 10:00", "account_hold", {"kind": "assistance", "reason": "application in", "by": "desk-1"}
            ),
            says("2026-07-25 10:00", "collections", {"hand_over": True, "by": "supervisor-1"}),
            says(
                "2026-07-28 10:00",
                "write_off",
                {"bucket": "patient", "amount": "46.00", "reason": "financial assistance", "by": "supervisor-1"},
            ),
        ),
        {
            "why": "26 CFR 1.501(r)-6(c)(4): nothing extraordinary while a complete application is looked at.",
            "steps": [
                {"event": "account_hold", "to": "held"},
                {"event": "collections", "refused": "held (assistance)"},
            ],
            "claims": [{"status": "closed"}],
            "accounts": account(standing="settled", balance="0.00"),
        },
    ),
    Story(
        "qmb_share_is_never_asked_for",
        "Medicare leaves a coinsurance, and a remark says that the patient is a Qualified Medicare Beneficiary: she is asked"
        " for nothing.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(MEDICARE_VISIT)),
            pays(
                "2026-03-20 06:30",
                "payment.835",
                replace(QMB_SHARE, remarks=("N782",)),
                trace="EFT8004",
                payer=MEDICARE,
            ),
            says("2026-03-24 09:00", "bill_patient", {"reason": "she can pay", "by": "biller-1"}),
        ),
        {
            "why": "96.00 + 60.00 + 24.00 = 180.00; 42 USC 1396a(n)(3).",
            "steps": [{"event": "bill_patient", "refused": "Qualified Medicare Beneficiary"}],
            "claims": [
                {
                    "ledger": ledger("180.00", paid="96.00", contractual="60.00", patient="24.00"),
                    "tasks": [{"type": "review_write_off", "category": "protected"}],
                }
            ],
            "accounts": [],
        },
    ),
    Story(
        "balance_bill_of_an_emergency",
        "A plan leaves 50.00 of coinsurance and, as PR-45, all that it doesn't allow to the patient of an emergency: she is"
        " asked for the coinsurance; for the rest a person decides.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(EMERGENCY)),
            pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(
                    EMERGENCY, "1", "200.00", "HB26803", adjustments=(("PR", "2", "50.00"), ("PR", "45", "150.00"))
                ),
                trace="EFT8005",
            ),
            passes("2026-03-21 10:00"),
        ),
        {
            "why": "400.00 = 200.00 + 50.00 + 150.00; 45 CFR 149.410(b): no more than the cost sharing.",
            "claims": [
                {
                    "status": "patient_billing",
                    "ledger": ledger("400.00", paid="200.00", patient="200.00"),
                    "tasks": [{"type": "review_payment", "category": "patient", "reason": "150.00"}],
                }
            ],
            "accounts": account(balance="50.00", withheld="150.00", statements=[{"amount": "50.00"}]),
        },
    ),
    Story(
        "small_balance_gets_no_statement",
        "A practice sends no statement under 15.00: a copay of 10.00 waits, and after thirty days a biller decides.",
        (HANDED, COPAY_LEFT, passes("2026-04-20 09:00")),
        {
            "why": "Thirty days from 2026-03-20 are over on 2026-04-19.",
            "steps": [{"at": "2026-04-19T09:00", "event": "account_deadline_passed", "detail": "small_balance"}],
            "claims": [{"status": "patient_billing"}],
            "accounts": account(
                standing="small_balance",
                balance="10.00",
                statements=[],
                tasks=[{"type": "small_balance", "reason": "10.00"}],
            ),
        },
        world={"rules": {"statement_minimum_cents": 1500}},
    ),
    Story(
        "newer_remittance_before_the_statement",
        "The payer corrects itself on the day before the statement would go out: the patient is asked for what it says now.",
        (
            HANDED,
            COPAY_LEFT,
            pays(
                "2026-03-20 16:00",
                "correction.835",
                replace(
                    COPAY,
                    status="22",
                    paid="-90.00",
                    charge="-125.00",
                    adjustments=(("CO", "45", "-25.00"), ("PR", "3", "-10.00")),
                ),
                replace(COPAY, paid="93.00", adjustments=(("CO", "45", "25.00"), ("PR", "3", "7.00"))),
                trace="EFT8006",
            ),
            passes("2026-03-21 10:00"),
        ),
        {
            "why": "93.00 + 25.00 + 7.00 = 125.00.",
            "accounts": account(balance="7.00", statements=[{"amount": "7.00", "notice": "first"}]),
        },
    ),
)
