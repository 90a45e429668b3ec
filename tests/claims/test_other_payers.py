"""The claim of a later payer: X12's own examples of coordination of benefits, from the first payer's 835 to the gate.

Arithmetic of example 3 (005010X222 COB example, claim 26407789): 43.00 + 15.00 + 21.04 = 79.04 charged; of the first line
3.00 are contractual, so 40.00 + 15.00 + 21.04 = 76.04 stand on the lines; deductible 21.89 and coinsurance 15.00 stand at
the claim, 36.89 together: 76.04 - 36.89 = 39.15 paid. Example 4: 120.00 = 80.00 paid + 25.00 contractual + 15.00.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from adapters.x12.claims_out import write_claim
from adapters.x12.gate import gate
from adapters.x12.parse import parse
from adapters.x12.writer import Envelope
from claims.claim import Claim, Payer, PriorDecision
from claims.documents import ClaimPayment, ClaimSubmissionSet, PaymentLine, Remittance
from claims.other_payers import claim_for, earlier, prior_decision
from claims.scrub import scrub
from claims.scrub.edit import IcdAnswer
from claims.state import ClaimState
from tests.adapters.x12.claim_text import golden
from tests.adapters.x12.claim_text import one as only_claim
from tests.claims.kit import (
    SHARED,
    TABLES,
    Life,
    adjustments,
    coverage,
    life,
    payment,
    payment_line,
    registered,
    remittance,
)
from tests.claims.kit import claim as claim_of

ENVELOPE = Envelope(
    sender_id="LAKESIDEPM",
    receiver_id="CLEARHOUSE",
    interchange_control_number=1,
    group_control_number=1,
    set_control_number="0001",
    at=datetime(2026, 3, 20, 9, 0, tzinfo=UTC),
    usage="T",
    submitter_name="PREMIER BILLING SERVICE",
    submitter_phone="3055552222",
    receiver_name="CLEARINGHOUSE",
)


def _file(kind: str, version: str, functional: str, body: str) -> bytes:
    """One interchange with one set; `body` is a segment a line."""
    lines = [line.strip() for line in body.strip().splitlines()]
    isa = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260303*0600*^*00501*000000001*0*T*:"
    st = f"ST*{kind}*0001*{version}" if kind == "837" else f"ST*{kind}*0001"
    head = [isa, f"GS*{functional}*SENDER*RECEIVER*20260303*0600*1*X*{version}", st]
    tail = [f"SE*{len(lines) + 2}*0001", "GE*1*1", "IEA*1*000000001"]
    return "".join(f"{line}~\n" for line in (*head, *lines, *tail)).encode()


KILDARE = _file(
    "837",
    "005010X222A1",
    "HC",
    """
    BHT*0019*00*0123*20260303*1023*CH
    NM1*41*2*PREMIER BILLING SERVICE*****46*12EEER000TY
    PER*IC*JERRY*TE*3055552222
    NM1*40*2*KEY INSURANCE COMPANY*****46*66783JJT
    HL*1**20*1
    NM1*85*1*KILDARE*BEN****XX*1999999984
    N3*1234 SEAWAY ST
    N4*MIAMI*FL*331111234
    REF*EI*123456789
    HL*2*1*22*1
    SBR*P********CI
    NM1*IL*1*SMITH*JANE****MI*JS00111223333
    NM1*PR*2*KEY INSURANCE COMPANY*****PI*999996666
    REF*G2*KA6663
    HL*3*2*23*0
    PAT*19
    NM1*QC*1*SMITH*TED
    N3*236 N MAIN ST
    N4*MIAMI*FL*33413
    DMG*D8*19730501*M
    CLM*26407789*79.04***11:B:1*Y*A*Y*I
    HI*ABK:J029
    SBR*S*19*******CI
    OI***Y*P**I
    NM1*IL*1*SMITH*JACK****MI*222334444
    NM1*PR*2*GREAT PRAIRIES HEALTH*****PI*567890
    LX*1
    SV1*HC:99213*43*UN*1***1
    DTP*472*D8*20260302
    REF*6R*1
    LX*2
    SV1*HC:96372*15*UN*1***1
    DTP*472*D8*20260302
    REF*6R*2
    LX*3
    SV1*HC:J3301*21.04*UN*1***1
    DTP*472*D8*20260302
    REF*6R*3
    """,
)
KEY_INSURANCE = _file(
    "835",
    "005010X221A1",
    "HP",
    """
    BPR*I*39.15*C*CHK************20260315
    TRN*1*EFT1*1999996666
    N1*PR*KEY INSURANCE COMPANY
    N3*PO BOX 1
    N4*MIAMI*FL*33111
    REF*2U*999996666
    PER*BL*DESK*TE*8005550100
    N1*PE*KILDARE*XX*1999999984
    LX*1
    CLP*26407789*1*79.04*39.15*36.89*12*KEY26-1*11*1
    CAS*PR*1*21.89**2*15
    NM1*QC*1*SMITH*TED****MI*JS00111223333
    DTM*232*20260302
    SVC*HC:99213*43*40**1
    DTM*472*20260302
    CAS*CO*45*3
    REF*6R*1
    SVC*HC:96372*15*15**1
    DTM*472*20260302
    REF*6R*2
    SVC*HC:J3301*21.04*21.04**1
    DTM*472*20260302
    REF*6R*3
    """,
)
AFTER_COMMERCE = _file(
    "837",
    "005010X222A1",
    "HC",
    """
    BHT*0019*00*0124*20260303*1023*CH
    NM1*41*2*SPECIALISTS*****46*1111111
    PER*IC*SUE*TE*8005558888
    NM1*40*2*COMMERCE*****46*59999
    HL*1**20*1
    NM1*85*2*SPECIALISTS*****XX*1999999984
    N3*5 MAP COURT
    N4*MAYNE*PA*17111
    REF*EI*890123456
    HL*2*1*22*1
    SBR*P********CI
    NM1*IL*1*MEDYUM*CAROL****MI*COM188-404777
    NM1*PR*2*COMMERCE*****PI*59999
    HL*3*2*23*0
    PAT*01
    NM1*QC*1*MEDYUM*WAYNE*M
    N3*1010 THOUSAND OAK LANE
    N4*MAYN*PA*17089
    DMG*D8*19560110*M
    CLM*101KEN6055*120***11:B:1*Y*A*Y*Y
    HI*ABK:M19071
    SBR*S*18***12****MB
    OI***Y***Y
    NM1*IL*1*MEDYUM*WAYNE*M***MI*1EG4TE5MK73
    NM1*PR*2*MEDICARE*****PI*10234
    LX*1
    SV1*HC:99203:25*120*UN*1***1
    DTP*472*D8*20260302
    REF*6R*1
    """,
)
COMMERCE = _file(
    "835",
    "005010X221A1",
    "HP",
    """
    BPR*I*80*C*CHK************20260320
    TRN*1*EFT2*1999996666
    N1*PR*COMMERCE
    N3*PO BOX 1
    N4*MAYN*PA*17089
    REF*2U*59999
    PER*BL*DESK*TE*8005550100
    N1*PE*SPECIALISTS*XX*1999999984
    LX*1
    CLP*101KEN6055*1*120*80*15*12*COM26-1*11*1
    NM1*QC*1*MEDYUM*WAYNE****MI*COM188-404777
    DTM*232*20260302
    SVC*HC:99203:25*120*80**1
    DTM*472*20260302
    CAS*CO*45*25
    CAS*PR*2*15
    REF*6R*1
    """,
)


class AnyIcd:
    """Every diagnosis is good: the edits here are about payers."""

    def check(self, code: str, on: date) -> IcdAnswer:
        return "valid"


def _read(raw: bytes) -> Claim:
    parsed = parse(raw).sets[0].parsed
    assert isinstance(parsed, ClaimSubmissionSet)
    return parsed.claims[0][1]


def _payment(raw: bytes) -> tuple[ClaimPayment, date]:
    parsed = parse(raw).sets[0].parsed
    assert isinstance(parsed, Remittance)
    assert parsed.difference_cents == 0
    assert parsed.paid_on is not None
    return parsed.claims[0], parsed.paid_on


def _decided(claim: bytes, answer: bytes, payer: str) -> Life:
    """The claim as its file says, sent to its first payer and decided by it."""
    one = Life(registered(_read(claim))).sent()
    paid, on = _payment(answer)
    one.take(remittance(paid, at=one.now, payer_id=payer, on=on))
    return one


def _written(state: ClaimState, coverage: int) -> list[str]:
    """The segments of the later payer's 837, and that nothing stops it."""
    claim = claim_for(state, coverage, TABLES)
    text = write_claim(claim, envelope=ENVELOPE)
    assert gate(text) == []
    rules = state.payer_rules[coverage]
    findings = scrub(claim, rules=rules, tables=TABLES, icd=AnyIcd(), today=date(2026, 3, 21))
    assert [f for f in findings if f.severity == "error"] == []
    return [segment.strip() for segment in text.split("~")]


