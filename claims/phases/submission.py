"""Sending a claim and hearing of it: transmission, envelopes, acknowledgements, and what silence brings."""

from __future__ import annotations

from claims.deadlines import local_day
from claims.documents import StatusLine
from claims.draft import Draft, Refused
from claims.effects import FindSubmission, TransmitClaim, transmission_id
from claims.events import (
    ClaimAcknowledged,
    ClaimTransmitted,
    SubmissionAcknowledged,
    SubmissionFound,
    TransmissionRefused,
    TransmissionUnknown,
)
from claims.phases import editing
from claims.state import Acknowledgement, Submission
from claims.status import Status as S

REJECTING = ("A3", "A4", "A6", "A7", "A8")
"""277CA categories that mean: not on file, fix and send anew (X12 code source 507)."""
ADJUDICATED = 5
"""The rank of a submission that a payer decided: what it waited for is over, whatever is acknowledged later."""
ACCEPTING = ("A0", "A1", "A2", "A5")
IN_THE_AIR = (S.SUBMITTING, S.SUBMISSION_UNKNOWN, S.VOID_PENDING)
ON_THE_WAY = (
    S.SUBMITTED,
    S.CLEARINGHOUSE_ACCEPTED,
    S.PAYER_RECEIVED,
    S.PAYER_ACCEPTED,
    S.NO_RESPONSE,
    S.NOT_ON_FILE,
    S.SECONDARY_SUBMITTED,
)
"""Where an acknowledgement may still move the claim."""

# sender, category -> how far the submission is known to have come, and the status that says so
_REACHED = {
    ("AY", "A0"): (2, S.CLEARINGHOUSE_ACCEPTED),
    ("AY", "A1"): (2, S.CLEARINGHOUSE_ACCEPTED),
    ("AY", "A2"): (2, S.CLEARINGHOUSE_ACCEPTED),
    ("AY", "A5"): (2, S.CLEARINGHOUSE_ACCEPTED),
    ("PR", "A0"): (3, S.PAYER_RECEIVED),
    ("PR", "A1"): (3, S.PAYER_RECEIVED),
    ("PR", "A2"): (4, S.PAYER_ACCEPTED),
    ("PR", "A5"): (4, S.SPLIT),
}


def submit_if_free(d: Draft) -> None:
    """Sends a claim that is ready, unless a hold stops it, or an earlier submission of which nobody knows yet whether it
    arrived: two of them may not be on file beside each other. A person who knows better may send it all the same."""
    if d.state.holds:
        d.open_task("review_hold", "supervisor", "a hold stops the claim from being sent")
    elif _on_its_way_out(d):
        number = d.state.submissions[-1].number
        reason = f"submission {number} was on its way when the payer decided: what comes after waits until it is known"
        d.open_task("find_submission", "biller", reason)
    else:
        submit(d)


def _on_its_way_out(d: Draft) -> bool:
    open_ = {one.number for one in d.state.submissions if one.outcome in ("sending", "unknown")}
    asked = (e for e in d.state.in_flight if isinstance(e, TransmitClaim | FindSubmission))
    return any(effect.submission in open_ for effect in asked)


def _go_on(d: Draft) -> None:
    """It is known what became of the submission that a claim waited for before it could be sent again."""
    if d.state.status is S.READY_TO_SUBMIT and not _on_its_way_out(d):
        d.close_tasks("find_submission")
        submit_if_free(d)


def submit(d: Draft) -> None:
    """Sends the claim as it reads now, under the next submission number.

    A 7 or 8 without the payer's claim control number is not sent (X12 RFI 1538): a person has to find the number.
    """
    claim = editing.outgoing(d)
    if claim.frequency in ("7", "8") and not claim.payer_claim_control_number:
        reason = f"frequency {claim.frequency} needs the payer's claim control number (REF*F8)"
        d.open_task("correct_claim", "biller", reason, category="control_number", blocks=True)
        return
    number = len(d.state.submissions) + 1
    d.set(
        submissions=(
            *d.state.submissions,
            Submission(
                number=number,
                patient_control_number=claim.patient_control_number,
                frequency=claim.frequency,
                coverage=d.state.billed,
                charge_cents=claim.charge_cents,
                version=d.state.claim_version,
            ),
        )
    )
    d.move(S.SUBMITTING)
    d.ask(TransmitClaim(id=transmission_id(number), submission=number, claim=claim))


