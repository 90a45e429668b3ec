"""The rules that must never break, over random orders of events; a failing order shrinks to its shortest."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import events as e
from claims.claim import Adjustment
from claims.credits import owed_to
from claims.deadlines import due_event
from claims.documents import ClaimPayment, EligibilityAnswer
from claims.lifecycle import step
from claims.posting import ledger
from claims.state import ClaimState
from tests.claims.kit import (
    CHARGE,
    DEDUCTIBLE,
    DENIED,
    FORWARDED,
    FROM_SECOND,
    PAID,
    PARTIAL,
    SHARED,
    TABLES,
    WAYS,
    claim,
    life,
    payment,
    remittance,
    reversed_of,
    status_line,
    two_payers,
)
from tests.claims.laws import check

ORDERS = 10_000
QUICK = settings(
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

STARTS = {name: way().state for name, way in WAYS.items()} | {
    "two payers": life(two_payers()).accepted().state,
    "replacement without a number": life(claim(frequency="7")).covered().state,
}
START_NAMES = sorted(STARTS)
PAYMENTS = (
    PAID,
    SHARED,
    DENIED,
    PARTIAL,
    DEDUCTIBLE,
    FORWARDED,
    FROM_SECOND,
    reversed_of(PAID),
    reversed_of(SHARED),
    reversed_of(DENIED),
    payment(0, "CO-4:12500", remarks=("MA130",)),
    payment(0, "PR-31:12500", status="4"),
    payment(0, "OA-133:12500"),
    payment(12500, status="23"),
    payment(9000, "CO-45:3500", status="25"),
)
REMEDIES = (
    "correct_and_replace",
    "new_original",
    "void",
    "appeal",
    "send_documents",
    "bill_other_payer",
    "bill_patient",
)
ACKS = ("A0:20", "A1:19", "A2:20", "A3:21", "A5:19", "A7:500:85", "P1:20")
ANSWERS = ("P1:20", "P3:1", "F1:65", "D0:35", "A2:20", "A7:1", "E1:0")

Fields = dict[str, Any]
Act = Callable[[ClaimState], tuple[type[Any], Fields]]


def _flying(state: ClaimState, kind: str) -> str:
    return next((x.id for x in state.in_flight if x.kind == kind), "")


def _last(state: ClaimState) -> int:
    return len(state.submissions)


def _pay(one: ClaimPayment, trace: str, day: int, payer: str) -> Act:
    return lambda s: (
        e.RemittanceReceived,
        {
            "document": "d",
            "trace_number": trace,
            "payer_id": payer,
            "paid_on": date(2026, 3, day),
            "payment": one,
        },
    )


def _refund(to: str, part: int) -> Act:
    return lambda s: (
        e.RefundRequested,
        {"to": to, "amount_cents": max(owed_to(s, TABLES, to, 0), 0) // part, "reason": "too much"},  # type: ignore[arg-type]
    )


MONEY_BACK: list[Act] = [
    *(_refund(to, part) for to in ("patient", "payer") for part in (1, 2)),
    lambda s: (e.RefundRequested, {"to": "payer", "amount_cents": 100, "reason": "more than is owed"}),
    lambda s: (e.RefundSent, {"reference": "CHK-1"}),
    lambda s: (e.RefundSent, {"reference": "CHK-2", "refund": s.refunds[-1].key if s.refunds else "none"}),
    lambda s: (e.RefundReverted, {"reason": "came back"}),
    lambda s: (e.OverpaymentIdentified, {"amount_cents": 3000, "reason": "audit"}),
    lambda s: (e.OverpaymentInvestigated, {}),
    lambda s: (e.OverpaymentInvestigated, {"ended": True}),
    lambda s: (e.RefundDemanded, {"amount_cents": 2000, "reference": "AR-1"}),
    *(lambda s, a=a: (e.DemandAnswered, {"answer": a, "reason": "r"}) for a in ("accept", "dispute", "withdrawn")),  # type: ignore[misc]
    lambda s: (
        e.TakebackReceived,
        {"document": "d", "trace_number": "T6", "reason": "WO", "reference": "ICN1", "amount_cents": 3000},
    ),
    lambda s: (
        e.TakebackReceived,
        {"document": "d", "trace_number": "T7", "reason": "72", "reference": "ICN1", "amount_cents": -3000},
    ),
    lambda s: (e.PaymentAccepted, {"reason": "r"}),
]
"""What people and payers do about money that has to go back."""

ACTS: list[Act] = [
    lambda s: (
        e.EligibilityAnswered,
        {"effect": _flying(s, "check_eligibility"), "answer": EligibilityAnswer(active=True)},
    ),
    lambda s: (e.EligibilityAnswered, {"answer": EligibilityAnswer(active=False)}),
    lambda s: (e.EligibilityOverridden, {}),
    lambda s: (e.EligibilityOverridden, {"self_pay": True}),
    lambda s: (e.ClaimCoded, {"claim": s.claim}),
    lambda s: (e.ClaimCorrected, {"claim": s.claim}),
    lambda s: (e.ClaimScrubbed, {"effect": _flying(s, "scrub_claim"), "version": s.claim_version}),
    lambda s: (e.ClaimScrubbed, {"effect": _flying(s, "scrub_claim"), "version": s.claim_version}),
    lambda s: (
        e.ClaimTransmitted,
        {
            "effect": _flying(s, "transmit_claim"),
            "submission": _last(s),
            "interchange_control_number": str(_last(s)),
            "acknowledgements": ("999", "277CA"),
        },
    ),
    lambda s: (e.TransmissionRefused, {"submission": _last(s), "errors": ("33",)}),
    lambda s: (
        e.TransmissionUnknown,
        {"effect": _flying(s, "transmit_claim"), "submission": _last(s), "reason": "timeout"},
    ),
    *(
        lambda s, found=found: (  # type: ignore[misc]
            e.SubmissionFound,
            {"effect": _flying(s, "find_submission"), "submission": _last(s), "found": found},
        )
        for found in (True, False)
    ),
    *(
        lambda s, good=good, first=first: (  # type: ignore[misc]
            e.SubmissionAcknowledged,
            {"document": "d", "source": "999", "submission": 1 if first else _last(s), "accepted": good},
        )
        for good in (True, False)
        for first in (True, False)
    ),
    *(
        lambda s, code=code, sender=sender, number=number: (  # type: ignore[misc]
            e.ClaimAcknowledged,
            {"document": "d", "sender": sender, "status": status_line(code, icn="ICN1"), "submission": number},
        )
        for code in ACKS
        for sender in ("AY", "PR")
        for number in (0, 1)
    ),
    *(
        lambda s, code=code: (  # type: ignore[misc]
            e.StatusReported,
            {"effect": _flying(s, "inquire_status"), "status": status_line(code)},
        )
        for code in ANSWERS
    ),
    lambda s: (e.StatusUnanswered, {"effect": _flying(s, "inquire_status"), "reason": "none"}),
    *(_pay(one, f"T{i % 3}", 20 + i % 4, "PAYER2" if one is FROM_SECOND else "") for i, one in enumerate(PAYMENTS)),
    *(_pay(one, "T1", 20, "PAYER1") for one in (PAID, SHARED, DENIED)),
    *(
        lambda s, n=n: (  # type: ignore[misc]
            e.TakebackReceived,
            {"document": "d", "trace_number": "T5", "reason": "WO", "reference": "ICN1", "amount_cents": n},
        )
        for n in (9000, 1000)
    ),
    *(lambda s, n=n: (e.PatientPaid, {"amount_cents": n}) for n in (2000, 12500, -2000)),  # type: ignore[misc]
    lambda s: (e.StatementSent, {"effect": _flying(s, "report_patient_balance"), "amount_cents": 2000}),
    *(
        lambda s, bucket=bucket, part=part: (  # type: ignore[misc]
            e.WrittenOff,
            {"amount_cents": max(getattr(ledger(s, TABLES), bucket), 0) // part, "reason": "r", "bucket": bucket},
        )
        for bucket in ("open", "patient")
        for part in (1, 3)
    ),
    lambda s: (e.WriteOffReverted, {"write_off": ""}),
    *MONEY_BACK,
    *(lambda s, r=r: (e.RemedyChosen, {"remedy": r}) for r in REMEDIES),  # type: ignore[misc]
    lambda s: (e.AppealRequested, {"reason": "records"}),
    lambda s: (e.AppealSent, {"effect": _flying(s, "send_appeal"), "level": 0}),
    *(lambda s, o=o: (e.AppealDecided, {"outcome": o}) for o in ("upheld", "overturned", "partially_overturned")),  # type: ignore[misc]
    lambda s: (e.DocumentsSent, {"confirmation": "F1"}),
    *(lambda s, o=o: (e.DocumentsReviewed, {"outcome": o}) for o in ("upheld", "overturned")),  # type: ignore[misc]
    lambda s: (e.DocumentsChosen, {"documents": ("d" * 64,)}),
    lambda s: (e.DocumentsSent, {"effect": _flying(s, "send_documents"), "confirmation": ""}),
    lambda s: (e.AppealSent, {"level": 0, "mailed_on": date(2026, 3, 4)}),
    lambda s: (e.AppealRequested, {"party": "member"}),
    lambda s: (e.TaskWorked, {"task": s.tasks[-1].id if s.tasks else "", "action": "pend", "by": "b"}),
    lambda s: (e.TaskWorked, {"task": s.tasks[-1].id if s.tasks else "", "action": "resolve_and_resubmit", "by": "b"}),
    lambda s: (e.ApprovalDecided, {"approved": True, "by": "boss"}),
    lambda s: (e.ApprovalDecided, {"approved": True, "by": "boss"}),
    lambda s: (e.ApprovalDecided, {"approved": False, "by": "boss"}),
    lambda s: (e.HoldPlaced, {"hold": "legal", "reason": "r"}),
    lambda s: (e.HoldReleased, {}),
    lambda s: (e.NoteAdded, {"text": "spoke with the payer"}),
    lambda s: (e.VoidRequested, {"reason": "r"}),
    lambda s: (e.SubmitRequested, {}),
    lambda s: (e.StatusInquiryRequested, {}),
    lambda s: (e.TaskWorked, {"task": s.tasks[-1].id if s.tasks else "", "action": "resolve"}),
    *(lambda s, a=a: (e.Recovered, {"action": a}) for a in ("retry", "skip", "abandon")),  # type: ignore[misc]
    lambda s: (e.EffectFailed, {"effect": s.in_flight[-1].id if s.in_flight else "", "reason": "HTTP 500"}),
    lambda s: (e.EffectFailed, {"effect": s.in_flight[0].id if s.in_flight else "", "reason": "HTTP 500"}),
    lambda s: (e.ClosingRequested, {}),
    lambda s: (e.ClosingRequested, {"reopen": True}),
    lambda s: (e.UpstreamReplacementReceived, {"claim": s.claim.model_copy(update={"frequency": "7"})}),
    lambda s: (e.UpstreamReplacementReceived, {"claim": s.claim.model_copy(update={"frequency": "8"})}),
    lambda s: (e.ClaimArchived, {}),
]
WAITS = (2, 16, 35, 70, 400)


def run(order: bytes) -> ClaimState:
    """The first byte picks where the claim stands, each other one what happens next or how long nothing does."""
    state = STARTS[START_NAMES[order[0] % len(STARTS)]]
    now = state.changed_at
    for number, byte in enumerate(order[1:]):
        choice = byte % (len(ACTS) + len(WAITS))
        if choice < len(ACTS):
            kind, fields = ACTS[choice](state)
            now += timedelta(hours=3)
            event = kind(**{"at": now, "id": f"e{number}", "by": "person-1", **fields})
            taken = step(state, event, TABLES)
            check(state, event, taken)
            state = taken.state
            continue
        now += timedelta(days=WAITS[choice - len(ACTS)])
        for _ in range(100):
            passing = due_event(state, now)
            if passing is None:
                break
            taken = step(state, passing, TABLES)
            check(state, passing, taken)
            state = taken.state
        else:
            raise AssertionError("a deadline is due for ever")
    return state


PAID_STARTS = [STARTS[name] for name in START_NAMES if STARTS[name].payments] + [
    life(approvals=("refund", "write_off"), small_balance_insurer_cents=500, small_balance_patient_cents=500)
    .accepted()
    .paid(SHARED)
    .state
]
CASH: list[Act] = [
    *MONEY_BACK,
    *(lambda s, n=n: (e.PatientPaid, {"amount_cents": n}) for n in (2000, 12500, -2000, 300)),  # type: ignore[misc]
    *(_pay(one, f"R{i}", 20 + i, "PAYER1") for i, one in enumerate((PAID, SHARED, reversed_of(SHARED), DENIED))),
    lambda s: (e.WrittenOff, {"amount_cents": max(ledger(s, TABLES).open, 0), "reason": "r"}),
    lambda s: (e.WrittenOff, {"amount_cents": ledger(s, TABLES).patient, "reason": "r", "bucket": "patient"}),
    lambda s: (e.WriteOffReverted, {"write_off": ""}),
    lambda s: (e.ApprovalDecided, {"approved": True, "by": "supervisor-1"}),
    lambda s: (e.ApprovalDecided, {"approved": False, "by": "supervisor-1"}),
    lambda s: (e.VoidRequested, {"reason": "billed in error"}),
    lambda s: (e.ClosingRequested, {}),
]


@settings(QUICK, max_examples=2_000)
@given(st.binary(min_size=3, max_size=10))
def test_refunds_and_write_offs_in_any_order_leave_the_ledger_whole_and_no_credit_unseen(order: bytes) -> None:
    state = PAID_STARTS[order[0] % len(PAID_STARTS)]
    for number, byte in enumerate(order[1:]):
        at = state.changed_at + timedelta(days=byte % 3)
        kind, fields = CASH[byte % len(CASH)](state)
        event = kind(**{"at": at, "id": f"m{number}", "by": "person-1", **fields})
        taken = step(state, event, TABLES)
        check(state, event, taken)
        state = taken.state


@settings(QUICK, max_examples=ORDERS)
@given(st.binary(min_size=2, max_size=12))
def test_no_order_of_events_breaks_a_rule(order: bytes) -> None:
    run(order)


# documents in any order


def _cash() -> list[e.RemittanceReceived]:
    """What payers may send about one claim: decisions, a reversal, its correction, a second payer's share."""
    correction = payment(8000, "CO-45:3500", "PR-2:1000", icn="ICN1")
    return [
        remittance(SHARED, trace="T1", on=date(2026, 3, 20)),
        remittance(reversed_of(SHARED), trace="T2", on=date(2026, 4, 3)),
        remittance(correction, trace="T2", on=date(2026, 4, 3)),
        remittance(DENIED, trace="T0", on=date(2026, 3, 10)),
        remittance(FROM_SECOND, trace="S1", on=date(2026, 4, 9), payer_id="PAYER2"),
        remittance(payment(0, "OA-133:12500"), trace="T9", on=date(2026, 3, 8)),
    ]


