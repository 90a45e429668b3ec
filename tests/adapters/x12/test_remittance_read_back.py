"""Any remittance, written by the test in any delimiters, is read back as the same value."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.x12.parse import parse
from claims.claim import Adjustment
from claims.documents import ClaimPayment, PaymentLine, ProviderAdjustment, Remittance
from claims.money import x12_amount

WORDS = st.text("ABCDEFGHKLMNPRSTUVWXYZ0123456789", min_size=1, max_size=12)
CENTS = st.integers(-9_999_999, 9_999_999)
DAYS = st.dates(date(2020, 1, 1), date(2029, 12, 31))
CODES = st.sampled_from(["1", "2", "3", "16", "45", "97", "253", "B7", "P14"])
REMARKS = st.sampled_from(["N130", "MA01", "M15", "N362"])
DELIMITERS = st.sampled_from([("*", ":", "~"), ("|", "^", "\n"), ("+", ">", "'"), ("*", "<", "\x1d"), ("\t", ":", "~")])
ADJUSTMENTS = st.builds(
    Adjustment,
    group=st.sampled_from(["CO", "PR", "OA", "PI"]),
    reason=CODES,
    amount_cents=CENTS,
    quantity=st.sampled_from(["", "1", "2.5"]),
)
LINES = st.builds(
    PaymentLine,
    control_number=WORDS,
    procedure_qualifier=st.just("HC"),
    procedure=st.sampled_from(["99213", "J1100", "0001U"]),
    modifiers=st.lists(st.sampled_from(["25", "59", "GT", "TC"]), max_size=4).map(tuple),
    revenue_code=st.sampled_from(["", "0450"]),
    charge_cents=CENTS,
    paid_cents=CENTS,
    quantity=st.sampled_from(["", "1", "3"]),
    service_from=DAYS,
    adjustments=st.lists(ADJUSTMENTS, max_size=8).map(tuple),
    remarks=st.lists(REMARKS, max_size=3).map(tuple),
    allowed_cents=st.none() | CENTS,
).map(lambda line: line.model_copy(update={"service_to": line.service_from}))
CLAIMS = st.builds(
    ClaimPayment,
    segment=st.just(0),
    patient_control_number=WORDS,
    status_code=st.sampled_from(["1", "2", "3", "4", "19", "22", "25"]),
    charge_cents=CENTS,
    paid_cents=CENTS,
    patient_responsibility_cents=st.none() | CENTS,
    filing_indicator=st.sampled_from(["12", "MB", "CI"]),
    payer_claim_control_number=WORDS,
    facility_code=st.sampled_from(["11", "13"]),
    frequency=st.sampled_from(["1", "7"]),
    member_id=WORDS,
    service_from=DAYS,
    service_to=DAYS,
    received_on=DAYS,
    adjustments=st.lists(ADJUSTMENTS, max_size=8).map(tuple),
    remarks=st.lists(REMARKS, max_size=5).map(tuple),
    crossover_carrier=st.sampled_from(["", "NEXT PLAN"]),
    references=st.lists(st.tuples(st.sampled_from(["1L", "F8", "EA"]), WORDS), max_size=3).map(tuple),
    lines=st.lists(LINES, max_size=4).map(tuple),
)
PROVIDER = st.builds(
    ProviderAdjustment,
    provider=st.just("1999999984"),
    fiscal_year_end=st.just(date(2026, 12, 31)),
    reason=st.sampled_from(["WO", "FB", "L6", "72", "CS"]),
    reference=WORDS,
    amount_cents=CENTS,
)
REMITTANCES = st.builds(
    Remittance,
    control_number=st.just("0001"),
    version=st.just("005010X221A1"),
    trace_number=WORDS,
    originator=st.just("1512345678"),
    payer=WORDS,
    payer_id=WORDS,
    payee=WORDS,
    payee_id=st.just("1999999984"),
    handling=st.just("I"),
    credit_debit=st.just("C"),
    payment_cents=st.integers(0, 9_999_999),
    method=st.sampled_from(["ACH", "CHK", "NON"]),
    paid_on=DAYS,
    produced_on=DAYS,
    claims=st.lists(CLAIMS, max_size=4).map(tuple),
    provider_adjustments=st.lists(PROVIDER, max_size=9).map(tuple),
)


def written(remittance: Remittance, element: str, component: str, terminator: str) -> str:
    """The whole file. Segments are lists here, a list inside one is a composite."""
    segments: list[list[str | list[str]]] = [
        ["GS", "HP", "PAYER", "PRACTICE", "20260620", "0830", "1", "X", remittance.version],
        ["ST", "835", remittance.control_number],
        ["BPR", "I", x12_amount(remittance.payment_cents), "C", remittance.method, *[""] * 11, day(remittance.paid_on)],
        ["TRN", "1", remittance.trace_number, remittance.originator],
        ["DTM", "405", day(remittance.produced_on)],
        ["N1", "PR", remittance.payer],
        ["REF", "2U", remittance.payer_id],
        ["N1", "PE", remittance.payee, "XX", remittance.payee_id],
        ["LX", "1"],
    ]
    for claim in remittance.claims:
        segments += claim_segments(claim)
    plb = remittance.provider_adjustments
    for at in range(0, len(plb), 6):
        pairs = [part for a in plb[at : at + 6] for part in ([a.reason, a.reference], x12_amount(a.amount_cents))]
        segments.append(["PLB", "1999999984", "20261231", *pairs])
    segments.append(["SE", str(len(segments)), remittance.control_number])
    segments += [["GE", "1", "1"], ["IEA", "1", "000000901"]]
    isa = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "PAYER".ljust(15), "ZZ", "PRACTICE".ljust(15), "260620", "0830"]
    isa += ["U", "00501", "000000901", "0", "T", component]
    lines = [element.join(isa), *(_joined(segment, element, component) for segment in segments)]
    return "".join(line + terminator for line in lines)


def _joined(segment: list[str | list[str]], element: str, component: str) -> str:
    return element.join(component.join(part) if isinstance(part, list) else part for part in segment)


def claim_segments(claim: ClaimPayment) -> list[list[str | list[str]]]:
    patient = "" if claim.patient_responsibility_cents is None else x12_amount(claim.patient_responsibility_cents)
    segments: list[list[str | list[str]]] = [
        [
            "CLP",
            claim.patient_control_number,
            claim.status_code,
            x12_amount(claim.charge_cents),
            x12_amount(claim.paid_cents),
            patient,
            claim.filing_indicator,
            claim.payer_claim_control_number,
            claim.facility_code,
            claim.frequency,
        ],
        *cas_segments(claim.adjustments),
        ["NM1", "QC", "1", "DOE", "JANE", "", "", "", "MI", claim.member_id],
        *([["NM1", "TT", "2", claim.crossover_carrier]] if claim.crossover_carrier else []),
        *([["MOA", "", "", *claim.remarks]] if claim.remarks else []),
        *[["REF", of, value] for of, value in claim.references],
        ["DTM", "232", day(claim.service_from)],
        ["DTM", "233", day(claim.service_to)],
        ["DTM", "050", day(claim.received_on)],
    ]
    for line in claim.lines:
        procedure = [line.procedure_qualifier, line.procedure, *line.modifiers]
        amounts = [x12_amount(line.charge_cents), x12_amount(line.paid_cents)]
        segments.append(["SVC", procedure, *amounts, line.revenue_code, line.quantity])
        segments.append(["DTM", "472", day(line.service_from)])
        segments += cas_segments(line.adjustments)
        segments.append(["REF", "6R", line.control_number])
        if line.allowed_cents is not None:
            segments.append(["AMT", "B6", x12_amount(line.allowed_cents)])
        segments += [["LQ", "HE", remark] for remark in line.remarks]
    return segments


def cas_segments(adjustments: tuple[Adjustment, ...]) -> list[list[str | list[str]]]:
    """As few CAS as hold the reasons: neighbours of one group share one, up to six."""
    segments: list[list[str | list[str]]] = []
    for a in adjustments:
        if not segments or segments[-1][1] != a.group or len(segments[-1]) > 17:
            segments.append(["CAS", a.group])
        segments[-1] += [a.reason, x12_amount(a.amount_cents), a.quantity]
    return segments


def day(value: date | None) -> str:
    return f"{value:%Y%m%d}" if value else ""


@given(remittance=REMITTANCES, delimiters=DELIMITERS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_remittance_is_read_back_as_it_was_written(
    remittance: Remittance, delimiters: tuple[str, str, str]
) -> None:
    (only,) = parse(written(remittance, *delimiters).encode()).sets
    assert isinstance(only.parsed, Remittance)
    found = only.parsed.model_copy(
        update={"claims": tuple(claim.model_copy(update={"segment": 0}) for claim in only.parsed.claims)}
    )
    assert found == remittance
    assert not any(problem.fatal for problem in only.problems)
