"""Claim status categories in one word: rejection is not denial, and no action code turns one into acceptance."""

from __future__ import annotations

from typing import Literal

import pytest

from claims.documents import StatusCode, StatusLine
from claims.status_answers import status_outcome


def said(which: Literal["277CA", "277"], *categories: str, action: str = "", paid: int | None = None) -> str:
    codes = tuple(StatusCode(category=category) for category in categories)
    return status_outcome(which, StatusLine(segment=1, level="claim", codes=codes, action=action, paid_cents=paid))


@pytest.mark.parametrize(
    ("category", "outcome"),
    # X12 code list 507, claim status category codes.
    [
        ("A0", "received"),
        ("A1", "received"),
        ("A2", "accepted"),
        ("A3", "rejected"),
        ("A4", "not_found"),
        ("A5", "split"),
        ("A6", "rejected"),
        ("A7", "rejected"),
        ("A8", "rejected"),
        ("E1", "request_error"),
        ("P1", "ignored"),
        ("F1", "ignored"),
        ("D0", "ignored"),
        ("ZZ", "ignored"),
    ],
)
def test_a_277ca_acknowledges_and_decides_nothing(category: str, outcome: str) -> None:
    assert said("277CA", category) == outcome


@pytest.mark.parametrize(
    ("category", "outcome"),
    [
        ("P0", "pending"),
        ("P1", "pending"),
        ("P2", "pending"),
        ("P3", "info_requested"),
        ("P4", "info_requested"),
        ("P5", "pending"),
        ("F1", "finalized_paid"),
        ("F2", "finalized_denied"),
        ("F4", "finalized_denied"),
        ("R3", "info_requested"),
        ("R16", "info_requested"),
        ("RQ", "info_requested"),
        ("D0", "not_found"),
        ("E0", "request_error"),
        ("A2", "accepted"),
        ("ZZ", "ignored"),
    ],
)
def test_a_277_answers_where_the_claim_is(category: str, outcome: str) -> None:
    assert said("277", category) == outcome


def test_a7_with_an_accept_action_is_still_a_rejection() -> None:
    assert said("277CA", "A7", action="WQ") == "rejected"


def test_a_rejecting_composite_outweighs_an_accepting_one_beside_it() -> None:
    assert said("277CA", "A1", "A7") == "rejected"
    assert said("277CA", "A2", "A3") == "rejected"


def test_finalized_alone_is_paid_or_not_by_its_amount() -> None:
    assert said("277", "F0", paid=759900) == "finalized_paid"
    assert said("277", "F0", paid=0) == "finalized_denied"
