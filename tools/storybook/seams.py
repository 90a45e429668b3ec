"""Where payers, patients and refunds meet: a decision taken back while the patient is asked, and payers that are none any more."""

from __future__ import annotations

from dataclasses import replace

from storybook.book import Story, comes, ledger, passes, says
from storybook.paying import COPAY, HANDED, pays
from storybook.people import CLARA, HARBOR, MEDICAID, SUMMIT, VISIT
from storybook.x12 import Line, Payment, Takeback, Visit, claims_file

SHARED_VISIT = replace(VISIT, number="LK1201", second=SUMMIT, second_member="SM1201", lines=(Line("99214", "200.00"),))
FIRST = Payment(SHARED_VISIT, "1", "100.00", "HB1201", adjustments=(("CO", "45", "50.00"), ("PR", "2", "50.00")))
SECOND = Payment(SHARED_VISIT, "2", "30.00", "SM1201", adjustments=(("OA", "23", "150.00"), ("PR", "3", "20.00")))
FIRST_REVERSED = Payment(
    SHARED_VISIT,
    "22",
    "-100.00",
    "HB1201",
    charge="-200.00",
    adjustments=(("CO", "45", "-50.00"), ("PR", "2", "-50.00")),
)
BOTH_DECIDED = (
    comes("2026-03-03 09:00", "claim.837", claims_file(SHARED_VISIT)),
    pays("2026-03-20 06:30", "first.835", FIRST, trace="EFT1201"),
    pays("2026-04-10 06:30", "second.835", SECOND, trace="EFT1202", payer=SUMMIT),
)
MOVED = {
    "coverages": [
        {
            "order": "primary",
            "payer_id": "SUMIT",
            "payer_name": "SUMMIT SUPPLEMENT",
            "member_id": "SM1202",
            "filing_indicator": "CI",
        }
    ],
    "reason": "the right card, shown at the desk",
    "by": "desk-1",
}
NEW_PLAN_PAYS = Payment(VISIT, "1", "100.00", "SM1202", adjustments=(("CO", "45", "25.00"),))
ON_MEDICAID = replace(VISIT, number="LK1203", payer=MEDICAID)

OTHER = Visit("LK1290", CLARA, HARBOR, (Line("99215", "333.00"),), on="2026-01-05")
"""A visit of nobody here: its payment only makes the check large enough to recover from."""

STORIES = (
    Story(
        "money_taken_back_while_the_patient_is_asked",
        "The plan recovers all it paid, without a reversal, after the first statement: no reminder goes out until"
        " somebody knows why.",
        (
            HANDED,
            pays("2026-03-20 06:30", "payment.835", COPAY, trace="EFT1208"),
            passes("2026-03-22 10:00"),
            pays(
                "2026-04-02 06:30",
                "recovery.835",
                Payment(OTHER, "1", "333.00", "HB1290"),
                trace="EFT1209",
                plb=(Takeback("WO", "LK1001", "90.00"),),
            ),
            passes("2026-05-02 10:00"),
        ),
        {
            "why": "90.00 + 25.00 + a copay of 10.00 = 125.00; 90.00 of it are open again.",
            "claims": [
                {
                    "status": "patient_billing",
                    "ledger": ledger("125.00", contractual="25.00", patient="10.00", open="90.00"),
                    "tasks": [{"type": "review_payment", "reason": "took 90.00 back"}],
                }
            ],
            "accounts": [
                {
                    "standing": "settled",
                    "balance": "0.00",
                    "withheld": "10.00",
                    "statements": [{"amount": "10.00", "on": "2026-03-21T09:00:00-04:00"}],
                }
            ],
        },
    ),
    Story(
        "first_plan_takes_its_decision_back_while_the_patient_is_asked",
        "Both plans decided and the patient had her statement; then the first plan reverses and sends nothing else. No"
        " reminder goes out: what she owes may change.",
        (
            *BOTH_DECIDED,
            passes("2026-04-12 10:00"),
            pays("2026-04-20 06:30", "reversed.835", FIRST_REVERSED, trace="EFT1203"),
            passes("2026-06-20 10:00"),
        ),
        {
            "why": "200.00 = 30.00 of the second plan + 20.00 copay + 150.00 that nobody answers for since the reversal.",
            "claims": [
                {
                    "status": "reopened",
                    "ledger": ledger("200.00", paid="30.00", patient="20.00", open="150.00"),
                    "tasks": [{"type": "find_correction"}],
                }
            ],
            "accounts": [
                {
                    "standing": "settled",
                    "balance": "0.00",
                    "withheld": "20.00",
                    "statements": [{"amount": "20.00", "on": "2026-04-11T09:00:00-04:00"}],
                    "claims": [{"number": "LK1201", "owed": "0.00", "withheld": "20.00"}],
                }
            ],
        },
    ),
    Story(
        "wrong_plans_money_goes_back_to_it",
        "A plan paid, and was the wrong one; the right plan pays too. The wrong plan's money is due to the wrong plan.",
        (
            HANDED,
            pays("2026-03-20 06:30", "wrong.835", COPAY, trace="EFT1204"),
            says("2026-03-20 09:00", "coverage", MOVED),
            pays("2026-04-10 06:30", "right.835", NEW_PLAN_PAYS, trace="EFT1205", payer=SUMMIT),
            says("2026-04-13 09:00", "refund", {"to": "payer", "reason": "not its member any more", "by": "biller-1"}),
            says(
                "2026-04-14 09:00",
                "refund_sent",
                {"reference": "CHK-1201", "method": "check", "sent_on": "2026-04-14", "by": "accounts-1"},
            ),
        ),
        {
            "why": "90.00 of HARBR and 100.00 of SUMIT + 25.00 contractual are 90.00 more than 125.00, all of it HARBR's.",
            "steps": [
                {"event": "remittance_received", "to": "overpayment_review"},
                {"event": "refund", "to": "refund_pending"},
                {"event": "refund_sent", "to": "closed"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="100.00", contractual="25.00"),
                    "refunds": [{"to": "payer", "payer_id": "HARBR", "amount": "90.00"}],
                }
            ],
        },
    ),
    Story(
        "medicaid_was_never_the_patients",
        "Billed to Medicaid by mistake, which denies; the right plan leaves a copay. That Medicaid never bills its patients"
        " protects nobody here: she has her statement.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(ON_MEDICAID)),
            pays(
                "2026-03-20 06:30",
                "medicaid.835",
                Payment(ON_MEDICAID, "4", "0.00", "ST1203", adjustments=(("CO", "109", "125.00"),)),
                trace="EFT1206",
                payer=MEDICAID,
            ),
            says("2026-03-25 09:00", "coverage", MOVED),
            pays("2026-04-10 06:30", "right.835", replace(COPAY, visit=ON_MEDICAID), trace="EFT1207", payer=SUMMIT),
            passes("2026-04-12 10:00"),
        ),
        {
            "why": "90.00 + 25.00 + a copay of 10.00 = 125.00. First statement the day after, Saturday 2026-04-11.",
            "claims": [
                {
                    "status": "patient_billing",
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", patient="10.00"),
                    "tasks": [],
                }
            ],
            "accounts": [{"balance": "10.00", "statements": [{"amount": "10.00", "on": "2026-04-11T09:00:00-04:00"}]}],
        },
    ),
)
