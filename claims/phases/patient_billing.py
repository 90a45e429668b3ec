"""What the patient's account tells a claim: what was sent, where the account stands, what she paid."""

from __future__ import annotations

from datetime import timedelta

from claims import patient_balance
from claims.deadlines import START_OF_BUSINESS, at_local, local_day, next_business_day
from claims.draft import Draft, Refused
from claims.events import AccountStanding, PatientBalanceReported, PatientBillingAllowed, PatientPaid, StatementSent
from claims.money import dollars
from claims.patient_balance import DECIDED
from claims.phases import settling
from claims.posting import patients_net
from claims.state import PatientPayment
from claims.status import Status as S

LATE = timedelta(days=7)
"""How long after the account's own next date a claim waits before a person looks at the account."""


def on_patient_balance_reported(d: Draft, event: PatientBalanceReported) -> None:
    """The account has it; the patient is asked once its statement is out."""
    d.answered(event.effect)


def on_statement_sent(d: Draft, event: StatementSent) -> None:
    d.answered(event.effect)
    d.set(statements=d.state.statements + 1)
    d.close_tasks("collect_patient_balance")
    if _billed(d):
        d.arm("statement", "account_watch")


def on_account_standing(d: Draft, event: AccountStanding) -> None:
    """The account says where it stands and when it acts next; until a week after that nobody has to look."""
    d.set(account_standing=event.standing)
    if not _billed(d):
        return
    d.close_tasks("collect_patient_balance")
    d.arm("statement", "account_watch")
    if event.until is not None:
        watch = next(x for x in d.state.deadlines if x.kind == "statement")
        day = next_business_day(local_day(event.until + LATE, d.state.zone), d.tables.holidays)
        due = max(at_local(day, START_OF_BUSINESS, d.state.zone), d.now)
        rule = f"a week after the account's next date ({local_day(event.until, d.state.zone).isoformat()})"
        d.put_deadline(watch.model_copy(update={"due": due, "rule": rule}))


def _billed(d: Draft) -> bool:
    """Whether the patient is the one who is asked; the claim then says so."""
    if d.state.status not in DECIDED or d.state.status in (S.OVERPAYMENT_REVIEW, S.REFUND_PENDING):
        return False
    if patient_balance.patient_balance(d.state, d.tables).amount_cents <= 0:
        return False
    d.move(S.PATIENT_BILLING)
    return True


def on_patient_paid(d: Draft, event: PatientPaid) -> None:
    if event.amount_cents == 0:
        raise Refused("a payment of nothing")
    paid = patients_net(d.state)
    if paid + event.amount_cents < 0:
        raise Refused(f"more is returned than was paid ({dollars(paid)})")
    payment = PatientPayment(
        key=event.id, amount_cents=event.amount_cents, at=event.at, method=event.method, reference=event.reference
    )
    d.set(patient_payments=(*d.state.patient_payments, payment))
    void = d.state.void
    settling.reopen(d)
    d.set(void=void)
    settling.settle(d)


def on_patient_billing_allowed(d: Draft, event: PatientBillingAllowed) -> None:
    """A named person looked at a share that contradicts itself, and it is the patient's after all."""
    if not event.by:
        raise Refused("billing this share needs the name of the person who decides it")
    if not event.reason.strip():
        raise Refused("billing this share needs a reason: a signed consent, a corrected remittance, ...")
    found = patient_balance.patient_balance(d.state, d.tables)
    if found.protected:
        raise Refused(f"nobody may bill it: {found.why}")
    if not found.contradictory:
        raise Refused("nothing of what the patient owes waits for a person's word")
    d.set(patient_released_by=event.by)
    d.close_tasks("review_payment", category="patient")
    settling.settle(d)
