"""Asking a payer where a claim is: a 276 out, a 277 in."""

from __future__ import annotations

import asyncio

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.errors import cannot_write, carrier_errors, few_tries
from activities.heart import steady
from activities.orders import Answer, Order
from activities.reading import Reader
from activities.records import write_first
from claims.documents import StatusLine, StatusReport
from claims.effects import InquireStatus
from claims.events import AnyEvent, StatusReported, StatusUnanswered
from claims.ports import CannotWrite, Carrier, Documents, NotOffered, Records
from claims.questions import StatusQuestion


class FollowUpActivities:
    """A question is safe to ask again: nothing is on file anywhere because of it."""

    def __init__(self, carrier: Carrier, records: Records, documents: Documents, read: Reader) -> None:
        self._carrier = carrier
        self._records = records
        self._documents = documents
        self._read = read

    @activity.defn(name="inquire_status")
    @steady
    async def inquire_status(self, order: Order[InquireStatus]) -> Answer:
        """One StatusReported for every status about this claim, or StatusUnanswered."""
        await write_first(self._records, order)
        question = order.effect.question
        numbers = await self._records.next_control_numbers(order.key)
        try:
            x12 = self._documents.write_status(question, numbers, order.asked_at)
        except CannotWrite as error:
            return cannot_write(order, error)
        try:
            with carrier_errors():
                raw = (await self._carrier.ask_status(x12)).encode()
        except ApplicationError as error:
            if not isinstance(error.__cause__, NotOffered):
                raise
            return _unanswered(order, error.message)
        document, _ = await self._records.store_document(raw, kind="277", source="inquiry", at=order.asked_at)
        with few_tries():
            statuses = await asyncio.to_thread(self._statuses, raw, question)
        events: tuple[AnyEvent, ...] = tuple(
            StatusReported(
                at=order.asked_at,
                id=f"{order.key}/{position}",
                effect=order.effect.id,
                document=document,
                status=status,
            )
            for position, status in enumerate(statuses, 1)
        )
        return Answer(events=events) if events else _unanswered(order, "the answer says nothing about this claim")

    def _statuses(self, raw: bytes, question: StatusQuestion) -> list[StatusLine]:
        """Claim level statuses of our trace; without a trace, those of our patient control number."""
        reports = [one.parsed for one in self._read(raw).sets if isinstance(one.parsed, StatusReport)]
        lines = [line for report in reports for line in report.statuses if line.level != "line"]
        ours = [line for line in lines if line.trace == question.trace]
        return ours or [line for line in lines if line.patient_control_number == question.patient_control_number]


def _unanswered(order: Order[InquireStatus], reason: str) -> Answer:
    event = StatusUnanswered(at=order.asked_at, id=order.key, effect=order.effect.id, reason=reason)
    return Answer(events=(event,))
