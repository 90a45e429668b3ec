"""Lists, pages, worklists and totals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from adapters.records import RecordsError, SqlRecords
from claims.matching import IndexEntry
from claims.ports import JournalEntry
from claims.views import ClaimView, TaskView

Steps = Callable[..., JournalEntry]
Views = Callable[..., ClaimView]
Entries = Callable[..., IndexEntry]


@pytest.fixture
async def five(records: SqlRecords, step: Steps, view: Views, entry: Entries, start: datetime) -> SqlRecords:
    """Five claims, registered a minute apart, the later the sooner due."""
    for n in range(1, 6):
        fields: dict[str, object] = {
            "registered_at": start + timedelta(minutes=n),
            "practice": "p1" if n < 5 else "p2",
            "stage": "denied" if n % 2 else "paid",
            "payer": "Aetna" if n < 4 else "Cigna",
            "payer_id": "60054" if n < 4 else "62308",
            "needs_action": n == 2,
            "tasks": (
                TaskView(
                    id="t1",
                    type="work_denial" if n % 2 else "follow_up",
                    owner="biller" if n < 4 else "coder",
                    category="necessity" if n in (1, 3) else "",
                    due=start + timedelta(days=10 - n),
                    pended_until=start + timedelta(days=30) if n == 5 else None,
                    reason="CO-50",
                ),
            ),
        }
        made = view(f"c{n}", **fields)
        await records.write_steps(
            practice=made.practice,
            claim_id=made.claim_id,
            entries=[step(1)],
            view=made,
            index=entry(made.claim_id, practice=made.practice),
        )
    return records


async def listed(records: SqlRecords, **filters: object) -> list[str]:
    page = await records.list_claims(**filters)  # type: ignore[arg-type]
    return [claim.claim_id for claim in page.claims]


async def test_claims_are_listed_by_what_people_ask_for(five: SqlRecords) -> None:
    assert await listed(five) == ["c1", "c2", "c3", "c4", "c5"]
    assert await listed(five, practice="p2") == ["c5"]
    assert await listed(five, stage="paid") == ["c2", "c4"]
    assert await listed(five, payer="AETNA", stage="denied") == ["c1", "c3"]
    assert await listed(five, payer="62308") == ["c4", "c5"]
    assert await listed(five, needs_action=True) == ["c2"]
    assert await listed(five, needs_action=False, owner="biller") == ["c1", "c3", "c4", "c5"]
    assert await listed(five, status="paid") == []


async def test_pages_follow_each_other_without_gap_or_repetition(five: SqlRecords) -> None:
    first = await five.list_claims(limit=2)
    second = await five.list_claims(limit=2, cursor=first.next_cursor)
    third = await five.list_claims(limit=2, cursor=second.next_cursor)
    pages = [[claim.claim_id for claim in page.claims] for page in (first, second, third)]
    assert pages == [["c1", "c2"], ["c3", "c4"], ["c5"]]
    assert third.next_cursor is None


@pytest.mark.parametrize("cursor", ["", "nonsense", "e30", "WzEsMiwzXQ"])
async def test_a_foreign_cursor_is_refused_in_words(five: SqlRecords, cursor: str) -> None:
    with pytest.raises(RecordsError, match="cursor"):
        await five.list_claims(cursor=cursor)


async def test_a_claim_is_found_by_its_id_or_its_number(
    five: SqlRecords, step: Steps, view: Views, entry: Entries
) -> None:
    assert [c.claim_id for c in await five.claim("c3")] == ["c3"]
    assert [c.claim_id for c in await five.claim("p1/c3")] == ["c3"]
    assert [c.claim_id for c in await five.claim("pcn-c3")] == ["c3"]
    assert await five.claim("p2/c3") == ()
    await five.write_steps(
        practice="p9",
        claim_id="c9",
        entries=[step(1)],
        view=view("c9", practice="p9", patient_control_number="PCN-c3"),
        index=entry("c9", practice="p9", patient_control_number="PCN-c3"),
    )
    assert [c.claim_id for c in await five.claim("PCN-c3")] == ["c9", "c3"]
    assert [c.claim_id for c in await five.claim("PCN-c3", practice="p9")] == ["c9"]


async def test_tasks_come_in_the_order_in_which_they_are_due(five: SqlRecords, start: datetime) -> None:
    async def ids(**filters: object) -> list[str]:
        return [task.claim_id for task in await five.tasks(**filters)]  # type: ignore[arg-type]

    assert await ids() == ["c5", "c4", "c3", "c2", "c1"]
    assert await ids(owner="coder") == ["c5", "c4"]
    assert await ids(type="work_denial", practice="p1") == ["c3", "c1"]
    assert await ids(payer="aetna") == ["c3", "c2", "c1"]
    assert await ids(due_before=start + timedelta(days=7)) == ["c5", "c4"]
    assert await ids(stage="paid") == ["c4", "c2"]
    assert await ids(category="necessity") == ["c3", "c1"]
    assert await ids(put_off=False) == ["c4", "c3", "c2", "c1"]
    (first, *_) = await five.tasks()
    assert (first.patient_control_number, first.open_cents, first.reason) == ("PCN-c5", 2_000, "CO-50")


async def test_totals_add_up_for_each_stage_and_together(five: SqlRecords) -> None:
    totals = await five.totals()
    # every claim: charge 120 = paid 70 + contractual 20 + written off 1 + patient 9 + open 20
    assert totals.all.claims == 5
    assert totals.all.charge_cents == 60_000
    assert totals.by_stage["denied"].claims == 3
    assert totals.by_stage["denied"].paid_cents == 21_000
    assert totals.by_stage["paid"].open_cents == 4_000
    assert (await five.totals("p2")).all.patient_cents == 900
    assert (await five.totals("nobody")).all.claims == 0
