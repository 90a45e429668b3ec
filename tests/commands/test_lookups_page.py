"""docs/lookups.md shows what the commands say today: every example of the page is run again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commands.app import main

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "lookups.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^    \$ python starter\.py (.+)\n((?:    .+\n)+)", PAGE, re.MULTILINE)


def test_each_look_up_has_two_examples() -> None:
    assert [command.split()[0] for command, _ in EXAMPLES] == ["explain", "explain", "last-day", "last-day"]


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_an_example_of_the_page_is_what_the_command_says(
    capsys: pytest.CaptureFixture[str], command: str, shown: str
) -> None:
    assert main(command.split()) == 0
    said = [f"    {line}".rstrip() for line in capsys.readouterr().out.splitlines()]
    assert said == shown.splitlines()
