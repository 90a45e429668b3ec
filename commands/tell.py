"""`tell STORY`: a story through the pure core, with no server and no database. Reproduces a case, or answers "what if"."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

import typer
from pydantic import ValidationError
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from adapters.tables.icd10 import load_icd10
from adapters.tables.loader import load_tables
from adapters.x12.parse import parse
from claims.accounts.messages import ACCOUNT_MESSAGES
from claims.accounts.views import account_summary
from claims.money import dollars
from claims.payer_rules import ApprovalFor, PayerRules
from claims.state import ClaimState
from claims.tables import Tables
from claims.views import local, summary
from claims.world import World
from commands import screen
from commands.claim_files import Unread, read_claim_file
from commands.trouble import Exit, Unreadable, why_unreadable

WORLDS = ("silent", "agreeable")
FIELDS = ("at", "file", "message", "body", "claim")
CLAIM_NAMES = ("claim", "claim_id", "patient_control_number")
"""What may name a message's claim, in its line or in its body."""
CLAIM_KEYS = (
    "claim_id",
    "patient_control_number",
    "payer",
    "stage",
    "status",
    "ledger",
    "write_offs",
    "refunds",
    "overpayment",
    "submissions",
    "tasks",
    "deadlines",
    "refused",
)


@dataclass(slots=True)
class Line:
    """One line of a story, where it stands, and when it happens."""

    number: int
    at: datetime
    file: str = ""
    message: str = ""
    body: Any = None
    claim: str = ""


@dataclass(slots=True)
class Story:
    """A story as read: its world, the practice's zone, and its lines in order."""

    folder: Path
    agreeable: bool = False
    zone: str = "America/New_York"
    approvals: tuple[ApprovalFor, ...] = ()
    """What the practice wants a second, named person for."""
    rules: dict[str, Any] = field(default_factory=dict)
    """What else its payer rules say, as in payer_rules/*.toml: amounts, tiers, a contract, a review of codes."""
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Told:
    """What a story came to. Amounts and times as texts, ready for JSON."""

    steps: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    accounts: list[dict[str, Any]]
    unmatched: list[dict[str, Any]]
    held: list[dict[str, Any]]
    intake: list[dict[str, Any]]
    problems: list[str]

    def as_json(self) -> dict[str, Any]:
        return {
            "steps": self.steps,
            "claims": self.claims,
            "accounts": self.accounts,
            "unmatched": self.unmatched,
            "held": self.held,
            "intake": self.intake,
        }


def tell(
    story: Annotated[Path, typer.Argument(help="JSON lines: `at` with `file`, with `message` and `body`, or alone.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: steps, claims, unmatched, held.")] = False,
) -> None:
    """Run a STORY through the core: no server, no database, its own clock.

    Each line is a JSON object: [bold]at[/] (RFC 3339 with offset) and a [bold]file[/] (837, JSON claim, 835, 277CA, 277,
    271, 999, TA1; path from the story), or a [bold]message[/] with its [bold]body[/] (and [bold]claim[/] where there are
    several), or nothing: time passes, and what is due happens. A first line {"world": "agreeable"} lets eligibility and
    transmission succeed at once.
    """
    told = tell_story(read_story(story))
    if as_json:
        print(json.dumps(told.as_json(), indent=2))
    else:
        _show(told)
    if any(one["outcome"] == "unreadable" for one in told.intake):
        raise typer.Exit(Exit.UNREADABLE)


