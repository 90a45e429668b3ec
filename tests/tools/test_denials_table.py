"""The page of adjustments is drawn from the tables and current."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from adapters.tables import load_tables
from tools.sample_codes import count, kept

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_adjustments_says_what_the_tables_say() -> None:
    command = [sys.executable, "tools/denials_table.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_codes_of_the_samples_are_counted_as_kept() -> None:
    samples = ROOT.parent / "shared" / "samples"
    if not samples.exists():
        pytest.skip("needs ../shared/samples")
    assert count(samples) == kept()


def test_every_code_of_the_samples_but_the_made_up_one_is_known() -> None:
    """909099 stands in a sample that is meant to be odd: no code list has it."""
    known = load_tables().reasons
    assert {code for code in kept()["carcs"] if code not in known} == {"909099"}
