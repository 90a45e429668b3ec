"""One clear message and an exit code instead of a traceback.

Trouble
├── Unreadable    2  a file or an argument can't be used
└── Unreachable   3  a server, database or clearinghouse can't be reached or started
"""

from __future__ import annotations

from enum import IntEnum

from rich.console import Console


class Exit(IntEnum):
    """What the shell is told."""

    OK = 0
    REFUSED = 1
    UNREADABLE = 2
    UNREACHABLE = 3
    INTERRUPTED = 130


class Trouble(Exception):
    """A failure that a person can mend. `what` says what is wrong and where, `then` what to do about it."""

    code = Exit.REFUSED

    def __init__(self, what: str, then: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.then = then


class Unreadable(Trouble):
    code = Exit.UNREADABLE


class Unreachable(Trouble):
    code = Exit.UNREACHABLE


def tell(trouble: Trouble) -> None:
    """On standard error, so that `--json` output stays clean."""
    console = Console(stderr=True, highlight=False)
    console.print(f"[red bold]{type(trouble).code.name.lower()}[/]: ", end="")
    console.print(trouble.what, markup=False, soft_wrap=True)
    if trouble.then:
        console.print(f"  {trouble.then}", markup=False, soft_wrap=True)


def why_unreadable(error: OSError | UnicodeDecodeError) -> str:
    """In words, without the file's content."""
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or type(error).__name__
