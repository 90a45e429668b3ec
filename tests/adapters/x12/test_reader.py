"""What real senders do to envelopes: each oddity is read through, and said."""

from __future__ import annotations

import pytest

from adapters.x12.reader import Document, read_document
from tests.adapters.x12.claim_text import golden

OFFICE_VISIT = golden("professional_office_visit.x12")
SEGMENTS = [line.rstrip("~") for line in OFFICE_VISIT.splitlines()]
ST_TO_SE = 34  # counted in the file


def read(text: str) -> Document:
    return read_document(text.encode())


def contents(document: Document) -> list[tuple[str, tuple[str, ...]]]:
    """The one set's segments in the standard form, which no choice of delimiters changes."""
    (one,) = document.sets
    return [(segment.id, segment.carried()) for segment in one.segments]


def reasons(document: Document) -> str:
    return "; ".join(problem.reason for problem in document.all_problems)


def with_delimiters(element: str, component: str, segment: str, repetition: str = "^") -> str:
    table = str.maketrans({"*": element, ":": component, "^": repetition})
    return segment.join(line.translate(table) for line in SEGMENTS) + segment


def test_a_clean_file_is_read_without_a_word() -> None:
    document = read(OFFICE_VISIT)
    (one,) = document.sets
    assert document.all_problems == []
    assert (one.kind, one.version, one.control_number) == ("837P", "005010X222A1", "0001")
    assert (one.interchange_control_number, one.group_control_number) == ("000000017", "17")
    assert (len(one.segments), one.segments[0].position, one.segments[-1].id) == (ST_TO_SE, 3, "SE")


@pytest.mark.parametrize(
    "text",
    [
        with_delimiters("*", ":", "~"),
        with_delimiters("*", ":", "~\n"),
        with_delimiters("*", ":", "~\r\n"),
        with_delimiters("*", ":", "\n"),
        with_delimiters("*", ":", "\r\n"),
        with_delimiters("*", ":", "\r"),
        with_delimiters("*", ":", "\x1d"),
        with_delimiters("|", ">", "~", "!"),
        with_delimiters("\x1d", "\x1f", "\x1c", "\x1e"),
        with_delimiters("~", "^", "_", "U"),
        with_delimiters("Ö", ":", "~"),
        "\n".join("    " + line for line in OFFICE_VISIT.splitlines()),
    ],
    ids=["none", "lf", "crlf", "newline", "cr-lf", "cr", "0x1d", "pipes", "controls", "swapped", "letter", "indented"],
)
def test_any_delimiters_and_any_layout_give_the_same_segments(text: str) -> None:
    assert contents(read(text)) == contents(read(OFFICE_VISIT))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\ufeff" + OFFICE_VISIT, "byte-order mark"),
        ("\n\n  " + OFFICE_VISIT, "blank lines"),
        ("From: somebody\nSubject: claims\n\n" + OFFICE_VISIT, "no X12 stand before"),
        (OFFICE_VISIT.replace("SE*34*", "SE*33*"), "SE01 counts 33 segments, 34 stand in the set"),
        (OFFICE_VISIT.replace("SE*34*0001", "SE*34*0002"), "SE02 is not the control number"),
        (
            OFFICE_VISIT.replace("SE*34*", "SE*WALKER800517*"),
            "SE01 counts (12 characters) segments, 34 stand in the set",
        ),
        (OFFICE_VISIT.replace("GE*1*17", "GE*2*17"), "GE01 counts 2 sets, 1 stand"),
        (OFFICE_VISIT.replace("GE*1*17", "GE*1*18"), "GE02 is not the control number"),
        (OFFICE_VISIT.replace("IEA*1*000000017", "IEA*3*000000017"), "IEA01 counts 3 groups, 1 stand"),
        (OFFICE_VISIT.replace("IEA*1*000000017", "IEA*1*000000018"), "IEA02 is not the control number"),
        (OFFICE_VISIT.replace("IEA*1*000000017~\n", ""), "IEA is missing"),
        (OFFICE_VISIT.replace("GE*1*17~\n", ""), "GE is missing"),
        (OFFICE_VISIT.replace("17*X*005010X222A1", "17*X*005010X222"), "ST03 005010X222A1 is not GS08 005010X222"),
        (OFFICE_VISIT[OFFICE_VISIT.index("ST*") : OFFICE_VISIT.index("GE*")], "no ISA envelope"),
        (OFFICE_VISIT[OFFICE_VISIT.index("GS*") : OFFICE_VISIT.index("IEA*")], "no ISA envelope"),
        (OFFICE_VISIT[:-2], "IEA has no segment terminator"),
        ("\n".join(OFFICE_VISIT.replace("\n", "")[n : n + 80] for n in range(0, 2000, 80)), "broken over lines"),
        (OFFICE_VISIT.replace("DOCTOR", "DOC\0TOR"), "NUL"),
    ],
)
def test_an_odd_envelope_is_read_and_reported(text: str, said: str) -> None:
    document = read(text)
    assert said in reasons(document)
    assert not any(problem.fatal for problem in document.all_problems)
    (one,) = document.sets
    assert (one.kind, one.count("CLM"), one.complete) == ("837P", 1, True)


