"""`python -m tests.claims.scrub_report`: how many single faults the scrubber catches, misses, and how often it is wrong."""

from __future__ import annotations

from claims.claim import Claim
from claims.payer_rules import FilingLimit, PayerRules
from tests.claims.scrub_claims import rules, wait
from tests.claims.scrub_faults import ALSO, FAULTS
from tests.claims.scrub_unusual import UNUSUAL
from tests.claims.test_scrub import edits


def long_limit() -> PayerRules:
    return rules(filing=FilingLimit(limit=wait(20, "years")))


def kind(claim: Claim) -> str:
    return "837P" if claim.type == "professional" else "837I"


def main() -> None:
    missed = [(name, kind(claim)) for name, claim, expected in FAULTS if expected not in edits(claim)]
    beside = [name for name, claim, expected in FAULTS if edits(claim) - {expected} - ALSO.get(name, set())]
    alarms = [(name, edits(claim, long_limit())) for name, claim in UNUSUAL if edits(claim, long_limit())]
    for label in ("837P", "837I"):
        count = sum(kind(claim) == label for _, claim, _ in FAULTS)
        lost = sum(which == label for _, which in missed)
        print(f"{label}: {count} single faults, {count - lost} caught, {lost} missed")
    print(f"other edits that spoke beside the right one: {len(beside)}")
    print(f"unusual valid claims: {len(UNUSUAL)}, false alarms: {len(alarms)}")
    for line in (*missed, *beside, *alarms):
        print("  ", line)


if __name__ == "__main__":
    main()
