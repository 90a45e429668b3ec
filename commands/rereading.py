"""Documents that the program failed at, read again: `reread`, after an upgrade that mended it."""

from __future__ import annotations

import asyncio
import getpass
from typing import Annotated

import typer

from activities.orders import DocumentReference
from activities.post import Post
from adapters.records.audit_log import Act
from adapters.records.unmatched import UnmatchedRow
from commands.context import Room, open_room
from commands.reading import AsJson
from commands.screen import console, counted, print_json
from commands.trouble import Trouble, Unreadable

MOST = 10_000


def reread(
    item: Annotated[
        str, typer.Argument(metavar="[ITEM]", help="Its id, as `unmatched` shows it.", show_default=False)
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="Every document that was set aside as unreadable.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read documents again that this program failed at before. They stay in the list until it succeeds.

    What of such a document reached a claim already is not posted twice.

    [bold]Example:[/] python starter.py reread --all
    """

    async def act() -> None:
        async with open_room(server=True) as room:
            rows = await _chosen(room, item, everything=everything)
            post = Post(room.server, room.records, task_queue=room.settings.temporal_task_queue)
            who = getpass.getuser()
            await room.records.custody.note(
                *(Act(actor=who, action="act", subject=f"document/{row.document}", detail="reread") for row in rows)
            )
            started = [{"item": row.id, "started": await _again(room, post, row)} for row in rows]
        if as_json:
            print_json(started)
            return
        console().print(f"{counted(len(started), 'document')} to be read again; `unmatched` shows what fails anew")

    asyncio.run(act())


async def _chosen(room: Room, item: str, *, everything: bool) -> list[UnmatchedRow]:
    if bool(item) == everything:
        raise Unreadable("reread needs an item or --all", "python starter.py unmatched shows what there is.")
    if everything:
        return [row for row in await room.records.unmatched_rows(everything=False, limit=MOST) if row.is_unreadable]
    row = await room.records.find_unmatched(item)
    if row is None:
        raise Trouble(f"no unmatched item is called {item}", "python starter.py unmatched shows their ids.")
    if not row.is_unreadable:
        raise Trouble(f"item {row.id} is no unreadable document", "Give a part to its claim with `match`.")
    if row.resolution:
        raise Trouble(f"item {row.id} is resolved already", "python starter.py unmatched --all shows how.")
    return [row]


async def _again(room: Room, post: Post, row: UnmatchedRow) -> bool:
    """Opened first, then started: cut off in between, the item is still listed and the same command goes on."""
    found = await room.records.open_document_again(row.document)
    if found is None:
        raise Trouble(f"item {row.id}: its document is not in these records", "Is this the right database?")
    kind, source, size, arrived = found
    document = DocumentReference(sha256=row.document, set=kind, source=source, received_at=arrived, size=size)
    return await post.start_document(document, again=True)
