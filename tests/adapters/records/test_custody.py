"""The audit log in the database, what is erased and what never, and sealing anew after a rotation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from adapters.keys import KeyRing, Keys
from adapters.records import RecordsError, SqlRecords, open_records
from adapters.records.audit_log import Act
from adapters.records.cipher import RingCipher
from adapters.records.retention import Expired
from claims.accounts.state import AccountState
from claims.accounts.views import AccountEntry, AccountView
from claims.claim import Claim
from claims.matching import IndexEntry
from claims.payer_rules import PayerRules
from claims.ports import JournalEntry, UnmatchedItem
from claims.state import ClaimState
from claims.status import Stage, Status
from claims.views import ClaimView

CLOSED = datetime(2016, 3, 2, 14, tzinfo=UTC)
"""Ten years before the clock of these tests, to the day."""


AT_REST = {
    "practice": "p1",
    "account": "g1",
    "zone": "America/Chicago",
    "tables_version": "1",
    "opened_at": CLOSED,
    "changed_at": CLOSED,
    "since": CLOSED,
    "sequence": 2,
}


def settled_account(**changed: Any) -> AccountView:
    """Of a guarantor whose one claim, c1, is paid."""
    known: dict[str, Any] = {
        "practice": "p1",
        "account": "g1",
        "standing": "settled",
        "since": CLOSED,
        "balance_cents": 0,
        "withheld_cents": 0,
        "credit_cents": 0,
        "claims": 0,
        "statements": 1,
        "sequence": 2,
        "changed_at": CLOSED,
        "summary": {"claims": [{"claim_id": "c1"}]},
    }
    return AccountView(**(known | changed))


def altered(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


async def noted(records: SqlRecords, count: int) -> None:
    for number in range(1, count + 1):
        await records.custody.note(Act(actor="biller-1", action="read", subject=f"claim/p1/c{number}", detail="show"))


async def test_what_people_do_to_claims_is_noted_with_the_step_and_what_machines_do_is_not(
    records: SqlRecords,
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
) -> None:
    steps = [
        step(1, event="claim_scrubbed"),
        step(2, event="appeal_requested", by="biller-1"),
        step(3, event="written_off", by="biller-1", refused="needs an approval"),
        step(4, event="upstream_replacement_received", by="upstream"),
        step(5, event="remittance_received", by="PLAINS HEALTH PLAN"),
        step(6, event="account_standing", by="account"),
        step(7, event="patient_paid", by="account"),
        step(8, event="eligibility_overridden", by="claimline"),
    ]
    for _ in range(2):  # a worker that died before it was told so writes the same steps again
        await records.write_steps(practice="p1", claim_id="c1", entries=steps, view=view(), index=entry())
    told = [(one.actor, one.action, one.subject, one.detail) for one in await records.custody.entries()]
    assert told == [
        ("biller-1", "refused", "claim/p1/c1", "written_off 3"),
        ("biller-1", "act", "claim/p1/c1", "appeal_requested 2"),
    ]
    assert (await records.custody.verify())[2] == ()


@pytest.mark.parametrize(
    ("statement", "sequence", "reason"),
    [
        ("UPDATE audit SET actor = 'somebody' WHERE sequence = 3", 3, "was changed"),
        ("DELETE FROM audit WHERE sequence = 2", 2, "missing: 2"),
        ("DELETE FROM audit WHERE sequence > 3", 4, "missing at the end: 4 to 5"),
        ("UPDATE audit SET sequence = 90 - sequence WHERE sequence IN (2, 3)", 2, "missing: 2 to 3"),
    ],
)
async def test_an_entry_that_was_changed_removed_or_moved_is_named(
    records: SqlRecords, url: str, statement: str, sequence: int, reason: str
) -> None:
    await noted(records, 5)
    count, head, none = await records.custody.verify()
    assert (count, none) == (5, ())
    assert len(head) == 64
    altered(url, statement)
    found = (await records.custody.verify())[2]
    assert (found[0].sequence, found[0].reason) == (sequence, reason)


async def closed_claim(
    records: SqlRecords,
    claim: Callable[..., Claim],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
    step: Callable[..., JournalEntry],
    rules: PayerRules,
    claim_id: str = "c1",
    stage: Stage = Stage.CLOSED,
    line: str = "medicare_advantage",
) -> None:
    """A claim that was closed ten years ago today, with everything that is kept of one."""
    at = CLOSED
    body = claim(f"PCN-{claim_id}")
    await records.register(practice="p1", claim_id=claim_id, claim=body, fingerprint=claim_id, at=at)
    numbers = await records.next_control_numbers(f"p1/{claim_id}/1")
    await records.remember_submission(
        practice="p1", claim_id=claim_id, submission=1, claim=body, numbers=numbers, document="d" * 64
    )
    seen = view(
        claim_id, stage=stage, status="closed" if stage is Stage.CLOSED else "denied", registered_at=at, changed_at=at
    )
    await records.write_steps(
        practice="p1", claim_id=claim_id, entries=[step(1)], view=seen, index=entry(claim_id, member_ids=("MEM12345",))
    )
    state = ClaimState(
        practice="p1",
        claim_id=claim_id,
        zone="America/Chicago",
        source="837P",
        payer_rules=(rules.model_copy(update={"line_of_business": line}),),
        tables_version="1",
        registered_at=at,
        changed_at=at,
        since=at,
        stage=stage,
        status=Status.CLOSED,
        coded=True,
        claim=body,
        sequence=1,
    )
    await records.archive(state)


@pytest.fixture
async def ten_years_old(
    records: SqlRecords,
    claim: Callable[..., Claim],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
    step: Callable[..., JournalEntry],
    payer_rules: PayerRules,
) -> SqlRecords:
    await closed_claim(records, claim, view, entry, step, payer_rules)
    sha256, _ = await records.store_document(b"ISA*old", kind="835", source="carrier", at=CLOSED)
    await records.finish_document(sha256, delivered=1, unmatched=(), problems=())
    return records


async def test_a_claim_past_its_time_is_erased_whole_and_the_log_says_so(ten_years_old: SqlRecords) -> None:
    custody = ten_years_old.custody
    found = await custody.expired(own_years=6)
    # 42 CFR 422.504(d): ten years after 2016-03-02; a document might hold such a claim
    assert [(one.kind, one.since.isoformat(), one.source) for one in found] == [
        ("claim", "2026-03-02", "42 CFR 422.504(d)"),
        ("document", "2026-03-02", "42 CFR 422.504(d)"),
    ]
    assert [await custody.erase(one, by="officer-1") for one in found] == [True, True]
    assert await ten_years_old.claim("c1") == ()
    assert await ten_years_old.journal("p1", "c1") == ()
    assert await ten_years_old.archived("p1", "c1") is None
    assert await ten_years_old.candidates(member_ids=["MEM12345"], patient_control_numbers=["PCN-c1"]) == ()
    (document,) = await ten_years_old.documents()
    with pytest.raises(RecordsError, match="erased, its time had passed"):
        await ten_years_old.load_document(document.sha256)
    assert (await ten_years_old.store_document(b"ISA*old", kind="835", source="carrier", at=CLOSED))[1] is False
    told = [(one.actor, one.action, one.subject) for one in await custody.entries()]
    assert told == [
        ("officer-1", "erase", f"document/{document.sha256}"),
        ("officer-1", "erase", "claim/p1/c1"),
    ]
    assert await custody.expired(own_years=6) == ()
    assert [await custody.erase(one, by="officer-1") for one in found] == [False, False]


async def test_an_account_goes_after_its_last_claim_with_its_steps_and_the_log_says_so(
    ten_years_old: SqlRecords,
) -> None:
    custody, account = ten_years_old.custody, settled_account()
    await ten_years_old.write_account(entries=[account_step(1), account_step(2, by="biller-1")], view=account)
    assert [one.kind for one in await custody.expired(own_years=6)] == ["claim", "document"], "its claim stands yet"
    (of_claim, _) = await custody.expired(own_years=6)
    assert await custody.erase(of_claim, by="officer-1")
    assert [one.kind for one in await custody.expired(own_years=6)] == ["document"], "it is not at rest: no archive"
    await ten_years_old.archive_account(AccountState.model_validate(AT_REST))
    listed = await custody.expired(own_years=6)
    # nobody knows of which line of business its claims were: ten years after 2016-03-02, as 42 CFR 422.504(d) has it
    assert [(one.kind, one.id, one.since.isoformat()) for one in listed] == [
        ("account", "p1/g1", "2026-03-02"),
        ("document", listed[1].id, "2026-03-02"),
    ]
    assert await custody.hold("p1", "", by="counsel-1", reason="audit")
    assert not await custody.erase(listed[0], by="officer-1"), "held after the list was made"
    assert await custody.release("p1", "", by="counsel-1")
    assert await custody.erase(listed[0], by="officer-1")
    assert not await custody.erase(listed[0], by="officer-1")
    assert await ten_years_old.list_accounts(everything=True) == ()
    assert await ten_years_old.account_steps("p1", "g1") == ()
    assert await ten_years_old.archived_account("p1", "g1") is None
    (noted, *_) = await custody.entries(subject="account/")
    assert (noted.actor, noted.action, noted.subject) == ("officer-1", "erase", "account/p1/g1")


@pytest.mark.parametrize(
    "changed",
    [
        {"standing": "statement", "balance_cents": 100},
        {"credit_cents": 100},
        {"needs_action": True},
        {"changed_at": CLOSED + timedelta(days=1)},
    ],
)
async def test_an_account_with_anything_open_or_younger_than_its_time_is_kept(
    records: SqlRecords, changed: dict[str, Any]
) -> None:
    await records.archive_account(AccountState.model_validate(AT_REST))
    await records.write_account(entries=[], view=settled_account())
    assert [one.kind for one in await records.custody.expired(own_years=6)] == ["account"]
    await records.write_account(entries=[], view=settled_account(**changed))
    assert await records.custody.expired(own_years=6) == ()


async def left_over(records: SqlRecords) -> str:
    """An 835 of which 50.00 found nobody ten years ago: it waits by two numbers."""
    sha256, _ = await records.store_document(b"ISA*fifty", kind="835", source="carrier", at=CLOSED)
    item = UnmatchedItem(
        document=sha256, position=9, set="835", reference="WHO1", amount_cents=5000, reason="no claim", at=CLOSED
    )
    waits = (("payer", "ICN77"), ("member", "MEM77"))
    await records.finish_document(sha256, delivered=0, unmatched=[item], problems=(), awaited=waits)
    return sha256


def rows_of(url: str, *tables: str) -> list[int]:
    engine = create_engine(url)
    with engine.begin() as connection:
        counts = [connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]
    engine.dispose()
    return counts


async def test_a_document_with_an_open_part_is_kept_and_then_goes_with_every_number_it_waited_by(
    records: SqlRecords, url: str
) -> None:
    sha256, custody = await left_over(records), records.custody
    gone = Expired(kind="document", id=sha256, since=CLOSED.date(), years=10, source="42 CFR 422.504(d)")
    assert await custody.expired(own_years=6) == (), "50.00 are nobody's yet"
    assert not await custody.erase(gone, by="officer-1")
    (row,) = await records.unmatched_rows()
    assert (row.reference, row.amount_cents) == ("WHO1", 5000)
    await records.open_document_again(sha256)
    await records.set_aside_unmatched(row, by="biller-1", why="Robin Sample's, of another practice")
    assert rows_of(url, "awaited_numbers", "second_looks") == [2, 1]
    (listed,) = await custody.expired(own_years=6)
    assert await custody.erase(listed, by="officer-1")
    assert rows_of(url, "awaited_numbers", "second_looks") == [0, 0]
    (kept,) = await records.unmatched_rows(everything=True)
    assert (kept.reference, kept.resolved_why, kept.resolution, kept.resolved_by) == ("", "", "set_aside", "biller-1")


async def test_a_part_on_its_way_to_a_claim_keeps_its_document(records: SqlRecords) -> None:
    sha256 = await left_over(records)
    await records.open_document_again(sha256)
    (part,) = (await records.looks.left_over(sha256)).parts
    assert await records.looks.place(part, "p1/c1")
    assert await records.custody.expired(own_years=6) == ()
    await records.looks.arrived(part)
    assert [one.id for one in await records.custody.expired(own_years=6)] == [sha256]


async def test_a_file_of_the_time_of_a_hold_stays_also_where_that_was_placed_after_the_list_was_made(
    ten_years_old: SqlRecords,
) -> None:
    listed = await ten_years_old.custody.expired(own_years=6)
    assert await ten_years_old.custody.hold("p1", "c1", by="counsel-1", reason="Doe v. Lakeside")
    assert [await ten_years_old.custody.erase(one, by="officer-1") for one in listed] == [False, False]


@pytest.mark.parametrize(
    ("source", "taken", "goes"),
    [
        ("outgoing", False, True),
        ("upstream", False, True),
        ("carrier", False, False),
        ("carrier", True, True),
    ],
)
async def test_statements_letters_and_files_of_claims_go_by_age_and_what_nobody_took_in_stays(
    records: SqlRecords, source: str, taken: bool, goes: bool
) -> None:
    sha256, _ = await records.store_document(b"%PDF statement", kind="statement", source=source, at=CLOSED)
    if taken:
        await records.finish_document(sha256, delivered=0, unmatched=(), problems=())
    assert [one.id for one in await records.custody.expired(own_years=6)] == ([sha256] if goes else [])


async def test_what_people_do_to_accounts_and_unmatched_items_is_noted_with_the_act(records: SqlRecords) -> None:
    steps = [
        account_step(1, by="claim").model_copy(update={"event": "balance_reported"}),
        account_step(2, by="biller-1"),
        account_step(3, by="desk-1", refused="no such claim"),
    ]
    for _ in range(2):  # written twice, noted once
        await records.write_account(entries=steps, view=settled_account())
    sha256, _ = await records.store_document(b"ISA*835", kind="835", source="carrier", at=CLOSED)
    item = UnmatchedItem(document=sha256, position=9, set="835", reference="WHO1", reason="no claim", at=CLOSED)
    await records.finish_document(sha256, delivered=0, unmatched=[item], problems=())
    (row,) = await records.unmatched_rows()
    await records.take_unmatched(row, to="p1/c1", by="biller-1")
    assert not await records.set_aside_unmatched(row, by="biller-2", why="another's"), "not noted: nothing was done"
    assert await records.give_back_unmatched(row, by="biller-1", why="another patient")
    assert await records.set_aside_unmatched(row, by="biller-2", why="another's")
    told = [(one.actor, one.action, one.subject, one.detail) for one in reversed(await records.custody.entries())]
    assert told == [
        ("biller-1", "act", "account/p1/g1", "account_paid 2"),
        ("desk-1", "refused", "account/p1/g1", "account_paid 3"),
        ("biller-1", "act", f"unmatched/{row.id}", "matched to claim/p1/c1"),
        ("biller-1", "act", f"unmatched/{row.id}", "taken off its claim"),
        ("biller-2", "act", f"unmatched/{row.id}", "set aside"),
    ]


def account_step(sequence: int, by: str = "", refused: str = "") -> AccountEntry:
    return AccountEntry(
        sequence=sequence,
        at=CLOSED,
        event="account_paid",
        event_id=f"e{sequence}",
        by=by,
        before="statement",
        after="settled",
        refused=refused,
    )


async def test_a_longer_rule_of_the_installation_keeps_both(ten_years_old: SqlRecords) -> None:
    assert await ten_years_old.custody.expired(own_years=11) == ()


@pytest.mark.parametrize("claim_id", ["c1", ""])
async def test_nothing_under_a_legal_hold_is_erased_even_if_it_was_placed_after_the_list_was_made(
    ten_years_old: SqlRecords, claim_id: str
) -> None:
    custody = ten_years_old.custody
    listed = await custody.expired(own_years=6)
    assert await custody.hold("p1", claim_id, by="counsel-1", reason="Doe v. Lakeside")
    assert not await custody.hold("p1", claim_id, by="counsel-1", reason="again")
    assert await custody.expired(own_years=6) == (), "a file of its time may hold the claim"
    assert not await custody.erase(listed[0], by="officer-1")
    assert [one.reason for one in await custody.holds()] == ["Doe v. Lakeside"]
    assert await custody.release("p1", claim_id, by="counsel-1")
    assert len(await custody.expired(own_years=6)) == 2


async def test_an_open_claim_keeps_itself_and_every_file_since_it_began(
    ten_years_old: SqlRecords,
    claim: Callable[..., Claim],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
    step: Callable[..., JournalEntry],
    payer_rules: PayerRules,
) -> None:
    await closed_claim(ten_years_old, claim, view, entry, step, payer_rules, "c2", Stage.DENIED)
    found = await ten_years_old.custody.expired(own_years=6)
    assert [one.id for one in found] == ["p1/c1"]


async def test_after_a_rotation_everything_is_sealed_anew_and_the_old_key_is_needed_no_more(
    url: str,
    claim: Callable[..., Claim],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
    step: Callable[..., JournalEntry],
    payer_rules: PayerRules,
    start: datetime,
) -> None:
    ring = KeyRing.new(start)
    newer = ring.with_new(start + timedelta(days=90)).rotated()
    in_clear = open_records(url, clock=lambda: start)
    await closed_claim(in_clear, claim, view, entry, step, payer_rules, "c1")
    sha256, _ = await in_clear.store_document(b"ISA*old", kind="835", source="carrier", at=start)
    in_clear.close()
    old = open_records(url, cipher=RingCipher(Keys(ring)), clock=lambda: start)
    await closed_claim(old, claim, view, entry, step, payer_rules, "c2")
    old.close()

    records = open_records(url, cipher=RingCipher(Keys(newer)), clock=lambda: start)
    waiting = await records.custody.waiting()
    assert (waiting["claims"], waiting["archives"], waiting["submissions"], waiting["documents"]) == (2, 2, 2, 1)
    assert await records.custody.sealed_by(ring.active) > 0
    for table in waiting:
        while await records.custody.reseal(table):
            pass
    assert set((await records.custody.waiting()).values()) == {0}
    assert await records.custody.sealed_by(ring.active) == 0
    records.close()

    alone = open_records(url, cipher=RingCipher(Keys(newer.without(ring.active))), clock=lambda: start)
    assert await alone.load_document(sha256) == b"ISA*old"
    assert len((await alone.list_claims()).claims) == 2
    assert {one.claim_id for one in await alone.candidates(member_ids=["MEM-12345"])} == {"c1", "c2"}
    assert [one.claim_id for one in await alone.claim("PCN-c1")] == ["c1"]
    assert (await alone.archived("p1", "c2")) is not None
    alone.close()


async def test_without_a_key_ring_there_is_nothing_to_seal_with(url: str) -> None:
    records = open_records(url)
    with pytest.raises(RecordsError, match="set CLAIMLINE_KEYS_FILE"):
        await records.custody.waiting()
    records.close()
