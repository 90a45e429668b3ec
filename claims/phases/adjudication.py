"""A payer's decision arrives: posted once, whatever its order, and the claim goes where the money says."""

from __future__ import annotations

from claims import appeals, denials
from claims.deciding import chain, next_coverage
from claims.documents import ClaimPayment
from claims.draft import Draft, Refused
from claims.events import ManualPaymentPosted, RemittanceReceived, TakebackReceived
from claims.money import dollars
from claims.phases import contracts, hints, next_payer, overpayment, settling
from claims.posting import (
    CROSSOVER_REMARKS,
    FORWARDED,
    NOT_OURS,
    PREDETERMINATION,
    REVERSAL,
    Outcome,
    all_adjustments,
    all_remarks,
    decisions,
    ledger,
    outcome_of,
    payment_key,
    sums,
    takeback_key,
)
from claims.proof import why_never_posted
from claims.state import PostedPayment, Submission, Takeback
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
    if reason := why_never_posted(payment):
        raise Refused(reason)
    coverage = _coverage_of(d, event.payer_id, payment)
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
    if event.payment.status_code == PREDETERMINATION:
        raise Refused("a predetermination (status 25) is no payment and is never posted")
    take_payment(
        d,
        PostedPayment(
            key=event.id,
            document="",
            trace_number=event.reference,
            coverage=_coverage_of(d, "", event.payment),
            paid_on=d.today,
            at=event.at,
            manual=True,
            payment=event.payment,
        ),
    )


_PLACE = {"1": 0, "19": 0, "2": 1, "20": 1, "3": 2, "21": 2}
"""CLP02 of a payer that paid as the first, second or third."""


def _coverage_of(d: Draft, payer_id: str, payment: ClaimPayment) -> int:
    """Which coverage paid: by payer id, else by the payer's own number, else by the place that it says it paid in.

    CLP02 alone is weak (some Medicaid plans say 3 for everything, X12 RFI 546), so it never points past the last
    coverage; nothing here depends on the order in which documents came, except a number that is known already.
    """
    for index, coverage in enumerate(d.state.claim.coverages):
        if payer_id and coverage.payer.payer_id == payer_id:
            return index
    number = payment.payer_claim_control_number
    for posted in d.state.payments:
        if number and posted.payment.payer_claim_control_number == number:
            return posted.coverage
    order = chain(d.state.claim)
    return order[min(_PLACE.get(payment.status_code, 0), len(order) - 1)]


def take_payment(d: Draft, posted: PostedPayment) -> None:
    """Posts a payment and decides anew where the claim stands."""
    if d.state.status in NOT_YET_SENT and not d.state.submissions:
        d.note_refusal("remittance_received", "a payment came for a claim that was never sent from here")
    d.set(payments=(*d.state.payments, posted))
    answered = submission_of(d, posted)
    if answered is not None:
        number = posted.payment.payer_claim_control_number or answered.payer_claim_control_number
        d.put_submission(answered, rank=5, payer_claim_control_number=number)
    settling.reopen(d)
    if posted.payment.status_code == NOT_OURS:
        d.open_task("review_coverage", "biller", "the payer says the claim is not its own and forwarded it (status 23)")
        return
    decide(d, posted.coverage)
    hints.of_priority(d, posted)
    _lone_reversals(d)


def submission_of(d: Draft, posted: PostedPayment) -> Submission | None:
    """The submission to a payer that its payment answers: by the payer's number, else the latest to that payer."""
    sent = [s for s in d.state.submissions if s.coverage == posted.coverage and s.outcome != "refused"]
    number = posted.payment.payer_claim_control_number
    known = [s for s in sent if number and s.payer_claim_control_number == number]
    found = known or sent
    return found[-1] if found else None


def _lone_reversals(d: Draft) -> None:
    """A reversal of what was never posted moves no money; a person finds out what it is about."""
    for coverage in range(len(d.state.claim.coverages)):
        for lone in decisions(d.state, coverage, d.tables).lone_reversals:
            number = lone.payment.payer_claim_control_number
            reason = f"the payer reverses a payment ({number}) that was never posted here"
            d.open_task("review_payment", "biller", reason, category=f"reversal {lone.key[:6]}")


def decide(d: Draft, coverage: int) -> None:
    """Reads the decisions that count, of this payer or of a later one that decided too, and moves the claim there."""
    if d.state.claim.coverages[coverage].order == "former":
        settling.settle(d)
    else:
        _decide(d, coverage)
    next_payer.watch_held(d)


def _decide(d: Draft, coverage: int) -> None:
    order = chain(d.state.claim)
    if any(_all_reversed(d, payer) for payer in {coverage, *order}):
        return _nothing_stands(d)
    latest = decisions(d.state, coverage, d.tables).latest
    if latest is None:
        return None
    for later in order[order.index(coverage) + 1 :] if coverage in order else ():
        latest = decisions(d.state, later, d.tables).latest or latest
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
    d.set(approvals=(), denial=None, patient_released_by="")
    d.drop_waiting()
    d.forget("check_eligibility", "scrub_claim", "find_submission", "inquire_status", "send_appeal")
    # A remittance may overtake anything: by the table every open status leads here.
    d.move(S.ADJUDICATED)
    d.set(failure=None)


def _all_reversed(d: Draft, coverage: int) -> bool:
    """Whether this payer decided, and nothing of it stands any more."""
    reversals = [p for p in d.state.payments if p.coverage == coverage and p.payment.status_code == REVERSAL]
    counted = decisions(d.state, coverage, d.tables)
    return counted.latest is None and len(reversals) > len(counted.lone_reversals)


