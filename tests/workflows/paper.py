"""The X12 writer and the letters, as a worker has them."""

from __future__ import annotations

from adapters.correspondence import TypstLetters
from adapters.opening import documents_of
from adapters.settings import Settings
from adapters.x12.documents import X12Documents


def paper() -> tuple[X12Documents, TypstLetters]:
    return documents_of(Settings(_env_file=None)), TypstLetters()
