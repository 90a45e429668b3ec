"""Counts of the read model on the worker's own metrics page, beside the engine's: every worker tells the same numbers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import structlog
from temporalio.client import Client
from temporalio.common import MetricGauge

from adapters.records.gauges import DESCRIPTIONS, Gauge
from adapters.records.records import SqlRecords
from claims.ports import RecordsError


class Gauges:
    """Writes gauges to the page of a client's runtime."""

    def __init__(self, client: Client) -> None:
        runtime = client.service_client.config.runtime
        self._meter = runtime.metric_meter if runtime is not None else None
        self._made: dict[str, MetricGauge] = {}

    def set(self, gauges: tuple[Gauge, ...]) -> None:
        """Without a page nothing is written."""
        if self._meter is None:
            return
        for one in gauges:
            if one.name not in self._made:
                self._made[one.name] = self._meter.create_gauge(one.name, DESCRIPTIONS[one.name])
            self._made[one.name].set(one.value, dict(one.labels))


@asynccontextmanager
async def counting(client: Client, records: SqlRecords, *, seconds: float) -> AsyncIterator[None]:
    """Counts now and every `seconds` while the block runs. A database that is away leaves the last numbers standing."""
    gauges, log = Gauges(client), structlog.get_logger("gauges")

    async def count() -> None:
        while True:
            try:
                gauges.set(await records.gauges(datetime.now(UTC)))
            except RecordsError as error:
                log.warning("not counted", error=str(error))
            await asyncio.sleep(seconds)

    task = asyncio.create_task(count())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
