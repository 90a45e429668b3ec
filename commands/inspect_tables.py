"""What `inspect` found, for people: a table a set, what holds it, then the problems of the file with their places."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands.inspect_shape import Shape
from commands.inspect_words import BENEFITS, INTERCHANGE_NOTES, PERIODS, worded

_STATUS_COLUMNS = ("level", "trace", "codes", "outcome", "charge", "paid", "payer_claim_control_number")
_SET_COLUMNS = ("set", "control_number", "outcome", "codes", "errors")
_CLAIM_COLUMNS = ("control_number", "charge", "frequency", "payer", "lines", "balanced")
_PAYMENT_COLUMNS = ("claim or line", "status", "outcome", "charge", "paid")
_BENEFIT_COLUMNS = ("what", "coverage_level", "service_types", "period", "amount", "percent", "what it says")
_BUCKETS = ("contractual", "patient", "prior_payer", "other", "denied")
_RIGHT = frozenset(("charge", "paid", "amount", "percent", "lines", *_BUCKETS))
_FRAMED = 400
"""Rows up to which a table is drawn; a longer one is printed as plain columns, which takes a tenth of the time."""
_LEAST_LAST = 30


class Told(NamedTuple):
    """One set: its title, its rows as texts by column, what is said where it has none, and what holds it."""

    title: str
    columns: tuple[str, ...] = ()
    rows: Sequence[Shape] = ()
    nothing: str = ""
    held: Sequence[str] = ()


def show(found: list[Shape], out: Console) -> None:
    """One table for each set, then the problems with their places."""
    for shape in found:
        out.rule(escape(_clean(shape["file"])), align="left")
        for transaction in shape["transactions"]:
            _print(_told(transaction), out)
        for problem in shape["problems"]:
            place = f"segment {problem['segment']}" + (f", element {problem['element']}" if problem["element"] else "")
            lead = f"[yellow]{place}[/yellow]: " if problem["segment"] else ""  # else it is about the whole file
            out.print(f"  {lead}{escape(_clean(problem['reason']))}")
        if not shape["problems"]:
            out.print("  no problems")


def _print(told: Told, out: Console) -> None:
    out.print(f"[bold]{escape(_clean(told.title))}[/bold]")
    if not told.rows and told.nothing:
        out.print(f"  {told.nothing}")
    elif len(told.rows) > _FRAMED:
        out.out("\n".join(_plain(told, out.width)), highlight=False)
    elif told.rows:
        out.print(_framed(told))
    for reason in told.held:
        out.print(f"[red]held {escape(_clean(reason))}[/red]")


def _framed(told: Told) -> Table:
    table = Table()
    for name in told.columns:
        table.add_column(_heading(name), justify="right" if name in _RIGHT else "left", overflow="fold")
    for row in told.rows:
        table.add_row(*(escape(_cell(row.get(name))) for name in told.columns))
    return table


def _plain(told: Told, width: int) -> Iterator[str]:
    """Columns of equal width without a frame; the last one goes on below where it is long."""
    rows = [
        [_heading(name) for name in told.columns],
        *([_cell(row.get(n)) for n in told.columns] for row in told.rows),
    ]
    widths = [max(map(len, column)) for column in list(zip(*rows, strict=True))[:-1]]
    rest = max(_LEAST_LAST, width - sum(widths) - 2 * len(widths))
    right = [name in _RIGHT for name in told.columns]
    for row in rows:
        cells = (c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row[:-1], widths, right, strict=False))
        first, *more = textwrap.wrap(row[-1], rest) if len(row[-1]) > rest else [row[-1]]
        lead = "  ".join(cells)
        yield f"{lead}  {first}".rstrip()
        yield from (" " * (len(lead) + 2) + one for one in more)


def _heading(name: str) -> str:
    return name.replace("_", " ")


def _told(shape: Shape) -> Told:
    kind = shape["set"]
    title = f"{kind} {shape['control_number']}"
    held = [shape["held"]] if shape.get("held") else []
    if "set_aside" in shape:
        return Told(f"{title}: set aside, {shape['set_aside']}")
    if kind == "TA1":
        note = shape["interchange"]["note"]
        why = f", {worded(note, INTERCHANGE_NOTES)}" if note.strip("0") else ""
        return Told(f"TA1: interchange {shape['control_number']} {_heading(shape['outcome'])}{why}", held=held)
    if kind == "835":
        return _remittance(title, shape, held)
    if kind == "271":
        return _eligibility(title, shape, held)
    if kind in ("277CA", "277"):
        return Told(title, _STATUS_COLUMNS, shape["statuses"], "no statuses", held)
    if kind in ("999", "997"):
        group = shape["group"]
        title += f": group {group['control_number']} {_heading(group['outcome'])}" + _codes(group["codes"])
        return Told(title, _SET_COLUMNS, shape["sets"], "no set is named", held)
    rows = [{**one, "lines": str(len(one["lines"]))} for one in shape["claims"]]
    return Told(f"{title}{_unread(shape)}", _CLAIM_COLUMNS, rows, "no claims", held)


def _codes(codes: list[str]) -> str:
    return f" (code {', '.join(codes)})" if codes else ""


def _unread(shape: Shape) -> str:
    unread = shape["claims_unread"]
    return f"; {unread} claim{'s' if unread > 1 else ''} could not be read" if unread else ""


def _remittance(title: str, shape: Shape, held: list[str]) -> Told:
    """A row a claim, with its lines below, then the provider's own adjustments."""
    paid = shape["payment"] or "an unknown amount"
    said = f"{title}: {shape['payer'] or 'an unknown payer'} pays {paid} by {shape['method'] or '?'}, trace "
    said += f"{shape['trace_number'] or '?'}, "
    said += "balanced" if shape["balanced"] else f"off by {shape['difference']}"
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
    alone = [f"{claim['patient_control_number']}: {claim['held']}" for claim in shape["claims"] if claim["held"]]
    columns = (*_PAYMENT_COLUMNS, *used, "reasons")
    return Told(said + _unread(shape), columns, rows, "no claims", [*(f"whole: {one}" for one in held), *alone])


