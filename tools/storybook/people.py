"""Who the stories are about. All made up."""

from __future__ import annotations

from storybook.x12 import Line, Patient, Payer, Visit

HARBOR = Payer("HARBOR HEALTH PLAN", "HARBR", "CI")
"""A commercial plan of which we know no rules: payer_rules/default.toml."""
MEDICARE = Payer("MEDICARE PART B", "MCPTB", "MB")
MEDICAID = Payer("STATE MEDICAID", "STMCD", "MC")
SUMMIT = Payer("SUMMIT SUPPLEMENT", "SUMIT", "CI")

ADA = Patient("ALDER", "ADA", "1980-05-17", "F", "HB100200300")
BEN = Patient("BIRCH", "BEN", "1975-11-02", "M", "HB100200411")
CLARA = Patient("CEDAR", "CLARA", "1962-01-28", "F", "HB100200522")
ELMER = Patient("ELM", "ELMER", "1949-08-09", "M", "1EG4TE5MK73")
"""Medicare's own example of a beneficiary number."""

VISIT = Visit("LK1001", ADA, HARBOR, (Line("99213", "125.00"),))
LONG_VISIT = Visit("LK1002", BEN, HARBOR, (Line("99214", "180.00"), Line("83036", "20.00")))
MEDICARE_VISIT = Visit("LK1003", ELMER, MEDICARE, (Line("99214", "180.00"),))
