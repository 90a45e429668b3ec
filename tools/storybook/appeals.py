"""Appeals: asked for, approved, sent, decided; too late, too small, or nobody approves. Silence files nothing."""

from __future__ import annotations

from dataclasses import replace

from storybook.book import Story, comes, ledger, passes, says, sent
from storybook.denials import ACCEPTED, HANDED, MEDICARE_HANDED, NECESSITY, denied
from storybook.paying import pays
from storybook.people import HARBOR, MEDICARE, MEDICARE_VISIT, VISIT
from storybook.x12 import Payment, Remittance, claims_file, remittance

MEDICARE_NECESSITY = comes(
    "2026-03-20 06:30",
    "denial.835",
    denied(MEDICARE_VISIT, ("CO", "50", "180.00"), payer=MEDICARE, number="MC26201", remarks=("N115", "MA01")),
)
APPEAL = says("2026-03-24 10:00", "appeal", {"level": 1, "reason": "records show necessity", "by": "biller-1"})
APPROVE = says("2026-03-24 15:00", "approve", {"by": "supervisor-1"})
LEFT = says("2026-03-25 09:00", "appeal_sent", {"level": 1, "receipt": "FAX-771"})
UPHELD = says(
    "2026-05-12 09:00", "decide_appeal", {"level": 1, "outcome": "upheld", "notice_on": "2026-05-11", "by": "biller-1"}
)

