"""270 and 276 in, 271 and 277 out (005010X279A1, 005010X212): the real-time pair of each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox.money import amount
from sandbox.x12.envelope import ELIGIBILITY_271, STATUS_277, Address, Composite, Row, interchange
from sandbox.x12.segments import Segment, TransactionSet


@dataclass(frozen=True)
class Level:
    """One HL with what stands below it until the next HL."""

    number: str
    parent: str
    code: str
    segments: tuple[Segment, ...]

    def get(self, segment_id: str, *qualifiers: str) -> Segment | None:
        return next(
            (s for s in self.segments if s.id == segment_id and (not qualifiers or s.at(1) in qualifiers)), None
        )


def levels(transaction: TransactionSet) -> dict[str, Level]:
    """The hierarchy of a question, by HL01."""
    found: dict[str, Level] = {}
    rows: list[Segment] = []
    for segment in reversed(transaction.segments):
        rows.insert(0, segment)
        if segment.id == "HL":
            found[segment.at(1)] = Level(segment.at(1), segment.at(2), segment.at(3), tuple(rows[1:]))
            rows = []
    return dict(reversed(found.items()))


@dataclass(frozen=True)
class Coverage:
    """A payer's answer on one member: `rejection` is an AAA03 code and then nothing else counts."""

    active: bool = True
    rejection: str = ""
    plan: str = "SANDBOX PLAN"
    deductible_cents: int = 0
    deductible_left_cents: int = 0
    coinsurance_percent: int = 0
    copay_cents: int = 0


def reply_271(question: TransactionSet, coverages: dict[str, Coverage], to: Address, control: int, at: datetime) -> str:
    """The 271 to a 270. `coverages` has an answer for the HL01 of each level that is asked about, or of the payer's
    level alone when the payer is not known here."""
    bht = next((s for s in question.segments if s.id == "BHT"), None)
    day = f"{at:%Y%m%d}"
    body: list[Row] = [["BHT", "0022", "11", bht.at(3) if bht else "", day, f"{at:%H%M}"]]
    for level in levels(question).values():
        answer = coverages.get(level.number)
        body.append(_hl(level, question, coverages))
        trace = level.get("TRN")
        if trace is not None:
            body.append(["TRN", "2", *trace.elements[1:]])
        body.extend([s.id, *s.elements] for s in level.segments if s.id == "NM1")
        if answer is not None and answer.rejection:
            body.append(["AAA", "N", "", answer.rejection, "C"])
            if level.code == "20":
                break
            continue
        body.extend(["DMG", *s.elements] for s in level.segments if s.id == "DMG")
        if answer is not None:
            body.extend(_benefits(answer, at))
    return interchange(ELIGIBILITY_271, body, to, control, at)


def _hl(level: Level, question: TransactionSet, coverages: dict[str, Coverage]) -> Row:
    answer = coverages.get(level.number)
    last = level.code == "20" and answer is not None and bool(answer.rejection)
    has_children = any(other.parent == level.number for other in levels(question).values())
    return ["HL", level.number, level.parent, level.code, "1" if has_children and not last else "0"]


def _benefits(coverage: Coverage, at: datetime) -> list[Row]:
    if not coverage.active:
        return [["EB", "6", "", "30", "", coverage.plan]]
    rows: list[Row] = [
        ["DTP", "346", "D8", f"{at:%Y}0101"],
        ["EB", "1", "IND", "30", "", coverage.plan],
    ]
    if coverage.deductible_cents:
        rows.append(["EB", "C", "IND", "30", "", "", "23", amount(coverage.deductible_cents)])
        rows.append(["EB", "C", "IND", "30", "", "", "29", amount(coverage.deductible_left_cents)])
    if coverage.coinsurance_percent:
        rows.append(["EB", "A", "IND", "30", "", "", "27", "", f".{coverage.coinsurance_percent:02d}".rstrip("0")])
    if coverage.copay_cents:
        rows.append(["EB", "B", "IND", "98", "", "", "27", amount(coverage.copay_cents)])
    return rows


@dataclass(frozen=True)
class ClaimStatus:
    """A payer's answer on one claim: category and status code, money, and its own number."""

    category: str
    status: str
    entity: str = ""
    charge_cents: int = 0
    paid_cents: int = 0
    payer_claim_control_number: str = ""
    finalized: str = ""
    trace: str = ""


def reply_277(
    question: TransactionSet, statuses: Mapping[str, Sequence[ClaimStatus]], to: Address, control: int, at: datetime
) -> str:
    """The 277 to a 276. `statuses` has the answers by the TRN02 of each question."""
    day = f"{at:%Y%m%d}"
    body: list[Row] = [["BHT", "0010", "08", f"SBX{control}", day, f"{at:%H%M}", "DG"]]
    tree = levels(question)
    for level in tree.values():
        has_children = any(other.parent == level.number for other in tree.values())
        body.append(["HL", level.number, level.parent, level.code, "1" if has_children else "0"])
        for segment in level.segments:
            if segment.id == "NM1":
                body.append(["NM1", *segment.elements])
            elif segment.id == "TRN":
                body.extend(_status(segment, level, statuses.get(segment.at(2), ()), day))
    return interchange(STATUS_277, body, to, control, at)


def _status(trace: Segment, level: Level, answers: Sequence[ClaimStatus], day: str) -> list[Row]:
    rows: list[Row] = []
    for answer in answers:
        code: Composite = (answer.category, answer.status, answer.entity)
        rows.append(["TRN", "2", trace.at(2)])
        money = [amount(answer.charge_cents), amount(answer.paid_cents)]
        paid = [answer.finalized, "", answer.finalized if answer.trace else "", answer.trace]
        rows.append(["STC", code, day, "", *money, *paid])
        if answer.payer_claim_control_number:
            rows.append(["REF", "1K", answer.payer_claim_control_number])
        account, dates = level.get("REF", "EJ"), level.get("DTP", "472")
        if account is not None:
            rows.append(["REF", "EJ", account.at(2)])
        if dates is not None:
            rows.append(["DTP", *dates.elements])
    return rows