def _reasons(shape: Shape) -> list[str]:
    """Adjustments of a claim or line, and its remarks: `CO-45 30.00`, `N130`."""
    found = [f"{a['group']}-{a['reason']} {a['amount']}" for a in shape["adjustments"]]
    remarks = shape["remarks"] if not shape.get("lines") else []
    return [*found, *dict.fromkeys(remarks)]


def _eligibility(title: str, shape: Shape, held: list[str]) -> Told:
    word = "active" if shape["active"] else "inactive" if shape["inactive"] else "not said to be active"
    rows = [
        {"what": f"AAA {one['code']}", "what it says": f"{one['meaning']}. {one['what_to_do']}"}
        for one in shape["rejections"]
    ]
    rows += [
        {
            **one,
            "what": worded(one["code"], BENEFITS),
            "period": worded(one["period"], PERIODS),
            "percent": _percent(one["percent"]),
            "what it says": one["plan"],
        }
        for one in shape["benefits"]
    ]
    columns = tuple(name for name in _BENEFIT_COLUMNS if name == "what" or any(row.get(name) for row in rows))
    return Told(f"{title}: {word}", columns, rows, "nothing is said of anybody", held)


def _percent(share: str | None) -> str:
    """EB08 is a share of one: `.2` is 20 %."""
    try:
        return f"{Decimal(share) * 100:f}".rstrip("0").rstrip(".") + " %" if share and Decimal(share) else share or ""
    except InvalidOperation:
        return share or ""


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return _clean(", ".join(_error(one) if isinstance(one, dict) else str(one) for one in value))
    return _clean(str(value))


def _clean(text: str) -> str:
    """Without what would steer the terminal: a payer's text is not ours."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)


def _error(error: Shape) -> str:
    where = f"{error['segment']} at {error['position']}" + (f" element {error['element']}" if error["element"] else "")
    claim = f", claim {error['claim']}" if error["claim"] else ""
    return f"{where} (code {error['code']}{claim})"
