"""`start FILE...`: hands claims to Claimline, or says beforehand what would happen (`--dry-run`)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from adapters.tables.icd10 import load_icd10
from adapters.tables.loader import load_tables
from commands.claim_files import ClaimFile, read_claim_file
from commands.intake_report import IntakeReport
from commands.intake_run import DryDesk, Scrubber, take
from commands.screen import console, print_json

_DRY_KEY = b"dry run: ids are compared within one run and shown nowhere"


def start(
    files: Annotated[list[Path], typer.Argument(help="837P, 837I or JSON files.", show_default=False)],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read, scrub and report; start nothing. Needs no server and no database.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    today: Annotated[
        str, typer.Option("--today", help="Scrub as if it were this day (YYYY-MM-DD); dry run only.", metavar="DAY")
    ] = "",
) -> None:
    """Start one workflow for every claim of the files.

    A claim that came before with the same content is already known; with other content it is refused, and what differs
    is said. Claims of a partly bad file that can be read are started, the others are listed with segment and reason:
    claims = started + already known + refused.

    [bold]Exit codes:[/] 0 clean, 1 something refused (or, in a dry run, an error found), 2 a file is unreadable or
    holds no claims, 3 the server or database can't be reached.

    [bold]Examples:[/]

      python starter.py start --dry-run export.837

      python starter.py start --json examples/professional.837 examples/encounters.json
    """
    read = [read_claim_file(path) for path in files]
    with _progress(sum(len(one.items) for one in read), quiet=as_json) as advance:
        if dry_run:
            report = run_dry(read, _day(today), advance)
        else:
            from commands.live_desk import run_live

            report = asyncio.run(run_live(read, advance))
    if as_json:
        print_json(report.as_json())
    else:
        report.show(console())
    for one in report.files:
        if one.unreadable:
            print(f"{one.file}: {one.unreadable}", file=sys.stderr)
    raise typer.Exit(report.exit_code)


def run_dry(read: list[ClaimFile], today: date, advance: Callable[[], None] = lambda: None) -> IntakeReport:
    """What `start` would do with these files where nothing is known yet, with the scrubber's findings."""
    scrubber = Scrubber(load_tables(sandbox=True), load_icd10(), today)
    report = asyncio.run(take(read, DryDesk(), _DRY_KEY, scrubber=scrubber, on_claim=advance))
    report.dry_run = True
    return report


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).astimezone().date()
    except ValueError:
        raise typer.BadParameter(f"{text} is no day; write it like 2026-11-24", param_hint="--today") from None


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """A bar on standard error where a person looks at it and there is something to wait for."""
    if quiet or total < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("claims", total=total)
        yield lambda: progress.advance(bar)
