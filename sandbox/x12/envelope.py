"""Writing: segments into a set, a set into an interchange. Values never carry a delimiter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

SENDER = "CLAIMLINESBX"
"""Who the sandbox's interchanges come from (ISA06, GS02)."""

Composite = tuple[str, ...]
Row = Sequence[str | Composite]

_UNSAFE = str.maketrans({"*": " ", ":": " ", "^": " ", "~": " ", "\n": " ", "\r": " "})


def clean(text: str) -> str:
    """Text that may stand in an element: a delimiter inside it becomes a space."""
    return text.translate(_UNSAFE)


def line(row: Row) -> str:
    """One segment, empty elements at its end left out."""
    parts = [":".join(clean(p) for p in e).rstrip(":") if isinstance(e, tuple) else clean(e) for e in row]
    while parts and not parts[-1]:
        parts.pop()
    return "*".join(parts) + "~"


@dataclass(frozen=True)
class Address:
    """Who an interchange goes to: what stood as the sender of theirs (ISA05, ISA06, GS02)."""

    qualifier: str = "ZZ"
    interchange_id: str = "SUBMITTER"
    group_id: str = "SUBMITTER"
    usage: str = "T"


@dataclass(frozen=True)
class SetKind:
    """Which transaction set: ST01, GS01 and the implementation guide; the 835 has no ST03."""

    set: str
    group: str
    guide: str
    says_guide: bool = True


ACK_999 = SetKind("999", "FA", "005010X231A1")
ACK_277CA = SetKind("277", "HN", "005010X214")
REMITTANCE_835 = SetKind("835", "HP", "005010X221A1", says_guide=False)
ELIGIBILITY_271 = SetKind("271", "HB", "005010X279A1")
STATUS_277 = SetKind("277", "HN", "005010X212")


def isa(to: Address, control: int, at: datetime, ack_requested: str = "0") -> str:
    """An interchange header: 106 characters with its terminator."""
    return (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{SENDER:15.15}*{to.qualifier:2.2}*{clean(to.interchange_id):15.15}"
        f"*{at:%y%m%d}*{at:%H%M}*^*00501*{control:09d}*{ack_requested}*{to.usage}*:~"
    )


def interchange(kind: SetKind, body: Sequence[Row], to: Address, control: int, at: datetime) -> str:
    """A whole interchange with one group and one set, whose body lies between ST and SE."""
    st: list[str] = ["ST", kind.set, f"{control:04d}", kind.guide if kind.says_guide else ""]
    group = ["GS", kind.group, SENDER, to.group_id.strip(), f"{at:%Y%m%d}", f"{at:%H%M}", str(control), "X", kind.guide]
    rows: list[Row] = [st, *body, ["SE", str(len(body) + 2), f"{control:04d}"]]
    return (
        isa(to, control, at)
        + line(group)
        + "".join(line(row) for row in rows)
        + line(["GE", "1", str(control)])
        + line(["IEA", "1", f"{control:09d}"])
    )


def reenvelope(text: str, kind: SetKind, control: int, at: datetime) -> str:
    """The same set, to the letter, in an interchange of its own numbers and time."""
    parts = text.rstrip("~").split("~")
    old = parts[0].split("*")
    to = Address(old[7], old[8].strip(), parts[1].split("*")[3], old[15])
    group = ["GS", kind.group, SENDER, to.group_id, f"{at:%Y%m%d}", f"{at:%H%M}", str(control), "X", kind.guide]
    return (
        isa(to, control, at)
        + line(group)
        + "".join(f"{part}~" for part in parts[2:-2])
        + line(["GE", "1", str(control)])
        + line(["IEA", "1", f"{control:09d}"])
    )
