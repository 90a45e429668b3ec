"""The patient's account and the patient: statements go out, are paid late, twice, in part, too much or never.

The account keeps the latest report of what she owes on this claim and asks for that, a day after the first and then every
thirty days; her bank returns a check now and then.
"""

from __future__ import annotations

from datetime import timedelta

from claims.effects import AnyEffect, ReportPatientBalance
from claims.events import AccountStanding, AnyEvent, EffectFailed, PatientBalanceReported, PatientPaid, StatementSent
from claims.state import Step
from simulation.life import Life

NOTICES = ("first", "reminder", "final")


class Account:
    """What a guarantor's account knows of the claim, and how she pays it."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.owed = 0
        self.sequence = -1
        self.statements = 0
        self._planned = False
        luck = life.chance.of("patient")
        if luck.happens(10):
            amount = luck.one_of((1000, 2500, 4000))
            life.later(luck.minutes(1, 60), lambda: self.pay(amount))

    def heard(self, event: AnyEvent, taken: Step) -> None:
        """It is told by effects alone."""

    def asked(self, effect: AnyEffect) -> None:
        if not isinstance(effect, ReportPatientBalance):
            return
        luck = self.life.chance.of(f"report/{effect.id}")
        if luck.rarely(10):
            self.life.fault("report to the patient's account failed for good")
            self.life.later(luck.minutes(1, 60), lambda: self._fails(effect))
            return
        self.life.later(luck.minutes(1, 60), lambda: self._take(effect))

    def _fails(self, effect: ReportPatientBalance) -> None:
        life = self.life
        life.deliver(EffectFailed(at=life.now, id=life.fresh("fail"), effect=effect.id, reason="account: gone"))

    def _take(self, effect: ReportPatientBalance) -> None:
        life = self.life
        if effect.balance.sequence > self.sequence:
            self.sequence, self.owed = effect.balance.sequence, effect.balance.amount_cents
        life.deliver(PatientBalanceReported(at=life.now, id=f"{effect.id}/answer/{life.fresh('a')}", effect=effect.id))
        if self.owed > 0 and not self._planned:
            self._planned = True
            life.later(timedelta(days=1), self._state)

    def _state(self) -> None:
        """A statement over what is owed now; the next one in thirty days, three in all."""
        life = self.life
        self._planned = False
        if self.owed <= 0 or self.statements >= len(NOTICES):
            if self.owed > 0:
                life.say(AccountStanding, by="account", standing="collections_review", until=None)
            return
        amount, notice = self.owed, NOTICES[self.statements]
        self.statements += 1
        life.say(StatementSent, by="account", document="e" * 64, amount_cents=amount, notice=notice)
        life.say(AccountStanding, by="account", standing=notice, until=life.now + timedelta(days=30))
        self._planned = True
        life.later(timedelta(days=30), self._state)
        self._will_pay(amount)

    def _will_pay(self, amount: int) -> None:
        life = self.life
        luck = life.chance.of(f"statement/{self.statements}")
        how = luck.weighted((("pays", 60), ("part", 12), ("never", 14), ("twice", 5), ("too much", 4), ("returned", 5)))
        if how == "never":
            life.fault("patient doesn't pay")
            return
        wait = luck.days(3, 60)
        if how == "part":
            life.fault("patient pays in parts")
            life.later(wait, lambda: self.pay(amount // 2))
            life.later(wait + luck.days(20, 60), lambda: self.pay(amount - amount // 2))
            return
        if how == "too much":
            life.fault("patient pays too much")
        life.later(wait, lambda: self.pay(amount + (2500 if how == "too much" else 0)))
        if how == "twice":
            life.fault("patient pays twice")
            life.later(wait + luck.days(1, 30), lambda: self.pay(amount))
        elif how == "returned":
            life.fault("check returned")
            life.later(wait + luck.days(2, 12), lambda: self.pay(-amount))

    def pay(self, amount: int) -> None:
        """Cents; less than nothing where her bank takes it back."""
        if amount:
            self.life.say(PatientPaid, by="patient", amount_cents=amount, method="check")
