"""Who acted: a person, or what only a machine brings. The audit log has people's acts; everything else is in the journal.

The kind of the event says it, not a name: a payer's remittance carries the payer's name, and a person may be called `claim`.
"""

from __future__ import annotations

from collections.abc import Mapping

from claims.state import ITSELF

BY_MACHINES = frozenset(
    {
        "account_archived",
        "account_deadline_passed",
        "account_effect_failed",
        "account_standing",
        "balance_reported",
        "claim_acknowledged",
        "claim_archived",
        "claim_registered",
        "claim_scrubbed",
        "claim_told",
        "claim_transmitted",
        "deadline_passed",
        "effect_failed",
        "eligibility_answered",
        "patient_balance_reported",
        "remittance_received",
        "statement_laid_out",
        "statement_sent",
        "status_reported",
        "status_unanswered",
        "submission_acknowledged",
        "submission_found",
        "takeback_received",
        "transmission_refused",
        "transmission_unknown",
        "upstream_replacement_received",
    }
)
"""Kinds of events that no message of a person makes. A match by hand is a person's act on the part, and noted there."""

STANDING_IN: Mapping[str, str] = {"eligibility_overridden": ITSELF, "note_added": ITSELF, "patient_paid": "account"}
"""Under which name a machine brings what people bring, too. Who paid at the account is noted at the account."""


def by_a_person(event: str, by: str) -> bool:
    """Whether a named person did this. `event` is its kind."""
    return bool(by.strip()) and event not in BY_MACHINES and by != STANDING_IN.get(event)
