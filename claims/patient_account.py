"""A guarantor's account: `account_step`, what it becomes and asks for when something happens. Pure, like a claim's `step`.

It gathers the patient balances of all claims into one cycle of statements, and asks nobody for a contractual amount, for
nothing, or twice for the first time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from claims.accounts import clock, credits, cycle, payments, plans
from claims.accounts.draft import AccountDraft
from claims.accounts.events import (
    AccountDeadlinePassed,
    AccountMessageRefused,
    AccountNoted,
    AccountTaskDone,
    AnyAccountEvent,
)
from claims.accounts.state import AccountDeadline, AccountRefusal, AccountState, AccountStep
from claims.draft import Refused
from claims.tables import Tables

SEEN_KEPT = 400
REFUSED_KEPT = 20


def open_account(*, practice: str, account: str, zone: str, tables_version: str, at: datetime) -> AccountState:
    """An account with nothing on it."""
    return AccountState(
        practice=practice,
        account=account,
        zone=zone,
        tables_version=tables_version,
        opened_at=at,
        changed_at=at,
        since=at,
    )


def account_step(state: AccountState, event: AnyAccountEvent, tables: Tables) -> AccountStep:
    """What an account becomes, and what it asks for, when `event` happens. Never raises for anything an event carries.

    A refused event changes nothing but the record of refusals; one that was taken before changes nothing at all.
    """
    if event.id in state.seen:
        return AccountStep(state=state, refused="this event was taken already", duplicate=True)
    base = state.model_copy(
        update={
            "sequence": state.sequence + 1,
            "changed_at": max(state.changed_at, event.at),
            "seen": (*state.seen[-(SEEN_KEPT - 1) :], event.id),
            "archived": False,
        }
    )
    draft = AccountDraft(base, event, tables)
    try:
        HANDLERS[event.kind](draft, event)
    except cycle.Known as known:
        return AccountStep(state=state, refused=str(known), duplicate=True)
    except Refused as refused:
        return AccountStep(state=_refuse(base, event, str(refused), state.archived), refused=str(refused))
    cycle.settle(draft)
    return AccountStep(state=draft.state, effects=tuple(draft.effects))


def _refuse(state: AccountState, event: AnyAccountEvent, reason: str, archived: bool) -> AccountState:
    name = event.message if isinstance(event, AccountMessageRefused) else event.kind
    refusal = AccountRefusal(at=event.at, message=name, reason=reason, by=event.by)
    kept = state.refused[-(REFUSED_KEPT - 1) :]
    effect = getattr(event, "effect", "")
    flying = tuple(asked for asked in state.in_flight if asked.id != effect)
    return state.model_copy(update={"refused": (*kept, refusal), "archived": archived, "in_flight": flying})


def _noted(d: AccountDraft, event: AccountNoted) -> None:
    if not event.text.strip():
        raise Refused("the note is empty")
    d.note(event.text, by=event.by)


def _task_done(d: AccountDraft, event: AccountTaskDone) -> None:
    """A task is closed by its id, or by its type where only one is open."""
    found = [t for t in d.state.tasks if event.task in (t.id, t.type)]
    if len(found) != 1:
        raise Refused("no such task is open" if not found else "several tasks are of this type: name one by its id")
    task = found[0]
    if task.type == "decide_collections":
        raise Refused("say what is decided: hand_over, true or false")
    if task.type == "refund":
        raise Refused("give the credit back: return_credit")
    if task.type == "approve_credit":
        raise Refused("say whether it may go back: approve_credit, with approved true or false")
    d.set(tasks=tuple(t for t in d.state.tasks if t.id != task.id))
    again = clock.instant(d, event.at, d.rules.review)
    if task.type in ("small_balance", "ask_agency"):
        d.set(quiet_until=again)
    if task.type == "review_hold":
        holds = (h.model_copy(update={"review_at": h.review_at or again}) for h in d.state.holds)
        d.set(holds=tuple(holds))


def _refused_message(d: AccountDraft, event: AccountMessageRefused) -> None:
    raise Refused(event.reason)


HANDLERS: dict[str, Callable[[AccountDraft, Any], None]] = {
    "balance_reported": cycle.on_balance_reported,
    "statement_laid_out": cycle.on_statement_laid_out,
    "claim_told": cycle.on_claim_told,
    "account_paid": payments.on_paid,
    "account_held": plans.on_held,
    "account_released": plans.on_released,
    "plan_agreed": plans.on_plan_agreed,
    "plan_ended": plans.on_plan_ended,
    "collections_decided": cycle.on_collections_decided,
    "credit_returned": credits.on_credit_returned,
    "credit_decided": credits.on_credit_decided,
    "account_task_done": _task_done,
    "account_noted": _noted,
    "account_deadline_passed": cycle.on_deadline_passed,
    "account_effect_failed": cycle.on_effect_failed,
    "account_archived": cycle.on_archived,
    "account_message_refused": _refused_message,
}


def next_account_due(state: AccountState) -> AccountDeadline | None:
    """What is due first."""
    return min(state.deadlines, key=lambda deadline: (deadline.due, deadline.id), default=None)


def account_due_event(state: AccountState, now: datetime) -> AccountDeadlinePassed | None:
    """The passing of the first deadline that is due by `now`, dated at its own instant."""
    deadline = next_account_due(state)
    if deadline is None or deadline.due > now:
        return None
    moment = max(deadline.due, state.changed_at)
    identity = f"passed:{deadline.id}:{deadline.due.isoformat()}:{state.sequence}"
    return AccountDeadlinePassed(at=moment, id=identity, deadline=deadline.id)
