"""What every benchmark has in common: rounds that alternate, medians with their spread, one table, one file of results.

A figure is a ratio of candidates that were measured side by side in one run, because machines are noisy. A program
under bench/ makes its candidates, calls `rounds` (or `rounds_async`), and hands an `Answer` to `publish`.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from bench.machine import machine, versions

RESULTS = Path(__file__).parent / "results"
ROUNDS = 5

Better = Literal["higher", "lower"]
Rounds = dict[str, list[float]]
"""The figure of each candidate in each round, in the order of the rounds."""
Work = Callable[[], float | None]
AsyncWork = Callable[[], Awaitable[float | None]]
"""One run of a candidate. What it returns is its figure; None means: take the seconds that the run took."""

out = Console(width=110)


@dataclass(frozen=True)
class Ratio:
    """A ratio of two candidates, taken round by round: its median, and the lowest and highest of any round."""

    median: float
    low: float
    high: float

    @property
    def spread(self) -> list[float]:
        return [rounded(self.low), rounded(self.high)]


@dataclass(frozen=True)
class Answer:
    """What one benchmark found. `figures` holds whatever stands behind `ratio`; `goal` None where none was set.

    `met` is None without a goal.
    """

    question: str
    title: str
    ratio: Ratio
    goal: float | None
    better: Better
    rounds: int
    figures: Mapping[str, Any]
    packages: Sequence[str] = field(default=())
    """Installed packages whose version matters."""

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.ratio.median >= self.goal if self.better == "higher" else self.ratio.median <= self.goal


def options(description: str) -> argparse.Namespace:
    """The command line of a benchmark: `--quick` for a small run that is only shown, `--rounds N`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="a small run, shown but not kept")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"at least {ROUNDS} for a figure that is kept")
    return parser.parse_args()


def rounds(candidates: Mapping[str, Work], count: int = ROUNDS, *, warm: bool = True) -> Rounds:
    """Run the candidates in turn, `count` times, every second round backwards; once before that unmeasured."""
    found: Rounds = {name: [] for name in candidates}
    for number in range(-1 if warm else 0, count):
        for name in _turn(candidates, number):
            gc.collect()  # so that none pays for what another one left behind
            start = time.perf_counter()
            figure = candidates[name]()
            seconds = time.perf_counter() - start
            _keep(found, name, number, count, seconds if figure is None else figure)
    return found


async def rounds_async(candidates: Mapping[str, AsyncWork], count: int = ROUNDS, *, warm: bool = True) -> Rounds:
    """The same for candidates that are coroutines; one runs at a time."""
    found: Rounds = {name: [] for name in candidates}
    for number in range(-1 if warm else 0, count):
        for name in _turn(candidates, number):
            gc.collect()  # so that none pays for what another one left behind
            start = time.perf_counter()
            figure = await candidates[name]()
            seconds = time.perf_counter() - start
            _keep(found, name, number, count, seconds if figure is None else figure)
    return found


def _turn(candidates: Mapping[str, object], number: int) -> list[str]:
    names = list(candidates)
    return names[::-1] if number % 2 else names


def _keep(found: Rounds, name: str, number: int, count: int, figure: float) -> None:
    if number < 0:
        return
    found[name].append(figure)
    out.print(f"  round {number + 1}/{count}  {name}: {figure:.4g}", style="dim", highlight=False)


def ratio(found: Rounds, of: str, to: str) -> Ratio:
    """`of` divided by `to`, round by round."""
    each = [one / other for one, other in zip(found[of], found[to], strict=True)]
    return Ratio(statistics.median(each), min(each), max(each))


def figures(found: Rounds) -> dict[str, dict[str, Any]]:
    """Median, lowest, highest and every round of each candidate, for the results file."""
    return {
        name: {
            "median": rounded(statistics.median(values)),
            "low": rounded(min(values)),
            "high": rounded(max(values)),
            "each": [rounded(value) for value in values],
        }
        for name, values in found.items()
    }


def rounded(value: float) -> float:
    """Four significant digits: more would be noise."""
    return float(f"{value:.4g}")


def show(title: str, found: Rounds, unit: str, beside: str) -> None:
    """A table of the candidates: median and spread, and the ratio of each to the candidate `beside`."""
    table = Table(title=title, title_justify="left")
    table.add_column("candidate")
    for name in (f"median {unit}", "lowest", "highest", f"times {beside}"):
        table.add_column(name, justify="right")
    for name, values in found.items():
        share = ratio(found, name, beside)
        row = (statistics.median(values), min(values), max(values), share.median)
        table.add_row(name, *(f"{value:.4g}" for value in row))
    out.print(table)


def publish(answer: Answer, *, keep: bool) -> None:
    """Say what was found and, where `keep`, write bench/results/QUESTION.json."""
    verdict = {None: "no goal", True: "[green]met[/green]", False: "[red]missed[/red]"}[answer.met]
    goal = "" if answer.goal is None else f", goal {answer.goal:g} or {answer.better}"
    low, high = answer.ratio.spread
    out.print(f"[bold]{answer.title}[/bold]: {answer.ratio.median:.3g} (from {low:.3g} to {high:.3g}{goal}): {verdict}")
    if not keep:
        out.print("A quick run: nothing was kept.", style="dim")
        return
    if answer.rounds < ROUNDS:
        raise ValueError(f"a figure that is kept needs at least {ROUNDS} rounds, not {answer.rounds}")
    told = {
        "question": answer.question,
        "title": answer.title,
        "ratio": rounded(answer.ratio.median),
        "goal": answer.goal,
        "better": answer.better,
        "rounds": answer.rounds,
        "spread": answer.ratio.spread,
        "machine": machine(),
        "versions": versions(answer.packages),
        # of the last five minutes, this run's own load included: how quiet the machine was
        "figures": {**answer.figures, "load_average": rounded(os.getloadavg()[1])},
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{answer.question}.json"
    path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    out.print(f"Kept in bench/results/{path.name}", style="dim")
