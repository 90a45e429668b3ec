"""More turns that a claim's life takes: odd payers, split claims, hospitals, protected patients, credits paid back."""

from __future__ import annotations

from dataclasses import replace

from storybook.book import Story, comes, ledger, passes, says, sent
from storybook.paying import COPAY, pays
from storybook.people import ADA, CLARA, HARBOR, LONG_VISIT, MEDICAID, MEDICARE_VISIT, VISIT
from storybook.x12 import (
    Line,
    Payer,
    Payment,
    Takeback,
    Visit,
    acknowledgement_277ca,
    claims_file,
    eligibility_answer,
    hospital_file,
)

HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(VISIT))
ACCEPTED = comes(
    "2026-03-05 07:00",
    "payer_accepts.277ca",
    acknowledgement_277ca("PR", VISIT, "A2:20:PR", on="2026-03-05", payer_number="HB26701"),
)
AETNA = Payer("AETNA", "60054", "CI")
HOSPITAL_VISIT = Visit("LK3001", CLARA, HARBOR, (Line("99284", "800.00"), Line("71046", "200.00")), diagnoses=("R079",))
MEDICAID_VISIT = Visit("LK1012", replace(CLARA, member="STM112233"), MEDICAID, (Line("99213", "125.00"),))
SPLIT_ONE = Payment(LONG_VISIT, "1", "150.00", "HB26702A", adjustments=(("CO", "45", "30.00"),), charge="180.00")
SPLIT_TWO = Payment(LONG_VISIT, "1", "15.00", "HB26702B", adjustments=(("CO", "45", "5.00"),), charge="20.00")


