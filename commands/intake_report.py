"""What `start` says of every file: counts that add up, refusals with their places, findings. As JSON and for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from claims.findings import Finding


@dataclass(slots=True)
class FileReport:
    """One file. `claims` = started + already known + refused, always."""

    file: str
    claims: int = 0
    started: int = 0
    already_known: int = 0
    refusals: list[tuple[str, int, str]] = field(default_factory=list)
    """CLM01, segment, reason."""
    findings: list[tuple[str, Finding]] = field(default_factory=list)
    notes: list[tuple[str, int, str]] = field(default_factory=list)
    """CLM01 (empty for the file's own), segment, and what a person should know of what was taken or passed over."""
    unreadable: str = ""

    @property
    def refused(self) -> int:
        return len(self.refusals)

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "file": self.file,
            "claims": self.claims,
            "started": self.started,
            "already_known": self.already_known,
            "refused": self.refused,
            "refusals": [{"claim": c, "segment": s, "reason": r} for c, s, r in self.refusals],
            "findings": [
                {
                    "claim": claim,
                    "edit": finding.edit,
                    "severity": finding.severity,
                    "where": finding.where,
                    "reason": finding.reason,
                    "fix": finding.fix,
                }
                for claim, finding in self.findings
            ],
        }
        if self.notes:
            told["notes"] = [{"claim": c, "segment": s, "note": n} for c, s, n in self.notes]
        if self.unreadable:
            told["unreadable"] = self.unreadable
        return told


@dataclass(slots=True)
class IntakeReport:
    """All files of one `start`."""

    files: list[FileReport] = field(default_factory=list)
    dry_run: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "files": [one.as_json() for one in self.files],
            "claims": sum(one.claims for one in self.files),
            "started": sum(one.started for one in self.files),
            "already_known": sum(one.already_known for one in self.files),
            "refused": sum(one.refused for one in self.files),
        }

    @property
    def exit_code(self) -> int:
        """0 clean, 1 something refused or an error found, 2 a file that can't be read or holds no claims."""
        if any(one.unreadable for one in self.files):
            return 2
        errors = any(finding.severity == "error" for one in self.files for _, finding in one.findings)
        return 1 if errors or any(one.refused for one in self.files) else 0

    def show(self, console: Console) -> None:
        """For people: one row a file, then what was refused, found and noted."""
        table = Table(title="Dry run: nothing was started" if self.dry_run else None, title_justify="left")
        table.add_column("file", overflow="fold")
        for name in ("claims", "would start" if self.dry_run else "started", "already known", "refused", "findings"):
            table.add_column(name, justify="right")
        for one in self.files:
            counts = (one.claims, one.started, one.already_known, one.refused, len(one.findings))
            table.add_row(escape(one.file), *(str(count) for count in counts))
        if len(self.files) > 1:
            told = self.as_json()
            sums = [told[name] for name in ("claims", "started", "already_known", "refused")]
            found = sum(len(one.findings) for one in self.files)
            table.add_section()
            table.add_row("all", *(str(total) for total in (*sums, found)))
        console.print(table)
        for one in self.files:
            _details(console, one)


def _details(console: Console, one: FileReport) -> None:
    if not (one.refusals or one.findings or one.notes):
        return
    console.print(f"[bold]{escape(one.file)}[/bold]")
    for claim, segment, reason in one.refusals:
        console.print(f"  [red]refused[/red] {escape(claim) or 'a claim'}, segment {segment}: {escape(reason)}")
    for claim, segment, note in one.notes:
        console.print(f"  [cyan]note[/cyan] {escape(claim) or 'the file'}, segment {segment}: {escape(note)}")
    for claim, finding in one.findings:
        colour = "red" if finding.severity == "error" else "yellow"
        console.print(
            f"  [{colour}]{finding.severity}[/{colour}] {escape(claim)}, {escape(finding.where)}: "
            f"{escape(finding.reason)} ({finding.edit}). {escape(finding.fix)}"
        )
