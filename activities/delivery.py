"""What an inbound document says reaches the claims it is about; what is nobody's is recorded. Nothing is left out.

parts of the document = delivered + unmatched + held
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.errors import few_tries, lasting_errors
from activities.heart import beating
from activities.letters import read_letter, route_letter
from activities.orders import CashSummary, DeliveryReport, DocumentReference, DocumentSummary, SetAside, SetSummary
from activities.post import NoSuchClaim, Post
from activities.reading import Reader
from activities.second_look import Looking
from claims import matching
from claims.cash import Accounting, accounts, owners, placed, prove, undelivered
from claims.deliveries import Delivery, Held, Routing, Unmatched
from claims.documents import ClaimSubmissionSet, ParsedDocument, Problem, Remittance, StatusReport
from claims.events import AnyEvent
from claims.ports import UNREADABLE, DocumentErased, Records, UnmatchedItem
from claims.second_look import awaited, places_of, sought

AT_ONCE = 2_000
"""Claims of one document whose events wait in the post: each waits a second for more of its kind, so this bounds memory
and never the rate, which is the post's to throttle."""
KEPT = 2
"""Documents kept as read between their proof and their delivery."""
PATIENCE = 9
"""Tries before a claim that was registered but has no workflow is given up as unmatched: the ninth comes after 25 seconds."""

Parcel = tuple[str, str, tuple[AnyEvent, ...]]


class DeliveryActivities:
    def __init__(self, records: Records, read: Reader, post: Post) -> None:
        self._records = records
        self._read = read
        self._post = post
        self._looking = Looking(records, read, post)
        self._kept: dict[str, ParsedDocument] = {}

    @activity.defn(name="prove_document")
    async def prove_document(self, document: DocumentReference) -> DocumentSummary:
        """What a document is about, and whether its money balances; nothing more of one that was taken and erased."""
        async with beating():
            try:
                with lasting_errors():
                    raw = await self._records.load_document(document.sha256)
            except DocumentErased:
                if not await self._records.document_done(document.sha256):
                    raise
                return DocumentSummary(sha256=document.sha256, done=True)
            with few_tries():
                parsed = await self._parsed(document.sha256, raw)
            self._kept[document.sha256] = parsed
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
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
            async with beating():
                with few_tries():
                    found = await self._looking.look(document.sha256)
            return DeliveryReport(sha256=document.sha256, already_done=True, found_later=found)
        async with beating(lambda: activity.info().heartbeat_details):
            with lasting_errors():
                raw = await self._records.load_document(document.sha256)
            with few_tries():
                parsed, routing = await self._route(document, raw)
        homeless = await self._deliver_all(routing.deliveries)
        with few_tries():
            routing = undelivered(routing, homeless, kind=document.set)
            problems: Sequence[Problem] = parsed.all_problems if parsed else ()
            cash = await asyncio.to_thread(accounts, parsed, routing) if parsed else {}
            keys = {segment: cash[number].key for segment, number in owners(parsed).items()} if parsed else {}
            unmatched = _left_over(document, routing, keys)
            arrived = placed(routing, keys)
            waiting = awaited(parsed, places_of(routing.unmatched)) if parsed else {}
        await self._looking.told(routing.deliveries)
        delivered = len(routing.deliveries)
        await self._records.finish_document(
            document.sha256,
            delivered=delivered,
            unmatched=unmatched,
            problems=problems,
            remittances=tuple(cash.values()),
            placed=arrived,
            awaited=sought(waiting.values()),
        )
        return DeliveryReport(
            sha256=document.sha256,
            parts=delivered + len(unmatched),
            delivered=delivered,
            claims=len({(one.practice, one.claim_id) for one in routing.deliveries}),
            unmatched=tuple(unmatched[:50]),
            problems=len(problems),
            remittances=tuple(map(_on_paper, cash.values())),
        )

    @activity.defn(name="set_document_aside")
    async def set_document_aside(self, order: SetAside) -> DeliveryReport:
        """A document that this program fails at is done with for now: it stands among the unmatched, to be read again.

        What of it was delivered already stays: a claim knows an event that comes again.
        """
        document = order.document
        item = UnmatchedItem(
            document=document.sha256,
            position=0,
            set=document.set or "document",
            reference=document.source,
            reason=f"{UNREADABLE}: {order.reason}",
            at=document.received_at,
        )
        await self._records.finish_document(document.sha256, delivered=0, unmatched=[item], problems=[])
        await self._looking.give_up(item)
        return DeliveryReport(sha256=document.sha256, parts=1, unmatched=(item,), trouble=order.reason)

    async def _route(self, document: DocumentReference, raw: bytes) -> tuple[ParsedDocument | None, Routing]:
        """What was read (None: a letter), and where each part goes; a set whose cash has a gap is held whole."""
        letter = read_letter(raw)
        at = document.received_at
        if letter is not None:
            index = await self._records.candidates(patient_control_numbers=[letter.patient_control_number])
            return None, route_letter(letter, index, at=at, document_id=document.sha256)
        parsed = await self._parsed(document.sha256, raw)
        numbers = matching.needed_numbers(parsed)
        index = await self._records.candidates(
            patient_control_numbers=numbers.patient_control_numbers,
            payer_claim_control_numbers=numbers.payer_claim_control_numbers,
            interchanges=numbers.interchanges,
            traces=numbers.traces,
            member_ids=numbers.member_ids,
        )
        routing = await asyncio.to_thread(matching.route, parsed, index, at=at)
        proved, _ = await asyncio.to_thread(prove, parsed, routing)
        return parsed, proved

    async def _parsed(self, sha256: str, raw: bytes) -> ParsedDocument:
        """What was proved a moment ago in this worker is not read a second time."""
        kept = self._kept.pop(sha256, None)
        return kept if kept is not None else await asyncio.to_thread(self._read, raw)

    async def _deliver_all(self, deliveries: Sequence[Delivery]) -> frozenset[tuple[str, str]]:
        """Claims that have no workflow after all patience. Every heartbeat says how far it has come."""
        parcels = _parcels(deliveries)
        done = _places(activity.info().heartbeat_details)
        homeless: list[int] = []
        window = asyncio.Semaphore(AT_ONCE)

        async def one(place: int) -> None:
            try:
                arrived = await self._post_one(parcels[place])
            finally:
                window.release()
            if arrived:
                done.add(place)
            else:
                homeless.append(place)

        async with beating(lambda: (_runs(done),)), asyncio.TaskGroup() as group:
            for place in range(len(parcels)):
                if place not in done:
                    await window.acquire()
                    group.create_task(one(place))
        if homeless and activity.info().attempt < PATIENCE:
            raise ApplicationError(f"{len(homeless)} claims have no workflow yet", type="ClaimNotStarted")
        return frozenset(parcels[place][:2] for place in homeless)

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