def on_claim_transmitted(d: Draft, event: ClaimTransmitted) -> None:
    d.answered(event.effect)
    submission = d.submission(event.submission)
    if submission.outcome == "refused" or (submission.sent_at and submission.outcome not in ("sending", "unknown")):
        raise Refused(f"submission {submission.number} is {submission.outcome} already")
    changes: dict[str, object] = {**_numbers(event), "carrier_reference": event.carrier_reference}
    if submission.outcome in ("sending", "unknown"):
        changes["outcome"] = "transmitted"
    # An acknowledgement, even a remittance, may be here before the answer: then only the numbers are news.
    d.put_submission(submission, sent_at=submission.sent_at or event.at, **changes)
    if submission.number != d.state.submissions[-1].number:
        return
    d.close_tasks("find_submission", "resubmit")
    d.forget("find_submission")
    if d.state.status in (S.SUBMITTING, S.SUBMISSION_UNKNOWN):
        d.move(_on_its_way(submission))
        await_answers(d, event.acknowledgements)
    _go_on(d)


def _on_its_way(submission: Submission) -> S:
    if submission.frequency == "8":
        return S.VOID_PENDING
    return S.SECONDARY_SUBMITTED if submission.coverage else S.SUBMITTED


def _numbers(event: ClaimTransmitted | TransmissionRefused) -> dict[str, str]:
    names = ("interchange_control_number", "group_control_number", "set_control_number")
    return {name: getattr(event, name) for name in names}


def await_answers(d: Draft, acknowledgements: tuple[str, ...]) -> None:
    """Arms what a claim on its way waits for; only acknowledgements that the carrier delivers get a deadline."""
    if {"TA1", "999"} & set(acknowledgements):
        d.arm("acknowledgement", "acknowledgement_999", "999")
    if "277CA" in acknowledgements:
        d.arm("acknowledgement", "acknowledgement_277ca_clearinghouse", "277CA from the clearinghouse")
        d.arm("acknowledgement", "acknowledgement_277ca_payer", "277CA from the payer")
    d.arm("inquiry", "inquiry_first")
    d.arm("follow_up")
    d.arm("missing_remittance")
    d.arm("missing_remittance", "escalation_60", "escalation 60")
    d.arm("missing_remittance", "escalation_90", "escalation 90")


def on_transmission_refused(d: Draft, event: TransmissionRefused) -> None:
    """The clearinghouse's edits: nothing is on file, so the next one is an original again."""
    d.answered(event.effect)
    submission = d.submission(event.submission)
    if submission.outcome not in ("sending", "unknown"):
        raise Refused(f"submission {submission.number} is {submission.outcome} already")
    reference = event.carrier_reference
    d.put_submission(submission, outcome="refused", errors=event.errors, carrier_reference=reference, **_numbers(event))
    if d.state.status not in (S.SUBMITTING, S.SUBMISSION_UNKNOWN, S.SECONDARY_SUBMITTED):
        _go_on(d)
        return
    d.close_tasks("find_submission")
    d.forget("find_submission")
    d.move(S.NEEDS_CORRECTION)
    reason = "; ".join(event.errors) or "the clearinghouse refused the claim"
    d.open_task("correct_claim", "biller", reason, category="clearinghouse_edit", blocks=True)


def on_transmission_unknown(d: Draft, event: TransmissionUnknown) -> None:
    d.answered(event.effect)
    submission = d.submission(event.submission)
    if submission.outcome != "sending":
        raise Refused(f"submission {submission.number} is {submission.outcome} already")
    d.put_submission(submission, outcome="unknown")
    if d.state.closed:
        return
    if d.state.status in (S.SUBMITTING, S.SECONDARY_SUBMITTED):
        d.move(S.SUBMISSION_UNKNOWN)
    d.open_task(
        "find_submission", "biller", f"no answer to submission {submission.number}: find out whether it arrived"
    )
    d.ask(
        FindSubmission(
            id=d.next_effect_id("find"),
            submission=submission.number,
            patient_control_number=submission.patient_control_number,
        )
    )


