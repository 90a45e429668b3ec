"""The real-time questions: is this member covered (270 -> 271), where is this claim (276 -> 277)."""

from __future__ import annotations

from datetime import datetime

from sandbox.answers import Answer, meta, refusal
from sandbox.clock import stamp
from sandbox.desk import Desk
from sandbox.intake import address
from sandbox.money import cents
from sandbox.script import CoverageScript, Script
from sandbox.store import ClaimOnFile, Store
from sandbox.x12.inquiries import ClaimStatus, Coverage, Level, levels, reply_271, reply_277
from sandbox.x12.segments import Interchange, TransactionSet, Unreadable, read


class Questions:
    """Answers questions from the payers' scripts and the claims on file."""

    def __init__(self, store: Store, scripts: dict[str, Script], desk: Desk) -> None:
        self._store, self._scripts, self._desk = store, scripts, desk

    def eligibility(self, x12: str, now: datetime) -> Answer:
        """Answer one 270; HTTP 200 even where the payer rejects the question with an AAA."""
        found = _question(x12, "270", "005010X279")
        if isinstance(found, Answer):
            return found
        interchange, question = found
        tree = levels(question)
        coverages: dict[str, Coverage] = {}
        for level in tree.values():
            payer = _payer(level, tree)
            script = self._scripts.get(payer)
            if level.code == "20" and script is None:
                coverages[level.number] = Coverage(rejection="79")
            elif script is not None and level.get("EQ") is not None:
                coverages[level.number] = _coverage(script.coverage, _member(level, tree))
        control = self._store.next_number("control")
        text = reply_271(question, coverages, address(interchange), control, now)
        return Answer(200, {"controlNumber": question.control_number, "meta": meta(), "x12": text})

    def status(self, x12: str, now: datetime) -> Answer:
        """Answer one 276, question by question (TRN)."""
        found = _question(x12, "276", "005010X212")
        if isinstance(found, Answer):
            return found
        interchange, question = found
        tree = levels(question)
        statuses: dict[str, list[ClaimStatus]] = {}
        for level in tree.values():
            trace = level.get("TRN")
            if trace is not None:
                statuses[trace.at(2)] = self._statuses(level, _payer(level, tree), now)
        text = reply_277(question, statuses, address(interchange), self._store.next_number("control"), now)
        body = {"controlNumber": question.control_number, "meta": meta(), "status": "success", "x12": text}
        return Answer(200, body | {"timeOfResponse": stamp(now)})

    def _statuses(self, level: Level, payer: str, now: datetime) -> list[ClaimStatus]:
        account, number, charge = level.get("REF", "EJ"), level.get("REF", "1K"), level.get("AMT", "T3")
        asked_cents = cents(charge.at(2)) if charge else 0
        claims: list[ClaimOnFile] = []
        if account is not None:
            claims = self._store.claims_by(pcn=account.at(2), payer=payer)
        if not claims and number is not None:
            claims = self._store.claims_by(pccn=number.at(2), payer=payer)
        if not claims:
            return [ClaimStatus("A4", "35", charge_cents=asked_cents)]
        return [self._status(claims[0], now)]

    def _status(self, on_file: ClaimOnFile, now: datetime) -> ClaimStatus:
        charge, number = on_file.claim.charge_cents, on_file.payer_claim_control_number
        if on_file.decision is None:
            script = self._scripts[on_file.payer]
            if script.remittance.after == "inquiry" and on_file.state == "accepted":
                self._desk.after_inquiry(on_file, now)
            return ClaimStatus("P1", "20", charge_cents=charge, payer_claim_control_number=number)
        category, status = _finalized(on_file)
        paid = on_file.decision.paid_cents
        return ClaimStatus(category, status, "", charge, paid, number, on_file.decision.decided)


def _finalized(on_file: ClaimOnFile) -> tuple[str, str]:
    decision = on_file.decision
    if on_file.state in ("voided", "replaced"):
        return "F3", "101"
    if decision is not None and decision.denied:
        return "F2", "9"
    return "F1", "65"


def _question(x12: str, set_id: str, guide: str) -> tuple[Interchange, TransactionSet] | Answer:
    try:
        interchange = read(x12)
    except Unreadable as error:
        return refusal(400, "INVALID_X12", str(error))
    if interchange.code != "000":
        return refusal(400, "INVALID_X12", f"The interchange was rejected, TA105 {interchange.code}.")
    sets = [s for group in interchange.groups for s in group.sets]
    if len(sets) != 1 or sets[0].st.at(1) != set_id or not sets[0].st.at(3).startswith(guide):
        return refusal(400, "INVALID_X12", f"One {set_id} of {guide} is expected.")
    if sets[0].codes:
        return refusal(400, "INVALID_X12", f"Transaction set rejected, IK502 {' '.join(sets[0].codes)}.")
    return interchange, sets[0]


def _payer(level: Level, tree: dict[str, Level]) -> str:
    """NM109 of the payer above a level."""
    at: Level | None = level
    while at is not None:
        nm1 = at.get("NM1", "PR", "2B", "36", "GP", "P5") if at.code == "20" else None
        if nm1 is not None:
            return nm1.at(9)
        at = tree.get(at.parent)
    return ""


def _member(level: Level, tree: dict[str, Level]) -> str:
    """NM109 of the subscriber at or above a level."""
    at: Level | None = level
    while at is not None:
        nm1 = at.get("NM1", "IL")
        if nm1 is not None:
            return nm1.at(9)
        at = tree.get(at.parent)
    return ""


def _coverage(script: CoverageScript, member: str) -> Coverage:
    known = bool(script.good_member_id_starts_with) and member.startswith(script.good_member_id_starts_with)
    return Coverage(
        active=script.active or known,
        rejection="" if known else script.rejection,
        plan=script.plan,
        deductible_cents=int(script.deductible * 100),
        deductible_left_cents=int(script.deductible_left * 100),
        coinsurance_percent=script.coinsurance_percent,
        copay_cents=int(script.copay * 100),
    )
