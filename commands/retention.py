"""`retention`: what may be erased by rule, and its erasure; legal holds that keep it whatever its age."""

from __future__ import annotations

import asyncio
import getpass
from typing import Annotated

import typer
from rich.table import Table

from commands.context import Room, find_claim, note_list, open_room
from commands.reading import AsJson
from commands.screen import console, moment, print_json
from commands.trouble import Trouble, Unreadable

app = typer.Typer(
    name="retention",
    help="What may be erased by rule, and legal holds. A claim that is open or held is never erased.",
    rich_markup_mode="rich",
    invoke_without_command=True,
)
By = Annotated[str, typer.Option("--by", envvar="CLAIMLINE_USER", help="Who does this.", show_default=False)]


@app.callback()
def retention(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what would be erased.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Erase it.")] = False,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """List, or erase, closed claims and documents whose time has passed.

    Kept for the longest of CLAIMLINE_RETENTION_YEARS, six years (45 CFR 164.316), seven for Medicare (42 CFR 424.516(f)),
    ten for Medicare Advantage (42 CFR 422.504(d)) and Medicaid managed care (42 CFR 438.3(u)); documents for the longest
    of all. A state's law may ask for more. Backups have to be aged out apart from this.

    [bold]Example:[/] python starter.py retention --dry-run
    """
    if context.invoked_subcommand is not None:
        return
    if dry_run == apply:
        raise Unreadable("say --dry-run or --apply", "--dry-run changes nothing.")
    asyncio.run(_erase(apply, by or getpass.getuser(), as_json))


async def _erase(apply: bool, by: str, as_json: bool) -> None:
    async with open_room(server=False) as room:
        custody = room.records.custody
        found = await custody.expired(own_years=room.settings.retention_years)
        erased = [one for one in found if apply and await custody.erase(one, by=by)]
    if as_json:
        print_json({"expired": [one.model_dump(mode="json") for one in found], "erased": len(erased)})
        return
    table = Table("what", "id", "may go since", "kept for")
    for one in found:
        table.add_row(one.kind, one.id, one.since.isoformat(), f"{one.years} years, {one.source}")
    screen = console()
    if found:
        screen.print(table)
    screen.print(f"{len(found):,} past their time, {len(erased):,} erased")


@app.command()
def hold(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="A claim, or PRACTICE/ for all of a practice.")],
    reason: Annotated[str, typer.Option(help="The matter; kept sealed.")],
    by: By = "",
) -> None:
    """Place a legal hold: nothing of it is erased until it is released. It changes nothing about how the claim goes on.

    [bold]Example:[/] python starter.py retention hold LKP1001 --reason "subpoena 26-1182" --by counsel-1
    """

    async def place() -> bool:
        async with open_room(server=False) as room:
            practice, claim_id = await _which(room, claim)
            return await room.records.custody.hold(practice, claim_id, by=by or getpass.getuser(), reason=reason)

    console().print("held" if asyncio.run(place()) else "it was held before")


@app.command()
def release(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="A claim, or PRACTICE/ for all of a practice.")],
    by: By = "",
) -> None:
    """Release a legal hold.

    [bold]Example:[/] python starter.py retention release LKP1001 --by counsel-1
    """

    async def lift() -> bool:
        async with open_room(server=False) as room:
            practice, claim_id = await _which(room, claim)
            return await room.records.custody.release(practice, claim_id, by=by or getpass.getuser())

    if not asyncio.run(lift()):
        raise Trouble(f"no legal hold on {claim}", "python starter.py retention holds lists them.")
    console().print("released")


@app.command()
def holds(as_json: AsJson = False) -> None:
    """List legal holds.

    [bold]Example:[/] python starter.py retention holds
    """

    async def look() -> None:
        async with open_room(server=False) as room:
            found = await room.records.custody.holds()
            await note_list(room, "holds", len(found))
        if as_json:
            print_json([one.model_dump(mode="json") for one in found])
            return
        table = Table("practice", "claim", "since", "by", "reason")
        for one in found:
            since = moment(one.placed_at)
            table.add_row(one.practice, one.claim_id or "all", since, one.placed_by, one.reason)
        console().print(table)

    asyncio.run(look())


async def _which(room: Room, claim: str) -> tuple[str, str]:
    if claim.endswith("/") and claim.count("/") == 1:
        return claim.removesuffix("/"), ""
    view = await find_claim(room, claim)
    return view.practice, view.claim_id