def test_a_declared_component_separator_that_nobody_uses_gives_way_to_the_used_one() -> None:
    text = with_delimiters("*", ">", "~\n").replace("*T*>~", "*T*:~")
    document = read(text)
    assert next(c for c in contents(document) if c[0] == "CLM") == (
        "CLM",
        ("CLM", "PCN-1", "130", "", "", "11:B:1", "Y", "A", "Y", "Y"),
    )
    assert "ISA16 declares `:` but the composites use `>`" in reasons(document)


def test_a_colon_in_a_name_is_text_where_components_are_joined_otherwise() -> None:
    text = with_delimiters("|", ">", "~").replace("EXAMPLE FAMILY CLINIC", "CLINIC: FAMILY")
    billing = next(s for s in read(text).sets[0].segments if s.id == "NM1" and s.get(1) == "85")
    assert billing.get(3) == "CLINIC: FAMILY"
    assert billing.carried()[3] == "CLINIC  FAMILY"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "binary"),
        (b"patient,charge\nDOE,12.50\n", "no ISA segment"),
        (b"ISA*00*          *00*", "ISA"),
        (OFFICE_VISIT[:100].encode(), "ISA"),
        (OFFICE_VISIT.replace("ISA*", "IXA*").replace("ST*", "XX*").replace("GS*", "XX*").encode(), "no ISA segment"),
    ],
)
def test_what_is_no_x12_is_refused_in_one_line(raw: bytes, said: str) -> None:
    document = read_document(raw)
    assert document.sets == []
    assert document.unreadable
    assert said in reasons(document)


@pytest.mark.parametrize("cut", ["CLM*", "HI*ABK", "LX*2", "REF*6R*L2"])
def test_a_file_cut_off_in_mid_set_says_where(cut: str) -> None:
    text = OFFICE_VISIT[: OFFICE_VISIT.index(cut) + 3]
    (one,) = read(text).sets
    assert not one.complete
    (fatal,) = [problem for problem in one.problems if problem.fatal]
    assert fatal.segment == text.count("~") + 1
    assert "cut off: the file ends before its SE" in fatal.reason


def test_a_set_without_se_does_not_swallow_its_neighbour() -> None:
    start, end = OFFICE_VISIT.index("ST*"), OFFICE_VISIT.index("GE*")
    whole = OFFICE_VISIT[start:end]
    headless = whole[: whole.index("\nSE*")]
    document = read(OFFICE_VISIT[:start] + headless + whole.replace("0001~", "0002~") + OFFICE_VISIT[end:])
    assert [(one.count("CLM"), one.complete) for one in document.sets] == [(1, False), (1, True)]
    assert "another ST stands before its SE" in reasons(document)


def test_a_set_without_st_is_not_dropped_in_silence() -> None:
    document = read(OFFICE_VISIT.replace("ST*837*0001*005010X222A1~\n", ""))
    assert document.sets == []
    (fatal,) = [problem for problem in document.problems if problem.fatal]
    # BHT is segment 3 now that ST is gone; 34 - 1 segments of the set are left.
    assert (fatal.segment, fatal.reason[:34]) == (3, "33 segments stand outside any set ")


