"""What is given up, and what is not: write-offs by reason and tier, small rests, contracts, a second look at codes."""

from __future__ import annotations

from dataclasses import replace

from storybook.book import Story, comes, ledger, passes, says
from storybook.paying import COPAY, pays
from storybook.people import LONG_VISIT, MEDICARE_VISIT, VISIT
from storybook.refunds import MEDICARE_HANDED, medicare_pays
from storybook.x12 import Paid, Payment, claims_file

HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(VISIT))
LONG_HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(LONG_VISIT))
DENIED = Payment(VISIT, "1", "0.00", "HB26801", adjustments=(("CO", "29", "125.00"),))
TIERS = {
    "approvals": ["write_off"],
    "rules": {
        "write_off_tiers": [
            {"over_cents": 5000, "role": "supervisor"},
            {"over_cents": 10000, "role": "manager", "approvers": ["owner-1"]},
        ]
    },
}
SMALL = {"rules": {"small_balance_patient_cents": 1000, "small_balance_insurer_cents": 500}}
CONTRACT = {
    "rules": {
        "contract": {
            "fees": {"99214": 15000, "83036": 1500},
            "tolerance_cents": 200,
            "source": "contract of 2026-01-01",
        }
    }
}
UNDERPAID = Payment(
    LONG_VISIT,
    "1",
    "115.00",
    "HB26802",
    lines=(
        Paid("99214", "180.00", "100.00", (("CO", "45", "60.00"), ("PR", "2", "20.00")), number="LK1002L1"),
        Paid("83036", "20.00", "15.00", (("CO", "45", "5.00"),), number="LK1002L2"),
    ),
)
TO_CONTRACT = replace(
    UNDERPAID,
    paid="144.00",
    lines=(
        Paid("99214", "180.00", "129.00", (("CO", "45", "31.00"), ("PR", "2", "20.00")), number="LK1002L1"),
        Paid("83036", "20.00", "15.00", (("CO", "45", "5.00"),), number="LK1002L2"),
    ),
)


