"""What operations watch is counted right, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from adapters.records import SqlRecords
from claims.matching import IndexEntry
from claims.ports import JournalEntry, UnmatchedItem
from claims.views import ClaimView, DeadlineView, TaskView

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def test_claims_deadlines_tasks_and_unmatched_items_are_counted(
    records: SqlRecords,
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
) -> None:
    def deadline(kind: str, due: datetime) -> DeadlineView:
        return DeadlineView(id=kind, kind=kind, due=due, rule="r", source="s")

    def task(name: str, owner: str, due: datetime) -> TaskView:
        return TaskView(id=name, type="follow_up", owner=owner, due=due, reason="r")

    looks = [
        view("c1", deadlines=(deadline("filing", NOW + 6 * DAY),), tasks=(task("t1", "biller", NOW - 2 * HOUR),)),
        view("c2", deadlines=(deadline("filing", NOW + 8 * DAY),), tasks=(task("t2", "biller", NOW + HOUR),)),
        view("c3", deadlines=(deadline("acknowledgement", NOW - HOUR),), tasks=(), needs_action=False),
        view("c4", stage="closed", status="closed", open_cents=0, deadlines=(), tasks=(), needs_action=False),
        view("c5", status="submission_unknown", deadlines=(), tasks=(task("t5", "coder", NOW + DAY),)),
    ]
    for look in looks:
        await records.write_steps(
            practice="p1", claim_id=look.claim_id, entries=[step(1)], view=look, index=entry(look.claim_id)
        )
    sha256, _ = await records.store_document(b"835", kind="835", source="stedi", at=NOW - 3 * HOUR)
    await records.remember_item("stedi", "i1", sha256)
    other, _ = await records.store_document(b"277", kind="277CA", source="stedi", at=NOW - HOUR)
    await records.remember_item("stedi", "i2", other)
    sent, _ = await records.store_document(b"837", kind="837", source="outgoing", at=NOW - DAY)
    assert sent
    item = UnmatchedItem(
        document=sha256, position=1, set="835", reference="WHO", amount_cents=5_000, reason="nobody's", at=NOW - 4 * DAY
    )
    await records.finish_document(sha256, delivered=0, unmatched=[item], problems=())

    told = {
        (one.name.removeprefix("claimline_"), *(v for _, v in one.labels)): one.value
        for one in await records.gauges(NOW)
    }
    assert {name: value for name, value in told.items() if value} == {
        ("claims", "submitted"): 4,
        ("claims", "closed"): 1,
        ("claims_open_cents", "submitted"): 4 * 2_000,
        ("claims_needing_action",): 3,
        ("claims_stuck", "submission_unknown"): 1,
        ("filing_deadlines_near",): 1,  # the one in six days; eight are more than a week
        ("deadlines_overdue", "acknowledgement"): 1,
        ("tasks_open", "biller"): 2,
        ("tasks_open", "coder"): 1,
        ("tasks_overdue", "biller"): 1,
        ("task_overdue_longest_seconds",): 2 * 3600,
        ("unmatched_items",): 1,
        ("unmatched_cents",): 5_000,
        ("unmatched_oldest_seconds",): 4 * 86_400,
        # the 277CA; what we sent ourselves never waits for delivery
        ("documents_waiting",): 1,
        ("documents_waiting_oldest_seconds",): 3600,
    }
