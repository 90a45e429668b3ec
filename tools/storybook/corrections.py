"""Payers that change their mind: reversals with their corrections, takebacks, voids, and a second answer that can't be."""

from __future__ import annotations

from dataclasses import replace

from storybook.book import Story, comes, ledger, passes, says, sent
from storybook.people import HARBOR, LONG_VISIT, VISIT
from storybook.x12 import Payment, Remittance, Takeback, acknowledgement_277ca, claims_file, remittance

HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(VISIT))
BOTH = comes("2026-03-03 09:00", "claims.837", claims_file(VISIT, LONG_VISIT))
FIRST = Payment(VISIT, "1", "100.00", "HB26301", adjustments=(("CO", "45", "25.00"),))
BACK = Payment(VISIT, "22", "-100.00", "HB26301", adjustments=(("CO", "45", "-25.00"),), charge="-125.00")
AGAIN = Payment(VISIT, "1", "80.00", "HB26301A", adjustments=(("CO", "45", "45.00"),))
PAID = comes("2026-03-20 06:30", "payment.835", remittance(Remittance(HARBOR, "EFT4001", "2026-03-20", (FIRST,))))
CORRECTED = ledger("125.00", paid="80.00", contractual="45.00")
PAIR_WHY = (
    "100.00 - 100.00 + 80.00 = 80.00 paid; contractual 25.00 - 25.00 + 45.00 = 45.00; together the charge of 125.00."
)

