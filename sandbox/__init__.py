"""A clearinghouse with scripted payers, served over HTTP.

It reads and writes X12 with its own code and shares none with the rest of the project, so that a mistake in one
reader is not hidden by the same mistake in the other. What a payer does is data: one file each under `payers/`.
"""
