"""Chaos: the demo's claims on a real stack whose parts are killed with -9 at named points of a claim's life.

`python -m tests.chaos.run --seeds 1-6` prints one line a seed: what struck, and whether every claim stands where an
undisturbed run leaves it, with each submission number accepted exactly once by the clearinghouse. Exit code 1 otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from activities.names import claim_workflow_id
from claims.accounts.messages import ACCOUNT_MESSAGES
from claims.views import ClaimView
from commands import demo_run
from commands.accounts import ask_account, find_account
from commands.acting import send_update
from commands.claim_files import read_claim_file
from commands.context import Room, data_folder, open_room
from commands.demo import write_examples
from commands.demo_run import FAILED, Part, Play
from commands.demo_script import Script, read_script
from commands.live_desk import run_live
from commands.stack import ROOT, SANDBOX_KEY, Stack, running
from commands.trouble import Exit, Trouble, Unreachable
from tests.chaos.points import Plan, plan_of
from tests.chaos.points import Trouble as Blow
from tests.chaos.verdict import Verdict, tally
from tests.chaos.wounded_worker import FOLDER

SHORT_CLOCKS = frozenset({"LKP1022"})
"""Stories about a clock of a few seconds that runs out: a dead server is slower than that, so they end in two ways."""
STICKY = "2"
BETWEEN_LOOKS = 0.2
LIKEWISE = {"needs_correction": "clearinghouse_rejected"}
"""Where the answer that refused a submission is lost, the claim may learn the same from the 277CA first."""


@dataclass(slots=True)
class ChaosPart(Part):
    """What counts is the end. A claim whose answers were delayed may find its own way there, without the person's act
    (a lost 999 rejection is found by an inquiry, and the claim goes out again by itself)."""

    @property
    def wrong(self) -> list[str]:
        if self.view is None:
            return ["not started"]
        failed = [f"went through {FAILED}"] if FAILED in self.statuses else []
        return [*self.scripted.end.differs(self.view), *failed]


class ChaosPlay(Play):
    """People act as in the demo; where an answer is lost they look before they act again."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.parts = {number: ChaosPart(one) for number, one in self.script.by_number.items()}
        self.looked = asyncio.Event()
        self.steps = 0
        self.refused: Counter[str] = Counter()
        """How often an act on a claim was refused for good; what is tried after that is another one."""
        self.journal = data_folder().resolve() / "records.db"

    async def come_to(self, steps: int) -> None:
        """Until the claims have taken so many steps together."""
        while self.steps < steps:
            self.looked.clear()
            await self.looked.wait()

    async def _look(self) -> None:
        await super()._look()
        with closing(sqlite3.connect(f"{self.journal.as_uri()}?mode=ro", uri=True)) as connection:
            (self.steps,) = connection.execute("SELECT count(*) FROM journal").fetchone()
        self.looked.set()

    async def _act_on(self, part: Part) -> None:
        act, view = part.next_act, part.view
        if act is None or view is None:
            return
        if view.status not in (act.when, LIKEWISE.get(act.when)):
            # Asked before, and the answer never came: the claim has moved on, so it was done.
            if part.tries:
                part.done, part.tries = part.done + 1, 0
            return
        body = {**act.fields, "by": self.script.people.get(act.who, act.who)}
        key = f"{view.claim_id[:12]}/{part.done}/{self.refused[view.claim_id]}"
        try:
            await asyncio.wait_for(self._do(view, act.do, body, key), 20)
        except (Unreachable, TimeoutError):
            part.tries += 1
            return
        except Trouble:
            self.refused[view.claim_id] += 1
            return
        part.done, part.tries = part.done + 1, 0

    async def _do(self, view: ClaimView, name: str, body: dict[str, Any], key: str) -> None:
        """The key makes sure that it is done once: asked again before the read model tells of it, a payment would be two."""
        if name in ACCOUNT_MESSAGES:
            account = await find_account(self.room, f"{view.practice}/{view.claim_id}")
            await ask_account(self.room, account, name, body, key)
        else:
            await send_update(self.room, view.practice, view.claim_id, name, body, key)


