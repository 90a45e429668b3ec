"""Claims that never get on file: rejected in the envelope, by the clearinghouse or by the payer. Fix, and send a new original."""

from __future__ import annotations

from dataclasses import replace

from storybook.book import Story, comes, ledger, says, sent
from storybook.people import BEN, HARBOR, LONG_VISIT, VISIT
from storybook.x12 import (
    Payment,
    Remittance,
    acknowledgement_277ca,
    acknowledgement_999,
    acknowledgement_ta1,
    claims_file,
    remittance,
)

HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(VISIT))
BOTH = comes("2026-03-03 09:00", "claims.837", claims_file(VISIT, LONG_VISIT))
PAID = comes(
    "2026-03-27 06:30",
    "payment.835",
    remittance(Remittance(HARBOR, "EFT2001", "2026-03-27", (Payment(VISIT, "1", "125.00", "HB26101"),))),
)
CARD = {"member_id": "HB100200301", "reason": "card checked", "by": "biller-1"}

STORIES = (
    Story(
        "clearinghouse_rejects_then_paid",
        "The clearinghouse rejects the member id (277CA A7); corrected, the claim goes out as a new original and is paid.",
        (
            HANDED,
            comes(
                "2026-03-03 11:00",
                "rejected.277ca",
                acknowledgement_277ca("AY", VISIT, "A7:164:IL", on="2026-03-03", action="U"),
            ),
            says("2026-03-04 10:00", "correct", CARD),
            comes(
                "2026-03-04 12:00", "accepted.277ca", acknowledgement_277ca("AY", VISIT, "A1:19:AY", on="2026-03-04")
            ),
            PAID,
        ),
        {
            "why": "A rejection is not on file: the second submission is frequency 1 again, never 7.",
            "steps": [
                {"to": "clearinghouse_rejected"},
                {"event": "correct", "from": "clearinghouse_rejected", "effects": ["scrub_claim"]},
                {"to": "submitting", "effects": ["transmit_claim"]},
                {"to": "clearinghouse_accepted"},
                {"to": "closed"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", paid="125.00"),
                    "submissions": sent("1 rejected", "1 paid"),
                    "tasks": [],
                    "refused": [],
                }
            ],
        },
    ),
    Story(
        "payer_rejects_with_accept_action",
        "The payer's 277CA says A7 with the action WQ (accept). The category counts: rejected, and no right to appeal.",
        (
            HANDED,
            comes(
                "2026-03-05 07:00",
                "rejected.277ca",
                acknowledgement_277ca("PR", VISIT, "A7:164:IL", on="2026-03-05", action="WQ"),
            ),
            says("2026-03-06 09:00", "appeal", {"reason": "the member is ours", "by": "biller-1"}),
        ),
        {
            "why": "Two business days from Thursday 2026-03-05 for the correction: Monday 2026-03-09. The filing limit goes"
            " on: 90 days from the service of 2026-03-02 (29 left in March, 30 in April, 31 in May) are 2026-05-31.",
            "claims": [
                {
                    "stage": "submitted",
                    "status": "payer_rejected",
                    "ledger": ledger("125.00", open="125.00"),
                    "submissions": sent("1 rejected"),
                    "tasks": [{"type": "resolve_rejection", "owner": "biller", "due": "2026-03-09"}],
                    "deadlines": [{"kind": "filing", "due": "2026-05-31T23:59:59"}],
                    "only_deadlines": ["filing"],
                    "refused": [{"message": "appeal_requested", "reason": "no right to appeal"}],
                }
            ],
        },
    ),
    Story(
        "set_rejected_by_999",
        "A 999 rejects the set of the first claim: that claim alone is rejected, the other one travelled in another set.",
        (
            BOTH,
            comes("2026-03-03 10:00", "rejected.999", acknowledgement_999(1, "R", on="2026-03-03", error="NM1")),
        ),
        {
            "why": "Sets are numbered in the order of sending: LK1001 in group 1, LK1002 in group 2.",
            "claims": [
                {
                    "patient_control_number": "LK1001",
                    "status": "clearinghouse_rejected",
                    "submissions": sent("1 rejected"),
                    "tasks": [{"type": "resolve_rejection", "owner": "biller", "reason": "999"}],
                },
                {
                    "patient_control_number": "LK1002",
                    "status": "submitted",
                    "submissions": sent("1 transmitted"),
                    "tasks": [],
                },
            ],
            "unmatched": [],
        },
    ),
    Story(
        "interchange_rejected_by_ta1",
        "A TA1 rejects the interchange of the second claim; sent again as it is, the claim is in a new interchange.",
        (
            BOTH,
            comes("2026-03-03 10:00", "rejected.ta1", acknowledgement_ta1(2, "R", "006", on="2026-03-03")),
            says("2026-03-03 15:00", "resubmit", {"reason": "receiver id mended", "by": "biller-1"}, claim="LK1002"),
        ),
        {
            "claims": [
                {"patient_control_number": "LK1001", "status": "submitted", "submissions": sent("1 transmitted")},
                {
                    "patient_control_number": "LK1002",
                    "status": "submitted",
                    "submissions": sent("1 rejected", "1 transmitted"),
                    "tasks": [],
                },
            ],
            "unmatched": [],
        },
    ),
    Story(
        "acknowledgements_in_the_wrong_order",
        "The payer's acceptance comes first, then the payer's receipt, the clearinghouse's receipt and the 999.",
        (
            HANDED,
            comes(
                "2026-03-04 07:00",
                "payer_accepts.277ca",
                acknowledgement_277ca("PR", VISIT, "A2:20:PR", on="2026-03-04", payer_number="HB26101"),
            ),
            comes(
                "2026-03-04 08:00",
                "payer_has_it.277ca",
                acknowledgement_277ca("PR", VISIT, "A1:19:PR", on="2026-03-04"),
            ),
            comes(
                "2026-03-04 09:00",
                "clearinghouse.277ca",
                acknowledgement_277ca("AY", VISIT, "A1:19:AY", on="2026-03-03"),
            ),
            comes("2026-03-04 10:00", "accepted.999", acknowledgement_999(1, "A", on="2026-03-03")),
        ),
        {
            "why": "Acceptance by the payer is the furthest; it is proof of filing too, so no filing deadline is left.",
            "claims": [
                {
                    "stage": "submitted",
                    "status": "payer_accepted",
                    "submissions": sent("1 accepted"),
                    "tasks": [],
                    "only_deadlines": ["inquiry", "follow_up", "missing_remittance"],
                    "refused": [],
                }
            ],
        },
    ),
    Story(
        "late_rejection_after_acceptance",
        "The clearinghouse rejects what the payer has accepted already: the claim stays, and a biller looks into it.",
        (
            HANDED,
            comes(
                "2026-03-04 07:00",
                "payer_accepts.277ca",
                acknowledgement_277ca("PR", VISIT, "A2:20:PR", on="2026-03-04", payer_number="HB26101"),
            ),
            comes(
                "2026-03-04 12:00", "rejected.277ca", acknowledgement_277ca("AY", VISIT, "A3:21:AY", on="2026-03-03")
            ),
        ),
        {
            "claims": [
                {
                    "status": "payer_accepted",
                    "submissions": sent("1 accepted"),
                    "tasks": [{"type": "chase_acknowledgement", "owner": "biller", "reason": "contradiction"}],
                    "refused": [{"message": "claim_acknowledged", "reason": "A3:21"}],
                }
            ],
        },
    ),
    Story(
        "acknowledgement_of_the_first_submission_after_the_second",
        "A rejected claim went out again; the rejection of the first submission comes a second time and hurts nothing.",
        (
            HANDED,
            comes("2026-03-03 10:00", "rejected.999", acknowledgement_999(1, "R", on="2026-03-03", error="NM1")),
            says("2026-03-04 10:00", "correct", CARD),
            comes("2026-03-04 11:00", "accepted.999", acknowledgement_999(2, "A", on="2026-03-04")),
            comes("2026-03-04 12:00", "rejected_again.999", acknowledgement_999(1, "R", on="2026-03-04", error="NM1")),
        ),
        {
            "claims": [
                {"status": "submitted", "submissions": sent("1 rejected", "1 transmitted"), "tasks": []},
            ],
        },
    ),
    Story(
        "status_answer_in_a_277ca",
        "A 277CA carries a category that only a status answer may have (F1): it is refused and moves nothing.",
        (
            HANDED,
            comes("2026-03-05 07:00", "odd.277ca", acknowledgement_277ca("PR", VISIT, "F1:65", on="2026-03-05")),
        ),
        {
            "why": "X12 RFI 1942: a batch 277CA carries category A only.",
            "claims": [
                {
                    "status": "submitted",
                    "submissions": sent("1 transmitted"),
                    "refused": [{"message": "claim_acknowledged", "reason": "F1"}],
                }
            ],
        },
    ),
    Story(
        "acknowledgement_of_nobody",
        "An acknowledgement under a number that no claim has is unmatched, though the patient is known here.",
        (
            comes("2026-03-03 09:00", "claim.837", claims_file(LONG_VISIT)),
            comes(
                "2026-03-05 07:00",
                "payer_accepts.277ca",
                acknowledgement_277ca(
                    "PR", replace(LONG_VISIT, patient=BEN), "A2:20:PR", on="2026-03-05", number="OLD1"
                ),
            ),
        ),
        {
            "claims": [{"status": "submitted", "submissions": sent("1 transmitted")}],
            "unmatched": [{"set": "277CA", "reference": "OLD1"}],
        },
    ),
)
