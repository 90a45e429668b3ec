"""The payer's claim control numbers that documents told of a claim. One that was told once stays the claim's.

A payer gives a claim another number when it decides or corrects; a takeback or an answer may name any of them, in any order.
"""

from __future__ import annotations

from claims.draft import Draft
from claims.events import AnyEvent, ClaimAcknowledged, RemittanceReceived, StatusReported

KEPT = 50
"""More than a payer ever gave one claim: what bounds the state, and nothing else."""


def payers_number(event: AnyEvent) -> str:
    """The number that an event tells of its claim; empty where it tells none."""
    if isinstance(event, RemittanceReceived):
        return event.payment.payer_claim_control_number
    if isinstance(event, ClaimAcknowledged | StatusReported):
        return event.status.payer_claim_control_number
    return ""


def remember(d: Draft, event: AnyEvent) -> None:
    number = payers_number(event)
    if number and number not in d.state.told_numbers:
        d.set(told_numbers=(*d.state.told_numbers, number)[-KEPT:])
