"""Records under a key ring: nothing in the files names anybody, and everything is found and read all the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.keys import Key, KeyRing, Keys
from adapters.records import RecordsError, open_records
from adapters.records.cipher import NoCipher, RingCipher, as_text, from_text, key_of
from claims.claim import Claim
from claims.matching import IndexEntry
from claims.ports import JournalEntry
from claims.views import ClaimView

MARKERS = (b"Doe", b"Jane", b"MEM12345", b"MEM 123-45", b"1980-01-02", b"PCN-1", b"PCN-c1", b"NOTEWORTHY")


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.suffix != ".json")


async def test_no_patient_can_be_read_in_the_files_and_every_number_still_leads_to_the_claim(
    sqlite_url: str,
    tmp_path: Path,
    claim: Callable[..., Claim],
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    start: datetime,
    keys: Keys,
) -> None:
    records = open_records(sqlite_url, cipher=RingCipher(keys))
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=start)
    numbers = await records.next_control_numbers("p1/c1/1")
    await records.remember_submission(
        practice="p1", claim_id="c1", submission=1, claim=claim(), numbers=numbers, document="d" * 64
    )
    entry = IndexEntry(practice="p1", claim_id="c1", patient_control_number="PCN-1", member_ids=("MEM 123-45",))
    steps = [step(1, summary="NOTEWORTHY"), step(2, refused="NOTEWORTHY too")]
    await records.write_steps(practice="p1", claim_id="c1", entries=steps, view=view(), index=entry)
    sha256, _ = await records.store_document(b"NM1*IL*1*Doe*Jane", kind="837P", source="upstream", at=start)

    assert await records.load_document(sha256) == b"NM1*IL*1*Doe*Jane"
    assert await records.claim("c1") == await records.claim("pcn-1") == (view(),)
    assert [found.claim_id for found in await records.candidates(member_ids=["MEM12345"])] == ["c1"]
    assert [found.claim_id for found in await records.candidates(patient_control_numbers=["PCN-1"])] == ["c1"]
    assert await records.journal("p1", "c1") == tuple(steps)
    assert [task.reason for task in await records.tasks()] == ["no answer after 277CA"]
    records.close()
    raw = everything_in(tmp_path)
    assert [marker for marker in MARKERS if marker in raw] == []


async def test_what_was_written_before_there_were_keys_is_found_and_read(
    sqlite_url: str, claim: Callable[..., Claim], start: datetime, keys: Keys
) -> None:
    before = open_records(sqlite_url)
    await before.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=start)
    sha256, _ = await before.store_document(b"ISA*", kind="835", source="carrier", at=start)
    before.close()
    records = open_records(sqlite_url, cipher=RingCipher(keys))
    assert await records.load_document(sha256) == b"ISA*"
    assert [found.claim_id for found in await records.candidates(member_ids=["MEM12345"])] == ["c1"]
    assert [found.claim_id for found in await records.claim("PCN-1")] == ["c1"]
    records.close()


async def test_after_a_rotation_old_rows_are_found_and_new_ones_are_sealed_by_the_new_key(
    sqlite_url: str, tmp_path: Path, claim: Callable[..., Claim], start: datetime
) -> None:
    ring = KeyRing.new(start)
    newer = ring.with_new(start + timedelta(days=90)).rotated()
    before = open_records(sqlite_url, cipher=RingCipher(Keys(ring)))
    await before.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=start)
    before.close()
    records = open_records(sqlite_url, cipher=RingCipher(Keys(newer)))
    await records.register(practice="p1", claim_id="c2", claim=claim("PCN-2"), fingerprint="f2", at=start)
    both = await records.candidates(member_ids=["MEM12345"])
    assert [found.claim_id for found in both] == ["c1", "c2"]
    records.close()
    with sqlite3.connect(tmp_path / "records.db") as connection:
        sealed = dict(connection.execute("SELECT claim_id, index_entry FROM claims"))
    assert {claim_id: key_of(blob) for claim_id, blob in sealed.items()} == {"c1": ring.active, "c2": newer.active}


async def test_without_its_key_the_records_say_which_one_is_missing(
    sqlite_url: str, claim: Callable[..., Claim], start: datetime, keys: Keys
) -> None:
    records = open_records(sqlite_url, cipher=RingCipher(keys))
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=start)
    records.close()
    for cipher, says in (
        (None, "no key ring is set; set CLAIMLINE_KEYS_FILE"),
        (RingCipher(Keys(KeyRing.new(start))), f"key {keys.ring.active} is not in the ring"),
    ):
        records = open_records(sqlite_url, cipher=cipher)
        with pytest.raises(RecordsError, match=says):
            await records.list_claims()
        records.close()


async def test_a_row_that_was_put_in_anothers_place_is_refused(
    sqlite_url: str, tmp_path: Path, start: datetime, keys: Keys
) -> None:
    records = open_records(sqlite_url, cipher=RingCipher(keys))
    mine, _ = await records.store_document(b"mine", kind="835", source="carrier", at=start)
    other, _ = await records.store_document(b"other", kind="835", source="carrier", at=start)
    with sqlite3.connect(tmp_path / "records.db") as connection:
        connection.execute(
            "UPDATE documents SET raw = (SELECT raw FROM documents WHERE sha256 = ?) WHERE sha256 = ?", (other, mine)
        )
    connection.close()
    with pytest.raises(RecordsError, match="damaged, or was put where it doesn't belong"):
        await records.load_document(mine)
    records.close()


@pytest.mark.parametrize("plain", ["Jane Doe", "sealed:", "sealed:k1:AAAA", "é" * 500])
def test_a_text_is_sealed_and_opened_whatever_it_looks_like(keys: Keys, plain: str) -> None:
    cipher = RingCipher(keys)
    text = as_text(cipher.seal(plain.encode(), about="claims.view"))
    assert "Jane" not in text
    assert cipher.unseal(from_text(text), about="claims.view").decode() == plain


def test_a_blinded_number_is_the_same_for_equal_numbers_under_one_key_only() -> None:
    at = datetime(2026, 3, 2, 14).astimezone()
    one, other = Keys(KeyRing.new(at)), Keys(KeyRing.new(at))
    assert RingCipher(one).blind("MEM12345") == RingCipher(one).blind("MEM12345")
    assert RingCipher(one).blind("MEM12345") != RingCipher(other).blind("MEM12345")
    assert "MEM12345" not in RingCipher(one).blind("MEM12345")
    assert NoCipher().blinds("MEM12345") == ("MEM12345",)


def test_blinds_lead_to_rows_of_every_key_and_of_none() -> None:
    at = datetime(2026, 3, 2, 14).astimezone()
    key = Key.new(at)
    ring = KeyRing(active=key.id, keys=(key, Key.new(at)))
    blinds = RingCipher(Keys(ring)).blinds("MEM12345")
    assert [form.partition(".")[0] for form in blinds] == [ring.keys[0].id, ring.keys[1].id, "MEM12345"]
