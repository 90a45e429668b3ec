"""A sandbox on a file: what it has answered for is still there after it was killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.clock import ManualClock
from sandbox.store import Store
from tests.sandbox.kit import KEY, POLLING, PROFESSIONAL, START, Sandbox, professional, rows

ROOT = Path(__file__).parents[2]


async def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    """Nothing is closed here: the second sandbox reads what the first one has committed."""
    path, clock = str(tmp_path / "sandbox.db"), ManualClock(START)
    before = Sandbox(clock, Store(path))
    first = await before.submit(professional("SBXUPHELD"), "k1")
    after = Sandbox(clock, Store(path))
    assert (await after.submit(professional("SBXUPHELD"), "k1")).json() == first.json()
    after.later()
    [denial] = await after.texts("835")
    assert rows(denial, "CLP")[0].startswith("CLP*PCN101*1*250*0*")
    again = Sandbox(clock, Store(path))
    assert await again.texts("835") == [denial]
    assert again.store.nonce == before.store.nonce


async def test_a_failure_in_mid_work_leaves_no_half_claim() -> None:
    sandbox = Sandbox()

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the disk is full")

    sandbox.store.keep_answer = fail  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        await sandbox.submit(professional(), "k1")
    del sandbox.store.keep_answer  # type: ignore[method-assign]
    assert sandbox.store.accepted() == []
    assert (await sandbox.submit(professional(), "k1")).status_code == 200
    assert len(sandbox.store.accepted()) == 1


async def test_a_job_that_cannot_be_done_does_not_stop_the_others() -> None:
    sandbox = Sandbox()
    sandbox.store.schedule("unheard of", sandbox.clock.now(), timedelta(0))
    with pytest.raises(ValueError, match="unheard of"):
        await sandbox.items()
    await sandbox.submit(professional(), "k1")
    sandbox.later()
    assert len(await sandbox.texts("835")) == 1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(port: int, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`python -m sandbox` as a process of its own, ready when its line is printed."""
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--api-key", KEY, *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"TZ": "UTC"}
    ) as process:
        try:
            assert process.stdout is not None
            assert f":{port} " in process.stdout.readline()
            yield process
        finally:
            process.kill()


def client(port: int) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"authorization": KEY}, timeout=10)


def test_over_a_real_socket_a_lost_answer_is_a_cut_connection_and_a_kill_loses_nothing(tmp_path: Path) -> None:
    port, database = free_port(), str(tmp_path / "sandbox.db")
    x12, headers = professional("SBXLOST"), {"idempotency-key": "k1"}
    with served(port, "--db", database), client(port) as http, pytest.raises(httpx.RemoteProtocolError):
        http.post(PROFESSIONAL, json={"x12": x12}, headers=headers)
    with served(port, "--db", database, "--speed", "1000000") as process, client(port) as http:
        answer = http.post(PROFESSIONAL, json={"x12": x12}, headers=headers)
        assert answer.status_code == 200
        accepted = http.get("/sandbox/accepted").json()["accepted"]
        assert [a["idempotencyKey"] for a in accepted] == ["k1"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stderr is not None
        log = process.stderr.read()
    assert f"POST {PROFESSIONAL} 200" in log
    for hidden in ("SAMPLE", "M1000001", "PCN101", KEY, "ISA*"):
        assert hidden not in log


def test_a_taken_port_is_one_clear_line_and_exit_code_3() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("--port", str(port))
    assert done.returncode == 3
    assert done.stderr.splitlines() == [f"sandbox: cannot listen on 127.0.0.1:{port}: Address already in use"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=30, check=False)


def test_help_names_every_payer_and_every_delay() -> None:
    done = run("--help")
    assert done.returncode == 0
    for word in ("--api-key", "--speed", "--db", "SBXNECESSITY", "SBXSILENT", "payer_ack", "remittance"):
        assert word in done.stdout


@pytest.mark.parametrize(
    "arguments", [("--delay", "coffee=3"), ("--delay", "remittance=soon"), ("--speed", "0"), ("--db", "/")]
)
def test_a_wrong_argument_is_one_clear_line_and_exit_code_2(arguments: tuple[str, str]) -> None:
    done = run("--port", str(free_port()), *arguments)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_polling_is_served_over_a_real_socket() -> None:
    port = free_port()
    with served(port, "--quiet"), client(port) as http:
        answer = http.get(POLLING, params={"startDateTime": "2020-01-01T00:00:00Z"})
        assert answer.json()["items"] == []
