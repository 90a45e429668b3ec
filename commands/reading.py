"""Commands that look and change nothing: `list`, `show`, `timeline`, `tasks`. Served from the records."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, get_args

import typer
from rich.markup import escape
from rich.table import Table

from adapters.records.reading import TaskRow
from adapters.tables.loader import load_tables
from claims import views
from claims.money import dollars
from claims.ports import JournalEntry
from claims.state import TaskType
from claims.status import Stage, Status
from claims.tables import Owner
from claims.views import ClaimView
from commands.context import Room, find_claim, note_list, note_look, open_room
from commands.screen import console, counted, moment, money, print_json, table
from commands.trouble import Unreachable, Unreadable

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
Practice = Annotated[str | None, typer.Option(help="One practice only, for example npi-1999999984.")]
ClaimArgument = Annotated[
    str, typer.Argument(metavar="CLAIM", help="Claim id, patient control number or workflow id.", show_default=False)
]


def list_claims(
    practice: Practice = None,
    stage: Annotated[str | None, typer.Option(help="registered, coded, submitted, adjudicated, paid, ...")] = None,
    status: Annotated[str | None, typer.Option(help="The finer state, for example payer_rejected.")] = None,
    payer: Annotated[str | None, typer.Option(help="A payer's id or name.")] = None,
    owner: Annotated[str | None, typer.Option(help="Whose turn it is: biller, coder, front_desk, payer, ...")] = None,
    needs_action: Annotated[bool, typer.Option("--needs-action", help="Only claims that wait for a person.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=10_000)] = 100,
    cursor: Annotated[str | None, typer.Option(help="Go on after a list that ended with this cursor.")] = None,
    as_json: AsJson = False,
) -> None:
    """List claims in the order of their registration, with their money and next deadline.

    [bold]Examples:[/]

      python starter.py list --needs-action

      python starter.py list --stage denied --json
    """

    _one_of("--stage", stage, Stage)
    _one_of("--status", status, Status)

    async def look() -> None:
        async with open_room(server=False) as room:
            page = await room.records.list_claims(
                practice=practice,
                stage=stage,
                status=status,
                payer=payer,
                needs_action=True if needs_action else None,
                owner=owner,
                limit=limit,
                cursor=cursor,
            )
            await note_list(room, "claims", len(page.claims))
            if as_json:
                told = [claim_json(view) for view in page.claims]
                print_json({"claims": told, "next_cursor": page.next_cursor})
                return
            screen = console()
            screen.print(claims_table(page.claims))
            if page.next_cursor:
                screen.print(f"More: the same with --cursor {page.next_cursor}", soft_wrap=True)

    asyncio.run(look())


def show(claim: ClaimArgument, as_json: AsJson = False) -> None:
    """Show one claim: where it is and why, its money, deadlines and tasks, and what may be done now.

    [bold]Example:[/] python starter.py show LKP1001
    """

    async def look() -> None:
        async with open_room(server=True, optional_server=True) as room:
            view = await find_claim(room, claim)
            await note_look(room, view, "show")
            asked = await _ask(room, view, ("why_here", "allowed_actions", "ledger"))
            if as_json:
                print_json({**claim_json(view), **asked})
            else:
                _show(view, asked)

    asyncio.run(look())


def timeline(claim: ClaimArgument, as_json: AsJson = False) -> None:
    """Every step of a claim: what happened, from which status to which, by whom, and what was refused.

    [bold]Example:[/] python starter.py timeline LKP1001
    """

    async def look() -> None:
        async with open_room(server=False) as room:
            view = await find_claim(room, claim)
            await note_look(room, view, "timeline")
            entries = await room.records.journal(view.practice, view.claim_id)
            if as_json:
                print_json([entry.model_dump(mode="json") for entry in entries])
            else:
                console().print(_timeline_table(view, entries))

    asyncio.run(look())


def tasks(
    practice: Practice = None,
    owner: Annotated[str | None, typer.Option(help="biller, coder, front_desk, provider or supervisor.")] = None,
    type: Annotated[str | None, typer.Option(help="For example work_denial.")] = None,
    category: Annotated[str | None, typer.Option(help="For example clinical: a denial's class.")] = None,
    assignee: Annotated[str | None, typer.Option(help="Tasks that this person took.")] = None,
    payer: Annotated[str | None, typer.Option(help="A payer's id or name.")] = None,
    stage: Annotated[str | None, typer.Option(help="The stage of the claim: submitted, denied, appealed, ...")] = None,
    put_off: Annotated[bool, typer.Option("--put-off", help="Also tasks that are put off until a later day.")] = False,
    due_before: Annotated[str | None, typer.Option(help="Due before this day (YYYY-MM-DD).", metavar="DAY")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=10_000)] = 500,
    as_json: AsJson = False,
) -> None:
    """The worklist: open tasks, the one that is due first at the top.

    A task that was put off is not listed until it is back.

    [bold]Examples:[/]

      python starter.py tasks --owner coder

      python starter.py tasks --type work_denial --category clinical --due-before 2026-12-24
    """

    _one_of("--owner", owner, get_args(Owner))
    _one_of("--type", type, get_args(TaskType))

    async def look() -> None:
        async with open_room(server=False) as room:
            rows = await room.records.tasks(
                practice=practice,
                owner=owner,
                type=type,
                category=category,
                assignee=assignee,
                payer=payer,
                stage=stage,
                due_before=_before(due_before),
                put_off=put_off,
                limit=limit,
            )
            await note_list(room, "tasks", len(rows))
            if as_json:
                print_json([_task_json(row) for row in rows])
            else:
                console().print(_tasks_table(rows))

    asyncio.run(look())


def claim_json(view: ClaimView) -> dict[str, Any]:
    """A claim for JSON output: amounts as decimal strings under `ledger`."""
    told = view.model_dump(mode="json")
    names = [name for name in told if name.endswith("_cents")]
    told["ledger"] = {name.removesuffix("_cents"): dollars(told.pop(name)) for name in names}
    told["workflow_id"] = f"claim/{view.practice}/{view.claim_id}"
    return told


def claims_table(views: Sequence[ClaimView]) -> Table:
    """One row a claim."""
    columns = ("claim", "payer", "stage", "status", "charge", "paid", "open", "next deadline", "waits for")
    rows = [
        {
            "claim": escape(view.patient_control_number),
            "payer": escape(view.payer_id),
            "stage": view.stage,
            "status": f"[yellow]{view.status}[/yellow]" if view.needs_action else str(view.status),
            "charge": money(view.charge_cents),
            "paid": money(view.paid_cents),
            "open": money(view.open_cents),
            "next deadline": moment(view.next_deadline),
            "waits for": escape(view.waits_for),
        }
        for view in views
    ]
    amounts = ("charge", "paid", "open")
    title = counted(len(views), "claim")
    return table(title, columns, rows, keep=("claim", *amounts), right=amounts, spare=("stage", "charge", "paid"))


async def _ask(room: Room, view: ClaimView, questions: Sequence[str]) -> dict[str, Any]:
    """What the running workflow says, else its archived state; nothing where the server is away and nothing is stored."""
    told = await from_archive(room, view)
    if told or room.client is None:
        return {question: told[question] for question in questions if question in told}
    handle = room.client.get_workflow_handle(f"claim/{view.practice}/{view.claim_id}")
    try:
        return {question: await room.query(handle, question) for question in questions}
    except Unreachable:
        return {}


async def from_archive(room: Room, view: ClaimView) -> dict[str, Any]:
    """The answers of a claim whose workflow has ended, by question; nothing where it never did, or went on since."""
    if view.status not in (Status.CLOSED, Status.VOIDED):
        return {}
    state = await room.records.archived(view.practice, view.claim_id)
    if state is None or state.sequence < await room.records.last_step(view.practice, view.claim_id):
        return {}  # a statement, say, leaves it closed, and its workflow knows more
    tables = await asyncio.to_thread(load_tables, sandbox=room.settings.sandbox)
    return {
        "why_here": views.why_here(state, tables),
        "allowed_actions": views.allowed_actions(state),
        "ledger": views.ledger_view(state, tables),
    }


def _show(view: ClaimView, asked: dict[str, Any]) -> None:
    screen = console()
    screen.print(f"[bold]{escape(view.patient_control_number)}[/bold]  claim/{view.practice}/{view.claim_id}")
    head = Table.grid(padding=(0, 2))
    head.add_row("payer", escape(f"{view.payer} ({view.payer_id})"))
    head.add_row("stage, status", f"{view.stage}, [bold]{view.status}[/bold] since {moment(view.since)}")
    if view.waits_for:
        head.add_row("waits for", escape(view.waits_for))
    if why := asked.get("why_here"):
        if (words := _in_words(why)) != view.waits_for:
            head.add_row("why", escape(words))
        if refusal := why.get("last_refusal"):
            head.add_row("last refusal", escape(str(refusal)))
    if view.holds:
        head.add_row("holds", escape(", ".join(view.holds)))
    screen.print(head)
    screen.print(_money_table(view))
    book = asked.get("ledger") or {}
    for made in ledger_tables(book):
        screen.print(made)
    if hers := book.get("patient_account"):
        screen.print(escape(account_line(hers)))
    if view.tasks:
        todo = [
            {"id": x.id, "task": x.type, "owner": x.owner, "due": moment(x.due), "reason": escape(x.reason)}
            for x in view.tasks
        ]
        screen.print(table("Tasks", ("id", "task", "owner", "due", "reason"), todo, keep=("id",)))
    if view.deadlines:
        dues = [
            {
                "id": escape(x.id),
                "deadline": x.kind,
                "due": moment(x.due),
                "rule": escape(x.rule),
                "source": escape(x.source),
            }
            for x in view.deadlines
        ]
        columns = ("id", "deadline", "due", "rule", "source")
        screen.print(table("Deadlines", columns, dues, spare=("deadline",)))
    if actions := asked.get("allowed_actions"):
        verbs = [str(one.get("message", "")).replace("_", "-") for one in actions]
        screen.print(f"may be done now: {', '.join(verbs)}")


def _in_words(why: Any) -> str:
    """The reasons, else whatever else the claim says of why it stands where it stands."""
    if not isinstance(why, dict):
        return str(why)
    because = why.get("because") or why.get("waits_for") or ""
    return "; ".join(map(str, because)) if isinstance(because, list) else str(because)


def ledger_tables(book: Mapping[str, Any]) -> list[Table]:
    """What was given up and what was given back, each with who and why; nothing where there is neither."""
    made = []
    if given_up := book.get("write_offs"):
        rows = [
            {
                "write-off": one["amount"],
                "of": one["bucket"],
                "why": escape(f"{one['category']}: {one['reason']}"),
                "by": _by(one),
                "on": str(one["at"])[:10],
                "taken back": _taken_back(one),
            }
            for one in given_up
        ]
        made.append(table("Written off", tuple(rows[0]), rows, keep=("write-off", "by"), right=("write-off",)))
    if given_back := book.get("refunds"):
        rows = [
            {
                "refund": one["amount"],
                "to": escape(one["payer_id"] or one["to"]),
                "why": escape(one["reason"]),
                "by": _by(one),
                "sent": escape(f"{one['sent_on']} {one['reference']}") if one["sent_on"] else "not yet",
                "taken back": _taken_back(one),
            }
            for one in given_back
        ]
        made.append(table("Refunds", tuple(rows[0]), rows, keep=("refund", "by"), right=("refund",)))
    return made


def account_line(hers: Mapping[str, Any]) -> str:
    """The claim's part of its patient's account, in one line."""
    stands = f" ({hers['standing'].replace('_', ' ')})" if hers["standing"] else ""
    withheld = f", {hers['withheld']} withheld" if hers["withheld"] != "0.00" else ""
    paid = f", {hers['paid_by_patient']} paid by the patient" if hers["paid_by_patient"] != "0.00" else ""
    sent = counted(hers["statements"], "statement")
    return f"patient's account {hers['account'][:12]}{stands}: {hers['asked']} asked for{withheld}{paid}, {sent}"


def _by(one: Mapping[str, Any]) -> str:
    return escape(f"{one['by']}, approved by {one['approved_by']}" if one["approved_by"] else one["by"])


def _taken_back(one: Mapping[str, Any]) -> str:
    return escape(f"{one['reverted_by']}: {one['why_reverted']}") if one["reverted_by"] else ""


def _money_table(view: ClaimView) -> Table:
    names = ("charge", "paid", "contractual", "written_off", "patient", "next_payer", "open")
    row = {name.replace("_", " "): money(getattr(view, f"{name}_cents")) for name in names}
    return table("Money", tuple(row), [row], right=tuple(row))


def _timeline_table(view: ClaimView, entries: Sequence[JournalEntry]) -> Table:
    rows = [
        {
            "#": str(entry.sequence),
            "at": moment(entry.at),
            "event": entry.event,
            "by": escape(entry.by),
            "status": " > ".join(entry.path) or entry.after,
            "effects": " ".join(entry.effects),
            "what": f"[red]refused: {escape(entry.refused)}[/red]" if entry.refused else escape(entry.summary),
        }
        for entry in entries
    ]
    title = f"{view.patient_control_number}, {counted(len(entries), 'step')}"
    columns = ("#", "at", "event", "by", "status", "effects", "what")
    return table(title, columns, rows, keep=("#",), spare=("effects",))


def _task_json(row: TaskRow) -> dict[str, Any]:
    told = row.model_dump(mode="json")
    told["open"] = dollars(told.pop("open_cents"))
    return told


def _tasks_table(rows: Sequence[TaskRow]) -> Table:
    columns = ("due", "task", "owner", "claim", "id", "payer", "open", "reason")
    cells = [
        {
            "due": moment(row.due),
            "task": row.type,
            "owner": escape(row.assignee or row.owner),
            "claim": escape(row.patient_control_number),
            "id": row.id,
            "payer": escape(row.payer),
            "open": money(row.open_cents),
            "reason": escape(row.reason),
        }
        for row in rows
    ]
    title = counted(len(rows), "open task")
    return table(title, columns, cells, keep=("claim", "id", "open"), right=("open",), spare=("payer",))


def _one_of(option: str, given: str | None, words: Iterable[str]) -> None:
    """A misspelt word would be an empty list, and be believed."""
    if given is not None and given not in list(words):
        raise Unreadable(f"{option} {given}: there is none of this name", f"One of {', '.join(words)}.")


def _before(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"--due-before: {text} is no day", "Write it like 2026-11-24.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
