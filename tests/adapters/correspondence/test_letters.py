"""Statements and appeals: what is printed is what was meant, to the letter."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import date

import pytest

from adapters.correspondence.letters import Contact, TypstLetters, appeal_data, lay_out, money, statement_data
from claims.accounts.effects import LayOutStatement, StatementPart
from claims.accounts.values import ClaimBalance, Creditor, Debtor, PayerPart, StatementLine
from claims.claim import Address, Claim, Coverage, Name, Payer, Person, Provider, ServiceLine
from claims.effects import SendAppeal

HOSTILE = r'#panic("x") *bold* _it_ $x^2$ \ `raw` <label> @ref // /* [a](b) = Title - item "q" #{1+1}'
ON = date(2026, 3, 2)
PAYER = Payer(name="Aetna", payer_id="60054", address=Address(line1="PO Box 1", city="Lexington", state="KY"))


def claim(patient: str = "Doe") -> Claim:
    person = Person(
        name=Name(last=patient, first="Jane"),
        address=Address(line1="1 Elm St", city="Albany", state="NY", postal_code="122070001"),
    )
    return Claim(
        type="professional",
        patient_control_number="PCN-7",
        charge_cents=123_456,
        billing=Provider(
            role="billing",
            name=Name(organization=True, last="Hudson Family Care"),
            id_qualifier="XX",
            identifier="1999999984",
            address=Address(line1="9 Main St", city="Albany", state="NY", postal_code="12207"),
            carried=(("PER", "IC", "BILLING", "TE", "5185550100"),),
        ),
        patient=person,
        coverages=(Coverage(order="primary", payer=PAYER, subscriber=person, member_id="W123456"),),
        lines=(ServiceLine(number=1, procedure="99213", charge_cents=123_456, service_from=date(2026, 1, 5)),),
    )


LINES = (
    StatementLine(
        service_on=date(2026, 1, 5),
        description="Office visit",
        charge_cents=120_000,
        payer_paid_cents=80_000,
        adjusted_cents=36_000,
        patient_cents=4_000,
    ),
    StatementLine(
        description="Lab", charge_cents=3_456, payer_paid_cents=2_000, adjusted_cents=1_381, patient_cents=75
    ),
)
AETNA = PayerPart(
    name="Aetna", paid_cents=82_000, adjusted_cents=37_381, patient_cents=4_075, decided_on=date(2026, 2, 10)
)


def part(amount_cents: int = 4_075, lines: tuple[StatementLine, ...] = LINES, **changes: object) -> StatementPart:
    balance = ClaimBalance(
        claim_id="c1",
        sequence=9,
        number="PCN-7",
        charge_cents=123_456,
        amount_cents=amount_cents,
        lines=lines,
        payers=(AETNA,),
    )
    values: dict[str, object] = {"balance": balance, "notice": "first", "amount_cents": amount_cents}
    return StatementPart.model_validate(values | changes)


def statement(amount_cents: int = 4_075, name: str = "Doe", **changes: object) -> LayOutStatement:
    person, practice = claim(name).patient, claim().billing
    values: dict[str, object] = {
        "id": "statement-1",
        "number": 2,
        "notice": "first",
        "amount_cents": amount_cents,
        "debtor": Debtor(name=person.name, address=person.address),
        "creditor": Creditor(name=practice.name, address=practice.address, phone="5185550100"),
        "parts": (part(amount_cents),),
        "on": ON,
        "assistance_until": date(2026, 10, 28),
    }
    return LayOutStatement.model_validate(values | changes)


def appeal(**changes: object) -> SendAppeal:
    values: dict[str, object] = {
        "id": "e2",
        "level": 1,
        "level_name": "Redetermination",
        "to": "Appeals Department",
        "reason": "The records show medical necessity.\nSee page 2.",
        "claim": claim(),
        "payer": PAYER,
        "payer_claim_control_number": "ICN42",
        "codes": ("CO-50", "N115"),
        "amount_cents": 9_950,
        "documents": ("ab" * 32,),
        "proof_of_filing": "cd" * 32,
        "on": ON,
    }
    return SendAppeal.model_validate(values | changes)


def printed(pdf: bytes) -> str:
    """The text of a PDF whose streams are readable: glyphs through each font's ToUnicode map, a line for each run."""
    objects = {int(m[1]): m[2] for m in re.finditer(rb"(?s)\n(\d+) 0 obj\n(.*?)\nendobj", pdf)}
    fonts: dict[bytes, dict[int, str]] = {}
    for body in objects.values():
        block = re.search(rb"(?s)/Font <<(.*?)>>", body)
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", block[1] if block else b""):
            unicode_map = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
            assert unicode_map is not None
            pairs = re.findall(rb"<(\w{4})> <(\w+)>", content(objects[int(unicode_map[1])]))
            fonts[name] = {int(glyph, 16): bytes.fromhex(to.decode()).decode("utf-16-be") for glyph, to in pairs}
    text: list[str] = []
    for body in objects.values():
        for run in re.findall(rb"(?s)\nBT\n(.*?)\nET", content(body)):
            font = re.search(rb"/(f\d+) ", run)
            assert font is not None
            codes = b"".join(literals(run))
            glyphs = [int.from_bytes(codes[i : i + 2], "big") for i in range(0, len(codes), 2)]
            text.append("".join(fonts[font[1]].get(glyph, "?") for glyph in glyphs))
    return "\n".join(text)


