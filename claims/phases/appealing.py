"""Appeals as they happen: asked for, sent, decided. Which level is open, and until when, is told by appeals.py."""

from __future__ import annotations

from datetime import datetime

from claims import appeals
from claims.deadlines import START_OF_BUSINESS, at_local, local_day
from claims.draft import Draft, Refused
from claims.effects import SendAppeal
from claims.events import AppealDecided, AppealRequested, AppealSent
from claims.money import dollars
from claims.payer_rules import Party
from claims.phases import gate, settling
from claims.state import Appeal
from claims.status import Status as S


def on_appeal_requested(d: Draft, event: AppealRequested) -> None:
    request_appeal(d, event)


def request_appeal(d: Draft, event: AppealRequested) -> None:
    """Opens the next level, or asks for a named person's approval first where the practice wants one."""
    at_stake = appeals.at_stake(d.state, d.tables)
    why_not = appeals.refusal(d.state, event.level, d.today, at_stake, d.tables, event.party)
    if why_not:
        raise Refused(why_not)
    d.require(*settling.DENIED, S.APPEAL_OVERTURNED, S.UNDERPAID, what="an appeal")
    level = event.level or appeals.next_level(d.state, event.party)
    if gate.needs_approval(d, "appeal"):
        gate.await_approval(d, "appeal", event, amount=at_stake, reason=event.reason, level=level)
        return
    prepare_appeal(d, level, event.by, event.reason, event.documents, event.party)


def prepare_appeal(
    d: Draft, level: int, by: str, reason: str, documents: tuple[str, ...], party: Party = "provider"
) -> None:
    """Asks for the packet. The last day to file stays armed until the appeal has left."""
    rung = appeals.find_level(d.state.rules, level, party)
    denial = d.state.denial
    if rung is None or denial is None:
        raise Refused(f"there is no appeal level {level}")
    latest = d.state.latest_submission
    appeal = Appeal(
        level=level,
        party=party,
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
            amount_cents=appeals.at_stake(d.state, d.tables),
            documents=documents,
            proof_of_filing=_proof(d),
            remittance=_remittance(d),
            party=party,
            on=d.today,
        )
    )


def _proof(d: Draft) -> str:
    """The document that proves timely filing: the latest submission's, else an earlier one's."""
    return next((s.proof_of_filing for s in reversed(d.state.submissions) if s.proof_of_filing), "")


def _remittance(d: Draft) -> str:
    """The document that the latest decision came in."""
    return d.state.payments[-1].document if d.state.payments else ""


def on_appeal_sent(d: Draft, event: AppealSent) -> None:
    d.answered(event.effect)
    d.require(S.APPEAL_PREPARING, what="the sending of an appeal")
    appeal = _appeal(d, event.level)
    if appeal.filed_at is not None or appeal.outcome:
        raise Refused(f"level {appeal.level} was filed already")
    appeal = appeal.model_copy(update={"packet": event.document or appeal.packet})
    d.forget("send_appeal")
    if event.effect and not event.receipt and event.mailed_on is None:
        d.set(appeals=appeals.record(d.state, appeal))
        reason = (
            f"no carrier takes the {appeal.name}: mail packet {appeal.packet[:12]} and record the day (appeal_mailed)"
        )
        d.open_task("file_appeal", "biller", reason)
        return
    if event.mailed_on is not None and event.mailed_on > d.today:
        raise Refused("the day of mailing lies in the future")
    last = _last_day(d, appeal)
    if event.mailed_on is not None and last is not None and event.mailed_on > local_day(last, d.state.zone):
        raise Refused(f"mailed after the last day to file, {local_day(last, d.state.zone).isoformat()}")
    update = {"filed_at": event.at, "receipt": event.receipt, "mailed_on": event.mailed_on}
    d.set(appeals=appeals.record(d.state, appeal.model_copy(update=update)))
    d.move(S.APPEAL_FILED)
    _disarm_level(d, appeal)
    d.disarm("correction")
    d.close_tasks("file_appeal", "review_write_off")
    rung = appeals.find_level(d.state.rules, appeal.level, appeal.party)
    start = at_local(event.mailed_on, START_OF_BUSINESS, d.state.zone) if event.mailed_on else d.now
    if rung is not None and rung.decision_within is not None:
        d.arm_wait("appeal_decision", rung.decision_within, f"level-{appeal.level}", start, "filing")
    else:
        d.arm("follow_up")


