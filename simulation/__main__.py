"""`python -m simulation`: run seeds, repeat one claim, compare two sets of payer rules. `make simulate` runs the first."""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from pathlib import Path

from adapters.tables.loader import load_tables
from simulation import whatif
from simulation.run import ROOT, Result, commit, keep, run
from simulation.story import read, tell

FIXED = (1, 2, 3)
"""Seeds that every run without `--seeds` has."""
FRESH = 2
"""How many seeds of its own such a run has."""


def main(argv: list[str] | None = None) -> int:
    """0 where no rule is broken, 1 where one is, 2 where the arguments can't be read."""
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    ways = parser.add_subparsers(dest="way")
    _running(parser)
    whatif.arguments(ways.add_parser("what-if", help="two sets of payer rules over the same seeds"))
    retell = ways.add_parser("retell", help="tell a kept story again")
    retell.add_argument("story", type=Path)
    args = parser.parse_args(argv)
    if args.way == "what-if":
        return whatif.main(args)
    if args.way == "retell":
        return _retell(args.story)
    return _run(args)


def _running(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", default="", help="1..1000, or 4,8,15; without it some fixed and some fresh ones")
    parser.add_argument("--claims", type=int, default=1000, help="claims of a seed")
    parser.add_argument("--claim", type=int, default=None, help="this claim of each seed alone")
    parser.add_argument("--days", type=int, default=365, help="how long each claim is watched")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--keep", type=Path, default=ROOT / ".claimline" / "simulation", help="where failing stories go"
    )
    parser.add_argument("--no-shrink", action="store_true", help="name failing claims only")


def seeds_of(text: str) -> list[int]:
    """`1..3,9` is 1, 2, 3, 9; an empty text some fixed and some fresh seeds. Raises ValueError for anything else."""
    if not text.strip():
        return [*FIXED, *(secrets.randbelow(10**6) + 1000 for _ in range(FRESH))]
    found: list[int] = []
    for part in text.split(","):
        first, dots, last = part.partition("..")
        found += range(int(first), int(last if dots else first) + 1)
    return found


def _run(args: argparse.Namespace) -> int:
    if args.claim is not None:
        return _one(args)
    try:
        seeds = seeds_of(args.seeds)
    except ValueError:
        print("seeds are numbers: 1..1000, or 4,8,15", file=sys.stderr)
        return 2
    shown = ", ".join(map(str, seeds)) if len(seeds) <= 12 else f"{seeds[0]} to {seeds[-1]} ({len(seeds)})"
    print(
        f"commit {commit() or '(none)'}; seeds {shown}; {args.claims} claims each, {args.days} days, {args.jobs} jobs"
    )
    began = time.monotonic()

    def told(seed: int, one: Result) -> None:
        failed = f"  FAILED: {one.failures[0]['rule']}" if one.failures else ""
        if len(seeds) <= 40 or failed or seed % 50 == 0:
            took = time.monotonic() - began
            print(
                f"  seed {seed}: {one.claims} claims, {one.counts['events']} events{failed}  [{took:.0f} s]", flush=True
            )

    total = run(seeds, args.claims, args.days, args.jobs, told, shrink=not args.no_shrink)
    print(table(total, time.monotonic() - began))
    for story in total.failures:
        print(f"\nseed {story['seed']}, claim {story['claim']}: {story['rule']}: {story['detail']}")
        print(f"  again:  python -m simulation --seeds {story['seed']} --claim {story['claim']} --days {args.days}")
        if story["events"]:
            path = keep(story, args.keep)
            print(f"  shrunk to {len(story['events'])} events: python -m simulation retell {path}")
    return 1 if total.failures else 0


def _one(args: argparse.Namespace) -> int:
    """One claim of each seed, told event by event."""
    from simulation.telling import show

    broken = [show(seed, args.claim, args.days) for seed in seeds_of(args.seeds or "1")]
    return 1 if any(broken) else 0


def _retell(path: Path) -> int:
    found = tell(read(path, load_tables()), load_tables())
    for finding in found:
        print(f"{finding.rule}: {finding.detail}")
    print("no rule is broken" if not found else f"{path} breaks a rule")
    return 1 if found else 0


def table(total: Result, seconds: float) -> str:
    """The summary that a run prints."""
    counts, faults = total.counts, total.faults
    lines = [
        "",
        f"{total.seeds} seeds, {total.claims} claims, {counts['events']} events, {counts['documents']} documents, "
        f"{sum(faults.values())} faults, {counts['refused']} refused, {counts['repeated']} repeated",
        f"{counts['events']} audits, {counts['failures']} claims broke a rule; {seconds:.1f} s, "
        f"{1000 * seconds / max(total.claims, 1):.1f} s per 1,000 claims",
        "",
        "faults",
    ]
    lines += [f"  {number:>9}  {kind}" for kind, number in sorted(faults.items(), key=lambda x: (-x[1], x[0]))]
    lines += ["", "where claims ended"]
    lines += [
        f"  {number:>9}  {status}" for status, number in sorted(total.outcomes.items(), key=lambda x: (-x[1], x[0]))
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
