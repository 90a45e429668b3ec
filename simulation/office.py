"""The people of the practice: coders, billers, a supervisor. They are late, forget, repeat themselves and muddle things up.

Each open task is looked at after a while by somebody who mostly does what it asks for. What they do is told to the core as
an event; whether it is allowed is the core's affair.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from claims import events as e
from claims.effects import AnyEffect, ArchiveClaim, ScrubClaim, SendAppeal, SendDocuments
from claims.findings import Finding
from claims.posting import ledger
from claims.state import Step, Task
from simulation.chance import Stream
from simulation.life import Life
from simulation.tempers import OFFICE, Office

Work = Callable[["People", Task, Stream], None]
PAPER = "a" * 64
"""Some document of the practice's, by its hash."""
LOOKS_AGAIN = 4
"""How often a task is looked at before everybody takes it for somebody else's."""


class People:
    """Everybody in the practice, and its own machines: the edits, the printer, the archive."""

    def __init__(self, life: Life, temper: Office = OFFICE) -> None:
        self.life, self.temper = life, temper
        self.seen: set[str] = set()
        self.touches = 0

    def heard(self, event: e.AnyEvent, taken: Step) -> None:
        if getattr(event, "by", "").startswith(("biller", "coder", "boss", "desk")):
            self.touches += 1
        for task in taken.state.tasks:
            if task.id not in self.seen:
                self.seen.add(task.id)
                self._will_look(task.id, 0)

    def _will_look(self, task: str, again: int) -> None:
        luck = self.life.chance.of(f"{task}/{again}")
        if luck.happens(self.temper.forgets):
            self.life.fault("task forgotten")
            return
        late = luck.happens(self.temper.late)
        if late:
            self.life.fault("task worked late")
        self.life.later(
            luck.days(*(self.temper.late_days if late else self.temper.prompt_days)),
            lambda: self._look(task, again, luck),
        )

    def _look(self, task_id: str, again: int, luck: Stream) -> None:
        task = next((t for t in self.life.claim.tasks if t.id == task_id), None)
        if task is None:
            return
        if luck.happens(self.temper.muddles):
            self.life.fault("something else done than the task asks for")
            luck.one_of(MUDDLES)(self, task, luck)
        else:
            DESK.get(task.type, _note)(self, task, luck)
            if luck.happens(self.temper.repeats):
                self.life.fault("message sent twice")
                DESK.get(task.type, _note)(self, task, luck)
        if again < LOOKS_AGAIN:
            self._will_look(task_id, again + 1)

    # what the practice's machines answer

    def asked(self, effect: AnyEffect) -> None:
        luck = self.life.chance.of(f"machine/{effect.id}")
        match effect:
            case ScrubClaim():
                self._scrub(effect, luck)
            case SendAppeal():
                self.life.later(luck.minutes(5, 900), lambda: self._appeal(effect, luck))
            case SendDocuments():
                self.life.later(luck.minutes(5, 900), lambda: self._documents(effect, luck))
            case ArchiveClaim():
                self.life.later(
                    timedelta(minutes=1),
                    lambda: self.say(e.ClaimArchived, "", id=f"{effect.id}/answer", effect=effect.id),
                )
            case _:
                pass

    def _scrub(self, effect: ScrubClaim, luck: Stream) -> None:
        wrong = luck.happens(6)
        findings = (
            (Finding(severity="error", edit="P02", where="2300 HI", reason="made up", fix="correct it"),)
            if wrong
            else ()
        )
        if wrong:
            self.life.fault("stopped by the edits")

        def answer() -> None:
            self.life.deliver(
                e.ClaimScrubbed(
                    at=self.life.now,
                    id=f"{effect.id}/answer",
                    effect=effect.id,
                    version=effect.version,
                    findings=findings,
                )
            )

        self.life.later(timedelta(minutes=1), answer)

    def _failed(self, effect: AnyEffect, luck: Stream) -> bool:
        if not luck.rarely(15):
            return False
        self.life.fault("step failed for good")
        self.life.deliver(
            e.EffectFailed(at=self.life.now, id=self.life.fresh("fail"), effect=effect.id, reason="disk: ENOSPC")
        )
        return True

    def _appeal(self, effect: SendAppeal, luck: Stream) -> None:
        if not self._failed(effect, luck):
            receipt = f"R{effect.id}" if luck.happens(60) else ""
            self.say(e.AppealSent, "", effect=effect.id, level=effect.level, receipt=receipt, document=PAPER)

    def _documents(self, effect: SendDocuments, luck: Stream) -> None:
        if not self._failed(effect, luck):
            confirmation = f"C{effect.id}" if luck.happens(70) else ""
            self.say(e.DocumentsSent, "", effect=effect.id, confirmation=confirmation, document=PAPER)

    def say(self, kind: type[e.Event], by: str = "biller-1", **fields: object) -> None:
        """An event of theirs, now; `id` where it has one of its own."""
        identity = fields.pop("id", None) or self.life.fresh(kind.__name__)
        made = kind.model_validate({"at": self.life.now, "id": identity, "by": by, **fields})
        self.life.deliver(made)  # type: ignore[arg-type]

    @property
    def balance(self) -> dict[str, int]:
        found = ledger(self.life.claim, self.life.tables)
        return {"open": found.open, "patient": found.patient}


