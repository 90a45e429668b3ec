"""The rows of a statement: what all payers paid and took off and what is left to the patient are the charge, in every row.

Amounts in cents; the arithmetic stands beside each case.
"""

from __future__ import annotations

import pytest

from claims.claim import Claim, ServiceLine
from claims.documents import ClaimPayment
from claims.patient_balance import statement_lines
from claims.posting import ledger
from tests.claims.kit import TABLES, Life, claim, payment, payment_line, registered, remittance, two_payers

Row = tuple[int, int, int, int]
"""Charge, paid by payers, taken off, left to the patient."""


def rows(one: Claim, *decided: ClaimPayment) -> list[Row]:
    told = Life(registered(one))
    told.ready()
    for place, answer in enumerate(decided, 1):
        told.take(remittance(answer, trace=f"T{place}", payer_id=f"PAYER{place}", at=told.now))
    state = told.state
    lines = statement_lines(state, ledger(state, TABLES), TABLES)
    return [(line.charge_cents, line.payer_paid_cents, line.adjusted_cents, line.patient_cents) for line in lines]


def one_line() -> Claim:
    line = ServiceLine(number=1, control_number="LK1-1", procedure="99213", charge_cents=12500, pointers=(1,))
    return claim(lines=(line,))


FIRST_BY_LINE = payment(
    7000,
    lines=(
        payment_line(1, 10000, 6000, "CO-45:3000", "PR-2:1000"),
        payment_line(2, 2500, 1000, "CO-45:500", "PR-1:1000"),
    ),
)
SECOND_BY_LINE = payment(
    1800,
    status="2",
    icn="SEC1",
    lines=(payment_line(1, 10000, 800, "OA-23:9000", "PR-3:200"), payment_line(2, 2500, 1000, "OA-23:1500")),
)


@pytest.mark.parametrize(
    ("one", "decided", "expected"),
    [
        pytest.param(claim(), (FIRST_BY_LINE,), [(10000, 6000, 3000, 1000), (2500, 1000, 500, 1000)], id="by line"),
        pytest.param(
            # 60 + 8 paid, 30 taken off once, 2 left; 10 + 10 paid, 5 taken off, nothing left.
            two_payers(),
            (FIRST_BY_LINE, SECOND_BY_LINE),
            [(10000, 6800, 3000, 200), (2500, 2000, 500, 0)],
            id="both payers by line",
        ),
        pytest.param(
            # Decided on the claim as a whole: nobody says which line; 90.00 + 25.00 + 10.00 = 125.00 in a row of its own.
            claim(),
            (payment(9000, "CO-45:2500", "PR-3:1000"),),
            [(10000, 0, 0, 0), (2500, 0, 0, 0), (0, 9000, 2500, 1000)],
            id="the claim as a whole",
        ),
        pytest.param(
            one_line(),
            (payment(9000, "CO-45:2500", "PR-3:1000"),),
            [(12500, 9000, 2500, 1000)],
            id="a claim of one line",
        ),
        pytest.param(
            # 70.00 + 15.00 paid, 35.00 taken off, 5.00 left: the second plan answers for the claim as a whole.
            two_payers(),
            (FIRST_BY_LINE, payment(1500, "OA-23:10500", "PR-3:500", status="2", icn="SEC1")),
            [(10000, 6000, 3000, 0), (2500, 1000, 500, 0), (0, 1500, 0, 500)],
            id="the second payer decides as a whole",
        ),
    ],
)
def test_the_columns_of_a_statement_are_those_of_all_remittances(
    one: Claim, decided: tuple[ClaimPayment, ...], expected: list[Row]
) -> None:
    found = rows(one, *decided)
    assert found == expected
    charge, paid, adjusted, hers = (sum(column) for column in zip(*found, strict=True))
    assert charge == paid + adjusted + hers == 12500
