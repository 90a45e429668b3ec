"""A clean claim from its start to its close, on a real server, against the sandbox clearinghouse."""

from __future__ import annotations

from collections import Counter

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory

from activities.names import claim_workflow_id
from tests.workflows.kit import World, claim_of, registered, replay

BUDGET_EVENTS = 45
"""What a clean claim may cost from start to close where its payer pays it: 37, or 43 where its papers come by one poll more."""
WAKE = 3
"""A workflow task: scheduled, started, completed."""
PAID_IN_FULL = {
    "started; eligibility, edits and their journal as markers; attributes": 1 + WAKE + 3 + 1,
    "submission: scheduled, started, completed; attributes, timer, journal": 3 + WAKE + 3,
    "acknowledgements of one poll: signal; attributes, journal": 1 + WAKE + 2,
    "remittance: signal; attributes, journal": 1 + WAKE + 2,
    "closed: the follow-up's timer goes, that of the lingering comes, rings, and the state is stored": 3 + WAKE + 1,
    "completed": 1,
}
OF_A_SHARE = {
    "the account is told of it, and the journal goes along; then the journal of its answer": 1,
    "the account tells of its statement: signal; attributes, journal": 1 + WAKE + 2,
    "her payment: update accepted, completed": WAKE + 2,
    "until it stands in the history nothing may be written of it: a timer of a millisecond": 2 + WAKE,
    "attributes, the account is told with the journal, the journal of its answer": 3,
}
BUDGET_WITH_A_SHARE = sum(PAID_IN_FULL.values()) + sum(OF_A_SHARE.values())
"""With a share that the patient pays: 37 + 20. Of these, 11 are her statement and her payment themselves."""


