"""What the payer's contract says a service is worth, and the payment that allows less."""

from __future__ import annotations

from claims import appeals
from claims.claim import ServiceLine
from claims.draft import Draft, Refused
from claims.events import PaymentAccepted
from claims.money import dollars
from claims.payer_rules import Contract
from claims.phases import settling
from claims.posting import ledger
from claims.state import ClaimState, Denial, PostedPayment
from claims.status import Status as S
from claims.tables import Tables

TASK = settling.UNDERPAID


def expected_cents(line: ServiceLine, contract: Contract) -> int | None:
    """What the contract allows for a line: its fee times the units, else the percentage; None where it says nothing."""
    fee = contract.fees.get(line.procedure)
    if fee is not None:
        units = _whole_units(line)
        return None if units is None else fee * units
    if contract.percent_of_charge is not None:
        return line.charge_cents * contract.percent_of_charge // 100
    return None


def _whole_units(line: ServiceLine) -> int | None:
    """Parts of a unit have no fee of their own: nothing is expected of such a line."""
    whole, _, rest = line.quantity.partition(".")
    return int(whole) if whole.isdigit() and not rest.strip("0") else None


def shortfall_cents(state: ClaimState, posted: PostedPayment, tables: Tables) -> int:
    """How much less than the contract the first payer allows (paid and the patient's share), beyond the tolerance.

    By line where every amount stands at a line, so that one line's good luck hides no other's loss.
    """
    contract = state.payer_rules[0].contract
    if contract is None or posted.coverage != 0:
        return 0
    rows = {row.number: row for row in ledger(state, tables).lines}
    expected = {line.number: expected_cents(line, contract) for line in state.claim.lines}
    whole = rows.get(0)
    if whole is not None and (whole.paid or whole.patient):
        known = [cents for cents in expected.values() if cents is not None]
        if len(known) != len(expected):
            return 0
        short = sum(known) - sum(row.paid + row.patient for row in rows.values())
    else:
        short = sum(
            max(cents - rows[number].paid - rows[number].patient, 0)
            for number, cents in expected.items()
            if cents is not None and number in rows
        )
    return short if short > contract.tolerance_cents else 0


def underpaid(d: Draft, posted: PostedPayment) -> bool:
    """Stops at an underpayment: it is appealed, or taken as it is by a named person."""
    short = shortfall_cents(d.state, posted, d.tables)
    contract = d.state.payer_rules[0].contract
    if not short or contract is None:
        return False
    d.set(
        denial=Denial(
            codes=(),
            denied_cents=short,
            reason_class=settling.UNDERPAID,
            recommended="appeal",
            why=f"less is allowed than the contract says ({contract.source})",
            notice_on=posted.paid_on or d.today,
        )
    )
    d.move(S.UNDERPAID)
    window = appeals.deadline(d.state, d.tables)
    if window is not None:
        d.put_deadline(window)
    reason = (
        f"{dollars(short)} less is allowed than the contract says ({contract.source}):"
        " call the payer, appeal, or accept_payment"
    )
    d.open_task("review_payment", "biller", reason, category=TASK)
    settling.settle(d)
    return True


def on_payment_accepted(d: Draft, event: PaymentAccepted) -> None:
    """A named person takes less than the contract says."""
    disputed = d.state.denial is not None and d.state.denial.reason_class == settling.UNDERPAID
    if not (d.state.status is S.UNDERPAID or (d.state.status is S.APPEAL_UPHELD and disputed)):
        raise Refused("nothing is underpaid here, or it is with a reviewer")
    if not event.by.strip():
        raise Refused("accepting less than the contract needs the name of the person")
    d.close_tasks("review_payment", category=TASK)
    d.close_tasks("work_denial", "file_appeal", "review_write_off")
    d.disarm("appeal")
    d.set(denial=None)
    d.note(f"{event.by} accepted less than the contract says: {event.reason or 'no reason'}")
    if d.state.status is S.APPEAL_UPHELD:
        d.move(S.ADJUDICATED)
    d.move(S.PAID)
    settling.settle(d)
