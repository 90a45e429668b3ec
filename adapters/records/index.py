"""The matching index: which claims any number of a document may mean. It finds candidates; matching.py decides.

Every look-up is by the key of `claim_numbers`. Numbers are compared without case, envelopes without leading zeros.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy import Connection, and_, bindparam, delete, select, tuple_

from adapters.records import schema
from adapters.records.cipher import Cipher
from adapters.records.upsert import Row, insert_all_once, insert_once, storable
from claims.claim import Claim
from claims.matching import IndexEntry, SubmissionKey
from claims.numbers import plain as plain_number
from claims.numbers import plain_member
from claims.ports import ControlNumbers, RecordsError

_CHUNK = 400
"""Values in one statement; SQLite allows 32,766 variables, PostgreSQL 65,535."""

ClaimKey = tuple[str, str]
V = TypeVar("V")


def plain(value: str) -> str:
    return plain_number(storable(value))


def _envelope(value: str) -> str:
    return storable(value).strip().lstrip("0") or "0"


def member(value: str) -> str:
    return plain_member(storable(value))


_OF_A_PERSON = frozenset({"patient", "payer", "member"})
"""Kinds of numbers that mean somebody's claim or card; envelopes and traces mean files and checks."""


def stored(kind: str, value: str, cipher: Cipher) -> tuple[str, str]:
    return kind, cipher.blind(value) if kind in _OF_A_PERSON else value


def sought(kind: str, values: Iterable[str], cipher: Cipher) -> set[str]:
    """Every form in which these values may be stored: rows from before a rotation, and before the first key."""
    plain = set(values) - {""}
    return {form for value in plain for form in cipher.blinds(value)} if kind in _OF_A_PERSON else plain


def numbers_of(entry: IndexEntry) -> set[tuple[str, str]]:
    numbers = {("patient", plain(entry.patient_control_number))}
    numbers |= {("payer", plain(value)) for value in entry.payer_claim_control_numbers}
    numbers |= {("trace", plain(value)) for value in entry.traces}
    numbers |= {("member", member(value)) for value in entry.member_ids}
    for key in entry.submissions:
        # a TA1 quotes the interchange, a 999 the group: either finds the envelope
        numbers |= {
            ("envelope", _envelope(value))
            for value in (key.interchange_control_number, key.group_control_number)
            if value
        }
    return {(kind, value) for kind, value in numbers if value}


def first_entry(practice: str, claim_id: str, claim: Claim) -> IndexEntry:
    """What is known of a claim for finding it before its first step."""
    return IndexEntry(
        practice=practice,
        claim_id=claim_id,
        patient_control_number=claim.patient_control_number,
        payer_ids=tuple(c.payer.payer_id for c in claim.coverages if c.payer.payer_id),
        payer_claim_control_numbers=tuple(filter(None, [claim.payer_claim_control_number])),
        member_ids=tuple(c.member_id for c in claim.coverages if c.member_id),
        service_from=claim.service_from,
        service_to=claim.service_to,
        charge_cents=claim.charge_cents,
        line_control_numbers=tuple(line.control_number for line in claim.lines if line.control_number),
        lines=tuple((line.procedure or line.revenue_code, line.charge_cents) for line in claim.lines),
    )


def seal(entry: IndexEntry, cipher: Cipher) -> bytes:
    about = f"index/{entry.practice}/{entry.claim_id}"
    return cipher.seal(entry.model_dump_json().encode(), about=about)


_DELETE = delete(schema.claim_numbers).where(
    schema.claim_numbers.c.practice == bindparam("of_practice"),
    schema.claim_numbers.c.claim_id == bindparam("of_claim"),
)
_SENT = select(schema.submissions.c.patient_control_number, schema.submissions.c.interchange).where(
    schema.submissions.c.practice == bindparam("of_practice"), schema.submissions.c.claim_id == bindparam("of_claim")
)


def new_numbers(sealed: bytes, entry: IndexEntry, cipher: Cipher) -> frozenset[tuple[str, str]] | None:
    """What of `entry` a claim is not known by yet; None where its numbers as they stand are those of `entry`.

    All of them where what stands can't be read.
    """
    about = f"index/{entry.practice}/{entry.claim_id}"
    try:
        stands = IndexEntry.model_validate_json(cipher.unseal(bytes(sealed), about=about))
    except (ValidationError, RecordsError):
        return frozenset(numbers_of(entry))
    before, now = numbers_of(stands), numbers_of(entry)
    return None if before == now else frozenset(now - before)


