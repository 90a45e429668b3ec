"""What the patient owes on one claim, when she may be asked for it, and why not yet. Nothing here asks.

She owes the PR adjustments of the last payer that decided, or the charge where nobody else pays. Contractual amounts,
late filing and missing authorisations are never hers (they are the ledger's `contractual` and `open`); what is hers by
the remittance and yet may not be asked for is withheld here, and a person looks at it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime

from claims.accounts.events import BalanceReported
from claims.accounts.values import AccountRules, ClaimBalance, Creditor, Debtor, PayerPart, StatementLine
from claims.base import Value
from claims.claim import Claim, Person
from claims.deadlines import wait_for
from claims.deciding import chain, prior
from claims.documents import ClaimPayment
from claims.effects import ReportPatientBalance
from claims.payer_rules import PayerRules
from claims.posting import (
    Ledger,
    all_adjustments,
    all_remarks,
    bucket,
    counted_takebacks,
    decisions,
    later_coverages,
    ledger,
    line_balances,
    sums,
)
from claims.second_person import tiers_for
from claims.state import ClaimState
from claims.status import Status as S
from claims.tables import Tables

ADULT_YEARS = 18
DECIDED = (
    S.ADJUDICATED,
    S.PAID,
    S.UNDERPAID,
    S.ZERO_PAID_PATIENT_RESP,
    S.PATIENT_BILLING,
    S.OVERPAYMENT_REVIEW,
    S.REFUND_PENDING,
    S.REOPENED,
    S.SECONDARY_READY,
)
"""Statuses in which the money alone says what is next; denial work, appeals and submissions go on by themselves."""
NO_SURPRISES = frozenset(
    {"N830", "N858", "N859", "N860", "N862", "N863", *(f"N{number}" for number in range(864, 880))}
)
"""Remarks by which a payer says that surprise-billing law was applied: the balance beyond PR cost sharing is nobody's
to bill to the patient (45 CFR 149.410, 149.420; RARC list of March 2022)."""
EMERGENCY_PLACE = "23"
EMERGENCY_REVENUE = "045"
EMERGENCY_VISITS = ("99281", "99282", "99283", "99284", "99285")
BALANCE_BILL = "45"
"""CARC 45 as PR asks the patient for the charge beyond what the plan allows: a balance bill."""


class PatientBalance(Value):
    """`amount_cents` may be asked for now. `withheld_cents` may not, or not yet; `why` says what stands in the way.

    `protected`: no person may change that; `contradictory`: a named person may, having looked at it.
    """

    amount_cents: int = 0
    withheld_cents: int = 0
    why: str = ""
    protected: bool = False
    contradictory: bool = False


def patient_balance(state: ClaimState, tables: Tables, money: Ledger | None = None) -> PatientBalance:
    """What the patient owes as of now, from the ledger and the decision of the payer that decided last."""
    owed = ledger(state, tables) if money is None else money
    if owed.patient <= 0:
        return PatientBalance(why="the patient owes nothing")
    whole = owed.patient
    decided, payments = last_decision(state, tables)
    if reason := _protected(state, decided, payments, tables):
        return PatientBalance(withheld_cents=whole, why=reason, protected=True)
    if reason := _not_yet(state, owed):
        return PatientBalance(withheld_cents=whole, why=reason)
    beyond = 0 if state.patient_released_by else min(_balance_bill(state.claim, payments, tables), whole)
    if beyond:
        why = "PR-45 asks for more than the plan allows, where surprise-billing law applies: a person looks at it"
        return PatientBalance(amount_cents=whole - beyond, withheld_cents=beyond, why=why, contradictory=True)
    why = "nobody else pays this claim" if decided < 0 else "what the last payer leaves to the patient (PR)"
    return PatientBalance(amount_cents=whole, why=why)


def last_decision(state: ClaimState, tables: Tables) -> tuple[int, tuple[ClaimPayment, ...]]:
    """Which coverage decided last (-1: none), and its payments that count."""
    found: tuple[int, tuple[ClaimPayment, ...]] = (-1, ())
    for coverage in (0, *later_coverages(state.claim)):
        counted = decisions(state, coverage, tables)
        if counted.latest is not None:
            found = coverage, tuple(posted.payment for posted in counted.whole)
    return found


def _protected(state: ClaimState, decided: int, payments: tuple[ClaimPayment, ...], tables: Tables) -> str:
    """Law or contract forbids billing her: Medicaid and the like by the payer's rules, QMB and others by a remark."""
    order = chain(state.claim)
    yet = order[order.index(decided) :] if decided in order else order
    if any(not state.payer_rules[min(place, len(state.payer_rules) - 1)].bill_patient for place in yet):
        return "this payer's rules forbid billing the patient"
    remarks = (tables.remarks.get(code) for payment in payments for code in all_remarks(payment))
    told = {remark.effect for remark in remarks if remark is not None}
    if "qmb" in told:
        return "a Qualified Medicare Beneficiary pays no Medicare cost sharing: bill Medicaid (42 USC 1396a(n)(3))"
    if "patient_protected" in told:
        return "a remark of the payer says that the patient is not liable"
    return ""


