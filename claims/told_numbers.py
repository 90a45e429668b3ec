"""The payer's claim control numbers that documents told of a claim. One that was told once stays the claim's.

A payer gives a claim another number when it decides or corrects; a takeback or an answer may name any of them, in any order.
So a number counts too where the claim refuses what told it: an answer that comes after the decision is no news, its number is.
"""

from __future__ import annotations

from claims.documents import ClaimPayment
from claims.events import AnyEvent, ClaimAcknowledged, RemittanceReceived, StatusReported
from claims.proof import why_never_posted
from claims.state import ClaimState

KEPT = 50
"""More than a payer ever gave one claim: what bounds the state, and nothing else."""


def payers_number(event: AnyEvent) -> str:
    """The number that an event tells of its claim, whether the claim takes the event or not; empty where it tells none."""
    if isinstance(event, RemittanceReceived):
        return paid_under(event.payment)
    if isinstance(event, ClaimAcknowledged | StatusReported):
        return event.status.payer_claim_control_number
    return ""


def paid_under(payment: ClaimPayment) -> str:
    """The number of a payment; empty where it is none, as a predetermination, which has a number of its own."""
    return "" if why_never_posted(payment) else payment.payer_claim_control_number


def remember(state: ClaimState, event: AnyEvent) -> ClaimState:
    """The claim, known by the number that the event tells."""
    number = payers_number(event)
    if not number:
        return state
    changes = {}
    if number not in state.told_numbers:
        changes["told_numbers"] = (*state.told_numbers, number)[-KEPT:]
    if not isinstance(event, RemittanceReceived) and number not in state.answered_numbers:
        changes["answered_numbers"] = (*state.answered_numbers, number)[-KEPT:]
    return state.model_copy(update=changes) if changes else state
