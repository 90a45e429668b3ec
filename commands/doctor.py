"""`doctor`: looks at everything an installation stands on, and says how to mend what it finds."""

from __future__ import annotations

import asyncio
import dataclasses

import typer
from rich.markup import escape

from commands.context import settings
from commands.examining import Finding, examine
from commands.reading import AsJson
from commands.screen import console, print_json
from commands.trouble import Exit

_MARKS = {
    "ok": "[green]ok     [/]",
    "warning": "[yellow]warning[/]",
    "failed": "[red]failed [/]",
    "skipped": "[dim]skipped[/]",
}


def doctor(as_json: AsJson = False) -> None:
    """Look at the server, its namespace and search attributes, workers, records, keys, clearinghouse, clock, disk and rules.

    Asks only what is harmless, changes nothing, and says of each finding how it is mended. Settings that can't be read
    end it before the first question.

    [bold]Exit codes:[/] 0 all well, or warnings alone; 1 something failed; 2 the settings are wrong.

    [bold]Example:[/] python starter.py doctor --json
    """
    chosen = settings()
    screen = console()

    def note(found: Finding) -> None:
        if not as_json:
            screen.print(f"{_MARKS[found.verdict]}  {found.check}: {escape(found.said)}", soft_wrap=True)
            if found.mend:
                screen.print(f"         {escape(found.mend)}", soft_wrap=True)

    findings = asyncio.run(examine(chosen, note))
    if as_json:
        print_json([dataclasses.asdict(found) for found in findings])
    if any(found.verdict == "failed" for found in findings):
        raise typer.Exit(Exit.REFUSED)
