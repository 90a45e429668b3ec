"""Claims together on one clock, without a server: files, messages and documents go in, steps come out.

`tell` and the simulation run on it. It performs the scrub itself, for that is our own arithmetic; what others would answer
comes from the story, except in an agreeable world, where eligibility and transmission succeed at once.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime

from claims import intake
from claims.account_book import AccountBook, AccountRecord
from claims.base import Instant, Value
from claims.cash import owners, prove
from claims.claim import Claim
from claims.deadlines import due_event, local_day, next_due
from claims.deliveries import Held, IndexEntry, Unmatched
from claims.documents import EligibilityAnswer, ParsedDocument
from claims.effects import AnyEffect, ArchiveClaim, CheckEligibility, ReportPatientBalance, ScrubClaim, TransmitClaim
from claims.events import (
    AnyEvent,
    ClaimArchived,
    ClaimRegistered,
    ClaimScrubbed,
    ClaimTransmitted,
    EligibilityAnswered,
    PatientBalanceReported,
    UpstreamReplacementReceived,
)
from claims.left_over import LeftOver
from claims.lifecycle import begin, step
from claims.matching import route
from claims.messages import read_message
from claims.payer_rules import PayerRules, rules_for
from claims.ports import KnownClaim
from claims.scrub import Icd, scrub
from claims.second_look import told
from claims.state import ClaimState, Step
from claims.tables import Tables
from claims.views import index_entry

STORY_KEY = b"a story has no secrets"


class StepRecord(Value):
    """One step of one claim, as told. `before` and `after` are statuses."""

    at: Instant
    claim: str
    event: str
    before: str
    after: str
    path: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    refused: str = ""
    detail: str = ""


class Intake(Value):
    """What became of one claim of a file."""

    claim: str
    outcome: str
    reason: str = ""


def claim_rules(claim: Claim, book: tuple[PayerRules, ...]) -> tuple[PayerRules, ...]:
    """The rules of every coverage of a claim, in its order."""
    return tuple(rules_for(book, c.payer.payer_id, c.filing_indicator) for c in claim.coverages)


class World:
    """All claims of a story. Time only goes forward; what is due on the way happens first, in order."""

    def __init__(
        self,
        tables: Tables,
        icd: Icd,
        *,
        agreeable: bool = False,
        zone: str = "America/New_York",
        key: bytes = STORY_KEY,
    ) -> None:
        self.tables, self.icd, self.agreeable, self.zone, self.key = tables, icd, agreeable, zone, key
        self.claims: dict[tuple[str, str], ClaimState] = {}
        self.steps: list[StepRecord] = []
        self.held: list[tuple[datetime, Held]] = []
        self.now: datetime | None = None
        self.book = AccountBook(tables, self._tell_account)
        """The accounts of the patients."""
        self._mail: deque[tuple[tuple[str, str], AnyEvent]] = deque()
        self._index: dict[tuple[str, str], IndexEntry] = {}
        self._documents: set[str] = set()
        self._remittances: set[str] = set()
        self._left = LeftOver()
        self._told: set[tuple[str, str]] = set()
        self._envelopes = 0
        self._events = 0

    @property
    def unmatched(self) -> list[tuple[datetime, Unmatched]]:
        """What is nobody's, until a number that somebody tells later finds its claim."""
        return self._left.unmatched

    # time

    def advance(self, to: datetime) -> None:
        """Lets time pass; every deadline due until then passes at its own instant, the earliest first."""
        while True:
            waiting = [
                (deadline.due, key, deadline.id)
                for key, state in self.claims.items()
                if (deadline := next_due(state)) is not None and deadline.due <= to
            ]
            account = self.book.next_due(to)
            if account is not None and (not waiting or account[0] <= min(waiting)[0]):
                self._post(self.book.pass_due(account[1], to))
                continue
            if not waiting:
                break
            _, key, _ = min(waiting)
            event = due_event(self.claims[key], to)
            if event is None:
                break
            self._take(key, event)
        self.now = to if self.now is None else max(self.now, to)

    # what comes in

    def register(
        self, claim: Claim, *, at: datetime, coded: bool = True, source: str = "837P", document: str = ""
    ) -> Intake:
        """A claim from upstream: started, already known, refused, or an event of the claim that it replaces."""
        identity = intake.identify(claim, self.key, coded=coded)
        key = (identity.practice, identity.claim_id)
        known = self.claims.get(key)
        earlier = None
        if known is not None:
            earlier = KnownClaim(
                practice=identity.practice,
                claim_id=identity.claim_id,
                patient_control_number=known.claim.patient_control_number,
                fingerprint=known.fingerprint,
                closed=known.closed,
            )
        namesakes = [
            entry
            for entry in self._index.values()
            if entry.patient_control_number == claim.patient_control_number
            or (
                claim.payer_claim_control_number
                and claim.payer_claim_control_number in entry.payer_claim_control_numbers
            )
        ]
        decision = intake.decide(claim, identity, earlier=earlier, namesakes=namesakes)
        name = claim.patient_control_number
        match decision:
            case intake.AlreadyKnown():
                return Intake(claim=name, outcome="already_known")
            case intake.Refused():
                return Intake(claim=name, outcome="refused", reason=decision.reason)
            case intake.Replacement():
                self._take(
                    (identity.practice, decision.claim_id),
                    UpstreamReplacementReceived(
                        at=at, id=decision.event_id, by="upstream", claim=decision.claim, document=document
                    ),
                )
                return Intake(claim=name, outcome="replacement")
            case intake.Started():
                self._start(key, decision, identity, at, coded, source, document)
                return Intake(claim=name, outcome="started", reason="; ".join(decision.warnings))

    def _start(
        self,
        key: tuple[str, str],
        decision: intake.Started,
        identity: intake.Identity,
        at: datetime,
        coded: bool,
        source: str,
        document: str,
    ) -> None:
        event = ClaimRegistered.model_validate(
            {
                "at": at,
                "id": f"start/{identity.claim_id}",
                "practice": identity.practice,
                "claim_id": identity.claim_id,
                "zone": self.zone,
                "source": source,
                "document": document,
                "fingerprint": identity.fingerprint,
                "claim": decision.claim,
                "coded": coded,
                "payer_rules": claim_rules(decision.claim, self.tables.payer_rules),
                "tables_version": self.tables.version,
                "warnings": decision.warnings,
                "guarantor": identity.guarantor,
            }
        )
        self._keep(key, event, begin(event, self.tables), "")
        self._look_again(at)

    def document(self, parsed: ParsedDocument, *, at: datetime) -> int:
        """An inbound document: its parts reach their claims. Gives the number of deliveries."""
        routing, cash = prove(parsed, route(parsed, tuple(self._index.values()), at=at))
        if parsed.sha256 not in self._documents:  # a second copy leaves nothing over that the first one didn't
            owner, keys = owners(parsed), {number: one.key for number, one in cash.items()}
            repeated = {segment for segment, number in owner.items() if keys.get(number) in self._remittances}
            self._left.add(parsed, [one for one in routing.unmatched if one.position not in repeated], at)
            self.held += [(at, one) for one in routing.held if one.position not in repeated]
            self._remittances |= set(keys.values())
        self._documents.add(parsed.sha256)
        for delivery in routing.deliveries:
            self._take((delivery.practice, delivery.claim_id), delivery.event)
        self._look_again(at)
        return len(routing.deliveries)

    def message(self, key: tuple[str, str], name: str, body: object, *, at: datetime, id: str = "") -> None:
        """A person's or a machine's message to one claim."""
        self._events += 1
        event = read_message(
            name, body, at=at, id=id or f"story/{self._events}", state=self.claims[key], tables=self.tables
        )
        self._take(key, event, name)
        self._look_again(at)

    def account_message(self, key: tuple[str, str], name: str, body: object, *, at: datetime) -> None:
        """A person's message to a patient's account (practice, account)."""
        self._post(self.book.message(key, name, body, at=at))

    def event(self, key: tuple[str, str], event: AnyEvent) -> Step:
        """One event for one claim, as the simulation sends them."""
        taken = self._take(key, event)
        self._look_again(event.at)
        return taken

    def find(self, name: str) -> list[tuple[str, str]]:
        """The claims that a name means: a patient control number or a claim id."""
        return [
            key
            for key, state in self.claims.items()
            if name in (state.claim_id, state.claim.patient_control_number, f"claim/{key[0]}/{key[1]}")
        ]

    # steps

    def _look_again(self, at: datetime) -> None:
        """What waited for a number that a claim is known by now reaches it, which may make further numbers known."""
        while self._told:
            numbers, self._told = self._told, set()
            for delivery in self._left.look(numbers, tuple(self._index.values()), at):
                self._take((delivery.practice, delivery.claim_id), delivery.event)

    def _tell_account(self, record: AccountRecord) -> None:
        self.steps.append(
            StepRecord(
                at=record.at,
                claim=f"account {record.account[:6]}",
                event=record.event,
                before=record.before,
                after=record.after,
                effects=record.effects,
                refused=record.refused,
                detail=record.detail,
            )
        )

    def _post(self, mail: list[tuple[tuple[str, str], AnyEvent]]) -> None:
        """What accounts tell claims arrives in order, each after the step before it is whole."""
        self._mail.extend(mail)
        while self._mail:
            key, event = self._mail.popleft()
            self._take(key, event)

    def _take(self, key: tuple[str, str], event: AnyEvent, name: str = "") -> Step:
        taken = step(self.claims[key], event, self.tables)
        self._keep(key, event, taken, name)
        return taken

    def _keep(self, key: tuple[str, str], event: AnyEvent, taken: Step, name: str) -> None:
        before = self.claims.get(key)
        self.claims[key] = taken.state
        entry, known = index_entry(taken.state), self._index.get(key)
        self._index[key] = entry
        if self._left.waits and entry != known:
            self._told |= told(entry) - (told(known) if known is not None else frozenset())
        self.steps.append(
            StepRecord(
                at=event.at,
                claim=taken.state.claim.patient_control_number,
                event=name or event.kind,
                before=before.status if before else "",
                after=taken.state.status,
                path=tuple(taken.path),
                effects=tuple(effect.kind for effect in taken.effects),
                refused=taken.refused,
                detail=event.deadline if event.kind == "deadline_passed" else "",
            )
        )
        for effect in taken.effects:
            answer = self._answer(effect, event.at, taken.state)
            if answer is not None:
                self._take(key, answer)
            if isinstance(effect, ReportPatientBalance):
                self._post(self.book.report(key[0], effect, event.at))

    def _answer(self, effect: AnyEffect, at: datetime, state: ClaimState) -> AnyEvent | None:
        identity = f"{effect.id}/answer"
        match effect:
            case ScrubClaim():
                findings = scrub(
                    effect.claim,
                    rules=effect.rules,
                    tables=self.tables,
                    icd=self.icd,
                    today=local_day(at, state.zone),
                )
                return ClaimScrubbed(
                    at=at, id=identity, effect=effect.id, version=effect.version, findings=tuple(findings)
                )
            case ReportPatientBalance():
                return PatientBalanceReported(at=at, id=identity, effect=effect.id)
            case ArchiveClaim():
                return ClaimArchived(at=at, id=identity, effect=effect.id)
            case CheckEligibility() if self.agreeable:
                answer = EligibilityAnswer(active=True, member_id=effect.question.member_id)
                return EligibilityAnswered(at=at, id=identity, effect=effect.id, answer=answer)
            case TransmitClaim() if self.agreeable:
                self._envelopes += 1
                return ClaimTransmitted(
                    at=at,
                    id=identity,
                    effect=effect.id,
                    submission=effect.submission,
                    interchange_control_number=f"{self._envelopes:09d}",
                    group_control_number=str(self._envelopes),
                    set_control_number="0001",
                    acknowledgements=("999", "277CA"),
                )
            case _:
                return None
