"""Whoever owes next: second payers billed with what the first decided, answers that can't be, and payers that change."""

from __future__ import annotations

from dataclasses import replace

from storybook.book import Story, comes, ledger, passes, says, sent
from storybook.paying import COPAY, pays
from storybook.people import ELMER, HARBOR, MEDICAID, MEDICARE, SUMMIT, VISIT
from storybook.two_payers import DUAL, MEDICARE_PAYS, TWO_PLANS
from storybook.x12 import (
    Line,
    Payer,
    Payment,
    Remittance,
    Visit,
    acknowledgement_277ca,
    claims_file,
    remittance,
)

WORK = Payer("BADGER WORKERS FUND", "BADGR", "WC")
DEDUCTIBLE = replace(TWO_PLANS, number="LK1051")
RETIRED = Visit("LK1052", ELMER, HARBOR, (Line("99214", "120.00"),), second=MEDICARE, second_member="1EG4TE5MK73")
WRONG = replace(VISIT, number="LK1053")
INJURED = replace(VISIT, number="LK1054")
FOUND_LATER = replace(VISIT, number="LK1055")
FORWARDED_AWAY = replace(VISIT, number="LK1056", payer=MEDICARE, patient=ELMER)
FIRST_PAYS = pays("2026-03-20 06:30", "first.835", replace(COPAY, visit=TWO_PLANS), trace="EFT5001")


def _second_plan(visit: Visit, payer: Payer) -> Visit:
    return replace(visit, payer=payer)


