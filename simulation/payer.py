"""The payers of one claim: what they have on file, how they decide, what they send and when.

A payer decides by its temper and its luck alone. What it means stands in the documents; nothing here posts anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from claims.claim import Claim
from claims.deadlines import last_filing_day
from claims.documents import ClaimPayment, EligibilityAnswer, EligibilityRejection, ProviderAdjustment
from claims.effects import AnyEffect, CheckEligibility, InquireStatus, TransmitClaim
from claims.events import AnyEvent, AppealDecided, EffectFailed, EligibilityAnswered, StatusUnanswered
from claims.payer_rules import rules_for
from claims.state import Step
from simulation import decisions, papers
from simulation.chance import Stream
from simulation.life import Life
from simulation.tempers import TEMPERS, PayerTemper
from simulation.visits import temper_of


@dataclass
class Filed:
    """A submission that a payer has: its own number for it, what stands of its decisions, and what it waits for."""

    submission: int
    coverage: int
    icn: str
    claim: Claim
    luck: Stream
    arrived: date
    standing: list[ClaimPayment] = field(default_factory=list)
    decided: bool = False
    asleep: bool = False
    """Forgotten in a drawer until somebody asks."""
    wants_documents: bool = False
    denied: bool = False


class Payers:
    """Every payer of the claim; which one is told by the place of its coverage."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.files: list[Filed] = []
        self._traces = 0
        self._inquiries = 0

    # what reaches them

    def heard(self, event: AnyEvent, taken: Step) -> None:
        if taken.refused:
            return
        if event.kind == "appeal_sent" and any(a.filed_at == event.at for a in taken.state.appeals):
            self._appealed()
        if event.kind == "documents_sent" and event.confirmation:
            for filed in self.files:
                if filed.wants_documents:
                    filed.wants_documents = False
                    self.life.later(filed.luck.days(3, 25), lambda filed=filed: self.decide(filed, "paid"))  # type: ignore[misc]

    def asked(self, effect: AnyEffect) -> None:
        if isinstance(effect, CheckEligibility):
            self._coverage_asked(effect)
        elif isinstance(effect, InquireStatus):
            self._inquiries += 1
            luck = self.life.chance.of(f"inquiry/{self._inquiries}")
            self.life.later(luck.minutes(1, 2000), lambda: self._tell_status(effect, luck))

    def temper(self, coverage: int) -> PayerTemper:
        return TEMPERS[temper_of(self.life.claim.claim.coverages[coverage].payer.payer_id)]

    def coverage_of(self, effect: TransmitClaim) -> int:
        """Which coverage of the claim, as we count them, this submission went to."""
        return next((s.coverage for s in self.life.claim.submissions if s.number == effect.submission), 0)

    def number_of(self, effect: TransmitClaim) -> str:
        """The payer's own number of a submission."""
        number = self.life.visit.claim.patient_control_number
        return f"ICN{number}{self.coverage_of(effect)}{effect.submission}"

    def arrives(self, effect: TransmitClaim) -> None:
        """A submission is on file; the payer will decide it, unless it forgets it."""
        coverage = self.coverage_of(effect)
        if coverage >= len(self.life.claim.claim.coverages):
            return
        if any(x.submission == effect.submission for x in self.files):
            return
        luck = self.life.chance.of(f"payer/{coverage}/{effect.submission}")
        filed = Filed(effect.submission, coverage, self.number_of(effect), effect.claim, luck, self.life.today)
        self.files.append(filed)
        temper = self.temper(coverage)
        if luck.happens(temper.loses):
            self.life.fault("forgotten by the payer until somebody asks")
            filed.asleep = True
            return
        self._plan(filed)

    def _plan(self, filed: Filed) -> None:
        temper = self.temper(filed.coverage)
        kind = self._kind(filed, temper)
        self.life.later(filed.luck.days(*temper.days), lambda: self.decide(filed, kind))

    def _kind(self, filed: Filed, temper: PayerTemper) -> str:
        luck, frequency = filed.luck, filed.claim.frequency
        chosen = luck.weighted(temper.outcomes)
        if frequency == "8":
            return "void"
        known = self._referred(filed)
        if frequency == "7":
            return "replaced" if known else "no_original"
        others = [x for x in self.files if x is not filed and x.coverage == filed.coverage and x.standing]
        if any(not x.denied for x in others) and not luck.happens(temper.contradicts):
            return "duplicate"
        if self._late(filed):
            return "late"
        if luck.happens(temper.forwards) and len(filed.claim.coverages) > 1 and filed.coverage == 0:
            return "forwarded"
        return chosen

    def _late(self, filed: Filed) -> bool:
        if filed.coverage:
            return False
        coverage = filed.claim.coverages[0]
        rules = rules_for(self.life.tables.payer_rules, coverage.payer.payer_id, coverage.filing_indicator)
        last, _ = last_filing_day(filed.claim, rules, self.life.tables.holidays)
        return last is not None and filed.arrived > last

    def _referred(self, filed: Filed) -> Filed | None:
        """The submission that a replacement or a void means, by REF*F8."""
        number = filed.claim.payer_claim_control_number
        return next((x for x in self.files if x.icn == number and x is not filed), None)

    # decisions

    def make(self, filed: Filed, kind: str) -> ClaimPayment:
        """A decision; a later payer takes what was paid and written off before into account, mostly."""
        luck, temper = filed.luck, self.temper(filed.coverage)
        if filed.coverage and kind not in decisions.DENIALS and kind != "priced":
            earlier = [p for x in self.files if x.coverage < filed.coverage for p in x.standing]
            if luck.happens(96):
                found = decisions.secondary(filed, earlier[-1], luck) if earlier else None
                return found or decisions.make(filed, "no_original", temper, luck)
            self.life.fault("later payer repeats an earlier write-off")
        return decisions.make(filed, kind, temper, luck)

    def decide(self, filed: Filed, kind: str) -> None:
        """One decision goes out; what it isn't decided by yet (documents, a pending review) follows later."""
        if filed.decided and kind not in ("corrected", "second"):
            return None
        luck = filed.luck
        if kind == "asks":
            return self._ask_for_documents(filed)
        if kind == "priced":
            self.life.fault("predetermination sent as a payment")
            priced = self.make(filed, "priced")
            self.send([priced], filed.coverage, keep=filed, counts=False)
            self.life.later(luck.days(3, 20), lambda: self.decide(filed, "paid"))
            return None
        filed.decided = True
        if kind in ("void", "replaced"):
            return self._change(filed, kind)
        if kind == "split" and not filed.coverage:
            return self._split(filed)
        payment = self.make(filed, kind)
        filed.denied = kind in decisions.DENIALS
        self.send([payment], filed.coverage, keep=filed)
        if kind == "forwarded":
            self._cross_over(filed)
        self._afterthoughts(filed, payment, kind)
        return None

    def _afterthoughts(self, filed: Filed, payment: ClaimPayment, kind: str) -> None:
        """What comes after a decision: a correction, a takeback, a second answer."""
        luck, temper = filed.luck, self.temper(filed.coverage)
        if kind == "pending":
            self.life.later(luck.days(10, 60), lambda: self.correct(filed, "paid"))
        elif luck.happens(temper.corrects) and kind != "not_ours":
            self.life.later(luck.days(1, 120), lambda: self.correct(filed, luck.weighted(decisions.SECOND_THOUGHTS)))
        elif luck.happens(temper.takes_back) and payment.paid_cents > 0:
            self.life.later(luck.days(20, 200), lambda: self.take_back(filed, payment))
        elif luck.happens(temper.contradicts):
            self.life.fault("answered twice, without a reversal")
            self.life.later(luck.days(1, 60), lambda: self._second_answer(filed))

    def _second_answer(self, filed: Filed) -> None:
        kind = filed.luck.weighted((("paid", 60), ("denied", 40)))
        payment = self.make(filed, kind)
        self.send([payment], filed.coverage, keep=filed)

    def _change(self, filed: Filed, kind: str) -> None:
        """A replacement or a void: what stood is reversed, and a replacement is decided anew."""
        known = self._referred(filed)
        if known is None or not known.standing:
            payment = self.make(filed, "no_original")
            self.send([payment], filed.coverage, keep=filed)
            return
        back = [papers.reversal(one) for one in known.standing]
        known.standing.clear()
        known.decided = True
        if kind == "void":
            self.send(back, filed.coverage)
            return
        payment = self.make(filed, filed.luck.weighted(decisions.SECOND_THOUGHTS))
        self.send([*back, payment], filed.coverage, keep=filed)

    def correct(self, filed: Filed, kind: str) -> None:
        """Reverses what stands and decides anew: in one remittance, in two, or in two in the wrong order."""
        if not filed.standing:
            return
        luck = filed.luck
        self.life.fault("reversed and corrected")
        bare = luck.happens(8)
        if bare:
            self.life.fault("reversal without a reason")
        back = [papers.reversal(one, bare=bare) for one in filed.standing]
        filed.standing.clear()
        payment = self.make(filed, kind)
        filed.denied = kind in decisions.DENIALS
        order = luck.weighted((("together", 60), ("apart", 25), ("backwards", 10), ("alone", 5)))
        if order == "together":
            self.send([*back, payment], filed.coverage, keep=filed)
        elif order == "apart":
            self.send(back, filed.coverage)
            self.life.later(luck.days(1, 25), lambda: self.send([payment], filed.coverage, keep=filed))
        elif order == "backwards":
            self.life.fault("correction before its reversal")
            self.send([payment], filed.coverage, keep=filed)
            self.life.later(luck.days(1, 10), lambda: self.send(back, filed.coverage))
        else:
            self.life.fault("reversal without a correction")
            self.send(back, filed.coverage)

    def take_back(self, filed: Filed, payment: ClaimPayment) -> None:
        """Recovers its money at the provider level; sometimes it reverses the payment too, before or after."""
        if payment not in filed.standing:
            return
        luck = filed.luck
        self.life.fault("money taken back (PLB)")
        recovery = ProviderAdjustment(reason="WO", reference=filed.icn, amount_cents=payment.paid_cents)
        put_off = recovery.model_copy(update={"amount_cents": -payment.paid_cents})
        how = luck.weighted((("alone", 50), ("with a reversal", 30), ("put off", 20)))
        if how == "alone":
            self.send([], filed.coverage, provider_level=(recovery,))
            return
        filed.standing.remove(payment)
        self.send([papers.reversal(payment)], filed.coverage, provider_level=(put_off,))
        if how == "put off":
            self.life.fault("recovery put off to a later remittance")
            self.life.later(luck.days(5, 40), lambda: self.send([], filed.coverage, provider_level=(recovery,)))

    def _split(self, filed: Filed) -> None:
        """The lines come back under two numbers, in two remittances."""
        self.life.fault("claim split by the payer")
        parts = decisions.split(filed, self.temper(filed.coverage), filed.luck)
        for i, part in enumerate(parts):
            wait = timedelta(0) if i == 0 else filed.luck.days(0, 12)
            self.life.later(wait, lambda part=part: self.send([part], filed.coverage, keep=filed))  # type: ignore[misc]

    def _cross_over(self, filed: Filed) -> None:
        """The next payer has it from the first one: it pays without being billed, or it never answers."""
        luck = filed.luck
        if luck.happens(12):
            self.life.fault("crossover never answered")
            return
        later = Filed(filed.submission, 1, f"X{filed.icn}", filed.claim, luck, self.life.today)
        self.files.append(later)

        def pay() -> None:
            later.decided = True
            prior = [x for x in filed.standing if x.status_code != "22"]
            if not prior:
                return
            self.send([self.make(later, "paid")], 1, keep=later)

        self.life.later(luck.days(8, 45), pay)

    def _ask_for_documents(self, filed: Filed) -> None:
        life, luck = self.life, filed.luck
        life.fault("documents asked for")
        filed.wants_documents = True
        code = luck.one_of(("R4:294", "P3:21", "R0:1"))
        line = papers.status(code, number=filed.claim.patient_control_number, icn=filed.icn, on=life.today)
        life.paper(papers.status_answer(line), life.fresh("277"))

        def give_up() -> None:
            if filed.wants_documents:
                filed.wants_documents = False
                self.decide(filed, "no_documents")

        life.later(timedelta(days=46), give_up)

    def _appealed(self) -> None:
        """An appeal reached the payer of the latest denial; the answer is a letter, the money comes by itself."""
        open_files = [x for x in self.files if x.denied]
        if not open_files:
            return
        filed = open_files[-1]
        level = max((a.level for a in self.life.claim.appeals), default=1)
        luck = self.life.chance.of(f"appeal/{filed.submission}/{level}")
        if luck.happens(10):
            self.life.fault("appeal never answered")
            return
        wins = luck.happens(self.temper(filed.coverage).overturns)

        def answer() -> None:
            self.life.say(
                AppealDecided,
                by="payer",
                outcome="overturned" if wins else luck.one_of(("upheld", "upheld", "dismissed")),
            )
            if wins:
                self.life.later(luck.days(5, 40), lambda: self.correct(filed, "paid"))

        self.life.later(luck.days(15, 80), answer)

    # what they send

    def send(
        self,
        payments: list[ClaimPayment],
        coverage: int,
        *,
        keep: Filed | None = None,
        counts: bool = True,
        provider_level: tuple[ProviderAdjustment, ...] = (),
    ) -> None:
        """One remittance; careless payers send it twice, under another envelope, or with our number garbled."""
        life = self.life
        self._traces += 1
        luck, temper = life.chance.of(f"remittance/{self._traces}"), self.temper(coverage)
        if keep is not None and counts:
            keep.standing += [one for one in payments if one.status_code not in ("22", "23")]
        if (
            keep is not None
            and payments
            and payments[-1].payer_claim_control_number
            and luck.happens(temper.contradicts)
        ):
            life.fault("our number garbled in a remittance")
            payments = [one.model_copy(update={"patient_control_number": "GARBLED"}) for one in payments]
        payer = life.claim.claim.coverages[coverage].payer.payer_id
        trace = f"T{life.visit.claim.patient_control_number}{self._traces}"
        paper = papers.remittance(payments, trace=trace, payer_id=payer, on=life.today, provider_level=provider_level)
        name = f"835 {trace}"
        life.paper(paper, name)
        if luck.happens(temper.repeats):
            life.fault("remittance repeated")
            other = luck.happens(60)
            life.later(
                luck.minutes(1, 40000),
                lambda: _nothing(life.paper(paper, f"{name} again" if other else name, 7 if other else 3)),
            )

    # questions

    def _coverage_asked(self, effect: CheckEligibility) -> None:
        life, luck = self.life, self.life.chance.of(f"eligibility/{effect.id}")
        said = luck.weighted(
            (("active", 88), ("inactive", 4), ("unknown", 3), ("later", 2), ("never", 2), ("fails", 1))
        )
        common = {"effect": effect.id}

        def answer(active: bool, *codes: str) -> None:
            rejections = tuple(EligibilityRejection(code=code) for code in codes)
            told = EligibilityAnswer(
                traces=(effect.question.trace,), active=active, inactive=not active and not codes, rejections=rejections
            )
            life.deliver(EligibilityAnswered(at=life.now, id=life.fresh("271"), answer=told, **common))

        wait = luck.minutes(1, 20)
        if said == "active":
            life.later(wait, lambda: answer(True))
            if luck.happens(3):
                life.fault("eligibility answered twice")
                life.later(wait + luck.minutes(1, 3000), lambda: answer(luck.happens(50)))
        elif said == "inactive":
            life.later(wait, lambda: answer(False))
        elif said == "unknown":
            life.later(wait, lambda: answer(False, luck.one_of(("72", "73", "75", "43"))))
        elif said == "later":
            life.fault("payer could not answer about eligibility")
            life.later(wait, lambda: answer(False, "42"))
            life.later(wait + luck.days(1, 4), lambda: answer(True))
        elif said == "fails":
            life.fault("eligibility check failed for good")
            life.later(
                wait,
                lambda: _nothing(
                    life.deliver(
                        EffectFailed(at=life.now, id=life.fresh("fail"), effect=effect.id, reason="carrier: 401")
                    )
                ),
            )
        else:
            life.fault("eligibility never answered")

    def _tell_status(self, effect: InquireStatus, luck: Stream) -> None:
        life = self.life
        coverage = min(life.claim.responsible, len(life.claim.claim.coverages) - 1)
        latest = life.claim.latest_submission
        mine = [x for x in self.files if x.coverage == coverage and latest and x.submission == latest.number]
        if luck.happens(4):
            life.fault("inquiry unanswered")
            life.deliver(
                StatusUnanswered(at=life.now, id=life.fresh("none"), effect=effect.id, reason="E2: try again later")
            )
            return
        if luck.happens(2):
            life.fault("inquiry lost")
            return
        icn = mine[-1].icn if mine else ""
        code = self._status_of(mine[-1] if mine else None, luck)
        if mine and mine[-1].asleep:
            mine[-1].asleep = False
            self._plan(mine[-1])
        line = papers.status(
            code, number=effect.question.patient_control_number, icn=icn, on=life.today, trace=effect.question.trace
        )
        life.paper(papers.status_answer(line), life.fresh("277"))

    def _status_of(self, filed: Filed | None, luck: Stream) -> str:
        if filed is None:
            return luck.one_of(("D0:35", "A4:35"))
        if filed.wants_documents:
            return "R4:294"
        if filed.decided:
            return "F2:1" if filed.denied else luck.one_of(("F1:65", "F0:1", "F4:1"))
        if luck.happens(3):
            self.life.fault("payer denies knowing a claim that it has")
            return "D0:35"
        return luck.one_of(("P1:20", "P2:3", "A2:20", "E1:0"))


def _nothing(_: object) -> None:
    """What came of it is the claim's affair."""
