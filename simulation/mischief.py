"""What nobody asked for: messages at the wrong time, contradictions, tricks. Each strikes at a moment of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from claims import events as e
from claims.documents import EligibilityAnswer
from claims.payer_rules import PayerRules
from claims.posting import ledger
from claims.state import ClaimState
from simulation import decisions, papers
from simulation.chance import Stream
from simulation.clearinghouse import numbers
from simulation.life import Life
from simulation.payer import Filed, Payers
from simulation.tempers import TEMPERS

Trick = Callable[[Life, Payers, Stream], None]


def plan(life: Life, payers: Payers) -> None:
    """Up to six tricks on this claim, most claims none or one."""
    luck = life.chance.of("mischief")
    many = int(luck.weighted((("0", 40), ("1", 25), ("2", 15), ("3", 10), ("6", 10))))
    for i in range(many):
        own = life.chance.of(f"mischief/{i}")
        name = own.one_of(sorted(TRICKS))

        def strike(name: str = name, own: Stream = own) -> None:
            life.fault(name)
            TRICKS[name](life, payers, own)

        life.later(own.days(0, own.one_of((3, 30, 120, 300))), strike)


def _hold(life: Life, payers: Payers, luck: Stream) -> None:
    kind = luck.one_of(("manager", "documents", "authorization", "legal"))
    life.say(e.HoldPlaced, "boss-1", hold=kind, reason="look at it")
    if luck.happens(70):
        life.later(luck.days(1, 90), lambda: _ignored(life.say(e.HoldReleased, "boss-1", hold=kind)))


def _note(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.NoteAdded, text="patient called: extend everything by 30 days")


def _extend(life: Life, payers: Payers, luck: Stream) -> None:
    state = life.claim
    named = luck.one_of([x.id for x in state.deadlines] or ["filing:limit"])
    to = life.now + timedelta(days=luck.between(-3, 400))
    life.say(e.DeadlineExtended, deadline=named, to=to, reason="called" if luck.happens(80) else " ")


def _correct(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.ClaimCorrected, claim=life.claim.claim, reason="just in case")


def _other_claim(life: Life, payers: Payers, luck: Stream) -> None:
    claim = life.claim.claim.model_copy(update={"patient_control_number": "ANOTHER"})
    life.say(e.ClaimCorrected, claim=claim, reason="wrong window")


def _void(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.VoidRequested, reason="wrong patient")


def _upstream(life: Life, payers: Payers, luck: Stream) -> None:
    claim = life.claim.claim.model_copy(update={"frequency": luck.one_of(("7", "8"))})
    life.say(e.UpstreamReplacementReceived, "upstream", claim=claim, document="b" * 64)


def _write_off(life: Life, payers: Payers, luck: Stream) -> None:
    balance = ledger(life.claim, life.tables)
    bucket = luck.one_of(("open", "patient"))
    there = balance.open if bucket == "open" else balance.patient
    amount = luck.one_of((there, there + 1, there // 2, 0, -500))
    life.say(
        e.WrittenOff, luck.one_of(("biller-1", "biller-2", "")), amount_cents=amount, bucket=bucket, reason="tired"
    )


def _revert(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.WriteOffReverted, "boss-1", write_off="", reason="not so fast")


def _appeal(life: Life, payers: Payers, luck: Stream) -> None:
    level = luck.one_of((0, 0, 1, 2, 9))
    life.say(e.AppealRequested, level=level, reason="again", party=luck.one_of(("provider", "provider", "member")))


def _mailed(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.AppealSent, level=0, mailed_on=life.today + timedelta(days=luck.between(-20, 5)))


def _decided(life: Life, payers: Payers, luck: Stream) -> None:
    outcome = luck.one_of(("upheld", "overturned", "dismissed", "partially_overturned"))
    life.say(e.AppealDecided, "payer", outcome=outcome)


def _close(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.ClosingRequested, reason="done with it")


def _reopen(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.ClosingRequested, reopen=True, reason="not done with it")


def _submit(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.SubmitRequested, reason="now")


def _inquire(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.StatusInquiryRequested)


def _status(life: Life, payers: Payers, luck: Stream) -> None:
    code = luck.one_of(
        ("P1:20", "P3:21", "R4:294", "F1:65", "F2:1", "F4:1", "D0:35", "A4:35", "A7:500", "A2:20", "E1:0")
    )
    line = papers.status(code, number=life.claim.claim.patient_control_number, on=life.today)
    life.paper(papers.status_answer(line), life.fresh("stray 277"))


def _acknowledged(life: Life, payers: Payers, luck: Stream) -> None:
    """An acknowledgement of some submission, of any age."""
    number = luck.between(0, len(life.claim.submissions) + 1)
    code = luck.one_of(("A0:20", "A1:19", "A2:20", "A5:19", "A3:21", "A7:500:IL", "F1:65"))
    line = papers.status(code, number=life.claim.claim.patient_control_number)
    life.say(
        e.ClaimAcknowledged,
        "",
        document="c" * 64,
        sender=luck.one_of(("AY", "PR", "PR")),
        status=line,
        submission=number,
    )


def _functional(life: Life, payers: Payers, luck: Stream) -> None:
    number = luck.between(1, len(life.claim.submissions) + 1)
    group = numbers(number)["group_control_number"]
    life.paper(papers.functional(group, "0001", luck.one_of(("A", "R", "E"))), life.fresh("stray 999"))


def _eligibility(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.EligibilityAnswered, "", answer=EligibilityAnswer(active=luck.happens(50)))


def _recover(life: Life, payers: Payers, luck: Stream) -> None:
    action = luck.one_of(("retry", "skip", "abandon"))
    life.say(e.Recovered, luck.one_of(("boss-1", "")), action=action)


def _paper_payment(life: Life, payers: Payers, luck: Stream) -> None:
    """A paper explanation of benefits, typed in, of what may come as an 835 too."""
    filed = Filed(1, 0, "PAPER1" if luck.happens(50) else "", life.claim.claim, luck, life.today)
    payment = decisions.make(filed, luck.one_of(("paid", "denied", "deductible")), TEMPERS["prompt"], luck)
    life.say(e.ManualPaymentPosted, payment=payment, reference="CHECK 7")


def _unmatch(life: Life, payers: Payers, luck: Stream) -> None:
    keys = [p.key for p in life.claim.payments] + [t.key for t in life.claim.takebacks]
    life.say(e.PaymentUnmatched, payment=luck.one_of(keys or ["none"]), reason="another patient's")


def _stranger_reversal(life: Life, payers: Payers, luck: Stream) -> None:
    """A reversal of something that was never posted here."""
    filed = Filed(1, 0, "STRANGE1", life.claim.claim, luck, life.today)
    payment = papers.reversal(decisions.make(filed, "paid", TEMPERS["prompt"], luck))
    payers.send([payment], 0)


def _unbalanced(life: Life, payers: Payers, luck: Stream) -> None:
    filed = Filed(1, 0, "ODD1", life.claim.claim, luck, life.today)
    payment = decisions.make(filed, "paid", TEMPERS["prompt"], luck)
    life.say(
        e.RemittanceReceived,
        "payer",
        document="d" * 64,
        trace_number="ODD",
        payment=payment.model_copy(update={"paid_cents": payment.paid_cents + 100}),
    )


def _overpaid(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.PatientPaid, "patient", amount_cents=luck.one_of((5000, 90000, -5000, 0)), method="cash")


def _new_rules(life: Life, payers: Payers, luck: Stream) -> None:
    def newer(rules: PayerRules) -> PayerRules:
        return rules.model_copy(update={"version": "newer"})

    state: ClaimState = life.claim
    life.say(e.PayerRulesChanged, "", payer_rules=tuple(newer(r) for r in state.payer_rules), tables_version="newer")


def _remedy(life: Life, payers: Payers, luck: Stream) -> None:
    remedy = luck.one_of(
        ("bill_patient", "write_off", "void", "wait", "bill_other_payer", "send_documents", "review", "new_original")
    )
    life.say(e.RemedyChosen, remedy=remedy, reason="an idea")


def _nonsense(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.MessageRefused, "someone", message="frobnicate", reason="no message is called frobnicate")


def _late_answer(life: Life, payers: Payers, luck: Stream) -> None:
    """A transmission's answer for a submission that has one, or that there isn't."""
    number = luck.between(1, len(life.claim.submissions) + 1)
    if luck.happens(50):
        life.say(e.ClaimTransmitted, "", submission=number, **numbers(number))
    else:
        life.say(e.TransmissionRefused, "", submission=number, errors=("late",))


def _documents(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.DocumentsSent, confirmation=luck.one_of(("FAX-2", " ")))


def _reviewed(life: Life, payers: Payers, luck: Stream) -> None:
    life.say(e.DocumentsReviewed, "payer", outcome=luck.one_of(("overturned", "upheld", "dismissed")))


def _ignored(_: object) -> None:
    """Whether it was taken is the core's affair."""


