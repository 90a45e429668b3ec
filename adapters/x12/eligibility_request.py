"""A question about coverage as a 270 (005010X279A1)."""

from __future__ import annotations

from adapters.x12.inquiry import ccyymmdd, demographics, level, name, payer, provider, reference, trace
from adapters.x12.writer import Envelope, WriteRefused, identifier, write_interchange
from claims.base import Segment
from claims.claim import Person, Provider
from claims.questions import EligibilityQuestion

VERSION = "005010X279A1"
_PAYER_QUALIFIERS = ("24", "46", "FI", "NI", "PI", "XV", "XX")
_RELATIONSHIPS = {"01": "01", "19": "19"}
"""INS02 of a dependent: spouse, child; every other relationship is 34, other adult (270 TR3, 2100D INS)."""


def write_eligibility_request(question: EligibilityQuestion, envelope: Envelope) -> str:
    """The 270 of one question, ready for the gate. TRN02 is the question's trace, which comes back in the 271.

    Raises WriteRefused when something that the guide demands is missing or can't be written without changing it.
    """
    body: list[Segment] = [
        ("BHT", "0022", "13", reference(envelope), f"{envelope.at:%Y%m%d}", f"{envelope.at:%H%M}"),
        level(1, 0, "20", below=True),
        payer(question.payer, _PAYER_QUALIFIERS),
        level(2, 1, "21", below=True),
        provider(question.provider),
        *_patient(question),
    ]
    return write_interchange([("270", body)], envelope, functional_id="HS", version=VERSION)


def _patient(question: EligibilityQuestion) -> list[Segment]:
    ours: Segment = ("TRN", "1", trace(question.trace), originator(question.provider))
    subscriber = name("IL", question.subscriber.name, "MI", question.member_id)
    if question.dependent is None:
        found = [level(3, 2, "22", below=False), ours, subscriber, *_described(question.subscriber)]
        return [*found, *_asked(question)]
    relationship = _RELATIONSHIPS.get(question.relationship, "34")
    return [
        level(3, 2, "22", below=True),
        subscriber,
        *_described(question.subscriber),
        level(4, 3, "23", below=False),
        ours,
        name("03", question.dependent.name, needed="last first"),
        *_described(question.dependent),
        ("INS", "N", relationship),
        *_asked(question),
    ]


def _described(person: Person) -> list[Segment]:
    found = demographics(person)
    return [found] if found else []


def _asked(question: EligibilityQuestion) -> list[Segment]:
    if not question.service_types:
        raise WriteRefused("EQ01", "the question names no service type; 30 asks about the whole plan")
    types = "^".join(identifier("EQ01", kind) for kind in question.service_types)
    asked: Segment = ("EQ", types)
    return [("DTP", "291", "D8", ccyymmdd(question.on)), asked] if question.on else [asked]


def originator(of: Provider) -> str:
    """TRN03, ten characters: `1` and the tax number, else `9` and the end of the provider's own number."""
    digits = "".join(c for c in of.tax_id if c.isdigit())
    if len(digits) == 9:
        return "1" + digits
    return "9" + "".join(c for c in of.identifier if c.isalnum())[-9:].rjust(9, "0")
