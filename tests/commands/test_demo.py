"""The demo as people run it on a fresh machine, and its script."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from adapters.x12.gate import gate
from claims.money import cents
from commands.demo_script import AMOUNTS, read_script
from commands.examples import DAY, SEED, example_files
from commands.synthetic import CLINIC, HOSPITAL, PAYERS, make, npi
from commands.trouble import Unreadable
from sandbox.script import scripts
from tests.postgres import records_url

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = read_script(ROOT / "examples" / "script.toml")


def test_the_demo_takes_every_claim_to_the_end_of_its_script(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLAIMLINE_")}
    kept["CLAIMLINE_RECORDS_URL"] = records_url(tmp_path)
    ended = subprocess.run(
        [sys.executable, str(ROOT / "starter.py"), "demo", "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=180,
        cwd=tmp_path,
        env=kept,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr
    assert f"All {len(SCRIPT.claims)} claims ended where their scripts say" in ended.stdout
    assert "balances" in ended.stdout
    assert "/namespaces/default/workflows" in ended.stdout


def test_the_script_has_a_part_for_every_example_claim() -> None:
    numbers = [made.scenario.number for made in make(SEED, DAY)]
    assert sorted(numbers) == sorted(SCRIPT.by_number)
    assert len(numbers) >= 24


def test_the_money_at_each_scripted_end_is_the_whole_charge() -> None:
    for made in make(SEED, DAY):
        end = SCRIPT.by_number[made.scenario.number].end
        assert sum(cents(getattr(end, name)) for name in AMOUNTS) == made.charge_cents, made.scenario.number


def test_every_payer_of_the_examples_is_one_of_the_sandbox() -> None:
    assert set(PAYERS) <= set(scripts())


def test_the_committed_examples_are_what_the_generator_makes() -> None:
    for name, text in example_files().items():
        assert (ROOT / "examples" / name).read_text() == text, f"{name}: run python tools/make_examples.py"


@pytest.mark.parametrize("name", ["professional.837", "institutional.837"])
def test_the_example_files_pass_pyx12(name: str) -> None:
    assert gate(example_files()[name]) == []


def test_examples_of_another_day_differ_in_their_dates_alone() -> None:
    one, other = make(SEED, DAY), make(SEED, date(2031, 3, 1))
    assert [made.lines for made in one] == [made.lines for made in other]
    assert all(0 < (date(2031, 3, 1) - made.served_to).days <= 28 for made in other)


@pytest.mark.parametrize("number", [CLINIC.npi, HOSPITAL.npi, CLINIC.clinician[2], HOSPITAL.clinician[2]])
def test_every_npi_passes_luhn_with_its_prefix(number: str) -> None:
    digits = [int(digit) for digit in "80840" + number]
    doubled = [2 * d - 9 if 2 * d > 9 else 2 * d for d in digits[-2::-2]]
    assert (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def test_the_npi_of_the_standards_own_example_is_reproduced() -> None:
    # CMS, "Requirements for National Provider Identifier (NPI) and NPI check digit": 123456789 has check digit 3.
    assert npi("123456789") == "1234567893"


def test_no_claim_number_is_used_twice() -> None:
    assert Counter(claim.number for claim in SCRIPT.claims).most_common(1)[0][1] == 1


def test_a_faulty_script_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "script.toml"
    path.write_text('people = {}\n[[claims]]\nnumber = "A"\nstory = "s"\nend = { state = "closed" }\n')
    with pytest.raises(Unreadable, match=r"claims\.0\.end"):
        read_script(path)
