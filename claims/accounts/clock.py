"""When an account acts next: every deadline is read off the state anew after each event, so that no note moves one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from claims.accounts.draft import AccountDraft
from claims.accounts.state import AccountDeadline, AccountState, Entry, Plan
from claims.deadlines import END_OF_DAY, at_local, in_words, last_day, local_day
from claims.payer_rules import Wait

OPENS, CLOSES = time(9, 0), time(21, 0)
"""Hours, local time of the practice, in which a statement may go out (the habit of letters and messages alike; calls and
texts must stay between 8 and 21 o'clock, 47 CFR 64.1200(c)(1))."""
LAST_NOTICE = 3


def open_entries(state: AccountState) -> tuple[Entry, ...]:
    """Claims on which something is owed, and that aren't with an agency."""
    return tuple(e for e in state.entries if e.handed_on is None and state.owed_cents(e) > 0)


def held(state: AccountState, entry: Entry | None = None) -> bool:
    """Whether all of the account is held, or this claim of it."""
    return any(not h.claim or (entry is not None and h.claim == entry.claim_id) for h in state.holds)


def askable(state: AccountState) -> tuple[Entry, ...]:
    """Claims that a statement may ask for now."""
    planned = state.plan.claims if state.plan else ()
    return tuple(e for e in open_entries(state) if e.claim_id not in planned and not held(state, e))


def asked_cents(state: AccountState) -> int:
    return sum(state.owed_cents(entry) for entry in askable(state))


def instant(d: AccountDraft, start: datetime, wait: Wait, hour: time = OPENS) -> datetime:
    """When a wait that began at `start` is over: at `hour` of its last day; a wait in seconds (sandbox) to the second."""
    if wait.unit == "seconds":
        return start + timedelta(seconds=wait.amount)
    return at_local(last_day(local_day(start, d.state.zone), wait, d.tables.holidays), hour, d.state.zone)


def in_hours(moment: datetime, zone: str) -> datetime:
    """The moment itself where a statement may go out then, else the next time at which one may."""
    local = moment.astimezone(ZoneInfo(zone))
    if OPENS <= local.timetz().replace(tzinfo=None) < CLOSES:
        return moment
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return at_local(day, OPENS, zone)


def in_sandbox(d: AccountDraft) -> bool:
    return d.rules.between.unit == "seconds"


def deadlines(d: AccountDraft) -> tuple[AccountDeadline, ...]:
    """Everything that is armed now."""
    made = [*_statement(d), *_small_balance(d), *_collections(d), *_instalment(d), *_holds(d), *_linger(d)]
    return tuple(sorted(made, key=lambda x: (x.due, x.id)))


def _statement(d: AccountDraft) -> Iterator[AccountDeadline]:
    """One cycle for all claims: a claim that comes in between waits for the next statement of those already asked for."""
    state, rules = d.state, d.rules
    waiting = [e for e in askable(state) if e.notices < LAST_NOTICE]
    if not waiting or d.in_flight("lay_out_statement") or d.has_task("statement_not_made"):
        return
    if asked_cents(state) < max(rules.minimum_cents, 1):
        return
    last = max((e.last_on for e in open_entries(state) if e.last_on is not None), default=None)
    if last is not None:
        due, wait = instant(d, last, rules.between), rules.between
        rule = f"{in_words(wait)} after the last statement ({local_day(last, state.zone)})"
    else:
        first = min(e.since for e in waiting)
        due, wait = instant(d, first, rules.gather), rules.gather
        rule = f"first statement: {in_words(wait)} after the balance was known ({local_day(first, state.zone)})"
    due = max(due, d.now)
    due = due if in_sandbox(d) else in_hours(due, state.zone)
    yield _deadline(d, "statement", due, rule, wait.source)


def _small_balance(d: AccountDraft) -> Iterator[AccountDeadline]:
    state, rules = d.state, d.rules
    amount = asked_cents(state)
    if not 0 < amount < rules.minimum_cents or d.has_task("small_balance"):
        return
    due = instant(d, min(e.since for e in askable(state)), rules.review)
    due = max(due, state.quiet_until or due, d.now)
    rule = f"{in_words(rules.review)} below the amount that a statement is sent for"
    yield _deadline(d, "small_balance", due, rule, rules.review.source)


def final_entries(state: AccountState) -> tuple[Entry, ...]:
    return tuple(e for e in askable(state) if e.notices >= LAST_NOTICE)


def may_hand_over(d: AccountDraft, entry: Entry) -> datetime:
    """No claim goes to collections before this: 120 days after its first statement, 30 after its final notice."""
    assert entry.first_on is not None
    assert entry.final_on is not None
    first = instant(d, entry.first_on, d.rules.collections)
    return max(first, instant(d, entry.final_on, d.rules.notice))


def _collections(d: AccountDraft) -> Iterator[AccountDeadline]:
    rules = d.rules
    if not d.has_task("decide_collections"):
        dues = [may_hand_over(d, entry) for entry in final_entries(d.state)]
        if dues:
            rule = (
                f"{in_words(rules.collections)} after the first statement and {in_words(rules.notice)} after the final"
                " notice: a person decides"
            )
            yield _deadline(d, "collections", max(min(dues), d.now), rule, rules.collections.source)
    given = [e.handed_on for e in d.state.entries if e.handed_on is not None and d.state.owed_cents(e) > 0]
    if given and not d.has_task("ask_agency"):
        due = max(instant(d, max(given), rules.collections), d.state.quiet_until or d.now, d.now)
        yield _deadline(d, "collections", due, "the agency's news are due", rules.collections.source, "agency")


def paid_on_plan(state: AccountState, plan: Plan) -> int:
    """What was paid on the plan's claims since it was agreed, by whatever way it came."""
    return paid_on(state, plan.claims) - plan.paid_before_cents


def paid_on(state: AccountState, claims: tuple[str, ...]) -> int:
    chosen = [e for e in state.entries if e.claim_id in claims]
    return sum(e.balance.patient_paid_cents + state.pending_cents(e) for e in chosen)


def next_instalment(state: AccountState, plan: Plan) -> tuple[int, date] | None:
    """How much of the first unmet instalment is missing, and its day; None where all are met."""
    paid = paid_on_plan(state, plan)
    for one in plan.instalments:
        if paid < one.amount_cents:
            return one.amount_cents - max(paid, 0), one.due
        paid -= one.amount_cents
    return None


def _instalment(d: AccountDraft) -> Iterator[AccountDeadline]:
    plan = d.state.plan
    if plan is None or held(d.state):
        return
    missing = next_instalment(d.state, plan)
    if missing is None:
        return
    day = last_day(missing[1], d.rules.grace, d.tables.holidays)
    due = max(at_local(day, END_OF_DAY, d.state.zone), d.now)
    rule = f"instalment of {missing[1].isoformat()} and {in_words(d.rules.grace)} of grace"
    yield _deadline(d, "instalment", due, rule, d.rules.grace.source, missing[1].isoformat())


def _holds(d: AccountDraft) -> Iterator[AccountDeadline]:
    for hold in d.state.holds:
        if hold.review_at is not None:
            subject = f"{hold.kind} {hold.claim}".strip()
            due = max(hold.review_at, d.now)
            yield _deadline(d, "hold_review", due, "somebody looks at the hold again", d.rules.review.source, subject)


def idle(state: AccountState) -> bool:
    """Nobody owes anything here, and nothing is to be done."""
    owed = any(state.owed_cents(e) for e in state.entries)
    busy = owed or state.credit_cents or state.tasks or state.plan or state.in_flight or state.outbox
    return not busy and not any(e.balance.withheld_cents for e in state.entries)


def _linger(d: AccountDraft) -> Iterator[AccountDeadline]:
    if idle(d.state) and not d.state.archived:
        due = max(instant(d, d.state.since, d.rules.linger), d.now)
        rule = f"nothing owed: kept open {in_words(d.rules.linger)} for late balances"
        yield _deadline(d, "linger", due, rule, d.rules.linger.source)


def _deadline(d: AccountDraft, kind: str, due: datetime, rule: str, source: str, subject: str = "") -> AccountDeadline:
    return AccountDeadline.model_validate(
        {
            "id": f"{kind}:{subject}" if subject else kind,
            "kind": kind,
            "due": due,
            "zone": d.state.zone,
            "rule": rule,
            "source": source,
            "subject": subject,
        }
    )
