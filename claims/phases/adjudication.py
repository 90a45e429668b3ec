"""A payer's decision arrives: posted once, whatever its order, and the claim goes where the money says."""

from __future__ import annotations

from claims import appeals, denials
from claims.draft import Draft, Refused
from claims.events import ManualPaymentPosted, RemittanceReceived, TakebackReceived
from claims.phases import settling
from claims.posting import (
    CROSSOVER_REMARKS,
    FORWARDED,
    NOT_OURS,
    PREDETERMINATION,
    REVERSAL,
    Outcome,
    all_remarks,
    decisions,
    ledger,
    outcome_of,
    payment_key,
)
from claims.state import PostedPayment, Takeback
from claims.status import Status as S

NOT_YET_SENT = (
    S.REGISTERED,
    S.ELIGIBILITY_PENDING,
    S.ELIGIBILITY_FAILED,
    S.AWAITING_CODING,
    S.CODING_REVIEW,
)


class Duplicate(Refused):
    """The same payment came before; nothing changes, and that is no error."""


def on_remittance_received(d: Draft, event: RemittanceReceived) -> None:
    payment = event.payment
    key = payment_key(event)
    if any(posted.key == key for posted in d.state.payments):
        raise Duplicate("this payment is posted already")
    if payment.status_code == PREDETERMINATION:
        raise Refused("a predetermination (status 25) is no payment and is never posted")
    if not payment.balanced:
        raise Refused("the payment doesn't balance: charge less adjustments is not the amount paid")
    coverage = _coverage_of(d, event.payer_id)
    posted = PostedPayment(
        key=key,
        document=event.document,
        trace_number=event.trace_number,
        payer_id=event.payer_id,
        coverage=coverage,
        paid_on=event.paid_on,
        at=event.at,
        payment=payment,
    )
    take_payment(d, posted)


def on_manual_payment_posted(d: Draft, event: ManualPaymentPosted) -> None:
    """A paper explanation of benefits, typed in by a person: the same rules hold."""
    if not event.payment.balanced:
        raise Refused("the payment doesn't balance: charge less adjustments is not the amount paid")
    if any(posted.key == event.id for posted in d.state.payments):
        raise Duplicate("this payment is posted already")
    take_payment(
        d,
        PostedPayment(
            key=event.id,
            document="",
            trace_number=event.reference,
            coverage=min(d.state.responsible, len(d.state.claim.coverages) - 1),
            paid_on=d.today,
            at=event.at,
            manual=True,
            payment=event.payment,
        ),
    )


def _coverage_of(d: Draft, payer_id: str) -> int:
    """Which coverage paid: by payer id, else the one that is being billed."""
    for index, coverage in enumerate(d.state.claim.coverages):
        if payer_id and coverage.payer.payer_id == payer_id:
            return index
    return min(d.state.responsible, len(d.state.claim.coverages) - 1)


def take_payment(d: Draft, posted: PostedPayment) -> None:
    """Posts a payment and decides anew where the claim stands."""
    if d.state.status in NOT_YET_SENT and not d.state.submissions:
        d.note_refusal("remittance_received", "a payment came for a claim that was never sent from here")
    d.set(payments=(*d.state.payments, posted))
    for submission in d.state.submissions[-1:]:
        number = posted.payment.payer_claim_control_number or submission.payer_claim_control_number
        d.put_submission(submission, rank=5, payer_claim_control_number=number)
    reopen(d)
    if posted.payment.status_code == NOT_OURS:
        d.open_task("review_coverage", "biller", "the payer says the claim is not its own and forwarded it (status 23)")
        return
    decide(d, posted.coverage)


def reopen(d: Draft) -> None:
    """A closed claim that hears of money is open again, once for each such event."""
    if d.state.status in (S.CLOSED, S.VOIDED):
        d.disarm("linger")
        d.set(archived=False)
        d.move(S.REOPENED)


def decide(d: Draft, coverage: int) -> None:
    """Reads all of a payer's decisions that count and moves the claim where they say."""
    counted = decisions(d.state, coverage, d.tables)
    for lone in counted.lone_reversals:
        number = lone.payment.payer_claim_control_number
        reason = f"the payer reverses a payment ({number}) that was never posted here"
        d.open_task("review_payment", "biller", reason, category=f"reversal {lone.key[:6]}")
    latest = counted.latest
    if latest is None:
        return _nothing_stands(d, coverage)
    d.close_tasks("find_correction")
    d.disarm("reversal_correction")
    payment = latest.payment
    if payment.status_code in FORWARDED or set(all_remarks(payment)) & set(CROSSOVER_REMARKS):
        return _forwarded(d, latest)
    outcome = outcome_of(payment, d.tables)
    if outcome == "pending":
        enter_decision(d)
        d.move(S.PENDING_PAYER)
        d.arm("inquiry", "inquiry_repeat")
        d.arm("missing_remittance")
        return None
    return _decided(d, latest, outcome)


