"""An effect -> its activity: how long it may take, how it is tried again, what operations reads of it, how it may end.

Quick work that only needs our own data runs as local activities, which write the journal on their way and cost one
event. A worker may die before the history knows of a local activity; its workflow task is then done anew, later, and may
ask for something else. So what changes anything outside (a submission, an appeal) is always a normal activity, whose
order is in the history before it is carried out. A question about eligibility changes nothing: it is tried locally once,
for a few seconds, and goes on as a normal activity where the payer is slower than that. So is a report to the patient's
account, where the task done anew would surely ask for it again: the account keeps one report of each step, the last one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, TimeoutError

from activities.heart import HEARTBEAT
from activities.names import carrier_queue
from activities.orders import Answer, Order
from activities.submission import unknown
from claims.effects import (
    AnyEffect,
    CheckEligibility,
    FindSubmission,
    InquireStatus,
    ReportPatientBalance,
    ScrubClaim,
    SendAppeal,
    SendDocuments,
    TransmitClaim,
)
from claims.events import AnyEvent, EffectFailed
from claims.money import dollars

WINDOW = timedelta(hours=24)
"""How long a carrier remembers an idempotency key (Stedi: 24 hours); nothing is sent again under it afterwards."""
WINDOW_MARGIN = timedelta(minutes=10)
FIRST_TRY = timedelta(seconds=5)
"""How long the first, local try of a question may take. The server heartbeats a workflow task at eight."""
ANSWERS = timedelta(seconds=140)
"""Payers answer 270 and 276 in up to two minutes."""
PATIENT = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=10)
)
ONCE = RetryPolicy(maximum_attempts=1)
AT_CARRIER = frozenset(
    {"check_eligibility", "transmit_claim", "find_submission", "inquire_status", "send_documents", "send_appeal"}
)
"""Effects whose activities wait on the clearinghouse, and so in a queue of their own."""
LOCAL_THRESHOLD = timedelta(milliseconds=500)
"""Waits between tries of a local activity become timers, so that its workflow task ends and messages are taken meanwhile."""


@dataclass(frozen=True)
class Manner:
    """How one kind of effect is carried out. `local` without `first_try` never leaves the worker. `tells`: somebody hears of
    it for good, so it is local only where its step stands in the history, or comes again just so."""

    activity: str
    summary: Callable[[Any], str]
    local: bool = False
    first_try: timedelta | None = None
    tells: bool = False
    one_try: timedelta = timedelta(seconds=100)
    in_all: timedelta | None = timedelta(hours=24)


def _eligibility(effect: CheckEligibility) -> str:
    return f"270 to {effect.question.payer.payer_id}"


def _scrub(effect: ScrubClaim) -> str:
    return f"edits over version {effect.version}"


def _transmit(effect: TransmitClaim) -> str:
    claim = effect.claim
    form = "837P" if claim.type == "professional" else "837I"
    payer = claim.coverages[0].payer.payer_id if claim.coverages else "?"
    return f"{form} to {payer}, submission {effect.submission}, frequency {claim.frequency}, ${dollars(claim.charge_cents)}"


def _find(effect: FindSubmission) -> str:
    return f"look for submission {effect.submission}"


def _inquire(effect: InquireStatus) -> str:
    return f"276 to {effect.question.payer.payer_id}"


def _balance(effect: ReportPatientBalance) -> str:
    return f"patient's account: ${dollars(effect.balance.amount_cents)}"


def _documents(effect: SendDocuments) -> str:
    return f"{len(effect.documents)} documents to {effect.payer.payer_id}"


def _appeal(effect: SendAppeal) -> str:
    return f"{effect.level_name} (level {effect.level}) to {effect.to}"


MANNERS: dict[str, Manner] = {
    "check_eligibility": Manner("check_eligibility", _eligibility, first_try=FIRST_TRY, one_try=ANSWERS),
    "scrub_claim": Manner("scrub_claim", _scrub, local=True, one_try=timedelta(seconds=30), in_all=None),
    "transmit_claim": Manner("transmit_claim", _transmit, in_all=WINDOW - WINDOW_MARGIN),
    "find_submission": Manner("find_submission", _find),
    "inquire_status": Manner("inquire_status", _inquire, one_try=ANSWERS),
    "report_patient_balance": Manner(
        "report_patient_balance", _balance, first_try=FIRST_TRY, tells=True, one_try=timedelta(seconds=30), in_all=None
    ),
    "send_documents": Manner("send_documents", _documents, one_try=timedelta(seconds=120), in_all=timedelta(days=3)),
    "send_appeal": Manner("send_appeal", _appeal, one_try=timedelta(seconds=120), in_all=timedelta(days=3)),
}


async def try_locally(order: Order[AnyEffect]) -> tuple[Answer | None, bool]:
    """A local activity's answer, and whether the journal in the order was surely written.

    No answer: an effect with a first try has to go on as a normal activity.
    """
    manner = MANNERS[order.effect.kind]
    single = manner.first_try is not None
    try:
        answer: Answer = await workflow.execute_local_activity(
            manner.activity,
            order,
            result_type=Answer,
            start_to_close_timeout=manner.first_try or manner.one_try,
            schedule_to_close_timeout=manner.first_try,
            retry_policy=ONCE if single else PATIENT,
            local_retry_threshold=LOCAL_THRESHOLD,
            summary=manner.summary(order.effect),
        )
    except FailureError as error:
        if single and not _final(error):
            return None, False
        return Answer(events=(failed(order, error),)), False
    return answer, True


async def perform(order: Order[AnyEffect], now: datetime) -> Answer:
    """A normal activity's answer. Whatever goes wrong for good is an event, never an exception."""
    manner = MANNERS[order.effect.kind]
    left, ours = manner.in_all, workflow.info().task_queue
    if manner.in_all is not None:
        left = manner.in_all - (now - order.asked_at)
        if left <= timedelta(0):
            return Answer(events=(failed(order, None),))
    try:
        answer: Answer = await workflow.execute_activity(
            manner.activity,
            order,
            task_queue=carrier_queue(ours) if order.effect.kind in AT_CARRIER else ours,
            result_type=Answer,
            start_to_close_timeout=manner.one_try,
            heartbeat_timeout=HEARTBEAT,
            schedule_to_close_timeout=left,
            retry_policy=PATIENT,
            summary=manner.summary(order.effect),
        )
    except FailureError as error:
        return Answer(events=(failed(order, error),))
    return answer