def test_x12s_example_of_a_second_payer_carries_lines_and_claim_amounts_that_balance() -> None:
    state = _decided(KILDARE, KEY_INSURANCE, "999996666").state
    segments = _written(state, 1)
    start = segments.index("HL*2*1*22*1")
    assert segments[start : segments.index("HL*3*2*23*0")] == [
        "HL*2*1*22*1",
        "SBR*S********CI",
        "NM1*IL*1*SMITH*JACK****MI*222334444",
        "NM1*PR*2*GREAT PRAIRIES HEALTH*****PI*567890",
    ]
    assert segments[segments.index("HL*3*2*23*0") + 1] == "PAT*19"
    assert segments[segments.index("SBR*P*19*******CI") : -4] == [
        "SBR*P*19*******CI",
        "CAS*PR*1*21.89**2*15",
        "AMT*D*39.15",
        "AMT*EAF*36.89",
        "OI***Y***I",
        "NM1*IL*1*SMITH*JANE****MI*JS00111223333",
        "NM1*PR*2*KEY INSURANCE COMPANY*****PI*999996666",
        "REF*F8*KEY26-1",
        "LX*1",
        "SV1*HC:99213*43*UN*1***1",
        "DTP*472*D8*20260302",
        "REF*6R*1",
        "SVD*999996666*40*HC:99213**1",
        "CAS*CO*45*3",
        "DTP*573*D8*20260315",
        "LX*2",
        "SV1*HC:96372*15*UN*1***1",
        "DTP*472*D8*20260302",
        "REF*6R*2",
        "SVD*999996666*15*HC:96372**1",
        "DTP*573*D8*20260315",
        "LX*3",
        "SV1*HC:J3301*21.04*UN*1***1",
        "DTP*472*D8*20260302",
        "REF*6R*3",
        "SVD*999996666*21.04*HC:J3301**1",
        "DTP*573*D8*20260315",
    ]
    assert not any(segment.startswith("REF*F8") for segment in segments[: segments.index("HI*ABK:J029")])


