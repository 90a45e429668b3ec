"""Small X12 files for tests: a body of segments, one a line, in a right envelope."""

from __future__ import annotations

from adapters.x12.parse import parse
from claims.documents import ParsedDocument

ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PRACTICE       *260620*0830*{rep}*00501*000000901*0*T*{comp}"
)
FUNCTIONAL = {"835": "HP", "277": "HN", "271": "HB", "999": "FA", "997": "FA", "270": "HS", "276": "HR", "837": "HC"}


def file_of(*sets: tuple[str, str, str]) -> str:
    """One interchange with a group and a set for each (ST01, guide, body); the body without ST and SE."""
    lines = [ISA.format(rep="^", comp=":")]
    for i, (number, guide, body) in enumerate(sets, start=1):
        segments = [line.strip() for line in body.strip().splitlines() if line.strip()]
        lines.append(f"GS*{FUNCTIONAL[number]}*PAYER*PRACTICE*20260620*0830*{i}*X*{guide}")
        lines.append(f"ST*{number}*{i:04d}" if number == "835" else f"ST*{number}*{i:04d}*{guide}")
        lines += [*segments, f"SE*{len(segments) + 2}*{i:04d}", f"GE*1*{i}"]
    lines.append(f"IEA*{len(sets)}*000000901")
    return "".join(f"{line}~\n" for line in lines)


def parsed(*sets: tuple[str, str, str]) -> ParsedDocument:
    """The same, read."""
    return parse(file_of(*sets).encode())
