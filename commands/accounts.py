"""Patients' accounts: `accounts` lists and shows them, a verb for each thing a person may do, `patient-payments` a file."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from activities.account_orders import AccountCarried
from activities.fairness import of_practice
from activities.names import PATIENT_ACCOUNT, account_workflow_id
from adapters.records.audit_log import Act
from claims.accounts.messages import ACCOUNT_MESSAGES, AccountMessage
from claims.accounts.views import AccountEntry, AccountView
from claims.money import dollars
from claims.patient_payments import PaymentRow, read_payments
from commands.acting import ask_workflow, read_fields, read_key, send_update, until_shown
from commands.context import Room, find_claim, note_list, open_room
from commands.reading import AsJson, Practice
from commands.screen import console, counted, moment, money, print_json, table
from commands.trouble import Exit, Trouble, Unreachable, Unreadable, why_unreadable

By = Annotated[
    str, typer.Option("--by", envvar="CLAIMLINE_USER", help="Who does this: an opaque name.", show_default=False)
]
AccountArgument = Annotated[
    str,
    typer.Argument(metavar="ACCOUNT", help="Account id, workflow id, or a claim that is on it.", show_default=False),
]


def accounts(
    account: Annotated[
        str, typer.Argument(metavar="[ACCOUNT]", help="One account, or a claim that is on it.", show_default=False)
    ] = "",
    practice: Practice = None,
    needs_action: Annotated[bool, typer.Option("--needs-action", help="Only accounts that wait for a person.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Settled accounts too.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=10_000)] = 500,
    as_json: AsJson = False,
) -> None:
    """List guarantors' accounts by what is owed, or show one with its claims, statements and timeline.

    [bold]Examples:[/]

      python starter.py accounts

      python starter.py accounts LKP1002
    """

    async def look() -> None:
        async with open_room(server=False) as room:
            if account:
                view = await find_account(room, account)
                await note_account(room, view, "accounts")
                steps = await room.records.account_steps(view.practice, view.account)
                if as_json:
                    print_json({**view.summary, "timeline": [one.model_dump(mode="json") for one in steps]})
                else:
                    _show(view, steps)
                return
            views = await room.records.list_accounts(
                practice=practice, everything=everything, needs_action=needs_action or None, limit=limit
            )
            await note_list(room, "accounts", len(views))
            if as_json:
                print_json([view.model_dump(mode="json", exclude={"summary"}) for view in views])
            else:
                console().print(_table(views))

    asyncio.run(look())


def _table(views: tuple[AccountView, ...]) -> Table:
    columns = ("account", "stands", "owed", "credit", "claims", "statements", "next", "waits for a person")
    total = sum(view.balance_cents for view in views)
    title = f"{counted(len(views), 'account')}, {money(total)} owed"
    return table(title, columns, map(_row, views), keep=("account",), right=("owed", "credit"), spare=("statements",))


def _row(view: AccountView) -> dict[str, str]:
    held = f" ({', '.join(view.holds)})" if view.holds else ""
    return {
        "account": view.account[:12],
        "stands": view.standing.replace("_", " ") + held,
        "owed": money(view.balance_cents),
        "credit": money(view.credit_cents),
        "claims": str(view.claims),
        "statements": str(view.statements),
        "next": f"{view.next_what} {moment(view.next_at)}".strip(),
        "waits for a person": escape(view.task),
    }


def _show(view: AccountView, steps: tuple[AccountEntry, ...]) -> None:
    screen, told = console(), view.summary
    screen.print(f"[bold]account {view.account}[/]  {view.standing.replace('_', ' ')}")
    screen.print(f"  owed {told['balance']}, withheld {told['withheld']}, credit {told['credit']}")
    for claim in told["claims"]:
        handed = ", with an agency" if claim["handed_over"] else ""
        why = f"; {claim['why']}" if claim["withheld"] != "0.00" else ""
        text = f"  {claim['number']}: owed {claim['owed']}, {counted(claim['notices'], 'statement')}{handed}{why}"
        screen.print(escape(text))
    if view.plan:
        screen.print(f"  plan: {view.plan}")
    for hold in told["holds"]:
        screen.print(escape(f"  held: {hold['kind']} {hold['claim']} {hold['reason']} ({hold['by']})"))
    for one in told["statements"]:
        screen.print(f"  statement {one['number']}, {one['notice']}, {one['on'][:10]}: {one['amount']}")
    for task in told["tasks"]:
        screen.print(escape(f"  task {task['id']} for the {task['owner']}, due {task['due'][:10]}: {task['reason']}"))
    for deadline in told["deadlines"]:
        screen.print(escape(f"  {deadline['kind']} {deadline['due'][:16].replace('T', ' ')}: {deadline['rule']}"))
    rows = (
        {
            "when": moment(step.at),
            "what": escape(f"{step.event} {step.summary}".strip()),
            "by": escape(step.by),
            "stands": step.after.replace("_", " "),
            "refused because": escape(step.refused),
        }
        for step in steps
    )
    screen.print(table("", ("when", "what", "by", "stands", "refused because"), rows))


async def note_account(room: Room, view: AccountView, command: str) -> None:
    """A person looks at one account: noted before it is shown."""
    subject = account_workflow_id(view.practice, view.account)
    await room.records.custody.note(Act(actor=getpass.getuser(), action="read", subject=subject, detail=command))


async def find_account(room: Room, reference: str) -> AccountView:
    """By account id or workflow id, else by a claim that is on it."""
    found = await room.records.find_accounts(reference)
    if not found:
        claim = await find_claim(room, reference)
        views = await room.records.list_accounts(practice=claim.practice, everything=True, limit=1_000_000)
        found = tuple(v for v in views if any(one["claim_id"] == claim.claim_id for one in v.summary["claims"]))
        if not found:
            raise Trouble(f"nothing of {reference} is on a patient's account yet", "A payer has to decide first.")
    if len(found) > 1:
        raise Unreadable(f"{len(found)} accounts are called {reference}", "Say PRACTICE/ACCOUNT.")
    return found[0]


# What people do


def add_verbs(app: typer.Typer) -> None:
    """A command for every message to an account."""
    for message in ACCOUNT_MESSAGES.values():
        app.command(
            name=message.name.replace("_", "-"),
            help=f"{message.help[0].upper()}{message.help[1:]}.\n\n[bold]Body:[/] {escape(message.example)}",
            short_help=message.help.partition(":")[0],
            rich_help_panel="Patients' accounts",
            context_settings={"ignore_unknown_options": True},
        )(_verb(message))


def _verb(message: AccountMessage) -> Callable[..., None]:
    def act(
        account: AccountArgument,
        words: Annotated[
            list[str] | None,
            typer.Argument(metavar="[FIELD=VALUE]...", help="Fields; --field VALUE does as well.", show_default=False),
        ] = None,
        by: By = "",
        body: Annotated[
            str, typer.Option("--body", help="The whole message as JSON, or @FILE.", show_default=False)
        ] = "",
        key: Annotated[
            str,
            typer.Option(
                "--id",
                metavar="KEY",
                help="A key of your own: the same one again does nothing twice and gets the first answer.",
                show_default=False,
            ),
        ] = "",
        as_json: AsJson = False,
    ) -> None:
        sent = read_fields(message.name, words or [], body, bare_words=message.bare, example=message.example)
        sent.setdefault("by", by or getpass.getuser())
        view, answer = asyncio.run(_act(account, message.name, sent, key))
        if as_json:
            print_json({"account": view.account, **answer})
        else:
            stands, owed = answer["standing"].replace("_", " "), money(answer["balance_cents"])
            console().print(f"account {view.account[:12]}: [bold]{stands}[/bold], {owed} owed")

    return act


async def _act(reference: str, name: str, body: dict[str, Any], key: str) -> tuple[AccountView, dict[str, Any]]:
    """One act, under its key where it has one: whoever uses that again acts once."""
    async with open_room(server=True) as room:
        view = await find_account(room, reference)
        return view, await ask_account(room, view, name, body, identity=f"{name}:{read_key(key)}")


async def ask_account(
    room: Room, view: AccountView, name: str, body: dict[str, Any], identity: str = ""
) -> dict[str, Any]:
    """The account's answer; one that has ended is taken out of the archive."""

    async def wake() -> None:
        state = await room.records.archived_account(view.practice, view.account)
        if state is None:
            raise Trouble("this account has no workflow and no archive")
        await room.server.start_workflow(
            PATIENT_ACCOUNT,
            AccountCarried(state=state),
            id=account_workflow_id(view.practice, view.account),
            task_queue=room.settings.temporal_task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            priority=of_practice(view.practice),
        )

    workflow_id = account_workflow_id(view.practice, view.account)
    answer = await ask_workflow(room, workflow_id, f"account {view.account[:12]}", name, body, identity, wake)

    async def last_step() -> int:
        steps = await room.records.account_steps(view.practice, view.account)
        return steps[-1].sequence if steps else 0

    await until_shown(answer, last_step)
    return answer


