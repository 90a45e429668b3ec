"""Payment plans: agreed amounts on agreed days, in whose place no statement goes out; and the holds of an account."""

from __future__ import annotations

from datetime import datetime, timedelta

from claims.accounts import clock
from claims.accounts.draft import AccountDraft
from claims.accounts.events import AccountHeld, AccountHoldKind, AccountReleased, PlanAgreed, PlanEnded
from claims.accounts.state import AccountHold, Plan
from claims.deadlines import START_OF_BUSINESS, at_local, local_day
from claims.draft import Refused
from claims.money import dollars

MOST_INSTALMENTS = 60
REVIEW_DAYS: dict[AccountHoldKind, int] = {"bankruptcy": 180, "death": 90, "legal": 90}
"""When somebody looks again at a hold that lasts; all others after the account's own `review` wait. The stay of a
bankruptcy ends with its discharge or dismissal, which nobody here hears of by itself (11 USC 362(c))."""


def on_plan_agreed(d: AccountDraft, event: PlanAgreed) -> None:
    if not event.by:
        raise Refused("a plan needs the name of the person who agreed it")
    if d.state.plan is not None:
        raise Refused("a plan stands already: end it first")
    if clock.held(d.state):
        raise Refused(f"the account is held ({', '.join(h.kind for h in d.state.holds)}): release it first")
    _check(d, event)
    claims = tuple(e.claim_id for e in clock.open_entries(d.state))
    paid = clock.paid_on(d.state, claims)
    plan = Plan(
        instalments=event.instalments,
        claims=claims,
        paid_before_cents=paid,
        by=event.by,
        at=event.at,
        reason=event.reason,
    )
    d.set(plan=plan)
    d.close_tasks(["decide_collections", "plan_missed", "small_balance"])


def _check(d: AccountDraft, event: PlanAgreed) -> None:
    parts = event.instalments
    if not 0 < len(parts) <= MOST_INSTALMENTS:
        raise Refused(f"a plan has 1 to {MOST_INSTALMENTS} instalments")
    if any(one.amount_cents <= 0 for one in parts):
        raise Refused("every instalment is a positive amount")
    days = [one.due for one in parts]
    if days != sorted(set(days)) or days[0] < d.today:
        raise Refused("instalments are due on different days, in order, from today on")
    owed = sum(d.state.owed_cents(e) for e in clock.open_entries(d.state))
    total = sum(one.amount_cents for one in parts)
    if not 0 < total <= owed:
        raise Refused(f"the instalments make {dollars(total)}, and {dollars(owed)} is owed")


def on_plan_ended(d: AccountDraft, event: PlanEnded) -> None:
    if d.state.plan is None:
        raise Refused("there is no plan")
    if not event.reason.strip():
        raise Refused("ending a plan needs a reason")
    d.set(plan=None)
    d.note(f"plan ended: {event.reason}", by=event.by)


def close_if_paid(d: AccountDraft) -> None:
    """A plan that is paid in full is over; so is one on which nothing is owed any more."""
    plan = d.state.plan
    if plan is None:
        return
    owed = sum(d.state.owed_cents(e) for e in d.state.entries if e.claim_id in plan.claims)
    if clock.paid_on_plan(d.state, plan) >= plan.total_cents or owed == 0:
        d.set(plan=None)
        d.note("the payment plan is paid" if owed == 0 else f"the payment plan is paid; {dollars(owed)} is left")


def missed(d: AccountDraft) -> None:
    """The grace days are over: the plan ends, the cycle goes on, and a person talks to the guarantor."""
    plan = d.state.plan
    missing = clock.next_instalment(d.state, plan) if plan else None
    if missing is None:
        return
    cents, day = missing
    d.set(plan=None)
    d.open_task("plan_missed", f"{dollars(cents)} due on {day.isoformat()} did not come: the plan has ended")


# Holds


def on_held(d: AccountDraft, event: AccountHeld) -> None:
    if not event.reason.strip():
        raise Refused("a hold needs a reason")
    entry = d.state.entry(event.claim) if event.claim else None
    if event.claim and entry is None:
        raise Refused("no such claim is on this account")
    claim = entry.claim_id if entry else ""
    if any((h.kind, h.claim) == (event.hold, claim) for h in d.state.holds):
        raise Refused(f"a {event.hold} hold is placed already")
    hold = AccountHold(
        kind=event.hold,
        reason=event.reason,
        by=event.by,
        at=event.at,
        claim=claim,
        review_at=_review(d, event),
    )
    if event.hold == "assistance":
        _note_application(d)
    d.set(holds=(*d.state.holds, hold))
    d.close_tasks(["decide_collections"])


def _review(d: AccountDraft, event: AccountHeld) -> datetime:
    if event.review_on is not None:
        return max(at_local(event.review_on, START_OF_BUSINESS, d.state.zone), event.at)
    days = REVIEW_DAYS.get(event.hold)
    if days is None:
        return clock.instant(d, event.at, d.rules.review, START_OF_BUSINESS)
    return at_local(d.today + timedelta(days=days), START_OF_BUSINESS, d.state.zone)


def _note_application(d: AccountDraft) -> None:
    """An application within 240 days of the first statement must be heard; a later one may be (26 CFR 1.501(r)-6)."""
    first = min((e.first_on for e in d.state.entries if e.first_on is not None), default=None)
    if first is None:
        return
    last = local_day(clock.instant(d, first, d.rules.application), d.state.zone)
    when = "within" if d.today <= last else "after"
    d.note(f"asked for financial assistance {when} the application period (until {last.isoformat()})")


def on_released(d: AccountDraft, event: AccountReleased) -> None:
    released = [h for h in d.state.holds if event.hold in (None, h.kind)]
    if not released:
        raise Refused("no such hold is placed")
    whole = clock.held(d.state)
    kept = tuple(h for h in d.state.holds if h not in released)
    d.set(holds=kept)
    for hold in released:
        d.close_tasks(["review_hold"], f"{hold.kind} {hold.claim}".strip())
    if whole and not clock.held(d.state):
        _put_off_plan(d, min(h.at for h in released if not h.claim))


def _put_off_plan(d: AccountDraft, since: datetime) -> None:
    """While the account was held nothing could be missed: what fell due meanwhile is due as many days later."""
    plan = d.state.plan
    if plan is None:
        return
    began = local_day(since, d.state.zone)
    days = d.today - began
    later = tuple(
        one.model_copy(update={"due": one.due + days}) if one.due >= began else one for one in plan.instalments
    )
    d.set(plan=plan.model_copy(update={"instalments": later}))
