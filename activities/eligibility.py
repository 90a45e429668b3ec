"""Asking a payer whether a patient is covered: a 270 out, a 271 in."""

from __future__ import annotations

import asyncio

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.errors import cannot_write, carrier_errors, few_tries
from activities.heart import steady
from activities.orders import Answer, Order
from activities.reading import Reader
from activities.records import write_first
from claims.documents import EligibilityAnswer
from claims.effects import CheckEligibility
from claims.events import EffectFailed, EligibilityAnswered, EligibilityOverridden
from claims.ports import CannotWrite, Carrier, Documents, NotOffered, Records

LOCAL_AT_ONCE = 20
"""Questions that workflow tasks may be waiting for at the same time; slow payers must not keep other claims waiting."""


class EligibilityActivities:
    """A question is safe to ask again: nothing is on file anywhere because of it. But it costs money.

    A claim asks twice: first as a local activity that waits for a few seconds, then, if it must, as a normal one. The
    second try joins the first question, which goes on in this worker.
    """

    def __init__(self, carrier: Carrier, records: Records, documents: Documents, read: Reader) -> None:
        self._carrier = carrier
        self._records = records
        self._documents = documents
        self._read = read
        self._asking: dict[str, asyncio.Task[bytes]] = {}

    @activity.defn(name="check_eligibility")
    @steady
    async def check_eligibility(self, order: Order[CheckEligibility]) -> Answer:
        """EligibilityAnswered; EffectFailed where the answer can't be read; EligibilityOverridden where nobody can be asked."""
        await write_first(self._records, order)
        if activity.info().is_local and len(self._asking) >= LOCAL_AT_ONCE:
            raise ApplicationError("many questions are waiting for their answer", type="Busy")
        numbers = await self._records.next_control_numbers(order.key)
        try:
            x12 = self._documents.write_eligibility(order.effect.question, numbers, order.asked_at)
        except CannotWrite as error:
            return cannot_write(order, error)
        try:
            with carrier_errors():
                raw = await self._ask(order.key, x12)
        except ApplicationError as error:
            if isinstance(error.__cause__, NotOffered):
                return _not_asked(order, error.message)
            raise
        document, _ = await self._records.store_document(raw, kind="271", source="eligibility", at=order.asked_at)
        with few_tries():
            answer = await asyncio.to_thread(self._answer, raw, order.effect.question.trace)
        if answer is None:
            reason = "unreadable_answer: the payer's answer holds no 271"
            return Answer(
                events=(EffectFailed(at=order.asked_at, id=order.key, effect=order.effect.id, reason=reason),)
            )
        event = EligibilityAnswered(
            at=order.asked_at, id=order.key, effect=order.effect.id, document=document, answer=answer
        )
        return Answer(events=(event,))

    async def _ask(self, key: str, x12: str) -> bytes:
        """One question for all tries under a key. A try that is given up leaves the question to the next one."""
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._answered(key, x12))
        return await asyncio.shield(asking)

    async def _answered(self, key: str, x12: str) -> bytes:
        try:
            return (await self._carrier.ask_eligibility(x12)).encode()
        finally:
            self._asking.pop(key, None)

    def _answer(self, raw: bytes, trace: str) -> EligibilityAnswer | None:
        """The answer to our trace; a payer that returns no trace answers the one question that was asked."""
        answers = [one.parsed for one in self._read(raw).sets if isinstance(one.parsed, EligibilityAnswer)]
        ours = [one for one in answers if trace in one.traces]
        return next(iter(ours or answers), None)


def _not_asked(order: Order[CheckEligibility], reason: str) -> Answer:
    """The claim goes on with its coverage unchecked, as if a person had said so: no claim waits for what nobody offers."""
    event = EligibilityOverridden(at=order.asked_at, id=order.key, by="claimline", reason=reason)
    return Answer(events=(event,))
