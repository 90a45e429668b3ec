"""`keys`: the key ring. New keys read only until they are made the active one; old ones read until nothing needs them."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from temporalio.service import RPCError

from adapters.keys import KeyRing, KeysError, read_ring, write_ring
from adapters.records.audit_log import Act
from claims.ports import RecordsError
from commands.context import data_folder, open_room, settings
from commands.old_key import INSTEAD_OF, Kept, kept, put_aside_at
from commands.old_key import renew as move_off
from commands.reading import AsJson
from commands.screen import console, print_json
from commands.trouble import Trouble, Unreachable, Unreadable

app = typer.Typer(
    name="keys",
    help="The key ring that seals Temporal's payloads and the records: CLAIMLINE_KEYS_FILE, or the data folder's own.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
KeyFile = Annotated[
    Path | None, typer.Option("--file", help="Another key file than CLAIMLINE_KEYS_FILE.", show_default=False)
]
KeyId = Annotated[str, typer.Argument(metavar="KEY", help="A key's id, as `keys list` shows it.")]


@app.command()
def new(file: KeyFile = None) -> None:
    """Make a key file, or add a key to it that reads only until `keys rotate` makes it the active one.

    Bring the file to every machine before you rotate: what a new key sealed, only who has it can read.

    [bold]Example:[/] python starter.py keys new --file /etc/claimline/keys.json
    """
    path = _path(file)
    with _in_words():
        ring = read_ring(path).with_new(datetime.now(UTC)) if path.exists() else KeyRing.new(datetime.now(UTC))
        write_ring(path, ring)
    added = ring.keys[-1].id
    _note(path, f"key/{added}", "added")
    state = "the active one" if added == ring.active else "read only until `keys rotate`"
    console().print(f"{path}: key {added}, {state}. Back the file up apart from the data it opens.", markup=False)


@app.command("list")
def list_keys(file: KeyFile = None, as_json: AsJson = False) -> None:
    """List the keys, oldest first, with how many rows of the records need each.

    [bold]Example:[/] python starter.py keys list
    """
    path = _path(file)
    with _in_words():
        ring = read_ring(path)
    needed = asyncio.run(_needed(ring)) if _own_file(path) else {}
    told = [
        {
            "id": key.id,
            "made_at": key.made_at.isoformat(),
            "active": key.id == ring.active,
            "rows": needed.get(key.id),
        }
        for key in ring.keys
    ]
    if as_json:
        print_json(told)
        return
    table = Table("key", "made", "seals", "rows of the records")
    for one in told:
        rows = "?" if one["rows"] is None else f"{one['rows']:,}"
        table.add_row(str(one["id"]), str(one["made_at"])[:10], "yes" if one["active"] else "reads only", rows)
    console().print(table)


@app.command()
def rotate(
    key: Annotated[str, typer.Argument(metavar="[KEY]", help="Which; the newest if none is named.")] = "",
    file: KeyFile = None,
) -> None:
    """Make another key the active one. Everything that runs notices within a second; old keys go on reading.

    [bold]Example:[/] python starter.py keys new && python starter.py keys rotate
    """
    path = _path(file)
    with _in_words():
        before = read_ring(path)
        ring = before.rotated(key)
        write_ring(path, ring)
    _note(path, f"key/{ring.active}", f"{INSTEAD_OF}{before.active}")
    console().print(
        f"key {ring.active} seals from now on; {before.active} reads. Next: keys re-encrypt, keys renew", markup=False
    )


@app.command()
def renew(
    per_second: Annotated[
        float, typer.Option("--per-second", min=0.1, max=200, help="How many are asked a second.")
    ] = 20,
) -> None:
    """Let running claims and accounts begin a new run under the active key, which then needs no older key.

    Their old runs end where they stand, and Temporal keeps them, under the old key, for the namespace's retention. The
    same command again asks only those that are left.

    [bold]Exit codes:[/] 0 none is left, 1 some are, 3 no server answers.

    [bold]Example:[/] python starter.py keys renew
    """
    path = _path(None)
    with _in_words():
        ring = read_ring(path)
    asked, left = asyncio.run(_renew(path, ring, per_second))
    console().print(f"{asked:,} claims and accounts asked for a new run under key {ring.active}; {left:,} left")
    if left:
        raise Trouble(f"{left:,} still run under an older key", "They move once a worker has taken the message.")


async def _renew(path: Path, ring: KeyRing, per_second: float) -> tuple[int, int]:
    older = [key.id for key in ring.keys if key.id != ring.active]
    async with open_room(server=True) as room:
        ends = [await put_aside_at(room, path, key, ring) for key in older]
        before = max((end for end in ends if end), default=None)
        if before is None:
            return 0, 0
        try:
            asked, left = await move_off(room.server, before, per_second)
        except RPCError as error:
            raise Unreachable(f"the Temporal server doesn't answer ({error.status.name})") from error
        act = Act(actor=getpass.getuser(), action="keys", subject="temporal", detail=f"{asked} runs anew")
        await room.records.custody.note(act)
        return asked, left


@app.command()
def retire(
    key: KeyId,
    file: KeyFile = None,
    confirmed: Annotated[
        bool,
        typer.Option("--confirmed", help="Nobody needs what Temporal keeps under it any more."),
    ] = False,
) -> None:
    """Drop an old key for good. Refused while rows of the records need it, or anything that runs.

    What has ended is readable until then as long as Temporal keeps it (the namespace's retention). Where something of that
    is left, or no server can be asked, --confirmed gives it up.

    [bold]Example:[/] python starter.py keys retire 3f9a1c2e
    """
    path = _path(file)
    with _in_words():
        ring = read_ring(path).without(key)
        needed = asyncio.run(_needs(path, key, read_ring(path))) if _own_file(path) else None
    _may_go(key, needed, confirmed=confirmed)
    with _in_words():
        write_ring(path, ring)
    _note(path, f"key/{key}", "retired")
    console().print(f"key {key} is gone from {path}", markup=False)


def _may_go(key: str, needed: tuple[int, Kept | None] | None, *, confirmed: bool) -> None:
    """Raises Trouble where something needs the key. `needed`: rows, and what Temporal keeps; None = can't be asked."""
    rows, runs = needed or (0, None)
    if rows:
        raise Trouble(f"{rows:,} rows of the records need key {key}", "Seal them anew first: keys re-encrypt")
    if runs and runs.running:
        raise Trouble(
            f"{runs.running:,} workflows that began under key {key} are running",
            "Let them begin a new run first: keys renew. Documents under way end by themselves.",
        )
    if confirmed or (runs and not runs.ended):
        return
    kept = f"Temporal keeps {runs.ended:,} ended runs" if runs else "Temporal may keep histories"
    raise Trouble(
        f"{kept} that need key {key}",
        "They go with the namespace's retention. --confirmed retires the key at once; nobody can read them then.",
    )


async def _needs(path: Path, key: str, ring: KeyRing) -> tuple[int, Kept | None]:
    rows = (await _needed(ring)).get(key, 0)
    try:
        async with open_room(server=True, optional_server=True) as room:
            if room.client is None:
                return rows, None
            before = await put_aside_at(room, path, key, ring)
            return rows, await kept(room.client, before)
    except (Unreachable, RPCError):
        return rows, None


@app.command("re-encrypt")
def re_encrypt(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only.")] = False,
) -> None:
    """Seal everything in the records anew by the active key, also what stands there in clear. Everything may run meanwhile.

    [bold]Exit codes:[/] 0 done, 3 the records can't be opened; what is done stays done.

    [bold]Example:[/] python starter.py keys re-encrypt
    """
    asyncio.run(_re_encrypt(dry_run))


async def _re_encrypt(dry_run: bool) -> None:
    async with open_room(server=False) as room:
        custody = room.records.custody
        waiting = {name: count for name, count in (await custody.waiting()).items() if count}
        if dry_run or not waiting:
            told = ", ".join(f"{count:,} of {name}" for name, count in waiting.items())
            console().print(f"waiting: {told}" if waiting else "everything is sealed by the active key", markup=False)
            return
        with Progress(console=console()) as progress:
            for name, count in waiting.items():
                bar = progress.add_task(name, total=count)
                while done := await custody.reseal(name):
                    progress.advance(bar, done)
        total = sum(waiting.values())
        await custody.note(Act(actor=getpass.getuser(), action="keys", subject="records", detail=f"{total} rows anew"))
        console().print(f"{total:,} rows sealed anew", markup=False)


async def _needed(ring: KeyRing) -> dict[str, int]:
    """Rows by key; empty where there are no records yet."""
    try:
        async with open_room(server=False) as room:
            return {key.id: await room.records.custody.sealed_by(key.id) for key in ring.keys}
    except Unreachable:
        return {}


def _path(file: Path | None) -> Path:
    chosen = settings()
    if file is None and chosen.keys.get_secret_value():
        raise Unreadable("the ring stands in CLAIMLINE_KEYS, which no command can write", "Name a file with --file.")
    return file or chosen.keys_file or data_folder() / "keys.json"


def _own_file(path: Path) -> bool:
    """Whether it is the ring of this installation's records."""
    named = settings().keys_file
    return named is not None and named.resolve() == path.resolve()


def _note(path: Path, subject: str, detail: str) -> None:
    """In the audit log of the records that the ring is for, where there are any yet."""

    async def write() -> None:
        act = Act(actor=getpass.getuser(), action="keys", subject=subject, detail=detail)
        async with open_room(server=False) as room:
            await room.records.custody.note(act)

    if _own_file(path):
        try:
            asyncio.run(write())
        except Unreachable as away:
            Console(stderr=True).print(f"not noted in the audit log: {away.what}", markup=False)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except KeysError as error:
        raise Unreadable(str(error)) from error
    except RecordsError as error:
        raise Unreachable(str(error)) from error
