"""The tables that the pure core reads, loaded from the data files of claims/codes and payer_rules."""

from adapters.tables.loader import TableError, load_tables

__all__ = ["TableError", "load_tables"]
