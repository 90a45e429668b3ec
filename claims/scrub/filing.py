"""Edits on timely filing: the last day to file under the payer's rules, passed or near."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from claims.base import Day
from claims.deadlines import add_months, filing_basis, last_filing_day
from claims.scrub.edit import Fault, Scene

_LONGEST_MONTHS = 12
"""The longest that payers commonly give: Medicare (42 CFR 424.44) and Medicaid (42 CFR 447.45(d)) both stop there."""
_DELAY_REASON = 14
"""Place of CLM20 (delay reason code) in `Claim.indicators`, which begins at CLM06."""


def last_day_to_file(scene: Scene) -> Day | None:
    """The last day on which the payer takes the claim; None where no limit runs.

    Replacements and voids (frequency 7, 8) have windows of their own, and a wait in seconds is a sandbox's. A service
    in the future is another edit's business.
    """
    claim, rules = scene.claim, scene.rules
    if claim.frequency in {"7", "8"} or scene.notice or rules.filing.limit.unit == "seconds":
        return None
    decided = _decided_on(scene)
    basis, _ = filing_basis(claim, rules.filing)
    if basis is None or max(basis, decided or basis) > scene.today:
        return None
    last, _ = last_filing_day(claim, rules, scene.tables.holidays, decided)
    return last


def _decided_on(scene: Scene) -> Day | None:
    """When the payers before this one decided, the latest of them; None where the claim goes to the primary."""
    if scene.payer is None or scene.payer.order == "primary":
        return None
    days = [c.prior.decided_on for c in scene.claim.coverages[1:] if c.prior and c.prior.decided_on]
    days += [d.decided_on for line in scene.claim.lines for d in line.decisions if d.decided_on]
    return max(days, default=None)


def _excused(scene: Scene) -> bool:
    indicators = scene.claim.indicators
    return len(indicators) > _DELAY_REASON and bool(indicators[_DELAY_REASON])


def _own_rules(scene: Scene) -> bool:
    """Whether the limit is this payer's: found by its id, or the law of a whole line of business (Medicare's year).

    The default rules, and those of a Medicaid whose state nobody entered, are careful guesses: the shortest figure.
    """
    by_law = bool(scene.rules.filing_indicators) and scene.rules.filing.limit.unit == "years"
    return bool(scene.rules.payer_ids) or by_law


def limit_passed(scene: Scene) -> Iterator[Fault]:
    """Past the payer's own limit, or past a year, the longest that payers commonly give."""
    last = last_day_to_file(scene)
    if last and scene.today > last and not _excused(scene) and (_own_rules(scene) or _past_a_year(scene)):
        yield Fault(
            "2300 CLM",
            f"the last day to file was {last} ({scene.rules.name})",
            "send proof of timely filing, or a delay reason (CLM20) that the payer accepts",
        )


def limit_perhaps_passed(scene: Scene) -> Iterator[Fault]:
    last = last_day_to_file(scene)
    if last and scene.today > last and not _excused(scene) and not _own_rules(scene) and not _past_a_year(scene):
        yield Fault(
            "2300 CLM",
            f"no filing limit of this payer is known; the usual one passed on {last}",
            "look the limit up in the payer's manual, and enter it in payer_rules/",
        )


def _past_a_year(scene: Scene) -> bool:
    return bool(scene.days) and add_months(min(scene.days[-1], scene.today), _LONGEST_MONTHS) < scene.today


def limit_passed_with_reason(scene: Scene) -> Iterator[Fault]:
    last = last_day_to_file(scene)
    if last and scene.today > last and _excused(scene):
        yield Fault(
            "2300 CLM20",
            f"the last day to file was {last} ({scene.rules.name}); the claim gives a delay reason",
            "make sure that the payer accepts the reason, and have the proof at hand",
        )


def limit_near(scene: Scene) -> Iterator[Fault]:
    last = last_day_to_file(scene)
    days = max(scene.rules.filing.warn_days, default=0)
    if last and _own_rules(scene) and scene.today <= last <= scene.today + timedelta(days=days):
        yield Fault(
            "2300 CLM", f"the last day to file is {last} ({scene.rules.name})", "send the claim now, keep the proof"
        )
