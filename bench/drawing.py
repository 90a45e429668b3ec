"""The plots of docs/performance.md: one a question, the same bytes for the same figures."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.figure import Figure

from bench.harness import Rounds

IMAGES = Path(__file__).parent.parent / "docs" / "images"
OURS, OTHER, GOAL = "#1f6f8b", "#b8b8b8", "#c0392b"
_STYLE: Any = {
    "svg.hashsalt": "claimline",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def bars(question: str, title: str, found: Rounds, unit: str, *, ours: Sequence[str], log: bool = False) -> Path:
    """A bar a candidate at its median, with a line from its lowest to its highest round. Returns the file."""
    with matplotlib.rc_context(_STYLE):
        figure, axes = pyplot.subplots(figsize=(6.4, 0.6 + 0.38 * len(found)), layout="constrained")
        names = list(found)[::-1]
        for at, name in enumerate(names):
            values = found[name]
            middle = statistics.median(values)
            axes.barh(at, middle, color=OURS if name in ours else OTHER, height=0.6)
            axes.plot([min(values), max(values)], [at, at], color="black", linewidth=1)
            axes.annotate(f" {middle:.3g}", (max(values), at), va="center", fontsize=8)
        axes.set_yticks(range(len(names)), names)
        if log:
            axes.set_xscale("log")
        axes.set_xlabel(unit)
        axes.set_title(title, loc="left", fontsize=10)
        axes.margins(x=0.12)
        return save(figure, question)


def lines(
    question: str,
    title: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    axis: tuple[str, str],
    *,
    ours: Sequence[str],
    log: bool = False,
) -> Path:
    """A line a series of (x, y) points; `axis` names x and y. Returns the file."""
    with matplotlib.rc_context(_STYLE):
        figure, axes = pyplot.subplots(figsize=(6.4, 3.2), layout="constrained")
        for name, points in series.items():
            xs, ys = zip(*points, strict=True)
            axes.plot(xs, ys, marker="o", markersize=3, label=name, color=OURS if name in ours else None)
        if log:
            axes.set_xscale("log")
            axes.set_yscale("log")
        axes.set_xlabel(axis[0])
        axes.set_ylabel(axis[1])
        axes.set_title(title, loc="left", fontsize=10)
        axes.legend(frameon=False)
        return save(figure, question)


def save(figure: Figure, question: str) -> Path:
    """Write a figure as docs/images/bench-QUESTION.svg, without a date in it."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    path = IMAGES / f"bench-{question}.svg"
    with matplotlib.rc_context(_STYLE):
        figure.savefig(path, format="svg", metadata={"Date": None})
    pyplot.close(figure)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")
    return path
