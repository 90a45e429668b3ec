"""A payment that was matched to this claim by mistake is taken off it: as if it had never come, and said by whom and why.

Only what can be undone: once the payment was reversed here, appealed, or passed on to another payer, that comes first.
"""

from __future__ import annotations

from claims.draft import Draft, Refused
from claims.events import PaymentUnmatched
from claims.phases import settling
from claims.phases.adjudication import decide, enter_decision, submission_of
from claims.posting import decisions, later_coverages, ledger, pair_reversals
from claims.state import Note, PostedPayment, Takeback
from claims.status import Status as S

AT_THE_PAYER = ("transmitted", "accepted", "paid", "denied")
"""Outcomes of a submission that a payer has, decided or not."""


def on_payment_unmatched(d: Draft, event: PaymentUnmatched) -> None:
    if not event.by.strip() or not event.reason.strip():
        raise Refused("taking a payment off a claim needs a name and a reason")
    posted = next((p for p in d.state.payments if p.key == event.payment), None)
    takeback = next((t for t in d.state.takebacks if t.key == event.payment), None)
    if posted is not None:
        _may_be_undone(d, posted)
        _note(d, event, f"payment of trace {posted.trace_number} taken off this claim: {event.reason}")
        _take_off(d, posted)
    elif takeback is not None:
        _note(d, event, f"takeback of trace {takeback.trace_number} taken off this claim: {event.reason}")
        _give_back(d, takeback)
    else:
        raise Refused("this claim has no such payment")


def _may_be_undone(d: Draft, posted: PostedPayment) -> None:
    if any(effect.kind in settling.LEAVING for effect in d.state.in_flight):
        raise Refused("something is on its way out: wait until it has left")
    if any(appeal.requested_at >= posted.at for appeal in d.state.appeals):
        raise Refused("the decision was appealed: decide or withdraw the appeal first")
    after = [s for s in d.state.submissions if s.sent_at is not None and s.sent_at >= posted.at]
    if any(s.coverage != posted.coverage for s in after):
        raise Refused("the next payer was billed with this decision: void that claim first")
    if any(s.frequency in ("7", "8") for s in after):
        raise Refused("a corrected or void claim was sent because of this decision: it can't be undone here")
    mine = tuple(p for p in d.state.payments if p.coverage == posted.coverage)
    rest = tuple(p for p in mine if p.key != posted.key)
    if len(pair_reversals(rest)[1]) > len(pair_reversals(mine)[1]):
        raise Refused("a reversal of this payment is posted here: take that off first")


def _note(d: Draft, event: PaymentUnmatched, text: str) -> None:
    d.set(notes=(*d.state.notes, Note(at=event.at, by=event.by, text=text)))


def _take_off(d: Draft, posted: PostedPayment) -> None:
    answered = submission_of(d, posted)
    d.set(payments=tuple(p for p in d.state.payments if p.key != posted.key))
    number = posted.payment.payer_claim_control_number
    mine = {p.payment.payer_claim_control_number for p in d.state.payments} | set(d.state.answered_numbers)
    if answered is not None:
        known = answered.payer_claim_control_number
        d.put_submission(
            answered,
            # the number was another claim's: what comes under it next must not come here
            payer_claim_control_number="" if known == number and number not in mine else known,
            outcome="accepted" if answered.outcome in ("paid", "denied") else answered.outcome,
        )
    if number not in mine:
        d.set(told_numbers=tuple(told for told in d.state.told_numbers if told != number))
    settling.reopen(d)
    if decisions(d.state, posted.coverage, d.tables).latest is not None:
        decide(d, posted.coverage)
    elif answered is not None and answered.outcome in AT_THE_PAYER:
        _undecided(d)
    else:
        _what_others_decided(d)
    if d.state.statements and not d.state.closed:
        reason = "a payment was taken off this claim after the patient was billed: see what she was told"
        d.open_task("review_payment", "biller", reason, category="statement")


def _undecided(d: Draft) -> None:
    """The payer has the claim and has not decided it after all: it is asked again, and the remittance is awaited."""
    enter_decision(d)
    d.move(S.PENDING_PAYER)
    d.arm("inquiry", "inquiry_repeat")
    d.arm("missing_remittance")


def _what_others_decided(d: Draft) -> None:
    chain = (0, *later_coverages(d.state.claim))
    decided = [c for c in chain if decisions(d.state, c, d.tables).latest is not None]
    if decided:
        decide(d, decided[-1])
        return
    enter_decision(d)
    if d.state.coverage == "self_pay":
        settling.settle(d)
        return
    d.move(S.REOPENED)
    d.arm_filing()
    d.open_task("review_payment", "biller", "its payment was taken off this claim, and no payer has it: send it")


def _give_back(d: Draft, takeback: Takeback) -> None:
    before = ledger(d.state, d.tables)
    d.set(takebacks=tuple(t for t in d.state.takebacks if t.key != takeback.key))
    if ledger(d.state, d.tables) == before:
        return
    settling.reopen(d)
    settling.settle(d)