def kinds(history: WorkflowHistory) -> Counter[str]:
    return Counter(EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").lower() for event in history.events)


def orders(event: HistoryEvent, activity: str) -> bool:
    """Whether an event orders this activity, or is the marker of a local one."""
    marker = b"".join(
        part.data for found in event.marker_recorded_event_attributes.details.values() for part in found.payloads
    )
    return event.activity_task_scheduled_event_attributes.activity_type.name == activity or activity.encode() in marker


async def test_a_clean_claim_is_sent_paid_stated_and_closed(client: Client, queue: str, world: World) -> None:
    claim = claim_of("SBXSHARE")
    # acknowledgements of one poll share a signal, however slow the machine is
    async with world.worker(client, queue, blink=1.0):
        event = registered(
            claim, "c1", payer_rules="default", seconds={"linger": 1, "statement_gather": 1, "statement": 600}
        )
        handle = await world.start(client, event, queue)
        await world.until("c1", "submitted")
        await world.inbox(client, queue, later=2)
        await world.until("c1", "payer_accepted")
        await world.inbox(client, queue, later=10)
        stated = await world.until("c1", "patient_billing")
        assert stated.patient_cents > 0
        assert stated.open_cents == 0
        body = {"amount_cents": stated.patient_cents, "by": "desk-1"}
        told = await handle.execute_update("pay", body, id="pay-1")
        assert told["status"] == "closed"
        end = await handle.result()
        history = await handle.fetch_history()
    assert end["stage"] == "closed"
    # charge = paid + contractual + written off + patient + next payer + open, after the patient paid all
    money = {name: float(amount) for name, amount in end["ledger"].items()}
    assert money["charge"] == 125.00
    assert money["paid"] + money["contractual"] == 125.00
    stored = await world.records.archived("prac1", "c1")
    assert stored is not None
    assert stored.closed
    steps = [step.event for step in await world.records.journal("prac1", "c1")]
    assert steps[0] == "claim_registered"
    assert steps[-1] == "claim_archived"
    assert [step.sequence for step in await world.records.journal("prac1", "c1")] == list(range(1, len(steps) + 1))
    assert len(history.events) <= BUDGET_WITH_A_SHARE, kinds(history)
    reports = [event for event in history.events if orders(event, "report_patient_balance")]
    assert [EventType.Name(event.event_type) for event in reports] == ["EVENT_TYPE_MARKER_RECORDED"] * 2
    await replay(history)


async def test_a_claim_that_its_payer_pays_in_full_keeps_the_budget_of_a_clean_life(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue, blink=1.0):
        event = registered(claim_of("SBXPAID"), "c1", payer_rules="default", seconds={"linger": 1})
        handle = await world.start(client, event, queue)
        await world.until("c1", "submitted")
        await world.inbox(client, queue, later=2)
        await world.until("c1", "payer_accepted")
        await world.inbox(client, queue, later=10)
        await handle.result()
        history = await handle.fetch_history()
    assert len(history.events) <= sum(PAID_IN_FULL.values()) <= BUDGET_EVENTS, kinds(history)
    await replay(history)


async def test_a_late_remittance_starts_a_completed_claim_again(client: Client, queue: str, world: World) -> None:
    claim = claim_of("SBXPAID")
    async with world.worker(client, queue):
        event = registered(claim, "c1", payer_rules="default", seconds={"linger": 1})
        handle = await world.start(client, event, queue)
        await world.until("c1", "submitted")
        await world.inbox(client, queue, later=10)
        await handle.result()
        # a payment of the patient that nobody waits for any more: her money is owed back to her
        post = world.post(client, queue)
        late = world.patient_paid("late-1", 1500)
        await post.deliver("prac1", "c1", [late])
        seen = await world.until("c1", "overpayment_review")
        assert seen.open_cents == -1500
        again = client.get_workflow_handle(claim_workflow_id("prac1", "c1"))
        assert (await again.describe()).run_id != handle.first_execution_run_id
        # the same event once more changes nothing
        before = len(await world.records.journal("prac1", "c1"))
        await post.deliver("prac1", "c1", [late])
        assert (await again.query("summary"))["status"] == "overpayment_review"
        assert len(await world.records.journal("prac1", "c1")) == before


async def test_the_same_remittance_twice_posts_once(client: Client, queue: str, world: World) -> None:
    claim = claim_of("SBXTWICE")
    async with world.worker(client, queue):
        await world.start(client, registered(claim, "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted")
        await world.inbox(client, queue, later=6)
        first = await world.until("c1", "closed", "patient_billing", "paid")
        report = await world.inbox(client, queue, later=20)
        assert report.listed > report.new
        handle = client.get_workflow_handle(claim_workflow_id("prac1", "c1"))
        state = await handle.query("state")
        assert len(state["payments"]) == 1
        assert (await world.until("c1", first.status)).paid_cents == first.paid_cents


async def test_a_document_that_is_nobodys_is_recorded_as_unmatched(client: Client, queue: str, world: World) -> None:
    claim = claim_of("SBXPAID", "OTHER1")
    stranger = world.documents.write_claim(claim, await world.records.next_control_numbers("x"), world.clock.now())
    await world.carrier.submit(stranger, claim_type="professional", idempotency_key="elsewhere")
    async with world.worker(client, queue):
        await world.inbox(client, queue, later=10)
        unmatched = await world.until_unmatched("TA1", "999", "277CA", "835")
    assert {one.reference for one in unmatched if one.set == "835"} == {"OTHER1"}


async def test_a_denial_is_appealed_and_the_letter_that_overturns_it_finds_its_claim(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim_of("SBXNECESSITY"), "c1", payer_rules="sandbox"), queue)
        await world.until("c1", "submitted")
        await world.inbox(client, queue, later=10)
        await world.until("c1", "denied")
        await handle.execute_update("appeal", {"level": 1, "reason": "records show necessity", "by": "biller-1"})
        await world.until("c1", "awaiting_approval")
        await handle.execute_update("approve", {"by": "supervisor-1"})
        await world.until("c1", "appeal_filed")
        await world.inbox(client, queue, later=3)
        decided = await world.until("c1", "appeal_overturned")
        assert decided.stage == "appealed"
        await world.inbox(client, queue, later=10)
        assert (await world.until("c1", "closed", "patient_billing", "paid")).paid_cents > 0
        await replay(await handle.fetch_history())
