"""The real worker, with real adapters, that dies where its plan says: `python -m tests.chaos.wounded_worker`.

Nothing is replaced: each port is the real one, passed through; only at the passage that the plan names the process kills
itself with SIGKILL, as a power cut would, or the records refuse for a while, as a database that is away does.
"""

from __future__ import annotations

import inspect
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import worker
from activities.post import Post
from adapters.settings import Settings
from claims.ports import RecordsError
from tests.chaos.points import Plan, Wound
from workflows.books import Books

FOLDER = "CLAIMLINE_CHAOS_FOLDER"


class Surgeon:
    """Counts passages, and strikes once for each wound of the plan, in all lives of the process together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plan = Plan.model_validate_json((folder / "plan.json").read_text())
        self.passages: Counter[str] = Counter()
        self.away_until = 0.0
        self.life = len(list(folder.glob("life-*"))) + 1
        (folder / f"life-{self.life}").touch()

    def pass_by(self, point: str) -> None:
        self.passages[point] += 1
        if point.startswith("records.") and time.monotonic() < self.away_until:
            raise RecordsError("the database is away", transient=True)
        for number, wound in enumerate(self.plan.wounds):
            if wound.point == point and self.passages[point] >= wound.nth and self._first_time(number, wound):
                self._strike(wound)

    def _strike(self, wound: Wound) -> None:
        if not wound.cut:
            os.kill(os.getpid(), signal.SIGKILL)
        self.away_until = time.monotonic() + wound.cut
        raise RecordsError("the database is away", transient=True)

    def _first_time(self, number: int, wound: Wound) -> bool:
        try:
            descriptor = os.open(self.folder / f"struck-{number}", os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            return False
        os.write(descriptor, wound.name.encode())
        os.fsync(descriptor)
        os.close(descriptor)
        return True


class Wounded:
    """A port as it is, with a passage before and after each of its calls."""

    def __init__(self, port: Any, name: str, surgeon: Surgeon) -> None:
        self._port, self._name, self._surgeon = port, name, surgeon

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._port, name)
        if not inspect.iscoroutinefunction(value):
            return value
        call: Callable[..., Awaitable[Any]] = value

        async def passed(*arguments: Any, **named: Any) -> Any:
            self._surgeon.pass_by(f"{self._name}.{name}.before")
            result = await call(*arguments, **named)
            self._surgeon.pass_by(f"{self._name}.{name}.after")
            return result

        return passed


def main() -> int:
    surgeon = Surgeon(Path(os.environ[FOLDER]))
    compose, send, carry = worker.compose, Post._send, Books.carry

    def wounded(settings: Settings) -> worker.Parts:
        parts = compose(settings)
        carrier: Any = Wounded(parts.carrier, "carrier", surgeon)
        records: Any = Wounded(parts.records, "records", surgeon)
        return replace(parts, carrier=carrier, records=records)

    async def sent(self: Post, *arguments: Any) -> None:
        surgeon.pass_by("post.send.before")
        await send(self, *arguments)
        surgeon.pass_by("post.send.after")

    def carried(self: Books, *arguments: Any) -> Any:
        surgeon.pass_by("claim.carry.before")
        return carry(self, *arguments)

    worker.compose = wounded
    Post._send = sent  # type: ignore[method-assign]
    Books.carry = carried  # type: ignore[method-assign]
    # Another version after every death: all claims continue as new, with what they had.
    worker.build_id = lambda: f"life-{surgeon.life}"
    return worker.main(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
