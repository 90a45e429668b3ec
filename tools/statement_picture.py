"""Draws docs/images/statement.png: a reminder over two visits of a made-up patient, laid out by the real templates.

python tools/statement_picture.py
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import typst

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from adapters.correspondence.letters import Contact, statement_data  # noqa: E402
from claims.accounts.effects import LayOutStatement, StatementPart  # noqa: E402
from claims.accounts.values import ClaimBalance, Creditor, Debtor, Notice, PayerPart, StatementLine  # noqa: E402
from claims.claim import Address, Name  # noqa: E402

TEMPLATES = ROOT / "adapters" / "correspondence"
PICTURE = ROOT / "docs" / "images" / "statement.png"


def visit(number: str, on: date, notice: Notice, line: StatementLine, decided: date) -> StatementPart:
    payer = PayerPart(
        name="Harbor Health Plan",
        paid_cents=line.payer_paid_cents,
        adjusted_cents=line.adjusted_cents,
        patient_cents=line.patient_cents,
        decided_on=decided,
    )
    balance = ClaimBalance(
        claim_id=number,
        sequence=1,
        number=number,
        service_on=on,
        amount_cents=line.patient_cents,
        lines=(line,),
        payers=(payer,),
    )
    return StatementPart(balance=balance, notice=notice, amount_cents=line.patient_cents)


def line(on: date, what: str, charge: int, paid: int, adjusted: int) -> StatementLine:
    return StatementLine(
        service_on=on,
        description=what,
        charge_cents=charge,
        payer_paid_cents=paid,
        adjusted_cents=adjusted,
        patient_cents=charge - paid - adjusted,
    )


def example() -> LayOutStatement:
    """180.00 - 104.00 - 40.00 = 36.00 and 125.00 - 90.00 - 25.00 = 10.00: 46.00. All made up."""
    first, second = date(2026, 3, 2), date(2026, 3, 27)
    return LayOutStatement(
        id="statement-2",
        number=2,
        notice="reminder",
        amount_cents=4_600,
        debtor=Debtor(
            name=Name(last="BIRCH", first="BEN"),
            address=Address(line1="9 PIER RD", city="MADISON", state="WI", postal_code="53703"),
        ),
        creditor=Creditor(
            name=Name(organization=True, last="LAKESIDE FAMILY PRACTICE"),
            address=Address(line1="12 HARBOR ST", city="MADISON", state="WI", postal_code="537030012"),
            phone="6085550100",
        ),
        parts=(
            visit("LK1002", first, "reminder", line(first, "99214", 18_000, 10_400, 4_000), date(2026, 3, 20)),
            visit("LK1031", second, "first", line(second, "99213", 12_500, 9_000, 2_500), date(2026, 4, 14)),
        ),
        on=date(2026, 4, 20),
        assistance_until=date(2026, 11, 16),
    )


def main() -> int:
    data = statement_data(example(), Contact())
    png = typst.compile(
        TEMPLATES / "statement.typ",
        root=TEMPLATES,
        format="png",
        ppi=110.0,
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
    )
    page = png[0] if isinstance(png, list) else png
    assert isinstance(page, bytes)
    PICTURE.write_bytes(page)
    print(f"{PICTURE.relative_to(ROOT)}: {len(page)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
