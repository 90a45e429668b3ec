"""`explain`: the remedy of a code read out on the phone. A row of the trade, a row of the table.

Expectations come from the rules of the field: a rejection or MA130 is sent anew and never appealed; a contractual
write-off is no denial; group CO never reaches the patient; the group limits of the X12 usage notes (18 OA or CO, 23 OA,
45 CO or PR). B11 is like 109: the right payer is billed, inside its own filing limit.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from adapters.tables.loader import load_tables
from claims import phone
from claims.claim import ClaimType
from commands.app import main

CLAIM_TYPES: tuple[ClaimType, ...] = ("professional", "institutional")

# codes and options | remedy | class | owner | clock | appeal | patient may be billed
ROWS = """
CO-50                                   | appeal              | clinical          | biller     | appeal     | yes | no
CO-50 N115                              | appeal              | clinical          | biller     | appeal     | yes | no
CO-50 N115 MA01                         | appeal              | clinical          | biller     | appeal     | yes | no
CO-50 M127                              | send_documents      | clinical          | biller     | documents  | yes | no
CO-50 N211                              | review              | clinical          | biller     | appeal     | no  | no
CO-50 MA01 N211                         | review              | clinical          | biller     | appeal     | no  | no
PR-50                                   | review              | clinical          | biller     | appeal     | yes | yes
PR-50 M38                               | bill_patient        | clinical          | biller     | appeal     | yes | yes
PI-50                                   | appeal              | clinical          | biller     | appeal     | yes | no
CO-55                                   | appeal              | clinical          | biller     | appeal     | yes | no
CO-151                                  | appeal              | clinical          | biller     | appeal     | yes | no
CO-4                                    | correct_and_replace | coding            | coder      | correction | yes | no
CO-4 MA130                              | new_original        | coding            | coder      | filing     | no  | no
CO-4 --payer medicare                   | reopening           | coding            | coder      | correction | yes | no
CO-4 MA130 --payer medicare             | new_original        | coding            | coder      | filing     | no  | no
CO-4 --payer medicare --claim-type professional  | reopening  | coding            | coder      | correction | yes | no
CO-4 --payer medicare --claim-type institutional | correct_and_replace | coding   | coder      | correction | yes | no
CO-4 --payer 60054                      | correct_and_replace | coding            | coder      | correction | yes | no
CO-4 --payer aetna                      | correct_and_replace | coding            | coder      | correction | yes | no
CO-11                                   | correct_and_replace | coding            | coder      | correction | yes | no
CO-97                                   | correct_and_replace | bundling          | coder      | correction | yes | no
CO-236                                  | correct_and_replace | bundling          | coder      | correction | yes | no
PR-97                                   | review              | bundling          | coder      | correction | yes | no
CO-16                                   | correct_and_replace | billing           | biller     | correction | yes | no
CO-16 N290                              | correct_and_replace | billing           | biller     | correction | yes | no
CO-16 MA130                             | new_original        | billing           | biller     | filing     | no  | no
CO-16 N290 MA130                        | new_original        | billing           | biller     | filing     | no  | no
CO-16 M127                              | send_documents      | billing           | biller     | documents  | yes | no
CO-16 N290 M127                         | correct_and_replace | billing           | biller     | correction | yes | no
CO-16 MA130 MA01                        | new_original        | billing           | biller     | filing     | no  | no
CO-16 N798                              | void                | billing           | biller     | correction | yes | no
CO-16 N779                              | wait                | billing           | biller     | none       | yes | no
CO-16 N418                              | bill_other_payer    | billing           | biller     | filing     | yes | no
OA-18                                   | review              | duplicate         | biller     | appeal     | yes | no
CO-18                                   | review              | duplicate         | biller     | appeal     | yes | no
PR-18                                   | review              | duplicate         | biller     | appeal     | yes | no
CO-B13                                  | review              | duplicate         | biller     | appeal     | yes | no
OA-18 N522                              | wait                | duplicate         | biller     | none       | yes | no
CO-29                                   | appeal              | timely_filing     | biller     | appeal     | yes | no
PR-29                                   | review              | timely_filing     | biller     | appeal     | yes | no
CO-29 --payer medicare                  | review              | timely_filing     | biller     | appeal     | no  | no
CO-29 --payer uhc                       | appeal              | timely_filing     | biller     | appeal     | yes | no
CO-45                                   | write_off           | contractual       | biller     | none       | no  | no
PR-45                                   | review              | contractual       | biller     | none       | no  | yes
OA-45                                   | review              | contractual       | biller     | none       | no  | no
CO-253                                  | write_off           | contractual       | biller     | none       | no  | no
CO-45 M127                              | write_off           | contractual       | biller     | none       | no  | no
PR-1                                    | bill_patient        | patient           | biller     | none       | no  | yes
PR-2                                    | bill_patient        | patient           | biller     | none       | no  | yes
PR-3                                    | bill_patient        | patient           | biller     | none       | no  | yes
CO-3                                    | write_off           | patient           | biller     | none       | no  | no
PR-2 MA18                               | wait                | patient           | biller     | none       | no  | no
PR-1 N781                               | bill_other_payer    | patient           | biller     | filing     | no  | no
PR-1 N842                               | review              | patient           | biller     | none       | no  | no
PR-3 --payer medicaid                   | review              | patient           | biller     | none       | no  | no
OA-23                                   | wait                | prior_payer       | biller     | none       | no  | no
CO-23                                   | review              | prior_payer       | biller     | none       | no  | no
CO-197                                  | appeal              | authorization     | front_desk | appeal     | yes | no
PR-197                                  | review              | authorization     | front_desk | appeal     | yes | no
CO-197 M62                              | correct_and_replace | authorization     | front_desk | correction | yes | no
CO-15                                   | correct_and_replace | authorization     | front_desk | correction | yes | no
CO-22                                   | bill_other_payer    | other_payer       | front_desk | filing     | yes | no
OA-109                                  | bill_other_payer    | other_payer       | front_desk | filing     | yes | no
CO-19                                   | bill_other_payer    | other_payer       | front_desk | filing     | yes | no
CO-B11                                  | bill_other_payer    | other_payer       | front_desk | filing      | yes | no
CO-27                                   | bill_other_payer    | eligibility       | front_desk | filing     | yes | no
PR-27                                   | bill_other_payer    | eligibility       | front_desk | filing     | yes | yes
CO-31                                   | new_original        | eligibility       | front_desk | filing     | yes | no
CO-119                                  | bill_other_payer    | benefit           | biller     | appeal     | yes | no
PR-119                                  | bill_patient        | benefit           | biller     | appeal     | yes | yes
CO-252 N706                             | send_documents      | documents         | biller     | documents  | yes | no
CO-226 M127                             | send_documents      | documents         | biller     | documents  | yes | no
CO-252                                  | send_documents      | documents         | biller     | documents  | yes | no
CO-96 N130                              | write_off           | coverage          | biller     | appeal     | yes | no
PR-96 N130                              | bill_patient        | coverage          | biller     | appeal     | yes | yes
PR-96 M39                               | review              | coverage          | biller     | appeal     | yes | no
OA-96 N130                              | review              | coverage          | biller     | appeal     | yes | no
PR-204                                  | bill_patient        | coverage          | biller     | appeal     | yes | yes
OA-133                                  | wait                | pending           | payer      | none       | no  | no
OA-209                                  | bill_other_payer    | coordination      | biller     | filing     | yes | no
OA-100                                  | bill_patient        | payment_direction | biller     | none       | no  | yes
CO-100                                  | review              | payment_direction | biller     | none       | no  | no
PI-100                                  | review              | payment_direction | biller     | none       | yes | no
OA-187                                  | bill_patient        | payment_direction | biller     | none       | no  | yes
OA-293                                  | review              | payment_direction | biller     | none       | no  | no
PR-100                                  | bill_patient        | payment_direction | biller     | none       | no  | yes
CO-138                                  | write_off           | final             | supervisor | none       | no  | no
CO-193                                  | appeal              | appeal_result     | biller     | appeal     | yes | no
CO-B7                                   | review              | enrollment        | supervisor | appeal     | yes | no
CO-A1                                   | review              | unknown           | biller     | appeal     | yes | no
CO-999                                  | review              | unknown           | biller     | appeal     | yes | no
CO-999 MA130                            | review              | unknown           | biller     | appeal     | no  | no
CR-50                                   | review              | clinical          | biller     | appeal     | yes | no
CO-45 PR-1                              | bill_patient        | patient           | biller     | none       | no  | yes
CO-45 PR-1 PR-2 OA-23                   | bill_patient        | patient           | biller     | none       | no  | yes
CO-45 CO-253                            | write_off           | contractual       | biller     | none       | no  | no
CO-45 OA-23                             | write_off           | contractual       | biller     | none       | no  | no
CO-45 CO-50 N115                        | appeal              | clinical          | biller     | appeal     | yes | no
CO-45 PR-1 CO-50                        | appeal              | clinical          | biller     | appeal     | yes | no
CO-45 CO-16 MA130                       | new_original        | billing           | biller     | filing     | no  | no
CO-45 OA-133                            | wait                | pending           | payer      | none       | no  | no
CO-16 CO-252 N706                       | send_documents      | billing           | biller     | documents  | yes | no
CO-50 CO-4                              | review              | coding            | coder      | appeal     | yes | no
CO-96 PR-96 N130                        | review              | coverage          | biller     | appeal     | yes | no
co-50 n115                              | appeal              | clinical          | biller     | appeal     | yes | no
CO50                                    | appeal              | clinical          | biller     | appeal     | yes | no
CO-50,N115                              | appeal              | clinical          | biller     | appeal     | yes | no
CO-50 N9999                             | appeal              | clinical          | biller     | appeal     | yes | no
"""
TABLE = [[cell.strip() for cell in row.split("|")] for row in ROWS.strip().splitlines()]


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    code = main(["explain", *words, "--json"])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    told: dict[str, Any] = json.loads(out)
    return told


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_the_answer_to_codes_read_out_on_the_phone(capsys: pytest.CaptureFixture[str], row: list[str]) -> None:
    told = asked(capsys, *row[0].split())
    answer = [told["remedy"], told["class"], told["owner"], told["deadline_kind"] or "none"]
    answer += ["yes" if told[key] else "no" for key in ("appealable", "patient_may_be_billed")]
    assert answer == row[1:]
    assert told["reason"]
    assert told["source"]


def test_the_table_has_no_row_twice() -> None:
    assert len({row[0] for row in TABLE}) == len(TABLE) >= 60


@pytest.mark.parametrize(
    "codes",
    ["CO-16 N290 M127", "CO-50 CO-4 N115", "CO-45 PR-1 OA-23", "CO-16 MA130 N290", "CO-252 N706 CO-16", "CO-50 CO-151"],
)
def test_the_order_of_the_codes_changes_nothing(capsys: pytest.CaptureFixture[str], codes: str) -> None:
    answers = []
    for order in itertools.permutations(codes.split()):
        told = asked(capsys, *order)
        answers.append({key: told[key] for key in told if key not in ("codes", "remarks")})
    assert all(answer == answers[0] for answer in answers)


def test_the_keys_are_those_that_are_documented(capsys: pytest.CaptureFixture[str]) -> None:
    told = asked(capsys, "CO-50", "N115")
    answer = [
        "class",
        "remedy",
        "owner",
        "deadline_kind",
        "appealable",
        "patient_may_be_billed",
        "reason",
        "source",
    ]
    assert list(told) == [*answer, "codes", "remarks"]
    assert [list(one) for one in told["codes"]] == [["code", *answer]]
    assert told["remarks"][0]["needs"] == "the LCD's criteria in the records"


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ("CO-29", "without proof it goes to write-off review"),
        ("CO-29", "knows no history"),
        ("OA-18", "find the original first"),
        ("CO-197", "retro-authorisation"),
        ("PR-1", "a next payer"),
        ("CO-16", "should carry a remark code"),
        ("CO-96", "should carry a remark code"),
        ("CO-50 N9999", "N9999 not in our table"),
        ("CO-50 CO-4", "CO-4 correct_and_replace, CO-50 appeal"),
        ("CO-23", "23 comes with OA only"),
        ("PR-29", "a patient never does"),
        ("CO-4 --payer medicare", "takes no replacement"),
        ("CO-50 MA01 N211", "one remark grants an appeal and another refuses it"),
        ("CO-B18", "retired from the code list on 2009-03-01"),
    ],
)
def test_the_reason_says_what_a_biller_must_know(capsys: pytest.CaptureFixture[str], codes: str, said: str) -> None:
    assert said in asked(capsys, *codes.split())["reason"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("XX-999", "there is no group XX"),
        ("50", "the group is missing, for example CO-50"),
        ("A1", "the group is missing"),
        ("N115", "no adjustment"),
        ("CO-", "neither an adjustment such as CO-50 nor a remark"),
        ("hello", "neither an adjustment"),
        ("CO-5000", "neither an adjustment"),
        ("CO-50 --payer nobody", "--payer nobody: no payer rules have this name"),
    ],
)
def test_what_is_no_code_gets_one_clear_message(capsys: pytest.CaptureFixture[str], words: str, said: str) -> None:
    assert main(["explain", *words.split(), "--json"]) == 2
    out, err = capsys.readouterr()
    assert (out, said in err) == ("", True)


BESIDE = (
    (),
    ("MA130",),
    ("MA01", "MA130"),
    ("MA18",),
    ("M127",),
    ("N290", "M127"),
    ("N842",),
    ("N781",),
    ("M38",),
    ("N211",),
)
PAYERS = ("", "medicare", "medicaid", "aetna")


def test_no_code_with_any_group_remark_or_payer_breaks_a_law_of_the_trade() -> None:
    """312 codes and one unknown, five groups, ten sets of remarks, four payers, two claim types."""
    tables = load_tables()
    seen = 0
    for code, group, remarks, payer, kind in itertools.product(
        [*tables.reasons, "999"], phone.GROUPS, BESIDE, PAYERS, CLAIM_TYPES
    ):
        rules = phone.find_rules(tables.payer_rules, payer)
        question = phone.Asked(adjustments=((group, code),), remarks=remarks)
        told = phone.look_up(question, rules, kind, tables).lead
        named = (group, code, remarks, payer, kind, told.remedy)
        seen += 1
        if told.patient_may_be_billed or told.remedy == "bill_patient":
            # what the payer sent to the patient herself is asked of her under OA too; X12 RFI 1812 knows PR alone
            assert group == "PR" or (group, code) in (("OA", "100"), ("OA", "187"), ("OA", "156")), named
            assert payer != "medicaid", named
            assert not {"N842", "N781", "MA18"} & set(remarks), named
        if "MA130" in remarks or "N211" in remarks:
            assert not told.appealable, named
        if "MA130" in remarks:
            assert told.remedy in ("new_original", "review"), named
        if told.remedy == "appeal":
            assert told.appealable, named
            assert told.deadline_kind == "appeal", named
        if payer == "medicare" and kind == "professional":
            assert told.remedy != "correct_and_replace", named
        if code == "999" or group == "CR":
            assert told.remedy == "review", named
        assert told.reason, named
        assert told.source, named
    assert seen == (len(tables.reasons) + 1) * 5 * 10 * 4 * 2


def test_people_read_the_same_answer_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "CO-45", "PR-1", "N115"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["remedy", "bill_patient"]
    assert "CO-45    write_off" in out
    assert "local coverage determination" in out
