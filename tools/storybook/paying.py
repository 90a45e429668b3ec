"""Claims that are paid: in full, shared with the patient, by two payers, and with what payers send along the way."""

from __future__ import annotations

from dataclasses import replace

from storybook.book import Event, Story, comes, ledger, passes, says, sent
from storybook.people import ADA, HARBOR, LONG_VISIT, VISIT
from storybook.x12 import (
    Line,
    Paid,
    Payer,
    Payment,
    Remittance,
    Takeback,
    Visit,
    acknowledgement_277ca,
    acknowledgement_999,
    claims_file,
    remittance,
)

HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(VISIT))
ACCEPTED = comes(
    "2026-03-05 07:00",
    "payer_accepts.277ca",
    acknowledgement_277ca("PR", VISIT, "A2:20:PR", on="2026-03-05", payer_number="HB26001"),
)
PAID_IN_FULL = comes(
    "2026-03-20 06:30",
    "payment.835",
    remittance(Remittance(HARBOR, "EFT1001", "2026-03-20", (Payment(VISIT, "1", "125.00", "HB26001"),))),
)
SHARED = remittance(
    Remittance(
        HARBOR,
        "EFT1002",
        "2026-03-20",
        (
            Payment(
                LONG_VISIT,
                "1",
                "104.00",
                "HB26002",
                lines=(
                    Paid(
                        "99214",
                        "180.00",
                        "104.00",
                        (("CO", "45", "40.00"), ("PR", "1", "20.00"), ("PR", "2", "16.00")),
                        number="LK1002L1",
                    ),
                    Paid("83036", "20.00", "0.00", (("CO", "45", "10.00"), ("PR", "2", "10.00")), number="LK1002L2"),
                ),
            ),
        ),
    )
)
COPAY = Payment(VISIT, "1", "90.00", "HB26701", adjustments=(("CO", "45", "25.00"), ("PR", "3", "10.00")))


def pays(
    when: str, file: str, *claims: Payment, trace: str, payer: Payer = HARBOR, plb: tuple[Takeback, ...] = ()
) -> Event:
    """A remittance arrives on the day that it is dated."""
    return comes(when, file, remittance(Remittance(payer, trace, when[:10], claims, plb)))


