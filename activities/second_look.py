"""A document with parts of nobody is looked at again, once a claim is known by a number that one of them names.

A part is taken from the queue, delivered, and has arrived: cut off anywhere, the next look goes on, and a claim knows an
event that it has had. What fails here harms no other document.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from activities.errors import lasting_errors
from activities.orders import DocumentReference
from activities.post import NoSuchClaim, Post
from activities.reading import Reader
from claims.by_hand import CannotMatch, matched_event
from claims.deliveries import Delivery, IndexEntry
from claims.documents import ParsedDocument
from claims.events import AnyEvent
from claims.numbers import needed_numbers
from claims.ports import DocumentErased, LeftPart, Records, StoredReference, UnmatchedItem
from claims.second_look import Place, awaited, found_now, learnt, may_have_it, sought

AT_ONCE = 200
"""Parts of one document under way at the same time."""


class Looking:
    def __init__(self, records: Records, read: Reader, post: Post) -> None:
        self._records = records
        self._read = read
        self._post = post

    async def told(self, deliveries: Sequence[Delivery]) -> None:
        """What waited for a number that these deliveries tell is looked at at once, each document in its own workflow.

        What is not begun here, because the worker ended, is begun by the next round of the inbox.
        """
        numbers = learnt(deliveries)
        for one in await self._records.looks.learn(numbers) if numbers else ():
            await self._post.start_document(referred(one), again=True)

    async def look(self, sha256: str) -> int:
        """How many parts reached their claim. 0 where nobody asked for a look."""
        left = await self._records.looks.left_over(sha256)
        if not left.asked:
            return 0
        try:
            with lasting_errors():
                raw = await self._records.load_document(sha256)
        except DocumentErased:
            # a person may still set its parts aside
            await self._records.looks.give_up(sha256, "its document was erased, its time had passed")
            return 0
        parsed = await asyncio.to_thread(self._read, raw)
        index = await self._candidates(parsed)
        open_parts = {(one.position, one.part): one for one in left.parts if not one.matched_to}
        found = await asyncio.to_thread(found_now, parsed, frozenset(open_parts), index, at=datetime.now(UTC))
        on_their_way = await self._placed_before(parsed, left.parts, index)
        for where, delivery in found.items():
            to = f"{delivery.practice}/{delivery.claim_id}"
            if await self._records.looks.place(open_parts[where], to):
                on_their_way.append((open_parts[where].model_copy(update={"matched_to": to}), delivery.event))
        hands = asyncio.Semaphore(AT_ONCE)
        arrived = await asyncio.gather(*(self._send(part, event, hands) for part, event in on_their_way))
        gone: set[Place] = {
            (part.position, part.part) for (part, _), here in zip(on_their_way, arrived, strict=True) if here
        }
        rest = {(one.position, one.part) for one in left.parts} - gone
        await self._records.looks.looked(sha256, left.asked, sought(awaited(parsed, rest).values()))
        return len(gone)

    async def give_up(self, item: UnmatchedItem) -> None:
        """This program fails at a look at this document, for which `item` stands among the unmatched from now on.

        Its parts are with people, those on their way too, until it is read again or a number is told anew.
        """
        await self._records.looks.give_up(item.document, item.reason, item)

    async def _placed_before(
        self, parsed: ParsedDocument, parts: Sequence[LeftPart], index: Sequence[IndexEntry]
    ) -> list[tuple[LeftPart, AnyEvent]]:
        """What an earlier look put on its way, with its event. A part that is read otherwise by now is open again."""
        found: list[tuple[LeftPart, AnyEvent]] = []
        for part in parts:
            if part.matched_to and (event := _event(parsed, part, index)) is not None:
                found.append((part, event))
            elif part.matched_to:
                why = may_have_it(part.matched_to, "this release finds no such part in its document")
                await self._records.looks.homeless(part, why)
        return found

    async def _candidates(self, parsed: ParsedDocument) -> tuple[IndexEntry, ...]:
        numbers = needed_numbers(parsed)
        return await self._records.candidates(
            patient_control_numbers=numbers.patient_control_numbers,
            payer_claim_control_numbers=numbers.payer_claim_control_numbers,
            interchanges=numbers.interchanges,
            traces=numbers.traces,
            member_ids=numbers.member_ids,
        )

    async def _send(self, part: LeftPart, event: AnyEvent, hands: asyncio.Semaphore) -> bool:
        practice, _, claim_id = part.matched_to.partition("/")
        async with hands:
            try:
                await self._post.deliver(practice, claim_id, (event,))
            except NoSuchClaim:
                why = f"claim {part.matched_to} has neither a workflow nor an archived state yet"
                await self._records.looks.homeless(part, why)
                return False
            await self._records.looks.arrived(part)
        return True


def referred(stored: StoredReference) -> DocumentReference:
    sha256, kind, source, size, arrived = stored
    return DocumentReference(sha256=sha256, set=kind, source=source, received_at=arrived, size=size)


def _event(parsed: ParsedDocument, part: LeftPart, index: Sequence[IndexEntry]) -> AnyEvent | None:
    """The event of a part that was placed before, for the claim that it was placed with."""
    practice, _, claim_id = part.matched_to.partition("/")
    ours = (one for one in index if (one.practice, one.claim_id) == (practice, claim_id))
    entry = next(ours, None) or IndexEntry(practice=practice, claim_id=claim_id, patient_control_number="")
    try:
        return matched_event(parsed, part.set, part.position, part.part, entry, at=datetime.now(UTC))
    except CannotMatch:
        return None
