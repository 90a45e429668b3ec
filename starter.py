"""The command line of upstream systems, billers and operations. What each command does stands in commands/."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import NoReturn


def main() -> int:
    """Runs one command; says where the libraries are if this Python lacks them."""
    try:
        from commands.app import main as run  # here: reading the libraries takes a second in which Ctrl-C may come
    except KeyboardInterrupt:
        return 130
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] in ("commands", "claims", "adapters", "activities", "workflows"):
            raise
        print(
            f"This Python ({sys.executable}) has no {missing.name}. Claimline's libraries are in .venv, which `make demo`\n"
            "or `make up` makes: run `. .venv/bin/activate` here and try again, or write .venv/bin/python.",
            file=sys.stderr,
        )
        return 2
    return run()


def leave(code: int) -> NoReturn:
    """Ends the process at once: a thread of the Temporal SDK that is still at work while Python takes itself down now and then
    aborts it (exit code 134), and a command that did its work would look failed."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # whoever read it has gone, or it is closed
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
