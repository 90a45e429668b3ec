"""What a denial is and what to do about it: codes -> class, remedy and owner, with reasons. The tables decide.

Free text never routes a claim.
"""

from __future__ import annotations

from claims.base import Value
from claims.claim import Adjustment, ClaimType
from claims.documents import ClaimPayment
from claims.payer_rules import Overrides, PayerRules, Remedy
from claims.posting import all_adjustments, all_remarks, bucket
from claims.state import ClaimState, Denial
from claims.tables import AdjustmentReason, Owner, Remark, Tables

_REMEDY_OF_EFFECT: dict[str, Remedy] = {"unprocessable": "new_original"}
_NO_RIGHT = frozenset({"unprocessable", "no_appeal"})
_SETTLED = frozenset({"contractual", "patient", "prior_payer"})
_CLOCKS: dict[Remedy, str] = {
    "appeal": "appeal",
    "bill_other_payer": "filing",
    "correct_and_replace": "correction",
    "new_original": "filing",
    "reopening": "correction",
    "send_documents": "documents",
    "void": "correction",
    "wait": "",
}
"""The clock of a remedy that is not the code's own; the code's own clock runs for every other."""


class Answer(Value):
    """One look-up: what a code (with remarks) means for a claim, what to do, who does it, until when, and why."""

    reason_class: str
    remedy: Remedy
    owner: Owner
    deadline_kind: str
    appealable: bool
    patient_may_be_billed: bool
    reason: str
    source: str


def explain(group: str, code: str, remarks: tuple[str, ...], rules: PayerRules | None, tables: Tables) -> Answer:
    """What to do about one adjustment. Unknown codes and contradictions are a person's to review, never silent."""
    entry = tables.reasons.get(code)
    if entry is None:
        return Answer(
            reason_class="unknown",
            remedy="review",
            owner="biller",
            deadline_kind="appeal",
            appealable=not any(tables.remarks[r].effect in _NO_RIGHT for r in remarks if r in tables.remarks),
            patient_may_be_billed=False,
            reason=f"CARC {code} is not in our table: look it up and decide",
            source="claims/codes/carc.toml has no such code",
        )
    known = [tables.remarks[remark] for remark in remarks if remark in tables.remarks]
    effects = {remark.effect for remark in known}
    override = _override(entry, group, remarks, "unprocessable" in effects, rules)
    remedy, why, source = _remedy(entry, group, remarks, known, override)
    appealable = (entry.appealable or group == "PI") and not effects & _NO_RIGHT
    if override is not None and override.appealable is not None:
        appealable = override.appealable and not effects & _NO_RIGHT
    if remedy == "appeal" and not appealable:
        remedy, why = "review", f"{why}; the payer gives no right to appeal"
    if group == "PR" or remedy != "review":
        remedy, why = _protected(remedy, why, entry, effects, rules)
    if wrong := _contradiction(entry, group, remedy, effects, override):
        remedy, why = "review", f"{why}; {wrong}: a person looks"
    may_bill = entry.patients_under(group) and (rules is None or rules.bill_patient)
    return Answer(
        reason_class=entry.reason_class,
        remedy=remedy,
        owner=entry.owner,
        deadline_kind=entry.deadline_kind if remedy == entry.remedy else _CLOCKS.get(remedy, entry.deadline_kind),
        appealable=appealable,
        patient_may_be_billed=may_bill and not effects & {"patient_protected", "qmb", "crossover"},
        reason=why,
        source=source,
    )


def _override(
    entry: AdjustmentReason, group: str, remarks: tuple[str, ...], unprocessable: bool, rules: PayerRules | None
) -> Overrides | None:
    """The payer's own answer, the first that fits; of a claim that was never decided only one that names the remark."""
    for override in rules.overrides if rules else ():
        if unprocessable and not override.rarc:
            continue
        if override.carc == entry.code and override.rarc in ("", *remarks) and override.group in ("", group):
            return override
    return None


