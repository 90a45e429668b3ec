"""Denials and what is done about them: appeal, correct, send anew, write off. Nothing is filed or given up in silence."""

from __future__ import annotations

from storybook.book import Story, comes, ledger, says, sent
from storybook.people import HARBOR, LONG_VISIT, MEDICARE, MEDICARE_VISIT, VISIT
from storybook.x12 import (
    Adjustment,
    Paid,
    Payer,
    Payment,
    Remittance,
    Visit,
    acknowledgement_277ca,
    claims_file,
    remittance,
)

HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(VISIT))
MEDICARE_HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(MEDICARE_VISIT))
ACCEPTED = comes(
    "2026-03-05 07:00",
    "payer_accepts.277ca",
    acknowledgement_277ca("PR", VISIT, "A2:20:PR", on="2026-03-05", payer_number="HB26201"),
)


def denied(
    visit: Visit,
    *adjustments: Adjustment,
    payer: Payer = HARBOR,
    status: str = "1",
    number: str = "HB26201",
    remarks: tuple[str, ...] = (),
    on: str = "2026-03-20",
) -> str:
    """A remittance that pays nothing."""
    payment = Payment(visit, status, "0.00", number, adjustments=adjustments, remarks=remarks)
    return remittance(Remittance(payer, "EFT3001", on, (payment,)))


