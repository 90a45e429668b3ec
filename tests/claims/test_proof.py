"""The three proofs of a remittance, each with its arithmetic."""

from __future__ import annotations

from claims.claim import Adjustment
from claims.documents import ClaimPayment, PaymentLine, ProviderAdjustment, Remittance
from claims.proof import claim_gap_cents, held_claim, held_remittance


def taken(cents: int, group: str = "CO") -> Adjustment:
    return Adjustment(group=group, reason="45", amount_cents=cents)


def payment(charge: int, paid: int, *adjustments: Adjustment, lines: tuple[PaymentLine, ...] = ()) -> ClaimPayment:
    return ClaimPayment(
        segment=1,
        patient_control_number="A1",
        status_code="1",
        charge_cents=charge,
        paid_cents=paid,
        adjustments=adjustments,
        lines=lines,
    )


def test_claim_and_line_adjustments_count_together() -> None:
    line = PaymentLine(charge_cents=10000, paid_cents=7000, adjustments=(taken(3000),))
    whole = payment(10000, 6500, taken(500), lines=(line,))  # 100 - 5 - 30 = 65
    assert claim_gap_cents(whole) == 0
    assert held_claim(whole) == ""


def test_a_gap_is_named_to_the_cent_and_signed() -> None:
    assert held_claim(payment(10000, 6501, taken(3500))).endswith("-0.01 unexplained")
    assert held_claim(payment(10000, 6499, taken(3500))).endswith("0.01 unexplained")


def remitted(cash: int, *claims: ClaimPayment, plb: int = 0) -> Remittance:
    adjustments = (ProviderAdjustment(reason="WO", amount_cents=plb),) if plb else ()
    return Remittance(control_number="1", payment_cents=cash, claims=claims, provider_adjustments=adjustments)


def test_a_set_balances_when_claims_less_provider_adjustments_are_the_payment() -> None:
    good = payment(10000, 6500, taken(3500))
    assert held_remittance(remitted(5000, good, plb=1500)) == ""  # 65 - 15 = 50
    assert "off by 15.00" in held_remittance(remitted(5000, good))


def test_a_set_is_not_held_whole_for_what_one_of_its_claims_explains() -> None:
    good, bad = payment(10000, 6500, taken(3500)), payment(10000, 6500, taken(3000))
    assert held_remittance(remitted(20000, good, bad)) == ""
    assert held_remittance(remitted(20000, good), unread=1) == ""


def test_a_reversal_without_adjustments_explains_no_gap() -> None:
    bare = payment(-10000, -6500).model_copy(update={"status_code": "22"})
    assert held_remittance(remitted(-6500, bare)) == ""
    assert held_remittance(remitted(-6000, bare)).endswith("off by -5.00")  # -65 + 60


def test_a_claim_whose_status_is_none_of_5010_is_held() -> None:
    """4010 knew 5, 10, 13, 15, 16, 17 and 27: pended, suspended, under review. None of them is a decision to post."""
    good = payment(10000, 6500, taken(3500))
    for status in ("5", "10", "13", "15", "16", "17", "27", ""):
        assert f"claim status {status or '(none)'} is none" in held_claim(
            good.model_copy(update={"status_code": status})
        )
    for status in ("1", "2", "3", "4", "19", "20", "21", "22", "23"):
        assert held_claim(good.model_copy(update={"status_code": status})) == ""
