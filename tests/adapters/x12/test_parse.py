"""Whole files: many sets of many kinds in one, each on its own, every one accounted for."""

from __future__ import annotations

import hashlib

import pytest

from adapters.x12.parse import parse
from claims.documents import (
    EligibilityAnswer,
    FunctionalAcknowledgement,
    OtherSet,
    ParsedDocument,
    Remittance,
    StatusReport,
)
from tests.adapters.x12.made import file_of, parsed
from tests.adapters.x12.test_acknowledgement import PARTIAL
from tests.adapters.x12.test_damages import COVERAGE, REMITTANCE
from tests.adapters.x12.test_status_report import BATCH

ERA = ("835", "005010X221A1", REMITTANCE)
ACK = ("999", "005010X231A1", PARTIAL)
CA = ("277", "005010X214", BATCH)
ANSWER = ("271", "005010X279A1", COVERAGE)


def kinds(document: ParsedDocument) -> list[str]:
    return [one.parsed.kind for one in document.sets]


def test_a_file_of_every_kind_comes_back_in_its_order_with_its_envelope_numbers() -> None:
    document = parsed(ERA, ACK, CA, ANSWER)
    assert [type(one.parsed) for one in document.sets] == [
        Remittance,
        FunctionalAcknowledgement,
        StatusReport,
        EligibilityAnswer,
        EligibilityAnswer,
    ]
    assert [one.group_control_number for one in document.sets] == ["1", "2", "3", "4", "4"]
    assert {one.interchange_control_number for one in document.sets} == {"000000901"}
    assert document.all_problems == ()


def test_the_hash_is_that_of_the_bytes_so_that_a_name_never_makes_another_document() -> None:
    raw = file_of(ERA).encode()
    assert parse(raw).sha256 == hashlib.sha256(raw).hexdigest()


def test_a_bad_set_never_takes_its_neighbours_along() -> None:
    text = file_of(ERA, ACK, ERA)
    broken = text.replace("BPR*I*100.5", "BPR*I*lots", 1)
    first, ack, second = parse(broken.encode()).sets
    assert first.held
    assert not ack.held
    assert not second.held


def test_one_answer_of_two_carries_the_problems_of_their_set() -> None:
    document = parsed(("271", "005010X279A1", COVERAGE.replace("EB*C*IND*30***23*500", "EB*C*IND*30***23*5OO")))
    first, second = document.sets
    assert [problem.element for problem in first.problems] == [7]
    assert second.problems == ()


def test_many_identical_interchanges_are_one_document_read_once() -> None:
    document = parse(file_of(ERA).encode() * 156)
    assert kinds(document) == ["remittance"]
    assert document.duplicates == 155
    assert document.problems


@pytest.mark.parametrize(
    ("number", "guide", "said"),
    [
        ("824", "005010X186A1", "a person has to read it"),
        ("820", "005010X218", "premium"),
        ("834", "005010X220A1", "enrollment"),
        ("278", "005010X217", "authorization"),
        ("277", "005010X213", "request for additional information"),
        ("277", "005010X364", "data reporting"),
    ],
)
def test_kinds_that_nobody_acts_on_are_set_aside_with_the_reason(number: str, guide: str, said: str) -> None:
    text = file_of(("999", guide, PARTIAL)).replace("ST*999", f"ST*{number}").replace("GS*FA", "GS*XX")
    only = parse(text.encode()).sets[0]
    assert isinstance(only.parsed, OtherSet)
    assert said in only.parsed.reason
    assert only.problems == ()


def test_a_dental_claim_is_set_aside_by_name() -> None:
    body = "BHT*0019*00*B1*20260620*0830*CH\nCLM*A1*150***11:B:1*Y*A*Y*Y\nSV3*AD:D0120*46"
    only = parsed(("837", "005010X224A2", body)).sets[0]
    assert isinstance(only.parsed, OtherSet)
    assert (only.parsed.set, only.unread) == ("837D", 0)
    assert "dental" in only.parsed.reason


def test_a_set_of_ours_with_a_damaged_number_is_no_silent_other_kind() -> None:
    text = file_of(ERA).replace("ST*835", "ST*834")
    only = parse(text.encode()).sets[0]
    assert isinstance(only.parsed, OtherSet)
    assert ["GS01 HP announces" in problem.reason for problem in only.problems] == [True]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x1d", "~", "~\r\n", "~\n   "])
def test_any_segment_terminator_and_layout_reads_the_same(end: str) -> None:
    def values(text: str) -> list[object]:
        return [one.parsed for one in parse(text.encode()).sets]

    text = file_of(ERA, CA)
    assert values(text.replace("~\n", end)) == values(text)


def test_other_separators_a_byte_order_mark_and_blank_lines_read_the_same() -> None:
    text = file_of(ERA)
    other = text.replace("*", "|").replace(":", "<")
    odd = parse(("\ufeff\n\n" + other).encode())
    assert [one.parsed for one in odd.sets] == [one.parsed for one in parse(text.encode()).sets]


def test_a_bare_set_without_any_envelope_is_read() -> None:
    text = file_of(ERA)
    bare = text[text.index("ST*835") : text.index("GE*")]
    (only,) = parse(bare.encode()).sets
    (whole,) = parse(text.encode()).sets
    assert isinstance(only.parsed, Remittance)
    assert isinstance(whole.parsed, Remittance)
    assert [claim.patient_control_number for claim in only.parsed.claims] == ["A1", "A2", "A3"]
    assert only.parsed.payment_cents == whole.parsed.payment_cents


def test_a_parsed_document_survives_the_way_through_json() -> None:
    document = parsed(ERA, ACK, CA, ANSWER)
    assert ParsedDocument.model_validate_json(document.model_dump_json()) == document


@pytest.mark.parametrize("raw", [b"", b"   \r\n", b"%PDF-1.7", b"ISA*00*", b'{"claims": []}'])
def test_what_is_no_x12_is_unreadable_and_says_so(raw: bytes) -> None:
    document = parse(raw)
    assert document.unreadable
    assert document.problems
