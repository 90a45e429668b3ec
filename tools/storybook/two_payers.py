"""Claims of two payers: forwarded by the first, billed to the second, or left to the patient after all."""

from __future__ import annotations

from dataclasses import replace

from storybook.book import Story, comes, ledger, passes, says, sent
from storybook.paying import COPAY, pays
from storybook.people import ELMER, MEDICAID, MEDICARE, MEDICARE_VISIT, SUMMIT, VISIT
from storybook.x12 import Line, Payment, Remittance, Visit, claims_file, remittance

TWO_PLANS = replace(VISIT, number="LK1011", second=SUMMIT, second_member="SM778800")
WITH_SUPPLEMENT = replace(MEDICARE_VISIT, number="LK1004", second=SUMMIT, second_member="SM778899")
FORWARDED = remittance(
    Remittance(
        MEDICARE,
        "EFT1010",
        "2026-03-20",
        (
            Payment(
                WITH_SUPPLEMENT,
                "19",
                "96.00",
                "MC26010",
                adjustments=(("CO", "45", "60.00"), ("PR", "2", "24.00")),
                remarks=("MA18",),
                forwarded_to="SUMMIT SUPPLEMENT",
            ),
        ),
    )
)

DUAL = Visit(
    "LK1040",
    ELMER,
    MEDICARE,
    (Line("99214", "500.00"),),
    second=MEDICAID,
    second_member="STM445566",
)
MEDICARE_PAYS = comes(
    "2026-03-20 06:30",
    "medicare.835",
    remittance(
        Remittance(
            MEDICARE,
            "EFT4040",
            "2026-03-20",
            (
                Payment(
                    DUAL,
                    "19",
                    "300.00",
                    "MC26040",
                    adjustments=(("CO", "45", "125.00"), ("PR", "1", "75.00")),
                    remarks=("MA18",),
                    forwarded_to="STATE MEDICAID",
                ),
            ),
        )
    ),
)

