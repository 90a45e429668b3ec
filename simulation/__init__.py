"""The core in a made-up world with its own clock: seeded, deterministic, and checked by an independent auditor."""
