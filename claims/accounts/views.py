"""An account as people look at it. Nothing here decides; no names: opaque ids, control numbers, amounts and dates."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from claims.accounts.state import AccountState, Entry
from claims.base import Instant, Value
from claims.money import dollars


class AccountEntry(Value):
    """One step of an account, as kept for good: keyed (account, sequence)."""

    sequence: int
    at: Instant
    event: str
    event_id: str
    by: str = ""
    before: str
    after: str
    effects: tuple[str, ...] = ()
    refused: str = ""
    summary: str = ""


class AccountView(Value):
    """The read model of one account; amounts in cents."""

    practice: str
    account: str
    standing: str
    since: Instant
    balance_cents: int
    withheld_cents: int
    credit_cents: int
    claims: int
    statements: int
    holds: tuple[str, ...] = ()
    plan: str = ""
    next_what: str = ""
    next_at: Instant | None = None
    task: str = ""
    needs_action: bool = False
    sequence: int
    changed_at: Instant
    summary: dict[str, Any]
    """`account_summary`, as `show` prints it."""


def account_view(state: AccountState) -> AccountView:
    due = min(state.deadlines, key=lambda x: (x.due, x.id), default=None)
    task = min(state.tasks, key=lambda t: (t.due, t.id), default=None)
    return AccountView(
        practice=state.practice,
        account=state.account,
        standing=state.standing,
        since=state.since,
        balance_cents=state.balance_cents,
        withheld_cents=state.withheld_cents,
        credit_cents=state.credit_cents,
        claims=sum(bool(state.owed_cents(entry)) for entry in state.entries),
        statements=state.statement_count,
        holds=tuple(hold.kind for hold in state.holds),
        plan=plan_in_words(state),
        next_what=f"{due.kind} {due.subject}".strip() if due else "",
        next_at=due.due if due else None,
        task=task.reason if task else "",
        needs_action=bool(state.tasks),
        sequence=state.sequence,
        changed_at=state.changed_at,
        summary=account_summary(state),
    )


def plan_in_words(state: AccountState) -> str:
    """`3 of 60.00 in all, until 2026-07-01`; empty where there is no plan."""
    if state.plan is None:
        return ""
    last = state.plan.instalments[-1]
    return f"{len(state.plan.instalments)} instalments, {dollars(state.plan.total_cents)}, until {last.due.isoformat()}"


def _local(moment: Instant, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def account_summary(state: AccountState) -> dict[str, Any]:
    """The account in one object, amounts as decimal strings."""
    zone = state.zone
    return {
        "account": state.account,
        "practice": state.practice,
        "standing": state.standing,
        "since": _local(state.since, zone),
        "balance": dollars(state.balance_cents),
        "withheld": dollars(state.withheld_cents),
        "credit": dollars(state.credit_cents),
        "claims": [_claim(state, entry) for entry in state.entries],
        "holds": [{"kind": h.kind, "claim": h.claim, "reason": h.reason, "by": h.by} for h in state.holds],
        "plan": _plan(state),
        "statements": [
            {
                "number": one.number,
                "notice": one.notice,
                "amount": dollars(one.amount_cents),
                "on": _local(one.on, zone),
                "document": one.document,
            }
            for one in state.statements
        ],
        "payments": [
            {
                "amount": dollars(one.amount_cents),
                "at": _local(one.at, zone),
                "method": one.method,
                "reference": one.reference,
                "to": {part.claim_id: dollars(part.amount_cents) for part in one.allocations},
                "credit": dollars(one.credit_cents),
                "returned": one.returned,
            }
            for one in state.payments
        ],
        "tasks": [
            {"id": t.id, "type": t.type, "owner": t.owner, "due": _local(t.due, zone), "reason": t.reason}
            for t in sorted(state.tasks, key=lambda t: (t.due, t.id))
        ],
        "deadlines": [
            {"kind": x.kind, "subject": x.subject, "due": _local(x.due, zone), "rule": x.rule, "source": x.source}
            for x in sorted(state.deadlines, key=lambda x: (x.due, x.id))
        ],
        "refused": [{"message": r.message, "reason": r.reason} for r in state.refused],
    }


def account_markdown(state: AccountState) -> str:
    """The account as operations sees it in Temporal's UI."""
    rows = [f"**{state.standing.replace('_', ' ')}**, ${dollars(state.balance_cents)} owed", ""]
    if state.plan is not None:
        rows += [f"Plan: {plan_in_words(state)}", ""]
    if state.holds:
        rows += [f"Held: {', '.join(f'{h.kind} {h.claim}'.strip() for h in state.holds)}", ""]
    rows += ["| claim | owed | statements |", "|---|---|---|"]
    rows += [
        f"| {entry.balance.number} | ${dollars(state.owed_cents(entry))} | {entry.notices} |" for entry in state.entries
    ]
    for task in state.tasks:
        rows += ["", f"Task for the {task.owner}: {task.reason}"]
    for deadline in state.deadlines[:1]:
        day = deadline.due.astimezone(ZoneInfo(deadline.zone)).date().isoformat()
        rows += ["", f"Next: {deadline.kind.replace('_', ' ')}, {day}"]
    return "\n".join(rows)


def _claim(state: AccountState, entry: Entry) -> dict[str, Any]:
    balance = entry.balance
    return {
        "claim_id": balance.claim_id,
        "number": balance.number,
        "service_on": balance.service_on.isoformat() if balance.service_on else None,
        "owed": dollars(state.owed_cents(entry)),
        "withheld": dollars(balance.withheld_cents),
        "why": balance.why,
        "notices": entry.notices,
        "first_on": _local(entry.first_on, state.zone) if entry.first_on else None,
        "handed_over": _local(entry.handed_on, state.zone) if entry.handed_on else None,
    }


def _plan(state: AccountState) -> dict[str, Any] | None:
    if state.plan is None:
        return None
    return {
        "instalments": [{"due": i.due.isoformat(), "amount": dollars(i.amount_cents)} for i in state.plan.instalments],
        "total": dollars(state.plan.total_cents),
        "claims": list(state.plan.claims),
        "by": state.plan.by,
    }
