"""The tables that `step` reads: codes, calendars and payer rules of one version. Loaded by the composition roots."""

from __future__ import annotations

from typing import Literal

from claims.base import Day, Value
from claims.payer_rules import PayerRules, Remedy

AdjustmentClass = Literal[
    "patient",
    "contractual",
    "prior_payer",
    "coding",
    "billing",
    "duplicate",
    "other_payer",
    "eligibility",
    "timely_filing",
    "benefit",
    "network",
    "authorization",
    "coverage",
    "clinical",
    "bundling",
    "documents",
    "coordination",
    "pending",
    "enrollment",
    "payment_direction",
    "final",
    "appeal_result",
    "payer_policy",
    "money",
    "unknown",
]
Owner = Literal["biller", "coder", "front_desk", "provider", "payer", "supervisor", "manager"]


class AdjustmentReason(Value):
    """One CARC as we act on it. `label` is ours; the code list's own text belongs to X12."""

    code: str
    label: str
    reason_class: AdjustmentClass
    remedy: Remedy
    owner: Owner
    deadline_kind: str = ""
    """`appeal`, `correction`, `filing`, `documents` or empty."""
    needs_remark: bool = False
    groups: tuple[str, ...] = ()
    """Groups the code may come with; empty = any."""
    group_remedies: tuple[tuple[str, Remedy], ...] = ()
    """Another remedy where the group is this one, for example `("PR", "bill_patient")`."""
    appealable: bool = True
    patient_may_be_billed: bool = False
    """Whether the reason is one that a patient may be billed for; under which group, `patients_under` tells."""
    since: str = ""
    until: str = ""
    source: str

    def remedy_under(self, group: str) -> Remedy:
        """The remedy where the adjustment comes with this group."""
        return dict(self.group_remedies).get(group, self.remedy)

    def patients_under(self, group: str) -> bool:
        """Whether the amount may be the patient's: group PR, or OA where she was sent the money herself (CARC 100).

        The one place that says so, for posting and for who asks what to do about a code.
        """
        if not self.patient_may_be_billed:
            return False
        if group == "OA":
            return self.reason_class == "payment_direction" and self.remedy_under(group) == "bill_patient"
        return group == "PR"


class Remark(Value):
    """One RARC that changes the answer."""

    code: str
    label: str
    remedy: Remedy | None = None
    effect: str = ""
    """`unprocessable`, `appeal_rights`, `no_appeal`, `crossover`, `documents`, `patient_protected`, `patient_liable`,
    `qmb`, `information` or empty."""
    needs: str = ""
    """What the remark asks for, in our words."""
    source: str


class Tables(Value):
    """Everything `step` looks up, immutable and versioned. `holidays` are days without business (US federal)."""

    version: str
    reasons: dict[str, AdjustmentReason]
    remarks: dict[str, Remark]
    holidays: frozenset[Day]
    payer_rules: tuple[PayerRules, ...]
    sandbox: bool = False
    """True where waits in seconds are allowed."""
