"""Names that running workflows, stored schedules and links depend on: they never change."""

from __future__ import annotations

TASK_QUEUE = "claimline"
CLAIM = "ClaimWorkflow"
PATIENT_ACCOUNT = "PatientAccountWorkflow"
INBOX = "InboxWorkflow"
INBOUND_DOCUMENT = "InboundDocumentWorkflow"
REMITTANCE = "RemittanceWorkflow"
INBOX_SCHEDULE = "claimline-inbox"
DELIVER = "deliver"
"""The signal by which documents reach a claim: `{"events": [...]}`."""
HAND_OVER = "hand_over"
"""The signal by which operations move a claim or account to another worker's queue: `{"queue": "..."}`."""

OPENED = "sealed"
"""Metadata that the payload codec puts on what it opened, and nobody else can (adapters/codec.py)."""
SHUT = b"binary/encrypted"
"""The encoding of a payload that no key opened."""
PERSON = "person"
"""Metadata, under seal, of what the codec server sealed for somebody."""
WORDS = "words"
"""Metadata of a claim's start, under seal: its free text must come sealed, too."""


def carrier_queue(task_queue: str) -> str:
    """Where activities wait on the clearinghouse: one that is slow, down or limited holds up nothing but this queue."""
    return f"{task_queue}-carrier"


def claim_workflow_id(practice: str, claim_id: str) -> str:
    """`claim/{practice}/{claim_id}`: opaque ids only."""
    return f"claim/{practice}/{claim_id}"


def account_workflow_id(practice: str, account: str) -> str:
    """`account/{practice}/{guarantor}`: opaque ids only."""
    return f"account/{practice}/{account}"


def document_workflow_id(sha256: str) -> str:
    """One workflow for a document's content, however often it comes."""
    return f"document/{sha256[:32]}"
