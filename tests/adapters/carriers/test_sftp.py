"""The SFTP carrier against a real SSH server with real files: uploads once, takes only what is finished, trusts no stranger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from adapters.carriers.sftp import Folders, upload_name
from claims.ports import (
    AuthenticationFailed,
    CarrierError,
    NotOffered,
    OutcomeUnknown,
    RequestRefused,
    Unavailable,
)
from tests.adapters.carriers.sftp_server import PASSWORD, Gateway, Marks

KEY = "prac1/claim9/transmit-2"
NAME = upload_name(KEY)
CLAIM = "ISA*00*837~"
AGO = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    made = Gateway(tmp_path / "gateway", tmp_path / "keys")
    await made.start()
    yield made
    await made.stop()


async def send(gateway: Gateway, marks: Marks, key: str = KEY, **settings: Any) -> str:
    """One try of a worker that is born for it and dies after it."""
    carrier = gateway.carrier(marks, **settings)
    try:
        return (await carrier.submit(CLAIM, claim_type="professional", idempotency_key=key)).reference
    finally:
        await carrier.close()


def test_a_files_name_carries_the_submissions_number_and_no_two_keys_share_one() -> None:
    assert NAME.startswith("prac1_claim9_transmit-2_")
    assert NAME.endswith(".837")
    # underscores and slashes read the same: only the hash tells these apart
    assert upload_name("a/b_c/transmit-1") != upload_name("a_b/c/transmit-1")


async def test_a_claim_comes_into_being_whole_under_its_own_name(gateway: Gateway) -> None:
    names: list[list[str]] = []
    gateway.after = lambda call: names.append(gateway.files("inbound")) if call == "write" else None
    assert await send(gateway, Marks()) == NAME
    assert [one.endswith(".tmp") for (one,) in names] == [True]
    assert gateway.files("inbound") == [NAME]
    assert (gateway.root / "inbound" / NAME).read_text() == CLAIM


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", ["stat", "open", "write", "rename"])
async def test_a_line_that_breaks_anywhere_in_an_upload_never_makes_two_claims(
    gateway: Gateway, call: str, moment: str
) -> None:
    marks = Marks()
    gateway.dies[call] = moment
    with pytest.raises(Unavailable):
        await send(gateway, marks)
    assert not gateway.dies
    await send(gateway, marks)
    assert gateway.pick_up() == [CLAIM]
    assert gateway.files("inbound") in ([], [name for name in gateway.files("inbound") if name.endswith(".tmp")])


async def test_a_file_that_was_taken_before_the_answer_came_is_never_sent_again(gateway: Gateway) -> None:
    marks = Marks()
    gateway.dies["rename"] = "after"
    gateway.after = lambda call: gateway.took.extend(gateway.pick_up()) if call == "rename" else None
    with pytest.raises(Unavailable):
        await send(gateway, marks)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            await send(gateway, marks)
    assert gateway.took == [CLAIM]
    carrier = gateway.carrier(marks)
    assert await carrier.find_submission("PCN1", idempotency_key=KEY) is None
    await carrier.close()


async def test_a_folder_of_sent_files_answers_what_the_upload_folder_cant(gateway: Gateway) -> None:
    marks, folders = Marks(), Folders("inbound", "outbound", sent="sent")
    gateway.dies["rename"] = "after"
    with pytest.raises(Unavailable):
        await send(gateway, marks, folders=folders)
    (gateway.root / "inbound" / NAME).rename(gateway.root / "sent" / NAME)
    assert await send(gateway, marks, folders=folders) == NAME
    assert gateway.files("inbound") == []


async def test_what_never_came_into_being_is_not_there_and_never_will_be(gateway: Gateway) -> None:
    marks = Marks()
    carrier = gateway.carrier(marks)
    assert await carrier.find_submission("PCN1", idempotency_key=KEY) is False
    gateway.dies["rename"] = "before"
    with pytest.raises(Unavailable):
        await send(gateway, marks)
    assert await carrier.find_submission("PCN1", idempotency_key=KEY) is False
    # the try that was given up may still be under way somewhere: its file is gone, so that it can't go out any more
    with pytest.raises(OutcomeUnknown):
        await send(gateway, marks)
    assert gateway.files("inbound") == []
    await carrier.close()


async def test_of_two_tries_at_the_same_time_one_file_goes_up(gateway: Gateway) -> None:
    marks = Marks()

    class Late(Marks):
        """Another worker's note comes in between this one's look and its own note."""

        async def remember_item(self, carrier: str, item_id: str, sha256: str) -> None:
            await send(gateway, marks)
            await marks.remember_item(carrier, item_id, sha256)

    late = Late()
    late.kept = marks.kept
    assert await send(gateway, late) == NAME
    assert gateway.files("inbound") == [NAME]


async def test_only_finished_files_are_listed(gateway: Gateway) -> None:
    carrier = gateway.carrier(Marks())
    for name in ("a.835.tmp", "b.part", "c.835.filepart", ".hidden", "empty.999"):
        gateway.leave(name, "" if name.startswith("empty") else "ISA*")
    (gateway.root / "outbound" / "folder").mkdir()
    gateway.leave("late.277", "ISA*277", changed=1_790_000_300)
    gateway.leave("early.835", "ISA*835", changed=1_790_000_100)
    listed = await carrier.poll(since=AGO)
    assert [(await carrier.fetch(one.id)).decode() for one in listed.items] == ["ISA*835", "ISA*277"]
    assert listed.items[0].processed_at == datetime.fromtimestamp(1_790_000_100, UTC)
    assert listed.next_page is None
    await carrier.close()


async def test_a_file_that_grows_while_it_is_looked_at_waits_for_the_next_round(gateway: Gateway) -> None:
    gateway.leave("growing.835", "ISA*8")

    async def meanwhile(seconds: float) -> None:
        gateway.leave("growing.835", "ISA*835*whole", changed=1_790_000_000)

    carrier = gateway.carrier(Marks(), pause=meanwhile)
    assert (await carrier.poll(since=AGO)).items == ()
    (item,) = (await carrier.poll(since=AGO)).items
    assert await carrier.fetch(item.id) == b"ISA*835*whole"
    await carrier.close()


async def test_a_file_that_changes_between_list_and_fetch_is_refused_and_stays(gateway: Gateway) -> None:
    carrier = gateway.carrier(Marks())
    gateway.leave("a.835", "ISA*old")
    (item,) = (await carrier.poll(since=AGO)).items
    gateway.leave("a.835", "ISA*new*and*longer")
    with pytest.raises(RequestRefused):
        await carrier.fetch(item.id)
    await carrier.let_go(item.id)
    assert gateway.files("outbound") == ["a.835"]
    await carrier.close()


async def test_what_was_stored_is_deleted_or_archived_and_twice_is_no_trouble(gateway: Gateway) -> None:
    keeping = gateway.carrier(Marks(), folders=Folders("inbound", "outbound", archive="archive"))
    deleting = gateway.carrier(Marks())
    for carrier, kept in ((keeping, ["a.835"]), (deleting, ["a.835"])):
        gateway.leave("a.835", "ISA*835")
        (item,) = (await carrier.poll(since=AGO)).items
        await carrier.let_go(item.id)
        await carrier.let_go(item.id)
        assert gateway.files("outbound") == []
        assert gateway.files("archive") == kept
    # the same name again never replaces what is in the archive
    gateway.leave("a.835", "ISA*836", changed=1_790_000_500)
    (item,) = (await keeping.poll(since=AGO)).items
    await keeping.let_go(item.id)
    assert len(gateway.files("archive")) == 2
    await keeping.close()
    await deleting.close()


async def test_a_pattern_leaves_reports_for_people_alone(gateway: Gateway) -> None:
    gateway.leave("summary.pdf", "%PDF")
    gateway.leave("a.835", "ISA*835")
    carrier = gateway.carrier(Marks(), folders=Folders("inbound", "outbound", pattern="*.835"))
    assert len((await carrier.poll(since=AGO)).items) == 1
    await carrier.close()


async def test_a_host_that_is_not_the_known_one_gets_nothing(gateway: Gateway) -> None:
    gateway.trust(asyncssh.generate_private_key("ssh-ed25519"))
    with pytest.raises(AuthenticationFailed, match="host's key"):
        await send(gateway, Marks())
    (gateway.keys / "known_hosts").unlink()
    with pytest.raises(AuthenticationFailed, match="known-hosts file"):
        await send(gateway, Marks())
    assert gateway.files("inbound") == []


async def test_a_password_does_as_well_and_a_wrong_one_is_a_persons_work(gateway: Gateway) -> None:
    assert await send(gateway, Marks(), account={"key_file": None, "password": PASSWORD}) == NAME
    with pytest.raises(AuthenticationFailed) as refused:
        await send(gateway, Marks(), account={"key_file": None, "password": "battery-staple"})
    assert "battery" not in str(refused.value)


async def test_folders_that_are_not_there_are_a_persons_work_too(gateway: Gateway) -> None:
    nowhere = Folders("in", "out")
    with pytest.raises(AuthenticationFailed, match="no such folder"):
        await send(gateway, Marks(), folders=nowhere)
    carrier = gateway.carrier(Marks(), folders=nowhere)
    with pytest.raises(AuthenticationFailed, match="no such folder"):
        await carrier.poll(since=AGO)
    await carrier.close()


async def test_a_server_that_is_away_is_asked_again_and_nothing_was_sent(gateway: Gateway) -> None:
    await gateway.stop()
    with pytest.raises(Unavailable, match="nothing was sent"):
        await send(gateway, Marks())


async def test_questions_in_real_time_are_not_offered(gateway: Gateway) -> None:
    carrier = gateway.carrier(Marks())
    for ask in (carrier.ask_eligibility, carrier.ask_status):
        with pytest.raises(NotOffered, match="not offered by this carrier"):
            await ask("ISA*270~")
    assert await carrier.send_correspondence(kind="appeal", fields={}, idempotency_key="k") is None


async def test_no_error_tells_a_name_that_the_carrier_gave(gateway: Gateway) -> None:
    carrier = gateway.carrier(Marks())
    gateway.leave("DOE_JANE.835", "ISA*835")
    (item,) = (await carrier.poll(since=AGO - timedelta(days=1))).items
    (gateway.root / "outbound" / "DOE_JANE.835").unlink()
    with pytest.raises(CarrierError) as refused:
        await carrier.fetch(item.id)
    assert "DOE" not in str(refused.value)
    assert refused.value.__suppress_context__
    await carrier.close()
