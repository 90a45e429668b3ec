"""What the auditor sees of a step, and what it says: plain data, nothing of the core."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.own_money import Data


@dataclass(frozen=True)
class Finding:
    """A rule that is broken, in the words of the rule, and how."""

    rule: str
    detail: str


@dataclass(frozen=True)
class Seen:
    """One event and what became of the claim: everything plain data."""

    event: Data
    before: Data
    after: Data
    ledger: Data
    effects: list[Data]
    path: list[str]
    refused: str
    duplicate: bool

    @property
    def kind(self) -> str:
        return str(self.event["kind"])

    @property
    def taken(self) -> bool:
        return not self.refused