def content(body: bytes) -> bytes:
    stream = re.search(rb"(?s)stream\r?\n(.*?)\r?\nendstream", body)
    if stream is None:
        return b""
    return zlib.decompress(stream[1]) if b"FlateDecode" in body and b"ASCIIHex" not in body else stream[1]


def literals(run: bytes) -> Iterator[bytes]:
    """The literal strings of a run (ISO 32000-1, 7.3.4.2): balanced parentheses stand in them unescaped."""
    names = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    depth, said = 0, b""
    for token in re.findall(rb"(?s)\\[0-7]{1,3}|\\.|.", run):
        if token == b"(":
            depth += 1
            said += token if depth > 1 else b""
        elif token == b")":
            depth -= 1
            said += token if depth else b""
            if not depth:
                yield said
                said = b""
        elif depth:
            escaped = token[1:]
            if escaped.isdigit():
                said += bytes([int(escaped, 8)])
            else:
                said += names.get(escaped, escaped) if escaped else token


def text_of(template: str, data: dict[str, object]) -> str:
    return printed(lay_out(template, data, ON, pretty=True))


def test_a_letter_is_a_pdf_and_the_same_effect_makes_the_same_bytes() -> None:
    letters = TypstLetters()
    assert letters.statement(statement()).startswith(b"%PDF-")
    assert letters.appeal(appeal()).startswith(b"%PDF-")
    assert letters.statement(statement()) == TypstLetters().statement(statement())
    assert letters.appeal(appeal()) == letters.appeal(appeal())
    assert letters.statement(statement()) != letters.statement(statement(number=3))


def test_a_statement_says_what_each_party_did_and_what_is_owed() -> None:
    text = text_of("statement", statement_data(statement(), Contact()))
    lines = text.split("\n")
    # 1,200.00 - 800.00 - 360.00 = 40.00; 34.56 - 20.00 - 13.81 = 0.75; together 40.75
    for expected in ("$1,200.00", "$800.00", "$360.00", "$40.00", "$34.56", "$20.00", "$13.81", "$0.75"):
        assert expected in lines, expected
    # totals: 1,234.56 charged, 820.00 paid, 373.81 adjusted
    for expected in ("$1,234.56", "$820.00", "$373.81"):
        assert expected in lines, expected
    assert lines.count("$40.75") == 3  # at the top, in the total and at the end
    for expected in ("Hudson Family Care", "PCN-7", "01/05/2026", "March 2, 2026", "Albany, NY 12207-0001"):
        assert expected in text, expected
    assert "(518) 555-0100" in text
    assert "How to pay" in text
    assert "If you disagree" in text
    # 820.00 = 800.00 + 20.00; 373.81 = 360.00 + 13.81
    assert "Aetna on 02/10/2026: paid $820.00, took off $373.81, left $40.75 to you." in text
    assert "financial assistance" in text
    assert "October 28, 2026" in text


def test_every_claim_of_a_statement_says_which_notice_it_is() -> None:
    second = part(1_000, LINES[1:], notice="final")
    second = second.model_copy(update={"balance": second.balance.model_copy(update={"number": "PCN-8"})})
    effect = statement(5_075, notice="final", parts=(part(), second))
    text = text_of("statement", statement_data(effect, Contact()))
    for expected in (
        "final notice",
        "Account PCN-7, new",
        "Account PCN-8, final notice",
        "$50.75",
        "collection agency",
    ):
        assert expected in text, expected
    assert "collection agency" not in text_of("statement", statement_data(statement(), Contact()))