STORIES = (
    Story(
        "denial_overturned_on_appeal",
        "Denied for necessity (CO-50), appealed, overturned; the corrected remittance reverses and pays, the claim closes.",
        (
            HANDED,
            ACCEPTED,
            NECESSITY,
            APPEAL,
            APPROVE,
            LEFT,
            says("2026-05-12 09:00", "decide_appeal", {"level": 1, "outcome": "overturned", "by": "biller-1"}),
            comes(
                "2026-05-29 06:30",
                "corrected.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT3002",
                        "2026-05-29",
                        (
                            Payment(
                                VISIT,
                                "22",
                                "0.00",
                                "HB26201",
                                adjustments=(("CO", "50", "-125.00"),),
                                charge="-125.00",
                            ),
                            Payment(VISIT, "1", "100.00", "HB26201A", adjustments=(("CO", "45", "25.00"),)),
                        ),
                    )
                ),
            ),
        ),
        {
            "why": "125.00 = 100.00 paid + 25.00 contractual. The reversal nets to nothing against the denial.",
            "steps": [
                {"event": "remittance_received", "to": "denied"},
                {"event": "appeal", "from": "denied", "to": "awaiting_approval"},
                {"event": "approve", "to": "appeal_preparing", "effects": ["send_appeal"]},
                {"event": "appeal_sent", "to": "appeal_filed"},
                {"event": "decide_appeal", "to": "appeal_overturned"},
                {"event": "remittance_received", "to": "closed"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="100.00", contractual="25.00"),
                    "submissions": sent("1 paid"),
                    "tasks": [],
                    "only_deadlines": ["linger"],
                    "refused": [],
                }
            ],
        },
    ),
    Story(
        "appeal_is_filed_and_has_a_date",
        "An appeal that left waits for its decision until a date.",
        (HANDED, ACCEPTED, NECESSITY, APPEAL, APPROVE, LEFT),
        {
            "why": "A plan of one level decides within 60 days (29 CFR 2560.503-1(i)): from 2026-03-25, 6 days left in March,"
            " 30 in April, 24 in May.",
            "claims": [
                {
                    "stage": "appealed",
                    "status": "appeal_filed",
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [],
                    "deadlines": [{"kind": "appeal_decision", "due": "2026-05-24T23:59:59"}],
                    "only_deadlines": ["appeal_decision"],
                }
            ],
        },
    ),
    Story(
        "won_appeal_without_a_corrected_remittance",
        "The appeal is won, but the corrected remittance doesn't come: after sixty days a biller looks for it.",
        (
            HANDED,
            ACCEPTED,
            NECESSITY,
            APPEAL,
            APPROVE,
            LEFT,
            says("2026-05-12 09:00", "decide_appeal", {"level": 1, "outcome": "overturned", "by": "biller-1"}),
            passes("2026-07-14 09:00"),
        ),
        {
            "why": "Sixty days from 2026-05-12: 19 left in May, 30 in June, 11 in July: Saturday 2026-07-11, so the alarm"
            " rings on Monday 2026-07-13.",
            "steps": [{"at": "2026-07-13T08:00", "event": "deadline_passed", "detail": "missing_remittance:corrected"}],
            "claims": [
                {
                    "stage": "appealed",
                    "status": "appeal_overturned",
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [{"type": "find_correction", "owner": "biller"}],
                }
            ],
        },
    ),
    Story(
        "second_level_needs_more_money",
        "Medicare upholds a 180.00 denial twice; the third level needs 200.00 in 2026. A person writes it off.",
        (
            MEDICARE_HANDED,
            MEDICARE_NECESSITY,
            APPEAL,
            APPROVE,
            LEFT,
            UPHELD,
            says("2026-05-13 09:00", "appeal", {"level": 2, "reason": "new records", "by": "biller-1"}),
            says("2026-05-13 15:00", "approve", {"by": "supervisor-1"}),
            says("2026-05-14 09:00", "appeal_sent", {"level": 2, "receipt": "QIC-12"}),
            says("2026-07-01 09:00", "decide_appeal", {"level": 2, "outcome": "upheld", "by": "biller-1"}),
            says("2026-07-02 09:00", "appeal", {"level": 3, "reason": "a judge should look", "by": "biller-1"}),
            says("2026-07-06 09:00", "write_off", {"reason": "appeals exhausted", "by": "biller-1"}),
        ),
        {
            "why": "A hearing asked for on or after 2026-01-01 needs 200.00 in controversy (Federal Register 2025-21879);"
            " 180.00 are.",
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("180.00", written_off="180.00"),
                    "tasks": [],
                    "refused": [{"message": "appeal_requested", "reason": "200"}],
                }
            ],
        },
    ),
    Story(
        "second_level_asked_for_too_late",
        "Medicare upholds the denial; the reconsideration is asked for a day after its last day and refused.",
        (
            MEDICARE_HANDED,
            MEDICARE_NECESSITY,
            APPEAL,
            APPROVE,
            LEFT,
            UPHELD,
            says("2026-11-13 10:00", "appeal", {"level": 2, "reason": "new records", "by": "biller-1"}),
        ),
        {
            "why": "180 days from receipt, presumed 5 days after the notice of 2026-05-11: 2026-05-16 + 180 days = 15 left in"
            " May, 30, 31, 31, 30, 31 to the end of October (168), 12 in November: 2026-11-12.",
            "claims": [
                {
                    "stage": "appealed",
                    "status": "appeal_upheld",
                    "ledger": ledger("180.00", open="180.00"),
                    "refused": [{"message": "appeal_requested", "reason": "2026-11-12"}],
                }
            ],
        },
    ),
    Story(
        "last_day_of_a_redetermination",
        "Notice of 2022-05-15: the last day for the redetermination is 2022-09-17, a Saturday, and it is not moved.",
        (
            comes(
                "2022-04-05 09:00",
                "claims.837",
                claims_file(
                    replace(MEDICARE_VISIT, number="LK22A", on="2022-04-04"),
                    replace(MEDICARE_VISIT, number="LK22B", on="2022-04-05"),
                    on="2022-04-05",
                    control=220405001,
                ),
            ),
            comes(
                "2022-05-16 06:30",
                "denials.835",
                remittance(
                    Remittance(
                        MEDICARE,
                        "EFT2201",
                        "2022-05-15",
                        tuple(
                            Payment(
                                replace(MEDICARE_VISIT, number=number, on=day),
                                "1",
                                "0.00",
                                icn,
                                adjustments=(("CO", "50", "180.00"),),
                                remarks=("MA01",),
                            )
                            for number, day, icn in (
                                ("LK22A", "2022-04-04", "MC22001"),
                                ("LK22B", "2022-04-05", "MC22002"),
                            )
                        ),
                    )
                ),
            ),
            says("2022-09-17 20:00", "appeal", {"reason": "records", "by": "biller-1"}, claim="LK22A"),
            says("2022-09-18 09:00", "appeal", {"reason": "records", "by": "biller-1"}, claim="LK22B"),
        ),
        {
            "why": "Palmetto GBA's own example: 120 days and 5 of presumed receipt from 2022-05-15 are 2022-09-17.",
            "claims": [
                {"patient_control_number": "LK22A", "status": "appeal_preparing", "refused": []},
                {
                    "patient_control_number": "LK22B",
                    "status": "denied",
                    "refused": [
                        {
                            "message": "appeal_requested",
                            "reason": "too late: the last day for redetermination was 2022-09-17",
                        }
                    ],
                },
            ],
        },
    ),
    Story(
        "late_appeal_is_refused",
        "An appeal on the day after the last one is refused with that day.",
        (
            HANDED,
            ACCEPTED,
            NECESSITY,
            says("2026-09-17 09:00", "appeal", {"reason": "records show necessity", "by": "biller-1"}),
        ),
        {
            "why": "180 days from 2026-03-20: 11 left in March, 30, 31, 30, 31, 31 to the end of August (164), 16 in September.",
            "claims": [
                {
                    "status": "denied",
                    "ledger": ledger("125.00", open="125.00"),
                    "refused": [{"message": "appeal_requested", "reason": "2026-09-16"}],
                }
            ],
        },
    ),
    Story(
        "approval_expires_into_nothing_filed",
        "Nobody approves the appeal within fourteen days: nothing is filed, the supervisor has it, the last day stands.",
        (
            HANDED,
            ACCEPTED,
            NECESSITY,
            APPEAL,
            passes("2026-04-08 09:00"),
            says("2026-04-08 10:00", "approve", {"by": "supervisor-1"}),
        ),
        {
            "why": "Fourteen days from 2026-03-24 end with 2026-04-07. The last day to appeal stays 2026-09-16.",
            "steps": [
                {"event": "appeal", "to": "awaiting_approval"},
                {
                    "at": "2026-04-07T23:59:59",
                    "event": "deadline_passed",
                    "from": "awaiting_approval",
                    "to": "denied",
                    "effects": [],
                },
            ],
            "claims": [
                {
                    "stage": "denied",
                    "status": "denied",
                    "ledger": ledger("125.00", open="125.00"),
                    "tasks": [
                        {"type": "work_denial", "owner": "supervisor", "reason": "nothing was filed"},
                    ],
                    "deadlines": [{"kind": "appeal", "due": "2026-09-16T23:59:59"}],
                    "refused": [{"message": "approval_decided"}],
                }
            ],
        },
    ),
    Story(
        "who_asked_cant_approve",
        "The biller who asks for the appeal approves it too: refused; the first decision of somebody else wins.",
        (
            HANDED,
            ACCEPTED,
            NECESSITY,
            APPEAL,
            says("2026-03-24 11:00", "approve", {"by": "biller-1"}),
            says("2026-03-24 12:00", "reject", {"by": "supervisor-1", "reason": "not worth it"}),
            says("2026-03-24 13:00", "approve", {"by": "supervisor-2"}),
        ),
        {
            "claims": [
                {
                    "status": "denied",
                    "refused": [
                        {"message": "approval_decided", "reason": "can't approve"},
                        {"message": "approval_decided"},
                    ],
                }
            ],
        },
    ),
    Story(
        "appeal_won_in_part",
        "The appeal is won in part; the corrected remittance pays a part, the rest is written off by a person.",
        (
            HANDED,
            ACCEPTED,
            pays(
                "2026-03-20 06:30",
                "denial.835",
                Payment(VISIT, "1", "0.00", "HB26201", adjustments=(("CO", "50", "125.00"),)),
                trace="EFT7015",
            ),
            says("2026-03-24 10:00", "appeal", {"level": 1, "reason": "records", "by": "biller-1"}),
            says("2026-03-24 15:00", "approve", {"by": "supervisor-1"}),
            says("2026-03-25 09:00", "appeal_sent", {"level": 1, "receipt": "FAX-771"}),
            says("2026-05-12 09:00", "decide_appeal", {"level": 1, "outcome": "partial", "by": "biller-1"}),
            says("2026-05-13 09:00", "decide_appeal", {"level": 1, "outcome": "overturned", "by": "biller-2"}),
            pays(
                "2026-05-29 06:30",
                "corrected.835",
                Payment(VISIT, "22", "0.00", "HB26201", adjustments=(("CO", "50", "-125.00"),), charge="-125.00"),
                Payment(VISIT, "1", "80.00", "HB26201A", adjustments=(("CO", "50", "45.00"),)),
                trace="EFT7016",
            ),
            says("2026-06-02 09:00", "write_off", {"reason": "not worth a second level", "by": "biller-1"}),
        ),
        {
            "why": "80.00 paid, 45.00 still denied and written off; the first decision on a level wins.",
            "steps": [
                {"event": "remittance_received", "to": "partially_denied"},
                {"event": "write_off", "to": "closed"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="80.00", written_off="45.00"),
                    "tasks": [],
                    "refused": [{"message": "appeal_decided", "reason": "decided already"}],
                }
            ],
        },
    ),
)
