"""The X12 writer and the letters, as a worker has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from adapters.correspondence.letters import TypstLetters
from adapters.x12.claims_out.sets import write_claim
from adapters.x12.eligibility_request import write_eligibility_request
from adapters.x12.gate import gate
from adapters.x12.status_inquiry import write_status_inquiry
from adapters.x12.writer import Envelope
from claims.claim import Claim
from claims.documents import Problem
from claims.ports import ControlNumbers
from claims.questions import EligibilityQuestion, StatusQuestion


class TestDocuments:
    """Writes under one fixed submitter."""

    __test__ = False

    def _envelope(self, numbers: ControlNumbers, at: datetime) -> Envelope:
        return Envelope(
            sender_id="LAKESIDE",
            receiver_id="CLEARING",
            interchange_control_number=numbers.interchange,
            group_control_number=numbers.group,
            set_control_number=numbers.set,
            at=at,
            usage="T",
            submitter_name="LAKESIDE",
            submitter_id="LAKESIDE",
            submitter_contact="BILLING",
            submitter_phone="6085550100",
            receiver_name="CLEARINGHOUSE",
        )

    def write_claim(self, claim: Claim, numbers: ControlNumbers, at: datetime) -> str:
        return write_claim(claim, envelope=self._envelope(numbers, at))

    def gate(self, x12: str) -> Sequence[Problem]:
        return gate(x12)

    def write_eligibility(self, question: EligibilityQuestion, numbers: ControlNumbers, at: datetime) -> str:
        return write_eligibility_request(question, self._envelope(numbers, at))

    def write_status(self, question: StatusQuestion, numbers: ControlNumbers, at: datetime) -> str:
        return write_status_inquiry(question, self._envelope(numbers, at))


def paper() -> tuple[TestDocuments, TypstLetters]:
    return TestDocuments(), TypstLetters()