STORIES = (
    Story(
        "write_off_by_tier",
        "Filed too late: 125.00 is for the owner to approve, nobody else. Approved, the ledger says who, who else, and why.",
        (
            HANDED,
            pays("2026-03-20 06:30", "denial.835", DENIED, trace="EFT8201"),
            says(
                "2026-03-23 09:00",
                "write_off",
                {"category": "timely_filing", "reason": "sent on day 95", "by": "biller-1"},
            ),
            says("2026-03-23 10:00", "approve", {"by": "supervisor-1"}),
            says("2026-03-23 11:00", "approve", {"by": "owner-1"}),
        ),
        {
            "steps": [
                {"event": "write_off", "from": "denied", "to": "write_off_pending"},
                {"event": "approve", "refused": "one of owner-1"},
                {"event": "approve", "from": "write_off_pending", "to": "closed"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", written_off="125.00"),
                    "write_offs": [
                        {
                            "amount": "125.00",
                            "category": "timely_filing",
                            "reason": "sent on day 95",
                            "by": "biller-1",
                            "approved_by": "owner-1",
                        }
                    ],
                }
            ],
        },
        world=TIERS,
    ),
    Story(
        "write_off_is_rejected",
        "A supervisor's tier, and the supervisor says no: nothing is written off, the denial is worked on.",
        (
            HANDED,
            pays("2026-03-20 06:30", "denial.835", DENIED, trace="EFT8202"),
            says(
                "2026-03-23 09:00",
                "write_off",
                {"amount": "100.00", "category": "timely_filing", "reason": "late", "by": "biller-1"},
            ),
            says("2026-03-23 10:00", "reject", {"reason": "proof of filing is in the records", "by": "supervisor-1"}),
        ),
        {
            "steps": [{"event": "reject", "from": "write_off_pending", "to": "denied"}],
            "claims": [
                {
                    "status": "denied",
                    "ledger": ledger("125.00", open="125.00"),
                    "write_offs": [],
                    "tasks": [{"type": "work_denial", "owner": "supervisor", "reason": "proof of filing"}],
                }
            ],
        },
        world=TIERS,
    ),
    Story(
        "write_off_nobody_approves",
        "Nobody approves for two weeks: the gate closes, and nothing is written off by silence.",
        (
            HANDED,
            pays("2026-03-20 06:30", "denial.835", DENIED, trace="EFT8203"),
            says(
                "2026-03-23 09:00",
                "write_off",
                {"category": "timely_filing", "reason": "late", "by": "biller-1"},
            ),
            passes("2026-04-07 09:00"),
        ),
        {
            "why": "Fourteen days from 2026-03-23 end with 2026-04-06.",
            "steps": [
                {"at": "2026-04-06T23:59", "event": "deadline_passed", "from": "write_off_pending", "to": "denied"}
            ],
            "claims": [{"status": "denied", "ledger": ledger("125.00", open="125.00"), "write_offs": []}],
        },
        world=TIERS,
    ),
    Story(
        "write_off_is_taken_back_after_closing",
        "The claim closed on a write-off below every tier; a month later it is taken back, and the claim is open again.",
        (
            HANDED,
            pays("2026-03-20 06:30", "payment.835", COPAY, trace="EFT8204"),
            says(
                "2026-03-23 09:00",
                "write_off",
                {"bucket": "patient", "category": "courtesy", "reason": "colleague", "by": "biller-1"},
            ),
            says("2026-04-23 09:00", "revert_write_off", {"reason": "no such agreement", "by": "supervisor-1"}),
        ),
        {
            "why": "90.00 + 25.00 + 10.00 = 125.00; then the 10.00 are the patient's again.",
            "steps": [
                {"event": "write_off", "to": "closed"},
                {"event": "revert_write_off", "from": "closed"},
            ],
            "claims": [
                {
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", patient="10.00"),
                    "write_offs": [
                        {
                            "amount": "10.00",
                            "category": "courtesy",
                            "by": "biller-1",
                            "reverted_by": "supervisor-1",
                            "why_reverted": "no such agreement",
                        }
                    ],
                }
            ],
        },
        world=TIERS,
    ),
    Story(
        "medicare_share_is_not_waived_as_a_courtesy",
        "A Medicare patient's coinsurance is no courtesy to give (42 USC 1320a-7a(i)(6)); for want, looked at, it may be.",
        (
            MEDICARE_HANDED,
            medicare_pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(
                    MEDICARE_VISIT, "1", "80.00", "MC26801", adjustments=(("CO", "45", "80.00"), ("PR", "2", "20.00"))
                ),
                trace="EFT8205",
            ),
            says(
                "2026-03-20 09:00",
                "write_off",
                {"bucket": "patient", "category": "courtesy", "reason": "neighbour", "by": "biller-1"},
            ),
            says("2026-03-20 09:05", "write_off", {"bucket": "patient", "reason": "small balance", "by": "biller-1"}),
            says(
                "2026-03-20 09:10",
                "write_off",
                {"bucket": "patient", "reason": "financial assistance", "by": "counselor-1"},
            ),
        ),
        {
            "why": "80.00 + 80.00 + 20.00 = 180.00.",
            "steps": [
                {"event": "write_off", "refused": "not waived as courtesy"},
                {"event": "write_off", "refused": "not waived as small_balance"},
                {"event": "write_off", "to": "closed"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("180.00", paid="80.00", contractual="80.00", written_off="20.00"),
                    "write_offs": [{"category": "financial_assistance", "by": "counselor-1"}],
                }
            ],
        },
    ),
    Story(
        "small_rest_is_written_off_by_the_practices_rule",
        "The practice doesn't send a letter for 10.00: its rule writes the copay off, and stands in the ledger as who did it.",
        (HANDED, pays("2026-03-20 06:30", "payment.835", COPAY, trace="EFT8206")),
        {
            "why": "90.00 + 25.00 + 10.00 = 125.00.",
            "steps": [{"event": "remittance_received", "to": "closed"}],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="90.00", contractual="25.00", written_off="10.00"),
                    "write_offs": [
                        {
                            "amount": "10.00",
                            "bucket": "patient",
                            "category": "small_balance",
                            "by": "rule:small_balance_patient of default 2026-11-24",
                        }
                    ],
                }
            ],
        },
        world=SMALL,
    ),
    Story(
        "small_credit_is_never_kept",
        "The same rule never keeps a credit, however small: 0.40 too much are the patient's, and stay a task.",
        (
            HANDED,
            says("2026-03-03 10:00", "pay", {"amount": "10.40", "method": "cash", "by": "desk-1"}),
            pays("2026-03-20 06:30", "payment.835", COPAY, trace="EFT8207"),
            passes("2026-04-20 09:00"),
        ),
        {
            "why": "90.00 + 10.40 + 25.00 are 0.40 more than 125.00.",
            "claims": [
                {
                    "status": "overpayment_review",
                    "ledger": ledger("125.00", paid="100.40", contractual="25.00", open="-0.40"),
                    "write_offs": [],
                    "tasks": [{"type": "refund", "reason": "0.40"}],
                }
            ],
        },
        world=SMALL,
    ),
    Story(
        "without_a_rule_nothing_is_written_off",
        "No rule about small rests: a cent too little stays on the list for a person.",
        (
            HANDED,
            pays(
                "2026-03-20 06:30",
                "payment.835",
                Payment(VISIT, "1", "99.99", "HB26803", adjustments=(("CO", "45", "25.00"), ("CO", "16", "0.01"))),
                trace="EFT8208",
            ),
            passes("2026-05-20 09:00"),
        ),
        {
            "why": "99.99 + 25.00 leave 0.01.",
            "claims": [{"ledger": ledger("125.00", paid="99.99", contractual="25.00", open="0.01"), "write_offs": []}],
        },
    ),
    Story(
        "less_than_the_contract_is_accepted",
        "The plan allows 120.00 for a visit that the contract sets at 150.00. A person looks, and takes it as it is.",
        (
            LONG_HANDED,
            pays("2026-03-20 06:30", "payment.835", UNDERPAID, trace="EFT8209"),
            says("2026-03-23 09:00", "accept_payment", {"reason": "amended fee schedule", "by": "supervisor-1"}),
        ),
        {
            "why": "100.00 + 20.00 are 30.00 less than 150.00. Then 115.00 + 65.00 + 20.00 = 200.00.",
            "steps": [
                {"event": "remittance_received", "to": "underpaid"},
                {"event": "accept_payment", "from": "underpaid"},
            ],
            "claims": [{"ledger": ledger("200.00", paid="115.00", contractual="65.00", patient="20.00")}],
        },
        world=CONTRACT,
    ),
    Story(
        "less_than_the_contract_is_appealed",
        "The same underpayment is appealed: the appeal's window is open as for a denial, with 30.00 at stake.",
        (
            LONG_HANDED,
            pays("2026-03-20 06:30", "payment.835", UNDERPAID, trace="EFT8210"),
            says("2026-03-23 09:00", "appeal", {"reason": "contract of 2026-01-01, page 7", "by": "biller-1"}),
        ),
        {
            "why": "180 days from 2026-03-20 are 2026-09-16.",
            "steps": [{"event": "appeal", "from": "underpaid", "to": "appeal_preparing"}],
            "claims": [{"status": "appeal_preparing", "deadlines": [{"kind": "appeal", "due": "2026-09-16T23:59:59"}]}],
        },
        world=CONTRACT,
    ),
    Story(
        "within_the_contracts_tolerance",
        "A dollar less than the contract is within the tolerance of 2.00: paid, and nobody looks.",
        (LONG_HANDED, pays("2026-03-20 06:30", "payment.835", TO_CONTRACT, trace="EFT8211")),
        {
            "why": "129.00 + 20.00 are 1.00 less than 150.00; 144.00 + 36.00 + 20.00 = 200.00.",
            "claims": [
                {"status": "paid", "ledger": ledger("200.00", paid="144.00", contractual="36.00", patient="20.00")}
            ],
        },
        world=CONTRACT,
    ),
)
