"""Fills the parts of docs/tell.md that come from the product: the example, its output, and the table of messages.

python tools/tell_page.py            write
python tools/tell_page.py --check    exit 1 where the page is not current
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from claims.messages import PEOPLES_MESSAGES  # noqa: E402

TARGET = ROOT / "docs" / "tell.md"
STORY = "tests/stories/clearinghouse_rejects_then_paid/story.jsonl"


def messages() -> str:
    rows = ["| message | also | what it does | body |", "|---|---|---|---|"]
    for message in PEOPLES_MESSAGES:
        also = ", ".join(f"`{alias}`" for alias in message.aliases)
        rows.append(f"| `{message.name}` | {also} | {message.help} | `{message.example}` |")
    return "\n".join(rows)


def story() -> str:
    return f"```json\n{(ROOT / STORY).read_text(encoding='utf-8').rstrip()}\n```"


def output() -> str:
    command = [sys.executable, "starter.py", "tell", STORY]
    plain = {**os.environ, "COLUMNS": "118", "NO_COLOR": "1", "TERM": "dumb", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True, check=True, timeout=60)
    lines = [line.rstrip() for line in done.stdout.strip("\n").splitlines()]
    return "\n".join(["```text", *lines, "```"])


def page(text: str) -> str:
    """The page with each part between its two marks as it is now."""
    for name, part in (("story", story()), ("output", output()), ("messages", messages())):
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n{part}\n{end}{after}"
    return text


def main() -> int:
    current = TARGET.read_text(encoding="utf-8")
    wanted = page(current)
    if "--check" in sys.argv[1:]:
        print(
            "docs/tell.md is current" if wanted == current else "docs/tell.md is stale: run python tools/tell_page.py"
        )
        return int(wanted != current)
    TARGET.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
