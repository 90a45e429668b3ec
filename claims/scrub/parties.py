"""Edits on people, organizations and payers: who bills, who was treated, who is insured, and where they live."""

from __future__ import annotations

import re
from collections.abc import Iterator

from claims.claim import Address, Payer, Person, Provider
from claims.scrub.codesets import (
    MEDICARE_NUMBER,
    MEDICARE_SECONDARY_TYPES,
    POST_OFFICE_BOX,
    RELATIONSHIPS,
    STATES,
    TAXONOMY,
    US_COUNTRIES,
)
from claims.scrub.edit import Fault, Scene, claim_loop, line_loop

SECONDARY_IDS = frozenset({"G2", "0B", "1G", "LU"})
"""REF qualifiers that identify a provider without NPI: payer's number, state licence, UPIN, location."""


def providers(scene: Scene) -> Iterator[tuple[str, Provider]]:
    """Every provider of the claim with its loop, those of the lines included."""
    claim = scene.claim
    for own in (claim.billing, claim.pay_to, claim.pay_to_plan, *claim.providers):
        if own is not None:
            yield claim_loop(claim, own.role), own
    for line in claim.lines:
        for provider in line.providers:
            yield f"line {line.number} {line_loop(claim, provider.role)}", provider


def addresses(scene: Scene) -> Iterator[tuple[str, Address]]:
    claim = scene.claim
    for where, provider in providers(scene):
        if provider.address:
            yield where, provider.address
    for loop, person in people(scene):
        if person.address:
            yield loop, person.address
    for n, coverage in enumerate(claim.coverages):
        if coverage.payer.address:
            yield "2330B" if n else "2010BB", coverage.payer.address


def people(scene: Scene) -> Iterator[tuple[str, Person]]:
    """Subscribers and the patient, each once, with their loops."""
    claim = scene.claim
    for n, coverage in enumerate(claim.coverages):
        yield "2330A" if n else "2010BA", coverage.subscriber
    if claim.patient_relationship or not claim.coverages:
        yield "2010CA", claim.patient


