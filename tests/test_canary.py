"""The whole demo over people who are marked: nothing of them stands anywhere but under the key.

Names, streets, notes and words of the claims carry marks that stand nowhere else; member ids, birth dates and patient control
numbers are looked for as they are. Every claim of the demo goes its way (rejections, denials, appeals, statements, a worker
that dies), then what the server gives and holds, our records, logs, metrics and file names are searched for every mark.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import signal
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from temporalio.client import Client

from activities.orders import DocumentReference
from activities.post import Post
from adapters.keys import keys_of
from commands.acting import send_update
from commands.app import main
from commands.claim_files import read_claim_file
from commands.context import Room, open_room
from commands.demo import write_examples
from commands.demo_run import Play
from commands.demo_script import read_script
from commands.live_desk import run_live
from commands.stack import ROOT, Stack, running
from worker import converter_of

MARK = "ZQMARK"
"""Before names and cities: a mark of five letters stood by chance in three megabytes of ciphertext in base64."""
DIAGNOSIS = "ZQ PAINFUL DIABETIC NEUROPATHY"
"""A diagnosis in words: in a note of each claim's file and in a note that a person adds."""
SECONDS = 30.0
"""How long the demo is played here; that every claim ends as its script says is the test of the demo itself."""
NOT_OURS = ("sandbox.db", "sandbox.log")
"""The counterpart's own files: a clearinghouse knows the claims that it is sent."""


@dataclass(frozen=True)
class Marks:
    """What is looked for, and the forms in which it may stand somewhere."""

    words: frozenset[str]
    written_otherwise: frozenset[str] = frozenset()
    """Days of birth as people, letters and files write them: looked for, and expected nowhere, not even under the key."""

    @property
    def all(self) -> frozenset[str]:
        return self.words | self.written_otherwise

    def forms(self) -> Iterator[tuple[str, bytes]]:
        for word in sorted(self.all):
            yield word, word.encode()
            yield word, word.encode("utf-16-le")
            yield word, word.encode("utf-16-be")
            yield word, word.encode().hex().encode()
            for form in _base64_of(word.encode()):
                yield word, form

    def found_in(self, data: bytes) -> list[str]:
        lower = data.lower()
        in_any_case = {word for word in self.all if word.lower().encode() in lower}
        return sorted(in_any_case | {word for word, form in self.forms() if form in data})


def _base64_of(plain: bytes) -> Iterable[bytes]:
    """The part of its base64 that doesn't depend on what stands around it, at each of the three alignments."""
    for lead in range(3):
        text = base64.b64encode(b"\0" * lead + plain + b"\0" * 2)
        first = (lead * 8 + 5) // 6
        last = (lead + len(plain)) * 8 // 6
        yield text[first:last]


def _ways_to_write(day: str) -> set[str]:
    """`19800517` as no file of ours has it: 05/17/1980, 5/17/1980, 05-17-1980, May 17, 1980, 17 May 1980, 17.05.1980."""
    born = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
    forms = {born.strftime(form) for form in ("%m/%d/%Y", "%m-%d-%Y", "%B %d, %Y", "%d %B %Y", "%d %b %Y", "%d.%m.%Y")}
    return forms | {f"{born.month}/{born.day}/{born.year}", f"{born:%B} {born.day}, {born.year}"}


def marked(path: Path) -> Marks:
    """Marks everybody in a file of claims, in place."""
    text = path.read_text()
    if path.suffix == ".json":
        whole, spoken = _marked_json(json.loads(text))
        path.write_text(json.dumps(whole))
        born = {word.replace("-", "") for word in spoken if re.fullmatch(r"\d{4}-\d\d-\d\d", word)}
        return Marks(frozenset(spoken), frozenset().union(*map(_ways_to_write, born)))
    words: set[str] = set()
    otherwise: set[str] = set()
    out: list[str] = []
    of_a_person = False
    for segment in text.replace("\n", "").split("~"):
        parts = segment.split("*")
        match parts:
            case ["NM1", "IL" | "QC", _, last, first, *_]:
                of_a_person = True
                parts[3], parts[4] = f"{MARK}{last}", f"{MARK}{first}"
                words |= {parts[3], parts[4]}
                if len(parts) > 9:
                    words.add(parts[9])
            case ["NM1", *_]:
                of_a_person = False
            case ["N3", street, *_] if of_a_person:
                parts[1] = f"{MARK} {street}"
                words.add(parts[1])
            case ["N4", city, *_] if of_a_person:
                parts[1] = f"{MARK}{city}"
                words.add(parts[1])
            case ["HI", *codes]:
                words |= {code for code in codes if code.startswith(("ABK:", "ABF:", "BK:", "BF:")) and len(code) > 7}
                out.append(f"NTE*ADD*{DIAGNOSIS}")
            case ["DMG", "D8", day, *_]:
                otherwise |= _ways_to_write(day)
                words |= {f"*{day}*", f"{day[:4]}-{day[4:6]}-{day[6:]}"}
            case ["CLM", number, *_]:
                words.add(number)
        out.append("*".join(parts))
    path.write_text("~\n".join(out))
    return Marks(frozenset(words), frozenset(otherwise))


