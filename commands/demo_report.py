"""What the demo shows: a live table while claims move, and the report at the end, whose totals balance."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands.demo_run import Part, Play
from commands.demo_script import AMOUNTS
from commands.screen import ROOMY, console, money

# Statuses that a claim passes in the same breath on its way; a report that names them all is hard to read.
_PASSING = {"eligibility_pending", "scrubbing", "ready_to_submit", "submitting"}


def live_table(play: Play, height: int = 100) -> Table:
    """One row a claim, as it stands now; where the screen is too low for all, those that are not at their end yet."""
    title = f"{play.at_end} of {len(play.parts)} claims at their end, {play.elapsed:.0f} s"
    narrow = console().width < ROOMY
    table = Table(title=title, title_justify="left", expand=False, padding=_padding(narrow))
    for name in (
        ("claim", "stage", "status", "waits for") if narrow else ("claim", "payer", "stage", "status", "waits for")
    ):
        table.add_column(name, no_wrap=True)
    table.add_column("open", justify="right")
    whole = height >= len(play.parts) + 5
    for number, part in play.parts.items():
        view = part.view
        if not whole and not part.wrong:
            continue
        if view is None:
            table.add_row(number, *(() if narrow else ("",)), "", "not started", "", "")
            continue
        colour = "green" if not part.wrong else "yellow" if view.needs_action else "white"
        payer = () if narrow else (view.payer_id,)
        row = (number, *payer, view.stage, f"[{colour}]{view.status}[/]", escape(view.waits_for[:40]))
        table.add_row(*row, money(view.open_cents))
    return table


def progress_line(play: Play) -> str:
    """The same in one line, where nobody looks at a screen."""
    counts = ", ".join(f"{count} {status}" for status, count in play.counts().most_common())
    return f"{play.elapsed:4.0f} s  {play.at_end}/{len(play.parts)} at their end: {counts}"


def report(play: Play, screen: Console) -> bool:
    """Paths, money, totals. True where every claim ended as its script says and the totals balance."""
    _paths(play, screen)
    balanced = _money(play, screen)
    wrong = [(number, part) for number, part in play.parts.items() if part.wrong]
    for number, part in wrong:
        screen.print(f"[red]{number} ended elsewhere:[/] {escape('; '.join(part.wrong))}")
    if not wrong:
        screen.print(f"[green]All {len(play.parts)} claims ended where their scripts say[/], in {play.elapsed:.0f} s.")
    return balanced and not wrong


def _paths(play: Play, screen: Console) -> None:
    table = Table(title="What became of each claim", title_justify="left", padding=_padding(screen.width < ROOMY))
    table.add_column("claim", no_wrap=True)
    table.add_column("payer", no_wrap=True)
    table.add_column("story", overflow="fold", ratio=2)
    table.add_column("path", overflow="fold", ratio=3)
    for number, part in play.parts.items():
        payer = part.view.payer_id if part.view else ""
        path = " > ".join(status for status in part.statuses if status not in _PASSING)
        table.add_row(_marked(number, part), payer, escape(part.scripted.story), path)
    screen.print(table)


def _money(play: Play, screen: Console) -> bool:
    names = ("charge", *AMOUNTS)
    table = Table(title="Money, in dollars", title_justify="left", padding=_padding(screen.width < ROOMY))
    table.add_column("claim", no_wrap=True)
    for name in names:
        table.add_column(name.replace("_", " "), justify="right", no_wrap=True)
    totals = dict.fromkeys(names, 0)
    for number, part in play.parts.items():
        if part.view is None:
            continue
        amounts = {name: int(getattr(part.view, f"{name}_cents")) for name in names}
        totals = {name: totals[name] + amounts[name] for name in names}
        table.add_row(_marked(number, part), *(money(amounts[name]) if amounts[name] else "" for name in names))
    table.add_section()
    table.add_row("all", *(money(totals[name]) for name in names))
    screen.print(table)
    rest = sum(totals[name] for name in AMOUNTS)
    balanced = totals["charge"] == rest
    sums = " + ".join(f"{name.replace('_', ' ')} {money(totals[name])}" for name in AMOUNTS)
    verdict = "[green]balances[/]" if balanced else f"[red]does not balance: {money(rest)}[/]"
    screen.print(f"charge {money(totals['charge'])} = {sums}: {verdict}")
    return balanced


def _padding(narrow: bool) -> tuple[int, int]:
    """Above and beside a cell: a terminal of 80 columns has room for the amounts, or for air."""
    return (0, 0) if narrow else (0, 1)


def _marked(number: str, part: Part) -> str:
    return f"[red]{number}[/]" if part.wrong else number
