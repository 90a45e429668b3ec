"""The next payer owes: it is billed with what the earlier ones decided, waited for where it has the claim, never billed twice.

A secondary goes out by itself; a hold, money that nobody explained, or an answer that is held stop it for a person.
"""

from __future__ import annotations

from claims.deciding import chain, decisions, last_decided, left_by_earlier, next_coverage, written_off
from claims.draft import Draft, Refused
from claims.money import dollars
from claims.other_payers import earlier
from claims.phases import editing
from claims.posting import ledger
from claims.state import Denial, PostedPayment, Submission
from claims.status import Status as S

WITH_THE_PAYER = ("sending", "unknown", "transmitted", "accepted")
"""Outcomes of a submission that its payer has or may have, and has not decided."""
DECIDED_RANK = 5
"""The rank of a submission that its payer answered with a remittance."""
HELD = "missing_remittance:held"
"""The deadline by which a payer whose answer is held corrects it."""
_REACHED = {2: S.CLEARINGHOUSE_ACCEPTED, 3: S.PAYER_RECEIVED, 4: S.PAYER_ACCEPTED}


def go_on(d: Draft) -> None:
    """After a decision that leaves something to the next payer: bills it, or waits for it."""
    coverage = next_coverage(d.state, last_decided(d.state, d.tables))
    if coverage is None:
        return
    sent = under_way(d, coverage)
    if sent is not None:
        wait_on(d, coverage, sent)
        return
    d.move(S.SECONDARY_READY)
    if decisions(d.state, coverage, d.tables).held:
        watch_held(d)
        return
    d.arm_filing(coverage=coverage)
    if d.state.holds:
        d.open_task("review_hold", "supervisor", "a hold stops the next payer from being billed")
    elif ledger(d.state, d.tables).open == 0:
        bill(d, coverage)


def bill(d: Draft, coverage: int) -> None:
    """Through the edits and out to this payer, inside its own filing limit, which counts from the earlier decision."""
    d.set(responsible=coverage)
    d.close_tasks("review_coverage", "review_hold")
    d.arm_filing()
    editing.scrub(d)


def bill_now(d: Draft) -> None:
    """A person has the next payer billed, whatever is unexplained. Raises Refused where that can't be."""
    coverage = next_coverage(d.state, last_decided(d.state, d.tables))
    if coverage is None:
        raise Refused("no payer comes next: say which one (coverage)")
    if d.state.holds:
        raise Refused("the claim is on hold: release it first")
    if decisions(d.state, coverage, d.tables).held:
        raise Refused("the next payer has answered, and its answer is held: a corrected one is needed")
    if under_way(d, coverage) is not None:
        raise Refused("the next payer has the claim already: wait for its answer")
    bill(d, coverage)


def under_way(d: Draft, coverage: int) -> Submission | None:
    """The submission that this payer has, or may have, and has not decided."""
    sent = [s for s in d.state.submissions if s.coverage == coverage]
    return sent[-1] if sent and sent[-1].outcome in WITH_THE_PAYER and sent[-1].frequency != "8" else None


def wait_on(d: Draft, coverage: int, sent: Submission) -> None:
    """The next payer was billed before: its answer is waited for, and it is not billed again.

    What it was told may be out of date when an earlier payer decided since; that is a biller's to see.
    """
    d.move(S.SECONDARY_READY)
    d.set(responsible=coverage)
    d.move(S.SECONDARY_SUBMITTED)
    if sent.rank in _REACHED:
        d.move(_REACHED[sent.rank])
    start = sent.sent_at or d.now
    d.arm("follow_up", start=start)
    d.arm("missing_remittance", start=start)
    before = earlier(d.state.claim, coverage)
    if any(p.at > start for p in d.state.payments if p.coverage in before):
        reason = "an earlier payer decided anew after this one was billed: its claim has the old amounts, correct it once decided"
        d.open_task("review_coverage", "biller", reason, category="prior_changed")
    watch_held(d)


