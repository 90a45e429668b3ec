"""What a benchmark keeps: ratios taken round by round, with their spread; and nothing that names a machine."""

from __future__ import annotations

import json
import platform
from pathlib import Path

import pytest

from bench import harness
from bench.harness import Answer, Ratio, Rounds, publish, ratio, rounds
from bench.machine import alone, machine

KEYS = {"question", "title", "ratio", "goal", "better", "rounds", "spread", "machine", "versions", "figures"}


def answer(count: int = 5, figure: float = 2.5) -> Answer:
    return Answer(
        question="made",
        title="One beside another",
        ratio=Ratio(figure, 2.0, 4.0),
        goal=3,
        better="lower",
        rounds=count,
        figures={"one": {"median": 5.0}},
        packages=("pydantic",),
    )


def test_a_ratio_is_taken_in_each_round_and_its_median_told_with_lowest_and_highest() -> None:
    """2/1, 9/3 and 8/2 are 2, 3 and 4; the ratio of the medians, 8/2, would be 4."""
    found: Rounds = {"one": [2.0, 9.0, 8.0], "other": [1.0, 3.0, 2.0]}
    assert ratio(found, "one", "other") == Ratio(3.0, 2.0, 4.0)


def test_candidates_take_turns_and_every_second_round_goes_backwards() -> None:
    turns: list[str] = []

    def work(name: str) -> None:
        turns.append(name)

    found = rounds({"a": lambda: work("a"), "b": lambda: work("b")}, 3)
    assert turns == ["b", "a", "a", "b", "b", "a", "a", "b"]  # the first two are not measured
    assert [len(values) for values in found.values()] == [3, 3]


def test_a_candidate_may_bring_its_own_figure() -> None:
    assert rounds({"a": lambda: 7.0}, 2)["a"] == [7.0, 7.0]


def test_what_is_kept_has_every_key_and_no_name_of_a_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "RESULTS", tmp_path)
    publish(answer(), keep=True)
    text = (tmp_path / "made.json").read_text()
    told = json.loads(text)
    assert set(told) == KEYS
    assert (told["ratio"], told["spread"], told["goal"], told["better"]) == (2.5, [2.0, 4.0], 3, "lower")
    assert set(told["machine"]) == {"cpu", "cores", "memory_gb", "os"}
    assert platform.node() not in text


def test_a_quick_run_keeps_nothing_and_four_rounds_are_too_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "RESULTS", tmp_path)
    publish(answer(1), keep=False)
    with pytest.raises(ValueError, match="at least 5 rounds"):
        publish(answer(4), keep=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("figure", "met"), [(3.0, True), (3.01, False)])
def test_a_goal_is_met_up_to_the_goal_itself(figure: float, met: bool) -> None:
    assert answer(figure=figure).met is met


def test_memory_is_that_of_the_process_that_was_asked() -> None:
    """A parent's size is not counted into its child's: 60 MB held here, a bare Python there."""
    held = bytearray(60_000_000)
    told = alone("os.path:basename", "/a/b")
    assert told["answer"] == "b"
    assert told["peak_mb"] < 40 < len(held) / 1e6


def test_every_result_that_is_kept_in_the_project_can_be_read_and_has_its_rounds() -> None:
    kept = sorted(Path(harness.__file__).parent.glob("results/*.json"))
    for path in kept:
        told = json.loads(path.read_text())
        assert set(told) == KEYS, path.name
        assert told["question"] == path.stem
        assert told["rounds"] >= 5, path.name
    assert set(machine()) == {"cpu", "cores", "memory_gb", "os"}
