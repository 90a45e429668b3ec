"""The answer to a code read out on the phone: several adjustments and remarks, no claim, no history.

One adjustment is answered by denials.explain; here it is decided which of several leads, and when they disagree.
"""

from __future__ import annotations

import re

from claims.base import Value
from claims.claim import ClaimType
from claims.denials import Answer, as_the_payer_takes_it, explain
from claims.payer_rules import PayerRules, Remedy
from claims.tables import Tables

GROUPS = {"CO": "contractual", "PR": "patient", "OA": "other", "PI": "payer-initiated", "CR": "correction (4010)"}
_REASON = re.compile(r"^([A-Z]{2})-?([A-Z]?\d{1,3})$")
_REMARK = re.compile(r"^(?:M|MA|N)\d{1,4}$")
_ALONE = re.compile(r"^[A-Z]?\d{1,3}$")

# What a person at the phone must know besides, by class and remedy: none of it can be told without the claim's history.
_BESIDES: dict[tuple[str, Remedy], str] = {
    (
        "timely_filing",
        "appeal",
    ): "proof of timely filing (the payer's 277CA) goes with the appeal; without proof it goes to"
    " write-off review; this look-up knows no history",
    ("duplicate", "review"): "find the original first: paid, pending or denied, its answer decides",
    (
        "authorization",
        "appeal",
    ): "ask for a retro-authorisation first, and send the number if there is one; never the patient's",
    ("patient", "bill_patient"): "a next payer, if there is one, comes before the patient",
}
_RANK = {"prior_payer": 0, "money": 0, "contractual": 1, "patient": 2}
"""How much an adjustment says about what to do; every other class is a denial and leads."""


class NotACode(ValueError):
    """A word that is neither an adjustment (CO-50) nor a remark (N115): what it is, and what was expected."""


class Asked(Value):
    """The codes of a question, each once, in the order they were read."""

    adjustments: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


class Lookup(Value):
    """The answer that leads, and that of each adjustment under its code."""

    lead: Answer
    each: tuple[tuple[str, Answer], ...]


def read_codes(words: tuple[str, ...]) -> Asked:
    """Adjustments and remarks in any order, with or without the hyphen. Raises NotACode for anything else."""
    adjustments: list[tuple[str, str]] = []
    remarks: list[str] = []
    for word in (part for text in words for part in re.split(r"[,;\s]+", text.upper()) if part):
        if _REMARK.match(word):
            remarks.append(word)
        elif found := _REASON.match(word):
            if found[1] not in GROUPS:
                raise NotACode(f"{word}: there is no group {found[1]}; groups are {', '.join(GROUPS)}")
            adjustments.append((found[1], found[2]))
        elif _ALONE.match(word):
            raise NotACode(f"{word}: the group is missing, for example CO-{word} or PR-{word}")
        else:
            raise NotACode(f"{word}: neither an adjustment such as CO-50 nor a remark such as N115")
    if not adjustments:
        raise NotACode("no adjustment: name at least one with its group, for example CO-50")
    return Asked(adjustments=tuple(dict.fromkeys(adjustments)), remarks=tuple(dict.fromkeys(remarks)))


def look_up(asked: Asked, rules: PayerRules | None, claim_type: ClaimType, tables: Tables) -> Lookup:
    """What to do about these codes. Denials lead, then the patient's share, then write-offs; a disagreement is
    a person's to decide."""
    each = tuple(
        (f"{group}-{code}", _one(group, code, asked.remarks, rules, claim_type, tables))
        for group, code in asked.adjustments
    )
    top = max(_rank(answer) for _, answer in each)
    leading = sorted(((code, answer) for code, answer in each if _rank(answer) == top), key=lambda one: one[0])
    lead = leading[0][1] if len({answer.remedy for _, answer in leading}) == 1 else _disagreement(leading)
    strange = [remark for remark in asked.remarks if remark not in tables.remarks]
    if strange:
        unread = f"{', '.join(strange)} not in our table and not counted: read it on the remittance"
        lead = lead.model_copy(update={"reason": f"{lead.reason}; {unread}"})
    return Lookup(lead=lead, each=each)


def find_rules(book: tuple[PayerRules, ...], called: str) -> PayerRules | None:
    """The rules of this name, else of this payer id; None where nobody is called so."""
    name = called.strip().casefold().rpartition("/")[2].removesuffix(".toml").replace("-", "_")
    for rules in book:
        if rules.name == name:
            return rules
    return next((r for r in book if called.strip().casefold() in {one.casefold() for one in r.payer_ids}), None)


def _one(
    group: str, code: str, remarks: tuple[str, ...], rules: PayerRules | None, claim_type: ClaimType, tables: Tables
) -> Answer:
    answer = explain(group, code, remarks, rules, tables)
    remedy, why, clock = answer.remedy, answer.reason, answer.deadline_kind
    if rules is not None:
        remedy, why = as_the_payer_takes_it(remedy, why, rules, claim_type)
        clock = "filing" if remedy == "new_original" else clock
    entry = tables.reasons.get(code)
    if entry is not None and entry.until:
        why = f"{why}; retired from the code list on {entry.until}"
    if besides := _BESIDES.get((answer.reason_class, remedy)):
        why = f"{why}; {besides}"
    return answer.model_copy(update={"remedy": remedy, "reason": why, "deadline_kind": clock})


def _rank(answer: Answer) -> int:
    if answer.remedy == "review" and answer.reason_class in ("contractual", "patient", "prior_payer"):
        return 3
    return _RANK.get(answer.reason_class, 3)


def _disagreement(leading: list[tuple[str, Answer]]) -> Answer:
    """A person's to decide, with what each code asks for; the clock that runs is that of an appeal if there is one."""
    wants = ", ".join(f"{code} {answer.remedy}" for code, answer in leading)
    first = leading[0][1]
    appealable = any(answer.appealable for _, answer in leading)
    clocks = [answer.deadline_kind for _, answer in leading if answer.deadline_kind]
    return first.model_copy(
        update={
            "remedy": "review",
            "appealable": appealable,
            "deadline_kind": "appeal" if appealable and "appeal" in clocks else next(iter(clocks), ""),
            "patient_may_be_billed": False,
            "reason": f"the codes ask for different things ({wants}): a person decides, line by line",
            "source": "; ".join(dict.fromkeys(answer.source for _, answer in leading)),
        }
    )
