"""Asking the payer where a claim is, and what it answers."""

from __future__ import annotations

from collections.abc import Callable

from claims.draft import Draft, Refused
from claims.effects import InquireStatus
from claims.events import StatusInquiryRequested, StatusReported, StatusUnanswered
from claims.phases import editing, next_payer, resending, submission
from claims.questions import StatusQuestion
from claims.status import Status as S

WAITING = (
    S.SUBMITTED,
    S.SECONDARY_SUBMITTED,
    S.CLEARINGHOUSE_ACCEPTED,
    S.PAYER_RECEIVED,
    S.PAYER_ACCEPTED,
    S.SPLIT,
    S.PENDING_PAYER,
    S.INFO_REQUESTED,
    S.NO_RESPONSE,
    S.NOT_ON_FILE,
)


def inquire(d: Draft) -> None:
    """Asks the payer (276), once at a time."""
    if any(isinstance(effect, InquireStatus) for effect in d.state.in_flight):
        return
    claim = editing.outgoing(d)
    coverage = claim.coverages[0]
    latest = d.state.latest_submission
    effect = d.next_effect_id("inquiry")
    d.ask(
        InquireStatus(
            id=effect,
            question=StatusQuestion(
                trace=f"{d.state.claim_id}-{d.state.effect_count}",
                payer=coverage.payer,
                provider=claim.billing,
                subscriber=coverage.subscriber,
                member_id=coverage.member_id,
                patient=claim.patient if claim.patient_relationship else None,
                patient_control_number=latest.patient_control_number if latest else claim.patient_control_number,
                payer_claim_control_number=latest.payer_claim_control_number if latest else "",
                type_of_bill=claim.facility_code + claim.frequency if claim.type == "institutional" else "",
                charge_cents=claim.charge_cents,
                service_from=claim.service_from,
                service_to=claim.service_to,
            ),
        )
    )


def ask_unless_too_early(d: Draft) -> None:
    """Asks by itself, never within a week of the sending, whichever alarm rang; a person may ask at any time."""
    latest = d.state.latest_submission
    if latest is None or not resending.too_fresh(d, latest):
        inquire(d)


def on_status_inquiry_requested(d: Draft, event: StatusInquiryRequested) -> None:
    d.require(*WAITING, what="a status inquiry")
    inquire(d)


def on_status_unanswered(d: Draft, event: StatusUnanswered) -> None:
    d.answered(event.effect)
    if d.here in WAITING:
        if not next_payer.answered_held(d):
            d.arm("inquiry", "inquiry_repeat")
        d.note_refusal(event.kind, event.reason)


def on_status_reported(d: Draft, event: StatusReported) -> None:
    """A 277. The most telling category of its composites decides; what is decided already is not moved."""
    d.answered(event.effect)
    if d.state.status not in WAITING:
        raise Refused(f"a status answer changes nothing for a claim that is {d.state.status}")
    d.forget("inquire_status")
    codes = event.status.codes
    if event.status.payer_claim_control_number:
        latest = d.submission(0)
        d.put_submission(latest, payer_claim_control_number=event.status.payer_claim_control_number)
    held = next_payer.answered_held(d)
    if not held:
        d.arm("inquiry", "inquiry_repeat")
    said = ", ".join(f"{c.category}:{c.status}" for c in codes)
    for prefixes, act in _ANSWERS:
        if any(c.category.startswith(prefixes) for c in codes):
            if held and act in (_finished, _pending, _received):
                raise Refused(f"the payer's answer is here already, and is held: {said} says nothing new")
            act(d, said)
            return
    raise Refused(f"status category {said or 'none'} is not known")


def _has_it(d: Draft, rank: int) -> None:
    """The payer answers for a claim only that it has: a lower acknowledgement which comes later moves nothing back."""
    latest = d.state.latest_submission
    if latest is not None:
        d.put_submission(latest, rank=max(latest.rank, rank))


