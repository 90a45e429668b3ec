"""Fetching what waits at the carrier: every document is stored once, and its workflow started."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from temporalio import activity
from temporalio.service import RPCError

from activities.errors import carrier_errors
from activities.heart import beating
from activities.orders import DocumentReference, InboxReport
from activities.second_look import referred
from activities.submission import ANSWERS
from claims.ports import Carrier, CarrierError, InboundItem, Records, RequestRefused, StoredReference, Unavailable

OVERLAP = timedelta(minutes=10)
"""Windows overlap: a carrier may list a document late, and its clock is not ours."""
FIRST_LOOK = timedelta(days=7)
AT_ONCE = 8
"""Documents of one page that are fetched and started at the same time."""


LOOKS = 100
"""Documents of one round that are looked at again."""
AWAY = 4
"""Items of one page that can't be had until the whole carrier is taken for away."""
SNIFFED = 2_000
_FIRST_SET = re.compile(rb"[\x1d~\r\n|!^]\s*ST(.)(\d{3})\1")
_TA1 = re.compile(rb"[\x1d~\r\n|!^]\s*TA1[^A-Za-z0-9 ]")


@dataclass(frozen=True)
class Taken:
    """What became of one item: `new` is false where its content was known; `trouble` is the type of what went wrong."""

    stored: bool = False
    new: bool = False
    trouble: str = ""


class DocumentStarter(Protocol):
    """Starts the workflow of a stored document; the same document twice is the same workflow."""

    async def start_document(self, document: DocumentReference, *, again: bool = False) -> bool: ...


class InboxActivities:
    def __init__(self, carrier: Carrier, records: Records, starter: DocumentStarter) -> None:
        self._carrier = carrier
        self._records = records
        self._starter = starter
        self._looked_at: StoredReference | None = None

    @activity.defn(name="fetch_documents")
    async def fetch_documents(self) -> InboxReport:
        """One round. The cursor moves after everything before it is stored and started; what fails is asked for again.

        Raises what is worth another try (Unavailable, RateLimited).
        """
        async with beating():
            return await self._round()

    async def _round(self) -> InboxReport:
        """Looks come last: nothing that is wrong with them keeps a new document waiting, nor a carrier that is away them."""
        try:
            report = await self._fetch()
        except Exception:
            await self._start_looks()
            raise
        trouble = await self._start_looks()
        return report.model_copy(update={"trouble": report.trouble or trouble})

    async def _fetch(self) -> InboxReport:
        carrier = self._carrier.name
        started = datetime.now(UTC)
        cursor = await self._records.cursor(carrier) or started - FIRST_LOOK
        await self._start_answers()
        report, latest, missing = InboxReport(), cursor, ""
        page: str | None = None
        while True:
            with carrier_errors():
                listed = await self._carrier.poll(since=cursor - OVERLAP, page=page)
            for item, taken in zip(listed.items, await self._take_all(listed.items), strict=True):
                report = _counted(report, taken)
                if taken.trouble:
                    missing = missing or f"{taken.trouble}: item of set {item.set or 'not told'}"
                if taken.stored and not missing:
                    latest = max(latest, item.processed_at)
            page = listed.next_page
            if page is None:
                break
        if latest > cursor:
            await self._records.move_cursor(carrier, latest)
        return report.model_copy(update={"trouble": missing})

    async def _start_answers(self) -> None:
        """What came inside the carrier's answers waits in the records."""
        for sha256, kind, size, arrived in await self._records.waiting_documents(ANSWERS):
            document = DocumentReference(sha256=sha256, set=kind, source=ANSWERS, received_at=arrived, size=size)
            await self._starter.start_document(document)

    async def _start_looks(self) -> str:
        """Documents with parts of nobody whose number a claim is known by now -> what went wrong, if anything.

        The next round goes on after the last of these, and with the first once all had their turn, so that some that
        fail every time keep no other waiting.
        """
        for one in await self._next_looks():
            self._looked_at = one
            try:
                await self._starter.start_document(referred(one), again=True)
            except RPCError as error:
                # the server is away, most likely; what is due stays due
                return f"RPCError: {error.status.name.lower()} at a second look"
        return ""

    async def _next_looks(self) -> Sequence[StoredReference]:
        looks = self._records.looks
        found = await looks.due(LOOKS, after=self._looked_at) if self._looked_at else ()
        if len(found) == LOOKS:
            return found
        seen = {one[0] for one in found}
        first = await looks.due(LOOKS - len(found))
        return (*found, *(one for one in first if one[0] not in seen))

    async def _take_all(self, items: Sequence[InboundItem]) -> list[Taken]:
        """Several at a time, the results in the order of the list."""
        hands = asyncio.Semaphore(AT_ONCE)
        failed = 0

        async def take(item: InboundItem) -> Taken:
            nonlocal failed
            async with hands:
                try:
                    return await self._take(item)
                except Unavailable:
                    # One item that can't be had keeps no other waiting; several mean that the carrier is away.
                    failed += 1
                    if failed >= AWAY:
                        raise
                    return Taken(trouble="Unavailable")

        with carrier_errors():
            return await asyncio.gather(*(take(item) for item in items))

    async def _take(self, item: InboundItem) -> Taken:
        """Fetch, store, start, remember, let go: cut off anywhere, the next round goes on and nothing is lost."""
        carrier = self._carrier.name
        new = False
        if not await self._records.fetched(carrier, item.id):
            try:
                raw = await self._carrier.fetch(item.id)
            except RequestRefused:
                return Taken(trouble="RequestRefused")
            at, kind = datetime.now(UTC), item.set or kind_of(raw)
            sha256, new = await self._records.store_document(raw, kind=kind, source=carrier, at=at)
            reference = DocumentReference(sha256=sha256, set=kind, source=carrier, received_at=at, size=len(raw))
            await self._starter.start_document(reference)
            await self._records.remember_item(carrier, item.id, sha256)
        try:
            await self._carrier.let_go(item.id)
        except CarrierError as error:
            return Taken(stored=True, new=new, trouble=f"{type(error).__name__} at letting go")
        return Taken(stored=True, new=new)


def kind_of(raw: bytes) -> str:
    """The first set of an interchange (ST01), for a carrier that tells nothing of its files; empty where none is seen."""
    found = _FIRST_SET.search(raw[:SNIFFED])
    if found is not None:
        return found[2].decode()
    return "TA1" if _TA1.search(raw[:SNIFFED]) else ""


def _counted(report: InboxReport, taken: Taken) -> InboxReport:
    return report.model_copy(
        update={
            "listed": report.listed + 1,
            "new": report.new + (taken.stored and taken.new),
            "known": report.known + (taken.stored and not taken.new),
        }
    )