STORIES = (
    Story(
        "acknowledgement_overtakes_the_answer",
        "The payer's acceptance is here before the clearinghouse's answer to our own sending: what is waited for has dates.",
        (
            HANDED,
            comes("2026-03-03 09:30", "active.271", eligibility_answer(ADA, HARBOR, on="2026-03-03")),
            ACCEPTED,
        ),
        {
            "claims": [
                {
                    "status": "payer_accepted",
                    "submissions": sent("1 accepted"),
                    "deadlines": [{"kind": "inquiry"}, {"kind": "follow_up"}, {"kind": "missing_remittance"}],
                }
            ],
        },
        agreeable=False,
    ),
    Story(
        "provider_rejected_with_all_claims_below",
        "The payer doesn't know the practice and says so once, at the provider's level: every claim below is rejected.",
        (
            HANDED,
            comes(
                "2026-03-05 07:00",
                "rejected.277ca",
                acknowledgement_277ca("PR", VISIT, "", on="2026-03-05", provider="A3:24:85"),
            ),
        ),
        {
            "claims": [
                {
                    "status": "payer_rejected",
                    "submissions": sent("1 rejected"),
                    "tasks": [{"type": "resolve_rejection", "owner": "biller", "reason": "A3:24"}],
                }
            ],
        },
    ),
    Story(
        "payer_splits_the_claim",
        "The payer splits the claim (A5) and pays the parts in two remittances, each with a number of its own: both count.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(LONG_VISIT)),
            comes(
                "2026-03-05 07:00", "split.277ca", acknowledgement_277ca("PR", LONG_VISIT, "A5:20:PR", on="2026-03-05")
            ),
            pays("2026-03-20 06:30", "first.835", SPLIT_ONE, trace="EFT7001"),
            pays("2026-03-24 06:30", "second.835", SPLIT_TWO, trace="EFT7002"),
        ),
        {
            "why": "180.00 + 20.00 charged; 150.00 + 15.00 paid; 30.00 + 5.00 contractual.",
            "steps": [{"to": "split"}],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("200.00", paid="165.00", contractual="35.00"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "hospital_claim_paid",
        "An outpatient hospital claim (837I) is paid with a contractual write-off and closed.",
        (
            comes("2026-03-03 09:00", "claim.837", hospital_file(HOSPITAL_VISIT, ("0450", "0324"))),
            pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(HOSPITAL_VISIT, "1", "620.00", "HB26703", adjustments=(("CO", "45", "380.00"),)),
                trace="EFT7003",
            ),
        ),
        {
            "why": "800.00 + 200.00 charged = 620.00 paid + 380.00 contractual.",
            "claims": [
                {
                    "patient_control_number": "LK3001",
                    "status": "closed",
                    "ledger": ledger("1000.00", paid="620.00", contractual="380.00"),
                    "submissions": sent("1 paid"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "medicaid_patient_is_never_billed",
        "Medicaid leaves a copay; its rules forbid billing the patient: no statement, a biller decides.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(MEDICAID_VISIT)),
            pays(
                "2026-03-20 06:30",
                "payment.835",
                replace(COPAY, visit=MEDICAID_VISIT, payer_number="ST26701"),
                trace="EFT7004",
                payer=MEDICAID,
            ),
        ),
        {
            "why": "42 CFR 447.15: what Medicaid pays is payment in full.",
            "steps": [{"event": "remittance_received", "to": "paid", "effects": []}],
            "claims": [
                {"status": "paid", "tasks": [{"type": "review_write_off", "owner": "biller", "category": "protected"}]}
            ],
        },
    ),
    Story(
        "hold_stops_the_statement",
        "A dispute holds the claim: no statement goes out until it is released.",
        (
            HANDED,
            says("2026-03-19 09:00", "hold", {"kind": "dispute", "reason": "patient disputes", "by": "desk-1"}),
            pays("2026-03-20 06:30", "payment.835", COPAY, trace="EFT7005"),
            says("2026-03-25 09:00", "release", {"kind": "dispute", "by": "desk-1"}),
        ),
        {
            "steps": [
                {"event": "remittance_received", "to": "paid", "effects": []},
                {"event": "release", "effects": ["report_patient_balance"]},
            ],
            "claims": [
                {
                    "status": "paid",
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", patient="10.00"),
                    "tasks": [],
                    "deadlines": [{"kind": "statement"}],
                }
            ],
        },
    ),
    Story(
        "credit_is_paid_back",
        "The patient paid 54.00 too much; the refund is recorded and the claim closes.",
        (
            HANDED,
            says("2026-03-03 10:00", "pay", {"amount": "64.00", "method": "card", "by": "desk-1"}),
            pays("2026-03-20 06:30", "payment.835", COPAY, trace="EFT7006"),
            says(
                "2026-03-24 09:00", "pay", {"amount": "-54.00", "method": "card", "reference": "refund", "by": "desk-1"}
            ),
        ),
        {
            "why": "90.00 + 64.00 + 25.00 are 54.00 more than 125.00.",
            "steps": [
                {"event": "remittance_received", "to": "overpayment_review"},
                {"event": "pay", "from": "overpayment_review", "to": "closed"},
            ],
            "claims": [
                {"status": "closed", "ledger": ledger("125.00", paid="100.00", contractual="25.00"), "tasks": []}
            ],
        },
    ),
    Story(
        "reversal_without_adjustments",
        "The reversal carries no adjustments at all: it still takes back what was posted.",
        (
            HANDED,
            pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(VISIT, "1", "100.00", "HB26701", adjustments=(("CO", "45", "25.00"),)),
                trace="EFT7007",
            ),
            pays(
                "2026-04-10 06:30",
                "reversal.835",
                Payment(VISIT, "22", "-100.00", "HB26701", charge="-125.00"),
                trace="EFT7008",
                plb=(Takeback("FB", "HB26701", "-100.00"),),
            ),
        ),
        {
            "why": "100.00 - 100.00; with the payment its write-off of 25.00 goes too.",
            "claims": [{"status": "reopened", "ledger": ledger("125.00", open="125.00")}],
            "held": [],
        },
    ),
    Story(
        "payer_says_the_claim_is_not_its_own",
        "Status 23: not our claim, forwarded. Nothing is posted; a biller confirms the right payer.",
        (
            HANDED,
            pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(VISIT, "23", "0.00", "HB26701", adjustments=(("OA", "109", "125.00"),)),
                trace="EFT7009",
            ),
        ),
        {
            "claims": [
                {
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [{"type": "chase_acknowledgement"}, {"type": "review_coverage", "owner": "biller"}],
                }
            ],
        },
    ),
    Story(
        "denial_asks_for_records",
        "CO-252 with N706: the payer wants records. A person chooses to send them, with the payer's forty-five days.",
        (
            HANDED,
            ACCEPTED,
            pays(
                "2026-03-20 06:30",
                "denial.835",
                Payment(VISIT, "1", "0.00", "HB26701", adjustments=(("CO", "252", "125.00"),), remarks=("N706",)),
                trace="EFT7011",
            ),
            says("2026-03-20 09:00", "choose", {"remedy": "send_documents", "by": "biller-1"}),
        ),
        {
            "why": "45 days from the notice of 2026-03-20: 11 left in March, 30 in April, 4 in May.",
            "claims": [
                {
                    "status": "denied",
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [{"type": "send_documents", "owner": "biller"}],
                    "deadlines": [
                        {"kind": "documents", "due": "2026-05-04T23:59:59"},
                        {"kind": "appeal", "due": "2026-09-16"},
                    ],
                }
            ],
        },
    ),
    Story(
        "denied_because_another_payer_is_first",
        "CO-22: another payer is primary. Coverage work for the front desk; no appeal is made of it by itself.",
        (
            HANDED,
            ACCEPTED,
            pays(
                "2026-03-20 06:30",
                "denial.835",
                Payment(VISIT, "1", "0.00", "HB26701", adjustments=(("CO", "22", "125.00"),)),
                trace="EFT7012",
            ),
        ),
        {
            "claims": [
                {
                    "status": "denied",
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [{"type": "work_denial", "owner": "front_desk", "reason": "bill_other_payer"}],
                }
            ],
        },
    ),
    Story(
        "task_is_taken_pended_and_escalated",
        "A biller takes the rejection, puts it off for three business days, then hands it to the supervisor.",
        (
            HANDED,
            comes(
                "2026-03-05 07:00", "rejected.277ca", acknowledgement_277ca("PR", VISIT, "A7:164:IL", on="2026-03-05")
            ),
            says("2026-03-05 09:00", "task", {"task": "resolve_rejection", "action": "take", "by": "biller-1"}),
            says("2026-03-05 09:10", "task", {"task": "resolve_rejection", "action": "pend", "by": "biller-1"}),
            says(
                "2026-03-06 09:00",
                "task",
                {"task": "resolve_rejection", "action": "escalate", "reason": "member unknown", "by": "biller-1"},
            ),
            says("2026-03-06 09:10", "task", {"task": "task-99", "action": "take", "by": "biller-1"}),
        ),
        {
            "claims": [
                {
                    "status": "payer_rejected",
                    "tasks": [{"type": "resolve_rejection", "owner": "supervisor", "reason": "member unknown"}],
                    "refused": [{"message": "task_worked", "reason": "no task task-99 is open"}],
                }
            ],
        },
    ),
    Story(
        "correction_of_an_older_version",
        "Two people correct the same claim; the second one saw an older version and is told so.",
        (
            HANDED,
            comes(
                "2026-03-05 07:00", "rejected.277ca", acknowledgement_277ca("PR", VISIT, "A7:164:IL", on="2026-03-05")
            ),
            says(
                "2026-03-06 09:00",
                "correct",
                {"member_id": "HB100200301", "base_version": 1, "reason": "card", "by": "biller-1"},
            ),
            comes("2026-03-09 07:00", "again.277ca", acknowledgement_277ca("PR", VISIT, "A7:164:IL", on="2026-03-09")),
            says(
                "2026-03-09 09:00",
                "correct",
                {"member_id": "HB100200302", "base_version": 1, "reason": "guess", "by": "biller-2"},
            ),
            says("2026-03-09 09:05", "correct", {"membr_id": "HB100200302", "reason": "typing", "by": "biller-2"}),
        ),
        {
            "claims": [
                {
                    "status": "payer_rejected",
                    "submissions": sent("1 rejected", "1 rejected"),
                    "refused": [
                        {"message": "claim_corrected", "reason": "the claim changed meanwhile"},
                        {"message": "correct", "reason": "membr_id"},
                    ],
                }
            ],
        },
    ),
    Story(
        "plan_with_a_rule_of_its_own",
        "A plan whose rules we know by its payer id has its own filing limit.",
        (comes("2026-03-03 09:00", "claim.837", claims_file(replace(VISIT, payer=AETNA))),),
        {
            "why": "120 days from the service of 2026-03-02: 29 left in March, 30, 31 (90 by 05-31), 30 in June: 2026-06-30.",
            "claims": [
                {
                    "deadlines": [{"kind": "filing", "subject": "limit", "due": "2026-06-30T23:59:59"}],
                }
            ],
        },
    ),
    Story(
        "late_takeback_after_a_year",
        "A year after closing the claim is stored away; a takeback in the second year still reopens it.",
        (
            HANDED,
            pays("2026-03-20 06:30", "payment.835", Payment(VISIT, "1", "125.00", "HB26701"), trace="EFT7013"),
            passes("2027-03-23 09:00"),
            pays(
                "2027-06-01 06:30",
                "takeback.835",
                Payment(Visit("LK9", CLARA, HARBOR, (Line("99213", "50.00"),)), "1", "50.00", "HB99999"),
                trace="EFT7014",
                plb=(Takeback("WO", "HB26701", "25.00"),),
            ),
        ),
        {
            "why": "365 days from 2026-03-20 are Saturday 2027-03-20: the claim is stored on Monday 2027-03-22."
            " 125.00 - 25.00 = 100.00.",
            "steps": [
                {
                    "at": "2027-03-22T08:00",
                    "event": "deadline_passed",
                    "detail": "linger",
                    "effects": ["archive_claim"],
                },
                {"event": "takeback_received", "from": "closed", "to": "reopened"},
            ],
            "claims": [{"status": "reopened", "ledger": ledger("125.00", paid="100.00", open="25.00")}],
            "unmatched": [{"set": "835", "reference": "LK9", "amount": "50.00"}],
        },
    ),
    Story(
        "medicare_claim_overpaid_by_the_patient_has_sixty_days",
        "Medicare pays in full though the patient has paid: the credit has the law's sixty days.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(MEDICARE_VISIT)),
            says("2026-03-03 10:00", "pay", {"amount": "36.00", "method": "card", "by": "desk-1"}),
            pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(MEDICARE_VISIT, "1", "180.00", "MC26701"),
                trace="EFT7017",
                payer=MEDICARE_VISIT.payer,
            ),
        ),
        {
            "why": "42 CFR 401.305: sixty days from 2026-03-20: 11 left in March, 30 in April, 19 in May.",
            "claims": [
                {
                    "status": "overpayment_review",
                    "ledger": ledger("180.00", paid="216.00", open="-36.00"),
                    "deadlines": [{"kind": "overpayment", "due": "2026-05-19T23:59:59", "source": "401.305"}],
                }
            ],
        },
    ),
)
