"""One instance of every event a claim may take, and odd ones: names of nothing, empty texts, amounts beyond reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from claims import events as e
from claims.documents import EligibilityAnswer, EligibilityRejection
from claims.state import ClaimState
from tests.claims.kit import (
    DEDUCTIBLE,
    DENIED,
    FORWARDED,
    FROM_SECOND,
    PAID,
    PARTIAL,
    SHARED,
    TABLES,
    coverage,
    fresh,
    payment,
    reversed_of,
    status_line,
)

KINDS = {kind.model_fields["kind"].default: kind for kind in e.Event.__subclasses__()}


def events_for(state: ClaimState) -> list[e.AnyEvent]:
    """Every kind at least once, with references that fit the state where it has any."""
    at = state.changed_at + timedelta(minutes=1)
    flying = {effect.kind: effect.id for effect in state.in_flight}
    latest = len(state.submissions)
    replaced = state.claim.model_copy(update={"frequency": "7"})
    voided = state.claim.model_copy(update={"frequency": "8"})
    first = state.deadlines[0].id if state.deadlines else "follow_up"
    due = min((x.due for x in state.deadlines), default=at)
    task = state.tasks[0].id if state.tasks else "task-1"
    wanted: list[tuple[type[Any], dict[str, Any]]] = [
        (e.UpstreamReplacementReceived, {"claim": replaced}),
        (e.UpstreamReplacementReceived, {"claim": voided}),
        (e.UpstreamReplacementReceived, {"claim": replaced.model_copy(update={"coverages": ()})}),
        (
            e.EligibilityAnswered,
            {"effect": flying.get("check_eligibility", ""), "answer": EligibilityAnswer(active=True)},
        ),
        (e.EligibilityAnswered, {"effect": "eligibility-99", "answer": EligibilityAnswer(active=True)}),
        (e.EligibilityAnswered, {"answer": EligibilityAnswer(active=False)}),
        *(
            (
                e.EligibilityAnswered,
                {"answer": EligibilityAnswer(active=False, rejections=(EligibilityRejection(code=c),))},
            )
            for c in ("42", "51", "75")
        ),
        (e.ClaimCoded, {"claim": state.claim, "base_version": state.claim_version}),
        (e.ClaimCoded, {"claim": state.claim, "base_version": 99}),
        (e.ClaimCorrected, {"claim": state.claim, "reason": "card checked"}),
        (e.ClaimCorrected, {"claim": state.claim.model_copy(update={"patient_control_number": "OTHER"})}),
        (e.ClaimCorrected, {"claim": state.claim.model_copy(update={"coverages": ()})}),
        (e.ClaimCorrected, {"claim": state.claim.model_copy(update={"lines": ()})}),
        (e.ClaimScrubbed, {"effect": flying.get("scrub_claim", ""), "version": state.claim_version}),
        (e.ClaimScrubbed, {"effect": "scrub-99", "version": 99}),
        *(
            (kind, {"effect": flying.get("transmit_claim", ""), "submission": number, **more})
            for number in (latest, 1, 99, -1)
            for kind, more in (
                (e.ClaimTransmitted, {"interchange_control_number": "000000001"}),
                (e.TransmissionRefused, {"errors": ("33: modifier",)}),
                (e.TransmissionUnknown, {"reason": "timeout"}),
            )
        ),
        (e.TransmissionRefused, {"submission": latest, "errors": ()}),
        (e.SubmissionFound, {"effect": flying.get("find_submission", ""), "submission": latest, "found": True}),
        (e.SubmissionFound, {"submission": latest, "found": False}),
        *(
            (
                e.SubmissionAcknowledged,
                {"document": fresh("d"), "source": source, "submission": number, "accepted": good},
            )
            for source in ("TA1", "999")
            for number in (latest, 99)
            for good in (True, False)
        ),
        *(
            (e.ClaimAcknowledged, {"document": fresh("d"), "sender": sender, "status": status_line(*codes)})
            for sender in ("AY", "PR", "??")
            for codes in (("A0:20",), ("A1:19",), ("A2:20",), ("A3:21",), ("A5:19",), ("A7:500:85",), ("P1:20",), ())
        ),
        *(
            (e.StatusReported, {"effect": flying.get("inquire_status", ""), "status": status_line(*codes)})
            for codes in (("P1:20",), ("P3:1",), ("R4:294",), ("F1:65",), ("F2:1",), ("D0:35",), ("A2:20",), ("A7:1",))
        ),
        *((e.StatusReported, {"status": status_line(*codes)}) for codes in (("E1:0",), ("Z9:1",), ())),
        (e.StatusUnanswered, {"effect": flying.get("inquire_status", ""), "reason": "no answer"}),
        *(
            (e.RemittanceReceived, {"document": "d" * 64, "trace_number": "T9", "payment": one})
            for one in (
                PAID,
                SHARED,
                DENIED,
                PARTIAL,
                DEDUCTIBLE,
                FORWARDED,
                FROM_SECOND,
                reversed_of(PAID),
                payment(0, status="4", charge=0),
                payment(0, "PR-31:12500", status="4"),
                payment(0, "OA-133:12500"),
                payment(0, "CO-45:12500"),
                payment(0, "CO-9999:12500"),
                payment(12500, status="23"),
                payment(9000, "CO-45:3500", status="25"),
                payment(9000, "CO-45:1"),
                payment(99999999999999, charge=99999999999999),
                payment(-500, charge=-500),
            )
        ),
        *(
            (
                e.TakebackReceived,
                {"document": "d", "trace_number": "T8", "reason": "WO", "reference": "", "amount_cents": n},
            )
            for n in (1000, 0, -1000, 10**14)
        ),
        *(
            (e.PaymentUnmatched, {"payment": key, "reason": reason, "by": by})
            for key in (*(p.key for p in state.payments), *(t.key for t in state.takebacks), "nothing", "")
            for reason, by in (("another patient's", "biller-1"), ("", "biller-1"), ("another patient's", ""))
        ),
        *((e.PatientPaid, {"amount_cents": n}) for n in (2500, 0, -2500, 10**14)),
        (e.ManualPaymentPosted, {"payment": SHARED}),
        (e.ManualPaymentPosted, {"payment": payment(1, "CO-45:1")}),
        (e.ManualPaymentPosted, {"payment": payment(0, "CO-45:12500", status="25")}),
        (e.StatementSent, {"amount_cents": 2000, "notice": "first"}),
        (e.PatientBalanceReported, {"effect": flying.get("report_patient_balance", "")}),
        (e.PatientBalanceReported, {"effect": "nothing"}),
        (e.AccountStanding, {"standing": "held", "until": None}),
        (e.AccountStanding, {"standing": "plan", "until": state.changed_at}),
        (e.PatientBillingAllowed, {"reason": "consent on file"}),
        (e.PatientBillingAllowed, {"reason": "", "by": ""}),
        *(
            (e.WrittenOff, {"amount_cents": n, "reason": "small", "bucket": bucket})
            for n in (100, 0, -5, 10**14, 12500)
            for bucket in ("open", "patient")
        ),
        (e.WrittenOff, {"amount_cents": 100, "reason": "small", "by": ""}),
        (e.WriteOffReverted, {"write_off": "", "reason": "pays after all"}),
        (e.WriteOffReverted, {"write_off": "nothing"}),
        *(
            (e.RefundRequested, {"to": to, "coverage": coverage, "amount_cents": n, "reason": "paid twice", "by": by})
            for to, coverage in (("patient", 0), ("payer", 0), ("payer", 1), ("payer", 99), ("payer", -1))
            for n in (100, 1000, 0, -5, 10**14)
            for by in ("biller-1", "")
        ),
        *(
            (e.RefundSent, {"refund": key, "reference": number, "sent_on": day})
            for key in (*(r.key for r in state.refunds), "", "nothing")
            for number, day in (("CHK-1", None), ("", None), ("CHK-1", date(2099, 1, 1)))
        ),
        *(
            (e.RefundReverted, {"refund": key, "reason": reason})
            for key in (*(r.key for r in state.refunds), "", "nothing")
            for reason in ("came back", "")
        ),
        *(
            (e.OverpaymentIdentified, {"amount_cents": n, "coverage": c, "identified_on": day, "reason": "audit"})
            for n in (1000, 0, 10**14)
            for c in (0, 9)
            for day in (None, date(2026, 3, 2), date(2099, 1, 1))
        ),
        *(
            (e.OverpaymentInvestigated, {"ended": ended, "amount_cents": n})
            for ended in (True, False)
            for n in (None, 5)
        ),
        *(
            (e.RefundDemanded, {"amount_cents": n, "letter_on": day, "reference": "AR-1"})
            for n in (1000, 0, 10**14)
            for day in (None, date(2026, 3, 2), date(2099, 1, 1))
        ),
        *(
            (e.DemandAnswered, {"answer": a, "reason": r})
            for a in ("accept", "dispute", "withdrawn")
            for r in ("no", "")
        ),
        (e.PaymentAccepted, {"reason": "the new fee schedule"}),
        (e.PaymentAccepted, {"by": ""}),
        *(
            (e.RemedyChosen, {"remedy": remedy})
            for remedy in (
                "correct_and_replace",
                "new_original",
                "void",
                "reopening",
                "appeal",
                "send_documents",
                "bill_other_payer",
                "bill_patient",
                "write_off",
                "wait",
                "review",
            )
        ),
        *((e.AppealRequested, {"level": n, "reason": "records"}) for n in (0, 1, 2, 99, -1)),
        *((e.AppealSent, {"effect": flying.get("send_appeal", ""), "level": n}) for n in (0, 1, 99)),
        *((e.AppealDecided, {"level": n, "outcome": o}) for n in (0, 1, 99) for o in ("upheld", "overturned")),
        *((e.AppealDecided, {"outcome": o}) for o in ("partially_overturned", "dismissed")),
        (e.AppealSent, {"level": 0, "mailed_on": date(2026, 3, 3)}),
        (e.AppealDecided, {"outcome": "partially_overturned", "lines": ({"line": 1, "outcome": "overturned"},)}),
        *((e.DocumentsReviewed, {"outcome": o}) for o in ("overturned", "upheld")),
        (e.DocumentsChosen, {"documents": ("d" * 64,)}),
        *((e.DocumentsSent, {"confirmation": text}) for text in ("FAX-1", "", "  ")),
        *(
            (e.ApprovalDecided, {"approved": yes, "by": by})
            for yes in (True, False)
            for by in ("biller-1", "boss-1", "")
        ),
        (e.ApprovalDecided, {"task": "task-99", "approved": True}),
        (e.HoldPlaced, {"hold": "documents", "reason": "note"}),
        (e.HoldPlaced, {"hold": "legal", "reason": "", "review_on": "2020-01-01"}),
        (e.HoldReleased, {}),
        (e.HoldReleased, {"hold": "legal"}),
        (e.NoteAdded, {"text": "spoke with the payer"}),
        (e.NoteAdded, {"text": " "}),
        *(
            (e.DeadlineExtended, {"deadline": name, "to": at + timedelta(days=days), "reason": reason})
            for name in (first, "filing", "linger", "nothing")
            for days in (-3, 3, 9999)
            for reason in ("payer asked", "")
        ),
        (e.CoverageChanged, {"claim": state.claim, "payer_rules": state.payer_rules, "reason": "card"}),
        (e.CoverageChanged, {"claim": state.claim, "payer_rules": ()}),
        (
            e.CoverageChanged,
            {
                "claim": state.claim.model_copy(update={"coverages": (coverage(payer="62308"),)}),
                "payer_rules": TABLES.payer_rules[:1],
            },
        ),
        (e.EligibilityOverridden, {"reason": "card seen"}),
        (e.EligibilityOverridden, {"self_pay": True}),
        (e.VoidRequested, {"reason": "billed in error"}),
        (e.SubmitRequested, {}),
        (e.StatusInquiryRequested, {}),
        *(
            (e.TaskWorked, {"task": name, "action": action, "assignee": "b"})
            for name in (task, "task-99", "")
            for action in ("take", "assign", "pend", "escalate", "resolve")
        ),
        (e.PayerRulesChanged, {"payer_rules": state.payer_rules, "tables_version": "2"}),
        (e.PayerRulesChanged, {"payer_rules": (), "tables_version": "2"}),
        *((e.Recovered, {"action": action, "reason": "r"}) for action in ("retry", "skip", "abandon")),
        (e.Recovered, {"action": "abandon", "by": ""}),
        (e.EffectFailed, {"effect": next(iter(flying.values()), "nothing"), "reason": "HTTP 500"}),
        (e.EffectFailed, {"effect": "nothing", "reason": "HTTP 500"}),
        (e.ClosingRequested, {}),
        (e.ClosingRequested, {"reopen": True, "reason": "refund"}),
        (e.ClaimArchived, {}),
        (e.DeadlinePassed, {"deadline": first}),
        (e.DeadlinePassed, {"deadline": first, "at": due}),
        *((e.DeadlinePassed, {"deadline": x.id, "at": x.due}) for x in state.deadlines),
        (e.DeadlinePassed, {"deadline": "nothing"}),
        (e.MessageRefused, {"message": "dance", "reason": "there is no message of this name"}),
    ]
    made = [kind.model_validate({"at": at, "id": fresh(), "by": "person-1", **fields}) for kind, fields in wanted]
    begun = e.ClaimRegistered(
        at=at,
        id=fresh(),
        practice=state.practice,
        claim_id=state.claim_id,
        source="837P",
        claim=state.claim,
        payer_rules=state.payer_rules,
        tables_version=state.tables_version,
    )
    return [begun, *made]
