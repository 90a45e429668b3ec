"""Where the payers' money is: `remittances`, `provider-ledger`, and the bank's side of it, `deposit` and `deposits`."""

from __future__ import annotations

import asyncio
import csv
import getpass
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from adapters.records.cash import DepositRow, RemittanceRow
from adapters.tables.loader import load_tables
from claims.deadlines import wait_for
from claims.deposits import Deposit, pairing_due
from claims.money import NotAnAmount, cents, dollars
from claims.payer_rules import rules_for
from claims.provider_ledger import Balance, balances
from claims.tables import Tables
from commands.context import note_list, open_room
from commands.reading import AsJson
from commands.screen import console, counted, money, print_json
from commands.trouble import Trouble, Unreadable, why_unreadable
from commands.unmatched import By, Reason

Limit = Annotated[int, typer.Option(help="At most so many.", min=1, max=10_000)]


def remittances(
    late: Annotated[bool, typer.Option("--late", help="Only those whose money is overdue at the bank.")] = False,
    limit: Limit = 500,
    as_json: AsJson = False,
) -> None:
    """List remittances, the newest first: payment = posted + held + unmatched + provider level, and its deposit.

    An electronic payment is due at the bank within four business days (CAQH CORE 370), or as the payer's rules say.

    [bold]Example:[/] python starter.py remittances --late
    """

    async def look() -> None:
        async with open_room(server=False) as room:
            rows = await room.records.remittances(limit=limit)
            money_in = {one.id: one for one in await room.records.deposits(limit=10_000)}
        tables, today = load_tables(sandbox=True), _today()
        told = [remittance_json(row, money_in, tables, today) for row in rows]
        if late:
            told = [one for one in told if one["deposit_late"]]
        if as_json:
            print_json(told)
        else:
            console().print(_remittances_table(told))

    asyncio.run(look())


