"""Registration, steps, archives, and the matching index."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from adapters.records import SqlRecords
from claims.claim import Claim
from claims.matching import IndexEntry, SubmissionKey
from claims.payer_rules import PayerRules
from claims.ports import ControlNumbers, JournalEntry, KnownClaim
from claims.state import ClaimState
from claims.views import ClaimView


async def test_a_claim_is_registered_once_and_known_afterwards(
    records: SqlRecords, claim: Callable[..., Claim], start: datetime
) -> None:
    assert await records.known("p1", "c1") is None
    first = await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=start)
    again = await records.register(practice="p1", claim_id="c1", claim=claim("X"), fingerprint="f2", at=start)
    expected = KnownClaim(practice="p1", claim_id="c1", patient_control_number="PCN-1", fingerprint="f1", closed=False)
    assert first is None
    assert again == expected
    assert await records.known("p1", "c1") == expected
    assert await records.known("p2", "c1") is None


async def test_a_claim_registered_by_many_at_once_is_new_to_one_of_them(
    records: SqlRecords, claim: Callable[..., Claim], start: datetime
) -> None:
    answers = await asyncio.gather(
        *(records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=start) for _ in range(10))
    )
    assert answers.count(None) == 1


async def test_a_claim_whose_steps_were_written_first_is_still_new_to_registration(
    records: SqlRecords,
    claim: Callable[..., Claim],
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
    start: datetime,
) -> None:
    await records.write_steps(practice="p1", claim_id="c1", entries=[step(1)], view=view(), index=entry())
    assert await records.known("p1", "c1") is None
    assert await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=start) is None
    (shown,) = await records.claim("c1")
    assert shown == view()


async def test_a_registered_claim_is_listed_and_matched_before_its_first_step(
    records: SqlRecords, claim: Callable[..., Claim], start: datetime
) -> None:
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=start)
    (shown,) = (await records.list_claims()).claims
    assert (shown.stage, shown.open_cents, shown.payer_id) == ("registered", 12_000, "60054")
    (found,) = await records.candidates(patient_control_numbers=["pcn-1"])
    assert found.claim_id == "c1"
    assert await records.candidates(member_ids=["MEM12345"]) == (found,)


async def test_a_number_learned_later_finds_its_claim_one_given_up_no_longer_does_and_a_done_task_leaves_the_list(
    records: SqlRecords,
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
) -> None:
    async def write(number: int, look: ClaimView, numbers: IndexEntry) -> None:
        await records.write_steps(practice="p1", claim_id="c1", entries=[step(number)], view=look, index=numbers)

    asked = entry(traces=("T1",))
    await write(1, view(sequence=1), asked)
    await write(2, view(sequence=2), asked)
    assert [task.id for task in await records.tasks()] == ["t2"]
    assert len(await records.candidates(traces=["T1"])) == 1
    await write(3, view(sequence=3, tasks=()), entry(payer_claim_control_numbers=("ICN-9",)))
    assert await records.tasks() == ()
    assert await records.candidates(traces=["T1"]) == ()
    (found,) = await records.candidates(payer_claim_control_numbers=["ICN-9"])
    assert found.payer_claim_control_numbers == ("ICN-9",)
    await write(4, view(sequence=4), entry(payer_claim_control_numbers=("ICN-9",)))
    assert [task.id for task in await records.tasks()] == ["t4"]


async def test_a_step_done_anew_replaces_what_a_dying_worker_wrote(
    records: SqlRecords,
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
) -> None:
    await records.write_steps(practice="p1", claim_id="c1", entries=[step(1), step(2)], view=view(), index=entry())
    await records.write_steps(practice="p1", claim_id="c1", entries=[step(2), step(3)], view=view(), index=entry())
    assert await records.journal("p1", "c1") == (step(1), step(2), step(3))
    # the worker died before the workflow's history knew of steps 2 and 3: they are done anew, with a message more
    anew = [step(2, event="written_off"), step(3), step(4)]
    await records.write_steps(practice="p1", claim_id="c1", entries=anew, view=view(), index=entry())
    assert await records.journal("p1", "c1") == (step(1), *anew)


async def test_an_older_look_never_replaces_a_newer_one(
    records: SqlRecords,
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
) -> None:
    newer = view(sequence=5, status="denied", stage="denied")
    await records.write_steps(practice="p1", claim_id="c1", entries=[step(5)], view=newer, index=entry(traces=("T5",)))
    await records.write_steps(
        practice="p1", claim_id="c1", entries=[step(4)], view=view(sequence=4), index=entry(traces=("T4",))
    )
    assert await records.claim("c1") == (newer,)
    assert [task.id for task in await records.tasks()] == ["t5"]
    assert await records.candidates(traces=["T4"]) == ()
    assert len(await records.candidates(traces=["T5"])) == 1
    assert [e.sequence for e in await records.journal("p1", "c1")] == [4, 5]


async def test_a_submission_is_found_by_every_number_that_an_acknowledgement_may_quote(
    records: SqlRecords,
    claim: Callable[..., Claim],
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
    start: datetime,
) -> None:
    await records.register(practice="p1", claim_id="c1", claim=claim(), fingerprint="f1", at=start)
    await records.remember_submission(
        practice="p1",
        claim_id="c1",
        submission=1,
        claim=claim("PCN-1R1"),
        numbers=ControlNumbers(interchange=41, group=41, set="000000041"),
        document="d" * 64,
    )
    sent = SubmissionKey(
        submission=1,
        interchange_control_number="000000041",
        group_control_number="41",
        set_control_number="000000041",
    )
    for interchange in ("000000041", "41"):
        (found,) = await records.candidates(interchanges=[interchange])
        assert found.submissions == (sent,)
    assert len(await records.candidates(patient_control_numbers=["PCN-1R1"])) == 1
    # the claim's own steps don't make the submission forgotten
    await records.write_steps(practice="p1", claim_id="c1", entries=[step(1)], view=view(), index=entry())
    (found,) = await records.candidates(interchanges=["41"])
    assert found.submissions == (sent,)


async def test_candidates_are_every_claim_that_any_number_may_mean(
    records: SqlRecords,
    step: Callable[..., JournalEntry],
    view: Callable[..., ClaimView],
    entry: Callable[..., IndexEntry],
) -> None:
    known: dict[str, dict[str, object]] = {
        "c1": {"patient_control_number": "SAME"},
        "c2": {"patient_control_number": "SAME", "payer_claim_control_numbers": ("ICN-2",)},
        "c3": {"traces": ("TRN-3",)},
        "c4": {},
    }
    for claim_id, fields in known.items():
        await records.write_steps(
            practice="p1",
            claim_id=claim_id,
            entries=[step(1)],
            view=view(claim_id),
            index=entry(claim_id, **fields),
        )

    async def ids(**numbers: list[str]) -> list[str]:
        return [found.claim_id for found in await records.candidates(**numbers)]

    assert await ids(patient_control_numbers=["SAME"]) == ["c1", "c2"]
    assert await ids(payer_claim_control_numbers=["ICN-2"], traces=["TRN-3"]) == ["c2", "c3"]
    assert await ids(patient_control_numbers=[f"PCN-X{n}" for n in range(2_000)]) == []
    assert await ids() == []
    assert await ids(member_ids=["", " "], patient_control_numbers=[""]) == []
    # what damaged files may say
    assert await ids(patient_control_numbers=["SA\0ME", "\ud800", "x" * 5_000], interchanges=["\0"]) == ["c1", "c2"]


async def test_an_archived_state_comes_back_whole_and_never_older(
    records: SqlRecords, claim: Callable[..., Claim], payer_rules: PayerRules, start: datetime
) -> None:
    state = ClaimState(
        practice="p1",
        claim_id="c1",
        zone="America/New_York",
        source="837P",
        tables_version="2026-1",
        payer_rules=(payer_rules,),
        registered_at=start,
        changed_at=start,
        since=start,
        sequence=7,
        claim=claim(),
    )
    assert await records.archived("p1", "c1") is None
    await records.archive(state)
    await records.archive(state.model_copy(update={"sequence": 6}))
    assert await records.archived("p1", "c1") == state