def luhn_holds(npi: str) -> bool:
    """The check digit of an NPI: Luhn over 80840 and the ten digits (45 CFR 162.406, CMS NPI check digit)."""
    total = 24  # what the constant prefix 80840 contributes
    for place, digit in enumerate(reversed(npi)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def npi_form(scene: Scene) -> Iterator[Fault]:
    for loop, provider in providers(scene):
        if provider.id_qualifier == "XX" and not re.fullmatch(r"[12]\d{9}", provider.identifier):
            yield Fault(f"{loop} NM109", "an NPI is ten digits that begin with 1 or 2", "look the NPI up in NPPES")


def npi_check_digit(scene: Scene) -> Iterator[Fault]:
    for loop, provider in providers(scene):
        if re.fullmatch(r"[12]\d{9}", provider.npi) and not luhn_holds(provider.npi):
            yield Fault(f"{loop} NM109", "the check digit of the NPI is wrong", "look the NPI up in NPPES")


def provider_id_qualifier(scene: Scene) -> Iterator[Fault]:
    """005010 knows one qualifier for a provider, XX (NPI); 24 and 34 (tax numbers) went with 004010."""
    for loop, provider in providers(scene):
        if provider.role != "pay_to_plan" and provider.identifier and provider.id_qualifier != "XX":
            reason = f"{provider.id_qualifier or 'no code'} as qualifier of a provider's id"
            yield Fault(f"{loop} NM108", reason, "send the NPI under XX; a tax number stands in REF*EI or REF*SY")


def billing_unidentified(scene: Scene) -> Iterator[Fault]:
    billing, payer = scene.claim.billing, scene.payer
    # An atypical provider (a taxi, a carer) has no NPI; the payer's number for it stands in the payer's loop, 2010BB.
    elsewhere = payer is not None and _has_secondary_id(payer.payer)
    if not billing.identifier and not elsewhere and not _has_secondary_id(billing):
        yield Fault("2010AA NM109", "the billing provider has neither NPI nor payer's number", "enter the NPI")


def provider_unidentified(scene: Scene) -> Iterator[Fault]:
    for loop, provider in providers(scene):
        if provider.role in {"rendering", "attending", "operating"} and not provider.identifier:
            if _has_secondary_id(provider):
                continue
            role = provider.role
            yield Fault(f"{loop} NM109", f"the {role} provider has neither NPI nor payer's number", "enter the NPI")


def _has_secondary_id(party: Provider | Payer) -> bool:
    return any(len(s) > 2 and s[0] == "REF" and s[1] in SECONDARY_IDS and s[2] for s in party.carried)


def taxonomy_form(scene: Scene) -> Iterator[Fault]:
    for loop, provider in providers(scene):
        if provider.taxonomy and not TAXONOMY.match(provider.taxonomy):
            yield Fault(
                f"{loop} PRV03",
                "a taxonomy code is nine letters or digits and an X",
                "take the code that NPPES shows for this provider",
            )


def tax_number_form(scene: Scene) -> Iterator[Fault]:
    for loop, provider in providers(scene):
        if not provider.tax_id:
            continue
        if not re.fullmatch(r"\d{9}", provider.tax_id):
            yield Fault(f"{loop} REF02", "a tax number is nine digits without hyphen", "enter the nine digits alone")
        # Neither the IRS (prefix 00) nor the Social Security Administration (areas 000 and 666) gives such numbers.
        elif provider.tax_id.startswith(("000", "666") if provider.tax_id_qualifier == "SY" else "00"):
            yield Fault(f"{loop} REF02", "no tax number begins like that", "take it from the W-9")


def tax_number_missing(scene: Scene) -> Iterator[Fault]:
    if not scene.claim.billing.tax_id:
        yield Fault("2010AA REF", "the billing provider has no tax number", "add REF*EI (or REF*SY for an SSN)")


def member_id_missing(scene: Scene) -> Iterator[Fault]:
    for n, coverage in enumerate(scene.claim.coverages):
        # A subscriber that is an organization (the employer, in workers' compensation) need not have a number.
        if not coverage.member_id and not (n == 0 and coverage.subscriber.name.organization):
            yield Fault(f"{'2330A' if n else '2010BA'} NM109", "the member id is missing", "enter it from the card")


def payer_id_missing(scene: Scene) -> Iterator[Fault]:
    for n, coverage in enumerate(scene.claim.coverages):
        if not coverage.payer.payer_id.strip():
            loop = "2330B" if n else "2010BB"
            yield Fault(f"{loop} NM109", "the payer id is missing", "enter the id from the clearinghouse's payer list")


def no_coverage(scene: Scene) -> Iterator[Fault]:
    if not scene.claim.coverages:
        yield Fault("2000B SBR", "the claim names no payer", "add the subscriber and the payer")


def medicare_number_form(scene: Scene) -> Iterator[Fault]:
    for n, coverage in enumerate(scene.claim.coverages):
        if coverage.filing_indicator not in {"MA", "MB"} or not coverage.member_id:
            continue
        # Until the end of 2019 both numbers were taken (42 USC 405(c)(2)(C)(xiii)); a claim that old keeps its own.
        if scene.days and scene.days[-1].year < 2020:
            continue
        if not MEDICARE_NUMBER.match(coverage.member_id):
            yield Fault(
                f"{'2330A' if n else '2010BA'} NM109",
                "not a Medicare number: 11 characters in the MBI's order, without S, L, O, I, B, Z and hyphens",
                "enter the MBI from the Medicare card",
            )


def medicare_secondary_reason(scene: Scene) -> Iterator[Fault]:
    """Medicare pays second for a reason (working aged, disability, ...); SBR05 says which, a value code in an 837I."""
    payer = scene.payer
    if payer is None or payer.filing_indicator not in {"MA", "MB"} or payer.order not in {"secondary", "tertiary"}:
        return
    if payer.insurance_type not in MEDICARE_SECONDARY_TYPES:
        yield Fault(
            "2000B SBR05",
            "Medicare is not the first payer, and the claim does not say why",
            "enter the insurance type: 12, 13, 14, 15, 16, 41, 42, 43 or 47",
        )


def self_with_patient_loop(scene: Scene) -> Iterator[Fault]:
    payer = scene.payer
    if payer and payer.relationship == "18" and scene.claim.patient_relationship not in {"", "18"}:
        yield Fault(
            "2000B SBR02",
            "SBR02 says the patient is the subscriber (18), and a patient loop follows",
            "drop the patient loop, or leave SBR02 empty",
        )


def relationship_missing(scene: Scene) -> Iterator[Fault]:
    payer = scene.payer
    if payer and payer.relationship != "18" and not scene.claim.patient_relationship:
        yield Fault(
            "2000B SBR02",
            "the patient is not said to be the subscriber, and there is no patient loop with a relationship",
            "set SBR02 to 18, or add the patient loop with PAT01",
        )


def relationship_code(scene: Scene) -> Iterator[Fault]:
    relationship = scene.claim.patient_relationship
    if relationship and relationship != "18" and relationship not in RELATIONSHIPS:
        yield Fault("2000C PAT01", f"{relationship} is no relationship code", "use 01, 19, 20, 21, 39, 40, 53 or G8")
    elif relationship == "18":
        yield Fault("2000C PAT01", "18 (self) is not used in a patient loop", "bill the patient as the subscriber")
    for coverage in scene.claim.coverages[1:]:
        if coverage.relationship not in RELATIONSHIPS | {"18"}:
            yield Fault("2320 SBR02", "the relationship to the other insured is missing or no code", "enter it")


def patient_is_subscriber(scene: Scene) -> Iterator[Fault]:
    claim, payer = scene.claim, scene.payer
    if payer is None or not claim.patient_relationship or payer.relationship == "18":
        return
    one, other = payer.subscriber, claim.patient
    same_name = [(p.name.last.upper(), p.name.first.upper(), p.name.suffix.upper()) for p in (one, other)]
    if one.birth_date and one.birth_date == other.birth_date and same_name[0] == same_name[1]:
        yield Fault(
            "2000C PAT01", "patient and subscriber are the same person", "set SBR02 to 18, drop the patient loop"
        )


def child_older(scene: Scene) -> Iterator[Fault]:
    claim, payer = scene.claim, scene.payer
    born, parent = claim.patient.birth_date, payer.subscriber.birth_date if payer else None
    if claim.patient_relationship == "19" and born and parent and born <= parent:
        yield Fault(
            "2000C PAT01", "a child (19) that is older than the subscriber", "check relationship and birth dates"
        )


def demographics_missing(scene: Scene) -> Iterator[Fault]:
    """Birth date, gender and address stand with the patient: in 2010BA where she is the subscriber, else in 2010CA."""
    claim = scene.claim
    loop = "2010CA" if claim.patient_relationship else "2010BA"
    person = claim.patient
    if person.name.organization:
        return
    lacking = [
        name
        for name, value in (
            ("birth date (DMG02)", person.birth_date),
            ("gender (DMG03)", person.gender),
            ("address (N3, N4)", person.address and person.address.line1),
        )
        if not value
    ]
    if lacking:
        yield Fault(loop, f"the patient lacks {', '.join(lacking)}", "complete the registration")


def gender_code(scene: Scene) -> Iterator[Fault]:
    for loop, person in (*people(scene), ("2010BA", scene.claim.patient)):
        if person.gender not in {"", "F", "M", "U"}:
            yield Fault(f"{loop} DMG03", "gender is F, M or U", "enter one of the three")
            return


def state_code(scene: Scene) -> Iterator[Fault]:
    for loop, address in addresses(scene):
        if address.country.upper() in US_COUNTRIES and address.state not in STATES:
            if not address.state and not address.postal_code and not address.city:
                continue
            reason = "the state is missing" if not address.state else "this is no state or territory of the US"
            yield Fault(f"{loop} N402", reason, "enter the postal abbreviation, or the country where it is abroad")


def postal_code(scene: Scene) -> Iterator[Fault]:
    for loop, address in addresses(scene):
        if address.country.upper() not in US_COUNTRIES or not (address.postal_code or address.city):
            continue
        if not re.fullmatch(r"\d{5}(?:\d{4})?", address.postal_code) or address.postal_code < "00501":
            yield Fault(f"{loop} N403", "a ZIP code is five or nine digits without hyphen", "enter the ZIP code")


def billing_address_missing(scene: Scene) -> Iterator[Fault]:
    address = scene.claim.billing.address
    if address is None or not address.line1.strip():
        yield Fault("2010AA N3", "the billing provider has no street address", "enter its street address")


def billing_post_office_box(scene: Scene) -> Iterator[Fault]:
    address = scene.claim.billing.address
    if address and (POST_OFFICE_BOX.search(address.line1) or POST_OFFICE_BOX.search(address.line2)):
        yield Fault(
            "2010AA N3",
            "the billing provider's address is a post office box",
            "enter the street address; the box goes to the pay-to address (2010AB)",
        )


def attending_missing(scene: Scene) -> Iterator[Fault]:
    claim = scene.claim
    transport = bool(claim.lines) and all(line.revenue_code.startswith("054") for line in claim.lines)
    if not transport and not any(provider.role == "attending" for provider in claim.providers):
        yield Fault("2310A NM1", "the attending provider is missing", "enter who had charge of the patient's care")