def _book(state: ClaimState) -> dict[str, Any]:
    return ledger(state, TABLES).model_dump()


@settings(QUICK, max_examples=600)
@given(st.data())
def test_the_same_documents_in_any_order_and_number_give_the_same_ledger(data: st.DataObject) -> None:
    documents = data.draw(st.lists(st.sampled_from(range(6)), min_size=1, max_size=6, unique=True))
    takeback = data.draw(st.booleans())
    order = data.draw(st.permutations(documents + data.draw(st.lists(st.sampled_from(documents), max_size=3))))
    base = life(two_payers() if data.draw(st.booleans()) else None).accepted().state
    cash = _cash()
    taken_back = e.TakebackReceived(
        at=base.changed_at, id="wo", document="d", trace_number="T2", reason="WO", reference="ICN1", amount_cents=7000
    )

    def told(numbers: list[int], first: bool) -> dict[str, Any]:
        state = base
        if takeback and first:
            state = step(state, taken_back, TABLES).state
        for i, number in enumerate(numbers):
            event = cash[number].model_copy(update={"id": f"r{i}", "at": state.changed_at + timedelta(days=1)})
            state = step(state, event, TABLES).state
        if takeback:
            state = step(state, taken_back.model_copy(update={"id": "wo2"}), TABLES).state
        return _book(state)

    assert told(sorted(documents), first=False) == told(list(order), first=data.draw(st.booleans()))


