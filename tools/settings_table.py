"""Writes docs/settings.md: every environment variable, its default and meaning, out of adapters/settings.py itself."""

from __future__ import annotations

import argparse
import ast
import itertools
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from adapters.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "settings.md"

HEAD = """# Settings

*Written by `make docs` out of `adapters/settings.py`; edit that file, not this page.*

Every setting is an environment variable, or a line of `.env`. The defaults are those of the embedded demo. A wrong value is
named and never repeated. `starter.py` takes `CLAIMLINE_DATA` (folder of databases and logs), `CLAIMLINE_USER` (who acts)
and `CLAIMLINE_IDENTITY_KEY` (the key of claim ids, [intake.md](intake.md)) besides.
`CLAIMLINE_SECRETS_DIR` names a folder where each setting may be a file named like its variable in small letters; the environment
goes before it ([deploy.md](deploy.md)).

| variable | default | meaning |
|---|---|---|
"""


def page() -> str:
    """The whole page, in Markdown."""
    told = _docstrings()
    return HEAD + "\n".join(_row(name, told.get(name, "")) for name in Settings.model_fields) + "\n"


def _row(name: str, meaning: str) -> str:
    value = Settings.model_fields[name].get_default()
    if isinstance(value, SecretStr):
        value = "(secret)" if value.get_secret_value() else ""
    if value is PydanticUndefined or value is None or value == frozenset():
        value = ""
    shown = f"`{value}`" if value != "" else ""
    return f"| `{PREFIX}{name.upper()}` | {shown} | {' '.join(meaning.split()).replace('|', '/')} |"


def _docstrings() -> dict[str, str]:
    """The text under each field of the class."""
    tree = ast.parse((ROOT / "adapters" / "settings.py").read_text(encoding="utf-8"))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    told: dict[str, str] = {}
    for field, text in itertools.pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            told[field.target.id] = str(text.value.value)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the page is out of date")
    if parser.parse_args().check:
        sys.exit(TARGET.read_text(encoding="utf-8") != page())
    TARGET.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
