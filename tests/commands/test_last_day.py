"""`last-day`: filing, appeals and documents, each counted by hand in the comment above or beside its rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from commands.app import main

# what and options | last day, or none
FILING = """
# Medicare: one calendar year; 2026-02-28 is a Saturday, so Monday 2026-03-02
filing medicare --from 2025-02-28 --claim-type professional                    | 2026-03-02
filing medicare --from 2025-02-28                                              | 2026-03-02
# a stay of 2025-02-10 to 2025-03-04: the through date counts for institutional claims, the from date for professional
filing medicare --from 2025-02-10 --to 2025-03-04 --claim-type institutional   | 2026-03-04
filing medicare --from 2025-02-10 --to 2025-03-04 --claim-type professional    | 2026-02-10
# leap day: CMS says February 28 of the next year, a Friday in 2025; and a year that ends in a leap year gains nothing
filing medicare --from 2024-02-29                                              | 2025-02-28
filing medicare --from 2023-02-28                                              | 2024-02-28
# 2026-07-04 is a Saturday, observed on Friday the 3rd: both move to Monday the 6th
filing medicare --from 2025-07-03                                              | 2026-07-06
filing medicare --from 2025-07-04                                              | 2026-07-06
# Christmas 2024 is a Wednesday; Labor Day 2025 is Monday September 1; Martin Luther King Day 2025 is Monday January 20
filing medicare --from 2023-12-25                                              | 2024-12-26
filing medicare --from 2024-09-01                                              | 2025-09-02
filing medicare --from 2024-01-20                                              | 2025-01-21
# Medicare as second payer keeps the same year: 2026-03-03 is a Tuesday
filing medicare --from 2025-03-03 --prior-decision 2025-06-01                  | 2026-03-03
# 90 days from January 15: 16 to the end of January + 28 + 31 = 75, and 15 of April
filing default --from 2026-01-15                                               | 2026-04-15
filing uhc --from 2026-01-15                                                   | 2026-04-15
filing payer_rules/UHC.toml --from 2026-01-15                                  | 2026-04-15
filing 87726 --from 2026-01-15                                                 | 2026-04-15
filing 62308 --from 2026-01-15                                                 | 2026-04-15
filing medicaid --from 2026-01-15                                              | 2026-04-15
filing workers_comp --from 2026-01-15                                          | 2026-04-15
# no roll where a contract gives none: 2026-04-11 is a Saturday
filing uhc --from 2026-01-11                                                   | 2026-04-11
# an institutional claim counts from January 20, five days later
filing default --from 2026-01-15 --to 2026-01-20 --claim-type institutional    | 2026-04-20
filing default --from 2026-01-15 --to 2026-01-20 --claim-type professional     | 2026-04-15
# 120 days: 90 to April 15 and 30 more, 15 to the end of April and 15 of May
filing aetna --from 2026-01-15                                                 | 2026-05-15
filing 61101 --from 2026-01-15                                                 | 2026-05-15
# 180 days: 90 to April 15, 15 + 31 + 30 = 76 to the end of June, and 14 of July
filing bcbs --from 2026-01-15                                                  | 2026-07-14
# 35 days: 16 of January and 19 of February
filing auto --from 2026-01-15                                                  | 2026-02-19
# TRICARE: one year, not moved: 2026-03-01 is a Sunday
filing tricare --from 2025-03-01                                               | 2026-03-01
# a later payer counts from the prior payer's decision: 60 days from March 1 are 30 + 30, 90 are 30 + 30 + 30
filing medicaid --from 2026-01-15 --prior-decision 2026-03-01                  | 2026-04-30
filing uhc --from 2026-01-15 --prior-decision 2026-03-01                       | 2026-05-30
"""

APPEALS = """
# Palmetto GBA's own example: 5 + 120 days from May 15 are 16 + 30 + 31 + 31 = 108 to the end of August and 17; a Saturday
appeal medicare --from 2022-05-15                                              | 2022-09-17
appeal medicare --from 2022-05-15 --level 1                                    | 2022-09-17
# 5 + 180 days from November 20: 10 + 31 + 31 + 28 + 31 + 30 = 161 to the end of April and 24; a Sunday, not moved
appeal medicare --from 2025-11-20 --level 2                                    | 2026-05-24
# 5 + 60 days from November 20: 10 + 31 = 41 and 24 of January; a Saturday, not moved
appeal medicare --from 2025-11-20 --level 3 --amount 200                       | 2026-01-24
appeal medicare --from 2025-11-20 --level 4                                    | 2026-01-24
appeal medicare --from 2025-11-20 --level 5 --amount 1960                      | 2026-01-24
# the money test is that of the day of the request: $190 and $1,900 in 2025, $200 and $1,960 from 2026-01-01
appeal medicare --from 2025-11-20 --level 3 --amount 190 --requested 2025-12-31      | 2026-01-24
appeal medicare --from 2025-11-20 --level 3 --amount 189.99 --requested 2025-12-31   | none
appeal medicare --from 2025-11-20 --level 3 --amount 190 --requested 2026-01-01      | none
appeal medicare --from 2025-11-20 --level 3 --amount 199.99 --requested 2026-01-01   | none
appeal medicare --from 2025-11-20 --level 3 --amount 200 --requested 2026-01-01      | 2026-01-24
appeal medicare --from 2025-11-20 --level 5 --amount 1900 --requested 2025-12-31     | 2026-01-24
appeal medicare --from 2025-11-20 --level 5 --amount 1899.99 --requested 2025-12-31  | none
appeal medicare --from 2025-11-20 --level 5 --amount 1900 --requested 2026-01-01     | none
appeal medicare --from 2025-11-20 --level 5 --amount 1959.99 --requested 2026-01-01  | none
appeal medicare --from 2025-11-20 --level 5 --amount $1,960.00 --requested 2026-01-01 | 2026-01-24
# 2024: $180 and $1,840; 65 days from May 1 are 30 + 30 + 5 of July
appeal medicare --from 2024-05-01 --level 3 --amount 180 --requested 2024-06-01      | 2024-07-05
appeal medicare --from 2024-05-01 --level 3 --amount 179.99 --requested 2024-06-01   | none
appeal medicare --from 2024-05-01 --level 5 --amount 1840 --requested 2024-06-01     | 2024-07-05
# no test of money at the first two levels and the fourth
appeal medicare --from 2022-05-15 --amount 1                                   | 2022-09-17
appeal medicare --from 2025-11-20 --level 4 --amount 1                         | 2026-01-24
# Medicare Advantage: 60 + 5 days from January 15 are 16 + 28 = 44 and 21 of March; the same money at the hearing
appeal medicare_advantage --from 2026-01-15                                    | 2026-03-21
appeal medicare_advantage --from 2026-01-15 --level 3 --amount 200             | 2026-03-21
appeal medicare_advantage --from 2026-01-15 --level 3 --amount 199.99          | none
# ERISA: 180 days, as counted above for 180 days of filing
appeal erisa --from 2026-01-15                                                 | 2026-07-14
appeal default --from 2026-01-15                                               | 2026-07-14
appeal erisa_two_level --from 2026-01-15                                       | 2026-07-14
# the second of two levels: 60 days are 16 + 28 = 44 and 16 of March
appeal erisa_two_level --from 2026-01-15 --level 2                             | 2026-03-16
# external review, four months: May 15, 2026 is a Friday
appeal erisa --from 2026-01-15 --level 2                                       | 2026-05-15
# the law's own example: October 30, and no February 30, so March 1; a Monday in 2027
appeal erisa --from 2026-10-30 --level 2                                       | 2027-03-01
appeal erisa_two_level --from 2026-10-30 --level 3                             | 2027-03-01
# March 1, 2026 is a Sunday, and the law moves the last day off weekends and federal holidays: Monday the 2nd
appeal erisa --from 2025-10-30 --level 2                                       | 2026-03-02
appeal default --from 2025-10-31 --level 2                                     | 2026-03-02
# 2024 has a February 29 (Thursday), and no 31st: March 1, a Friday
appeal erisa --from 2023-10-29 --level 2                                       | 2024-02-29
appeal erisa --from 2023-10-31 --level 2                                       | 2024-03-01
# May has a 31st, a Sunday in 2026; July 4, 2026 is a Saturday
appeal erisa --from 2026-01-31 --level 2                                       | 2026-06-01
appeal erisa --from 2026-03-04 --level 2                                       | 2026-07-06
# contracts: Aetna 180 and then 60, UnitedHealthcare 120, Medicaid 60 and then 90, workers' compensation 90
appeal aetna --from 2026-01-15                                                 | 2026-07-14
appeal aetna --from 2026-01-15 --level 2                                       | 2026-03-16
appeal uhc --from 2026-01-15                                                   | 2026-05-15
appeal medicaid --from 2026-01-15                                              | 2026-03-16
appeal medicaid --from 2026-01-15 --level 2                                    | 2026-04-15
appeal workers_comp --from 2026-01-15                                          | 2026-04-15
# the member's own ladder at UnitedHealthcare: 180 days of 29 CFR 2560.503-1, then four months
appeal uhc --from 2026-01-15 --party member                                    | 2026-07-14
appeal uhc --from 2026-01-15 --party member --level 2                          | 2026-05-15
# TRICARE: 90 days, and $300 for a hearing
appeal tricare --from 2026-01-15                                               | 2026-04-15
appeal tricare --from 2026-01-15 --level 3 --amount 300                        | 2026-03-16
appeal tricare --from 2026-01-15 --level 3 --amount 299.99                     | none
"""

DOCUMENTS = """
# 45 days from January 1: 30 and 15 of February, a Sunday, not moved
documents medicare --from 2026-01-01                                           | 2026-02-15
# 31 of January and 14; in a leap year 28 of February and 17
documents medicare --from 2025-12-31                                           | 2026-02-14
documents medicare --from 2024-02-01                                           | 2024-03-17
documents default --from 2026-01-01                                            | 2026-02-15
# 15 days from January 20: 11 and 4
documents workers_comp --from 2026-01-20                                       | 2026-02-04
"""

TABLE = [
    [cell.strip() for cell in row.split("|")]
    for row in (FILING + APPEALS + DOCUMENTS).splitlines()
    if row and not row.startswith("#")
]


def words(question: str) -> list[str]:
    what, rules, *options = question.split()
    return ["last-day", what, "--payer-rules", rules, *options]


def asked(capsys: pytest.CaptureFixture[str], question: str) -> dict[str, Any]:
    code = main([*words(question), "--json"])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    told: dict[str, Any] = json.loads(out)
    return told


@pytest.mark.parametrize(("question", "day"), TABLE, ids=[row[0] for row in TABLE])
def test_the_last_day_is_the_one_counted_by_hand(capsys: pytest.CaptureFixture[str], question: str, day: str) -> None:
    told = asked(capsys, question)
    assert (told["last_day"] or "none") == day
    assert told["counted"]
    assert len(told["source"]) > 20
    assert told["last_day"] or told["missing"]


def test_the_table_has_no_row_twice() -> None:
    assert len({row[0] for row in TABLE}) == len(TABLE) >= 40


@pytest.mark.parametrize(
    ("question", "day", "said"),
    [
        # the earlier day, and what would move it
        ("filing medicare --from 2025-02-10 --claim-type institutional", "2026-02-10", "last day of service (--to)"),
        ("filing medicare --from 2025-02-10 --to 2025-03-04", "2026-02-10", "claim type"),
        ("filing medicare --from 2025-03-03 --prior-decision 2025-06-01", "2026-03-03", "as second payer too"),
        ("appeal medicare --from 2025-11-20 --level 3", "2026-01-24", "amount (--amount): hearing needs 190.00"),
        ("appeal medicare --from 2025-11-20 --level 5 --requested 2026-01-02", "2026-01-24", "1960.00 dollars"),
        # 195 was enough until the end of 2025 and is not from 2026 on; the window lies on both sides
        ("appeal medicare --from 2025-11-20 --level 3 --amount 195", "2026-01-24", "day of the request (--requested)"),
        ("appeal medicare --from 2026-01-05 --level 3 --amount 195", None, "not enough money: hearing needs 200.00"),
        ("appeal medicare --from 2025-11-20 --level 3 --amount 189", None, "not enough money"),
        ("appeal medicare --from 2022-05-15 --requested 2022-09-18", "2022-09-17", "too late"),
        ("appeal medicare --from 2022-05-15 --requested 2022-05-01", "2022-09-17", "before the notice"),
        # 65 days from 2023-01-10: 21 + 28 = 49 and 16 of March; amounts before 2024 are in no rule
        ("appeal medicare --from 2023-01-10 --level 3 --amount 180", "2023-03-16", "before 2024-01-01"),
    ],
)
def test_what_is_not_told_or_not_enough_is_named(
    capsys: pytest.CaptureFixture[str], question: str, day: str | None, said: str
) -> None:
    told = asked(capsys, question)
    assert told["last_day"] == day
    assert any(said in one for one in told["missing"]), told["missing"]


@pytest.mark.parametrize(
    "question",
    [
        "filing medicare --from 2025-02-28",
        "filing default --from 2026-01-15 --to 2026-01-15",
        "appeal medicare --from 2022-05-15 --requested 2022-09-17",
        "appeal medicare --from 2025-11-20 --level 3 --amount 200",
        "documents medicare --from 2026-01-01",
    ],
)
def test_nothing_is_missing_where_everything_is_told(capsys: pytest.CaptureFixture[str], question: str) -> None:
    assert asked(capsys, question)["missing"] == []


def test_a_level_that_is_not_there_is_told_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words("appeal medicare --from 2022-05-15 --level 6"), "--json"]) == 2
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["last_day"] is None
    assert "there is no appeal level 6 for medicare; its levels are 1 redetermination" in told["missing"][0]
    assert told["missing"][0] in err


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("filing nobody --from 2025-02-28", "--payer-rules nobody: no payer rules have this name"),
        ("filing medicare --from 2025-02-30", "--from 2025-02-30: expected a day of the calendar as YYYY-MM-DD"),
        ("filing medicare --from 02/28/2025", "expected a day"),
        ("filing medicare --from 20250228", "expected a day"),
        ("filing medicare --from 9999-12-31", "federal holidays are known from 1995 to 2045"),
        ("filing medicare --from 2025-02-28 --to 2025-02-27", "--to 2025-02-27 is before --from"),
        ("appeal medicare --from 2022-05-15 --level 0", "there is no appeal level 0"),
        ("appeal medicare --from 2022-05-15 --requested soon", "--requested soon: expected a day"),
        ("appeal medicare --from 2022-05-15 --level 3 --amount much", "--amount much: not a decimal amount"),
        ("appeal medicare --from 2022-05-15 --level 3 --amount -5", "is not negative"),
        ("something medicare --from 2022-05-15", "is not one of"),
        ("filing medicare", "Missing option '--from'"),
    ],
)
def test_a_question_that_can_t_be_read_gets_one_clear_message(
    capsys: pytest.CaptureFixture[str], question: str, said: str
) -> None:
    assert main(words(question)) == 2
    out, err = capsys.readouterr()
    assert (out, said in err) == ("", True)
    assert "Traceback" not in err


def test_the_keys_and_the_words_are_those_that_are_documented(capsys: pytest.CaptureFixture[str]) -> None:
    told = asked(capsys, "filing medicare --from 2025-02-28")
    assert list(told) == ["last_day", "counted", "source", "missing", "to", "payer_rules"]
    assert told["counted"] == (
        "1 year from the first day of service (2025-02-28), moved from 2026-02-28 to the next business day"
    )
    told = asked(capsys, "appeal erisa --from 2025-10-30 --level 2")
    assert told["counted"] == (
        "4 months from the notice of 2025-10-30, to the first of the next month because the last month has no such day, "
        "moved from 2026-03-01 to the next business day"
    )


def test_people_read_the_day_with_its_weekday(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words("appeal medicare --from 2022-05-15")) == 0
    out = capsys.readouterr().out
    assert "Saturday 2022-09-17 to file level 1, redetermination" in out
