"""The clearinghouse of the made-up world: takes claims, passes them on, acknowledges; loses, repeats, reorders, rejects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from claims.effects import AnyEffect, FindSubmission, TransmitClaim
from claims.events import (
    AnyEvent,
    ClaimTransmitted,
    EffectFailed,
    SubmissionFound,
    TransmissionRefused,
    TransmissionUnknown,
)
from claims.state import Step
from simulation import papers
from simulation.chance import Stream
from simulation.life import Life
from simulation.payer import Payers
from simulation.tempers import CLEARINGHOUSE, Clearinghouse

Papering = Callable[[str], object]
"""Lets a paper of this name arrive; a name heard before is the same file."""


class ClearinghouseOffice:
    """Everything between the practice's wire and the payers."""

    def __init__(self, life: Life, payers: Payers, temper: Clearinghouse = CLEARINGHOUSE) -> None:
        self.life, self.payers, self.temper = life, payers, temper
        self.took: set[int] = set()
        """Submissions that really arrived here, whatever the practice was told."""

    def heard(self, event: AnyEvent, taken: Step) -> None:
        """It hears of nothing but what is sent to it."""

    def asked(self, effect: AnyEffect) -> None:
        if isinstance(effect, TransmitClaim):
            luck = self.life.chance.of(f"clearinghouse/{effect.submission}")
            self.life.later(luck.minutes(1, 90), lambda: self.transmit(effect, luck))
        elif isinstance(effect, FindSubmission):
            luck = self.life.chance.of(f"look-up/{effect.submission}")
            self.life.later(luck.minutes(30, 3000), lambda: self.look_up(effect, luck))

    # transmission

    def transmit(self, effect: TransmitClaim, luck: Stream) -> None:
        """The claim leaves; what the practice hears of it is another matter."""
        life, number = self.life, effect.submission
        if not any(x.id == effect.id for x in life.claim.in_flight):
            return
        common = {"at": life.now, "id": f"{effect.id}/answer/{life.fresh('t')}", "effect": effect.id}
        if luck.happens(self.temper.fails):
            life.fault("transmission failed for good")
            life.deliver(EffectFailed.model_validate({**common, "reason": "carrier: 401"}))
            return
        if luck.happens(self.temper.refuses):
            life.fault("refused by clearinghouse edits")
            self.life.deliver(
                TransmissionRefused.model_validate({**common, "submission": number, "errors": ("2010BA NM109",)})
            )
            return
        if luck.happens(self.temper.unknown):
            life.fault("answer to a transmission lost")
            if luck.happens(self.temper.arrived_after_all):
                self.pass_on(effect, luck)
            life.deliver(TransmissionUnknown.model_validate({**common, "submission": number, "reason": "timeout"}))
            return
        event = ClaimTransmitted.model_validate(
            {**common, "submission": number, **numbers(number), "acknowledgements": ("999", "277CA")}
        )
        early = luck.rarely(30)
        if early:
            life.fault("acknowledgement before the answer")
            self.pass_on(effect, luck, soon=True)
            life.later(timedelta(hours=3), lambda: _ignore(life.deliver(event.model_copy(update={"at": life.now}))))
            return
        life.deliver(event)
        if luck.happens(2):
            life.fault("transmission answered twice")
            life.later(
                luck.minutes(1, 900),
                lambda: _ignore(life.deliver(event.model_copy(update={"at": life.now, "id": life.fresh("again")}))),
            )
        self.pass_on(effect, luck)

    def look_up(self, effect: FindSubmission, luck: Stream) -> None:
        """Whether it has the submission; now and then its own search finds nothing though it has."""
        found = effect.submission in self.took
        if found and luck.happens(10):
            self.life.fault("look-up finds nothing though it has the claim")
            found = False
        self.life.deliver(
            SubmissionFound(
                at=self.life.now,
                id=f"{effect.id}/answer",
                effect=effect.id,
                submission=effect.submission,
                found=found,
            )
        )

    # what follows

    def pass_on(self, effect: TransmitClaim, luck: Stream, *, soon: bool = False) -> None:
        """Acknowledges, rejects or loses the claim, and hands it to the payer."""
        self.took.add(effect.submission)
        life = self.life
        group = numbers(effect.submission)["group_control_number"]
        wait = timedelta(minutes=5) if soon else luck.minutes(20, 120)
        if luck.happens(self.temper.rejects):
            life.fault("rejected by the clearinghouse")
            if luck.happens(25):
                self.send(luck, wait, "999 R", lambda n: life.paper(papers.functional(group, "0001", "R"), n))
            else:
                self.send_277ca(luck, wait, effect, "AY", luck.one_of(("A3:21", "A7:500:IL", "A6:178", "A8:746")))
            return
        self.send(luck, wait, "999", lambda n: life.paper(papers.functional(group, "0001", "A"), n))
        first, second = wait + luck.minutes(10, 1500), wait + luck.minutes(1500, 5000)
        if luck.happens(self.temper.reorders):
            life.fault("acknowledgements out of order")
            first, second = second, first
        self.send_277ca(luck, first, effect, "AY", luck.one_of(("A1:19", "A2:20", "A0:20")))
        if luck.happens(self.temper.malformed):
            life.fault("status answer in a 277CA")
            self.send_277ca(luck, first, effect, "PR", "P1:20")
        if luck.happens(self.temper.loses_claim):
            life.fault("claim lost after acceptance by the clearinghouse")
            return
        if luck.happens(self.temper.payer_rejects):
            life.fault("rejected by the payer")
            self.send_277ca(luck, second, effect, "PR", luck.one_of(("A3:33", "A7:164:IL", "A8:562", "A4:35")))
            return
        icn = self.payers.number_of(effect)
        known = icn if luck.happens(70) else ""
        if luck.happens(40):
            self.send_277ca(luck, second, effect, "PR", "A1:19", icn=known)
        self.send_277ca(luck, second + luck.minutes(0, 2000), effect, "PR", "A2:20", icn=known)
        if luck.happens(self.temper.late_rejection):
            life.fault("late rejection after acceptance")
            self.send_277ca(luck, second + luck.days(2, 20), effect, luck.one_of(("AY", "PR")), "A7:500:IL")
        life.later(second, lambda: self.payers.arrives(effect))

    def send_277ca(
        self, luck: Stream, wait: timedelta, effect: TransmitClaim, sender: str, code: str, icn: str = ""
    ) -> None:
        life = self.life
        batch = numbers(effect.submission)["interchange_control_number"] if luck.happens(80) else ""

        def arrive(name: str) -> None:
            line = papers.status(
                code, number=effect.claim.patient_control_number, icn=icn, on=life.today if luck.happens(90) else None
            )
            life.paper(papers.acknowledgement(line, sender, batch), name)

        self.send(luck, wait, f"277CA {sender} {code}", arrive)

    def send(self, luck: Stream, wait: timedelta, what: str, arrive: Papering) -> None:
        """Lost, once, or twice (the second time in another file)."""
        life = self.life
        if luck.happens(self.temper.loses_ack):
            life.fault("acknowledgement lost")
            return
        name = life.fresh(what)
        life.later(wait, lambda: _ignore(arrive(name)))
        if luck.happens(self.temper.repeats_ack):
            life.fault("acknowledgement repeated")
            again = name if luck.happens(50) else life.fresh(what)
            life.later(wait + luck.minutes(1, 20000), lambda: _ignore(arrive(again)))


def _ignore(_: object) -> None:
    """What came of a paper is the claim's affair."""


def numbers(submission: int) -> dict[str, str]:
    """The control numbers that a submission travels under."""
    return {
        "interchange_control_number": f"{submission:09d}",
        "group_control_number": str(submission),
        "set_control_number": "0001",
    }
