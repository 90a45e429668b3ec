"""Where commands write for people, and how amounts and moments look there."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from functools import cache
from typing import Any

from rich.console import Console

from adapters.settings import Settings, SettingsError, load_settings
from claims import details

PIPED_WIDTH = 140


def console() -> Console:
    """Standard output; wide where it is a file or a pipe, so that tables stay whole."""
    return Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=PIPED_WIDTH)


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