def after_the_wait(d: Draft) -> None:
    """The payer to which the claim was forwarded did not answer: it is billed after all."""
    if d.state.status is S.AWAITING_CROSSOVER:
        d.move(S.SECONDARY_READY)
    coverage = next_coverage(d.state, last_decided(d.state, d.tables))
    if coverage is None:
        reason = "nothing was heard of the payer it was forwarded to: add that payer, or choose bill_patient"
        d.open_task("review_coverage", "biller", reason)
    elif d.state.status is not S.SECONDARY_READY or ledger(d.state, d.tables).next_payer <= 0:
        reason = "no answer from the payer it was forwarded to, and nothing is left for it: look, then close the claim"
        d.open_task("review_coverage", "biller", reason)
    else:
        go_on(d)


def bill_other(d: Draft, denial: Denial) -> None:
    """A person has another payer billed for a denial: the next one, or one that the claim doesn't have yet."""
    coverage = next_coverage(d.state, last_decided(d.state, d.tables))
    d.move(S.SECONDARY_READY)
    d.close_tasks("work_denial")
    d.disarm("appeal", "correction")
    free = coverage is not None and not d.state.holds and under_way(d, coverage) is None
    if coverage is not None and free and denial.reason_class != "other_payer":
        bill(d, coverage)
        return
    d.open_task("review_coverage", "front_desk", f"find the payer that owes, and say so (coverage): {denial.why}")


# answers that are held


AT_THE_PAYER = (
    *(S.SECONDARY_SUBMITTED, S.CLEARINGHOUSE_ACCEPTED, S.PAYER_RECEIVED, S.PAYER_ACCEPTED, S.SPLIT),
    *(S.PENDING_PAYER, S.NO_RESPONSE, S.NOT_ON_FILE),
)
"""Where a claim is waited for at its payer, be it in silence."""


def is_held(d: Draft, coverage: int) -> bool:
    """Whether this payer answered, and nothing of its answer counts."""
    counted = decisions(d.state, coverage, d.tables)
    return bool(counted.held) and counted.latest is None


def answered_held(d: Draft) -> bool:
    """Whether what the payer billed now has of us is answered, and the answer is held; a claim sent since is waited for."""
    coverage = d.state.responsible
    sent = [s for s in d.state.submissions if s.coverage == coverage]
    return is_held(d, coverage) and (not sent or sent[-1].rank >= DECIDED_RANK)


def watch_held(d: Draft) -> None:
    """One task for every later payer whose answer is held; it closes once the payer's corrected answer counts."""
    for coverage in chain(d.state.claim)[1:]:
        category = f"held {d.state.claim.coverages[coverage].order}"
        if is_held(d, coverage):
            held = decisions(d.state, coverage, d.tables).held
            d.open_task("review_payment", "biller", _arithmetic(d, coverage, held), category=category)
            if coverage == d.state.responsible and d.state.status in AT_THE_PAYER and answered_held(d):
                _no_silence(d)
        else:
            d.close_tasks("review_payment", category=category)


def _no_silence(d: Draft) -> None:
    """The payer has the claim and answered: it isn't chased as if nothing had come; its corrected remittance is due."""
    d.disarm("acknowledgement", "inquiry", "follow_up", "filing")
    d.close_tasks("chase_acknowledgement", "follow_up", "resubmit", "filing_limit", "find_remittance")
    d.forget("inquire_status")
    if d.state.status is not S.PENDING_PAYER:
        d.move(S.PENDING_PAYER)
    if not any(x.id == HELD for x in d.state.deadlines):
        d.disarm("missing_remittance")
        d.arm("missing_remittance", "corrected_remittance", "held")


def _arithmetic(d: Draft, coverage: int, held: tuple[PostedPayment, ...]) -> str:
    charge, left = d.state.claim.charge_cents, left_by_earlier(d.state, coverage, d.tables) or 0
    paid = sum(p.payment.paid_cents for p in held)
    written = written_off(held, d.tables)
    payer = d.state.claim.coverages[coverage].payer
    return (
        f"held, not posted: {payer.name or payer.payer_id} (trace {held[-1].trace_number}) pays {dollars(paid)} and writes"
        f" {dollars(written)} off; with {dollars(charge - left)} paid and written off before that is"
        f" {dollars(charge - left + paid + written)} of {dollars(charge)}, which would leave {dollars(left - paid - written)}:"
        " it repeats the earlier write-off. Ask the payer for a corrected remittance"
    )
