"""What people see fits the terminal they have, and loses nothing that they need."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from commands import screen


@pytest.mark.parametrize("width", [80, 140])
def test_a_narrow_terminal_cuts_no_claim_number_and_no_status(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    out = io.StringIO()
    narrow = Console(file=out, width=width)
    monkeypatch.setattr(screen, "console", lambda: narrow)
    row = {
        "claim": "LKP1009-2026-11",
        "status": "clearinghouse_rejected",
        "effects": "transmit_claim",
        "open": "-10,000,020.86",
        "waits for": "a correction: the clearinghouse rejected it " * 3,
    }
    narrow.print(
        screen.table("1 claim", tuple(row), [row], keep=("claim", "open"), right=("open",), spare=("effects",))
    )
    told = out.getvalue()
    assert "LKP1009-2026-11" in told
    assert "-10,000,020.86" in told
    assert "…" not in told
    assert ("transmit_claim" in told) is (width == 140)
    assert max(map(len, told.splitlines())) <= width


def test_one_claim_is_no_plural() -> None:
    assert [screen.counted(n, "claim") for n in (0, 1, 2)] == ["0 claims", "1 claim", "2 claims"]
