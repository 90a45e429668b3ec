"""The payers' files are data: a mistake in one is named, and all of them say what they do."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from sandbox import script
from sandbox.adjudicate import allowed_cents
from sandbox.model import Line
from sandbox.script import Script, fee_schedule, scripts


def test_a_word_that_no_script_knows_is_an_error() -> None:
    with pytest.raises(ValidationError):
        Script.model_validate(tomllib.loads('payer = "P"\nname = "N"\nstory = "S"\n[pricing]\ndeductable = "5"'))


def test_a_broken_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "payers").mkdir()
    (tmp_path / "payers" / "odd.toml").write_text('payer = "P"\n')
    monkeypatch.setattr(script, "HERE", tmp_path)
    with pytest.raises(ValueError, match=r"odd\.toml"):
        scripts.__wrapped__()


def test_every_file_is_short_and_tells_its_story() -> None:
    files = sorted((script.HERE / "payers").glob("*.toml"))
    assert len(files) == len(scripts())
    for file in files:
        assert len(file.read_text("utf-8").splitlines()) <= 25, file.name
    assert all(one.story.endswith(".") for one in scripts().values())


@pytest.mark.parametrize(
    ("line", "cents"),
    [
        (Line(number=1, procedure="99213", charge_cents=15000), 9240),
        (Line(number=1, procedure="99213", charge_cents=5000), 5000),
        (Line(number=1, procedure="36415", quantity="2", charge_cents=10000), 1714),
        (Line(number=1, procedure="36415", quantity="1.5", charge_cents=10000), 1286),
        (Line(number=1, procedure="99999", charge_cents=10001), 8001),
        (Line(number=1, qualifier="NU", revenue_code="0250", quantity="1", charge_cents=20000), 8640),
        (Line(number=1, procedure="99999", revenue_code="0250", charge_cents=20000), 16000),
    ],
)
def test_the_fee_schedule_allows_by_unit_and_never_above_the_charge(line: Line, cents: int) -> None:
    """8.57 x 1.5 = 12.855, half a cent up; 80 % of 100.01 = 80.008, down."""
    assert allowed_cents(line, fee_schedule()) == cents
