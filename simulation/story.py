"""A failing life as a story: what came from outside, shrunk to what is needed to break the rule, kept as a fixture.

A fixture is told without the world: its events go to the core in order, deadlines that are due pass by themselves, and the
auditor looks on. So it stays true when the world is changed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from claims.events import AnyEvent, ClaimRegistered
from claims.payer_rules import PayerRules
from claims.tables import Tables
from simulation.auditor import Finding
from simulation.life import Core, Life, Stopped

EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
AFTERWARDS = timedelta(days=60)
"""How long time goes on after the last event of a story: silence breaks rules, too."""
TRIES = 3000
"""How often a story is told while it shrinks, at most."""


def tell(events: Sequence[AnyEvent], tables: Tables) -> tuple[Finding, ...]:
    """The rules that these events break; empty where none is. The first one is the registration."""
    core = Core(tables)
    try:
        for event in events:
            while core.state is not None and core.pass_time(event.at) is not None:
                pass
            core.take(event)
        while core.pass_time(events[-1].at + AFTERWARDS) is not None:
            pass
    except Stopped:
        return core.findings
    return ()


def shrink(events: Sequence[AnyEvent], rule: str, tables: Tables) -> list[AnyEvent]:
    """Delta debugging (Zeller and Hildebrandt 2002): the events without which the rule isn't broken any more."""
    first, rest = events[0], list(events[1:])
    tries = 0

    def breaks(some: Sequence[AnyEvent]) -> bool:
        nonlocal tries
        tries += 1
        return any(finding.rule == rule for finding in tell([first, *some], tables))

    parts = 2
    while len(rest) >= 2 and tries < TRIES:
        size = max(len(rest) // parts, 1)
        for start in range(0, len(rest), size):
            without = rest[:start] + rest[start + size :]
            if breaks(without):
                rest, parts = without, max(parts - 1, 2)
                break
        else:
            if size == 1:
                break
            parts = min(parts * 2, len(rest))
    if len(rest) == 1 and breaks([]):
        rest = []
    return [first, *rest]


def story_of(life: Life, commit: str) -> dict[str, Any]:
    """A failing life, shrunk, as it is written. A life that only fails in its world keeps its whole tape."""
    finding = life.findings[0]
    found = tell(life.tape, life.tables)
    told = any(one.rule == finding.rule for one in found)
    events = shrink(life.tape, finding.rule, life.tables) if told else life.tape
    return {
        "rule": finding.rule,
        "detail": finding.detail,
        "seed": life.seed,
        "claim": life.number,
        "commit": commit,
        "events": [_written(event) for event in events],
    }


def _written(event: AnyEvent) -> dict[str, Any]:
    """An event as JSON; payer rules by name and what was changed of them, so that newer rules are told, too."""
    data: dict[str, Any] = event.model_dump(mode="json", exclude_defaults=True)
    data["kind"] = event.kind
    for name in ("payer_rules",):
        if name in data:
            rules = getattr(event, name)
            data[name] = [{"name": one.name, "approvals": list(one.approvals)} for one in rules]
    return data


def read(path: Path, tables: Tables) -> list[AnyEvent]:
    """The events of a fixture. Raises LookupError where it names payer rules that there are none of."""
    story = json.loads(path.read_text(encoding="utf-8"))
    return [_read(data, tables) for data in story["events"]]


def _read(data: dict[str, Any], tables: Tables) -> AnyEvent:
    if "payer_rules" in data:
        data = {**data, "payer_rules": [_rules(one, tables).model_dump() for one in data["payer_rules"]]}
    return EVENTS.validate_python(data)


def _rules(named: dict[str, Any], tables: Tables) -> PayerRules:
    for rules in tables.payer_rules:
        if rules.name == named["name"]:
            return rules.model_copy(update={"approvals": tuple(named["approvals"])})
    raise LookupError(named["name"])


def registration(events: Sequence[AnyEvent]) -> ClaimRegistered:
    """The first event of a story."""
    first = events[0]
    assert isinstance(first, ClaimRegistered)
    return first
