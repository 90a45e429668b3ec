"""Loads one version of the tables that `step` reads. Called by the composition roots, never by the core."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from adapters.tables.calendar import federal_holidays
from adapters.tables.codes import read_reasons, read_remarks
from adapters.tables.rules import is_sandbox, read_rules
from adapters.tables.toml import TableError
from claims.tables import Tables

__all__ = ["TableError", "load_tables"]

ROOT = Path(__file__).resolve().parents[2]
CODES = ROOT / "claims" / "codes"
RULES = ROOT / "payer_rules"
EDITION = "2026.11"
"""The human part of the version; the rest is a hash of what was read, so that no change goes unnamed."""


def load_tables(rules_dir: Path | None = None, *, sandbox: bool = False) -> Tables:
    """Codes, payer rules and holidays as one value, read once per process.

    `rules_dir` stands for payer_rules/ of the checkout. With `sandbox` the sandbox's payers are known and waits in
    seconds allowed for them. Raises TableError, located, for a file that can't be used.
    """
    return _load((rules_dir or RULES).resolve(), sandbox)


@cache
def _load(rules_dir: Path, sandbox: bool) -> Tables:
    reasons = read_reasons(CODES / "carc.toml")
    remarks = read_remarks(CODES / "rarc.toml")
    rules = read_rules(rules_dir, sandbox=sandbox)
    days = federal_holidays()
    files = [CODES / "carc.toml", CODES / "rarc.toml", *sorted(rules_dir.glob("*.toml"))]
    digest = hashlib.sha256()
    for path in files:
        if sandbox or not is_sandbox(path):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    # The holidays come out of a package whose update may move them, so they count as content too.
    digest.update("".join(day.isoformat() for day in sorted(days)).encode())
    return Tables(
        version=f"{EDITION}-{digest.hexdigest()[:12]}",
        reasons=reasons,
        remarks=remarks,
        holidays=days,
        payer_rules=rules,
        sandbox=sandbox,
    )