def _not_yet(state: ClaimState, owed: Ledger) -> str:
    if state.holds:
        return f"the claim is on hold ({', '.join(hold.kind for hold in state.holds)})"
    # After a crossover nobody knows yet whether a next payer owes: a person says that there is none.
    undecided = state.status is S.SECONDARY_READY and state.responsible < len(state.claim.coverages)
    if owed.next_payer > 0 or undecided:
        return "the next payer comes first"
    if awaits_correction(state):
        return "a payer took its decision back and sent no other yet: it may still change what she owes"
    if state.status is S.UNDERPAID:
        return "the payer allowed less than its contract: it may still change what she owes"
    if owed.open > 0 and counted_takebacks(state):
        return "a payer took money back, and nobody knows yet why: it may still change what she owes"
    if owed.open < 0:
        return "more came in than is owed: the credit comes first"
    chosen = state.denial is not None and state.denial.chosen == "bill_patient"
    if state.status not in DECIDED and not chosen:
        return f"the claim is {state.status.replace('_', ' ')}: it may still change what she owes"
    return ""


def awaits_correction(state: ClaimState) -> bool:
    """Whether a payer took its decision back, and neither another one came nor a person said that none will."""
    due = any(x.kind == "reversal_correction" for x in state.deadlines)
    return due or any(task.type == "find_correction" for task in state.tasks)


def _balance_bill(claim: Claim, payments: tuple[ClaimPayment, ...], tables: Tables) -> int:
    """How much PR-45 asks of her where the No Surprises Act applies: the payer says so, or it was an emergency."""
    surprise = any(set(all_remarks(payment)) & NO_SURPRISES for payment in payments)
    if not surprise and not is_emergency(claim):
        return 0
    return sum(
        a.amount_cents
        for payment in payments
        for a in all_adjustments(payment)
        if a.group == "PR" and a.reason == BALANCE_BILL and bucket(a, tables) == "patient"
    )


def is_emergency(claim: Claim) -> bool:
    """Emergency services: place of service 23, revenue codes 045x, or an emergency department visit."""
    if claim.type == "professional" and claim.facility_code == EMERGENCY_PLACE:
        return True
    return any(
        line.place_of_service == EMERGENCY_PLACE
        or line.revenue_code.startswith(EMERGENCY_REVENUE)
        or line.procedure in EMERGENCY_VISITS
        for line in claim.lines
    )


# What the account is told


def claim_balance(state: ClaimState, tables: Tables, money: Ledger) -> ClaimBalance:
    """The claim's balance as its patient's account keeps it; `sequence` is that of the event being taken."""
    found = patient_balance(state, tables, money)
    return ClaimBalance(
        claim_id=state.claim_id,
        sequence=state.sequence,
        number=state.claim.patient_control_number,
        service_on=state.claim.service_from,
        charge_cents=money.charge,
        amount_cents=found.amount_cents,
        withheld_cents=found.withheld_cents,
        why=found.why,
        lines=statement_lines(state, money, tables),
        payers=payer_parts(state, tables),
        patient_paid_cents=sum(payment.amount_cents for payment in state.patient_payments),
        payments=tuple(payment.key for payment in state.patient_payments),
    )


def digest(balance: ClaimBalance) -> str:
    """The same for two balances that differ in nothing but the moment and the words."""
    return hashlib.sha256(balance.model_copy(update={"sequence": 0, "why": ""}).model_dump_json().encode()).hexdigest()[
        :16
    ]


def balance_reported(effect: ReportPatientBalance, asked_at: datetime) -> BalanceReported:
    """What the account is told. The same report of the same step has the same id, however often it is sent."""
    balance = effect.balance
    moment = int(asked_at.timestamp() * 1000)
    return BalanceReported(
        at=asked_at,
        id=f"{balance.claim_id}/{balance.sequence}/{digest(balance)}/{moment}",
        by="claim",
        balance=balance,
        debtor=effect.debtor,
        creditor=effect.creditor,
        rules=effect.rules,
        asked_at=asked_at,
    )


