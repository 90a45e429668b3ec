"""Fetching what waits at the carrier: every document is stored once, and its workflow started."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from temporalio import activity

from activities.errors import carrier_errors
from activities.heart import beating
from activities.orders import DocumentReference, InboxReport
from activities.submission import ANSWERS
from claims.ports import Carrier, InboundItem, Records, RequestRefused

OVERLAP = timedelta(minutes=10)
"""Windows overlap: a carrier may list a document late, and its clock is not ours."""
FIRST_LOOK = timedelta(days=7)
AT_ONCE = 8
"""Documents of one page that are fetched and started at the same time."""


class DocumentStarter(Protocol):
    """Starts the workflow of a stored document; the same document twice is the same workflow."""

    async def start_document(self, document: DocumentReference) -> bool: ...


class InboxActivities:
    def __init__(self, carrier: Carrier, records: Records, starter: DocumentStarter) -> None:
        self._carrier = carrier
        self._records = records
        self._starter = starter

    @activity.defn(name="fetch_documents")
    async def fetch_documents(self) -> InboxReport:
        """One round. The cursor moves after everything before it is stored and started; what fails is asked for again.

        Raises what is worth another try (Unavailable, RateLimited).
        """
        async with beating():
            return await self._round()

    async def _round(self) -> InboxReport:
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
                if taken is None:
                    missing = missing or f"RequestRefused: item of set {item.set} could not be fetched"
                elif not missing:
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

    async def _take_all(self, items: Sequence[InboundItem]) -> list[bool | None]:
        """Several at a time, the results in the order of the list."""
        hands = asyncio.Semaphore(AT_ONCE)

        async def take(item: InboundItem) -> bool | None:
            async with hands:
                return await self._take(item)

        return await asyncio.gather(*(take(item) for item in items))

    async def _take(self, item: InboundItem) -> bool | None:
        """True: new; False: known; None: the carrier lists it and refuses to hand it out."""
        carrier = self._carrier.name
        if await self._records.fetched(carrier, item.id):
            return False
        try:
            raw = await self._carrier.fetch(item.id)
        except RequestRefused:
            return None
        except Exception as error:
            with carrier_errors():
                raise error
        at = datetime.now(UTC)
        sha256, new = await self._records.store_document(raw, kind=item.set, source=carrier, at=at)
        reference = DocumentReference(sha256=sha256, set=item.set, source=carrier, received_at=at, size=len(raw))
        await self._starter.start_document(reference)
        await self._records.remember_item(carrier, item.id, sha256)
        return new


def _counted(report: InboxReport, taken: bool | None) -> InboxReport:
    return report.model_copy(
        update={
            "listed": report.listed + 1,
            "new": report.new + (taken is True),
            "known": report.known + (taken is False),
        }
    )
