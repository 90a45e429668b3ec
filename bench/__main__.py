"""`python -m bench`: every benchmark one after another; arguments are handed on to each (`--quick`)."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

_SHARED = frozenset(("__init__", "__main__", "harness", "drawing", "machine", "cost"))


def programs() -> list[str]:
    """The modules under bench/ that answer a question: those that can be run."""
    found = sorted(Path(__file__).parent.glob("*.py"))
    return [p.stem for p in found if p.stem not in _SHARED and '__name__ == "__main__"' in p.read_text("utf-8")]


def main() -> int:
    """Runs each in a process of its own; one that fails does not keep the others from running."""
    names, failed = programs(), []
    for number, name in enumerate(names, 1):
        print(f"== {number}/{len(names)} {name}", flush=True)
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", f"bench.{name}", *sys.argv[1:]], check=False)
        print(f"== {name}: {'done' if done.returncode == 0 else 'FAILED'} in {time.perf_counter() - start:.0f} s\n")
        if done.returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
