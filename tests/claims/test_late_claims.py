"""A denial for lateness: appealed with proof where the payer hears it, and never with Medicare (42 CFR 405.926(n))."""

from __future__ import annotations

import pytest

from claims.denials import may_appeal
from claims.state import Denial
from tests.claims.kit import TABLES, rules_named


@pytest.mark.parametrize(
    ("codes", "payer", "right"),
    [
        (("CO-29",), "default", True),
        (("CO-29",), "uhc", True),
        (("CO-29",), "medicare", False),
        (("CO-29", "MA01"), "medicare", False),
        # another denial on the same claim keeps its own right
        (("CO-29", "CO-50"), "medicare", True),
        (("CO-29", "MA130"), "uhc", False),
    ],
)
def test_medicare_hears_no_appeal_of_a_late_claim(codes: tuple[str, ...], payer: str, right: bool) -> None:
    denial = Denial(codes=codes, denied_cents=100_00, reason_class="timely_filing", recommended="review", why="late")
    assert may_appeal(denial, TABLES, rules_named(payer)) is right
