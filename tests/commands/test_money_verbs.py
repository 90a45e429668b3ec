"""What people do about other payers, patients' accounts and refunds, by the commands themselves, on everything real: a dev
server, workers and the sandbox's payers."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commands.app import main
from commands.synthetic import Scenario, make
from commands.synthetic_x12 import professional
from tests.commands.test_stack import processes_of, start_up

LONGEST = 60.0
SHARES = ("BAL1", "BAL2", "BAL3")
TODAY = datetime.now(UTC).date()
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("money")
    running = start_up(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLAIMLINE_DATA", str(folder))
        patch.setenv("CLAIMLINE_USER", "biller.test")
        paid = [Scenario(number, "professional", "SBXSHARE", procedures=("99213",)) for number in SHARES]
        silent = Scenario("SIL1", "professional", "SBXSILENT")
        path = folder / "claims.837"
        path.write_text(professional(make(7, TODAY, (*paid, silent)), TODAY))
        assert main(["start", str(path)]) == 0
    yield folder
    running.send_signal(signal.SIGTERM)
    assert running.wait(30) == 0
    assert processes_of(folder) == []


@pytest.fixture
def run(stack: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """One command: its exit code, what it printed, what it complained of."""
    monkeypatch.setenv("CLAIMLINE_DATA", str(stack))
    monkeypatch.setenv("CLAIMLINE_USER", "biller.test")

    def command(*words: str) -> tuple[int, str, str]:
        code = main(list(words))
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return command


def account(run: Run, claim: str) -> dict[str, Any]:
    """The account that a claim is on, once it is on one."""
    return until(run, ("accounts", claim, "--json"), lambda told: bool(told["claims"]))


def until(run: Run, words: tuple[str, ...], holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What a command tells once `holds`."""

    async def ask() -> dict[str, Any]:
        for _ in range(int(LONGEST / 0.25)):
            code, out, _ = await asyncio.to_thread(run, *words)
            if code == 0 and holds(told := json.loads(out)):
                found: dict[str, Any] = told
                return found
            await asyncio.sleep(0.25)
        raise AssertionError(f"{' '.join(words)} never told it")

    return asyncio.run(ask())


def one_line(text: str, part: str) -> None:
    """A refusal is one clear line (and perhaps one of what to do)."""
    assert part in text
    assert len(text.strip().splitlines()) <= 2


