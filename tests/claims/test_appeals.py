"""Levels, windows and money tests of an appeal, and its life from request to decision."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from claims import appeals
from claims import events as e
from tests.claims.kit import DENIED, TABLES, ZONE, Life, claim, coverage, life, payment, payment_line, rules_named

MEDICARE = rules_named("medicare")


@pytest.mark.parametrize(
    ("level", "name", "notice", "last"),
    [
        (1, "redetermination", date(2022, 5, 15), date(2022, 9, 17)),  # + 5 + 120
        (2, "reconsideration", date(2026, 1, 2), date(2026, 7, 6)),  # + 5 + 180
        (3, "hearing", date(2026, 1, 2), date(2026, 3, 8)),  # + 5 + 60
        (4, "council review", date(2026, 1, 2), date(2026, 3, 8)),
        (5, "judicial review", date(2026, 1, 2), date(2026, 3, 8)),
    ],
)
def test_medicare_s_ladder(level: int, name: str, notice: date, last: date) -> None:
    rung = appeals.find_level(MEDICARE, level)
    assert rung is not None
    assert rung.name == name
    assert appeals.window(rung, notice, MEDICARE, TABLES).last_day == last
    assert appeals.find_level(MEDICARE, 6) is None


@pytest.mark.parametrize(
    ("level", "requested", "needed"),
    [
        (3, date(2025, 12, 31), 19000),
        (3, date(2026, 1, 1), 20000),
        (5, date(2025, 12, 31), 190000),
        (5, date(2026, 1, 1), 196000),
        (1, date(2026, 1, 1), 0),
        (3, date(2024, 12, 31), 18000),
    ],
)
def test_the_amount_in_controversy_goes_by_the_day_of_the_request(level: int, requested: date, needed: int) -> None:
    """$180 in 2024, $190 and $1,900 in 2025, $200 and $1,960 in 2026 (Federal Register 2025-21879)."""
    rung = appeals.find_level(MEDICARE, level)
    assert rung is not None
    assert appeals.money_needed(rung, requested) == needed


def medicare() -> Life:
    return life(claim(coverage(indicator="MB"))).accepted().paid(DENIED)


def test_the_last_day_is_in_time_and_the_next_is_not() -> None:
    """Notice of 2026-03-20, 5 and 120 days: 2026-07-23."""
    for day, refused in ((23, ""), (24, "too late: the last day for redetermination was 2026-07-23")):
        one = medicare()
        one.do(e.AppealRequested, at=datetime(2026, 7, day, 20, tzinfo=ZoneInfo(ZONE)), reason="records")
        assert one.steps[-1].refused == refused


def test_why_an_appeal_is_not_possible() -> None:
    rejected = life().sent().acknowledged("PR", "A7:500:85")
    rejected.do(e.AppealRequested, reason="records")
    assert "a rejection gives no right to appeal" in rejected.steps[-1].refused
    paid = life().accepted().paid()
    paid.do(e.AppealRequested, reason="records")
    assert paid.steps[-1].refused == "nothing of this claim is denied"
    one = medicare()
    one.do(e.AppealRequested, level=2, reason="records")
    assert one.steps[-1].refused == "the next level is 1, not 2"
    one.do(e.AppealRequested, level=9, reason="records")
    assert "there is no appeal level 9" in one.steps[-1].refused
    bare = life(appeals=MEDICARE.appeals.model_copy(update={"levels": ()})).denied()
    bare.do(e.AppealRequested, reason="records")
    assert "no appeal levels are known" in bare.steps[-1].refused


def test_too_little_money_stops_the_ladder_at_the_hearing() -> None:
    """125.00 are in controversy, 200.00 are needed in 2026."""
    one = medicare().filed().decided("upheld").filed().decided("upheld")
    assert one.state.status == "appeal_upheld"
    assert "200.00 in controversy, 125.00 are" in one.state.tasks[0].reason
    one.do(e.AppealRequested, reason="records")
    assert one.steps[-1].refused == "hearing needs 200 dollars in controversy; 125 are"


def test_a_decision_opens_the_next_level_from_its_own_notice() -> None:
    """Upheld with a notice of 2026-06-01: 5 and 180 days are 2026-12-03."""
    one = medicare().filed()
    one.do(e.AppealDecided, outcome="upheld", notice_on=date(2026, 6, 1))
    last = next(x for x in one.state.deadlines if x.kind == "appeal")
    assert (last.subject, last.due.date()) == ("level-2", date(2026, 12, 3))
    one.do(e.AppealDecided, level=1, outcome="overturned")
    assert "decided already" in one.steps[-1].refused


def test_an_appeal_needs_a_named_second_person_and_leaves_once() -> None:
    one = medicare()
    one.do(e.AppealRequested, reason="records", by="biller-1")
    for by in ("", "biller-1"):
        one.do(e.ApprovalDecided, approved=True, by=by)
        assert one.steps[-1].refused
        assert not one.in_flight("send_appeal")
    assert [x.kind for x in one.do(e.ApprovalDecided, approved=True, by="boss").effects] == ["send_appeal"]
    assert one.do(e.ApprovalDecided, approved=True, by="boss").refused


def test_an_approval_after_the_last_day_files_nothing() -> None:
    """Asked for on the last day, 2026-07-23; approved on the 25th."""
    one = medicare()
    one.do(e.AppealRequested, at=datetime(2026, 7, 23, 9, tzinfo=ZoneInfo(ZONE)), reason="records")
    one.advance(datetime(2026, 7, 25, 9, tzinfo=ZoneInfo(ZONE)))
    one.do(e.ApprovalDecided, approved=True, by="boss")
    assert one.state.status == "denied"
    assert one.state.appeals == ()
    assert any("too late" in task.reason for task in one.state.tasks)


def test_an_overturned_appeal_waits_for_the_corrected_remittance() -> None:
    one = medicare().filed().decided("overturned")
    assert one.state.status == "appeal_overturned"
    assert [x.subject for x in one.state.deadlines if x.kind == "missing_remittance"] == ["corrected"]
    one.paid(payment(9000, "CO-45:3500"), trace="T2")
    assert one.state.status == "closed"
    assert [(a.level, a.outcome) for a in one.state.appeals] == [(1, "overturned")]


def test_a_decision_that_never_comes_is_chased_and_nothing_is_filed() -> None:
    one = medicare().filed()
    one.days(80)
    assert one.state.status == "appeal_filed"
    assert "chase_appeal_decision" in [task.type for task in one.state.tasks]


def test_a_claim_sent_anew_and_denied_again_begins_at_the_first_level() -> None:
    one = life(approvals=()).denied(payment(0, "CO-4:12500"))
    one.filed()
    one.decided("upheld")
    one.do(e.ClaimCorrected, claim=one.state.claim, reason="modifier")
    one.scrubbed().transmitted().paid(payment(0, "CO-50:12500", icn="ICN2"), trace="T5", on=date(2026, 6, 1))
    assert appeals.next_level(one.state) == 1
    one.do(e.AppealRequested, reason="records")
    assert [(a.submission, a.level, a.outcome) for a in one.state.appeals] == [(1, 1, "upheld"), (2, 1, "")]


def test_an_appeal_that_can_t_be_sent_is_parked_with_its_last_day() -> None:
    one = medicare().appealed().failed("send_appeal")
    assert one.state.status == "blocked_on_failure"
    assert any(x.kind == "appeal" for x in one.state.deadlines)
    one.do(e.Recovered, action="skip")
    assert one.state.status == "appeal_preparing"
    assert "file_appeal" in [task.type for task in one.state.tasks]
    one.do(e.AppealSent, level=1, receipt="certified mail", at=one.now + timedelta(hours=1))
    assert one.state.status == "appeal_filed"


def uhc() -> Life:
    """UnitedHealthcare: our own ladder is the contract's, the patient's that of an employer's plan."""
    return life(claim(coverage(payer="87726")), approvals=()).accepted().paid(DENIED)


