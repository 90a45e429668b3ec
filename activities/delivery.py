"""What an inbound document says reaches the claims it is about; what is nobody's is recorded. Nothing is left out.

parts of the document = delivered + unmatched + held
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import groupby

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.letters import read_letter, route_letter
from activities.orders import DeliveryReport, DocumentReference, DocumentSummary, SetSummary
from activities.post import NoSuchClaim, Post
from activities.reading import Reader
from claims import matching
from claims.documents import ClaimSubmissionSet, ParsedDocument, Problem, Remittance, StatusReport
from claims.events import AnyEvent
from claims.matching import Delivery, Routing
from claims.ports import Records, UnmatchedItem

AT_ONCE = 200
"""Claims that one document delivers to at the same time; the post is throttled besides."""
PATIENCE = 6
"""Tries before a claim that was registered but has no workflow is given up as unmatched."""

Parcel = tuple[str, str, tuple[AnyEvent, ...]]


class DeliveryActivities:
    def __init__(self, records: Records, read: Reader, post: Post) -> None:
        self._records = records
        self._read = read
        self._post = post

    @activity.defn(name="prove_document")
    async def prove_document(self, document: DocumentReference) -> DocumentSummary:
        """What a document is about, and whether its money balances."""
        raw = await self._records.load_document(document.sha256)
        parsed = await asyncio.to_thread(self._read, raw)
        return DocumentSummary(
            sha256=document.sha256,
            done=await self._records.document_done(document.sha256),
            sets=tuple(_summary(one.parsed) for one in parsed.sets),
            problems=tuple(f"segment {one.segment}: {one.reason}" for one in parsed.all_problems[:20]),
        )

    @activity.defn(name="deliver_document")
    async def deliver_document(self, document: DocumentReference) -> DeliveryReport:
        """Delivers every part, beating its heart as it goes, and records what found no claim.

        A second try goes on where the first one stopped; a claim knows an event that it has had.
        """
        if await self._records.document_done(document.sha256):
            return DeliveryReport(sha256=document.sha256, already_done=True)
        raw = await self._records.load_document(document.sha256)
        routing, problems = await self._route(document, raw)
        homeless = await self._deliver_all(routing.deliveries)
        unmatched = _left_over(document, routing)
        unmatched += [_homeless(document, 1_000_000 + place, parcel) for place, parcel in homeless]
        delivered = len(routing.deliveries) - sum(len(parcel[2]) for _, parcel in homeless)
        await self._records.finish_document(
            document.sha256, delivered=delivered, unmatched=unmatched, problems=problems
        )
        return DeliveryReport(
            sha256=document.sha256,
            parts=delivered + len(unmatched),
            delivered=delivered,
            claims=len({(one.practice, one.claim_id) for one in routing.deliveries}),
            unmatched=tuple(unmatched[:50]),
            problems=len(problems),
        )

    async def _route(self, document: DocumentReference, raw: bytes) -> tuple[Routing, Sequence[Problem]]:
        letter = read_letter(raw)
        at = document.received_at
        if letter is not None:
            index = await self._records.candidates(patient_control_numbers=[letter.patient_control_number])
            return route_letter(letter, index, at=at, document_id=document.sha256), ()
        parsed: ParsedDocument = await asyncio.to_thread(self._read, raw)
        numbers = matching.needed_numbers(parsed)
        index = await self._records.candidates(
            patient_control_numbers=numbers.patient_control_numbers,
            payer_claim_control_numbers=numbers.payer_claim_control_numbers,
            interchanges=numbers.interchanges,
            traces=numbers.traces,
            member_ids=numbers.member_ids,
        )
        routing = await asyncio.to_thread(matching.route, parsed, index, at=at)
        return routing, parsed.all_problems

    async def _deliver_all(self, deliveries: Sequence[Delivery]) -> list[tuple[int, Parcel]]:
        """Parcels that found no workflow after all patience."""
        parcels = _parcels(deliveries)
        details = activity.info().heartbeat_details
        done: set[int] = set(details[0]) if details else set()
        homeless: list[int] = []
        waiting = [place for place in range(len(parcels)) if place not in done]
        for first in range(0, len(waiting), AT_ONCE):
            places = waiting[first : first + AT_ONCE]
            results = await asyncio.gather(*(self._post_one(parcels[place]) for place in places))
            homeless += [place for place, arrived in zip(places, results, strict=True) if not arrived]
            done |= set(places) - set(homeless)
            if not activity.info().is_local:
                activity.heartbeat(sorted(done))
        if homeless and activity.info().attempt < PATIENCE:
            raise ApplicationError(f"{len(homeless)} claims have no workflow yet", type="ClaimNotStarted")
        return [(place, parcels[place]) for place in homeless]

    async def _post_one(self, parcel: Parcel) -> bool:
        practice, claim_id, events = parcel
        try:
            await self._post.deliver(practice, claim_id, events)
        except NoSuchClaim:
            return False
        return True


def _parcels(deliveries: Sequence[Delivery]) -> list[Parcel]:
    """Everything for one claim together, in the order of the document."""

    def address(one: Delivery) -> tuple[str, str]:
        return one.practice, one.claim_id

    grouped = groupby(sorted(deliveries, key=address), key=address)
    return [(practice, claim_id, tuple(one.event for one in group)) for (practice, claim_id), group in grouped]


def _left_over(document: DocumentReference, routing: Routing) -> list[UnmatchedItem]:
    at = document.received_at
    unmatched = [
        UnmatchedItem(
            document=document.sha256,
            position=one.position,
            set=one.set,
            reference=one.reference,
            payer=one.payer,
            amount_cents=one.amount_cents,
            reason=one.reason,
            at=at,
        )
        for one in routing.unmatched
    ]
    held = [
        UnmatchedItem(
            document=document.sha256,
            position=one.position,
            set=one.set,
            reference=one.reference,
            amount_cents=one.amount_cents,
            reason=f"held: {one.reason}",
            at=at,
        )
        for one in routing.held
    ]
    return unmatched + held


def _homeless(document: DocumentReference, position: int, parcel: Parcel) -> UnmatchedItem:
    practice, claim_id, _ = parcel
    return UnmatchedItem(
        document=document.sha256,
        position=position,
        set=document.set,
        reference=f"{practice}/{claim_id}",
        reason="the claim is known, but has neither a workflow nor an archived state: start it again",
        at=document.received_at,
    )


def _summary(parsed: object) -> SetSummary:
    match parsed:
        case Remittance():
            return SetSummary(
                set="835",
                parts=len(parsed.claims),
                amount_cents=parsed.payment_cents,
                difference_cents=parsed.difference_cents,
                balanced=parsed.difference_cents == 0 and all(claim.balanced for claim in parsed.claims),
            )
        case StatusReport():
            return SetSummary(set=parsed.set, parts=len(parsed.statuses))
        case ClaimSubmissionSet():
            return SetSummary(set=parsed.set, parts=len(parsed.claims))
        case _:
            return SetSummary(set=getattr(parsed, "set", type(parsed).__name__))
