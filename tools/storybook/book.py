"""How a story is written: lines at their times, each a document, a message or the passing of time; then its end."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True)
class Event:
    """One line: `when` is local time, `2026-03-03 09:00`."""

    when: str
    file: str = ""
    content: str = ""
    message: str = ""
    body: Any = None
    claim: str = ""

    def as_json(self) -> dict[str, Any]:
        at = datetime.strptime(self.when, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
        told: dict[str, Any] = {"at": at.isoformat()}
        if self.file:
            told["file"] = self.file
        if self.message:
            told |= {"message": self.message, "body": self.body}
        if self.claim:
            told["claim"] = self.claim
        return told


def comes(when: str, file: str, content: str) -> Event:
    """A document arrives."""
    return Event(when, file=file, content=content)


def says(when: str, message: str, body: Any = None, *, claim: str = "") -> Event:
    """A person or a machine sends a message."""
    return Event(when, message=message, body={} if body is None else body, claim=claim)


def passes(when: str) -> Event:
    """Time passes, nothing else."""
    return Event(when)


@dataclass(frozen=True, slots=True)
class Story:
    """`about` is what a biller reads first; `expected` is what must be found at the end, with `why` where it was counted."""

    name: str
    about: str
    events: tuple[Event, ...]
    expected: dict[str, Any]
    agreeable: bool = True
    world: dict[str, Any] = field(default_factory=dict)
    """What the practice's rules say in this story: `approvals`, `rules`."""

    def files(self) -> dict[str, str]:
        """The files of its folder by name."""
        lines = [f"# {self.about}"]
        if self.agreeable:
            # Whoever approves or refuses works where the practice asks for it.
            gated = any(event.message in ("approve", "reject") for event in self.events)
            asked = {"approvals": ["appeal", "void"]} if gated and not self.world else self.world
            lines.append(json.dumps({"world": "agreeable"} | asked))
        elif self.world:
            lines.append(json.dumps({"world": "silent"} | self.world))
        lines += [json.dumps(event.as_json()) for event in self.events]
        expected = {"about": self.about, **self.expected}
        made = {"story.jsonl": "\n".join(lines) + "\n", "expected.json": json.dumps(expected, indent=2) + "\n"}
        for event in self.events:
            if event.content:
                assert made.get(event.file, event.content) == event.content, f"{self.name}: {event.file} twice"
                made[event.file] = event.content
        return made


def ledger(
    charge: str,
    *,
    paid: str = "0.00",
    contractual: str = "0.00",
    written_off: str = "0.00",
    patient: str = "0.00",
    next_payer: str = "0.00",
    open: str = "0.00",
) -> dict[str, str]:
    """The whole ledger; what isn't named is nothing."""
    return {
        "charge": charge,
        "paid": paid,
        "contractual": contractual,
        "written_off": written_off,
        "patient": patient,
        "next_payer": next_payer,
        "open": open,
    }


def sent(*outcomes: str) -> list[dict[str, Any]]:
    """Submissions in their order, each `frequency outcome`: `"1 rejected"`."""
    made = []
    for number, text in enumerate(outcomes, 1):
        frequency, _, outcome = text.partition(" ")
        made.append({"number": number, "frequency": frequency, "outcome": outcome})
    return made