def _nothing_stands(d: Draft) -> None:
    """Everything that a payer decided is reversed: a correction is due, or the claim was voided.

    What another payer decided stays posted; the correction's due date stays where the reversal put it.
    """
    due = next((x for x in d.state.deadlines if x.kind == "reversal_correction"), None)
    late = [task for task in d.state.tasks if task.type == "find_correction"]
    enter_decision(d)
    voids = [s for s in d.state.submissions if s.frequency == "8" and s.outcome not in ("rejected", "refused")]
    if voids:
        d.put_submission(voids[-1], outcome="voided", rank=5)
        settling.end(d, S.VOIDED)
        return
    d.move(S.REOPENED)
    if late:
        d.open_task("find_correction", "biller", late[0].reason)
    elif due is not None:
        d.put_deadline(due)
    else:
        d.arm("reversal_correction")


def _forwarded(d: Draft, latest: PostedPayment) -> None:
    """The payer sent it on: the next payer hears of it from there, and is not billed twice.

    The wait counts from the first word of it; where we billed the next payer already, that is what is waited for.
    """
    waits = tuple(x for x in d.state.deadlines if x.kind == "crossover")
    enter_decision(d)
    _turn_of(d, latest)
    _verdict(d, latest, "paid")
    following = next_coverage(d.state, latest.coverage)
    sent = next_payer.under_way(d, following) if following is not None else None
    if following is not None and sent is not None:
        next_payer.wait_on(d, following, sent)
        return
    d.move(S.AWAITING_CROSSOVER)
    if waits:
        d.put_deadline(waits[0])
    else:
        d.arm("crossover")
    hints.of_crossover(d, latest.payment, following)
    balance = ledger(d.state, d.tables)
    if balance.open > 0:
        reason = f"{dollars(balance.open)} are neither paid nor explained by the payer that forwarded the claim"
        d.open_task("review_payment", "biller", reason, category="open")


def _turn_of(d: Draft, latest: PostedPayment) -> None:
    """The payer whose decision counts is the one that is worked with, unless a person chose the patient."""
    if d.state.responsible < len(d.state.claim.coverages) and latest.coverage in chain(d.state.claim):
        d.set(responsible=latest.coverage)


def _decided(d: Draft, latest: PostedPayment, outcome: Outcome) -> None:
    enter_decision(d)
    _turn_of(d, latest)
    _verdict(d, latest, "denied" if outcome == "denied" else "paid")
    if outcome in ("denied", "partially_denied"):
        _denied(d, latest, outcome)
        return
    if outcome in ("paid", "zero_paid_patient_resp") and contracts.underpaid(d, latest):
        return
    if outcome == "paid":
        d.move(S.PAID)
    elif outcome == "zero_paid_patient_resp":
        d.move(S.ZERO_PAID_PATIENT_RESP)
    if outcome == "zero_paid" and _written_off_whole(latest.payment, d):
        reason = "the payer paid nothing and wrote the whole charge off: look at the contract before closing the claim"
        d.open_task("review_payment", "biller", reason, category="zero_paid")
        return
    settling.settle(d)


def _verdict(d: Draft, latest: PostedPayment, outcome: str) -> None:
    answered = submission_of(d, latest)
    if answered is not None:
        d.put_submission(answered, outcome=outcome)


def _written_off_whole(payment: ClaimPayment, d: Draft) -> bool:
    """A contractual write-off never equals the charge (X12's own note to CARC 45): in silence it closes nothing."""
    return 0 < payment.charge_cents == sums(all_adjustments(payment), d.tables).contractual


def _denied(d: Draft, latest: PostedPayment, outcome: Outcome) -> None:
    """Opens the denial's work: one task, the appeal window, the correction window."""
    proof = any(s.proof_of_filing for s in d.state.submissions)
    denial = denials.classify(d.state, latest.payment, d.tables, proof)
    d.set(denial=denial.model_copy(update={"notice_on": latest.paid_on or d.today}))
    d.move(S.DENIED if outcome == "denied" else S.PARTIALLY_DENIED)
    owner = denials.owner_of(denial, d.tables)
    # Status 4 means a patient whom the payer doesn't know (X12 RFI 1423); many payers send it with any denial, and then
    # the reason code says whose work it is.
    if latest.payment.status_code == "4" and (not denial.codes or denial.reason_class == "eligibility"):
        owner = "front_desk"
    d.open_task(
        "work_denial",
        owner,
        f"{', '.join(denial.codes) or 'status 4'}: {denial.recommended}; {denial.why}{hints.of_denial(d, denial)}",
        category=denial.reason_class,
    )
    open_windows(d, latest)
    overpayment.follow(d, moves=False)


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
    """A PLB takes money back for this claim. What it takes is open again; a closed claim reopens.

    One that only moves the cash of a reversal changes nothing here.
    """
    key = takeback_key(event)
    if any(takeback.key == key for takeback in d.state.takebacks):
        raise Duplicate("this takeback is known already")
    before = ledger(d.state, d.tables)
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
    if ledger(d.state, d.tables) == before:
        return
    settling.reopen(d)
    settling.settle(d)
    balance = ledger(d.state, d.tables)
    if balance.open > max(before.open, 0):
        reason = f"the payer took {dollars(event.amount_cents)} back (PLB {event.reason}): find out why"
        d.open_task("review_payment", "biller", f"{reason}; {dollars(balance.open)} are open", category="open")