def test_a_set_whose_number_is_garbled_is_said_to_be_unread() -> None:
    document = read(OFFICE_VISIT.replace("ST*837*", "ST*8\0*"))
    assert [(one.kind, [(p.segment, p.element, p.fatal) for p in one.problems]) for one in document.sets] == [
        ("?", [(3, 1, True)])
    ]


def test_several_interchanges_groups_and_sets_keep_their_places() -> None:
    start, end = OFFICE_VISIT.index("ST*"), OFFICE_VISIT.index("GE*")
    two_sets = OFFICE_VISIT[:end] + OFFICE_VISIT[start:end] + OFFICE_VISIT[end:].replace("GE*1", "GE*2")
    group_start, group_end = two_sets.index("GS*"), two_sets.index("IEA*")
    two_groups = two_sets[:group_end] + two_sets[group_start:group_end] + two_sets[group_end:].replace("IEA*1", "IEA*2")
    document = read(two_groups + with_delimiters("|", ">", "\n"))
    places = [(one.isa_index, one.gs_index, one.st_index) for one in document.sets]
    assert places == [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0)]
    # one set and one group are 34 and 2 * 34 + 2 segments: ISA, two groups, IEA come first, then ISA and GS.
    assert document.sets[-1].first == 1 + 2 * (2 * 34 + 2) + 1 + 3
    assert document.all_problems == []


def test_156_identical_interchanges_are_one_document() -> None:
    document = read(OFFICE_VISIT * 156)
    assert (len(document.sets), document.duplicates) == (1, 155)
    assert reasons(document) == "156 interchanges are identical; read once"


def test_a_repeated_interchange_among_others_is_left_out_and_counted() -> None:
    other = OFFICE_VISIT.replace("000000017", "000000018")
    document = read(OFFICE_VISIT + other + OFFICE_VISIT)
    assert [one.interchange_control_number for one in document.sets] == ["000000017", "000000018"]
    assert "1 of 3 interchanges repeat an earlier one" in reasons(document)


def test_a_ta1_between_isa_and_gs_is_a_set_of_its_own() -> None:
    text = OFFICE_VISIT.replace("GS*HC", "TA1*000000005*260301*0900*A*000~\nGS*HC", 1)
    document = read(text)
    (ta1,) = document.tas
    assert (ta1.kind, ta1.control_number, ta1.first) == ("TA1", "000000005", 2)
    assert document.sets[0].first == 4


@pytest.mark.parametrize(
    ("st", "gs08", "bht", "kind"),
    [
        ("277*0001*005010X214", "005010X214", "0085*08*1*20260101*0900*TH", "277CA"),
        ("277*0001*005010X212", "005010X212", "0010*08*1*20260101*0900*DG", "277"),
        ("277*0001*005010X213", "005010X213", "0085*48*1*20260101*0900*RQ", "277RFAI"),
        ("277*0001*005010X364", "005010X364", "0085*08*1*20260101*0900*TH", "277DRA"),
        ("277*0001*005010X228", "005010X228", "0085*08*1*20260101*0900*NO", "277"),
        ("837*0001*005010X298A1", "005010X298A1", "0019*00*1*20260101*0900*RP", "837DR"),
        ("277*0001", "", "0085*08*1*20260101*0900*TH", "277CA"),
        ("277*0001", "", "0010*08*1*20260101*0900", "277?"),
        ("837*0001*005010X224A2", "005010X224A2", "0019*00*1*20260101*0900*CH", "837D"),
        ("837*0001", "004010X096A1", "0019*00*1*20260101*0900*CH", "837I"),
        ("835*0001", "005010X221A1", "x", "835"),
        ("999*0001*005010X231A1", "005010X231A1", "x", "999"),
    ],
)
def test_the_guide_tells_kinds_apart_that_share_a_number(st: str, gs08: str, bht: str, kind: str) -> None:
    head = OFFICE_VISIT[: OFFICE_VISIT.index("ST*")].replace("005010X222A1", gs08)
    document = read(f"{head}ST*{st}~BHT*{bht}~SE*3*0001~GE*1*17~IEA*1*000000017~")
    assert document.sets[0].kind == kind
