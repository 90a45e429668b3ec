"""Remittances by the key of their content, the provider's ledger, and deposits; what pairs is paired as it comes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, select, update

from adapters.records import schema
from adapters.records.turns import take_turns
from adapters.records.upsert import insert_all_once, insert_once, storable
from claims.base import Day, Instant, Value
from claims.cash import Accounting, Places
from claims.deposits import Deposit, Fit, Payment, fit, plain
from claims.provider_ledger import ProviderEntry


class RemittanceRow(Places):
    """One 835 set and where its cash is, in cents: payment = posted + held + unmatched + provider."""

    key: str
    document: str
    trace_number: str
    payer: str
    payer_id: str
    originator: str
    payee: str
    payee_id: str
    method: str
    paid_on: Day | None
    claims: int
    held: str
    """Why the set is held whole; empty where it is not."""
    at: Instant
    superseded_by: str = ""
    """The key of a better copy of the same payment; this one counts for nothing then."""
    paired_with: str = ""
    """The id of the deposit that brought its money."""

    @property
    def expects_deposit(self) -> bool:
        """Money that should be at the bank and was not seen there yet."""
        return _payment(self).electronic and not self.paired_with and not self.superseded_by


class DepositRow(Deposit):
    """A deposit as kept. `fits` says why it is not paired though a remittance has its trace: `amount` or `payer`."""

    id: str
    paired_with: str = ""
    """The key of the remittance that explains it."""
    fits: Fit = ""


def record(connection: Connection, document: str, accounts: Sequence[Accounting], at: datetime) -> frozenset[str]:
    """Writes each set's row, its ledger entries and its pairing -> the keys of sets that were known before."""
    repeated = set()
    if accounts:
        # a deposit that comes at the same time and sees nothing of these sets would never pair with one
        take_turns(connection, "cash")
    for one in accounts:
        row = {name: value for name, value in one.model_dump().items() if name in schema.remittances.c}
        row = {name: storable(value) if isinstance(value, str) else value for name, value in row.items()}
        row |= {"document": document, "plain_trace": plain(one.trace_number), "at": at}
        if not insert_once(connection, schema.remittances, row):
            repeated.add(one.key)
            continue
        entries = [
            {name: storable(v) if isinstance(v, str) else v for name, v in entry.model_dump().items()}
            for entry in one.adjustments
        ]
        insert_all_once(connection, schema.provider_entries, [{"remittance": one.key, **entry} for entry in entries])
        _pair_remittance(connection, one)
    return frozenset(repeated)


def supersede(connection: Connection, accounts: Sequence[Accounting], at: datetime) -> None:
    """A copy that was cut off or doesn't sum counts no longer once a good copy of the same payment is there.

    The same payment has the same payer, payee, trace number and amount. The good copy may come first.
    """
    table = schema.remittances
    for one in accounts:
        if not one.trace_number:
            continue
        same = (
            table.c.plain_trace == plain(one.trace_number),
            table.c.payer_id == storable(one.payer_id),
            table.c.payer == storable(one.payer),
            table.c.payee_id == storable(one.payee_id),
            table.c.payment_cents == one.payment_cents,
            table.c.superseded_by == "",
        )
        rows = connection.execute(select(table.c.key, table.c.held, table.c.document).where(*same)).all()
        good = next((row.key for row in rows if not row.held), None)
        for row in rows if good else ():
            if row.held:
                connection.execute(update(table).where(table.c.key == row.key).values(superseded_by=good))
                _close_items(connection, row.key, at)


def _close_items(connection: Connection, key: str, at: datetime) -> None:
    table = schema.unmatched
    connection.execute(
        update(table)
        .where(table.c.remittance == key, table.c.resolution == "")
        .values(resolution="superseded", resolved_at=at, resolved_why="a good copy of the same payment came")
    )


def remittances(connection: Connection, limit: int) -> tuple[RemittanceRow, ...]:
    """Newest first."""
    table = schema.remittances
    columns = [column for column in table.c if column.name not in ("segment", "plain_trace")]
    query = select(*columns).order_by(table.c.at.desc(), table.c.key).limit(limit)
    return tuple(RemittanceRow(**row._mapping) for row in connection.execute(query))


