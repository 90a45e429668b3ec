"""From registration to a claim that may be sent: coverage, codes, edits."""

from __future__ import annotations

from claims import second_person
from claims.claim import Claim
from claims.draft import Draft, Refused
from claims.effects import CheckEligibility
from claims.events import (
    ApprovalDecided,
    ClaimCoded,
    ClaimScrubbed,
    EligibilityAnswered,
    EligibilityOverridden,
    SubmitRequested,
)
from claims.phases import code_review, hints, next_payer, settling, submission
from claims.phases.editing import scrub as scrub
from claims.questions import EligibilityQuestion
from claims.status import Status as S
from claims.tables import Owner

PAYER_CANT_ANSWER = ("42", "80")
"""AAA03 of a payer that can't answer now (271 TR3): asked again, no fault of the patient."""
PROVIDER_PROBLEMS = ("15", "41", "43", "44", "45", "46", "47", "48", "50", "51", "79", "97", "T4")
"""AAA03 about us or the payer id: a biller's enrolment or configuration work, never the patient's."""

BEFORE_SUBMISSION = (
    S.ELIGIBILITY_PENDING,
    S.ELIGIBILITY_FAILED,
    S.AWAITING_CODING,
    S.CODING_REVIEW,
    S.CODED,
    S.SCRUBBING,
    S.NEEDS_CORRECTION,
    S.READY_TO_SUBMIT,
)


MAY_BE_SENT_AGAIN = (
    S.NEEDS_CORRECTION,
    S.CLEARINGHOUSE_REJECTED,
    S.PAYER_REJECTED,
    S.NOT_ON_FILE,
    S.NO_RESPONSE,
    S.SUBMISSION_UNKNOWN,
)
"""Where the claim may go out again as it reads: what stood in the way may have been outside of it."""


def ask_eligibility(d: Draft) -> None:
    """Asks the payer first billed about the patient on the first day of service."""
    d.forget("check_eligibility")
    claim = d.state.claim
    coverage = claim.coverages[0]
    effect = d.next_effect_id("eligibility")
    dependent = claim.patient if claim.patient_relationship else None
    d.ask(
        CheckEligibility(
            id=effect,
            question=EligibilityQuestion(
                trace=f"{d.state.claim_id}-{d.state.effect_count}",
                payer=coverage.payer,
                provider=claim.billing,
                subscriber=coverage.subscriber,
                member_id=coverage.member_id,
                dependent=dependent,
                relationship=claim.patient_relationship or "18",
                on=claim.service_from,
            ),
        )
    )
    d.move(S.ELIGIBILITY_PENDING)
    d.arm("eligibility")


def on_eligibility_answered(d: Draft, event: EligibilityAnswered) -> None:
    answer = event.answer
    d.require(S.ELIGIBILITY_PENDING, S.ELIGIBILITY_FAILED, what="an eligibility answer")
    d.still_asked(event.effect, "this eligibility answer")
    d.answered(event.effect)
    codes = tuple(rejection.code for rejection in answer.rejections)
    if answer.active:
        d.set(coverage="active")
        covered(d)
        return hints.of_eligibility(d, answer)
    if codes and all(code in PAYER_CANT_ANSWER for code in codes):
        d.open_task("verify_coverage", "front_desk", f"the payer can't answer now (AAA {', '.join(codes)}): ask again")
        return None
    d.set(coverage="payer_rejected" if codes else "inactive")
    d.forget("check_eligibility")
    d.disarm("eligibility")
    d.move(S.ELIGIBILITY_FAILED)
    owner: Owner = "biller" if any(code in PROVIDER_PROBLEMS for code in codes) else "front_desk"
    said = (
        "; ".join(f"AAA {r.code} {r.meaning}: {r.what_to_do}".strip() for r in answer.rejections)
        or "the payer says the patient is not covered on the day of service: correct the member id, add another coverage"
    )
    category = "enrollment" if owner == "biller" else "eligibility"
    d.open_task("verify_coverage", owner, said, category=category, blocks=True)
    return None


def covered(d: Draft) -> None:
    """Coverage stands, or a person goes on without: on to the codes."""
    d.disarm("eligibility")
    d.forget("check_eligibility")
    d.close_tasks("verify_coverage")
    if d.state.coded:
        go_on(d)
        return
    d.move(S.AWAITING_CODING)
    d.arm("coding")
    d.open_task("code_claim", "coder", "the encounter has no codes yet", blocks=True)


def on_eligibility_overridden(d: Draft, event: EligibilityOverridden) -> None:
    d.require(S.ELIGIBILITY_PENDING, S.ELIGIBILITY_FAILED, what="going on without a coverage answer")
    d.set(coverage="self_pay" if event.self_pay else "overridden")
    covered(d)


