"""A question about a claim as a 276 (005010X212)."""

from __future__ import annotations

from adapters.x12.inquiry import demographics, level, name, payer, provider, reference, service_dates, trace
from adapters.x12.writer import Envelope, WriteRefused, identifier, write_interchange
from claims.base import Segment
from claims.claim import Name, Person
from claims.money import x12_amount
from claims.questions import StatusQuestion

VERSION = "005010X212"


def write_status_inquiry(question: StatusQuestion, envelope: Envelope) -> str:
    """The 276 of one question, ready for the gate. TRN02 is the question's trace, REF*EJ our patient control number.

    Raises WriteRefused when something that the guide demands (member id, birth date of the patient) is missing.
    """
    body: list[Segment] = [
        ("BHT", "0010", "13", reference(envelope), f"{envelope.at:%Y%m%d}", f"{envelope.at:%H%M}"),
        level(1, 0, "20", below=True),
        payer(question.payer, ("PI", "XV")),
        level(2, 1, "21", below=True),
        _receiver(envelope),
        level(3, 2, "19", below=True),
        provider(question.provider),
        *_patient(question),
    ]
    return write_interchange([("276", body)], envelope, functional_id="HR", version=VERSION)


def _receiver(envelope: Envelope) -> Segment:
    """Who asks: the submitter that the payer or clearinghouse knows."""
    asker = Name(organization=True, last=envelope.submitter_name)
    return name("41", asker, "46", envelope.submitter_id or envelope.sender_id, needed="last")


def _patient(question: StatusQuestion) -> list[Segment]:
    if not question.member_id:
        raise WriteRefused("NM109 of NM1*IL", "the subscriber has no member id; a status inquiry needs one")
    subscriber = name("IL", question.subscriber.name, "MI", question.member_id, needed="last")
    if question.patient is None:
        return [level(4, 3, "22", below=False), _born(question.subscriber), subscriber, *_claim(question)]
    return [
        level(4, 3, "22", below=True),
        subscriber,
        level(5, 4, "23", below=None),
        _born(question.patient),
        name("QC", question.patient.name, needed="last"),
        *_claim(question),
    ]


def _born(patient: Person) -> Segment:
    found = demographics(patient)
    if patient.birth_date is None or found is None:
        raise WriteRefused("DMG02", "the patient has no birth date; a status inquiry needs one")
    return found


def _claim(question: StatusQuestion) -> list[Segment]:
    references = (
        ("1K", question.payer_claim_control_number),
        ("BLT", question.type_of_bill),
        ("EJ", question.patient_control_number),
    )
    found: list[Segment] = [("TRN", "1", trace(question.trace))]
    found += [("REF", of, identifier(f"REF02 of REF*{of}", value)) for of, value in references if value]
    found.append(("AMT", "T3", x12_amount(question.charge_cents)))
    if question.service_from is not None:
        found.append(service_dates(question.service_from, question.service_to))
    return found
