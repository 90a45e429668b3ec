"""The rooms of the clearinghouse around one store, and the idempotency rule in front of those that accept work."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sandbox.answers import Answer, refusal
from sandbox.clock import Clock, SystemClock
from sandbox.desk import Desk
from sandbox.faults import Faults
from sandbox.intake import Intake
from sandbox.post_room import PostRoom
from sandbox.questions import Questions
from sandbox.script import scripts
from sandbox.settings import Timing
from sandbox.store import Store, StoredAnswer

REMEMBERED = timedelta(hours=24)
"""How long an idempotency key is good for."""


class Clearinghouse:
    """Everything but HTTP."""

    def __init__(self, store: Store, clock: Clock | None = None, timing: Timing | None = None) -> None:
        self.store = store
        self.clock = clock or SystemClock()
        timing = timing or Timing()
        self.scripts = scripts()
        self.desk = Desk(store, self.scripts, timing)
        self.intake = Intake(store, self.scripts, timing)
        self.questions = Questions(store, self.scripts, self.desk)
        self.post_room = PostRoom(store, timing)
        self.faults = Faults()
        self.pause: Callable[[float], Awaitable[None]] = asyncio.sleep
        """How the slow fault waits."""
        self._in_flight: dict[str, tuple[str, str]] = {}

    def before(self, key: str, path: str, body: bytes) -> Answer | None:
        """The answer that an idempotency key settles by itself: replayed, in flight, or used for something else.

        None means: do the work, and call `after`.
        """
        mine = (path, _sha(body))
        running = self._in_flight.get(key)
        if running is not None:
            return _in_progress() if running == mine else _other_request()
        kept = self.store.answer(key, self.clock.now() - REMEMBERED)
        if kept is None:
            self._in_flight[key] = mine
            return None
        if (kept.path, kept.body_sha) != mine:
            return _other_request()
        return Answer(kept.status, json.loads(kept.body))

    def after(self, key: str) -> None:
        """The work under `key` is over, well or not."""
        self._in_flight.pop(key, None)

    def do(self, key: str, path: str, body: bytes, work: Callable[[], Answer]) -> Answer:
        """Work and the answer kept for it, all or nothing."""
        with self.store.work():
            answer = work()
            if key:
                kept = StoredAnswer(path, _sha(body), answer.status, json.dumps(answer.body))
                self.store.keep_answer(key, kept, self.clock.now())
            return answer


def _sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _in_progress() -> Answer:
    return refusal(409, "CONFLICT", "A request with this idempotency key is in progress.")


def _other_request() -> Answer:
    text = "This idempotency key was used with another request."
    return refusal(422, "IDEMPOTENCY_KEY_REUSED", text)
