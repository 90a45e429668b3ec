"""Where commands write for people, and how amounts and moments look there."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from rich.console import Console
from rich.table import Table

from adapters.settings import Settings, SettingsError, load_settings
from claims import details

PIPED_WIDTH = 140
ROOMY = 110
"""Columns from which a table has room for everything."""


def console() -> Console:
    """Standard output; wide where it is a file or a pipe and COLUMNS says nothing, so that tables stay whole."""
    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(highlight=False) if known else Console(highlight=False, width=PIPED_WIDTH)


def table(
    title: str,
    columns: Iterable[str],
    rows: Iterable[Mapping[str, str]],
    *,
    keep: Collection[str] = (),
    right: Collection[str] = (),
    spare: Collection[str] = (),
) -> Table:
    """One row a mapping (column: markup). No cell loses a letter: what is long goes on below.

    `keep` are columns that stay on one line, as what a person copies has to; `spare` ones go where a terminal is narrow.
    """
    narrow = console().width < ROOMY
    shown = [name for name in columns if not (narrow and name in spare)]
    made = Table(title=title, title_justify="left", padding=(0, 0 if narrow else 1))
    for name in shown:
        made.add_column(name, overflow="fold", no_wrap=name in keep, justify="right" if name in right else "left")
    for row in rows:
        made.add_row(*(row.get(name, "") for name in shown))
    return made


def print_json(value: Any) -> None:
    """One JSON value on standard output."""
    print(json.dumps(value, indent=2, default=str))


def moment(at: datetime | None) -> str:
    """In the practice's zone, in which its last days end; not in the machine's."""
    return details.moment(at, _practice_zone()) if at else ""


@cache
def _practice_zone() -> str:
    try:
        return load_settings().zone
    except SettingsError:
        return str(Settings.model_fields["zone"].default)


def money(amount_cents: int) -> str:
    sign = "-" if amount_cents < 0 else ""
    return f"{sign}{abs(amount_cents) // 100:,}.{abs(amount_cents) % 100:02d}"


def counted(number: int, what: str) -> str:
    """`1 claim`, `2 claims`."""
    return f"{number} {what}{'' if number == 1 else 's'}"
