"""`records`: the database as a whole. Where its schema stands, the steps of an upgrade, a backup, and a backup put back."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from adapters.records import upkeep
from adapters.records.audit_log import Act
from adapters.records.upkeep import Standing
from claims.ports import RecordsError
from commands.context import note_where_records_are, settings
from commands.reading import AsJson
from commands.screen import console, print_json
from commands.trouble import Exit, Trouble, Unreachable

app = typer.Typer(
    name="records",
    help="The records database as a whole: its schema, upgrades, backups. Addressed by CLAIMLINE_RECORDS_URL.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Say which schema the database has, which one this release needs, and which steps lie between.

    [bold]Exit codes:[/] 0 up to date, 1 an upgrade is waiting or the database is newer, 3 it can't be asked.

    [bold]Example:[/] python starter.py records status
    """
    with _in_words():
        found = upkeep.standing(settings().records_url)
    if as_json:
        print_json(
            {
                "schema": found.found,
                "needed": found.needed,
                "steps": [{"to": step.version, "brings": step.brings} for step in found.waiting],
            }
        )
    else:
        console().print(told(found), markup=False)
    if not found.current:
        raise typer.Exit(Exit.REFUSED)


def told(found: Standing) -> str:
    """A few lines for a person, ending in what to do."""
    if found.found is None:
        return f"{found.where}: no tables yet; `records upgrade` makes them, or a worker that starts does"
    if found.newer:
        return f"{found.where}: schema {found.found}, newer than this release's {found.needed}: use the release that made it"
    if found.current:
        return f"{found.where}: schema {found.found}, up to date"
    steps = "\n".join(f"  {step.version}  {step.brings}" for step in found.waiting)
    return (
        f"{found.where}: schema {found.found}, this release needs {found.needed}. Waiting:\n{steps}\n"
        "Stop the workers, run `records backup FILE`, then `records upgrade`."
    )


@app.command()
def upgrade() -> None:
    """Bring the database's tables to this release, all steps or none. Workers of the release before must have stopped.

    A database that is up to date is left alone. Make a backup first: there is no way back but a restore.

    [bold]Exit codes:[/] 0 up to date now, 1 the database is newer than this release, 3 it can't be asked or upgraded.

    [bold]Example:[/] python starter.py records upgrade
    """
    url = settings().records_url
    with _in_words():
        before = upkeep.standing(url)
        if before.newer:
            raise Trouble(told(before))
        upkeep.upgrade(url)
    since = "made" if before.found is None else f"was {before.found}"
    console().print(f"{before.where}: schema {before.needed}" + ("" if before.current else f" ({since})"), markup=False)


@app.command()
def backup(to: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.")]) -> None:
    """Write the whole database into one file, while workers go on.

    SQLite: a database, checked. PostgreSQL: an archive of pg_dump, which has to be installed. The file holds patients'
    data and is readable by its owner only.

    [bold]Exit codes:[/] 0 written, 3 it could not be.

    [bold]Example:[/] python starter.py records backup /backups/claimline-2026-11-24.db
    """
    with _in_words():
        size = upkeep.backup(settings().records_url, to)
    # after it: records of the release before can't be opened here, and have to be backed up before they are upgraded
    act = Act(actor=getpass.getuser(), action="read", subject="records", detail="backup")
    asyncio.run(note_where_records_are(act))
    console().print(f"{to}: {size:,} bytes", markup=False)


@app.command()
def restore(source: Annotated[Path, typer.Argument(metavar="FILE", help="What `records backup` wrote.")]) -> None:
    """Put a backup where CLAIMLINE_RECORDS_URL points. Nothing may stand there yet; what stands there is left alone.

    [bold]Exit codes:[/] 0 restored, 3 it could not be.

    [bold]Example:[/] python starter.py records restore /backups/claimline-2026-11-24.db
    """
    url = settings().records_url
    with _in_words():
        upkeep.restore(url, source)
        found = upkeep.standing(url)
    console().print(told(found), markup=False)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except RecordsError as error:
        raise Unreachable(str(error)) from error
