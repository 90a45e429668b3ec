"""Plays the demo's script: watches the claims in the records, and does what people do by the updates that people send."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from claims.accounts.messages import ACCOUNT_MESSAGES
from claims.ports import JournalEntry
from claims.views import ClaimView
from commands.accounts import ask_account, find_account
from commands.acting import send_update
from commands.context import Room
from commands.demo_script import Act, Script, ScriptedClaim
from commands.trouble import Trouble

LOOK_SECONDS = 0.5
QUIET_SECONDS = 5.0
"""How long every claim must stand at its end: what comes twice or late has come by then."""
TRIES = 5
FAILED = "blocked_on_failure"
"""No script leads a claim through this status."""


@dataclass(slots=True)
class Part:
    """One claim under way."""

    scripted: ScriptedClaim
    view: ClaimView | None = None
    done: int = 0
    tries: int = 0
    said: str = ""
    """Why an act was refused, where it was for good."""
    path: tuple[JournalEntry, ...] = ()

    @property
    def next_act(self) -> Act | None:
        acts = self.scripted.acts
        return acts[self.done] if self.done < len(acts) else None

    @property
    def wrong(self) -> list[str]:
        """What keeps it from its end; empty when it is there."""
        if self.view is None:
            return ["not started"]
        wrong = self.scripted.end.differs(self.view)
        act = self.next_act
        if act is not None:
            wrong.append(f"{act.do} was never done: the claim never waited in {act.when}")
        if FAILED in self.statuses:
            wrong.append(f"went through {FAILED}: a step of ours failed")
        return [*wrong, self.said] if self.said else wrong

    @property
    def statuses(self) -> list[str]:
        """The statuses it went through, in order."""
        path: list[str] = []
        for entry in self.path:
            for status in (entry.before, *entry.path, entry.after):
                if status and (not path or path[-1] != status):
                    path.append(status)
        return path


@dataclass(slots=True)
class Play:
    """All claims of a script, until they are at their ends or the time is up."""

    room: Room
    script: Script
    seconds: float
    parts: dict[str, Part] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.parts = {number: Part(one) for number, one in self.script.by_number.items()}

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    @property
    def at_end(self) -> int:
        return sum(not part.wrong for part in self.parts.values())

    async def run(self, show: Callable[[Play], None]) -> None:
        """Returns once every claim has stood at its end for a while, or the time is up."""
        quiet_since: float | None = None
        while self.elapsed < self.seconds:
            await self._look()
            show(self)
            if self.at_end < len(self.parts):
                quiet_since = None
                await self._act()
            elif quiet_since is None:
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since >= QUIET_SECONDS:
                break
            await asyncio.sleep(LOOK_SECONDS)
        await self._look()
        await self._read_paths()
        show(self)

    async def _look(self) -> None:
        page = await self.room.records.list_claims(limit=10_000)
        for view in page.claims:
            if part := self.parts.get(view.patient_control_number):
                part.view = view

    async def _act(self) -> None:
        await asyncio.gather(*(self._act_on(part) for part in self.parts.values()))

    async def _act_on(self, part: Part) -> None:
        act, view = part.next_act, part.view
        if act is None or view is None or view.status != act.when or part.tries >= TRIES:
            return
        body = {**act.fields, "by": self.script.people.get(act.who, act.who)}
        try:
            if act.do in ACCOUNT_MESSAGES:
                account = await find_account(self.room, f"{view.practice}/{view.claim_id}")
                await ask_account(self.room, account, act.do, body)
            else:
                await send_update(self.room, view.practice, view.claim_id, act.do, body)
        except Trouble as trouble:
            # The read model lags the claim by a moment, so a first refusal may only mean that it has moved on.
            part.tries += 1
            part.said = f"{act.do} was refused: {trouble.what}" if part.tries >= TRIES else ""
            return
        part.done += 1
        part.tries = 0

    async def _read_paths(self) -> None:
        for part in self.parts.values():
            if part.view is not None:
                part.path = await self.room.records.journal(part.view.practice, part.view.claim_id)

    def counts(self) -> Counter[str]:
        """How many claims stand in each status."""
        return Counter(part.view.status if part.view else "not started" for part in self.parts.values())
