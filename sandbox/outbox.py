"""Sending: documents about claims into the polling list, and money as 835s with what a provider owes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sandbox.intake import ADDRESS, Identifiers, identifiers
from sandbox.script import Script
from sandbox.settings import Timing
from sandbox.store import ClaimOnFile, Store
from sandbox.x12.envelope import REMITTANCE_835, Address, reenvelope
from sandbox.x12.remittance_835 import ClaimPayment, ProviderAdjustment, Remittance, remittance_835


class Outbox:
    """What goes back to submitters."""

    def __init__(self, store: Store, scripts: dict[str, Script], timing: Timing) -> None:
        self._store, self._scripts, self._timing = store, scripts, timing

    def address(self, on_file: ClaimOnFile) -> Address:
        """Where answers about a claim go: to whom it came from."""
        return ADDRESS.validate_json(self._store.submission_address(on_file.submission))

    def publish(
        self,
        set_id: str,
        body: str,
        about: Sequence[ClaimOnFile],
        at: datetime,
        more: Identifiers = (),
        *,
        extension: bool = False,
    ) -> str:
        """A document about claims of one submitter; its transaction id."""
        names = [*identifiers(about[0].submission, [c.claim for c in about]), *more]
        test = self.address(about[0]).usage == "T"
        return self._store.add_document(set_id, body, at, extension=extension, test=test, identifiers=names)

    def pay(
        self,
        claims: Sequence[ClaimOnFile],
        payments: Sequence[ClaimPayment],
        at: datetime,
        recovered: ProviderAdjustment | None = None,
    ) -> None:
        """One 835 of a payer to a provider.

        What the provider owes beyond it is carried forward (PLB FB, negative) and taken from the next (positive).
        """
        about = claims[0]
        script, billing = self._scripts[about.payer], about.claim.billing
        number = self._store.next_number("payment")
        trace = f"{self._store.nonce}{number:07d}"
        owed = self._store.forwarded(about.payer, billing.identifier)
        entries = [recovered] if recovered else []
        if owed:
            entries.append(ProviderAdjustment("FB", f"{about.payer}{number}", owed))
        total = sum(p.paid_cents for p in payments) - sum(e.cents for e in entries)
        if total < 0:
            entries.append(ProviderAdjustment("FB", about.payer_claim_control_number, total))
        self._store.set_forwarded(about.payer, billing.identifier, max(0, -total))
        remittance = Remittance(about.payer, script.name, trace, billing, tuple(payments), tuple(entries))
        text = remittance_835(remittance, self.address(about), self._store.next_number("control"), at)
        document = self.publish("835", text, claims, at, [("traceNumber", trace)])
        for copy in range(1, script.remittance.copies):
            self._store.schedule("repeat", at, self._timing.after("repeat") * copy, document=document)

    def repeat(self, document_id: str, at: datetime) -> None:
        """The same set in a fresh envelope."""
        document = self._store.document(document_id)
        if document is not None:
            text = reenvelope(document.body, REMITTANCE_835, self._store.next_number("control"), at)
            self._store.add_document("835", text, at, test=document.test, identifiers=document.identifiers)