def chaos(plan: Plan, folder: Path, *, seconds: float = 240.0) -> Verdict:
    """One disturbed run. Leaves everything in `folder` for looking at."""
    verdict = Verdict(plan)
    marks = folder / "chaos"
    marks.mkdir(parents=True, exist_ok=True)
    (marks / "plan.json").write_text(plan.model_dump_json(indent=1))
    script = read_script(ROOT / "examples" / "script.toml")
    script = script.model_copy(update={"claims": tuple(one for one in script.claims if one.number not in SHORT_CLOCKS)})
    before = dict(os.environ)
    began = time.monotonic()
    os.environ |= {FOLDER: str(marks), "CLAIMLINE_STICKY_SECONDS": STICKY, "PYTHONPATH": str(ROOT)}
    try:
        worker = [sys.executable, "-m", "tests.chaos.wounded_worker"]
        with running(folder, poll_seconds=1.0, worker=worker) as stack:
            stack.group.restart_limit = 1000
            asyncio.run(_disturb(stack, script, plan, verdict, seconds))
    finally:
        os.environ.clear()
        os.environ |= before
    verdict.lives = len(list(marks.glob("life-*")))
    verdict.struck = [path.read_text() for path in sorted(marks.glob("struck-*"))] + verdict.struck
    verdict.seconds = time.monotonic() - began
    return verdict


async def _disturb(stack: Stack, script: Script, plan: Plan, verdict: Verdict, seconds: float) -> None:
    os.environ.update(stack.at.environment(), CLAIMLINE_DATA=str(stack.at.folder))
    files = [read_claim_file(path) for path in write_examples(stack.at.folder / "examples")]
    stop = asyncio.Event()
    watcher = asyncio.create_task(_revive(stack, stop))
    try:
        for _ in range(20):
            began = await run_live(files, lambda: None)
            if began.exit_code == Exit.OK:
                break
            await asyncio.sleep(BETWEEN_LOOKS)
        async with open_room(server=True) as room:
            play = ChaosPlay(room, script, seconds)
            blows = asyncio.create_task(_blows(stack, plan.troubles, play, verdict))
            await play.run(lambda _: None)
            if blows.done():
                await blows
            else:
                verdict.wrong.append("not every blow had fallen when the time was up")
                blows.cancel()
            await _judge(play, room, stack, verdict)
    finally:
        stop.set()
        await watcher


async def _revive(stack: Stack, stop: asyncio.Event) -> None:
    """Whatever died is started again, as a supervisor would."""
    while not stop.is_set():
        stack.watch()
        await asyncio.sleep(BETWEEN_LOOKS)


async def _blows(stack: Stack, troubles: tuple[Blow, ...], play: ChaosPlay, verdict: Verdict) -> None:
    """Each as soon as the claims have come so far. A fault counts as struck once a call has met it."""
    armed: list[Blow] = []
    for blow in troubles:
        await play.come_to(blow.after)
        if blow.what == "fault":
            armed.append(blow)
            await _arm(stack, [blow])
            continue
        left = await _left(stack, armed) if blow.what == "sandbox" else []
        _kill(stack, blow.what)
        verdict.struck.append(f"{blow.what} killed")
        # A clearinghouse that died has forgotten what it was to do.
        await _arm(stack, left)
    while left := await _left(stack, armed):
        met = [blow for blow in armed if blow not in left]
        verdict.struck += [f"{blow.fault} on {blow.path}" for blow in met]
        armed = left
        if play.at_end == len(play.parts):
            break
        await asyncio.sleep(BETWEEN_LOOKS)
    else:
        verdict.struck += [f"{blow.fault} on {blow.path}" for blow in armed]


def _kill(stack: Stack, what: str) -> None:
    names = {"server": "Temporal server", "sandbox": "sandbox clearinghouse"}
    for part in stack.group.parts:
        if part.name == names[what] and part.process is not None:
            os.killpg(part.process.pid, signal.SIGKILL)


