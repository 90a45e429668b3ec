"""Which claim a document's parts belong to: a parsed document and an index of claims -> deliveries, unmatched, held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from claims.base import Instant
from claims.deliveries import Delivery, Held, IndexEntry, Routing, SubmissionKey, Unmatched
from claims.documents import (
    ClaimPayment,
    ClaimSubmissionSet,
    EligibilityAnswer,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    OtherSet,
    ParsedDocument,
    ParsedSet,
    ProviderAdjustment,
    Remittance,
    SetError,
    StatusLine,
    StatusReport,
)
from claims.events import (
    AnyEvent,
    ClaimAcknowledged,
    EligibilityAnswered,
    RemittanceReceived,
    StatusReported,
    SubmissionAcknowledged,
    TakebackReceived,
)
from claims.making import collection_paused, maker
from claims.namesakes import Lookups, first_day, told_apart
from claims.numbers import Numbers, needed_numbers
from claims.posting import alike, content_of
from claims.proof import held_claim, held_remittance
from claims.refunds import ACKNOWLEDGED

__all__ = [
    "Delivery",
    "Held",
    "IndexEntry",
    "Numbers",
    "Routing",
    "SubmissionKey",
    "Unmatched",
    "needed_numbers",
    "route",
]

# routing

_make_delivery, _make_remittance_received = maker(Delivery), maker(RemittanceReceived)
_make_acknowledged, _make_status_reported = maker(ClaimAcknowledged), maker(StatusReported)


def route(document: ParsedDocument, index: Sequence[IndexEntry], *, at: Instant) -> Routing:
    """Whose each part of a document is. Every part ends up delivered, unmatched or held; numbers decide, never names."""
    with collection_paused():
        router = _Router(index, at, document.sha256)
        for one in document.sets:
            router.route(one)
    return Routing(deliveries=tuple(router.deliveries), unmatched=tuple(router.unmatched), held=tuple(router.held))


class _Router:
    def __init__(self, index: Sequence[IndexEntry], at: Instant, document: str) -> None:
        self.index, self.at, self.document = tuple(index), at, document
        self.short = document[:24]
        self.look = Lookups(index)
        self.deliveries: list[Delivery] = []
        self.unmatched: list[Unmatched] = []
        self.held: list[Held] = []
        # The payer's numbers of claims that this document pays: its own PLB may name one that nobody knew before.
        self.numbered: dict[str, list[IndexEntry]] = {}

    def route(self, one: ParsedSet) -> None:
        if one.held:
            kind, reference = _named(one)
            self.hold(one.segment, kind, reference, one.held)
            return
        match one.parsed:
            case Remittance():
                self.remittance(one.parsed, one)
            case StatusReport():
                self.status_report(one.parsed)
            case FunctionalAcknowledgement():
                self.functional(one.parsed, one)
            case InterchangeAcknowledgement():
                self.interchange(one.parsed, one)
            case EligibilityAnswer():
                self.eligibility(one.parsed)
            case ClaimSubmissionSet():
                self.hold(
                    one.segment, one.parsed.set, one.parsed.control_number, "claims come in by `start`, not as answers"
                )
            case OtherSet():
                self.hold(one.segment, one.parsed.set, one.parsed.control_number, one.parsed.reason)

    # helpers

    def deliver(self, entry: IndexEntry, event: AnyEvent) -> None:
        fields = {"practice": entry.practice, "claim_id": entry.claim_id, "event": event}
        self.deliveries.append(_make_delivery(fields))

    def hold(
        self,
        position: int,
        kind: str,
        reference: str,
        reason: str,
        amount: int | None = None,
        entry: IndexEntry | None = None,
    ) -> None:
        self.held.append(
            Held(
                position=position,
                set=kind,
                reference=reference,
                practice=entry.practice if entry else "",
                claim_id=entry.claim_id if entry else "",
                reason=reason,
                amount_cents=amount,
            )
        )

    def miss(
        self, position: int, kind: str, reference: str, reason: str, payer: str = "", amount: int | None = None
    ) -> None:
        self.unmatched.append(
            Unmatched(position=position, set=kind, reference=reference, payer=payer, amount_cents=amount, reason=reason)
        )

    def event_id(self, position: int, part: int = 0) -> str:
        return f"{self.short}:{position}:{part}" if part else f"{self.short}:{position}"

    # 835

    def remittance(self, remittance: Remittance, one: ParsedSet) -> None:
        """Claims one by one; one that doesn't balance is held alone. A set whose total doesn't is held whole."""
        segment = one.segment
        if reason := held_remittance(remittance, one.unread):
            self.hold(segment, "835", remittance.trace_number, reason, remittance.payment_cents)
            return
        common = {
            "at": self.at,
            "id": "",
            "by": remittance.payer,
            "kind": "remittance_received",
            "document": self.document,
            "trace_number": remittance.trace_number,
            "payer": remittance.payer,
            "payer_id": "",
            "paid_on": remittance.paid_on,
            "method": remittance.method,
            "occurrence": 0,
            "payment": None,
        }
        for payment, occurrence in _counted(remittance.claims):
            self.claim_payment(remittance, payment, occurrence, common)
        for i, (adjustment, occurrence) in enumerate(alike(remittance.provider_adjustments), 1):
            self.provider_adjustment(remittance, adjustment, segment, i, occurrence)

    def claim_payment(
        self, remittance: Remittance, payment: ClaimPayment, occurrence: int, common: dict[str, Any]
    ) -> None:
        """One payment to its claim; `common` has the fields of its event that are the remittance's."""
        number = payment.patient_control_number
        found, why = self.claim_of(payment)
        if reason := held_claim(payment):
            self.hold(payment.segment, "835", number, reason, payment.paid_cents, found)
            return
        if found is None:
            self.miss(payment.segment, "835", number, why, remittance.payer, payment.paid_cents)
            return
        if theirs := payment.payer_claim_control_number:
            same = self.numbered.get(theirs)
            if same is None:
                self.numbered[theirs] = [found]
            elif found not in same:
                same.append(found)
        fields = common.copy()
        fields["id"] = f"{self.short}:{payment.segment}"
        fields["payer_id"] = _payer_id(remittance, found)
        fields["occurrence"] = occurrence
        fields["payment"] = payment
        self.deliver(found, _make_remittance_received(fields))

    def claim_of(self, payment: ClaimPayment) -> tuple[IndexEntry | None, str]:
        """Our number, then the payer's, then member with dates and charge; several are told apart by dates and lines."""
        candidates = (
            self.look.by_control_number(payment.patient_control_number)
            or self.look.by_payer_number(payment.payer_claim_control_number)
            or [
                e
                for e in self.look.by_members(payment.member_id, payment.corrected_member_id)
                if e.charge_cents == payment.charge_cents
                and e.service_from is not None
                and e.service_from == first_day(payment)
            ]
        )
        if candidates:
            return told_apart(payment, candidates)
        return None, "no claim has this patient control number, payer claim control number, or member, dates and charge"

    def provider_adjustment(
        self, remittance: Remittance, adjustment: ProviderAdjustment, segment: int, position: int, occurrence: int
    ) -> None:
        """Overpayment recoveries that name a claim reach it; all else is the provider's ledger, never a patient's."""
        acknowledges = adjustment.reason == ACKNOWLEDGED and adjustment.amount_cents < 0
        if not (adjustment.reason == "WO" or acknowledges) or not adjustment.amount_cents:
            return
        number = adjustment.reference
        found = (
            self.look.by_payer_number(number) or self.look.by_control_number(number) or self.numbered.get(number, [])
        )
        if len(found) != 1:
            if adjustment.reason == "WO":
                what = "several claims" if found else "no claim of ours"
                self.unmatched.append(
                    Unmatched(
                        position=segment,
                        part=position,
                        set="835 PLB",
                        reference=number,
                        payer=remittance.payer,
                        amount_cents=adjustment.amount_cents,
                        reason=f"a recovery (WO) that names {what}",
                    )
                )
            return
        self.deliver(
            found[0],
            TakebackReceived(
                at=self.at,
                id=self.event_id(segment, position),
                by=remittance.payer,
                document=self.document,
                trace_number=remittance.trace_number,
                reason=adjustment.reason,
                reference=number,
                amount_cents=adjustment.amount_cents,
                paid_on=remittance.paid_on,
                occurrence=occurrence,
            ),
        )

    # 277CA, 277

    def status_report(self, report: StatusReport) -> None:
        below = dict(report.provider_claims)
        seen: dict[int, int] = {}
        for status in report.statuses:
            part = seen.get(status.segment, 0)
            seen[status.segment] = part + 1
            if status.level in ("claim", "line"):
                self.status(report, status, status.patient_control_number or status.trace, part)
            elif _rejects(status):
                numbers = below.get(status.segment, ())
                for i, number in enumerate(numbers, 1):
                    self.status(report, status, number, i)
                if not numbers:
                    reason = "rejected as a whole, without the claims that it means: find the batch"
                    self.miss(status.segment, report.set, report.batch or status.trace, reason, report.sender_name)

    def status(self, report: StatusReport, status: StatusLine, number: str, part: int) -> None:
        found = (
            self.look.by_control_number(number)
            or self.look.by_payer_number(status.payer_claim_control_number)
            or self.look.by_traces(status.trace)
        )
        if status.level == "line":
            return
        if len(found) > 1 and status.service_from is not None:
            found = [e for e in found if e.service_from == status.service_from] or found
        if len(found) != 1:
            reason = "no claim has this number" if not found else "several claims have this number"
            self.miss(status.segment, report.set, number, reason, report.sender_name, status.paid_cents)
            return
        entry, common = found[0], {"at": self.at, "id": self.event_id(status.segment, part), "by": ""}
        if report.set == "277CA":
            fields = {
                **common,
                "kind": "claim_acknowledged",
                "document": self.document,
                "sender": report.sender or "PR",
                "status": status,
                "submission": _submission_of(entry, report),
            }
            self.deliver(entry, _make_acknowledged(fields))
        else:
            fields = {**common, "kind": "status_reported", "document": self.document, "status": status}
            self.deliver(entry, _make_status_reported(fields))

    # 999, TA1

    def functional(self, answer: FunctionalAcknowledgement, one: ParsedSet) -> None:
        """A rejected group rejects every set of it; otherwise each set by its own disposition."""
        carried = [
            (entry, key)
            for entry in self.index
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
            self.deliver(
                entry,
                SubmissionAcknowledged(
                    at=self.at,
                    id=self.event_id(one.segment, delivered),
                    document=self.document,
                    source=answer.set,
                    submission=key.submission,
                    accepted=disposition in ("A", "E", "P"),
                    errors=errors,
                ),
            )
        if not delivered:
            reference = f"group {answer.group_control_number}"
            self.miss(one.segment, answer.set, reference, "no submission of ours travelled in this group")

    def interchange(self, answer: InterchangeAcknowledgement, one: ParsedSet) -> None:
        delivered = 0
        for entry in self.index:
            for key in entry.submissions:
                if _same(key.interchange_control_number, answer.interchange_control_number):
                    delivered += 1
                    self.deliver(
                        entry,
                        SubmissionAcknowledged(
                            at=self.at,
                            id=self.event_id(one.segment, delivered),
                            document=self.document,
                            source="TA1",
                            submission=key.submission,
                            accepted=answer.disposition != "R",
                            errors=(f"note {answer.note}",) if answer.note not in ("", "000") else (),
                        ),
                    )
        if not delivered:
            reference = f"interchange {answer.interchange_control_number}"
            self.miss(one.segment, "TA1", reference, "no submission of ours travelled in this interchange")

    # 271

    def eligibility(self, answer: EligibilityAnswer) -> None:
        found = self.look.by_traces(*answer.traces) or self.look.by_members(answer.member_id)
        if not found:
            self.miss(answer.segment, "271", answer.control_number, "neither trace nor member id is a claim's")
        for i, entry in enumerate(found):
            self.deliver(
                entry,
                EligibilityAnswered(
                    at=self.at, id=self.event_id(answer.segment, i), document=self.document, answer=answer
                ),
            )


def _counted(claims: Sequence[ClaimPayment]) -> Iterator[tuple[ClaimPayment, int]]:
    """Each payment with how many of the set before it read alike; only those that share their numbers can."""
    numbers = [(claim.patient_control_number, claim.payer_claim_control_number) for claim in claims]
    sharing = Counter(numbers)
    alike: dict[str, int] = {}
    for claim, both in zip(claims, numbers, strict=True):
        if sharing[both] == 1:
            yield claim, 0
            continue
        content = content_of(claim)
        occurrence = alike.get(content, 0)
        alike[content] = occurrence + 1
        yield claim, occurrence


def _named(one: ParsedSet) -> tuple[str, str]:
    """The kind and control number of a set, for people."""
    parsed = one.parsed
    if isinstance(parsed, InterchangeAcknowledgement):
        return "TA1", parsed.interchange_control_number
    if isinstance(parsed, Remittance):
        return "835", parsed.trace_number or parsed.control_number
    return (parsed.kind if isinstance(parsed, EligibilityAnswer) else parsed.set), parsed.control_number


def _payer_id(remittance: Remittance, entry: IndexEntry) -> str:
    """The payer's id as the claim knows it, where the remittance has it; empty where it can't be told."""
    return remittance.payer_id if remittance.payer_id in entry.payer_ids else ""


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
