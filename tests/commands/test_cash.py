"""Deposits out of a bank's CSV file: taken whole, or refused with the line and what is wrong with it."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from adapters.records import open_records
from commands.app import main
from commands.cash import read_deposits
from commands.trouble import Unreadable
from tests.postgres import records_url

HEAD = "trace,amount,payer,date\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "bank.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_deposits_are_read_whatever_the_order_and_habits_of_the_bank(tmp_path: Path) -> None:
    text = '\ufeffDATE, Payer ,Amount,Account,Trace\n2026-03-09,60054,"$1,234.50",9,T1\n03/10/2026,ACME,.05,9,T2\n'
    first, second = read_deposits(written(tmp_path, text))
    assert (first.trace_number, first.amount_cents, first.payer, first.on) == ("T1", 123450, "60054", date(2026, 3, 9))
    assert (second.trace_number, second.amount_cents, second.on) == ("T2", 5, date(2026, 3, 10))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no column trace, amount, payer, date"),
        ("trace,amount,payer\n", "no column date"),
        (HEAD + "T1,ten,60054,2026-03-09\n", "line 2: amount not a decimal"),
        (HEAD + "T1,1.00,60054,2026-03-09\nT2,0,60054,2026-03-09\n", "line 3: a deposit is more"),
        (HEAD + "T1,-1.00,60054,2026-03-09\n", "line 2: a deposit is more"),
        (HEAD + ",1.00,60054,2026-03-09\n", "line 2: the trace is empty"),
        (HEAD + "T1,1.00,,2026-03-09\n", "line 2: the payer is empty"),
        (HEAD + "T1,1.00,60054,9 March\n", "line 2: the date is no day"),
        (HEAD + "T1,1.00\n", "line 2: the payer is empty"),
    ],
)
def test_a_file_with_one_bad_line_is_refused_whole_with_its_place(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_deposits(written(tmp_path, text))


def test_a_file_that_is_not_there_or_is_no_text_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="can't be read"):
        read_deposits(tmp_path / "missing.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(Unreadable, match="can't be read"):
        read_deposits(tmp_path / "binary.csv")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLAIMLINE_DATA", str(tmp_path))
    monkeypatch.setenv("CLAIMLINE_RECORDS_URL", records_url(tmp_path))
    open_records(os.environ["CLAIMLINE_RECORDS_URL"]).close()
    return tmp_path


def test_a_deposit_without_a_remittance_is_listed_with_its_deadline(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["deposit", "--trace", "T1", "--amount", "123.45", "--payer", "60054", "--date", "2026-03-09"]
    assert main(words) == 0
    assert main(words) == 0
    assert main(["deposits"]) == 0
    out = capsys.readouterr().out
    assert "1 deposit " in out
    assert "late since 2026-03-13" in out  # Monday 9 March and four business days


@pytest.mark.parametrize("words", [["remittances"], ["provider-ledger"], ["unmatched"], ["deposits"]])
def test_empty_lists_are_lists(folder: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main([*words, "--json"]) == 0
    assert capsys.readouterr().out.strip() == "[]"
    assert main(words) == 0


def test_an_item_that_nobody_knows_is_one_clear_message(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["set-aside", "0123456789-0", "--by", "b-1", "--reason", "none"]) == 1
    assert "no unmatched item is called 0123456789-0" in capsys.readouterr().err


def test_an_entry_that_nobody_knows_is_one_clear_message(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settle-entry", "0123456789-1", "--by", "b-1", "--reason", "none"]) == 1
    assert "no entry is called 0123456789-1" in capsys.readouterr().err
    assert main(["settle-entry", "0123456789-1", "--by", "b-1", "--reason", " "]) == 1
    assert "with a reason" in capsys.readouterr().err
