"""A claim whose payloads are sealed: what the server holds shows nothing, and machines are believed only under seal."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.converter import DataConverter, SerializationContext
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer

from activities.names import DELIVER, OPENED, PERSON, SHUT, WORDS
from adapters import codec
from adapters.keys import KeyRing, Keys
from claims.events import PatientPaid
from tests.workflows.kit import World, claim_of, registered, until
from worker import WORKFLOWS, converter_of, runner

KEYS = Keys(KeyRing.new(datetime.now(UTC)))
MARKERS = ("ROBIN", "M1234567", "1980-05-17", "19800517", "PIER RD", "TEST1001")
BUDGET_BYTES = 48_000
BUDGET_EVENTS = 45


@pytest.fixture
def sealed(client: Client) -> Client:
    """The same server for who holds the key ring."""
    return _with(client, converter_of(KEYS))


def _with(client: Client, converter: DataConverter) -> Client:
    config = {**client.config(), "data_converter": converter}
    return Client(**config)  # type: ignore[arg-type]


class ReadsOnly(codec.SealingCodec):
    """Sends in clear, like a CLI without a codec endpoint, and can read what comes back."""

    def with_context(self, context: SerializationContext) -> ReadsOnly:
        return self

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return list(payloads)


def test_the_codec_and_the_workflow_mean_the_same_marks() -> None:
    assert codec.SEALED == OPENED
    assert codec.ENCODING == SHUT
    assert (codec.WORDS, codec.PERSON) == (WORDS, PERSON)


async def test_a_sealed_claim_lives_as_any_other_and_its_history_shows_nothing(
    sealed: Client, queue: str, world: World
) -> None:
    async with world.worker(sealed, queue, blink=1.0):
        event = registered(claim_of("SBXPAID"), "c1", payer_rules="default", seconds={"linger": 1})
        handle = await world.start(sealed, event, queue)
        await world.until("c1", "submitted")
        await world.inbox(sealed, queue, later=2)
        await world.until("c1", "payer_accepted")
        await world.inbox(sealed, queue, later=10)
        await handle.result()
        history = await handle.fetch_history()
    raw = b"".join(one.SerializeToString() for one in history.events)
    assert [marker for marker in MARKERS if marker.encode() in raw] == []
    assert len(history.events) <= BUDGET_EVENTS
    assert len(raw) <= BUDGET_BYTES, f"{len(raw)} bytes in {len(history.events)} events"
    replayer = Replayer(workflows=WORKFLOWS, data_converter=converter_of(KEYS), workflow_runner=runner())
    await replayer.replay_workflow(history)


def _paid(identity: str) -> PatientPaid:
    return PatientPaid(at=datetime.now(UTC), id=identity, by="desk-1", amount_cents=100)


async def test_machines_are_believed_under_seal_only(client: Client, sealed: Client, queue: str, world: World) -> None:
    body = {"events": [_paid("forged").model_dump(mode="json")]}
    async with world.worker(sealed, queue):
        handle = await world.start(sealed, registered(claim_of("SBXPAID", coded=False), "c1", coded=False), queue)
        await world.until("c1", "awaiting_coding")
        other = await world.start(
            sealed, registered(claim_of("SBXPAID", "TEST1002", coded=False), "c2", coded=False), queue
        )
        await world.until("c2", "awaiting_coding")
        in_clear = client.get_workflow_handle(handle.id)
        await in_clear.signal(DELIVER, body)
        await in_clear.signal("remittance_received", {"paid": "125.00"})
        await in_clear.signal("claim_scrubbed", {"version": 1, "findings": []})
        await in_clear.signal("no_such_message", {})
        seen = await until(handle, lambda state: len(state["refused"]) == 4)
        told = {one["message"]: one["reason"] for one in seen["refused"]}
        assert told[DELIVER].startswith("a delivery that is not sealed")
        assert told["remittance_received"].startswith("a machine's message in clear")
        assert told["claim_scrubbed"].startswith("only an effect of the claim itself")
        assert told["no_such_message"].startswith("there is no message of this name")
        # people's codes and ids pass in clear, as the Temporal UI and CLI send them
        await in_clear.signal("pay", {"amount": "1.00", "by": "desk-1"})
        await until(handle, lambda state: state["ledger"]["paid"] == "1.00")
        # what the codec server sealed for somebody is that person's word, and no machine's
        by_person = codec.SealingCodec(KEYS, codec.PERSON).seal(
            Payload(metadata={"encoding": b"json/plain"}, data=b"{}")
        )
        await in_clear.signal("remittance_received", RawValue(by_person))
        seen = await until(handle, lambda state: len(state["refused"]) == 5)
        assert seen["refused"][-1]["reason"].startswith("a machine's message in clear")
        # a sealed message of one claim is nothing to another, and its own answers are nobody's to send
        await handle.signal("claim_scrubbed", {"version": 1, "findings": []})
        await until(handle, lambda state: len(state["refused"]) == 6)
        await world.post(sealed, queue).deliver("prac1", "c2", [_paid("real")])
        await in_clear.signal(DELIVER, RawValue(await _delivered(other)))
        seen = await until(handle, lambda state: len(state["refused"]) == 7)
        assert seen["refused"][-1]["reason"].startswith("it is sealed for another claim")
        assert "patient_paid" in {one["event"] for one in await other.query("timeline")}
        assert (await handle.query("ledger"))["paid"] == "1.00", "the cent that was paid in clear, and no more"


async def _delivered(handle: WorkflowHandle[Any, Any]) -> Payload:
    """What the server holds of the delivery that a claim got."""
    history = await handle.fetch_history()
    signals = [one.workflow_execution_signaled_event_attributes for one in history.events]
    return next(one.input.payloads[0] for one in signals if one.signal_name == DELIVER)


@pytest.mark.parametrize(
    ("name", "body", "passes"),
    [
        ("pay", {"amount": "1.00", "by": "desk-1"}, True),
        ("hold", {"kind": "documents", "reason": "waits for the note of Dr. Marker", "by": "biller-1"}, False),
        ("correct", {"member_id": "M999", "reason": "typo", "by": "biller-1"}, False),
    ],
)
async def test_where_words_must_be_sealed_free_text_in_clear_is_refused(
    client: Client, queue: str, world: World, name: str, body: dict[str, str], passes: bool
) -> None:
    strict = _with(client, converter_of(KEYS, words_sealed=True))
    async with world.worker(strict, queue):
        event = registered(claim_of("SBXPAID", coded=False), "c1", coded=False)
        handle = await world.start(strict, event, queue)
        await world.until("c1", "awaiting_coding")
        reading = dataclasses.replace(converter_of(KEYS), payload_codec=ReadsOnly(KEYS))
        in_clear = _with(client, reading).get_workflow_handle(handle.id)
        if passes:
            assert (await in_clear.execute_update(name, body))["already_taken"] is False
            return
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await in_clear.execute_update(name, body)
        reason = refused.value.cause
        assert isinstance(reason, ApplicationError)
        assert "came in clear" in reason.message
        assert next(iter(body.values())) not in reason.message
