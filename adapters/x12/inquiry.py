"""What a 270 and a 276 have in common: levels, names, dates, and the numbers that an inquiry travels under."""

from __future__ import annotations

from adapters.x12.writer import Envelope, WriteRefused, identifier, text
from claims.base import Day, Segment
from claims.claim import Name, Payer, Person, Provider

_NAME_LENGTHS = (60, 35, 25)
"""NM103, NM104, NM105 (005010); a longer name is cut as the receiver would cut it."""


def reference(envelope: Envelope) -> str:
    """BHT03: who asked, in at most 50 characters."""
    number = envelope.reference or f"{envelope.interchange_control_number:09d}{envelope.set_control_number}"
    return identifier("BHT03", number)[:50]


def trace(number: str) -> str:
    """TRN02. Raises WriteRefused when it would not come back as it is."""
    if not 1 <= len(number) <= 50:
        raise WriteRefused("TRN02", f"a trace has 1 to 50 characters, not {len(number)}")
    return identifier("TRN02", number)


def level(number: int, parent: int, code: str, *, below: bool | None) -> Segment:
    """One HL; `below` None leaves HL04 out, as the guide does where nothing can follow."""
    child = "" if below is None else "1" if below else "0"
    return ("HL", str(number), str(parent) if parent else "", code, child)


def name(entity: str, who: Name, qualifier: str = "", number: str = "", *, needed: str = "") -> Segment:
    """NM1 with the parts of a name; NM108 only together with NM109.

    Raises WriteRefused when NM109 does not fit, or a part that is `needed` ("last", "last first") is empty.
    """
    last, first, middle = (text(part)[:most].strip() for part, most in zip(_parts(who), _NAME_LENGTHS, strict=True))
    kind = "2" if who.organization else "1"
    suffix = text(who.suffix)[:10].strip()
    if "last" in needed and not last:
        raise WriteRefused(f"NM103 of NM1*{entity}", "the name is empty; the guide needs one")
    if "first" in needed and not first:
        raise WriteRefused(f"NM104 of NM1*{entity}", "the first name is empty; nobody could be found without it")
    if number and not 2 <= len(number) <= 80:
        raise WriteRefused(f"NM109 of NM1*{entity}", f"an id has 2 to 80 characters, not {len(number)}")
    if not number:
        return ("NM1", entity, kind, last, first, middle, "", suffix)
    coded = identifier(f"NM109 of NM1*{entity}", number)
    return ("NM1", entity, kind, last, first, middle, "", suffix, qualifier, coded)


def _parts(who: Name) -> tuple[str, str, str]:
    return (who.last, "", "") if who.organization else (who.last, who.first, who.middle)


def payer(of: Payer, qualifiers: tuple[str, ...]) -> Segment:
    """NM1*PR. Raises WriteRefused without a payer id: nobody could route the question."""
    if not of.payer_id:
        raise WriteRefused("NM109 of NM1*PR", "the payer has no id; set the id that the clearinghouse knows it by")
    qualifier = of.id_qualifier if of.id_qualifier in qualifiers else "PI"
    return name("PR", Name(organization=True, last=text(of.name).strip() or of.payer_id), qualifier, of.payer_id)


def provider(of: Provider) -> Segment:
    """NM1*1P with the NPI, else the tax number, else the payer's own number for the provider."""
    if of.npi:
        return name("1P", of.name, "XX", of.npi, needed="last")
    if of.tax_id:
        return name("1P", of.name, "FI", of.tax_id.replace("-", ""), needed="last")
    if of.identifier:
        return name("1P", of.name, "SV", of.identifier, needed="last")
    raise WriteRefused("NM109 of NM1*1P", "the provider has neither NPI nor tax number")


def demographics(person: Person) -> Segment | None:
    """DMG with birth date and sex as far as known; a sex other than F and M has no code here and is left out."""
    sex = person.gender if person.gender in ("F", "M") else ""
    if person.birth_date is None and not sex:
        return None
    if person.birth_date is None:
        return ("DMG", "", "", sex)
    return ("DMG", "D8", ccyymmdd(person.birth_date), sex)


def service_dates(first: Day, last: Day | None) -> Segment:
    """DTP*472 as one day or a range. Raises WriteRefused when the range is reversed."""
    if last is None or last == first:
        return ("DTP", "472", "D8", ccyymmdd(first))
    if last < first:
        raise WriteRefused("DTP03 of DTP*472", "the last day of service is before the first")
    return ("DTP", "472", "RD8", f"{ccyymmdd(first)}-{ccyymmdd(last)}")


def ccyymmdd(day: Day) -> str:
    """A day as X12 writes it."""
    return f"{day:%Y%m%d}"
