"""The pages of a claim's life are drawn from the tables and current."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

from claims.state import DeadlineKind
from claims.status import Status
from claims.transitions import TRANSITIONS
from tools.draw_life import FOR_ALL, KINDS, PARTS, diagram

ROOT = Path(__file__).resolve().parents[2]


def test_the_pages_of_life_and_deadlines_say_what_the_tables_say() -> None:
    command = [sys.executable, "tools/draw_life.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_the_diagrams_hold_every_arrow_of_the_table_that_isn_t_told_in_words() -> None:
    drawn = "\n".join(diagram(part) for part in PARTS.values()).splitlines()
    for source in Status:
        for target in TRANSITIONS[source] - FOR_ALL if source not in FOR_ALL else ():
            assert f"  {source} --> {target}" in drawn


def test_every_kind_of_deadline_is_told_once() -> None:
    assert sorted(kind for kind, _, _ in KINDS) == sorted(get_args(DeadlineKind))
