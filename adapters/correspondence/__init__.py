"""Statements and letters as PDFs."""

from adapters.correspondence.letters import Contact, TypstLetters

__all__ = ["Contact", "TypstLetters"]
