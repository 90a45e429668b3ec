"""Many claims of many seeds, on as many processors as are asked for, summed up; a failing seed names itself."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.tables.loader import load_tables
from simulation.story import story_of
from simulation.town import live

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Result:
    """What came of one seed, or of several."""

    seeds: int = 0
    claims: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[dict[str, Any]] = field(default_factory=list)
    """Shrunken stories of claims that broke a rule."""

    def add(self, other: Result) -> None:
        self.seeds += other.seeds
        self.claims += other.claims
        self.counts.update(other.counts)
        self.outcomes.update(other.outcomes)
        self.failures += other.failures

    @property
    def faults(self) -> Counter[str]:
        """What went wrong in the world, by kind."""
        return Counter({k.removeprefix("fault: "): n for k, n in self.counts.items() if k.startswith("fault: ")})


def run_seed(seed: int, claims: int, days: int, *, stop_at: int = 1, shrink: bool = True) -> Result:
    """`claims` claims of one seed, each on its own; the first `stop_at` that break a rule are kept as stories."""
    tables = load_tables()
    result = Result(seeds=1)
    for number in range(claims):
        life = live(seed, number, tables, days=days)
        result.claims += 1
        result.counts.update(life.counts)
        result.outcomes[str(life.claim.status) if life.state is not None else "none"] += 1
        if life.findings:
            result.counts["failures"] += 1
            if len(result.failures) < stop_at:
                result.failures.append(story_of(life, commit()) if shrink else _told(seed, number, life.findings[0]))
    return result


def _told(seed: int, number: int, finding: Any) -> dict[str, Any]:
    return {"rule": finding.rule, "detail": finding.detail, "seed": seed, "claim": number, "events": []}


def run(
    seeds: Iterable[int],
    claims: int,
    days: int,
    jobs: int,
    told: Callable[[int, Result], None],
    *,
    shrink: bool = True,
) -> Result:
    """All seeds; `told` hears of each as it is done, in order. Seeds don't meet, so jobs change nothing but the time."""
    total = Result()
    wanted = list(seeds)
    if jobs <= 1:
        for seed in wanted:
            one = run_seed(seed, claims, days, shrink=shrink)
            total.add(one)
            told(seed, one)
        return total
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        futures = [pool.submit(run_seed, seed, claims, days, shrink=shrink) for seed in wanted]
        for seed, future in zip(wanted, futures, strict=True):
            one = future.result()
            total.add(one)
            told(seed, one)
    return total


def commit() -> str:
    """The commit of this checkout, with `+` where files differ from it; empty outside of one."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return found.stdout.strip()


def keep(story: dict[str, Any], folder: Path) -> Path:
    """Writes a failing story as a fixture, one event a line."""
    folder.mkdir(parents=True, exist_ok=True)
    name = story["rule"].replace(" ", "_")[:60]
    path = folder / f"{name}_{story['seed']}_{story['claim']}.json"
    head = {key: value for key, value in story.items() if key != "events"}
    lines = [json.dumps(event, ensure_ascii=False) for event in story["events"]]
    text = (
        json.dumps(head, indent=1, ensure_ascii=False)[:-2] + ',\n "events": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"
    )
    path.write_text(text, encoding="utf-8")
    return path
