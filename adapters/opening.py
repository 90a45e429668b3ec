"""From settings to what activities work with: the adapters of an installation, opened. Used by composition roots."""

from __future__ import annotations

from adapters.carriers.sftp import Folders, Marks, Sftp
from adapters.carriers.sftp_session import Account
from adapters.carriers.stedi import CORE, HEALTHCARE, Stedi
from adapters.correspondence import Contact, TypstLetters
from adapters.keys import KeysError, keys_of
from adapters.records import SqlRecords, open_records
from adapters.records.cipher import RingCipher
from adapters.settings import PREFIX, Settings, SettingsError
from adapters.x12.documents import Partners, X12Documents
from claims.ports import RecordsError

_CORRESPONDENCE = "/sandbox/correspondence"


def records_of(settings: Settings) -> SqlRecords:
    """Raises RecordsError where they, or the key ring that seals them, can't be opened."""
    try:
        keys = keys_of(settings.keys_file, settings.keys.get_secret_value())
    except KeysError as error:
        raise RecordsError(str(error)) from error
    # A machine's own file is brought up to date by itself; what others share, or production, by a person.
    upgrading = None if settings.sandbox else False
    return open_records(settings.records_url, cipher=RingCipher(keys) if keys else None, upgrading=upgrading)


def carrier_of(settings: Settings, marks: Marks) -> Stedi | Sftp:
    """Stedi, any carrier over SFTP, or the sandbox with its extensions: letters, and a list of every submission.

    `marks` are the records; a carrier without idempotency notes there what it is about to send. Raises SettingsError.
    """
    if settings.carrier == "sftp":
        return _sftp(settings, marks)
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


def _sftp(settings: Settings, marks: Marks) -> Sftp:
    host, _, port = settings.sftp_address.rpartition(":")
    password = settings.sftp_password.get_secret_value()
    if settings.sftp_password_file:
        try:
            password = settings.sftp_password_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"{PREFIX}SFTP_PASSWORD_FILE: it can't be read") from None
    for name, path in (("KNOWN_HOSTS", settings.sftp_known_hosts), ("KEY_FILE", settings.sftp_key_file)):
        if path is not None and not path.is_file():
            raise SettingsError(f"{PREFIX}SFTP_{name}: there is no such file")
    assert settings.sftp_known_hosts is not None  # settings of this carrier have it
    account = Account(
        host=host,
        port=int(port),
        user=settings.sftp_user,
        known_hosts=settings.sftp_known_hosts,
        key_file=settings.sftp_key_file,
        key_passphrase=settings.sftp_key_passphrase.get_secret_value(),
        password=password,
    )
    folders = Folders(
        upload=settings.sftp_upload,
        download=settings.sftp_download,
        archive=settings.sftp_archive,
        sent=settings.sftp_sent,
        pattern=settings.sftp_pattern,
    )
    return Sftp(
        account,
        folders,
        marks,
        acknowledgements=frozenset(settings.acknowledgements),
        quiet_seconds=settings.sftp_quiet_seconds,
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