STORIES = (
    Story(
        "medicare_forwards_to_the_supplement",
        "Medicare pays its part and forwards the claim (status 19): the supplement is waited for, not billed again.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(WITH_SUPPLEMENT)),
            comes("2026-03-20 06:30", "medicare.835", FORWARDED),
        ),
        {
            "why": "180.00 = 96.00 paid + 60.00 contractual + 24.00 coinsurance, which the supplement owes first."
            " Fifteen business days from Friday 2026-03-20: three weeks, Friday 2026-04-10.",
            "claims": [
                {
                    "stage": "adjudicated",
                    "status": "awaiting_crossover",
                    "ledger": ledger("180.00", paid="96.00", contractual="60.00", next_payer="24.00"),
                    "submissions": sent("1 paid"),
                    "tasks": [],
                    "deadlines": [{"kind": "crossover", "due": "2026-04-10T08:00"}],
                    "only_deadlines": ["crossover"],
                }
            ],
        },
    ),
    Story(
        "supplement_pays_the_rest",
        "The supplement to which Medicare forwarded the claim pays the coinsurance; the prior payer's OA-23 is not posted again.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(WITH_SUPPLEMENT)),
            comes("2026-03-20 06:30", "medicare.835", FORWARDED),
            comes(
                "2026-03-31 06:30",
                "supplement.835",
                remittance(
                    Remittance(
                        SUMMIT,
                        "EFT1011",
                        "2026-03-31",
                        (Payment(WITH_SUPPLEMENT, "2", "24.00", "SM26011", adjustments=(("OA", "23", "156.00"),)),),
                    )
                ),
            ),
        ),
        {
            "why": "96.00 + 24.00 paid, 60.00 contractual once: 180.00. OA-23 156.00 = 96.00 + 60.00 is information.",
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("180.00", paid="120.00", contractual="60.00"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "supplement_never_answers",
        "Medicare forwarded the claim, and the supplement stays silent: after fifteen business days it is billed by us.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(WITH_SUPPLEMENT)),
            comes("2026-03-20 06:30", "medicare.835", FORWARDED),
            passes("2026-04-10 12:00"),
        ),
        {
            "why": "Fifteen business days from Friday 2026-03-20 are over on Friday 2026-04-10. The supplement's own limit,"
            " 90 calendar days, counts from Medicare's decision: Thursday 2026-06-18.",
            "steps": [
                {
                    "at": "2026-04-10T08:00",
                    "event": "deadline_passed",
                    "detail": "crossover",
                    "from": "awaiting_crossover",
                    "to": "scrubbing",
                },
                {"event": "claim_transmitted", "to": "secondary_submitted"},
            ],
            "claims": [
                {
                    "stage": "adjudicated",
                    "status": "secondary_submitted",
                    "ledger": ledger("180.00", paid="96.00", contractual="60.00", next_payer="24.00"),
                    "submissions": sent("1 paid", "1 transmitted"),
                    "deadlines": [{"kind": "filing", "due": "2026-06-18T23:59"}],
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "secondary_repeats_the_primarys_write_off",
        "Medicaid first repeats Medicare's write-off, which would leave -425.00: caught. Its corrected answer closes.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(DUAL)),
            MEDICARE_PAYS,
            comes(
                "2026-04-01 06:30",
                "medicaid.835",
                remittance(
                    Remittance(
                        MEDICAID,
                        "EFT4041",
                        "2026-04-01",
                        (Payment(DUAL, "2", "65.00", "SM26041", adjustments=(("CO", "45", "435.00"),)),),
                    )
                ),
            ),
            comes(
                "2026-04-15 06:30",
                "medicaid_corrected.835",
                remittance(
                    Remittance(
                        MEDICAID,
                        "EFT4042",
                        "2026-04-15",
                        (
                            Payment(
                                DUAL,
                                "22",
                                "-65.00",
                                "SM26041",
                                adjustments=(("CO", "45", "-435.00"),),
                                charge="-500.00",
                            ),
                            Payment(
                                DUAL,
                                "2",
                                "65.00",
                                "SM26041A",
                                adjustments=(("OA", "23", "425.00"), ("CO", "45", "10.00")),
                            ),
                        ),
                    )
                ),
            ),
        ),
        {
            "why": "Billed 500.00; Medicare pays 300.00, contractual 125.00, deductible 75.00. Medicaid 65.00 and 10.00"
            " contractual; OA-23 425.00 = 300.00 + 125.00 is information. 300 + 65 + 125 + 10 = 500.",
            "steps": [
                {"event": "remittance_received", "to": "awaiting_crossover"},
                {"event": "remittance_received", "from": "awaiting_crossover", "to": "awaiting_crossover"},
                {"event": "remittance_received", "to": "closed"},
            ],
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
        "first_plan_leaves_a_share_to_the_second",
        "The first plan pays and doesn't forward: its share goes to the second plan by itself, not to the patient.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(TWO_PLANS)),
            pays("2026-03-20 06:30", "payment.835", replace(COPAY, visit=TWO_PLANS), trace="EFT7010"),
        ),
        {
            "why": "125.00 = 90.00 + 25.00 contractual + 10.00, which the second plan owes next; 90 calendar days from the"
            " first one's decision of Friday 2026-03-20: Thursday 2026-06-18.",
            "steps": [
                {"event": "remittance_received", "to": "scrubbing", "effects": ["scrub_claim"]},
                {"event": "claim_transmitted", "to": "secondary_submitted"},
            ],
            "claims": [
                {
                    "stage": "adjudicated",
                    "status": "secondary_submitted",
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", next_payer="10.00"),
                    "submissions": sent("1 paid", "1 transmitted"),
                    "deadlines": [{"kind": "filing", "due": "2026-06-18T23:59"}, {"kind": "follow_up"}],
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "no_second_plan_after_all",
        "The second plan turns out to have ended; the front desk takes it off, and the share is the patient's.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(TWO_PLANS)),
            pays("2026-03-20 06:30", "payment.835", replace(COPAY, visit=TWO_PLANS), trace="EFT7010"),
            says("2026-03-23 09:00", "coverage", {"remove": "SUMIT", "reason": "ended in February", "by": "desk-1"}),
            says("2026-04-02 09:30", "pay", {"amount": "10.00", "method": "card", "by": "desk-1"}),
        ),
        {
            "steps": [
                {"event": "coverage", "from": "secondary_submitted", "effects": ["report_patient_balance"]},
                {"to": "patient_billing"},
                {"to": "closed"},
            ],
            "claims": [
                {"status": "closed", "ledger": ledger("125.00", paid="100.00", contractual="25.00"), "tasks": []}
            ],
        },
    ),
)
