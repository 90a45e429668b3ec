"""Codes of answers in a word or two, for the tables of `inspect`; the words are ours, the codes those of X12's guides."""

from __future__ import annotations

from typing import Final

BENEFITS: Final = {
    "1": "active",
    "2": "active, full risk",
    "3": "active, capitated",
    "4": "active, capitated by primary care",
    "5": "active, under investigation",
    "6": "inactive",
    "7": "inactive, update pending",
    "8": "inactive, under investigation",
    "A": "coinsurance",
    "B": "copay",
    "C": "deductible",
    "CB": "coverage basis",
    "D": "description",
    "E": "exclusion",
    "F": "limit",
    "G": "out-of-pocket maximum",
    "H": "unlimited",
    "I": "not covered",
    "J": "cost containment",
    "K": "reserve",
    "L": "primary care provider",
    "M": "pre-existing condition",
    "MC": "managed care coordinator",
    "N": "restricted to this provider",
    "O": "not medically necessary",
    "P": "disclaimer",
    "Q": "second opinion required",
    "R": "other payer",
    "S": "history of the year before",
    "T": "card reported lost",
    "U": "ask there",
    "V": "can't be answered",
    "W": "other source",
    "X": "facility",
    "Y": "spend-down",
}
"""EB01 (X12 element 1390)."""

PERIODS: Final = {
    "6": "an hour",
    "7": "a day",
    "13": "24 hours",
    "21": "years",
    "22": "service year",
    "23": "calendar year",
    "24": "year to date",
    "25": "contract",
    "26": "episode",
    "27": "a visit",
    "29": "remaining",
    "30": "exceeded",
    "31": "not exceeded",
    "32": "lifetime",
    "33": "lifetime, remaining",
    "34": "a month",
    "35": "a week",
    "36": "an admission",
}
"""EB06 (X12 element 615)."""

INTERCHANGE_NOTES: Final = {
    "001": "IEA02 is not ISA13",
    "002": "its standard is not supported",
    "003": "its version is not supported",
    "004": "segment terminator not valid",
    "005": "qualifier of the sender not valid",
    "006": "sender not valid",
    "007": "qualifier of the receiver not valid",
    "008": "receiver not valid",
    "009": "receiver unknown",
    "010": "qualifier of the authorization not valid",
    "011": "authorization not valid",
    "012": "qualifier of the security information not valid",
    "013": "security information not valid",
    "014": "date not valid",
    "015": "time not valid",
    "016": "standards identifier not valid",
    "017": "version not valid",
    "018": "control number not valid",
    "019": "ISA14 not valid",
    "020": "ISA15 not valid",
    "021": "count of groups not valid",
    "022": "control structure not valid",
    "023": "the file ended too early",
    "024": "content not valid",
    "025": "control number used before",
    "026": "element separator not valid",
    "027": "component separator not valid",
}
"""TA105 (X12 element I18); 000 says that nothing is wrong."""


def worded(code: str, words: dict[str, str]) -> str:
    """`C deductible`; the code alone where nobody has a word for it."""
    return f"{code} {words[code]}" if code in words else code
