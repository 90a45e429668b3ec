"""Two and three payers, their answers in any order and number, the claim moved on or not between: the money always sums."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import events as e
from claims.deadlines import due_event
from claims.deciding import chain, decisions
from claims.documents import ClaimPayment
from claims.lifecycle import step
from claims.other_payers import claim_for
from claims.posting import ledger
from claims.state import ClaimState
from tests.claims.kit import (
    CHARGE,
    FORWARDED,
    SHARED,
    TABLES,
    claim,
    coverage,
    life,
    payment,
    payment_line,
    remittance,
    reversed_of,
)
from tests.claims.laws import check

QUICK = settings(
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ORDERS = 800
LINES = payment(
    6500,
    "PR-1:1500",
    lines=(payment_line(1, 10000, 7000, "CO-45:2000", "PR-2:1000"), payment_line(2, 2500, 1000, "CO-45:1500")),
    icn="ICN7",
)
REPEATED = payment(1000, "CO-45:11500", status="2", icn="SEC2")
Answer = tuple[ClaimPayment, str, str, int]
ANSWERS: tuple[Answer, ...] = (
    (SHARED, "PAYER1", "T1", 20),
    (reversed_of(SHARED), "PAYER1", "T2", 21),
    (LINES, "PAYER1", "T2", 21),
    (FORWARDED, "PAYER1", "T3", 22),
    (payment(0, "CO-109:12500"), "PAYER1", "T4", 18),
    (payment(1500, "OA-23:10500", "PR-2:500", status="2", icn="SEC1"), "PAYER2", "S1", 24),
    (REPEATED, "PAYER2", "S2", 23),
    (reversed_of(REPEATED), "PAYER2", "S3", 25),
    (payment(0, "CO-96:12500", status="2", icn="SEC3"), "PAYER2", "S4", 26),
    (payment(500, "OA-23:12000", status="3", icn="TRD1"), "PAYER3", "R1", 28),
    (payment(500, "CO-45:12000", status="3", icn="TRD2"), "PAYER3", "R2", 29),
)
THREE = claim(coverage(), coverage("secondary", "PAYER2"), coverage("tertiary", "PAYER3"))
START = life(THREE, approvals=()).accepted().state


def _event(number: int, state: ClaimState, name: str) -> e.RemittanceReceived:
    paid, payer, trace, day = ANSWERS[number]
    told = remittance(
        paid, at=state.changed_at + timedelta(hours=1), trace=trace, payer_id=payer, on=date(2026, 3, day)
    )
    return told.model_copy(update={"id": name})


def _take(state: ClaimState, event: e.AnyEvent) -> ClaimState:
    taken = step(state, event, TABLES)
    check(state, event, taken)
    return taken.state


def _moved_on(state: ClaimState, name: str) -> ClaimState:
    """The edits pass and the clearinghouse takes what is on its way."""
    for kind in ("scrub_claim", "transmit_claim"):
        effect = next((x.id for x in state.in_flight if x.kind == kind), "")
        if not effect:
            continue
        common: dict[str, Any] = {"at": state.changed_at, "id": f"{name}/{kind}", "effect": effect}
        if kind == "scrub_claim":
            state = _take(state, e.ClaimScrubbed(**common, version=state.claim_version))
        else:
            state = _take(state, e.ClaimTransmitted(**common, submission=len(state.submissions)))
    return state


def _changed(state: ClaimState, name: str, which: int) -> ClaimState:
    """The second payer goes, comes back, or comes first."""
    kept = [c for c in state.claim.coverages if c.order != "former"]
    two = coverage("secondary", "PAYER2")
    others = [c for c in kept if c.payer.payer_id != "PAYER2"]
    ordered = (others, [*others[:1], two, *others[1:]], [two, *others])[which]
    names = ("primary", "secondary", "tertiary")
    told = tuple(c.model_copy(update={"order": order}) for c, order in zip(ordered, names, strict=False))
    changed = state.claim.model_copy(update={"coverages": told})
    rules = tuple(START.payer_rules[0] for _ in told)
    at = state.changed_at
    return _take(state, e.CoverageChanged(at=at, id=name, by="b", claim=changed, payer_rules=rules, reason="card"))


def _balances(state: ClaimState) -> None:
    """What goes to a later payer balances as the 835s did: on every line, and over all."""
    for place in chain(state.claim)[1:]:
        made = claim_for(state, place, TABLES)
        for other in made.coverages[1:]:
            prior = other.prior
            if prior is None or prior.paid_cents is None:
                continue
            told = [d for line in made.lines for d in line.decisions if d.payer_id == other.payer.payer_id]
            base = sum(d.paid_cents for d in told) if told else made.charge_cents
            assert base - sum(a.amount_cents for a in prior.adjustments) == prior.paid_cents
            for line in made.lines:
                mine = [d for d in line.decisions if d.payer_id == other.payer.payer_id]
                spent = sum(d.paid_cents + sum(a.amount_cents for a in d.adjustments) for d in mine)
                assert not mine or spent == line.charge_cents


@settings(QUICK, max_examples=ORDERS)
@given(st.lists(st.integers(0, len(ANSWERS) + 6), min_size=1, max_size=10))
def test_no_order_of_payers_answers_breaks_the_money(order: list[int]) -> None:
    state = START
    for number, choice in enumerate(order):
        if choice < len(ANSWERS):
            state = _take(state, _event(choice, state, f"r{number}"))
        elif choice < len(ANSWERS) + 3:
            state = _moved_on(state, f"m{number}")
        elif choice < len(ANSWERS) + 6:
            state = _changed(state, f"c{number}", choice - len(ANSWERS) - 3)
        else:
            due = due_event(state, state.changed_at + timedelta(days=40))
            state = _take(state, due) if due else state
        _balances(state)


@settings(QUICK, max_examples=250)
@given(st.data())
def test_the_ledger_of_three_payers_is_the_same_for_any_order_and_repetition(data: st.DataObject) -> None:
    wanted = data.draw(st.lists(st.sampled_from(range(len(ANSWERS))), min_size=1, max_size=7, unique=True))
    order = data.draw(st.permutations(wanted + data.draw(st.lists(st.sampled_from(wanted), max_size=3))))

    def told(numbers: list[int]) -> dict[str, Any]:
        state = START
        for number, choice in enumerate(numbers):
            state = _take(state, _event(choice, state, f"r{number}"))
        return ledger(state, TABLES).model_dump()

    assert told(sorted(wanted)) == told(list(order))


@settings(QUICK, max_examples=200)
@given(
    st.integers(0, CHARGE),
    st.integers(0, CHARGE),
    st.integers(0, CHARGE),
    st.integers(0, CHARGE),
)
def test_a_later_write_off_never_leaves_less_than_nothing(paid: int, written: int, more: int, again: int) -> None:
    """Whatever the second payer says: its contractual amounts and what came before never exceed the charge together."""
    written = min(written, CHARGE - paid)
    again = min(again, CHARGE - more)
    one = life(claim(coverage(), coverage("secondary", "PAYER2"))).accepted()
    left = CHARGE - paid - written
    one.paid(payment(paid, f"CO-45:{written}", f"PR-2:{left}"))
    rest = CHARGE - more - again
    answer = payment(more, f"CO-45:{again}", f"OA-23:{rest}", status="2", icn="SEC1")
    one.take(remittance(answer, at=one.now, trace="S1", payer_id="PAYER2", on=date(2026, 4, 9)))
    counted = decisions(one.state, 1, TABLES)
    if again and more + again > left:
        assert counted.held
        assert ledger(one.state, TABLES).paid == paid
    else:
        assert counted.latest is not None
        assert ledger(one.state, TABLES).contractual == written + again
