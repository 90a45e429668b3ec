"""How long a claim's record is kept, and what decides it. Nothing here erases anything.

Counted from the last change of a closed claim, which is never before the last date of service: the rules count from
earlier, so nothing goes too soon. A state's own law may ask for more: the installation's own figure covers that.
"""

from __future__ import annotations

from datetime import date

from claims.base import Value


class Rule(Value):
    """`years` from the claim's last change, and who says so."""

    years: int
    source: str


HIPAA = Rule(years=6, source="45 CFR 164.316(b)(2)(i)")
"""Documentation of policies, actions and disclosures: the least for everybody."""
BY_LINE_OF_BUSINESS = {
    "medicare": Rule(years=7, source="42 CFR 424.516(f)"),
    "medicare_advantage": Rule(years=10, source="42 CFR 422.504(d)"),
    "medicaid": Rule(years=10, source="42 CFR 438.3(u), managed care"),
}


def rule_for(lines_of_business: tuple[str, ...], own_years: int) -> Rule:
    """The longest of what applies: the law's, those of every payer of the claim, the installation's own."""
    applying = [HIPAA, Rule(years=own_years, source="the installation's own setting")]
    applying += [BY_LINE_OF_BUSINESS[line] for line in lines_of_business if line in BY_LINE_OF_BUSINESS]
    return max(applying, key=lambda rule: rule.years)


def longest(own_years: int) -> Rule:
    """For files that many claims may stand in."""
    return rule_for(tuple(BY_LINE_OF_BUSINESS), own_years)


def kept_until(changed_on: date, rule: Rule) -> date:
    """The first day on which it may be erased. From 29 February it is counted to 1 March."""
    year = changed_on.year + rule.years
    try:
        return changed_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
