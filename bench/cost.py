"""Processor time: what this process and the Temporal server it started have used, by thread. Linux only (/proc)."""

from __future__ import annotations

import os
import threading
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_NAMES = {
    "MainThread": "event loop",
    "tokio-rt-worker": "SDK core",
    "temporal_workflow": "workflow code",
    "records-write": "records",
}


def server() -> int:
    """The process id of the server that this process started. Raises LookupError."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            mine = _fields(folder / "stat")[1][1] == str(os.getpid())
            if mine and b"start-dev" in (folder / "cmdline").read_bytes():
                return int(folder.name)
        except OSError:  # it ended while we looked
            continue
    raise LookupError("no server was started by this process")


def seconds(server_pid: int) -> dict[str, float]:
    """Processor seconds so far: of the server, of all of this process (`worker`), and of its groups of threads."""
    spent = {"server": _spent(Path(f"/proc/{server_pid}/stat")), "worker": _spent(Path("/proc/self/stat"))}
    python = {str(thread.native_id): thread.name for thread in threading.enumerate()}
    for task in Path("/proc/self/task").iterdir():
        try:
            name = python.get(task.name) or _fields(task / "stat")[0]
            used = _spent(task / "stat")
        except OSError:
            continue
        group = next((told for start, told in _NAMES.items() if name.startswith(start)), "other threads")
        spent[group] = spent.get(group, 0) + used
    return spent


def since(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {name: used - before.get(name, 0) for name, used in after.items()}


def _fields(stat: Path) -> tuple[str, list[str]]:
    """The name, and what comes after it: names may hold spaces and brackets."""
    text = stat.read_text()
    return text[text.index("(") + 1 : text.rindex(")")], text.rpartition(")")[2].split()


def _spent(stat: Path) -> float:
    fields = _fields(stat)[1]
    return (int(fields[11]) + int(fields[12])) / _TICKS
