"""What leaves by post or carrier: records that a payer asked for, appeals that are mailed, decisions line by line."""

from __future__ import annotations

from storybook.appeals import APPEAL, APPROVE, LEFT
from storybook.book import Story, comes, ledger, passes, says, sent
from storybook.denials import ACCEPTED, HANDED, NECESSITY, denied
from storybook.people import VISIT

NOTE = "fdbed90f10fb54f5239e6cd3b3ea879bd65f7e1c57d8c9953c7eddc4076f10df"
PACKET = "a3" * 32
RECORDS_WANTED = comes("2026-03-20 06:30", "denial.835", denied(VISIT, ("CO", "252", "125.00"), remarks=("N706",)))
SEND = says(
    "2026-03-23 09:00", "send_documents", {"documents": [NOTE], "reason": "the note of the visit", "by": "biller-1"}
)

STORIES = (
    Story(
        "records_go_out_by_the_carrier",
        "CO-252 with N706: the biller names the records, they leave by the carrier, and its receipt stops the clock.",
        (
            HANDED,
            ACCEPTED,
            RECORDS_WANTED,
            SEND,
            says(
                "2026-03-23 09:01",
                "documents_sent",
                {"effect": "documents-4", "confirmation": "RCP1", "document": PACKET},
            ),
            says("2026-04-10 09:00", "documents_reviewed", {"outcome": "overturned"}),
        ),
        {
            "why": "The corrected remittance is due sixty days after the payer's word of 04-10: 20 left in April, 31 in May,"
            " 9 in June, Tuesday 06-09.",
            "steps": [
                {"event": "send_documents", "from": "denied", "effects": ["send_documents"]},
                {"event": "documents_sent", "refused": ""},
                {"event": "documents_reviewed", "refused": ""},
            ],
            "claims": [
                {
                    "status": "denied",
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [],
                    "deadlines": [{"kind": "missing_remittance", "subject": "corrected", "due": "2026-06-09T08:00"}],
                    "refused": [],
                }
            ],
        },
    ),
    Story(
        "no_carrier_takes_the_records",
        "The carrier takes no letters: the packet is ready, a person faxes it, and only her confirmation stops the clock.",
        (
            HANDED,
            ACCEPTED,
            RECORDS_WANTED,
            SEND,
            says(
                "2026-03-23 09:01", "documents_sent", {"effect": "documents-4", "confirmation": "", "document": PACKET}
            ),
            passes("2026-03-24 09:00"),
        ),
        {
            "why": "Forty-five days from 2026-03-23, when they were chosen: 8 left in March, 30 in April, 7 in May.",
            "claims": [
                {
                    "status": "denied",
                    "tasks": [
                        {"type": "work_denial"},
                        {"type": "send_documents", "owner": "biller", "reason": "no carrier takes documents"},
                    ],
                    "deadlines": [{"kind": "documents", "due": "2026-05-07T23:59:59"}],
                }
            ],
        },
    ),
    Story(
        "appeal_is_mailed",
        "The carrier takes no letters: the packet waits with its last day still armed, until a person mails it and says when.",
        (
            HANDED,
            ACCEPTED,
            NECESSITY,
            APPEAL,
            APPROVE,
            says("2026-03-24 15:01", "appeal_sent", {"effect": "appeal-1-4", "level": 1, "document": PACKET}),
            says("2026-03-26 09:00", "appeal_mailed", {"level": 1, "by": "biller-1"}),
            says("2026-03-26 09:01", "appeal_mailed", {"level": 1, "mailed_on": "2026-03-27", "by": "biller-1"}),
            says("2026-03-26 09:02", "record-mailed", {"level": 1, "mailed_on": "2026-03-25", "by": "biller-1"}),
        ),
        {
            "why": "The plan decides within sixty days of the mailing on 03-25: 6 left in March, 30 in April, 24 in May.",
            "steps": [
                {"event": "appeal_sent", "to": "appeal_preparing"},
                {"event": "record-mailed", "from": "appeal_preparing", "to": "appeal_filed"},
            ],
            "claims": [
                {
                    "status": "appeal_filed",
                    "tasks": [],
                    "deadlines": [{"kind": "appeal_decision", "due": "2026-05-24T23:59:59"}],
                    "only_deadlines": ["appeal_decision"],
                    "refused": [
                        {"message": "appeal_mailed", "reason": "mailed_on: is missing"},
                        {"message": "appeal_sent", "reason": "in the future"},
                    ],
                }
            ],
        },
    ),
    Story(
        "appeal_decided_line_by_line",
        "The reviewer overturns one line and says so by its number; a line that the claim doesn't have is refused.",
        (
            HANDED,
            ACCEPTED,
            NECESSITY,
            APPEAL,
            APPROVE,
            LEFT,
            says("2026-05-12 09:00", "decide_appeal", {"level": 1, "lines": {"9": "overturned"}, "by": "biller-1"}),
            says("2026-05-12 09:05", "decide_appeal", {"level": 1, "lines": {"1": "overturned"}, "by": "biller-1"}),
        ),
        {
            "claims": [
                {
                    "status": "appeal_overturned",
                    "submissions": sent("1 denied"),
                    "deadlines": [{"kind": "missing_remittance", "subject": "corrected"}],
                    "refused": [{"message": "appeal_decided", "reason": "no line 9"}],
                }
            ],
        },
    ),
)