def _last_day(d: Draft, appeal: Appeal) -> datetime | None:
    subject = appeals.subject_of(appeal.party, appeal.level)
    return next((x.due for x in d.state.deadlines if x.kind == "appeal" and x.subject == subject), None)


def _disarm_level(d: Draft, appeal: Appeal) -> None:
    """What is filed has no last day any more; another party's last day stays."""
    member = appeal.party == "member"
    for deadline in d.state.deadlines:
        if deadline.kind == "appeal" and deadline.subject.startswith("member-") == member:
            d.disarm("appeal", subject=deadline.subject)


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
    _check_lines(d, event)
    decided = appeal.model_copy(
        update={
            "outcome": event.outcome,
            "decided_at": event.at,
            "notice_on": event.notice_on or d.today,
            "lines": event.lines,
        }
    )
    d.set(appeals=appeals.record(d.state, decided))
    d.forget("send_appeal")
    _disarm_level(d, appeal)
    d.disarm("appeal_decision", "follow_up")
    d.close_tasks("chase_appeal_decision", "follow_up", "file_appeal", "review_write_off")
    if event.outcome in ("overturned", "partially_overturned"):
        d.move(S.APPEAL_OVERTURNED)
        d.arm("missing_remittance", "corrected_remittance", "corrected")
        if event.outcome == "partially_overturned":
            _next_of_the_rest(d, decided)
        return
    d.move(S.APPEAL_UPHELD)
    _upheld(d, decided)
    settling.settle(d)


def _check_lines(d: Draft, event: AppealDecided) -> None:
    """What is said of the lines must be said of lines that there are, once, and agree with the outcome."""
    numbers = [one.line for one in event.lines]
    unknown = set(numbers) - {line.number for line in d.state.claim.lines}
    if unknown:
        raise Refused(f"the claim has no line {min(unknown)}")
    if len(numbers) != len(set(numbers)):
        raise Refused("a line is decided once")
    found = {one.outcome for one in event.lines}
    wanted = {"overturned": {"overturned"}, "upheld": {"upheld"}, "dismissed": {"upheld"}}.get(event.outcome)
    if found and wanted is not None and found != wanted:
        raise Refused(f"the lines don't agree with {event.outcome}: say partially_overturned")


def _next_of_the_rest(d: Draft, appeal: Appeal) -> None:
    """Won in part: the next level is open for the lines that were upheld, where enough money is at stake."""
    following = appeals.find_level(d.state.rules, appeal.level + 1, appeal.party)
    if following is not None and appeals.at_stake(d.state, d.tables) >= appeals.money_needed(following, d.today):
        _open_next(d, appeal)


def _upheld(d: Draft, appeal: Appeal) -> None:
    """The next level where there is one and enough money is at stake; otherwise a person reviews a write-off."""
    following = appeals.find_level(d.state.rules, appeal.level + 1, appeal.party)
    at_stake = appeals.at_stake(d.state, d.tables)
    said = f"level {appeal.level} upheld the denial"
    if following is None:
        d.open_task("review_write_off", "supervisor", f"{said} and is the last")
        return
    needed = appeals.money_needed(following, d.today)
    if at_stake < needed:
        reason = f"{said}; {following.name} needs {dollars(needed)} in controversy, {dollars(at_stake)} are"
        d.open_task("review_write_off", "supervisor", reason)
        return
    _open_next(d, appeal)
    d.open_task("work_denial", "biller", f"{said}: file {following.name}, or write it off")


def _open_next(d: Draft, appeal: Appeal) -> None:
    found = appeals.deadline(d.state, d.tables, appeal.party)
    if found is not None:
        d.put_deadline(found)
