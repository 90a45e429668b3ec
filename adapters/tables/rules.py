"""Payer rules out of payer_rules/*.toml: each file states what differs from the one it extends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from adapters.tables.toml import Row, TableError, TomlFile
from claims.payer_rules import PayerRules

_MERGED = {"waits"}
"""Tables that are taken over key by key; every other key replaces what it extends as a whole."""
_OWN = {"payer_ids", "filing_indicators"}
"""Keys that are never inherited: they say whom a file is for."""


def read_rules(folder: Path, *, sandbox: bool) -> tuple[PayerRules, ...]:
    """The rules of every file of a folder, `default` last so that it is found last.

    Files named sandbox* are read only where `sandbox` is true, and only they may wait in seconds.
    """
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise TableError(folder, "", "holds no *.toml", "Name the folder with payer_rules/default.toml in it.")
    files = {path.stem: TomlFile(path) for path in paths if sandbox or not is_sandbox(path)}
    if "default" not in files:
        raise TableError(
            folder, "default.toml", "is missing", "Add it: every payer without a file of its own needs it."
        )
    book = [_rules(files, name, sandbox=sandbox) for name in files]
    _refuse_overlap(files, book)
    return tuple(sorted(book, key=lambda rules: (rules.name == "default", rules.name)))


def is_sandbox(path: Path) -> bool:
    """Whether a rules file belongs to the sandbox, by its name."""
    return path.stem.startswith("sandbox")


def _rules(files: dict[str, TomlFile], name: str, *, sandbox: bool) -> PayerRules:
    file = files[name]
    if file.text("name") != name:
        file.fail("name", f"expected {name!r}, as the file is called", "Rename the file or the rules.")
    merged = _merge(files, name, ())
    if not (sandbox and is_sandbox(file.path)):
        _refuse_seconds(file, merged, "")
    try:
        return PayerRules.model_validate(merged)
    except ValidationError as error:
        file.refuse(error, "")


def _merge(files: dict[str, TomlFile], name: str, seen: tuple[str, ...]) -> Row:
    file = files[name]
    own = {key: file.with_sources(value, key) for key, value in file.data.items() if key not in {"sources", "extends"}}
    parent = file.data.get("extends")
    if parent is None:
        return own
    if parent not in files or parent in (*seen, name):
        file.fail("extends", f"{parent!r} is no other rules file here", f"Name one of {', '.join(sorted(files))}.")
    merged = {key: value for key, value in _merge(files, parent, (*seen, name)).items() if key not in _OWN}
    for key, value in own.items():
        merged[key] = {**merged.get(key, {}), **value} if key in _MERGED and isinstance(value, dict) else value
    return merged


def _refuse_seconds(file: TomlFile, value: Any, at: str) -> None:
    if isinstance(value, dict):
        if value.get("unit") == "seconds":
            file.fail(
                at, "waits in seconds", "Use calendar_days or business_days; seconds belong to the sandbox alone."
            )
        for key, part in value.items():
            _refuse_seconds(file, part, f"{at}.{key}".strip("."))
    elif isinstance(value, list):
        for position, part in enumerate(value):
            _refuse_seconds(file, part, f"{at}[{position}]")


def _refuse_overlap(files: dict[str, TomlFile], book: list[PayerRules]) -> None:
    """One payer id or filing indicator that leads to two files would make the answer depend on their order."""
    taken: dict[tuple[str, str], str] = {}
    for rules in book:
        for kind, values in (("payer_ids", rules.payer_ids), ("filing_indicators", rules.filing_indicators)):
            for value in values:
                other = taken.setdefault((kind, value), rules.name)
                if other != rules.name:
                    files[rules.name].fail(kind, f"{value!r} stands in {other}.toml too", "Leave it in one of them.")
