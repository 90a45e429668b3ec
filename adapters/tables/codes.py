"""CARCs and RARCs out of claims/codes. A row that does not answer a question takes its class's answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from adapters.tables.toml import Row, TomlFile
from claims.tables import AdjustmentReason, Remark

_CLASS_KEYS = {"remedy", "owner", "deadline", "appealable", "patient", "by_group"}
_REASON_KEYS = _CLASS_KEYS | {"class", "label", "groups", "needs_remark", "retired", "source"}
_REMARK_KEYS = {"label", "remedy", "effect", "needs", "source"}
_GROUPS = {"CO", "PR", "OA", "PI", "CR"}
_DEADLINES = {"", "appeal", "correction", "filing", "documents"}


def read_reasons(path: Path) -> dict[str, AdjustmentReason]:
    """Every CARC of the file, by code."""
    file = TomlFile(path)
    classes = file.table("classes")
    for name, row in classes.items():
        _check_row(file, row, f"classes.{name}", _CLASS_KEYS)
    reasons = file.table("reasons")
    since, until = (_days(file, key, reasons) for key in ("since", "until"))
    return {
        code: _reason(file, code, row, classes, since.get(code, ""), until.get(code, ""))
        for code, row in reasons.items()
    }


def read_remarks(path: Path) -> dict[str, Remark]:
    """Every RARC of the file, by code."""
    file = TomlFile(path)
    common = file.table("defaults", required=False)
    remarks: dict[str, Remark] = {}
    for code, row in file.table("remarks").items():
        at = f"remarks.{code}"
        _check_row(file, row, at, _REMARK_KEYS)
        merged = {**common, **row}
        merged["source"] = file.source(merged.get("source", ""), at)
        try:
            remarks[code] = Remark(code=code, **merged)
        except ValidationError as error:
            file.refuse(error, at)
    return remarks


def _days(file: TomlFile, key: str, reasons: Row) -> dict[str, str]:
    """Code -> day, out of a table that lists codes by day."""
    days: dict[str, str] = {}
    for day, codes in file.table(key, required=False).items():
        try:
            date.fromisoformat(day)
        except ValueError:
            file.fail(f"{key}.{day}", "expected a day such as 2007-06-01", "Correct the day.")
        for code in codes:
            if code not in reasons:
                file.fail(f"{key}.{day}", f"code {code!r} is not in [reasons]", "Add its row or take it out here.")
            days[code] = day
    return days


def _reason(file: TomlFile, code: str, row: Any, classes: Row, since: str, until: str) -> AdjustmentReason:
    at = f"reasons.{code}"
    _check_row(file, row, at, _REASON_KEYS)
    family = classes.get(row.get("class"))
    if family is None:
        file.fail(f"{at}.class", f"class {row.get('class')!r} is not in [classes]", "Name one of [classes].")
    merged = {**family, **row}
    groups = tuple(merged.get("groups", ()))
    by_group = {**family.get("by_group", {}), **row.get("by_group", {})}
    if strange := (set(groups) | set(by_group)) - _GROUPS:
        file.fail(at, f"{sorted(strange)} is no adjustment group", f"Use one of {sorted(_GROUPS)}.")
    if merged.get("deadline", "") not in _DEADLINES:
        file.fail(f"{at}.deadline", "expected appeal, correction, filing, documents or nothing", "Correct the word.")
    retired = bool(row.get("retired", False))
    keys = [
        "labels",
        "triage",
        *(["x12"] if groups or row.get("needs_remark") else []),
        *(["retired"] if retired else []),
    ]
    if "source" in row:
        keys.append(row["source"])
    try:
        return AdjustmentReason(
            code=code,
            label=merged["label"],
            reason_class=merged["class"],
            remedy=merged["remedy"],
            owner=merged["owner"],
            deadline_kind=merged.get("deadline", ""),
            needs_remark=merged.get("needs_remark", False),
            groups=groups,
            group_remedies=tuple(
                (group, remedy) for group, remedy in by_group.items() if not groups or group in groups
            ),
            appealable=merged.get("appealable", True),
            patient_may_be_billed=merged.get("patient", False) and (not groups or "PR" in groups),
            since=since,
            until=until,
            source="; ".join(file.source(key, at) for key in keys),
        )
    except KeyError as error:
        file.fail(f"{at}.{error.args[0]}", "is missing", "Give it in the row or in its class.")
    except ValidationError as error:
        file.refuse(error, at)


def _check_row(file: TomlFile, row: Any, at: str, allowed: set[str]) -> None:
    if not isinstance(row, dict):
        file.fail(at, "expected a table", "Write key = value pairs in braces.")
    if strange := sorted(set(row) - allowed):
        file.fail(f"{at}.{strange[0]}", "is no key of this table", f"Use one of {', '.join(sorted(allowed))}.")
