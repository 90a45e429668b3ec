"""The order of segments inside the loops of an 837, as tables, and the one function that puts a loop into it.

Both directions use it: the writer because receivers check the order, the reader so that a claim is the same value
however its sender ordered what we only carry. Source: 837 TR3s 005010X222A1 and 005010X223A2, segment positions.
"""

from __future__ import annotations

from collections.abc import Iterable

from claims.base import Segment
from claims.claim import Adjustment, ClaimType

Block = tuple[Segment, ...]
"""Segments that stay together: one segment, or a loop we carry whole."""

# One entry a place: a segment, or with a colon its first element. `*` is where the unknown goes, and `@` says that the
# loop's own segment stands here, unlike those that are only carried.
_TABLES = {
    "billing": "PRV CUR @NM1 N2 N3 N4 REF:EI,SY REF PER * NM1",
    "party": "NM1 N2 PRV N3 N4 DMG DTP REF:2U,FY,NF REF:EI,SY REF:G1 REF:9F REF:T4 REF:F8 REF:Y4 REF PER *",
    "patient": "PAT @NM1 N2 N3 N4 DMG REF:Y4 REF PER * NM1",
    "subscriber": "SBR PAT * NM1:IL NM1:PR NM1",
    "claim professional": """
        CLM DTP:431 DTP:454 DTP:304 DTP:453 DTP:439 DTP:484 DTP:455 DTP:471 DTP:314,360,361 DTP:297 DTP:296 DTP:435
        DTP:096 DTP:090,091 DTP:444 DTP:050 DTP PWK CN1 AMT
        REF:4N REF:F5 REF:EW REF:9F REF:G1 REF:F8 REF:X4 REF:9A REF:9C REF:LX REF:D9 REF:EA REF:P4 REF:1J REF
        K3 NTE CR1 CR2 CRC:07 CRC:E1,E2,E3 CRC:75 CRC:ZZ CRC HI HCP *
        NM1:DN,P3 NM1:82 NM1:77 NM1:DQ NM1:PW NM1:45 NM1 SBR LX""",
    "claim institutional": """
        CLM DTP:096 DTP:434 DTP:435 DTP:050 DTP CL1 PWK CN1 AMT
        REF:4N REF:9F REF:G1 REF:F8 REF:9A REF:9C REF:LX REF:D9 REF:LU REF:EA REF:P4 REF:G4 REF
        K3 NTE:ALG,DCP,DGN,DME,MED,NTR,ODT,RHB,RLH,RNH,SET,SFM,SPT,UPI NTE CRC HI HCP *
        NM1:71 NM1:72 NM1:ZZ NM1:82 NM1:77 NM1:DN NM1 SBR LX""",
    "coverage professional": "SBR CAS AMT:D AMT:A8 AMT:EAF AMT OI MOA * NM1:IL NM1:PR "
    "NM1:DN,P3 NM1:82 NM1:77 NM1:DQ NM1:85 NM1",
    "coverage institutional": "SBR CAS AMT:D AMT:EAF AMT:A8 AMT OI MIA MOA * NM1:IL NM1:PR "
    "NM1:71 NM1:72 NM1:ZZ NM1:77 NM1:82 NM1:DN NM1:85 NM1",
    "line professional": """
        LX SV1 SV5 PWK:03,04,05,06,07,08,09,10,11,13,15,21 PWK:CT PWK CR1 CR3 CRC:07 CRC:70 CRC:09 CRC
        DTP:472 DTP:471 DTP:607 DTP:463 DTP:461 DTP:304 DTP:738,739 DTP:011 DTP:455 DTP:454 DTP
        QTY:PT QTY:FL QTY MEA CN1
        REF:9B REF:9D REF:G1 REF:6R REF:EW REF:X4 REF:F4 REF:BT REF:9F REF AMT:T AMT:F4 AMT K3 NTE:ADD,DCP NTE PS1 HCP *
        LIN NM1:82 NM1:QB NM1:77 NM1:DQ NM1:DK NM1:DN,P3 NM1:PW NM1:45 NM1 SVD LQ""",
    "line institutional": """
        LX SV2 PWK DTP REF:6R REF:9B REF:9D REF AMT:GT AMT:N8 AMT NTE HCP *
        LIN NM1:72 NM1:ZZ NM1:82 NM1:DN NM1 SVD LQ""",
}

# The HI segments of 2300, in order: institutional one a kind of code, professional all diagnoses in one.
_HI_PLACES = {
    "professional": (("ABK", "BK", "ABF", "BF"), ("BP",), ("BG",)),
    "institutional": (
        ("ABK", "BK"),
        ("ABJ", "BJ"),
        ("APR", "PR"),
        ("ABN", "BN"),
        ("DR",),
        ("ABF", "BF"),
        ("BBR", "BR", "CAH"),
        ("BBQ", "BQ"),
        ("BI",),
        ("BH",),
        ("BE",),
        ("BG",),
        ("TC",),
    ),
}

_STARTS_A_LOOP = frozenset({"NM1", "LIN", "LQ"})


def _table(text: str) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, entry in enumerate(text.split()):
        identifier, _, qualifiers = entry.partition(":")
        for qualifier in qualifiers.split(",") if qualifiers else [""]:
            places[f"{identifier}:{qualifier}" if qualifier else identifier] = place
    return places


_PLACES = {name: _table(text) for name, text in _TABLES.items()}


def place(table: str, segment: Segment, *, own: bool = False) -> int:
    """Where a segment stands in the loop `table`: by identifier and first element, else by identifier, else at `*`."""
    places = _PLACES[table]
    if own and f"@{segment[0]}" in places:
        return places[f"@{segment[0]}"]
    if segment[:2] == ("NM1", ""):
        return -1  # what the loop's own NM1 says beyond its typed elements
    qualified = places.get(f"{segment[0]}:{segment[1]}") if len(segment) > 1 else None
    if qualified is not None:
        return qualified
    return places.get(segment[0], places["*"])


def blocks(carried: Iterable[Segment]) -> list[Block]:
    """Carried segments, with those of an inner loop (NM1, LIN, LQ and what follows them) kept together."""
    found: list[list[Segment]] = []
    inside = False
    for segment in carried:
        if segment[0] in _STARTS_A_LOOP and segment[:2] != ("NM1", ""):
            inside = True
            found.append([segment])
        elif inside:
            found[-1].append(segment)
        else:
            found.append([segment])
    return [tuple(block) for block in found]


def arrange(table: str, carried: Iterable[Block], own: Iterable[Block] = ()) -> tuple[Segment, ...]:
    """The segments of all blocks in the order of the guide; at one place the loop's own come first, in their order."""
    placed = [(place(table, part[0], own=True), part) for part in own if part]
    placed.extend((place(table, part[0]), part) for part in carried if part)
    return tuple(segment for _, part in sorted(placed, key=lambda pair: pair[0]) for segment in part)


def by_group(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    """Adjustments of one group together, groups and reasons in the order that they came in."""
    groups: dict[str, list[Adjustment]] = {}
    for one in adjustments:
        groups.setdefault(one.group, []).append(one)
    return tuple(one for members in groups.values() for one in members)


def hi_place(kind: ClaimType, qualifier: str) -> int:
    """Which HI of the claim a code belongs to; codes of one place share a segment."""
    places = _HI_PLACES[kind]
    return next((n for n, qualifiers in enumerate(places) if qualifier in qualifiers), len(places))
