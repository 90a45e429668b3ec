"""Letters of a payer as they come in: a decision on an appeal, or its word on documents that it had asked for."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from activities.letters import read_letter, route_letter
from claims.events import AppealDecided, DocumentsReviewed
from claims.matching import IndexEntry, Routing

AT = datetime(2026, 4, 10, 9, 0, tzinfo=UTC)
CLAIM = IndexEntry(practice="npi-1", claim_id="c1", patient_control_number="LK1", charge_cents=12500)


def routed(**fields: object) -> Routing:
    raw = json.dumps({"document": "letter", "patientControlNumber": "LK1", "decision": "overturned", **fields}).encode()
    letter = read_letter(raw)
    assert letter is not None
    return route_letter(letter, (CLAIM,), at=AT, document_id="d1")


def test_a_decision_on_an_appeal_reaches_its_claim_with_its_level() -> None:
    (delivery,) = routed(kind="appeal", level=2, noticeDate="2026-04-09").deliveries
    assert isinstance(delivery.event, AppealDecided)
    assert (delivery.event.level, delivery.event.outcome, delivery.event.notice_on) == (
        2,
        "overturned",
        date(2026, 4, 9),
    )


def test_a_word_on_documents_is_no_decision_on_an_appeal() -> None:
    (delivery,) = routed(kind="documents", level=1).deliveries
    assert isinstance(delivery.event, DocumentsReviewed)
    assert (delivery.claim_id, delivery.event.outcome) == ("c1", "overturned")


def test_a_letter_about_nobody_s_claim_is_unmatched() -> None:
    (item,) = routed(patientControlNumber="LK9").unmatched
    assert item.reason == "no claim has this number"


def test_what_is_no_letter_is_not_read_as_one() -> None:
    assert read_letter(b"ISA*00*") is None
    assert read_letter(b'{"decision": "maybe", "patientControlNumber": "LK1"}') is None
