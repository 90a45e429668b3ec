"""The clearinghouse takes an 837 in: envelope, syntax, edits; what passes is on file and goes to its payers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter

from sandbox.answers import Answer, meta, refusal
from sandbox.clock import stamp
from sandbox.edits import Edit, edits
from sandbox.model import Claim
from sandbox.script import Script
from sandbox.settings import Timing
from sandbox.store import Store
from sandbox.x12 import acks, claim_837, syntax_837
from sandbox.x12.envelope import Address
from sandbox.x12.segments import Group, Interchange, TransactionSet, Unreadable, read
from sandbox.x12.status_277ca import CLEARINGHOUSE, Verdict, ack_277ca
from sandbox.x12.syntax_837 import ElementFault, SegmentFault, SetFaults

ADDRESS = TypeAdapter(Address)
Identifiers = Sequence[tuple[str, str]]


@dataclass
class Reading:
    """What came out of an interchange: claims with their edits, and why the rest did not come through."""

    claims: list[tuple[Claim, list[Edit]]] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)
    first_time: bool = False
    scripted_reject: bool = False

    @property
    def good(self) -> list[Claim]:
        return [claim for claim, failed in self.claims if not failed]


class Intake:
    """Submissions of claims."""

    def __init__(self, store: Store, scripts: dict[str, Script], timing: Timing) -> None:
        self._store, self._scripts, self._timing = store, scripts, timing

    def submit(self, kind: str, x12: str, key: str, path: str, now: datetime) -> Answer:
        """Take one interchange of `kind` professional or institutional; to be called inside one store.work()."""
        try:
            interchange = read(x12)
        except Unreadable as error:
            return refusal(400, "INVALID_X12", str(error), errors=[])
        to = address(interchange)
        if wrong := self._wrong_route(interchange, kind):
            return wrong
        code = interchange.code
        if code == "000" and self._store.seen_interchange(interchange.sender, interchange.control_number):
            code = "025"
        if code != "000" or interchange.isa.at(14) == "1":
            self._tell("TA1", acks.ta1(interchange, code, to, self._control(), now), to, now)
        if code not in ("000", "025"):
            return refusal(400, "INVALID_X12", f"The interchange was rejected, TA105 {code}.", errors=[])
        reading = Reading()
        for group in interchange.groups:
            self._group(group, to, reading, now)
        return self._answer(interchange, reading, to, key, path, x12, now)

    def _wrong_route(self, interchange: Interchange, kind: str) -> Answer | None:
        guide = syntax_837.GUIDES[kind]
        for group in interchange.groups:
            for transaction in group.sets:
                said = transaction.st.at(3)
                if said in syntax_837.GUIDES.values() and said != guide:
                    return refusal(400, "INVALID_X12", f"ST03 {said} does not belong here; this address takes {guide}.")
        return None

    def _group(self, group: Group, to: Address, reading: Reading, now: datetime) -> None:
        if group.gs.at(1) != "HC":
            group.codes.append("1")
        checked: list[tuple[TransactionSet, SetFaults]] = []
        for transaction in group.sets:
            faults = syntax_837.check(transaction, group.gs.at(8))
            claims = [] if faults.rejected or group.codes else claim_837.claims(transaction)
            if forced := self._scripted_fault(transaction, claims, reading):
                faults, claims = forced, []
            checked.append((transaction, faults))
            reading.errors.extend(_syntax_errors(transaction, faults))
            reading.claims.extend((c, edits(c, self._scripts.get(c.payer_id))) for c in claims)
        if group.codes:
            reading.errors.append(_error("999", f"Functional group rejected, AK905 {' '.join(group.codes)}.", "GS"))
        text = acks.ack_999(group, checked, to, self._control(), now)
        self._tell("999", text, to, now, [("groupControlNumber", group.gs.at(6))])

    def _scripted_fault(
        self, transaction: TransactionSet, claims: Sequence[Claim], reading: Reading
    ) -> SetFaults | None:
        """Counts the attempts of a set's claims; a payer whose script says so refuses the first."""
        refused = False
        for claim in claims:
            script = self._scripts.get(claim.payer_id)
            if script is None:
                continue
            first = self._store.attempt(claim.payer_id, claim.patient_control_number) == 1
            refused = refused or (first and script.clearinghouse.reject_syntax_first)
            reading.first_time = reading.first_time or (first and script.clearinghouse.lose_first_answer)
        if not refused:
            return None
        reading.scripted_reject = True
        clm = next(s for s in transaction.segments if s.id == "CLM")
        fault = ElementFault(5, "1332", "7", clm.part(5, 2), component=2)
        return SetFaults(("5",), (SegmentFault("CLM", clm.position, "2300", "8", (fault,)),))

    def _answer(
        self, interchange: Interchange, reading: Reading, to: Address, key: str, path: str, x12: str, now: datetime
    ) -> Answer:
        if not reading.claims and not reading.scripted_reject:
            return refusal(400, "INVALID_X12", "No claim could be read; see errors.", errors=reading.errors)
        correlation = f"SBX{uuid.uuid4().hex[:17].upper()}"
        ack = self._acknowledge(reading, correlation, to, now)
        errors = [_edit_error(edit) for _, failed in reading.claims for edit in failed] + reading.errors
        if reading.claims and not reading.good:
            body = {
                "status": "ERROR",
                "errors": errors,
                "httpStatusCode": "400 BAD_REQUEST",
                "meta": meta(),
                "x12": ack,
            }
            return Answer(400, body)
        if reading.good:
            self._put_on_file(reading.good, interchange, correlation, to, key, path, x12, now)
        control = interchange.groups[0].sets[0].control_number
        body = _success(reading.good, control, correlation, now) | {"errors": errors, "x12": ack}
        return Answer(200, body, lost=reading.first_time and bool(reading.good))

    def _acknowledge(self, reading: Reading, correlation: str, to: Address, now: datetime) -> str | None:
        """The clearinghouse's 277CA, in the answer and in the polling list; none for sets that a 999 rejected."""
        if not reading.claims:
            return None
        verdicts = [_verdict(claim, failed) for claim, failed in reading.claims]
        ack = ack_277ca(CLEARINGHOUSE, verdicts, correlation, to, self._control(), now)
        names = identifiers(correlation, [verdict.claim for verdict in verdicts])
        self._store.add_document("277", ack, now, test=to.usage == "T", identifiers=names)
        return ack

    def _put_on_file(
        self,
        claims: Sequence[Claim],
        interchange: Interchange,
        correlation: str,
        to: Address,
        key: str,
        path: str,
        x12: str,
        now: datetime,
    ) -> None:
        where = ADDRESS.dump_json(to).decode()
        self._store.add_submission(correlation, key, path, interchange.control_number, where, x12, now)
        names = identifiers(correlation, claims)
        self._store.add_document("837", x12, now, direction="OUTBOUND", test=to.usage == "T", identifiers=names)
        ids = [(claim.payer_id, self._store.add_claim(correlation, claim, now)) for claim in claims]
        for payer, mine in groupby(sorted(ids), key=lambda pair: pair[0]):
            wait = self._timing.after("payer_ack")
            self._store.schedule("payer_receives", now, wait, payer=payer, claims=[id_ for _, id_ in mine])

    def _tell(self, set_id: str, text: str, to: Address, now: datetime, numbers: Identifiers = ()) -> None:
        at = now + self._timing.after("syntax_ack")
        self._store.add_document(set_id, text, at, extension=True, test=to.usage == "T", identifiers=numbers)

    def _control(self) -> int:
        return self._store.next_number("control")