STORIES = (
    Story(
        "clean_claim_paid_in_full",
        "A clean claim is accepted, paid in full and closed.",
        (
            HANDED,
            comes("2026-03-03 10:00", "accepted.999", acknowledgement_999(1, "A", on="2026-03-03")),
            comes(
                "2026-03-03 11:00",
                "clearinghouse.277ca",
                acknowledgement_277ca("AY", VISIT, "A1:19:AY", on="2026-03-03"),
            ),
            ACCEPTED,
            PAID_IN_FULL,
        ),
        {
            "why": "Charge 125.00, paid 125.00, nothing left. A closed claim lingers 365 days for late events:"
            " 2026-03-20 + 365 days is Saturday 2027-03-20, so the alarm rings on Monday 2027-03-22.",
            "steps": [
                {"at": "2026-03-03T09:00", "event": "claim_registered", "to": "eligibility_pending"},
                {"to": "scrubbing"},
                {"to": "submitting", "effects": ["transmit_claim"]},
                {"to": "submitted"},
                {"to": "clearinghouse_accepted"},
                {"to": "payer_accepted"},
                {"event": "remittance_received", "from": "payer_accepted", "to": "closed"},
            ],
            "claims": [
                {
                    "patient_control_number": "LK1001",
                    "stage": "closed",
                    "status": "closed",
                    "ledger": ledger("125.00", paid="125.00"),
                    "submissions": sent("1 paid"),
                    "tasks": [],
                    "deadlines": [{"kind": "linger", "due": "2027-03-22"}],
                    "only_deadlines": ["linger"],
                    "refused": [],
                }
            ],
        },
    ),
    Story(
        "patient_pays_deductible_and_coinsurance",
        "The plan writes part off by contract and leaves a deductible and a coinsurance; the patient pays them.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(LONG_VISIT)),
            comes("2026-03-20 06:30", "payment.835", SHARED),
            says("2026-04-06 14:00", "pay", {"amount": "46.00", "method": "card", "by": "desk-1"}),
        ),
        {
            "why": "200.00 = 104.00 paid + 50.00 contractual (40 + 10) + 46.00 of the patient (20 + 16 + 10)."
            " Paid includes what the patient paid: 104 + 46 = 150.",
            "steps": [
                {"event": "remittance_received", "to": "paid", "effects": ["report_patient_balance"]},
                {"event": "statement_sent", "to": "patient_billing"},
                {"event": "pay", "from": "patient_billing", "to": "closed"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("200.00", paid="150.00", contractual="50.00"),
                    "submissions": sent("1 paid"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "patient_has_not_paid_yet",
        "A statement is out; thirty days later nobody has paid, and a reminder goes out by itself.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(LONG_VISIT)),
            comes("2026-03-20 06:30", "payment.835", SHARED),
            passes("2026-04-21 08:00"),
        ),
        {
            "why": "The first statement leaves on 2026-03-21, the day after the remittance; thirty days on is 2026-04-20.",
            "steps": [
                {"at": "2026-03-21T09:00", "claim": "LK1002", "event": "statement_sent", "to": "patient_billing"},
                {"at": "2026-04-20T09:00", "claim": "LK1002", "event": "statement_sent"},
            ],
            "claims": [
                {
                    "stage": "paid",
                    "status": "patient_billing",
                    "ledger": ledger("200.00", paid="104.00", contractual="50.00", patient="46.00"),
                    "tasks": [],
                    "deadlines": [{"kind": "statement"}],
                }
            ],
        },
    ),
    Story(
        "all_to_the_deductible_is_no_denial",
        "The plan pays nothing because the deductible is not met: status 1, PR-1. That is the patient's, not a denial.",
        (
            HANDED,
            pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(
                    VISIT,
                    "1",
                    "0.00",
                    "HB26001",
                    adjustments=(("CO", "45", "35.00"), ("PR", "1", "90.00")),
                ),
                trace="EFT1003",
            ),
        ),
        {
            "why": "125.00 less 35.00 contractual leaves the deductible of 90.00.",
            "claims": [
                {
                    "stage": "adjudicated",
                    "status": "zero_paid_patient_resp",
                    "ledger": ledger("125.00", contractual="35.00", patient="90.00"),
                    "submissions": sent("1 paid"),
                    "tasks": [],
                    "deadlines": [{"kind": "statement"}],
                    "only_deadlines": ["statement"],
                }
            ],
        },
    ),
    Story(
        "plan_paid_the_patient",
        "The plan sent the money to the patient (CARC 100): the patient is billed for it.",
        (
            HANDED,
            pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(
                    VISIT,
                    "1",
                    "0.00",
                    "HB26001",
                    adjustments=(("CO", "45", "35.00"), ("PR", "100", "90.00")),
                ),
                trace="EFT1004",
            ),
        ),
        {
            "why": "125.00 less 35.00 contractual: the 90.00 that the patient was sent.",
            "claims": [
                {
                    "status": "zero_paid_patient_resp",
                    "ledger": ledger("125.00", contractual="35.00", patient="90.00"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "patient_pays_too_much",
        "The patient pays 100.00 where 46.00 are owed: a credit, a refund to make, and a clock for it.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(LONG_VISIT)),
            comes("2026-03-20 06:30", "payment.835", SHARED),
            says("2026-04-06 14:00", "pay", {"amount": "100.00", "method": "card", "by": "desk-1"}),
        ),
        {
            "why": "104.00 + 100.00 paid + 50.00 contractual = 254.00, 54.00 more than the charge of 200.00."
            " Sixty days from 2026-04-06: 24 to the end of April, 31 in May, 5 in June.",
            "claims": [
                {
                    "status": "overpayment_review",
                    "ledger": ledger("200.00", paid="204.00", contractual="50.00", open="-54.00"),
                    "tasks": [{"type": "refund", "owner": "biller", "reason": "54.00"}],
                    "deadlines": [{"kind": "overpayment", "due": "2026-06-05T23:59:59"}],
                }
            ],
        },
    ),
    Story(
        "self_pay",
        "The patient has no coverage after all and pays the visit.",
        (
            HANDED,
            says("2026-03-03 10:00", "mark_self_pay", {"self_pay": True, "reason": "no card", "by": "desk-1"}),
            says("2026-03-16 11:00", "pay", {"amount": "125.00", "method": "cash", "by": "desk-1"}),
        ),
        {
            "why": "No payer, no contract: the patient owes the charge.",
            "steps": [
                {"event": "mark_self_pay", "to": "adjudicated", "effects": ["report_patient_balance"]},
                {"event": "statement_sent", "to": "patient_billing"},
                {"event": "pay", "to": "closed"},
            ],
            "claims": [{"status": "closed", "ledger": ledger("125.00", paid="125.00"), "submissions": [], "tasks": []}],
        },
        agreeable=False,
    ),
    Story(
        "payment_overtakes_every_acknowledgement",
        "The payment comes before any acknowledgement; the late ones change nothing any more.",
        (
            HANDED,
            comes("2026-03-04 06:30", "payment.835", PAID_IN_FULL.content),
            comes(
                "2026-03-05 11:00",
                "clearinghouse.277ca",
                acknowledgement_277ca("AY", VISIT, "A1:19:AY", on="2026-03-05"),
            ),
            comes(
                "2026-03-06 11:00", "received.277ca", acknowledgement_277ca("PR", VISIT, "A1:19:PR", on="2026-03-06")
            ),
        ),
        {
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="125.00"),
                    "submissions": sent("1 paid"),
                    "tasks": [],
                    "only_deadlines": ["linger"],
                }
            ],
        },
    ),
    Story(
        "same_remittance_twice",
        "The clearinghouse delivers the remittance twice, then the same content in another envelope: it posts once.",
        (
            HANDED,
            PAID_IN_FULL,
            comes("2026-03-20 18:30", "payment.835", PAID_IN_FULL.content),
            comes(
                "2026-03-23 06:30",
                "payment_again.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT1001",
                        "2026-03-20",
                        (Payment(VISIT, "1", "125.00", "HB26001"),),
                        interchange=835000777,
                    )
                ),
            ),
        ),
        {
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="125.00"),
                    "submissions": sent("1 paid"),
                    "tasks": [],
                    "refused": [],
                }
            ],
            "unmatched": [],
            "held": [],
        },
    ),
    Story(
        "claim_payment_that_does_not_balance",
        "One claim payment of three does not add up: it is held alone, its neighbours post.",
        (
            comes(
                "2026-03-03 09:00",
                "claims.837",
                claims_file(
                    VISIT, replace(LONG_VISIT, payer=HARBOR), Visit("LK1009", ADA, HARBOR, (Line("99212", "80.00"),))
                ),
            ),
            pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(VISIT, "1", "100.00", "HB26001", adjustments=(("CO", "45", "25.00"),)),
                Payment(LONG_VISIT, "1", "150.00", "HB26002", adjustments=(("CO", "45", "40.00"),)),
                Payment(
                    Visit("LK1009", ADA, HARBOR, (Line("99212", "80.00"),)),
                    "1",
                    "60.00",
                    "HB26009",
                    adjustments=(("CO", "45", "20.00"),),
                ),
                trace="EFT1005",
            ),
        ),
        {
            "why": "LK1002: 200.00 - 40.00 is 160.00, but 150.00 were paid: a gap of 10.00. The transaction still sums:"
            " 100 + 150 + 60 = 310.",
            "claims": [
                {"patient_control_number": "LK1001", "status": "closed"},
                {"patient_control_number": "LK1002", "status": "submitted", "ledger": ledger("200.00", open="200.00")},
                {"patient_control_number": "LK1009", "status": "closed"},
            ],
            "held": [{"set": "835", "reference": "LK1002", "amount": "150.00", "reason": "10.00"}],
            "unmatched": [],
        },
    ),
    Story(
        "payment_of_nobody",
        "A payment under a number that no claim here has is unmatched, never guessed by name; the other one posts.",
        (
            HANDED,
            pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(VISIT, "1", "125.00", "HB26001"),
                Payment(
                    Visit("OLD77", ADA, HARBOR, (Line("99213", "90.00"),), on="2026-01-12"),
                    "1",
                    "90.00",
                    "HB25990",
                ),
                trace="EFT1006",
            ),
        ),
        {
            "why": "ALDER, ADA is the same patient, but number, payer's number, charge and day are of no claim here.",
            "claims": [{"status": "closed", "ledger": ledger("125.00", paid="125.00")}],
            "unmatched": [{"set": "835", "reference": "OLD77", "amount": "90.00"}],
            "held": [],
        },
    ),
    Story(
        "predetermination_is_no_payment",
        "The plan prices the visit in advance (status 25): nothing is posted, and the claim goes on waiting.",
        (
            HANDED,
            ACCEPTED,
            comes(
                "2026-03-20 06:30",
                "estimate.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EST1",
                        "2026-03-20",
                        (Payment(VISIT, "25", "0.00", "HB26001", adjustments=(("OA", "101", "125.00"),)),),
                    )
                ),
            ),
        ),
        {
            "claims": [
                {
                    "status": "payer_accepted",
                    "ledger": ledger("125.00", open="125.00"),
                    "submissions": sent("1 accepted"),
                    "refused": [{"message": "remittance_received", "reason": "predetermination"}],
                }
            ],
        },
    ),
    Story(
        "interest_is_not_the_claims",
        "The plan adds interest at the provider level (PLB L6): the claim closes at its charge, the interest is the provider's.",
        (
            HANDED,
            pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(VISIT, "1", "125.00", "HB26001"),
                trace="EFT1007",
                plb=(Takeback("L6", "HB26001", "-2.50"),),
            ),
        ),
        {
            "why": "BPR02 = 125.00 - (-2.50) = 127.50.",
            "claims": [{"status": "closed", "ledger": ledger("125.00", paid="125.00"), "tasks": []}],
            "unmatched": [],
            "held": [],
        },
    ),
)