def enter_decision(d: Draft) -> None:
    """Through `adjudicated`: what was waited for before the decision is waited for no longer."""
    if d.state.approvals:
        d.note_refusal("approval", "a payer's decision came first; what awaited approval is not filed")
    d.set(approvals=(), denial=None)
    d.drop_waiting()
    in_flight = tuple(e for e in d.state.in_flight if e.kind not in ("inquire_status", "scrub_claim"))
    d.set(in_flight=in_flight)
    force_adjudicated(d)


def force_adjudicated(d: Draft) -> None:
    """A remittance may overtake anything: the shortest way by the table to `adjudicated`."""
    path = {
        S.REGISTERED: (S.ELIGIBILITY_PENDING, S.CODED, S.CORRECTING),
        S.ELIGIBILITY_PENDING: (S.CODED, S.CORRECTING),
        S.ELIGIBILITY_FAILED: (S.CODED, S.CORRECTING),
        S.AWAITING_CODING: (S.CODED, S.CORRECTING),
        S.CODING_REVIEW: (S.CODED, S.CORRECTING),
        S.CODED: (S.CORRECTING,),
        S.BLOCKED_ON_FAILURE: (S.ADJUDICATED,),
    }
    for status in path.get(d.state.status, ()):
        d.move(status)
    d.move(S.ADJUDICATED)
    if d.state.failure is not None:
        d.set(failure=None)


def _nothing_stands(d: Draft, coverage: int) -> None:
    """Everything this payer decided is reversed: a correction is due, or the claim was voided."""
    if not any(p.coverage == coverage and p.payment.status_code == REVERSAL for p in d.state.payments):
        return
    pending_void = any(s.frequency == "8" and s.outcome not in ("rejected", "refused") for s in d.state.submissions)
    only_lone = all(p.payment.status_code == REVERSAL for p in d.state.payments if p.coverage == coverage)
    if only_lone:
        return
    enter_decision(d)
    if pending_void:
        d.move(S.VOIDED)
        settling.linger(d)
        return
    d.move(S.REOPENED)
    d.arm("reversal_correction")


def _forwarded(d: Draft, latest: PostedPayment) -> None:
    """The payer sent it on: the next payer hears of it from there, and is not billed twice."""
    enter_decision(d)
    d.move(S.AWAITING_CROSSOVER)
    d.arm("crossover")


def _decided(d: Draft, latest: PostedPayment, outcome: Outcome) -> None:
    enter_decision(d)
    submissions = d.state.submissions
    if submissions:
        verdict = "denied" if outcome == "denied" else "paid"
        d.put_submission(submissions[-1], outcome=verdict)
    if outcome in ("denied", "partially_denied"):
        _denied(d, latest, outcome)
        return
    if outcome == "paid":
        d.move(S.PAID)
    elif outcome == "zero_paid_patient_resp":
        d.move(S.ZERO_PAID_PATIENT_RESP)
    settling.settle(d)


def _denied(d: Draft, latest: PostedPayment, outcome: Outcome) -> None:
    """Opens the denial's work: one task, the appeal window, the correction window."""
    proof = any(s.proof_of_filing for s in d.state.submissions)
    denial = denials.classify(d.state, latest.payment, d.tables, proof)
    d.set(denial=denial.model_copy(update={"notice_on": latest.paid_on or d.today}))
    d.move(S.DENIED if outcome == "denied" else S.PARTIALLY_DENIED)
    owner = denials.owner_of(denial, d.tables)
    if latest.payment.status_code == "4":
        owner = "front_desk"
    d.open_task(
        "work_denial",
        owner,
        f"{', '.join(denial.codes) or 'status 4'}: {denial.recommended}; {denial.why}",
        category=denial.reason_class,
    )
    open_windows(d, latest)
    balance = ledger(d.state, d.tables)
    if balance.open < 0:
        settling.overpaid(d, balance.open)


def open_windows(d: Draft, latest: PostedPayment) -> None:
    """The last day to appeal and, where the payer has one, the window for a corrected claim."""
    found = appeals.deadline(d.state, d.tables)
    if found is not None:
        d.put_deadline(found)
    corrections = d.state.rules.corrections
    if corrections is not None:
        d.arm_wait("correction", corrections, "", d.now, counted_from="the remittance", hard=True)
    if d.state.denial and d.state.denial.recommended == "new_original":
        d.arm_filing()


def on_takeback_received(d: Draft, event: TakebackReceived) -> None:
    """A PLB takes money back for this claim. What it takes is open again; a closed claim reopens."""
    key = f"{event.trace_number}:{event.reason}:{event.reference}:{event.amount_cents}"
    if any(takeback.key == key for takeback in d.state.takebacks):
        raise Duplicate("this takeback is known already")
    d.set(
        takebacks=(
            *d.state.takebacks,
            Takeback(
                key=key,
                trace_number=event.trace_number,
                reason=event.reason,
                amount_cents=event.amount_cents,
                at=event.at,
            ),
        )
    )
    reopen(d)
    balance = ledger(d.state, d.tables)
    if balance.open > 0:
        d.open_task(
            "review_payment",
            "biller",
            f"the payer took money back (PLB {event.reason}): find out why, appeal or correct",
        )
    settling.settle(d)
