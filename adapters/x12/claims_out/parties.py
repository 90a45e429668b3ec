"""Persons, providers and payers as NM1 loops."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.x12.claims_out.loops import loop
from adapters.x12.order import Block
from adapters.x12.roles import ENTITY_BY_ROLE, PROVIDER_CODE
from adapters.x12.writer import identifier, text
from claims.base import Segment
from claims.claim import Address, Name, Payer, Person, Provider


def _nm1(entity: str, name: Name, id_qualifier: str = "", value: str = "") -> Segment:
    return (
        "NM1",
        entity,
        "2" if name.organization else "1",
        text(name.last),
        text(name.first),
        text(name.middle),
        "",
        text(name.suffix),
        id_qualifier,
        identifier(f"NM109 of NM1*{entity}", value),
    )


def _address(address: Address | None) -> tuple[Segment, ...]:
    if address is None:
        return ()
    return (
        ("N3", text(address.line1), text(address.line2)),
        ("N4", text(address.city), text(address.state), text(address.postal_code), text(address.country)),
    )


def _demographics(person: Person) -> Segment:
    if person.birth_date is None:
        return ("DMG", "", "", text(person.gender))
    return ("DMG", "D8", f"{person.birth_date:%Y%m%d}", text(person.gender))


def subscriber(person: Person, id_qualifier: str, member_id: str, *, demographics: bool = True) -> Block:
    """2010BA, or without demographics 2330A: 005010 has no place for those of another payer's subscriber."""
    typed = [_nm1("IL", person.name, id_qualifier, member_id), *_address(person.address)]
    if demographics:
        typed.append(_demographics(person))
    return loop("party", typed, person.carried)


def patient(person: Person, relationship: str) -> Block:
    """PAT and 2010CA."""
    typed = [("PAT", text(relationship)), _nm1("QC", person.name), *_address(person.address), _demographics(person)]
    return loop("patient", typed, person.carried)


def payer(one: Payer, decision: Sequence[Segment] = ()) -> Block:
    """2010BB, or with what it decided 2330B."""
    says_type = any(segment[:2] == ("NM1", "") and segment[2:3] not in ((), ("",)) for segment in one.carried)
    value = identifier("NM109 of NM1*PR", one.payer_id)
    head = ("NM1", "PR", "" if says_type else "2", text(one.name), "", "", "", "", one.id_qualifier, value)
    return loop("party", [head, *_address(one.address), *decision], one.carried)


def provider(one: Provider) -> Block:
    """The loop of a provider in any role but billing."""
    return loop("party", _provider(one), one.carried)


def billing(one: Provider) -> Block:
    """2000A after HL, and 2010AA."""
    return loop("billing", _provider(one), one.carried)


def _provider(one: Provider) -> list[Segment]:
    typed = [_nm1(ENTITY_BY_ROLE[one.role], one.name, one.id_qualifier, one.identifier), *_address(one.address)]
    if one.tax_id:
        typed.append(("REF", one.tax_id_qualifier or "EI", identifier("REF02", one.tax_id)))
    if one.taxonomy:
        code = PROVIDER_CODE.get(one.role, "")
        typed.append(("PRV", code, "PXC", identifier("PRV03", one.taxonomy)))
    return typed
