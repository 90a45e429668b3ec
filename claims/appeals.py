"""Appeals: which level is open, until when, whether enough money is at stake, and why not. The ladders are payer rules.

Receipt of a notice is presumed some days after its date where the law says so (42 CFR 405.942: five days), and a last
day that falls on a weekend is not moved unless the rules say so.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from claims.base import Value
from claims.deadlines import END_OF_DAY, at_local, deadline_id, in_words, is_business_day, last_day, next_business_day
from claims.denials import may_appeal
from claims.payer_rules import AppealLadder, AppealLevel, Party, PayerRules
from claims.posting import ledger
from claims.state import Appeal, ClaimState, Deadline
from claims.tables import Tables


class Window(Value):
    """A level that is open to a party: its last day, how it was counted, and its source. None = no end is known."""

    level: AppealLevel
    last_day: date | None
    counted: str


def ladder(rules: PayerRules, party: Party = "provider") -> AppealLadder:
    """The levels open to a party; without any where the rules know none for it."""
    if party == rules.appeals.party:
        return rules.appeals
    return rules.appeals_member if party == "member" and rules.appeals_member else AppealLadder(party=party)


def next_level(state: ClaimState, party: Party = "provider") -> int:
    """The level after the last one that was decided in the present round, 1 when there is none."""
    decided = [appeal.level for appeal in present_round(state, party) if appeal.outcome]
    return max(decided, default=0) + 1


def present_round(state: ClaimState, party: Party | None = None) -> tuple[Appeal, ...]:
    """The appeals about the latest submission: a claim sent anew and denied again begins at level 1 again."""
    latest = state.latest_submission
    number = latest.number if latest else 0
    return tuple(a for a in state.appeals if a.submission == number and party in (None, a.party))


def find_level(rules: PayerRules, number: int, party: Party = "provider") -> AppealLevel | None:
    return next((level for level in ladder(rules, party).levels if level.level == number), None)


def window(level: AppealLevel, notice: date, rules: PayerRules, tables: Tables, party: Party = "provider") -> Window:
    """The last day to file at a level, counted from the date of the notice."""
    received = notice + timedelta(days=level.presumed_receipt_days)
    day = last_day(received, level.file_within, tables.holidays)
    presumed = f" and {level.presumed_receipt_days} days until presumed receipt" if level.presumed_receipt_days else ""
    counted = f"{in_words(level.file_within)}{presumed} from the notice of {notice.isoformat()}"
    if level.file_within.missing_day == "first_of_next" and day.day < received.day:
        counted = f"{counted}, to the first of the next month because the last month has no such day"
    roll = ladder(rules, party).roll if level.roll is None else level.roll
    if roll and not is_business_day(day, tables.holidays):
        counted = f"{counted}, moved from {day.isoformat()} to the next business day"
        day = next_business_day(day, tables.holidays)
    return Window(level=level, last_day=day, counted=counted)


def money_needed(level: AppealLevel, requested: date) -> int:
    """The amount in controversy that a request made on this day must reach, in cents; 0 = none."""
    reached = [test for test in level.money_tests if test.since <= requested.isoformat()]
    return max(reached, key=lambda test: test.since).amount_cents if reached else 0


def at_stake(state: ClaimState, tables: Tables) -> int:
    """The amount in controversy, in cents: what is denied, without the lines that a reviewer has overturned."""
    if state.denial is None:
        return 0
    won = {one.line for appeal in present_round(state) for one in appeal.lines if one.outcome == "overturned"}
    if not won:
        return state.denial.denied_cents
    left = sum(line.open for line in ledger(state, tables).lines if line.number not in won and line.open > 0)
    return min(left, state.denial.denied_cents)


def notice_day(state: ClaimState, party: Party = "provider") -> date | None:
    """The date of the notice that the next level counts from: the last decision's, else the remittance's."""
    denied_on = state.denial.notice_on if state.denial else None
    decided = [appeal for appeal in present_round(state, party) if appeal.outcome and appeal.notice_on]
    if not decided:
        return denied_on
    decided_on = max(decided, key=lambda appeal: appeal.level).notice_on
    return max((day for day in (decided_on, denied_on) if day is not None), default=None)


def deadline(state: ClaimState, tables: Tables, party: Party = "provider") -> Deadline | None:
    """The filing deadline of a party's next level, or None where there is none to file."""
    number = next_level(state, party)
    level, notice = find_level(state.rules, number, party), notice_day(state, party)
    if level is None or notice is None or state.denial is None or not may_appeal(state.denial, tables, state.rules):
        return None
    open_until = window(level, notice, state.rules, tables, party)
    if open_until.last_day is None:
        return None
    due = at_local(open_until.last_day, END_OF_DAY, state.zone)
    subject = subject_of(party, number)
    return Deadline(
        id=deadline_id("appeal", subject),
        kind="appeal",
        due=due,
        zone=state.zone,
        rule=f"last day for {level.name}: {open_until.counted}",
        source=level.source,
        subject=subject,
        latest=due,
    )


