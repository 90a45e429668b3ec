"""Remittances, the provider's ledger, deposits and unmatched items in a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from adapters.records import SqlRecords
from claims.cash import Accounting, BookedAdjustment, Placed
from claims.deposits import Deposit
from claims.ports import RecordsError, UnmatchedItem
from claims.provider_ledger import balances

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def account(key: str = "k1", payment: int = 12125, **more: object) -> Accounting:
    """90.00 posted, 50.00 unmatched, 20.00 held, 38.75 taken at provider level."""
    values: dict[str, object] = {
        "key": key,
        "segment": 3,
        "trace_number": "0012345",
        "payer": "ACME",
        "payer_id": "PAYER1",
        "originator": "1512345678",
        "payee_id": "1999999984",
        "method": "ACH",
        "paid_on": date(2026, 3, 2),
        "claims": 3,
        "payment_cents": payment,
        "posted_cents": 9000,
        "held_cents": 2000,
        "unmatched_cents": 5000,
        "provider_cents": -3875,
        "adjustments": (
            BookedAdjustment(
                position=1, code="WO", label="overpayment recovered", amount_cents=4000, needs_person=True
            ),
            BookedAdjustment(position=2, code="L6", label="interest owed", amount_cents=-125),
        ),
    }
    return Accounting.model_validate(values | more)


def item(document: str, **more: object) -> UnmatchedItem:
    values: dict[str, object] = {
        "document": document,
        "position": 20,
        "set": "835",
        "reference": "WHO",
        "payer": "ACME",
        "amount_cents": 5000,
        "reason": "no claim has this number",
        "at": START,
        "remittance": "k1",
    }
    return UnmatchedItem.model_validate(values | more)


def deposit(**more: object) -> Deposit:
    values: dict[str, object] = {
        "trace_number": "12345",
        "amount_cents": 12125,
        "payer": "PAYER1",
        "on": date(2026, 3, 3),
        "at": START,
    }
    return Deposit.model_validate(values | more)


async def stored(records: SqlRecords, text: str = "one") -> str:
    sha256, _ = await records.store_document(text.encode(), kind="835", source="sandbox", at=START)
    return sha256


async def finish(
    records: SqlRecords,
    text: str,
    accounts: tuple[Accounting, ...],
    unmatched: tuple[UnmatchedItem, ...] = (),
    placed: tuple[Placed, ...] = (),
) -> str:
    sha256 = await stored(records, text)
    here = tuple(one.model_copy(update={"document": sha256}) for one in unmatched)
    await records.finish_document(sha256, delivered=1, unmatched=here, problems=(), remittances=accounts, placed=placed)
    return sha256


async def test_a_remittance_is_kept_with_where_its_cash_is(records: SqlRecords) -> None:
    sha256 = await finish(records, "one", (account(),), (item(""),))
    (row,) = await records.remittances()
    assert (row.document, row.trace_number, row.payment_cents) == (sha256, "0012345", 12125)
    # 90.00 + 20.00 + 50.00 - 38.75 = 121.25
    assert row.difference_cents == 0
    assert row.expects_deposit
    entries = await records.provider_entries()
    assert [(e.code, e.amount_cents, e.payee, e.on) for e in entries] == [
        ("WO", 4000, "1999999984", date(2026, 3, 2)),
        ("L6", -125, "1999999984", date(2026, 3, 2)),
    ]
    assert [b.open_cents for b in balances(entries)] == [0, 0]


async def test_the_same_set_out_of_another_document_is_counted_once(records: SqlRecords) -> None:
    await finish(records, "one", (account(),), (item(""),))
    await finish(records, "the same in another envelope", (account(),), (item("", position=99),))
    await finish(records, "the same in another envelope", (account(),), (item("", position=99),))
    assert len(await records.remittances()) == 1
    assert len(await records.provider_entries()) == 2
    assert [one.position for one in await records.unmatched()] == [20]


async def test_a_later_copy_that_finds_the_claim_closes_what_the_first_one_left(records: SqlRecords) -> None:
    left = item("", reference="WHO2", amount_cents=100)
    await finish(records, "one", (account(),), (item(""), left))
    reached = item("")
    home = Placed(account().key, reached.set, reached.reference, reached.amount_cents or 0, 0, "p1/c7")
    await finish(records, "two", (account(),), (left,), (home,))
    assert [one.reference for one in await records.unmatched()] == ["WHO2"]
    found, still_open = await records.unmatched_rows(everything=True)
    assert (found.resolution, found.matched_to, still_open.matched_to) == ("matched", "p1/c7", "")
    (row,) = await records.remittances()
    assert (row.posted_cents, row.unmatched_cents) == (14000, 0)


async def test_a_matched_item_moves_its_cash_and_gives_it_back(records: SqlRecords) -> None:
    await finish(records, "one", (account(),), (item(""),))
    (row,) = await records.unmatched_rows()
    found = await records.find_unmatched(row.id)
    assert found == row
    await records.take_unmatched(row, to="p1/c1", by="biller-1")
    await records.take_unmatched(row, to="p1/c1", by="biller-1")
    with pytest.raises(RecordsError, match="somebody else"):
        await records.take_unmatched(row, to="p1/c2", by="biller-2")
    (cash,) = await records.remittances()
    assert (cash.posted_cents, cash.unmatched_cents, cash.difference_cents) == (14000, 0, 0)
    assert await records.unmatched() == ()
    (seen,) = await records.unmatched_rows(everything=True)
    assert (seen.resolution, seen.matched_to, seen.resolved_by) == ("matched", "p1/c1", "biller-1")
    assert await records.give_back_unmatched(seen, by="biller-2", why="another patient")
    assert not await records.give_back_unmatched(seen, by="biller-2", why="another patient")
    (cash,) = await records.remittances()
    assert (cash.posted_cents, cash.unmatched_cents) == (9000, 5000)
    (again,) = await records.unmatched_rows()
    assert (again.matches, again.matched_to, again.resolved_why) == (1, "", "another patient")


async def test_a_matched_recovery_names_its_claim_in_the_providers_ledger(records: SqlRecords) -> None:
    recovery = item("", set="835 PLB", position=3, part=1, reference="HB1", amount_cents=4000)
    await finish(records, "one", (account(),), (recovery,))
    (row,) = await records.unmatched_rows()
    await records.take_unmatched(row, to="p1/c1", by="biller-1")
    entry, _ = await records.provider_entries()
    assert (entry.practice, entry.claim_id, entry.needs_person) == ("p1", "c1", False)
    (cash,) = await records.remittances()
    assert (cash.posted_cents, cash.unmatched_cents) == (9000, 5000)
    await records.give_back_unmatched(row, by="biller-1", why="no")
    entry, _ = await records.provider_entries()
    assert (entry.claim_id, entry.needs_person) == ("", True)


async def test_an_entry_that_a_person_dealt_with_is_settled_once(records: SqlRecords) -> None:
    await finish(records, "one", (account(),))
    entry, _ = await records.provider_entries()
    assert balances([entry])[0].needs_person
    assert await records.finish_entry(entry, by="biller-1", why="paid by check")
    assert not await records.finish_entry(entry, by="biller-2", why="again")
    entry, _ = await records.provider_entries()
    assert (entry.done_by, entry.done_why) == ("biller-1", "paid by check")
    assert not balances([entry])[0].needs_person


async def test_an_item_set_aside_is_open_no_longer_and_its_cash_stays(records: SqlRecords) -> None:
    await finish(records, "one", (account(),), (item(""),))
    (row,) = await records.unmatched_rows()
    assert await records.set_aside_unmatched(row, by="biller-1", why="of the sister practice")
    assert await records.unmatched() == ()
    (cash,) = await records.remittances()
    assert cash.unmatched_cents == 5000
    with pytest.raises(RecordsError):
        await records.take_unmatched(row, to="p1/c1", by="biller-1")


@pytest.mark.parametrize("name", ["", "-", "abc-0", "nothing-0", "zzzzzzzzzz-0", "1%-0", "------"])
async def test_an_item_is_found_by_its_whole_id_alone(records: SqlRecords, name: str) -> None:
    await finish(records, "one", (account(),), (item(""),))
    assert await records.find_unmatched(name) is None


HELD = {"held": "cut off", "held_cents": 12125, "posted_cents": 0, "unmatched_cents": 0, "provider_cents": 0}


@pytest.mark.parametrize("good_first", [True, False])
async def test_a_broken_copy_counts_for_nothing_beside_a_good_one(records: SqlRecords, good_first: bool) -> None:
    broken = (account("k2", adjustments=(), **HELD), (item("", remittance="k2", reason="held: cut off"),))
    good = (account(), (item(""),))
    for number, (one, unmatched) in enumerate((good, broken) if good_first else (broken, good)):
        await finish(records, f"copy {number}", (one,), unmatched)
    rows = {row.key: row.superseded_by for row in await records.remittances()}
    assert rows == {"k1": "", "k2": "k1"}
    assert [one.remittance for one in await records.unmatched()] == ["k1"]


@pytest.mark.parametrize("deposit_first", [True, False])
async def test_a_deposit_and_its_remittance_pair_whichever_comes_first(
    records: SqlRecords, deposit_first: bool
) -> None:
    if deposit_first:
        assert await records.add_deposits([deposit()]) == 1
    await finish(records, "one", (account(),))
    if not deposit_first:
        assert await records.add_deposits([deposit()]) == 1
    assert await records.add_deposits([deposit()]) == 0
    (cash,), (money,) = await records.remittances(), await records.deposits()
    assert (cash.paired_with, money.paired_with) == (money.id, "k1")
    assert not cash.expects_deposit


async def test_a_deposit_of_another_amount_or_payer_waits_and_says_why(records: SqlRecords) -> None:
    await finish(records, "one", (account(),))
    await records.add_deposits([deposit(amount_cents=12000), deposit(payer="PAYER2"), deposit(trace_number="77")])
    told = {(d.amount_cents, d.payer, d.trace_number): (d.fits, d.paired_with) for d in await records.deposits()}
    assert told == {
        (12000, "PAYER1", "12345"): ("amount", ""),
        (12125, "PAYER2", "12345"): ("payer", ""),
        (12125, "PAYER1", "77"): ("", ""),
    }
    (cash,) = await records.remittances()
    assert cash.expects_deposit
