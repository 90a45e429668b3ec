"""Files of patients' payments: each row once, and a place and a reason for each that can't be taken."""

from __future__ import annotations

import pytest

from claims.patient_payments import read_payments

HEAD = "reference,amount,date,method,account,claim\n"


def test_a_row_is_read_by_its_columns_in_any_order_and_by_other_names() -> None:
    rows, problems = read_payments("Payment Date,Claim ID,Amount,Ref\n2026-05-01,LK1001,$1250.05,CHK-7\n")
    assert not problems
    (row,) = rows
    assert (row.line, row.amount_cents, row.claim, row.reference, row.account) == (2, 125_005, "LK1001", "CHK-7", "")


def test_the_same_file_has_the_same_payments_and_two_alike_in_it_are_two() -> None:
    text = HEAD + "R1,10.00,2026-05-01,check,acct1,\n" * 2
    first, _ = read_payments(text)
    again, _ = read_payments(text)
    assert [row.id for row in first] == [row.id for row in again]
    assert len({row.id for row in first}) == 2
    alone, _ = read_payments(HEAD + "R1,10.00,2026-05-01,check,acct1,\n")
    assert alone[0].id == first[0].id


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("R1,ten,2026-05-01,check,acct1,", "amount", "not a decimal amount"),
        ("R1,10.001,2026-05-01,check,acct1,", "amount", "two decimal places"),
        ("R1,0.00,2026-05-01,check,acct1,", "amount", "nothing"),
        ("R1,10.00,May 1,check,acct1,", "date", "no day"),
        ("R1,10.00,2026-05-01,check,,", "account", "neither an account nor a claim"),
        ("R1,10.00", "", "2 cells, and the heading has 6"),
    ],
)
def test_a_row_that_cant_be_taken_says_where_and_why_and_takes_no_other_with_it(
    row: str, column: str, reason: str
) -> None:
    rows, (problem,) = read_payments(f"{HEAD}R0,5.00,,cash,acct1,\n\n{row}\n")
    assert [one.line for one in rows] == [2]
    assert (problem.line, problem.column) == (4, column)
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("amount,account,colour\n1.00,a,red\n", "no such column"),
        ("reference,account\nR1,a\n", "needs `amount`"),
        ("amount,account,Amount\n1.00,a,2.00\n", "stands twice"),
    ],
)
def test_a_file_without_headings_is_refused_whole(text: str, reason: str) -> None:
    rows, (problem,) = read_payments(text)
    assert not rows
    assert problem.line == 1
    assert reason in problem.reason


def test_a_returned_payment_is_a_negative_amount() -> None:
    (row,), _ = read_payments(HEAD + "CHK-7,-25.00,2026-05-03,check,acct1,\n")
    assert row.amount_cents == -2_500