STORIES = (
    Story(
        "second_plan_answers_its_own_claim",
        "The second plan is billed with what the first one paid; it acknowledges its own submission, and pays the rest.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(TWO_PLANS)),
            FIRST_PAYS,
            comes(
                "2026-03-23 07:00",
                "second_accepts.277ca",
                acknowledgement_277ca(
                    "PR", _second_plan(TWO_PLANS, SUMMIT), "A2:20:PR", on="2026-03-23", payer_number="SM26051"
                ),
            ),
            pays(
                "2026-04-03 06:30",
                "second.835",
                Payment(TWO_PLANS, "2", "10.00", "SM26051", adjustments=(("OA", "23", "115.00"),)),
                trace="EFT5002",
                payer=SUMMIT,
            ),
        ),
        {
            "why": "90.00 + 10.00 paid, 25.00 contractual once: 125.00. OA-23 115.00 = 90.00 + 25.00 is information.",
            "steps": [
                {"event": "remittance_received", "to": "scrubbing"},
                {"event": "claim_transmitted", "to": "secondary_submitted"},
                {"event": "claim_acknowledged", "from": "secondary_submitted", "to": "payer_accepted"},
                {"event": "remittance_received", "from": "payer_accepted", "to": "closed"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="100.00", contractual="25.00"),
                    "submissions": sent("1 paid", "1 paid"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "deductible_goes_to_the_second_plan",
        "The first plan pays nothing, all of it the deductible; the second plan covers deductibles and is billed.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(DEDUCTIBLE)),
            pays(
                "2026-03-20 06:30",
                "first.835",
                Payment(DEDUCTIBLE, "1", "0.00", "HB26801", adjustments=(("CO", "45", "25.00"), ("PR", "1", "100.00"))),
                trace="EFT5003",
            ),
        ),
        {
            "why": "125.00 = 25.00 contractual + 100.00 deductible; a payment of nothing is no denial.",
            "claims": [
                {
                    "status": "secondary_submitted",
                    "ledger": ledger("125.00", contractual="25.00", next_payer="100.00"),
                    "submissions": sent("1 paid", "1 transmitted"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "second_plan_is_not_billed_in_time",
        "A hold keeps the second plan's claim back; its limit counts from the first plan's decision and goes on.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(TWO_PLANS)),
            says(
                "2026-03-04 09:00", "hold", {"kind": "eligibility", "reason": "second card is unread", "by": "desk-1"}
            ),
            FIRST_PAYS,
            passes("2026-06-19 09:00"),
        ),
        {
            "why": "90 calendar days from Friday 2026-03-20 are over with Thursday 2026-06-18.",
            "steps": [
                {"event": "remittance_received", "to": "secondary_ready"},
                {"at": "2026-06-03T08:00", "event": "deadline_passed", "detail": "filing:warn-15"},
                {"at": "2026-06-18T23:59", "event": "deadline_passed", "detail": "filing:limit"},
            ],
            "claims": [
                {
                    "status": "secondary_ready",
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", next_payer="10.00"),
                    "submissions": sent("1 paid"),
                    "tasks": [
                        {"type": "review_hold"},
                        {"type": "filing_limit", "owner": "biller"},
                        {"type": "filing_limit", "owner": "supervisor", "reason": "has passed"},
                    ],
                }
            ],
        },
    ),
    Story(
        "medicare_second_needs_its_reason",
        "Medicare pays second, and the claim does not say why (SBR05): the edits stop it, a biller says why, it goes out.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(RETIRED)),
            pays(
                "2026-03-20 06:30",
                "first.835",
                Payment(RETIRED, "1", "80.00", "HB26802", adjustments=(("CO", "45", "25.00"), ("PR", "2", "15.00"))),
                trace="EFT5004",
            ),
            says(
                "2026-03-23 09:00",
                "coverage",
                {"payer_id": "MCPTB", "insurance_type": "12", "reason": "his wife still works", "by": "biller-1"},
            ),
        ),
        {
            "why": "120.00 = 80.00 + 25.00 contractual + 15.00 coinsurance, which Medicare is asked for.",
            "steps": [
                {"event": "claim_scrubbed", "to": "needs_correction"},
                {"event": "coverage", "from": "needs_correction", "to": "scrubbing"},
                {"event": "claim_transmitted", "to": "secondary_submitted"},
            ],
            "claims": [
                {
                    "status": "secondary_submitted",
                    "ledger": ledger("120.00", paid="80.00", contractual="25.00", next_payer="15.00"),
                    "submissions": sent("1 paid", "1 transmitted"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "second_payers_write_off_is_held",
        "Medicaid repeats Medicare's write-off, which would leave -425.00: nothing of it is posted, a biller asks for a"
        " corrected answer.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(DUAL)),
            MEDICARE_PAYS,
            pays(
                "2026-04-01 06:30",
                "medicaid.835",
                Payment(DUAL, "2", "65.00", "SM26041", adjustments=(("CO", "45", "435.00"),)),
                trace="EFT4041",
                payer=MEDICAID,
            ),
        ),
        {
            "why": "300.00 + 125.00 + 65.00 + 435.00 = 925.00 of 500.00: 425.00 too much. Medicaid still owes 75.00.",
            "claims": [
                {
                    "status": "awaiting_crossover",
                    "ledger": ledger("500.00", paid="300.00", contractual="125.00", next_payer="75.00"),
                    "tasks": [{"type": "review_payment", "category": "held secondary", "reason": "-425.00"}],
                }
            ],
        },
    ),
    Story(
        "corrected_answer_without_a_reversal",
        "Medicaid's corrected answer comes without a reversal of the one that is held: it counts alone, and the task closes.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(DUAL)),
            MEDICARE_PAYS,
            pays(
                "2026-04-01 06:30",
                "medicaid.835",
                Payment(DUAL, "2", "65.00", "SM26041", adjustments=(("CO", "45", "435.00"),)),
                trace="EFT4041",
                payer=MEDICAID,
            ),
            pays(
                "2026-04-15 06:30",
                "medicaid_corrected.835",
                Payment(DUAL, "2", "65.00", "SM26041A", adjustments=(("OA", "23", "425.00"), ("CO", "45", "10.00"))),
                trace="EFT4042",
                payer=MEDICAID,
            ),
        ),
        {
            "why": "300.00 + 65.00 paid, 125.00 + 10.00 contractual: 500.00. Balance 0, patient 0.",
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("500.00", paid="365.00", contractual="135.00"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "wrong_payer_is_left_for_the_right_one",
        "The payer says that another one covers her (CO-109): the right one is billed, as an original inside its own limit.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(WRONG)),
            pays(
                "2026-03-20 06:30",
                "denial.835",
                Payment(WRONG, "1", "0.00", "HB26803", adjustments=(("CO", "109", "125.00"),)),
                trace="EFT5005",
            ),
            says(
                "2026-03-23 09:00",
                "coverage",
                {
                    "order": "primary",
                    "payer_id": "SUMIT",
                    "payer_name": "SUMMIT SUPPLEMENT",
                    "member_id": "SM778801",
                    "filing_indicator": "CI",
                    "remove": "HARBR",
                    "reason": "new card since January",
                    "by": "desk-1",
                },
            ),
        ),
        {
            "why": "90 calendar days from the service of Monday 2026-03-02: Sunday 2026-05-31.",
            "steps": [
                {"event": "remittance_received", "to": "denied"},
                {"event": "coverage", "from": "denied", "to": "scrubbing"},
                {"event": "claim_transmitted", "to": "submitted"},
            ],
            "claims": [
                {
                    "stage": "submitted",
                    "status": "submitted",
                    "ledger": ledger("125.00", open="125.00"),
                    "submissions": sent("1 denied", "1 transmitted"),
                    "deadlines": [{"kind": "filing", "due": "2026-05-31T23:59"}],
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "work_injury_goes_to_the_workers_fund",
        "Denied as a work injury (CO-19): the workers' compensation fund is first and is billed; the plan stays second.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(INJURED)),
            pays(
                "2026-03-20 06:30",
                "denial.835",
                Payment(INJURED, "1", "0.00", "HB26804", adjustments=(("CO", "19", "125.00"),)),
                trace="EFT5006",
            ),
            says(
                "2026-03-23 09:00",
                "coverage",
                {
                    "payer_id": WORK.id,
                    "payer_name": WORK.name,
                    "member_id": "WC4711",
                    "filing_indicator": WORK.indicator,
                    "reason": "hurt at work on 2 March",
                    "by": "desk-1",
                },
            ),
        ),
        {
            "why": "Nobody told the order: an injury's own insurance comes first (42 CFR 411.40), so the plan moves down.",
            "steps": [{"event": "coverage", "from": "denied", "to": "scrubbing"}],
            "claims": [{"status": "submitted", "submissions": sent("1 denied", "1 transmitted"), "tasks": []}],
        },
    ),
    Story(
        "second_plan_is_found_after_the_payment",
        "The patient owes a copay; then she shows a second card: it is billed, and what was posted stays posted.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(FOUND_LATER)),
            pays("2026-03-20 06:30", "first.835", replace(COPAY, visit=FOUND_LATER), trace="EFT5007"),
            says(
                "2026-03-25 09:00",
                "coverage",
                {
                    "order": "secondary",
                    "payer_id": "SUMIT",
                    "payer_name": "SUMMIT SUPPLEMENT",
                    "member_id": "SM778802",
                    "filing_indicator": "CI",
                    "reason": "second card",
                    "by": "desk-1",
                },
            ),
        ),
        {
            "steps": [
                {"event": "coverage", "to": "scrubbing"},
                {"event": "claim_transmitted", "to": "secondary_submitted"},
            ],
            "claims": [
                {
                    "status": "secondary_submitted",
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", next_payer="10.00"),
                    "submissions": sent("1 paid", "1 transmitted"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "forwarded_to_a_plan_that_nobody_knew",
        "Medicare forwards the claim to a plan that isn't on it: the front desk is asked, and adds it; nobody is billed twice.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(FORWARDED_AWAY)),
            comes(
                "2026-03-20 06:30",
                "medicare.835",
                remittance(
                    Remittance(
                        MEDICARE,
                        "EFT5008",
                        "2026-03-20",
                        (
                            Payment(
                                FORWARDED_AWAY,
                                "19",
                                "80.00",
                                "MC26056",
                                adjustments=(("CO", "45", "25.00"), ("PR", "2", "20.00")),
                                remarks=("N89",),
                                forwarded_to="BLUE RIVER MUTUAL",
                            ),
                        ),
                    )
                ),
            ),
            says(
                "2026-03-24 09:00",
                "coverage",
                {
                    "order": "secondary",
                    "payer_id": "BLUER",
                    "payer_name": "BLUE RIVER MUTUAL",
                    "member_id": "BR4711",
                    "reason": "the patient's second card",
                    "by": "desk-1",
                },
            ),
        ),
        {
            "why": "125.00 = 80.00 + 25.00 contractual + 20.00, the other plan's; the wait keeps its date: fifteen business days"
            " from Friday 2026-03-20 are over on Friday 2026-04-10.",
            "steps": [
                {"event": "remittance_received", "to": "awaiting_crossover", "effects": []},
                {"event": "coverage", "from": "awaiting_crossover", "to": "awaiting_crossover"},
            ],
            "claims": [
                {
                    "status": "awaiting_crossover",
                    "ledger": ledger("125.00", paid="80.00", contractual="25.00", next_payer="20.00"),
                    "submissions": sent("1 paid"),
                    "tasks": [],
                    "deadlines": [{"kind": "crossover", "due": "2026-04-10T08:00"}],
                    "only_deadlines": ["crossover"],
                }
            ],
        },
    ),
)
