"""Commands that operations' pages name exist: whoever reads them at night has no time to find out."""

from __future__ import annotations

import re
import subprocess
import sysconfig
from functools import cache
from pathlib import Path

import pytest
import typer

from commands.app import build

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in (*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "CONTRIBUTING.md")
)
OPERATIONS = ("docs/runbook.md", "docs/going-live.md", "docs/deploy.md", "docs/operations.md")


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@cache
def commands() -> dict[str, set[str]]:
    """Every command, with the commands under it."""
    group = typer.main.get_command(build())
    return {name: set(getattr(command, "commands", ())) for name, command in group.commands.items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_exists(page: str) -> None:
    for name, sub in re.findall(r"starter\.py ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", text(page)):
        assert name in commands(), f"{page}: starter.py {name}"
        if commands()[name] and sub:
            assert sub in commands()[name], f"{page}: starter.py {name} {sub}"


@cache
def temporal_help(*words: str) -> str:
    tool = Path(sysconfig.get_path("scripts")) / "temporal"
    return subprocess.run([str(tool), *words, "--help"], capture_output=True, text=True).stdout


@pytest.mark.parametrize("page", OPERATIONS)
def test_every_command_of_temporals_that_a_page_names_exists_with_its_options(page: str) -> None:
    for line in re.findall(r"`(temporal [a-z][^`]*)`", text(page).replace("\n", " ")):
        words = re.match(r"temporal ([a-z-]+) ([a-z-]+)", line)
        assert words, f"{page}: {line}"
        told = temporal_help(*words.groups())
        assert f"temporal {words[1]} {words[2]}" in told, f"{page}: {line}"
        for option in re.findall(r" (--?[a-z][a-z-]*)", re.sub(r'"[^"]*"|\'[^\']*\'', "", line)):
            assert re.search(rf"(^|\s|,){option}\b", told + temporal_help("options")), f"{page}: {option} in {line}"


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", text(page)):
        if "://" not in target and not target.startswith("mailto:"):
            assert (ROOT / page).parent.joinpath(target).exists(), f"{page}: {target}"
