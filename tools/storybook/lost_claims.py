"""Claims that may be lost: sent again by themselves, once and inside the filing limit, or put before a person."""

from __future__ import annotations

from storybook.book import Story, comes, ledger, passes, says, sent
from storybook.people import VISIT
from storybook.x12 import acknowledgement_277ca, claims_file, eligibility_answer, status_answer

HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(VISIT))
ACCEPTED = comes(
    "2026-03-05 07:00",
    "payer_accepts.277ca",
    acknowledgement_277ca("PR", VISIT, "A2:20:PR", on="2026-03-05", payer_number="HB26401"),
)
COVERED = comes("2026-03-03 09:01", "active.271", eligibility_answer(VISIT.patient, VISIT.payer, on="2026-03-03"))
NOT_ON_FILE = comes("2026-03-17 10:00", "not_on_file.277", status_answer(VISIT, "D0:35", on="2026-03-17"))
LIMIT = (
    "Filing: 90 days from the service of 2026-03-02: 29 left in March, 30 in April, 31 in May: 2026-05-31;"
    " fifteen days before: 2026-05-16."
)

STORIES = (
    Story(
        "lost_claim_goes_out_again_before_the_limit",
        "Nobody confirms receipt: fifteen days before the last day to file it goes out again by itself; then the payer takes it.",
        (
            HANDED,
            passes("2026-05-16 09:00"),
            comes(
                "2026-05-18 07:00",
                "payer_accepts_the_second.277ca",
                acknowledgement_277ca("PR", VISIT, "A2:20:PR", on="2026-05-18", payer_number="HB26402"),
            ),
            passes("2026-06-01 07:00"),
        ),
        {
            "why": LIMIT + " The acceptance of 05-18 is the proof, so nothing warns of the limit any more.",
            "steps": [
                {"at": "2026-05-16T08:00", "detail": "filing:warn-15", "to": "scrubbing", "effects": ["scrub_claim"]},
                {"at": "2026-05-16T08:00", "event": "claim_scrubbed", "effects": ["transmit_claim"]},
                {"at": "2026-05-18T07:00", "event": "claim_acknowledged", "to": "payer_accepted"},
            ],
            "claims": [
                {
                    "status": "payer_accepted",
                    "ledger": ledger("125.00", open="125.00"),
                    "submissions": sent("1 transmitted", "1 accepted"),
                    "tasks": [],
                    "only_deadlines": ["inquiry", "follow_up", "missing_remittance"],
                }
            ],
        },
    ),
    Story(
        "accepted_claim_is_never_sent_again_by_itself",
        "The payer's acceptance is kept: the filing limit is met, and silence sends nothing a second time.",
        (HANDED, ACCEPTED, passes("2026-06-02 09:00")),
        {
            "why": LIMIT + " With the payer's 277CA of 03-05 in hand the limit is no longer waited for.",
            "claims": [{"status": "no_response", "submissions": sent("1 accepted")}],
        },
    ),
    Story(
        "lost_claim_on_hold_is_escalated",
        "The claim would go out again before its limit, but a hold stops it: the supervisor has it, nothing is sent.",
        (
            HANDED,
            says("2026-05-04 09:00", "hold", {"kind": "dispute", "reason": "patient disputes", "by": "biller-1"}),
            passes("2026-05-16 09:00"),
        ),
        {
            "why": LIMIT,
            "steps": [{"at": "2026-05-16T08:00", "detail": "filing:warn-15", "effects": []}],
            "claims": [
                {
                    "status": "no_response",
                    "submissions": sent("1 transmitted"),
                    "tasks": [
                        {"type": "chase_acknowledgement"},
                        {"type": "follow_up"},
                        {"type": "find_remittance", "category": ""},
                        {"type": "review_hold"},
                        {
                            "type": "filing_limit",
                            "category": "warning",
                            "owner": "supervisor",
                            "reason": "a hold stops it",
                        },
                    ],
                }
            ],
        },
    ),
    Story(
        "submission_of_unknown_outcome_is_not_sent_again",
        "No answer to the sending ever came: before the limit a supervisor decides, the claim is never sent twice by itself.",
        (
            HANDED,
            COVERED,
            says("2026-03-03 09:05", "transmission_unknown", {"submission": 1, "reason": "no answer"}),
            passes("2026-05-16 09:00"),
        ),
        {
            "why": LIMIT,
            "claims": [
                {
                    "status": "submission_unknown",
                    "submissions": sent("1 unknown"),
                    "tasks": [
                        {"type": "find_submission", "owner": "biller"},
                        {"type": "filing_limit", "owner": "supervisor", "reason": "isn't known whether"},
                    ],
                }
            ],
        },
        agreeable=False,
    ),
    Story(
        "not_on_file_twice",
        "The payer has no such claim: it goes out again by itself; not on file once more, a person has it.",
        (
            HANDED,
            passes("2026-03-17 09:00"),
            NOT_ON_FILE,
            passes("2026-03-31 09:00"),
            comes("2026-03-31 10:00", "not_on_file_again.277", status_answer(VISIT, "A4:35", on="2026-03-31")),
        ),
        {
            "why": "Asked fourteen days after the sending, 03-17, and fourteen days after the second, 03-31.",
            "steps": [
                {"at": "2026-03-17T08:00", "detail": "inquiry", "effects": ["inquire_status"]},
                {"at": "2026-03-17T10:00", "event": "status_reported", "effects": ["scrub_claim"]},
                {"at": "2026-03-31T08:00", "detail": "inquiry", "effects": ["inquire_status"]},
                {"at": "2026-03-31T10:00", "event": "status_reported", "to": "not_on_file", "effects": []},
            ],
            "claims": [
                {
                    "status": "not_on_file",
                    "submissions": sent("1 transmitted", "1 transmitted"),
                    "tasks": [
                        {"type": "chase_acknowledgement"},
                        {
                            "type": "resubmit",
                            "owner": "biller",
                            "reason": "it was sent again by itself on 2026-03-17 already",
                        },
                    ],
                }
            ],
        },
    ),
    Story(
        "not_on_file_after_the_limit",
        "The payer has no such claim, no receipt was ever confirmed, and the last day to file is over: a supervisor decides.",
        (
            HANDED,
            passes("2026-06-03 09:00"),
            comes("2026-06-03 10:00", "not_on_file.277", status_answer(VISIT, "D0:35", on="2026-06-03")),
        ),
        {
            "why": LIMIT + " Sent again by itself on 05-16; the answer of 06-03 is three days after the last day.",
            "steps": [{"at": "2026-06-03T10:00", "event": "status_reported", "to": "not_on_file", "effects": []}],
            "claims": [
                {
                    "status": "not_on_file",
                    "submissions": sent("1 transmitted", "1 transmitted"),
                    "tasks": [
                        {"type": "chase_acknowledgement"},
                        {"type": "filing_limit", "category": "warning"},
                        {
                            "type": "filing_limit",
                            "category": "passed",
                            "owner": "supervisor",
                            "reason": "the last day to file was 2026-05-31",
                        },
                    ],
                }
            ],
        },
    ),
    Story(
        "asked_too_early_it_is_not_on_file",
        "A biller asks two days after the sending and the payer doesn't have it yet: nothing goes out twice for that.",
        (
            HANDED,
            says("2026-03-05 09:00", "inquire", {"by": "biller-1"}),
            comes("2026-03-05 09:05", "not_on_file.277", status_answer(VISIT, "D0:35", on="2026-03-05")),
        ),
        {
            "claims": [
                {
                    "status": "not_on_file",
                    "submissions": sent("1 transmitted"),
                    "tasks": [
                        {"type": "chase_acknowledgement"},
                        {"type": "resubmit", "owner": "biller", "reason": "sent only days ago"},
                    ],
                }
            ],
        },
    ),
    Story(
        "denied_says_the_payer_but_no_remittance",
        "The payer's answer says denied (F2): that is no remittance. A biller looks for it; the claim isn't denied by a word.",
        (
            HANDED,
            ACCEPTED,
            comes("2026-03-17 10:00", "denied.277", status_answer(VISIT, "F2:585", on="2026-03-17")),
        ),
        {
            "claims": [
                {
                    "status": "pending_payer",
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [{"type": "find_remittance", "category": "denied", "owner": "biller", "reason": "denied"}],
                    "only_deadlines": ["inquiry", "missing_remittance"],
                }
            ],
        },
    ),
)
