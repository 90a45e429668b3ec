"""Patients' accounts: their read model, their steps (in the journal, under `account/ID`) and their archive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from adapters.records import schema
from adapters.records.cipher import Cipher
from adapters.records.upsert import insert_once
from claims.accounts.state import AccountState
from claims.accounts.views import AccountEntry, AccountView
from claims.ports import RecordsError
from claims.versions import NewerVersion

SHOWN = 12
"""How much of an account's id lists show, which is enough to name it by."""
_COPIED = (
    "practice",
    "account",
    "standing",
    "balance_cents",
    "credit_cents",
    "needs_action",
    "next_at",
    "changed_at",
    "sequence",
)


def _key(account: str) -> str:
    """Where an account's steps and archive stand in tables that claims share: no claim id has a stroke in it."""
    return f"account/{account}"


def write(connection: Connection, entries: Sequence[AccountEntry], view: AccountView) -> tuple[AccountEntry, ...]:
    """Those of the steps that are new: the others stay as they are. A view older than the one kept changes nothing."""
    table = schema.accounts
    row = {name: getattr(view, name) for name in _COPIED} | {"view": view.model_dump_json()}
    if not insert_once(connection, table, row):
        mine = and_(table.c.practice == view.practice, table.c.account == view.account)
        connection.execute(update(table).where(mine, table.c.sequence <= view.sequence).values(**row))
    return tuple(one for one in entries if insert_once(connection, schema.journal, _step(view, one)))


def _step(view: AccountView, entry: AccountEntry) -> dict[str, Any]:
    fields = entry.model_dump()
    fields["actor"] = fields.pop("by")
    fields["effects"] = json.dumps(fields["effects"])
    return {"practice": view.practice, "claim_id": _key(view.account), "path": "[]", **fields}


def steps(connection: Connection, practice: str, account: str) -> tuple[AccountEntry, ...]:
    """All steps of an account, in order."""
    table = schema.journal
    mine = and_(table.c.practice == practice, table.c.claim_id == _key(account))
    rows = connection.execute(select(table).where(mine).order_by(table.c.sequence)).mappings()
    return tuple(
        AccountEntry(
            by=row["actor"],
            effects=tuple(json.loads(row["effects"])),
            **{name: row[name] for name in ("sequence", "at", "event", "event_id", "before", "after", "refused")},
            summary=row["summary"],
        )
        for row in rows
    )


def listed(
    connection: Connection, *, practice: str | None, everything: bool, needs_action: bool | None, limit: int
) -> tuple[AccountView, ...]:
    """Accounts by what is owed, the most first; `everything` shows those that owe nothing, too."""
    table = schema.accounts
    query = select(table.c.view).order_by(table.c.balance_cents.desc(), table.c.practice, table.c.account)
    if practice:
        query = query.where(table.c.practice == practice)
    if needs_action is not None:
        query = query.where(table.c.needs_action == needs_action)
    if not everything:
        query = query.where(or_(table.c.balance_cents != 0, table.c.credit_cents != 0, table.c.needs_action))
    return tuple(AccountView.model_validate_json(view) for view in connection.scalars(query.limit(limit)))


def find(connection: Connection, reference: str) -> tuple[AccountView, ...]:
    """By account id (the first twelve characters of it do), `practice/account`, or workflow id."""
    practice, _, account = reference.removeprefix("account/").rpartition("/")
    table = schema.accounts
    named = table.c.account == account
    if len(account) >= SHOWN:
        named = or_(named, table.c.account.startswith(account, autoescape=True))
    query = select(table.c.view).where(named)
    if practice:
        query = query.where(table.c.practice == practice)
    return tuple(AccountView.model_validate_json(view) for view in connection.scalars(query))


def archive(connection: Connection, state: AccountState, cipher: Cipher) -> None:
    """The newest state is kept."""
    table, key = schema.archives, _key(state.account)
    sealed = cipher.seal(state.model_dump_json().encode(), about=f"archive/{state.practice}/{key}")
    row = {"sequence": state.sequence, "archived_at": state.changed_at, "state": sealed}
    if not insert_once(connection, table, {"practice": state.practice, "claim_id": key, **row}):
        older = and_(table.c.practice == state.practice, table.c.claim_id == key, table.c.sequence <= state.sequence)
        connection.execute(update(table).where(older).values(**row))


def archived(connection: Connection, practice: str, account: str, cipher: Cipher) -> AccountState | None:
    table, key = schema.archives, _key(account)
    sealed = connection.scalar(select(table.c.state).where(table.c.practice == practice, table.c.claim_id == key))
    if sealed is None:
        return None
    stored = cipher.unseal(bytes(sealed), about=f"archive/{practice}/{key}")
    try:
        return AccountState.model_validate_json(stored)
    except NewerVersion as error:
        raise RecordsError(str(error)) from None