NECESSITY = comes("2026-03-20 06:30", "denial.835", denied(VISIT, ("CO", "50", "125.00"), remarks=("N115",)))
STORIES = (
    Story(
        "part_denied_for_authorization",
        "One line is paid, the other denied for want of authorization (CO-197): a biller's work, never the patient's bill.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(LONG_VISIT)),
            comes(
                "2026-03-20 06:30",
                "payment.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT3003",
                        "2026-03-20",
                        (
                            Payment(
                                LONG_VISIT,
                                "1",
                                "150.00",
                                "HB26202",
                                lines=(
                                    Paid("99214", "180.00", "150.00", (("CO", "45", "30.00"),), number="LK1002L1"),
                                    Paid("83036", "20.00", "0.00", (("CO", "197", "20.00"),), number="LK1002L2"),
                                ),
                            ),
                        ),
                    )
                ),
            ),
            says("2026-03-23 09:00", "choose", {"remedy": "bill_patient", "by": "biller-1"}),
        ),
        {
            "why": "150.00 paid + 30.00 contractual; 20.00 stay open. Group CO never reaches the patient.",
            "claims": [
                {
                    "stage": "denied",
                    "status": "partially_denied",
                    "ledger": ledger("200.00", paid="150.00", contractual="30.00", open="20.00"),
                    "tasks": [{"type": "work_denial", "category": "authorization", "reason": "CO-197"}],
                    "refused": [{"message": "remedy_chosen", "reason": "patient"}],
                }
            ],
        },
    ),
    Story(
        "unprocessable_claim_goes_out_as_new",
        "CO-4 with MA130: the claim was unprocessable. No appeal; corrected, it goes out as a new original and is paid.",
        (
            HANDED,
            ACCEPTED,
            comes("2026-03-20 06:30", "denial.835", denied(VISIT, ("CO", "4", "125.00"), remarks=("MA130",))),
            says("2026-03-21 09:00", "appeal", {"reason": "please", "by": "biller-1"}),
            says(
                "2026-03-23 09:00",
                "correct",
                {"lines": [{"number": 1, "modifiers": ["25"]}], "reason": "modifier", "by": "coder-1"},
            ),
            comes(
                "2026-04-10 06:30",
                "payment.835",
                remittance(Remittance(HARBOR, "EFT3004", "2026-04-10", (Payment(VISIT, "1", "125.00", "HB26233"),))),
            ),
        ),
        {
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="125.00"),
                    "submissions": sent("1 denied", "1 paid"),
                    "refused": [{"message": "appeal_requested", "reason": "no right to appeal"}],
                }
            ],
        },
    ),
    Story(
        "corrected_claim_replaces",
        "CO-16: corrected, the claim goes out as a replacement (frequency 7 with the payer's number) and is paid.",
        (
            HANDED,
            ACCEPTED,
            comes("2026-03-20 06:30", "denial.835", denied(VISIT, ("CO", "16", "125.00"), remarks=("N290",))),
            says("2026-03-23 09:00", "correct", {"rendering_npi": "1888888876", "reason": "N290", "by": "biller-1"}),
            comes(
                "2026-04-10 06:30",
                "payment.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT3005",
                        "2026-04-10",
                        (
                            Payment(
                                VISIT, "22", "0.00", "HB26201", adjustments=(("CO", "16", "-125.00"),), charge="-125.00"
                            ),
                            Payment(VISIT, "1", "100.00", "HB26234", adjustments=(("CO", "45", "25.00"),)),
                        ),
                    )
                ),
            ),
        ),
        {
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="100.00", contractual="25.00"),
                    "submissions": sent("1 denied", "7 paid"),
                    "tasks": [],
                    "refused": [],
                }
            ],
        },
    ),
    Story(
        "replacement_without_the_payers_number",
        "The payer never gave its claim number: a replacement is refused, for payers deny it as a duplicate.",
        (
            HANDED,
            comes(
                "2026-03-20 06:30", "denial.835", denied(VISIT, ("CO", "16", "125.00"), number="", remarks=("N290",))
            ),
            says("2026-03-23 09:00", "correct", {"rendering_npi": "1888888876", "reason": "N290", "by": "biller-1"}),
        ),
        {
            "claims": [
                {
                    "status": "denied",
                    "submissions": sent("1 denied"),
                    "refused": [{"message": "claim_corrected", "reason": "claim control number"}],
                }
            ],
        },
    ),
    Story(
        "payer_doesnt_know_the_patient",
        "Status 4 with PR-31: the payer doesn't know the patient. Coverage work for the front desk; nobody bills the patient.",
        (
            HANDED,
            comes("2026-03-20 06:30", "denial.835", denied(VISIT, ("PR", "31", "125.00"), status="4")),
        ),
        {
            "claims": [
                {
                    "status": "denied",
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [
                        {"type": "work_denial", "owner": "front_desk", "category": "eligibility", "reason": "coverage"}
                    ],
                }
            ],
        },
    ),
    Story(
        "filed_too_late_with_proof",
        "CO-29, but the payer's acceptance is kept: appeal with that proof.",
        (
            HANDED,
            ACCEPTED,
            comes("2026-03-20 06:30", "denial.835", denied(VISIT, ("CO", "29", "125.00"))),
        ),
        {
            "claims": [
                {
                    "status": "denied",
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [{"type": "work_denial", "category": "timely_filing", "reason": "appeal"}],
                }
            ],
        },
    ),
    Story(
        "filed_too_late_without_proof",
        "CO-29, and only the clearinghouse ever acknowledged the claim: no proof, so review for write-off; never the patient.",
        (
            HANDED,
            comes(
                "2026-03-03 11:00",
                "clearinghouse.277ca",
                acknowledgement_277ca("AY", VISIT, "A1:19:AY", on="2026-03-03"),
            ),
            comes("2026-03-20 06:30", "denial.835", denied(VISIT, ("CO", "29", "125.00"))),
        ),
        {
            "claims": [
                {
                    "status": "denied",
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [{"type": "work_denial", "category": "timely_filing", "reason": "write_off"}],
                }
            ],
        },
    ),
    Story(
        "patients_share_that_contradicts_itself",
        "PR-29 says that the patient owes what we filed too late. That waits for a person and is not billed.",
        (
            HANDED,
            comes("2026-03-20 06:30", "denial.835", denied(VISIT, ("PR", "29", "125.00"))),
        ),
        {
            "claims": [
                {
                    "status": "denied",
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [{"type": "work_denial", "category": "timely_filing"}],
                }
            ],
        },
    ),
    Story(
        "denied_as_a_duplicate_after_payment",
        "The claim is paid; a second answer denies it as a duplicate (18). The money stands.",
        (
            HANDED,
            comes(
                "2026-03-20 06:30",
                "payment.835",
                remittance(Remittance(HARBOR, "EFT3006", "2026-03-20", (Payment(VISIT, "1", "125.00", "HB26201"),))),
            ),
            comes(
                "2026-03-27 06:30",
                "duplicate.835",
                denied(VISIT, ("OA", "18", "125.00"), number="HB26299", on="2026-03-27"),
            ),
        ),
        {
            "claims": [{"status": "closed", "ledger": ledger("125.00", paid="125.00"), "tasks": []}],
        },
    ),
    Story(
        "pending_is_no_denial",
        "OA-133: the payer has not decided yet. The claim goes on waiting and is paid later.",
        (
            HANDED,
            ACCEPTED,
            comes("2026-03-20 06:30", "pending.835", denied(VISIT, ("OA", "133", "125.00"))),
            comes(
                "2026-04-10 06:30",
                "payment.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT3007",
                        "2026-04-10",
                        (
                            Payment(
                                VISIT,
                                "22",
                                "0.00",
                                "HB26201",
                                adjustments=(("OA", "133", "-125.00"),),
                                charge="-125.00",
                            ),
                            Payment(VISIT, "1", "125.00", "HB26201"),
                        ),
                    )
                ),
            ),
        ),
        {
            "steps": [
                {"event": "remittance_received", "to": "pending_payer"},
                {"event": "remittance_received", "to": "closed"},
            ],
            "claims": [{"status": "closed", "ledger": ledger("125.00", paid="125.00"), "tasks": []}],
        },
    ),
    Story(
        "late_payment_after_a_write_off",
        "A denial was written off and the claim closed; the payer pays after all: a credit that a person looks at.",
        (
            HANDED,
            ACCEPTED,
            NECESSITY,
            says("2026-03-25 09:00", "write_off", {"reason": "records lost", "by": "biller-1"}),
            comes(
                "2026-04-10 06:30",
                "payment.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT3008",
                        "2026-04-10",
                        (Payment(VISIT, "1", "100.00", "HB26201", adjustments=(("CO", "45", "25.00"),)),),
                    )
                ),
            ),
            says("2026-04-13 09:00", "revert_write_off", {"by": "supervisor-1", "reason": "the payer pays after all"}),
        ),
        {
            "why": "100.00 + 25.00 + 125.00 written off were 125.00 too much; with the write-off taken back nothing is left.",
            "steps": [
                {"event": "write_off", "to": "closed"},
                {"event": "remittance_received", "from": "closed", "to": "overpayment_review"},
                {"event": "revert_write_off", "to": "closed"},
            ],
            "claims": [
                {"status": "closed", "ledger": ledger("125.00", paid="100.00", contractual="25.00"), "tasks": []}
            ],
        },
    ),
    Story(
        "medicare_professional_claim_has_no_replacement",
        "Medicare Part B takes no frequency 7: a denied claim (CO-16) is corrected as a new original.",
        (
            MEDICARE_HANDED,
            comes(
                "2026-03-20 06:30",
                "denial.835",
                denied(
                    MEDICARE_VISIT,
                    ("CO", "16", "180.00"),
                    payer=MEDICARE,
                    number="MC26202",
                    remarks=("N290", "MA130"),
                ),
            ),
            says("2026-03-23 09:00", "correct", {"rendering_npi": "1888888876", "reason": "N290", "by": "biller-1"}),
        ),
        {
            "claims": [{"status": "submitted", "submissions": sent("1 denied", "1 transmitted")}],
        },
    ),
    Story(
        "denial_is_being_corrected",
        "A biller chooses to correct the claim: it waits for the correction, and the payer's window for one is armed.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(VISIT)),
            comes("2026-03-20 06:30", "denial.835", denied(VISIT, ("CO", "4", "125.00"), number="HB26299")),
            says(
                "2026-03-23 09:00", "choose", {"remedy": "correct_and_replace", "reason": "modifier", "by": "biller-1"}
            ),
        ),
        {
            "why": "90 days from 2026-03-20: 11 left in March, 30, 31, 18 in June.",
            "claims": [
                {
                    "status": "correcting",
                    "tasks": [{"type": "correct_claim", "owner": "biller"}],
                    "deadlines": [{"kind": "correction", "due": "2026-06-18T23:59:59"}],
                }
            ],
        },
    ),
)
