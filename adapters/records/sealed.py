"""Columns that are sealed on their way into the database and opened on their way out, by the cipher of their engine.

Bound to table and column. They can't be searched: what is looked up stands blinded in `claim_numbers`.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Text, TypeDecorator
from sqlalchemy.engine import Dialect

from adapters.records.cipher import Cipher, NoCipher, as_text, from_text

_ATTRIBUTE = "claimline_cipher"
_NONE = NoCipher()


def seal_with(dialect: Dialect, cipher: Cipher) -> None:
    """From now on `cipher` seals what this engine writes."""
    setattr(dialect, _ATTRIBUTE, cipher)


def _cipher_of(dialect: Dialect) -> Cipher:
    found: Cipher = getattr(dialect, _ATTRIBUTE, _NONE)
    return found


class SealedText(TypeDecorator[str]):
    """A text; `place` is its `table.column`."""

    impl = Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if not value:
            return value  # that there is nothing to say is no secret
        cipher = _cipher_of(dialect)
        if isinstance(cipher, NoCipher):
            return value
        return as_text(cipher.seal(value.encode(), about=self.place))

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if not value:
            return value
        return _cipher_of(dialect).unseal(from_text(value), about=self.place).decode()


class SealedDate(TypeDecorator[date]):
    """A day, kept as the text of its ISO form."""

    impl = Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.text = SealedText(place)
        self.place = place

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else self.text.process_bind_param(value.isoformat(), dialect)

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        plain = self.text.process_result_value(value, dialect)
        return date.fromisoformat(plain) if plain else None
