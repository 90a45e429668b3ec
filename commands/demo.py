"""`demo`: the whole stack, the example claims, and people who do their work, until every claim is at its end."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer
from rich.live import Live

from commands.claim_files import read_claim_file
from commands.context import open_room
from commands.demo_report import live_table, progress_line, report
from commands.demo_run import Play
from commands.demo_script import Script, read_script
from commands.examples import example_files
from commands.live_desk import run_live
from commands.processes import read_note
from commands.screen import console
from commands.stack import ROOT, Stack, running
from commands.trouble import Exit, Trouble
from commands.up import DEFAULT_FOLDER, DataFolder, addresses, interruptible

LINE_SECONDS = 5.0
KEPT = 5
"""Folders of demos that stay, the new one included."""


def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop by itself after the report, in a terminal too.")] = False,
    data: DataFolder = DEFAULT_FOLDER,
    seconds: Annotated[float, typer.Option(help="Give up after so many seconds.", min=10)] = 150.0,
) -> None:
    """Start everything on this machine, take the example claims through their whole life, and report.

    Runs the real Temporal server, the sandbox clearinghouse and a worker in a fresh folder; starts the claims of
    examples/ with dates of service in the last weeks; a biller, a coder, the front desk and a supervisor do what
    examples/script.toml says. Ends with each claim's path, its money, totals that balance and the address of the UI.
    In a terminal it then stays up until Ctrl-C.

    [bold]Exit codes:[/] 0 every claim ended as its script says, 1 one did not, 3 something can't be started.

    [bold]Example:[/] python starter.py demo --once
    """
    stays = sys.stdout.isatty() and not once
    folder = data / f"demo-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    _forget_old(data)
    script = read_script(ROOT / "examples" / "script.toml")
    screen = console()
    with interruptible():
        try:
            with running(folder, poll_seconds=2.0) as stack:
                screen.print(addresses(stack.at))
                good = asyncio.run(_play(stack, script, seconds))
                screen.print(f"Temporal UI: {stack.at.ui}/namespaces/default/workflows")
                if stays:
                    _stay(stack)
        except KeyboardInterrupt:
            raise typer.Exit(Exit.INTERRUPTED) from None
    raise typer.Exit(Exit.OK if good else Exit.REFUSED)


async def _play(stack: Stack, script: Script, seconds: float) -> bool:
    os.environ.update(stack.at.environment(), CLAIMLINE_DATA=str(stack.at.folder))
    screen = console()
    files = write_examples(stack.at.folder / "examples")
    began = await run_live([read_claim_file(path) for path in files], lambda: None)
    told = began.as_json()
    screen.print(f"{told['claims']} claims in {len(files)} files: {told['started']} started, {told['refused']} refused")
    if began.exit_code != Exit.OK:
        began.show(screen)
        raise Trouble("the example files are not clean", "Make them anew: python tools/make_examples.py")
    async with open_room(server=True) as room:
        play = Play(room, script, seconds)
        if sys.stdout.isatty():
            with Live(console=screen, refresh_per_second=4, transient=True) as live:
                await play.run(_table(stack, live))
        else:
            await play.run(_lines(stack))
        return report(play, screen)


def _table(stack: Stack, live: Live) -> Callable[[Play], None]:
    def show(play: Play) -> None:
        stack.watch()
        live.update(live_table(play, live.console.height))

    return show


def _lines(stack: Stack) -> Callable[[Play], None]:
    """A line every few seconds."""
    last = 0.0

    def show(play: Play) -> None:
        nonlocal last
        stack.watch()
        if time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            print(progress_line(play), flush=True)

    return show


def write_examples(folder: Path) -> list[Path]:
    """The files of examples/, dated by today: filing limits count from the date of service."""
    folder.mkdir(parents=True, exist_ok=True)
    today = datetime.now(UTC).astimezone().date()
    paths = []
    for name, text in example_files(today=today).items():
        path = folder / name
        path.write_text(text)
        paths.append(path)
    return paths


def _forget_old(data: Path) -> None:
    """The last few demos stay for looking at; a folder whose stack still runs is never touched."""
    for folder in sorted(data.glob("demo-*"))[: -KEPT + 1]:
        if not read_note(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _stay(stack: Stack) -> None:
    console().print(
        "Everything stays up until Ctrl-C. In another terminal:\n"
        f"CLAIMLINE_DATA={quote(str(stack.at.folder))} .venv/bin/python starter.py list",
        soft_wrap=True,
    )
    try:
        while True:
            stack.watch()
            time.sleep(0.3)
    except KeyboardInterrupt:
        return
