"""`inspect FILE...`: reads and proves any inbound document and changes nothing; the dry run before posting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from adapters.tables.loader import load_tables
from adapters.x12.parse import parse
from claims.tables import Tables
from commands.inspect_shape import Shape, transactions, unknown_reasons
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
    """One object per file, whatever is in it, and the exit code: 0 clean, 1 problems or held, 2 something unreadable."""
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
        return {"file": str(path), "problems": [problem], "transactions": []}, UNREADABLE
    document = parse(raw)
    problems = sorted((*document.all_problems, *unknown_reasons(document, tables)), key=lambda one: one.segment)
    shape: Shape = {
        "file": str(path),
        "problems": [
            {"segment": problem.segment, "element": problem.element, "reason": problem.reason} for problem in problems
        ],
        "transactions": transactions(document, tables),
    }
    if document.lost:
        return shape, UNREADABLE
    return shape, WITH_PROBLEMS if shape["problems"] or any(_held(shape["transactions"])) else CLEAN


def _held(shapes: list[Shape]) -> Iterator[bool]:
    for shape in shapes:
        yield bool(shape.get("held"))
        if shape["set"] == "835":
            yield not shape["balanced"]
            yield from (bool(claim["held"]) for claim in shape["claims"])


# for people


def show(found: list[Shape], out: Console) -> None:
    """The same as tables: one for each set, then the problems with their places."""
    for shape in found:
        out.rule(escape(shape["file"]), align="left")
        for transaction in shape["transactions"]:
            out.print(_table(transaction))
        for problem in shape["problems"]:
            place = f"segment {problem['segment']}" + (f", element {problem['element']}" if problem["element"] else "")
            lead = f"[yellow]{place}[/yellow]: " if problem["segment"] else ""  # else it is about the whole file
            out.print(f"  {lead}{escape(problem['reason'])}")


def _table(shape: Shape) -> Table | str:
    kind = shape["set"]
    title = f"{kind} {escape(shape['control_number'])}"
    if "set_aside" in shape:
        return f"{title}: set aside, {escape(shape['set_aside'])}"
    if kind == "TA1":
        return f"TA1: interchange {escape(shape['control_number'])} {shape['outcome']}"
    if kind == "835":
        return _remittance_table(title, shape)
    if kind == "271":
        return _eligibility_table(title, shape)
    if kind in ("277CA", "277"):
        return _plain(title, shape, _STATUS_COLUMNS, shape["statuses"])
    if kind in ("999", "997"):
        title += f": group {escape(shape['group']['control_number'])} {shape['group']['outcome']}"
        return _plain(title, shape, _SET_COLUMNS, shape["sets"])
    return _plain(title, shape, _CLAIM_COLUMNS, [{**one, "lines": len(one["lines"])} for one in shape["claims"]])


_STATUS_COLUMNS = ("level", "trace", "codes", "outcome", "charge", "paid", "payer_claim_control_number")
_SET_COLUMNS = ("set", "control_number", "outcome", "codes", "errors")
_CLAIM_COLUMNS = ("control_number", "charge", "frequency", "payer", "lines", "balanced")
_PAYMENT_COLUMNS = ("claim or line", "status", "outcome", "charge", "paid")
_BUCKETS = ("contractual", "patient", "prior_payer", "other", "denied")
_RIGHT = frozenset(("charge", "paid", *_BUCKETS))


def _remittance_table(title: str, shape: Shape) -> Table:
    """A row a claim, with its lines below, then the provider's own adjustments."""
    paid = shape["payment"] or "an unknown amount"
    said = f"{title}: {escape(shape['payer'] or 'an unknown payer')} pays {paid} by {shape['method'] or '?'}, trace "
    said += f"{escape(shape['trace_number'] or '?')}, {'balanced' if shape['balanced'] else 'off by ' + shape['difference']}"
    rows: list[Shape] = []
    for claim in shape["claims"]:
        number, reasons = claim["patient_control_number"], _reasons(claim)
        rows.append({**claim, "claim or line": number, "status": claim["status_code"], "reasons": reasons})
        rows += [
            {**line, "claim or line": f"  {line['procedure']}", "reasons": _reasons(line)} for line in claim["lines"]
        ]
    for adjustment in shape["provider_adjustments"]:
        amount = adjustment["amount"]
        taken = amount[1:] if amount.startswith("-") else f"-{amount}"
        rows.append({"claim or line": f"PLB {adjustment['reason']} {adjustment['reference']}", "paid": taken})
    used = tuple(name for name in _BUCKETS if any(row.get(name, "0.00") != "0.00" for row in rows))
    table = _plain(said, shape, (*_PAYMENT_COLUMNS, *used, "reasons"), rows)
    held = [f"{claim['patient_control_number']}: {claim['held']}" for claim in shape["claims"] if claim["held"]]
    if held:
        table.caption = "\n".join(filter(None, (str(table.caption or ""), *(escape(f"held {one}") for one in held))))
    return table


def _reasons(shape: Shape) -> list[str]:
    """Adjustments of a claim or line, and its remarks: `CO-45 30.00`, `N130`."""
    found = [f"{a['group']}-{a['reason']} {a['amount']}" for a in shape["adjustments"]]
    remarks = shape["remarks"] if not shape.get("lines") else []
    return [*found, *dict.fromkeys(remarks)]


def _eligibility_table(title: str, shape: Shape) -> Table:
    word = "active" if shape["active"] else "inactive" if shape["inactive"] else "not said to be active"
    rows = [
        {"code": f"AAA {one['code']}", "what it says": f"{one['meaning']}. {one['what_to_do']}"}
        for one in shape["rejections"]
    ]
    rows += [{**one, "what it says": one["plan"]} for one in shape["benefits"]]
    columns = ("code", "coverage_level", "service_types", "period", "amount", "percent", "what it says")
    return _plain(f"{title}: {word}", shape, columns, rows)


def _plain(title: str, shape: Shape, columns: tuple[str, ...], rows: list[Shape]) -> Table:
    held = shape.get("held")
    table = Table(title=title, title_justify="left", caption_justify="left", caption_style="red")
    table.caption = escape(f"held: {held}") if held else None
    for name in columns:
        table.add_column(name.replace("_", " "), justify="right" if name in _RIGHT else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in columns))
    return table


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_error(one) if isinstance(one, dict) else escape(str(one)) for one in value)
    return escape(str(value))


def _error(error: Shape) -> str:
    where = f"{error['segment']} at {error['position']}" + (f" element {error['element']}" if error["element"] else "")
    return escape(f"{where} (code {error['code']})")
