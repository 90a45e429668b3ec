"""A patient's statement: laid out and stored. Mailing it is the practice's own affair here."""

from __future__ import annotations

import asyncio

from temporalio import activity

from activities.errors import few_tries
from activities.orders import Answer, Order
from activities.records import write_first
from claims.effects import SendStatement
from claims.events import StatementSent
from claims.ports import Letters, Records


class PatientBillingActivities:
    def __init__(self, records: Records, letters: Letters) -> None:
        self._records = records
        self._letters = letters

    @activity.defn(name="send_statement")
    async def send_statement(self, order: Order[SendStatement]) -> Answer:
        """StatementSent, with the statement's hash; the same effect again gives the same page."""
        await write_first(self._records, order)
        effect = order.effect
        with few_tries():
            page = await asyncio.to_thread(self._letters.statement, effect)
        document, _ = await self._records.store_document(page, kind="statement", source="outgoing", at=order.asked_at)
        event = StatementSent(
            at=order.asked_at, id=order.key, effect=effect.id, document=document, amount_cents=effect.amount_cents
        )
        return Answer(events=(event,))
