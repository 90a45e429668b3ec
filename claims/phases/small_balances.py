"""Rests too small to be worth a letter: written off by the practice's explicit rule, which then stands as who did it.

Off unless the payer rules name an amount; never a Medicare patient's share (42 USC 1320a-7a(i)(6)); never a credit,
however small: that is somebody's money (unclaimed property); never because time passed. Whoever takes such a write-off
back wants the rest collected: the rule doesn't touch that bucket of the claim again.
"""

from __future__ import annotations

from typing import Literal

from claims.draft import Draft
from claims.money import dollars
from claims.posting import Ledger
from claims.state import WriteOff
from claims.status import Status as S

FEDERAL = ("medicare", "medicare_advantage")


def written_off(d: Draft, balance: Ledger) -> bool:
    """Writes off what the rule covers. True where it wrote something off: the balance has changed."""
    if d.event.kind == "deadline_passed" or d.state.holds or balance.next_payer:
        return False
    rules, name = d.state.rules, d.state.rules.name
    if 0 < balance.patient <= rules.small_balance_patient_cents and not is_federal(d):
        return _write(d, "patient", balance.patient, f"rule:small_balance_patient of {name} {rules.version}")
    if 0 < balance.open <= rules.small_balance_insurer_cents and _decided(d):
        return _write(d, "open", balance.open, f"rule:small_balance_insurer of {name} {rules.version}")
    return False


def is_federal(d: Draft) -> bool:
    """Whether Medicare pays any of it: then the patient's share is nobody's to waive by routine."""
    return any(one.line_of_business in FEDERAL for one in d.state.payer_rules)


def _decided(d: Draft) -> bool:
    """A payer has decided and nothing stands against it: an open amount of a reopened claim is no small rest."""
    return bool(d.state.payments) and d.state.status in (S.PAID, S.ADJUDICATED, S.ZERO_PAID_PATIENT_RESP)


def _write(d: Draft, bucket: Literal["open", "patient"], cents: int, rule: str) -> bool:
    if any(w.reverted_by and w.category == "small_balance" and w.bucket == bucket for w in d.state.write_offs):
        return False
    made = WriteOff(
        key=f"{d.event.id}:small-{bucket}",
        amount_cents=cents,
        bucket=bucket,
        reason=f"a rest of {dollars(cents)} is not collected",
        category="small_balance",
        by=rule,
        at=d.now,
    )
    d.set(write_offs=(*d.state.write_offs, made))
    return True