def _marked_json(claims: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], set[str]]:
    words: set[str] = set()
    for claim in claims:
        person = claim["patient"]
        for name in ("last", "first"):
            person[name] = f"{MARK}{person[name]}"
            words.add(person[name])
        person["address"]["line1"] = f"{MARK} {person['address']['line1']}"
        words |= {person["address"]["line1"], person["birth_date"], claim["patient_control_number"]}
        words |= {f'"{code}"' for code in claim.get("diagnoses", ())}
        words |= {coverage["member_id"] for coverage in claim["coverages"]}
        for line in claim["lines"]:
            if "description" in line:
                line["description"] = f"{MARK} {line['description']}"
                words.add(line["description"])
    return claims, words


def test_base64_is_found_whatever_stands_around_it() -> None:
    marks = Marks(frozenset({"ZQCEDAR"}))
    for lead in range(4):
        hidden = base64.b64encode(b"x" * lead + b"ZQCEDAR" + b"y" * 5)
        assert marks.found_in(b"..." + hidden) == ["ZQCEDAR"], lead
    assert marks.found_in("ZQCedar".encode("utf-16-le")) == []
    assert marks.found_in("ZQCEDAR".encode("utf-16-le")) == ["ZQCEDAR"]
    assert marks.found_in(b"zqcedar") == ["ZQCEDAR"]
    assert marks.found_in(b"nobody") == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("canary")


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[Stack]:
    talkative = {"CLAIMLINE_LOG_LEVEL": "debug", "CLAIMLINE_LOG_FORMAT": "json"}
    with mock.patch.dict(os.environ, talkative), running(folder, poll_seconds=1.0, speed=3.0) as up:
        fresh = {name: value for name, value in os.environ.items() if not name.startswith("CLAIMLINE_")}
        ours = {**fresh, **up.at.environment(), "CLAIMLINE_DATA": str(folder)}
        with mock.patch.dict(os.environ, ours, clear=True):
            yield up