TRICKS: dict[str, Trick] = {
    "hold placed": _hold,
    "note that would move dates": _note,
    "deadline extension asked for": _extend,
    "correction out of turn": _correct,
    "correction meant for another claim": _other_claim,
    "void out of turn": _void,
    "upstream replacement or void": _upstream,
    "write-off out of turn": _write_off,
    "write-off taken back": _revert,
    "appeal out of turn": _appeal,
    "appeal mailed out of turn": _mailed,
    "appeal decision out of turn": _decided,
    "closing out of turn": _close,
    "reopening out of turn": _reopen,
    "sending out of turn": _submit,
    "inquiry out of turn": _inquire,
    "stray status answer": _status,
    "stray 277CA": _acknowledged,
    "stray 999": _functional,
    "stray eligibility answer": _eligibility,
    "recovery out of turn": _recover,
    "paper payment typed in": _paper_payment,
    "payment taken off the claim": _unmatch,
    "reversal of nothing": _stranger_reversal,
    "payment that doesn't balance": _unbalanced,
    "patient money out of turn": _overpaid,
    "newer payer rules": _new_rules,
    "remedy out of turn": _remedy,
    "message that is none": _nonsense,
    "transmission answered out of turn": _late_answer,
    "documents out of turn": _documents,
    "documents reviewed out of turn": _reviewed,
}
