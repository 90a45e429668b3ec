"""`inspect FILE...`: reads and proves any inbound document and changes nothing; the dry run before posting."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from adapters.tables.loader import load_tables
from adapters.x12.parse import parse
from claims.tables import Tables
from commands.inspect_shape import Shape, transactions, unknown_reasons
from commands.inspect_tables import show
from commands.screen import console, print_json

CLEAN, WITH_PROBLEMS, UNREADABLE = 0, 1, 2


def inspect(
    files: Annotated[
        list[Path], typer.Argument(help="Documents of any kind: 835, 277CA, 999, ...", show_default=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list on standard output.")] = False,
) -> None:
    """Read and prove documents; post nothing. Needs no server and no database.

    Shows what each set says, whether it balances at line, claim and transaction, what would be held and why. It knows
    no claims: whether one is matched shows only when it is delivered.

    [bold]Exit codes:[/] 0 clean, 1 read with problems or something held, 2 something could not be read: a file, a set that
    is cut off, money that is no number. What could be read beside it is shown all the same.

    [bold]Examples:[/]

      python starter.py inspect remittance.835

      python starter.py inspect --json inbox/*
    """
    found, code = inspect_files(files)
    if as_json:
        print_json(found)
    else:
        show(found, console())
    raise typer.Exit(code)


def inspect_files(paths: Iterable[Path], tables: Tables | None = None) -> tuple[list[Shape], int]:
    """One object per file, whatever is in it, and the exit code: 0 clean, 1 problems or held, 2 something unreadable.

    Each file is read once, for it may be a pipe.
    """
    known = tables or load_tables()
    found: list[Shape] = []
    worst = CLEAN
    for path in paths:
        shape, code = _file(path, known)
        found.append(shape)
        worst = max(worst, code)
    return found, worst


def _file(path: Path, tables: Tables) -> tuple[Shape, int]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        problem = {"segment": 0, "element": 0, "reason": f"the file can't be read: {error.strerror or error}"}
        return {"file": _named(path), "problems": [problem], "transactions": []}, UNREADABLE
    document = parse(raw)
    problems = sorted((*document.all_problems, *unknown_reasons(document, tables)), key=lambda one: one.segment)
    shape: Shape = {
        "file": _named(path),
        "problems": [
            {"segment": problem.segment, "element": problem.element, "reason": problem.reason} for problem in problems
        ],
        "transactions": transactions(document, tables),
    }
    if document.lost:
        return shape, UNREADABLE
    return shape, WITH_PROBLEMS if shape["problems"] or any(_held(shape["transactions"])) else CLEAN


def _named(path: Path) -> str:
    r"""A name that is not UTF-8 with its bytes escaped, `r\xe9mise.835`: no terminal and no JSON takes them as they are."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _held(shapes: list[Shape]) -> Iterator[bool]:
    for shape in shapes:
        yield bool(shape.get("held"))
        if shape["set"] == "835":
            yield not shape["balanced"]
            yield from (bool(claim["held"]) for claim in shape["claims"])
