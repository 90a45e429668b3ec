"""The page of stories and messages is drawn from the product and current."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_stories_shows_what_tell_prints_and_which_messages_there_are() -> None:
    command = [sys.executable, "tools/tell_page.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
