"""Outgoing documents as activities ask for them: who sends to whom is settled here, once for an installation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from adapters.x12.claims_out import write_claim
from adapters.x12.eligibility_request import write_eligibility_request
from adapters.x12.gate import gate
from adapters.x12.status_inquiry import write_status_inquiry
from adapters.x12.writer import Envelope, WriteRefused
from claims.base import Value
from claims.claim import Claim
from claims.documents import Problem
from claims.ports import CannotWrite, ControlNumbers, Documents
from claims.questions import EligibilityQuestion, StatusQuestion


class Partners(Value):
    """The two ends of the line, as agreed with the carrier. `usage` is ISA15: T test, P production."""

    sender_id: str
    sender_qualifier: str = "ZZ"
    receiver_id: str
    receiver_qualifier: str = "ZZ"
    submitter_name: str
    submitter_contact: str
    submitter_phone: str
    receiver_name: str
    usage: Literal["T", "P"] = "T"
    acknowledge: bool = False
    """ISA14: ask for a TA1; only where the carrier delivers them."""


class X12Documents(Documents):
    """Writes 837, 270 and 276. Envelopes carry the time in `zone`, the zone of the practice."""

    def __init__(self, partners: Partners, *, zone: str) -> None:
        self._partners = partners
        self._zone = ZoneInfo(zone)

    def write_claim(self, claim: Claim, numbers: ControlNumbers, at: datetime) -> str:
        with _as_port_error():
            return write_claim(claim, envelope=self._envelope(numbers, at))

    def gate(self, x12: str) -> Sequence[Problem]:
        return gate(x12)

    def write_eligibility(self, question: EligibilityQuestion, numbers: ControlNumbers, at: datetime) -> str:
        with _as_port_error():
            return write_eligibility_request(question, self._envelope(numbers, at))

    def write_status(self, question: StatusQuestion, numbers: ControlNumbers, at: datetime) -> str:
        with _as_port_error():
            return write_status_inquiry(question, self._envelope(numbers, at))

    def _envelope(self, numbers: ControlNumbers, at: datetime) -> Envelope:
        return Envelope(
            **self._partners.model_dump(),
            interchange_control_number=numbers.interchange,
            group_control_number=numbers.group,
            set_control_number=numbers.set,
            at=at.astimezone(self._zone),
        )


@contextmanager
def _as_port_error() -> Iterator[None]:
    try:
        yield
    except WriteRefused as refused:
        raise CannotWrite(refused.where, refused.reason) from None
