"""How long the sandbox's payers take."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field


class Delays(BaseModel):
    """Seconds from one step to the next, before `speed` divides them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    syntax_ack: float = Field(default=0.2, ge=0, description="submission -> TA1, 999 in the polling list")
    payer_ack: float = Field(default=1.0, ge=0, description="submission -> 277CA from the payer")
    remittance: float = Field(default=3.0, ge=0, description="payer's 277CA -> 835")
    repeat: float = Field(default=1.0, ge=0, description="835 -> the same 835 again (SBXTWICE)")
    after_inquiry: float = Field(default=2.0, ge=0, description="276 -> 835 of a payer that waits for one")
    decision: float = Field(default=2.0, ge=0, description="appeal or documents -> letter")
    crossover: float = Field(default=1.0, ge=0, description="835 with status 19 -> the next payer has the claim")
    takeback: float = Field(default=4.0, ge=0, description="835 -> the one that takes it back (SBXTAKEBACK)")
    correction: float = Field(default=1.5, ge=0, description="letter of an overturned appeal -> corrected 835")


class Timing(BaseModel):
    """The delays and how much faster than that they pass."""

    model_config = ConfigDict(frozen=True)

    delays: Delays = Delays()
    speed: float = Field(default=1.0, gt=0)

    def after(self, step: str) -> timedelta:
        """How long `step`, a field of `Delays`, takes."""
        return timedelta(seconds=float(getattr(self.delays, step)) / self.speed)
