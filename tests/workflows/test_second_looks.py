"""On a real server: a takeback or a payment of nobody finds its claim once somebody tells the number that it names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import ActivityEnvironment

from activities.delivery import DeliveryActivities
from activities.names import document_workflow_id
from activities.orders import DeliveryReport, DocumentReference
from activities.post import Post
from adapters.x12.parse import parse
from tests.adapters.x12.made import file_of
from tests.workflows.kit import PRACTICE, World, claim_of, registered, replay
from workflows.remittance import RemittanceWorkflow

HEAD = (
    "TRN*1*{trace}*1512345678",
    "DTM*405*20260309",
    "N1*PR*SBX SILENT PLAN*PI*SBXSILENT",
    "N3*1 PLAZA",
    "N4*MADISON*WI*53703",
    "PER*BL*HELP*TE*8005551212",
    "N1*PE*LAKESIDE FAMILY PRACTICE*XX*1999999984",
    "LX*1",
)


def remittance(trace: str, payment: str, segments: Sequence[str]) -> bytes:
    method = "ACH" if not payment.startswith("-") and payment != "0" else "NON"
    body = [
        "ST*835*0001",
        f"BPR*I*{payment}*C*{method}*CCP*01*999999992*DA*123*1512345678**01*999988880*DA*98765*20260309",
        *(one.format(trace=trace) for one in HEAD),
        *segments,
    ]
    isa = "ISA*00*          *00*          *ZZ*SBXPAYER       *ZZ*LAKESIDE       *260309*1200*^*00501*000000907*0*T*>"
    gs = "GS*HP*SBXPAYER*LAKESIDE*20260309*1200*1*X*005010X221A1"
    return "~".join([isa, gs, *body, f"SE*{len(body) + 1}*0001", "GE*1*1", "IEA*1*000000907", ""]).encode()


PAYS = remittance(
    "EFT8001", "90", ["CLP*TEST1001*1*125*90**12*HB99*11*1", "CAS*CO*45*35", "NM1*QC*1*SAMPLE*ROBIN****MI*M1234567"]
)
"""90.00 for a charge of 125.00; it alone tells that the payer calls the claim HB99."""
TAKES = remittance(
    "EFT8002",
    "10",
    ["CLP*OLD77*1*50*50**12*HB77*11*1", "NM1*QC*1*DOE*JANE****MI*X999", "PLB*1999999984*20261231*WO>HB99*40"],
)
"""40.00 taken back by that number, beside a payment of 50.00 of somebody else."""

ANSWERS = file_of(
    (
        "277",
        "005010X212",
        """
        BHT*0010*08*INQ1*20260310*0830*DG
        HL*1**20*1
        NM1*PR*2*SBX SILENT PLAN*****PI*SBXSILENT
        HL*2*1*21*1
        NM1*41*2*LAKESIDE*****46*SUB1
        HL*3*2*19*1
        NM1*1P*2*LAKESIDE*****XX*1999999984
        HL*4*3*22*0
        NM1*IL*1*SAMPLE*ROBIN****MI*M1234567
        TRN*2*NOTOURS
        STC*F1:65*20260309**125*90
        REF*1K*HB88
        REF*EJ*TEST1001
        """,
    )
).encode()
"""A status answer that the claim is paid; it alone tells that the payer calls the claim HB88."""


async def store(world: World, raw: bytes) -> DocumentReference:
    at = datetime.now(UTC)
    sha256, _ = await world.records.store_document(raw, kind="835", source="sandbox", at=at)
    return DocumentReference(sha256=sha256, set="835", source="sandbox", received_at=at, size=len(raw))


def handle_of(client: Client, document: DocumentReference) -> WorkflowHandle[RemittanceWorkflow, DeliveryReport]:
    return client.get_workflow_handle_for(RemittanceWorkflow.run, document_workflow_id(document.sha256))


async def deliver(world: World, client: Client, queue: str, raw: bytes) -> DocumentReference:
    document = await store(world, raw)
    await world.post(client, queue).start_document(document)
    report: DeliveryReport = await handle_of(client, document).result()
    assert report.parts
    return document


async def steps(world: World, event: str) -> int:
    return sum(one.event == event for one in await world.records.journal(PRACTICE, "c1"))


async def test_a_takeback_that_comes_before_the_number_it_names_reaches_its_claim_once(
    client: Client, queue: str, world: World
) -> None:
    """125.00: 90.00 paid, 40.00 of it taken back, 35.00 contractual, 40.00 open."""
    async with world.worker(client, queue):
        await world.start(client, registered(claim_of("SBXSILENT"), "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted", "clearinghouse_accepted", "payer_accepted")
        early = await deliver(world, client, queue, TAKES)
        assert {one.reference for one in await world.records.unmatched()} == {"OLD77", "HB99"}

        await deliver(world, client, queue, PAYS)
        looked: DeliveryReport = await handle_of(client, early).result()
        assert (looked.already_done, looked.found_later) == (True, 1)
        assert (await world.until("c1", "reopened")).paid_cents == 5000
        assert {one.reference for one in await world.records.unmatched()} == {"OLD77"}
        found = [one for one in await world.records.unmatched_rows(everything=True) if one.reference == "HB99"]
        assert [(one.matched_to, one.resolution) for one in found] == [("prac1/c1", "matched")]
        (entry,) = await world.records.provider_entries()
        assert (entry.amount_cents, entry.claim_id, entry.needs_person) == (4000, "c1", False)

        # the same takeback in another envelope, and another round of the inbox, change nothing
        await deliver(world, client, queue, TAKES.replace(b"000000907", b"000000908"))
        await world.inbox(client, queue)
        taken = [one for one in await world.records.journal(PRACTICE, "c1") if one.event == "takeback_received"]
        assert [one.refused for one in taken][:1] == [""]
        assert all(one.refused for one in taken[1:])
        assert await world.records.looks.due(10) == ()
        await replay(await handle_of(client, early).fetch_history())


async def test_a_takeback_by_the_number_of_a_277_that_the_decided_claim_refuses_reaches_it(
    client: Client, queue: str, world: World
) -> None:
    """90.00 paid and closed; the 277 comes after that and is refused, the 40.00 taken by its number are the claim's."""
    async with world.worker(client, queue):
        await world.start(client, registered(claim_of("SBXSILENT"), "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted", "clearinghouse_accepted", "payer_accepted")
        await deliver(world, client, queue, PAYS)
        await world.until("c1", "closed")
        early = await deliver(world, client, queue, TAKES.replace(b"HB99", b"HB88"))
        await deliver(world, client, queue, ANSWERS)
        await handle_of(client, early).result()
        assert (await world.until("c1", "reopened")).paid_cents == 5000
        (answer,) = [one for one in await world.records.journal(PRACTICE, "c1") if one.event == "status_reported"]
        assert "changes nothing" in answer.refused
        # the claim's own steps since then have left the number in the records
        (known,) = await world.records.candidates(payer_claim_control_numbers=["HB88"])
        assert known.claim_id == "c1"
        assert {one.reference for one in await world.records.unmatched()} == {"OLD77"}


async def test_a_payment_that_comes_before_its_claim_is_registered_posts_with_the_next_round_of_the_inbox(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        early = await deliver(world, client, queue, PAYS)
        assert [one.reference for one in await world.records.unmatched()] == ["TEST1001"]
        await world.start(client, registered(claim_of("SBXSILENT"), "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted", "clearinghouse_accepted", "payer_accepted")
        await world.inbox(client, queue)
        await handle_of(client, early).result()
        assert (await world.until("c1", "closed")).paid_cents == 9000
        assert await world.records.unmatched() == ()
        (cash,) = await world.records.remittances()
        assert (cash.posted_cents, cash.unmatched_cents) == (9000, 0)


async def test_a_part_that_was_taken_from_the_queue_and_never_sent_is_sent_by_the_next_look_once(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        await world.start(client, registered(claim_of("SBXSILENT"), "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted", "clearinghouse_accepted", "payer_accepted")
        early = await deliver(world, client, queue, TAKES)
        # the worker ended after it had taken the part: it is no longer open, and the claim knows nothing of it
        (waiting,) = await world.records.looks.learn({(PRACTICE, "c1"): {"HB99"}})
        left = await world.records.looks.left_over(waiting[0])
        (part,) = (one for one in left.parts if one.set == "835 PLB")
        assert await world.records.looks.place(part, "prac1/c1")
        assert not await world.records.looks.place(part, "prac1/c2")
        assert await steps(world, "takeback_received") == 0

        await world.inbox(client, queue)
        await handle_of(client, early).result()
        delivery = DeliveryActivities(world.records, parse, Post(client, world.records, task_queue=queue, blink=0))
        again = await ActivityEnvironment().run(delivery.deliver_document, early)
        assert (again.already_done, again.found_later) == (True, 0)
        await deliver(world, client, queue, PAYS)
        paid = await world.until("c1", "paid")
        assert (paid.paid_cents, paid.open_cents) == (5000, 4000)
        assert ["took 40.00 back" in task.reason for task in paid.tasks if task.type == "review_payment"] == [True]
        assert await steps(world, "takeback_received") == 1


async def test_a_claim_that_has_no_workflow_yet_gets_its_payment_after_its_first_step(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        early = await deliver(world, client, queue, PAYS)
        event = registered(claim_of("SBXSILENT"), "c1", payer_rules="default")
        await world.records.register(
            practice=PRACTICE, claim_id="c1", claim=event.claim, fingerprint=event.fingerprint, at=event.at
        )
        # the payment names the payer's number too: a look is asked for when nobody is there yet to take it
        await world.records.looks.learn({(PRACTICE, "c1"): {"HB99"}})
        delivery = DeliveryActivities(world.records, parse, Post(client, world.records, task_queue=queue, blink=0))
        assert (await ActivityEnvironment().run(delivery.deliver_document, early)).found_later == 0
        assert [one.reference for one in await world.records.unmatched()] == ["TEST1001"]
        assert await world.records.looks.due(10) == ()

        await world.start(client, event, queue)
        await world.until("c1", "submitted", "clearinghouse_accepted", "payer_accepted")
        assert [one[0] for one in await world.records.looks.due(10)] == [early.sha256]
        await world.inbox(client, queue)
        assert (await world.until("c1", "closed")).paid_cents == 9000


async def test_what_a_person_took_off_a_claim_comes_back_to_it_by_no_look(
    client: Client, queue: str, world: World
) -> None:
    async with world.worker(client, queue):
        await world.start(client, registered(claim_of("SBXSILENT"), "c1", payer_rules="default"), queue)
        await world.until("c1", "submitted", "clearinghouse_accepted", "payer_accepted")
        await deliver(world, client, queue, TAKES)
        (item,) = (one for one in await world.records.unmatched_rows() if one.reference == "HB99")
        await world.records.take_unmatched(item, to="prac1/c9", by="biller-1")
        await world.records.give_back_unmatched(item, by="biller-1", why="another patient")
        await deliver(world, client, queue, PAYS)
        await world.until("c1", "closed")
        await world.inbox(client, queue)
        assert await steps(world, "takeback_received") == 0
        assert "HB99" in {one.reference for one in await world.records.unmatched()}
