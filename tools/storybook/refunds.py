"""Money that goes back: credits of patients and payers, refunds with a second person, the payer's clock and its letters."""

from __future__ import annotations

from storybook.book import Event, Story, comes, ledger, passes, says
from storybook.paying import COPAY, pays
from storybook.people import MEDICARE, MEDICARE_VISIT, VISIT
from storybook.x12 import Payment, Takeback, claims_file

HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(VISIT))
MEDICARE_HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(MEDICARE_VISIT))
CORRECTED = Payment(VISIT, "1", "100.00", "HB26701", adjustments=(("CO", "45", "25.00"),))
"""The same visit without a copay: 100.00 paid, 25.00 contractual."""
REVERSED = Payment(
    VISIT,
    "22",
    "-90.00",
    "HB26701",
    charge="-125.00",
    adjustments=(("CO", "45", "-25.00"), ("PR", "3", "-10.00")),
)
MEDICARE_PAYS = Payment(
    MEDICARE_VISIT,
    "1",
    "80.00",
    "MC26701",
    adjustments=(("CO", "45", "80.00"), ("PR", "2", "20.00")),
)
MEDICARE_AGAIN = Payment(
    MEDICARE_VISIT,
    "1",
    "80.00",
    "MC26702",
    adjustments=(("CO", "45", "80.00"), ("PR", "2", "20.00")),
)
"""The same 80.00 for the same visit once more, under another number."""
MEDICARE_CLEAN = Payment(MEDICARE_VISIT, "1", "100.00", "MC26701", adjustments=(("CO", "45", "80.00"),))
REFUNDS = {"approvals": ["refund"]}


def medicare_pays(when: str, file: str, *payments: Payment, trace: str, plb: tuple[Takeback, ...] = ()) -> Event:
    return pays(when, file, *payments, trace=trace, payer=MEDICARE, plb=plb)


def sent_refund(number: str, day: str) -> dict[str, str]:
    return {"reference": number, "method": "check", "sent_on": day, "by": "accounts-1"}