def test_the_patient_s_own_appeal_has_a_ladder_of_its_own() -> None:
    """Notice of 2026-03-20: 120 days of the contract are 2026-07-18, 180 of 29 CFR 2560.503-1(h)(3)(i) 2026-09-16."""
    for party, name, last in (
        ("provider", "provider appeal", "2026-07-18"),
        ("member", "member's internal appeal", "2026-09-16"),
    ):
        one = uhc()
        one.do(e.AppealRequested, party=party, reason="records")
        told = appeals.standing(one.state, TABLES)
        assert (told["level"], told["party"], told["name"], told["last_day"]) == (1, party, name, last)


def test_our_own_appeal_leaves_the_patient_s_levels_open() -> None:
    one = uhc()
    one.do(e.AppealRequested, reason="records")
    one.do(e.AppealSent, level=1, receipt="R1")
    one.do(e.AppealDecided, outcome="upheld")
    assert (
        appeals.refusal(one.state, 0, date(2026, 5, 1), 12500, TABLES) == "there is no appeal level 2: this payer has 1"
    )
    assert appeals.refusal(one.state, 0, date(2026, 5, 1), 12500, TABLES, "member") == ""


def test_medicare_knows_no_ladder_of_the_patient_s_own() -> None:
    one = medicare()
    one.do(e.AppealRequested, party="member")
    assert "no appeal levels of a member are known" in one.state.refused[-1].reason


