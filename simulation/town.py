"""Puts one claim's world together, and lets it run: the only place that knows everybody."""

from __future__ import annotations

from collections.abc import Callable

from claims.effects import AnyEffect
from claims.events import AnyEvent
from claims.payer_rules import PayerRules
from claims.state import Step
from claims.tables import Tables
from simulation import mischief
from simulation.account import Account
from simulation.chance import Chance
from simulation.clearinghouse import ClearinghouseOffice
from simulation.figures import Measure
from simulation.life import Life, Stopped
from simulation.office import People
from simulation.payer import Payers
from simulation.visits import visit


class _Scribe:
    """Writes down every event."""

    def __init__(self, heard: list[AnyEvent]) -> None:
        self._heard = heard

    def asked(self, effect: AnyEffect) -> None:
        """Effects are for others."""

    def heard(self, event: AnyEvent, taken: Step) -> None:
        self._heard.append(event)


Change = Callable[[PayerRules], PayerRules]


def live(
    seed: int,
    number: int,
    tables: Tables,
    *,
    days: int = 365,
    audited: bool = True,
    tricks: bool = True,
    change: Change | None = None,
    watch: list[Measure] | None = None,
    heard: list[AnyEvent] | None = None,
) -> Life:
    """Claim `number` of a seed, lived to its end, or to the first rule that it breaks (`life.findings`).

    The same seed, number, days and commit give the same life, event by event. `tricks` False leaves out what nobody asked
    for (mischief.py); payers, clearinghouses and people are as they are. A measure
    of the life is added to `watch`, every event of it, deadlines included, to `heard`.
    """
    chance = Chance(seed, number)
    life = Life(seed, number, visit(chance, number), tables, days=days, audited=audited, change=change)
    payers = Payers(life)
    people = People(life)
    life.listeners = [ClearinghouseOffice(life, payers), payers, people, Account(life)]
    if watch is not None:
        watch.append(Measure(life))
        life.listeners.append(watch[-1])
    if heard is not None:
        life.listeners.append(_Scribe(heard))
    if tricks:
        mischief.plan(life, payers)
    try:
        life.run()
    except Stopped:
        return life
    life.counts["touches"] = people.touches
    return life
