"""`start --dry-run`: counts that add up, refusals at their places, findings, exit codes. No server, no database."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from commands.app import main
from commands.claim_files import count_claims, read_claim_file
from commands.examples import DAY, example_files

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared" / "samples"
NOW = ("--today", DAY.isoformat())


@pytest.fixture
def samples() -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("../shared/samples is not here: public sample files are no part of the project")
    return SAMPLES


@pytest.fixture
def professional(tmp_path: Path) -> Path:
    path = tmp_path / "professional.837"
    path.write_text(example_files()["professional.837"])
    return path


def dry(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any], str]:
    code = main(["start", "--dry-run", "--json", *NOW, *arguments])
    out, err = capsys.readouterr()
    return code, json.loads(out), err


def test_the_examples_are_thirty_one_claims_without_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    code, told, _ = dry(capsys, *(str(ROOT / "examples" / name) for name in example_files()))
    # 25 professional, 5 institutional, 4 encounters.
    assert (code, told["claims"], told["started"], told["already_known"], told["refused"]) == (0, 34, 34, 0, 0)
    assert [finding for one in told["files"] for finding in one["findings"]] == []


def test_the_shape_of_the_json_is_the_one_that_is_documented(
    capsys: pytest.CaptureFixture[str], professional: Path
) -> None:
    _, told, _ = dry(capsys, str(professional))
    assert set(told) == {"files", "claims", "started", "already_known", "refused"}
    assert set(told["files"][0]) == {
        *("file", "claims", "started", "already_known", "refused", "refusals", "findings"),
    }


def test_the_same_file_twice_is_already_known(capsys: pytest.CaptureFixture[str], professional: Path) -> None:
    code, told, _ = dry(capsys, str(professional), str(professional))
    assert code == 0
    assert (told["claims"], told["started"], told["already_known"]) == (50, 25, 25)


def test_a_changed_charge_is_refused_at_its_claim_segment_and_says_what_differs(
    capsys: pytest.CaptureFixture[str], professional: Path, tmp_path: Path
) -> None:
    text = professional.read_text()
    changed = tmp_path / "changed.837"
    changed.write_text(text.replace("CLM*LKP1001*216*", "CLM*LKP1001*217*"))
    code, told, _ = dry(capsys, str(professional), str(changed))
    refusals = told["files"][1]["refusals"]
    segments = text.split("~\n")
    assert code == 1
    assert [one["claim"] for one in refusals] == ["LKP1001"]
    assert refusals[0]["segment"] == next(n for n, s in enumerate(segments, 1) if s.startswith("CLM*LKP1001"))
    assert "total charge" in refusals[0]["reason"]


def test_a_partly_bad_file_starts_the_good_claims_and_lists_the_bad_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "bad.837"
    path.write_text(example_files()["professional.837"].replace("CLM*LKP1003*", "CLM*LKP1003*twelve"))
    code, told, _ = dry(capsys, str(path))
    assert code == 1
    assert (told["claims"], told["started"], told["refused"]) == (25, 24, 1)
    assert told["files"][0]["refusals"][0]["claim"] == "LKP1003"


def test_an_error_found_is_exit_code_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "npi.837"
    # The last digit of an NPI is its check digit: 1888888876 is right, 1888888875 is not.
    path.write_text(example_files()["professional.837"].replace("1888888876", "1888888875"))
    code, told, _ = dry(capsys, str(path))
    assert code == 1
    assert told["refused"] == 0
    assert {finding["severity"] for finding in told["files"][0]["findings"]} == {"error"}
    assert set(told["files"][0]["findings"][0]) == {"claim", "edit", "severity", "where", "reason", "fix"}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.837", b"", "the file is empty"),
        ("letter.txt", b"Dear practice,", "no ISA"),
        ("broken.json", b'[{"a": ', "not JSON"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(200), "binary"),
    ],
)
def test_what_is_no_claim_file_is_one_clear_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    code, told, err = dry(capsys, str(path))
    assert code == 2
    assert told["claims"] == 0
    assert len(err.strip().splitlines()) == 1
    assert said in err


def test_an_empty_list_of_encounters_holds_no_claims(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "encounters.json"
    path.write_text("[]")
    code, told, err = dry(capsys, str(path))
    assert (code, told["claims"], told["files"][0]["unreadable"]) == (2, 0, "no claims in it")
    assert err == f"{path}: no claims in it\n"


def test_what_is_passed_over_in_a_claim_file_is_noted(capsys: pytest.CaptureFixture[str], professional: Path) -> None:
    whole = professional.read_text()
    stray = whole[: whole.index("GS*")] + "GS*HP*A*B*20260320*0600*9*X*005010X221A1~ST*835*0001~SE*2*0001~GE*1*9~"
    professional.write_text(whole + stray + "IEA*1*000000009~")
    code, told, _ = dry(capsys, str(professional))
    notes = [note["note"] for note in told["files"][0]["notes"]]
    assert (code, told["started"]) == (0, 25)
    assert "a set that is no claim: a remittance (835); the inbox takes it" in notes


def test_a_missing_file_and_a_folder_are_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = dry(capsys, str(tmp_path / "nowhere.837"), str(tmp_path))
    assert code == 2
    assert "no such file" in err
    assert "is a folder" in err


def test_a_file_cut_off_within_its_last_claim_starts_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = example_files()["professional.837"]
    path = tmp_path / "cut.837"
    path.write_text(text[: text.index("LX*1", text.index("CLM*LKP1020"))])
    code, told, _ = dry(capsys, str(path))
    assert code == 1
    assert (told["claims"], told["started"], told["refused"]) == (20, 19, 1)
    assert told["files"][0]["refusals"][0]["claim"] == "LKP1020"


def test_a_repeated_interchange_is_already_known(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "twice.837"
    path.write_text(example_files()["institutional.837"] * 2)
    _, told, _ = dry(capsys, str(path))
    assert (told["claims"], told["started"], told["already_known"]) == (10, 5, 5)


def test_dental_claims_are_refused_and_counted(capsys: pytest.CaptureFixture[str], samples: Path) -> None:
    code, told, err = dry(capsys, str(samples / "837d" / "irobayna_stupidedi__sales-tax.edi"))
    assert code == 2
    assert (told["claims"], told["refused"]) == (1, 1)
    assert len(err.strip().splitlines()) == 1


def test_every_sample_file_accounts_for_all_its_claims(capsys: pytest.CaptureFixture[str], samples: Path) -> None:
    expected: Counter[str] = Counter()
    for line in (samples / "EXPECTED_837.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["file"].startswith(("837p/", "837i/")):
            expected[row["file"]] += row["n_claims"]
    files = [str(path) for kind in ("837p", "837i") for path in sorted((samples / kind).iterdir())]
    _, told, _ = dry(capsys, *files)
    counted = {str(Path(one["file"]).relative_to(samples)): one["claims"] for one in told["files"]}
    assert counted == dict(expected)
    for one in told["files"]:
        assert one["claims"] == one["started"] + one["already_known"] + one["refused"]
        assert one["refused"] == len(one["refusals"])


def test_the_count_of_claims_is_taken_apart_from_the_reader(samples: Path) -> None:
    for path in sorted((samples / "837p").iterdir()):
        assert count_claims(path.read_bytes()) == read_claim_file(path).claims
