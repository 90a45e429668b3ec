"""The last day for something, asked for at the phone: rules and dates alone, no claim.

The counting is that of deadlines.py and appeals.py; here it is said what else has to be known.
"""

from __future__ import annotations

from datetime import date

from claims.appeals import find_level, ladder, window
from claims.base import Day, Value
from claims.claim import ClaimType
from claims.deadlines import counted_day, wait_for
from claims.money import dollars
from claims.payer_rules import AppealLevel, MoneyTest, Party, PayerRules
from claims.tables import Tables


class LastDay(Value):
    """A last day, or None where there is none; `missing` says what is not known, or why there is none."""

    last_day: Day | None
    counted: str
    source: str
    missing: tuple[str, ...] = ()


def filing(
    rules: PayerRules,
    claim_type: ClaimType | None,
    service_from: date,
    service_to: date | None,
    prior_decision: date | None,
    tables: Tables,
) -> LastDay:
    """The last day to file a claim for services of these days.

    A later payer's limit counts from `prior_decision`. What is not told is taken so that the day comes out early.
    """
    limit, missing = rules.filing, []
    if prior_decision is not None and limit.secondary is not None:
        day, counted = counted_day(
            prior_decision, limit.secondary, "the prior payer's decision", tables.holidays, roll=limit.roll
        )
        return LastDay(last_day=day, counted=counted, source=limit.secondary.source)
    if prior_decision is not None:
        missing.append("this payer's limit counts from the service as second payer too: the decision does not move it")
    by_type = limit.basis_professional != limit.basis_institutional
    basis = limit.basis_institutional if claim_type == "institutional" else limit.basis_professional
    if claim_type is None and by_type and service_to not in (None, service_from):
        basis = "service_from"
        missing.append("claim type: counted from the first day of service; the other type counts from the last")
    if basis == "service_to" and service_to is None:
        missing.append("last day of service (--to): taken as the first")
    day, words = service_from, "the first day of service"
    if basis == "service_to":
        day, words = service_to or service_from, "the last day of service"
    last, counted = counted_day(day, limit.limit, words, tables.holidays, roll=limit.roll)
    return LastDay(last_day=last, counted=counted, source=limit.limit.source, missing=tuple(missing))


def documents(rules: PayerRules, asked: date, tables: Tables) -> LastDay:
    """The last day to send what a payer asked for on this day."""
    wait = wait_for(rules, "documents")
    day, counted = counted_day(asked, wait, "the request", tables.holidays)
    return LastDay(last_day=day, counted=counted, source=wait.source)


def appeal(
    rules: PayerRules,
    number: int,
    notice: date,
    amount_cents: int | None,
    requested: date | None,
    tables: Tables,
    party: Party = "provider",
) -> LastDay:
    """The last day to file at a level, counted from the notice it answers; none where the money is too little.

    The test of money is that of the day of the request. Where that is not told, an amount that passes on every day up
    to the last passes, one that fails on every day fails, and for any other the day is missing.
    """
    level = find_level(rules, number, party)
    if level is None:
        return LastDay(last_day=None, counted="", source="", missing=(no_level(rules, number, party),))
    found = window(level, notice, rules, tables, party)
    missing: list[str] = []
    last = found.last_day
    if requested is not None and last is not None and requested > last:
        missing.append(f"too late: a request of {requested.isoformat()} is after the last day")
    if requested is not None and requested < notice:
        missing.append(f"the request of {requested.isoformat()} is before the notice")
    short, unknown = _money(level, amount_cents, (requested or notice, requested or last or notice))
    if short:
        return LastDay(last_day=None, counted=found.counted, source=level.source, missing=(short, *missing))
    return LastDay(last_day=last, counted=found.counted, source=level.source, missing=(*unknown, *missing))


def no_level(rules: PayerRules, number: int, party: Party = "provider") -> str:
    """Why there is no such level here, with those there are."""
    levels = ", ".join(f"{level.level} {level.name}" for level in ladder(rules, party).levels)
    if not levels:
        whose = "" if party == "provider" else f" of a {party}"
        return f"no appeal levels{whose} are known for {rules.name}"
    return f"there is no appeal level {number} for {rules.name}; its levels are {levels}"


def _money(level: AppealLevel, amount_cents: int | None, days: tuple[date, date]) -> tuple[str, tuple[str, ...]]:
    """Why the money is too little (empty where it is not), and what can't be told about it."""
    tests = sorted(level.money_tests, key=lambda test: test.since)
    if not tests:
        return "", ()
    first, last = (day.isoformat() for day in days)
    reached = [test for test in tests if test.since <= first]
    if not reached:
        return "", (f"amount for requests before {tests[0].since}: not in these rules",)
    in_force = [reached[-1], *(test for test in tests if first < test.since <= last)]
    said = _said(in_force)
    if amount_cents is None:
        return "", (f"amount (--amount): {level.name} needs {said}",)
    if amount_cents >= max(test.amount_cents for test in in_force):
        return "", ()
    if amount_cents < min(test.amount_cents for test in in_force):
        return f"not enough money: {level.name} needs {said}; there are {dollars(amount_cents)}", ()
    return "", (f"day of the request (--requested): {level.name} needs {said}; there are {dollars(amount_cents)}",)


def _said(tests: list[MoneyTest]) -> str:
    amounts = (f"{dollars(test.amount_cents)} dollars (requests from {test.since})" for test in tests)
    return f"{' or '.join(amounts)} in controversy"