def subject_of(party: Party, number: int) -> str:
    """`level-2`, and `member-level-2` for the patient's own appeal."""
    return f"level-{number}" if party == "provider" else f"{party}-level-{number}"


def refusal(
    state: ClaimState, wanted: int, today: date, at_stake_cents: int, tables: Tables, party: Party = "provider"
) -> str:
    """Why an appeal at this level (0 = the next) can't be filed today; empty when it can."""
    if state.denial is None:
        rejected = any(s.outcome == "rejected" for s in state.submissions) and not state.payments
        if rejected:
            return "a rejection gives no right to appeal: correct the claim and send a new original"
        return "nothing of this claim is denied"
    if not may_appeal(state.denial, tables, state.rules):
        return "the denial gives no right to appeal (" + ", ".join(state.denial.codes) + ")"
    expected = next_level(state, party)
    number = wanted or expected
    levels = ladder(state.rules, party).levels
    if not levels:
        whose = "" if party == "provider" else f" of a {party}"
        return f"no appeal levels{whose} are known for this payer: add them to its payer rules"
    level = find_level(state.rules, number, party)
    if level is None:
        return f"there is no appeal level {number}: this payer has {len(levels)}"
    if any(a.level == number for a in present_round(state, party)):
        return f"level {number} was requested already"
    if number != expected:
        return f"the next level is {expected}, not {number}"
    notice = notice_day(state, party)
    if notice is not None:
        open_until = window(level, notice, state.rules, tables, party)
        if open_until.last_day is not None and today > open_until.last_day:
            return f"too late: the last day for {level.name} was {open_until.last_day.isoformat()}"
    needed = money_needed(level, today)
    if at_stake_cents < needed:
        return f"{level.name} needs {needed // 100} dollars in controversy; {at_stake_cents // 100} are"
    return ""


def record(state: ClaimState, appeal: Appeal) -> tuple[Appeal, ...]:
    """The appeals with this one put in its level's place of its round."""
    place = (appeal.submission, appeal.party, appeal.level)
    return (*(other for other in state.appeals if (other.submission, other.party, other.level) != place), appeal)


def standing(state: ClaimState, tables: Tables) -> dict[str, Any]:
    """The appeal just asked for, for who asked: its level, the last day to file it, and what is missing until it leaves."""
    waiting = next((a for a in state.approvals if a.what == "appeal"), None)
    opened = next((a for a in reversed(present_round(state)) if not a.outcome), None)
    if waiting is None and opened is None:
        return {}
    party: Party = waiting.party if waiting else opened.party if opened else "provider"
    number = waiting.level if waiting else opened.level if opened else 0
    level, notice = find_level(state.rules, number, party), notice_day(state, party)
    found = window(level, notice, state.rules, tables, party) if level and notice else None
    missing = [f"a named person's approval (task {waiting.task})"] if waiting else []
    if not (waiting.documents if waiting else opened.documents if opened else ()):
        missing.append("documents: none are named")
    if not any(s.payer_claim_control_number for s in state.submissions):
        missing.append("the payer's claim control number")
    late = state.denial is not None and state.denial.reason_class == "timely_filing"
    if late and not any(s.proof_of_filing for s in state.submissions):
        missing.append("proof of timely filing")
    return {
        "level": number,
        "party": party,
        "name": level.name if level else "",
        "to": level.to if level else "",
        "last_day": found.last_day.isoformat() if found and found.last_day else None,
        "counted": found.counted if found else "",
        "missing": missing,
    }
