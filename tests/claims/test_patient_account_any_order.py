"""What must hold of every account, over random events and messages that arrive late, twice and in any order."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import events as e
from claims.account_book import AccountBook, AccountRecord
from claims.accounts import clock
from claims.accounts.effects import LayOutStatement
from claims.accounts.state import AccountState
from claims.deadlines import due_event
from claims.effects import ReportPatientBalance
from claims.lifecycle import step
from claims.patient_account import account_step
from claims.patient_balance import patient_balance
from claims.state import ClaimState
from tests.claims.kit import (
    DEDUCTIBLE,
    DENIED,
    PAID,
    SHARED,
    TABLES,
    ZONE,
    claim,
    life,
    payment,
    remittance,
    reversed_of,
)

PRACTICE, GUARANTOR = "npi-1999999984", "g1"
BALANCE_BILL = payment(7000, "PR-45:3500", "PR-1:2000", remarks=("N830",))
QMB = payment(7000, "CO-45:3500", "PR-2:2000", remarks=("N782",))
LATE = payment(0, "PR-29:12500")
CHANGED = payment(6000, "CO-45:3500", "PR-1:3000", icn="ICN1")
DECISIONS = (
    SHARED,
    DEDUCTIBLE,
    PAID,
    DENIED,
    BALANCE_BILL,
    QMB,
    LATE,
    CHANGED,
    reversed_of(SHARED),
    reversed_of(CHANGED),
)


def accepted(number: int) -> ClaimState:
    """The same visit, accepted, as claim c1 to c3."""
    state = life(claim(number=f"LK{number}")).accepted().state
    return state.model_copy(update={"claim_id": f"c{number}", "guarantor": GUARANTOR})


STARTS = tuple(accepted(number) for number in (1, 2, 3))
ACCOUNT_MESSAGES: tuple[tuple[str, dict[str, Any]], ...] = (
    *(("account_pay", {"amount_cents": n, "by": "desk-1"}) for n in (500, 2000, 9000)),
    ("account_pay", {"amount_cents": 2000, "claim": "LK2", "by": "desk-1"}),
    *(("account_pay", {"amount_cents": -n, "by": "desk-1"}) for n in (500, 2000)),
    ("account_hold", {"kind": "dispute", "reason": "r", "claim": "LK1", "by": "b"}),
    ("account_hold", {"kind": "bankruptcy", "reason": "r", "by": "b"}),
    ("account_release", {"by": "b"}),
    ("plan", {"count": 3, "first": "2026-06-01", "by": "b"}),
    ("end_plan", {"reason": "r", "by": "b"}),
    ("pause_statements", {"by": "b"}),
    ("resume_statements", {"by": "b"}),
    ("collections", {"hand_over": True, "by": "s"}),
    ("collections", {"hand_over": False, "by": "s"}),
    ("account_task", {"task": "small_balance", "by": "b"}),
)
CLAIM_EVENTS: tuple[tuple[type[Any], dict[str, Any]], ...] = (
    (e.PatientPaid, {"amount_cents": 2000}),
    (e.PatientPaid, {"amount_cents": -2000}),
    (e.WrittenOff, {"amount_cents": 500, "reason": "small balance", "bucket": "patient"}),
    (e.HoldPlaced, {"hold": "dispute", "reason": "r"}),
    (e.HoldReleased, {"hold": None}),
    (e.RemedyChosen, {"remedy": "bill_patient"}),
    (e.PatientBillingAllowed, {"reason": "consent is signed"}),
)


class Mess:
    """Three claims and their account, with a bag of messages between them that arrive when they are drawn."""

    def __init__(self) -> None:
        self.claims = {one.claim_id: one for one in STARTS}
        self.book = AccountBook(TABLES, self._told)
        self.now = max(one.changed_at for one in STARTS)
        self.bag: list[tuple[str, Any]] = []
        self.count = 0
        self.records: list[AccountRecord] = []
        self.mailed: list[tuple[tuple[str, str], e.AnyEvent]] = []

    def _told(self, record: AccountRecord) -> None:
        self.records.append(record)

    @property
    def account(self) -> AccountState | None:
        return self.book.accounts.get((PRACTICE, GUARANTOR))

    def claim_event(self, claim_id: str, event: e.AnyEvent) -> None:
        taken = step(self.claims[claim_id], event, TABLES)
        self.claims[claim_id] = taken.state
        for effect in taken.effects:
            if isinstance(effect, ReportPatientBalance):
                never_contractual(taken.state, effect)
                self.bag.append(("report", effect))
                self.bag.append(("told", (claim_id, effect.id)))

    def mail(self, mail: list[tuple[tuple[str, str], e.AnyEvent]]) -> None:
        self.mailed += mail
        self.bag += [("mail", one) for one in mail]

    def draw(self, place: int, *, keep: bool = False) -> None:
        """A message arrives; kept, it arrives again some day."""
        if not self.bag:
            return
        place %= len(self.bag)
        kind, what = self.bag[place]
        if kind == "mail":  # one claim's mail keeps its order; what it had may come again
            place = next(n for n, (k, w) in enumerate(self.bag) if k == "mail" and w[0] == what[0])
            kind, what = self.bag[place]
        if not keep:
            self.bag.pop(place)
        self.count += 1
        if kind == "report":
            self.mail(self.book.report(PRACTICE, what, self.now))
        elif kind == "told":
            event = e.PatientBalanceReported(at=self.now, id=f"told/{self.count}", effect=what[1])
            self.claim_event(what[0], event)
        else:
            (_, claim_id), event = what
            self.claim_event(claim_id, event.model_copy(update={"at": self.now}))

    def pass_time(self, days: int) -> None:
        end = self.now + timedelta(days=days)
        for _ in range(500):
            nexts = [
                (d.due, "", key)
                for key, s in self.claims.items()
                if (d := min(s.deadlines, key=lambda x: x.due, default=None)) and d.due <= end
            ]
            due = self.book.next_due(end)
            if due is not None and (not nexts or due[0] <= min(nexts)[0]):
                self.now = max(self.now, due[0])
                self.mail(self.book.pass_due(due[1], self.now))
            elif nexts:
                key = min(nexts)[2]
                self.now = max(self.now, min(nexts)[0])
                event = due_event(self.claims[key], self.now)
                assert event is not None
                self.claim_event(key, event)
            else:
                break
            self.watched()
        else:
            raise AssertionError("something is due for ever")
        self.now = end

    def watched(self) -> None:
        """No balance without a deadline or a task; the money of every payment is somewhere."""
        account = self.account
        if account is None:
            return
        if account.balance_cents or account.credit_cents:
            assert account.deadlines or account.tasks or account.in_flight
        for one in account.payments:
            assert one.amount_cents == sum(part.amount_cents for part in one.allocations) + one.credit_cents
        kept = sum(one.credit_cents for one in account.payments)
        assert account.credit_cents == kept
        for entry in clock.askable(account):
            assert account.owed_cents(entry) <= entry.balance.amount_cents + abs(account.pending_cents(entry))
        for sent in account.statements:
            assert sent.amount_cents > 0
            assert 9 <= sent.on.astimezone(ZoneInfo(ZONE)).hour < 21


def never_contractual(state: ClaimState, effect: ReportPatientBalance) -> None:
    """At most what payers assigned to the patient (PR), whatever else their remittances say."""
    assigned = sum(
        a.amount_cents for p in state.payments for a in p.payment.adjustments if a.group == "PR" and a.amount_cents > 0
    )
    assert effect.balance.amount_cents <= assigned


def play(order: bytes) -> Mess:
    mess = Mess()
    for number, byte in enumerate(order):
        claim_id = f"c{byte % 3 + 1}"
        kind, choice = byte % 5, byte // 5
        mess.now += timedelta(hours=5)
        if kind == 0:
            given = DECISIONS[choice % len(DECISIONS)].model_copy(update={"patient_control_number": f"LK{claim_id[1]}"})
            mess.claim_event(claim_id, remittance(given, trace=f"T{number % 4}", at=mess.now))
        elif kind == 1:
            made, fields = CLAIM_EVENTS[choice % len(CLAIM_EVENTS)]
            mess.claim_event(claim_id, made(at=mess.now, id=f"e{number}", by="person-1", **fields))
        elif kind == 2 and mess.account is not None:
            name, body = ACCOUNT_MESSAGES[choice % len(ACCOUNT_MESSAGES)]
            mess.mail(mess.book.message((PRACTICE, GUARANTOR), name, body, at=mess.now))
        elif kind == 3:
            mess.pass_time((1, 10, 35, 125)[choice % 4])
        else:
            mess.draw(choice, keep=choice % 3 == 0)
        mess.watched()
    while mess.bag:
        mess.draw(0)
        mess.watched()
    return mess


@settings(
    max_examples=1500,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.binary(min_size=3, max_size=14))
def test_an_account_owes_what_its_claims_say_their_patient_owes(order: bytes) -> None:
    mess = play(order)
    told = {claim_id: s for claim_id, s in mess.claims.items() if s.reported is not None}
    asked = {claim_id: patient_balance(s, TABLES) for claim_id, s in told.items()}
    account = mess.account
    assert (account is None) == (not told)
    if account is None:
        return
    assert {entry.claim_id: account.owed_cents(entry) for entry in account.entries} == {
        claim_id: one.amount_cents for claim_id, one in asked.items()
    }
    assert account.withheld_cents == sum(one.withheld_cents for one in asked.values())


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(st.binary(min_size=3, max_size=14))
def test_every_message_of_an_account_may_come_twice(order: bytes) -> None:
    """The same event again changes nothing, not even the number of steps."""
    account = play(order).account
    if account is None:
        return
    for identity in account.seen[-5:]:
        again = account_step(account, _note(identity), TABLES)
        assert again.duplicate
        assert again.state == account


def _note(identity: str) -> Any:
    from claims.accounts.events import AccountNoted

    return AccountNoted(at=datetime(2030, 1, 1, tzinfo=UTC), id=identity, text="anything")


def test_no_contractual_amount_is_on_any_statement() -> None:
    """CO-45 of 35.00 and CO-50 of 125.00 are asked of nobody; PR-29 waits for a person; the QMB's share isn't hers."""
    for decision, asked in ((SHARED, 2000), (DENIED, 0), (LATE, 0), (QMB, 0), (BALANCE_BILL, 2000), (PAID, 0)):
        mess = Mess()
        mess.claim_event("c1", remittance(decision, at=mess.now))
        while mess.bag:
            mess.draw(0)
        mess.pass_time(130)
        sent = mess.account.statements if mess.account else ()
        assert [one.amount_cents for one in sent] == [asked] * (3 if asked else 0)


def test_statements_are_counted_for_each_claim() -> None:
    """Three to each claim, never a second first one over the same balance."""
    mess = Mess()
    for claim_id in ("c1", "c2"):
        mess.claim_event(claim_id, remittance(SHARED, at=mess.now))
        while mess.bag:
            mess.draw(0)
        mess.pass_time(45)
    mess.pass_time(200)
    heard = Counter((key[1], x.notice) for key, x in mess.mailed if isinstance(x, e.StatementSent))
    first_ones = {(c, n): heard[c, n] for c in ("c1", "c2") for n in ("first", "reminder")}
    assert set(first_ones.values()) == {1}
    assert heard["c1", "final"] >= 1


def test_a_statement_that_changed_before_it_left_never_counts() -> None:
    """What is laid out and what is owed differ: it is laid out again over what is owed now."""
    from claims.accounts.events import AccountDeadlinePassed, AccountPaid, StatementLaidOut

    mess = Mess()
    mess.claim_event("c1", remittance(SHARED, at=mess.now))
    while mess.bag:
        mess.draw(0)
    account = mess.account
    assert account is not None
    due = next(x for x in account.deadlines if x.kind == "statement")
    taken = account_step(account, AccountDeadlinePassed(at=due.due, id="due", deadline=due.id), TABLES)
    (asked,) = taken.effects
    assert isinstance(asked, LayOutStatement)
    paid = account_step(taken.state, AccountPaid(at=due.due, id="p1", by="desk-1", amount_cents=500), TABLES)
    late = account_step(paid.state, StatementLaidOut(at=due.due, id="s1", effect=asked.id, document="d"), TABLES)
    assert not late.state.statements
    assert "what is owed changed" in late.state.notes[-1].text
    again = next(x for x in late.state.deadlines if x.kind == "statement")
    assert again.due == due.due
    night = account_step(
        taken.state, StatementLaidOut(at=due.due + timedelta(hours=13), id="s2", effect=asked.id), TABLES
    )
    assert not night.state.statements  # ready at ten in the evening
    assert next(x for x in night.state.deadlines if x.kind == "statement").due == due.due + timedelta(days=1)