def go_on(d: Draft) -> None:
    """Coded and covered: through a second look where one is wanted and the edits to the payer, or to a patient herself."""
    wanted = code_review.why(d)
    if wanted:
        if d.state.status is not S.CODING_REVIEW:
            d.move(S.AWAITING_CODING)
            d.move(S.CODING_REVIEW)
        d.arm("coding")
        d.open_task("review_codes", "coder", f"a second person reads the codes: {wanted}", blocks=True)
        return
    if d.state.coverage != "self_pay":
        scrub(d)
        return
    d.drop_waiting()
    d.set(responsible=len(d.state.claim.coverages))
    d.move(S.CODED)
    d.move(S.ADJUDICATED)
    settling.settle(d)


def on_claim_coded(d: Draft, event: ClaimCoded) -> None:
    d.require(S.AWAITING_CODING, S.CODING_REVIEW, S.ELIGIBILITY_PENDING, S.ELIGIBILITY_FAILED, what="coding")
    take_claim(d, event.claim, event.base_version)
    d.set(coded=True, coded_by=event.by, codes_approved=False)
    if d.state.status in (S.AWAITING_CODING, S.CODING_REVIEW):
        d.disarm("coding")
        d.close_tasks("code_claim", "review_codes")
        go_on(d)


def on_codes_reviewed(d: Draft, event: ApprovalDecided) -> None:
    """The codes go on, or back to who made them; nobody reviews her own."""
    if second_person.is_one(event.by, (d.state.coded_by,)):
        raise Refused("who coded it can't review it")
    d.close_tasks("review_codes")
    d.disarm("coding")
    if event.approved:
        d.set(codes_approved=True)
        go_on(d)
        return
    d.move(S.AWAITING_CODING)
    d.arm("coding")
    reason = f"{event.by} returned the codes: {event.reason or 'no reason'}"
    d.open_task("code_claim", "coder", reason, blocks=True)


def take_claim(d: Draft, claim: Claim, base_version: int) -> None:
    """The claim as it reads from now on. Raises Refused when somebody else changed it meanwhile."""
    if base_version and base_version != d.state.claim_version:
        raise Refused(f"the claim changed meanwhile: you saw version {base_version}, it is {d.state.claim_version}")
    if claim.patient_control_number != d.state.claim.patient_control_number:
        raise Refused("the patient control number of a claim never changes")
    if claim.type != d.state.claim.type:
        raise Refused("a professional claim can't become institutional, or the other way round")
    if len(claim.coverages) != len(d.state.payer_rules):
        raise Refused("the coverages of a claim change by a change of coverages, with the rules of each payer")
    d.set(claim=claim, claim_version=d.state.claim_version + 1)


def on_claim_scrubbed(d: Draft, event: ClaimScrubbed) -> None:
    d.answered(event.effect)
    d.require(S.SCRUBBING, what="a scrub result")
    if event.version != d.state.claim_version:
        raise Refused(f"the edits read version {event.version}, the claim is at {d.state.claim_version}")
    d.set(findings=event.findings)
    errors = [finding for finding in event.findings if finding.severity == "error"]
    d.close_tasks("correct_claim", "resolve_rejection", "resubmit")
    if errors:
        d.move(S.NEEDS_CORRECTION)
        listed = "; ".join(f"{e.where}: {e.reason}" for e in errors[:3])
        more = f" (and {len(errors) - 3} more)" if len(errors) > 3 else ""
        d.open_task("correct_claim", "biller", f"{listed}{more}", category="edits", blocks=True)
        return
    d.move(S.READY_TO_SUBMIT)
    submission.submit_if_free(d)


def recheck(d: Draft, was: S) -> None:
    """After a change that touches the coverage: ask again where the answer was no, else scrub again."""
    if was in (S.ELIGIBILITY_FAILED, S.ELIGIBILITY_PENDING):
        d.close_tasks("verify_coverage")
        if was is S.ELIGIBILITY_PENDING:
            d.move(S.ELIGIBILITY_FAILED)
        ask_eligibility(d)
    elif was is S.CODING_REVIEW:
        d.set(coded_by=d.event.by or d.state.coded_by)
        go_on(d)
    elif d.state.coded:
        scrub(d)


def on_submit_requested(d: Draft, event: SubmitRequested) -> None:
    """Send now what is ready; after a rejection or a claim not on file, send it again as it is."""
    if d.state.status is S.READY_TO_SUBMIT:
        if d.state.holds:
            raise Refused("the claim is on hold: release it first")
        submission.submit(d)
        return
    if d.state.status is S.SECONDARY_READY:
        next_payer.bill_now(d)
        return
    d.require(*MAY_BE_SENT_AGAIN, what="sending")
    if d.state.status is S.SUBMISSION_UNKNOWN and not d.submission(0).errors:
        raise Refused("it isn't known yet whether the last submission arrived: wait for the look-up")
    scrub(d)