def _places(details: Sequence[Any]) -> set[int]:
    """What an earlier try had delivered, by its last heartbeat: runs, or single places as the first release sent them."""
    runs = [one if isinstance(one, list) else [one, one] for one in (details[0] if details else ())]
    return {place for first, last in runs for place in range(first, last + 1)}


def _runs(places: Collection[int]) -> list[list[int]]:
    """Places as runs of first and last, so that a heartbeat of ten thousand stays small."""
    runs: list[list[int]] = []
    for place in sorted(places):
        if runs and place == runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return runs


def _on_paper(one: Accounting) -> CashSummary:
    return CashSummary(
        trace_number=one.trace_number,
        payment_cents=one.payment_cents,
        posted_cents=one.posted_cents,
        held_cents=one.held_cents,
        unmatched_cents=one.unmatched_cents,
        provider_cents=one.provider_cents,
        held=one.held,
    )


def _left_over(document: DocumentReference, routing: Routing, keys: Mapping[int, str]) -> list[UnmatchedItem]:
    """What is nobody's, then what is held, each with the remittance that it is a part of."""

    def item(one: Unmatched | Held, reason: str, payer: str = "", part: int = 0) -> UnmatchedItem:
        return UnmatchedItem(
            document=document.sha256,
            position=one.position,
            set=one.set,
            reference=one.reference,
            payer=payer,
            amount_cents=one.amount_cents,
            reason=reason,
            at=document.received_at,
            part=part,
            remittance=keys.get(one.position, ""),
        )

    unmatched = [item(one, one.reason, one.payer, one.part) for one in routing.unmatched]
    return unmatched + [item(one, f"held: {one.reason}") for one in routing.held]


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
