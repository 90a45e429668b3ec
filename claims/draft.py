"""A claim while `step` works on it: the next state, the effects so far, and the few verbs that rules are written in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from claims import other_payers
from claims.deadlines import deadline_id, due_instant, filing_deadlines, in_words, local_day, wait_for
from claims.effects import AnyEffect
from claims.events import AnyEvent
from claims.payer_rules import Wait
from claims.state import (
    ITSELF,
    ClaimState,
    Deadline,
    DeadlineKind,
    Note,
    Refusal,
    Submission,
    Task,
    TaskType,
)
from claims.status import STAGE_OF, Stage, Status
from claims.tables import Owner, Tables
from claims.transitions import may_follow

NOTES_KEPT = 50
NEVER_DROPPED = ("hold_review", "overpayment")
"""Dates that no move of the claim stops: the time to return what isn't ours runs wherever the claim is."""
APART = ("review_hold", "upstream_replacement")
"""Tasks that no move of the claim makes needless."""


class Refused(Exception):
    """This event changes nothing here, for the reason given. Caught by `step`, never leaves the domain."""


class Draft:
    """The state being made. Every change goes through here, so that the journal, the table and the invariants hold."""

    def __init__(self, state: ClaimState, event: AnyEvent, tables: Tables) -> None:
        self.before = state
        """The claim before anything of this event was done."""
        self.state = state
        self.event = event
        self.tables = tables
        self.effects: list[AnyEffect] = []
        self.path: list[Status] = []

    @property
    def now(self) -> datetime:
        return self.event.at

    @property
    def today(self) -> date:
        """The calendar day of the event in the practice's zone."""
        return local_day(self.event.at, self.state.zone)

    def set(self, **changes: Any) -> None:
        self.state = self.state.model_copy(update=changes)

    def move(self, status: Status) -> None:
        """Enters a status by the table. Raises Refused when it may not follow the present one."""
        before = self.state.status
        if status is before:
            return
        if not may_follow(before, status):
            raise Refused(f"a claim that is {before} can't become {status}")
        self.path.append(status)
        stage = STAGE_OF[status] or self.state.stage
        if self.state.at_later_payer and stage in (Stage.CODED, Stage.SUBMITTED):
            stage = Stage.ADJUDICATED
        self.set(status=status, stage=stage, since=self.now)

    @contextmanager
    def undone_if_refused(self) -> Iterator[None]:
        """What is done inside is undone as a whole when it is refused half-way; the refusal goes on."""
        state, path, effects = self.state, tuple(self.path), tuple(self.effects)
        try:
            yield
        except Refused:
            self.state, self.path, self.effects = state, list(path), list(effects)
            raise

    @property
    def here(self) -> Status:
        """The status; of a claim that is parked by a failed step, the one it will go back to."""
        failure = self.state.failure
        if self.state.status is Status.BLOCKED_ON_FAILURE and failure is not None:
            return failure.was
        return self.state.status

    def move_on(self, status: Status) -> None:
        """Enters a status; a parked claim stays parked and goes there once the failed step is mended."""
        failure = self.state.failure
        if self.state.status is not Status.BLOCKED_ON_FAILURE or failure is None:
            self.move(status)
        elif failure.was is status or may_follow(failure.was, status):
            self.set(failure=failure.model_copy(update={"was": status}))
        else:
            raise Refused(f"a claim that is {failure.was} can't become {status}")

    def require(self, *allowed: Status, what: str) -> None:
        """Raises Refused unless the claim is in one of these statuses."""
        if self.state.status not in allowed:
            raise Refused(f"{what} is not possible while the claim is {self.state.status}")

    # deadlines

    def arm(self, kind: DeadlineKind, key: str = "", subject: str = "", start: datetime | None = None) -> None:
        """Arms (or arms anew) the deadline of the payer's wait under `key`, counted from `start` (now)."""
        wait = wait_for(self.state.rules, key or kind)
        self.arm_wait(kind, wait, subject, start or self.now)

    def arm_wait(
        self, kind: DeadlineKind, wait: Wait, subject: str, start: datetime, counted_from: str = "", hard: bool = False
    ) -> None:
        due = due_instant(kind, start, wait, self.state.zone, self.tables.holidays)
        day = local_day(start, self.state.zone).isoformat()
        self.put_deadline(
            Deadline(
                id=deadline_id(kind, subject),
                kind=kind,
                due=due,
                zone=self.state.zone,
                rule=f"{in_words(wait)} from {counted_from or day}",
                source=wait.source,
                subject=subject,
                latest=due if hard else None,
            )
        )

    def put_deadline(self, deadline: Deadline) -> None:
        kept = tuple(other for other in self.state.deadlines if other.id != deadline.id)
        self.set(deadlines=(*kept, deadline))

    def disarm(self, *kinds: DeadlineKind, subject: str | None = None) -> None:
        kept = tuple(
            deadline
            for deadline in self.state.deadlines
            if deadline.kind not in kinds or (subject is not None and deadline.subject != subject)
        )
        if len(kept) != len(self.state.deadlines):
            self.set(deadlines=kept)

    def arm_filing(self, *, coverage: int | None = None) -> None:
        """Arms the filing limit, with its warnings, of the payer now billed or of the one at `coverage`.

        A later payer's counts from the decision of the payers before it.
        """
        place = self.state.billed if coverage is None else coverage
        prior_decision = other_payers.prior_decision(self.state, place)
        self.disarm("filing")
        billed = self.state.model_copy(update={"responsible": place})
        for deadline in filing_deadlines(billed, self.tables, prior_decision):
            self.put_deadline(deadline)

    # tasks

    def open_task(
        self,
        kind: TaskType,
        owner: Owner,
        reason: str,
        *,
        category: str = "",
        due: datetime | None = None,
        blocks: bool = False,
    ) -> str:
        """Opens a task, or renews the one of the same type and category: one task per cause. Gives its id."""
        if kind == "work_denial" and self.state.denial is not None:
            category = self.state.denial.reason_class
        wait = wait_for(self.state.rules, f"task_{kind}")
        when = due or due_instant("task", self.now, wait, self.state.zone, self.tables.holidays)
        for task in self.state.tasks:
            if task.type == kind and (task.category == category or kind == "work_denial"):
                news = {"pended_until": None} if reason != task.reason else {}
                who = "supervisor" if task.escalated else owner
                renewed = task.model_copy(
                    update={"reason": reason, "due": min(task.due, when), "owner": who, "category": category, **news},
                )
                self.set(tasks=tuple(renewed if other.id == task.id else other for other in self.state.tasks))
                return task.id
        number = self.state.task_count + 1
        task = Task(
            id=f"task-{number}",
            type=kind,
            category=category,
            owner=owner,
            due=when,
            reason=reason,
            blocks_submission=blocks,
            opened_at=self.now,
            opened_by=self.event.kind,
        )
        self.set(task_count=number, tasks=(*self.state.tasks, task))
        return task.id

    def close_tasks(self, *kinds: TaskType, category: str | None = None) -> None:
        kept = tuple(
            task
            for task in self.state.tasks
            if task.type not in kinds or (category is not None and task.category != category)
        )
        if len(kept) != len(self.state.tasks):
            self.set(tasks=kept)

    def drop_waiting(self, *kept: DeadlineKind) -> None:
        """The claim moved on for good: no deadline and no task of what came before is left, except deadlines `kept`.

        What stands apart from the claim's course stays: the review of a hold, and what upstream sent in between.
        """
        self.set(
            deadlines=tuple(x for x in self.state.deadlines if x.kind in (*NEVER_DROPPED, *kept)),
            tasks=tuple(task for task in self.state.tasks if task.type in APART),
        )

    # effects

    def next_effect_id(self, name: str) -> str:
        number = self.state.effect_count + 1
        self.set(effect_count=number)
        return f"{name}-{number}"

    def ask(self, effect: AnyEffect) -> None:
        """Asks the world for something; it stays in flight until its answer comes."""
        self.effects.append(effect)
        self.set(in_flight=(*self.state.in_flight, effect))

    def answered(self, effect_id: str) -> None:
        if effect_id:
            self.set(in_flight=tuple(effect for effect in self.state.in_flight if effect.id != effect_id))

    def forget(self, *kinds: str) -> None:
        """Nobody waits for effects of these kinds any more; an answer that still comes is refused."""
        kept = tuple(effect for effect in self.state.in_flight if effect.kind not in kinds)
        if len(kept) != len(self.state.in_flight):
            self.set(in_flight=kept)

    def still_asked(self, effect_id: str, what: str) -> None:
        """Raises Refused when the answer is to a question that was dropped; an answer that names none is welcome."""
        if effect_id and not any(effect.id == effect_id for effect in self.state.in_flight):
            raise Refused(f"{what} answers a question that nobody waits for any more")

    # submissions

    def submission(self, number: int) -> Submission:
        """Submission `number`, or the latest for 0. Raises Refused when there is none."""
        if number == 0 and self.state.submissions:
            return self.state.submissions[-1]
        for submission in self.state.submissions:
            if submission.number == number:
                return submission
        raise Refused("the claim has no such submission")

    def put_submission(self, submission: Submission, **changes: Any) -> Submission:
        changed = submission.model_copy(update=changes)
        self.set(
            submissions=tuple(changed if other.number == changed.number else other for other in self.state.submissions)
        )
        return changed

    def note(self, text: str) -> None:
        """Keeps what the claim did by itself, and why; it stands in the journal, too."""
        self.set(notes=(*self.state.notes[-(NOTES_KEPT - 1) :], Note(at=self.now, by=ITSELF, text=text)))

    def note_refusal(self, message: str, reason: str) -> None:
        """Records what was taken but led to nothing, where people can see it."""
        refusal = Refusal(at=self.now, message=message, reason=reason, by=self.event.by)
        self.set(refused=(*self.state.refused[-19:], refusal))
