"""The rules that the auditor holds a claim to: each a function of a few lines, named as docs/simulation.md tells it.

Plain data in, what is wrong in a few words out; nothing of the core is imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from simulation.own_dates import after, day_in, ends_its_day, last_appeal_day, last_filing_day, onward
from simulation.own_money import PARTS, Data, reasons, split
from simulation.seen import Seen

if TYPE_CHECKING:
    from simulation.auditor import Auditor

DENIED = ("denied", "partially_denied")
MONEY_DECIDES = (
    "adjudicated",
    "paid",
    "underpaid",
    "zero_paid_patient_resp",
    "patient_billing",
    "overpayment_review",
    "refund_pending",
    *DENIED,
)
"""Statuses in which the money is all that a claim waits for."""
LEAVES = ("transmit_claim", "send_appeal", "send_documents")
CORE = (
    "status",
    "stage",
    "submissions",
    "payments",
    "patient_payments",
    "takebacks",
    "write_offs",
    "denial",
    "appeals",
    "deadlines",
    "tasks",
    "holds",
    "statements",
    "responsible",
    "claim",
)
"""What a refused event may not touch."""


# the rules: each tells what is wrong, in a few words; its name is the rule


def every_cent_is_somewhere(a: Auditor, s: Seen) -> Iterator[str]:
    """Charge = paid + contractual + written off + patient + next payer + open; the same for every line."""
    if (
        s.ledger["charge"] != sum(s.ledger[part] for part in PARTS)
        or s.ledger["charge"] != s.after["claim"]["charge_cents"]
    ):
        yield f"the parts don't sum to the charge: {s.ledger}"
    if s.ledger["patient"] < 0 or s.ledger["next_payer"] < 0:
        yield "somebody owes less than nothing"
    for line in s.ledger["lines"]:
        if line["charge"] != line["paid"] + line["contractual"] + line["patient"] + line["open"]:
            yield f"line {line['number']} doesn't sum"


def cash_is_what_payers_and_patients_sent(a: Auditor, s: Seen) -> Iterator[str]:
    """Paid, reversed and taken back: the sum of it is what the claim calls paid."""
    own = a.books.balances()
    if all(s.ledger["paid"] != one["paid"] for one in own):
        yield f"paid {s.ledger['paid']}, the documents say {sorted({one['paid'] for one in own})}"


def a_prior_payers_amount_is_never_posted_again(a: Auditor, s: Seen) -> Iterator[str]:
    """OA-23 repeats what was paid and written off before."""
    prior = sum(split(p.payment)["prior"] for p in a.books.postings)
    own = a.books.balances()
    if prior and all(s.ledger["contractual"] != one["contractual"] for one in own):
        yield f"contractual {s.ledger['contractual']}, the documents say {own[0]['contractual']}"


def a_contractual_amount_never_reaches_the_patient(a: Auditor, s: Seen) -> Iterator[str]:
    """The patient owes what payers assigned to her (PR), less what she paid and was forgiven; statements say no more."""
    own = a.books.balances()
    if all(s.ledger["patient"] != one["patient"] for one in own):
        yield f"patient {s.ledger['patient']}, the documents say {sorted({one['patient'] for one in own})}"
    for told in _reports(s):
        asked, kept = told["amount_cents"], told["withheld_cents"]
        if asked < 0 or kept < 0 or all(asked + kept != one["patient"] for one in own):
            yield f"her account is told {asked} (and {kept} withheld), she owes {own[0]['patient']}"


def the_balance_is_that_of_the_documents(a: Auditor, s: Seen) -> Iterator[str]:
    """Every part of the ledger is what the auditor's own books say."""
    told = {part: s.ledger[part] for part in PARTS}
    own = a.books.balances()
    if told not in own:
        yield f"the claim says {told}, the documents {own[0]}"


def the_same_document_posts_once(a: Auditor, s: Seen) -> Iterator[str]:
    """No two payments of the claim read alike."""
    if len(s.after["payments"]) != len(a.books.postings):
        yield f"{len(s.after['payments'])} payments stand, {len(a.books.postings)} were told"