def read_story(path: Path) -> Story:
    """Raises Unreadable with the line's number and what was expected."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path}: can't be read: {why_unreadable(error)}", "give a file of JSON lines") from None
    story, rows = Story(folder=path.parent), 0
    for number, row in enumerate(text.splitlines(), 1):
        if row.strip() and not row.lstrip().startswith("#"):
            _read_line(story, number, row, f"{path}, line {number}")
            rows += 1
    if not rows:
        raise Unreadable(
            f"{path}: the story is empty", 'a line is {"at": "2026-03-02T09:00:00-05:00", "file": "claim.837"}'
        )
    return story


def _read_line(story: Story, number: int, row: str, where: str) -> None:
    try:
        entry = json.loads(row)
    except ValueError as error:
        raise Unreadable(f"{where}: is not JSON ({error})", "write one JSON object a line") from None
    if not isinstance(entry, dict):
        raise Unreadable(f"{where}: is no JSON object", "write one JSON object a line")
    if "at" not in entry and ("world" in entry or "zone" in entry):
        if story.lines:
            raise Unreadable(f"{where}: the world is set by the first line", "move it to the top")
        world = entry.get("world", "silent")
        if world not in WORLDS:
            raise Unreadable(f"{where}: there is no world {world!r}", f"one of {', '.join(WORLDS)}")
        story.agreeable = world == "agreeable"
        story.zone = _zone(entry.get("zone", story.zone), where)
        story.approvals = _approvals(entry.get("approvals", []), where)
        story.rules = _rules(entry.get("rules", {}), where)
        return
    if unknown := [name for name in entry if name not in (*FIELDS, *CLAIM_NAMES)]:
        raise Unreadable(f"{where}: there is no field `{unknown[0]}`", f"a line has {', '.join(FIELDS)}")
    at = _moment(entry.get("at"), where)
    if story.lines and at < story.lines[-1].at:
        raise Unreadable(f"{where}: `at` is earlier than the line before", "a story goes forward in time")
    for name in ("file", "message", *CLAIM_NAMES):
        if not isinstance(entry.get(name, ""), str):
            raise Unreadable(f"{where}: `{name}` is no text", "write it in quotes")
    if entry.get("file") and entry.get("message"):
        raise Unreadable(f"{where}: has both a file and a message", "make two lines of it")
    story.lines.append(
        Line(
            number=number,
            at=at,
            file=entry.get("file", ""),
            message=entry.get("message", ""),
            body=entry.get("body"),
            claim=next((entry[name] for name in CLAIM_NAMES if entry.get(name)), ""),
        )
    )


def _moment(text: object, where: str) -> datetime:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Unreadable(f"{where}: `at` is no time with offset", 'write it like "2026-03-02T09:00:00-05:00"')
    return at


def _approvals(named: object, where: str) -> tuple[ApprovalFor, ...]:
    known = get_args(ApprovalFor)
    if not isinstance(named, list) or any(name not in known for name in named):
        raise Unreadable(f"{where}: `approvals` lists what needs a second person", f"any of {', '.join(known)}")
    return tuple(named)


def _rules(named: object, where: str) -> dict[str, Any]:
    """Fields of payer rules, checked against the default ones."""
    fields = [name for name in PayerRules.model_fields if name not in ("name", "version", "payer_ids", "approvals")]
    if not isinstance(named, dict) or not set(named) <= set(fields):
        raise Unreadable(f"{where}: `rules` changes fields of the payer rules", f"any of {', '.join(fields)}")
    try:
        changed = PayerRules.model_validate({**load_tables().payer_rules[-1].model_dump(), **named})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Unreadable(f"{where}: rules.{place}: {first['msg']}", "write it as in payer_rules/*.toml") from None
    return {name: getattr(changed, name) for name in named}


def _zone(name: object, where: str) -> str:
    try:
        return ZoneInfo(str(name)).key
    except (ValueError, OSError, KeyError):
        raise Unreadable(f"{where}: there is no time zone {name!r}", 'write it like "America/Chicago"') from None


def _tables(story: Story) -> Tables:
    """The real tables, for a practice that asks for the story's approvals."""
    tables = load_tables()
    update: dict[str, Any] = {**story.rules, **({"approvals": story.approvals} if story.approvals else {})}
    if not update:
        return tables
    asked = tuple(rules.model_copy(update=update) for rules in tables.payer_rules)
    return tables.model_copy(update={"payer_rules": asked})


