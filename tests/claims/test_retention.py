"""How long a record is kept: the longest of what the law, the payers and the installation ask for."""

from __future__ import annotations

from datetime import date

import pytest

from claims.retention import Rule, kept_until, longest, rule_for


@pytest.mark.parametrize(
    ("lines", "own", "years", "source"),
    [
        # 45 CFR 164.316(b)(2)(i): six years
        (("commercial",), 0, 6, "45 CFR 164.316(b)(2)(i)"),
        # 42 CFR 424.516(f): seven years
        (("medicare", "commercial"), 0, 7, "42 CFR 424.516(f)"),
        # 42 CFR 422.504(d): ten years
        (("medicare_advantage",), 7, 10, "42 CFR 422.504(d)"),
        (("commercial",), 8, 8, "the installation's own setting"),
        ((), 0, 6, "45 CFR 164.316(b)(2)(i)"),
    ],
)
def test_the_longest_rule_of_a_claims_payers_counts(lines: tuple[str, ...], own: int, years: int, source: str) -> None:
    assert rule_for(lines, own) == Rule(years=years, source=source)


def test_a_file_is_kept_as_long_as_any_claim_in_it_might_be() -> None:
    assert longest(6).years == 10
    assert longest(12).years == 12


def test_years_are_counted_to_the_same_day() -> None:
    six = Rule(years=6, source="")
    assert kept_until(date(2020, 5, 17), six) == date(2026, 5, 17)
    assert kept_until(date(2020, 2, 29), six) == date(2026, 3, 1)
    assert kept_until(date(2020, 2, 29), Rule(years=8, source="")) == date(2028, 2, 29)