def a_number_is_sent_once(a: Auditor, s: Seen) -> Iterator[str]:
    """A submission number leaves once (again only after a failed step); never while an earlier one is in doubt."""
    for effect in s.effects:
        if effect["kind"] != "transmit_claim":
            continue
        number = effect["submission"]
        if number in a.sent and effect["id"] not in a.failed:
            yield f"submission {number} left twice"
        doubtful = [k for k, how in a.unanswered.items() if k != number and k not in _failed(a)]
        if doubtful and s.kind != "submission_found":
            yield f"submission {number} left while {doubtful[0]} may be on file ({a.unanswered[doubtful[0]]})"


def _failed(a: Auditor) -> set[int]:
    return {int(effect.partition("-")[2]) for effect in a.failed if effect.startswith("transmit-")}


def a_replacement_names_the_payers_number(a: Auditor, s: Seen) -> Iterator[str]:
    """Frequency 7 and 8 carry REF*F8, a number that a payer gave for this claim."""
    for effect in s.effects:
        if effect["kind"] != "transmit_claim" or effect["claim"]["frequency"] not in ("7", "8"):
            continue
        number = next((value for name, value in effect["claim"]["references"] if name == "F8"), "")
        if not number or number not in a.numbers:
            yield f"frequency {effect['claim']['frequency']} with the number {number or '(none)'}"


def _reports(s: Seen) -> list[Data]:
    """What her account is told with this step; an older report that is told again has a lower sequence."""
    told = [effect["balance"] for effect in s.effects if effect["kind"] == "report_patient_balance"]
    return [balance for balance in told if balance["sequence"] >= s.after["sequence"]]


def nobody_is_billed_against_the_rules(a: Auditor, s: Seen) -> Iterator[str]:
    """Nothing is asked of the patient where a payer's rules forbid it, on hold, or while a credit stands."""
    for told in _reports(s):
        if told["amount_cents"] <= 0:
            continue
        decided = max((p.coverage for p in a.books.postings), default=0)
        protected = any(not rules["bill_patient"] for rules in s.after["payer_rules"][decided:])
        if protected or s.after["holds"] or s.ledger["open"] < 0:
            yield f"her account is told {told['amount_cents']} on hold, against the rules or beside a credit"


def a_rejection_is_no_denial(a: Auditor, s: Seen) -> Iterator[str]:
    """Acknowledgements and refusals deny nothing and open no appeal."""
    if s.kind not in ("claim_acknowledged", "submission_acknowledged", "transmission_refused", "status_reported"):
        return
    if s.after["denial"] != s.before["denial"]:
        yield "an acknowledgement made a denial"
    if s.after["status"] in DENIED and s.before["status"] not in DENIED:
        yield f"an acknowledgement made the claim {s.after['status']}"
    if _ids(s.after, "appeal") - _ids(s.before, "appeal"):
        yield "an acknowledgement opened an appeal"


def paid_nothing_is_not_denied(a: Auditor, s: Seen) -> Iterator[str]:
    """A claim is denied by group and reason: never by the status code alone, never by a deductible."""
    if s.kind != "remittance_received" or not s.taken or s.after["status"] not in DENIED:
        return
    payment = s.event["payment"]
    whole = not reasons(payment) and payment["status_code"] == "4"
    own = [split(p.payment) for p in a.books.postings]
    if not whole and not any(x["denied"] > 0 for x in own):
        yield f"{s.after['status']} though no adjustment denies anything"


def no_hold_stops_a_limit(a: Auditor, s: Seen) -> Iterator[str]:
    """A hold moves no deadline; only its own review has one more."""
    if s.kind not in ("hold_placed", "hold_released") or not s.taken:
        return
    for one in s.before["deadlines"]:
        kept = one in s.after["deadlines"]
        if one["kind"] in ("filing", "appeal", "correction", "documents") and not kept and _stays(s):
            yield f"{one['id']} moved with a hold"


def _stays(s: Seen) -> bool:
    """Whether the claim is where it was: a released hold may let it go on."""
    return s.kind == "hold_placed" or bool(s.after["status"] == s.before["status"])


