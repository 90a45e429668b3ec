"""People and machines that send what can't be: refused with a reason that can be seen, and the claim goes on."""

from __future__ import annotations

from storybook.book import Story, comes, ledger, says, sent
from storybook.people import HARBOR, LONG_VISIT, VISIT
from storybook.x12 import Payment, Remittance, claims_file, remittance

HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(VISIT))
COPAY = comes(
    "2026-03-20 06:30",
    "payment.835",
    remittance(
        Remittance(
            HARBOR,
            "EFT6001",
            "2026-03-20",
            (Payment(VISIT, "1", "90.00", "HB26601", adjustments=(("CO", "45", "25.00"), ("PR", "3", "10.00"))),),
        )
    ),
)
TOOK_IT = {
    "submission": 1,
    "interchange_control_number": "000000001",
    "group_control_number": "1",
    "set_control_number": "0001",
}

STORIES = (
    Story(
        "messages_that_cant_be_read",
        "An unknown message, a body that is no object, an amount in words, a missing reason: refused, and to be seen.",
        (
            HANDED,
            says("2026-03-03 10:00", "mark_as_paid", {"by": "biller-1"}),
            says("2026-03-03 10:01", "pay", "a lot"),
            says("2026-03-03 10:02", "pay", {"amount": "twenty", "by": "desk-1"}),
            says("2026-03-03 10:03", "hold", {"kind": "documents", "by": "biller-1"}),
            says("2026-03-03 10:04", "deadline_passed", {"deadline": "filing:limit"}),
        ),
        {
            "claims": [
                {
                    "status": "submitted",
                    "ledger": ledger("125.00", open="125.00"),
                    "refused": [
                        {"message": "mark_as_paid", "reason": "there is no message of this name"},
                        {"message": "pay", "reason": "JSON object"},
                        {"message": "pay", "reason": "amount"},
                        {"message": "hold", "reason": "reason"},
                        {"message": "deadline_passed", "reason": "there is no message of this name"},
                    ],
                }
            ],
        },
    ),
    Story(
        "messages_at_the_wrong_time",
        "Coding what is sent, appealing what nobody denied, writing off what the payer still has, closing what is owed: refused.",
        (
            HANDED,
            says("2026-03-03 10:00", "code", {"diagnoses": ["E11.9"], "by": "coder-1"}),
            says("2026-03-03 10:01", "appeal", {"reason": "just in case", "by": "biller-1"}),
            says("2026-03-03 10:02", "write_off", {"reason": "hopeless", "by": "biller-1"}),
            says("2026-03-03 10:03", "close", {"by": "biller-1"}),
            says("2026-03-03 10:04", "release", {"kind": "documents", "by": "biller-1"}),
            says("2026-03-03 10:05", "recover", {"action": "retry", "by": "supervisor-1"}),
            says("2026-03-03 10:06", "void", {"reason": "oops", "by": "biller-1"}),
        ),
        {
            "claims": [
                {
                    "status": "submitted",
                    "ledger": ledger("125.00", open="125.00"),
                    "submissions": sent("1 transmitted"),
                    "refused": [
                        {"message": "claim_coded", "reason": "submitted"},
                        {"message": "appeal_requested", "reason": "nothing of this claim is denied"},
                        {"message": "written_off", "reason": "wait for its decision"},
                        {"message": "closing_requested", "reason": "still owed"},
                        {"message": "hold_released"},
                        {"message": "recovered"},
                        {"message": "void_requested"},
                    ],
                }
            ],
        },
    ),
    Story(
        "write_off_more_than_is_there",
        "The patient's copay is written off: more than it, or without a name, is refused.",
        (
            HANDED,
            COPAY,
            says(
                "2026-03-21 09:00",
                "write_off",
                {"amount": "10.01", "bucket": "patient", "reason": "hardship", "by": "biller-1"},
            ),
            says("2026-03-21 09:01", "write_off", {"amount": "10.00", "bucket": "patient", "reason": "hardship"}),
            says(
                "2026-03-21 09:02",
                "write_off",
                {"amount": "10.00", "bucket": "open", "reason": "hardship", "by": "biller-1"},
            ),
            says("2026-03-21 09:03", "write_off", {"bucket": "patient", "reason": "hardship", "by": "biller-1"}),
        ),
        {
            "why": "125.00 = 90.00 paid + 25.00 contractual + 10.00 copay; nothing is open.",
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", written_off="10.00"),
                    "tasks": [],
                    "refused": [
                        {"message": "written_off", "reason": "only 10.00"},
                        {"message": "written_off", "reason": "name"},
                        {"message": "written_off", "reason": "only 0.00"},
                    ],
                }
            ],
        },
    ),
    Story(
        "copay_paid_before_the_payers_answer",
        "The patient pays the copay at the desk before the payer decides: with the remittance the claim closes.",
        (
            HANDED,
            says("2026-03-03 10:00", "pay", {"amount": "10.00", "method": "card", "by": "desk-1"}),
            COPAY,
        ),
        {
            "claims": [
                {"status": "closed", "ledger": ledger("125.00", paid="100.00", contractual="25.00"), "tasks": []}
            ],
        },
    ),
    Story(
        "copay_paid_though_none_was_owed",
        "The patient paid a copay at the desk, and then the payer pays in full: a credit of the copay.",
        (
            HANDED,
            says("2026-03-03 10:00", "pay", {"amount": "10.00", "method": "card", "by": "desk-1"}),
            comes(
                "2026-03-20 06:30",
                "payment.835",
                remittance(Remittance(HARBOR, "EFT6002", "2026-03-20", (Payment(VISIT, "1", "125.00", "HB26601"),))),
            ),
        ),
        {
            "why": "10.00 + 125.00 are 10.00 more than the charge.",
            "claims": [
                {
                    "status": "overpayment_review",
                    "ledger": ledger("125.00", paid="135.00", open="-10.00"),
                    "tasks": [{"type": "refund", "owner": "biller", "reason": "10.00"}],
                    "deadlines": [{"kind": "overpayment"}],
                }
            ],
        },
    ),
    Story(
        "returned_payment",
        "The patient's check bounces after the claim closed: it is open again for the same amount.",
        (
            HANDED,
            COPAY,
            says("2026-03-24 09:00", "pay", {"amount": "10.00", "method": "check", "by": "desk-1"}),
            says("2026-03-30 09:00", "pay", {"amount": "-10.00", "method": "check", "by": "desk-1"}),
        ),
        {
            "steps": [{"event": "pay", "to": "closed"}, {"event": "pay", "from": "closed", "to": "patient_billing"}],
            "claims": [
                {
                    "status": "patient_billing",
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", patient="10.00"),
                    "deadlines": [{"kind": "statement"}],
                }
            ],
        },
    ),
    Story(
        "answer_lost_after_the_clearinghouse_took_it",
        "No answer to the submission: it is looked up before anything is sent again, found, and paid. One claim, not two.",
        (
            HANDED,
            says("2026-03-03 09:01", "override", {"reason": "card seen", "by": "desk-1"}),
            says(
                "2026-03-03 09:02",
                "transmission_unknown",
                {"submission": 1, "effect": "transmit-1", "reason": "timeout"},
            ),
            says("2026-03-03 09:10", "resubmit", {"reason": "impatient", "by": "biller-1"}),
            says("2026-03-03 09:20", "submission_found", {"submission": 1, "found": True}),
            COPAY,
        ),
        {
            "steps": [
                {"event": "transmission_unknown", "to": "submission_unknown", "effects": ["find_submission"]},
                {"event": "submission_found", "to": "submitted"},
                {"event": "remittance_received"},
            ],
            "claims": [
                {
                    "refused": [{"message": "submit_requested"}],
                    "submissions": sent("1 paid"),
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", patient="10.00"),
                }
            ],
        },
        agreeable=False,
    ),
    Story(
        "step_that_fails_parks_the_claim",
        "Sending fails for good: the claim is parked with a task, retried by a person, and goes on.",
        (
            HANDED,
            says("2026-03-03 09:01", "override", {"reason": "card seen", "by": "desk-1"}),
            says("2026-03-03 09:02", "effect_failed", {"effect": "transmit-1", "reason": "carrier: 401"}),
            says("2026-03-03 12:00", "recover", {"action": "retry", "by": "supervisor-1"}),
            says("2026-03-03 12:01", "claim_transmitted", {**TOOK_IT, "effect": "transmit-1"}),
        ),
        {
            "steps": [
                {"event": "effect_failed", "to": "blocked_on_failure"},
                {"event": "recover", "to": "submitting", "effects": ["transmit_claim"]},
                {"event": "claim_transmitted", "to": "submitted"},
            ],
            "claims": [{"status": "submitted", "submissions": sent("1 transmitted"), "tasks": []}],
        },
        agreeable=False,
    ),
    Story(
        "clearinghouse_edits_refuse_the_submission",
        "The clearinghouse refuses the submission at once: nothing is on file; corrected, it is an original again.",
        (
            HANDED,
            says("2026-03-03 09:01", "override", {"reason": "card seen", "by": "desk-1"}),
            says(
                "2026-03-03 09:02",
                "transmission_refused",
                {"submission": 1, "errors": ["2010BA NM109: not a member id of this payer"]},
            ),
            says(
                "2026-03-03 10:00", "correct", {"member_id": "HB100200301", "reason": "card checked", "by": "biller-1"}
            ),
            says("2026-03-03 10:01", "claim_transmitted", {**TOOK_IT, "submission": 2}),
        ),
        {
            "steps": [{"event": "transmission_refused", "to": "needs_correction"}, {"to": "submitted"}],
            "claims": [{"status": "submitted", "submissions": sent("1 refused", "1 transmitted"), "tasks": []}],
        },
        agreeable=False,
    ),
    Story(
        "two_claims_and_a_message_to_one",
        "A message names its claim; the other one doesn't move.",
        (
            comes("2026-03-03 09:00", "claims.837", claims_file(VISIT, LONG_VISIT)),
            says("2026-03-03 10:00", "pay", {"amount": "10.00", "method": "card", "by": "desk-1"}, claim="LK1002"),
        ),
        {
            "claims": [
                {"patient_control_number": "LK1001", "ledger": ledger("125.00", open="125.00")},
                {"patient_control_number": "LK1002", "ledger": ledger("200.00", paid="10.00", open="190.00")},
            ],
        },
    ),
)