def test_medicare_as_the_second_payer_is_told_why_and_what_the_first_one_paid() -> None:
    segments = _written(_decided(AFTER_COMMERCE, COMMERCE, "59999").state, 1)
    start = segments.index("SBR*S*18***12****MB")
    assert segments[start : start + 6] == [
        "SBR*S*18***12****MB",
        "NM1*IL*1*MEDYUM*WAYNE*M***MI*1EG4TE5MK73",
        "N3*1010 THOUSAND OAK LANE",
        "N4*MAYN*PA*17089",
        "DMG*D8*19560110*M",
        "NM1*PR*2*MEDICARE*****PI*10234",
    ]
    assert "PAT*01" not in segments
    other = segments.index("SBR*P*01*******CI")
    assert segments[other + 1 : other + 3] == ["AMT*D*80", "AMT*EAF*15"]
    assert segments[-8:-4] == [
        "SVD*59999*80*HC:99203:25**1",
        "CAS*CO*45*25",
        "CAS*PR*2*15",
        "DTP*573*D8*20260320",
    ]


def test_medicare_second_without_its_reason_is_stopped_by_the_edits() -> None:
    """SBR05 is required where Medicare isn't primary: 12, 13, 14, 15, 16, 41, 42, 43 or 47 (005010X222 2000B)."""
    raw = AFTER_COMMERCE.replace(b"SBR*S*18***12****MB", b"SBR*S*18*******MB")
    state = _decided(raw, COMMERCE, "59999").state
    claim = claim_for(state, 1, TABLES)
    findings = scrub(
        claim,
        rules=state.payer_rules[1],
        tables=TABLES,
        icd=AnyIcd(),
        today=date(2026, 3, 21),
    )
    assert [f.edit for f in findings if f.severity == "error"] == ["medicare-secondary-reason"]


