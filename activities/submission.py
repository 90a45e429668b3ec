"""Scrubbing a claim, sending it once, and looking for it when nobody answered.

A submission is written, let through the gate, stored and posted under the effect's key. Every try writes the same
bytes: control numbers come from the records by that key and times from the order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from temporalio import activity

from activities.errors import carrier_errors, few_tries
from activities.heart import steady
from activities.orders import Answer, Order
from activities.records import write_first
from claims.base import Day
from claims.claim import Claim
from claims.effects import FindSubmission, ScrubClaim, TransmitClaim, transmission_id
from claims.events import (
    AnyEvent,
    ClaimScrubbed,
    ClaimTransmitted,
    SubmissionFound,
    TransmissionRefused,
    TransmissionUnknown,
)
from claims.findings import Finding
from claims.payer_rules import PayerRules
from claims.ports import (
    CannotWrite,
    Carrier,
    ControlNumbers,
    Documents,
    OutcomeUnknown,
    Records,
    RequestRefused,
    SubmissionAnswer,
)

ANSWERS = "submission"
"""Source of documents that came inside an answer; the inbox looks for them in the records."""


class Scrubber(Protocol):
    """The edits over one claim, with whatever tables they need."""

    def __call__(self, claim: Claim, rules: PayerRules, today: Day) -> Sequence[Finding]: ...


class SubmissionActivities:
    def __init__(self, carrier: Carrier, records: Records, documents: Documents, scrubber: Scrubber) -> None:
        self._carrier = carrier
        self._records = records
        self._documents = documents
        self._scrubber = scrubber

    @activity.defn(name="scrub_claim")
    async def scrub_claim(self, order: Order[ScrubClaim]) -> Answer:
        """ClaimScrubbed with every finding."""
        await write_first(self._records, order)
        effect = order.effect
        with few_tries():
            findings = await asyncio.to_thread(self._scrubber, effect.claim, effect.rules, effect.today)
        event = ClaimScrubbed(
            at=order.asked_at, id=order.key, effect=effect.id, version=effect.version, findings=tuple(findings)
        )
        return Answer(events=(event,))

    @activity.defn(name="transmit_claim")
    @steady
    async def transmit_claim(self, order: Order[TransmitClaim]) -> Answer:
        """ClaimTransmitted; TransmissionRefused by the gate or the carrier; TransmissionUnknown.

        Raises what is worth another try under the same key (Unavailable, RateLimited).
        """
        await write_first(self._records, order)
        numbers = await self._records.next_control_numbers(order.key)
        try:
            x12 = self._documents.write_claim(order.effect.claim, numbers, order.asked_at)
        except CannotWrite as error:
            return _refused(order, (str(error),))
        with few_tries():
            problems = await asyncio.to_thread(self._documents.gate, x12)
        if problems:
            return _refused(order, tuple(f"segment {one.segment}: {one.reason}" for one in problems))
        document = await self._remember(order, numbers, x12)
        try:
            with carrier_errors():
                answer = await self._submit(order, x12)
        except _Outcome as outcome:
            return Answer(events=(outcome.event,))
        await self._take_acknowledgement(order, answer)
        sent = {
            "interchange_control_number": f"{numbers.interchange:09d}",
            "group_control_number": str(numbers.group),
            "set_control_number": numbers.set,
        }
        if not answer.accepted:
            named = {**sent, "carrier_reference": answer.reference}
            return Answer(events=(_refusal(order, answer.errors).model_copy(update=named),))
        event = ClaimTransmitted(
            at=order.asked_at,
            id=order.key,
            effect=order.effect.id,
            submission=order.effect.submission,
            **sent,
            carrier_reference=answer.reference,
            document=document,
            acknowledgements=tuple(sorted(self._carrier.acknowledgements)),
        )
        return Answer(events=(event,))

    async def _submit(self, order: Order[TransmitClaim], x12: str) -> SubmissionAnswer:
        claim_type = order.effect.claim.type
        try:
            return await self._carrier.submit(x12, claim_type=claim_type, idempotency_key=order.key)
        except RequestRefused as error:
            raise _Outcome(_refusal(order, (str(error),))) from error
        except OutcomeUnknown as error:
            raise _Outcome(unknown(order, str(error))) from error

    async def _remember(self, order: Order[TransmitClaim], numbers: ControlNumbers, x12: str) -> str:
        """What is about to leave is on record before it leaves, so that an answer can always be matched."""
        document, _ = await self._records.store_document(x12.encode(), kind="837", source="outgoing", at=order.asked_at)
        await self._records.remember_submission(
            practice=order.practice,
            claim_id=order.claim_id,
            submission=order.effect.submission,
            claim=order.effect.claim,
            numbers=numbers,
            document=document,
        )
        return document

    async def _take_acknowledgement(self, order: Order[TransmitClaim], answer: SubmissionAnswer) -> None:
        """The acknowledgement inside the answer is a document like any other: it is stored, and the inbox takes it."""
        if answer.x12:
            raw = answer.x12.encode()
            await self._records.store_document(raw, kind="277", source=ANSWERS, at=order.asked_at)

    @activity.defn(name="find_submission")
    @steady
    async def find_submission(self, order: Order[FindSubmission]) -> Answer:
        """SubmissionFound; its `found` is None where the carrier can't tell: a person must then."""
        await write_first(self._records, order)
        effect = order.effect
        key = f"{order.practice}/{order.claim_id}/{transmission_id(effect.submission)}"
        with carrier_errors():
            found = await self._carrier.find_submission(effect.patient_control_number, idempotency_key=key)
        event = SubmissionFound(
            at=order.asked_at, id=order.key, effect=effect.id, submission=effect.submission, found=found
        )
        return Answer(events=(event,))


class _Outcome(Exception):
    """A carrier's error that is an answer: it ends the tries with an event."""

    def __init__(self, event: AnyEvent) -> None:
        super().__init__(event.kind)
        self.event = event


def unknown(order: Order[TransmitClaim], reason: str) -> TransmissionUnknown:
    """Nobody can say whether the claim is on file."""
    effect = order.effect
    return TransmissionUnknown(
        at=order.asked_at, id=order.key, effect=effect.id, submission=effect.submission, reason=reason
    )


def _refusal(order: Order[TransmitClaim], errors: tuple[str, ...]) -> TransmissionRefused:
    effect = order.effect
    return TransmissionRefused(
        at=order.asked_at, id=order.key, effect=effect.id, submission=effect.submission, errors=errors
    )


def _refused(order: Order[TransmitClaim], errors: tuple[str, ...]) -> Answer:
    return Answer(events=(_refusal(order, errors),))
