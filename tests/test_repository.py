"""What a stranger meets first: two commands, the lock, the licence, the compose file, and packages that are ours."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------- the lock


def requirements() -> dict[str, list[str]]:
    """Name -> the pinned line and its hashes, as pip reads them."""
    joined = text("requirements.lock").replace("\\\n", " ")
    lines = [line.split() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {re.split(r"[=\[;]", words[0])[0].lower().replace("_", "-"): words for words in lines}


def test_every_line_of_the_lock_is_pinned_and_hashed() -> None:
    locked = requirements()
    assert len(locked) > 40
    for name, words in locked.items():
        assert "==" in words[0], name
        assert any(word.startswith("--hash=sha256:") for word in words), name


def test_the_lock_names_no_address() -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text("requirements.lock"))


def test_everything_asked_for_is_in_the_lock() -> None:
    asked = [line for line in text("requirements.in").splitlines() if line.strip() and not line.startswith("#")]
    names = {re.split(r"[=<>\[; ]", line)[0].lower().replace("_", "-").replace(".", "-") for line in asked}
    assert names <= set(requirements())


# ------------------------------------------------------------------------------------------------- two commands


def test_the_readme_leads_with_the_two_commands() -> None:
    first_block = re.search(r"```\w*\n(.*?)```", text("README.md"), re.DOTALL)
    assert first_block, "README.md has no code block"
    assert re.search(r"^make demo\b", first_block[1], re.MULTILINE)
    assert re.search(r"^make test\b", first_block[1], re.MULTILINE)


def test_make_knows_the_commands_that_the_documents_name() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"^make ([a-z-]+)", text(name), re.MULTILINE)) | set(
            re.findall(r"`make ([a-z-]+)`", text(name))
        )
        assert named <= targets, name


def test_ci_runs_what_a_contributor_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert re.search(r"^make check$", text(".ci/run"), re.MULTILINE)
    assert "set -euo pipefail" in text(".ci/run")
    check = re.search(r"^check:.*\n((?:\t.*\n)+)", text("Makefile"), re.MULTILINE)
    assert check
    assert "$(MAKE) test" in check[1]


def test_a_changed_lock_is_installed_again() -> None:
    dry = subprocess.run(
        ["make", "-n", "-W", "requirements.lock", "test"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "pip install" in dry.stdout
    assert "--require-hashes" in dry.stdout


# ------------------------------------------------------------------------------------------------- papers


def test_the_licence_is_apache_2() -> None:
    assert re.search(r"Apache License\s+Version 2\.0, January 2004", text("LICENSE"))
    assert "END OF TERMS AND CONDITIONS" in text("LICENSE")
    assert tomllib.loads(text("pyproject.toml"))["project"]["license"] == "Apache-2.0"


def test_the_changelog_knows_this_version() -> None:
    version = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## \[{re.escape(version)}\]", text("CHANGELOG.md"), re.MULTILINE)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_links_between_documents_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", text(name)):
        if "://" not in target and not target.startswith("mailto:"):
            assert (ROOT / target).exists(), target


def test_decision_records_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == sorted(set(numbers))
    assert all(number.isdigit() for number in numbers)


# ------------------------------------------------------------------------------------------------- our own packages


@pytest.mark.parametrize("name", ["claims", "workflows", "activities", "adapters", "sandbox", "commands"])
def test_a_package_is_the_one_of_this_checkout(name: str) -> None:
    # Other distributions own top-level `workflows` and `activities` too; importing theirs would be silent.
    module = importlib.import_module(name)
    assert module.__file__
    assert Path(module.__file__).resolve().is_relative_to(ROOT)
    assert ".venv" not in Path(module.__file__).resolve().parts
