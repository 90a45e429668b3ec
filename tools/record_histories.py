"""Records a history of each kind of life into tests/histories, against real servers, with made-up claims and no key ring.

`python tools/record_histories.py [--seconds 180] [--folder tests/histories]`. The tests replay them: a release that would have
decided otherwise than they say must not be deployed. Once a release is out its histories are never recorded anew; what a later
release brings is recorded beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError

from activities.names import HAND_OVER, INBOUND_DOCUMENT, INBOX, PATIENT_ACCOUNT, REMITTANCE, claim_workflow_id
from commands.claim_files import read_claim_file
from commands.context import Room, open_room
from commands.demo import write_examples
from commands.demo_run import Play
from commands.demo_script import read_script
from commands.live_desk import run_live
from commands.stack import ROOT, Stack, running
from commands.trouble import Trouble
from tests.workflows.kit import World, claim_of, registered, until_status
from tests.workflows.paper import paper

FOLDER = ROOT / "tests" / "histories"
LIVES = {
    "clean_claim_paid": "LKP1001",
    "deductible_paid_by_a_plan": "LKP1005",
    "small_rest_written_off": "LKP1007",
    "rejected_by_999_sent_again": "LKP1009",
    "rejected_by_the_payer_corrected": "LKP1010",
    "denied_overturned_on_appeal": "LKP1011",
    "denied_upheld_written_off": "LKP1012",
    "replaced_frequency_7": "LKP1013",
    "silent_payer_inquired": "LKP1014",
    "answer_to_submission_lost": "LKP1015",
    "not_covered_read_again": "LKP1017",
    "denied_appealed_two_levels": "LKP1020",
    "documents_requested": "LKP1021",
    "approval_expires": "LKP1022",
    "second_plan_billed": "LKP1023",
    "forwarded_to_the_supplement": "LKP1024",
    "crossover_never_came": "LKP1025",
    "refund_to_the_patient": "LKE3001",
    "coded_later": "LKE3002",
    "hospital_stay": "LKH2005",
}
"""Name of a history -> the demo's claim that lived so."""
OTHERS = {
    "patient_account": PATIENT_ACCOUNT,
    "remittance": REMITTANCE,
    "inbound_document": INBOUND_DOCUMENT,
    "inbox": INBOX,
}
"""Name of a history -> the type of workflow: the longest finished one is taken."""
_MACHINE = re.compile(r'"identity": *"[^"]*"')
_TRACE = re.compile(r'"stackTrace": *"(?:[^"\\]|\\.)*"')
"""A failure's stack names the folders of the machine; no replay reads it."""


async def record(stack: Stack, folder: Path, by_hand: Path, seconds: float) -> dict[str, int]:
    """Lives the demo, then what it doesn't have. Gives the name of each history and its size in bytes."""
    os.environ.update(stack.at.environment(), CLAIMLINE_DATA=str(stack.at.folder))
    script = read_script(ROOT / "examples" / "script.toml")
    await run_live([read_claim_file(path) for path in write_examples(stack.at.folder / "examples")], lambda: None)
    async with open_room(server=True) as room:
        play = Play(room, script, seconds)
        await play.run(lambda _: None)
        if wrong := [number for number, part in play.parts.items() if part.wrong]:
            raise Trouble(f"these claims didn't come to their ends: {', '.join(wrong)}")
        found = {name: await _of_claim(room, play, number) for name, number in LIVES.items()}
        found |= {name: await _longest(room.server, kind) for name, kind in OTHERS.items()}
        found |= await _afterwards(room, play)
        found |= await _by_hand(room.server, by_hand)
    return {name: _write(folder / f"{name}.json", history) for name, history in found.items()}


def _handle(room: Room, play: Play, number: str) -> WorkflowHandle[Any, Any]:
    view = play.parts[number].view
    assert view is not None
    return room.server.get_workflow_handle(claim_workflow_id(view.practice, view.claim_id))


async def _of_claim(room: Room, play: Play, number: str) -> WorkflowHistory:
    return await _handle(room, play, number).fetch_history()


