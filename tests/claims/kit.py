"""What the tests of the pure core share: claims of $125.00, the real tables, one instance of every event, and lives.

Everybody in it is made up. Statuses are reached by real events only.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from adapters.tables.loader import load_tables
from claims import events as e
from claims.claim import Adjustment, Claim, Coverage, HealthCode, Name, Payer, Person, Provider, ServiceLine
from claims.deadlines import due_event
from claims.documents import (
    ClaimPayment,
    EligibilityAnswer,
    EligibilityRejection,
    PaymentLine,
    StatusCode,
    StatusLine,
)
from claims.findings import Finding
from claims.lifecycle import begin, step
from claims.payer_rules import CodingReview, Contract, PayerRules, rules_for
from claims.state import ClaimState, Step

TABLES = load_tables(sandbox=True)
ZONE = "America/New_York"
START = datetime(2026, 3, 3, 9, 0, tzinfo=ZoneInfo(ZONE))
SERVED = date(2026, 3, 2)
CHARGE = 12500

_numbers = itertools.count(1)


def fresh(prefix: str = "t") -> str:
    return f"{prefix}/{next(_numbers)}"


def person(last: str = "SAMPLE") -> Person:
    return Person(name=Name(last=last, first="ROBIN"), birth_date=date(1980, 5, 17), gender="F")


def coverage(order: str = "primary", payer: str = "PAYER1", indicator: str = "CI") -> Coverage:
    return Coverage.model_validate(
        {
            "order": order,
            "payer": Payer(name=payer, payer_id=payer),
            "subscriber": person(),
            "member_id": f"M{payer}",
            "filing_indicator": indicator,
        }
    )


def claim(*coverages: Coverage, number: str = "LK1", **changes: Any) -> Claim:
    """Two lines, $100.00 and $25.00, on 2 March 2026."""
    lines = tuple(
        ServiceLine(
            number=i,
            control_number=f"{number}-{i}",
            procedure=procedure,
            charge_cents=charge,
            pointers=(1,),
            service_from=SERVED,
        )
        for i, (procedure, charge) in enumerate((("99213", 10000), ("93000", 2500)), 1)
    )
    values: dict[str, Any] = {
        "type": "professional",
        "patient_control_number": number,
        "charge_cents": CHARGE,
        "facility_code": "11",
        "billing": Provider(
            role="billing", name=Name(organization=True, last="LAKESIDE"), id_qualifier="XX", identifier="1999999984"
        ),
        "patient": person(),
        "coverages": coverages or (coverage(),),
        "codes": (HealthCode(qualifier="ABK", code="I10"),),
        "lines": lines,
    }
    return Claim.model_validate({**values, **changes})


def two_payers() -> Claim:
    return claim(coverage(), coverage("secondary", "PAYER2"))


def registered(one: Claim | None = None, *, coded: bool = True, at: datetime = START, **rules: Any) -> ClaimState:
    """A registered claim of a practice that asks for approvals; `rules` change the payer's, for example `approvals=()`."""
    rules.setdefault("approvals", ("appeal", "void"))
    one = one or claim()
    book = tuple(rules_for(TABLES.payer_rules, c.payer.payer_id, c.filing_indicator) for c in one.coverages)
    return begin(
        e.ClaimRegistered(
            at=at,
            id="start",
            practice="npi-1999999984",
            claim_id="c1",
            zone=ZONE,
            source="837P",
            claim=one,
            coded=coded,
            payer_rules=tuple(r.model_copy(update=rules) for r in book),
            tables_version=TABLES.version,
        ),
        TABLES,
    ).state


def rules_named(name: str) -> PayerRules:
    return next(rules for rules in TABLES.payer_rules if rules.name == name)


# payments


def adjustments(*texts: str) -> tuple[Adjustment, ...]:
    """`CO-45:3260` is 32.60 under group CO, reason 45."""
    made = []
    for text in texts:
        code, _, amount = text.partition(":")
        group, _, reason = code.partition("-")
        made.append(Adjustment(group=group, reason=reason, amount_cents=int(amount)))
    return tuple(made)


