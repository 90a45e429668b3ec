"""Several Temporal workers of one process as one: started together, and stopped together within one grace."""

from __future__ import annotations

import asyncio
from types import TracebackType

from temporalio.worker import Worker


class Workers:
    """`async with Workers(...)` serves while the block runs; a fatal error of any worker ends the block."""

    def __init__(self, *workers: Worker) -> None:
        self.workers = workers

    async def __aenter__(self) -> Workers:
        for worker in self.workers:
            await worker.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        # All are told first: one after the other, each would take its grace.
        await asyncio.gather(*(worker.shutdown() for worker in self.workers))
        for worker in self.workers:
            await worker.__aexit__(kind, error, at)
