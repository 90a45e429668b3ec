"""The envelope that we write, for any kind of set."""

from __future__ import annotations

import pytest

from adapters.x12.reader import read_document
from adapters.x12.writer import WriteRefused, write_interchange
from tests.adapters.x12.claim_text import ENVELOPE

BODY = [("BHT", "0022", "13", "1", "20260302", "0900"), ("EQ", "30", "", "", "")]


def written(**changed: object) -> list[str]:
    envelope = ENVELOPE.model_copy(update=changed)
    text = write_interchange([("270", BODY)], envelope, functional_id="HS", version="005010X279A1")
    return text.split("~\n")


def test_an_interchange_has_its_fixed_isa_its_counts_and_its_numbers() -> None:
    assert written() == [
        "ISA*00*          *00*          *ZZ*CLAIMLINE      *ZZ*CLEARING       *260302*0900*^*00501*000000017*0*T*:",
        "GS*HS*CLAIMLINE*CLEARING*20260302*0900*17*X*005010X279A1",
        "ST*270*0001*005010X279A1",
        "BHT*0022*13*1*20260302*0900",
        "EQ*30",
        "SE*4*0001",
        "GE*1*17",
        "IEA*1*000000017",
        "",
    ]
    assert len(written()[0]) == 105  # 106 with its terminator (X12.5)


def test_the_same_claim_at_the_same_time_is_the_same_bytes() -> None:
    assert written() == written()


def test_production_and_acknowledgement_are_asked_for_in_the_isa() -> None:
    assert written(usage="P", acknowledge=True)[0].endswith("*000000017*1*P*:")


def test_a_group_may_name_other_parties_than_the_interchange() -> None:
    assert written(group_sender="PRACTICE", group_receiver="PAYER")[1].startswith("GS*HS*PRACTICE*PAYER*")


def test_our_own_reader_finds_nothing_wrong_with_it() -> None:
    document = read_document("~\n".join(written()).encode())
    assert (document.all_problems, [one.kind for one in document.sets]) == ([], ["270"])


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"interchange_control_number": 1_000_000_000}, "ISA13"),
        ({"receiver_id": "RECEIVER*1"}, "ISA08"),
        ({"sender_qualifier": "ZZZ"}, "ISA05"),
        ({"set_control_number": "00~1"}, "ST02"),
    ],
)
def test_an_envelope_that_cannot_be_written_is_refused_at_its_place(changed: dict[str, object], where: str) -> None:
    with pytest.raises(WriteRefused) as refused:
        written(**changed)
    assert refused.value.where == where


def test_set_numbers_count_on_in_their_width_and_only_where_they_are_numbers() -> None:
    sets = [("270", BODY)] * 3
    text = write_interchange(sets, ENVELOPE, functional_id="HS", version="005010X279A1")
    assert [line.split("*")[2] for line in text.splitlines() if line.startswith("ST")] == ["0001", "0002", "0003"]
    with pytest.raises(WriteRefused, match="ST02"):
        write_interchange(
            sets, ENVELOPE.model_copy(update={"set_control_number": "A1"}), functional_id="HS", version="005010X279A1"
        )
