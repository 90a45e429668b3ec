"""Takes the claims of files one by one: identity, decision, registration, start. The same loop runs dry and for real.

A desk is where claims are known and begun: in memory for a dry run, the records and Temporal otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from claims.claim import Claim
from claims.findings import Finding
from claims.intake import AlreadyKnown, Decision, Identity, Refused, Replacement, Started, decide, identify
from claims.matching import IndexEntry
from claims.payer_rules import rules_for
from claims.ports import KnownClaim
from claims.scrub import Icd, scrub
from claims.tables import Tables
from commands.claim_files import ClaimFile, Item
from commands.intake_report import FileReport, IntakeReport


class Desk(Protocol):
    """Where claims are known and begun. `at_once` is how many claims of a file it takes together."""

    at_once: int

    async def earlier(self, identity: Identity) -> KnownClaim | None: ...
    async def namesakes(self, claim: Claim) -> tuple[IndexEntry, ...]: ...
    async def begin(self, decision: Started, item: Item, file: ClaimFile) -> bool:
        """Registers and starts the claim; False where another one registered the same identity just now."""
        ...

    async def resume(self, decision: AlreadyKnown, known: KnownClaim, item: Item, file: ClaimFile) -> bool:
        """Starts a known claim whose start was cut off last time; True where it had to."""
        ...

    async def replace(self, decision: Replacement, item: Item, file: ClaimFile) -> None: ...


@dataclass(slots=True)
class DryDesk:
    """Remembers the claims of this run only."""

    known: dict[tuple[str, str], KnownClaim] = field(default_factory=dict)
    entries: dict[str, list[IndexEntry]] = field(default_factory=dict)
    at_once: int = 1

    async def earlier(self, identity: Identity) -> KnownClaim | None:
        return self.known.get((identity.practice, identity.claim_id))

    async def namesakes(self, claim: Claim) -> tuple[IndexEntry, ...]:
        return tuple(self.entries.get(claim.patient_control_number, ()))

    async def begin(self, decision: Started, item: Item, file: ClaimFile) -> bool:
        identity, claim = decision.identity, decision.claim
        self.known[identity.practice, identity.claim_id] = KnownClaim(
            practice=identity.practice,
            claim_id=identity.claim_id,
            patient_control_number=claim.patient_control_number,
            fingerprint=identity.fingerprint,
            closed=False,
        )
        entry = IndexEntry(
            practice=identity.practice,
            claim_id=identity.claim_id,
            patient_control_number=claim.patient_control_number,
            member_ids=tuple(one.member_id for one in claim.coverages if one.member_id),
        )
        self.entries.setdefault(claim.patient_control_number, []).append(entry)
        return True

    async def resume(self, decision: AlreadyKnown, known: KnownClaim, item: Item, file: ClaimFile) -> bool:
        return False

    async def replace(self, decision: Replacement, item: Item, file: ClaimFile) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Scrubber:
    """The scrubber with its tables and a day to count from."""

    tables: Tables
    icd: Icd
    today: date

    def findings(self, claim: Claim) -> tuple[Finding, ...]:
        first = claim.coverages[0] if claim.coverages else None
        payer_id = first.payer.payer_id if first else ""
        rules = rules_for(self.tables.payer_rules, payer_id, first.filing_indicator if first else "")
        return tuple(scrub(claim, rules=rules, tables=self.tables, icd=self.icd, today=self.today))


async def take(
    files: Iterable[ClaimFile],
    desk: Desk,
    key: bytes,
    *,
    scrubber: Scrubber | None = None,
    on_claim: Callable[[], None] = lambda: None,
) -> IntakeReport:
    """Takes every claim of every file, in their order. `on_claim` is called once for each."""
    told = IntakeReport()
    for file in files:
        report = FileReport(file=file.name, claims=file.claims, unreadable=file.unreadable)
        report.already_known = file.repeated
        report.refusals = [(one.claim, one.segment, one.reason) for one in file.unread]
        report.notes = list(dict.fromkeys(("", remark.segment, remark.reason) for remark in file.remarks))
        for batch in _batches(file.items, desk.at_once):
            await asyncio.gather(*(_take_one(item, file, report, desk, key) for item in batch))
            for item in batch:
                if scrubber is not None and item.coded:
                    number = item.claim.patient_control_number
                    report.findings += [(number, finding) for finding in scrubber.findings(item.claim)]
                on_claim()
        report.refusals.sort(key=lambda refusal: refusal[1])
        report.notes.sort(key=lambda note: note[1])
        told.files.append(report)
    return told


def _batches(items: Sequence[Item], at_once: int) -> Iterator[list[Item]]:
    """Claims that may be taken together: no two share a CLM01, and one that replaces another comes alone.

    Registrations that wait together share one commit, so a busy database is waited for once a batch, not once a claim.
    """
    batch: list[Item] = []
    numbers: set[str] = set()
    for item in items:
        number = item.claim.patient_control_number
        alone = item.claim.frequency in ("7", "8")
        if batch and (alone or number in numbers or len(batch) >= at_once):
            yield batch
            batch, numbers = [], set()
        batch.append(item)
        numbers.add(number)
        if alone:
            yield batch
            batch, numbers = [], set()
    if batch:
        yield batch


async def _take_one(item: Item, file: ClaimFile, report: FileReport, desk: Desk, key: bytes) -> None:
    identity = identify(item.claim, key, coded=item.coded)
    number = item.claim.patient_control_number
    decision, known = await _decide(item, identity, desk)
    if isinstance(decision, Started) and not await desk.begin(decision, item, file):
        # Somebody registered the same claim between our look and our start: look again, once.
        decision, known = await _decide(item, identity, desk)
    if isinstance(decision, Started):
        report.started += 1
        report.notes += [(number, item.segment, warning) for warning in decision.warnings]
    elif isinstance(decision, Refused):
        report.refusals.append((number, item.segment, decision.reason))
    elif isinstance(decision, Replacement):
        await desk.replace(decision, item, file)
        report.already_known += 1
        what = "void" if item.claim.frequency == "8" else "replacement"
        report.notes.append((number, item.segment, f"a {what} of a known claim; handed to it as an event"))
    elif known is not None and await desk.resume(decision, known, item, file):
        report.started += 1
        report.notes.append((number, item.segment, "was registered before, but had not started; started now"))
    else:
        report.already_known += 1


async def _decide(item: Item, identity: Identity, desk: Desk) -> tuple[Decision, KnownClaim | None]:
    known = await desk.earlier(identity)
    namesakes = await desk.namesakes(item.claim)
    return decide(item.claim, identity, earlier=known, namesakes=namesakes), known
