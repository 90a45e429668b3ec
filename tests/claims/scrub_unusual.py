"""Claims that look odd and are right: the scrubber has nothing to say of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from claims.claim import Address, Adjustment, Admission, Claim, LineDecision, Name, Payer, PriorDecision
from tests.claims.scrub_claims import (
    AUTO,
    HOME,
    MBI,
    MEDICARE,
    SERVED,
    TODAY,
    at,
    billing,
    coverage,
    dx,
    institutional,
    line,
    of_patient,
    one_line,
    outpatient,
    person,
    professional,
    provider,
    room,
    secondary,
    value,
)


def hcpcs(number: int, revenue: str, procedure: str, charge_cents: int, on: date, **changes: Any) -> Any:
    """An institutional line with a HCPCS code and its date, one unit."""
    return room(
        number,
        **{
            "revenue_code": revenue,
            "procedure_qualifier": "HC",
            "procedure": procedure,
            "charge_cents": charge_cents,
            "unit": "UN",
            "quantity": "1",
            "service_from": on,
            **changes,
        },
    )


def rate(number: int, revenue: str, hipps: str, on: date) -> Any:
    """A rate line: HIPPS code, no charge."""
    return hcpcs(number, revenue, hipps, 0, on, procedure_qualifier="HP")


NEWBORN = person(name=Name(last="DOE", first="BABY"), birth_date=SERVED, gender="M")
EMPLOYER = person(name=Name(organization=True, last="ACME MILLS"), birth_date=None, gender="")
ABROAD = Address(line1="12 RUE HAUTE", city="LYON", postal_code="69001", country="FR")
MONTH = (date(2026, 10, 1), date(2026, 10, 31))
AMBULANCE = (
    provider("ambulance_pickup", name=Name(organization=True), identifier="", id_qualifier="", address=HOME),
    provider("ambulance_dropoff", name=Name(organization=True), identifier="", id_qualifier="", address=HOME),
)

# Claims that look odd and are right. Nothing may be said of them.
UNUSUAL: tuple[tuple[str, Claim], ...] = (
    ("an office visit", professional()),
    ("a Medicare stay", institutional()),
    ("an emergency visit with an external cause", outpatient()),
    ("a secondary claim in balance", secondary()),
    ("a Medicare claim with a real MBI", professional(coverages=(coverage(**MEDICARE, member_id=MBI),))),
    ("anesthesia in minutes", one_line(procedure="00840", modifiers=("AA", "P3"), unit="MJ", quantity="75")),
    ("an ambulance with fractional miles", professional(facility_code="41", providers=AMBULANCE, lines=(
        line(1, procedure="A0429", modifiers=("RH",)), line(2, procedure="A0425", modifiers=("RH",), charge_cents=2500,
        quantity="12.4")))),
    ("a quality code at zero", professional(lines=(line(1, charge_cents=17500), line(2, procedure="3044F",
        charge_cents=0)))),
    ("a state vaccine at zero", professional(lines=(line(1, charge_cents=17500), line(2, procedure="90707",
        modifiers=("SL",), charge_cents=0)))),
    ("a follow-up visit of the global period at zero", one_line(procedure="99024", charge_cents=0)),
    ("telehealth at home", professional(facility_code="10", lines=(line(modifiers=("95",), charge_cents=17500),))),
    ("an outreach site", professional(facility_code="27")),
    ("X modifiers, twice the same service", professional(lines=(line(1, procedure="97530", modifiers=("GP", "XE")),
        line(2, procedure="97530", modifiers=("GP", "XE"))), charge_cents=30000)),
    ("a repeated test with 91", professional(lines=(line(1, procedure="82947"), line(2, procedure="82947",
        modifiers=("91",))), charge_cents=30000)),
    ("both sides on two lines", professional(lines=(line(1, procedure="20610", modifiers=("RT",)),
        line(2, procedure="20610", modifiers=("LT",))), charge_cents=30000)),
    ("a PLA test and a category III code", professional(lines=(line(1, procedure="0240U"), line(2, procedure="0042T",
        charge_cents=2500)))),
    ("a dental code on a professional claim", one_line(procedure="D0120")),
    ("three months of test strips, the last day ahead", one_line(procedure="A4253", modifiers=("NU", "KX"),
        quantity="6", service_to=date(2027, 1, 31))),
    ("oxygen by the month, with a CMN", one_line(procedure="E1390", modifiers=("RR", "KX"), place_of_service="12",
        carried=(("CR3", "I", "MO", "12"),))),
    ("a drug with its NDC", one_line(procedure="J1100", quantity="4", carried=(("LIN", "", "N4", "00641014525"),
        ("CTP", "", "", "", "1", "ML")))),
    ("two vials of two lots", professional(lines=tuple(line(n, procedure="J1100", carried=(("LIN", "", "N4", ndc),
        ("CTP", "", "", "", "1", "ML")))
        for n, ndc in ((1, "00641014525"), (2, "00641014625"))), charge_cents=30000)),
    ("a newborn on the day of birth", professional(patient=NEWBORN, patient_relationship="19",
        coverages=(coverage(relationship="19"),), codes=(dx("Z3800", "ABK"),),
        lines=(line(procedure="99460", charge_cents=17500),))),
    ("a newborn's stay, born here", institutional(patient=NEWBORN.model_copy(update={"birth_date": date(2026, 10, 20)}),
        patient_relationship="19", coverages=(coverage(relationship="19"),), codes=(dx("Z3800", "ABK"),
        dx("Z3800", "ABJ")), admission=Admission(type="4", source="5", patient_status="01"))),
    ("a patient of a hundred and four", of_patient(person(birth_date=date(1922, 2, 3)))),
    ("workers' compensation, the employer is the subscriber", professional(patient_relationship="20",
        coverages=(coverage(subscriber=EMPLOYER, relationship="20", filing_indicator="WC"),))),
    ("an auto accident with state and date", professional(indicators=AUTO, codes=(dx("S61011A", "ABK"),
        dx("V4352XA")), carried=(("DTP", "439", "D8", "20261101"),), coverages=(coverage(filing_indicator="AM"),))),
    ("a subscriber abroad", of_patient(person(address=ABROAD))),
    ("a soldier at an APO", of_patient(person(address=at(city="APO", state="AE", postal_code="09012")))),
    ("a patient of Puerto Rico, a clinic of Guam", professional(patient=person(address=at(state="PR",
        postal_code="00901")), billing=billing(address=at(state="GU", postal_code="969100001")))),
    ("paid to a post office box", professional(pay_to=provider("pay_to", name=Name(organization=True),
        identifier="", id_qualifier="",
        address=at(line1="PO BOX 12")))),
    ("a sole proprietor with an SSN", professional(billing=billing(tax_id_qualifier="SY", name=Name(last="ROE",
        first="RITA")))),
    ("a taxi known by the payer's number", professional(billing=billing(identifier="", id_qualifier="", taxonomy=""),
        coverages=(coverage(payer=Payer(name="STATE MEDICAID", payer_id="77016", carried=(("REF", "G2", "AT5512"),))),),
        providers=(), lines=(line(procedure="A0100", charge_cents=17500),))),
    ("a replacement with its control number", professional(frequency="7", references=(("F8", "2026309123456"),))),
    ("a void of a late date", one_line(service_from=date(2026, 2, 2), service_to=date(2026, 2, 2)).model_copy(
        update={"frequency": "8", "references": (("F8", "2026309123456"),)})),
    ("twelve diagnoses and four pointers", professional(codes=(dx("J029", "ABK"), *map(dx, ("I10", "E119", "E785",
        "M810", "F329", "K219", "J309", "N390", "H109", "L309", "M1990"))), lines=(line(pointers=(1, 12, 3, 7),
        charge_cents=17500),))),
    ("G35 in September 2025, when it was a code", one_line(service_from=date(2025, 9, 30),
        service_to=date(2025, 9, 30)).model_copy(update={"codes": (dx("G35", "ABK"),)})),
    ("a stay across the first of October", institutional(codes=(dx("I4200", "ABK"), dx("R509", "ABJ"),
        value("80", "7")), statement_from=date(2026, 9, 28), statement_to=date(2026, 10, 5),
        carried=(("DTP", "435", "DT", "202609280100"),))),
    ("ICD-9 in 2014", one_line(service_from=date(2014, 5, 5), service_to=date(2014, 5, 5)).model_copy(
        update={"codes": (dx("4011", "BK"), dx("V5861", "BF"), dx("E8120", "BF"))})),
    ("two payers, the patient a child of the second's subscriber", professional(coverages=(coverage(), coverage(
        order="secondary", relationship="19", payer=Payer(name="FIRST", payer_id="00882"), member_id="F55")))),
    ("Medicaid after two payers", professional(coverages=(coverage(order="tertiary", filing_indicator="MC"),
        *(coverage(order=order, payer=Payer(name="OTHER", payer_id=payer), prior=PriorDecision(paid_cents=paid,
        decided_on=date(2026, 11, 12), adjustments=(Adjustment(group=group, reason=why, amount_cents=17500 - paid),)))
        for order, payer, paid, group, why in (("primary", "00882", 10000, "CO", "45"),
        ("secondary", "00883", 5000, "OA", "23")))))),
    ("denied by the primary in full", professional(coverages=(coverage(order="secondary"), coverage(
        payer=Payer(name="FIRST", payer_id="00882"), prior=PriorDecision(paid_cents=0, decided_on=date(2026, 11, 12),
        adjustments=(Adjustment(group="PR", reason="1", amount_cents=17500),)))))),
    ("a line bundled into another by the primary", secondary(lines=(
        line(1, pointers=(1, 2), decisions=(LineDecision(payer_id="00882", paid_cents=11600, decided_on=TODAY,
        procedure="HC:99213", quantity="1",
        adjustments=(Adjustment(group="CO", reason="45", amount_cents=5900),)),)),
        line(2, procedure="87880", modifiers=("QW",), charge_cents=2500, decisions=(LineDecision(payer_id="00882",
        paid_cents=0, decided_on=TODAY, bundled_line="1", procedure="HC:99213", quantity="1"),)),
    ))),
    ("Medicare after the employer's plan, working aged", secondary(coverages=(coverage(payer=Payer(name="MEDICARE",
        payer_id="00131"), filing_indicator="MB", member_id=MBI, order="secondary", insurance_type="12"),
        secondary().coverages[1]))),
    ("a Medicare stay after the employer's plan, told by value code 12", institutional(coverages=(
        institutional().coverages[0].model_copy(update={"order": "secondary"}), coverage(payer=Payer(name="FIRST",
        payer_id="00882"), prior=PriorDecision(paid_cents=400000, decided_on=date(2026, 11, 12),
        adjustments=(Adjustment(group="CO", reason="45", amount_cents=75000),)))), codes=(dx("J189", "ABK"),
        dx("R509", "ABJ"), value("80", "4"), value("12", "4000")))),
    ("a laboratory with its CLIA number", professional(references=(("X4", "14D0123456"),))),
    ("died on the day of service", professional(coverages=(coverage(carried=(("PAT", "", "", "", "", "D8",
        "20261102"),)),))),
    ("revenue codes alone", institutional(lines=(room(1, revenue_code="0206", charge_cents=300000),
        room(2, revenue_code="0310", charge_cents=100000, unit="UN", quantity="3"),
        room(3, revenue_code="0250", charge_cents=75000, unit="UN", quantity="40")))),
    ("an interim bill, still a patient", institutional(frequency="2", statement_from=date(2026, 10, 1),
        statement_to=date(2026, 10, 31), admission=Admission(type="3", source="2", patient_status="30"),
        codes=(dx("J189", "ABK"), dx("R509", "ABJ"), value("80", "31")),
        carried=(("DTP", "435", "DT", "202610010800"),))),
    ("a last bill, admitted in another period", institutional(frequency="4", carried=(("DTP", "435", "DT",
        "202609011200"),))),
    ("three days before admission on the bill", institutional(carried=(("DTP", "435", "DT", "202610221200"),))),
    ("a stay with days on leave", institutional(codes=(dx("J189", "ABK"), dx("R509", "ABJ"), value("80", "3"),
        value("81", "1"), dx("74", "BI", "RD8", "20261021-20261022")), lines=(room(quantity="3"),
        room(2, revenue_code="0183", charge_cents=0, quantity="1"),
        room(3, revenue_code="0250", charge_cents=75000, unit="UN", quantity="2")))),
    ("a stay that ended in a planned return", institutional(admission=Admission(type="1", source="1",
        patient_status="81"))),
    ("an operation with its ICD-10-PCS code", institutional(codes=(dx("K3580", "ABK"), dx("R509", "ABJ"),
        dx("0DTJ4ZZ", "BBR", "D8", "20261021")))),
    ("home health with HIPPS and two visits on one day", outpatient(facility_code="32", frequency="9",
        statement_from=MONTH[0], statement_to=MONTH[1], admission=Admission(type="9", source="1", patient_status="30"),
        codes=(dx("I10", "ABK"), value("61", "35620"), value("85", "17031")), lines=(
        rate(1, "0023", "1AA11", MONTH[0]), hcpcs(2, "0551", "G0299", 45000, date(2026, 10, 5), quantity="3"),
        hcpcs(3, "0551", "G0299", 45000, date(2026, 10, 5), quantity="3")))),
    ("a skilled nursing stay, assessed before the period", institutional(facility_code="21", codes=(dx("I10", "ABK"),
        dx("R509", "ABJ"), value("80", "4")), lines=(rate(1, "0022", "KAGD1", date(2026, 10, 18)),
        room(2, charge_cents=475000)))),
    ("a hospice notice of election", outpatient(facility_code="81", frequency="A", charge_cents=0,
        codes=(dx("C3490", "ABK"),), lines=(hcpcs(1, "0651", "Q5001", 0, SERVED),),
        admission=Admission(type="9", source="1", patient_status="30"))),
    ("a hospice month", outpatient(facility_code="82", frequency="3", statement_from=MONTH[0], statement_to=MONTH[1],
        admission=Admission(type="9", source="1", patient_status="30"),
        codes=(dx("C3490", "ABK"), value("61", "16974")),
        lines=(hcpcs(1, "0651", "Q5001", 80000, MONTH[0], quantity="31"),
        hcpcs(2, "0551", "G0299", 5000, date(2026, 10, 7), quantity="2"),
        hcpcs(3, "0551", "G0299", 5000, date(2026, 10, 7), quantity="2")))),
    ("dialysis by the month", outpatient(facility_code="72", statement_from=MONTH[0], statement_to=MONTH[1],
        admission=Admission(type="3", source="1", patient_status="30"), codes=(dx("N186", "ABK"), value("A8", "70"),
        value("A9", "170")), lines=tuple(hcpcs(n, "0821", "90999", 45000, date(2026, 10, n), modifiers=("CG",))
        for n in (5, 7)))),
    ("an ambulance run by a hospital, nobody attending", outpatient(providers=(), lines=(
        hcpcs(1, "0540", "A0429", 80000, SERVED, modifiers=("RH",)),
        hcpcs(2, "0540", "A0425", 10000, SERVED, modifiers=("RH",), quantity="12.4")))),
    ("a critical access hospital bills the physician", outpatient(facility_code="85", lines=(
        hcpcs(1, "0450", "99283", 60000, SERVED), hcpcs(2, "0981", "99283", 30000, SERVED, modifiers=("25",))))),
    ("a reference laboratory, no point of origin", outpatient(facility_code="14", codes=(dx("E119", "ABK"),),
        admission=Admission(type="3", patient_status="01"), lines=(hcpcs(1, "0300", "83036", 90000, SERVED),))),
    ("a same-day stay", institutional(statement_to=date(2026, 10, 20), codes=(dx("J189", "ABK"), dx("R509", "ABJ"),
        value("80", "1")), lines=(room(quantity="1", charge_cents=475000),), admission=Admission(type="1", source="1",
        patient_status="20"))),
    ("a claim sent on the last day of Medicare's year", institutional(statement_from=date(2025, 11, 20),
        statement_to=date(2026, 11, 24), codes=(dx("J189", "ABK"), dx("R509", "ABJ")), carried=(("DTP", "435", "DT",
        "202511200800"),))),
)  # fmt: skip
