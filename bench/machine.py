"""What a figure was measured on and with: processor, memory, system, versions; and a measurement in its own process."""

from __future__ import annotations

import importlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

MEGABYTE = 1_000_000


def machine() -> dict[str, Any]:
    """Processor, cores, memory and system. No name of the machine: figures are published."""
    page, pages = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(page * pages / 1e9, 1),
        "os": f"{platform.system()} {platform.machine()}",
    }


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Of Python and of `packages`, as installed."""
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}


def alone(function: str, *arguments: str, timeout_seconds: float = 1800) -> dict[str, Any]:
    """Call `module:function` with text arguments in a process of its own.

    Returns `{"seconds", "peak_mb", "base_mb", "answer"}`: the time of the call without imports, the highest resident
    size of that process, the size before the call, and what the function returned (JSON).
    Raises subprocess.CalledProcessError when it fails.
    """
    command = [sys.executable, "-m", "bench.machine", function, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=timeout_seconds)
    told: dict[str, Any] = json.loads(done.stdout.decode().splitlines()[-1])
    return told


def peak_mb() -> float:
    """The highest resident size of this program so far, in MB of 10^6 bytes.

    Linux counts what a process was before it became this program into ru_maxrss, so VmHWM is read where it is.
    """
    try:
        told = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        told = ""
    for line in told.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / MEGABYTE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / MEGABYTE


def _child() -> None:
    module, _, name = sys.argv[1].partition(":")
    function = getattr(importlib.import_module(module), name)
    base = peak_mb()
    start = time.perf_counter()
    answer = function(*sys.argv[2:])
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb(), "base_mb": base, "answer": answer}))


if __name__ == "__main__":
    _child()
