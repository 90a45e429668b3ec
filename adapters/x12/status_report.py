"""A 277CA (005010X214) or a 277 (005010X212, 004010X093) set into a StatusReport.

Ranks and outcomes are decided in claims/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from adapters.x12.fields import amount_to_show, composite, day, days, part, text
from adapters.x12.hierarchy import Level, levels_of
from adapters.x12.reader import TransactionSet
from adapters.x12.segments import Delimiters, Segment
from claims.base import Day
from claims.documents import Problem, StatusCode, StatusLevel, StatusLine, StatusReport
from claims.making import maker

_LEVELS: dict[str, StatusLevel] = {"20": "source", "21": "receiver", "19": "provider"}
_CATEGORY = re.compile(r"A[0-8]|P[0-5]|F[0-4]|F3[FN]|R\d|R1[0-7]|RQ|D0|E[0-4]|DR0[1-8]")
"""Claim status categories (X12 code list 507; a batch 277CA may only carry A, a real-time one also E)."""
_USUAL = frozenset(f"A{n}" for n in range(9))
_make_status = maker(StatusLine)


@dataclass(slots=True)
class _Block:
    """A TRN (or SVC) with the STC, REF and DTP that belong to it."""

    level: StatusLevel
    trn: Segment | None = None
    statuses: list[Segment] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)
    starts: Day | None = None
    ends: Day | None = None
    over: _Block | None = None
    """The claim's block, for a line."""

    def reference(self, qualifier: str) -> str:
        found = self.references.get(qualifier, "")
        return found or (self.over.reference(qualifier) if self.over is not None else "")

    @property
    def trace(self) -> str:
        if self.trn is not None:
            return text(self.trn, 2)
        return self.over.trace if self.over is not None else ""


def read_status_report(ts: TransactionSet) -> tuple[StatusReport | None, list[Problem]]:
    """The statuses of a 277CA or 277, one per STC, each with the claim, provider or receiver it is about.

    Nothing is fatal but a set that is neither: amounts and dates only describe, so a bad one is a Problem and None.
    """
    problems: list[Problem] = []
    kind: Literal["277CA", "277"] = "277CA" if ts.kind == "277CA" else "277"
    if ts.kind not in ("277CA", "277"):
        reason = f"{ts.kind} is no claim acknowledgement and no status answer"
        return None, [Problem(segment=ts.first, reason=reason, fatal=True)]
    levels = levels_of(ts.segments, problems)
    blocks = {id(level): list(_blocks(level, problems)) for level in levels}
    statuses: list[StatusLine] = []
    below: list[tuple[int, tuple[str, ...]]] = []
    for level in levels:
        for block in blocks[id(level)]:
            made = [_status(kind, level, block, stc, problems) for stc in block.statuses]
            statuses += made
            if block.level in ("source", "receiver", "provider"):
                claims = _claims_below(kind, level, blocks)
                below += [(status.segment, claims) for status in made]
    expected = ts.count("STC")
    if len(statuses) != expected:
        reason = f"{expected} STC segments stand in the set, {len(statuses)} statuses were read"
        problems.append(Problem(segment=ts.first, reason=reason, fatal=True))
    if not expected:
        problems.append(Problem(segment=ts.first, reason="the set holds no STC; expected at least one status"))
    return _report(ts, kind, levels, statuses, below), problems


def _blocks(level: Level, problems: list[Problem]) -> Iterator[_Block]:
    """The blocks of one HL. A STC before any TRN still opens one: some senders leave the TRN of a provider out."""
    of = _LEVELS.get(level.code, "claim" if level.hl is not None else "source")
    claim: _Block | None = None
    block: _Block | None = None
    for segment in level.segments:
        kind = segment.id
        if kind == "TRN" or (kind in ("STC", "SVC") and claim is None):
            claim = block = _Block(level=of, trn=segment if kind == "TRN" else None)
            yield claim
        if kind == "SVC":
            block = _Block(level="line", over=claim)
            yield block
        elif block is None:
            continue
        elif kind == "STC":
            block.statuses.append(segment)
        elif kind == "REF":
            block.references.setdefault(text(segment, 1), text(segment, 2))
        elif kind == "DTP" and text(segment, 1) in ("472", "232"):
            block.starts, block.ends = days(segment, 3, problems)


