"""Statements and appeal letters as PDFs, laid out by typst from the templates beside this module.

Data reaches a template as JSON, so that what a patient or payer is called is printed and never read as markup.
The same effect makes the same bytes: the letter's own date is its only time, and fonts come with typst.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path

import typst

from claims.accounts.effects import LayOutStatement, StatementPart
from claims.accounts.values import PayerPart, StatementLine
from claims.base import Day, Value
from claims.claim import Address, Claim, Name, Provider
from claims.effects import SendAppeal
from claims.money import dollars
from claims.ports import Letters

_TEMPLATES = Path(__file__).parent


class Contact(Value):
    """What letters tell people beyond the claim: how to reach the practice, and where to pay."""

    phone: str = ""
    """Empty: the phone number of the billing provider's PER segment, where there is one."""
    pay_online: str = ""


class TypstLetters(Letters):
    """Lays out letters; each takes some hundredths of a second of one core."""

    def __init__(self, contact: Contact | None = None) -> None:
        self._contact = contact or Contact()

    def statement(self, effect: LayOutStatement) -> bytes:
        return lay_out("statement", statement_data(effect, self._contact), effect.on)

    def appeal(self, effect: SendAppeal) -> bytes:
        return lay_out("appeal", appeal_data(effect, self._contact), effect.on)


def lay_out(template: str, data: Mapping[str, object], on: Day, *, pretty: bool = False) -> bytes:
    """The PDF of a template; `pretty` leaves its streams readable, for tests.

    It is made accessible (PDF/UA) unless a character has no glyph in the font, which that standard forbids.
    """
    inputs = {"data": json.dumps(_printable(data))}
    moment = datetime.combine(on, time(), UTC)
    standards: tuple[list[typst.PDFStandard], ...] = (["ua-1"], [])
    for standard in standards:
        try:
            pdf = typst.compile(
                _TEMPLATES / f"{template}.typ",
                root=_TEMPLATES,
                format="pdf",
                ignore_system_fonts=True,
                sys_inputs=inputs,
                timestamp=moment,
                pretty=pretty,
                pdf_standards=standard,
            )
        except typst.TypstError:
            continue
        if isinstance(pdf, bytes):
            return pdf
    # typst's own message may quote the text that it could not print
    raise ValueError(f"the {template} can't be laid out; check the template")


def statement_data(effect: LayOutStatement, contact: Contact) -> dict[str, object]:
    """What the statement's template prints, every amount already in words."""
    practice = effect.creditor
    reach = contact.phone or _phone(practice.phone)
    numbers = ", ".join(part.balance.number for part in effect.parts)
    paid = [f"By check to {_name(practice.name)}, with your account number {numbers}."]
    if contact.pay_online:
        paid.append(f"Online: {contact.pay_online}")
    if reach:
        paid.append(f"By phone: {reach}")
    paid.append("If you can't pay it all at once, ask us for a payment plan.")
    return {
        "practice": {
            "name": _name(practice.name),
            "lines": [*_address(practice.address), *([reach] if reach else [])],
        },
        "title": _TITLES[effect.notice],
        "facts": [
            ["Account", numbers],
            ["Statement", str(effect.number)],
            ["Date", _long(effect.on)],
            ["Amount due", money(effect.amount_cents)],
        ],
        "to": _addressee(effect),
        "claims": [_statement_part(part) for part in effect.parts],
        "due": money(effect.amount_cents),
        "notice": _warning(effect),
        "pay": paid,
        "dispute": [
            "If a service, an amount or the insurer's part looks wrong to you, tell us before you pay:",
            f"call {reach} or write to the address above, with your account number."
            if reach
            else "write to the address above, with your account number.",
            "While we look into it, nothing more is asked of you. You may also ask your insurer to explain or review its"
            " decision.",
        ],
        "assistance": _assistance(effect, reach),
    }


_TITLES = {"first": "Statement", "reminder": "Statement: reminder", "final": "Statement: final notice"}
_NOTICES = {"first": "new", "reminder": "reminder", "final": "final notice"}


def _addressee(effect: LayOutStatement) -> list[str]:
    name = _name(effect.debtor.name)
    return [
        f"To the parent or guardian of {name}" if effect.debtor.guardian else name,
        *_address(effect.debtor.address),
    ]


def _statement_part(part: StatementPart) -> dict[str, object]:
    """One claim: its services, what each payer did, what was paid since and what is left."""
    balance = part.balance
    lines = balance.lines
    rows = [_statement_row(line) for line in lines]
    other = part.amount_cents - sum(line.patient_cents for line in lines)
    hers = min(balance.patient_paid_cents, -other)
    if hers > 0:
        rows.append(["", "Paid by you", "", "", "", money(-hers)])
        other += hers
    if other:
        rows.append(["", "Payments and other changes", "", "", "", money(other)])
    return {
        "title": f"Account {balance.number}, {_NOTICES[part.notice]}",
        "lines": rows,
        "total": [
            "",
            "Total",
            money(sum(line.charge_cents for line in lines)),
            money(sum(line.payer_paid_cents for line in lines)),
            money(sum(line.adjusted_cents for line in lines)),
            money(part.amount_cents),
        ],
        "payers": [_payer_row(payer, last=payer is balance.payers[-1]) for payer in balance.payers],
    }


