"""PLB adjustment reason codes (PLB03-1 of an 835) as we act on them: what each is, which way it goes, who looks at it.

The labels are ours. A positive amount reduces the payment (X12 835 TR3, 005010X221A1, PLB).
"""

from __future__ import annotations

from typing import Literal

from claims.base import Value

Way = Literal["reduces", "increases", "either"]

SOURCE = "X12 data element 426 as used in PLB03-1 of 005010X221A1; labels in our words; who looks at it is our proposal"


class ProviderCode(Value):
    """One code. `usual` is the way its amount goes as a rule; one that goes the other way is looked at by a person."""

    code: str
    label: str
    usual: Way = "either"
    needs_person: bool = False
    """True where it can't be booked by the code alone: somebody has to ask what it is for."""
    source: str = SOURCE


def _table(*rows: ProviderCode) -> dict[str, ProviderCode]:
    return {row.code: row for row in rows}


_row = ProviderCode

PROVIDER_CODES = _table(
    # Balances between remittances, and money that comes back
    _row(code="FB", label="balance forwarded"),
    _row(code="WO", label="overpayment recovered"),
    _row(code="WU", label="recovery, unspecified", usual="reduces", needs_person=True),
    _row(code="72", label="refund of ours, acknowledged"),
    _row(code="CS", label="adjustment", needs_person=True),
    _row(code="OB", label="offset for an affiliated provider", usual="reduces", needs_person=True),
    _row(code="RA", label="retroactive adjustment", needs_person=True),
    _row(code="B3", label="recovery allowance", needs_person=True),
    # Interest, penalties, discounts
    _row(code="L6", label="interest owed", usual="increases"),
    _row(code="L3", label="penalty", usual="reduces", needs_person=True),
    _row(code="50", label="late charge", usual="reduces"),
    _row(code="51", label="interest penalty charge", usual="reduces"),
    _row(code="90", label="early payment allowance", usual="reduces"),
    _row(code="AH", label="origination fee", usual="reduces"),
    _row(code="B2", label="rebate"),
    _row(code="BN", label="bonus", usual="increases"),
    _row(code="IP", label="incentive premium payment", usual="increases"),
    # Withheld for somebody else
    _row(code="E3", label="withholding", usual="reduces"),
    _row(code="IR", label="Internal Revenue Service withholding", usual="reduces", needs_person=True),
    _row(code="LE", label="levy", usual="reduces", needs_person=True),
    _row(code="SL", label="student loan repayment", usual="reduces", needs_person=True),
    _row(code="AM", label="applied to the borrower's account", usual="reduces"),
    _row(code="TL", label="third party liability", usual="reduces", needs_person=True),
    # Advances, settlements and the like
    _row(code="AP", label="acceleration of benefits"),
    _row(code="IS", label="interim settlement"),
    _row(code="PI", label="periodic interim payment"),
    _row(code="PL", label="final settlement"),
    _row(code="LS", label="lump sum"),
    _row(code="CT", label="capitation payment", usual="increases"),
    _row(code="CR", label="capitation interest", usual="increases"),
    _row(code="FC", label="fund allocation"),
    _row(code="C5", label="temporary allowance"),
    # Cost items of institutions
    _row(code="CV", label="capital passed through", usual="increases"),
    _row(code="CW", label="nurse anesthetist passed through", usual="increases"),
    _row(code="DM", label="direct medical education passed through", usual="increases"),
    _row(code="GO", label="graduate medical education passed through", usual="increases"),
    _row(code="HM", label="hemophilia clotting factor supplement", usual="increases"),
    _row(code="OA", label="organ acquisition passed through", usual="increases"),
    _row(code="RE", label="return on equity", usual="increases"),
    _row(code="BD", label="bad debt", usual="increases"),
    _row(code="J1", label="not reimbursable", needs_person=True),
)
