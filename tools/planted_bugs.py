"""Plants bugs on purpose, one at a time, in a scratch copy of the core, and lets the simulation find them.

Each bug is a few words of claims/ replaced by others; where those words don't stand there any more, the program says so.
Prints which seed and claim caught it and by which rule, and with `--write` keeps the table in docs/simulation.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "simulation.md"
BEGIN, END = "<!-- planted -->", "<!-- /planted -->"
COPIED = ("claims", "adapters", "payer_rules", "simulation")
SEEDS = range(1, 9)
CLAIMS = 500

LOOK = """
import sys
from adapters.tables.loader import load_tables
from simulation.town import live
for number in range(int(sys.argv[2])):
    life = live(int(sys.argv[1]), number, load_tables())
    if life.findings:
        print(number, len(life.tape), life.findings[0].rule, sep="\\t")
        break
"""


@dataclass(frozen=True)
class Bug:
    """What is planted: in which room, which words, and what stands there instead."""

    name: str
    room: str
    words: str
    instead: str


BUGS: tuple[Bug, ...] = (
    Bug(
        "a reversal is lost",
        "claims/deciding.py",
        "        if place is None:",
        "        if True:",
    ),
    Bug(
        "a note moves deadlines",
        "claims/phases/people.py",
        "    d.set(notes=(*d.state.notes[-(NOTES_KEPT - 1) :], note))",
        "    d.set(notes=(*d.state.notes[-(NOTES_KEPT - 1) :], note))\n    d.set(deadlines=d.state.deadlines[1:])",
    ),
    Bug(
        "another envelope posts a remittance a second time",
        "claims/posting.py",
        'text = "\\x1f".join((event.trace_number,',
        'text = "\\x1f".join((event.document, event.trace_number,',
    ),
    Bug(
        "a contractual amount is billed to the patient",
        "claims/adjustments.py",
        '    if adjustment.group == "PR":',
        '    if adjustment.group in ("PR", "CO") and kind == "contractual":\n        return "patient"\n'
        '    if adjustment.group == "PR":',
    ),
    Bug(
        "an acknowledgement's rank goes back",
        "claims/phases/submission.py",
        "submission = d.put_submission(submission, rank=max(was, rank))",
        "submission = d.put_submission(submission, rank=rank)",
    ),
    Bug(
        "silence writes off what the patient owes",
        "claims/phases/passing.py",
        '    d.open_task("collect_patient_balance", "biller", reason)',
        '    d.set(write_offs=(*d.state.write_offs, __import__("claims.state", fromlist=["WriteOff"]).WriteOff(\n'
        '        key=d.event.id, amount_cents=1, bucket="patient", reason="old", by="clock", at=d.now)))\n'
        '    d.open_task("collect_patient_balance", "biller", reason)',
    ),
    Bug(
        "a prior payer's amount is posted again",
        "claims/adjustments.py",
        '    if kind == "prior_payer":\n        return "prior_payer"',
        '    if kind == "prior_payer":\n        return "contractual"',
    ),
    Bug(
        "a claim in doubt is sent a second time",
        "claims/phases/registration.py",
        "    if d.state.status is S.SUBMISSION_UNKNOWN and not d.submission(0).errors:",
        "    if False:",
    ),
    Bug(
        "a closed claim doesn't reopen for a late remittance",
        "claims/phases/settling.py",
        '    if not d.state.closed:\n        return\n    d.disarm("linger")',
        '    if True:\n        return\n    d.disarm("linger")',
    ),
    Bug(
        "a rejected claim is left to itself",
        "claims/phases/submission.py",
        '    d.open_task("resolve_rejection", "biller", reason, blocks=True)',
        '    d.disarm("filing")',
    ),
    Bug(
        "a hold stops the filing limit",
        "claims/phases/people.py",
        '    d.arm("hold_review", subject=event.hold)',
        '    d.disarm("filing")\n    d.arm("hold_review", subject=event.hold)',
    ),
    Bug(
        "a replacement goes out without the payer's number",
        "claims/phases/corrections.py",
        '    return "7", payers_number(d, "a replacement (frequency 7)")',
        '    return "7", d.state.claim.patient_control_number',
    ),
    Bug(
        "the filing limit is a day late",
        "claims/deadlines.py",
        "            return start + timedelta(days=wait.amount)",
        "            return start + timedelta(days=wait.amount + 1)",
    ),
    Bug(
        "money taken back is not counted",
        "claims/posting.py",
        "        elif takeback.amount_cents > 0:\n            counted.append(takeback.amount_cents)",
        "        elif takeback.amount_cents < 0:\n            counted.append(takeback.amount_cents)",
    ),
    Bug(
        "a rejection opens a denial",
        "claims/phases/submission.py",
        '    d.move_on(status)\n    d.open_task("resolve_rejection"',
        '    d.move_on(status)\n    d.set(denial=__import__("claims.state", fromlist=["Denial"]).Denial(codes=(), denied_cents=0,\n'
        '        reason_class="billing", recommended="appeal", why="rejected"))\n    d.open_task("resolve_rejection"',
    ),
    Bug(
        "who asks for an appeal approves it",
        "claims/second_person.py",
        "    if is_one(by, (requested_by,)):",
        "    if False:",
    ),
)


@dataclass(frozen=True)
class Caught:
    bug: Bug
    seed: int = 0
    claim: int = 0
    rule: str = ""
    problem: str = ""


def hunt(bug: Bug, scratch: Path) -> Caught:
    """Plants one bug in the copy, looks for it seed by seed, and takes it out again."""
    path = scratch / bug.room
    text = path.read_text(encoding="utf-8")
    if text.count(bug.words) != 1:
        return Caught(bug, problem=f"its words stand {text.count(bug.words)} times in {bug.room}")
    path.write_text(text.replace(bug.words, bug.instead), encoding="utf-8")
    try:
        for seed in SEEDS:
            found = _look(seed, scratch)
            if found is not None:
                return Caught(bug, seed, found[0], found[1])
        return Caught(bug, problem="NOT CAUGHT")
    finally:
        path.write_text(text, encoding="utf-8")


def _look(seed: int, scratch: Path) -> tuple[int, str] | None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(seed), str(CLAIMS)],
        cwd=scratch,
        env={**os.environ, "PYTHONPATH": str(scratch), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        return 0, f"the program fails: {(done.stderr.strip().splitlines() or ['?'])[-1][:80]}"
    parts = done.stdout.strip().split("\t")
    return (int(parts[0]), parts[2]) if len(parts) == 3 else None


def table(found: list[Caught]) -> str:
    rows = ["| planted | where | caught by | seed, claim |", "|---|---|---|---|"]
    for one in found:
        where = f"{one.seed}, {one.claim}" if one.rule else ""
        rows.append(f"| {one.bug.name} | {one.bug.room} | {one.rule or one.problem} | {where} |")
    return "\n".join(rows)


def main() -> int:
    """0 where every bug is caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the table in docs/simulation.md")
    parser.add_argument("--only", default="", help="bugs whose name has these words")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for room in COPIED:
            shutil.copytree(ROOT / room, scratch / room, ignore=shutil.ignore_patterns("__pycache__"))
        clean = _look(1, scratch)
        if clean is not None:
            print(f"without any bug, seed 1 breaks a rule: claim {clean[0]}, {clean[1]}")
            return 1
        found = []
        for bug in BUGS:
            if args.only in bug.name:
                found.append(hunt(bug, scratch))
                one = found[-1]
                print(f"{bug.name}: {one.problem or f'seed {one.seed}, claim {one.claim}: {one.rule}'}", flush=True)
    if args.write:
        text = PAGE.read_text(encoding="utf-8")
        head, tail = text.partition(BEGIN)[0], text.partition(END)[2]
        PAGE.write_text(f"{head}{BEGIN}\n{table(found)}\n{END}{tail}", encoding="utf-8")
    return 0 if all(one.rule for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
