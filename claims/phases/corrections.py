"""The claim as it should read: corrections before and after a decision, what upstream replaces, and voids.

What goes out next follows from where the claim stands: a new original after a rejection, a replacement (7) or a void (8)
only with the payer's claim control number.
"""

from __future__ import annotations

from claims import denials
from claims.draft import Draft, Refused
from claims.events import ClaimCorrected, UpstreamReplacementReceived, VoidRequested
from claims.phases import gate, registration, settling, submission
from claims.status import Status as S

NEVER_ON_FILE = (S.REGISTERED, *registration.BEFORE_SUBMISSION, S.CLEARINGHOUSE_REJECTED, S.PAYER_REJECTED)
AFTER_A_DECISION = (
    *settling.DENIED,
    S.PAID,
    S.UNDERPAID,
    S.ZERO_PAID_PATIENT_RESP,
    S.PATIENT_BILLING,
    S.ADJUDICATED,
    S.SECONDARY_READY,
    S.OVERPAYMENT_REVIEW,
    S.REOPENED,
)


def on_claim_corrected(d: Draft, event: ClaimCorrected) -> None:
    """The claim as it should read: an edit, a new original or a replacement, by where the claim stands."""
    was = d.state.status
    if was in registration.BEFORE_SUBMISSION or was in (S.CLEARINGHOUSE_REJECTED, S.PAYER_REJECTED, S.NOT_ON_FILE):
        registration.take_claim(d, event.claim, event.base_version)
        registration.recheck(d, was)
        return
    if was is S.NO_RESPONSE:
        raise Refused("the payer has not decided: ask for the status, or send again if it is not on file")
    d.require(*AFTER_A_DECISION, what="a correction")
    frequency, number = resubmission(d)
    references = tuple(ref for ref in event.claim.references if ref[0] != "F8")
    if number:
        references = (*references, ("F8", number))
    claim = event.claim.model_copy(update={"frequency": frequency, "references": references})
    registration.take_claim(d, claim, event.base_version)
    d.drop_waiting("appeal", "correction")
    if frequency == "1":
        d.arm_filing()
    registration.scrub(d)


def resubmission(d: Draft) -> tuple[str, str]:
    """Frequency and REF*F8 of the next submission after a decision. Raises Refused without the payer's number."""
    if settling.never_on_file(d):
        return "1", ""
    denial = d.state.denial
    remedy = (denial.chosen or denial.recommended) if denial else "correct_and_replace"
    if remedy == "new_original" or not denials.takes_replacement(d.state.rules, d.state.claim.type):
        return "1", ""
    return "7", payers_number(d, "a replacement (frequency 7)")


def payers_number(d: Draft, what: str) -> str:
    """The billed payer's own number of what it has on file, the latest known. Raises Refused where there is none."""
    for sent in reversed(d.state.submissions):
        if sent.payer_claim_control_number and sent.coverage == d.state.billed:
            return sent.payer_claim_control_number
    raise Refused(f"{what} needs the payer's claim control number, and none is known")


def on_upstream_replacement(d: Draft, event: UpstreamReplacementReceived) -> None:
    """Upstream's own 7 or 8: before anything left it changes the claim here, later a person decides."""
    if event.claim.frequency == "8":
        reason = "voided by upstream (frequency 8)"
        on_void_requested(d, VoidRequested(at=event.at, id=event.id, by=event.by or "upstream", reason=reason))
        return
    if d.state.status in registration.BEFORE_SUBMISSION and not d.state.submissions:
        was = d.state.status
        claim = event.claim.model_copy(
            update={
                "frequency": d.state.claim.frequency,
                "patient_control_number": d.state.claim.patient_control_number,
                "references": tuple(r for r in event.claim.references if r[0] != "F8"),
            }
        )
        registration.take_claim(d, claim, 0)
        registration.recheck(d, was)
        return
    settling.reopen(d)
    if settling.never_on_file(d):
        d.arm_filing()
    d.open_task(
        "upstream_replacement",
        "biller",
        f"upstream sent a replacement (document {event.document[:12]}): correct this claim from it once the payer's number"
        " is known",
    )


def on_void_requested(d: Draft, event: VoidRequested) -> None:
    """Never on file: the claim ends here. On file: a frequency 8 with the payer's number, then its reversal."""
    if d.state.status in NEVER_ON_FILE and not d.state.payments:
        settling.end(d, S.VOIDED)
        return
    d.require(*AFTER_A_DECISION, what="a void")
    payers_number(d, "a void (frequency 8)")
    if gate.needs_approval(d, "void"):
        gate.await_approval(d, "void", event, amount=d.state.claim.charge_cents, reason=event.reason)
        return
    void(d)


def void(d: Draft) -> None:
    """Sends the claim once more with frequency 8."""
    number = payers_number(d, "a void (frequency 8)")
    references = (*(r for r in d.state.claim.references if r[0] != "F8"), ("F8", number))
    claim = d.state.claim.model_copy(update={"frequency": "8", "references": references})
    d.set(claim=claim, claim_version=d.state.claim_version + 1)
    d.drop_waiting()
    for status in (S.CODED, S.SCRUBBING, S.READY_TO_SUBMIT):
        d.move(status)
    submission.submit_if_free(d)
