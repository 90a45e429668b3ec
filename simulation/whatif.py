"""Two sets of payer rules over the same seeds: what would change if a practice changed a rule.

Both meet the same visits, payers, patients and accidents (common random numbers, chance.py), so that what differs is the
rules' doing; how sure that is, the spread over seeds tells.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import statistics
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from adapters.tables.loader import load_tables
from claims.payer_rules import PayerRules, Wait
from simulation.figures import FIGURES, Figure, Measure, Sums
from simulation.town import Change, live

MEASURED = Path(__file__).resolve().parents[1] / "docs" / "images" / "what-if.svg"


@dataclass(frozen=True)
class RuleSet:
    """A named set of rules: a folder of payer rules, or waits (in calendar days) that take the place of the present ones."""

    name: str
    folder: str = ""
    waits: tuple[tuple[str, int], ...] = ()
    warn_days: tuple[int, ...] = ()

    def change(self) -> Change:
        """Turns a claim's rules into those of this set."""
        if self.folder:
            book = {rules.name: rules for rules in load_tables(Path(self.folder)).payer_rules}
            return lambda rules: book.get(rules.name, rules)

        def changed(rules: PayerRules) -> PayerRules:
            waits = dict(rules.waits)
            for key, days in self.waits:
                waits[key] = Wait(amount=days, unit="calendar_days", source="what-if")
            update: dict[str, object] = {"waits": waits}
            if self.warn_days:
                update["filing"] = rules.filing.model_copy(update={"warn_days": self.warn_days})
            return rules.model_copy(update=update)

        return changed


def rule_set(text: str) -> RuleSet:
    """`early:inquiry_first=14,follow_up=30`, `late:warn_days=5`, or `NAME:FOLDER`. Raises ValueError for anything else."""
    name, colon, rest = text.partition(":")
    if not colon or not name:
        raise ValueError(f"a set of rules is NAME:wait=days,... or NAME:folder, not {text!r}")
    if rest and Path(rest).is_dir():
        return RuleSet(name, folder=rest)
    waits: list[tuple[str, int]] = []
    warn: tuple[int, ...] = ()
    for part in filter(None, rest.split(",")):
        key, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"{part!r} is neither wait=days nor a folder")
        if key == "warn_days":
            warn = tuple(int(day) for day in value.split("/"))
        else:
            waits.append((key, int(value)))
    return RuleSet(name, waits=tuple(waits), warn_days=warn)


def measure(seed: int, claims: int, days: int, rules: RuleSet) -> Sums:
    """The figures of one seed under one set of rules."""
    tables, change, total = load_tables(), rules.change(), Sums()
    for number in range(claims):
        watched: list[Measure] = []
        life = live(seed, number, tables, days=days, audited=False, tricks=False, change=change, watch=watched)
        one = watched[0].done()
        one.touches = life.counts["touches"]
        total.add(one)
    return total


@dataclass(frozen=True)
class Compared:
    """One figure under both sets: each over all seeds, and the mean of the differences by seed with its 95 percent range."""

    figure: Figure
    first: float
    second: float
    difference: float
    margin: float


def compare(first: list[Sums], second: list[Sums]) -> list[Compared]:
    """Figure by figure; both lists have one entry a seed, in the same order."""
    found = []
    for figure in FIGURES:
        pairs = [figure.counted(b) - figure.counted(a) for a, b in zip(first, second, strict=True)]
        spread = statistics.stdev(pairs) if len(pairs) > 1 else 0.0
        margin = 1.96 * spread / math.sqrt(len(pairs))
        found.append(
            Compared(figure, figure.counted(_all(first)), figure.counted(_all(second)), statistics.fmean(pairs), margin)
        )
    return found


def _all(sums: list[Sums]) -> Sums:
    total = Sums()
    for one in sums:
        total.add(one)
    return total


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `what-if` takes."""
    parser.add_argument("--rules", action="append", required=True, help="NAME:wait=days,... or NAME:folder; twice")
    parser.add_argument("--seeds", default="1..20")
    parser.add_argument("--claims", type=int, default=250)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--plot", type=Path, default=None, help="an SVG, for example docs/images/what-if.svg")


def main(args: argparse.Namespace) -> int:
    """Prints the table, draws the plot. 2 where the rules can't be read."""
    from simulation.__main__ import seeds_of

    try:
        sets = [rule_set(text) for text in args.rules]
        seeds = seeds_of(args.seeds)
    except ValueError as error:
        print(error)
        return 2
    if len(sets) != 2:
        print("two sets of rules are compared: --rules A:... --rules B:...")
        return 2
    results: list[list[Sums]] = []
    with ProcessPoolExecutor(args.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for one in sets:
            futures = [pool.submit(measure, seed, args.claims, args.days, one) for seed in seeds]
            results.append([future.result() for future in futures])
    found = compare(*results)
    print(table(found, sets, len(seeds), args.claims))
    if args.plot is not None:
        draw(found, sets, args.plot)
        print(f"\ndrawn: {args.plot}")
    return 0


def table(found: list[Compared], sets: list[RuleSet], seeds: int, claims: int) -> str:
    """The comparison as text."""
    first, second = (one.name for one in sets)
    lines = [
        f"{seeds} seeds, {seeds * claims} claims each way",
        "",
        f"{'':<36}{first:>12}{second:>12}{'difference':>14}{'95 % range':>18}",
    ]
    for one in found:
        low, high = one.difference - one.margin, one.difference + one.margin
        name = f"{one.figure.name} ({one.figure.unit})" if one.figure.unit else one.figure.name
        sure = "" if low > 0 or high < 0 else "   not told apart"
        lines.append(
            f"{name:<36}{one.first:>12.2f}{one.second:>12.2f}{one.difference:>+14.2f}{f'{low:+.2f} to {high:+.2f}':>18}{sure}"
        )
    return "\n".join(lines)


def draw(found: list[Compared], sets: list[RuleSet], path: Path) -> None:
    """Small bars, figure by figure; the range of the difference stands above each pair."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "claimline"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(found), figsize=(2.1 * len(found), 3.4))
    for axis, one in zip(axes, found, strict=True):
        axis.bar([0, 1], [one.first, one.second], color=["#9aa5b1", "#2f6f9f"], width=0.62)
        axis.errorbar([1], [one.second], yerr=[one.margin], color="#1c2a36", capsize=4)
        axis.set_xticks([0, 1], [rules.name for rules in sets], fontsize=8)
        axis.set_title(f"{one.figure.name}\n{one.difference:+.2f} ± {one.margin:.2f}", fontsize=8)
        axis.set_ylabel(one.figure.unit, fontsize=8)
        axis.tick_params(axis="y", labelsize=7)
        axis.set_ylim(0, max(one.first, one.second, 0.01) * 1.25)
        axis.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
