"""What the sandbox's tests share: a running sandbox with a clock that is moved by hand, and small synthetic files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from sandbox.clearinghouse import Clearinghouse
from sandbox.clock import ManualClock
from sandbox.store import Store
from sandbox.web import create_app

FIXTURES = Path(__file__).parent / "fixtures"
KEY = "test-key"
START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
MEDICAL = "/2024-04-01/change/medicalnetwork"
PROFESSIONAL = f"{MEDICAL}/professionalclaims/v3/raw-x12-submission"
INSTITUTIONAL = f"{MEDICAL}/institutionalclaims/v1/raw-x12-submission"
ELIGIBILITY = f"{MEDICAL}/eligibility/v3/raw-x12"
CLAIM_STATUS = f"{MEDICAL}/claimstatus/v2/raw-x12"
POLLING = "/2023-08-01/polling/transactions"


def fixture(name: str, *changes: tuple[str, str]) -> str:
    """A fixture with texts replaced; a text that is not there is an error. SE01 is counted again."""
    text = (FIXTURES / f"{name}.edi").read_text("ascii")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return recount(text)


def recount(text: str) -> str:
    """SE01 says how many segments there are."""
    lines = text.splitlines()
    start = 0
    for index, line in enumerate(lines):
        if line.startswith("ST*"):
            start = index
        if line.startswith("SE*"):
            lines[index] = f"SE*{index - start + 1}*{line.split('*')[2]}"
    return "\n".join(lines) + "\n"


def professional(payer: str = "SBXPAID", pcn: str = "PCN101", number: int = 101, *changes: tuple[str, str]) -> str:
    """An 837P of two lines, 150 and 100, for a payer, with control numbers of its own."""
    control = f"{number:09d}"
    numbers = (
        ("*000000101", f"*{control}"),
        ("*101*X", f"*{number}*X"),
        ("GE*1*101", f"GE*1*{number}"),
        ("*0101", f"*{number:04d}"),
    )
    return fixture("professional", *changes, ("PCN101", pcn), ("SBXPAID", payer), *numbers)


@dataclass
class Sandbox:
    """A sandbox and somebody who uses it."""

    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    store: Store = field(default_factory=Store)

    def __post_init__(self) -> None:
        self.house = Clearinghouse(self.store, self.clock)
        transport = httpx.ASGITransport(app=create_app(self.house, KEY))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers={"authorization": KEY})

    async def submit(self, x12: str, key: str | None = None, path: str = PROFESSIONAL) -> httpx.Response:
        headers = {"idempotency-key": key} if key is not None else {}
        return await self.client.post(path, json={"x12": x12}, headers=headers)

    async def items(self, *set_ids: str) -> list[dict[str, Any]]:
        """The polling list from the start, of those kinds."""
        found: list[dict[str, Any]] = []
        query = {"startDateTime": "2026-01-01T00:00:00Z", "pageSize": "500"}
        answer = await self.client.get(POLLING, params=query)
        assert answer.status_code == 200, answer.text
        found = answer.json()["items"]
        return [i for i in found if not set_ids or kind(i) in set_ids]

    async def fetch(self, item: dict[str, Any]) -> str:
        answer = await self.client.get(item["artifacts"][0]["url"], follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def texts(self, *set_ids: str) -> list[str]:
        """The documents of those kinds that have come by now, the first one first."""
        return [await self.fetch(i) for i in await self.items(*set_ids) if i["direction"] == "INBOUND"]

    def later(self, seconds: float = 60) -> None:
        self.clock.advance(seconds)


def kind(item: dict[str, Any]) -> str:
    """The transaction set identifier of an item of the polling list."""
    return str(item["x12"]["metadata"]["transaction"]["transactionSetIdentifier"])


def rows(x12: str, *segment_ids: str) -> list[str]:
    """The segments with one of those ids, in order."""
    return [s for raw in x12.split("~") if (s := raw.strip()) and s.split("*")[0] in segment_ids]