def on_submission_found(d: Draft, event: SubmissionFound) -> None:
    d.answered(event.effect)
    submission = d.submission(event.submission)
    if submission.outcome != "unknown":
        raise Refused(f"submission {submission.number} is {submission.outcome} already")
    if event.found and d.state.status is S.SUBMISSION_UNKNOWN:
        _arrived(d, submission)
        return
    if event.found:
        d.put_submission(submission, outcome="transmitted", sent_at=submission.sent_at or d.now)
        d.close_tasks("find_submission")
        _go_on(d)
        return
    said = "the carrier doesn't know it" if event.found is False else "the carrier can't tell whether it arrived"
    d.put_submission(submission, errors=(*submission.errors, said))
    reason = f"submission {submission.number}: {said}: ask it, then send again or wait"
    d.open_task("find_submission", "biller", reason)
    if event.found is False:
        _go_on(d)


def _arrived(d: Draft, submission: Submission) -> None:
    """It is known after all that a submission of unknown outcome reached the carrier."""
    d.put_submission(submission, outcome="transmitted", sent_at=submission.sent_at or d.now)
    d.close_tasks("find_submission")
    d.forget("find_submission")
    d.move(_on_its_way(submission))
    await_answers(d, ("277CA",))


def on_submission_acknowledged(d: Draft, event: SubmissionAcknowledged) -> None:
    """TA1 or 999: the envelope, group or set that a submission travelled in."""
    submission = d.submission(event.submission)
    acknowledgement = Acknowledgement(source=event.source, accepted=event.accepted, on=d.today, document=event.document)
    submission = d.put_submission(submission, acknowledgements=(*submission.acknowledgements, acknowledgement))
    latest = submission.number == d.state.submissions[-1].number
    if event.accepted:
        submission = d.put_submission(submission, rank=max(submission.rank, 1))
        if latest and d.state.status is S.SUBMISSION_UNKNOWN:
            _arrived(d, submission)
        if latest and event.source != "TA1":
            d.disarm("acknowledgement", subject="999")
        return
    if submission.rank >= 2:
        d.note_refusal(event.kind, f"{event.source} rejects what was acknowledged as received already")
        return
    reject(
        d, submission, S.CLEARINGHOUSE_REJECTED, f"{event.source} rejected: {'; '.join(event.errors) or 'no reason'}"
    )


def on_claim_acknowledged(d: Draft, event: ClaimAcknowledged) -> None:
    """One 277CA status. Several arrive, in any order; the submission's rank never goes back."""
    categories = tuple(code.category for code in event.status.codes)
    if not categories or any(c not in REJECTING + ACCEPTING for c in categories):
        raise Refused(f"a 277CA can't carry category {', '.join(categories) or 'none'} (X12 RFI 1942)")
    sender = "AY" if event.sender in ("AY", "41") else "PR"
    submission = _answered_by(d, event)
    rejected = next((c for c in categories if c in REJECTING), None)
    submission = _keep(d, submission, event, sender, rejected or categories[0])
    if rejected:
        _on_rejected(d, submission, sender, event.status)
    else:
        _on_reached(d, submission, event, sender, categories[0])


def _answered_by(d: Draft, event: ClaimAcknowledged) -> Submission:
    """The submission that a 277CA answers. One that doesn't tell, dated before the latest was sent, is an earlier's."""
    day = event.status.effective_on
    if event.submission == 0 and day is not None:
        for sent in reversed(d.state.submissions):
            if sent.sent_at is None or local_day(sent.sent_at, d.state.zone) <= day:
                return sent
    return d.submission(event.submission)


def _keep(d: Draft, submission: Submission, event: ClaimAcknowledged, sender: str, category: str) -> Submission:
    status = event.status
    kept = Acknowledgement(
        source="277CA",
        sender=sender,
        category=category,
        status=next((c.status for c in status.codes if c.category == category), ""),
        accepted=category in ACCEPTING,
        on=status.effective_on or d.today,
        document=event.document,
    )
    number = status.payer_claim_control_number or submission.payer_claim_control_number
    changes: dict[str, object] = {
        "acknowledgements": (*submission.acknowledgements, kept),
        "payer_claim_control_number": number,
    }
    if sender == "PR" and kept.accepted and not submission.proof_of_filing:
        changes |= {"proof_of_filing": event.document, "proof_on": kept.on}
    return d.put_submission(submission, **changes)


