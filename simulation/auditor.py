"""An independent auditor: reads plain data of what was told and of what the claim became, and says which rule is broken.

It has its own books (own_money.py), calendar (own_dates.py) and rules (audit_rules.py), and imports nothing of the core,
so that a mistake made there is not made here too. One instance audits one claim, event by event.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from simulation.audit_rules import RULES
from simulation.own_dates import day_in
from simulation.own_money import PRICED, Data, OwnBooks, Posting, balances, identity, reasons
from simulation.seen import Finding, Seen

__all__ = ["RULES", "Auditor", "Finding", "Seen"]


class Auditor:
    """Audits one claim. `check` must see every event, from the registration on."""

    def __init__(self) -> None:
        self.books = OwnBooks()
        self.state: Data = {}
        self.numbers: set[str] = set()
        """Claim control numbers that payers gave in their documents."""
        self.unanswered: dict[int, str] = {}
        """Submissions that left and of which nobody knows yet whether they arrived: `sending` or `unknown`."""
        self.sent: set[int] = set()
        self.failed: set[str] = set()
        self.asked_by: dict[str, str] = {}
        """Who asked for what needs a second person, by what it is."""
        self.seen: set[str] = set()
        self.rang: list[datetime] = []
        """When a last day to file passed."""

    def check(
        self,
        event: Data,
        after: Data,
        ledger: Data,
        effects: list[Data],
        path: list[str],
        refused: str,
        duplicate: bool,
    ) -> list[Finding]:
        """Every rule that this step breaks; empty where none is."""
        before = self.state or after
        if event["kind"] == "deadline_passed" and event["deadline"] == "filing:limit":
            self.rang.append(event["at"])
        seen = Seen(event, before, after, ledger, effects, path, refused, duplicate)
        if not self.state:
            self.books.charge = after["claim"]["charge_cents"]
            self.books.coverages = len(after["claim"]["coverages"])
        found = [*self.post(seen)]
        if not found:
            for rule in RULES:
                found += [Finding(rule.__name__.replace("_", " "), detail) for detail in rule(self, seen)]
        self.state = after
        self.seen.add(event["id"])
        self._remember(seen)
        return found

    # its own books

    def post(self, s: Seen) -> Iterator[Finding]:
        """Enters what was told in its own books, and says where the core did not take money, or took it twice."""
        books, event, after = self.books, s.event, s.after
        books.charge = after["claim"]["charge_cents"]
        books.coverages = len(after["claim"]["coverages"])
        books.patient_next = after["responsible"] >= books.coverages
        books.self_pay = after["coverage"] == "self_pay"
        books.denied_billed = bool(after["denial"]) and after["denial"]["chosen"] == "bill_patient"
        if event["id"] in self.seen and s.kind != "deadline_passed":
            if not s.duplicate:
                yield Finding("same event once", f"{s.kind} {event['id']} was taken twice")
            return
        if s.kind in ("remittance_received", "manual_payment_posted"):
            yield from self._post_payment(s)
        elif s.kind == "takeback_received":
            name = f"{event['trace_number']}:{event['reason']}:{event['reference']}:{event['amount_cents']}"
            known = any(one == name for one, _ in books.taken_back)
            if known and s.taken:
                yield Finding("posts once", "a takeback was taken twice")
            if not known:
                books.taken_back.append((name, event["amount_cents"]))
                if s.refused:
                    yield Finding("money is never refused", f"takeback refused: {s.refused}")
        elif s.kind == "patient_paid":
            wanted = event["amount_cents"] != 0 and books.patient_net + event["amount_cents"] >= 0
            if wanted:
                books.patient_paid += event["amount_cents"]
            if wanted != s.taken:
                yield Finding("money is never refused", f"patient payment: {s.refused or 'taken'}")
        elif s.kind == "payment_unmatched" and s.taken:
            books.postings = [p for p in books.postings if p.key != event["payment"]]
            books.taken_back = [one for one in books.taken_back if one[0] != event["payment"]]
        if s.taken:
            books.refunds = {
                r["key"]: (r["amount_cents"], r["to"])
                for r in after["refunds"]
                if r["sent_at"] is not None and not r["reverted_by"]
            }
            books.write_offs = {
                w["key"]: (w["amount_cents"], w["bucket"]) for w in after["write_offs"] if not w["reverted_by"]
            }

    def _post_payment(self, s: Seen) -> Iterator[Finding]:
        event, payment, books = s.event, s.event["payment"], self.books
        manual = s.kind == "manual_payment_posted"
        name = event["id"] if manual else identity(event)
        wanted = payment["status_code"] != PRICED and balances(payment)
        if manual and not reasons(payment) and payment["charge_cents"] != payment["paid_cents"]:
            wanted = False
        if any(p.name == name for p in books.postings):
            if s.taken:
                yield Finding("posts once", "the same claim payment was posted twice")
            return
        if not wanted:
            if s.taken:
                yield Finding("what is no payment is never posted", f"status {payment['status_code']}")
            return
        if s.refused:
            yield Finding("money is never refused", f"claim payment refused: {s.refused}")
            return
        payers = [c["payer"]["payer_id"] for c in s.after["claim"]["coverages"]]
        payer = event.get("payer_id", "")
        place = payers.index(payer) if payer in payers else self._place(payment)
        day = event["paid_on"] if not manual else day_in(event["at"], s.after["zone"])
        key = s.after["payments"][-1]["key"]
        books.postings.append(Posting(name, place, day, payment, key))

    def _place(self, payment: Data) -> int:
        """Without a payer id: whose number it is, else the place that the payer says it paid in."""
        number = payment["payer_claim_control_number"]
        known = [p.coverage for p in self.books.postings if number and p.number == number]
        place = {"2": 1, "20": 1, "3": 2, "21": 2}.get(payment["status_code"], 0)
        return known[0] if known else min(place, self.books.coverages - 1)

    def _remember(self, s: Seen) -> None:
        event = s.event
        for part in ("payment", "status"):
            number = (
                (event.get(part) or {}).get("payer_claim_control_number") if isinstance(event.get(part), dict) else ""
            )
            if number:
                self.numbers.add(number)
        if not s.taken:
            return
        number = event.get("submission", 0)
        if s.kind == "transmission_unknown":
            self.unanswered[number] = "unknown"
        elif s.kind in ("claim_transmitted", "transmission_refused", "submission_found"):
            self.unanswered.pop(number, None)
        elif s.kind in ("claim_acknowledged", "submission_acknowledged"):
            self.unanswered.pop(number or max(self.sent, default=0), None)
        elif s.kind in ("remittance_received", "manual_payment_posted"):
            self.unanswered.clear()
        elif s.kind == "effect_failed":
            self.failed.add(event["effect"])
        if s.kind in ("appeal_requested", "void_requested", "written_off", "remedy_chosen"):
            for one in s.after["approvals"]:
                self.asked_by[one["what"]] = one["requested_by"]
        for effect in s.effects:
            if effect["kind"] == "transmit_claim":
                self.sent.add(effect["submission"])
                self.unanswered[effect["submission"]] = "sending"
