"""It is the patient's turn: her account is told what she owes, once for every change; the claim asks her for nothing itself."""

from __future__ import annotations

from claims import patient_balance
from claims.draft import Draft
from claims.effects import ReportPatientBalance
from claims.memo import money_of
from claims.money import dollars
from claims.posting import Ledger, ledger
from claims.state import Reported
from claims.status import Status as S


def bill_patient(d: Draft, balance: Ledger) -> None:
    """The patient is next: her account hears of it with this step (`tell_account`), unless something stands in the way."""
    found = patient_balance.patient_balance(d.state, d.tables, balance)
    if found.protected:
        d.open_task("review_write_off", "biller", found.why, category="protected")
        return
    if d.state.holds:
        d.open_task("review_hold", "supervisor", "a hold stops the patient's statement")
        return
    if found.contradictory:
        what = f"{dollars(found.withheld_cents)}: {found.why}"
        d.open_task("review_payment", "biller", what, category="patient")
    if found.amount_cents <= 0:
        return
    if d.state.statements:
        d.move(S.PATIENT_BILLING)
    if not any(x.kind == "statement" for x in d.state.deadlines):
        d.arm("statement", "account_watch")


def tell_account(d: Draft) -> None:
    """Whatever a step changed in what the patient owes, her account is told, once for each change.

    A claim that never asked its patient for anything tells nothing, so a clean claim costs nothing here. Only the newest
    report is waited for: what it says holds, whatever became of those before it.
    """
    known = d.state.reported
    if known is not None and d.before.reported is known and _same_debt(d):
        return
    if known is None and not d.state.payments and d.state.coverage != "self_pay":
        return
    money = ledger(d.state, d.tables)
    if known is None and money.patient <= 0:
        return
    balance = patient_balance.claim_balance(d.state, d.tables, money)
    if known is None and balance.amount_cents <= 0:
        return
    made = Reported(
        amount_cents=balance.amount_cents,
        withheld_cents=balance.withheld_cents,
        digest=patient_balance.digest(balance),
    )
    if made == known:
        return
    decided, _ = patient_balance.last_decision(d.state, d.tables)
    claim, book = d.state.claim, d.state.payer_rules
    d.set(reported=made)
    if known is not None and known.amount_cents <= 0 < made.amount_cents:
        # The account asks for it from today on: what was armed for an earlier balance would ring too early.
        d.arm("statement", "account_watch")
    d.forget("report_patient_balance")
    d.ask(
        ReportPatientBalance(
            id=d.next_effect_id("balance"),
            account=d.state.account,
            balance=balance,
            debtor=patient_balance.debtor(claim),
            creditor=patient_balance.creditor(claim),
            rules=patient_balance.account_rules(book[max(decided, 0)]),
            zone=d.state.zone,
            tables_version=d.state.tables_version,
        )
    )


def _same_debt(d: Draft) -> bool:
    """Whether nothing changed that what the patient owes, or may be asked for, depends on."""
    before, now = d.before, d.state
    if (before.status, before.holds) != (now.status, now.holds):
        return False
    if patient_balance.awaits_correction(before) != patient_balance.awaits_correction(now):
        return False
    return all(one is other for one, other in zip(money_of(before), money_of(now), strict=True))