def _on_reached(d: Draft, submission: Submission, event: ClaimAcknowledged, sender: str, category: str) -> None:
    rank, status = _REACHED[(sender, category)]
    if submission.outcome == "rejected":
        d.note_refusal(event.kind, f"submission {submission.number} was rejected; {category} came after it")
        return
    was = submission.rank
    if was == ADJUDICATED:
        return
    submission = d.put_submission(submission, rank=max(was, rank))
    if submission.outcome in ("sending", "unknown", "transmitted", "accepted"):
        submission = d.put_submission(submission, outcome="accepted" if submission.rank >= 2 else "transmitted")
    if submission.number != d.state.submissions[-1].number:
        _two_on_file(d, submission)
        return
    moves = rank > was and d.here in (*ON_THE_WAY, S.SUBMITTING, S.SUBMISSION_UNKNOWN)
    if moves and d.here in (S.SUBMITTING, S.SUBMISSION_UNKNOWN):
        d.close_tasks("find_submission")
        d.forget("find_submission")
        await_answers(d, ("277CA",))
    d.disarm("acknowledgement", subject="999")
    d.disarm("acknowledgement", subject="277CA from the clearinghouse")
    if rank >= 3:
        d.disarm("acknowledgement")
        if d.here is not S.SECONDARY_READY:
            # There the limit that runs is the next payer's, and this payer's receipt is nothing to it.
            d.disarm("filing")
        d.close_tasks("chase_acknowledgement", "filing_limit", "resubmit")
    if rank >= 4:
        d.disarm("correction")
    if not moves:
        return
    d.move_on(status)
    if status is S.SPLIT:
        d.open_task("follow_up", "biller", "the payer split the claim: each part comes with a number of its own")


def _two_on_file(d: Draft, earlier: Submission) -> None:
    """A submission that was given up as lost arrived after all, and another one is on its way."""
    if earlier.errors and d.state.submissions[-1].outcome not in ("rejected", "refused"):
        reason = f"submission {earlier.number} arrived after all: the payer may have the claim twice"
        d.open_task("chase_acknowledgement", "biller", reason, category="twice")


def _on_rejected(d: Draft, submission: Submission, sender: str, status: StatusLine) -> None:
    limit = 2 if sender == "AY" else 3
    codes = ", ".join(f"{c.category}:{c.status}" + (f":{c.entity}" if c.entity else "") for c in status.codes)
    if submission.rank > limit:
        d.note_refusal("claim_acknowledged", f"{codes} rejects what a later acknowledgement accepted")
        if submission.rank < 5:
            d.open_task("chase_acknowledgement", "biller", f"contradiction: {codes} after acceptance by the payer")
        return
    whose, landed = (
        ("the clearinghouse", S.CLEARINGHOUSE_REJECTED) if sender == "AY" else ("the payer", S.PAYER_REJECTED)
    )
    reject(d, submission, landed, f"{whose} rejected it: {codes}")


def reject(d: Draft, submission: Submission, status: S, reason: str) -> None:
    """A rejection: not on file, no right to appeal; fix and send a new original. The filing limit goes on."""
    if submission.outcome in ("rejected", "refused"):
        return
    submission = d.put_submission(submission, outcome="rejected", errors=(*submission.errors, reason))
    if submission.number != d.state.submissions[-1].number:
        return
    if d.here not in (*ON_THE_WAY, *IN_THE_AIR, S.PENDING_PAYER, S.INFO_REQUESTED, S.SPLIT):
        return
    d.disarm("acknowledgement", "inquiry", "follow_up", "missing_remittance")
    d.disarm("documents")
    d.close_tasks(
        "chase_acknowledgement", "follow_up", "find_remittance", "find_submission", "send_documents", "resubmit"
    )
    d.forget("find_submission", "inquire_status")
    original = submission.frequency not in ("7", "8")
    if original and not any(deadline.kind == "filing" for deadline in d.state.deadlines):
        d.arm_filing()
    d.move_on(status)
    d.open_task("resolve_rejection", "biller", reason, blocks=True)