async def _longest(client: Client, kind: str) -> WorkflowHistory:
    found = [one async for one in client.list_workflows(f"WorkflowType = '{kind}'")]
    best = max(found, key=lambda one: (one.status is not None, one.history_length))
    return await client.get_workflow_handle(best.id, run_id=best.run_id).fetch_history()


async def _afterwards(room: Room, play: Play) -> dict[str, WorkflowHistory]:
    """What the demo's claims don't do: reopen after a takeback, continue as new and go on."""
    back = _handle(room, play, "LKP1004")
    taken = {"document": "d" * 64, "trace_number": "T1", "reason": "WO", "reference": "R1", "amount": "10.00"}
    await back.signal("takeback_received", taken)
    moved = _handle(room, play, "LKP1016")
    first = (await moved.describe()).run_id
    await moved.signal(HAND_OVER, {"queue": room.settings.temporal_task_queue})
    for _ in range(100):
        if (await moved.describe()).run_id != first:
            break
        await asyncio.sleep(0.1)
    await moved.execute_update("note", {"text": "after the hand-over", "by": "biller-1"})
    return {
        "taken_back_and_reopened": await back.fetch_history(),
        "handed_over": await room.server.get_workflow_handle(moved.id, run_id=first).fetch_history(),
        "continued_as_new": await moved.fetch_history(),
    }


async def _by_hand(client: Client, folder: Path) -> dict[str, WorkflowHistory]:
    """The clearinghouse refuses our key, somebody mends it and recovers the claim; another claim is voided."""
    documents, letters = paper()
    world = World(folder, documents, letters)
    right, world.carrier = world.carrier, world.stedi("wrong-key")
    queue = "claimline-by-hand"
    async with world.worker(client, queue):
        handle = await world.start(client, registered(claim_of("SBXPAID"), "c1", payer_rules="default"), queue)
        await world.until("c1", "blocked_on_failure")
    await world.carrier.close()
    world.carrier = right
    async with world.worker(client, queue):
        await handle.execute_update("recover", {"action": "retry", "by": "supervisor-1"})
        await until_status(handle, "submitted")
        parked = await handle.fetch_history()
        void = await world.start(
            client, registered(claim_of("SBXNECESSITY", "VOID1"), "c2", payer_rules="default"), queue
        )
        await world.until("c2", "submitted")
        for later in (2, 10):
            await world.inbox(client, queue, later=later)
        await world.until("c2", "denied")
        await void.execute_update("void", {"reason": "billed in error", "by": "biller-1"})
        await void.execute_update("approve", {"by": "supervisor-1"})
        await world.until("c2", "void_pending")
        for _ in range(3):
            await world.inbox(client, queue, later=5)
        voided = await void.fetch_history()
    await world.close()
    return {"parked_and_recovered": parked, "voided": voided}


def _write(path: Path, history: WorkflowHistory) -> int:
    """As Temporal's JSON, without the names of the machine that it was recorded on."""
    text = _TRACE.sub('"stackTrace":""', _MACHINE.sub('"identity":"recorded"', history.to_json()))
    compact = json.dumps(json.loads(text) | {"workflowId": history.workflow_id}, separators=(",", ":"))
    return path.write_text(compact + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/record_histories.py", description=__doc__)
    parser.add_argument("--seconds", type=float, default=180, help="how long the demo's claims may take")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    chosen = parser.parse_args()
    logging.disable(logging.ERROR)  # a refused key is meant to fail
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch, running(Path(scratch), sealed=False) as stack:
        by_hand = Path(scratch) / "by-hand"
        for folder in (chosen.folder, by_hand):
            folder.mkdir(parents=True, exist_ok=True)
        try:
            sizes = asyncio.run(record(stack, chosen.folder, by_hand, chosen.seconds))
        except (Trouble, RPCError) as trouble:
            print(f"nothing was recorded: {trouble}")
            return 1
    for name, size in sorted(sizes.items()):
        print(f"{name:34} {size / 1000:7.0f} kB")
    print(f"{len(sizes)} histories, {sum(sizes.values()) / 1e6:.1f} MB, {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
