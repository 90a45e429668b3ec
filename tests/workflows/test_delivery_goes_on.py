"""A delivery that was cut off goes on after the last claim that its heartbeat told of."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.delivery import DeliveryActivities, _runs
from activities.orders import DocumentReference
from activities.post import Post
from adapters.x12.parse import parse
from tests.workflows.kit import World, claim_of, registered

# 90.00 + 35.00 contractual = 125.00, for each of three claims: 270.00 in all
CLAIM = ("CLP*{0}*1*125*90**12*HB{0}*11*1", "CAS*CO*45*35")
NUMBERS = ("GO1", "GO2", "GO3")


def remittance() -> bytes:
    head = [
        "ST*835*0001",
        "BPR*I*270*C*ACH*CCP*01*999999992*DA*123*1512345678**01*999988880*DA*98765*20260309",
        "TRN*1*EFT7003*1512345678",
        "N1*PR*SBX PLAN*PI*SBXPAID",
        "N1*PE*LAKESIDE FAMILY PRACTICE*XX*1999999984",
        "LX*1",
    ]
    body = head + [segment.format(number) for number in NUMBERS for segment in CLAIM]
    isa = "ISA*00*          *00*          *ZZ*SBXPAYER       *ZZ*LAKESIDE       *260309*1200*^*00501*000000977*0*T*>"
    gs = "GS*HP*SBXPAYER*LAKESIDE*20260309*1200*1*X*005010X221A1"
    return "~".join([isa, gs, *body, f"SE*{len(body) + 1}*0001", "GE*1*1", "IEA*1*000000977", ""]).encode()


@pytest.mark.parametrize(
    ("heartbeat", "signalled"),
    [((), NUMBERS), (([[0, 1]],), ("GO3",)), (([0, 2],), ("GO2",)), (([[0, 2]],), ())],
    ids=["first try", "runs", "the first release's places", "all"],
)
async def test_only_claims_that_no_heartbeat_told_of_are_signalled(
    client: Client, queue: str, world: World, heartbeat: tuple[Any, ...], signalled: tuple[str, ...]
) -> None:
    for number in NUMBERS:
        # no worker: the workflows are there, and take nothing
        await world.start(client, registered(claim_of("SBXPAID", number), number, payer_rules="default"), queue)
    at = datetime.now(UTC)
    sha256, _ = await world.records.store_document(remittance(), kind="835", source="sandbox", at=at)
    room = ActivityEnvironment()
    room.info = dataclasses.replace(room.info, heartbeat_details=heartbeat)
    beats: list[Any] = []
    room.on_heartbeat = lambda *details: beats.append(details)
    delivery = DeliveryActivities(world.records, parse, Post(client, world.records, task_queue=queue, blink=0))
    document = DocumentReference(sha256=sha256, set="835", source="sandbox", received_at=at)
    report = await room.run(delivery.deliver_document, document)
    assert (report.delivered, report.unmatched) == (3, ())
    got = []
    for number in NUMBERS:
        history = await client.get_workflow_handle(f"claim/prac1/{number}").fetch_history()
        if any(e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED for e in history.events):
            got.append(number)
    assert tuple(got) == signalled
    assert beats


def test_ten_thousand_places_are_one_run() -> None:
    assert _runs(set(range(10_000))) == [[0, 9999]]
    assert _runs({7, 1, 2, 3, 9}) == [[1, 3], [7, 7], [9, 9]]
    assert _runs(()) == []
