"""The journal, the read model and the archive: what the claim's workflow leaves in the records."""

from __future__ import annotations

from typing import Any

from temporalio import activity

from activities.orders import Farewell, JournalBatch, Order
from claims.ports import Records


async def write_first(records: Records, order: Order[Any]) -> None:
    """The steps that led to an effect are written before it is carried out; if they can't be, it isn't."""
    if order.journal is not None:
        await write(records, order.journal)


async def write(records: Records, batch: JournalBatch) -> None:
    await records.write_steps(
        practice=batch.practice, claim_id=batch.claim_id, entries=batch.entries, view=batch.view, index=batch.index
    )


class RecordsActivities:
    """`records` outlives every workflow."""

    def __init__(self, records: Records) -> None:
        self._records = records

    @activity.defn(name="write_steps")
    async def write_steps(self, batch: JournalBatch) -> None:
        """Steps, read model and index in one transaction; writing the same steps again changes nothing."""
        await write(self._records, batch)

    @activity.defn(name="archive_claim")
    async def archive_claim(self, farewell: Farewell) -> None:
        """The whole state of a claim whose workflow is about to end, after its last steps."""
        if farewell.journal is not None:
            await write(self._records, farewell.journal)
        await self._records.archive(farewell.state)