def test_nothing_of_a_patient_stands_anywhere_but_under_the_key(
    stack: Stack, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write_examples(folder / "examples")
    each = [marked(path) for path in files]
    marks = Marks(
        frozenset().union(*(one.words for one in each)) | {"ZQWORDS", DIAGNOSIS},
        frozenset().union(*(one.written_otherwise for one in each)),
    )
    assert min(len(word) for word in marks.words if word.isalnum()) >= 7
    histories, visible, opened = asyncio.run(_demo(stack, files))
    complaints, report = _bad_input(folder, files, capsys)
    with urllib.request.urlopen(f"http://127.0.0.1:{stack.at.metrics_port}/metrics") as answer:
        metrics = answer.read()
    printed = capsys.readouterr()
    stack.group.stop()

    places = {
        "histories": histories,
        "visibility": visible,
        "metrics": metrics,
        "complaints": complaints.encode(),
        "printed": (printed.out + printed.err).encode(),
    }
    places["file names"] = "\n".join(str(path) for path in folder.rglob("*")).encode()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.parent.name != "examples" and not path.name.startswith(NOT_OURS):
            places[str(path.relative_to(folder))] = path.read_bytes()
    found = {place: words for place, data in places.items() if (words := marks.found_in(data))}

    with capsys.disabled():
        told = ", ".join(f"{place} {len(data):,}" for place, data in places.items())
        forms, outside = sum(1 for _ in marks.forms()), sum(map(len, found.values()))
        ways = len(marks.written_otherwise)
        print(f"\ncanary: {len(marks.words)} marks and {ways} more ways to write a birthday, in {forms} forms")
        print(f"canary: bytes searched: {told}")
        print(f"canary: outside {outside} found; under the key {len(marks.found_in(opened))} are read again")
    assert found == {}
    # a report on the biller's own screen names a refused claim by the number that the practice gave it, and says no more
    assert [word for word in marks.found_in(report.encode()) if not re.fullmatch(r"LK[A-Z]\d{4}", word)] == []
    assert b'"level": "debug"' in places["logs/worker.log"]
    assert {"temporal.db", "records.db", "logs/worker.log"} <= set(places)
    # what is searched is the right thing: with the key nearly everything is there
    assert len(marks.found_in(opened)) > 0.9 * len(marks.words)


def _bad_input(folder: Path, files: list[Path], capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """What commands say of files and messages that can't be taken, each full of marks: errors, then reports."""
    bad = folder / "examples"
    (cut := bad / "cut.837").write_bytes(files[-1].read_bytes()[:700])
    (born := bad / "born.json").write_text(
        next(one for one in files if one.suffix == ".json").read_text().replace("-0", "-9")
    )
    (paid := bad / "paid.csv").write_text(f"reference,amount,date,method,claim\n{DIAGNOSIS},ZQ,ZQ,ZQ,\n")
    commands = (
        ("start", str(cut)),
        ("start", str(born)),
        ("start", "--dry-run", str(cut)),
        ("inspect", str(cut)),
        ("inspect", str(born)),
        ("patient-payments", str(paid)),
        ("deposit", str(paid)),
        ("note", "no-such-claim", "--body", f'{{"text": "{DIAGNOSIS}'),
    )
    capsys.readouterr()
    codes = [main(list(command)) for command in commands]
    said = capsys.readouterr()
    assert 0 not in codes, dict(zip(commands, codes, strict=True))
    return said.err, said.out


async def _demo(stack: Stack, files: list[Path]) -> tuple[bytes, bytes, bytes]:
    """Plays it, with a worker that dies and a document that can't be read -> all histories as they are, what lists and
    pages of workflows show (memo, search attributes, summaries), and what the key opens."""
    began = await run_live([read_claim_file(path) for path in files], lambda: None)
    assert began.exit_code == 0, began.as_json()
    async with open_room(server=True) as room:
        for view in (await room.records.list_claims()).claims:
            body = {"text": f"ZQWORDS of the patient's mother: {DIAGNOSIS}", "by": "biller-1"}
            await send_update(room, view.practice, view.claim_id, "note", body)
        await _trouble(stack, room, files)
        play = Play(room, read_script(ROOT / "examples" / "script.toml"), SECONDS)
        await play.run(lambda _: stack.watch())
        records = [await room.records.load_document(one.sha256) for one in await room.records.documents()]
    bare = await Client.connect(stack.at.temporal)
    keyed = await Client.connect(stack.at.temporal, data_converter=converter_of(keys_of(stack.at.keys)))
    sealed = [(await bare.get_workflow_handle(one.id).fetch_history()).to_json() async for one in bare.list_workflows()]
    visible = [one.raw_info.SerializeToString() async for one in bare.list_workflows()]
    visible += [
        (await bare.get_workflow_handle(one.id).describe()).raw_description.SerializeToString()
        async for one in bare.list_workflows()
    ]
    claims = "WorkflowType = 'ClaimWorkflow'"
    opened = [await _state(keyed, one.id) async for one in keyed.list_workflows(claims)]
    return "\n".join(sealed).encode(), b"\n".join(visible), b"\n".join([*records, *opened])


async def _trouble(stack: Stack, room: Room, files: list[Path]) -> None:
    """The worker is killed in the middle, and a cut file of claims comes in as if a carrier had sent it."""
    worker = next(part for part in stack.group.parts if part.name == "worker")
    assert worker.process is not None
    os.killpg(worker.process.pid, signal.SIGKILL)
    worker.process.wait()
    stack.watch()
    raw = files[-1].read_bytes()
    cut = re.sub(rb"(?<=NM1\*IL\*1)\*", b"**", raw[: len(raw) // 2])
    at = datetime.now(UTC)
    sha256, _ = await room.records.store_document(cut, kind="277CA", source="carrier", at=at)
    reference = DocumentReference(sha256=sha256, set="277CA", source="carrier", received_at=at, size=len(cut))
    await Post(room.server, room.records).start_document(reference)


async def _state(client: Client, workflow_id: str) -> bytes:
    """What a claim was told first, opened: its registration."""
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    payloads = history.events[0].workflow_execution_started_event_attributes.input.payloads
    codec = client.data_converter.payload_codec
    assert codec is not None
    return b"".join(payload.data for payload in await codec.decode(payloads))
