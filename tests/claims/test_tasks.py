"""Tasks: put off and back, resolved and sent again, escalated, closed by what moved the claim; kept with who closed them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from claims import events as e
from claims.deadlines import due_event, next_due, returns
from claims.payer_rules import Wait
from claims.views import summary, why_here
from tests.claims.kit import TABLES, ZONE, Life, life, payment, rules_named

NEW_YORK = ZoneInfo(ZONE)


def rejected() -> Life:
    return life().sent().acknowledged("PR", "A7:562:85")


def work(one: Life, action: str, **more: str) -> Life:
    one.do(e.TaskWorked, task="resolve_rejection", action=action, by=more.pop("by", "biller-1"), **more)
    return one


def passes(one: Life, until: datetime) -> None:
    event = due_event(one.state, until)
    assert event is not None
    one.take(event)


def test_a_task_put_off_comes_back_after_three_business_days_and_tells_whose_it_is() -> None:
    """Tuesday 2026-03-03: the 4th, 5th and 6th, at eight."""
    one = work(work(rejected(), "take"), "pend")
    assert "put off until 2026-03-06 08:00, biller-1" in why_here(one.state, TABLES)["because"][0]
    back = datetime(2026, 3, 6, 8, 0, tzinfo=NEW_YORK)
    while (waiting := next_due(one.state)) is not None and waiting.due < back:
        passes(one, waiting.due)
    assert waiting is not None
    assert (waiting.kind, waiting.due) == ("task", back)
    passes(one, back)
    (task,) = one.state.tasks
    assert task.pended_until is None
    assert "back since 2026-03-06 08:00, biller-1" in why_here(one.state, TABLES)["because"][0]


def test_no_date_is_left_of_a_put_off_task_that_is_done() -> None:
    one = work(rejected(), "pend")
    assert [x.kind for x in returns(one.state)] == ["task"]
    work(one, "resolve")
    assert returns(one.state) == ()


def test_news_about_its_cause_brings_a_put_off_task_back() -> None:
    one = life().sent().reported("D0:35")
    assert [t.type for t in one.state.tasks] == ["resubmit"]
    one.do(e.TaskWorked, task="resubmit", action="pend", by="biller-1")
    one.reported("A4:35")
    assert [t.pended_until for t in one.state.tasks] == [None]


def test_an_escalated_task_stays_the_supervisor_s_when_its_cause_comes_again() -> None:
    one = life().sent().reported("D0:35")
    one.do(e.TaskWorked, task="resubmit", action="escalate", reason="lost thrice", by="biller-1")
    one.reported("A4:35")
    assert [(t.type, t.owner, t.escalated) for t in one.state.tasks] == [("resubmit", "supervisor", True)]


def test_resolved_and_resubmitted_goes_through_the_edits_and_out() -> None:
    one = work(rejected(), "resolve_and_resubmit", reason="enrolled")
    assert one.state.status == "scrubbing"
    assert one.state.tasks == ()
    (closed,) = summary(one.state, TABLES)["closed_tasks"]
    assert (closed["type"], closed["opened_by"], closed["closed_by"], closed["by"]) == (
        "resolve_rejection",
        "claim_acknowledged",
        "task_worked",
        "biller-1",
    )


def test_what_the_payer_has_is_not_sent_again_by_resolving_a_task() -> None:
    one = life().accepted().reported("F2:585")
    one.do(e.TaskWorked, task="find_remittance", action="resolve_and_resubmit", by="biller-1")
    assert "sending is not possible" in one.state.refused[-1].reason
    assert [t.type for t in one.state.tasks] == ["find_remittance"]


def test_a_remittance_closes_what_was_asked_of_people_before_it_and_says_so() -> None:
    one = life().sent().reported("D0:35")
    one.paid(payment(10000, "CO-45:2500"))
    assert one.state.tasks == ()
    (closed,) = one.state.closed_tasks
    assert (closed.type, closed.closed_by, closed.by) == ("resubmit", "remittance_received", "payer")


def test_a_denial_s_task_has_the_class_of_its_codes_as_its_category() -> None:
    one = life().denied()
    assert one.state.denial is not None
    assert [(t.type, t.category) for t in one.state.tasks] == [("work_denial", one.state.denial.reason_class)]


def quick_alarm(days: int) -> Life:
    """A payer whose follow-up alarm rings days after the sending, before anybody may ask by itself."""
    rules = rules_named("default")
    soon = Wait(amount=days, unit="calendar_days", source="test")
    return life(waits={**rules.waits, "follow_up": soon, "inquiry_first": soon}).sent()


def asked_on(one: Life, until: datetime) -> list[str]:
    """The days on which the payer is asked by itself."""
    days = []
    while (waiting := next_due(one.state)) is not None and waiting.due <= until:
        event = due_event(one.state, waiting.due)
        assert event is not None
        if any(effect.kind == "inquire_status" for effect in one.take(event).effects):
            days.append(waiting.due.astimezone(NEW_YORK).date().isoformat())
            one.do(e.StatusUnanswered, effect=one.in_flight("inquire_status"), reason="no answer")
    return days


def test_no_alarm_asks_the_payer_by_itself_within_a_week_of_the_sending() -> None:
    """Sent Tuesday 2026-03-03. Both alarms ring on Friday the 6th: the task is opened, and the payer is asked first on the
    10th, seven days after, and then every fourteen days: 03-24."""
    one = quick_alarm(3)
    assert asked_on(one, datetime(2026, 3, 31, 9, 0, tzinfo=NEW_YORK)) == ["2026-03-10", "2026-03-24"]
    assert "follow_up" in {task.type for task in one.state.tasks}


def test_a_person_may_ask_at_any_time() -> None:
    one = quick_alarm(3)
    assert [x.kind for x in one.do(e.StatusInquiryRequested).effects] == ["inquire_status"]