def provider_entries(connection: Connection) -> tuple[ProviderEntry, ...]:
    """All of them, but those of superseded remittances: what is open depends on every one."""
    entry, remittance = schema.provider_entries, schema.remittances
    query = select(
        *(column for column in entry.c if column.name != "done_at"),
        remittance.c.document,
        remittance.c.trace_number,
        remittance.c.payer,
        remittance.c.payer_id,
        remittance.c.payee_id.label("payee"),
        remittance.c.paid_on.label("on"),
        remittance.c.at,
    ).where(entry.c.remittance == remittance.c.key, remittance.c.superseded_by == "")
    return tuple(ProviderEntry(**row._mapping) for row in connection.execute(query))


def finish_entry(connection: Connection, entry: ProviderEntry, *, by: str, why: str, at: datetime) -> bool:
    """A person dealt with it, once -> whether nobody had before."""
    table = schema.provider_entries
    done = connection.execute(
        update(table)
        .where(table.c.remittance == entry.remittance, table.c.position == entry.position, table.c.done_by == "")
        .values(done_by=storable(by), done_at=at, done_why=storable(why))
    )
    return done.rowcount == 1


# Deposits


def add_deposits(connection: Connection, deposits: Sequence[Deposit]) -> int:
    """How many were new: the same deposit again (trace, amount, payer, day) is one."""
    new = 0
    take_turns(connection, "cash")
    for one in deposits:
        row = {name: storable(v) if isinstance(v, str) else v for name, v in one.model_dump().items()}
        row |= {"id": deposit_id(one), "plain_trace": plain(one.trace_number)}
        if insert_once(connection, schema.deposits, row):
            new += 1
            _pair_deposit(connection, row["id"], one)
    return new


def deposit_id(deposit: Deposit) -> str:
    words = (plain(deposit.trace_number), str(deposit.amount_cents), plain(deposit.payer), deposit.on.isoformat())
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:16]


def deposits(connection: Connection, limit: int) -> tuple[DepositRow, ...]:
    """Newest first; one that is not paired says whether a remittance has its trace."""
    table = schema.deposits
    columns = [column for column in table.c if column.name != "plain_trace"]
    rows = connection.execute(select(*columns).order_by(table.c.on.desc(), table.c.id).limit(limit)).all()
    return tuple(_deposit_row(connection, row) for row in rows)


def _deposit_row(connection: Connection, row: Row[Any]) -> DepositRow:
    found = DepositRow(**row._mapping)
    if found.paired_with:
        return found
    fits = [fit(found, _payment(other)) for other in _same_trace(connection, schema.remittances, found.trace_number)]
    return found.model_copy(update={"fits": next(filter(None, fits), "")})


def _pair_deposit(connection: Connection, deposit_key: str, deposit: Deposit) -> None:
    for row in _same_trace(connection, schema.remittances, deposit.trace_number):
        if not row.paired_with and not row.superseded_by and fit(deposit, _payment(row)) == "pair":
            _join(connection, row.key, deposit_key)
            return


def _pair_remittance(connection: Connection, one: Accounting) -> None:
    for row in _same_trace(connection, schema.deposits, one.trace_number):
        if not row.paired_with and fit(Deposit.model_validate(_fields(row, Deposit)), _payment(one)) == "pair":
            _join(connection, one.key, row.id)
            return


def _same_trace(connection: Connection, table: Table, trace: str) -> Sequence[Row[Any]]:
    if not plain(trace):
        return ()
    return connection.execute(select(table).where(table.c.plain_trace == plain(trace))).all()


def _join(connection: Connection, remittance: str, deposit: str) -> None:
    for table, column, own, other in (
        (schema.remittances, "key", remittance, deposit),
        (schema.deposits, "id", deposit, remittance),
    ):
        connection.execute(update(table).where(table.c[column] == own).values(paired_with=other))


def _fields(row: Row[Any], kind: type[Value]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kind.model_fields}


def _payment(row: Any) -> Payment:
    return Payment(
        trace_number=row.trace_number,
        amount_cents=row.payment_cents,
        payer=row.payer,
        payer_id=row.payer_id,
        originator=row.originator,
        method=row.method,
        on=row.paid_on,
    )