def replace_numbers(connection: Connection, entry: IndexEntry, cipher: Cipher) -> None:
    """The numbers of a claim as `entry` has them, and those of its remembered submissions."""
    table = schema.claim_numbers
    numbers = numbers_of(entry)
    mine = {"of_practice": entry.practice, "of_claim": entry.claim_id}
    # deleted first: a submission whose numbers go here was kept before, so that the query below sees it
    connection.execute(_DELETE, mine)
    for row in connection.execute(_SENT, mine):
        numbers |= {("patient", plain(row.patient_control_number)), ("envelope", str(row.interchange))}
    key = {"practice": entry.practice, "claim_id": entry.claim_id}
    kept = sorted(stored(kind, value, cipher) for kind, value in numbers)
    insert_all_once(connection, table, [{"kind": kind, "value": value, **key} for kind, value in kept])


def remember_submission(
    connection: Connection,
    *,
    practice: str,
    claim_id: str,
    submission: int,
    claim: Claim,
    numbers: ControlNumbers,
    document: str,
    cipher: Cipher,
) -> None:
    """A submission is found by its numbers from before it leaves, whatever became of the workflow's own record."""
    key = {"practice": practice, "claim_id": claim_id}
    # behind or before whoever writes a step of the claim and its numbers anew, never in between (PostgreSQL)
    claims = schema.claims
    mine = and_(claims.c.practice == practice, claims.c.claim_id == claim_id)
    connection.execute(select(claims.c.sequence).where(mine).with_for_update())
    row: Row = {
        **key,
        "submission": submission,
        "patient_control_number": claim.patient_control_number,
        "interchange": numbers.interchange,
        "group": numbers.group,
        "set": numbers.set,
        "document": document,
        "claim": cipher.seal(claim.model_dump_json().encode(), about=f"submission/{practice}/{claim_id}/{submission}"),
    }
    if insert_once(connection, schema.submissions, row):
        found = {("patient", plain(claim.patient_control_number)), ("envelope", str(numbers.interchange))}
        kept = sorted(stored(kind, value, cipher) for kind, value in found)
        rows = [{"kind": kind, "value": value, **key} for kind, value in kept]
        insert_all_once(connection, schema.claim_numbers, rows)


def candidates(
    connection: Connection,
    *,
    patient_control_numbers: Sequence[str],
    payer_claim_control_numbers: Sequence[str],
    interchanges: Sequence[str],
    traces: Sequence[str],
    member_ids: Sequence[str],
    cipher: Cipher,
) -> tuple[IndexEntry, ...]:
    wanted = {
        "patient": {plain(value) for value in patient_control_numbers},
        "payer": {plain(value) for value in payer_claim_control_numbers},
        "envelope": {_envelope(value) for value in interchanges if value.strip()},
        "trace": {plain(value) for value in traces},
        "member": {member(value) for value in member_ids if value.strip()},
    }
    table = schema.claim_numbers
    found: set[ClaimKey] = set()
    for kind, values in wanted.items():
        for chunk in chunks(sorted(sought(kind, values, cipher))):
            matching = and_(table.c.kind == kind, table.c.value.in_(chunk))
            rows = connection.execute(select(table.c.practice, table.c.claim_id).where(matching))
            found |= {(row.practice, row.claim_id) for row in rows}
    return tuple(_entries(connection, sorted(found), cipher))


def _entries(connection: Connection, keys: Sequence[ClaimKey], cipher: Cipher) -> Iterator[IndexEntry]:
    claims, sent = schema.claims, schema.submissions
    for chunk in chunks(keys):
        chosen = tuple_(claims.c.practice, claims.c.claim_id).in_(chunk)
        columns = select(claims.c.practice, claims.c.claim_id, claims.c.index_entry)
        rows = connection.execute(columns.where(chosen).order_by(claims.c.practice, claims.c.claim_id)).all()
        remembered: dict[ClaimKey, list[SubmissionKey]] = {}
        columns_sent = select(
            sent.c.practice, sent.c.claim_id, sent.c.submission, sent.c.interchange, sent.c.group, sent.c.set
        )
        for row in connection.execute(columns_sent.where(tuple_(sent.c.practice, sent.c.claim_id).in_(chunk))):
            key = SubmissionKey(
                submission=row.submission,
                interchange_control_number=f"{row.interchange:09d}",
                group_control_number=str(row.group),
                set_control_number=row.set,
            )
            remembered.setdefault((row.practice, row.claim_id), []).append(key)
        for claim in rows:
            about = f"index/{claim.practice}/{claim.claim_id}"
            entry = IndexEntry.model_validate_json(cipher.unseal(bytes(claim.index_entry), about=about))
            yield _with_submissions(entry, remembered.get((claim.practice, claim.claim_id), []))


def _with_submissions(entry: IndexEntry, remembered: Iterable[SubmissionKey]) -> IndexEntry:
    """A submission that the claim hasn't taken note of yet is added; what the claim itself says comes first."""
    keys = {key.submission: key for key in remembered}
    keys |= {key.submission: key for key in entry.submissions if key.interchange_control_number}
    for key in entry.submissions:
        keys.setdefault(key.submission, key)
    return entry.model_copy(update={"submissions": tuple(keys[number] for number in sorted(keys))})


def chunks(values: Sequence[V]) -> Iterator[Sequence[V]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