def the_filing_limit_is_watched(a: Auditor, s: Seen) -> Iterator[str]:
    """Until a claim has left, and after a rejection, its filing limit is armed, hold or no hold, until it has passed."""
    after = s.after
    latest = after["submissions"][-1] if after["submissions"] else None
    nowhere = latest is None or latest["outcome"] in ("rejected", "refused")
    elsewhere = after["payments"] or after["coverage"] == "self_pay" or after["responsible"]
    if after["closed"] or after["void"] or elsewhere or not nowhere or s.ledger["open"] <= 0:
        return
    if latest is not None and latest["frequency"] in ("7", "8"):
        return
    if any(one["proof_of_filing"] for one in after["submissions"]):
        return
    last = last_filing_day(after["claim"], after["payer_rules"][0])
    armed = any(one["id"] == "filing:limit" for one in after["deadlines"])
    rang = any(last == day_in(moment, after["zone"]) for moment in a.rang)
    if last is not None and day_in(after["changed_at"], after["zone"]) <= last and not armed and not rang:
        yield f"nobody watches the last day to file, {last}"


def limits_fall_on_their_day(a: Auditor, s: Seen) -> Iterator[str]:
    """Filing and first-level appeal limits are counted here a second time."""
    now = s.after
    rules = now["payer_rules"][min(now["responsible"], len(now["payer_rules"]) - 1)]
    for one in now["deadlines"]:
        if one["id"] == "filing:limit" and now["responsible"] == 0 and not _later_payer(s):
            days = {last_filing_day(now["claim"], rules)}
        elif one["id"] == "filing:limit" and now["responsible"] == 1 < len(now["claim"]["coverages"]):
            days = _later_limits(a, s, rules)
        elif one["id"] == "appeal:level-1" and now["denial"] and now["denial"]["notice_on"]:
            ladder = rules["appeals"]
            level = next(x for x in ladder["levels"] if x["level"] == 1)
            days = {last_appeal_day(level, now["denial"]["notice_on"], ladder["roll"])}
        else:
            continue
        if day_in(one["due"], now["zone"]) not in days or not ends_its_day(one["due"], now["zone"]):
            yield f"{one['id']} is due {one['due']}, its last day is {' or '.join(sorted(map(str, days)))}"


def _later_limits(a: Auditor, s: Seen, rules: Data) -> set[date | None]:
    """A later payer's limit counts from a decision of an earlier one; from the service where its rules say so, or where no
    earlier one has decided anything (a payer that answers out of its turn)."""
    notices = [p.on for p in a.books.postings if p.coverage == 0 and p.on is not None]
    if rules["filing"]["secondary"] is None or not notices:
        return {last_filing_day(s.after["claim"], rules)}
    found = {after(notice, rules["filing"]["secondary"]) for notice in notices}
    return {onward(day) for day in found} if rules["filing"]["roll"] else {*found}


def _later_payer(s: Seen) -> bool:
    """Whether the next payer is the one to be billed in time."""
    several = len(s.after["claim"]["coverages"]) > 1
    return several and (s.after["status"].startswith(("secondary", "awaiting_crossover")) or bool(s.after["payments"]))


def a_note_moves_nothing(a: Auditor, s: Seen) -> Iterator[str]:
    """Notes are kept, and that is all."""
    if s.kind == "note_added":
        for name in (*CORE, "approvals"):
            if s.after[name] != s.before[name]:
                yield f"a note changed {name}"


def a_limit_of_the_law_is_never_extended(a: Auditor, s: Seen) -> Iterator[str]:
    """An extension needs a reason and never passes what law or contract allow."""
    if s.kind != "deadline_extended" or not s.taken:
        return
    was = {one["id"]: one for one in s.before["deadlines"]}
    for one in s.after["deadlines"]:
        old = was.get(one["id"])
        if old is None or one["due"] == old["due"]:
            continue
        if not s.event["reason"].strip():
            yield "an extension without a reason"
        if old["latest"] is not None and one["due"] > old["latest"]:
            yield f"{one['id']} was moved past what the law allows"
        if one["kind"] in ("filing", "appeal") and old["due"] == old["latest"]:
            yield f"{one['id']} was moved"


