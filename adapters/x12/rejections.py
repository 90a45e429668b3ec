"""Why a payer refused an eligibility question: AAA03 codes in our own words, and what the practice does about each.

Source of the codes: X12 data element 901 as 005010X279A1 uses it in loops 2000A to 2110D (CMS names the same codes in
its HETS 270/271 companion guide); 005010X279A1 gives AAA04, the follow-up. The wording here is ours.
"""

from __future__ import annotations

from typing import NamedTuple

from claims.documents import EligibilityRejection


class Rejection(NamedTuple):
    """One AAA03 code."""

    code: str
    meaning: str
    what_to_do: str


_FIX_MEMBER = "Compare with the member's card and the registration, correct it there and ask again."
_FIX_PROVIDER = (
    "Correct the provider in the practice's settings, or enroll it with this payer; the patient is not at fault."
)
_FIX_DATES = "Correct the date of service asked about and ask again."
_ASK_LATER = "Nothing to correct: ask again later; if it lasts, call the payer."
_FIX_QUESTION = "The question itself is wrong: report it to whoever runs this system, with the segment."

ROWS: tuple[Rejection, ...] = (
    Rejection("04", "More was asked at once than this payer allows", "Ask again in smaller batches."),
    Rejection(
        "15", "Something that this payer needs is missing", "Fill in what is empty for this payer and ask again."
    ),
    Rejection("33", "Something in the question is not understood", _FIX_QUESTION),
    Rejection(
        "35", "The member is out of the network asked about", "Check the plan's network; ask the patient or the plan."
    ),
    Rejection("41", "No permission to ask this payer", "Enroll the practice for eligibility with this payer first."),
    Rejection("42", "The payer cannot answer now", _ASK_LATER),
    Rejection("43", "Provider's identifier missing or not valid", _FIX_PROVIDER),
    Rejection("44", "Provider's name missing or not valid", _FIX_PROVIDER),
    Rejection("45", "Provider's specialty missing or not valid", _FIX_PROVIDER),
    Rejection("46", "Provider's phone number missing or not valid", _FIX_PROVIDER),
    Rejection("47", "Provider's state missing or not valid", _FIX_PROVIDER),
    Rejection(
        "48", "Referring provider's identifier missing or not valid", "Correct the referring provider and ask again."
    ),
    Rejection(
        "49", "Provider is not the patient's primary care physician", "Ask who that is; obtain a referral or a change."
    ),
    Rejection("50", "Provider may not ask about this member", "Enroll the provider for eligibility with this payer."),
    Rejection("51", "Provider is not known to the payer", _FIX_PROVIDER),
    Rejection(
        "52", "Date of service outside the provider's time in the plan", "Check the provider's enrollment dates."
    ),
    Rejection("53", "The benefit asked about does not fit this type of provider", "Ask about another service type."),
    Rejection("54", "Qualifier of the service asked about not accepted", _FIX_QUESTION),
    Rejection("55", "Service asked about not accepted", "Ask by service type, 30 for the whole plan."),
    Rejection("56", "Date not acceptable", _FIX_DATES),
    Rejection("57", "Date of service missing or not valid", _FIX_DATES),
    Rejection("58", "Birth date missing or not valid", _FIX_MEMBER),
    Rejection("60", "Birth date is after the date of service", "Correct whichever of the two dates is wrong."),
    Rejection("61", "The member died before the date of service", "Verify the patient and the date of service."),
    Rejection("62", "Date of service is further back or ahead than the payer answers for", _FIX_DATES),
    Rejection("63", "Date of service is in the future", "Ask on or after the day of service, or about today."),
    Rejection("64", "Patient's identifier missing or not valid", _FIX_MEMBER),
    Rejection("65", "Patient's name missing or not valid", _FIX_MEMBER),
    Rejection("66", "Patient's sex missing or not valid", _FIX_MEMBER),
    Rejection(
        "67", "Patient not found", "Check name, birth date and relationship to the subscriber; the plan may be another."
    ),
    Rejection("68", "Two patients share this identifier", "Add birth date and full name, else call the payer."),
    Rejection("69", "Does not fit the patient's age", "Verify birth date and service."),
    Rejection("70", "Does not fit the patient's sex", "Verify the registration and the service."),
    Rejection("71", "Birth date differs from the payer's", _FIX_MEMBER),
    Rejection("72", "Member number missing or not valid", _FIX_MEMBER),
    Rejection("73", "Subscriber's name missing or not valid", _FIX_MEMBER),
    Rejection("74", "Subscriber's sex missing or not valid", _FIX_MEMBER),
    Rejection("75", "Subscriber not found", "Check member number, name, birth date and payer; ask for other coverage."),
    Rejection("76", "Two subscribers share this identifier", "Add birth date and full name, else call the payer."),
    Rejection(
        "77",
        "Subscriber found, patient not",
        "Check the dependent's name, birth date and relationship; is she enrolled?",
    ),
    Rejection("78", "The subscriber is not in the group named", "Check group number and employer."),
    Rejection("79", "Sender or receiver not recognised", "Check the payer id and the practice's enrollment with it."),
    Rejection("80", "The payer did not answer in time", _ASK_LATER),
    Rejection("97", "Provider's address missing or not valid", _FIX_PROVIDER),
    Rejection("98", "The service counts as experimental", "Ask the plan; a predetermination may be needed."),
    Rejection("AA", "Authorization number not found", "Check the number and its payer."),
    Rejection("AE", "Needs the primary care physician's authorization", "Obtain the referral before the service."),
    Rejection("AF", "Diagnosis missing or not valid", "Add or correct the diagnosis and ask again."),
    Rejection("AG", "Procedure missing or not valid", "Correct the procedure, or ask by service type."),
    Rejection("AO", "More about the patient's condition is needed", "Add it, or call the payer."),
    Rejection("CI", "The certification does not fit the patient", "Check patient and certification."),
    Rejection("E8", "Needs a medical review", "Send what the payer asks for; the plan decides."),
    Rejection("IA", "Authorization number has the wrong form", "Correct the number and ask again."),
    Rejection("MA", "Authorization number missing", "Add the authorization number and ask again."),
    Rejection("T4", "Payer's name or identifier missing", "Correct the payer id and ask again."),
)
BY_CODE = {row.code: row for row in ROWS}


def rejection(code: str, *, level: str, follow_up: str, segment: int) -> EligibilityRejection:
    """One AAA as a rejection that a person can act on; an unknown code is kept and says so."""
    row = BY_CODE.get(code)
    return EligibilityRejection(
        code=code,
        level=level,
        follow_up=follow_up,
        meaning=row.meaning if row else "A reason that is not in the code list",
        what_to_do=row.what_to_do if row else "Look the code up in the payer's companion guide, or call the payer.",
        segment=segment,
    )
