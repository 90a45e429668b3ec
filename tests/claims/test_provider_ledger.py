"""The provider's ledger: what PLB codes mean, and forwarded balances that stay open until a later remittance."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.provider_codes import PROVIDER_CODES
from claims.provider_ledger import ProviderEntry, balances, person_needed, provider_code

AT = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def entry(code: str, amount: int, day: int = 2, *, key: str = "", position: int = 1, **more: str) -> ProviderEntry:
    values = {"payer": "ACME", "payer_id": "PAYER1", "payee": "1999999984"} | more
    trace = key or f"T{day}"
    return ProviderEntry.model_validate(
        {
            "remittance": trace,
            "position": position,
            "document": "d",
            "trace_number": trace,
            "on": date(2026, 3, day),
            "at": AT,
            "code": code,
            "label": provider_code(code).label,
            "amount_cents": amount,
            **values,
        }
    )


@pytest.mark.parametrize(
    "code", ["WO", "FB", "72", "L6", "CS", "CV", "J1", "IR", "LE", "E3", "AH", "50", "51", "B2", "90"]
)
def test_every_code_of_the_guide_that_payers_send_has_a_row_with_its_source(code: str) -> None:
    assert PROVIDER_CODES[code].code == code
    assert PROVIDER_CODES[code].label
    assert "005010X221A1" in PROVIDER_CODES[code].source


@pytest.mark.parametrize(
    ("code", "amount", "ours", "person"),
    [
        # a recovery that names a claim of ours reaches it; one that names none is somebody's to find
        ("WO", 4000, True, False),
        ("WO", 4000, False, True),
        # a negative WO puts the cash of a reversal off (X12 RFI 227, 791)
        ("WO", -4000, False, False),
        # interest is paid to the provider: negative
        ("L6", -125, False, False),
        ("L6", 125, False, True),
        ("FB", -6000, False, False),
        ("IR", 2400, False, True),
        ("LE", 2400, False, True),
        ("J1", 100, False, True),
        ("90", 100, False, False),
        ("90", -100, False, True),
        ("ZZ", 100, False, True),
    ],
)
def test_a_person_looks_where_the_code_or_its_sign_says_too_little(
    code: str, amount: int, ours: bool, person: bool
) -> None:
    assert person_needed(code, amount, names_a_claim_of_ours=ours) is person


def test_a_balance_moved_forward_is_open_until_a_later_remittance_of_the_payer_settles_it() -> None:
    # claims of the first 835 come to -60.00; FB -60.00 makes its payment 0.00; the next one takes 60.00
    forwarded, settling = entry("FB", -6000, 2), entry("FB", 6000, 9)
    assert [b.open_cents for b in balances([forwarded])] == [6000]
    first, second = balances([settling, forwarded])
    assert (first.open_cents, first.settled_by) == (0, ("T9",))
    assert (second.open_cents, second.needs_person) == (0, False)


def test_a_balance_is_settled_in_parts() -> None:
    # 60.00 forwarded; 40.00 and then 20.00 taken
    book = balances([entry("FB", -6000, 2), entry("FB", 4000, 9), entry("FB", 2000, 16)])
    assert book[0].open_cents == 0
    assert book[0].settled_by == ("T9", "T16")
    assert balances([entry("FB", -6000, 2), entry("FB", 4000, 9)])[0].open_cents == 2000


def test_the_balance_with_the_same_reference_is_settled_before_an_older_one() -> None:
    older, named = entry("FB", -5000, 2, reference="A"), entry("FB", -7000, 3, reference="B")
    book = {b.entry.trace_number: b.open_cents for b in balances([older, named, entry("FB", 7000, 9, reference="B")])}
    assert book == {"T2": 5000, "T3": 0, "T9": 0}


def test_the_balance_of_the_same_amount_is_settled_before_an_older_one() -> None:
    book = {
        b.entry.trace_number: b.open_cents
        for b in balances([entry("FB", -5000, 2), entry("FB", -7000, 3), entry("FB", 7000, 9)])
    }
    assert book == {"T2": 5000, "T3": 0, "T9": 0}


def test_another_payer_or_payee_or_an_earlier_remittance_settles_nothing() -> None:
    forwarded = entry("FB", -6000, 9)
    for other in (
        entry("FB", 6000, 16, payer_id="PAYER2"),
        entry("FB", 6000, 16, payee="1888888885"),
        entry("FB", 6000, 2),
        entry("FB", 6000, 9, key="T9", position=2),
        entry("WO", 6000, 16),
    ):
        book = {(b.entry.trace_number, b.entry.position): b for b in balances([forwarded, other])}
        assert book["T9", 1].open_cents == 6000


def test_more_taken_than_was_ever_forwarded_is_a_persons_to_explain() -> None:
    # 60.00 forwarded, 75.00 taken: 15.00 nobody knows of
    _, taken = balances([entry("FB", -6000, 2), entry("FB", 7500, 9)])
    assert (taken.open_cents, taken.needs_person) == (-1500, True)


def test_a_balance_that_a_person_settled_is_open_no_longer_and_settled_by_nothing() -> None:
    by_hand = entry("FB", -6000, 2, done_by="biller-1")
    older, taken = balances([by_hand, entry("FB", 6000, 9)])
    assert (older.open_cents, older.settled_by, older.needs_person) == (0, (), False)
    assert (taken.open_cents, taken.needs_person) == (-6000, True)


ENTRIES = st.lists(
    st.builds(
        lambda code, amount, day, position, reference: entry(
            code, amount, day, key=f"T{day}", position=position, reference=reference
        ),
        st.sampled_from(("FB", "FB", "WO", "L6")),
        st.integers(-3, 3).map(lambda n: n * 2500),
        st.integers(2, 12),
        st.integers(1, 3),
        st.sampled_from(("", "A")),
    ),
    max_size=9,
    unique_by=lambda e: (e.remittance, e.position),
)


@given(entries=ENTRIES, data=st.data())
def test_balances_are_the_same_for_any_order_and_repetition_and_lose_no_cent(
    entries: list[ProviderEntry], data: st.DataObject
) -> None:
    book = balances(entries)
    again = data.draw(st.permutations(entries + entries))
    assert balances(again) == book
    forwards = [b for b in book if b.entry.code == "FB"]
    # what was moved forward less what was taken is what is open, with its sign
    assert -sum(b.entry.amount_cents for b in forwards) == sum(b.open_cents for b in forwards)
    assert all(0 <= b.open_cents <= -b.entry.amount_cents for b in forwards if b.entry.amount_cents < 0)