def silence_does_nothing(a: Auditor, s: Seen) -> Iterator[str]:
    """Time that passes opens work; it files, sends, bills, writes off and closes nothing."""
    if s.kind != "deadline_passed":
        return
    for effect in s.effects:
        if effect["kind"] in LEAVES:
            yield f"{s.event['deadline']} passed: {effect['kind']}"
    for name in ("write_offs", "statements", "appeals", "submissions", "patient_payments"):
        if s.after[name] != s.before[name] and not (name == "submissions" and _resent(s)):
            yield f"{s.event['deadline']} passed and changed {name}"
    if s.after["closed"] and not s.before["closed"]:
        yield f"{s.event['deadline']} passed and closed the claim"


def _resent(s: Seen) -> bool:
    """The one thing that is done by itself: a lost original goes out again, once (docs/decisions/0007)."""
    return s.before["resent_at"] is None and s.after["resent_at"] is not None


def sent_again_by_itself_once(a: Auditor, s: Seen) -> Iterator[str]:
    """Never on hold, never with proof of receipt, never twice."""
    if s.after["resent_at"] == s.before["resent_at"]:
        return
    if s.before["resent_at"] is not None or s.before["holds"]:
        yield "sent again by itself twice, or on hold"
    if any(x["proof_of_filing"] for x in s.before["submissions"] if x["coverage"] == s.before["responsible"]):
        yield "sent again by itself though the payer confirmed receipt"


def what_is_due_goes(a: Auditor, s: Seen) -> Iterator[str]:
    """A deadline that passed is not due for ever."""
    if s.kind == "deadline_passed":
        for one in s.after["deadlines"]:
            if one["id"] == s.event["deadline"] and one["due"] <= s.event["at"]:
                yield f"{one['id']} is still due"


def an_open_claim_is_watched(a: Auditor, s: Seen) -> Iterator[str]:
    """A deadline is armed, or a task with an owner is open; and the last net was not needed."""
    if s.after["closed"]:
        return
    if not s.after["deadlines"] and not any(task["owner"] for task in s.after["tasks"]):
        yield f"nothing watches over a claim that is {s.after['status']}"
    if any(task["category"] == "unwatched" for task in s.after["tasks"]):
        yield f"the last net was needed for a claim that is {s.after['status']}"


def one_task_per_cause(a: Auditor, s: Seen) -> Iterator[str]:
    """No two open tasks of one type and category."""
    causes = [(task["type"], task["category"]) for task in s.after["tasks"]]
    twice = {cause for cause in causes if causes.count(cause) > 1}
    if twice:
        yield f"two tasks for {sorted(twice)[0]}"


def a_credit_is_watched(a: Auditor, s: Seen) -> Iterator[str]:
    """While more came in than is owed once it is decided, a refund is somebody's task, or the time to return it runs."""
    if s.after["status"] not in MONEY_DECIDES or s.ledger["open"] >= 0:
        return
    if not any(x["kind"] == "overpayment" for x in s.after["deadlines"]) and not any(
        t["type"] in ("refund", "approve", "recover") for t in s.after["tasks"]
    ):
        yield f"{s.ledger['open']} are owed back by a claim that is {s.after['status']}, and nobody is told"


def a_closed_claim_reopens(a: Auditor, s: Seen) -> Iterator[str]:
    """Money that comes to a closed claim opens it again, and it stays open while something is owed."""
    if (
        not s.before["closed"]
        or not s.taken
        or s.kind not in ("remittance_received", "takeback_received", "patient_paid")
    ):
        return
    moved = s.kind != "takeback_received" or s.ledger["paid"] != getattr(a, "last_paid", s.ledger["paid"])
    if moved and "reopened" not in s.path:
        yield f"a {s.kind} left the claim {s.after['status']}"