STORIES = (
    Story(
        "reversal_and_correction_in_one_file",
        "The payer reverses its payment and corrects it in one remittance: only the correction counts.",
        (
            HANDED,
            PAID,
            comes(
                "2026-04-10 06:30",
                "corrected.835",
                remittance(
                    Remittance(HARBOR, "EFT4002", "2026-04-10", (BACK, AGAIN), (Takeback("FB", "HB26301", "-20.00"),))
                ),
            ),
        ),
        {
            "why": PAIR_WHY + " The file's -20.00 is carried forward (PLB FB), so BPR02 is 0.",
            "claims": [{"status": "closed", "ledger": CORRECTED, "submissions": sent("1 paid"), "tasks": []}],
            "unmatched": [],
            "held": [],
        },
    ),
    Story(
        "reversal_first_correction_later",
        "The reversal comes alone; the claim is open again until the correction comes in another file.",
        (
            HANDED,
            PAID,
            comes(
                "2026-04-10 06:30",
                "reversal.835",
                remittance(
                    Remittance(HARBOR, "EFT4003", "2026-04-10", (BACK,), (Takeback("FB", "HB26301", "-100.00"),))
                ),
            ),
            comes(
                "2026-04-14 06:30",
                "correction.835",
                remittance(Remittance(HARBOR, "EFT4004", "2026-04-14", (AGAIN,))),
            ),
        ),
        {
            "why": PAIR_WHY,
            "steps": [
                {"event": "remittance_received", "from": "closed", "to": "reopened"},
                {"event": "remittance_received", "from": "reopened", "to": "closed"},
            ],
            "claims": [{"status": "closed", "ledger": CORRECTED, "tasks": [], "only_deadlines": ["linger"]}],
        },
    ),
    Story(
        "correction_first_reversal_later",
        "The two files arrive in the wrong order. The end is the same to the cent.",
        (
            HANDED,
            PAID,
            comes(
                "2026-04-10 06:30",
                "correction.835",
                remittance(Remittance(HARBOR, "EFT4004", "2026-04-10", (AGAIN,))),
            ),
            comes(
                "2026-04-14 06:30",
                "reversal.835",
                remittance(
                    Remittance(HARBOR, "EFT4003", "2026-04-10", (BACK,), (Takeback("FB", "HB26301", "-100.00"),))
                ),
            ),
        ),
        {
            "why": PAIR_WHY,
            "claims": [{"status": "closed", "ledger": CORRECTED, "tasks": [], "only_deadlines": ["linger"]}],
        },
    ),
    Story(
        "reversal_without_a_correction",
        "The payer takes its payment back and says no more: after five business days somebody asks.",
        (
            HANDED,
            PAID,
            comes(
                "2026-04-10 06:30",
                "reversal.835",
                remittance(
                    Remittance(HARBOR, "EFT4003", "2026-04-10", (BACK,), (Takeback("FB", "HB26301", "-100.00"),))
                ),
            ),
            passes("2026-04-17 09:00"),
        ),
        {
            "why": "Five business days from Friday 2026-04-10: Friday 2026-04-17 at eight.",
            "steps": [{"at": "2026-04-17T08:00", "event": "deadline_passed", "detail": "reversal_correction"}],
            "claims": [
                {
                    "stage": "adjudicated",
                    "status": "reopened",
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [{"type": "find_correction", "owner": "biller"}],
                }
            ],
        },
    ),
    Story(
        "reversal_of_what_was_never_posted",
        "A reversal of a payment that never came here is not posted; it is a question for a biller.",
        (
            HANDED,
            comes(
                "2026-04-10 06:30",
                "reversal.835",
                remittance(
                    Remittance(HARBOR, "EFT4003", "2026-04-10", (BACK,), (Takeback("FB", "HB26301", "-100.00"),))
                ),
            ),
        ),
        {
            "claims": [
                {
                    "status": "no_response",
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [
                        {"type": "chase_acknowledgement"},
                        {"type": "follow_up"},
                        {"type": "review_payment", "owner": "biller", "reason": "never posted"},
                    ],
                }
            ],
        },
    ),
    Story(
        "takeback_reopens_a_closed_claim_once",
        "A later remittance takes 40.00 back (PLB WO) by the payer's number of a closed claim; it arrives twice.",
        (
            BOTH,
            PAID,
            comes(
                "2026-04-10 06:30",
                "takeback.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT4005",
                        "2026-04-10",
                        (Payment(LONG_VISIT, "1", "200.00", "HB26302"),),
                        (Takeback("WO", "HB26301", "40.00"),),
                    )
                ),
            ),
            comes(
                "2026-04-10 18:30",
                "takeback_again.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT4005",
                        "2026-04-10",
                        (Payment(LONG_VISIT, "1", "200.00", "HB26302"),),
                        (Takeback("WO", "HB26301", "40.00"),),
                        interchange=835000778,
                    )
                ),
            ),
        ),
        {
            "why": "200.00 - 40.00 = 160.00 in BPR02. LK1001: 100.00 - 40.00 = 60.00 paid, 25.00 contractual, 40.00 open.",
            "steps": [{"event": "takeback_received", "from": "closed", "to": "reopened"}],
            "claims": [
                {
                    "patient_control_number": "LK1001",
                    "stage": "adjudicated",
                    "status": "reopened",
                    "ledger": ledger("125.00", paid="60.00", contractual="25.00", open="40.00"),
                    "tasks": [{"type": "review_payment", "owner": "biller"}],
                    "refused": [],
                },
                {"patient_control_number": "LK1002", "status": "closed", "ledger": ledger("200.00", paid="200.00")},
            ],
            "unmatched": [],
        },
    ),
    Story(
        "takeback_of_what_the_correction_took_already",
        "The reversal's money moves later: a negative WO puts 20.00 off, a later remittance takes it. The claim stays closed.",
        (
            HANDED,
            PAID,
            comes(
                "2026-04-10 06:30",
                "corrected.835",
                remittance(
                    Remittance(HARBOR, "EFT4011", "2026-04-10", (BACK, AGAIN), (Takeback("WO", "HB26301", "-20.00"),))
                ),
            ),
            comes(
                "2026-04-24 06:30",
                "takeback.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT4012",
                        "2026-04-24",
                        (Payment(LONG_VISIT, "1", "200.00", "HB26302"),),
                        (Takeback("WO", "HB26301", "20.00"),),
                    )
                ),
            ),
        ),
        {
            "why": PAIR_WHY + " BPR02: -20.00 + 20.00 = 0, then 200.00 - 20.00 = 180.00.",
            "claims": [{"status": "closed", "ledger": CORRECTED, "tasks": [], "only_deadlines": ["linger"]}],
            "unmatched": [{"reference": "LK1002", "amount": "200.00"}],
        },
    ),
    Story(
        "takeback_that_moves_a_reversals_cash",
        "The reversal is here; the takeback of the same amount that moves its cash doesn't take it a second time.",
        (
            HANDED,
            PAID,
            comes(
                "2026-04-10 06:30",
                "reversal.835",
                remittance(
                    Remittance(HARBOR, "EFT4003", "2026-04-10", (BACK,), (Takeback("FB", "HB26301", "-100.00"),))
                ),
            ),
            comes(
                "2026-04-14 06:30",
                "correction.835",
                remittance(
                    Remittance(HARBOR, "EFT4013", "2026-04-14", (AGAIN,), (Takeback("WO", "HB26301", "100.00"),))
                ),
            ),
        ),
        {
            "why": PAIR_WHY + " BPR02 = 80.00 - 100.00 = -20.00 in the second file.",
            "claims": [{"status": "closed", "ledger": CORRECTED, "tasks": [], "only_deadlines": ["linger"]}],
        },
    ),
    Story(
        "takeback_by_a_number_of_the_same_remittance",
        "The remittance that pays the claim takes 10.00 back by the number that it gives the claim: nobody knew it before.",
        (
            HANDED,
            comes(
                "2026-03-20 06:30",
                "payment.835",
                remittance(
                    Remittance(HARBOR, "EFT4014", "2026-03-20", (FIRST,), (Takeback("WO", "HB26301", "10.00"),))
                ),
            ),
        ),
        {
            "why": "BPR02 = 100.00 - 10.00 = 90.00; 125.00 = 90.00 paid + 25.00 contractual + 10.00 open.",
            "claims": [
                {
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", open="10.00"),
                    "tasks": [{"type": "review_payment", "owner": "biller"}],
                }
            ],
            "unmatched": [],
        },
    ),
    Story(
        "takeback_of_nobody",
        "A takeback whose reference is no claim of ours is unmatched; no claim moves.",
        (
            HANDED,
            comes(
                "2026-03-20 06:30",
                "payment.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT4006",
                        "2026-03-20",
                        (Payment(VISIT, "1", "125.00", "HB26301"),),
                        (Takeback("WO", "HB19999", "40.00"),),
                    )
                ),
            ),
        ),
        {
            "why": "BPR02 = 125.00 - 40.00 = 85.00; the claim itself got its 125.00.",
            "claims": [{"status": "closed", "ledger": ledger("125.00", paid="125.00"), "tasks": []}],
            "unmatched": [{"reference": "HB19999", "amount": "40.00"}],
        },
    ),
    Story(
        "paid_claim_is_voided",
        "Billed in error: a void needs the payer's number and a second person, goes out as frequency 8, ends with the reversal.",
        (
            HANDED,
            comes(
                "2026-03-20 06:30",
                "payment.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT4007",
                        "2026-03-20",
                        (
                            Payment(
                                VISIT,
                                "1",
                                "90.00",
                                "HB26301",
                                adjustments=(("CO", "45", "25.00"), ("PR", "3", "10.00")),
                            ),
                        ),
                    )
                ),
            ),
            says("2026-03-23 09:00", "void", {"reason": "billed in error", "by": "biller-1"}),
            says("2026-03-23 10:00", "approve", {"by": "supervisor-1"}),
            comes(
                "2026-04-10 06:30",
                "reversal.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT4008",
                        "2026-04-10",
                        (
                            Payment(
                                VISIT,
                                "22",
                                "-90.00",
                                "HB26301",
                                adjustments=(("CO", "45", "-25.00"), ("PR", "3", "-10.00")),
                                charge="-125.00",
                            ),
                        ),
                        (Takeback("FB", "HB26301", "-90.00"),),
                    )
                ),
            ),
        ),
        {
            "steps": [
                {"event": "void", "to": "awaiting_approval"},
                {"event": "approve", "effects": ["transmit_claim"]},
                {"to": "void_pending"},
                {"event": "remittance_received", "to": "voided"},
            ],
            "claims": [{"stage": "closed", "status": "voided", "submissions": sent("1 paid", "8 voided"), "tasks": []}],
        },
    ),
    Story(
        "payer_dropped_our_number",
        "The payer answers under a number of its own: payer's number, else member, day and charge, find the claim.",
        (
            BOTH,
            comes(
                "2026-03-05 07:00",
                "payer_accepts.277ca",
                acknowledgement_277ca("PR", VISIT, "A2:20:PR", on="2026-03-05", payer_number="HB26301"),
            ),
            comes(
                "2026-03-20 06:30",
                "payment.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT4009",
                        "2026-03-20",
                        (
                            replace(FIRST, number="0"),
                            Payment(LONG_VISIT, "1", "200.00", "HB26302", number="NOTGIVEN"),
                        ),
                    )
                ),
            ),
        ),
        {
            "claims": [
                {
                    "patient_control_number": "LK1001",
                    "status": "closed",
                    "ledger": ledger("125.00", paid="100.00", contractual="25.00"),
                },
                {"patient_control_number": "LK1002", "status": "closed", "ledger": ledger("200.00", paid="200.00")},
            ],
            "unmatched": [],
        },
    ),
)
