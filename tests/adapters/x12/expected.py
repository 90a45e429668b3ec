"""The public sample files beside the project, with what an independent count expects of them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from adapters.x12.parse import parse
from claims.documents import ParsedDocument
from claims.money import cents

SAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "samples"


def rows(name: str) -> list[dict[str, Any]]:
    """The lines of EXPECTED_<name>.jsonl; skips where the samples are not there."""
    path = SAMPLES / f"EXPECTED_{name}.jsonl"
    if not path.exists():
        pytest.skip("the sample files (../shared/samples) are not beside this checkout")
    return [json.loads(line) for line in path.read_text().splitlines()]


@cache
def read(name: str) -> ParsedDocument:
    """One sample file, parsed."""
    return parse((SAMPLES / name).read_bytes())


def money(text: str | None) -> int | None:
    """An expected amount in cents; an empty one is None."""
    return cents(text) if text else None


class Agreement:
    """Fields compared, and where they differ, keyed by what a reader of the table can find again."""

    def __init__(self) -> None:
        self.compared = 0
        self.differ: dict[str, tuple[Any, Any]] = {}

    def field(self, where: str, expected: Any, found: Any) -> None:
        self.compared += 1
        if expected != found:
            self.differ[where] = (expected, found)

    def only_known(self, known: dict[str, str], at_least: int) -> None:
        """Every difference is in `known` with its reason, no entry of which is out of date."""
        unexplained = {where: pair for where, pair in self.differ.items() if where not in known}
        assert unexplained == {}
        assert set(known) <= set(self.differ), "a known difference is gone: take it out of the table"
        print(f"{self.compared} fields compared, {len(self.differ)} differ, each for a known reason")
        assert self.compared >= at_least
