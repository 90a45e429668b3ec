"""The stack on one machine: Temporal server and UI, sandbox clearinghouse, worker. What each is, when it is ready.

How processes are kept together is commands/processes.py.
"""

from __future__ import annotations

import asyncio
import os
import sys
import sysconfig
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from activities.fairness import SERVER
from activities.names import TASK_QUEUE
from adapters.keys import KeysError, ensure_ring
from commands.processes import AlreadyRunning, CannotStart, FolderLock, Group, Part, free_port
from commands.trouble import Unreachable

ROOT = Path(__file__).resolve().parents[1]
SANDBOX_KEY = "sandbox-key"
WORKER = (sys.executable, str(ROOT / "worker.py"))
_PORTS = (7233, 8233, 8765, 9464, 8234)
"""Of Temporal, its UI, the sandbox, metrics and the codec server."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the parts of a stack listen, all on this machine."""

    folder: Path
    temporal_port: int
    ui_port: int
    sandbox_port: int
    metrics_port: int
    codec_port: int
    sealed: bool = field(default=True, kw_only=True)
    """False: no key ring, so that everything stands in clear; for made-up claims only."""

    @property
    def temporal(self) -> str:
        return f"127.0.0.1:{self.temporal_port}"

    @property
    def ui(self) -> str:
        return f"http://127.0.0.1:{self.ui_port}"

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def codec(self) -> str:
        return f"http://127.0.0.1:{self.codec_port}"

    @property
    def keys(self) -> Path:
        return self.folder / "keys.json"

    @property
    def records(self) -> str:
        """A file of the folder, unless the environment names a PostgreSQL."""
        given = os.environ.get("CLAIMLINE_RECORDS_URL", "")
        return given if given.startswith("postgresql") else f"sqlite:///{self.folder / 'records.db'}"

    def environment(self) -> dict[str, str]:
        """The settings that make worker and commands talk to this stack (adapters/settings.py)."""
        return {
            "CLAIMLINE_TEMPORAL_ADDRESS": self.temporal,
            "CLAIMLINE_RECORDS_URL": self.records,
            "CLAIMLINE_KEYS_FILE": str(self.keys) if self.sealed else "",
            "CLAIMLINE_CODEC_ADDRESS": f"127.0.0.1:{self.codec_port}",
            "CLAIMLINE_CODEC_ORIGINS": f"{self.ui},http://localhost:{self.ui_port}",
            "CLAIMLINE_CARRIER": "sandbox",
            "CLAIMLINE_CARRIER_URL": self.sandbox,
            "CLAIMLINE_CARRIER_KEY": SANDBOX_KEY,
            "CLAIMLINE_METRICS_ADDRESS": f"127.0.0.1:{self.metrics_port}",
        }

    def note(self) -> dict[str, object]:
        """What other commands find in the folder."""
        return {
            "pid": os.getpid(),
            "ui": self.ui,
            "temporal": self.temporal,
            "sandbox": self.sandbox,
            "environment": self.environment(),
        }


@dataclass(slots=True)
class Stack:
    """A running stack: its addresses and its processes."""

    at: Addresses
    group: Group

    def watch(self) -> list[str]:
        return self.group.watch()


@contextmanager
def running(
    folder: Path,
    *,
    poll_seconds: float = 2.0,
    speed: float = 1.0,
    worker: Sequence[str] = WORKER,
    sealed: bool = True,
) -> Iterator[Stack]:
    """Starts everything in `folder`, and stops it however the block is left. `worker` is the command of the worker.

    Raises Unreachable where another stack runs in the folder, or a part can't be started.
    """
    try:
        lock = FolderLock(folder)
    except AlreadyRunning as error:
        raise Unreachable(
            f"a stack is already running in {folder}: UI {error.note.get('ui', 'unknown')}, "
            f"Temporal {error.note.get('temporal', 'unknown')}",
            f"Use it, or stop it first (Ctrl-C where it runs, or: kill {error.note.get('pid', 'PID')}).",
        ) from error
    except OSError as error:
        raise Unreachable(
            f"the folder {folder} can't be written: {error.strerror}", "Choose another with --data."
        ) from error
    try:
        with Group(folder) as group:
            at = replace(_choose(folder), sealed=sealed)
            if sealed:
                ensure_ring(at.keys)
            for part in _parts(at, poll_seconds, speed, worker):
                group.start(part)
            lock.write(at.note())
            yield Stack(at, group)
    except KeysError as error:
        raise Unreachable(str(error)) from error
    except CannotStart as error:
        raise Unreachable(str(error), f"Logs are in {folder / 'logs'}.") from error
    finally:
        lock.release()


