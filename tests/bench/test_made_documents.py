"""The benchmark's documents are what a payer could send: other people's readers find nothing wrong with them."""

from __future__ import annotations

from io import StringIO

import oxedi
import pytest
import pyx12.params
import pyx12.x12n_document

from adapters.x12.parse import parse
from bench.made_documents import acknowledgement, remittance
from claims.documents import Remittance


@pytest.mark.parametrize("all_differ", [False, True])
def test_a_made_remittance_passes_oxedi_and_pyx12_and_balances(all_differ: bool) -> None:
    raw = remittance(30, all_differ=all_differ)
    assert oxedi.parse(raw).diagnostics == []
    assert pyx12.x12n_document.x12n_document(pyx12.params.ParamsBase(), StringIO(raw.decode()), None, None)
    (one,) = parse(raw).sets
    assert isinstance(one.parsed, Remittance)
    assert (len(one.parsed.claims), one.parsed.difference_cents) == (30, 0)
    assert {line.balanced for claim in one.parsed.claims for line in claim.lines} == {True}


def test_a_made_acknowledgement_rejects_one_claim_in_fifty() -> None:
    document = parse(acknowledgement(100))
    assert document.all_problems == ()
    statuses = [status.codes[0].category for status in document.sets[0].parsed.statuses]  # type: ignore[union-attr]
    assert (statuses.count("A2"), statuses.count("A7")) == (98, 2)


def test_the_same_size_is_the_same_text() -> None:
    assert remittance(12) == remittance(12)
    assert acknowledgement(12) == acknowledgement(12)
