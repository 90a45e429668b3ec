"""Takes the screenshots of docs/images: a stack of its own, the example claims, Chromium on the Temporal UI.

Run as `python tools/make_screenshots.py`; it takes about a minute. Everybody in the pictures is made up.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import expect  # noqa: E402
from temporal_ui import NEEDS_ACTION, TemporalUi, chromium, opened  # noqa: E402

from activities.names import claim_workflow_id  # noqa: E402
from claims.views import ClaimView  # noqa: E402
from commands.claim_files import read_claim_file  # noqa: E402
from commands.context import open_room  # noqa: E402
from commands.demo_script import read_script  # noqa: E402
from commands.examples import example_files  # noqa: E402
from commands.live_desk import run_live  # noqa: E402
from commands.stack import running  # noqa: E402

IMAGES = ROOT / "docs" / "images"
DENIED = "LKP1012"
"""Denied for medical necessity; its payer upholds the first level."""
LOOK_SECONDS, PATIENCE_SECONDS = 0.5, 90
APPEAL = {"level": 1, "reason": "the plan of care is in the records", "by": "biller-1"}


def main() -> None:
    if chromium() is None:
        sys.exit("No Chromium on this machine: apt-get install chromium, then try again.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), poll_seconds=1.0, speed=4.0) as stack:
        os.environ.update(stack.at.environment(), CLAIMLINE_DATA=folder)
        claim = asyncio.run(_ready(_written(Path(folder) / "examples")))
        with opened(stack.at.ui) as ui:
            _take(ui, claim_workflow_id(claim.practice, claim.claim_id))


def _written(folder: Path) -> list[Path]:
    """The example claims, dated by today."""
    folder.mkdir()
    paths = []
    for name, text in example_files(today=datetime.now(UTC).astimezone().date()).items():
        paths.append(folder / name)
        paths[-1].write_text(text)
    return paths


async def _ready(files: list[Path]) -> ClaimView:
    """The denied claim, once every example claim waits for a person or is through."""
    await run_live([read_claim_file(path) for path in files], lambda: None)
    first = {one.number: one.acts[0].when for one in read_script(ROOT / "examples" / "script.toml").claims if one.acts}
    end = time.monotonic() + PATIENCE_SECONDS
    async with open_room(server=False) as room:
        while time.monotonic() < end:
            views = {one.patient_control_number: one for one in (await room.records.list_claims(limit=1_000)).claims}
            if all(number in views and views[number].status == when for number, when in first.items()):
                return views[DENIED]
            await asyncio.sleep(LOOK_SECONDS)
    sys.exit(f"after {PATIENCE_SECONDS} s some claims still don't wait where examples/script.toml says")


def _take(ui: TemporalUi, workflow_id: str) -> None:
    ui.open_list(NEEDS_ACTION)
    ui.listed(workflow_id, "denied")
    ui.page.get_by_role("button", name="Collapse Navigation").click()
    _save(ui, "ui-list")
    ui.open_claim(workflow_id, "User Metadata")
    ui.send_signal("appeal", json.dumps({**APPEAL, "level": "first"}))
    ui.refresh()
    expect(ui.details()).to_contain_text("level: expected a whole number")
    _save(ui, "ui-claim")
    form = ui.write_signal("appeal", json.dumps(APPEAL))
    _save(ui, "ui-signal")
    ui.submit(form)
    ui.refresh()
    expect(ui.details()).to_contain_text("awaiting_approval")
    ui.send_signal("approve", '{"by": "supervisor-1"}')
    ui.show("Timeline")
    expect(ui.page.get_by_text("(level 1)").first).to_be_attached()
    ui.page.get_by_role("heading", name="Timeline").evaluate("it => it.scrollIntoView()")
    _save(ui, "ui-timeline")


def _save(ui: TemporalUi, name: str) -> None:
    ui.page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
