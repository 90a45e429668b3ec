"""Drives the Temporal UI in Chromium the way operations does: lists, a claim's page, the signal form.

Used by the test of the UI and by the maker of screenshots, so that what is tested is what is shown.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect, sync_playwright

COLUMNS = (
    "Workflow ID",
    "ClaimlineStatus",
    "ClaimlinePayer",
    "ClaimlineOwner",
    "ClaimlineNextDeadline",
    "ClaimlineOpenCents",
    "ClaimlineWaitsFor",
)
"""What a worklist shows beside the id; people choose the same under "Configure Columns"."""
NEEDS_ACTION = 'WorkflowType="ClaimWorkflow" AND ExecutionStatus="Running" AND ClaimlineNeedsAction=true'
_QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
_NOBODY = 9
"""The discard port, where nobody answers."""
_PATIENCE = 15_000
"""Milliseconds for one thing to appear, on a machine that is busy with other things too."""
_LAG, _LOOKS = 2_000, 10
"""Search attributes reach the lists up to a few seconds late."""


def chromium() -> str | None:
    """The browser of this machine, if there is one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def opened(
    ui: str, *, width: int = 1600, height: int = 1000, shown_as: int = 1400, cut_off: str = ""
) -> Iterator[TemporalUi]:
    """A fresh browser on the UI at `ui`; screenshots are `shown_as` pixels wide. `cut_off`, as 127.0.0.1:8081, is an address
    that this browser can't reach, whichever frame or worker of a page asks."""
    rules = [f"--host-resolver-rules=MAP {cut_off} 127.0.0.1:{_NOBODY}"] if cut_off else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*_QUIET, *rules])
        context = browser.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=shown_as / width, locale="en-US"
        )
        context.set_default_timeout(_PATIENCE)
        expect.set_options(timeout=_PATIENCE)
        chosen = json.dumps({"default": [{"label": name} for name in COLUMNS]})
        context.add_init_script(f"localStorage.setItem('namespace-workflow-table-columns', {json.dumps(chosen)})")
        try:
            yield TemporalUi(context.new_page(), ui)
        finally:
            browser.close()


@dataclass(slots=True)
class TemporalUi:
    """One browser tab on the UI."""

    page: Page
    address: str

    def open_list(self, query: str) -> None:
        self.page.goto(f"{self.address}/namespaces/default/workflows?query={quote(query)}")
        expect(self.page.get_by_role("table", name="Workflows")).to_be_visible()

    def row(self, workflow_id: str) -> Locator:
        """The claim's row of the list that is open."""
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("link", name=workflow_id))

    def open_claim(self, workflow_id: str, tab: str = "Timeline") -> None:
        self.page.goto(f"{self.address}/namespaces/default/workflows/{quote(workflow_id, safe='')}")
        self.show(tab)

    def show(self, tab: str) -> None:
        """A tab of the open claim, as people read it: Timeline, Event History, User Metadata, Queries, ..."""
        self.page.get_by_role("tab", name=tab).click()

    def refresh(self) -> None:
        """What the key R does on a claim's page: the current details are asked for again."""
        self.page.keyboard.press("r")

    def summary(self) -> Locator:
        """The summary of the claim whose user metadata is open."""
        return self.page.frame_locator("iframe").first.locator("body")

    def details(self) -> Locator:
        """The current details of the claim whose user metadata is open."""
        return self.page.frame_locator("iframe").last.locator("body")

    def write_signal(self, name: str, body: str) -> Locator:
        """The signal form, filled in and not sent."""
        self.page.get_by_role("button", name="More Actions").click()
        self.page.get_by_role("menuitem", name="Send a Signal").click()
        # The page holds the form twice, one for narrow windows.
        form = self.page.get_by_role("dialog").filter(visible=True)
        form.get_by_test_id("signal-select-button").click()
        form.get_by_role("option", name="Custom").click()
        form.get_by_test_id("signal-name").fill(name)
        form.get_by_role("textbox", name="Data").fill(body)
        # Leaving the editor lets it lay the body out anew; a click that does so is lost on the button that moves.
        form.get_by_test_id("signal-name").click()
        return form

    def send_signal(self, name: str, body: str) -> None:
        self.submit(self.write_signal(name, body))

    def submit(self, form: Locator) -> None:
        """Sends a form, and puts the note away: a second one beside it breaks the page, though its signal arrives."""
        form.get_by_role("button", name="Submit").click()
        expect(form).to_be_hidden()
        note = self.page.locator("#workflow-signal-success-toast")
        note.get_by_role("button").click()
        expect(self.page.get_by_text("Workflow signaled.")).to_have_count(0)

    def ask(self, query: str) -> Locator:
        """The answer to a query; the claim's query page is open."""
        self.page.get_by_test_id("query-select-button").click()
        self.page.get_by_role("option", name=query, exact=True).click()
        self.page.get_by_role("button", name="Run Query").click()
        return self.page.get_by_role("main")

    def listed(self, workflow_id: str, *words: str) -> None:
        """Looks at the open list again until the claim's row has the words. Raises AssertionError when it never has."""
        row = self.row(workflow_id)
        for look in range(_LOOKS):
            try:
                for word in words:
                    expect(row).to_contain_text(word, timeout=_LAG)
            except AssertionError:
                if look + 1 == _LOOKS:
                    raise
                self.page.get_by_role("button", name="Refresh").click()
            else:
                return
