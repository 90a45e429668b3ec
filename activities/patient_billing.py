"""The patient's share: a claim tells its account, an account lays out statements and tells its claims.

Mailing a statement is the practice's own affair; what counts as sent is in the account.
"""

from __future__ import annotations

import asyncio

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.account_orders import AccountAnswer, AccountBatch, AccountFarewell, AccountOrder
from activities.errors import few_tries
from activities.orders import Answer, Order
from activities.post import NoSuchClaim, Post
from activities.records import write_first
from claims.accounts.effects import LayOutStatement, TellClaim
from claims.accounts.events import AccountEffectFailed, ClaimTold, StatementLaidOut
from claims.effects import ReportPatientBalance
from claims.events import PatientBalanceReported
from claims.patient_balance import balance_reported
from claims.ports import Letters, Records


class PatientBillingActivities:
    def __init__(self, records: Records, letters: Letters, post: Post) -> None:
        self._records = records
        self._letters = letters
        self._post = post

    @activity.defn(name="report_patient_balance")
    async def report_patient_balance(self, order: Order[ReportPatientBalance]) -> Answer:
        """PatientBalanceReported, once the server has the account's signal; the account is begun where there is none."""
        await write_first(self._records, order)
        effect = order.effect
        event = balance_reported(effect, order.asked_at)
        archived = await self._records.archived_account(order.practice, effect.account)
        await self._post.report(order.practice, effect, event, archived)
        told = PatientBalanceReported(at=order.asked_at, id=order.key, effect=effect.id)
        return Answer(events=(told,))

    @activity.defn(name="lay_out_statement")
    async def lay_out_statement(self, order: AccountOrder[LayOutStatement]) -> AccountAnswer:
        """StatementLaidOut with the document's hash; the same effect again gives the same page."""
        await self._write_first(order.journal)
        with few_tries():
            page = await asyncio.to_thread(self._letters.statement, order.effect)
        document, _ = await self._records.store_document(page, kind="statement", source="outgoing", at=order.asked_at)
        event = StatementLaidOut(at=order.asked_at, id=order.key, effect=order.effect.id, document=document)
        return AccountAnswer(events=(event,))

    @activity.defn(name="tell_claim")
    async def tell_claim(self, order: AccountOrder[TellClaim]) -> AccountAnswer:
        """ClaimTold; AccountEffectFailed where the claim has neither a workflow nor an archive."""
        await self._write_first(order.journal)
        effect = order.effect
        try:
            await self._post.deliver(order.practice, effect.claim_id, (effect.event, *effect.also))
        except NoSuchClaim:
            if activity.info().attempt < 3:
                raise ApplicationError("the claim has no workflow yet", type="ClaimNotStarted") from None
            failed = AccountEffectFailed(
                at=order.asked_at, id=order.key, effect=effect.id, reason="no_such_claim: start it again"
            )
            return AccountAnswer(events=(failed,))
        return AccountAnswer(events=(ClaimTold(at=order.asked_at, id=order.key, effect=effect.id),))

    @activity.defn(name="write_account")
    async def write_account(self, batch: AccountBatch) -> None:
        """Steps and read model in one transaction; writing the same again changes nothing."""
        await self._write_first(batch)

    @activity.defn(name="archive_account")
    async def archive_account(self, farewell: AccountFarewell) -> None:
        """The whole state of an account whose workflow is about to end."""
        await self._write_first(farewell.journal)
        await self._records.archive_account(farewell.state)

    async def _write_first(self, batch: AccountBatch | None) -> None:
        if batch is not None:
            await self._records.write_account(entries=batch.entries, view=batch.view)
