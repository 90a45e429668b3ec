"""Through the edits: the claim as it goes to the payer that is billed now, whichever payer that is."""

from __future__ import annotations

from claims import other_payers
from claims.claim import Claim
from claims.draft import Draft
from claims.effects import ScrubClaim
from claims.status import Status as S


def outgoing(d: Draft) -> Claim:
    """The claim as it goes to the payer that is billed now, with what the payers before it decided."""
    return other_payers.claim_for(d.state, d.state.billed, d.tables)


def scrub(d: Draft) -> None:
    """Sends the claim as it reads now through the edits."""
    d.forget("scrub_claim", "find_submission")
    d.move(S.CODED)
    d.move(S.SCRUBBING)
    d.ask(
        ScrubClaim(
            id=d.next_effect_id("scrub"),
            version=d.state.claim_version,
            claim=outgoing(d),
            rules=d.state.payer_rules[d.state.billed],
            today=d.today,
        )
    )
