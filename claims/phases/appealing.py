"""Appeals as they happen: asked for, sent, decided. Which level is open, and until when, is told by appeals.py."""

from __future__ import annotations

from claims import appeals
from claims.draft import Draft, Refused
from claims.effects import SendAppeal
from claims.events import AppealDecided, AppealRequested, AppealSent
from claims.money import dollars
from claims.phases import gate, settling
from claims.state import Appeal
from claims.status import Status as S


def on_appeal_requested(d: Draft, event: AppealRequested) -> None:
    request_appeal(d, event)


def request_appeal(d: Draft, event: AppealRequested) -> None:
    """Opens the next level, or asks for a named person's approval first where the practice wants one."""
    at_stake = d.state.denial.denied_cents if d.state.denial else 0
    why_not = appeals.refusal(d.state, event.level, d.today, at_stake, d.tables)
    if why_not:
        raise Refused(why_not)
    d.require(*settling.DENIED, S.APPEAL_OVERTURNED, what="an appeal")
    level = event.level or appeals.next_level(d.state)
    if gate.needs_approval(d, "appeal"):
        gate.await_approval(d, "appeal", event, amount=at_stake, reason=event.reason, level=level)
        return
    prepare_appeal(d, level, event.by, event.reason, event.documents)


def prepare_appeal(d: Draft, level: int, by: str, reason: str, documents: tuple[str, ...]) -> None:
    """Asks for the packet. The last day to file stays armed until the appeal has left."""
    rung = appeals.find_level(d.state.rules, level)
    denial = d.state.denial
    if rung is None or denial is None:
        raise Refused(f"there is no appeal level {level}")
    latest = d.state.latest_submission
    appeal = Appeal(
        level=level,
        name=rung.name,
        requested_at=d.now,
        requested_by=by,
        reason=reason,
        documents=documents,
        submission=latest.number if latest else 0,
    )
    d.set(appeals=appeals.record(d.state, appeal))
    d.move(S.APPEAL_PREPARING)
    d.close_tasks("work_denial", "file_appeal", "review_write_off", "correct_claim")
    coverage = d.state.claim.coverages[min(d.state.responsible, len(d.state.claim.coverages) - 1)]
    d.ask(
        SendAppeal(
            id=d.next_effect_id(f"appeal-{level}"),
            level=level,
            level_name=rung.name,
            to=rung.to,
            reason=reason,
            claim=d.state.claim,
            payer=coverage.payer,
            payer_claim_control_number=latest.payer_claim_control_number if latest else "",
            codes=denial.codes,
            amount_cents=denial.denied_cents,
            documents=documents,
            proof_of_filing=latest.proof_of_filing if latest else "",
            on=d.today,
        )
    )


def on_appeal_sent(d: Draft, event: AppealSent) -> None:
    d.answered(event.effect)
    d.require(S.APPEAL_PREPARING, what="the sending of an appeal")
    appeal = _appeal(d, event.level)
    if appeal.filed_at is not None or appeal.outcome:
        raise Refused(f"level {appeal.level} was filed already")
    d.set(appeals=appeals.record(d.state, appeal.model_copy(update={"filed_at": event.at, "receipt": event.receipt})))
    d.forget("send_appeal")
    d.move(S.APPEAL_FILED)
    d.disarm("appeal", "correction")
    d.close_tasks("file_appeal", "review_write_off")
    rung = appeals.find_level(d.state.rules, appeal.level)
    if rung is not None and rung.decision_within is not None:
        d.arm_wait("appeal_decision", rung.decision_within, f"level-{appeal.level}", d.now, "filing")
    else:
        d.arm("follow_up")


def _appeal(d: Draft, level: int) -> Appeal:
    """The appeal at this level of the present round, or the one that awaits its decision."""
    found = [appeal for appeal in appeals.present_round(d.state) if level in (0, appeal.level)]
    undecided = [appeal for appeal in found if not appeal.outcome]
    if undecided:
        return undecided[-1]
    if level and found:
        return found[-1]
    raise Refused(f"there is no appeal at level {level}" if level else "no appeal awaits a decision")


def on_appeal_decided(d: Draft, event: AppealDecided) -> None:
    """The first decision on a level wins; later ones are refused."""
    appeal = _appeal(d, event.level)
    if appeal.outcome:
        raise Refused(f"level {appeal.level} was decided already: {appeal.outcome}")
    d.require(S.APPEAL_FILED, S.APPEAL_PREPARING, what="the decision on an appeal")
    decided = appeal.model_copy(
        update={"outcome": event.outcome, "decided_at": event.at, "notice_on": event.notice_on or d.today}
    )
    d.set(appeals=appeals.record(d.state, decided))
    d.forget("send_appeal")
    d.disarm("appeal", "appeal_decision", "follow_up")
    d.close_tasks("chase_appeal_decision", "follow_up", "file_appeal", "review_write_off")
    if event.outcome in ("overturned", "partially_overturned"):
        d.move(S.APPEAL_OVERTURNED)
        d.arm("missing_remittance", "corrected_remittance", "corrected")
        if event.outcome == "partially_overturned":
            _open_next(d)
        return
    d.move(S.APPEAL_UPHELD)
    _upheld(d, decided)
    settling.settle(d)


def _upheld(d: Draft, appeal: Appeal) -> None:
    """The next level where there is one and enough money is at stake; otherwise a person reviews a write-off."""
    following = appeals.find_level(d.state.rules, appeal.level + 1)
    at_stake = d.state.denial.denied_cents if d.state.denial else 0
    said = f"level {appeal.level} upheld the denial"
    if following is None:
        d.open_task("review_write_off", "supervisor", f"{said} and is the last")
        return
    needed = appeals.money_needed(following, d.today)
    if at_stake < needed:
        reason = f"{said}; {following.name} needs {dollars(needed)} in controversy, {dollars(at_stake)} are"
        d.open_task("review_write_off", "supervisor", reason)
        return
    _open_next(d)
    d.open_task("work_denial", "biller", f"{said}: file {following.name}, or write it off")


def _open_next(d: Draft) -> None:
    found = appeals.deadline(d.state, d.tables)
    if found is not None:
        d.put_deadline(found)
