"""How the records database went from release to release: alembic's environment, and one step a schema version.

A new step is a file `versions/vNNNN_what.py` with the next number; CONTRIBUTING.md says how one is added.
"""
