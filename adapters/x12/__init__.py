"""X12 documents in both directions: reader.py cuts, a room a transaction set gives meaning, gate.py lets out."""
