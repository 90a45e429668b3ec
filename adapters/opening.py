"""From settings to what activities work with: the adapters of an installation, opened. Used by composition roots."""

from __future__ import annotations

from adapters.carriers.stedi import CORE, HEALTHCARE, Stedi
from adapters.correspondence import Contact, TypstLetters
from adapters.records import SqlRecords, open_records
from adapters.settings import Settings
from adapters.x12.documents import Partners, X12Documents

_CORRESPONDENCE = "/sandbox/correspondence"


def records_of(settings: Settings) -> SqlRecords:
    """Raises RecordsError where they can't be opened."""
    return open_records(settings.records_url)


def carrier_of(settings: Settings) -> Stedi:
    """Stedi, or the sandbox with its extensions: letters, and a list that shows every submission."""
    root, ours = settings.carrier_url, settings.carrier == "sandbox"
    healthcare = f"{root}/2024-04-01" if root else HEALTHCARE
    core = f"{root}/2023-08-01" if root else CORE
    return Stedi(
        settings.carrier_key.get_secret_value(),
        name=settings.carrier,
        healthcare=settings.carrier_healthcare_url or healthcare,
        core=settings.carrier_core_url or core,
        acknowledgements=frozenset(settings.acknowledgements),
        correspondence_path=_CORRESPONDENCE if ours else "",
        lists_submissions=ours,
    )


def documents_of(settings: Settings) -> X12Documents:
    partners = Partners(
        sender_id=settings.submitter_id,
        sender_qualifier=settings.submitter_qualifier,
        receiver_id=settings.receiver_id,
        receiver_qualifier=settings.receiver_qualifier,
        submitter_name=settings.submitter_name,
        submitter_contact=settings.submitter_contact,
        submitter_phone=settings.submitter_phone,
        receiver_name=settings.receiver_name,
        usage=settings.carrier_usage,
        acknowledge="TA1" in settings.acknowledgements,
    )
    return X12Documents(partners, zone=settings.zone)


def letters_of(settings: Settings) -> TypstLetters:
    return TypstLetters(Contact(phone=settings.practice_phone, pay_online=settings.pay_online))
