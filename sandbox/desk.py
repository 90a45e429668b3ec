"""What payers do in their own time: 277CA, adjudication, letters, corrections. Each is a job that falls due.

Jobs run in the order in which they fall due, each in one transaction with what it writes, whenever anybody asks the
sandbox anything: nothing is visible before its time and nothing is lost by a restart.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sandbox.adjudicate import decide, duplicate, patient_cents
from sandbox.clock import stamp
from sandbox.model import Decision
from sandbox.money import share
from sandbox.outbox import Outbox
from sandbox.script import Script, fee_schedule
from sandbox.settings import Timing
from sandbox.store import ClaimOnFile, Job, Store
from sandbox.x12.remittance_835 import ClaimPayment, ProviderAdjustment
from sandbox.x12.status_277ca import Speaker, Verdict, ack_277ca

_ORDER = {"S": "2", "T": "3"}
"""CLP02 by the payer's place in SBR01; anything else is primary, 1."""


class Desk:
    """The payers' side."""

    def __init__(self, store: Store, scripts: dict[str, Script], timing: Timing) -> None:
        self._store, self._scripts, self._timing = store, scripts, timing
        self._outbox = Outbox(store, scripts, timing)

    def run_due(self, now: datetime) -> None:
        """Do everything that has fallen due. A job that can't be done raises once and is then set aside."""
        while (job := self._store.due(now)) is not None:
            try:
                with self._store.work():
                    self._do(job)
                    self._store.done(job)
            except Exception:
                self._store.set_aside(job)
                raise

    def _do(self, job: Job) -> None:
        what = job.what
        if job.kind == "payer_receives":
            self._receive(what["payer"], what["claims"], job.due)
        elif job.kind == "adjudicate":
            self._adjudicate([self._store.claim(id_) for id_ in what["claims"]], job.due)
        elif job.kind == "decide":
            self._decide_correspondence(what["claim"], what["correspondence"], what["level"], job.due)
        elif job.kind == "correct":
            self._correct(self._store.claim(what["claim"]), job.due)
        elif job.kind == "repeat":
            self._outbox.repeat(what["document"], job.due)
        elif job.kind == "crossover":
            self._hand_on(self._store.claim(what["claim"]), job.due)
        elif job.kind == "takeback":
            self._take_back(self._store.claim(what["claim"]), job.due)
        else:
            raise ValueError(f"no such job: {job.kind}")

    # Front end

    def _receive(self, payer: str, ids: Sequence[int], at: datetime) -> None:
        script = self._scripts[payer]
        verdicts: list[Verdict] = []
        accepted: list[int] = []
        received = [self._store.claim(id_) for id_ in ids]
        for on_file in received:
            verdict = self._verdict(script, on_file, at)
            verdicts.append(verdict)
            state = "accepted" if verdict.accepted else "rejected"
            self._store.update_claim(on_file.id, state=state, pccn=verdict.payer_claim_control_number)
            if verdict.accepted:
                accepted.append(on_file.id)
        speaker = Speaker("PR", script.name, script.payer)
        to = self._outbox.address(received[0])
        text = ack_277ca(speaker, verdicts, received[0].submission, to, self._store.next_number("control"), at)
        self._outbox.publish("277", text, received, at)
        if accepted and script.remittance.after == "payer_ack":
            self._store.schedule("adjudicate", at, self._timing.after("remittance"), claims=accepted)

    def _verdict(self, script: Script, on_file: ClaimOnFile, at: datetime) -> Verdict:
        claim = on_file.claim
        if not claim.subscriber.member_id.startswith(script.front_end.member_id_starts_with):
            return Verdict(claim, "A7", "164", "IL")
        if claim.frequency in ("7", "8"):
            named = claim.payer_claim_control_number
            if not named and self._earlier(on_file) is None:
                return Verdict(claim, "A6", "464")
            if named and self._original(on_file) is None:
                return Verdict(claim, "A7", "464")
        return Verdict(claim, "A2", "20", "PR", self._number(at))

    def _number(self, at: datetime) -> str:
        """A new payer claim control number."""
        return f"{at:%y%j}{self._store.nonce}{self._store.next_number('claim'):06d}"

    def _original(self, on_file: ClaimOnFile) -> ClaimOnFile | None:
        """The claim that a replacement or void names."""
        named = on_file.claim.payer_claim_control_number
        found = self._store.claims_by(pccn=named, payer=on_file.payer) if named else []
        return next((c for c in found if c.id < on_file.id), None)

    def _earlier(self, on_file: ClaimOnFile) -> ClaimOnFile | None:
        """The same claim, already on file: payer, provider, patient control number and charge agree."""
        claim = on_file.claim
        return next(
            (
                c
                for c in self._store.claims_by(pcn=claim.patient_control_number, payer=on_file.payer)
                if c.id < on_file.id
                and c.state in ("accepted", "adjudicated")
                and c.claim.charge_cents == claim.charge_cents
                and c.claim.billing.identifier == claim.billing.identifier
            ),
            None,
        )

    # Adjudication

    def _adjudicate(self, claims: Sequence[ClaimOnFile], at: datetime) -> None:
        for npi in dict.fromkeys(c.claim.billing.identifier for c in claims):
            mine = [c for c in claims if c.claim.billing.identifier == npi and c.state == "accepted"]
            payments = [payment for c in mine for payment in self._payments(self._store.claim(c.id), at)]
            if payments:
                self._outbox.pay(mine, payments, at)

    def _payments(self, on_file: ClaimOnFile, at: datetime) -> list[ClaimPayment]:
        if on_file.state != "accepted":
            return []  # replaced or voided before its turn came
        original = self._original(on_file) if on_file.claim.frequency in ("7", "8") else None
        payments: list[ClaimPayment] = []
        if original is not None:
            if original.state == "adjudicated" and original.decision is not None:
                payments.append(ClaimPayment(original.decision, "22"))
            voided = on_file.claim.frequency == "8"
            self._store.update_claim(original.id, state="voided" if voided else "replaced")
            if voided:
                self._store.update_claim(on_file.id, state="voided")
                return payments
        decision = self._decision(on_file, at, deny=True)
        if original is None and self._earlier(on_file) is not None:
            decision = duplicate(on_file.claim, on_file.payer_claim_control_number, _day(on_file.at), _day(at))
            self._store.update_claim(on_file.id, state="duplicate", decision=decision)
        else:
            unprocessable = any("MA130" in line.remarks for line in decision.lines)
            self._store.update_claim(
                on_file.id, state="rejected" if unprocessable else "adjudicated", decision=decision
            )
        return [*payments, self._payment(on_file, decision, at)]

    def _payment(self, on_file: ClaimOnFile, decision: Decision, at: datetime) -> ClaimPayment:
        """The payment of a decision, and what the payer's script has follow it."""
        script = self._scripts[on_file.payer]
        if script.takeback is not None:
            self._store.schedule("takeback", at, self._timing.after("takeback"), claim=on_file.id)
        order = _ORDER.get(on_file.claim.payer_order, "1")
        if script.crossover is None or order != "1" or decision.denied:
            return ClaimPayment(decision, order)
        self._store.schedule("crossover", at, self._timing.after("crossover"), claim=on_file.id)
        following = self._scripts[script.crossover.payer]
        return ClaimPayment(decision, "19", (following.name, following.payer))

    def _decision(self, on_file: ClaimOnFile, at: datetime, *, deny: bool) -> Decision:
        script, number = self._scripts[on_file.payer], on_file.payer_claim_control_number
        return decide(on_file.claim, script, fee_schedule(), number, _day(on_file.at), _day(at), deny=deny)

    # What follows a payment

    def _hand_on(self, on_file: ClaimOnFile, at: datetime) -> None:
        """The next payer gets the claim with what this one left to the patient. No provider submitted it."""
        script, decision = self._scripts[on_file.payer], on_file.decision
        if script.crossover is None or script.crossover.lost or decision is None:
            return
        lines = tuple(
            line.line.model_copy(update={"prior_patient_cents": patient_cents(line)}) for line in decision.lines
        )
        new = {
            "payer_id": script.crossover.payer,
            "payer_order": "S",
            "coordinated": True,
            "lines": lines,
            "set_control_number": "",
            "frequency": "1",
            "payer_claim_control_number": "",
        }
        id_ = self._store.add_claim(on_file.submission, on_file.claim.model_copy(update=new), at)
        self._store.update_claim(id_, state="accepted", pccn=self._number(at))
        self._store.schedule("adjudicate", at, self._timing.after("remittance"), claims=[id_])

    def _take_back(self, on_file: ClaimOnFile, at: datetime) -> None:
        script, decision = self._scripts[on_file.payer], on_file.decision
        if script.takeback is None or decision is None or on_file.state != "adjudicated":
            return
        money = share(decision.paid_cents, script.takeback.percent)
        wanted = ProviderAdjustment("WO", on_file.payer_claim_control_number, money)
        self._outbox.pay([on_file], [], at, recovered=wanted)

    # Correspondence

    def _decide_correspondence(self, id_: int, kind: str, level: int, at: datetime) -> None:
        on_file = self._store.claim(id_)
        script = self._scripts[on_file.payer]
        outcome = script.outcome("documents" if kind == "documents" else "appeal", level)
        letter = {
            "document": "letter",
            "extension": "claimline-sandbox",
            "kind": kind,
            "decision": outcome,
            "level": level,
            "patientControlNumber": on_file.claim.patient_control_number,
            "payerClaimControlNumber": on_file.payer_claim_control_number,
            "payerId": on_file.payer,
            "noticeDate": f"{at:%Y-%m-%d}",
            "writtenAt": stamp(at),
        }
        self._outbox.publish("letter", json.dumps(letter), [on_file], at, extension=True)
        if outcome == "overturned":
            self._store.schedule("correct", at, self._timing.after("correction"), claim=id_)

    def _correct(self, on_file: ClaimOnFile, at: datetime) -> None:
        """Reversal and correction in one 835, the reversal first."""
        if on_file.decision is None or on_file.state != "adjudicated":
            return
        corrected = self._decision(on_file, at, deny=False)
        self._store.update_claim(on_file.id, decision=corrected)
        order = _ORDER.get(on_file.claim.payer_order, "1")
        self._outbox.pay([on_file], [ClaimPayment(on_file.decision, "22"), ClaimPayment(corrected, order)], at)

    def after_inquiry(self, on_file: ClaimOnFile, now: datetime) -> None:
        """A payer that waited to be asked starts to work."""
        self._store.schedule("adjudicate", now, self._timing.after("after_inquiry"), claims=[on_file.id])


def _day(at: datetime) -> str:
    return f"{at:%Y%m%d}"
