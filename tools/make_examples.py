"""Writes examples/: an 837P file, an 837I file and JSON encounters, all synthetic.

    python tools/make_examples.py --seed 7            write the committed files anew
    python tools/make_examples.py --seed 7 --check    say whether they are what the generator makes
    python tools/make_examples.py --today 2027-03-01 --into DIR

The committed files are dated by DAY; the demo writes its own copies dated by the day it runs on, because filing
limits count from the date of service.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from commands.examples import DAY, SEED, example_files  # noqa: E402


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Write the synthetic claims of examples/.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--today", type=date.fromisoformat, default=DAY, help="services lie in the weeks before this day"
    )
    parser.add_argument("--into", type=Path, default=ROOT / "examples")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file differs")
    options = parser.parse_args(arguments)
    files = example_files(options.seed, options.today)
    if options.check:
        stale = [name for name, text in files.items() if _text(options.into / name) != text]
        for name in stale:
            print(f"{name} is not what the generator makes; run: python tools/make_examples.py --seed {options.seed}")
        return 1 if stale else 0
    options.into.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (options.into / name).write_text(text)
        print(options.into / name)
    return 0


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
