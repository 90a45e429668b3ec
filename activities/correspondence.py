"""Appeals and documents: the packet is made, stored, and sent by the carrier, or left for the mail where none takes letters."""

from __future__ import annotations

import asyncio
import json

from temporalio import activity

from activities.errors import carrier_errors, few_tries
from activities.heart import steady
from activities.orders import Answer, Order
from activities.records import write_first
from claims.claim import Claim
from claims.effects import SendAppeal, SendDocuments
from claims.events import AppealSent, DocumentsSent
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
        letter, _ = await self._records.store_document(packet, kind="appeal", source="outgoing", at=order.asked_at)
        document = await self._manifest(order, appeal_manifest(effect, letter))
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
        )
        return Answer(events=(event,))

    @activity.defn(name="send_documents")
    @steady
    async def send_documents(self, order: Order[SendDocuments]) -> Answer:
        """DocumentsSent with the carrier's receipt, or without one where no carrier takes letters."""
        await write_first(self._records, order)
        effect = order.effect
        document = await self._manifest(order, documents_manifest(effect))
        with carrier_errors():
            receipt = await self._carrier.send_correspondence(
                kind="documents", fields=_document_fields(effect, document), idempotency_key=order.key
            )
        event = DocumentsSent(
            at=order.asked_at,
            id=order.key,
            effect=effect.id,
            confirmation=receipt or "",
            documents=effect.documents,
            document=document,
        )
        return Answer(events=(event,))

    async def _manifest(self, order: Order[SendAppeal] | Order[SendDocuments], packet: dict[str, object]) -> str:
        raw = json.dumps(packet, indent=2, sort_keys=True).encode()
        document, _ = await self._records.store_document(raw, kind="packet", source="outgoing", at=order.asked_at)
        return document


def appeal_manifest(effect: SendAppeal, letter: str) -> dict[str, object]:
    """What an appeal's packet holds: the letter, the claim in short, and every document by its SHA-256."""
    return {
        "kind": "appeal",
        "level": effect.level,
        "name": effect.level_name,
        "to": effect.to,
        "party": effect.party,
        "on": effect.on.isoformat(),
        "reason": effect.reason,
        "claim": _in_short(effect.claim, effect.payer_claim_control_number),
        "codes": list(effect.codes),
        "amount": dollars(effect.amount_cents),
        "letter": letter,
        "remittance": effect.remittance,
        "proof_of_filing": effect.proof_of_filing,
        "documents": list(effect.documents),
    }


def documents_manifest(effect: SendDocuments) -> dict[str, object]:
    """What is sent to a payer that asked: the claim in short, and every document by its SHA-256."""
    return {
        "kind": "documents",
        "on": effect.on.isoformat(),
        "reason": effect.reason,
        "claim": _in_short(effect.claim, effect.payer_claim_control_number),
        "documents": list(effect.documents),
    }


def _in_short(claim: Claim, number: str) -> dict[str, object]:
    days = (claim.service_from, claim.service_to)
    return {
        "patient_control_number": claim.patient_control_number,
        "payer_claim_control_number": number,
        "charge": dollars(claim.charge_cents),
        "service": [day.isoformat() for day in days if day],
        "lines": [
            {"number": line.number, "code": line.procedure or line.revenue_code, "charge": dollars(line.charge_cents)}
            for line in claim.lines
        ],
    }


def _document_fields(effect: SendDocuments, document: str) -> dict[str, str]:
    return {
        "payerId": effect.payer.payer_id,
        "patientControlNumber": effect.claim.patient_control_number,
        "payerClaimControlNumber": effect.payer_claim_control_number,
        "reason": effect.reason,
        "document": document,
        "documents": " ".join(effect.documents),
    }


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
