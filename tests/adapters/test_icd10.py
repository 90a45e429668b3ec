"""The ICD-10-CM table against the figures that CMS published, and against codes whose days are known."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.tables.icd10 import load_icd10, parse

# Codes valid in each fiscal year, as the CMS release notes and the CDC addenda give them.
PUBLISHED = [
    (date(2015, 10, 1), 69_823),
    (date(2016, 10, 1), 71_486),
    (date(2017, 10, 1), 71_704),
    (date(2018, 10, 1), 71_932),
    (date(2019, 10, 1), 72_184),
    (date(2020, 10, 1), 72_616),
    (date(2021, 10, 1), 72_748),
    (date(2022, 10, 1), 73_639),
    (date(2023, 4, 1), 73_674),  # 42 new codes and 7 deleted in April 2023
    (date(2023, 10, 1), 74_044),
    (date(2024, 10, 1), 74_260),
]


@pytest.mark.parametrize(("on", "codes"), PUBLISHED)
def test_every_year_has_as_many_codes_as_cms_published(on: date, codes: int) -> None:
    assert load_icd10().valid_on(on) == codes


@pytest.mark.parametrize(
    ("code", "on", "answer"),
    [
        ("I10", date(2015, 10, 1), "valid"),
        ("I10", date(2015, 9, 30), "not_valid_on_date"),
        ("E11", date(2026, 11, 2), "header"),
        ("S61011", date(2026, 11, 2), "header"),
        ("T07X", date(2026, 11, 2), "header"),
        ("ZZZ99", date(2026, 11, 2), "unknown"),
        ("A", date(2026, 11, 2), "unknown"),
        ("", date(2026, 11, 2), "unknown"),
        # multiple sclerosis was divided into G35.A to G35.D on 2025-10-01
        ("G35", date(2025, 9, 30), "valid"),
        ("G35", date(2025, 10, 1), "not_valid_on_date"),
        ("G35A", date(2025, 9, 30), "not_valid_on_date"),
        ("G35A", date(2025, 10, 1), "valid"),
        # COVID-19: an emergency code of April 2020; its pneumonia of January 2021
        ("U071", date(2020, 3, 31), "not_valid_on_date"),
        ("U071", date(2020, 4, 1), "valid"),
        ("J1282", date(2020, 12, 31), "not_valid_on_date"),
        ("J1282", date(2021, 1, 1), "valid"),
        # low back pain, divided on 2021-10-01
        ("M545", date(2021, 9, 30), "valid"),
        ("M545", date(2021, 10, 1), "not_valid_on_date"),
        ("M5450", date(2021, 10, 1), "valid"),
        # beyond the list's end nobody can know
        ("ZZZ99", date(2027, 4, 1), "year_partial"),
        ("I10", date(2027, 4, 1), "valid"),
        ("G35", date(2027, 4, 1), "not_valid_on_date"),
    ],
)
def test_what_the_table_says_of_a_code_on_a_day(code: str, on: date, answer: str) -> None:
    assert load_icd10().check(code, on) == answer


def test_a_table_without_its_first_line_is_refused() -> None:
    with pytest.raises(ValueError, match="covers"):
        parse("A000\n")


def test_a_code_may_come_and_go() -> None:
    table = parse("covers 2020-01-01 2022-12-31\nA00\nB00 20200101-20200630,20220101-20221231\n")
    answers = [table.check("B00", day) for day in (date(2020, 6, 30), date(2021, 1, 1), date(2022, 1, 1))]
    assert answers == ["valid", "not_valid_on_date", "valid"]
