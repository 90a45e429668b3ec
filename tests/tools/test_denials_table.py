"""The page of adjustments is drawn from the tables and current."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_adjustments_says_what_the_tables_say() -> None:
    command = [sys.executable, "tools/denials_table.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
