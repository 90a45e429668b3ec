"""Child processes as one group: started in order, watched, restarted, stopped in reverse; none is left behind.

Nothing here knows what the processes are; commands/stack.py does.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class CannotStart(Exception):
    """A part of the stack did not come up, or died too often. The message says which, why, and where its log is."""


@dataclass(slots=True)
class Part:
    """One process of the group. `ready` answers whether it does its work yet; `patience` is seconds until it must."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    ready: Callable[[], bool]
    patience: float = 30.0
    grace: float = 10.0
    """Seconds from SIGTERM to SIGKILL."""
    process: subprocess.Popen[bytes] | None = None
    restarts: list[float] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tail(self, lines: int = 6) -> str:
        """The end of its log."""
        with contextlib.suppress(OSError):
            text = self.log.read_text(errors="replace").strip().splitlines()
            return "\n".join(f"  {line[:200]}" for line in text[-lines:])
        return ""


class Group:
    """A context manager over parts: leaving it, however that happens, stops them all."""

    restart_limit = 5

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts: list[Part] = []

    def __enter__(self) -> Group:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self, part: Part) -> None:
        """Start `part` and wait until it is ready; CannotStart says why it is not."""
        part.log.parent.mkdir(parents=True, exist_ok=True)
        self.parts.append(part)
        self._spawn(part)
        until = time.monotonic() + part.patience
        while not part.ready():
            if not part.alive:
                raise CannotStart(f"{part.name} stopped at its start (log: {part.log})\n{part.tail()}")
            if time.monotonic() > until:
                raise CannotStart(
                    f"{part.name} is not ready after {part.patience:.0f} s (log: {part.log})\n{part.tail()}"
                )
            time.sleep(0.05)
        if not part.alive:
            # Somebody else answered at its address.
            raise CannotStart(f"{part.name} stopped at its start (log: {part.log})\n{part.tail()}")

    def watch(self) -> list[str]:
        """Restart what died; returns what was restarted. CannotStart when one dies again and again."""
        revived = []
        for part in self.parts:
            if part.alive:
                continue
            now = time.monotonic()
            part.restarts = [moment for moment in part.restarts if now - moment < 60] + [now]
            if len(part.restarts) > self.restart_limit:
                raise CannotStart(f"{part.name} stopped {len(part.restarts)} times in a minute\n{part.tail()}")
            self._spawn(part)
            revived.append(part.name)
        return revived

    def stop(self) -> None:
        """The last started first, then the others together: SIGTERM, then SIGKILL after their grace.

        A Ctrl-C while it stops kills at once.
        """
        waves = [self.parts[-1:], self.parts[:-1]]
        for wave in waves:
            processes = [(part, part.process) for part in wave if part.process is not None]
            for _, process in processes:
                self._signal(process, signal.SIGTERM)
            for part, process in processes:
                try:
                    process.wait(part.grace)
                except (subprocess.TimeoutExpired, KeyboardInterrupt):
                    self._signal(process, signal.SIGKILL)
                    process.wait()
                # Whatever it started itself is of its session.
                self._signal(process, signal.SIGKILL)
                part.process = None

    def _spawn(self, part: Part) -> None:
        with part.log.open("ab") as log:
            part.process = subprocess.Popen(
                list(part.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **part.environment},
                start_new_session=True,
                preexec_fn=die_with_parent(os.getpid()),
            )

    @staticmethod
    def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)


def die_with_parent(parent: int, number: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """A killed parent can't clean up, so the kernel does (prctl(2), PR_SET_PDEATHSIG; Linux only)."""

    def before_exec() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return before_exec


_reserved: list[IO[str]] = []
"""Locks of the ports this process has chosen; the kernel drops them with it."""


UNASKED = range(20_000, 32_768)
"""Ports that the system gives to nobody by itself (ip_local_port_range of Linux begins at 32768). Temporal's server takes some
of the others for its inner services: it took the one that was chosen for its own front door, and died."""


def free_port(preferred: int, taken: set[int]) -> int:
    """`preferred` where nobody listens on it, else a free one of `UNASKED`. `taken` remembers what this stack has chosen.

    Between the choice and the first listener another stack may choose the same, so a choice is reserved for as long as
    this process lives.
    """
    for port in (preferred, *random.sample(UNASKED, 50)):
        if port in taken:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            chosen = int(probe.getsockname()[1])
            if chosen in taken or not _reserve(chosen):
                continue
            taken.add(chosen)
            return chosen
    raise CannotStart("no free port on 127.0.0.1")


def _reserve(port: int) -> bool:
    """Whether no other stack of this user has chosen the port."""
    folder = Path(tempfile.gettempdir()) / f"claimline-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = (folder / str(port)).open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return False
    _reserved.append(lock)
    return True


def listening(port: int) -> bool:
    """Whether somebody accepts connections on that port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(0.3)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class AlreadyRunning(Exception):
    """Another process of this folder holds its lock. `note` is what that one wrote beside it."""

    def __init__(self, note: Mapping[str, object]) -> None:
        super().__init__("a stack is already running in this folder")
        self.note = note


class FolderLock:
    """One stack a folder. The kernel drops the lock with its process, so a killed one leaves none."""

    def __init__(self, folder: Path) -> None:
        self.note = folder / "stack.json"
        folder.mkdir(parents=True, exist_ok=True)
        # Histories, documents and logs in it are nobody else's to read.
        folder.chmod(0o700)
        self._file: IO[str] = (folder / "stack.lock").open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise AlreadyRunning(read_note(folder)) from error

    def write(self, note: Mapping[str, object]) -> None:
        """What other commands need to find this stack."""
        self.note.write_text(json.dumps(note, indent=2) + "\n")

    def release(self) -> None:
        self.note.unlink(missing_ok=True)
        self._file.close()


def read_note(folder: Path) -> Mapping[str, object]:
    """What the stack of `folder` says of itself; empty where none runs."""
    try:
        note = json.loads((folder / "stack.json").read_text())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) and _locked(folder) else {}


def _locked(folder: Path) -> bool:
    """A note may outlive a killed stack; its lock can't."""
    try:
        with (folder / "stack.lock").open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
