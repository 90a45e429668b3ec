"""What the Temporal UI shows of one claim under "Current Details": a small table and what may be done, in Markdown.

No names and no member numbers: the page is read by operations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from claims.base import Instant
from claims.messages import PEOPLES_MESSAGES, may_be_sent
from claims.money import dollars
from claims.posting import ledger
from claims.state import ClaimState
from claims.tables import Tables
from claims.views import first_task, why_here

LONGEST = 220
"""Characters of one cell; the queries have the whole text."""
NBSP = "\u00a0"
"""A space that can't break keeps a label on one line and off the next column."""
_HARMLESS = str.maketrans(
    {"|": "/", "\n": " ", "\r": " ", "`": "'", "<": "&lt;", "[": "\\[", "]": "\\]", "*": "\\*", "~": "\\~", "$": ""}
)
"""Reasons may repeat what somebody sent: none of it becomes a link, a cell or markup."""


def details_markdown(state: ClaimState, tables: Tables) -> str:
    """The current details: what it waits for, since when, until when, who acts, what may be done."""
    why = why_here(state, tables)
    rows = [*_where(state, why), *_why(why), ("Money", _money(state, tables)), *_refused(state)]
    payer = state.claim.coverages[0].payer.payer_id if state.claim.coverages else ""
    head = f"| Claim | {_cell(state.claim.patient_control_number)}{_cell(payer and f' at {payer}')} |"
    table = [head, "|:---|:---|", *(f"| {name.replace(' ', NBSP)}{NBSP * 2} | {text} |" for name, text in rows)]
    return "\n".join([*table, "", *_may_be_done(state)])


def moment(at: Instant, zone: str) -> str:
    """`2027-02-22 23:59 EST`, in the practice's zone; a day's last second is `2027-02-22, end of day EST`."""
    local = at.astimezone(ZoneInfo(zone))
    clock = ", end of day" if (local.hour, local.minute, local.second) == (23, 59, 59) else f" {local:%H:%M}"
    return f"{local:%Y-%m-%d}{clock} {local:%Z}"


def _where(state: ClaimState, why: Mapping[str, Any]) -> list[tuple[str, str]]:
    task = first_task(state)
    assignee = f" ({_cell(task.assignee)})" if task and task.assignee else ""
    dues = sorted(state.deadlines, key=lambda x: (x.due, x.id))
    until = f"{moment(dues[0].due, state.zone)} ({_words(dues[0].kind)})" if dues else "no date"
    rows = [
        ("Status", f"**{state.status}** since {moment(state.since, state.zone)}, stage {state.stage}"),
        ("Waits for", why["waits_for"]),
        ("Who acts", f"{_words(why['who_acts'])}{assignee}"),
        ("Until", until),
    ]
    if later := dues[1:4]:
        rows.append(("Then", "; ".join(f"{_words(x.kind)} {moment(x.due, state.zone)}" for x in later)))
    if state.holds:
        rows.append(("On hold", _cell("; ".join(f"{_words(hold.kind)}: {hold.reason}" for hold in state.holds))))
    return rows


def _why(why: Mapping[str, Any]) -> list[tuple[str, str]]:
    because = why["because"]
    more = [("Why", f"and {len(because) - 3} more: query `why_here`")] if len(because) > 3 else []
    return [("Why", _cell(reason)) for reason in because[:3]] + more


def _money(state: ClaimState, tables: Tables) -> str:
    """Without dollar signs: the UI sets what stands between two of them as a formula."""
    money = ledger(state, tables)
    amounts = [("charge", money.charge), ("paid", money.paid), ("contractual", money.contractual)]
    amounts += [("written off", money.written_off), ("patient", money.patient), ("next payer", money.next_payer)]
    shown = [f"{name} {dollars(cents)}" for name, cents in amounts if cents or name in ("charge", "paid")]
    return ", ".join([*shown, f"**open {dollars(money.open)}**"])


def _refused(state: ClaimState) -> list[tuple[str, str]]:
    """The last message that changed nothing, while the claim still stands where it was sent to."""
    last = state.refused[-1] if state.refused else None
    if last is None or last.at < state.since:
        return []
    by = f" by {_cell(last.by)}" if last.by else ""
    # An example body is below, where it can be copied: the UI prints quotes of running text as curly ones.
    reason = last.reason.partition("; for example")[0]
    return [("Refused", f"`{_cell(last.message, 40)}`{by}, {moment(last.at, state.zone)}: {_cell(reason, 150)}")]


def _may_be_done(state: ClaimState) -> list[str]:
    """The messages of this status with a body to copy, then the names of those that many statuses take."""
    here = [message for message in PEOPLES_MESSAGES if state.status in message.statuses]
    always = [message.name for message in PEOPLES_MESSAGES if not message.statuses and may_be_sent(message, state)]
    rows = [f"| `{one.name}`{NBSP * 2} | {re.split('[:;]', one.help)[0]} `{one.example}` |" for one in here]
    table = [
        f"| May{NBSP}be{NBSP}done{NBSP * 2} | what it does, and a body to send as signal or update |",
        "|:---|:---|",
        *rows,
        "",
    ]
    rest = ", ".join(f"`{name}`" for name in always)
    return [*(table if rows else []), f"Besides: {rest}. Bodies: query `allowed_actions`."]


def _words(code: str) -> str:
    return code.replace("_", " ")


def _cell(text: str, longest: int = LONGEST) -> str:
    cut = text if len(text) <= longest else f"{text[: longest - 2]} …"
    return cut.translate(_HARMLESS)