def test_a_minors_statement_goes_to_her_parent_or_guardian() -> None:
    child = Debtor(name=claim().patient.name, guardian=True)
    assert "To the parent or guardian of Jane Doe" in text_of(
        "statement", statement_data(statement(debtor=child), Contact())
    )


def test_a_statement_is_tagged_for_those_who_hear_it_read() -> None:
    """PDF/UA-1 (ISO 14289-1, 5 and 7.1): its metadata say so, and the content is marked."""
    page = lay_out("statement", statement_data(statement(), Contact()), ON, pretty=True)
    assert b"/Marked true" in page
    assert b"/StructTreeRoot" in page
    assert b"<pdfuaid:part>1</pdfuaid:part>" in page


def test_a_difference_between_the_lines_and_the_amount_due_is_shown_as_a_line() -> None:
    text = text_of("statement", statement_data(statement(3_075), Contact()))
    assert "Payments and other changes" in text
    assert "-$10.00" in text  # 40.75 on the lines, 30.75 due


def test_what_the_patient_paid_is_taken_off_under_its_own_name() -> None:
    """40.75 on the lines, of which 10.00 are paid: 30.75 due."""
    made = part(3_075)
    paid = made.model_copy(update={"balance": made.balance.model_copy(update={"patient_paid_cents": 1_000})})
    text = text_of("statement", statement_data(statement(3_075, parts=(paid,)), Contact()))
    assert "Paid by you" in text
    assert "-$10.00" in text
    assert "other changes" not in text


def test_what_the_first_insurer_leaves_was_the_next_ones_to_pay() -> None:
    made = part()
    first = made.balance.payers[0].model_copy(update={"name": "FIRST PLAN", "patient_cents": 9_000})
    both = made.balance.model_copy(update={"payers": (first, *made.balance.payers)})
    told = made.model_copy(update={"balance": both})
    text = text_of("statement", statement_data(statement(parts=(told,)), Contact()))
    assert "left $90.00 to the next insurer." in text
    assert "left $40.75 to you." in text


def test_an_appeal_names_the_claim_the_codes_the_amount_and_what_is_enclosed() -> None:
    text = text_of("appeal", appeal_data(appeal(), Contact(phone="1-800-555-0199")))
    for expected in (
        "Redetermination",
        "Appeals Department",
        "Aetna",
        "ICN42",
        "PCN-7",
        "Jane Doe",
        "W123456",
        "1999999984",
        "01/05/2026",
        "$99.50",
        "CO-50, N115",
        "The records show medical necessity.",
        "See page 2.",
        "Document abababababab",
        "Proof of timely filing, document cdcdcdcdcdcd",
        "1-800-555-0199",
    ):
        assert expected in text, expected


@pytest.mark.parametrize(
    "text", [HOSTILE, "# heading", "= heading", "- item", "\\", "$", "*", "https://x.test", "--- ..."]
)
def test_what_people_are_called_is_printed_and_never_read_as_markup(text: str) -> None:
    line = StatementLine(description=text, charge_cents=1, payer_paid_cents=0, adjusted_cents=0, patient_cents=1)
    effect = statement(1, name=text, parts=(part(1, (line,)),))
    shown = text_of("statement", statement_data(effect, Contact(phone=text, pay_online=text)))
    joined = shown.replace("\n", " ")
    assert unspaced(f"Jane {text}") in unspaced(joined)
    assert unspaced(joined).count(unspaced(text)) >= 5
    shown = text_of("appeal", appeal_data(appeal(reason=text, to=text, codes=(text,)), Contact()))
    assert unspaced(shown).count(unspaced(text)) >= 3


def unspaced(text: str) -> str:
    """Without white space: long text is broken into lines."""
    return "".join(text.split())


@pytest.mark.parametrize("name", ["Nguyễn", "李", "O\x00B\x1brien", "\u202egnp", "😀", "ﷺ"])
def test_any_name_can_be_mailed(name: str) -> None:
    assert TypstLetters().statement(statement(name=name)).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("cents", "shown"), [(0, "$0.00"), (5, "$0.05"), (-307, "-$3.07"), (100_000_000, "$1,000,000.00")]
)
def test_amounts_are_dollars_with_two_places(cents: int, shown: str) -> None:
    assert money(cents) == shown
