"""What a suspicious biller tries with payers: denials, third plans, answers that are held, shares that mix."""

from __future__ import annotations

from dataclasses import replace

from storybook.book import Story, comes, ledger, passes, says, sent
from storybook.paying import HANDED, pays
from storybook.people import ADA, HARBOR, MEDICAID, MEDICARE, SUMMIT, VISIT
from storybook.statements import account
from storybook.two_payers import FORWARDED, WITH_SUPPLEMENT
from storybook.x12 import Line, Payment, Visit, claims_file

TWO = replace(VISIT, number="LK1501", second=SUMMIT, second_member="SM1501")
SENT = comes("2026-03-03 09:00", "claim.837", claims_file(TWO))
FIRST = pays(
    "2026-03-20 06:30",
    "first.835",
    Payment(TWO, "1", "60.00", "HB1501", adjustments=(("CO", "45", "25.00"), ("PR", "2", "40.00"))),
    trace="EFT1501",
)
"""60.00 paid, 25.00 by contract, 40.00 coinsurance: 125.00."""
SECOND = Payment(TWO, "2", "25.00", "SM1501", adjustments=(("OA", "23", "85.00"), ("PR", "2", "15.00")))
SECOND_REVERSED = Payment(
    TWO, "22", "-25.00", "SM1501", charge="-125.00", adjustments=(("OA", "23", "-85.00"), ("PR", "2", "-15.00"))
)
HELD = Payment(TWO, "2", "25.00", "SM1502", adjustments=(("CO", "45", "100.00"),))
"""With 85.00 paid and written off before that is 210.00 of 125.00."""
WORKING = Visit(
    "LK1502",
    ADA,
    HARBOR,
    (Line("99213", "120.00"),),
    second=MEDICARE,
    second_member="1EG4TE5MK73",
    second_type="12",
)
MIXED = Payment(
    VISIT,
    "1",
    "60.00",
    "HB1503",
    adjustments=(("CO", "45", "25.00"), ("PR", "1", "20.00"), ("PR", "96", "20.00")),
    remarks=("N425",),
)
LAID_ON_US = Payment(VISIT, "1", "90.00", "HB1504", adjustments=(("CO", "1", "15.00"), ("PR", "1", "20.00")))

