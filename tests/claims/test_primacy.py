"""Which of two plans pays first: only where the claim itself says enough."""

from __future__ import annotations

from datetime import date

import pytest

from claims.claim import Coverage
from claims.primacy import pays_first
from tests.claims.kit import coverage


def _plan(indicator: str = "CI", relationship: str = "18", born: date | None = None, kind: str = "") -> Coverage:
    one = coverage("primary", f"P{indicator}{relationship}{kind}", indicator)
    person = one.subscriber.model_copy(update={"birth_date": born})
    return one.model_copy(update={"relationship": relationship, "subscriber": person, "insurance_type": kind})


EARLY, LATE = date(1990, 4, 5), date(1970, 11, 3)
TABLE = (
    ("medicaid last", _plan("MC"), _plan("CI", "19"), 1),
    ("medicaid after medicare", _plan("MB"), _plan("MC"), 0),
    ("tricare after a plan", _plan("CH"), _plan("CI"), 1),
    ("tricare before medicaid", _plan("MC"), _plan("CH"), 1),
    ("a work injury first", _plan("CI"), _plan("WC"), 1),
    ("a car's insurance first", _plan("AM"), _plan("MB"), 0),
    ("medicare second by its reason", _plan("MB", kind="12"), _plan("CI", "01"), 1),
    ("medicare without a reason", _plan("MB"), _plan("CI", "01"), None),
    ("own plan before a spouse's", _plan("CI", "01"), _plan("BL", "18"), 1),
    ("two own plans", _plan("CI"), _plan("BL"), None),
    ("birthday, not age", _plan("CI", "19", LATE), _plan("BL", "19", EARLY), 1),
    ("birthday the other way", _plan("CI", "19", EARLY), _plan("BL", "19", LATE), 0),
    ("same birthday", _plan("CI", "19", EARLY), _plan("BL", "19", EARLY.replace(year=1960)), None),
    ("birthday unknown", _plan("CI", "19", EARLY), _plan("BL", "19"), None),
    ("spouse and child", _plan("CI", "01", EARLY), _plan("BL", "19", LATE), None),
)


@pytest.mark.parametrize(("one", "other", "first"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_order_of_two_plans(one: Coverage, other: Coverage, first: int | None) -> None:
    found = pays_first(one, other)
    assert (found.place if found else None) == first
    turned = pays_first(other, one)
    assert (turned.place if turned else None) == (None if first is None else 1 - first)
