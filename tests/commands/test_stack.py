"""`up` and the commands around it, as people run them: real processes, a real server, nothing left behind."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.records.records import open_records
from claims.intake import identify
from commands.claim_files import read_claim_file
from commands.live_desk import identity_key
from commands.synthetic import CLINIC, HOSPITAL, Scenario, make
from commands.synthetic_x12 import professional

ROOT = Path(__file__).resolve().parents[2]
STARTER = [sys.executable, str(ROOT / "starter.py")]


def environment(folder: Path) -> dict[str, str]:
    """Of a fresh shell: no setting of this one reaches the commands."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLAIMLINE_")}
    return {**kept, "CLAIMLINE_DATA": str(folder), "CLAIMLINE_USER": "biller.test"}


def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*STARTER, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=folder,
        env={**environment(folder), **more},
        check=False,
    )


def processes_of(folder: Path) -> list[int]:
    """Processes whose command line or settings name the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in told:
                found.append(int(entry.name))
    return found


def ended(pids: list[int]) -> bool:
    """Whether every one of them ends within ten seconds: a pidfd becomes readable when its process does."""
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            if not select.select([descriptor], [], [], 10)[0]:
                return False
        finally:
            os.close(descriptor)
    return True


def start_up(folder: Path) -> subprocess.Popen[str]:
    """Returns once `up` says that everything is ready."""
    stack = subprocess.Popen(
        [*STARTER, "up", "--poll", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=environment(folder),
    )
    assert stack.stdout is not None
    said: list[str] = []
    for line in stack.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            return stack
    raise AssertionError("up ended at its start:\n" + "".join(said))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("stack")
    running = start_up(folder)
    assert run(folder, "start", str(ROOT / "examples" / "encounters.json")).returncode == 0
    yield folder
    running.send_signal(signal.SIGTERM)
    assert running.wait(30) == 0
    assert processes_of(folder) == []


def test_claims_start_once_and_are_known_the_second_time(stack: Path) -> None:
    file = ROOT / "examples" / "institutional.837"
    first = run(stack, "start", "--json", str(file))
    told: dict[str, Any] = json.loads(first.stdout)
    assert first.returncode == 0, first.stderr
    assert (told["claims"], told["started"]) == (5, 5)
    second = json.loads(run(stack, "start", "--json", str(file)).stdout)
    assert (second["started"], second["already_known"]) == (0, 5)


def test_other_content_is_refused_and_a_frequency_7_goes_to_the_claim_it_replaces(stack: Path) -> None:
    file = ROOT / "examples" / "institutional.837"
    run(stack, "start", str(file))
    cheaper = file.read_text().replace("CLM*LKH2001*925*", "CLM*LKH2001*924*")
    changed = stack / "changed.837"
    changed.write_text(cheaper)
    answer = run(stack, "start", "--json", str(changed))
    told = json.loads(answer.stdout)
    assert answer.returncode == 1
    assert (told["started"], told["already_known"], told["refused"]) == (0, 4, 1)
    assert "total charge" in told["files"][0]["refusals"][0]["reason"]
    changed.write_text(cheaper.replace("CLM*LKH2001*924***13:A:1*", "CLM*LKH2001*924***13:A:7*"))
    told = json.loads(run(stack, "start", "--json", str(changed)).stdout)
    assert (told["started"], told["already_known"], told["refused"]) == (0, 5, 0)
    events = [step["event"] for step in _timeline(stack, "LKH2001")]
    assert "upstream_replacement_received" in events


def one_claim(folder: Path, number: str, practice: str = CLINIC.npi) -> Path:
    """A file of one claim of today."""
    today = datetime.now(UTC).date()
    made = make(1, today, (Scenario(number, "professional", "SBXPAID"),))
    path = folder / f"{number}-{practice}.837"
    path.write_text(professional(made, today).replace(CLINIC.npi, practice))
    return path


def test_a_start_that_was_cut_off_after_the_registration_goes_on_the_next_time(stack: Path) -> None:
    path = one_claim(stack, "CUT1")
    claim = read_claim_file(path).items[0].claim
    identity = identify(claim, identity_key(stack))

    async def register_only() -> None:
        records = open_records(f"sqlite:///{stack / 'records.db'}")
        await records.register(
            practice=identity.practice,
            claim_id=identity.claim_id,
            claim=claim,
            fingerprint=identity.fingerprint,
            at=datetime.now(UTC),
        )
        records.close()

    asyncio.run(register_only())
    told = json.loads(run(stack, "start", "--json", str(path)).stdout)
    assert (told["started"], told["already_known"]) == (1, 0)
    assert "had not started" in told["files"][0]["notes"][0]["note"]
    told = json.loads(run(stack, "start", "--json", str(path)).stdout)
    assert (told["started"], told["already_known"]) == (0, 1)


def test_a_number_that_two_practices_use_is_asked_about(stack: Path) -> None:
    run(stack, "start", str(one_claim(stack, "TWO1")), str(one_claim(stack, "TWO1", HOSPITAL.npi)))
    answer = run(stack, "show", "TWO1")
    assert answer.returncode == 2
    assert f"npi-{CLINIC.npi}" in answer.stderr
    assert f"npi-{HOSPITAL.npi}" in answer.stderr


def test_a_claim_is_found_by_its_control_number_its_id_and_its_workflow_id(stack: Path) -> None:
    shown = json.loads(run(stack, "show", "--json", "LKE3001").stdout)
    assert shown["ledger"]["charge"] == "125.00"
    assert json.loads(run(stack, "show", "--json", shown["workflow_id"]).stdout)["claim_id"] == shown["claim_id"]
    assert run(stack, "timeline", shown["claim_id"]).returncode == 0


def test_a_note_is_taken_and_stands_in_the_timeline_with_who_wrote_it(stack: Path) -> None:
    assert run(stack, "note", "LKE3003", "called the plan").returncode == 0
    noted = [step for step in _timeline(stack, "LKE3003") if step["event"] == "note_added"]
    assert [step["by"] for step in noted] == ["biller.test"]


def _timeline(folder: Path, claim: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(folder, "timeline", "--json", claim).stdout)
    return found


def test_an_appeal_of_a_claim_that_nobody_denied_is_refused_with_its_reason(stack: Path) -> None:
    answer = run(stack, "appeal", "LKE3001", "level=1")
    assert answer.returncode == 1
    assert "refused" in answer.stderr
    assert "denied" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_unknown_claim_is_one_clear_line(stack: Path) -> None:
    answer = run(stack, "show", "NOBODY")
    assert answer.returncode == 1
    assert "no claim is known as NOBODY" in answer.stderr


def test_a_second_up_in_the_same_folder_says_where_the_first_is(stack: Path) -> None:
    answer = run(stack, "up")
    assert answer.returncode == 3
    assert "already running" in answer.stderr
    assert "http://127.0.0.1:" in answer.stderr


def test_a_stack_killed_with_9_leaves_no_process_and_the_next_one_goes_on(tmp_path: Path) -> None:
    first = start_up(tmp_path)
    assert run(tmp_path, "start", str(ROOT / "examples" / "institutional.837")).returncode == 0
    children = [pid for pid in processes_of(tmp_path) if pid != first.pid]
    assert len(children) >= 3
    first.kill()
    first.wait()
    assert ended(children)
    second = start_up(tmp_path)
    again = json.loads(run(tmp_path, "start", "--json", str(ROOT / "examples" / "institutional.837")).stdout)
    second.terminate()
    assert second.wait(30) == 0
    assert (again["started"], again["already_known"]) == (0, 5)


@pytest.mark.parametrize("command", [["tasks"], ["timeline", "X"]])
def test_without_records_a_command_says_how_to_get_them(tmp_path: Path, command: list[str]) -> None:
    answer = run(tmp_path, *command)
    assert answer.returncode == 3
    assert "make up" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_without_a_server_start_names_the_address_and_what_to_do(tmp_path: Path) -> None:
    file = str(ROOT / "examples" / "encounters.json")
    # Port 1 of this machine: nobody listens there.
    answer = run(tmp_path, "start", file, CLAIMLINE_TEMPORAL_ADDRESS="127.0.0.1:1")
    assert answer.returncode == 3
    assert "127.0.0.1:1" in answer.stderr
    assert "make up" in answer.stderr


def test_a_wrong_setting_is_named_and_its_value_is_not(tmp_path: Path) -> None:
    answer = run(tmp_path, "list", CLAIMLINE_TEMPORAL_ADDRESS="nonsense-address")
    assert answer.returncode == 2
    assert "CLAIMLINE_TEMPORAL_ADDRESS" in answer.stderr
    assert "nonsense-address" not in answer.stderr


def test_help_lists_every_command_and_the_exit_codes() -> None:
    told = subprocess.run([*STARTER, "--help"], capture_output=True, text=True, check=True).stdout
    for command in ("up", "demo", "start", "list", "show", "timeline", "tasks", "tell", "code", "appeal", "write-off"):
        assert f" {command} " in told
    assert "Exit codes" in told