def _contradiction(
    entry: AdjustmentReason, group: str, remedy: Remedy, effects: set[str], override: Overrides | None
) -> str:
    """What in the input can't be true together; empty where nothing is."""
    if group == "CR" and override is None:
        return "group CR belongs to version 4010"
    if group == "PR" and remedy == "review" and not entry.patient_may_be_billed and override is None:
        return "group PR says that the patient owes it, and for this reason a patient never does"
    if group and entry.groups and group not in entry.groups and override is None:
        return f"{entry.code} comes with {' or '.join(entry.groups)} only, not with {group}"
    # MA130 beside MA01 is no riddle: what was never decided can't be appealed, whatever stands on the claim as a whole.
    if {"appeal_rights", "no_appeal"} <= effects and "unprocessable" not in effects:
        return "one remark grants an appeal and another refuses it"
    return ""


def _protected(
    remedy: Remedy, why: str, entry: AdjustmentReason, effects: set[str], rules: PayerRules | None
) -> tuple[Remedy, str]:
    """The remedy where the claim went on by itself, or the patient may not be asked."""
    if remedy in ("bill_patient", "bill_other_payer") and "crossover" in effects:
        return "wait", f"{why}; the payer sent the claim on: wait for the next payer's answer"
    if remedy == "review" and "patient_liable" in effects and entry.patient_may_be_billed:
        remedy, why = "bill_patient", f"{why}; a remark says that the patient agreed in writing to pay"
    if remedy != "bill_patient":
        return remedy, why
    if "qmb" in effects and entry.reason_class == "patient":
        return "bill_other_payer", f"{why}; a QMB's share is Medicaid's, never the patient's"
    if effects & {"patient_protected", "qmb"}:
        return "review", f"{why}; a remark says that the patient may not be billed: a person looks"
    if rules is not None and not rules.bill_patient:
        return "review", f"{why}; this payer's rules forbid billing the patient beyond a share the law names"
    return remedy, why


def _remedy(
    entry: AdjustmentReason,
    group: str,
    remarks: tuple[str, ...],
    known: list[Remark],
    override: Overrides | None,
) -> tuple[Remedy, str, str]:
    named = f"{group}-{entry.code} ({entry.label})" if group else f"{entry.code} ({entry.label})"
    if override is not None:
        return override.remedy, f"{named}: rule of this payer", override.source
    if turned := _turned(entry, known):
        said = ", ".join(f"{remark.code} ({remark.label})" for remark in turned)
        source = "; ".join(dict.fromkeys(remark.source for remark in turned))
        asked = {_REMEDY_OF_EFFECT.get(remark.effect) or remark.remedy or entry.remedy for remark in turned}
        if len(asked) == 1:
            return asked.pop(), f"{named} with {said}", source
        if entry.remedy in asked:
            return entry.remedy, f"{named} with {said}, which ask for {' and '.join(sorted(asked))}", source
        return "review", f"{named} with {said}, which ask for {' and '.join(sorted(asked))}: a person looks", source
    lacks = "; it should carry a remark code and has none" if entry.needs_remark and not remarks else ""
    under = f": under group {group}" if any(other == group for other, _ in entry.group_remedies) else ""
    return entry.remedy_under(group), f"{named}{under}{lacks}", entry.source


def _turned(entry: AdjustmentReason, known: list[Remark]) -> list[Remark]:
    """The remarks that turn the code's own remedy, in the order of their codes so that no order of input matters.

    An unprocessable claim was never adjudicated: that outweighs what any other remark asks for. A write-off or a
    patient's share is turned by nothing else: remarks of the claim stand beside them too.
    """
    never_decided = [remark for remark in known if remark.effect in _REMEDY_OF_EFFECT]
    if entry.reason_class in _SETTLED or never_decided:
        return sorted(never_decided, key=lambda remark: remark.code)
    return sorted((remark for remark in known if remark.remedy), key=lambda remark: remark.code)


def denied_adjustments(payment: ClaimPayment, tables: Tables) -> tuple[Adjustment, ...]:
    """Adjustments that nobody paid and nobody may be billed for yet, the largest first."""
    found = (a for a in all_adjustments(payment) if bucket(a, tables) == "denied")
    return tuple(sorted(found, key=lambda a: (-a.amount_cents, a.group, a.reason)))


