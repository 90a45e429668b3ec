"""Silence, and answers to questions: every deadline to the day, with the arithmetic. Nothing is filed or given up by time alone."""

from __future__ import annotations

from dataclasses import replace

from storybook.book import Story, comes, ledger, passes, says, sent
from storybook.people import LONG_VISIT, MEDICARE_VISIT, VISIT
from storybook.x12 import Line, acknowledgement_277ca, claims_file, eligibility_answer, status_answer

HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(VISIT))
ACCEPTED = comes(
    "2026-03-05 07:00",
    "payer_accepts.277ca",
    acknowledgement_277ca("PR", VISIT, "A2:20:PR", on="2026-03-05", payer_number="HB26401"),
)
THIRD = replace(VISIT, number="LK1005", lines=(Line("99212", "80.00"),))
FRIDAY_FILED = replace(MEDICARE_VISIT, number="LK25A", on="2025-02-28")

STORIES = (
    Story(
        "silence",
        "Nobody ever answers: acknowledgements, inquiries, follow-up, missing remittance, escalations, filing, each on its day.",
        (HANDED, passes("2026-06-02 09:00")),
        {
            "why": "Sent Tuesday 2026-03-03. 999: one business day, 03-04. 277CA of the clearinghouse: two, 03-05. Of the payer:"
            " seven, 03-04 05 06 09 10 11 12. Inquiry after 14 days, 03-17, then every 14: 03-31, 04-14, 04-28, 05-12, then"
            " Tuesday 05-26. Follow-up after 30 days: 28 left in March, 04-02. Remittance after 45: 04-17. Escalations"
            " after 60: Saturday 05-02, so Monday 05-04; after 90: 06-01. Filing: 90 days from the service of 03-02 are"
            " 05-31; warnings 15 days before, 05-16, and 5 days before, 05-26. On 05-16 no proof of receipt is"
            " here: it goes out again by itself, once. That Saturday's submission is waited for anew: 277CA of the payer after"
            " seven business days, 05-18 19 20 21 22, then 05-26 27 (05-25 is Memorial Day); inquiry after 14 days, Saturday"
            " 05-30, so Monday 06-01.",
            "steps": [
                {"at": "2026-03-04T08:00", "event": "deadline_passed", "detail": "acknowledgement:999"},
                {"at": "2026-03-05T08:00", "detail": "acknowledgement:277CA from the clearinghouse"},
                {"at": "2026-03-12T08:00", "detail": "acknowledgement:277CA from the payer"},
                {"at": "2026-03-17T08:00", "detail": "inquiry", "effects": ["inquire_status"]},
                {"at": "2026-03-31T08:00", "detail": "inquiry"},
                {"at": "2026-04-02T08:00", "detail": "follow_up", "from": "submitted", "to": "no_response"},
                {"at": "2026-04-14T08:00", "detail": "inquiry"},
                {"at": "2026-04-17T08:00", "detail": "missing_remittance"},
                {"at": "2026-04-28T08:00", "detail": "inquiry"},
                {"at": "2026-05-04T08:00", "detail": "missing_remittance:escalation 60"},
                {"at": "2026-05-12T08:00", "detail": "inquiry"},
                {"at": "2026-05-16T08:00", "detail": "filing:warn-15", "effects": ["scrub_claim"], "to": "scrubbing"},
                {"at": "2026-05-16T08:00", "event": "claim_scrubbed", "effects": ["transmit_claim"]},
                {"at": "2026-05-26T08:00", "detail": "filing:warn-5", "effects": []},
                {"at": "2026-05-27T08:00", "detail": "acknowledgement:277CA from the payer"},
                {"at": "2026-05-31T23:59:59", "detail": "filing:limit", "effects": []},
                {"at": "2026-06-01T08:00", "detail": "inquiry", "effects": ["inquire_status"]},
            ],
            "claims": [
                {
                    "stage": "submitted",
                    "status": "submitted",
                    "ledger": ledger("125.00", open="125.00"),
                    "submissions": sent("1 transmitted", "1 transmitted"),
                    "tasks": [
                        {"type": "chase_acknowledgement", "owner": "biller"},
                        {"type": "filing_limit", "category": "warning"},
                        {"type": "filing_limit", "owner": "supervisor", "category": "passed"},
                    ],
                    "only_deadlines": ["inquiry", "follow_up", "missing_remittance"],
                }
            ],
        },
    ),
    Story(
        "medicare_deadlines_of_a_sent_claim",
        "A Medicare claim on its way: what is waited for, and until when.",
        (comes("2026-03-03 09:00", "claim.837", claims_file(MEDICARE_VISIT)),),
        {
            "why": "Filing: one calendar year from 2026-03-02, Tuesday 2027-03-02 (42 CFR 424.44); warned 15 days before,"
            " 2027-02-15, and 5 days before, 2027-02-25. Follow-up: interest runs from day 31; 30 days from 03-03 are 04-02.",
            "claims": [
                {
                    "status": "submitted",
                    "deadlines": [
                        {"kind": "acknowledgement", "subject": "999", "due": "2026-03-04T08:00"},
                        {"kind": "inquiry", "due": "2026-03-17T08:00"},
                        {"kind": "follow_up", "due": "2026-04-02T08:00"},
                        {"kind": "missing_remittance", "subject": "", "due": "2026-04-17T08:00"},
                        {"kind": "filing", "subject": "warn-15", "due": "2027-02-15"},
                        {"kind": "filing", "subject": "warn-5", "due": "2027-02-25"},
                        {"kind": "filing", "subject": "limit", "due": "2027-03-02T23:59:59", "source": "424.44"},
                    ],
                }
            ],
        },
    ),
    Story(
        "medicare_limit_on_a_saturday",
        "Service on 2025-02-28: the year ends on a Saturday, so the last day to file is Monday. A hold stops none of it.",
        (
            comes("2025-03-03 09:00", "claim.837", claims_file(FRIDAY_FILED, on="2025-03-03", control=250303001)),
            says("2025-03-03 09:30", "hold", {"kind": "credentialing", "reason": "enrolment runs", "by": "biller-1"}),
            comes(
                "2025-03-03 10:00",
                "active.271",
                eligibility_answer(FRIDAY_FILED.patient, FRIDAY_FILED.payer, on="2025-03-03"),
            ),
            passes("2026-03-03 09:00"),
        ),
        {
            "why": "2026-02-28 is a Saturday: moved to Monday 2026-03-02 (42 CFR 424.44). Warnings 15 and 5 days before:"
            " 2026-02-15 and 2026-02-25. The hold is reviewed after seven business days: 2025-03-12.",
            "steps": [
                {"event": "hold"},
                {"to": "ready_to_submit", "effects": []},
                {"at": "2025-03-12T08:00", "detail": "hold_review:credentialing"},
                {"at": "2026-02-15T08:00", "detail": "filing:warn-15"},
                {"at": "2026-02-25T08:00", "detail": "filing:warn-5"},
                {"at": "2026-03-02T23:59:59", "detail": "filing:limit"},
            ],
            "claims": [
                {
                    "stage": "coded",
                    "status": "ready_to_submit",
                    "submissions": [],
                    "ledger": ledger("180.00", open="180.00"),
                    "tasks": [
                        {"type": "review_hold", "owner": "supervisor"},
                        {"type": "filing_limit", "category": "warning"},
                        {"type": "filing_limit", "category": "passed", "owner": "supervisor"},
                    ],
                }
            ],
        },
        agreeable=False,
    ),
    Story(
        "note_never_moves_an_alarm",
        "A note on day 25 of a 30-day alarm: the alarm still rings on day 30. Only an extension with a reason moves it.",
        (
            HANDED,
            ACCEPTED,
            says("2026-03-28 09:00", "note", {"text": "claim in process", "by": "biller-1"}),
            says("2026-03-30 09:00", "note", {"text": "", "by": "biller-1"}),
            passes("2026-04-02 08:00"),
        ),
        {
            "why": "athenahealth's help describes the trap: an empty note on day 50 of 60 moves the alarm to day 80. Thirty days"
            " from 2026-03-03: 28 left in March, 2 in April.",
            "steps": [
                {"event": "note", "to": "payer_accepted"},
                {"at": "2026-04-02T08:00", "detail": "follow_up", "from": "payer_accepted", "to": "no_response"},
            ],
            "claims": [
                {
                    "status": "no_response",
                    "tasks": [{"type": "follow_up", "owner": "biller"}],
                    "refused": [{"message": "note_added", "reason": "empty"}],
                }
            ],
        },
    ),
    Story(
        "extension_with_and_without_a_reason",
        "An alarm moves for a reason; without one, into the past, or past the law's last day it doesn't.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(MEDICARE_VISIT)),
            says(
                "2026-03-24 09:00",
                "extend",
                {
                    "deadline": "follow_up",
                    "to": "2026-04-16T08:00:00-04:00",
                    "reason": "payer asked for two weeks",
                    "by": "biller-1",
                },
            ),
            says(
                "2026-03-24 09:05",
                "extend",
                {"deadline": "inquiry", "to": "2026-05-01T08:00:00-04:00", "reason": " ", "by": "biller-1"},
            ),
            says(
                "2026-03-24 09:10",
                "extend",
                {"deadline": "inquiry", "to": "2026-03-01T08:00:00-05:00", "reason": "late", "by": "biller-1"},
            ),
            says(
                "2026-03-24 09:15",
                "extend",
                {
                    "deadline": "filing:limit",
                    "to": "2027-06-01T08:00:00-04:00",
                    "reason": "we need time",
                    "by": "biller-1",
                },
            ),
        ),
        {
            "claims": [
                {
                    "deadlines": [
                        {"kind": "follow_up", "due": "2026-04-16T08:00", "rule": "payer asked for two weeks"},
                        {"kind": "filing", "subject": "limit", "due": "2027-03-02T23:59:59"},
                    ],
                    "refused": [
                        {"message": "deadline_extended", "reason": "needs a reason"},
                        {"message": "deadline_extended", "reason": "into the past"},
                        {"message": "deadline_extended", "reason": "2027-03-02"},
                    ],
                }
            ],
        },
    ),
    Story(
        "answers_to_an_inquiry",
        "Three claims are asked about: one is pending, one needs records, one is not on file and goes out again by itself.",
        (
            comes("2026-03-03 09:00", "claims.837", claims_file(VISIT, LONG_VISIT, THIRD)),
            passes("2026-03-17 09:00"),
            comes("2026-03-17 10:00", "pending.277", status_answer(VISIT, "P1:20", on="2026-03-17")),
            comes("2026-03-17 10:01", "records.277", status_answer(LONG_VISIT, "R4:297", on="2026-03-17")),
            comes("2026-03-17 10:02", "not_on_file.277", status_answer(THIRD, "D0:35", on="2026-03-17")),
        ),
        {
            "why": "Records within 45 days of 2026-03-17: 14 left in March, 30 in April, 1 in May. Never on file and nobody"
            " ever confirmed receipt, so the third goes out by itself as an original again, long before its last day, 05-31.",
            "claims": [
                {"patient_control_number": "LK1001", "status": "pending_payer"},
                {
                    "patient_control_number": "LK1002",
                    "status": "info_requested",
                    "deadlines": [{"kind": "documents", "due": "2026-05-01T23:59:59"}],
                },
                {
                    "patient_control_number": "LK1005",
                    "status": "submitted",
                    "submissions": sent("1 transmitted", "1 transmitted"),
                },
            ],
        },
    ),
    Story(
        "records_sent_count_only_with_a_confirmation",
        "The payer asks for records; the clock stops only on a confirmation number.",
        (
            HANDED,
            ACCEPTED,
            comes("2026-03-17 10:00", "records.277", status_answer(VISIT, "R4:297", on="2026-03-17")),
            says("2026-03-19 09:00", "documents_sent", {"confirmation": " ", "by": "biller-1"}),
            says("2026-03-20 09:00", "documents_sent", {"confirmation": "FAX-5512", "by": "biller-1"}),
        ),
        {
            "claims": [
                {
                    "status": "pending_payer",
                    "tasks": [],
                    "only_deadlines": ["inquiry", "follow_up", "missing_remittance"],
                    "refused": [{"message": "documents_sent", "reason": "confirmation"}],
                }
            ],
        },
    ),
    Story(
        "records_never_sent",
        "Nobody sends the records: the forty-five days pass, nothing is sent or given up by itself, a supervisor has it.",
        (
            HANDED,
            ACCEPTED,
            comes("2026-03-17 10:00", "records.277", status_answer(VISIT, "R4:297", on="2026-03-17")),
            passes("2026-05-02 09:00"),
        ),
        {
            "why": "45 days from 2026-03-17 end with 2026-05-01.",
            "steps": [{"at": "2026-05-01T23:59:59", "event": "deadline_passed", "detail": "documents", "effects": []}],
            "claims": [{"status": "info_requested", "ledger": ledger("125.00", open="125.00")}],
        },
    ),
    Story(
        "not_on_file_though_accepted",
        "The payer says it has no such claim, but its own acceptance is kept: show the proof, don't just send again.",
        (
            HANDED,
            ACCEPTED,
            comes("2026-03-17 10:00", "not_on_file.277", status_answer(VISIT, "D0:35", on="2026-03-17")),
        ),
        {
            "claims": [
                {
                    "status": "not_on_file",
                    "submissions": sent("1 accepted"),
                    "tasks": [{"type": "resubmit", "owner": "biller", "reason": "show the proof"}],
                }
            ],
        },
    ),
    Story(
        "finished_but_no_remittance",
        "The payer says paid (F1), and no remittance is here: a biller looks for it; nothing is posted by the answer.",
        (
            HANDED,
            ACCEPTED,
            comes("2026-03-17 10:00", "finished.277", status_answer(VISIT, "F1:65", on="2026-03-17", paid="100.00")),
        ),
        {
            "claims": [
                {
                    "ledger": ledger("125.00", open="125.00"),
                    "submissions": sent("1 accepted"),
                    "tasks": [{"type": "find_remittance", "owner": "biller"}],
                }
            ],
        },
    ),
    Story(
        "answer_after_the_alarm",
        "The follow-up alarm rang; then the payer says that the claim is in process: a new alarm, and the task is done.",
        (
            HANDED,
            ACCEPTED,
            passes("2026-04-02 09:00"),
            comes("2026-04-03 09:00", "pending.277", status_answer(VISIT, "P1:20", on="2026-04-03")),
        ),
        {
            "why": "Thirty days from Friday 2026-04-03: 27 left in April, Sunday 2026-05-03, so Monday 2026-05-04.",
            "steps": [{"detail": "follow_up", "to": "no_response"}, {"to": "pending_payer"}],
            "claims": [
                {
                    "status": "pending_payer",
                    "tasks": [],
                    "deadlines": [
                        {"kind": "follow_up", "due": "2026-05-04T08:00"},
                        {"kind": "inquiry", "due": "2026-04-17T08:00"},
                    ],
                }
            ],
        },
    ),
    Story(
        "note_after_an_extension",
        "The alarm was moved to day 60 for a reason; an `in process` note on day 50 doesn't move it further.",
        (
            HANDED,
            ACCEPTED,
            says(
                "2026-03-20 09:00",
                "extend",
                {
                    "deadline": "follow_up",
                    "to": "2026-05-02T08:00:00-04:00",
                    "reason": "payer is sixty days behind",
                    "by": "biller-1",
                },
            ),
            says("2026-04-22 09:00", "note", {"text": "in process", "by": "biller-1"}),
            passes("2026-05-02 09:00"),
        ),
        {
            "why": "Day 50 and day 60 after 2026-03-03: 2026-04-22 and 2026-05-02.",
            "steps": [
                {"at": "2026-04-22T09:00", "event": "note", "to": "payer_accepted"},
                {"at": "2026-05-02T08:00", "detail": "follow_up", "from": "payer_accepted", "to": "no_response"},
            ],
            "claims": [{"status": "no_response"}],
        },
    ),
    Story(
        "task_put_off_comes_back",
        "A biller puts a rejection off: three business days later it is back on the list; then it is solved by sending again.",
        (
            HANDED,
            comes(
                "2026-03-05 07:00", "rejected.277ca", acknowledgement_277ca("PR", VISIT, "A7:562:85", on="2026-03-05")
            ),
            says("2026-03-05 09:10", "task", {"task": "resolve_rejection", "action": "take", "by": "biller-1"}),
            says("2026-03-05 09:11", "task", {"task": "resolve_rejection", "action": "pend", "by": "biller-1"}),
            passes("2026-03-10 09:00"),
            says(
                "2026-03-10 09:30",
                "task",
                {
                    "task": "resolve_rejection",
                    "action": "resolve_and_resubmit",
                    "reason": "the payer enrolled us",
                    "by": "biller-1",
                },
            ),
        ),
        {
            "why": "Three business days from Thursday 2026-03-05: 03-06, 03-09, 03-10, at eight.",
            "steps": [
                {"at": "2026-03-10T08:00", "event": "deadline_passed", "detail": "task:task-2", "to": "payer_rejected"},
                {"event": "task", "to": "scrubbing", "effects": ["scrub_claim"]},
            ],
            "claims": [
                {
                    "status": "submitted",
                    "submissions": sent("1 rejected", "1 transmitted"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "payer_has_it_but_says_no_more",
        "The payer received the claim (A1), which is no acceptance and no proof that it was filed in time.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(VISIT)),
            comes(
                "2026-03-05 07:00", "received.277ca", acknowledgement_277ca("PR", VISIT, "A1:19:PR", on="2026-03-05")
            ),
        ),
        {
            "claims": [
                {
                    "status": "payer_received",
                    "submissions": [{"number": 1, "proof_of_filing": None}],
                }
            ],
        },
    ),
)
