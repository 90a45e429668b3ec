"""The life of one claim: messages, answers and due deadlines become events, `step` decides, effects are carried out.

Handlers only append; everything is read, refused or taken in one loop. Nothing that happens to a claim fails its
workflow: what can't go on parks the claim with a task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from activities.names import CLAIM
from activities.orders import Carried, Farewell, Waiting
from claims import appeals, views
from claims.deadlines import next_due
from claims.details import details_markdown
from claims.effects import AnyEffect, ArchiveClaim
from claims.events import AnyEvent, ClaimArchived, ClaimRegistered, EffectFailed, MessageRefused, NoteAdded
from claims.lifecycle import step
from claims.messages import find_message
from claims.state import ITSELF, ClaimState, Step
from workflows import attributes
from workflows.books import Books, overtaken
from workflows.handing_over import successor
from workflows.perform import LOCAL_THRESHOLD, MANNERS, PATIENT, latest_end, perform, try_locally
from workflows.reading import as_waiting, read_start, read_waiting
from workflows.words import timer_summary

NOT_CANCELLED = "a claim is not cancelled; hold it, void it or write it off, and it closes by itself"


@workflow.defn(name=CLAIM)
class ClaimWorkflow:
    """Started with a ClaimRegistered, or with what an earlier run carried over (activities.orders.Carried)."""

    @workflow.init
    def __init__(self, start: RawValue) -> None:
        self._inbox: list[Waiting] = []
        self._answers: list[AnyEvent] = []
        self._outcomes: dict[str, Step | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._quick = 0
        """Local activities under way: publishing waits for them, so that one workflow task upserts once."""
        self._here = False
        """A local activity's answer waits. It is in no history yet: were the workflow task done anew, another might come."""
        self._slow: dict[str, float] = {}
        """Normal activities under way, by effect, and when each ends at the latest (seconds since the epoch)."""
        self._journal = asyncio.Lock()
        self._spoken = False
        """An update was taken in this workflow task. Until the task is over it stands nowhere but in this worker."""
        self._changed = True
        self._timer: asyncio.Task[None] | None = None
        self._timer_due: float = 0
        self._rang = False
        self._messages = 0
        self._build = _build()
        self._successor = ""
        """The queue of the worker that takes over; empty = this one's."""
        self._published = attributes.published(workflow.info().typed_search_attributes)
        opened, self._trust = read_start(start.payload)
        self._unreadable = opened if isinstance(opened, str) else ""
        self._effects: tuple[AnyEffect, ...] = ()
        if isinstance(opened, ClaimRegistered):
            self._books, self._effects = Books.open(_not_in_the_future(opened))
        elif isinstance(opened, Carried):
            self._books, self._effects = Books.reopen(opened)
            self._inbox = list(opened.inbox)
            self._answers = [*self._read_anew(opened.state), *opened.events]

    @workflow.run
    async def run(self, start: RawValue) -> dict[str, Any]:
        """Until the claim is closed and its state is stored. Fails only where it was started with no claim at all."""
        if self._unreadable:
            raise ApplicationError(self._unreadable, type="NotAClaim", non_retryable=True)
        self._issue(self._effects)
        self._settle(issued=len(self._effects))
        while True:
            try:
                await workflow.wait_condition(self._has_work)
                self._take_all()
                if self._resting() and self._books.over and await self._leave():
                    return views.summary(self._books.state, self._books.tables)
                if self._resting() and self._outgrown():
                    await self._handlers_done()
                    if workflow.all_handlers_finished():
                        carried = self._books.carry(self._inbox, self._answers, self._build)
                        workflow.continue_as_new(carried, task_queue=self._successor or None)
            except (asyncio.CancelledError, TimeoutError):
                self._refuse("cancel", NOT_CANCELLED)

    # What comes in

    @workflow.signal(dynamic=True)
    def on_signal(self, name: str, arguments: Sequence[RawValue]) -> None:
        """Any signal, known or not: it is read by the loop."""
        message = as_waiting(name, arguments, self._next_id(name))
        if queue := successor(message, self._trust):
            self._successor, self._changed = queue, True
        else:
            self._inbox.append(message)

    @workflow.update(dynamic=True)
    async def on_update(self, name: str, arguments: Sequence[RawValue]) -> dict[str, Any]:
        """The same messages, for people who want the answer at once. The update's id is the event's id."""
        message = as_waiting(name, arguments, _update_id())
        self._inbox.append(message)
        self._outcomes[message.id] = None
        await workflow.wait_condition(lambda: self._outcomes[message.id] is not None)
        outcome = self._outcomes.pop(message.id)
        if outcome is None or (outcome.refused and not outcome.duplicate):
            raise ApplicationError(outcome.refused if outcome else "", type="Refused", non_retryable=True)
        told = _told(outcome)
        asked = find_message(name)
        if asked is not None and asked.name == "appeal":
            told |= appeals.standing(self._books.state, self._books.tables)
        return told

    @on_update.validator
    def check_update(self, name: str, arguments: Sequence[RawValue]) -> None:
        """Refuses at once, and leaves no event behind."""
        if self._unreadable:
            raise ApplicationError(self._unreadable, type="NotAClaim")
        books = self._books
        message = as_waiting(name, arguments, _update_id())
        for event in self._read(message, at=workflow.now()):
            if isinstance(event, MessageRefused):
                raise ApplicationError(event.reason, type="Refused")
            dry = step(books.state, event, books.tables)
            if dry.refused and not dry.duplicate:
                raise ApplicationError(dry.refused, type="Refused")

    # What may be asked

    @workflow.query(name="summary")
    def summary(self) -> dict[str, Any]:
        return views.summary(self._books.state, self._books.tables)

    @workflow.query(name="deadlines")
    def deadlines(self) -> list[dict[str, str]]:
        return views.deadlines_in_words(self._books.state)

    @workflow.query(name="ledger")
    def ledger(self) -> dict[str, Any]:
        return views.ledger_view(self._books.state, self._books.tables)

    @workflow.query(name="timeline")
    def timeline(self) -> list[dict[str, Any]]:
        """The last steps; all of them stand in the records."""
        return [entry.model_dump(mode="json") for entry in self._books.timeline]

    @workflow.query(name="allowed_actions")
    def allowed_actions(self) -> list[dict[str, str]]:
        return views.allowed_actions(self._books.state)

    @workflow.query(name="why_here")
    def why_here(self) -> dict[str, Any]:
        return views.why_here(self._books.state, self._books.tables)

    @workflow.query(name="state")
    def state(self) -> dict[str, Any]:
        """Everything. Protected: with a payload codec it leaves encrypted."""
        return self._books.state.model_dump(mode="json")

    # The loop's parts

    def _has_work(self) -> bool:
        if self._inbox or self._answers or self._rang:
            return True
        return self._resting() and (self._changed or self._ready_to_leave())

    def _resting(self) -> bool:
        """Nothing waits, and no quick work is under way."""
        return not (self._inbox or self._answers or self._quick)

    def _take_all(self) -> None:
        """Everything that waits together is taken in one go, then the deadlines that are due by now."""
        self._rang = False
        now = workflow.now()
        # With no normal activity under way, nothing could come before these messages if this workflow task were done anew.
        again, self._here = not (self._here or self._slow), False
        asked: list[AnyEffect] = []
        while self._answers:
            asked += self._take(self._answers.pop(0))
        while self._inbox:
            message = self._inbox.pop(0)
            self._spoken |= message.id in self._outcomes
            for event in self._read(message, at=now):
                asked += self._take(event)
        by_time = [effect for event in self._books.due(now) for effect in self._take(event)]
        left_out = overtaken([*asked, *by_time], self._books.state.in_flight)
        self._issue([effect for effect in asked if effect.id not in left_out], again=again)
        self._issue([effect for effect in by_time if effect.id not in left_out], again=False)
        self._settle(issued=len(asked) + len(by_time) - len(left_out))

    def _read(self, message: Waiting, at: datetime) -> tuple[AnyEvent, ...]:
        return read_waiting(message, at=at, state=self._books.state, tables=self._books.tables, trust=self._trust)

    def _take(self, event: AnyEvent) -> Iterable[AnyEffect]:
        taken = self._books.take(event)
        self._changed = True
        if event.id in self._outcomes:
            self._outcomes[event.id] = taken
        return taken.effects

    def _settle(self, *, issued: int) -> None:
        """Once nothing quick is under way: the journal, search attributes, details and the timer, each at most once."""
        if self._books.unwritten and not issued and not self._quick and not self._ready_to_leave():
            self._spawn(self._write_journal())
        if not self._resting():
            return
        self._changed = False
        if self._ready_to_leave():
            return
        after = attributes.of_view(self._books.view())
        if updates := attributes.changes(self._published, after):
            workflow.upsert_search_attributes(updates)
            self._published = after
        workflow.set_current_details(details_markdown(self._books.state, self._books.tables))
        self._arm()

    def _read_anew(self, state: ClaimState) -> Sequence[AnyEvent]:
        """A state that an older release stored takes one step at once: what that one had asked for is asked for anew."""
        if not state.upgraded_from:
            return ()
        text = f"read from version {state.upgraded_from} of a claim's state"
        return (NoteAdded(at=workflow.now(), id=self._next_id("version"), by=ITSELF, text=text),)

    def _refuse(self, message: str, reason: str) -> None:
        self._answers.append(
            MessageRefused(at=workflow.now(), id=self._next_id(message), message=message, reason=reason)
        )

    # Effects

    def _issue(self, effects: Iterable[AnyEffect], *, again: bool = True) -> None:
        """`again`: were this workflow task done anew, the same would surely be asked for."""
        for effect in effects:
            if isinstance(effect, ArchiveClaim):
                self._answers.append(ClaimArchived(at=workflow.now(), id=self._answer_id(effect), effect=effect.id))
                continue
            manner = MANNERS[effect.kind]
            quick = manner.local or (manner.first_try is not None and (again or not manner.tells))
            self._quick += quick
            if not quick:
                self._slow[effect.id] = self._ends(effect)
            self._spawn(self._carry_out(effect, quick=quick))

    async def _carry_out(self, effect: AnyEffect, *, quick: bool) -> None:
        """One effect, until it is answered. A fault of ours parks the claim like a fault of the world."""
        events: Sequence[AnyEvent] | None = None
        here = quick
        try:
            if quick:
                try:
                    events = await self._locally(effect)
                finally:
                    self._quick -= 1
            if events is None:
                here = False
                await self._write_journal()
                events = await self._far_away(effect)
        except Exception as error:
            workflow.logger.exception(f"{effect.kind} failed by a fault of ours")  # logs leave arguments out
            reason = f"{type(error).__name__}: a fault of the program, see the worker's log"
            events = (EffectFailed(at=workflow.now(), id="", effect=effect.id, reason=reason),)
        for event in events:
            update = {"at": workflow.now(), "id": self._answer_id(effect)}
            self._answers.append(event.model_copy(update=update))
        self._here |= here

    async def _locally(self, effect: AnyEffect) -> Sequence[AnyEvent] | None:
        """A local activity writes the journal on its way, so its steps cost no event of their own."""
        async with self._journal:
            await self._in_history()
            batch = self._books.batch()
            answer, written = await try_locally(self._books.order(effect, workflow.now(), batch))
            if written:
                self._books.written(batch)
        return None if answer is None else answer.events

    def _ends(self, effect: AnyEffect) -> float:
        now = workflow.now()
        return latest_end(self._books.order(effect, now), now).timestamp()

    async def _far_away(self, effect: AnyEffect) -> Sequence[AnyEvent]:
        now = workflow.now()
        order = self._books.order(effect, now)
        self._slow[effect.id] = self._ends(effect)
        try:
            return (await perform(order, now)).events
        finally:
            self._changed = True
            del self._slow[effect.id]

    async def _write_journal(self) -> None:
        """Tried until it succeeds: effects wait for it, messages don't."""
        async with self._journal:
            await self._in_history()
            batch = self._books.batch()
            if batch is None:
                return
            first, last = batch.entries[0].sequence, batch.entries[-1].sequence
            await workflow.execute_local_activity(
                "write_steps",
                batch,
                start_to_close_timeout=timedelta(seconds=30),
                retry_policy=PATIENT,
                local_retry_threshold=LOCAL_THRESHOLD,
                summary=f"journal {first}" if first == last else f"journal {first}-{last}",
            )
            self._books.written(batch)

    async def _in_history(self) -> None:
        """Waits until an update that was just taken stands in the history.

        The server keeps no update of a worker that dies in its workflow task, and local activities run inside that task:
        the records would tell of something that never happened to the claim.
        """
        while self._spoken:
            self._spoken = False
            await workflow.sleep(timedelta(milliseconds=1), summary="the update is in the history")

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Time

    def _arm(self) -> None:
        """One timer, for the nearest deadline. Only an earlier one replaces it: a timer that rings early costs little.
        Where the claim is closed it is replaced at once, for in the year that the claim lingers it would surely ring.

        None is armed for a time after an effect under way has surely ended: its answer arms what comes then.
        """
        deadline = next_due(self._books.state)
        if deadline is None:
            return
        due = deadline.due.timestamp()
        if self._timer is not None and self._timer_due <= due and not self._books.state.closed:
            return
        if self._timer is not None and self._timer_due == due:
            return
        if any(end < due for end in self._slow.values()):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_due = due
        delay = max(due - workflow.now().timestamp(), 0.001)
        self._timer = asyncio.create_task(self._ring(delay, timer_summary(deadline)))

    async def _ring(self, delay: float, summary: str) -> None:
        await workflow.sleep(delay, summary=summary)
        self._timer = None
        self._rang = True
        self._changed = True

    # Endings

    def _ready_to_leave(self) -> bool:
        return self._books.over and not self._tasks

    async def _leave(self) -> bool:
        """Stores the last state. False where something came meanwhile: then the claim's workflow goes on."""
        if self._tasks:
            return False
        state = self._books.state
        if not self._books.stored:
            async with self._journal:
                batch = self._books.batch()
                await workflow.execute_local_activity(
                    "archive_claim",
                    Farewell(state=state, journal=batch),
                    start_to_close_timeout=timedelta(seconds=30),
                    retry_policy=PATIENT,
                    local_retry_threshold=LOCAL_THRESHOLD,
                    summary="store the closed claim",
                )
                self._books.written(batch)
                self._books.stored_sequence = state.sequence
        await self._handlers_done()
        return self._resting()

    async def _handlers_done(self) -> None:
        """Updates under way get their answer; one that comes just now goes on being taken by the loop."""
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() or bool(self._inbox))

    def _outgrown(self) -> bool:
        """Operations hand over, the server suggests a new run, or another version of this program took over."""
        if self._journal.locked():
            return False
        return bool(self._successor) or workflow.info().is_continue_as_new_suggested() or _build() != self._build

    # Ids

    def _next_id(self, name: str) -> str:
        """Of a message that brings none: unique in the claim's life, the same on replay."""
        self._messages += 1
        return f"{name}/{workflow.info().run_id[:13]}/{self._messages}"

    def _answer_id(self, effect: AnyEffect) -> str:
        """Answers come once in a run; an effect that is tried again after a failure gets another answer."""
        self._messages += 1
        return f"{effect.id}/{workflow.info().run_id[:13]}/{self._messages}"


def _not_in_the_future(registered: ClaimRegistered) -> ClaimRegistered:
    """A clock of intake that is ahead never makes the next event look late."""
    return registered.model_copy(update={"at": min(registered.at, workflow.now())})


def _build() -> str:
    version = workflow.info().get_current_deployment_version()
    return version.build_id if version else ""


def _update_id() -> str:
    info = workflow.current_update_info()
    return info.id if info else ""


def _told(taken: Step) -> dict[str, Any]:
    state = taken.state
    return {
        "stage": state.stage.value,
        "status": state.status.value,
        "sequence": state.sequence,
        "already_taken": taken.duplicate,
        "asked_for": [effect.kind for effect in taken.effects],
    }
