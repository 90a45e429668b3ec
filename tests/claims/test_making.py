"""Values made without validation are what validation would have made."""

from __future__ import annotations

import copy
import gc
import pickle
from datetime import UTC, datetime

import pytest

from adapters.x12.parse import parse
from bench.made_documents import acknowledgement, index, remittance
from claims.claim import Adjustment
from claims.deliveries import Delivery
from claims.documents import PaymentLine
from claims.making import collection_paused, maker
from claims.matching import route

AT = datetime(2026, 9, 2, tzinfo=UTC)


@pytest.mark.parametrize("raw", [remittance(20), acknowledgement(60)])
def test_every_event_of_a_document_is_the_validated_value(raw: bytes) -> None:
    deliveries = route(parse(raw), index(60), at=AT).deliveries
    assert len(deliveries) in (20, 60)
    for made in deliveries:
        proved = Delivery.model_validate_json(made.model_dump_json())
        assert proved == made
        assert proved.model_dump_json() == made.model_dump_json()
        assert proved.event.model_fields_set <= made.event.model_fields_set


def test_a_made_value_can_be_copied_pickled_and_told_from_another() -> None:
    make = maker(Adjustment)
    made = make({"group": "CO", "reason": "45", "amount_cents": 3500, "quantity": ""})
    assert made == Adjustment(group="CO", reason="45", amount_cents=3500)
    assert repr(made) == repr(Adjustment(group="CO", reason="45", amount_cents=3500))
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == made
    assert made.model_copy(update={"amount_cents": 1}) != made
    assert hash(made) == hash(Adjustment(group="CO", reason="45", amount_cents=3500))


def test_a_field_that_is_left_out_has_its_default_in_its_place() -> None:
    made = maker(PaymentLine)({"procedure": "99213", "charge_cents": 15000, "paid_cents": 10000})
    assert (
        made.model_dump_json() == PaymentLine(procedure="99213", charge_cents=15000, paid_cents=10000).model_dump_json()
    )
    with pytest.raises(KeyError):
        maker(PaymentLine)({"procedure": "99213"}).charge_cents  # noqa: B018


def test_the_collector_is_left_as_it_was_found() -> None:
    assert gc.isenabled()
    with collection_paused():
        assert not gc.isenabled()
        with collection_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="mid-way"), collection_paused():
        raise ValueError("mid-way")
    assert gc.isenabled()
