"""Control numbers: one key one number, no number twice, whatever dies in between."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from adapters.records import RecordsError, SqlRecords, open_records

ROOT = Path(__file__).parents[3]
DRAW = """
import asyncio, sys
from adapters.records import open_records

async def main(url, name, count):
    records = open_records(url)
    for n in range(count):
        numbers = await records.next_control_numbers(f"{name}-{n}")
        print(f"{name}-{n}", numbers.interchange, flush=True)

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


def drawing(url: str, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", DRAW, url, name, str(count)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


async def test_numbers_count_up_and_a_key_keeps_its_own(records: SqlRecords) -> None:
    first = await records.next_control_numbers("p1/c1/1")
    second = await records.next_control_numbers("p1/c1/2")
    assert (first.interchange, first.group, first.set) == (1, 1, "000000001")
    assert second.interchange == 2
    assert await records.next_control_numbers("p1/c1/1") == first


async def test_one_key_asked_for_by_many_at_once_draws_one_number(records: SqlRecords) -> None:
    drawn = await asyncio.gather(*(records.next_control_numbers("p1/c1/1") for _ in range(30)))
    assert {numbers.interchange for numbers in drawn} == {1}
    assert (await records.next_control_numbers("p1/c2/1")).interchange == 2


async def test_processes_that_draw_at_once_never_share_a_number(url: str) -> None:
    processes = [drawing(url, name, 25) for name in ("a", "b", "c")]
    lines = [line.split() for process in processes for line in process.communicate(timeout=60)[0].splitlines()]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sorted(int(number) for _, number in lines) == list(range(1, 76))


async def test_a_number_drawn_before_a_kill_is_the_keys_number_after_it(url: str) -> None:
    process = drawing(url, "a", 100_000)
    assert process.stdout is not None
    told = dict(process.stdout.readline().split() for _ in range(20))
    os.kill(process.pid, signal.SIGKILL)
    told |= dict(line.split() for line in process.communicate()[0].splitlines() if len(line.split()) == 2)
    records = open_records(url)
    again = {key: str((await records.next_control_numbers(key)).interchange) for key in told}
    fresh = (await records.next_control_numbers("new")).interchange
    records.close()
    assert again == told
    assert fresh > max(int(number) for number in told.values())


async def test_the_last_number_is_nine_digits_and_none_follows_it(url: str) -> None:
    open_records(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO sequences (name, value) VALUES ('interchange', 999999998)"))
    engine.dispose()
    records = open_records(url)
    assert (await records.next_control_numbers("last")).set == "999999999"
    with pytest.raises(RecordsError, match="nine-digit"):
        await records.next_control_numbers("one more")
    records.close()