STORIES = (
    Story(
        "first_plan_denies_and_the_second_pays",
        "The first plan denies for want of medical necessity; a biller has the second plan billed, which pays.",
        (
            SENT,
            pays(
                "2026-03-20 06:30",
                "denied.835",
                Payment(TWO, "1", "0.00", "HB1501", adjustments=(("CO", "50", "125.00"),)),
                trace="EFT1502",
            ),
            says("2026-03-23 09:00", "choose", {"remedy": "bill_other_payer", "by": "biller-1"}),
            pays(
                "2026-04-10 06:30",
                "second.835",
                Payment(TWO, "2", "80.00", "SM1501", adjustments=(("CO", "45", "45.00"),)),
                trace="EFT1503",
                payer=SUMMIT,
            ),
        ),
        {
            "why": "The first plan paid and wrote off nothing, so all of 125.00 is left: 80.00 paid + 45.00 contractual.",
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="80.00", contractual="45.00"),
                    "submissions": sent("1 denied", "1 paid"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "three_plans_pay_one_after_the_other",
        "A third plan is found while the first one decides; each is billed with what those before it decided.",
        (
            SENT,
            says(
                "2026-03-10 09:00",
                "coverage",
                {
                    "order": "tertiary",
                    "payer_id": "STMCD",
                    "payer_name": "STATE MEDICAID",
                    "member_id": "ST1501",
                    "filing_indicator": "MC",
                    "reason": "she has Medicaid, too",
                    "by": "desk-1",
                },
            ),
            FIRST,
            pays("2026-04-10 06:30", "second.835", SECOND, trace="EFT1504", payer=SUMMIT),
            pays(
                "2026-05-08 06:30",
                "third.835",
                Payment(TWO, "3", "10.00", "ST1501", adjustments=(("OA", "23", "110.00"), ("CO", "45", "5.00"))),
                trace="EFT1505",
                payer=MEDICAID,
            ),
            passes("2026-06-20 09:00"),
        ),
        {
            "why": "60.00 + 25.00 + 10.00 paid, 25.00 + 5.00 contractual: 125.00; nothing for the patient.",
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="95.00", contractual="30.00"),
                    "submissions": sent("1 paid", "1 paid", "1 paid"),
                    "tasks": [],
                }
            ],
            "accounts": [],
        },
    ),
    Story(
        "supplement_pays_what_was_forwarded_and_what_was_billed",
        "The supplement answers Medicare's crossover, and four days later pays the same claim a second time under another"
        " number: the second payment is its own and goes back.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(WITH_SUPPLEMENT)),
            comes("2026-03-20 06:30", "medicare.835", FORWARDED),
            pays(
                "2026-03-31 06:30",
                "crossover.835",
                Payment(WITH_SUPPLEMENT, "2", "24.00", "SM1503", adjustments=(("OA", "23", "156.00"),)),
                trace="EFT1506",
                payer=SUMMIT,
            ),
            pays(
                "2026-04-04 06:30",
                "direct.835",
                Payment(WITH_SUPPLEMENT, "2", "24.00", "SM1504", adjustments=(("OA", "23", "156.00"),)),
                trace="EFT1507",
                payer=SUMMIT,
            ),
            says(
                "2026-04-06 09:00", "refund", {"to": "patient", "amount": "24.00", "reason": "over", "by": "biller-1"}
            ),
            says(
                "2026-04-06 09:05",
                "refund",
                {"to": "payer", "coverage": 1, "amount": "24.00", "reason": "paid twice", "by": "biller-1"},
            ),
            says("2026-04-07 09:00", "refund_sent", {"reference": "CHK-1501", "method": "check", "by": "accounts-1"}),
        ),
        {
            "why": "96.00 + 24.00 + 24.00 paid + 60.00 contractual are 204.00 of 180.00: 24.00 of SUMIT, none of the patient.",
            "steps": [
                {"at": "2026-04-04", "event": "remittance_received", "to": "overpayment_review"},
                {"at": "2026-04-06", "event": "refund", "refused": "only 0.00 are owed to the patient"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("180.00", paid="120.00", contractual="60.00"),
                    "refunds": [{"to": "payer", "payer_id": "SUMIT", "amount": "24.00"}],
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "medicare_second_pays_the_coinsurance",
        "She still works: the group plan pays first, Medicare the coinsurance, with the type that says why it is second.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(WORKING)),
            pays(
                "2026-03-20 06:30",
                "first.835",
                Payment(WORKING, "1", "80.00", "HB1506", adjustments=(("CO", "45", "25.00"), ("PR", "2", "15.00"))),
                trace="EFT1508",
            ),
            pays(
                "2026-04-20 06:30",
                "medicare.835",
                Payment(WORKING, "2", "15.00", "MC1506", adjustments=(("OA", "23", "105.00"),)),
                trace="EFT1509",
                payer=MEDICARE,
            ),
        ),
        {
            "why": "80.00 + 15.00 paid and 25.00 contractual: 120.00.",
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("120.00", paid="95.00", contractual="25.00"),
                    "submissions": sent("1 paid", "1 paid"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "second_plan_takes_its_decision_back_and_pays_more",
        "The second plan reverses after the statement and pays all of the coinsurance: the patient, who was asked for 15.00,"
        " owes nothing any more.",
        (
            SENT,
            FIRST,
            pays("2026-04-10 06:30", "second.835", SECOND, trace="EFT1510", payer=SUMMIT),
            passes("2026-04-12 09:00"),
            pays(
                "2026-04-20 06:30",
                "anew.835",
                SECOND_REVERSED,
                Payment(TWO, "2", "40.00", "SM1505", adjustments=(("OA", "23", "85.00"),)),
                trace="EFT1511",
                payer=SUMMIT,
            ),
            passes("2026-06-20 09:00"),
        ),
        {
            "why": "60.00 + 40.00 paid and 25.00 contractual: 125.00. One statement over 15.00, none after the correction.",
            "claims": [
                {"status": "closed", "ledger": ledger("125.00", paid="100.00", contractual="25.00"), "tasks": []}
            ],
            "accounts": account(
                standing="settled", balance="0.00", withheld="0.00", statements=[{"amount": "15.00", "notice": "first"}]
            ),
        },
    ),
    Story(
        "held_answer_is_no_silence",
        "The second plan repeats the write-off, so its answer is held. Nobody chases it as if nothing had come: a corrected"
        " remittance is due, and in the end a supervisor looks.",
        (
            SENT,
            FIRST,
            pays("2026-04-10 06:30", "held.835", HELD, trace="EFT1512", payer=SUMMIT),
            passes("2026-07-20 09:00"),
        ),
        {
            "why": "25.00 paid + 100.00 written off where 40.00 were left: 125.00 - 85.00 - 125.00 = -85.00.",
            "claims": [
                {
                    "status": "pending_payer",
                    "ledger": ledger("125.00", paid="60.00", contractual="25.00", next_payer="40.00"),
                    "tasks": [
                        {"type": "review_payment", "category": "held secondary", "reason": "-85.00"},
                        {"type": "find_correction", "owner": "supervisor"},
                    ],
                    "deadlines": [],
                }
            ],
            "accounts": [],
        },
    ),
    Story(
        "held_answer_is_corrected",
        "The plan corrects the answer that was held; nothing is left of the hold but its closed task.",
        (
            SENT,
            FIRST,
            pays("2026-04-10 06:30", "held.835", HELD, trace="EFT1512", payer=SUMMIT),
            pays("2026-05-04 06:30", "corrected.835", SECOND, trace="EFT1513", payer=SUMMIT),
            passes("2026-05-06 09:00"),
        ),
        {
            "why": "60.00 + 25.00 paid, 25.00 contractual, 15.00 for the patient: 125.00.",
            "claims": [
                {
                    "status": "patient_billing",
                    "ledger": ledger("125.00", paid="85.00", contractual="25.00", patient="15.00"),
                    "tasks": [],
                }
            ],
            "accounts": account(balance="15.00", statements=[{"amount": "15.00", "on": "2026-05-05T09:00:00-04:00"}]),
        },
    ),
    Story(
        "part_deductible_part_not_covered",
        "A deductible, and a service not covered under PR: nobody asks the patient for anything before a person decided"
        " about the second; then one statement has both.",
        (
            HANDED,
            pays("2026-03-20 06:30", "payment.835", MIXED, trace="EFT1514"),
            passes("2026-04-02 09:00"),
            says("2026-04-02 10:00", "choose", {"remedy": "bill_patient", "reason": "ABN signed", "by": "biller-1"}),
            passes("2026-04-04 10:00"),
        ),
        {
            "why": "125.00 = 60.00 paid + 25.00 contractual + 20.00 deductible + 20.00 not covered.",
            "steps": [{"at": "2026-03-20", "event": "remittance_received", "to": "partially_denied"}],
            "claims": [{"ledger": ledger("125.00", paid="60.00", contractual="25.00", patient="40.00"), "tasks": []}],
            "accounts": account(balance="40.00", statements=[{"amount": "40.00", "on": "2026-04-03T09:00:00-04:00"}]),
        },
    ),
    Story(
        "deductible_that_the_plan_lays_on_the_practice",
        "Part of the deductible comes under CO, which makes it the practice's: the patient is never asked for it.",
        (
            HANDED,
            pays("2026-03-20 06:30", "payment.835", LAID_ON_US, trace="EFT1515"),
            says("2026-03-24 09:00", "write_off", {"reason": "CO-1, ours by contract", "by": "biller-1"}),
            passes("2026-03-27 09:00"),
        ),
        {
            "why": "125.00 = 90.00 paid + 15.00 (CO-1) written off + 20.00 deductible (PR-1).",
            "claims": [{"ledger": ledger("125.00", paid="90.00", written_off="15.00", patient="20.00"), "tasks": []}],
            "accounts": account(balance="20.00", statements=[{"amount": "20.00", "notice": "first"}]),
        },
    ),
    Story(
        "interest_that_is_the_patients",
        "CARC 85 comes under PR alone: interest that the patient owes. It is no denial.",
        (
            HANDED,
            pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(VISIT, "1", "90.00", "HB1507", adjustments=(("CO", "45", "25.00"), ("PR", "85", "10.00"))),
                trace="EFT1516",
            ),
        ),
        {
            "why": "90.00 + 25.00 contractual + 10.00 interest: 125.00.",
            "steps": [{"event": "remittance_received", "to": "paid"}],
            "claims": [
                {
                    "status": "paid",
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", patient="10.00"),
                    "tasks": [],
                }
            ],
        },
    ),
)
