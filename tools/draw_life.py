"""Writes docs/life.md, docs/life.svg and docs/deadlines.md out of the tables that `step` itself reads."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from claims.deadlines import DEFAULT_WAITS, LIMITS, in_words
from claims.status import STAGE_OF, Status
from claims.transitions import MAY_ASK_APPROVAL, TRANSITIONS
from claims.views import waits_for_status

DOCS = Path(__file__).resolve().parents[1] / "docs"

S = Status
FOR_ALL = frozenset({S.ADJUDICATED, S.AWAITING_APPROVAL, S.WRITE_OFF_PENDING, S.BLOCKED_ON_FAILURE, S.CLOSED, S.VOIDED})
"""Where (nearly) every status may lead: told in words, for as arrows they would hide all others."""

PARTS: dict[str, tuple[Status, ...]] = {
    "Before it leaves": (
        S.REGISTERED,
        S.ELIGIBILITY_PENDING,
        S.ELIGIBILITY_FAILED,
        S.AWAITING_CODING,
        S.CODING_REVIEW,
        S.CODED,
        S.SCRUBBING,
        S.NEEDS_CORRECTION,
        S.READY_TO_SUBMIT,
        S.SUBMITTING,
    ),
    "With clearinghouse and payer": (
        S.SUBMITTING,
        S.SUBMISSION_UNKNOWN,
        S.SUBMITTED,
        S.CLEARINGHOUSE_REJECTED,
        S.CLEARINGHOUSE_ACCEPTED,
        S.PAYER_RECEIVED,
        S.PAYER_ACCEPTED,
        S.PAYER_REJECTED,
        S.SPLIT,
        S.PENDING_PAYER,
        S.INFO_REQUESTED,
        S.NO_RESPONSE,
        S.NOT_ON_FILE,
        S.VOID_PENDING,
    ),
    "After a decision": (
        S.ADJUDICATED,
        S.PAID,
        S.UNDERPAID,
        S.ZERO_PAID_PATIENT_RESP,
        S.PARTIALLY_DENIED,
        S.DENIED,
        S.CORRECTING,
        S.APPEAL_PREPARING,
        S.APPEAL_FILED,
        S.APPEAL_UPHELD,
        S.APPEAL_OVERTURNED,
        S.AWAITING_CROSSOVER,
        S.SECONDARY_READY,
        S.SECONDARY_SUBMITTED,
        S.PATIENT_BILLING,
        S.OVERPAYMENT_REVIEW,
        S.REFUND_PENDING,
        S.REOPENED,
        S.CLOSED,
        S.VOIDED,
    ),
}

ACTS: dict[Status, str] = {
    S.REGISTERED: "nobody (an instant)",
    S.ELIGIBILITY_PENDING: "payer",
    S.ELIGIBILITY_FAILED: "front desk, or a biller for an enrolment",
    S.AWAITING_CODING: "coder",
    S.CODING_REVIEW: "a second coder",
    S.CODED: "nobody (an instant)",
    S.SCRUBBING: "nobody (an instant)",
    S.NEEDS_CORRECTION: "biller",
    S.READY_TO_SUBMIT: "who placed the hold",
    S.SUBMITTING: "clearinghouse",
    S.SUBMISSION_UNKNOWN: "biller",
    S.CLEARINGHOUSE_REJECTED: "biller",
    S.PAYER_REJECTED: "biller",
    S.INFO_REQUESTED: "biller",
    S.NO_RESPONSE: "biller",
    S.NOT_ON_FILE: "biller",
    S.SUBMITTED: "clearinghouse",
    S.PAID: "nobody, or the patient",
    S.ZERO_PAID_PATIENT_RESP: "patient",
    S.PATIENT_BILLING: "patient",
    S.ADJUDICATED: "biller, where money is left unexplained",
    S.PARTIALLY_DENIED: "biller or coder, as the denial says",
    S.DENIED: "biller or coder, as the denial says",
    S.AWAITING_APPROVAL: "a second, named person",
    S.WRITE_OFF_PENDING: "a second, named person",
    S.UNDERPAID: "biller",
    S.CORRECTING: "biller",
    S.APPEAL_PREPARING: "nobody (until it has left)",
    S.APPEAL_FILED: "reviewer",
    S.APPEAL_UPHELD: "biller, or a supervisor after the last level",
    S.SECONDARY_READY: "biller",
    S.OVERPAYMENT_REVIEW: "biller",
    S.REFUND_PENDING: "who sends checks",
    S.BLOCKED_ON_FAILURE: "supervisor",
    S.CLOSED: "nobody",
    S.VOIDED: "nobody",
}


def diagram(part: tuple[Status, ...]) -> str:
    """The arrows among these statuses, and those that lead out of them."""
    rows = ["```mermaid", "stateDiagram-v2", "  direction LR"]
    for source in part:
        rows += [f"  {source} --> {target}" for target in sorted(TRANSITIONS[source] - FOR_ALL)]
    if S.REGISTERED in part:
        rows.append(f"  [*] --> {S.REGISTERED}")
    if S.ADJUDICATED in part:
        rows += [f"  [*] --> {S.ADJUDICATED}", f"  {S.PAID} --> {S.CLOSED}"]
    return "\n".join([*rows, "```"])


def life_page() -> str:
    """docs/life.md."""
    gates = ", ".join(f"`{status}`" for status in S if status in MAY_ASK_APPROVAL)
    parts = [f"## {title}\n\n{diagram(part)}\n" for title, part in PARTS.items()]
    rows = [
        f"| `{status}` | {STAGE_OF[status] or 'as before'} | {ACTS.get(status, 'payer')} | {_waits(status)} |"
        for status in S
    ]
    return "\n".join(
        [
            "# The life of a claim",
            "",
            "*Written by `make docs` out of `claims/transitions.py`; edit the table, not this page.*",
            "",
            "![The main way](life.svg)",
            "",
            "Every arrow below stands in the one table that `step` reads; a change that isn't in it is refused, with a reason on",
            "record. What holds for all is told here once, for as arrows it would hide the rest:",
            "",
            "- A payer's decision (835) may overtake anything: every status leads to `adjudicated`; `voided` and `closed` claims",
            "  are `reopened` first, once for each event that moves money.",
            "- Every open status may end as `closed`, when nobody owes anything. A claim is `voided` at once while nothing is on",
            "  file; later a frequency 8 goes out, and the payer's reversal voids it.",
            "- Every open status may become `blocked_on_failure`: a step failed for good, and a person retries it, skips it or",
            "  abandons the claim; news that come meanwhile are kept, and the claim goes on where they say.",
            "- Something that needs a second person waits in `awaiting_approval`, a write-off in `write_off_pending`,",
            f"  asked for in {gates}; where nobody approves, the claim goes back there and nothing is filed.",
            "",
            *parts,
            "## Statuses",
            "",
            "| status | stage | who acts | waits for |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _waits(status: Status) -> str:
    return waits_for_status(status)


KINDS: tuple[tuple[str, str, str], ...] = (
    ("eligibility", "no 271 came", "task for the front desk"),
    ("coding", "no codes came", "the coder's task goes to the supervisor"),
    ("hold_review", "the claim is still on hold", "task for the supervisor"),
    ("acknowledgement", "no TA1/999, no 277CA of clearinghouse or payer", "task for the biller"),
    ("inquiry", "time to ask the payer (276)", "asks, and asks again"),
    ("follow_up", "silence", "`no_response`, asks the payer, task for the biller"),
    ("missing_remittance", "no 835, after 45, 60 and 90 days; after a won appeal", "task, then for the supervisor"),
    (
        "filing",
        "15 and 5 days before the last day to file, and the last day",
        "sent again where no receipt was ever confirmed (once, at the first), task for the biller, then the supervisor",
    ),
    ("correction", "the payer's window for a replacement ends", "task for the supervisor"),
    ("appeal", "last day to file a level", "task to review a write-off; nothing is filed or written off"),
    ("appeal_decision", "no decision on an appeal", "task for the biller"),
    ("documents", "the payer's time for documents ends", "task for the supervisor"),
    ("approval", "nobody approved", "the claim goes back, nothing is filed"),
    ("crossover", "the next payer did not answer what was forwarded", "`secondary_ready`, task for the biller"),
    ("reversal_correction", "a payment was reversed and not corrected", "task for the biller"),
    ("eft_pairing", "payment and remittance were not paired", "task for the biller"),
    ("statement", "the patient has not paid", "task for the biller"),
    (
        "overpayment",
        "money that has to go back: 30, 45 and 55 days after it was identified, and the last day to return it; an"
        " investigation's end; a demand's days for a rebuttal, for an appeal that stops the recoupment, and for that",
        "task for the biller, then the supervisor; nothing is refunded by itself",
    ),
    ("linger", "a closed claim has waited for late events", "its state is stored, its workflow ends"),
    ("task", "a task was put off, three business days ago", "it is back on the list; `why_here` tells whose it is"),
)


def deadlines_page() -> str:
    """docs/deadlines.md."""
    kinds = [f"| {kind} | {'limit' if kind in LIMITS else 'alarm'} | {when} | {then} |" for kind, when, then in KINDS]
    waits = [f"| {key} | {in_words(wait)} | {wait.source} |" for key, wait in DEFAULT_WAITS.items()]
    return "\n".join(
        [
            "# Deadlines",
            "",
            "*Written by `make docs` out of `claims/deadlines.py`; edit the table, not this page.*",
            "",
            "A deadline is an instant with its zone, the rule it was counted by and the rule's source; all of them stand in the",
            "claim and are shown by `show` and in the Temporal UI. When one passes, that is an event of the claim.",
            "",
            "- A **limit** lasts to the end (23:59:59) of its last day in the practice's zone. An **alarm** rings at 8:00 of a",
            "  business day, so that somebody is there to act; on a weekend or federal holiday it moves to the next one.",
            "- The last day to *file a claim* moves off a day without business where the payer's rules say so (Medicare: 42 CFR",
            "  424.44). The last day of an *appeal* does not move unless its ladder says so.",
            "- A wait in seconds never moves and exists for the sandbox alone.",
            "- No hold and no note moves a deadline. An alarm can be moved by a person, with a reason (`extend`), never past what",
            "  law or contract allow; the last day to file or to appeal can't be moved at all.",
            "- Time alone appeals, voids, bills and writes off nothing: a deadline that passes opens work, or asks the payer. One",
            "  exception protects the filing limit: an original of which no payer ever confirmed receipt goes out once more, 15",
            "  days before that limit (decisions/0007-a-lost-claim-goes-out-again.md). On hold, or of unknown outcome, it doesn't.",
            "- No payer is asked by itself within seven days of the sending; then every 14 days. A person may ask at any time.",
            "- An appeal keeps its last day until it has left, a correction under way too; a gate for an appeal closes three days",
            "  before that day.",
            "",
            "## Kinds, and what happens when they pass",
            "",
            "| kind | | when | then |",
            "|---|---|---|---|",
            *kinds,
            "",
            "## Where a payer's rules are silent",
            "",
            "The figures of each payer, with their sources, stand in `payer_rules/*.toml`; those here hold for what a file leaves",
            "out. *Common practice* is a habit of billing offices, for each practice to override; no law stands behind it.",
            "",
            "| wait | amount | source |",
            "|---|---|---|",
            *waits,
            "",
        ]
    )


# the picture: the main way, drawn by hand on a grid

BOXES: tuple[tuple[str, int, int, str], ...] = (
    ("registered", 0, 1, "eligibility, 270 / 271"),
    ("coded", 1, 1, "codes, edits"),
    ("submitted", 2, 1, "837, 999, 277CA"),
    ("adjudicated", 3, 1, "835 that balances"),
    ("paid", 4, 0, "patient's share stated"),
    ("denied", 4, 2, "remedy, approval"),
    ("appealed", 5, 2, "won: a new 835"),
    ("closed", 6, 1, "nothing is owed"),
)
ARROWS: tuple[tuple[str, str, str], ...] = (
    ("registered", "coded", ""),
    ("coded", "submitted", ""),
    ("submitted", "adjudicated", ""),
    ("adjudicated", "paid", ""),
    ("adjudicated", "denied", ""),
    ("denied", "appealed", ""),
    ("paid", "closed", ""),
    ("appealed", "closed", ""),
)
WIDE, HIGH, STEP_X, STEP_Y, LEFT, TOP = 128, 52, 160, 92, 16, 64


def picture() -> str:
    """docs/life.svg: the stages and the ways between them."""
    place = {name: (LEFT + x * STEP_X, TOP + y * STEP_Y) for name, x, y, _ in BOXES}
    width, height = LEFT * 2 + 6 * STEP_X + WIDE, TOP + 2 * STEP_Y + HIGH + 64
    ink, soft = "#1f3a5f", "#5b6b7d"
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-label="The stages of a claim, from registered to closed" font-family="Helvetica, Arial, sans-serif">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0 L8 4 L0 8 z" fill="{ink}"/></marker></defs>',
    ]
    for start, end, _ in ARROWS:
        (x1, y1), (x2, y2) = place[start], place[end]
        out.append(_arrow(x1 + WIDE, y1 + HIGH // 2, x2, y2 + HIGH // 2, ink))
    right, low = place["denied"][0] + WIDE // 2, place["denied"][1] + HIGH
    middle = place["coded"][0] + WIDE // 2
    base = low + 28
    out.append(
        f'<path d="M{right} {low} V{base} H{middle} V{place["coded"][1] + HIGH + 6}" fill="none" stroke="{ink}" '
        'stroke-width="1.5" marker-end="url(#tip)"/>'
    )
    out.append(
        _text(
            (right + middle) // 2, base - 7, "corrected: new original, or replacement with the payer's number", soft, 12
        )
    )
    rejected = place["submitted"][0] + WIDE // 2
    out.append(
        f'<path d="M{rejected} {place["submitted"][1]} V{TOP + 40} H{middle} V{place["coded"][1] - 6}" fill="none" '
        f'stroke="{ink}" stroke-width="1.5" marker-end="url(#tip)"/>'
    )
    out.append(_text((rejected + middle) // 2, TOP + 33, "rejected: fix, send anew", soft, 12))
    closed, back = place["closed"][0] + WIDE // 2, place["adjudicated"][0] + WIDE // 2
    out.append(
        f'<path d="M{closed} {place["closed"][1]} V28 H{back} V{place["adjudicated"][1] - 6}" fill="none" stroke="{ink}" '
        'stroke-width="1.5" stroke-dasharray="5 4" marker-end="url(#tip)"/>'
    )
    out.append(_text((closed + back) // 2, 21, "reversal, takeback or late payment: reopened", soft, 12))
    for name, _, _, below in BOXES:
        x, y = place[name]
        fill = "#e8f1e4" if name == "closed" else "#eaf0f7"
        out.append(f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="8" fill="{fill}" stroke="{ink}"/>')
        out.append(_text(x + WIDE // 2, y + 23, name, ink, 15, bold=True))
        out.append(_text(x + WIDE // 2, y + 41, below, soft, 11))
    return "\n".join([*out, "</svg>", ""])


def _arrow(x1: int, y1: int, x2: int, y2: int, ink: str) -> str:
    half = x2 - 16
    way = f"M{x1} {y1} H{x2 - 2}" if y1 == y2 else f"M{x1} {y1} H{half} V{y2} H{x2 - 2}"
    return f'<path d="{way}" fill="none" stroke="{ink}" stroke-width="1.5" marker-end="url(#tip)"/>'


def _text(x: int, y: int, text: str, ink: str, size: int, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{ink}" text-anchor="middle"{weight}>{text}</text>'


PAGES = {"life.md": life_page, "life.svg": picture, "deadlines.md": deadlines_page}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the pages are current")
    check = parser.parse_args().check
    old = []
    for name, made in PAGES.items():
        path, text = DOCS / name, made()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            old.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
    if check and old:
        sys.stdout.write(f"{', '.join(old)}: not current, run `make docs`\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