async def _arm(stack: Stack, blows: Sequence[Blow]) -> None:
    for blow in blows:
        await _asked(stack, "POST", {"fault": blow.fault, "path": blow.path})


async def _left(stack: Stack, armed: Sequence[Blow]) -> list[Blow]:
    """Those that no call has met yet."""
    still = Counter((one["fault"], one["path"]) for one in (await _asked(stack, "GET"))["armed"])
    left = []
    for blow in armed:
        if still[blow.fault, blow.path]:
            still[blow.fault, blow.path] -= 1
            left.append(blow)
    return left


async def _asked(stack: Stack, method: str, body: dict[str, str] | None = None) -> Any:
    """The clearinghouse's faults; asked until it answers, for it may be dead just now."""
    async with httpx.AsyncClient(headers={"authorization": SANDBOX_KEY}) as web:
        while True:
            try:
                answer = await web.request(method, f"{stack.at.sandbox}/sandbox/faults", json=body)
                return answer.raise_for_status().json()
            except httpx.TransportError:
                await asyncio.sleep(BETWEEN_LOOKS)


async def _judge(play: Play, room: Room, stack: Stack, verdict: Verdict) -> None:
    verdict.claims = len(play.parts)
    for number, part in play.parts.items():
        verdict.wrong += [f"{number} ({part.scripted.story}): {why}" for why in part.wrong]
    async with httpx.AsyncClient(headers={"authorization": SANDBOX_KEY}) as web:
        rows = (await web.get(f"{stack.at.sandbox}/sandbox/accepted")).json()["accepted"]
    verdict.accepted = len(rows)
    keys = Counter((row["patientControlNumber"], row["idempotencyKey"]) for row in rows)
    verdict.wrong += [
        f"{number} was accepted {times} times under one key" for (number, _), times in keys.items() if times > 1
    ]
    accepted = Counter(row["patientControlNumber"] for row in rows)
    sent = await _sent(room, play)
    for number, times in sent.items():
        if accepted[number] != times:
            verdict.wrong.append(
                f"{number}: {times} submissions reached the clearinghouse, it accepted {accepted[number]}"
            )
    failed = await room.server.count_workflows("ExecutionStatus = 'Failed' OR ExecutionStatus = 'Terminated'")
    if failed.count:
        verdict.wrong.append(f"{failed.count} workflows failed")


async def _sent(room: Room, play: Play) -> dict[str, int]:
    """How many submissions of each claim the clearinghouse took, by the claims' own account: neither its answer refused
    them, nor its 999, nor its 277CA."""
    sent: dict[str, int] = {}
    for number, part in play.parts.items():
        if part.view is None:
            continue
        handle = room.server.get_workflow_handle(claim_workflow_id(part.view.practice, part.view.claim_id))
        state = await room.query(handle, "state")
        sent[number] = sum(
            submission["outcome"] != "refused"
            and not any(
                not one["accepted"] and (one["source"] == "999" or one["sender"] == "AY")
                for one in submission["acknowledgements"]
            )
            for submission in state["submissions"]
        )
    return sent


def _seeds(text: str) -> list[int]:
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.run", description=__doc__)
    parser.add_argument("--seeds", default="1-6", help="one seed, or FIRST-LAST")
    parser.add_argument("--folder", type=Path, help="keep the runs here")
    options = parser.parse_args()
    demo_run.QUIET_SECONDS = 6.0
    verdicts = []
    with tempfile.TemporaryDirectory() as scratch:
        for seed in _seeds(options.seeds):
            verdict = chaos(plan_of(seed), (options.folder or Path(scratch)) / f"seed-{seed}")
            print(verdict, flush=True)
            verdicts.append(verdict)
    print(tally(verdicts))
    return int(any(verdict.wrong for verdict in verdicts))


if __name__ == "__main__":
    raise SystemExit(main())