def tell_story(story: Story) -> Told:
    """Runs a story to its end. Raises Unreadable for a file that is missing and a claim that isn't there."""
    world = World(_tables(story), load_icd10(), agreeable=story.agreeable, zone=story.zone)
    intake: list[dict[str, Any]] = []
    problems: list[str] = []
    for line in story.lines:
        world.advance(line.at)
        where = f"line {line.number}"
        if line.file:
            _file(world, story.folder / line.file, line, where, intake, problems)
        elif line.message:
            if line.message.replace("-", "_") in ACCOUNT_MESSAGES:
                world.account_message(_which_account(world, line, where), line.message, line.body, at=line.at)
                continue
            key = _which(world, line, where)
            world.message(key, line.message, line.body, at=line.at)
    return Told(
        steps=[_step(step, story.zone) for step in world.steps],
        claims=[_claim(state, world) for state in world.claims.values()],
        accounts=[account_summary(state) for state in world.book.accounts.values()],
        unmatched=[_part(at, part, story.zone) for at, part in world.unmatched],
        held=[_part(at, part, story.zone) for at, part in world.held],
        intake=intake,
        problems=problems,
    )


def _file(world: World, path: Path, line: Line, where: str, intake: list[dict[str, Any]], problems: list[str]) -> None:
    if not path.is_file():
        raise Unreadable(f"{where}: no such file: {line.file}", "paths count from the story's folder")
    made = read_claim_file(path)
    if not made.claims and _is_x12(made.raw):
        document = parse(made.raw)
        problems += [f"{where}: segment {p.segment}: {p.reason}" for p in document.all_problems]
        if document.sets and any(one.parsed.kind not in ("claim_submission",) for one in document.sets):
            world.document(document, at=line.at)
            return
    if made.unreadable:
        intake.append({"file": line.file, "claim": "", "outcome": "unreadable", "reason": made.unreadable})
        return
    for item in made.items:
        taken = world.register(item.claim, at=line.at, coded=item.coded, source=item.source)
        intake.append({"file": line.file, "claim": taken.claim, "outcome": taken.outcome, "reason": taken.reason})
    intake += [_unread(line.file, one) for one in made.unread]


def _unread(file: str, one: Unread) -> dict[str, Any]:
    return {"file": file, "claim": one.claim, "outcome": "refused", "reason": f"segment {one.segment}: {one.reason}"}


def _is_x12(raw: bytes) -> bool:
    return raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"[")


def _which(world: World, line: Line, where: str) -> tuple[str, str]:
    """The claim a message is for: the one named, or the only one there is."""
    body = line.body if isinstance(line.body, dict) else {}
    named = [key for key in CLAIM_NAMES if isinstance(body.get(key), str) and (key == "claim" or world.find(body[key]))]
    name = line.claim or (body[named[0]] if named else "")
    found = world.find(str(name)) if name else list(world.claims)
    if named:
        line.body = {k: v for k, v in body.items() if k not in named}
    if len(found) == 1:
        return found[0]
    if not found:
        raise Unreadable(f"{where}: there is no claim {name or 'yet'}", "start it with a `file` first")
    raise Unreadable(f"{where}: {len(found)} claims could be meant", 'say which: "claim": its CLM01 or claim id')


def _which_account(world: World, line: Line, where: str) -> tuple[str, str]:
    """The account of the claim that the line names, or the only one there is."""
    claims = world.find(line.claim) if line.claim else []
    found = [world.book.account_of(key) for key in claims] if line.claim else list(world.book.accounts)
    keys = [key for key in found if key is not None]
    if len(keys) == 1:
        return keys[0]
    if not keys:
        raise Unreadable(f"{where}: no patient owes anything there yet", "let a payer decide first")
    raise Unreadable(f"{where}: {len(keys)} accounts could be meant", 'name a claim of it: "claim": its CLM01')


def _step(step: Any, zone: str) -> dict[str, Any]:
    return {
        "at": local(step.at, zone),
        "claim": step.claim,
        "event": step.event,
        "detail": step.detail,
        "from": step.before,
        "to": step.after,
        "path": list(step.path),
        "effects": list(step.effects),
        "refused": step.refused,
    }


