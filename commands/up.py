"""`up`: Temporal, the sandbox clearinghouse and a worker on this machine, until Ctrl-C."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.table import Table

from commands.screen import console
from commands.stack import Addresses, running
from commands.trouble import Exit

DataFolder = Annotated[
    Path,
    typer.Option("--data", envvar="CLAIMLINE_DATA", help="Where databases, documents and logs are kept."),
]
DEFAULT_FOLDER = Path(".claimline")


def up(
    data: DataFolder = DEFAULT_FOLDER,
    poll: Annotated[float, typer.Option(help="Seconds between looks into the clearinghouse's inbox.", min=0.2)] = 5.0,
) -> None:
    """Start Temporal with its UI, the sandbox clearinghouse and one worker, and stay until Ctrl-C.

    Free ports are found where the usual ones (7233, 8233, 8765) are taken; other commands in the same folder find the
    stack by themselves. Everything is kept in the data folder and is there again the next time.

    [bold]Exit codes:[/] 0 stopped, 3 something can't be started or a stack already runs in this folder.

    [bold]Example:[/] python starter.py up
    """
    screen = console()
    with interruptible(), running(data, poll_seconds=poll) as stack:
        screen.print(addresses(stack.at))
        screen.print("Stop with Ctrl-C.")
        try:
            while True:
                for name in stack.watch():
                    screen.print(f"[yellow]{name} had stopped; started again[/yellow]")
                time.sleep(0.3)
        except KeyboardInterrupt:
            screen.print("Stopping ...")
    raise typer.Exit(Exit.OK)


def addresses(at: Addresses) -> Table:
    """Where to look."""
    table = Table.grid(padding=(0, 2))
    table.add_row("Temporal UI", f"{at.ui}/namespaces/default/workflows")
    table.add_row("Temporal", at.temporal)
    table.add_row("Sandbox clearinghouse", at.sandbox)
    table.add_row("Data and logs", str(at.folder))
    return table


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and a closed terminal end a command the way Ctrl-C does, so that nothing is left running."""

    def as_interrupt(number: int, frame: FrameType | None) -> None:
        # Raised here and not sent on as SIGINT: a shell's background jobs ignore that one.
        raise KeyboardInterrupt

    # What a parent told us to ignore (nohup) stays ignored.
    numbers = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, as_interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
