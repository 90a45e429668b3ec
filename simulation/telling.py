"""One life, told event by event, for whoever looks for what went wrong."""

from __future__ import annotations

from typing import Any

from adapters.tables.loader import load_tables
from simulation.life import Life
from simulation.story import tell
from simulation.town import live


def show(seed: int, number: int, days: int) -> bool:
    """Prints a claim's life; True where it breaks a rule."""
    life = live(seed, number, load_tables(), days=days)
    print(f"seed {seed}, claim {number}: {_about(life)}")
    for event in life.tape:
        print(f"  {event.at:%Y-%m-%d %H:%M} {event.kind:<26} {_said(event.model_dump(exclude_defaults=True))}")
    for finding in life.findings:
        print(f"\n{finding.rule}: {finding.detail}")
        again = any(one.rule == finding.rule for one in tell(life.tape, life.tables))
        print("told again without its world, it breaks" if again else "without its world it doesn't break")
    if not life.findings:
        print(f"no rule is broken; the claim ends {life.claim.status}")
    return bool(life.findings)


def _about(life: Life) -> str:
    rules = ", ".join(rules.name for rules in life.claim.payer_rules)
    charge = life.visit.claim.charge_cents
    return f"{life.visit.claim.type}, {charge // 100}.{charge % 100:02d}, payers {rules}, {life.visit.zone}"


def _said(data: dict[str, Any]) -> str:
    """The fields of an event that fit on a line."""
    kept = {k: v for k, v in data.items() if k not in ("at", "id", "kind", "claim", "payer_rules", "document")}
    if "payment" in kept:
        payment = kept["payment"]
        found = [
            *payment.get("adjustments", ()),
            *(a for x in payment.get("lines", ()) for a in x.get("adjustments", ())),
        ]
        told = ", ".join(f"{a['group']}-{a['reason']} {a['amount_cents']}" for a in found)
        kept["payment"] = f"{payment['status_code']} of {payment['charge_cents']}: {payment['paid_cents']}; {told}"
    if "status" in kept and isinstance(kept["status"], dict):
        kept["status"] = ":".join(code["category"] for code in kept["status"]["codes"])
    return ", ".join(f"{k} {v}" for k, v in kept.items())[:200]
