"""One X12 segment and the delimiters it was written with. No meaning lives here, and no file: reader.py cuts files."""

from __future__ import annotations

from typing import NamedTuple

from claims.base import Segment as Carried


class Delimiters(NamedTuple):
    """The four separators of one interchange; an empty one means that the interchange declares none."""

    element: str = "*"
    component: str = ":"
    segment: str = "~"
    repetition: str = "^"


STANDARD = Delimiters()


class Segment(NamedTuple):
    """A segment as it stood: its place in the file (from 1), identifier and elements. Immutable, cheap to make."""

    position: int
    id: str
    elements: tuple[str, ...]
    delimiters: Delimiters = STANDARD

    def get(self, n: int) -> str:
        """Element `n`, counted from 1 as the guides do; an empty text where it is absent."""
        elements = self.elements
        return elements[n - 1] if n <= len(elements) else ""

    def components(self, n: int) -> tuple[str, ...]:
        """The components of element `n`; `()` where the element is empty."""
        value = self.get(n)
        if not value:
            return ()
        separator = self.delimiters.component
        return tuple(value.split(separator)) if separator else (value,)

    def component(self, n: int, m: int) -> str:
        """Component `m` of element `n`, both counted from 1; an empty text where it is absent."""
        parts = self.components(n)
        return parts[m - 1] if m <= len(parts) else ""

    def repetitions(self, n: int) -> tuple[str, ...]:
        """The repetitions of element `n`, each with its components joined by `:`; `()` where it is empty."""
        value = self.get(n)
        if not value:
            return ()
        separator = self.delimiters.repetition
        parts = value.split(separator) if separator else [value]
        return tuple(_plain(part, self.delimiters.component) for part in parts)

    def element(self, n: int) -> str:
        """Element `n` in the standard form: components joined by `:`, repetitions by `^`."""
        return "^".join(self.repetitions(n))

    def carried(self) -> Carried:
        """The whole segment in the standard form, trailing empty elements left out.

        A `:` or `^` that is mere text in a file with other separators becomes a space: on the way out it would
        split the element.
        """
        elements = [self.element(n) for n in range(1, len(self.elements) + 1)]
        while elements and not elements[-1]:
            elements.pop()
        return (self.id, *elements)


def _plain(text: str, component: str) -> str:
    if component == ":":
        return text.replace("^", " ")
    text = text.replace(":", " ").replace("^", " ") if component != "^" else text.replace(":", " ")
    return text.replace(component, ":") if component else text