def latest_end(order: Order[AnyEffect], now: datetime) -> datetime:
    """When a normal activity has ended at the latest, one way or the other."""
    manner = MANNERS[order.effect.kind]
    return order.asked_at + manner.in_all + manner.one_try if manner.in_all is not None else now + timedelta(days=3650)


def failed(order: Order[AnyEffect], error: BaseException | None) -> AnyEvent:
    """The event that ends an effect which was tried for as long as it may be, or can't succeed.

    A transmission that may have reached the carrier is unknown: it is looked up before anything is sent again.
    """
    reason = in_words(error)
    effect = order.effect
    if isinstance(effect, TransmitClaim) and not _never_left(error):
        return unknown(Order[TransmitClaim](**_fields(order)), reason)
    return EffectFailed(at=order.asked_at, id=order.key, effect=effect.id, reason=reason)


def in_words(error: BaseException | None) -> str:
    """A type and what the port said; never a body that was sent or received."""
    if error is None:
        return "out_of_time: nothing may be sent under this key any more"
    cause = _cause(error)
    if isinstance(cause, ApplicationError):
        return f"{cause.type or 'error'}: {cause.message}"[:300]
    if isinstance(cause, TimeoutError):
        inner = cause.__cause__
        last = f", last: {inner.type}" if isinstance(inner, ApplicationError) else ""
        return f"timed_out ({cause.type.name.lower() if cause.type else 'no answer'}{last})"
    return f"{type(cause).__name__}"


def _cause(error: BaseException | None) -> BaseException | None:
    """What an activity failed of: a local one's failure comes bare, a normal one's inside an ActivityError."""
    return error.__cause__ or error if isinstance(error, ActivityError) else error


def _final(error: BaseException) -> bool:
    cause = _cause(error)
    return isinstance(cause, ApplicationError) and cause.non_retryable


def _never_left(error: BaseException | None) -> bool:
    """True where the carrier said so itself: a wrong key lets nothing in."""
    cause = _cause(error)
    return isinstance(cause, ApplicationError) and cause.type == "AuthenticationFailed"


def _fields(order: Order[AnyEffect]) -> dict[str, Any]:
    return {name: getattr(order, name) for name in type(order).model_fields}
