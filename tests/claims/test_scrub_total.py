"""The scrubber answers whatever it is given: nonsense in a claim becomes findings, never an exception."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.tables.icd10 import load_icd10
from claims.claim import Claim
from claims.payer_rules import FilingLimit
from claims.scrub import scrub
from tests.claims.scrub_claims import TABLES, TODAY, institutional, outpatient, professional, rules, secondary, wait

BASES = [one.model_dump() for one in (professional(), institutional(), outpatient(), secondary())]
ODD_TEXTS = [
    "",
    " ",
    "NaN",
    "1e999",
    "-0",
    "٣",
    "0" * 40,
    "É",
    "18",
    "XX",
    "RD8",
    "99999999",
    "20260230-2026",
    "*",
    "80",
]
ODD_DAYS = [None, date.min, date.max, date(2016, 2, 29), TODAY]
ODD_CENTS = [0, -1, 10**15]
LIMITS = [wait(1, "years"), wait(90, "calendar_days"), wait(5, "business_days"), wait(9, "seconds")]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything that is neither model nor list."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    if isinstance(value, (tuple, list)) and value:
        return [leaf for key, inner in enumerate(value) for leaf in leaves(inner, (*path, key))]
    return [path]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    key, *rest = path
    if isinstance(value, dict):
        return {**value, key: replaced(value[key], tuple(rest), new)}
    return tuple(replaced(inner, tuple(rest), new) if n == key else inner for n, inner in enumerate(value))


def at_path(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def odd_for(value: Any) -> list[Any]:
    """Nonsense of the same type, for the most part: the types themselves are the model's business."""
    if isinstance(value, str):
        return ODD_TEXTS
    if isinstance(value, bool) or not isinstance(value, (date, int)):
        return [value, None, ()]
    return ODD_DAYS if isinstance(value, date) else ODD_CENTS


@st.composite
def spoiled(draw: st.DrawFn) -> Claim | None:
    """A valid claim with one to six of its values replaced by nonsense; None where the types don't allow it."""
    raw = draw(st.sampled_from(BASES))
    for _ in range(draw(st.integers(1, 6))):
        path = draw(st.sampled_from(leaves(raw)))
        raw = replaced(raw, path, draw(st.sampled_from(odd_for(at_path(raw, path)))))
    try:
        return Claim.model_validate(raw)
    except ValidationError:
        return None


@settings(max_examples=300, deadline=None)
@given(claim=spoiled(), limit=st.sampled_from(LIMITS), roll=st.booleans())
def test_nonsense_never_raises(claim: Claim | None, limit: Any, roll: bool) -> None:
    if claim is not None:
        payer = rules(filing=FilingLimit(limit=limit, roll=roll))
        found = scrub(claim, rules=payer, tables=TABLES, icd=load_icd10(), today=TODAY)
        assert all(one.where and one.reason and one.fix for one in found)