def _choose(folder: Path) -> Addresses:
    taken: set[int] = set()
    ports = [free_port(port, taken) for port in _PORTS]
    return Addresses(folder.resolve(), *ports)


def _parts(at: Addresses, poll_seconds: float, speed: float, worker: Sequence[str]) -> list[Part]:
    environment = {
        **at.environment(),
        "CLAIMLINE_POLL_SECONDS": str(poll_seconds),
        "CLAIMLINE_SANDBOX": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
    }
    logs = at.folder / "logs"
    return [
        Part("Temporal server", _temporal(at), {}, logs / "temporal.log", lambda: _temporal_ready(at), patience=60),
        Part(
            "sandbox clearinghouse",
            _sandbox(at, speed),
            {"PYTHONPATH": str(ROOT)},
            logs / "sandbox.log",
            lambda: _answers(f"{at.sandbox}/health"),
        ),
        Part(
            "worker",
            worker,
            environment,
            logs / "worker.log",
            lambda: _polled(at),
            patience=60,
            grace=15,
        ),
    ]


def _temporal(at: Addresses) -> list[str]:
    binary = Path(sysconfig.get_path("scripts")) / "temporal"
    if not binary.exists():
        raise CannotStart(f"the Temporal server is not installed ({binary}); run: make install")
    database = at.folder / "temporal.db"
    return [
        *(str(binary), "server", "start-dev", "--ip", "127.0.0.1", "--log-level", "warn"),
        *("--port", str(at.temporal_port), "--ui-port", str(at.ui_port), "--db-filename", str(database)),
        *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2"),
        *("--ui-codec-endpoint", at.codec),
        # Deadlines of seconds are met to 10 ms instead of one second.
        *("--dynamic-config-value", 'history.timerProcessorMaxTimeShift="10ms"'),
        *("--dynamic-config-value", "frontend.enableUpdateWorkflowExecution=true"),
        # Waiting tasks are handed out practice by practice.
        *(part for name, value in SERVER.items() for part in ("--dynamic-config-value", f"{name}={value}")),
    ]


def _sandbox(at: Addresses, speed: float) -> list[str]:
    database = at.folder / "sandbox.db"
    return [
        *(sys.executable, "-m", "sandbox", "--host", "127.0.0.1", "--port", str(at.sandbox_port)),
        *("--db", str(database), "--api-key", SANDBOX_KEY, "--speed", str(speed)),
    ]


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return True
    except (OSError, urllib.error.URLError):
        return False


def _temporal_ready(at: Addresses) -> bool:
    return _answers(at.ui) and _asked(_namespace(at.temporal))


def _polled(at: Addresses) -> bool:
    """The worker asks for work: both of its pollers are known to the server."""
    return _asked(_pollers(at.temporal))


def _asked(question: object) -> bool:
    try:
        return bool(asyncio.run(asyncio.wait_for(question, 5)))  # type: ignore[arg-type]
    except (RuntimeError, TimeoutError, OSError, RPCError):
        return False


async def _namespace(address: str) -> bool:
    client = await Client.connect(address)
    await client.count_workflows("WorkflowType = 'none'")
    return True


async def _pollers(address: str) -> bool:
    client = await Client.connect(address)
    for kind in (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY):
        request = DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=TASK_QUEUE), task_queue_type=kind
        )
        if not (await client.workflow_service.describe_task_queue(request)).pollers:
            return False
    return True


def environment_of(note: Mapping[str, object]) -> dict[str, str]:
    """The settings that a running stack's note carries."""
    found = note.get("environment")
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