def payment(
    paid: int, *texts: str, status: str = "1", charge: int = CHARGE, icn: str = "ICN1", **more: Any
) -> ClaimPayment:
    """One CLP with its adjustments on the claim."""
    return ClaimPayment(
        segment=more.pop("segment", 10),
        patient_control_number="LK1",
        status_code=status,
        charge_cents=charge,
        paid_cents=paid,
        payer_claim_control_number=icn,
        adjustments=adjustments(*texts),
        **more,
    )


def payment_line(number: int, charge: int, paid: int, *texts: str, remarks: tuple[str, ...] = ()) -> PaymentLine:
    return PaymentLine(
        control_number=f"LK1-{number}",
        procedure={1: "99213", 2: "93000"}[number],
        charge_cents=charge,
        paid_cents=paid,
        adjustments=adjustments(*texts),
        remarks=remarks,
    )


def reversed_of(original: ClaimPayment) -> ClaimPayment:
    """The same with every amount negated, status 22."""

    def negated(found: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
        return tuple(a.model_copy(update={"amount_cents": -a.amount_cents}) for a in found)

    return original.model_copy(
        update={
            "status_code": "22",
            "charge_cents": -original.charge_cents,
            "paid_cents": -original.paid_cents,
            "adjustments": negated(original.adjustments),
            "lines": tuple(
                line.model_copy(
                    update={
                        "charge_cents": -line.charge_cents,
                        "paid_cents": -line.paid_cents,
                        "adjustments": negated(line.adjustments),
                    }
                )
                for line in original.lines
            ),
        }
    )


def remittance(
    one: ClaimPayment, *, at: datetime = START, trace: str = "T1", payer_id: str = "PAYER1", on: date | None = None
) -> e.RemittanceReceived:
    return e.RemittanceReceived(
        at=at,
        id=fresh("835"),
        by="payer",
        document="d" * 64,
        trace_number=trace,
        payer_id=payer_id,
        paid_on=on or date(2026, 3, 20),
        payment=one,
    )


def status_line(*codes: str, number: str = "LK1", icn: str = "", on: date | None = None) -> StatusLine:
    """`A7:500:PR` is category, status, entity."""
    made = []
    for code in codes:
        category, status, entity = (*code.split(":"), "", "")[:3]
        made.append(StatusCode(category=category, status=status, entity=entity))
    return StatusLine(
        segment=8,
        level="claim",
        patient_control_number=number,
        payer_claim_control_number=icn,
        codes=tuple(made),
        effective_on=on,
    )


PAID = payment(9000, "CO-45:3500")
SHARED = payment(7000, "CO-45:3500", "PR-1:2000")
DENIED = payment(0, "CO-50:12500")
PARTIAL = payment(
    7000,
    lines=(payment_line(1, 10000, 7000, "CO-45:3000"), payment_line(2, 2500, 0, "CO-197:2500")),
)
DEDUCTIBLE = payment(0, "CO-45:3500", "PR-1:9000")
FORWARDED = payment(7000, "CO-45:3500", "PR-2:2000", status="19")
FROM_SECOND = payment(2000, "OA-23:10500", status="2", icn="SEC1")


# lives


class Life:
    """A claim that takes events one by one. `steps` are all of them; a refusal is an answer, not an error."""

    def __init__(self, state: ClaimState | None = None) -> None:
        self.state = state or registered()
        self.now = self.state.registered_at
        self.steps: list[Step] = []
        self.submission = 0

    def take(self, event: e.AnyEvent) -> Step:
        taken = step(self.state, event, TABLES)
        self.state = taken.state
        self.now = max(self.now, event.at)
        self.steps.append(taken)
        return taken

    def do(self, kind: type[Any], by: str = "biller-1", **fields: Any) -> Step:
        values = {"at": self.now + timedelta(minutes=1), "id": fresh(), "by": by, **fields}
        event: e.AnyEvent = kind.model_validate(values)
        return self.take(event)

    def advance(self, to: datetime) -> None:
        """Lets time pass; what is due happens on the way."""
        for _ in range(1000):
            event = due_event(self.state, to)
            if event is None:
                break
            self.take(event)
        else:
            raise AssertionError("a deadline is due for ever")
        self.now = max(self.now, to)

    def days(self, count: int) -> Life:
        self.advance(self.now + timedelta(days=count))
        return self

    def in_flight(self, kind: str) -> str:
        return next((x.id for x in self.state.in_flight if x.kind == kind), "")

    # the usual ways

    def covered(self) -> Life:
        self.do(
            e.EligibilityAnswered, effect=self.in_flight("check_eligibility"), answer=EligibilityAnswer(active=True)
        )
        return self

    def not_covered(self) -> Life:
        answer = EligibilityAnswer(active=False, rejections=(EligibilityRejection(code="75"),))
        self.do(e.EligibilityAnswered, effect=self.in_flight("check_eligibility"), answer=answer)
        return self

    def scrubbed(self, *errors: str) -> Life:
        findings = tuple(Finding(edit=edit, severity="error", where="2300", reason=edit, fix="-") for edit in errors)
        self.do(
            e.ClaimScrubbed,
            effect=self.in_flight("scrub_claim"),
            version=self.state.claim_version,
            findings=findings,
        )
        return self

    def ready(self) -> Life:
        return self.covered().scrubbed()

    def transmitted(self) -> Life:
        number = self.state.submissions[-1].number
        self.do(
            e.ClaimTransmitted,
            effect=self.in_flight("transmit_claim"),
            submission=number,
            interchange_control_number=f"{number:09d}",
            group_control_number=str(number),
            set_control_number="0001",
            acknowledgements=("999", "277CA"),
        )
        return self

    def sent(self) -> Life:
        return self.ready().transmitted()

    def acknowledged(self, sender: str, *codes: str, submission: int = 0, **more: Any) -> Life:
        self.do(
            e.ClaimAcknowledged,
            document=fresh("doc"),
            sender=sender,
            status=status_line(*codes, **more),
            submission=submission,
        )
        return self

    def accepted(self) -> Life:
        return self.sent().acknowledged("AY", "A1:19").acknowledged("PR", "A2:20", icn="ICN1")

    def reported(self, *codes: str) -> Life:
        self.do(e.StatusReported, document=fresh("doc"), status=status_line(*codes))
        return self

    def paid(self, one: ClaimPayment = PAID, **more: Any) -> Life:
        self.take(remittance(one, at=self.now + timedelta(days=10), **more))
        return self

    def denied(self, one: ClaimPayment = DENIED) -> Life:
        return self.accepted().paid(one)

    def approved(self) -> Life:
        self.do(e.ApprovalDecided, by="supervisor-1", approved=True)
        return self

    def appealed(self) -> Life:
        self.do(e.AppealRequested, reason="records")
        return self.approved()

    def filed(self) -> Life:
        self.appealed()
        self.do(e.AppealSent, effect=self.in_flight("send_appeal"), level=self.state.appeals[-1].level, receipt="R1")
        return self

    def decided(self, outcome: str) -> Life:
        self.do(e.AppealDecided, outcome=outcome)
        return self

    def failed(self, kind: str) -> Life:
        self.do(e.EffectFailed, effect=self.in_flight(kind), reason="HTTP 500")
        return self


def life(one: Claim | None = None, **more: Any) -> Life:
    return Life(registered(one, **more))


Way = Callable[[], Life]


def _at_gate() -> Life:
    one = life().denied()
    one.do(e.AppealRequested, reason="records")
    return one


def _void() -> Life:
    one = life(approvals=()).accepted().paid(SHARED)
    one.do(e.VoidRequested, reason="billed in error")
    return one.transmitted()


def _voided() -> Life:
    one = life()
    one.do(e.VoidRequested, reason="billed in error")
    return one


def _reversed() -> Life:
    return life().accepted().paid().paid(reversed_of(PAID), trace="T2")


def _held() -> Life:
    one = life().covered()
    one.do(e.HoldPlaced, hold="documents", reason="waits for the note")
    return one.scrubbed()


def _held_before_the_second() -> Life:
    one = life(two_payers()).accepted()
    one.do(e.HoldPlaced, hold="documents", reason="waits for the card")
    return one.paid(SHARED)


def _unknown() -> Life:
    one = life().ready()
    one.do(e.TransmissionUnknown, effect=one.in_flight("transmit_claim"), submission=1, reason="timeout")
    return one


def _correcting() -> Life:
    one = life().denied(payment(0, "CO-4:12500"))
    one.do(e.RemedyChosen, remedy="correct_and_replace")
    return one


def _stated() -> Life:
    one = life().accepted().paid(SHARED)
    one.do(e.StatementSent, effect=one.in_flight("report_patient_balance"), amount_cents=2000)
    return one


def _overpaid() -> Life:
    one = life()
    one.do(e.PatientPaid, amount_cents=5000)
    return one.accepted().paid(SHARED)


def _refund_pending() -> Life:
    one = _overpaid()
    one.do(e.RefundRequested, to="patient", amount_cents=3000, reason="paid too much")
    return one


def _write_off_pending() -> Life:
    one = life(approvals=("write_off",)).denied()
    one.do(e.WrittenOff, amount_cents=12500, reason="old")
    return one


def _underpaid() -> Life:
    """The contract allows 100.00 and 20.00; 70.00 and the patient's 20.00 are 30.00 less."""
    contract = Contract(fees={"99213": 10000, "93000": 2000}, source="a contract")
    return life(contract=contract).accepted().paid(SHARED)


def _coding_review() -> Life:
    one = life(coded=False, coding_review=CodingReview(charge_over_cents=10000)).covered()
    one.do(e.ClaimCoded, by="coder-1", claim=one.state.claim)
    return one


def _silent() -> Life:
    return life().sent().days(40)


def _on_crossover() -> Life:
    return life(two_payers()).accepted().paid(FORWARDED)


WAYS: dict[str, Way] = {
    "eligibility_pending": life,
    "eligibility_failed": lambda: life().not_covered(),
    "awaiting_coding": lambda: life(coded=False).covered(),
    "scrubbing": lambda: life().covered(),
    "needs_correction": lambda: life().covered().scrubbed("npi_check_digit"),
    "ready_to_submit": _held,
    "submitting": lambda: life().ready(),
    "submission_unknown": _unknown,
    "submitted": lambda: life().sent(),
    "clearinghouse_rejected": lambda: life().sent().acknowledged("AY", "A3:21"),
    "clearinghouse_accepted": lambda: life().sent().acknowledged("AY", "A1:19"),
    "payer_received": lambda: life().sent().acknowledged("PR", "A1:19"),
    "payer_accepted": lambda: life().accepted(),
    "payer_rejected": lambda: life().sent().acknowledged("PR", "A7:500:85"),
    "split": lambda: life().sent().acknowledged("PR", "A5:19"),
    "pending_payer": lambda: life().accepted().reported("P1:20"),
    "info_requested": lambda: life().accepted().reported("R4:294"),
    "no_response": _silent,
    "not_on_file": lambda: life().sent().reported("D0:35"),
    "adjudicated": lambda: life().accepted().paid(payment(0, "CO-45:12500")),
    "paid": lambda: life().accepted().paid(SHARED),
    "partially_denied": lambda: life().accepted().paid(PARTIAL),
    "denied": lambda: life().denied(),
    "zero_paid_patient_resp": lambda: life().accepted().paid(DEDUCTIBLE),
    "awaiting_approval": _at_gate,
    "correcting": _correcting,
    "appeal_preparing": lambda: life().denied().appealed(),
    "appeal_filed": lambda: life().denied().filed(),
    "appeal_upheld": lambda: life().denied().filed().decided("upheld"),
    "appeal_overturned": lambda: life().denied().filed().decided("overturned"),
    "awaiting_crossover": _on_crossover,
    "secondary_ready": _held_before_the_second,
    "secondary_submitted": lambda: life(two_payers()).accepted().paid(SHARED).scrubbed().transmitted(),
    "patient_billing": _stated,
    "overpayment_review": _overpaid,
    "refund_pending": _refund_pending,
    "write_off_pending": _write_off_pending,
    "underpaid": _underpaid,
    "coding_review": _coding_review,
    "void_pending": _void,
    "voided": _voided,
    "closed": lambda: life().accepted().paid(),
    "reopened": _reversed,
    "blocked_on_failure": lambda: life().ready().failed("transmit_claim"),
}
"""How every status is reached that the product as it stands can reach."""