def test_a_payment_on_an_account_counts_once_under_its_key_and_what_is_over_goes_back(run: Run) -> None:
    owed = account(run, "BAL1")["balance"]
    for _ in range(2):
        code, _, err = run("account-pay", "BAL1", "amount=1.00", "method=card", "--id", "k1", "--json")
        assert code == 0, err
    told = account(run, "BAL1")
    assert [one["amount"] for one in told["payments"]] == ["1.00"]
    cents = round(float(owed) * 100)
    code, _, _ = run("account-pay", "BAL1", f"amount={owed}", "method=card", "--id", "k2")
    assert code == 0
    told = until(run, ("accounts", "BAL1", "--json"), lambda x: len(x["payments"]) == 2)
    assert (told["balance"], told["credit"], cents > 100) == ("0.00", "1.00", True)
    code, _, err = run("return-credit", "BAL1", "amount=2.00")
    assert code == 1
    one_line(err, "the account's credit is 1.00")
    assert run("return-credit", "BAL1", "--by", "biller-1")[0] == 0
    assert account(run, "BAL1")["credit"] == "1.00"  # the sandbox's practice wants a second person
    code, _, err = run("approve-credit", "BAL1", "--by", "biller-1")
    assert code == 1
    one_line(err, "who asked for it can't approve it")
    assert run("approve-credit", "BAL1", "--by", "owner-1")[0] == 0
    assert run("return-credit", "BAL1", "reference=CHK-7", "--by", "biller-1")[0] == 0
    code, _, err = run("return-credit", "BAL1", "amount=1.00")
    assert code == 1
    one_line(err, "the account's credit is 0.00")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("account-pay", "BAL3", "amount=ten"), 1, "amount"),
        (("account-pay", "BAL3", "amount=0"), 1, "a payment of nothing"),
        (("account-pay", "NOBODY", "amount=1.00"), 1, "no claim is known as NOBODY"),
        (("account-pay", "SIL1", "amount=1.00"), 1, "nothing of SIL1 is on a patient's account yet"),
        (("account-hold", "BAL3", "holiday", "reason=r"), 1, "hold"),
        (("account-release", "BAL3"), 1, "no such hold is placed"),
        (("plan", "BAL3", "count=0"), 1, "count"),
        (("plan", "BAL3", "count=3", "first=someday"), 1, "first"),
        (("plan", "BAL3", "instalments=[{"), 2, "not JSON"),
        (("end-plan", "BAL3", "reason=r"), 1, "there is no plan"),
        (("collections", "BAL3", "hand_over=perhaps"), 1, "hand_over"),
        (("approve-credit", "BAL3"), 1, "nothing awaits this approval"),
        (("coverage", "BAL3", "reason=r"), 1, "payer"),
        (("coverage", "BAL3", "coverages=[1]", "reason=r"), 1, "a coverage is an object"),
        (("refund", "BAL3", "to=patient", "amount=1.00", "reason=r"), 1, "only 0.00 are owed to the patient"),
        (("refund", "BAL3", "to=nobody", "amount=1.00"), 1, "to"),
        (("refund-sent", "BAL3", "reference=CHK-1"), 1, "no such refund waits"),
        (("revert-refund", "BAL3", "reason=r"), 1, "no such refund stands"),
    ],
)
def test_what_cant_be_done_is_one_clear_line(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    account(run, "BAL3")
    ended, _, err = run(*words)
    assert (ended, err != "") == (code, True), err
    one_line(err, said)


def test_a_plan_is_agreed_once_and_ended_once(run: Run) -> None:
    account(run, "BAL3")
    first = (TODAY + timedelta(days=20)).isoformat()
    for _ in range(2):
        assert run("plan", "BAL3", "count=2", f"first={first}", "--id", "p1")[0] == 0
    told = account(run, "BAL3")
    assert (told["standing"], len(told["plan"]["instalments"])) == ("plan", 2)
    code, _, err = run("plan", "BAL3", "count=2", f"first={first}")
    assert code == 1
    one_line(err, "a plan stands already")
    assert run("end-plan", "BAL3", "reason=she pays it all")[0] == 0
    assert account(run, "BAL3")["plan"] is None


def test_a_refund_is_asked_for_and_sent_and_shown(run: Run) -> None:
    """0.50 more than the balance are paid at the claim itself: the claim's own credit, which goes back by check."""
    owed = account(run, "BAL2")["balance"]
    amount = f"{round(float(owed) * 100 + 50) / 100:.2f}"
    assert run("pay", "BAL2", f"amount={amount}", "method=card", "--id", "p")[0] == 0
    assert run("pay", "BAL2", f"amount={amount}", "method=card", "--id", "p")[0] == 0
    code, _, err = run("refund", "BAL2", "to=patient", "amount=0.75", "reason=r")
    assert code == 1
    one_line(err, "only 0.50 are owed to the patient")
    for _ in range(2):
        assert run("refund", "BAL2", "to=patient", "amount=0.50", "reason=paid twice", "--id", "r")[0] == 0
    assert run("approve", "BAL2", "--by", "owner-1")[0] == 0
    for _ in range(2):
        assert run("refund-sent", "BAL2", "reference=CHK-9", "method=check", "--id", "s")[0] == 0
    told = until(run, ("show", "BAL2", "--json"), lambda x: bool(x["status"] == "closed"))
    assert [(one["amount"], one["reference"]) for one in told["ledger"]["refunds"]] == [("0.50", "CHK-9")]
    assert "CHK-9" in run("show", "BAL2")[1]


def test_coverage_is_changed_by_its_command_and_refused_with_a_reason(run: Run) -> None:
    fields = {"order": "primary", "payer_id": "SBXPAID", "payer_name": "SANDBOX PAYS", "member_id": "M77"}
    told = json.dumps([{**fields, "filing_indicator": "CI"}])
    code, _, err = run("coverage", "SIL1", f"coverages={told}", "reason=the right card", "--id", "c")
    assert code == 0, err
    assert run("coverage", "SIL1", f"coverages={told}", "reason=the right card", "--id", "c")[0] == 0
    entries = json.loads(run("timeline", "SIL1", "--json")[1])
    assert len([one for one in entries if one["event"] == "coverage_changed" and not one["refused"]]) == 1


def test_a_file_of_payments_with_a_bad_row_posts_nothing_and_a_good_one_posts_once(run: Run, tmp_path: Path) -> None:
    before = len(account(run, "BAL3")["payments"])
    file = tmp_path / "lockbox.csv"
    head = "reference,amount,date,method,claim\n"
    file.write_text(f"{head}R1,1.00,{TODAY},check,BAL3\nR2,ten,{TODAY},check,BAL3\n")
    code, _, err = run("patient-payments", str(file))
    assert code == 2
    one_line(err, "line 3: amount")
    assert len(account(run, "BAL3")["payments"]) == before
    file.write_text(f"{head}R1,1.00,{TODAY},check,BAL3\n")
    outcomes = []
    for _ in range(2):
        code, out, _ = run("patient-payments", str(file), "--json")
        assert code == 0
        outcomes.append(json.loads(out)["payments"][0]["outcome"])
    assert outcomes == ["posted", "posted before"]
    file.write_text(f"{head}R1,1.00,{TODAY},check,BAL3\nR3,1.00,{TODAY},check,NOBODY\n")
    code, out, _ = run("patient-payments", str(file), "--json")
    told = json.loads(out)["payments"]
    assert (code, [one["outcome"] for one in told]) == (1, ["posted before", "refused"])
    assert len(account(run, "BAL3")["payments"]) == before + 1
    assert run("patient-payments", str(tmp_path / "none.csv"))[0] == 2
