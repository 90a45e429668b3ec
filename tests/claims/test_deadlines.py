"""Dates by which something must happen. Days are worked out by hand; the sources stand beside them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from claims import events as e
from claims.appeals import find_level, window
from claims.deadlines import (
    DEFAULT_WAITS,
    LIMITS,
    add_months,
    due_instant,
    is_business_day,
    last_day,
    last_filing_day,
    wait_for,
)
from claims.payer_rules import Unit, Wait
from tests.claims.kit import START, TABLES, ZONE, claim, coverage, life, payment, rules_named

NEW_YORK = ZoneInfo(ZONE)


def wait(amount: int, unit: Unit) -> Wait:
    return Wait(amount=amount, unit=unit, source="test")


@pytest.mark.parametrize(
    ("served", "last", "why"),
    [
        (date(2025, 2, 28), date(2026, 3, 2), "2026-02-28 is a Saturday, the next workday is Monday"),
        (date(2024, 2, 29), date(2025, 2, 28), "a year after 29 February has none; 2025-02-28 is a Friday"),
        (date(2025, 7, 4), date(2026, 7, 6), "2026-07-04 is a Saturday, Friday the 3rd is the holiday, Monday is not"),
        (date(2025, 12, 25), date(2026, 12, 28), "Christmas 2026 is a Friday, then a weekend"),
        (date(2025, 3, 3), date(2026, 3, 3), "a Tuesday stays where it is"),
    ],
)
def test_medicare_is_billed_within_a_calendar_year_of_the_service(served: date, last: date, why: str) -> None:
    """42 CFR 424.44; a last day without business moves on."""
    one = claim(coverage(indicator="MB"))
    dated = one.model_copy(update={"lines": tuple(x.model_copy(update={"service_from": served}) for x in one.lines)})
    day, counted = last_filing_day(dated, rules_named("medicare"), TABLES.holidays)
    assert day == last, why
    assert served.isoformat() in counted


def test_an_appeal_s_last_day_stays_where_it_falls() -> None:
    """Palmetto GBA's example: notice 2022-05-15, 120 days and 5 of presumed receipt are 2022-09-17, a Saturday."""
    rules = rules_named("medicare")
    level = find_level(rules, 1)
    assert level is not None
    assert window(level, date(2022, 5, 15), rules, TABLES).last_day == date(2022, 9, 17)
    assert date(2022, 9, 17).weekday() == 5


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 8, 15), 6, date(2027, 2, 15)),
    ],
)
def test_a_month_without_the_day_ends_the_wait_on_its_last(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


@pytest.mark.parametrize(
    ("start", "days", "end", "why"),
    [
        (date(2026, 11, 24), 1, date(2026, 11, 25), "Tuesday to Wednesday"),
        (date(2026, 11, 25), 1, date(2026, 11, 27), "the 26th is Thanksgiving"),
        (date(2026, 11, 25), 2, date(2026, 11, 30), "Thanksgiving, then a weekend"),
        (date(2026, 12, 31), 1, date(2027, 1, 4), "New Year's Day is a Friday"),
        (date(2026, 3, 6), 0, date(2026, 3, 6), "no wait at all"),
    ],
)
def test_business_days_leave_out_weekends_and_federal_holidays(start: date, days: int, end: date, why: str) -> None:
    assert last_day(start, wait(days, "business_days"), TABLES.holidays) == end, why


def test_a_holiday_on_a_saturday_is_kept_on_friday() -> None:
    assert not is_business_day(date(2026, 7, 3), TABLES.holidays)
    assert is_business_day(date(2026, 7, 2), TABLES.holidays)


def test_an_alarm_rings_at_eight_by_the_practice_s_clock_before_and_after_the_change_of_hour() -> None:
    """The clock goes forward on 2026-03-08 and back on 2026-11-01: 8:00 is 13:00 UTC in winter, 12:00 in summer."""
    for start, due in (
        (datetime(2026, 3, 2, 9, tzinfo=NEW_YORK), datetime(2026, 3, 6, 13, tzinfo=ZoneInfo("UTC"))),
        (datetime(2026, 3, 5, 9, tzinfo=NEW_YORK), datetime(2026, 3, 9, 12, tzinfo=ZoneInfo("UTC"))),
        (datetime(2026, 10, 29, 9, tzinfo=NEW_YORK), datetime(2026, 11, 2, 13, tzinfo=ZoneInfo("UTC"))),
    ):
        assert due_instant("follow_up", start, wait(4, "calendar_days"), ZONE, TABLES.holidays) == due


def test_an_alarm_that_falls_on_a_weekend_rings_on_monday_and_a_limit_does_not_wait() -> None:
    """30 days from Thursday 2026-03-05 are Saturday 2026-04-04."""
    start = datetime(2026, 3, 5, 9, tzinfo=NEW_YORK)
    alarm = due_instant("follow_up", start, wait(30, "calendar_days"), ZONE, TABLES.holidays)
    assert alarm == datetime(2026, 4, 6, 8, tzinfo=NEW_YORK)
    for kind in LIMITS:
        limit = due_instant(kind, start, wait(30, "calendar_days"), ZONE, TABLES.holidays)
        assert limit == datetime(2026, 4, 4, 23, 59, 59, tzinfo=NEW_YORK), kind


def test_a_wait_counts_from_the_practice_s_day_not_from_greenwich_s() -> None:
    """22:00 in New York on the 3rd is the 4th in Greenwich; two days from the 3rd are the 5th."""
    start = datetime(2026, 3, 4, 3, 0, tzinfo=ZoneInfo("UTC"))
    due = due_instant("approval", start, wait(2, "calendar_days"), ZONE, TABLES.holidays)
    assert due == datetime(2026, 3, 5, 23, 59, 59, tzinfo=NEW_YORK)


def test_seconds_never_move_to_another_day() -> None:
    start = datetime(2026, 3, 7, 23, 59, 50, tzinfo=NEW_YORK)
    for kind in ("follow_up", "approval"):
        assert due_instant(kind, start, wait(20, "seconds"), ZONE, TABLES.holidays) == start + timedelta(seconds=20)


def test_every_wait_has_a_figure_and_a_source() -> None:
    for key, one in DEFAULT_WAITS.items():
        assert one.source, key
    assert wait_for(rules_named("default"), "task_follow_up").amount == 2
    with pytest.raises(KeyError):
        wait_for(rules_named("default"), "nothing")


# deadlines in the life of a claim


def test_an_empty_note_on_day_fifty_leaves_the_follow_up_on_day_sixty() -> None:
    """The trap of the trade: a touch of the claim moved its alarm from day 60 to day 80."""
    sixty = {"follow_up": wait(60, "calendar_days")}
    one = life(waits=sixty).accepted()
    due = next(x.due for x in one.state.deadlines if x.kind == "follow_up")
    assert due == datetime(2026, 5, 4, 8, tzinfo=NEW_YORK), "60 days from 2026-03-03 are Saturday 2026-05-02"
    one.days(50)
    for text in ("", "in process", "in process"):
        one.do(e.NoteAdded, text=text)
        assert next(x.due for x in one.state.deadlines if x.kind == "follow_up") == due
    one.advance(due)
    assert one.state.status == "no_response"
    assert "follow_up" in [task.type for task in one.state.tasks]


def test_no_hold_moves_a_filing_limit_or_an_appeal() -> None:
    one = life().denied()
    one.do(e.HoldPlaced, hold="legal", reason="lawyer")
    appeal = next(x for x in one.state.deadlines if x.kind == "appeal")
    one.advance(appeal.due)
    assert "review_write_off" in [task.type for task in one.state.tasks]
    early = life()
    before = [x for x in early.state.deadlines if x.kind == "filing"]
    early.do(e.HoldPlaced, hold="coding", reason="-")
    assert [x for x in early.state.deadlines if x.kind == "filing"] == before


def test_a_last_day_set_by_law_is_not_moved_and_an_alarm_is_only_with_a_reason() -> None:
    one = life().sent()
    limit = next(x for x in one.state.deadlines if x.id == "filing:limit")
    for to in (limit.due + timedelta(days=1), limit.due - timedelta(days=1)):
        one.do(e.DeadlineExtended, deadline="filing:limit", to=to, reason="please")
        assert one.steps[-1].refused
    one.do(e.DeadlineExtended, deadline="follow_up", to=limit.due, reason="")
    assert one.steps[-1].refused == "an extension needs a reason"
    one.do(e.DeadlineExtended, deadline="follow_up", to=limit.due, reason="payer asked")
    moved = next(x for x in one.state.deadlines if x.kind == "follow_up")
    assert moved.due == limit.due
    assert "payer asked" in moved.rule


def test_a_filing_limit_that_has_passed_is_armed_again_and_passes_again() -> None:
    """A claim sent after its last day, rejected: the limit is armed anew, is due at once and goes, each time."""
    late = START + timedelta(days=200)
    one = life(at=late)
    one.advance(late)
    assert [t.category for t in one.state.tasks if t.type == "filing_limit"] == ["passed"]
    one.sent().acknowledged("PR", "A1:19").acknowledged("PR", "A7:500:85")
    assert any(x.kind == "filing" for x in one.state.deadlines)
    one.days(1)
    assert not any(x.kind == "filing" for x in one.state.deadlines)
    assert [t.category for t in one.state.tasks if t.type == "filing_limit"] == ["passed"]


def test_an_appeal_not_yet_sent_keeps_its_last_day() -> None:
    one = life().denied().appealed()
    assert one.state.status == "appeal_preparing"
    assert [x.kind for x in one.state.deadlines if x.kind == "appeal"] == ["appeal"]
    one.do(e.AppealSent, effect=one.in_flight("send_appeal"), level=1, receipt="R")
    assert not [x.kind for x in one.state.deadlines if x.kind == "appeal"]
    assert [x.kind for x in one.state.deadlines if x.kind == "appeal_decision"] == ["appeal_decision"]


def test_a_correction_under_way_keeps_the_last_day_to_appeal() -> None:
    one = life().denied(payment(0, "CO-4:12500"))
    appeal = next(x for x in one.state.deadlines if x.kind == "appeal")
    one.do(e.ClaimCorrected, claim=one.state.claim, reason="modifier")
    one.scrubbed()
    assert appeal in one.state.deadlines
    assert one.state.submissions[-1].frequency == "7"


def test_a_gate_for_an_appeal_closes_three_days_before_the_last_day() -> None:
    """Denied on 2026-03-20 with 180 days: the last day is 2026-09-16. Asked for on the 10th, the gate closes on the 13th."""
    one = life().denied()
    last = next(x.due for x in one.state.deadlines if x.kind == "appeal")
    assert last.date() == date(2026, 9, 16)
    one.advance(datetime(2026, 9, 10, 9, tzinfo=NEW_YORK))
    one.do(e.AppealRequested, reason="records")
    gate = next(x for x in one.state.deadlines if x.kind == "approval")
    assert gate.due == datetime(2026, 9, 13, 23, 59, 59, tzinfo=NEW_YORK)
    one.advance(gate.due)
    assert one.state.status == "denied"
    assert one.state.appeals == ()


def test_a_contract_s_window_and_a_warning_are_not_moved_past_the_last_day() -> None:
    """The window for a correction is 90 days from 2026-03-13: 2026-06-11, and not a day longer."""
    one = life().denied()
    window_end = next(x.due for x in one.state.deadlines if x.kind == "correction")
    assert window_end.date() == date(2026, 6, 11)
    one.do(e.DeadlineExtended, deadline="correction", to=window_end + timedelta(days=1), reason="please")
    assert "no later than 2026-06-11" in one.steps[-1].refused
    early = life()
    warning = next(x for x in early.state.deadlines if x.id == "filing:warn-15")
    early.do(e.DeadlineExtended, deadline=warning.id, to=warning.due + timedelta(days=3), reason="records come first")
    assert not early.steps[-1].refused
    early.do(e.DeadlineExtended, deadline=warning.id, to=warning.due + timedelta(days=16), reason="later still")
    assert early.steps[-1].refused.startswith("no later than")
