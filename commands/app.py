"""Puts the commands together: groups, help, and one clear message instead of a traceback."""

from __future__ import annotations

import sys
from inspect import cleandoc
from io import TextIOWrapper

import typer

from commands import (
    accounts,
    acting,
    audit,
    cash,
    codec,
    demo,
    doctor,
    handing_over,
    inspect,
    keys,
    lookups,
    reading,
    records,
    rereading,
    retention,
    start,
    tell,
    unmatched,
    up,
)
from commands.trouble import Exit, Trouble
from commands.trouble import tell as tell_trouble

HELP = (
    "Claimline: one durable workflow for each medical claim, from registered to closed.\n\n"
    "Upstream systems hand over claims with [bold]start[/]. Billers and coders look with [bold]list[/], [bold]show[/], "
    "[bold]timeline[/] and [bold]tasks[/], and act with one verb for each thing a person may do. [bold]demo[/] and "
    "[bold]up[/] run everything on this machine.\n\n"
    "CLAIM is a claim id, a patient control number (CLM01) or a workflow id (claim/PRACTICE/ID)."
)
EPILOG = (
    "[bold]Exit codes:[/] 0 done; 1 refused, or something was found; 2 an unreadable file or wrong usage; 3 a server, "
    "database or clearinghouse can't be reached or started; 130 interrupted.\n\n"
    "[bold]Environment:[/] CLAIMLINE_DATA (folder of databases and logs, .claimline), CLAIMLINE_USER (who acts), "
    "CLAIMLINE_TEMPORAL_ADDRESS, CLAIMLINE_RECORDS_URL, CLAIMLINE_CARRIER_URL, CLAIMLINE_CARRIER_KEY and all others of "
    "adapters/settings.py; where `up` runs in the folder, its addresses are found by themselves."
)


def build() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        help=HELP,
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    app.command(rich_help_panel="This machine")(demo.demo)
    app.command(rich_help_panel="This machine")(up.up)
    app.command(rich_help_panel="Claims in")(start.start)
    app.command(name="list", rich_help_panel="Looking")(reading.list_claims)
    app.command(rich_help_panel="Looking")(reading.show)
    app.command(rich_help_panel="Looking")(reading.timeline)
    app.command(rich_help_panel="Looking")(reading.tasks)
    app.command(rich_help_panel="Looking")(tell.tell)
    app.command(rich_help_panel="Looking")(inspect.inspect)
    app.command(rich_help_panel="Money")(cash.remittances)
    app.command(name="provider-ledger", rich_help_panel="Money")(cash.provider_ledger)
    app.command(name="settle-entry", rich_help_panel="Money")(cash.settle_entry)
    app.command(rich_help_panel="Money")(cash.deposit)
    app.command(rich_help_panel="Money")(cash.deposits)
    app.command(rich_help_panel="Money")(unmatched.unmatched)
    app.command(rich_help_panel="Money")(unmatched.match)
    app.command(rich_help_panel="Money")(unmatched.unmatch)
    app.command(name="set-aside", rich_help_panel="Money")(unmatched.set_aside)
    app.command(rich_help_panel="Money")(rereading.reread)
    app.command(rich_help_panel="Money")(accounts.accounts)
    app.command(name="patient-payments", rich_help_panel="Money")(accounts.patient_payments)
    app.command(rich_help_panel="At the phone")(lookups.explain)
    app.command(name="last-day", rich_help_panel="At the phone")(lookups.last_day)
    app.command(rich_help_panel="Operations")(doctor.doctor)
    app.command(name="hand-over", rich_help_panel="Operations")(handing_over.hand_over)
    groups = (records.app, keys.app, audit.app, retention.app, codec.app)
    for group in groups:
        whole = group.registered_callback and group.registered_callback.callback.__doc__
        told = flowed(whole) if whole else group.info.help
        app.add_typer(group, help=told, short_help=group.info.help, rich_help_panel="Operations")
    for command in [*app.registered_commands, *(one for group in groups for one in group.registered_commands)]:
        # The docstrings' own line breaks would end lines in the middle of a terminal's.
        command.help = flowed(command.callback.__doc__ or "") if command.callback else None
    acting.add_verbs(app)
    accounts.add_verbs(app)
    return app


def flowed(docstring: str) -> str:
    """Every paragraph on a line of its own, for a terminal of any width to wrap; indented lines stay."""
    paragraphs = cleandoc(docstring).split("\n\n")
    return "\n\n".join(one if one.startswith(" ") else " ".join(one.split("\n")) for one in paragraphs)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; the exit code is the return value."""
    if isinstance(sys.stdout, TextIOWrapper):
        # What stays running must be readable in a file while it runs.
        sys.stdout.reconfigure(line_buffering=True)
    try:
        build()(arguments)
    except Trouble as trouble:
        tell_trouble(trouble)
        return trouble.code
    except SystemExit as ended:
        if isinstance(ended.__context__, typer.Abort):
            return Exit.INTERRUPTED
        return ended.code if isinstance(ended.code, int) else Exit.OK
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`... | head`); nobody is left to be told.
        sys.stderr.close()
    return Exit.OK
