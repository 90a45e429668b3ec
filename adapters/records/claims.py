"""What is kept of each claim: who it is, its steps for good, its newest look, and its full state once archived."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, and_, bindparam, delete, exists, select, update
from sqlalchemy.sql.elements import ColumnElement

from adapters.records import index, schema, second_looks
from adapters.records.cipher import Cipher
from adapters.records.upsert import insert_all_once, insert_once
from claims.claim import Claim
from claims.matching import IndexEntry
from claims.ports import JournalEntry, KnownClaim, RecordsError
from claims.state import ClaimState
from claims.status import Stage, Status
from claims.versions import NewerVersion
from claims.views import ClaimView


def _is(table: Table, practice: str, claim_id: str) -> ColumnElement[bool]:
    return and_(table.c.practice == practice, table.c.claim_id == claim_id)


def _mine(table: Table) -> ColumnElement[bool]:
    """The same for statements that are made once: building one takes longer than carrying it out."""
    return and_(table.c.practice == bindparam("of_practice"), table.c.claim_id == bindparam("of_claim"))


def known(connection: Connection, practice: str, claim_id: str) -> KnownClaim | None:
    table = schema.claims
    row = connection.execute(
        select(table.c.patient_control_number, table.c.fingerprint, table.c.stage).where(
            _is(table, practice, claim_id), table.c.fingerprint.is_not(None)
        )
    ).one_or_none()
    if row is None:
        return None
    return KnownClaim(
        practice=practice,
        claim_id=claim_id,
        patient_control_number=row.patient_control_number,
        fingerprint=row.fingerprint,
        closed=row.stage == Stage.CLOSED,
    )


def register(
    connection: Connection,
    *,
    practice: str,
    claim_id: str,
    claim: Claim,
    fingerprint: str,
    at: datetime,
    cipher: Cipher,
) -> KnownClaim | None:
    """None where the claim is new. It is in lists, and found by documents, from this moment on."""
    table = schema.claims
    entry = index.first_entry(practice, claim_id, claim)
    row = _columns(_first_view(practice, claim_id, claim, at), entry, cipher, sequence=0)
    if insert_once(connection, table, {**row, "fingerprint": fingerprint}):
        index.replace_numbers(connection, entry, cipher)
        return None
    unregistered = and_(_is(table, practice, claim_id), table.c.fingerprint.is_(None))
    if connection.execute(update(table).where(unregistered).values(fingerprint=fingerprint)).rowcount == 1:
        return None
    return known(connection, practice, claim_id)


def _first_view(practice: str, claim_id: str, claim: Claim, at: datetime) -> ClaimView:
    payer = claim.coverages[0].payer if claim.coverages else None
    return ClaimView(
        practice=practice,
        claim_id=claim_id,
        patient_control_number=claim.patient_control_number,
        payer=payer.name if payer else "",
        payer_id=payer.payer_id if payer else "",
        stage=Stage.REGISTERED,
        status=Status.REGISTERED,
        since=at,
        charge_cents=claim.charge_cents,
        paid_cents=0,
        contractual_cents=0,
        written_off_cents=0,
        patient_cents=0,
        next_payer_cents=0,
        open_cents=claim.charge_cents,
        service_from=claim.service_from,
        registered_at=at,
        changed_at=at,
    )


_COPIED = (
    "practice",
    "claim_id",
    "patient_control_number",
    "registered_at",
    "changed_at",
    "stage",
    "status",
    "payer",
    "payer_id",
    "owner",
    "needs_action",
    "next_deadline",
    "service_from",
    "charge_cents",
    "paid_cents",
    "contractual_cents",
    "written_off_cents",
    "patient_cents",
    "next_payer_cents",
    "open_cents",
)


def _columns(view: ClaimView, entry: IndexEntry, cipher: Cipher, *, sequence: int) -> Mapping[str, Any]:
    columns: dict[str, Any] = {name: getattr(view, name) for name in _COPIED}
    return columns | {
        "view": view.model_dump_json(),
        "index_entry": index.seal(entry, cipher),
        "sequence": sequence,
    }


def write_steps(
    connection: Connection,
    *,
    practice: str,
    claim_id: str,
    entries: Sequence[JournalEntry],
    view: ClaimView,
    entry: IndexEntry,
    cipher: Cipher,
    where: str,
) -> Sequence[JournalEntry]:
    """Those of the steps that are new. The look and the index only ever get newer; of steps with one sequence the last
    that was written counts.

    A worker may die between writing steps and recording in the workflow's history that it did. The task is then done
    anew, at another time and perhaps with a message more: what the history says in the end is what stands here.
    """
    table = schema.claims
    sequence = max((e.sequence for e in entries), default=0)
    row = _columns(view, entry, cipher, sequence=sequence)
    held = _held(connection, practice, claim_id)
    newer = held is None and insert_once(connection, table, row)
    if not newer:
        held = held or _held(connection, practice, claim_id)
        known_sequence, known_changed = (held.sequence, held.changed_at) if held else (0, view.changed_at)
        newer = (bool(entries) and sequence >= known_sequence) or (not entries and view.changed_at >= known_changed)
        if newer:
            kept = {**row, "sequence": max(sequence, known_sequence)}
            connection.execute(_UPDATE, {**kept, "of_practice": practice, "of_claim": claim_id})
    # the row's sequence is that of the last step that was ever written: a later one can't be there
    written_to = held.sequence if held else max((e.sequence for e in entries), default=0)
    fresh = _write_journal(connection, practice, claim_id, entries, written_to)
    if newer:
        _write_numbers(connection, held, entry, cipher)
        if held is None or held.has_tasks or view.tasks:
            _replace_tasks(connection, view)
        _replace_deadlines(connection, view)
    return fresh


def _write_numbers(connection: Connection, held: Any | None, entry: IndexEntry, cipher: Cipher) -> None:
    """With its first step a claim can be reached: what waited for any of its numbers may come."""
    first = held is None or held.sequence == 0
    fresh = index.new_numbers(held.index_entry, entry, cipher) if held is not None else index.numbers_of(entry)
    if fresh is not None:
        index.replace_numbers(connection, entry, cipher)
    told = index.numbers_of(entry) if first else fresh
    if told:
        second_looks.claim_is_known_by(connection, told, cipher)


_UPDATE = update(schema.claims).where(_mine(schema.claims))
_DELETE_TASKS = delete(schema.tasks).where(_mine(schema.tasks))
_DELETE_DEADLINES = delete(schema.deadlines).where(_mine(schema.deadlines))
_HAS_TASKS = exists().where(
    schema.tasks.c.practice == schema.claims.c.practice, schema.tasks.c.claim_id == schema.claims.c.claim_id
)
_HELD = (
    select(
        schema.claims.c.sequence,
        schema.claims.c.changed_at,
        schema.claims.c.index_entry,
        _HAS_TASKS.label("has_tasks"),
    )
    .where(_mine(schema.claims))
    .with_for_update(of=schema.claims)
)


def _held(connection: Connection, practice: str, claim_id: str) -> Any | None:
    """How far a claim is written; its row stays locked, which keeps two writers of one claim apart (PostgreSQL)."""
    return connection.execute(_HELD, {"of_practice": practice, "of_claim": claim_id}).one_or_none()


def _write_journal(
    connection: Connection, practice: str, claim_id: str, entries: Sequence[JournalEntry], written_to: int
) -> Sequence[JournalEntry]:
    """`written_to`: no step with a later sequence can be there."""
    table = schema.journal
    maybe_there = [e.sequence for e in entries if e.sequence <= written_to]
    there: dict[int, JournalEntry] = {}
    if maybe_there:
        query = select(table).where(_is(table, practice, claim_id), table.c.sequence.in_(maybe_there))
        there = {row.sequence: journal_entry(row._mapping) for row in connection.execute(query)}
    fresh: list[dict[str, Any]] = []
    for entry in entries:
        if there.get(entry.sequence) == entry:
            continue
        if entry.sequence in there:
            connection.execute(delete(table).where(_is(table, practice, claim_id), table.c.sequence == entry.sequence))
        fields = entry.model_dump()
        fields |= {"actor": fields.pop("by"), "effects": json.dumps(entry.effects), "path": json.dumps(entry.path)}
        fresh.append({"practice": practice, "claim_id": claim_id, **fields})
    insert_all_once(connection, table, fresh)
    return [entry for entry in entries if there.get(entry.sequence) != entry]


def journal_entry(row: RowMapping) -> JournalEntry:
    """A row of the journal as a value."""
    return JournalEntry(
        sequence=row["sequence"],
        at=row["at"],
        event=row["event"],
        event_id=row["event_id"],
        by=row["actor"],
        before=row["before"],
        after=row["after"],
        path=tuple(json.loads(row["path"])),
        effects=tuple(json.loads(row["effects"])),
        refused=row["refused"],
        summary=row["summary"],
    )


def _replace_tasks(connection: Connection, view: ClaimView) -> None:
    connection.execute(_DELETE_TASKS, {"of_practice": view.practice, "of_claim": view.claim_id})
    rows = [_child(view, "task_id", task.model_dump()) for task in view.tasks]
    insert_all_once(connection, schema.tasks, rows)


def _replace_deadlines(connection: Connection, view: ClaimView) -> None:
    connection.execute(_DELETE_DEADLINES, {"of_practice": view.practice, "of_claim": view.claim_id})
    rows = [_child(view, "deadline_id", deadline.model_dump()) for deadline in view.deadlines]
    insert_all_once(connection, schema.deadlines, rows)


def _child(view: ClaimView, key: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"practice": view.practice, "claim_id": view.claim_id, key: fields.pop("id"), **fields}


def archive(connection: Connection, state: ClaimState, cipher: Cipher) -> None:
    """The newest state is kept: an older one that arrives late changes nothing; the same sequence again replaces."""
    table = schema.archives
    sealed = cipher.seal(state.model_dump_json().encode(), about=f"archive/{state.practice}/{state.claim_id}")
    row = {"sequence": state.sequence, "archived_at": state.changed_at, "state": sealed}
    if not insert_once(connection, table, {"practice": state.practice, "claim_id": state.claim_id, **row}):
        older = and_(_is(table, state.practice, state.claim_id), table.c.sequence <= state.sequence)
        connection.execute(update(table).where(older).values(**row))


def last_step(connection: Connection, practice: str, claim_id: str) -> int:
    """The sequence of the newest step that is written; 0 where there is none."""
    table = schema.claims
    return int(connection.scalar(select(table.c.sequence).where(_is(table, practice, claim_id))) or 0)


def archived(connection: Connection, practice: str, claim_id: str, cipher: Cipher) -> ClaimState | None:
    table = schema.archives
    sealed = connection.scalar(select(table.c.state).where(_is(table, practice, claim_id)))
    if sealed is None:
        return None
    stored = cipher.unseal(bytes(sealed), about=f"archive/{practice}/{claim_id}")
    try:
        return ClaimState.model_validate_json(stored)
    except NewerVersion as error:
        raise RecordsError(str(error)) from None