def _claim(state: ClaimState, world: World) -> dict[str, Any]:
    whole = summary(state, world.tables)
    told = {name: whole[name] for name in CLAIM_KEYS}
    told["submissions"] = [{k: s[k] for k in ("number", "frequency", "outcome")} for s in whole["submissions"]]
    told["tasks"] = [{k: t[k] for k in ("type", "category", "owner", "due", "reason")} for t in whole["tasks"]]
    told["deadlines"] = [{k: d[k] for k in ("kind", "subject", "due", "rule", "source")} for d in whole["deadlines"]]
    return told


def _part(at: datetime, part: Any, zone: str) -> dict[str, Any]:
    return {
        "at": local(at, zone),
        "set": part.set,
        "position": part.position,
        "reference": part.reference,
        "amount": None if part.amount_cents is None else dollars(part.amount_cents),
        "reason": part.reason,
    }


def _show(told: Told) -> None:
    console = screen.console()
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("when", "claim", "event", "from -> to", "asks for, or refused because"):
        table.add_column(
            name, overflow="fold", min_width=24 if "->" in name and console.width >= screen.ROOMY else None
        )
    for step in told.steps:
        what = f"{step['event']} {step['detail']}".strip()
        refused = escape(step["refused"])
        end = f"[red]{refused}[/]" if refused else ", ".join(step["effects"])
        when = step["at"][:16].replace("T", " ")
        table.add_row(when, escape(step["claim"]), escape(what), _course(step), end)
    console.print(table)
    for claim in told.claims:
        _show_claim(console, claim)
    for account in told.accounts:
        _show_account(console, account)
    for name, parts in (("unmatched", told.unmatched), ("held", told.held)):
        for part in parts:
            what = f"{part['set']} {part['reference']} {part['amount'] or ''}: {part['reason']}"
            console.print(f"[yellow]{name}[/] {escape(what)}")
    for one in told.intake:
        if one["outcome"] != "started" or one["reason"]:
            console.print(
                f"[yellow]{escape(one['file'])}[/] {escape(one['claim'])} {one['outcome']}: {escape(one['reason'])}"
            )
    for problem in told.problems:
        console.print(f"[dim]{escape(problem)}[/]")


def _course(step: dict[str, Any]) -> str:
    """`submitted -> adjudicated -> paid -> closed`; one word where nothing changed."""
    through = (step["from"], *step["path"], step["to"])
    return " -> ".join(status for status, _ in groupby(through) if status)


def _show_account(console: Console, account: dict[str, Any]) -> None:
    numbers = ", ".join(claim["number"] for claim in account["claims"])
    console.print(f"[bold]account {account['account'][:6]}[/]  {account['standing']}  ({escape(numbers)})")
    console.print(f"  owed {account['balance']}, withheld {account['withheld']}, credit {account['credit']}")
    for one in account["statements"]:
        console.print(f"  statement {one['number']}, {one['notice']}: {one['amount']} on {one['on'][:10]}")
    for task in account["tasks"]:
        console.print(f"  task for the {task['owner']}, due {task['due'][:10]}: {escape(task['reason'])}")
    for deadline in account["deadlines"]:
        what = f"{deadline['kind']} {deadline['subject']}".strip()
        console.print(f"  until {deadline['due'][:10]} {what}: {escape(deadline['rule'])}")


def _show_claim(console: Console, claim: dict[str, Any]) -> None:
    money = ", ".join(f"{name} {amount}" for name, amount in claim["ledger"].items())
    console.print(f"[bold]{escape(claim['patient_control_number'])}[/]  {claim['stage']} / {claim['status']}")
    console.print(f"  {money}")
    for sent in claim["submissions"]:
        console.print(f"  submission {sent['number']}, frequency {sent['frequency']}: {sent['outcome']}")
    for task in claim["tasks"]:
        console.print(f"  task for the {task['owner']}, due {task['due'][:10]}: {escape(task['reason'])}")
    for deadline in claim["deadlines"]:
        what = f"{deadline['kind']} {deadline['subject']}".strip()
        console.print(f"  until {deadline['due'][:10]} {what}: {escape(deadline['rule'])}")