# what each kind of task is answered with


def _note(p: People, task: Task, luck: Stream) -> None:
    p.say(e.NoteAdded, text="looked at it, will call")


def _resolve(p: People, task: Task, luck: Stream) -> None:
    p.say(e.TaskWorked, task=task.id, action="resolve")


def _pend(p: People, task: Task, luck: Stream) -> None:
    p.say(e.TaskWorked, task=task.id, action="pend")


def _take(p: People, task: Task, luck: Stream) -> None:
    p.say(e.TaskWorked, task=task.id, action=luck.one_of(("take", "escalate")))


def _submit(p: People, task: Task, luck: Stream) -> None:
    p.say(e.SubmitRequested, reason="again")


def _inquire(p: People, task: Task, luck: Stream) -> None:
    p.say(e.StatusInquiryRequested)


def _correct(p: People, task: Task, luck: Stream) -> None:
    """The claim with another diagnosis, now and then another charge on a line."""
    claim = p.life.claim.claim
    lines = claim.lines
    if luck.happens(15):
        changed = lines[0].model_copy(update={"charge_cents": lines[0].charge_cents + luck.between(-500, 500)})
        lines = (changed, *lines[1:])
    update = {"lines": lines, "charge_cents": sum(x.charge_cents for x in lines)}
    base = p.life.claim.claim_version - (1 if luck.happens(5) else 0)
    p.say(e.ClaimCorrected, claim=claim.model_copy(update=update), base_version=base, reason="corrected")


def _coverage(p: People, task: Task, luck: Stream) -> None:
    match luck.weighted((("override", 40), ("card", 45), ("self_pay", 15))):
        case "override":
            p.say(e.EligibilityOverridden, "desk-1", reason="card seen")
        case "self_pay":
            p.say(e.EligibilityOverridden, "desk-1", self_pay=True)
        case _:
            claim = p.life.claim.claim
            fixed = claim.coverages[0].model_copy(update={"member_id": f"{claim.coverages[0].member_id}N"})
            p.say(
                e.CoverageChanged,
                "desk-1",
                claim=claim.model_copy(update={"coverages": (fixed, *claim.coverages[1:])}),
                payer_rules=p.life.claim.payer_rules,
            )


def _code(p: People, task: Task, luck: Stream) -> None:
    p.say(e.ClaimCoded, "coder-1", claim=p.life.claim.claim)


def _rejection(p: People, task: Task, luck: Stream) -> None:
    (_correct if luck.happens(75) else _submit)(p, task, luck)


def _find(p: People, task: Task, luck: Stream) -> None:
    match luck.weighted((("again", 45), ("resolve_and", 25), ("wait", 30))):
        case "again":
            _submit(p, task, luck)
        case "resolve_and":
            p.say(e.TaskWorked, task=task.id, action="resolve_and_resubmit")
        case _:
            _note(p, task, luck)


def _follow(p: People, task: Task, luck: Stream) -> None:
    luck.one_of((_inquire, _inquire, _note, _pend, _resolve))(p, task, luck)


