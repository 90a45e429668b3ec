"""Numbers that are told too late: a takeback, a payment or a reversal comes before anything that tells whose it is."""

from __future__ import annotations

from storybook.book import Story, comes, ledger
from storybook.people import HARBOR, LONG_VISIT, VISIT
from storybook.x12 import Payment, Remittance, Takeback, acknowledgement_277ca, claims_file, remittance

HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(VISIT))
FIRST = Payment(VISIT, "1", "100.00", "HB26301", adjustments=(("CO", "45", "25.00"),))
OTHERS = Payment(LONG_VISIT, "1", "200.00", "HB26302")
PAYS = remittance(Remittance(HARBOR, "EFT4101", "2026-03-20", (FIRST,)))
TAKES = remittance(Remittance(HARBOR, "EFT4102", "2026-03-18", (OTHERS,), (Takeback("WO", "HB26301", "40.00"),)))
TAKEN = ledger("125.00", paid="60.00", contractual="25.00", open="40.00")
WHY = "LK1001: 100.00 - 40.00 = 60.00 paid, 25.00 contractual, 40.00 open. BPR02 of the takeback's file: 200.00 - 40.00 = 160.00."
ASKS_WHY = [{"type": "review_payment", "owner": "biller", "reason": "took 40.00 back"}]

STORIES = (
    Story(
        "takeback_before_its_number_is_known",
        "A WO names the payer's number of a claim two days before the remittance that tells this number.",
        (
            comes("2026-03-03 09:00", "claims.837", claims_file(VISIT, LONG_VISIT)),
            comes("2026-03-18 06:30", "takeback.835", TAKES),
            comes("2026-03-20 06:30", "payment.835", PAYS),
            comes("2026-03-20 18:30", "takeback_again.835", TAKES),
        ),
        {
            "why": WHY,
            "steps": [{"claim": "LK1001", "event": "takeback_received", "from": "closed", "to": "reopened"}],
            "claims": [
                {"patient_control_number": "LK1001", "status": "reopened", "ledger": TAKEN, "tasks": ASKS_WHY},
                {"patient_control_number": "LK1002", "status": "closed", "ledger": ledger("200.00", paid="200.00")},
            ],
            "unmatched": [],
        },
    ),
    Story(
        "takeback_before_the_acceptance_that_tells_its_number",
        "A WO comes before the payer's acceptance (277CA), which tells the number; the payment itself comes last.",
        (
            comes("2026-03-03 09:00", "claims.837", claims_file(VISIT, LONG_VISIT)),
            comes("2026-03-18 06:30", "takeback.835", TAKES),
            comes(
                "2026-03-19 07:00",
                "accepted.277ca",
                acknowledgement_277ca("PR", VISIT, "A2:20:PR", on="2026-03-19", payer_number="HB26301"),
            ),
            comes(
                "2026-03-20 06:30",
                "payment.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT4101",
                        "2026-03-20",
                        (Payment(VISIT, "1", "100.00", "HB26301-2", adjustments=(("CO", "45", "25.00"),)),),
                    )
                ),
            ),
        ),
        {
            "why": WHY,
            "claims": [
                {"patient_control_number": "LK1001", "ledger": TAKEN, "tasks": ASKS_WHY},
                {"patient_control_number": "LK1002", "ledger": ledger("200.00", paid="200.00")},
            ],
            "unmatched": [],
        },
    ),
    Story(
        "claim_handed_in_after_its_payment",
        "The practice hands its claim in after the payer has paid it and taken a part back: both are its own.",
        (
            comes("2026-03-18 06:30", "takeback.835", TAKES),
            comes("2026-03-20 06:30", "payment.835", PAYS),
            comes("2026-03-21 09:00", "claim.837", claims_file(VISIT, on="2026-03-21")),
        ),
        {
            "why": WHY + " LK1002 was never handed in: its payment is nobody's.",
            "claims": [{"patient_control_number": "LK1001", "ledger": TAKEN, "tasks": ASKS_WHY}],
            "unmatched": [{"set": "835", "reference": "LK1002", "amount": "200.00"}],
        },
    ),
    Story(
        "payment_under_a_garbled_number_before_its_own",
        "CLP01 says 0; the payer's own number is told by an acceptance a day later, and the payment posts then.",
        (
            HANDED,
            comes(
                "2026-03-18 06:30",
                "garbled.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT4103",
                        "2026-03-18",
                        (Payment(VISIT, "1", "100.00", "HB26301", adjustments=(("CO", "45", "25.00"),), number="0"),),
                    )
                ),
            ),
            comes(
                "2026-03-19 07:00",
                "accepted.277ca",
                acknowledgement_277ca("PR", VISIT, "A2:20:PR", on="2026-03-19", payer_number="HB26301"),
            ),
        ),
        {
            "why": "100.00 + 25.00 = 125.00.",
            "claims": [{"status": "closed", "ledger": ledger("125.00", paid="100.00", contractual="25.00")}],
            "unmatched": [],
        },
    ),
    Story(
        "takeback_by_the_number_before_the_correction",
        "The payer gave the claim another number when it corrected it; a takeback by the first one still finds it.",
        (
            HANDED,
            comes(
                "2026-03-05 07:00",
                "accepted.277ca",
                acknowledgement_277ca("PR", VISIT, "A2:20:PR", on="2026-03-05", payer_number="HB26300"),
            ),
            comes("2026-03-20 06:30", "payment.835", PAYS),
            comes(
                "2026-04-10 06:30",
                "takeback.835",
                remittance(
                    Remittance(HARBOR, "EFT4104", "2026-04-10", (OTHERS,), (Takeback("WO", "HB26300", "40.00"),))
                ),
            ),
        ),
        {
            "why": WHY + " LK1002 was never handed in.",
            "steps": [{"event": "takeback_received", "from": "closed", "to": "reopened"}],
            "claims": [{"ledger": TAKEN, "tasks": ASKS_WHY}],
            "unmatched": [{"set": "835", "reference": "LK1002", "amount": "200.00"}],
        },
    ),
)