def test_who_asks_is_told_the_level_the_last_day_and_what_is_missing() -> None:
    """Notice of 2026-03-20, 5 and 120 days: 2026-07-23. Medicare's rules extend the default, which asks for approval."""
    one = medicare()
    one.do(e.AppealRequested, reason="records show necessity")
    told = appeals.standing(one.state, TABLES)
    assert (told["level"], told["name"], told["last_day"]) == (1, "redetermination", "2026-07-23")
    assert "5 days until presumed receipt" in told["counted"]
    assert told["missing"][-1] == "documents: none are named"
    assert any("approval" in one for one in told["missing"])


def test_a_packet_that_no_carrier_takes_waits_for_the_mail_and_keeps_its_last_day() -> None:
    one = medicare().appealed()
    effect = one.in_flight("send_appeal")
    one.do(e.AppealSent, effect=effect, level=1, document="a" * 64)
    assert one.state.status == "appeal_preparing"
    assert [t.type for t in one.state.tasks] == ["file_appeal"]
    assert [x.subject for x in one.state.deadlines if x.kind == "appeal"] == ["level-1"]
    one.do(e.AppealSent, level=1, mailed_on=date(2027, 1, 1))
    assert "lies in the future" in one.state.refused[-1].reason
    one.do(e.AppealSent, level=1, mailed_on=one.now.date(), receipt="9407", by="biller-1")
    assert one.state.status == "appeal_filed"
    (filed,) = one.state.appeals
    assert (filed.packet, filed.mailed_on, filed.receipt) == ("a" * 64, one.now.date(), "9407")
    assert one.state.tasks == ()


def test_lines_are_won_and_lost_apart_and_only_the_lost_ones_are_still_at_stake() -> None:
    """Two lines, 100.00 and 25.00, both denied: the first is won, so 25.00 are left for the next level."""
    lines = (payment_line(1, 10000, 0, "CO-50:10000"), payment_line(2, 2500, 0, "CO-50:2500"))
    one = life(claim(coverage(indicator="MB")), approvals=()).accepted().paid(payment(0, lines=lines))
    assert appeals.at_stake(one.state, TABLES) == 12500
    one.do(e.AppealRequested, reason="records")
    one.do(e.AppealSent, level=1, receipt="R1")
    decided = ({"line": 1, "outcome": "overturned"}, {"line": 2, "outcome": "upheld"})
    one.do(e.AppealDecided, outcome="overturned", lines=decided)
    assert "say partially_overturned" in one.state.refused[-1].reason
    one.do(e.AppealDecided, outcome="partially_overturned", lines=({"line": 7, "outcome": "upheld"},))
    assert one.state.refused[-1].reason == "the claim has no line 7"
    one.do(e.AppealDecided, outcome="partially_overturned", lines=decided)
    assert one.state.status == "appeal_overturned"
    assert appeals.at_stake(one.state, TABLES) == 2500
    assert [x.subject for x in one.state.deadlines if x.kind == "appeal"] == ["level-2"]