# Payments by file


@dataclass(slots=True)
class Posting:
    """What became of one row of a file of payments."""

    line: int
    amount_cents: int
    outcome: str
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"line": self.line, "amount": dollars(self.amount_cents), "outcome": self.outcome, "reason": self.reason}


def patient_payments(
    file: Annotated[Path, typer.Argument(help="A CSV with a heading.", show_default=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and look up; post nothing.")] = False,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Post patients' payments out of a CSV: reference, amount, date, method, and an account or a claim in each row.

    A payment pays the claim that it names, then the oldest service, never more than is owed; the rest is a credit. A
    negative amount is a returned payment. The same file, or the same row in another one, posts once. A file with a row that
    can't be read is refused whole; a row that nobody's account takes is told, and the others are posted.

    [bold]Example:[/] python starter.py patient-payments lockbox.csv --dry-run
    """
    try:
        rows, problems = read_payments(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{file}: can't be read: {why_unreadable(error)}", "Give a CSV in UTF-8.") from None
    if problems and not (dry_run and rows):
        first, more = problems[0], len(problems) - 1
        also = f"; {counted(more, 'more row')} can't be read either" if more else ""
        where = f"line {first.line}: {f'{first.column} {first.reason}'.strip()}"
        raise Unreadable(
            f"{file}, {where}{also}", "Nothing was posted: mend the file, or look at all of it with --dry-run."
        )
    done = asyncio.run(_post_all(rows, by or getpass.getuser(), dry_run=dry_run))
    done += [Posting(one.line, 0, "unreadable", f"{one.column}: {one.reason}".strip(": ")) for one in problems]
    done.sort(key=lambda one: one.line)
    if as_json:
        print_json({"file": file.name, "dry_run": dry_run, "payments": [one.as_json() for one in done]})
    else:
        _report(done)
    if any(one.outcome in ("refused", "unreadable") for one in done):
        print(f"{file}: not every payment was taken", file=sys.stderr)
        raise typer.Exit(Exit.REFUSED)


def _report(done: list[Posting]) -> None:
    taken = [one for one in done if one.outcome in ("posted", "would be posted")]
    title = f"{counted(len(done), 'row')}: {len(taken)} taken, {money(sum(one.amount_cents for one in taken))}"
    rows = (
        {"line": str(x.line), "amount": money(x.amount_cents), "outcome": x.outcome, "reason": escape(x.reason)}
        for x in done
    )
    console().print(table(title, ("line", "amount", "outcome", "reason"), rows, right=("amount",)))


async def _post_all(rows: tuple[PaymentRow, ...], by: str, *, dry_run: bool) -> list[Posting]:
    async with open_room(server=not dry_run) as room:
        return [await _post_one(room, row, by, dry_run=dry_run) for row in rows]


async def _post_one(room: Room, row: PaymentRow, by: str, *, dry_run: bool) -> Posting:
    body: dict[str, Any] = {
        "amount_cents": row.amount_cents,
        "reference": row.reference,
        "method": row.method,
        "by": by,
    }
    try:
        view = await find_account(room, row.account or row.claim)
    except Unreachable:
        raise
    except Trouble as trouble:
        return await _to_the_claim(room, row, body, trouble, dry_run=dry_run)
    if dry_run:
        return Posting(row.line, row.amount_cents, "would be posted", f"account {view.account[:12]}")
    paid_on = row.paid_on.isoformat() if row.paid_on else None
    steps = await room.records.account_steps(view.practice, view.account)
    before = any(step.event_id == row.id for step in steps)
    try:
        answer = await ask_account(
            room, view, "account_pay", {**body, "claim": row.claim, "paid_on": paid_on}, identity=row.id
        )
    except Unreachable:
        raise
    except Trouble as trouble:
        return Posting(row.line, row.amount_cents, "refused", str(trouble))
    return _posted(row, answer, before=before)


def _posted(row: PaymentRow, answer: dict[str, Any], *, before: bool) -> Posting:
    """A workflow gives the same update its first answer again, so what the journal had before it says which it was."""
    again = before or bool(answer.get("already_taken"))
    return Posting(row.line, row.amount_cents, "posted before" if again else "posted")


async def _to_the_claim(
    room: Room, row: PaymentRow, body: dict[str, Any], trouble: Trouble, *, dry_run: bool
) -> Posting:
    """A claim that isn't on an account yet (a copay before the payer decided) takes its payment itself."""
    try:
        claim = await find_claim(room, row.claim) if row.claim else None
        if claim is None:
            return Posting(row.line, row.amount_cents, "refused", str(trouble))
        if dry_run:
            return Posting(row.line, row.amount_cents, "would be posted", f"claim {claim.patient_control_number}")
        steps = await room.records.journal(claim.practice, claim.claim_id)
        before = any(step.event_id == row.id for step in steps)
        answer = await send_update(room, claim.practice, claim.claim_id, "pay", body, identity=row.id)
    except Unreachable:
        raise
    except Trouble as refused:
        return Posting(row.line, row.amount_cents, "refused", str(refused))
    return _posted(row, answer, before=before)