def _payer_row(payer: PayerPart, *, last: bool) -> str:
    """Only what the last payer left is the patient's; what an earlier one left was the next one's to pay."""
    when = f" on {_short(payer.decided_on)}" if payer.decided_on else ""
    return (
        f"{payer.name}{when}: paid {money(payer.paid_cents)}, took off {money(payer.adjusted_cents)},"
        f" left {money(payer.patient_cents)} to {'you' if last else 'the next insurer'}."
    )


def _warning(effect: LayOutStatement) -> list[str]:
    if effect.notice != "final":
        return []
    return [
        "This is our last statement. If we don't hear from you, a person here decides whether the amounts marked as"
        " final notice are handed to a collection agency, 30 days from this date at the earliest."
    ]


def _assistance(effect: LayOutStatement, reach: str) -> list[str]:
    ask = f"call {reach}" if reach else "write to the address above"
    until = f" You may apply until {_long(effect.assistance_until)}." if effect.assistance_until else ""
    return [f"If you can't afford this bill, {ask} and ask for financial assistance, at no cost to you.{until}"]


def _statement_row(line: StatementLine) -> list[str]:
    amounts = (line.payer_paid_cents, line.adjusted_cents, line.patient_cents)
    charge = money(line.charge_cents) if line.charge_cents or line.service_on else ""
    return [_short(line.service_on), line.description, charge, *map(money, amounts)]


def appeal_data(effect: SendAppeal, contact: Contact) -> dict[str, object]:
    """What the appeal's template prints."""
    claim = effect.claim
    coverage = next((c for c in claim.coverages if c.payer == effect.payer), None)
    days = " to ".join(dict.fromkeys(_short(day) for day in (claim.service_from, claim.service_to) if day))
    facts = [
        ["Claim number", effect.payer_claim_control_number],
        ["Our account", claim.patient_control_number],
        ["Patient", _name(claim.patient.name)],
        ["Member id", coverage.member_id if coverage else ""],
        ["Provider NPI", claim.billing.npi],
        ["Service dates", days],
        ["Amount billed", money(claim.charge_cents)],
        ["Amount in dispute", money(effect.amount_cents)],
        ["Your codes", ", ".join(effect.codes)],
    ]
    enclosures = [f"Document {number}" for number in (sha256[:12] for sha256 in effect.documents)]
    if effect.proof_of_filing:
        enclosures.append(f"Proof of timely filing, document {effect.proof_of_filing[:12]}")
    return {
        "practice": _letterhead(claim, _reach(claim.billing, contact)),
        "to": [effect.payer.name, *([effect.to] if effect.to else []), *_address(effect.payer.address)],
        "date": _long(effect.on),
        "title": effect.level_name or f"Appeal, level {effect.level}",
        "facts": [fact for fact in facts if fact[1]],
        "opening": ["We ask you to review your decision on this claim."],
        "reason": [part for part in effect.reason.splitlines() if part.strip()],
        "request": ["Please reprocess the claim, and send your decision in writing to the address above."],
        "enclosures": enclosures,
        "closing": ["For the provider:", _name(claim.billing.name)],
    }


def money(amount_cents: int) -> str:
    """`$1,234.56`, `-$3.07`."""
    whole, _, part = dollars(abs(amount_cents)).partition(".")
    return f"{'-' if amount_cents < 0 else ''}${int(whole):,}.{part}"


def _letterhead(claim: Claim, reach: str) -> dict[str, object]:
    address = (claim.pay_to.address if claim.pay_to else None) or claim.billing.address
    return {"name": _name(claim.billing.name), "lines": [*_address(address), *([reach] if reach else [])]}


def _reach(provider: Provider, contact: Contact) -> str:
    """The practice's phone: as set, else PER03/PER05/PER07 with qualifier TE."""
    if contact.phone:
        return contact.phone
    for segment in provider.carried:
        if segment[0] == "PER":
            for qualifier, value in zip(segment[3::2], segment[4::2], strict=False):
                if qualifier == "TE":
                    return _phone(value)
    return ""


def _phone(digits: str) -> str:
    if len(digits) == 10 and digits.isdigit():
        return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
    return digits


def _name(name: Name) -> str:
    return " ".join(filter(None, (name.first, name.middle, name.last, name.suffix)))


def _address(address: Address | None) -> list[str]:
    if address is None:
        return []
    code = address.postal_code
    code = f"{code[:5]}-{code[5:]}" if len(code) == 9 and code.isdigit() else code
    city = ", ".join(filter(None, (address.city, " ".join(filter(None, (address.state, code))))))
    return [line for line in (address.line1, address.line2, city, address.country) if line]


def _short(day: Day | None) -> str:
    return f"{day:%m/%d/%Y}" if day else ""


def _long(day: Day) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _printable(data: object) -> object:
    """The same data with control characters as spaces: a PDF's tags may not hold them."""
    if isinstance(data, str):
        return "".join(c if c.isprintable() else " " for c in data)
    if isinstance(data, Mapping):
        return {key: _printable(value) for key, value in data.items()}
    if isinstance(data, Sequence):
        return [_printable(value) for value in data]
    return data
