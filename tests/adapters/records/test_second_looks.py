"""What waits for a number, and who asks for the look: in SQLite and PostgreSQL, in clear and sealed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.keys import KeyRing, Keys
from adapters.records import SqlRecords, open_records
from adapters.records.cipher import RingCipher
from claims.claim import Claim
from claims.matching import IndexEntry
from claims.ports import UNREADABLE, JournalEntry, UnmatchedItem
from claims.views import ClaimView

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
WAITS = (("payer", "HB99"), ("patient", "HB99"))


async def left_over(
    records: SqlRecords,
    text: str = "one",
    *,
    kind: str = "835 PLB",
    reason: str = "nobody's",
    number: str = "HB99",
    at: datetime = START,
) -> str:
    sha256, _ = await records.store_document(text.encode(), kind="835", source="sandbox", at=at)
    item = UnmatchedItem(
        document=sha256, position=3, part=1, set=kind, reference=number, amount_cents=4000, reason=reason, at=at
    )
    waits = (("payer", number), ("patient", number))
    await records.finish_document(sha256, delivered=0, unmatched=[item], problems=(), awaited=waits)
    return sha256


async def steps_of(
    records: SqlRecords,
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    index: IndexEntry,
    number: int,
) -> None:
    await records.write_steps(
        practice="p1", claim_id="c1", entries=[step(number)], view=view(sequence=number), index=index
    )


async def due(records: SqlRecords) -> list[str]:
    return [one[0] for one in await records.looks.due(10)]


async def test_a_claim_that_learns_the_number_asks_for_the_look_once(
    records: SqlRecords,
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
) -> None:
    await steps_of(records, step, view, entry(payer_claim_control_numbers=()), 1)
    sha256 = await left_over(records)
    assert await due(records) == []
    await steps_of(records, step, view, entry(payer_claim_control_numbers=("hb99",)), 2)
    assert await due(records) == [sha256]
    left = await records.looks.left_over(sha256)
    await records.looks.looked(sha256, left.asked, WAITS)
    assert await due(records) == []
    await steps_of(records, step, view, entry(payer_claim_control_numbers=("hb99", "X1")), 3)
    assert await due(records) == [], "it was known before: nothing is new"


@pytest.mark.parametrize("together", [False, True])
async def test_a_document_that_comes_while_its_claim_learns_the_number_is_never_missed(
    records: SqlRecords,
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
    together: bool,
) -> None:
    await steps_of(records, step, view, entry(payer_claim_control_numbers=()), 1)
    learns = steps_of(records, step, view, entry(payer_claim_control_numbers=("HB99",)), 2)
    if together:
        (sha256, _) = await asyncio.gather(left_over(records), learns)
    else:
        await learns
        sha256 = await left_over(records)
    assert await due(records) == [sha256]


async def test_a_look_that_was_asked_for_anew_meanwhile_is_not_over(
    records: SqlRecords, claim: Callable[..., Claim]
) -> None:
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f", at=START)
    sha256 = await left_over(records)
    told = {("p1", "c1"): {"HB99"}}
    assert [one[0] for one in await records.looks.learn(told)] == [sha256]
    first = await records.looks.left_over(sha256)
    await records.looks.learn(told)
    await records.looks.looked(sha256, first.asked, WAITS)
    assert await due(records) == [sha256]
    # the number that was told is the claim's from now on, before the claim says so itself
    (known,) = await records.candidates(payer_claim_control_numbers=["HB99"])
    assert (known.claim_id, known.payer_claim_control_numbers) == ("c1", ("HB99",))


async def test_a_number_that_nothing_waits_for_asks_for_nothing(
    records: SqlRecords, claim: Callable[..., Claim]
) -> None:
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f", at=START)
    await left_over(records)
    assert await records.looks.learn({("p1", "c1"): {"HB98"}}) == ()
    assert await due(records) == []


async def test_a_part_goes_to_one_claim_and_is_on_its_way_until_it_has_arrived(
    records: SqlRecords, claim: Callable[..., Claim]
) -> None:
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f", at=START)
    sha256 = await left_over(records)
    await records.looks.learn({("p1", "c1"): {"HB99"}})
    (part,) = (await records.looks.left_over(sha256)).parts
    assert sorted(await asyncio.gather(*(records.looks.place(part, f"p1/c{n}") for n in (1, 2)))) == [False, True]
    (on_its_way,) = (await records.looks.left_over(sha256)).parts
    assert on_its_way.matched_to in ("p1/c1", "p1/c2")
    await records.looks.homeless(on_its_way, "no workflow")
    (back,) = (await records.looks.left_over(sha256)).parts
    assert back.matched_to == ""
    assert await records.looks.place(back, "p1/c1")
    await records.looks.arrived(back)
    assert (await records.looks.left_over(sha256)).parts == ()
    assert await records.unmatched() == ()


@pytest.mark.parametrize(("kind", "reason"), [("277CA", "nobody's"), ("835", "held: it doesn't balance")])
async def test_what_is_no_money_or_held_is_not_looked_at(
    records: SqlRecords, claim: Callable[..., Claim], kind: str, reason: str
) -> None:
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f", at=START)
    sha256 = await left_over(records, kind=kind, reason=reason)
    await records.looks.learn({("p1", "c1"): {"HB99"}})
    left = await records.looks.left_over(sha256)
    assert (left.asked, left.parts) == (1, ())


async def test_after_a_rotation_what_waits_is_still_found(
    url: str,
    start: datetime,
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
) -> None:
    ring = KeyRing.new(start)
    before = open_records(url, cipher=RingCipher(Keys(ring)), clock=lambda: start)
    await steps_of(before, step, view, entry(payer_claim_control_numbers=()), 1)
    sha256 = await left_over(before)
    before.close()
    newer = ring.with_new(start + timedelta(days=90)).rotated()
    after = open_records(url, cipher=RingCipher(Keys(newer)), clock=lambda: start)
    await steps_of(after, step, view, entry(payer_claim_control_numbers=("HB99",)), 2)
    assert await due(after) == [sha256]
    after.close()


async def test_where_a_look_is_given_up_what_was_on_its_way_is_open_again_and_the_document_listed_once(
    records: SqlRecords, claim: Callable[..., Claim]
) -> None:
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f", at=START)
    sha256 = await left_over(records)
    await records.looks.learn({("p1", "c1"): {"HB99"}})
    (part,) = (await records.looks.left_over(sha256)).parts
    assert await records.looks.place(part, "p1/c1")
    whole = UnmatchedItem(document=sha256, position=0, set="835", reference="", reason=f"{UNREADABLE}: x", at=START)
    for _ in range(2):
        await records.looks.give_up(sha256, "x", whole)
    assert not await records.looks.place(part, "p1/c1"), "nobody looks any more: nothing is put on its way"
    back, listed = await records.unmatched_rows()
    assert (back.reference, back.matched_to, back.matches) == ("HB99", "", 0)
    assert back.resolved_why == "was on its way to claim p1/c1, which may have it: x"
    assert listed.is_unreadable
    assert await due(records) == []

    # read again: it is looked at, not delivered anew, and stays in the list until that succeeds
    assert await records.open_document_again(sha256) == ("835", "sandbox", 3, START)
    assert await records.document_done(sha256)
    assert await due(records) == [sha256]
    assert len(await records.unmatched()) == 2
    again = await records.looks.left_over(sha256)
    assert await records.looks.place(again.parts[0], "p1/c1")
    await records.looks.arrived(again.parts[0])
    await records.looks.looked(sha256, again.asked, ())
    assert await records.unmatched() == ()
    assert await due(records) == []


async def test_what_has_arrived_or_a_person_matched_stays_where_a_look_is_given_up(
    records: SqlRecords, claim: Callable[..., Claim]
) -> None:
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f", at=START)
    arrived, matched = await left_over(records), await left_over(records, "two")
    await records.looks.learn({("p1", "c1"): {"HB99"}})
    (part,) = (await records.looks.left_over(arrived)).parts
    assert await records.looks.place(part, "p1/c1")
    await records.looks.arrived(part)
    (open_one,) = await records.unmatched_rows()
    await records.take_unmatched(open_one, to="p1/c2", by="biller-1")
    for sha256 in (arrived, matched):
        await records.looks.give_up(sha256, "x")
    rows = await records.unmatched_rows(everything=True)
    assert {one.document: one.matched_to for one in rows} == {arrived: "p1/c1", matched: "p1/c2"}


async def test_a_look_is_not_over_while_another_try_of_it_left_a_part_on_its_way(
    records: SqlRecords, claim: Callable[..., Claim]
) -> None:
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f", at=START)
    sha256 = await left_over(records)
    await records.looks.learn({("p1", "c1"): {"HB99"}})
    slow = await records.looks.left_over(sha256)
    assert await records.looks.place(slow.parts[0], "p1/c1")
    await records.looks.looked(sha256, slow.asked, WAITS)
    assert await due(records) == [sha256]
    await records.looks.arrived(slow.parts[0])
    await records.looks.looked(sha256, slow.asked, WAITS)
    assert await due(records) == []
