"""Question 5: how fast is `step`, and does a step of a claim with a long history cost more than one of its first?

Beside it runs the least that a core of frozen values could do: one copy of the state an event, with the event's id among
those seen. The history is a claim of one payer that grows to 1,000 events: notes, tasks, questions and their answers, holds,
payments of the patient and checks that come back, remittances reversed and corrected.
"""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from adapters.tables.loader import load_tables
from bench import drawing
from bench.harness import Answer, Rounds, Work, figures, options, out, publish, ratio, rounded, rounds, show
from claims import events as e
from claims.documents import EligibilityAnswer
from claims.events import AnyEvent
from claims.lifecycle import begin, step
from claims.payer_rules import rules_for
from claims.state import ClaimState
from simulation import papers
from simulation.chance import Chance
from simulation.town import live
from simulation.visits import visit

OURS, BARE = "step", "one copy of the state"
AT = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
EVENTS, SPAN = 1000, 100
GOAL = 1.5
TABLES = load_tables()
EVENTS_READ: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
Said = dict[str, Any]


def main() -> None:
    args = options(__doc__ or "")
    lives = _lives(20 if args.quick else 200)
    count = sum(len(events) for events in lives)
    out.print(f"{len(lives)} simulated claims, {count} events")
    speed = rounds(_speed(lives, count), args.rounds)
    show("A simulated year, events a second", speed, "events/s", BARE)
    history = _history()
    costs: list[list[float]] = []
    spans: dict[str, Work] = {"last 100": lambda: None, "first 100": lambda: None}
    grown: Rounds = {name: [] for name in spans}
    for number in range(-1, args.rounds):
        gc.collect()  # else a round pays now and then for what the simulated lives left behind
        cost = _costs(history)
        if number < 0:
            continue
        costs.append(cost)
        for name, part in (("first 100", cost[:SPAN]), ("last 100", cost[-SPAN:])):
            grown[name].append(1e6 * sum(part) / len(part))
    show(f"A history of {len(history)} events, microseconds a step", grown, "µs", "first 100")
    curve = _curve(costs)
    drawing.lines(
        "core",
        "What a step costs as a claim's history grows",
        {"step": curve},
        ("events so far", "microseconds a step"),
        ours=("step",),
    )
    publish(
        Answer(
            question="core",
            title=f"A step after {len(history)} events, beside one of the first {SPAN}",
            ratio=ratio(grown, "last 100", "first 100"),
            goal=GOAL,
            better="lower",
            rounds=args.rounds,
            figures={
                "events_per_second": figures(speed),
                "step_beside_a_copy": rounded(1 / ratio(speed, OURS, BARE).median),
                "microseconds_per_step": figures(grown),
                "by_hundred": [[int(x), rounded(y)] for x, y in curve],
            },
            packages=("pydantic",),
        ),
        keep=not args.quick,
    )


# a simulated year


def _lives(number: int) -> list[tuple[AnyEvent, ...]]:
    """Every event of so many simulated claims, deadlines included, the registration first."""
    found = []
    for claim in range(number):
        heard: list[AnyEvent] = []
        life = live(5, claim, TABLES, audited=False, heard=heard)
        assert life.state is not None
        found.append(tuple(heard))
    return found


def _speed(lives: list[tuple[AnyEvent, ...]], count: int) -> dict[str, Work]:
    def ours() -> float:
        fresh = [_fresh(events) for events in lives]
        start = time.perf_counter()
        for first, *rest in fresh:
            state = begin(_registered(first), TABLES).state
            for event in rest:
                state = step(state, event, TABLES).state
        return count / (time.perf_counter() - start)

    def bare() -> float:
        states = [begin(_registered(events[0]), TABLES).state for events in lives]
        start = time.perf_counter()
        for state, (_, *rest) in zip(states, lives, strict=True):
            for event in rest:
                state = _copied(state, event)
        return (count - len(lives)) / (time.perf_counter() - start)

    return {OURS: ours, BARE: bare}


def _fresh(events: Iterable[AnyEvent]) -> list[AnyEvent]:
    """The same events as values of their own, so that nothing is remembered of the round before."""
    return [event.model_copy(deep=True) for event in events]


def _registered(event: AnyEvent) -> e.ClaimRegistered:
    assert isinstance(event, e.ClaimRegistered)
    return event


def _copied(state: ClaimState, event: AnyEvent) -> ClaimState:
    return state.model_copy(
        update={
            "sequence": state.sequence + 1,
            "changed_at": max(state.changed_at, event.at),
            "seen": (*state.seen[-199:], event.id),
        }
    )


# one long history


def _costs(history: list[AnyEvent]) -> list[float]:
    """Seconds of each step."""
    first, *rest = _fresh(history)
    state, found = begin(_registered(first), TABLES).state, []
    for event in rest:
        start = time.perf_counter()
        state = step(state, event, TABLES).state
        found.append(time.perf_counter() - start)
    assert state.sequence == len(history)
    return found


