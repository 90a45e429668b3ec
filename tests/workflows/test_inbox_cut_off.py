"""The way of a document is cut off once at every place, before and after each write: nothing is lost or comes twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from temporalio.client import Client

from claims.ports import RecordsError
from tests.workflows.kit import World, claim_of, registered
from tests.workflows.paper import paper
from worker import Parts, build_worker

PLACES = (
    "cursor",
    "fetched",
    "store_document",
    "remember_item",
    "move_cursor",
    "load_document",
    "candidates",
    "finish_document",
)


class CutOff:
    """The records of a world, away once: before a call takes effect, or after it did and before anybody hears of it."""

    def __init__(self, records: Any, place: str, *, after: bool) -> None:
        self._records, self._place, self._after = records, place, after
        self.armed = self.cut = False

    def __getattr__(self, name: str) -> Any:
        call: Callable[..., Awaitable[Any]] = getattr(self._records, name)
        if name != self._place or self.cut or not self.armed:
            return call

        async def once(*arguments: Any, **named: Any) -> Any:
            if self.cut:
                return await call(*arguments, **named)
            self.cut = True
            if self._after:
                await call(*arguments, **named)
            raise RecordsError("the records were away for a moment", transient=True)

        return once


async def test_a_document_whose_way_is_cut_off_anywhere_arrives_once(client: Client, tmp_path: Path) -> None:
    documents, letters = paper()
    for number, place in enumerate(PLACES):
        for after in (False, True):
            case = f"{place}-{'after' if after else 'before'}"
            # a number of its own for each: documents are known by their content on the whole server
            name = f"CUT{number}{'A' if after else 'B'}"
            (tmp_path / case).mkdir()
            world = World(tmp_path / case, documents, letters)
            cut = CutOff(world.records, place, after=after)
            parts: Parts = replace(world.parts(), records=cut)
            async with build_worker(client, parts, task_queue=case, build="test", blink=0.05):
                await world.start(client, registered(claim_of("SBXPAID", name), name, payer_rules="default"), case)
                await world.until(name, "submitted")
                await world.inbox(client, case, later=2)
                await world.until(name, "payer_accepted")
                cut.armed = True
                await world.inbox(client, case, later=10)
                await world.until(name, "closed")
                await _until_done(world, client, case)
            assert cut.cut, case
            await _once(world, name, case)
            await world.close()


async def _until_done(world: World, client: Client, queue: str) -> None:
    """Further rounds, as the schedule brings them."""
    for _ in range(100):
        await world.inbox(client, queue)
        remittances = await world.records.documents(kind="835")
        if remittances and all(one.done_at for one in remittances):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{queue}: the remittance was never done with")


async def _once(world: World, name: str, case: str) -> None:
    steps = await world.records.journal("prac1", name)
    taken = Counter(step.event for step in steps if not step.refused)
    assert taken["remittance_received"] == 1, (case, taken)
    (look,) = await world.records.claim(f"prac1/{name}")
    assert look.paid_cents + look.contractual_cents == 12500, case
    (cash,) = await world.records.remittances()
    assert (cash.posted_cents, cash.payment_cents) == (look.paid_cents, look.paid_cents), case
    assert await world.records.unmatched() == (), case
