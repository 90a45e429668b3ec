"""`explain` and `last-day`: what a biller asks at the phone. No server, no database, no claim: tables and dates alone."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from adapters.tables.calendar import FIRST_YEAR, LAST_YEAR
from adapters.tables.loader import load_tables
from claims import last_days, phone
from claims.appeals import find_level
from claims.claim import ClaimType
from claims.denials import Answer
from claims.money import NotAnAmount, cents
from claims.payer_rules import PayerRules
from claims.tables import Remark, Tables
from commands.screen import console, print_json
from commands.trouble import Unreadable


class Kind(StrEnum):
    PROFESSIONAL = "professional"
    INSTITUTIONAL = "institutional"


class Whose(StrEnum):
    PROVIDER = "provider"
    MEMBER = "member"


class Limit(StrEnum):
    FILING = "filing"
    APPEAL = "appeal"
    DOCUMENTS = "documents"


ClaimTypeOption = Annotated[
    Kind | None, typer.Option("--claim-type", help="Professional (837P) or institutional (837I).", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


def explain(
    codes: Annotated[
        list[str], typer.Argument(help="Adjustments (CO-50) and remarks (N115), in any order.", show_default=False)
    ],
    payer: Annotated[
        str, typer.Option("--payer", help="A payer id, or a name of payer_rules/.", show_default=False)
    ] = "",
    claim_type: ClaimTypeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what to do about a denial: remedy, owner, clock, appeal, patient. Needs no server.

    Without a claim nothing is known of its history: the reason says what has to be looked up. Where codes ask for
    different things the remedy is review.

    [bold]Examples:[/]

      python starter.py explain CO-50 N115

      python starter.py explain CO-4 --payer medicare --json
    """
    tables = load_tables(sandbox=True)
    try:
        asked = phone.read_codes(tuple(codes))
    except phone.NotACode as error:
        raise Unreadable(str(error)) from error
    rules = _rules(tables, payer, "--payer") if payer else None
    found = phone.look_up(asked, rules, (claim_type or Kind.PROFESSIONAL).value, tables)
    if as_json:
        shape = _shape(found.lead)
        shape["codes"] = [{"code": code, **_shape(answer)} for code, answer in found.each]
        shape["remarks"] = [_remark(code, tables.remarks.get(code)) for code in asked.remarks]
        print_json(shape)
        return
    _show(found, asked, tables)