def test_an_answer_for_the_claim_as_a_whole_stands_at_the_claim_alone() -> None:
    """125.00 = 70.00 paid + 35.00 + 20.00, without a line: AMT*D 70, AMT*EAF 20, and no SVD."""
    one = life(claim_of(coverage(), coverage("secondary", "PAYER2"))).accepted().paid(SHARED)
    made = claim_for(one.state, 1, TABLES)
    assert [c.payer.payer_id for c in made.coverages] == ["PAYER2", "PAYER1"]
    prior = made.coverages[1].prior
    assert prior is not None
    assert (prior.paid_cents, prior.remaining_cents, prior.decided_on) == (7000, 2000, date(2026, 3, 20))
    assert sum(a.amount_cents for a in prior.adjustments) == 12500 - 7000
    assert not any(line.decisions for line in made.lines)


LINES = payment(
    6500,
    "PR-1:1500",
    lines=(payment_line(1, 10000, 7000, "CO-45:2000", "PR-2:1000"), payment_line(2, 2500, 1000, "CO-45:1500")),
)
"""65.00 = 70.00 + 10.00 of the lines less 15.00 of the claim; patient 10.00 + 15.00."""


def test_an_amount_stands_on_its_line_or_at_the_claim_never_at_both() -> None:
    one = life(claim_of(coverage(), coverage("secondary", "PAYER2"))).accepted().paid(LINES)
    made = claim_for(one.state, 1, TABLES)
    prior = made.coverages[1].prior
    assert prior is not None
    assert [(a.group, a.reason, a.amount_cents) for a in prior.adjustments] == [("PR", "1", 1500)]
    assert (prior.paid_cents, prior.remaining_cents, prior.decided_on) == (6500, 2500, None)
    assert [[(d.paid_cents, len(d.adjustments)) for d in line.decisions] for line in made.lines] == [
        [(7000, 2)],
        [(1000, 1)],
    ]


def test_lines_that_leave_one_of_ours_out_are_told_for_the_whole_claim() -> None:
    """The payer answered line 1 alone: 125.00 - 25.00 - 30.00 = 70.00, all of it at the claim."""
    one = life(claim_of(coverage(), coverage("secondary", "PAYER2"))).accepted()
    one.paid(payment(7000, "PR-1:2500", lines=(payment_line(1, 10000, 7000, "CO-45:2000", "PR-2:1000"),)))
    made = claim_for(one.state, 1, TABLES)
    prior = made.coverages[1].prior
    assert prior is not None
    assert sum(a.amount_cents for a in prior.adjustments) == 12500 - 7000
    assert prior.decided_on == date(2026, 3, 20)
    assert not any(line.decisions for line in made.lines)


def test_a_third_payer_is_told_what_both_before_it_decided() -> None:
    """The first leaves 20.00, the second pays 15.00 of it and leaves 5.00."""
    three = claim_of(coverage(), coverage("secondary", "PAYER2"), coverage("tertiary", "PAYER3"))
    one = life(three).accepted().paid(SHARED)
    second = payment(1500, "OA-23:10500", "PR-2:500", status="2", icn="SEC1")
    one.take(remittance(second, at=one.now, trace="S1", payer_id="PAYER2", on=date(2026, 4, 9)))
    made = claim_for(one.state, 2, TABLES)
    assert [c.order for c in made.coverages] == ["tertiary", "primary", "secondary"]
    assert [c.prior and (c.prior.paid_cents, c.prior.remaining_cents) for c in made.coverages] == [
        None,
        (7000, 2000),
        (1500, 500),
    ]
    assert earlier(made, 0) == ()
    assert prior_decision(one.state, 2) == date(2026, 4, 9)
    assert gate_of(made) == []


