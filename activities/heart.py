"""A steady heartbeat, so that the server learns within seconds that a worker died and gives its work to another.

Without it a killed worker's activity is missed only after its whole heartbeat timeout, and a Schedule that skips
overlapping rounds waits as long.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from temporalio import activity

P = ParamSpec("P")
T = TypeVar("T")

EVERY_SECONDS = 3.0
HEARTBEAT = timedelta(seconds=15)
"""When a worker that beats no more is given up; five beats, so that a busy one is not."""


@asynccontextmanager
async def beating(details: Callable[[], Sequence[Any]] = tuple) -> AsyncIterator[None]:
    """Beats while the block runs; `details` is what a next try goes on from. Does nothing in a local activity."""
    if activity.info().is_local:
        yield
        return
    task = asyncio.create_task(_beat(details))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _beat(details: Callable[[], Sequence[Any]]) -> None:
    """The server counts from the start, so an activity that has nothing to keep yet and is quickly done costs no call."""
    if not details():
        await asyncio.sleep(EVERY_SECONDS)
    while True:
        activity.heartbeat(*details())
        await asyncio.sleep(EVERY_SECONDS)


def steady(method: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """An activity method that beats as long as it runs."""

    @functools.wraps(method)
    async def beaten(*args: P.args, **kwargs: P.kwargs) -> T:
        async with beating():
            return await method(*args, **kwargs)

    return beaten
