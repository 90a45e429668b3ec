"""What found no claim: `unmatched` lists it, `match` gives a part to a claim, `unmatch` takes it back, `set-aside` ends it."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from activities.names import DELIVER
from adapters.records.unmatched import UnmatchedRow
from adapters.x12.parse import parse
from claims.by_hand import CannotMatch, Matched, matched_event, taken_off
from claims.deliveries import IndexEntry
from claims.events import PaymentUnmatched, RemittanceReceived
from claims.money import dollars
from claims.ports import RecordsError
from claims.views import ClaimView
from commands.acting import send_update
from commands.context import Room, find_claim, note_list, open_room
from commands.reading import AsJson, ClaimArgument
from commands.screen import console, counted, moment, money, print_json
from commands.trouble import Trouble, Unreachable

ItemArgument = Annotated[
    str, typer.Argument(metavar="ITEM", help="Its id, as `unmatched` shows it.", show_default=False)
]
By = Annotated[
    str, typer.Option("--by", envvar="CLAIMLINE_USER", help="Who does this: an opaque name.", show_default=False)
]
Reason = Annotated[str, typer.Option("--reason", help="Why, in words; kept with the item.", show_default=False)]


def unmatched(
    everything: Annotated[bool, typer.Option("--all", help="What was matched or set aside too.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=10_000)] = 500,
    as_json: AsJson = False,
) -> None:
    """List parts of documents that found no claim or are held, the oldest first, each with its id and reason.

    [bold]Example:[/] python starter.py unmatched
    """

    async def look() -> None:
        async with open_room(server=False) as room:
            rows = await room.records.unmatched_rows(everything=everything, limit=limit)
            await note_list(room, "unmatched", len(rows))
            if as_json:
                print_json([item_json(row) for row in rows])
            else:
                console().print(_table(rows))

    asyncio.run(look())


def match(item: ItemArgument, claim: ClaimArgument, by: By = "", as_json: AsJson = False) -> None:
    """Give an unmatched payment or recovery to a claim; it posts there as if its number had been right.

    The same match again changes nothing. What is held or doesn't balance can't be matched.

    [bold]Example:[/] python starter.py match 3fa9c1d2e0-0 LKP1001 --by biller-1
    """

    async def act() -> None:
        async with open_room(server=True) as room:
            row = await _item(room, item)
            view = await find_claim(room, claim)
            answer = await give(room, row, view, by or getpass.getuser())
            _tell(view, answer, as_json, item=row.id, matched_to=f"{view.practice}/{view.claim_id}")

    asyncio.run(act())


def unmatch(item: ItemArgument, reason: Reason, by: By = "", as_json: AsJson = False) -> None:
    """Take a matched part off its claim again: the claim is as if it had never come, and the item is open again.

    Refused where something was built on it already (an appeal, the next payer's bill, a reversal): that comes first.

    [bold]Example:[/] python starter.py unmatch 3fa9c1d2e0-0 --by biller-1 --reason 'another patient'
    """

    async def act() -> None:
        async with open_room(server=True) as room:
            row = await _item(room, item)
            if row.resolution != "matched" or not row.matched_to:
                raise Trouble(f"item {row.id} is not matched to a claim", "python starter.py unmatched --all shows it.")
            view = await find_claim(room, row.matched_to)
            who = by or getpass.getuser()
            event = taken_off(await _event(room, row, view), by=who, reason=reason, at=_now())
            answer = await _send(room, view, event)
            await room.records.give_back_unmatched(row, by=who, why=reason)
            _tell(view, answer, as_json, item=row.id, matched_to=None)

    asyncio.run(act())


def set_aside(item: ItemArgument, reason: Reason, by: By = "", as_json: AsJson = False) -> None:
    """End an item that is no claim's of ours, or that is dealt with elsewhere. Its cash stays counted as it is.

    [bold]Example:[/] python starter.py set-aside 3fa9c1d2e0-0 --by biller-1 --reason 'of the sister practice'
    """

    async def act() -> None:
        async with open_room(server=False) as room:
            row = await _item(room, item)
            if not reason.strip():
                raise Trouble("setting an item aside needs a reason", "Give one with --reason.")
            if not await room.records.set_aside_unmatched(row, by=by or getpass.getuser(), why=reason):
                raise Trouble(f"item {row.id} is resolved already", "python starter.py unmatched --all shows how.")
            if as_json:
                print_json({"item": row.id, "resolution": "set_aside"})
            else:
                console().print(f"{row.id}: set aside")

    asyncio.run(act())


async def give(room: Room, row: UnmatchedRow, view: ClaimView, by: str) -> dict[str, Any]:
    """The claim's answer. The item is taken first, so that it can go to no second claim; a refusal frees it."""
    if row.is_held:
        raise Trouble(
            f"item {row.id} is {row.reason}", "What doesn't sum is never posted: ask for a corrected remittance."
        )
    if row.is_unreadable:
        raise Trouble(f"item {row.id} is a whole document: {row.reason}", "python starter.py reread reads it again.")
    try:
        event = await _event(room, row, view)
    except CannotMatch as error:
        raise Trouble(f"item {row.id}: {error}") from error
    to = f"{view.practice}/{view.claim_id}"
    try:
        await room.records.take_unmatched(row, to=to, by=by)
    except RecordsError as error:
        if error.transient:
            raise
        raise Trouble(f"item {row.id} is resolved already", "python starter.py unmatched --all shows how.") from error
    try:
        return await _send(room, view, event.model_copy(update={"by": by}))
    except Unreachable:
        # It may have arrived: the item stays taken, and the same match again finds out.
        raise
    except Trouble as trouble:
        await room.records.give_back_unmatched(row, by=by, why=f"refused: {trouble.what}", delivered=False)
        raise


def item_json(row: UnmatchedRow) -> dict[str, Any]:
    """An item for JSON output; its amount is a decimal string."""
    told = row.model_dump(mode="json", exclude={"ordinal", "amount_cents", "matches", "part", "remittance"})
    amount = None if row.amount_cents is None else dollars(row.amount_cents)
    return {"id": row.id, **told, "amount": amount, "held": row.is_held, "resolution": row.resolution or "open"}


async def _item(room: Room, item: str) -> UnmatchedRow:
    row = await room.records.find_unmatched(item)
    if row is None:
        raise Trouble(f"no unmatched item is called {item}", "python starter.py unmatched shows their ids.")
    return row


async def _event(room: Room, row: UnmatchedRow, view: ClaimView) -> Matched:
    """What routing would have delivered, had it known the claim."""
    raw = await room.records.load_document(row.document)
    parsed = await asyncio.to_thread(parse, raw)
    known = await room.records.candidates(patient_control_numbers=[view.patient_control_number])
    ours = (one for one in known if (one.practice, one.claim_id) == (view.practice, view.claim_id))
    entry = next(ours, None) or IndexEntry(
        practice=view.practice, claim_id=view.claim_id, patient_control_number=view.patient_control_number
    )
    return matched_event(parsed, row.set, row.position, row.part, entry, at=_now(), again=row.matches)


async def _send(room: Room, view: ClaimView, event: Matched | PaymentUnmatched) -> dict[str, Any]:
    body = {"events": [event.model_dump(mode="json")]}
    answer = await send_update(room, view.practice, view.claim_id, DELIVER, body, identity=event.id)
    if isinstance(event, RemittanceReceived) and event.payment.charge_cents not in (view.charge_cents, 0):
        charges = f"{dollars(event.payment.charge_cents)}, the claim's {dollars(view.charge_cents)}"
        return {**answer, "note": f"the payment's charge is {charges}"}
    return answer


def _tell(view: ClaimView, answer: dict[str, Any], as_json: bool, **more: object) -> None:
    if as_json:
        print_json({"claim_id": view.claim_id, "patient_control_number": view.patient_control_number, **more, **answer})
        return
    screen = console()
    again = " (it was done before)" if answer.get("already_taken") else ""
    screen.print(f"{view.patient_control_number}: {view.status} -> [bold]{answer['status']}[/bold]{again}")
    if note := answer.get("note"):
        screen.print(f"[yellow]{escape(note)}[/yellow]")


def _table(rows: Sequence[UnmatchedRow]) -> Table:
    table = Table(title=counted(len(rows), "part"), title_justify="left")
    for name in ("id", "since", "set", "reference", "payer"):
        table.add_column(name, overflow="fold")
    table.add_column("amount", justify="right", overflow="fold")
    table.add_column("reason", overflow="fold")
    for row in rows:
        amount = "" if row.amount_cents is None else money(row.amount_cents)
        reason = f"{row.resolution.replace('_', ' ')} {row.matched_to}: " if row.resolution else ""
        reason += row.resolved_why if row.resolution else row.reason
        cells = (row.id, moment(row.at), row.set, row.reference, row.payer)
        table.add_row(*map(escape, cells), amount, escape(reason))
    return table


def _now() -> datetime:
    return datetime.now(UTC)