def _status(kind: str, level: Level, block: _Block, stc: Segment, problems: list[Problem]) -> StatusLine:
    codes = tuple(
        _code(stc.get(n), stc.delimiters)
        for n in ((1, 10, 11) if len(stc.elements) > 9 else (1,))
        if n == 1 or text(stc, n)
    )
    _doubt(kind, stc, codes, problems)
    of_a_claim = block.level in ("claim", "line")
    over, trace = block.over, block.trace
    return _make_status(
        {
            "segment": stc.position,
            "level": block.level,
            "trace": trace,
            "patient_control_number": block.reference("EJ") or (trace if kind == "277CA" and of_a_claim else ""),
            "payer_claim_control_number": block.reference("1K"),
            "codes": codes,
            "action": text(stc, 3),
            "effective_on": day(stc, 2, problems),
            "charge_cents": amount_to_show(stc, 4, problems),
            "paid_cents": amount_to_show(stc, 5, problems),
            "member_id": _member(level) if of_a_claim else "",
            "service_from": block.starts or (over.starts if over else None),
            "service_to": block.ends or (over.ends if over else None),
            "line_control_number": block.reference("FJ") if block.level == "line" else "",
            "check_number": text(stc, 9),
            "text": text(stc, 12),
        }
    )


@lru_cache(maxsize=1024)
def _code(value: str, delimiters: Delimiters) -> StatusCode:
    """A report has a handful of them, thousands of times."""
    parts = composite(Segment(0, "STC", (value,), delimiters), 1)
    return StatusCode(category=part(parts, 1), status=part(parts, 2), entity=part(parts, 3), code_list=part(parts, 4))


def _doubt(kind: str, stc: Segment, codes: tuple[StatusCode, ...], problems: list[Problem]) -> None:
    if kind == "277CA" and len(codes) == 1 and codes[0].category in _USUAL:
        return
    places = [n for n in (1, 10, 11) if n == 1 or text(stc, n)]
    for n, code in zip(places, codes, strict=True):
        if _CATEGORY.fullmatch(code.category) is None:
            reason = f"STC{n:02d} is no known claim status category; kept as it stands"
        elif kind == "277CA" and code.category[0] not in "AE":
            reason = f"category {code.category} does not belong in a 277CA, which acknowledges and decides nothing"
        else:
            continue
        problems.append(Problem(segment=stc.position, element=n, reason=reason, claim=stc.position))


def _member(level: Level) -> str:
    """NM109 of the subscriber: of this level, else of the level above (a dependent has none of its own)."""
    for one in (level, *level.above()):
        for segment in one.segments:
            if segment.id == "NM1" and text(segment, 1) in ("IL", "QC") and (member := text(segment, 9)):
                return member
    return ""


def _claims_below(kind: str, level: Level, blocks: dict[int, list[_Block]]) -> tuple[str, ...]:
    found = (
        block.reference("EJ") or (block.trace if kind == "277CA" else "")
        for one in level.below()
        for block in blocks[id(one)]
        if block.level == "claim"
    )
    return tuple(dict.fromkeys(number for number in found if number))


def _report(
    ts: TransactionSet,
    kind: Literal["277CA", "277"],
    levels: list[Level],
    statuses: list[StatusLine],
    below: list[tuple[int, tuple[str, ...]]],
) -> StatusReport:
    bht = next((segment for segment in levels[0].segments if segment.id == "BHT"), None)
    source = next((s for level in levels if level.code == "20" for s in level.segments if s.id == "NM1"), None)
    receiver = next((s for level in levels if level.code == "21" for s in level.segments if s.id == "TRN"), None)
    batch = text(bht, 3) if bht else ""
    if kind == "277CA" and receiver is not None:
        batch = text(receiver, 2)  # TRN02 at the receiver is BHT03 of the 837 that is acknowledged
    return StatusReport(
        set=kind,
        control_number=ts.control_number,
        version=ts.version,
        sender=text(source, 1) if source else "",
        sender_name=text(source, 3) if source else "",
        batch=batch,
        produced_on=day(bht, 4, []) if bht else None,
        statuses=tuple(statuses),
        provider_claims=tuple(below),
    )