def statement_lines(state: ClaimState, money: Ledger, tables: Tables) -> tuple[StatementLine, ...]:
    """The claim's lines: what all payers paid and took off, and what the last one leaves to the patient.

    What payers gave for the claim as a whole is its only line's, or stands in a row of its own, so that the columns of
    the statement are those of the remittances. Where nobody decided, each line is the patient's whole.
    """
    claim = state.claim
    told = [money.lines]
    if money.lines:
        decided, _ = last_decision(state, tables)
        before = [c for c in chain(claim) if c != decided and decisions(state, c, tables).latest is not None]
        told += [line_balances(state, coverage, tables) for coverage in before]
    paid, adjusted = Counter[int](), Counter[int]()
    paid[0], adjusted[0] = prior(claim, tables) if money.lines else (0, 0)
    for row in (row for rows in told for row in rows):
        paid[row.number] += row.paid
        adjusted[row.number] += row.contractual
    hers = Counter({row.number: row.patient for row in money.lines})
    if len(claim.lines) == 1:
        only = claim.lines[0].number
        for amounts in (paid, adjusted, hers):
            amounts[only] += amounts.pop(0, 0)
    lines = [
        StatementLine(
            service_on=line.service_from or claim.service_from,
            description=" ".join(part for part in (line.procedure or line.revenue_code, *line.modifiers) if part),
            charge_cents=line.charge_cents,
            payer_paid_cents=paid[line.number],
            adjusted_cents=adjusted[line.number],
            patient_cents=hers[line.number] if money.lines else line.charge_cents,
        )
        for line in claim.lines
    ]
    if paid[0] or adjusted[0] or hers[0]:
        whole = {"payer_paid_cents": paid[0], "adjusted_cents": adjusted[0], "patient_cents": hers[0]}
        lines.append(StatementLine(description="For all services together", charge_cents=0, **whole))
    return tuple(lines)


def payer_parts(state: ClaimState, tables: Tables) -> tuple[PayerPart, ...]:
    """What each payer did, in the order in which they were billed."""
    parts = []
    for coverage in (0, *later_coverages(state.claim)):
        counted = decisions(state, coverage, tables)
        if counted.latest is None:
            continue
        payer = state.claim.coverages[coverage].payer
        amounts = sums(tuple(a for p in counted.whole for a in all_adjustments(p.payment)), tables)
        parts.append(
            PayerPart(
                name=payer.name or payer.payer_id,
                paid_cents=sum(p.payment.paid_cents for p in (*counted.whole, *counted.paid_only)),
                adjusted_cents=amounts.contractual,
                patient_cents=amounts.patient,
                decided_on=counted.latest.paid_on,
            )
        )
    return tuple(parts)


# Whose account it is


def guarantor(claim: Claim) -> tuple[Person, bool]:
    """Who answers for the patient's share, and whether that is a minor whose guardian isn't known.

    The patient where she was of age on the first day of service (or her birth date is not told), else the subscriber.
    """
    patient, subscriber = claim.patient, claim.coverages[0].subscriber
    if not _minor(patient, claim):
        return patient, False
    if not claim.patient_relationship or _minor(subscriber, claim):
        return patient, True
    return subscriber, False


def _minor(person: Person, claim: Claim) -> bool:
    born, on = person.birth_date, claim.service_from
    if born is None or on is None:
        return False
    return (on.year - born.year) - ((on.month, on.day) < (born.month, born.day)) < ADULT_YEARS


def debtor(claim: Claim) -> Debtor:
    person, guardian = guarantor(claim)
    return Debtor(name=person.name, address=person.address or claim.patient.address, guardian=guardian)


def creditor(claim: Claim) -> Creditor:
    """The practice: where to pay is the pay-to address, where there is one; the phone is PER's (qualifier TE)."""
    address = (claim.pay_to.address if claim.pay_to else None) or claim.billing.address
    phone = ""
    for segment in claim.billing.carried:
        if segment[0] == "PER":
            pairs = zip(segment[3::2], segment[4::2], strict=False)
            phone = phone or next((value for qualifier, value in pairs if qualifier == "TE"), "")
    return Creditor(name=claim.billing.name, address=address, phone=phone)


def account_rules(rules: PayerRules) -> AccountRules:
    """How the account is worked, out of the rules of the payer that decided last."""
    return AccountRules(
        gather=wait_for(rules, "statement_gather"),
        between=wait_for(rules, "statement"),
        notice=wait_for(rules, "collections_notice"),
        collections=wait_for(rules, "collections"),
        application=wait_for(rules, "assistance_application"),
        grace=wait_for(rules, "plan_grace"),
        review=wait_for(rules, "account_review"),
        linger=wait_for(rules, "account_linger"),
        minimum_cents=rules.statement_minimum_cents,
        refund_tiers=tiers_for(rules, "refund"),
    )
