"""Appeals: the packet is laid out, stored, and sent by the carrier, or marked for the mail where none takes letters."""

from __future__ import annotations

import asyncio

from temporalio import activity

from activities.errors import carrier_errors, few_tries
from activities.heart import steady
from activities.orders import Answer, Order
from activities.records import write_first
from claims.effects import SendAppeal
from claims.events import AppealSent
from claims.money import dollars
from claims.ports import Carrier, Letters, Records


class CorrespondenceActivities:
    def __init__(self, carrier: Carrier, records: Records, letters: Letters) -> None:
        self._carrier = carrier
        self._records = records
        self._letters = letters

    @activity.defn(name="send_appeal")
    @steady
    async def send_appeal(self, order: Order[SendAppeal]) -> Answer:
        """AppealSent with the carrier's receipt, or with the day on which it goes to the mail."""
        await write_first(self._records, order)
        effect = order.effect
        with few_tries():
            packet = await asyncio.to_thread(self._letters.appeal, effect)
        document, _ = await self._records.store_document(packet, kind="appeal", source="outgoing", at=order.asked_at)
        with carrier_errors():
            receipt = await self._carrier.send_correspondence(
                kind="appeal", fields=_fields(effect, document), idempotency_key=order.key
            )
        event = AppealSent(
            at=order.asked_at,
            id=order.key,
            effect=effect.id,
            level=effect.level,
            receipt=receipt or "",
            document=document,
            mailed_on=None if receipt else effect.on,
        )
        return Answer(events=(event,))


def _fields(effect: SendAppeal, document: str) -> dict[str, str]:
    return {
        "level": str(effect.level),
        "levelName": effect.level_name,
        "to": effect.to,
        "payerId": effect.payer.payer_id,
        "patientControlNumber": effect.claim.patient_control_number,
        "payerClaimControlNumber": effect.payer_claim_control_number,
        "amount": dollars(effect.amount_cents),
        "codes": " ".join(effect.codes),
        "reason": effect.reason,
        "document": document,
    }