def _info_requested(d: Draft, said: str) -> None:
    _has_it(d, 4)
    d.move(S.INFO_REQUESTED)
    d.arm("documents")
    d.open_task("send_documents", "biller", f"the payer asks for information ({said})")


def _not_on_file(d: Draft, said: str) -> None:
    """Not on file: with proof of receipt a person shows it; without, the claim goes out once more inside the limit."""
    d.move(S.NOT_ON_FILE)
    latest = d.submission(0)
    if any(one.proof_of_filing for one in d.state.submissions if one.coverage == latest.coverage):
        d.open_task("resubmit", "biller", f"not on file ({said}), though the payer confirmed receipt: show the proof")
        return
    d.arm_filing()
    limit = next((x for x in d.state.deadlines if x.id == "filing:limit"), None)
    if limit is not None and limit.due < d.now:
        d.disarm("filing")
        reason = (
            f"not on file ({said}), no proof of receipt, and the last day to file was {limit.due.date().isoformat()}"
        )
        d.open_task("filing_limit", "supervisor", reason, category="passed")
        return
    if latest.frequency in ("7", "8"):
        d.open_task("resubmit", "biller", f"not on file ({said}): the payer has no such frequency {latest.frequency}")
        return
    why_not = resending.why_not(d)
    if not why_not:
        resending.resend(d, f"the payer has no such claim ({said})")
        return
    d.open_task(
        "resubmit",
        "supervisor" if d.state.holds else "biller",
        f"not on file ({said}) and no proof of receipt, but {why_not}: send it again inside the limit",
    )


def _rejected(d: Draft, said: str) -> None:
    submission.reject(d, d.submission(0), S.PAYER_REJECTED, f"the payer's status answer rejects it: {said}")


_FINISHED: dict[str, tuple[str, str]] = {
    "F1": ("paid", "the payer says that it paid"),
    "F2": ("denied", "the payer says that it denied the claim"),
    "F3": ("revised", "the payer says that it changed its decision"),
    "F4": ("no_payment", "the payer says that it is complete without a payment"),
}


def _finished(d: Draft, said: str) -> None:
    """Decided, says the payer, but no remittance is here: nothing is posted or denied by that word, a person finds it."""
    _has_it(d, 4)
    d.move(S.PENDING_PAYER)
    d.disarm("follow_up", "acknowledgement")
    d.close_tasks("follow_up", "resubmit", "find_remittance", "chase_acknowledgement")
    category, words = _FINISHED.get(said[:2], ("finished", "the payer says that it is finished"))
    d.open_task("find_remittance", "biller", f"{words} ({said}), but no remittance is here", category=category)


def _pending(d: Draft, said: str) -> None:
    """In process: the alarm that rang is armed anew; one that still runs keeps its date."""
    _has_it(d, 4)
    d.move(S.PENDING_PAYER)
    d.close_tasks("follow_up", "resubmit", "find_remittance")
    if not any(deadline.kind == "follow_up" for deadline in d.state.deadlines):
        d.arm("follow_up")


def _ask_later(d: Draft, said: str) -> None:
    d.note_refusal("status_reported", f"the payer could not answer ({said}); the next inquiry is armed")


def _received(d: Draft, said: str) -> None:
    """The payer has it: one that was taken for lost is under way again."""
    _has_it(d, 3)
    if d.state.status in (S.NO_RESPONSE, S.NOT_ON_FILE):
        d.move(S.PAYER_RECEIVED)
        d.arm("follow_up")
    d.close_tasks("follow_up", "resubmit")


_ANSWERS: tuple[tuple[tuple[str, ...], Callable[[Draft, str], None]], ...] = (
    (("P3", "P4", "R"), _info_requested),
    (("A3", "A6", "A7", "A8"), _rejected),
    (("A4", "D0"), _not_on_file),
    (("F",), _finished),
    (("P",), _pending),
    (("A0", "A1", "A2", "A5"), _received),
    (("E",), _ask_later),
)
"""277 categories (X12 code source 507), the most telling first."""