def identifiers(correlation: str, claims: Sequence[Claim]) -> list[tuple[str, str]]:
    """What a transaction can be found by: its batch, and the patient control number of every claim in it."""
    return [("correlationId", correlation), *(("patientControlNumber", c.patient_control_number) for c in claims)]


def address(interchange: Interchange) -> Address:
    """Where answers to an interchange go: back to its sender."""
    group = interchange.groups[0].gs.at(2) if interchange.groups else interchange.isa.at(6).strip()
    qualifier, sender = interchange.sender
    return Address(qualifier, sender.strip(), group, interchange.isa.at(15) or "T")


def _verdict(claim: Claim, failed: Sequence[Edit]) -> Verdict:
    if not failed:
        return Verdict(claim, "A1", "20")
    return Verdict(claim, failed[0].category, failed[0].status, failed[0].entity)


def _error(code: str, description: str, location: str, value: str = "") -> dict[str, str]:
    fix = "Please Correct and Resubmit"
    return {"code": code, "description": description, "followupAction": fix, "location": location, "value": value}


def _edit_error(edit: Edit) -> dict[str, str]:
    return _error("33", edit.description, edit.location, edit.value)


def _syntax_errors(transaction: TransactionSet, faults: SetFaults) -> list[dict[str, str]]:
    """A set's faults in the words of its 999."""
    where = f"ST {transaction.control_number}"
    errors = [_error("999", f"Transaction set rejected, IK502 {code}.", where) for code in faults.codes]
    for fault in faults.segments:
        place = f"{where} segment {fault.position} {fault.loop} {fault.segment_id}"
        if not fault.elements:
            errors.append(_error("999", f"IK304 {fault.code}: {_SEGMENT_WORDS.get(fault.code, 'in error')}.", place))
        for element in fault.elements:
            number = f"{element.element:02d}" + (f"-{element.component}" if element.component else "")
            words = f"IK403 {element.code}: {_ELEMENT_WORDS.get(element.code, 'in error')}."
            errors.append(_error("999", words, f"{place}{number}"))
    return errors


_SEGMENT_WORDS = {"3": "required segment missing", "I6": "segment missing that its situation requires"}
_ELEMENT_WORDS = {
    "1": "required element missing",
    "4": "too short",
    "5": "too long",
    "6": "invalid character",
    "7": "invalid code",
    "8": "invalid date",
}


def _success(claims: Sequence[Claim], control: str, correlation: str, now: datetime) -> dict[str, Any]:
    references = [_reference(claim, correlation, now) for claim in claims]
    body: dict[str, Any] = {
        "status": "SUCCESS",
        "controlNumber": control,
        "claimReference": references[0] if references else {"correlationId": correlation, "timeOfResponse": stamp(now)},
        "editStatus": "SUCCESS",
        "httpStatusCode": "200 OK",
        "meta": meta(),
    }
    if references:
        body["payer"] = {"payerId": claims[0].payer_id, "payerName": claims[0].payer_name}
        body["tradingPartnerServiceId"] = claims[0].payer_id
    if len(references) > 1:
        body["claimReferences"] = references  # ours: the documented answer names one claim
    return body


def _reference(claim: Claim, correlation: str, now: datetime) -> dict[str, Any]:
    return {
        "correlationId": correlation,
        "rhclaimNumber": correlation,
        "customerClaimNumber": correlation,
        "patientControlNumber": claim.patient_control_number,
        "payerId": claim.payer_id,
        "formatVersion": "5010",
        "claimType": "PRO" if claim.kind == "professional" else "INST",
        "serviceLines": [{"lineItemControlNumber": line.control_number} for line in claim.lines],
        "timeOfResponse": stamp(now),
    }
