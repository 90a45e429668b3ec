"""Payloads sealed for Temporal: what opens them, what doesn't, and how keys are rotated while everything runs."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import WorkflowSerializationContext

from adapters.codec import ENCODING, SEALED, SealingCodec, as_json, read_payloads
from adapters.keys import Key, KeyRing, Keys, KeysError, UnknownKey, keys_from, read_ring, write_ring

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"last": "MARKERSON", "member_id": "W123"}')
LARGE = Payload(metadata={"encoding": b"json/plain"}, data=b'{"line": "99213"}' * 400)


def codec(keys: Keys, workflow: str = "") -> SealingCodec:
    made = SealingCodec(keys)
    return made.with_context(WorkflowSerializationContext("default", workflow)) if workflow else made


def ring(*ids: str, active: str = "") -> KeyRing:
    keys = [Key.new(NOW + timedelta(days=n)).model_copy(update={"id": one}) for n, one in enumerate(ids)]
    return KeyRing(active=active or ids[0], keys=tuple(keys))


def readable(payload: Payload) -> Payload:
    """The payload without the mark of what was opened."""
    plain = Payload.FromString(payload.SerializeToString())
    plain.metadata.pop(SEALED, None)
    return plain


@pytest.mark.parametrize("payload", [PLAIN, LARGE])
def test_what_is_sealed_shows_nothing_and_opens_again(payload: Payload) -> None:
    one = codec(Keys(ring("k1")), "claim/p1/c1")
    sealed = one.seal(payload)
    assert sealed.metadata["encoding"] == ENCODING
    assert sealed.metadata["key-id"] == b"k1"
    assert sealed.metadata["place"] == b"default/claim/p1/c1"
    assert b"MARKERSON" not in sealed.SerializeToString()
    opened = one.open(sealed)
    assert opened.metadata[SEALED] == b"1"
    assert readable(opened) == payload


def test_equal_payloads_never_look_equal() -> None:
    one = codec(Keys(ring("k1")))
    assert one.seal(PLAIN).data != one.seal(PLAIN).data


def test_large_payloads_are_packed_before_they_are_sealed() -> None:
    # 400 times the same 17 bytes: 6,800 bytes that zlib brings below 100, and 29 bytes of nonce, tag and mark
    assert len(codec(Keys(ring("k1"))).seal(LARGE).data) < 200


def test_a_claims_payload_opens_for_no_other_claim() -> None:
    keys = Keys(ring("k1"))
    sealed = codec(keys, "claim/p1/c1").seal(PLAIN)
    assert codec(keys, "claim/p1/c2").open(sealed) == sealed
    assert codec(keys, "claim/p1/c12").open(codec(keys, "claim/p1/c1").seal(PLAIN)).metadata["encoding"] == ENCODING
    sealed.metadata["place"] = b"default/claim/p1/c2"
    assert codec(keys, "claim/p1/c2").open(sealed) == sealed, "the place is bound to what was sealed"


def test_what_a_schedule_seals_opens_in_the_workflows_it_starts() -> None:
    keys = Keys(ring("k1"))
    sealed = codec(keys, "claimline-inbox").seal(PLAIN)
    assert readable(codec(keys, "claimline-inbox-2026-03-02T09:00:00Z").open(sealed)) == PLAIN


@pytest.mark.parametrize("damage", ["flipped", "cut", "other key"])
def test_what_is_damaged_or_forged_stays_sealed(damage: str) -> None:
    one = codec(Keys(ring("k1")))
    sealed = one.seal(PLAIN)
    if damage == "flipped":
        sealed.data = sealed.data[:20] + bytes([sealed.data[20] ^ 1]) + sealed.data[21:]
    elif damage == "cut":
        sealed.data = sealed.data[:9]
    else:
        sealed = codec(Keys(ring("k1"))).seal(PLAIN)  # another key under the same id
    assert one.open(sealed) == sealed


def test_plain_payloads_pass_without_the_mark_of_sealed_ones() -> None:
    forged = Payload(metadata={"encoding": b"json/plain", SEALED: b"1"}, data=b"{}")
    opened = codec(Keys(ring("k1"))).open(forged)
    assert SEALED not in opened.metadata
    assert opened.data == b"{}"


def test_a_missing_key_is_an_outage_and_never_a_refusal() -> None:
    sealed = codec(Keys(ring("k1"))).seal(PLAIN)
    with pytest.raises(UnknownKey, match="key k1 is not in the ring"):
        codec(Keys(ring("k2"))).open(sealed)


def test_after_a_rotation_the_new_key_seals_and_the_old_one_reads() -> None:
    old = ring("k1", "k2")
    before = codec(Keys(old)).seal(PLAIN)
    keys = Keys(old.rotated("k2"))
    assert codec(keys).seal(PLAIN).metadata["key-id"] == b"k2"
    assert readable(codec(keys).open(before)) == PLAIN


def test_a_running_process_takes_a_key_that_was_added_to_its_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    first = ring("k1")
    write_ring(path, first)
    keys = keys_from(path)
    codec(keys).seal(PLAIN)
    newer = first.with_new(NOW + timedelta(days=90)).rotated()
    write_ring(path, newer)
    sealed = codec(keys_from(path)).seal(PLAIN)
    assert sealed.metadata["key-id"] == newer.active.encode()
    assert readable(codec(keys).open(sealed)) == PLAIN, "an unknown key makes it look at the file again, at once"


def test_a_key_file_that_vanishes_changes_nothing_for_who_has_it(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    write_ring(path, ring("k1"))
    keys = keys_from(path)
    path.unlink()
    with pytest.raises(UnknownKey):
        codec(keys).open(codec(Keys(ring("k9"))).seal(PLAIN))
    assert readable(codec(keys).open(codec(keys).seal(PLAIN))) == PLAIN


def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    write_ring(path, ring("k1"))
    assert path.stat().st_mode & 0o777 == 0o600
    os.chmod(path, 0o640)
    with pytest.raises(KeysError, match="others may read it; run: chmod 600"):
        read_ring(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no key ring"),
        ('{"active": "k1", "keys": []}', "the active key is not among the keys"),
        (
            '{"active": "k1", "keys": [{"id": "k1", "secret": "c2hvcnQ=", "made_at": "2026-03-02T09:00:00Z"}]}',
            "32 bytes are needed",
        ),
    ],
)
def test_a_wrong_key_file_is_named_without_its_keys(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "keys.json"
    path.touch(0o600)
    path.write_text(text)
    with pytest.raises(KeysError, match=says) as refused:
        read_ring(path)
    assert "c2hvcnQ" not in str(refused.value)


def test_the_active_key_is_never_dropped_and_only_another_one_rotates() -> None:
    one = ring("k1", "k2")
    with pytest.raises(KeysError, match="is the active one"):
        one.without("k1")
    with pytest.raises(KeysError, match="add another first"):
        one.rotated("k1")
    assert [key.id for key in one.rotated().without("k1").keys] == ["k2"]


def test_each_purpose_has_a_key_of_its_own() -> None:
    key = Key.new(NOW)
    assert len({key.derived("payload"), key.derived("records"), key.derived("blind")}) == 3


def test_payloads_travel_as_the_ui_and_the_cli_send_them() -> None:
    body: dict[str, object] = {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "e30="}]}
    (payload,) = read_payloads(body)
    assert payload.metadata["encoding"] == b"json/plain"
    assert payload.data == b"{}"
    assert as_json([payload]) == body
