"""`codec`: the codec server by itself, and who may ask it."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from adapters.http.codec_users import UsersError, add_user
from adapters.logging import configure_logging, withhold_last_words
from commands.connecting import CannotServe
from commands.context import open_room, settings
from commands.screen import console
from commands.trouble import Unreachable, Unreadable

DEFAULT_ADDRESS = "127.0.0.1:8234"
app = typer.Typer(
    name="codec",
    help="Open sealed payloads for Temporal's UI and CLI, until Ctrl-C; every one that is opened is noted.",
    rich_markup_mode="rich",
    invoke_without_command=True,
)


@app.callback()
def codec(context: typer.Context) -> None:
    """Serve CLAIMLINE_CODEC_ADDRESS (127.0.0.1:8234) to the people of CLAIMLINE_CODEC_USERS_FILE, or to this machine alone.

    `up` and `demo` serve one by themselves. Give it to the UI as --ui-codec-endpoint, to the CLI as --codec-endpoint.

    [bold]Exit codes:[/] 0 stopped, 2 a setting is wrong, 3 it can't listen, or the records can't be opened.

    [bold]Example:[/] python starter.py codec
    """
    if context.invoked_subcommand is None:
        asyncio.run(_serve())


async def _serve() -> None:
    # Loaded here: it brings in every workflow and adapter, which other commands don't need.
    import worker

    chosen = settings()
    address = chosen.codec_address or DEFAULT_ADDRESS
    if chosen.mode == "production" and chosen.codec_users_file is None:
        raise Unreadable("production names who may open patients' data", "Set CLAIMLINE_CODEC_USERS_FILE.")
    configure_logging(chosen.log_format, chosen.log_level)
    withhold_last_words()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_room(server=False) as room:
        if room.records.custody.keys is None:
            raise Unreadable("there is no key ring to open anything with", "Set CLAIMLINE_KEYS_FILE (see: keys new).")
        try:
            async with worker.codec_of(chosen.model_copy(update={"codec_address": address}), room.records):
                console().print(f"codec server: http://{address}", markup=False)
                await stop.wait()
        except CannotServe as error:
            raise Unreachable(str(error)) from error


@app.command("add-user")
def add(
    name: Annotated[str, typer.Argument(help="An opaque name; it stands in the audit log.")],
    file: Annotated[
        Path | None, typer.Option("--file", help="Another file than CLAIMLINE_CODEC_USERS_FILE.", show_default=False)
    ] = None,
) -> None:
    """Give somebody a token, shown this once; an earlier one of the same name counts no more. Start the server anew then.

    [bold]Example:[/] python starter.py codec add-user officer-1 --file /etc/claimline/codec-users.json
    """
    path = file or settings().codec_users_file
    if path is None:
        raise Unreadable("no file of users is set", "Name one with --file, and set CLAIMLINE_CODEC_USERS_FILE to it.")
    try:
        token = add_user(path, name)
    except UsersError as error:
        raise Unreadable(str(error)) from error
    console().print(f"{name}: {token}", markup=False, soft_wrap=True)