def gate_of(claim: Claim) -> list[str]:
    findings = scrub(
        claim,
        rules=TABLES.payer_rules[-1],
        tables=TABLES,
        icd=AnyIcd(),
        today=date(2026, 4, 10),
    )
    return [f.edit for f in findings if f.edit.startswith("cob") or f.edit.startswith("decision")]


@pytest.mark.parametrize("number", ["", "ICN1"])
def test_the_first_payers_number_is_never_sent_as_the_claims_own(number: str) -> None:
    """A replaced claim (7 with REF*F8) goes to the next payer as an original without a number."""
    two = claim_of(coverage(), coverage("secondary", "PAYER2"))
    one = life(two).accepted().paid(SHARED)
    replaced = one.state.claim.model_copy(update={"frequency": "7", "references": (("F8", "ICN1"), ("D9", "X"))})
    state = one.state.model_copy(update={"claim": replaced if number else one.state.claim})
    made = claim_for(state, 1, TABLES)
    assert (made.frequency, made.payer_claim_control_number) == ("1", "")
    assert claim_for(state, 0, TABLES).payer_claim_control_number == number
    assert made.coverages[1].prior is not None
    assert made.coverages[1].prior.payer_claim_control_number == "ICN1"


def test_what_upstream_told_of_an_earlier_payer_stays() -> None:
    """The file came for the second payer already: the first one's decision is in it, and goes on to the third."""
    told = PriorDecision(paid_cents=7000, remaining_cents=5500, decided_on=date(2026, 2, 1))
    first = coverage("primary", "PAYER1").model_copy(update={"prior": told})
    state = registered(claim_of(coverage("secondary", "PAYER2"), first, coverage("tertiary", "PAYER3")))
    made = claim_for(state, 2, TABLES)
    assert [c.order for c in made.coverages] == ["tertiary", "secondary", "primary"]
    assert made.coverages[2].prior == told


def test_a_hospital_stay_goes_to_the_second_payer_with_revenue_codes_in_every_decision() -> None:
    """The first payer decides line by line: all but 10.00 of each line paid, the 10.00 a coinsurance."""
    stay = only_claim(golden("institutional_inpatient.x12"))
    second = coverage("secondary", "PAYER2").model_copy(update={"payer": Payer(name="SECOND", payer_id="PAYER2")})
    first = stay.coverages[0].model_copy(update={"order": "primary"})
    state = registered(stay.model_copy(update={"coverages": (first, second)}))
    share = adjustments("PR-2:1000")
    lines = tuple(
        PaymentLine(
            control_number=line.control_number,
            procedure_qualifier=line.procedure_qualifier if line.procedure else "NU",
            procedure=line.procedure,
            revenue_code=line.revenue_code,
            charge_cents=line.charge_cents,
            paid_cents=line.charge_cents - 1000,
            adjustments=share,
        )
        for line in stay.lines
    )
    paid = payment(stay.charge_cents - 1000 * len(lines), charge=stay.charge_cents, lines=lines)
    decided = Life(state).sent()
    decided.take(remittance(paid, at=decided.now, payer_id=first.payer.payer_id))
    made = claim_for(decided.state, 1, TABLES)
    text = write_claim(made, envelope=ENVELOPE)
    assert gate(text) == []
    segments = [segment.strip() for segment in text.split("~")]
    decisions = [segment.split("*") for segment in segments if segment.startswith("SVD*")]
    assert len(decisions) == len(stay.lines)
    assert [found[4] for found in decisions] == [line.revenue_code for line in stay.lines]
    assert gate_of(made) == []
