"""Raw documents, what became of them, and the cursors of carriers."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from adapters.records import RecordsError, SqlRecords
from claims.documents import Problem
from claims.ports import UnmatchedItem

# printf 'ISA*00' | sha256sum
RAW, SHA256 = b"ISA*00", "e417e87fdc9c04ea9dbcce7a3452328334570da2b2ddb0b76b1d4488423445a2"


async def test_the_same_bytes_are_one_document(records: SqlRecords, start: datetime) -> None:
    first, new = await records.store_document(RAW, kind="835", source="stedi", at=start)
    again, known = await records.store_document(RAW, kind="835", source="sftp", at=start + timedelta(days=1))
    assert (new, known) == (True, False)
    assert first == again == SHA256
    assert await records.load_document(first) == RAW
    assert [(d.source, d.size) for d in await records.documents()] == [("stedi", 6)]


async def test_a_document_stored_by_many_at_once_is_new_to_one_of_them(records: SqlRecords, start: datetime) -> None:
    answers = await asyncio.gather(
        *(records.store_document(RAW, kind="835", source="stedi", at=start) for _ in range(20))
    )
    assert [new for _, new in answers].count(True) == 1


async def test_an_unknown_document_is_said_to_be_unknown(records: SqlRecords) -> None:
    with pytest.raises(RecordsError, match="no document"):
        await records.load_document("0" * 64)
    with pytest.raises(RecordsError, match="no document"):
        await records.finish_document("0" * 64, delivered=0, unmatched=(), problems=())


async def test_a_document_is_finished_once_and_its_unmatched_parts_are_listed(
    records: SqlRecords, start: datetime
) -> None:
    sha256, _ = await records.store_document(RAW, kind="835", source="stedi", at=start)
    assert not await records.document_done(sha256)
    part = UnmatchedItem(
        document=sha256, position=9, set="835", reference="PCN-7", amount_cents=-1_050, reason="no claim", at=start
    )
    problem = Problem(segment=3, element=2, reason="SE01 is 12, 13 segments found")
    # a PLB segment may hold several adjustments at one position with one reference
    await records.finish_document(sha256, delivered=4, unmatched=(part, part), problems=(problem,))
    await records.finish_document(sha256, delivered=9, unmatched=(), problems=())
    assert await records.document_done(sha256)
    assert await records.unmatched() == (part, part)
    (stored,) = await records.documents(done=True)
    assert (stored.delivered, stored.problems) == (4, (problem,))
    assert await records.documents(done=False) == ()


async def test_what_a_damaged_file_says_can_be_kept(records: SqlRecords, start: datetime) -> None:
    sha256, _ = await records.store_document(b"\0\xff", kind="other", source="stedi", at=start)
    part = UnmatchedItem(
        document=sha256, position=1, set="835", reference="P\0CN\ud800" + "x" * 300, reason="no claim", at=start
    )
    problem = Problem(segment=1, reason="ISA \0 \ud800")
    await records.finish_document(sha256, delivered=0, unmatched=(part,), problems=(problem,))
    assert [item.reference for item in await records.unmatched()] == ["PCN?" + "x" * 300]
    assert [document.problems for document in await records.documents()] == [(problem,)]


async def test_a_cursor_only_moves_forward(records: SqlRecords, start: datetime) -> None:
    assert await records.cursor("stedi") is None
    await records.move_cursor("stedi", start + timedelta(minutes=5))
    await records.move_cursor("stedi", start)
    assert await records.cursor("stedi") == start + timedelta(minutes=5)
    assert await records.cursor("other") is None


async def test_an_item_of_a_carrier_is_remembered_under_its_first_hash(records: SqlRecords) -> None:
    assert await records.fetched("stedi", "tx-1") is None
    await records.remember_item("stedi", "tx-1", "a" * 64)
    await records.remember_item("stedi", "tx-1", "b" * 64)
    assert await records.fetched("stedi", "tx-1") == "a" * 64
    assert await records.fetched("other", "tx-1") is None
