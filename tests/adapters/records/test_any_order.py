"""Whatever the order of writes, and however often each is repeated, the same rows stand at the end."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from adapters.records import SqlRecords, open_records
from adapters.records.schema import metadata
from claims.claim import Claim
from claims.matching import IndexEntry
from claims.ports import ControlNumbers, JournalEntry
from claims.views import ClaimView

Write = Callable[[SqlRecords], object]


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table; numbers are drawn in the order of asking, so they are left out."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: sorted(tuple(row) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
            if table.name not in {"sequences", "control_numbers"}
        }
    engine.dispose()
    return found


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_and_any_repetition_of_writes_gives_the_same_rows(
    data: st.DataObject,
    claim: Callable[..., Claim],
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
    fresh: Callable[[], str],
) -> None:
    at = step(1).at

    def steps(sequence: int) -> Write:
        return lambda r: r.write_steps(
            practice="p1",
            claim_id="c1",
            entries=[step(n) for n in range(max(1, sequence - 1), sequence + 1)],
            view=view(sequence=sequence),
            index=entry(traces=(f"T{sequence}",), member_ids=("M1",)),
        )

    def submission(number: int) -> Write:
        return lambda r: r.remember_submission(
            practice="p1",
            claim_id="c1",
            submission=number,
            claim=claim(f"PCN-{number}"),
            numbers=ControlNumbers(interchange=number, group=number, set=f"{number:09d}"),
            document="d" * 64,
        )

    writes: list[Write] = [steps(n) for n in (1, 2, 3, 4)]
    writes += [submission(n) for n in (1, 2)]
    writes += [
        lambda r: r.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=at),
        lambda r: r.store_document(b"one", kind="835", source="stedi", at=at),
        lambda r: r.remember_item("stedi", "tx-1", hashlib.sha256(b"one").hexdigest()),
        lambda r: r.move_cursor("stedi", at),
        lambda r: r.move_cursor("stedi", at + timedelta(hours=1)),
    ]
    order = data.draw(st.permutations(writes))
    order += data.draw(st.lists(st.sampled_from(writes), max_size=8))

    async def run(url: str, chosen: list[Write], *, together: bool) -> None:
        records = open_records(url, clock=lambda: at)
        if together:
            await asyncio.gather(*(write(records) for write in chosen))  # type: ignore[call-overload]
        else:
            for write in chosen:
                await write(records)  # type: ignore[misc]
        records.close()

    plain, mixed = fresh(), fresh()
    asyncio.run(run(plain, writes, together=False))
    asyncio.run(run(mixed, order, together=data.draw(st.booleans())))
    assert rows(mixed) == rows(plain)
