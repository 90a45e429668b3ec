"""The days without business: US federal holidays with their observed days, frozen into the tables."""

from __future__ import annotations

from datetime import date
from functools import cache

import holidays

FIRST_YEAR = 1995
LAST_YEAR = 2045


@cache
def federal_holidays() -> frozenset[date]:
    """Federal holidays of 1995 to 2045, the days on which they are observed included (5 USC 6103)."""
    # One year more: New Year's Day on a Saturday is observed on the last day of the year before.
    years = range(FIRST_YEAR, LAST_YEAR + 2)
    found = holidays.country_holidays("US", years=years, observed=True, categories=("public",))
    return frozenset(day for day in found if FIRST_YEAR <= day.year <= LAST_YEAR)
