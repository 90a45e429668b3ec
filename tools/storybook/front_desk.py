"""Before a claim leaves: coverage, codes, holds, and what upstream hands over twice or changes its mind about."""

from __future__ import annotations

import json
from dataclasses import replace

from storybook.book import Story, comes, ledger, passes, says, sent
from storybook.people import ADA, CLARA, HARBOR, VISIT
from storybook.x12 import Line, Payment, Remittance, Visit, claims_file, eligibility_answer, remittance

HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(VISIT))
RIGHT_CARD = replace(ADA, member="HB100200301")
ACTIVE = comes("2026-03-03 09:30", "active.271", eligibility_answer(ADA, HARBOR, on="2026-03-03"))
ENCOUNTER = json.dumps(
    {
        "patient_control_number": "LK2001",
        "type": "professional",
        "coded": False,
        "place_of_service": "11",
        "billing": {
            "npi": "1999999984",
            "last": "LAKESIDE FAMILY PRACTICE",
            "taxonomy": "207Q00000X",
            "tax_id": "201234567",
            "address": {"line1": "12 HARBOR ST", "city": "MADISON", "state": "WI", "postal_code": "537030012"},
        },
        "rendering": {"npi": "1888888876", "last": "HARTWELL", "first": "IRENE"},
        "patient": {
            "last": "ALDER",
            "first": "ADA",
            "birth_date": "1980-05-17",
            "gender": "F",
            "address": {"line1": "3 MILL ST", "city": "MADISON", "state": "WI", "postal_code": "53703"},
        },
        "coverages": [
            {
                "payer_id": "HARBR",
                "payer_name": "HARBOR HEALTH PLAN",
                "member_id": "HB100200300",
                "filing_indicator": "CI",
                "group_number": "G4500",
            }
        ],
        "lines": [{"service_from": "2026-03-02", "description": "Office visit", "charge": "125.00", "units": "1"}],
    },
    indent=2,
)
CODES = {
    "diagnoses": ["E11.9"],
    "lines": [{"procedure": "99213", "charge": "125.00", "pointers": [1]}],
    "by": "coder-1",
}
TOOK_IT = {
    "submission": 1,
    "interchange_control_number": "000000001",
    "group_control_number": "1",
    "set_control_number": "0001",
    "acknowledgements": ["999", "277CA"],
}

