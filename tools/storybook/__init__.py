"""The stories of tests/stories as written: who is in them, the documents that come in, and what must follow."""
