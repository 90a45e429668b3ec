"""A guarantor's account: what claims report, payments, holds and due dates become events; `account_step` decides.

Handlers only append, as in claim.py; everything is read, refused or taken in one loop. Nothing fails the workflow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError, FailureError

from activities.account_orders import AccountAnswer, AccountFarewell, AccountOpened
from activities.names import PATIENT_ACCOUNT
from activities.orders import Waiting
from claims.accounts.effects import AnyAccountEffect, ArchiveAccount
from claims.accounts.events import AccountArchived, AccountEffectFailed, AccountMessageRefused, AnyAccountEvent
from claims.accounts.messages import ACCOUNT_MESSAGES
from claims.accounts.state import AccountStep
from claims.accounts.views import account_markdown, account_summary, account_view
from claims.patient_account import account_step, next_account_due
from workflows import attributes
from workflows.account_books import AccountBooks, effect_in_short
from workflows.account_reading import read_account_start, read_account_waiting
from workflows.handing_over import successor
from workflows.perform import LOCAL_THRESHOLD, PATIENT, in_words
from workflows.reading import as_waiting

ONE_TRY = timedelta(seconds=60)
NOT_CANCELLED = "an account is not cancelled; it ends by itself once nothing was owed for long"


@workflow.defn(name=PATIENT_ACCOUNT)
class PatientAccountWorkflow:
    """Started with an AccountOpened, or with what an earlier run carried over; begun by a claim's first report."""

    @workflow.init
    def __init__(self, start: RawValue) -> None:
        self._inbox: list[Waiting] = []
        self._answers: list[AnyAccountEvent] = []
        self._outcomes: dict[str, AccountStep | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
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
        opened, self._trust = read_account_start(start.payload)
        self._unreadable = opened if isinstance(opened, str) else ""
        self._effects: tuple[AnyAccountEffect, ...] = ()
        if isinstance(opened, AccountOpened):
            self._books = AccountBooks.open(opened, workflow.now())
        elif not isinstance(opened, str):
            self._books = AccountBooks.reopen(opened)
            self._effects = opened.state.in_flight
            self._inbox = list(opened.inbox)
            self._answers = list(opened.events)

    @workflow.run
    async def run(self, start: RawValue) -> dict[str, Any]:
        """Until nothing was owed for long and the state is stored."""
        if self._unreadable:
            raise ApplicationError(self._unreadable, type="NotAnAccount", non_retryable=True)
        self._issue(self._effects)
        while True:
            try:
                await workflow.wait_condition(self._has_work)
                self._take_all()
                if self._resting() and self._books.over and not self._tasks and await self._leave():
                    return account_summary(self._books.state)
                if self._resting() and self._outgrown():
                    await self._handlers_done()
                    if workflow.all_handlers_finished():
                        carried = self._books.carry(self._inbox, self._answers, self._build)
                        workflow.continue_as_new(carried, task_queue=self._successor or None)
            except (asyncio.CancelledError, TimeoutError):
                self._answers.append(
                    AccountMessageRefused(
                        at=workflow.now(), id=self._next_id("cancel"), message="cancel", reason=NOT_CANCELLED
                    )
                )

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
        look = account_view(outcome.state)
        return {
            "standing": look.standing,
            "balance_cents": look.balance_cents,
            "credit_cents": look.credit_cents,
            "sequence": look.sequence,
            "already_taken": outcome.duplicate,
        }

    @on_update.validator
    def check_update(self, name: str, arguments: Sequence[RawValue]) -> None:
        """Refuses at once, and leaves no event behind."""
        if self._unreadable:
            raise ApplicationError(self._unreadable, type="NotAnAccount")
        for event in self._read(as_waiting(name, arguments, _update_id())):
            if isinstance(event, AccountMessageRefused):
                raise ApplicationError(event.reason, type="Refused")
            dry = account_step(self._books.state, event, self._books.tables)
            if dry.refused and not dry.duplicate:
                raise ApplicationError(dry.refused, type="Refused")

    # What may be asked

    @workflow.query(name="summary")
    def summary(self) -> dict[str, Any]:
        return account_summary(self._books.state)

    @workflow.query(name="timeline")
    def timeline(self) -> list[dict[str, Any]]:
        """The last steps; all of them stand in the records."""
        return [entry.model_dump(mode="json") for entry in self._books.timeline]

    @workflow.query(name="allowed_actions")
    def allowed_actions(self) -> list[dict[str, str]]:
        return [{"message": m.name, "help": m.help, "example": m.example} for m in ACCOUNT_MESSAGES.values()]

    @workflow.query(name="state")
    def state(self) -> dict[str, Any]:
        """Everything. Protected: with a payload codec it leaves encrypted."""
        return self._books.state.model_dump(mode="json")

    # The loop's parts

    def _has_work(self) -> bool:
        if self._inbox or self._answers or self._rang:
            return True
        return self._changed or (self._books.over and not self._tasks) or self._outgrown()

    def _resting(self) -> bool:
        return not (self._inbox or self._answers)

    def _read(self, message: Waiting) -> tuple[AnyAccountEvent, ...]:
        return read_account_waiting(message, at=workflow.now(), state=self._books.state, trust=self._trust)

    def _take_all(self) -> None:
        """Everything that waits together is taken in one go, then the deadlines that are due by now."""
        self._rang = False
        asked: list[AnyAccountEffect] = []
        while self._answers:
            asked += self._take(self._answers.pop(0))
        while self._inbox:
            message = self._inbox.pop(0)
            self._spoken |= message.id in self._outcomes
            for event in self._read(message):
                asked += self._take(event)
        for event in self._books.due(workflow.now()):
            asked += self._take(event)
        self._issue(asked)
        if self._books.unwritten and not self._books.over:
            self._spawn(self._write_journal())
        self._changed = False
        self._publish()
        self._arm()

    def _take(self, event: AnyAccountEvent) -> Iterable[AnyAccountEffect]:
        taken = self._books.take(event)
        if event.id in self._outcomes:
            self._outcomes[event.id] = taken
        return taken.effects

    def _publish(self) -> None:
        after = attributes.of_account(account_view(self._books.state), self._published)
        if updates := attributes.changes(self._published, after):
            workflow.upsert_search_attributes(updates)
            self._published = after
        workflow.set_current_details(account_markdown(self._books.state))

    # Effects

    def _issue(self, effects: Iterable[AnyAccountEffect]) -> None:
        for effect in effects:
            if isinstance(effect, ArchiveAccount):
                self._answers.append(AccountArchived(at=workflow.now(), id=self._next_id(effect.id), effect=effect.id))
                continue
            self._spawn(self._carry_out(effect))

    async def _carry_out(self, effect: AnyAccountEffect) -> None:
        """One effect, until it is answered; the journal is written before. A fault of ours is a task, too."""
        try:
            await self._write_journal()
            answer: AccountAnswer = await workflow.execute_activity(
                effect.kind,
                self._books.order(effect, workflow.now()),
                result_type=AccountAnswer,
                start_to_close_timeout=ONE_TRY,
                retry_policy=PATIENT,
                summary=effect_in_short(effect),
            )
            events: Sequence[AnyAccountEvent] = answer.events
        except FailureError as error:
            events = (self._failed(effect, in_words(error)),)
        except Exception as error:
            workflow.logger.exception(f"{effect.kind} failed by a fault of ours")  # logs leave arguments out
            events = (self._failed(effect, f"{type(error).__name__}: a fault of the program, see the worker's log"),)
        for event in events:
            update = {"at": workflow.now(), "id": self._next_id(effect.id)}
            self._answers.append(event.model_copy(update=update))

    def _failed(self, effect: AnyAccountEffect, reason: str) -> AnyAccountEvent:
        return AccountEffectFailed(at=workflow.now(), id="", effect=effect.id, reason=reason)

    async def _write_journal(self) -> None:
        """Tried until it succeeds: effects wait for it, messages don't."""
        async with self._journal:
            await self._in_history()
            batch = self._books.batch()
            if batch is None:
                return
            await workflow.execute_local_activity(
                "write_account",
                batch,
                start_to_close_timeout=timedelta(seconds=30),
                retry_policy=PATIENT,
                local_retry_threshold=LOCAL_THRESHOLD,
                summary=f"journal {batch.entries[0].sequence}-{batch.entries[-1].sequence}",
            )
            self._books.written(batch)

    async def _in_history(self) -> None:
        """Waits until an update that was just taken stands in the history: see workflows/claim.py."""
        while self._spoken:
            self._spoken = False
            await workflow.sleep(timedelta(milliseconds=1), summary="the update is in the history")

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)

    # Time

    def _arm(self) -> None:
        """One timer, for the nearest deadline; only an earlier one replaces it."""
        deadline = next_account_due(self._books.state)
        if deadline is None:
            return
        due = deadline.due.timestamp()
        if self._timer is not None and self._timer_due <= due:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_due = due
        delay = max(due - workflow.now().timestamp(), 0.001)
        day = deadline.due.date().isoformat()
        self._timer = asyncio.create_task(self._ring(delay, f"{deadline.kind.replace('_', ' ')} due {day}"))

    async def _ring(self, delay: float, summary: str) -> None:
        await workflow.sleep(delay, summary=summary)
        self._timer = None
        self._rang = True

    # Endings

    async def _leave(self) -> bool:
        """Stores the last state. False where something came meanwhile: then the account goes on."""
        state = self._books.state
        if not self._books.stored:
            async with self._journal:
                batch = self._books.batch()
                await workflow.execute_local_activity(
                    "archive_account",
                    AccountFarewell(state=state, journal=batch),
                    start_to_close_timeout=timedelta(seconds=30),
                    retry_policy=PATIENT,
                    local_retry_threshold=LOCAL_THRESHOLD,
                    summary="store the settled account",
                )
                self._books.written(batch)
                self._books.stored_sequence = state.sequence
        await self._handlers_done()
        return self._resting()

    async def _handlers_done(self) -> None:
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() or bool(self._inbox))

    def _outgrown(self) -> bool:
        """Operations hand over, the server suggests a new run, or another version of this program took over."""
        if self._journal.locked() or self._tasks:
            return False
        return bool(self._successor) or workflow.info().is_continue_as_new_suggested() or _build() != self._build

    # Ids

    def _next_id(self, name: str) -> str:
        """Unique in the account's life, the same on replay."""
        self._messages += 1
        return f"{name}/{workflow.info().run_id[:13]}/{self._messages}"


def _build() -> str:
    version = workflow.info().get_current_deployment_version()
    return version.build_id if version else ""


def _update_id() -> str:
    info = workflow.current_update_info()
    return info.id if info else ""