STORIES = (
    Story(
        "not_covered_then_the_right_card",
        "The payer says that the patient is not covered; the front desk finds the right card, asks again, and the claim goes out.",
        (
            HANDED,
            comes("2026-03-03 09:30", "inactive.271", eligibility_answer(ADA, HARBOR, on="2026-03-03", benefit="6")),
            says("2026-03-04 10:00", "correct", {"member_id": "HB100200301", "reason": "new card", "by": "desk-1"}),
            comes("2026-03-04 10:05", "active.271", eligibility_answer(RIGHT_CARD, HARBOR, on="2026-03-04")),
            says("2026-03-04 10:06", "claim_transmitted", TOOK_IT),
        ),
        {
            "steps": [
                {"event": "claim_registered", "to": "eligibility_pending", "effects": ["check_eligibility"]},
                {"event": "eligibility_answered", "to": "eligibility_failed"},
                {"event": "correct", "to": "eligibility_pending", "effects": ["check_eligibility"]},
                {"event": "eligibility_answered", "to": "scrubbing"},
                {"event": "claim_scrubbed", "to": "submitting", "effects": ["transmit_claim"]},
                {"event": "claim_transmitted", "to": "submitted"},
            ],
            "claims": [{"status": "submitted", "submissions": sent("1 transmitted"), "tasks": [], "refused": []}],
        },
        agreeable=False,
    ),
    Story(
        "not_covered",
        "The payer says that the patient is not covered: the front desk has it, and nothing is sent.",
        (
            HANDED,
            comes("2026-03-03 09:30", "inactive.271", eligibility_answer(ADA, HARBOR, on="2026-03-03", benefit="6")),
        ),
        {
            "why": "Two business days from Tuesday 2026-03-03 for the task: Thursday 2026-03-05.",
            "claims": [
                {
                    "stage": "registered",
                    "status": "eligibility_failed",
                    "ledger": ledger("125.00", open="125.00"),
                    "submissions": [],
                    "tasks": [{"type": "verify_coverage", "owner": "front_desk", "due": "2026-03-05"}],
                    "only_deadlines": ["filing"],
                }
            ],
        },
        agreeable=False,
    ),
    Story(
        "payer_finds_no_such_subscriber",
        "AAA 75, subscriber not found: the front desk's, with what to do.",
        (
            HANDED,
            comes("2026-03-03 09:30", "rejected.271", eligibility_answer(ADA, HARBOR, on="2026-03-03", rejection="75")),
        ),
        {
            "claims": [
                {
                    "status": "eligibility_failed",
                    "submissions": [],
                    "tasks": [{"type": "verify_coverage", "owner": "front_desk", "reason": "AAA 75"}],
                }
            ],
        },
        agreeable=False,
    ),
    Story(
        "payer_doesnt_know_the_practice",
        "AAA 43, the provider's number is not known: that is our enrolment, not the patient's fault.",
        (
            HANDED,
            comes("2026-03-03 09:30", "rejected.271", eligibility_answer(ADA, HARBOR, on="2026-03-03", rejection="43")),
        ),
        {
            "claims": [
                {
                    "status": "eligibility_failed",
                    "tasks": [
                        {"type": "verify_coverage", "owner": "biller", "category": "enrollment", "reason": "AAA 43"}
                    ],
                }
            ],
        },
        agreeable=False,
    ),
    Story(
        "payer_cant_answer_now",
        "AAA 42, the payer can't answer now: the claim goes on waiting, and after a business day the front desk asks.",
        (
            HANDED,
            comes("2026-03-03 09:30", "rejected.271", eligibility_answer(ADA, HARBOR, on="2026-03-03", rejection="42")),
            passes("2026-03-04 09:00"),
            says("2026-03-04 10:00", "override", {"reason": "card seen", "by": "desk-1"}),
        ),
        {
            "steps": [
                {"event": "eligibility_answered", "from": "eligibility_pending", "to": "eligibility_pending"},
                {"at": "2026-03-04T08:00", "detail": "eligibility"},
                {"event": "override", "to": "scrubbing"},
                {"to": "submitting"},
            ],
            "claims": [{"status": "submitting", "submissions": sent("1 sending"), "tasks": []}],
        },
        agreeable=False,
    ),
    Story(
        "encounter_is_coded_and_paid",
        "An encounter comes without codes; a coder adds them, and the claim goes out and is paid.",
        (
            comes("2026-03-03 09:00", "encounter.json", ENCOUNTER + "\n"),
            says("2026-03-04 11:00", "code", CODES),
            comes(
                "2026-03-20 06:30",
                "payment.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT5001",
                        "2026-03-20",
                        (Payment(replace(VISIT, number="LK2001"), "1", "125.00", "HB26501"),),
                    )
                ),
            ),
        ),
        {
            "steps": [
                {"event": "eligibility_answered", "to": "awaiting_coding"},
                {"event": "code", "from": "awaiting_coding", "to": "scrubbing"},
                {"to": "submitting"},
                {"event": "remittance_received", "to": "closed"},
            ],
            "claims": [
                {
                    "patient_control_number": "LK2001",
                    "status": "closed",
                    "ledger": ledger("125.00", paid="125.00"),
                    "submissions": sent("1 paid"),
                    "tasks": [],
                }
            ],
        },
    ),
    Story(
        "nobody_codes",
        "The encounter waits for codes: two business days later the task is the supervisor's.",
        (comes("2026-03-03 09:00", "encounter.json", ENCOUNTER + "\n"), passes("2026-03-05 09:00")),
        {
            "why": "Two business days from Tuesday 2026-03-03: Thursday 2026-03-05 at eight.",
            "steps": [{"at": "2026-03-05T08:00", "event": "deadline_passed", "detail": "coding"}],
            "claims": [
                {
                    "stage": "registered",
                    "status": "awaiting_coding",
                    "submissions": [],
                    "tasks": [{"type": "code_claim", "owner": "supervisor"}],
                }
            ],
        },
    ),
    Story(
        "wrong_code_is_corrected",
        "The coder writes a diagnosis that doesn't exist: the edits catch it before anything leaves.",
        (
            comes("2026-03-03 09:00", "encounter.json", ENCOUNTER + "\n"),
            says("2026-03-04 11:00", "code", {**CODES, "diagnoses": ["E11.99"]}),
            says("2026-03-04 11:30", "correct", {"diagnoses": ["E11.9"], "reason": "typing", "by": "coder-1"}),
        ),
        {
            "steps": [
                {"event": "claim_scrubbed", "to": "needs_correction", "effects": []},
                {"event": "correct", "from": "needs_correction", "to": "scrubbing"},
                {"event": "claim_scrubbed", "to": "submitting"},
            ],
            "claims": [{"status": "submitted", "submissions": sent("1 transmitted"), "tasks": []}],
        },
    ),
    Story(
        "hold_stops_sending",
        "A hold stops the sending, not the filing clock; released, the claim goes out.",
        (
            HANDED,
            says("2026-03-03 09:10", "hold", {"kind": "documents", "reason": "operative note", "by": "biller-1"}),
            ACTIVE,
            says("2026-03-04 09:00", "submit", {"reason": "hurry", "by": "biller-1"}),
            says("2026-03-06 09:00", "release", {"kind": "documents", "by": "biller-1"}),
        ),
        {
            "why": "Filing: 90 days from the service of 2026-03-02 are 2026-05-31, hold or not.",
            "steps": [
                {"event": "claim_scrubbed", "to": "ready_to_submit", "effects": []},
                {"event": "submit", "to": "ready_to_submit", "refused": "on hold"},
                {"event": "release", "from": "ready_to_submit", "to": "submitting", "effects": ["transmit_claim"]},
            ],
            "claims": [
                {
                    "status": "submitting",
                    "submissions": sent("1 sending"),
                    "deadlines": [{"kind": "filing", "subject": "limit", "due": "2026-05-31T23:59:59"}],
                    "only_deadlines": ["filing"],
                    "refused": [{"reason": "on hold"}],
                }
            ],
        },
        agreeable=False,
    ),
    Story(
        "same_file_again",
        "Upstream exports the file twice, then with another charge: known, and refused with what differs.",
        (
            HANDED,
            comes("2026-03-03 12:00", "claim.837", HANDED.content),
            comes("2026-03-03 13:00", "changed.837", claims_file(replace(VISIT, lines=(Line("99213", "140.00"),)))),
        ),
        {
            "claims": [{"status": "submitted", "ledger": ledger("125.00", open="125.00")}],
            "intake": [
                {"claim": "LK1001", "outcome": "started"},
                {"claim": "LK1001", "outcome": "already_known"},
                {"claim": "LK1001", "outcome": "refused", "reason": "charge"},
            ],
        },
    ),
    Story(
        "replacement_of_a_claim_unknown_here",
        "Upstream sends a frequency 7 for a claim that never went out from here: a claim that says so, and keeps its number.",
        (
            comes(
                "2026-03-03 09:00",
                "replacement.837",
                claims_file(replace(VISIT, frequency="7", payer_number="HB25777")),
            ),
        ),
        {
            "claims": [{"status": "submitted", "submissions": sent("7 transmitted")}],
            "intake": [{"claim": "LK1001", "outcome": "started", "reason": "the claim it replaces is unknown here"}],
        },
    ),
    Story(
        "upstream_voids_before_anything_left",
        "Upstream voids (frequency 8) a claim that still waits for its coverage answer: it ends here, nothing is sent.",
        (
            HANDED,
            comes(
                "2026-03-03 12:00",
                "void.837",
                claims_file(replace(VISIT, frequency="8", payer_number="NONE1"), control=260303002),
            ),
        ),
        {
            "claims": [
                {"stage": "closed", "status": "voided", "submissions": [], "tasks": [], "only_deadlines": ["linger"]}
            ],
            "intake": [{"claim": "LK1001", "outcome": "started"}, {"claim": "LK1001", "outcome": "replacement"}],
        },
        agreeable=False,
    ),
    Story(
        "upstream_replaces_before_anything_left",
        "Upstream replaces (frequency 7) a claim that is on hold: the claim here changes and goes out as an original.",
        (
            HANDED,
            says("2026-03-03 09:10", "hold", {"kind": "charge", "reason": "charge is checked", "by": "biller-1"}),
            ACTIVE,
            comes(
                "2026-03-03 12:00",
                "replacement.837",
                claims_file(
                    replace(VISIT, frequency="7", payer_number="NONE1", lines=(Line("99213", "140.00"),)),
                    control=260303002,
                ),
            ),
            says("2026-03-04 09:00", "release", {"by": "biller-1"}),
        ),
        {
            "claims": [
                {
                    "status": "submitting",
                    "ledger": ledger("140.00", open="140.00"),
                    "submissions": sent("1 sending"),
                    "tasks": [],
                }
            ],
        },
        agreeable=False,
    ),
    Story(
        "dental_file_is_no_claim_here",
        "A dental claim file is no claim here: nothing starts, and the reason is told.",
        (
            comes(
                "2026-03-03 09:00",
                "dental.837",
                claims_file(VISIT).replace("005010X222A1", "005010X224A2"),
            ),
        ),
        {"claims": [], "intake": [{"outcome": "unreadable", "reason": "837D"}]},
    ),
    Story(
        "two_claims_under_one_number",
        "Two patients' claims came with the same CLM01: two claims, and a payment reaches each by member, day and charge.",
        (
            comes(
                "2026-03-03 09:00",
                "claims.837",
                claims_file(VISIT, Visit("LK1001", CLARA, HARBOR, (Line("99212", "80.00"),))),
            ),
            comes(
                "2026-03-20 06:30",
                "payment.835",
                remittance(
                    Remittance(
                        HARBOR,
                        "EFT4010",
                        "2026-03-20",
                        (
                            Payment(VISIT, "1", "125.00", "HB26301"),
                            Payment(
                                Visit("LK1001", CLARA, HARBOR, (Line("99212", "80.00"),)),
                                "1",
                                "80.00",
                                "HB26303",
                                number="LOST",
                            ),
                        ),
                    )
                ),
            ),
        ),
        {
            "claims": [
                {"patient_control_number": "LK1001", "status": "closed", "ledger": ledger("125.00", paid="125.00")},
                {"status": "closed", "ledger": ledger("80.00", paid="80.00")},
            ],
            "intake": [
                {"claim": "LK1001", "outcome": "started"},
                {"claim": "LK1001", "outcome": "started", "reason": "another claim of this practice has CLM01 LK1001"},
            ],
            "unmatched": [],
        },
    ),
)
