"""The sandbox's own reading and writing of X12 005010. Nothing here knows payers, storage or HTTP."""
