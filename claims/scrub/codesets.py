"""Code lists that are short enough to stand in the source: codes alone, each list with its source.

The lists' texts belong to their keepers (NUBC, AMA) and are not copied. Long lists (ICD-10-CM, CARC) stand elsewhere.
"""

from __future__ import annotations

import re


def _codes(listing: str) -> frozenset[str]:
    return frozenset(listing.split())


# CMS Place of Service Code Set, as of 2024-08 (27 since 2023-10, 66 since 2024-08, 10 since 2022-01).
PLACES_OF_SERVICE = _codes(
    "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 31 32 33 34 41 42"
    " 49 50 51 52 53 54 55 56 57 58 60 61 62 65 66 71 72 81 99"
)

# NUBC UB-04 manual, form locator 4: type of facility and bill classification. Retired ones that old claims carry stay.
BILL_TYPES = _codes(
    "11 12 13 14 15 16 17 18 21 22 23 24 25 26 27 28 31 32 33 34 41 42 43 44 45 46 47 48 51 52 53 54 55 56 57 58"
    " 61 62 63 64 65 66 67 68 71 72 73 74 75 76 77 78 79 81 82 83 84 85 86 87 89"
)
INPATIENT = frozenset({"11", "18", "21", "41"})
HOME_OR_HOSPICE = frozenset({"32", "33", "34", "81", "82"})

# NUBC form locator 4, third digit (code source 235). Professional claims use 1, 7 and 8 alone (837P TR3, CLM05-3).
FREQUENCIES = {"professional": frozenset("178"), "institutional": frozenset("012345789ABCDEFGHIJKMNOPQXYZ")}

# NUBC form locator 17, patient discharge status.
PATIENT_STATUSES = _codes(
    "01 02 03 04 05 06 07 09 20 21 30 40 41 42 43 50 51 61 62 63 64 65 66 69 70"
    " 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95"
)

# NUBC form locators 14 and 15. Sources 3, 7, A, B and C are retired; claims from before July 2010 carry them.
ADMISSION_TYPES = frozenset("123459")
ADMISSION_SOURCES = frozenset("1245689DEFG")
RETIRED_ADMISSION_SOURCES = frozenset("37ABC")

# NUBC form locator 42: the categories in use. 0001 (the total of the paper form) is no line of an 837I.
REVENUE_CODE = re.compile(r"^(?:002|01\d|0[2-9]\d|100|210|310)\d$")

# USPS publication 28, appendix B: states, territories, freely associated states, military "states".
STATES = _codes(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR"
    " PA RI SC SD TN TX UT VT VA WA WV WI WY AS FM GU MH MP PR PW VI UM AA AE AP"
)
US_COUNTRIES = frozenset({"", "US", "USA"})

# 837 TR3s, PAT01 and (with 18) SBR02 of loop 2320.
RELATIONSHIPS = frozenset({"01", "19", "20", "21", "39", "40", "53", "G8"})

# 837 TR3s, SBR05: why Medicare is the second payer.
MEDICARE_SECONDARY_TYPES = _codes("12 13 14 15 16 41 42 43 47")

# HCPCS level I (CPT categories I, II, III, PLA, MAAA, administration) and level II; form only, the list is the AMA's.
HCPCS = re.compile(r"^(?:\d{4}[0-9AFMTU]|[A-EGHJ-MP-V]\d{4})$")
# 837 TR3s, SV101-1 and SV202-1.
PROCEDURE_QUALIFIERS = {"professional": _codes("ER HC IV WK"), "institutional": _codes("ER HC HP IV WK")}
# HIPPS rate codes (CMS HIPPS code master): five characters, qualifier HP.
HIPPS = re.compile(r"^[0-9A-Z]{5}$")
MODIFIER = re.compile(r"^[0-9A-Z]{2}$")
# The all-digit modifiers that CPT has or had; 00 to 19 and the rest were never any.
NUMERIC_MODIFIERS = _codes(
    "20 21 22 23 24 25 26 27 29 30 32 33 47 50 51 52 53 54 55 56 57 58 59 60 62 63 66 73 74 75 76 77 78 79 80 81 82 90"
    " 91 92 93 95 96 97 99"
)
# Modifiers that say why the same service stands twice: repeated, distinct, other encounter, practitioner or structure.
REPEAT_MODIFIERS = _codes("27 59 76 77 91 XE XP XS XU")
# Services that are reported, not sold: a charge of zero is right for them.
REPORTED_AT_ZERO = re.compile(r"^(?:\d{4}F|G[89]\d{3}|M\d{4}|99024|0\d{3}A)$")
# No-cost items: a device without cost to the provider, a vaccine supplied by the state.
NO_COST_MODIFIERS = frozenset({"FB", "SL"})

# CMS MBI format: 11 characters, letters without S, L, O, I, B, Z.
_LETTER = "[AC-HJKMNP-RT-Y]"
_EITHER = "[0-9AC-HJKMNP-RT-Y]"
MEDICARE_NUMBER = re.compile(rf"^[1-9]{_LETTER}{_EITHER}\d{_LETTER}{_EITHER}\d{_LETTER}{{2}}\d{{2}}$")

# CMS CLIA number: state code, D, seven digits.
CLIA = re.compile(r"^\d{2}D\d{7}$")

TAXONOMY = re.compile(r"^[0-9A-Z]{9}X$")
ICD10 = re.compile(r"^[A-Z][0-9A-Z]{2,6}$")
# ICD-9-CM diagnosis: 3 to 5 digits, V and two to four digits, E and four or five.
ICD9 = re.compile(r"^(?:\d{3,5}|V\d{2,4}|E\d{3,4})$")
ICD10_PROCEDURE = re.compile(r"^[0-9A-HJ-NP-Z]{7}$")
ICD9_PROCEDURE = re.compile(r"^\d{3,4}$")
# ICD-10-CM guidelines I.C.20: chapter 20, V00 to Y99, is never principal or first.
EXTERNAL_CAUSES = re.compile(r"^[VWXY]\d")
ADJUSTMENT_GROUPS = frozenset({"CO", "PR", "OA", "PI", "CR"})
REMARK = re.compile(r"^(?:MA?|N)\d{1,4}$")
POST_OFFICE_BOX = re.compile(r"\bP\.? ?O\.? *BOX\b|\bPOST OFFICE BOX\b|\bLOCK ?BOX\b", re.IGNORECASE)
