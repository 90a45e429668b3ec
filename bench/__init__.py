"""Benchmarks: one program a question, each a ratio measured side by side in one run."""