def _curve(costs: list[list[float]]) -> list[tuple[float, float]]:
    """Microseconds a step, for every hundred events: the mean of the hundred, the median round."""
    points = []
    for at in range(0, len(costs[0]), SPAN):
        means = sorted(1e6 * sum(one[at : at + SPAN]) / len(one[at : at + SPAN]) for one in costs)
        points.append((float(min(at + SPAN, len(costs[0]))), means[len(means) // 2]))
    return points


def _history() -> list[AnyEvent]:
    """A claim's first events, then the same fifty over and over until there are EVENTS."""
    claim = visit(Chance(5, 1), 1).claim
    claim = claim.model_copy(update={"coverages": claim.coverages[:1]})
    rules = rules_for(TABLES.payer_rules, claim.coverages[0].payer.payer_id, claim.coverages[0].filing_indicator)
    ids = itertools.count(1)

    def made(kind: type[e.Event], **fields: Any) -> AnyEvent:
        number = next(ids)
        event: AnyEvent = EVENTS_READ.validate_python(
            {
                "kind": kind.model_fields["kind"].default,
                "at": AT + timedelta(hours=number),
                "id": f"bench/{number}",
                "by": "biller-1",
                **fields,
            }
        )
        return event

    found: list[AnyEvent] = [
        made(
            e.ClaimRegistered,
            practice="npi-1999999984",
            claim_id="bench",
            source="837P",
            claim=claim,
            payer_rules=(rules,),
            tables_version=TABLES.version,
        ),
        made(e.EligibilityAnswered, effect="eligibility-1", answer=EligibilityAnswer(active=True)),
        made(e.ClaimScrubbed, effect="scrub-2", version=1),
        made(e.ClaimTransmitted, effect="transmit-1", submission=1, interchange_control_number="000000001"),
    ]
    for number in itertools.count(1):
        for kind, fields in _cycle(claim.patient_control_number, claim.charge_cents, number):
            found.append(made(kind, **fields))
            if len(found) == EVENTS + 1:
                return found
    raise AssertionError("it ends above")


def _cycle(control_number: str, charge: int, number: int) -> Iterator[tuple[type[e.Event], Said]]:
    """Fifty events, told again and again: a pending claim that is asked about, decided, reversed and decided anew."""
    for i in range(6):
        yield e.NoteAdded, {"text": f"called, told to wait ({number}/{i})"}
        yield e.StatusInquiryRequested, {}
        yield e.StatusReported, {"document": "b" * 64, "status": papers.status("P1:20", number=control_number)}
        yield e.TaskWorked, {"task": "follow_up", "action": "pend"}
    for _ in range(4):
        yield e.HoldPlaced, {"hold": "manager", "reason": "look at it"}
        yield e.NoteAdded, {"text": "looked at"}
        yield e.HoldReleased, {"hold": "manager"}
    line = papers.status("A2:20", number=control_number)
    yield e.ClaimAcknowledged, {"document": "c" * 64, "sender": "PR", "status": line, "submission": 1}
    on = date(2026, 4, 1) + timedelta(days=number)
    yield e.RemittanceReceived, _remittance(control_number, charge, number, on, pending=False)
    for _ in range(3):
        yield e.PatientPaid, {"amount_cents": 1000, "method": "check"}
        yield e.PatientPaid, {"amount_cents": -1000, "method": "returned"}
    yield e.NoteAdded, {"text": "the payer takes it back"}
    reversal = _remittance(control_number, charge, number, on, pending=False)
    reversal["payment"] = papers.reversal(reversal["payment"])
    yield e.RemittanceReceived, {**reversal, "trace_number": f"R{number}"}
    yield e.RemittanceReceived, _remittance(control_number, charge, number, on, pending=True)
    undone = _remittance(control_number, charge, number, on, pending=True)
    undone["payment"] = papers.reversal(undone["payment"])
    yield e.NoteAdded, {"text": "still under review"}
    yield e.RemittanceReceived, {**undone, "trace_number": f"U{number}"}


def _remittance(control_number: str, charge: int, number: int, on: date, *, pending: bool) -> Said:
    allowed, share = charge * 6 // 10, charge // 10
    adjustments = (
        (papers.adjustment("OA-133", charge),)
        if pending
        else (papers.adjustment("CO-45", charge - allowed), papers.adjustment("PR-2", share))
    )
    payment = papers.payment(control_number, charge, 0 if pending else allowed - share, adjustments, icn="ICN1")
    trace = f"{'P' if pending else 'T'}{number}"
    return {"document": "d" * 64, "trace_number": trace, "paid_on": on, "payment": payment}


if __name__ == "__main__":
    main()
