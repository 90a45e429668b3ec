"""What a suspicious biller tries with money and patients: credits, missed plans, bankruptcy, death, refunds, write-offs."""

from __future__ import annotations

from dataclasses import replace

from storybook.book import Story, ledger, passes, says
from storybook.paying import COPAY, HANDED, pays
from storybook.people import ADA, HARBOR, VISIT
from storybook.statements import BOTH_PAID, LONG_HANDED, LONG_PAID, SECOND_COPAY, TWO_HANDED, account, pay
from storybook.x12 import Line, Payment, Takeback, Visit

FULL = Payment(VISIT, "1", "100.00", "HB1505", adjustments=(("CO", "45", "25.00"),))

STORIES = (
    Story(
        "credit_pays_the_next_visit",
        "15.00 come for a copay of 10.00; the next visit's copay is paid by the credit before anybody asks, and what is left is"
        " asked for.",
        (
            *TWO_HANDED,
            pays("2026-03-20 06:30", "payment.835", COPAY, trace="EFT1517"),
            pay("2026-03-24 10:00", "15.00", reference="R-15"),
            pays("2026-03-30 06:30", "second.835", SECOND_COPAY, trace="EFT1518"),
            passes("2026-04-22 09:00"),
        ),
        {
            "why": "15.00 - 10.00 = 5.00 credit; 10.00 - 5.00 = 5.00 are left on the second visit.",
            "claims": [
                {"status": "closed"},
                {"ledger": ledger("125.00", paid="95.00", contractual="25.00", patient="5.00")},
            ],
            "accounts": account(balance="5.00", credit="0.00", payments=[{"amount": "15.00", "credit": "0.00"}]),
        },
    ),
    Story(
        "credit_waits_for_a_second_person",
        "The practice wants a second person for refunds: the account's credit goes back by the same rule as a claim's.",
        (
            *TWO_HANDED,
            BOTH_PAID,
            pay("2026-03-24 10:00", "25.00", reference="R-25"),
            says("2026-04-02 10:00", "return_credit", {"by": "biller-1"}),
            says("2026-04-02 10:05", "approve_credit", {"by": "biller-1"}),
            says("2026-04-02 11:00", "approve_credit", {"by": "owner-1"}),
            says("2026-04-03 10:00", "return_credit", {"reference": "CHK-15", "by": "biller-1"}),
        ),
        {
            "why": "25.00 for two copays of 10.00: 5.00 over.",
            "steps": [{"at": "2026-04-02T10:05", "event": "approve_credit", "refused": "who asked for it"}],
            "claims": [{"status": "closed"}, {"status": "closed"}],
            "accounts": account(credit="0.00", balance="0.00", tasks=[]),
        },
        world={"approvals": ["refund"]},
    ),
    Story(
        "plan_is_missed_agreed_anew_and_missed_again",
        "An instalment comes late within its grace, the next one never: the plan ends. A second plan is agreed, and missed as"
        " well.",
        (
            LONG_HANDED,
            LONG_PAID,
            says("2026-03-24 10:00", "plan", {"count": 2, "first": "2026-04-01", "by": "biller-1"}),
            pay("2026-04-09 10:00", "23.00"),
            passes("2026-05-12 10:00"),
            says("2026-05-18 10:00", "plan", {"count": 1, "first": "2026-06-01", "by": "biller-1"}),
            passes("2026-06-13 10:00"),
        ),
        {
            "why": "46.00 in two of 23.00. April 9 is within ten days of April 1. May 1 and June 1, with ten days each: the ends"
            " of May 11 and June 11.",
            "steps": [
                {"at": "2026-05-11T23:59:59", "event": "account_deadline_passed", "detail": "instalment:2026-05-01"},
                {"at": "2026-06-11T23:59:59", "event": "account_deadline_passed", "detail": "instalment:2026-06-01"},
            ],
            "accounts": account(
                balance="23.00", plan=None, tasks=[{"type": "plan_missed", "reason": "23.00 due on 2026-06-01"}]
            ),
        },
    ),
    Story(
        "bankrupt_during_a_plan",
        "She files for bankruptcy while her plan runs: nothing is missed and nothing is sent until somebody looks again.",
        (
            LONG_HANDED,
            LONG_PAID,
            says("2026-03-24 10:00", "plan", {"count": 2, "first": "2026-04-01", "by": "biller-1"}),
            pay("2026-04-01 10:00", "23.00"),
            says("2026-04-20 10:00", "account_hold", {"kind": "bankruptcy", "reason": "case 26-15", "by": "biller-1"}),
            passes("2026-10-16 10:00"),
        ),
        {
            "why": "180 days from 2026-04-20 are over on 2026-10-17; until then no task is due and no statement follows.",
            "accounts": account(
                standing="held", balance="23.00", tasks=[], statements=[{"amount": "46.00", "notice": "first"}]
            ),
        },
    ),
    Story(
        "death_stops_the_statements",
        "The patient dies after the first statement: no reminder; after ninety days somebody looks (estate, write-off).",
        (
            LONG_HANDED,
            LONG_PAID,
            says("2026-04-10 10:00", "account_hold", {"kind": "death", "reason": "died 2026-04-08", "by": "desk-1"}),
            passes("2026-07-10 10:00"),
            says(
                "2026-07-13 10:00",
                "write_off",
                {"bucket": "patient", "amount": "46.00", "reason": "deceased", "by": "supervisor-1"},
            ),
            passes("2026-07-14 10:00"),
        ),
        {
            "why": "Ninety days from 2026-04-10: 20 in April, 31, 30, and 9 of July.",
            "steps": [{"at": "2026-07-09T08:00", "event": "account_deadline_passed", "detail": "hold_review:death"}],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("200.00", paid="104.00", contractual="50.00", written_off="46.00"),
                }
            ],
            "accounts": account(standing="settled", balance="0.00", statements=[{"notice": "first"}]),
        },
    ),
    Story(
        "refund_that_is_partly_recouped",
        "A plan paid twice. Before our check leaves it takes 40.00 back: the refund of all is withdrawn, one of the rest is"
        " sent.",
        (
            HANDED,
            pays("2026-03-20 06:30", "payment.835", FULL, trace="EFT1519"),
            pays("2026-03-27 06:30", "again.835", replace(FULL, payer_number="HB1508"), trace="EFT1520"),
            says(
                "2026-03-30 09:00", "refund", {"to": "payer", "amount": "100.00", "reason": "twice", "by": "biller-1"}
            ),
            pays(
                "2026-04-03 06:30",
                "recovery.835",
                Payment(Visit("LK1590", ADA, HARBOR, (Line("99215", "333.00"),)), "1", "333.00", "HB1590"),
                trace="EFT1521",
                plb=(Takeback("WO", "LK1001", "40.00"),),
            ),
            says(
                "2026-04-06 09:00", "refund", {"to": "payer", "amount": "100.00", "reason": "twice", "by": "biller-1"}
            ),
            says("2026-04-06 09:05", "refund", {"to": "payer", "amount": "60.00", "reason": "rest", "by": "biller-1"}),
            says("2026-04-07 09:00", "refund_sent", {"reference": "CHK-1502", "method": "check", "by": "accounts-1"}),
        ),
        {
            "why": "100.00 + 100.00 + 25.00 contractual are 100.00 too much; 40.00 taken back leave 60.00.",
            "steps": [{"at": "2026-04-06T09:00", "event": "refund", "refused": "only 60.00 are owed to the payer"}],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="100.00", contractual="25.00"),
                    "refunds": [
                        {"amount": "100.00", "reverted_by": "claimline"},
                        {"amount": "60.00", "reverted_by": ""},
                    ],
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "small_balance_is_given_up_and_then_paid",
        "A copay of 10.00 is written off as too small; then it comes. The write-off is taken back, once.",
        (
            HANDED,
            pays("2026-03-20 06:30", "payment.835", COPAY, trace="EFT1522"),
            says(
                "2026-05-04 09:00",
                "write_off",
                {"bucket": "patient", "amount": "10.00", "reason": "small balance", "by": "biller-1"},
            ),
            says("2026-05-06 09:00", "pay", {"amount": "10.00", "method": "check", "by": "desk-1"}),
            says("2026-05-07 09:00", "revert_write_off", {"reason": "she paid", "by": "biller-1"}),
            says("2026-05-07 09:05", "revert_write_off", {"reason": "she paid", "by": "biller-1"}),
        ),
        {
            "why": "90.00 + 10.00 paid + 25.00 contractual = 125.00; with 10.00 written off it was 10.00 too much.",
            "steps": [
                {"event": "write_off", "to": "closed"},
                {"event": "pay", "to": "overpayment_review"},
                {"at": "2026-05-07T09:00", "event": "revert_write_off", "to": "closed"},
                {"at": "2026-05-07T09:05", "event": "revert_write_off", "refused": "no such write-off"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="100.00", contractual="25.00"),
                    "write_offs": [{"amount": "10.00", "reverted_by": "biller-1"}],
                    "tasks": [],
                }
            ],
        },
    ),
)
