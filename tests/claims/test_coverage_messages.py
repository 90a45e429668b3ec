"""The message `coverage`: a payer in its place, one that is none any more, or all of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from claims import events as e
from claims.messages import read_message
from claims.state import ClaimState
from tests.claims.kit import TABLES, claim, coverage, life, registered, two_payers


def _read(state: ClaimState, **body: Any) -> e.AnyEvent:
    return read_message("coverage", body, at=datetime(2026, 3, 4, tzinfo=UTC), id="m", state=state, tables=TABLES)


def _told(state: ClaimState, **body: Any) -> e.CoverageChanged:
    event = _read(state, reason="card seen", by="desk-1", **body)
    assert isinstance(event, e.CoverageChanged), event
    return event


def _places(event: e.CoverageChanged) -> list[tuple[str, str]]:
    return [(c.order, c.payer.payer_id) for c in event.claim.coverages]


NEW = {"payer_id": "NEWPAY", "member_id": "N1", "filing_indicator": "BL"}


def test_a_second_payer_is_added_with_the_rules_of_its_own() -> None:
    event = _told(registered(), order="secondary", payer_id="STMCD", member_id="9", filing_indicator="MC")
    assert _places(event) == [("primary", "PAYER1"), ("secondary", "STMCD")]
    assert [rules.name for rules in event.payer_rules] == ["default", "medicaid"]
    assert (event.by, event.reason) == ("desk-1", "card seen")


def test_a_payer_put_first_moves_the_others_down() -> None:
    event = _told(registered(two_payers()), order="primary", **NEW)
    assert _places(event) == [("primary", "NEWPAY"), ("secondary", "PAYER1"), ("tertiary", "PAYER2")]


def test_a_known_payer_put_first_changes_places_and_keeps_the_rest() -> None:
    event = _told(registered(two_payers()), order="primary", payer_id="payer2")
    assert _places(event) == [("primary", "PAYER2"), ("secondary", "PAYER1")]
    assert event.claim.coverages[0].member_id == "MPAYER2"


def test_a_wrong_payer_is_taken_off_in_the_same_breath() -> None:
    event = _told(registered(two_payers()), order="primary", remove="PAYER1", **NEW)
    assert _places(event) == [("primary", "NEWPAY"), ("secondary", "PAYER2")]


def test_the_second_payer_alone_is_taken_off_by_its_place() -> None:
    assert _places(_told(registered(two_payers()), remove="secondary")) == [("primary", "PAYER1")]


def test_a_field_of_a_payer_on_the_claim_is_changed_by_its_place() -> None:
    event = _told(registered(two_payers()), order="secondary", insurance_type="12", member_id=77)
    assert (event.claim.coverages[1].insurance_type, event.claim.coverages[1].member_id) == ("12", "77")
    assert _places(event) == [("primary", "PAYER1"), ("secondary", "PAYER2")]


def test_all_payers_at_once_in_their_order() -> None:
    both = [
        {"payer_id": "PAYER2"},
        {**NEW, "relationship": "19", "subscriber_last": "SAMPLE", "subscriber_first": "PAT"},
    ]
    event = _told(registered(two_payers()), coverages=both)
    assert _places(event) == [("primary", "PAYER2"), ("secondary", "NEWPAY")]
    assert event.claim.coverages[1].subscriber.name.first == "PAT"


def test_a_first_payer_whose_subscriber_is_somebody_else_makes_the_patient_a_dependent() -> None:
    event = _told(
        registered(), order="primary", relationship="19", subscriber_last="SAMPLE", subscriber_first="PAT", **NEW
    )
    assert event.claim.patient_relationship == "19"
    assert event.claim.coverages[1].relationship == "18"


def test_the_place_that_nobody_told_follows_from_the_rules_or_is_asked_for() -> None:
    event = _told(registered(), payer_id="STMCD", member_id="9", filing_indicator="MC")
    assert _places(event) == [("primary", "PAYER1"), ("secondary", "STMCD")]
    unknown = _read(registered(), reason="card", **NEW)
    assert isinstance(unknown, e.MessageRefused)
    assert "order: primary or secondary" in unknown.reason


def test_a_payer_that_was_taken_off_comes_back_with_its_money() -> None:
    one = life().accepted().paid()
    one.take(_told(one.state, order="primary", remove="PAYER1", **NEW).model_copy(update={"at": one.now}))
    assert [c.order for c in one.state.claim.coverages] == ["primary", "former"]
    back = _told(one.state, order="secondary", payer_id="PAYER1").model_copy(update={"id": "m2", "at": one.now})
    assert _places(back) == [("primary", "NEWPAY"), ("secondary", "PAYER1")]
    one.transmitted() if one.in_flight("transmit_claim") else one.scrubbed().transmitted()
    one.take(back)
    assert one.state.payments[0].coverage == 1


def test_a_claim_that_came_for_the_second_payer_stays_there() -> None:
    first = coverage("primary", "PAYER1")
    event = _told(registered(claim(coverage("secondary", "PAYER2"), first)), payer_id="PAYER2", member_id="77")
    assert _places(event) == [("secondary", "PAYER2"), ("primary", "PAYER1")]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"payer_id": "X", "member_id": "1"}, "reason"),
        ({"reason": "r"}, "payer_id: is missing"),
        ({"reason": "r", "payer_id": "X", "order": "primary"}, "member_id: is missing"),
        ({"reason": "r", "payer_id": "X", "order": "fifth", "member_id": "1"}, "order"),
        ({"reason": "r", "payer_id": "X", "colour": "red"}, "colour"),
        ({"reason": "r", "remove": "PAYER1"}, "a claim needs a payer"),
        (
            {"reason": "r", "order": "primary", "payer_id": "X", "member_id": "1", "relationship": "19"},
            "subscriber_last",
        ),
        ({"reason": "r", "coverages": []}, "coverages"),
        ({"reason": "r", "coverages": ["PAYER1"]}, "a coverage is an object"),
        ({"reason": "r", "coverages": [{"payer_id": "PAYER1"}], "order": "primary"}, "nothing beside it"),
    ],
)
def test_a_body_that_can_not_be_meant_is_refused_with_what_was_expected(body: dict[str, Any], said: str) -> None:
    event = _read(registered(), **body)
    assert isinstance(event, e.MessageRefused)
    assert said in event.reason
