"""Other coverages, told in mid-life: before anything left the claim is written anew; later the right payer is billed.

What is posted stays tied to its payer. A payer that is none any more is kept as `former` with its rules, so that its money
is never taken for another's.
"""

from __future__ import annotations

from claims.claim import Coverage
from claims.coverage_messages import NOT_NOW
from claims.deciding import chain, decisions, last_decided
from claims.draft import NOTES_KEPT, Draft, Refused
from claims.events import CoverageChanged
from claims.payer_rules import PayerRules
from claims.phases import adjudication, next_payer, registration, settling
from claims.state import Note
from claims.status import Status as S

AT_A_REVIEWER = (S.APPEAL_PREPARING, S.APPEAL_FILED, S.APPEAL_OVERTURNED)
NOT_YET_THERE = (*registration.BEFORE_SUBMISSION, S.CLEARINGHOUSE_REJECTED, S.PAYER_REJECTED)


def on_coverage_changed(d: Draft, event: CoverageChanged) -> None:
    """The payers of the claim, all of them and in their order, as they are from now on."""
    if not event.payer_rules or len(event.payer_rules) != len(event.claim.coverages):
        raise Refused("one set of rules for each coverage of the claim is needed")
    if d.state.status in NOT_NOW:
        raise Refused(f"the coverages can't change while the claim is {d.state.status}: finish that first")
    was, billed = d.state.status, d.state.claim.coverages[d.state.billed]
    _take(d, event)
    _note(d, event)
    d.close_tasks("review_coverage")
    decided = last_decided(d.state, d.tables) >= 0 or bool(d.state.payments)
    if was in NOT_YET_THERE and not decided:
        d.set(coverage="unverified", responsible=0)
        d.arm_filing()
        registration.recheck(d, was)
    elif was in AT_A_REVIEWER:
        d.open_task(
            "review_coverage", "biller", "the payers changed while an appeal is under way: decide whether it goes on"
        )
    elif decided:
        settling.reopen(d)
        _decided_already(d)
    elif was in settling.DECIDED:
        # A patient who was to pay herself has a plan after all.
        d.set(coverage="unverified")
        next_payer.bill(d, 0)
    else:
        _at_the_payer(d, billed)


def _note(d: Draft, event: CoverageChanged) -> None:
    payers = ", ".join(f"{c.order} {c.payer.payer_id or c.payer.name}" for c in d.state.claim.coverages)
    text = f"coverages changed to {payers}: {event.reason or 'no reason given'}"
    d.set(notes=(*d.state.notes[-(NOTES_KEPT - 1) :], Note(at=event.at, by=event.by, text=text)))


# what is known under the old places


def _take(d: Draft, event: CoverageChanged) -> None:
    """Takes the claim as told, and moves what is posted and sent to where its payer stands now."""
    old, new, rules = d.state.claim, list(event.claim.coverages), list(event.payer_rules)
    used = {p.coverage for p in d.state.payments} | {s.coverage for s in d.state.submissions}
    places: dict[int, int] = {}
    for place, coverage in enumerate(old.coverages):
        found = _same(coverage, new, set(places.values()))
        if found is None and place in used:
            new.append(coverage.model_copy(update={"order": "former", "prior": None}))
            rules.append(_rules_at(d, place))
            found = len(new) - 1
        if found is not None:
            places[place] = found
    claim = event.claim.model_copy(update={"coverages": tuple(new)})
    responsible = places.get(d.state.responsible, 0) if d.state.responsible < len(old.coverages) else 0
    d.set(payer_rules=tuple(rules), responsible=min(responsible, len(new) - 1))
    registration.take_claim(d, claim, 0)
    _move(d, places)


def _rules_at(d: Draft, place: int) -> PayerRules:
    return d.state.payer_rules[min(place, len(d.state.payer_rules) - 1)]


def _same(coverage: Coverage, among: list[Coverage], taken: set[int]) -> int | None:
    """Where the payer stands now: by its id, with the same member first; a payer without an id by its name."""
    payer_id, name = coverage.payer.payer_id, coverage.payer.name
    fits = [
        place
        for place, one in enumerate(among)
        if place not in taken and (one.payer.payer_id == payer_id if payer_id else name and one.payer.name == name)
    ]
    exact = [place for place in fits if among[place].member_id == coverage.member_id]
    return next(iter(exact or fits), None)


def _move(d: Draft, places: dict[int, int]) -> None:
    def at(place: int) -> int:
        return places.get(place, place)

    known = d.state.overpayment
    d.set(
        payments=tuple(p.model_copy(update={"coverage": at(p.coverage)}) for p in d.state.payments),
        submissions=tuple(s.model_copy(update={"coverage": at(s.coverage)}) for s in d.state.submissions),
        refunds=tuple(
            r.model_copy(update={"coverage": at(r.coverage)}) if r.to == "payer" else r for r in d.state.refunds
        ),
        overpayment=known.model_copy(update={"coverage": at(known.coverage)}) if known else None,
    )


# where the claim goes now


def _decided_already(d: Draft) -> None:
    """Money is posted: the first payer in the order that has not decided and comes before what is decided is billed.

    Where all that should have are through, the claim goes on as after the last decision.
    """
    order = chain(d.state.claim)
    last = last_decided(d.state, d.tables)
    before = order[: order.index(last)] if last in order else order[:1]
    for coverage in before:
        counted = decisions(d.state, coverage, d.tables)
        if counted.latest is None and not counted.held:
            adjudication.enter_decision(d)
            sent = next_payer.under_way(d, coverage)
            if sent is not None:
                next_payer.wait_on(d, coverage, sent)
            else:
                next_payer.bill(d, coverage)
            return
    if last >= 0:
        adjudication.decide(d, last)


def _at_the_payer(d: Draft, billed: Coverage) -> None:
    """A payer has the claim and has not decided. Where it is still the one that comes first, it goes on having it."""
    first = d.state.claim.coverages[0]
    if d.state.billed == 0 and first.payer.payer_id == billed.payer.payer_id:
        return
    d.drop_waiting()
    d.forget("inquire_status")
    payer = billed.payer.payer_id or billed.payer.name
    reason = f"{payer} has the claim and is not the first payer: void it there, or let it be denied"
    next_payer.bill(d, 0)
    d.open_task("follow_up", "biller", reason, category="wrong_payer")