def _remarks_for(payment: ClaimPayment, adjustment: Adjustment) -> tuple[str, ...]:
    """The remarks of the lines that carry this adjustment, and those of the claim as a whole."""
    found = list(payment.remarks)
    for line in payment.lines:
        if adjustment in line.adjustments:
            found.extend(line.remarks)
    if adjustment in payment.adjustments:
        found.extend(all_remarks(payment))
    return tuple(dict.fromkeys(found))


def classify(state: ClaimState, payment: ClaimPayment, tables: Tables, proof_of_filing: bool) -> Denial:
    """The denial that a payment states, with the remedy for its largest adjustment.

    CO-29 with proof of timely filing is appealed with it; without proof it is reviewed for write-off.
    A replacement needs the payer's claim control number and a payer that takes one; otherwise a person reviews.
    """
    adjustments = denied_adjustments(payment, tables)
    codes = tuple(dict.fromkeys(f"{a.group}-{a.reason}" for a in adjustments)) + all_remarks(payment)
    denied = sum(a.amount_cents for a in adjustments)
    if not adjustments:
        return Denial(
            codes=codes,
            denied_cents=max(payment.charge_cents - payment.paid_cents, 0),
            reason_class="eligibility",
            recommended="review",
            why="status 4: the payer doesn't know this patient; check the coverage first",
        )
    first = adjustments[0]
    answer = explain(first.group, first.reason, _remarks_for(payment, first), state.rules, tables)
    remedy, why = answer.remedy, answer.reason
    late = answer.reason_class == "timely_filing" and first.group != "PR"
    if late and (answer.appealable or not proof_of_filing):
        remedy = "appeal" if proof_of_filing else "write_off"
        proof = "proof of timely filing is kept: appeal with it" if proof_of_filing else "there is no proof of filing"
        why = f"{why}; {proof}"
    if remedy == "correct_and_replace" and not payment.payer_claim_control_number:
        remedy, why = "review", f"{why}; a replacement needs the payer's claim control number, which is missing"
    else:
        remedy, why = as_the_payer_takes_it(remedy, why, state.rules, state.claim.type)
    if payment.status_code == "4" and answer.reason_class == "eligibility":
        why = f"{why}; check the coverage first"
    return Denial(codes=codes, denied_cents=denied, reason_class=answer.reason_class, recommended=remedy, why=why)


def as_the_payer_takes_it(remedy: Remedy, why: str, rules: PayerRules, claim_type: ClaimType) -> tuple[Remedy, str]:
    """A replacement turned into what the payer takes in its place, a reopening or a new claim; all else as it is."""
    if remedy != "correct_and_replace" or takes_replacement(rules, claim_type):
        return remedy, why
    return "reopening" if rules.reopening else "new_original", f"{why}; this payer takes no replacement claims"


def takes_replacement(rules: PayerRules, claim_type: ClaimType) -> bool:
    """Whether the payer takes a frequency 7 for this kind of claim (Medicare: institutional claims only)."""
    if claim_type == "institutional" and rules.accepts_replacement_institutional is not None:
        return rules.accepts_replacement_institutional
    return rules.accepts_replacement


def owner_of(denial: Denial, tables: Tables) -> Owner:
    """Who works it: the owner of its first known code."""
    for code in denial.codes:
        entry = tables.reasons.get(code.partition("-")[2])
        if entry:
            return entry.owner
    return "biller"


def may_appeal(denial: Denial, tables: Tables, rules: PayerRules | None = None) -> bool:
    """Whether any of its codes leaves a right to appeal with this payer, and no remark takes it away."""
    remarks = [tables.remarks[code] for code in denial.codes if code in tables.remarks]
    if any(remark.effect in ("unprocessable", "no_appeal") for remark in remarks):
        return False
    named = [code.partition("-") for code in denial.codes if "-" in code]
    return not named or any(_leaves_a_right(group, reason, denial.codes, tables, rules) for group, _, reason in named)


def _leaves_a_right(group: str, reason: str, codes: tuple[str, ...], tables: Tables, rules: PayerRules | None) -> bool:
    entry = tables.reasons.get(reason)
    if entry is None:
        return True
    override = _override(entry, group, codes, False, rules)
    if override is not None and override.appealable is not None:
        return override.appealable
    return group == "PI" or entry.appealable
