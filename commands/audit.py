"""`audit`: who did what to which claim, and whether the log of it is whole."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.table import Table

from commands.context import open_room
from commands.reading import AsJson
from commands.screen import console, moment, print_json
from commands.trouble import Exit, Unreadable

app = typer.Typer(
    name="audit",
    help="The audit log: people's acts, decodes, reads of claims and documents, keys, holds and erasures.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command("list")
def list_entries(
    actor: Annotated[str | None, typer.Option(help="Who.")] = None,
    action: Annotated[str | None, typer.Option(help="act, read, decode, encode, keys, hold, erase or refused.")] = None,
    subject: Annotated[str | None, typer.Option(help="A part of a workflow id, hash or key.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=100_000)] = 200,
    as_json: AsJson = False,
) -> None:
    """List entries, newest first.

    [bold]Example:[/] python starter.py audit list --action decode --subject claim/npi-1999999984/
    """

    async def look() -> None:
        async with open_room(server=False) as room:
            found = await room.records.custody.entries(actor=actor, action=action, subject=subject, limit=limit)
        if as_json:
            print_json([entry.model_dump(mode="json") for entry in found])
            return
        table = Table("#", "when", "who", "what", "on", "detail")
        for entry in found:
            row = (entry.actor, entry.action, entry.subject, entry.detail)
            table.add_row(str(entry.sequence), moment(entry.at), *row)
        console().print(table)

    asyncio.run(look())


@app.command()
def verify(
    head: Annotated[
        list[str] | None,
        typer.Option("--head", metavar="SEQUENCE:HASH", help="An end of the chain that was noted elsewhere, earlier."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the whole chain, and name every entry that was changed, taken out or moved.

    It ends with the chain's head: note it outside this database, and give it to a later check with --head.

    [bold]Exit codes:[/] 0 the chain is whole, 1 it is not.

    [bold]Example:[/] python starter.py audit verify
    """

    async def check() -> bool:
        async with open_room(server=False) as room:
            count, last, faults = await room.records.custody.verify([_head(text) for text in head or ()])
        if as_json:
            told = [fault.model_dump() for fault in faults]
            print_json({"entries": count, "head": f"{count}:{last}", "faults": told})
            return not faults
        screen = console()
        for fault in faults:
            screen.print(f"entry {fault.sequence}: {fault.reason}", markup=False)
        if not faults:
            screen.print(f"{count:,} entries, the chain is whole. Head: {count}:{last}", markup=False, soft_wrap=True)
        return not faults

    if not asyncio.run(check()):
        raise typer.Exit(Exit.REFUSED)


def _head(text: str) -> tuple[int, str]:
    sequence, _, digest = text.partition(":")
    if not (sequence.isdecimal() and len(digest) == 64):
        raise Unreadable(f"--head {text}: expected SEQUENCE:HASH, as `audit verify` ends")
    return int(sequence), digest