def test_every_order_of_a_reversal_and_its_correction_ends_with_the_correction_alone() -> None:
    """70.00 paid and 20.00 patient, reversed, corrected to 80.00 and 10.00: 125.00 = 80.00 + 35.00 + 10.00."""
    for order in itertools.permutations(_cash()[:3]):
        state = life().accepted().state
        for event in order:
            state = step(state, event.model_copy(update={"at": state.changed_at}), TABLES).state
        book = ledger(state, TABLES)
        assert (book.paid, book.contractual, book.patient, book.open) == (8000, 3500, 1000, 0)


def test_a_reversed_first_payer_waits_for_its_correction_whatever_the_second_one_paid() -> None:
    """The decisions of two payers and a reversal, in every order: the correction is still due, and one date for it."""
    events = (
        remittance(SHARED, trace="T1"),
        remittance(reversed_of(SHARED), trace="T2", on=date(2026, 4, 3)),
        remittance(FROM_SECOND, trace="S1", on=date(2026, 4, 9), payer_id="PAYER2"),
    )
    for order in itertools.permutations(events):
        one = life(two_payers()).accepted()
        for event in order:
            one.take(event.model_copy(update={"at": one.now}))
        assert one.state.status == "reopened"
        assert [x.kind for x in one.state.deadlines] == ["reversal_correction"]
        assert ledger(one.state, TABLES).paid == 2000


AMOUNTS = st.integers(min_value=0, max_value=CHARGE)


@settings(QUICK, max_examples=400)
@given(
    AMOUNTS,
    st.sampled_from(("CO", "OA", "PI", "CR")),
    st.sampled_from(("1", "2", "3", "45", "50", "96", "119", "204", "9999")),
)
def test_what_the_payer_did_not_give_to_the_patient_never_reaches_her(amount: int, group: str, reason: str) -> None:
    """Whatever the reason says: without group PR there is no patient's share, no statement and no bill_patient."""
    adjustment = Adjustment(group=group, reason=reason, amount_cents=amount)
    one = life(approvals=()).accepted()
    base = payment(CHARGE - amount)
    one.paid(base.model_copy(update={"adjustments": (adjustment,)}))
    one.do(e.RemedyChosen, remedy="bill_patient")
    one.days(200)
    assert ledger(one.state, TABLES).patient == 0
    assert not any(effect.kind == "report_patient_balance" for taken in one.steps for effect in taken.effects)
