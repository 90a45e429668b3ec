"""Any claim of the domain: what we write is read again as the same claim, and nothing else."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adapters.x12.claims_out import write_claim
from adapters.x12.gate import gate
from claims.claim import (
    Address,
    Adjustment,
    Admission,
    Claim,
    ClaimType,
    Coverage,
    HealthCode,
    LineDecision,
    Name,
    Payer,
    Person,
    PriorDecision,
    Provider,
    ProviderRole,
    ServiceLine,
)
from claims.money import cents, x12_amount
from tests.adapters.x12.claim_text import ENVELOPE, read

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
words = st.text(LETTERS + " '-.", min_size=1, max_size=25).map(str.strip).filter(bool)
ids = st.text(LETTERS + "0123456789", min_size=2, max_size=20)
maybe = st.one_of(st.just(""), ids)
amounts = st.integers(0, 99_999_99)
days = st.dates(date(2020, 1, 1), date(2026, 12, 31))
quantities = st.integers(1, 99).map(str)

names = st.builds(
    Name, last=words, first=words, middle=st.one_of(st.just(""), words), suffix=st.sampled_from(["", "JR"])
)
organizations = st.builds(Name, organization=st.just(True), last=words)
addresses = st.builds(
    Address,
    line1=words,
    line2=st.one_of(st.just(""), words),
    city=words.filter(lambda city: len(city) > 1),
    state=st.sampled_from(["OH", "NY", "CA"]),
    postal_code=st.from_regex(r"[0-9]{9}", fullmatch=True),
)
persons = st.builds(Person, name=names, birth_date=days, gender=st.sampled_from("FMU"), address=addresses)
payers = st.builds(Payer, name=words, payer_id=ids, address=st.one_of(st.none(), addresses))
adjustments = st.lists(
    st.builds(
        Adjustment,
        group=st.sampled_from(["CO", "PR", "OA"]),
        reason=st.sampled_from(["45", "1", "2", "97", "253"]),
        amount_cents=amounts,
        quantity=st.one_of(st.just(""), quantities),
    ),
    max_size=8,
    # a claim keeps the reasons of one group together
).map(lambda found: tuple(sorted(found, key=lambda one: one.group)))


def providers(role: ProviderRole, *, taxonomy: bool = False, address: bool = False) -> st.SearchStrategy[Provider]:
    return st.builds(
        Provider,
        role=st.just(role),
        name=organizations if address else names,
        id_qualifier=st.just("XX"),
        identifier=st.just("1234567893"),
        taxonomy=st.sampled_from(["", "207Q00000X"]) if taxonomy else st.just(""),
        address=addresses if address else st.none(),
    )


solo_practices = st.builds(
    Provider,
    role=st.just("billing"),
    name=names,
    id_qualifier=st.just("XX"),
    identifier=st.just("1234567893"),
    taxonomy=st.sampled_from(["", "207Q00000X"]),
    tax_id=st.just("123456789"),
    tax_id_qualifier=st.just("EI"),
    address=addresses,
)
clinics = st.builds(lambda one, name: one.model_copy(update={"name": name}), solo_practices, organizations)


@st.composite
def destinations(draw: st.DrawFn, relationship: str) -> Coverage:
    return draw(
        st.builds(
            Coverage,
            order=st.sampled_from(["primary", "secondary", "tertiary"]),
            payer=payers,
            subscriber=persons,
            member_id=ids,
            relationship=st.just(relationship),
            group_number=maybe,
            filing_indicator=st.sampled_from(["CI", "MB", "MC", "BL"]),
        )
    )


@st.composite
def others(draw: st.DrawFn) -> Coverage:
    made = draw(destinations("18"))
    prior = PriorDecision(
        paid_cents=draw(st.one_of(st.none(), amounts)),
        non_covered_cents=None,
        remaining_cents=draw(st.one_of(st.none(), amounts)),
        decided_on=draw(st.one_of(st.none(), days)),
        payer_claim_control_number=draw(maybe),
        adjustments=draw(adjustments),
        remarks=draw(st.sampled_from([(), ("MA18",), ("MA18", "N89")])),
    )
    return made.model_copy(
        update={
            "order": draw(st.sampled_from(["primary", "secondary", "tertiary"])),
            "relationship": draw(st.sampled_from(["18", "01", "19"])),
            # 005010 has no place for the birth date and sex of another payer's subscriber.
            "subscriber": made.subscriber.model_copy(update={"birth_date": None, "gender": ""}),
            "prior": None if prior == PriorDecision() else prior,
        }
    )


decisions = st.builds(
    LineDecision,
    payer_id=ids,
    paid_cents=amounts,
    procedure=st.just("HC:99213"),
    quantity=quantities,
    adjustments=adjustments,
    decided_on=days,
    remaining_cents=st.one_of(st.none(), amounts),
)


@st.composite
def lines(draw: st.DrawFn, kind: ClaimType, number: int, diagnoses: int) -> ServiceLine:
    first = draw(days)
    professional = kind == "professional"
    return ServiceLine(
        number=number,
        control_number=draw(maybe),
        revenue_code="" if professional else "0450",
        procedure=draw(st.sampled_from(["99213", "J1885", "A0428"])),
        modifiers=draw(st.lists(st.sampled_from(["25", "59", "LT"]), max_size=4).map(tuple)),
        description=draw(st.one_of(st.just(""), words)),
        charge_cents=draw(amounts),
        quantity=draw(quantities),
        place_of_service=draw(st.sampled_from(["", "11", "22"])) if professional else "",
        pointers=tuple(range(1, min(diagnoses, 4) + 1)) if professional else (),
        non_covered_cents=None if professional else draw(st.one_of(st.none(), amounts)),
        service_from=first,
        service_to=draw(st.sampled_from([None, first])),
        providers=draw(st.one_of(st.just(()), providers("rendering", taxonomy=professional).map(lambda p: (p,)))),
        decisions=tuple(
            one.model_copy(update={"revenue_code": "" if professional else "0450"})
            for one in draw(st.lists(decisions, max_size=2))
        ),
        carried=draw(
            st.sampled_from(
                [(), (("LIN", "", "N4", "00409379501"), ("CTP", "", "", "", "2", "ML"), ("REF", "XZ", "R1"))]
            )
        ),
    )


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    kind: ClaimType = draw(st.sampled_from(["professional", "institutional"]))
    professional = kind == "professional"
    relationship = draw(st.sampled_from(["", "19", "01"]))
    destination = draw(destinations(relationship or "18"))
    count = draw(st.integers(1, 4))
    start = draw(days)
    codes = ["ABK", *["ABF"] * draw(st.integers(0, 11))]
    made = tuple(draw(lines(kind, number, len(codes))) for number in range(1, count + 1))
    loops = [providers("attending", taxonomy=True)] if not professional else [providers("rendering", taxonomy=True)]
    if draw(st.booleans()):
        loops.append(providers("service_facility", address=True))
    return Claim(
        type=kind,
        patient_control_number=draw(ids),
        charge_cents=sum(line.charge_cents for line in made),
        facility_code="11",
        facility_qualifier="B" if professional else "A",
        frequency=draw(st.sampled_from("178")),
        indicators=("Y", "A", "Y", "Y") if professional else ("", "A", "Y", "Y"),
        billing=draw(st.one_of(solo_practices, clinics) if professional else clinics),
        patient=draw(persons) if relationship else destination.subscriber,
        patient_relationship=relationship,
        coverages=(destination, *draw(st.lists(others(), max_size=2))),
        codes=tuple(HealthCode(qualifier=qualifier, code="I10") for qualifier in codes),
        statement_from=None if professional else start,
        statement_to=None if professional else start,
        admission=None if professional else Admission(type="1", source="1", patient_status="01"),
        references=draw(st.sampled_from([(), (("G1", "AUTH1"),), (("G1", "AUTH1"), ("F8", "ICN1"), ("EA", "MR1"))])),
        providers=tuple(draw(loop) for loop in loops),
        lines=made,
    )


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(claims())
def test_a_claim_that_goes_out_comes_back_as_it_was(claim: Claim) -> None:
    assert read(write_claim(claim, envelope=ENVELOPE)) == ([claim], [])


# pyx12 takes some 10 ms a claim: shrinking a failure would take minutes, and its message says the place anyway.
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(claims())
def test_a_claim_of_the_domain_passes_pyx12(claim: Claim) -> None:
    assert gate(write_claim(claim, envelope=ENVELOPE)) == []


@settings(max_examples=200, deadline=None)
@given(st.integers(-(10**15), 10**15))
def test_an_amount_survives_its_shortest_form(amount_cents: int) -> None:
    assert cents(x12_amount(amount_cents)) == amount_cents
