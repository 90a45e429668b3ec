"""Whose an answer is: 277CA and 277 by the claim's numbers, 999 and TA1 by the envelope, 271 by its trace or member."""

from __future__ import annotations

from claims.deliveries import IndexEntry
from claims.documents import (
    EligibilityAnswer,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    ParsedSet,
    SetError,
    StatusLine,
    StatusReport,
)
from claims.events import ClaimAcknowledged, EligibilityAnswered, StatusReported, SubmissionAcknowledged
from claims.making import maker
from claims.router import Router

_make_acknowledged, _make_status_reported = maker(ClaimAcknowledged), maker(StatusReported)


def route_status_report(r: Router, report: StatusReport) -> None:
    below = dict(report.provider_claims)
    seen: dict[int, int] = {}
    for status in report.statuses:
        part = seen.get(status.segment, 0)
        seen[status.segment] = part + 1
        if status.level in ("claim", "line"):
            route_status(r, report, status, status.patient_control_number or status.trace, part)
        elif _rejects(status):
            numbers = below.get(status.segment, ())
            for i, number in enumerate(numbers, 1):
                route_status(r, report, status, number, i)
            if not numbers:
                reason = "rejected as a whole, without the claims that it means: find the batch"
                r.miss(status.segment, report.set, report.batch or status.trace, reason, report.sender_name)


def route_status(r: Router, report: StatusReport, status: StatusLine, number: str, part: int) -> None:
    found = (
        r.look.by_control_number(number)
        or r.look.by_payer_number(status.payer_claim_control_number)
        or r.look.by_traces(status.trace)
    )
    if status.level == "line":
        return
    if len(found) > 1 and status.service_from is not None:
        found = [e for e in found if e.service_from == status.service_from] or found
    if len(found) != 1:
        reason = "no claim has this number" if not found else "several claims have this number"
        r.miss(status.segment, report.set, number, reason, report.sender_name, status.paid_cents)
        return
    entry, common = found[0], {"at": r.at, "id": r.event_id(status.segment, part), "by": ""}
    if report.set == "277CA":
        fields = {
            **common,
            "kind": "claim_acknowledged",
            "document": r.document,
            "sender": report.sender or "PR",
            "status": status,
            "submission": _submission_of(entry, report),
        }
        r.deliver(entry, _make_acknowledged(fields))
    else:
        fields = {**common, "kind": "status_reported", "document": r.document, "status": status}
        r.deliver(entry, _make_status_reported(fields))


def route_functional(r: Router, answer: FunctionalAcknowledgement, one: ParsedSet) -> None:
    """A rejected group rejects every set of it; otherwise each set by its own disposition."""
    carried = [
        (entry, key)
        for entry in r.index
        for key in entry.submissions
        if _same(key.group_control_number, answer.group_control_number)
    ]
    told = {s.control_number: s for s in answer.sets}
    delivered = 0
    for entry, key in carried:
        own = next((s for number, s in told.items() if _same(number, key.set_control_number)), None)
        if own is None and answer.sets and answer.disposition != "R":
            continue
        disposition = own.disposition if own and answer.disposition != "R" else answer.disposition
        if not own and answer.disposition in ("", "P"):
            continue
        errors = tuple(_error(error) for error in own.errors) + own.codes if own else answer.codes
        delivered += 1
        r.deliver(
            entry,
            SubmissionAcknowledged(
                at=r.at,
                id=r.event_id(one.segment, delivered),
                document=r.document,
                source=answer.set,
                submission=key.submission,
                accepted=disposition in ("A", "E", "P"),
                errors=errors,
            ),
        )
    if not delivered:
        reference = f"group {answer.group_control_number}"
        r.miss(one.segment, answer.set, reference, "no submission of ours travelled in this group")


def route_interchange(r: Router, answer: InterchangeAcknowledgement, one: ParsedSet) -> None:
    delivered = 0
    for entry in r.index:
        for key in entry.submissions:
            if _same(key.interchange_control_number, answer.interchange_control_number):
                delivered += 1
                r.deliver(
                    entry,
                    SubmissionAcknowledged(
                        at=r.at,
                        id=r.event_id(one.segment, delivered),
                        document=r.document,
                        source="TA1",
                        submission=key.submission,
                        accepted=answer.disposition != "R",
                        errors=(f"note {answer.note}",) if answer.note not in ("", "000") else (),
                    ),
                )
    if not delivered:
        reference = f"interchange {answer.interchange_control_number}"
        r.miss(one.segment, "TA1", reference, "no submission of ours travelled in this interchange")


def route_eligibility(r: Router, answer: EligibilityAnswer) -> None:
    found = r.look.by_traces(*answer.traces) or r.look.by_members(answer.member_id)
    if not found:
        r.miss(answer.segment, "271", answer.control_number, "neither trace nor member id is a claim's")
    for i, entry in enumerate(found):
        r.deliver(
            entry,
            EligibilityAnswered(at=r.at, id=r.event_id(answer.segment, i), document=r.document, answer=answer),
        )


_REJECTING = ("A3", "A4", "A6", "A7", "A8")


def _rejects(status: StatusLine) -> bool:
    return any(code.category in _REJECTING for code in status.codes)


def _submission_of(entry: IndexEntry, report: StatusReport) -> int:
    """The submission whose batch the report names, 0 = the latest.

    Loop 2200B TRN02 is BHT03 of the 837 (ours begins with the interchange's number) or the carrier's own reference. A
    batch that is none of the references we know can only be that of a submission without one: one that was refused.
    """
    batch = report.batch
    if not batch:
        return 0
    for key in entry.submissions:
        number = key.interchange_control_number
        if batch == key.carrier_reference or _same(batch, number) or (len(number) == 9 and batch.startswith(number)):
            return key.submission
    nameless = [key.submission for key in entry.submissions if not key.carrier_reference]
    return nameless[-1] if nameless else 0


def _same(one: str, other: str) -> bool:
    """Control numbers are the same with or without leading zeros."""
    return bool(one) and bool(other) and one.lstrip("0") == other.lstrip("0")


def _error(error: SetError) -> str:
    place = f"{error.segment_id}{error.element and f' element {error.element}'} at {error.position}"
    return f"{place}: {error.code}" if error.code else place
