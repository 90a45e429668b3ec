"""Appeals: which level is open, until when, whether enough money is at stake, and why not. The ladders are payer rules.

Receipt of a notice is presumed some days after its date where the law says so (42 CFR 405.942: five days), and a last
day that falls on a weekend is not moved unless the rules say so.
"""

from __future__ import annotations

from datetime import date, timedelta

from claims.base import Value
from claims.deadlines import END_OF_DAY, at_local, deadline_id, in_words, is_business_day, last_day, next_business_day
from claims.denials import may_appeal
from claims.payer_rules import AppealLevel, PayerRules
from claims.state import Appeal, ClaimState, Deadline
from claims.tables import Tables


class Window(Value):
    """A level that is open to a party: its last day, how it was counted, and its source. None = no end is known."""

    level: AppealLevel
    last_day: date | None
    counted: str


def next_level(state: ClaimState) -> int:
    """The level after the last one that was decided in the present round, 1 when there is none."""
    decided = [appeal.level for appeal in present_round(state) if appeal.outcome]
    return max(decided, default=0) + 1


def present_round(state: ClaimState) -> tuple[Appeal, ...]:
    """The appeals about the latest submission: a claim sent anew and denied again begins at level 1 again."""
    latest = state.latest_submission
    return tuple(a for a in state.appeals if a.submission == (latest.number if latest else 0))


def find_level(rules: PayerRules, number: int) -> AppealLevel | None:
    return next((level for level in rules.appeals.levels if level.level == number), None)


def window(level: AppealLevel, notice: date, rules: PayerRules, tables: Tables) -> Window:
    """The last day to file at a level, counted from the date of the notice."""
    received = notice + timedelta(days=level.presumed_receipt_days)
    day = last_day(received, level.file_within, tables.holidays)
    presumed = f" and {level.presumed_receipt_days} days until presumed receipt" if level.presumed_receipt_days else ""
    counted = f"{in_words(level.file_within)}{presumed} from the notice of {notice.isoformat()}"
    if level.file_within.missing_day == "first_of_next" and day.day < received.day:
        counted = f"{counted}, to the first of the next month because the last month has no such day"
    roll = rules.appeals.roll if level.roll is None else level.roll
    if roll and not is_business_day(day, tables.holidays):
        counted = f"{counted}, moved from {day.isoformat()} to the next business day"
        day = next_business_day(day, tables.holidays)
    return Window(level=level, last_day=day, counted=counted)


def money_needed(level: AppealLevel, requested: date) -> int:
    """The amount in controversy that a request made on this day must reach, in cents; 0 = none."""
    reached = [test for test in level.money_tests if test.since <= requested.isoformat()]
    return max(reached, key=lambda test: test.since).amount_cents if reached else 0


def notice_day(state: ClaimState) -> date | None:
    """The date of the notice that the next level counts from: the last decision's, else the remittance's."""
    denied_on = state.denial.notice_on if state.denial else None
    decided = [appeal for appeal in present_round(state) if appeal.outcome and appeal.notice_on]
    if not decided:
        return denied_on
    decided_on = max(decided, key=lambda appeal: appeal.level).notice_on
    return max((day for day in (decided_on, denied_on) if day is not None), default=None)


def deadline(state: ClaimState, tables: Tables) -> Deadline | None:
    """The filing deadline of the next level, or None where there is none to file."""
    number = next_level(state)
    level, notice = find_level(state.rules, number), notice_day(state)
    if level is None or notice is None or state.denial is None or not may_appeal(state.denial, tables, state.rules):
        return None
    open_until = window(level, notice, state.rules, tables)
    if open_until.last_day is None:
        return None
    due = at_local(open_until.last_day, END_OF_DAY, state.zone)
    return Deadline(
        id=deadline_id("appeal", f"level-{number}"),
        kind="appeal",
        due=due,
        zone=state.zone,
        rule=f"last day for {level.name}: {open_until.counted}",
        source=level.source,
        subject=f"level-{number}",
        latest=due,
    )


def refusal(state: ClaimState, wanted: int, today: date, at_stake_cents: int, tables: Tables) -> str:
    """Why an appeal at this level (0 = the next) can't be filed today; empty when it can."""
    if state.denial is None:
        rejected = any(s.outcome == "rejected" for s in state.submissions) and not state.payments
        if rejected:
            return "a rejection gives no right to appeal: correct the claim and send a new original"
        return "nothing of this claim is denied"
    if not may_appeal(state.denial, tables, state.rules):
        return "the denial gives no right to appeal (" + ", ".join(state.denial.codes) + ")"
    expected = next_level(state)
    number = wanted or expected
    if not state.rules.appeals.levels:
        return "no appeal levels are known for this payer: add them to its payer rules"
    level = find_level(state.rules, number)
    if level is None:
        return f"there is no appeal level {number}: this payer has {len(state.rules.appeals.levels)}"
    if any(a.level == number for a in present_round(state)):
        return f"level {number} was requested already"
    if number != expected:
        return f"the next level is {expected}, not {number}"
    notice = notice_day(state)
    if notice is not None:
        open_until = window(level, notice, state.rules, tables)
        if open_until.last_day is not None and today > open_until.last_day:
            return f"too late: the last day for {level.name} was {open_until.last_day.isoformat()}"
    needed = money_needed(level, today)
    if at_stake_cents < needed:
        return f"{level.name} needs {needed // 100} dollars in controversy; {at_stake_cents // 100} are"
    return ""


def record(state: ClaimState, appeal: Appeal) -> tuple[Appeal, ...]:
    """The appeals with this one put in its level's place of its round."""
    place = (appeal.submission, appeal.level)
    return (*(other for other in state.appeals if (other.submission, other.level) != place), appeal)