def provider_ledger(
    open_only: Annotated[
        bool, typer.Option("--open", help="Only balances that are open, and what a person has to look at.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List what payers adjust outside of any claim (PLB): recoveries, forwarded balances, interest, withholdings.

    A positive amount reduced the payment. A forwarded balance (FB) is open until a later remittance settles it.

    [bold]Example:[/] python starter.py provider-ledger --open
    """

    async def look() -> None:
        async with open_room(server=False) as room:
            book = balances(await room.records.provider_entries())
            await note_list(room, "provider-ledger", len(book))
        if open_only:
            book = tuple(one for one in book if one.open_cents or one.needs_person)
        if as_json:
            print_json([entry_json(one) for one in book])
        else:
            console().print(_ledger_table(book))

    asyncio.run(look())


def settle_entry(
    entry: Annotated[
        str, typer.Argument(metavar="ENTRY", help="Its id, as `provider-ledger` shows it.", show_default=False)
    ],
    reason: Reason,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Mark an entry of the provider's ledger as dealt with by hand: nobody has to look at it any more.

    [bold]Example:[/] python starter.py settle-entry 5be0c2a917-2 --by biller-1 --reason 'levy of case 4711'
    """

    async def act() -> None:
        if not reason.strip():
            raise Trouble("an entry is settled with a reason", "Give one with --reason.")
        async with open_room(server=False) as room:
            found = [one for one in await room.records.provider_entries() if one.id == entry]
            if len(found) != 1:
                raise Trouble(f"no entry is called {entry}", "python starter.py provider-ledger shows their ids.")
            if not await room.records.finish_entry(found[0], by=by or getpass.getuser(), why=reason):
                raise Trouble(f"entry {entry} was settled by {found[0].done_by} already")
        if as_json:
            print_json({"entry": entry, "settled": True})
        else:
            console().print(f"{entry}: settled")

    asyncio.run(act())


def deposit(
    trace: Annotated[str, typer.Option("--trace", help="TRN02 of the bank's addenda.", show_default=False)],
    amount: Annotated[str, typer.Option("--amount", help="Dollars, for example 123.45.", show_default=False)],
    payer: Annotated[str, typer.Option("--payer", help="TRN03, the payer's id, or its name.", show_default=False)],
    on: Annotated[str, typer.Option("--date", help="The day it came, YYYY-MM-DD.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Record money that came to the bank; it pairs with its remittance by trace number, amount and payer.

    [bold]Example:[/] python starter.py deposit --trace 0012345 --amount 123.45 --payer 60054 --date 2026-03-09
    """
    one = _deposit({"trace": trace, "amount": amount, "payer": payer, "date": on}, "deposit", "command line")
    asyncio.run(_add([one], as_json))


def deposits(
    file: Annotated[
        Path | None,
        typer.Argument(help="CSV with the columns trace, amount, payer and date; none: list.", show_default=False),
    ] = None,
    limit: Limit = 500,
    as_json: AsJson = False,
) -> None:
    """Record the deposits of a CSV file, or list deposits with the remittances that explain them.

    A file is taken whole or not at all; a deposit that was recorded before is counted once.

    [bold]Examples:[/]

      python starter.py deposits bank.csv

      python starter.py deposits
    """
    if file is not None:
        asyncio.run(_add(read_deposits(file), as_json))
        return

    async def look() -> None:
        async with open_room(server=False) as room:
            rows = await room.records.deposits(limit=limit)
        tables, today = load_tables(sandbox=True), _today()
        told = [deposit_json(row, tables, today) for row in rows]
        if as_json:
            print_json(told)
        else:
            console().print(_deposits_table(told))

    asyncio.run(look())


def read_deposits(path: Path) -> list[Deposit]:
    """The deposits of a CSV file. Unreadable names the line and what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path}: can't be read: {why_unreadable(error)}") from None
    rows = csv.DictReader(io.StringIO(text))
    names = {name.strip().lower(): name for name in rows.fieldnames or () if name}
    if missing := [name for name in ("trace", "amount", "payer", "date") if name not in names]:
        raise Unreadable(f"{path}: no column {', '.join(missing)}", "The first line names trace, amount, payer, date.")
    return [
        _deposit({name: row[column] or "" for name, column in names.items()}, f"{path.name} line {number}", path.name)
        for number, row in enumerate(rows, 2)
    ]


def _deposit(fields: Mapping[str, str], where: str, source: str) -> Deposit:
    try:
        amount = cents(fields["amount"].replace(",", "").removeprefix("$"))
    except NotAnAmount as error:
        raise Unreadable(f"{where}: amount {error}", "Write dollars like 123.45.") from None
    if amount <= 0:
        raise Unreadable(f"{where}: a deposit is more than nothing")
    trace, payer = fields["trace"].strip(), fields["payer"].strip()
    if not trace or not payer:
        raise Unreadable(f"{where}: the {'payer' if trace else 'trace'} is empty")
    on = _day(fields["date"].strip(), where)
    return Deposit(trace_number=trace, amount_cents=amount, payer=payer, on=on, at=datetime.now(UTC), source=source)


def _day(text: str, where: str) -> date:
    for form in ("%Y-%m-%d", "%m/%d/%Y", "%Y%m%d"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise Unreadable(f"{where}: the date is no day", "Write it like 2026-03-09.")


async def _add(found: Sequence[Deposit], as_json: bool) -> None:
    async with open_room(server=False) as room:
        new = await room.records.add_deposits(found)
        paired = sum(bool(one.paired_with) for one in await room.records.deposits(limit=10_000))
    if as_json:
        print_json({"deposits": len(found), "new": new, "known": len(found) - new})
    else:
        console().print(f"{counted(len(found), 'deposit')}, {new} new; {paired} of all are paired with a remittance")


def remittance_json(
    row: RemittanceRow, money_in: Mapping[str, DepositRow], tables: Tables, today: date
) -> dict[str, Any]:
    """A remittance for JSON output: amounts as decimal strings, and when its deposit is due."""
    paid_in = money_in.get(row.paired_with)
    due = _due(row.payer_id, row.paid_on, tables) if row.expects_deposit else None
    return {
        "trace_number": row.trace_number,
        "payer": row.payer,
        "payer_id": row.payer_id,
        "payee": row.payee,
        "payee_id": row.payee_id,
        "method": row.method,
        "date": row.paid_on,
        "claims": row.claims,
        "payment": dollars(row.payment_cents),
        "posted": dollars(row.posted_cents),
        "held": dollars(row.held_cents),
        "unmatched": dollars(row.unmatched_cents),
        "provider_level": dollars(row.provider_cents),
        "difference": dollars(row.difference_cents),
        "held_because": row.held or None,
        "superseded_by": row.superseded_by or None,
        "deposit": {"id": paid_in.id, "date": paid_in.on} if paid_in else None,
        "deposit_due": due,
        "deposit_late": due is not None and today > due,
        "document": row.document,
        "key": row.key,
        "received_at": row.at.isoformat(),
    }


def entry_json(one: Balance) -> dict[str, Any]:
    """An entry of the provider's ledger for JSON output; X12's sign: a positive amount reduced the payment."""
    entry = one.entry
    return {
        "id": entry.id,
        "code": entry.code,
        "label": entry.label,
        "reference": entry.reference,
        "amount": dollars(entry.amount_cents),
        "open": dollars(one.open_cents),
        "settled_by": list(one.settled_by),
        "needs_person": one.needs_person,
        "done_by": entry.done_by or None,
        "done_because": entry.done_why or None,
        "claim": f"{entry.practice}/{entry.claim_id}" if entry.claim_id else None,
        "payer": entry.payer,
        "payer_id": entry.payer_id,
        "provider": entry.provider or entry.payee,
        "trace_number": entry.trace_number,
        "date": entry.on,
        "document": entry.document,
    }


def deposit_json(row: DepositRow, tables: Tables, today: date) -> dict[str, Any]:
    due = None if row.paired_with else _due(row.payer, row.on, tables)
    return {
        "id": row.id,
        "trace_number": row.trace_number,
        "amount": dollars(row.amount_cents),
        "payer": row.payer,
        "date": row.on,
        "paired_with": row.paired_with or None,
        "differs_in": row.fits or None,
        "remittance_due": due,
        "remittance_late": due is not None and today > due,
        "source": row.source,
    }


def _due(payer: str, on: date | None, tables: Tables) -> date | None:
    if on is None:
        return None
    return pairing_due(on, tables.holidays, wait_for(rules_for(tables.payer_rules, payer, ""), "eft_pairing"))


def _today() -> date:
    return datetime.now().astimezone().date()


def _remittances_table(told: Sequence[dict[str, Any]]) -> Table:
    table = Table(title=counted(len(told), "remittance"), title_justify="left")
    for name in ("date", "trace", "payer"):
        table.add_column(name, overflow="fold")
    for name in ("payment", "posted", "held", "unmatched", "provider level"):
        table.add_column(name, justify="right", overflow="fold")
    table.add_column("deposit", overflow="fold")
    for one in told:
        amounts = (one[name] for name in ("payment", "posted", "held", "unmatched", "provider_level"))
        row = (str(one["date"] or ""), one["trace_number"], one["payer"])
        table.add_row(*map(escape, row), *amounts, _deposit_words(one))
    return table


def _deposit_words(one: dict[str, Any]) -> str:
    if one["superseded_by"]:
        return "a better copy came"
    if one["deposit"]:
        return f"came {one['deposit']['date']}"
    if one["deposit_due"] is None:
        return f"none awaited ({escape(one['method'])})" if one["method"] else ""
    return f"[red]late since {one['deposit_due']}[/red]" if one["deposit_late"] else f"due {one['deposit_due']}"


def _ledger_table(book: Sequence[Balance]) -> Table:
    table = Table(title=f"{len(book)} entries; a positive amount reduced the payment", title_justify="left")
    for name in ("id", "date", "payer", "trace", "code", "what", "reference"):
        table.add_column(name, overflow="fold")
    for name in ("amount", "open"):
        table.add_column(name, justify="right", overflow="fold")
    table.add_column("then", overflow="fold")
    for one in book:
        entry = one.entry
        row = (entry.id, str(entry.on or ""), entry.payer, entry.trace_number, entry.code, entry.label, entry.reference)
        settled = ", ".join((*one.settled_by, *([entry.done_by] if entry.done_by else [])))
        then = f"claim {entry.claim_id}" if entry.claim_id else f"settled by {settled}" if settled else ""
        shown = f"[yellow]a person looks {escape(then)}[/yellow]" if one.needs_person else escape(then)
        table.add_row(*map(escape, row), money(entry.amount_cents), money(one.open_cents), shown)
    return table


def _deposits_table(told: Sequence[dict[str, Any]]) -> Table:
    table = Table(title=counted(len(told), "deposit"), title_justify="left")
    for name in ("date", "trace", "payer"):
        table.add_column(name, overflow="fold")
    table.add_column("amount", justify="right", overflow="fold")
    table.add_column("remittance", overflow="fold")
    for one in told:
        if one["paired_with"]:
            found = "here"
        else:
            found = f"due {one['remittance_due']}"
            found = f"[red]late since {one['remittance_due']}[/red]" if one["remittance_late"] else found
            found += f"; one of this trace differs in {one['differs_in']}" if one["differs_in"] else ""
        table.add_row(str(one["date"]), escape(one["trace_number"]), escape(one["payer"]), one["amount"], found)
    return table