def last_day(
    what: Annotated[Limit, typer.Argument(help="Which last day.", show_default=False)],
    payer_rules: Annotated[
        str, typer.Option("--payer-rules", help="A name of payer_rules/, or a payer id.", show_default=False)
    ],
    since: Annotated[
        str,
        typer.Option(
            "--from",
            help="filing: first day of service; appeal: date of the notice; documents: date of the request.",
            show_default=False,
        ),
    ],
    to: Annotated[str, typer.Option("--to", help="filing: last day of service.", show_default=False)] = "",
    claim_type: ClaimTypeOption = None,
    prior_decision: Annotated[
        str,
        typer.Option("--prior-decision", help="filing with a later payer: the prior payer's day.", show_default=False),
    ] = "",
    level: Annotated[int, typer.Option("--level", help="appeal: which level.")] = 1,
    party: Annotated[Whose, typer.Option("--party", help="appeal: in whose name.")] = Whose.PROVIDER,
    amount: Annotated[str, typer.Option("--amount", help="appeal: dollars in controversy.", show_default=False)] = "",
    requested: Annotated[
        str, typer.Option("--requested", help="appeal: day of the request, for the test of money.", show_default=False)
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Count the last day to file, to appeal or to send documents. Needs no server.

    Days are YYYY-MM-DD. What is not told is named under `missing`, and the earlier day is given.

    [bold]Examples:[/]

      python starter.py last-day filing --payer-rules medicare --from 2025-02-28

      python starter.py last-day appeal --payer-rules medicare --level 3 --from 2025-11-20 --amount 195
    """
    tables = load_tables(sandbox=True)
    rules = _rules(tables, payer_rules, "--payer-rules")
    start = _day(since, "--from")
    unknown = ""
    match what:
        case Limit.FILING:
            end = _day(to, "--to") if to else None
            if end is not None and end < start:
                raise Unreadable(f"--to {to} is before --from {since}")
            prior = _day(prior_decision, "--prior-decision") if prior_decision else None
            kind: ClaimType | None = claim_type.value if claim_type else None
            found = last_days.filing(rules, kind, start, end, prior, tables)
            name = "file the claim"
        case Limit.APPEAL:
            stake = _cents(amount) if amount else None
            asked = _day(requested, "--requested") if requested else None
            found = last_days.appeal(rules, level, start, stake, asked, tables, party.value)
            rung = find_level(rules, level, party.value)
            name = f"file level {level}, {rung.name}, with {rung.to}" if rung else f"file level {level}"
            unknown = "" if rung else found.missing[0]
        case Limit.DOCUMENTS:
            found = last_days.documents(rules, start, tables)
            name = "send the documents"
    if as_json:
        print_json({**found.model_dump(mode="json"), "to": name, "payer_rules": rules.name})
    if unknown:
        raise Unreadable(unknown)
    if not as_json:
        _show_day(found, name, rules)


def _rules(tables: Tables, called: str, option: str) -> PayerRules:
    rules = phone.find_rules(tables.payer_rules, called)
    if rules is None:
        names = ", ".join(sorted(r.name for r in tables.payer_rules if not r.name.startswith("sandbox")))
        raise Unreadable(
            f"{option} {called}: no payer rules have this name and none name this payer id",
            f"Names are {names}; a payer without rules of its own has those of default.",
        )
    return rules


def _day(text: str, option: str) -> date:
    try:
        if len(text) != len("2026-03-02"):
            raise ValueError(text)
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"{option} {text}: expected a day of the calendar as YYYY-MM-DD") from error
    # Every limit here ends within two years; beyond the calendar no holiday is known, and a wrong day is worse than none.
    if not FIRST_YEAR <= day.year <= LAST_YEAR - 2:
        raise Unreadable(
            f"{option} {text}: federal holidays are known from {FIRST_YEAR} to {LAST_YEAR}: no day to count"
        )
    return day


def _cents(text: str) -> int:
    try:
        found = cents(text.removeprefix("$").replace(",", ""))
    except NotAnAmount as error:
        raise Unreadable(f"--amount {text}: {error}; expected dollars such as 190 or 1,960.00") from error
    if found < 0:
        raise Unreadable(f"--amount {text}: an amount in controversy is not negative")
    return found


def _shape(answer: Answer) -> dict[str, Any]:
    return {
        "class": answer.reason_class,
        "remedy": answer.remedy,
        "owner": answer.owner,
        "deadline_kind": answer.deadline_kind or None,
        "appealable": answer.appealable,
        "patient_may_be_billed": answer.patient_may_be_billed,
        "reason": answer.reason,
        "source": answer.source,
    }


def _remark(code: str, known: Remark | None) -> dict[str, Any]:
    if known is None:
        return {"code": code, "known": False, "label": "", "effect": "", "needs": ""}
    return {"code": code, "known": True, "label": known.label, "effect": known.effect, "needs": known.needs}


# for people


def _show(found: phone.Lookup, asked: phone.Asked, tables: Tables) -> None:
    out, lead = console(), found.lead
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row("remedy", lead.remedy)
    table.add_row("class", lead.reason_class)
    table.add_row("owner", lead.owner)
    table.add_row("clock", lead.deadline_kind or "none")
    table.add_row("appeal", "possible" if lead.appealable else "no right")
    table.add_row("patient", "may be billed" if lead.patient_may_be_billed else "may not be billed")
    table.add_row("why", escape(lead.reason))
    table.add_row("source", escape(lead.source))
    for code, answer in found.each if len(found.each) > 1 else ():
        table.add_row(code, escape(f"{answer.remedy}: {answer.reason}"))
    for code in asked.remarks:
        known = tables.remarks.get(code)
        needs = f" (needs {known.needs})" if known and known.needs else ""
        table.add_row(code, escape(known.label + needs if known else "not in our table"))
    out.print(table)


def _show_day(found: last_days.LastDay, name: str, rules: PayerRules) -> None:
    out = console()
    day = f"{found.last_day:%A} {found.last_day.isoformat()}" if found.last_day else "none"
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row("last day", f"{day} to {escape(name)} ({rules.name})")
    table.add_row("counted", escape(found.counted))
    table.add_row("source", escape(found.source))
    for one in found.missing:
        table.add_row("missing", escape(one))
    out.print(table)