def a_closed_claim_owes_nothing(a: Auditor, s: Seen) -> Iterator[str]:
    """Closed means that neither payer nor patient nor practice owes a cent; void is another word."""
    if s.after["status"] == "closed" and not any(
        one["open"] == one["patient"] == one["next_payer"] == 0 for one in a.books.balances()
    ):
        yield f"closed, and the books say {a.books.balances()[0]}"


def acknowledgements_never_go_back(a: Auditor, s: Seen) -> Iterator[str]:
    """A submission's rank only rises, and an acknowledgement of one never changes another."""
    for old, new in zip(s.before["submissions"], s.after["submissions"], strict=False):
        if new["rank"] < old["rank"] or new["number"] != old["number"] or new["frequency"] != old["frequency"]:
            yield f"submission {old['number']} went from rank {old['rank']} to {new['rank']}"
    if s.kind in ("claim_acknowledged", "submission_acknowledged") and s.event["submission"]:
        for old, new in zip(s.before["submissions"], s.after["submissions"], strict=False):
            if old != new and old["number"] != s.event["submission"]:
                yield f"an acknowledgement of {s.event['submission']} changed submission {old['number']}"


def a_refusal_changes_nothing(a: Auditor, s: Seen) -> Iterator[str]:
    """Except the record of it."""
    if s.refused:
        for name in CORE:
            if s.after[name] != s.before[name]:
                yield f"a refused {s.kind} changed {name}"
        if s.effects:
            yield f"a refused {s.kind} asks for something"


def what_needs_a_second_person_has_one(a: Auditor, s: Seen) -> Iterator[str]:
    """Where the practice wants it, nothing leaves without the approval of somebody else; and nobody's silence is one."""
    wanted = s.after["payer_rules"][min(s.after["responsible"], len(s.after["payer_rules"]) - 1)]["approvals"]
    for effect in s.effects:
        what = "appeal" if effect["kind"] == "send_appeal" else ""
        if effect["kind"] == "transmit_claim" and effect["claim"]["frequency"] == "8" and effect["id"] not in a.failed:
            what = "void" if s.kind in ("void_requested", "remedy_chosen") else ""
        if what in wanted and s.kind != "approval_decided" and effect["id"] not in a.failed:
            yield f"{effect['kind']} without an approval"
        if what in wanted and s.kind == "approval_decided" and s.event["by"] in ("", a.asked_by.get(what)):
            yield f"{effect['kind']} approved by who asked for it"


def a_write_off_has_a_name(a: Auditor, s: Seen) -> Iterator[str]:
    """Nobody gives up money without a name, and never more than there is."""
    new = s.after["write_offs"][len(s.before["write_offs"]) :]
    for one in new:
        if not one["by"] or one["amount_cents"] <= 0:
            yield "a write-off of nobody, or of nothing"
        if s.kind not in ("written_off", "remedy_chosen", "approval_decided", "recovered"):
            yield f"{s.kind} wrote money off"


def _ids(state: Data, kind: str) -> set[str]:
    return {one["id"] for one in state["deadlines"] if one["kind"] == kind}


RULES: tuple[Callable[[Auditor, Seen], Iterator[str]], ...] = (
    every_cent_is_somewhere,
    cash_is_what_payers_and_patients_sent,
    a_prior_payers_amount_is_never_posted_again,
    a_contractual_amount_never_reaches_the_patient,
    the_balance_is_that_of_the_documents,
    the_same_document_posts_once,
    a_number_is_sent_once,
    a_replacement_names_the_payers_number,
    nobody_is_billed_against_the_rules,
    a_rejection_is_no_denial,
    paid_nothing_is_not_denied,
    no_hold_stops_a_limit,
    the_filing_limit_is_watched,
    limits_fall_on_their_day,
    a_note_moves_nothing,
    a_limit_of_the_law_is_never_extended,
    silence_does_nothing,
    sent_again_by_itself_once,
    what_is_due_goes,
    an_open_claim_is_watched,
    one_task_per_cause,
    a_credit_is_watched,
    a_closed_claim_reopens,
    a_closed_claim_owes_nothing,
    acknowledgements_never_go_back,
    a_refusal_changes_nothing,
    what_needs_a_second_person_has_one,
    a_write_off_has_a_name,
)
