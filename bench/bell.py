"""Tells whoever waits that a workflow has come to a point; one process holds worker and driver."""

from __future__ import annotations

import asyncio
from collections import defaultdict


class Bell:
    def __init__(self) -> None:
        self._come: dict[tuple[str, object], asyncio.Event] = defaultdict(asyncio.Event)

    def ring(self, who: str, what: object) -> None:
        self._come[who, what].set()

    async def wait(self, who: str, what: object, seconds: float = 120) -> None:
        await asyncio.wait_for(self._come[who, what].wait(), seconds)


BELL = Bell()
