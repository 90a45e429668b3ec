"""A second look at the codes, and steps that failed: retried, skipped or given up, each by a named person."""

from __future__ import annotations

from storybook.book import Story, comes, ledger, says, sent
from storybook.front_desk import ENCOUNTER
from storybook.people import VISIT
from storybook.x12 import claims_file

CAME = comes("2026-03-03 09:00", "encounter.json", ENCOUNTER + "\n")
HANDED = comes("2026-03-03 09:00", "claim.837", claims_file(VISIT))
REVIEWED = {
    "rules": {"coding_review": {"charge_over_cents": 20000, "modifiers": ["25", "59"], "coders": ["coder-new"]}}
}
CODES = {"diagnoses": ["E11.9"], "lines": [{"procedure": "99213", "charge": "125.00", "pointers": [1]}]}
WITH_25 = {
    "diagnoses": ["E11.9"],
    "lines": [{"procedure": "99213", "modifiers": ["25"], "charge": "125.00", "pointers": [1]}],
}
TWO_AGREE = {"approvals": ["write_off"], "rules": {"write_off_approval_over_cents": 10000}}

STORIES = (
    Story(
        "new_coders_codes_are_read_by_another",
        "The coder is new: another person reads the codes, not she herself. Returned once, coded again, approved, sent.",
        (
            CAME,
            says("2026-03-04 11:00", "code", CODES | {"by": "coder-new"}),
            says("2026-03-04 11:30", "approve", {"by": "coder-new"}),
            says("2026-03-04 14:00", "return", {"reason": "no note for this level", "by": "coder-1"}),
            says("2026-03-04 15:00", "code", CODES | {"by": "coder-new"}),
            says("2026-03-05 09:00", "approve", {"by": "coder-1"}),
        ),
        {
            "steps": [
                {"event": "code", "from": "awaiting_coding", "to": "coding_review", "effects": []},
                {"event": "approve", "refused": "who coded it can't review it"},
                {"event": "return", "from": "coding_review", "to": "awaiting_coding"},
                {"event": "code", "to": "coding_review"},
                {"event": "approve", "from": "coding_review", "effects": ["scrub_claim"]},
            ],
            "claims": [{"status": "submitted", "submissions": sent("1 transmitted"), "tasks": []}],
        },
        world=REVIEWED,
    ),
    Story(
        "modifier_25_is_read_by_another",
        "An old hand's codes go through, but modifier 25 doesn't: two business days later the review is the supervisor's.",
        (
            CAME,
            says("2026-03-04 11:00", "code", WITH_25 | {"by": "coder-1"}),
            says("2026-03-06 12:00", "note", {"text": "reading it", "by": "coder-2"}),
        ),
        {
            "steps": [{"event": "code", "to": "coding_review"}],
            "claims": [
                {
                    "status": "coding_review",
                    "tasks": [{"type": "review_codes", "owner": "supervisor", "reason": "modifier 25"}],
                }
            ],
        },
        world=REVIEWED,
    ),
    Story(
        "failed_question_is_skipped",
        "The question about coverage can't be asked at all: a person skips it, and the claim goes on.",
        (
            HANDED,
            says("2026-03-03 09:02", "effect_failed", {"effect": "eligibility-1", "reason": "carrier: 401"}),
            says("2026-03-03 10:00", "submit", {"by": "biller-1"}),
            says("2026-03-03 11:00", "recover", {"action": "skip", "reason": "card seen", "by": "supervisor-1"}),
        ),
        {
            "steps": [
                {"event": "effect_failed", "to": "blocked_on_failure"},
                {"event": "submit", "refused": "not possible while the claim is blocked_on_failure"},
                {"event": "recover", "from": "blocked_on_failure", "effects": ["scrub_claim"]},
            ],
            "claims": [{"status": "submitting", "tasks": []}],
        },
        agreeable=False,
    ),
    Story(
        "failed_sending_is_never_skipped",
        "What wasn't sent can't be skipped. The claim is given up instead: above the practice's amount two people say so.",
        (
            HANDED,
            says("2026-03-03 09:01", "override", {"reason": "card seen", "by": "desk-1"}),
            says("2026-03-03 09:02", "effect_failed", {"effect": "transmit-1", "reason": "carrier: 401"}),
            says("2026-03-03 11:00", "recover", {"action": "skip", "by": "supervisor-1"}),
            says("2026-03-03 11:05", "recover", {"action": "abandon", "reason": "test claim", "by": "supervisor-1"}),
            says("2026-03-03 11:06", "recover", {"action": "abandon", "reason": "test claim", "by": "supervisor-1"}),
            says("2026-03-03 12:00", "recover", {"action": "abandon", "reason": "test claim", "by": "owner-1"}),
        ),
        {
            "steps": [
                {"event": "recover", "refused": "transmit claim can't be skipped"},
                {"event": "recover", "to": "blocked_on_failure"},
                {"event": "recover", "to": "blocked_on_failure"},
                {"event": "recover", "to": "closed"},
            ],
            "claims": [
                {
                    "status": "closed",
                    "ledger": ledger("125.00", written_off="125.00"),
                    "write_offs": [{"by": "supervisor-1", "approved_by": "owner-1", "reason": "abandoned: test claim"}],
                }
            ],
        },
        world=TWO_AGREE,
        agreeable=False,
    ),
)
