"""One step a schema version, in order. A released step is never edited: databases have gone through it."""
