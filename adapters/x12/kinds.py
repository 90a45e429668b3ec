"""What the trade calls a set: one number covers several guides, which the version, else the content, tells apart."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.x12.segments import Segment

# Implementation guide -> kind. 004010 and 005010 guides of one kind have numbers of their own. X12's registry of guides:
# X364 acknowledges data reporting, X213 asks for records, X228 tells of pending claims unasked, X298 to X300 report
# claims that are adjudicated already.
_GUIDES: dict[str, dict[str, str]] = {
    "837": {
        "X222": "837P",
        "X098": "837P",
        "X291": "837P",
        "X223": "837I",
        "X096": "837I",
        "X292": "837I",
        "X224": "837D",
        "X097": "837D",
        "X293": "837D",
        "X225": "837DR",
        "X298": "837DR",
        "X299": "837DR",
        "X300": "837DR",
    },
    "277": {
        "X214": "277CA",
        "X167": "277CA",
        "X212": "277",
        "X093": "277",
        "X228": "277",
        "X364": "277DRA",
        "X213": "277RFAI",
        "X150": "277RFAI",
        "X313": "277RFAI",
    },
}
_SERVICE_SEGMENTS = {"SV1": "837P", "SV2": "837I", "SV3": "837D"}
_BHT06 = {"TH": "277CA", "DG": "277", "RQ": "277RFAI"}


def kind_of(segments: Sequence[Segment], version: str, gs: Segment | None) -> str:
    """The kind of a set: ST01 where that says it all. One that can't be told apart stays `837` or `277?`."""
    number = segments[0].get(1).strip()
    guides = _GUIDES.get(number)
    if guides is None:
        return number if len(number) == 3 and number.isascii() and number.isalnum() else "?"
    for text in (version, gs.get(8) if gs is not None else ""):
        at = text.find("X")
        kind = guides.get(text[at : at + 4]) if at >= 0 else None
        if kind:
            return kind
    return _by_content(number, segments)


def _by_content(number: str, segments: Sequence[Segment]) -> str:
    if number == "837":
        return next((_SERVICE_SEGMENTS[s.id] for s in segments if s.id in _SERVICE_SEGMENTS), "837")
    beginning = next((s for s in segments if s.id == "BHT"), None)
    return _BHT06.get(beginning.get(6), "277?") if beginning is not None else "277?"
