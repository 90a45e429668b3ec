"""Writes docs/denials.md: what Claimline does about each adjustment, by class, out of the tables themselves."""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sample_codes import kept

from adapters.tables import load_tables
from claims.tables import AdjustmentReason, Tables

TARGET = Path(__file__).resolve().parents[1] / "docs" / "denials.md"

HEAD = """# Adjustments, and what is done about them

*Written by `make docs` out of `claims/codes/`; edit the tables, not this page.*

An 835 says with a group (CAS01), a reason (CARC) and remarks (RARC) why a charge was not paid as billed. Claimline looks
the reason up, lets the payer's own rule or a remark turn the answer, and shows a recommendation with its grounds; a
person may choose otherwise. An unknown code opens a task.

Labels are ours: the texts of the code lists belong to X12.
"""


def page(tables: Tables) -> str:
    """The whole page, in Markdown."""
    return "\n".join([HEAD, *_by_class(tables), "", *_remarks(tables), "", *_samples(tables), "", *_codes(tables), ""])


def _by_class(tables: Tables) -> list[str]:
    families: dict[str, list[AdjustmentReason]] = defaultdict(list)
    for reason in tables.reasons.values():
        families[reason.reason_class].append(reason)
    known = len(tables.reasons)
    rows = [f"## {known} reasons in {len(families)} classes", "", "| class | codes | usual remedy | owner | clock |"]
    rows.append("|---|---:|---|---|---|")
    for name in sorted(families, key=lambda name: (-len(families[name]), name)):
        family = families[name]
        remedy, owner, clock = (
            Counter(values).most_common(1)[0][0]
            for values in (
                (reason.remedy for reason in family),
                (reason.owner for reason in family),
                (reason.deadline_kind or "none" for reason in family),
            )
        )
        rows.append(f"| {name} | {len(family)} | {remedy} | {owner} | {clock} |")
    return rows


def _remarks(tables: Tables) -> list[str]:
    effects = Counter(remark.effect for remark in tables.remarks.values())
    rows = [
        f"## {len(tables.remarks)} remarks that change or explain the answer",
        "",
        "| effect | remarks |",
        "|---|---:|",
    ]
    return rows + [f"| {effect} | {count} |" for effect, count in effects.most_common()]


def _samples(tables: Tables) -> list[str]:
    """Which of the codes of collected remittances the tables know."""
    counts = kept()
    known = [code for code in counts["carcs"] if code in tables.reasons]
    rows = [
        f"## Codes of {counts['claims']} collected claim payments",
        "",
        f"{len(known)} of their {len(counts['carcs'])} reasons are known, and"
        f" {sum(code in tables.remarks for code in counts['rarcs'])} of their {len(counts['rarcs'])} remarks have an entry of"
        " their own. A reason that isn't known opens a task; a remark that isn't known changes no answer and is shown.",
        "",
        "| code | how often | known | class | remedy |",
        "|---|---:|---|---|---|",
    ]
    for code, count in sorted(counts["carcs"].items(), key=lambda pair: (-pair[1], pair[0])):
        reason = tables.reasons.get(code)
        told: tuple[str, ...] = ("yes", reason.reason_class, reason.remedy) if reason else ("no", "unknown", "review")
        rows.append(f"| {code} | {count} | {' | '.join(told)} |")
    for code, count in counts["rarcs"].items():
        remark = tables.remarks.get(code)
        told = ("yes", remark.effect, remark.remedy or "") if remark else ("no", "", "")
        rows.append(f"| {code} | {count} | {' | '.join(told)} |")
    return rows


def _codes(tables: Tables) -> list[str]:
    rows = ["## Every reason", "", "| CARC | what it is | class | remedy | by group | groups | until |"]
    rows.append("|---|---|---|---|---|---|---|")
    for reason in sorted(tables.reasons.values(), key=_order):
        turned = ", ".join(f"{group} {remedy}" for group, remedy in reason.group_remedies)
        cells = (reason.code, reason.label, reason.reason_class, reason.remedy, turned, " ".join(reason.groups))
        rows.append(f"| {' | '.join(cells)} | {reason.until} |")
    return rows


def _order(reason: AdjustmentReason) -> tuple[str, int]:
    letters = reason.code.rstrip("0123456789")
    return letters, int(reason.code[len(letters) :])


def main() -> int:
    """0 when the page is written, or current under --check; 1 when --check finds it stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, say whether the page is current")
    wanted = page(load_tables())
    if parser.parse_args().check:
        current = TARGET.exists() and TARGET.read_text(encoding="utf-8") == wanted
        print("docs/denials.md is current" if current else "docs/denials.md is stale: run make docs")
        return 0 if current else 1
    TARGET.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