def _denial(p: People, task: Task, luck: Stream) -> None:
    """Mostly what the tables recommend."""
    denial = p.life.claim.denial
    if denial is None:
        return _resolve(p, task, luck)
    remedy = denial.recommended
    if remedy in ("review", "reopening", "wait") or luck.happens(15):
        remedy = luck.one_of(("write_off", "appeal", "correct_and_replace", "new_original"))
    if remedy == "appeal":
        return _ask_appeal(p, task, luck)
    p.say(e.RemedyChosen, remedy=remedy, reason="worked")
    if p.life.claim.status == "correcting" and luck.happens(80):
        _correct(p, task, luck)
    return None


def _ask_appeal(p: People, task: Task, luck: Stream) -> None:
    p.say(e.AppealRequested, reason="medically necessary", documents=(PAPER,) if luck.happens(80) else ())


def _approve(p: People, task: Task, luck: Stream) -> None:
    by = "boss-1" if luck.happens(92) else "biller-1"
    p.say(e.ApprovalDecided, by, task=task.id, approved=luck.happens(85))


def _mail(p: People, task: Task, luck: Stream) -> None:
    p.say(e.AppealSent, level=0, mailed_on=p.life.today, document=PAPER)


def _records(p: People, task: Task, luck: Stream) -> None:
    if luck.happens(50):
        p.say(e.DocumentsChosen, documents=(PAPER,))
    else:
        p.say(e.DocumentsSent, confirmation="FAX-1" if luck.happens(85) else "")


def _write_off(p: People, task: Task, luck: Stream) -> None:
    balance = p.balance
    bucket = "open" if balance["open"] > 0 else "patient"
    amount = balance[bucket] if luck.happens(85) else balance[bucket] // 2
    p.say(e.WrittenOff, amount_cents=max(amount, 0), bucket=bucket, reason="small balance")


def _next_payer(p: People, task: Task, luck: Stream) -> None:
    if luck.happens(70):
        p.say(e.RemedyChosen, remedy="bill_patient", reason="no other plan")
    else:
        _note(p, task, luck)


def _payment(p: People, task: Task, luck: Stream) -> None:
    luck.one_of((_write_off, _write_off, _note, _resolve, _pend))(p, task, luck)


def _collect(p: People, task: Task, luck: Stream) -> None:
    luck.one_of((_write_off, _note, _note))(p, task, luck)


def _refund(p: People, task: Task, luck: Stream) -> None:
    """A credit goes back to whom it belongs: asked for, then sent; sometimes its check comes back."""
    waiting = [r for r in p.life.claim.refunds if r.pending]
    if waiting:
        p.say(e.RefundSent, refund=waiting[0].key, reference="CHECK-9", method="check")
        if luck.happens(8):
            p.say(e.RefundReverted, refund=waiting[0].key, reason="check came back")
        return
    credit = -p.balance["open"]
    hers = sum(payment.amount_cents for payment in p.life.claim.patient_payments)
    to = "patient" if hers > 0 and luck.happens(70) else "payer"
    amount = min(credit, hers) if to == "patient" else credit
    p.say(e.RefundRequested, to=to, amount_cents=max(amount, 0), reason="credit balance")


def _release(p: People, task: Task, luck: Stream) -> None:
    p.say(e.HoldReleased)


def _recover(p: People, task: Task, luck: Stream) -> None:
    action = luck.weighted((("retry", 75), ("skip", 17), ("abandon", 8)))
    p.say(e.Recovered, "boss-1", action=action)


DESK: dict[str, Work] = {
    "verify_coverage": _coverage,
    "code_claim": _code,
    "correct_claim": _correct,
    "resolve_rejection": _rejection,
    "find_submission": _find,
    "chase_acknowledgement": _follow,
    "follow_up": _follow,
    "find_remittance": _follow,
    "resubmit": _submit,
    "work_denial": _denial,
    "send_documents": _records,
    "approve": _approve,
    "file_appeal": _mail,
    "chase_appeal_decision": _note,
    "find_correction": _pend,
    "review_write_off": _write_off,
    "review_coverage": _next_payer,
    "review_payment": _payment,
    "collect_patient_balance": _collect,
    "refund": _refund,
    "review_hold": _release,
    "filing_limit": _submit,
    "upstream_replacement": _resolve,
    "recover": _recover,
}
MUDDLES: tuple[Work, ...] = (_correct, _submit, _write_off, _ask_appeal, _resolve, _take, _mail, _approve, _code)
