"""Sending an original again by itself: once, and only where it protects the filing limit (docs/decisions/0007).

A claim of which nobody ever confirmed receipt may be lost. Fifteen days before its filing limit, or when the payer says
that it has no such claim, it goes through the edits and out again under the next submission number.
"""

from __future__ import annotations

from claims.deadlines import first_question
from claims.draft import Draft
from claims.phases import registration
from claims.state import Submission
from claims.status import Status as S

ON_THE_WAY = (S.SUBMITTED, S.SECONDARY_SUBMITTED, S.CLEARINGHOUSE_ACCEPTED, S.NO_RESPONSE, S.NOT_ON_FILE)
"""Where a claim was sent and no payer is known to have it."""
RECEIVED = 3
"""The rank of a submission that the payer is known to have."""


def is_lost(d: Draft) -> bool:
    """Whether it was sent as an original, and no payer ever said that it has it."""
    sent = [one for one in d.state.submissions if one.coverage == d.state.responsible]
    if not sent or sent[-1].frequency in ("7", "8") or d.here not in (*ON_THE_WAY, S.SUBMITTING, S.SUBMISSION_UNKNOWN):
        return False
    return all(not one.proof_of_filing and one.rank < RECEIVED for one in sent)


def why_not(d: Draft) -> str:
    """Why a claim that is lost isn't sent again by itself; empty where it is."""
    if d.state.holds:
        return "a hold stops it from being sent again"
    if d.state.status in (S.SUBMITTING, S.SUBMISSION_UNKNOWN):
        return "it isn't known whether the last submission arrived"
    if d.state.status not in ON_THE_WAY:
        return f"it is {d.state.status.replace('_', ' ')}"
    if d.state.resent_at is not None:
        return f"it was sent again by itself on {d.state.resent_at.date().isoformat()} already"
    latest = d.submission(0)
    if too_fresh(d, latest):
        return "it was sent only days ago, so the payer may not have it yet"
    return ""


def too_fresh(d: Draft, latest: Submission) -> bool:
    """Whether a payer can't be expected to know of it yet."""
    return latest.sent_at is not None and d.now < first_question(latest.sent_at, d.state.rules, d.state.zone)


def resend(d: Draft, why: str) -> None:
    """Through the edits and out as an original. The earlier submission says why it was given up as lost."""
    latest = d.submission(0)
    text = f"sent again by itself, {why}: submission {latest.number} has no proof of receipt"
    d.put_submission(latest, errors=(*latest.errors, f"no proof of receipt, {why}: sent again"))
    d.set(resent_at=d.now)
    d.note(text)
    d.close_tasks("chase_acknowledgement", "follow_up", "find_remittance", "resubmit")
    d.disarm("acknowledgement", "inquiry", "follow_up", "missing_remittance")
    d.forget("inquire_status")
    if d.state.status not in (S.NO_RESPONSE, S.NOT_ON_FILE):
        d.move(S.NO_RESPONSE)
    registration.scrub(d)