STORIES = (
    Story(
        "reversal_after_the_patient_has_paid",
        "The plan takes the copay back after the patient paid it: 10.00 are hers. Approved by a second person, sent, closed.",
        (
            HANDED,
            says("2026-03-03 10:00", "pay", {"amount": "10.00", "method": "card", "by": "desk-1"}),
            pays("2026-03-20 06:30", "payment.835", COPAY, trace="EFT8101"),
            pays("2026-04-10 06:30", "corrected.835", REVERSED, CORRECTED, trace="EFT8102"),
            says("2026-04-13 09:00", "refund", {"reason": "no copay was due", "by": "biller-1"}),
            says("2026-04-13 09:05", "approve", {"by": "biller-1"}),
            says("2026-04-13 10:00", "approve", {"by": "supervisor-1"}),
            says("2026-04-14 10:00", "refund_sent", sent_refund("CHK-2041", "2026-04-14")),
        ),
        {
            "why": "90.00 + 10.00 + 25.00 = 125.00, closed. Then 100.00 + 10.00 + 25.00 are 10.00 more than 125.00.",
            "steps": [
                {"event": "remittance_received", "to": "closed"},
                {"event": "remittance_received", "from": "reopened", "to": "overpayment_review"},
                {"event": "refund", "to": "awaiting_approval"},
                {"event": "approve", "refused": "who asked for it"},
                {"event": "approve", "to": "refund_pending"},
                {"event": "refund_sent", "from": "refund_pending", "to": "closed"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="100.00", contractual="25.00"),
                    "refunds": [
                        {
                            "to": "patient",
                            "amount": "10.00",
                            "by": "biller-1",
                            "approved_by": "supervisor-1",
                            "reference": "CHK-2041",
                            "sent_on": "2026-04-14",
                        }
                    ],
                    "tasks": [],
                    "only_deadlines": ["linger"],
                }
            ],
        },
        world=REFUNDS,
    ),
    Story(
        "medicare_pays_twice_and_has_it_back_in_time",
        "Medicare pays the same visit twice. Its 80.00 go back by check on day 41 of 60.",
        (
            MEDICARE_HANDED,
            says("2026-03-03 10:00", "pay", {"amount": "20.00", "method": "card", "by": "desk-1"}),
            medicare_pays("2026-03-20 06:30", "payment.835", MEDICARE_PAYS, trace="EFT8103"),
            medicare_pays("2026-03-27 06:30", "again.835", MEDICARE_AGAIN, trace="EFT8104"),
            passes("2026-04-27 09:00"),
            says("2026-05-07 09:00", "refund", {"reason": "duplicate payment", "by": "biller-1"}),
            says("2026-05-07 10:00", "refund_sent", sent_refund("CHK-2042", "2026-05-07")),
        ),
        {
            "why": "80.00 + 20.00 + 80.00 = 180.00; with 80.00 more the credit is 80.00, Medicare's."
            " 60 days from 2026-03-27: 4 left in March, 30, 26 in May: 2026-05-26; 30 days: 2026-04-26.",
            "steps": [
                {"event": "remittance_received", "to": "closed"},
                {"event": "remittance_received", "to": "overpayment_review"},
                {"event": "deadline_passed", "at": "2026-04-26T08:00", "detail": "overpayment:warn-30"},
                {"event": "refund", "to": "refund_pending"},
                {"event": "refund_sent", "to": "closed"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("180.00", paid="100.00", contractual="80.00"),
                    "refunds": [{"to": "payer", "payer_id": "MCPTB", "amount": "80.00", "reference": "CHK-2042"}],
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "overpayment_nobody_returned_in_time",
        "Nobody returns Medicare's money: warned on days 30, 45 and 55, and after day 60 the supervisor has it.",
        (
            MEDICARE_HANDED,
            says("2026-03-03 10:00", "pay", {"amount": "20.00", "method": "card", "by": "desk-1"}),
            medicare_pays("2026-03-20 06:30", "payment.835", MEDICARE_PAYS, trace="EFT8103"),
            medicare_pays("2026-03-27 06:30", "again.835", MEDICARE_AGAIN, trace="EFT8104"),
            says(
                "2026-03-30 09:00",
                "extend",
                {"deadline": "overpayment", "to": "2026-07-01T08:00:00-04:00", "reason": "busy", "by": "biller-1"},
            ),
            passes("2026-05-27 09:00"),
        ),
        {
            "why": "From 2026-03-27: day 30 is 04-26, 45 is 05-11, 55 is 05-21, 60 is 05-26.",
            "steps": [
                {"event": "extend", "refused": "401.305"},
                {"at": "2026-04-26T08:00", "event": "deadline_passed", "detail": "overpayment:warn-30"},
                {"at": "2026-05-11T08:00", "event": "deadline_passed", "detail": "overpayment:warn-45"},
                {"at": "2026-05-21T08:00", "event": "deadline_passed", "detail": "overpayment:warn-55"},
                {"at": "2026-05-26T23:59", "event": "deadline_passed", "detail": "overpayment"},
            ],
            "claims": [
                {
                    "status": "overpayment_review",
                    "tasks": [{"type": "refund", "owner": "supervisor", "reason": "is over"}],
                }
            ],
        },
    ),
    Story(
        "recoupment_settles_the_credit",
        "The plan's double payment is taken back with a later remittance (PLB WO), while a refund waits: it is not sent, too.",
        (
            HANDED,
            pays("2026-03-20 06:30", "payment.835", CORRECTED, trace="EFT8105"),
            pays(
                "2026-03-27 06:30",
                "again.835",
                Payment(VISIT, "1", "100.00", "HB26799", adjustments=(("CO", "45", "25.00"),)),
                trace="EFT8106",
            ),
            says("2026-04-01 09:00", "refund", {"reason": "paid twice", "by": "biller-1"}),
            pays("2026-04-10 06:30", "takeback.835", trace="EFT8107", plb=(Takeback("WO", "HB26701", "100.00"),)),
            says("2026-04-13 09:00", "refund_sent", sent_refund("CHK-2043", "2026-04-13")),
        ),
        {
            "why": "100.00 + 100.00 + 25.00 - 100.00 = 125.00.",
            "steps": [
                {"event": "refund", "to": "refund_pending"},
                {"event": "takeback_received", "from": "refund_pending", "to": "closed"},
                {"event": "refund_sent", "refused": "no such refund"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="100.00", contractual="25.00"),
                    "refunds": [{"reverted_by": "claimline", "reference": ""}],
                    "tasks": [],
                    "refused": [{"message": "refund_sent"}],
                }
            ],
        },
    ),
    Story(
        "payer_acknowledges_our_refund",
        "After our check the plan reverses, pays the right amount and adds the difference back (PLB 72): nothing counts twice.",
        (
            HANDED,
            pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(VISIT, "1", "125.00", "HB26701"),
                trace="EFT8108",
            ),
            says("2026-03-25 09:00", "identify_overpayment", {"amount": "25.00", "reason": "fee", "by": "biller-1"}),
            says("2026-03-26 09:00", "refund", {"to": "payer", "reason": "fee", "by": "biller-1"}),
            says("2026-03-27 09:00", "refund_sent", sent_refund("CHK-2044", "2026-03-27")),
            pays(
                "2026-04-10 06:30",
                "corrected.835",
                Payment(VISIT, "22", "-125.00", "HB26701", charge="-125.00"),
                CORRECTED,
                trace="EFT8109",
                plb=(Takeback("72", "HB26701", "-25.00"),),
            ),
        ),
        {
            "why": "125.00 - 25.00 leave 25.00 open; then 100.00 + 25.00 contractual = 125.00.",
            "steps": [
                {"event": "identify_overpayment", "from": "closed", "to": "overpayment_review"},
                {"event": "refund_sent", "to": "adjudicated"},
                {"event": "takeback_received"},
            ],
            "claims": [
                {"status": "closed", "ledger": ledger("125.00", paid="100.00", contractual="25.00"), "tasks": []}
            ],
        },
    ),
    Story(
        "medicares_demand_is_disputed",
        "A demand letter: rebuttal by day 15, an appeal within 30 days stops the recoupment, which begins on day 41.",
        (
            MEDICARE_HANDED,
            medicare_pays("2026-03-20 06:30", "payment.835", MEDICARE_CLEAN, trace="EFT8110"),
            says(
                "2026-06-05 09:00",
                "refund_requested_by_payer",
                {"amount": "40.00", "letter_on": "2026-06-01", "reference": "AR-77120", "by": "biller-1"},
            ),
            says("2026-06-08 09:00", "answer_demand", {"answer": "dispute", "by": "biller-1"}),
            says(
                "2026-06-08 09:05",
                "answer_demand",
                {"answer": "dispute", "reason": "the records support the level", "by": "biller-1"},
            ),
            passes("2026-07-12 09:00"),
            medicare_pays(
                "2026-07-20 06:30", "takeback.835", trace="EFT8111", plb=(Takeback("WO", "MC26701", "40.00"),)
            ),
        ),
        {
            "why": "100.00 + 80.00 = 180.00. From 2026-06-01: day 30 is 07-01, day 41 is 07-12. 40.00 taken back are open.",
            "steps": [
                {"event": "refund_requested_by_payer", "from": "closed", "to": "overpayment_review"},
                {"event": "answer_demand", "refused": "needs a reason"},
                {"event": "answer_demand", "to": "overpayment_review"},
                {"event": "deadline_passed", "at": "2026-07-01T23:59", "detail": "overpayment:stay"},
                {"event": "deadline_passed", "at": "2026-07-12T08:00", "detail": "overpayment:recoupment"},
                {"event": "takeback_received", "from": "overpayment_review", "to": "adjudicated"},
            ],
            "claims": [
                {
                    "status": "adjudicated",
                    "ledger": ledger("180.00", paid="60.00", contractual="80.00", open="40.00"),
                    "tasks": [{"type": "review_payment", "reason": "40.00"}],
                }
            ],
        },
    ),
    Story(
        "medicares_demand_is_accepted",
        "The letter is right: accepted, it has sixty days from then, and a check settles it.",
        (
            MEDICARE_HANDED,
            medicare_pays("2026-03-20 06:30", "payment.835", MEDICARE_CLEAN, trace="EFT8112"),
            says(
                "2026-06-05 09:00",
                "refund_requested_by_payer",
                {"amount": "40.00", "letter_on": "2026-06-01", "reference": "AR-77121", "by": "biller-1"},
            ),
            says("2026-06-08 09:00", "answer_demand", {"answer": "accept", "by": "biller-1"}),
            says(
                "2026-06-09 09:00", "refund", {"to": "payer", "amount": "50.00", "reason": "letter", "by": "biller-1"}
            ),
            says(
                "2026-06-09 09:05", "refund", {"to": "payer", "amount": "40.00", "reason": "letter", "by": "biller-1"}
            ),
        ),
        {
            "why": "Sixty days from 2026-06-08: 22 left in June, 31 in July, 7 in August.",
            "steps": [
                {"event": "refund", "refused": "only 40.00 are owed"},
                {"event": "refund", "to": "refund_pending"},
            ],
            "claims": [
                {
                    "status": "refund_pending",
                    "ledger": ledger("180.00", paid="100.00", contractual="80.00"),
                    "deadlines": [{"kind": "overpayment", "due": "2026-08-07T23:59:59"}],
                    "tasks": [{"type": "refund", "reason": "send 40.00 to MCPTB"}],
                }
            ],
        },
    ),
    Story(
        "investigation_suspends_the_sixty_days",
        "Found on 1 April, investigated from the 11th; the investigation ends on 11 May: the clock has thirty days more.",
        (
            MEDICARE_HANDED,
            medicare_pays("2026-03-20 06:30", "payment.835", MEDICARE_CLEAN, trace="EFT8113"),
            says(
                "2026-04-01 09:00",
                "identify_overpayment",
                {"amount": "30.00", "reason": "level not documented", "by": "compliance-1"},
            ),
            says("2026-04-11 09:00", "investigate", {"reason": "same level elsewhere", "by": "compliance-1"}),
            says("2026-05-11 09:00", "investigate", {"ended": True, "amount": "40.00", "by": "compliance-1"}),
        ),
        {
            "why": "60 days from 04-01 are 05-31; the investigation took 30 days (04-11 to 05-11): 06-30.",
            "claims": [
                {
                    "status": "overpayment_review",
                    "deadlines": [
                        {"kind": "overpayment", "due": "2026-06-30T23:59:59", "rule": "suspended for 30 days"}
                    ],
                    "overpayment": {"basis": "identified", "amount": "40.00"},
                    "tasks": [{"type": "refund", "reason": "overpayment of 40.00"}],
                }
            ],
        },
    ),
    Story(
        "refund_comes_back",
        "The post office returns the check: the credit is there again, and its sixty days count from when it was first seen.",
        (
            HANDED,
            says("2026-03-03 10:00", "pay", {"amount": "64.00", "method": "card", "by": "desk-1"}),
            pays("2026-03-20 06:30", "payment.835", COPAY, trace="EFT8114"),
            says("2026-03-24 09:00", "refund", {"reason": "paid too much", "by": "biller-1"}),
            says("2026-03-24 15:00", "refund_sent", sent_refund("CHK-2045", "2026-03-24")),
            says("2026-04-15 09:00", "revert_refund", {"reason": "address unknown", "by": "accounts-1"}),
        ),
        {
            "why": "90.00 + 64.00 + 25.00 are 54.00 more than 125.00. Sixty days from 2026-03-20 are 2026-05-19.",
            "steps": [
                {"event": "refund_sent", "to": "closed"},
                {"event": "revert_refund", "from": "closed", "to": "overpayment_review"},
            ],
            "claims": [
                {
                    "status": "overpayment_review",
                    "ledger": ledger("125.00", paid="154.00", contractual="25.00", open="-54.00"),
                    "deadlines": [{"kind": "overpayment", "due": "2026-05-19T23:59:59"}],
                    "refunds": [
                        {"reference": "CHK-2045", "reverted_by": "accounts-1", "why_reverted": "address unknown"}
                    ],
                    "tasks": [{"type": "refund", "reason": "the patient 54.00"}],
                }
            ],
        },
    ),
    Story(
        "refund_above_the_credit_is_refused",
        "No more goes back than is owed, to nobody else than to whom it is owed, and not without a name.",
        (
            HANDED,
            says("2026-03-03 10:00", "pay", {"amount": "64.00", "method": "card", "by": "desk-1"}),
            pays("2026-03-20 06:30", "payment.835", COPAY, trace="EFT8115"),
            says("2026-03-24 09:00", "refund", {"amount": "54.01", "reason": "too much", "by": "biller-1"}),
            says(
                "2026-03-24 09:01", "refund", {"to": "payer", "amount": "54.00", "reason": "credit", "by": "biller-1"}
            ),
            says("2026-03-24 09:02", "refund", {"amount": "54.00", "reason": "too much"}),
            says("2026-03-24 09:03", "close", {"by": "biller-1"}),
        ),
        {
            "claims": [
                {
                    "status": "overpayment_review",
                    "ledger": ledger("125.00", paid="154.00", contractual="25.00", open="-54.00"),
                    "refunds": [],
                    "tasks": [{"type": "refund"}],
                    "refused": [
                        {"message": "refund_requested", "reason": "only 54.00 are owed to the patient"},
                        {"message": "refund_requested", "reason": "only 0.00 are owed to the payer"},
                        {"message": "refund_requested", "reason": "name of the person"},
                        {"message": "closing_requested", "reason": "still owed"},
                    ],
                }
            ],
        },
    ),
    Story(
        "refund_is_rejected",
        "The second person doesn't approve: nothing goes back, and the credit stays on the list.",
        (
            HANDED,
            says("2026-03-03 10:00", "pay", {"amount": "64.00", "method": "card", "by": "desk-1"}),
            pays("2026-03-20 06:30", "payment.835", COPAY, trace="EFT8116"),
            says("2026-03-24 09:00", "refund", {"reason": "too much", "by": "biller-1"}),
            says("2026-03-24 10:00", "reject", {"reason": "she has another visit open", "by": "supervisor-1"}),
        ),
        {
            "steps": [{"event": "reject", "from": "awaiting_approval", "to": "overpayment_review"}],
            "claims": [
                {
                    "status": "overpayment_review",
                    "ledger": ledger("125.00", paid="154.00", contractual="25.00", open="-54.00"),
                    "refunds": [],
                    "deadlines": [{"kind": "overpayment", "due": "2026-05-19"}],
                    "tasks": [
                        {"type": "refund"},
                        {"type": "review_write_off", "owner": "supervisor", "reason": "another visit"},
                    ],
                }
            ],
        },
        world=REFUNDS,
    ),
    Story(
        "void_claim_pays_the_patient_back",
        "The claim was a mistake and is void; the 20.00 that the patient paid go back, and it is void again.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(VISIT)),
            says("2026-03-03 10:00", "pay", {"amount": "20.00", "method": "card", "by": "desk-1"}),
            says("2026-03-03 11:00", "void", {"reason": "billed in error", "by": "biller-1"}),
            says("2026-03-04 09:00", "refund", {"reason": "never billed", "by": "biller-1"}),
            says("2026-03-04 10:00", "approve", {"by": "supervisor-1"}),
            says("2026-03-05 10:00", "refund_sent", sent_refund("CHK-2046", "2026-03-05")),
        ),
        {
            "steps": [
                {"event": "void", "to": "voided"},
                {"event": "refund", "from": "voided", "to": "awaiting_approval"},
                {"event": "approve", "to": "refund_pending"},
                {"event": "refund_sent", "to": "voided"},
            ],
            "claims": [
                {
                    "status": "voided",
                    "ledger": ledger("125.00", open="125.00"),
                    "refunds": [{"to": "patient", "amount": "20.00", "reference": "CHK-2046"}],
                    "tasks": [],
                }
            ],
        },
        world=REFUNDS,
        agreeable=False,
    ),
)
