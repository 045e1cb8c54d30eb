"""The rules of the architecture as functions: each takes folders and returns what breaks it. `tests/` applies them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """One place that breaks a rule."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def report(findings: list[Finding]) -> str:
    """All findings, one a line; empty when the rule holds, so that a test asserts equality with ``""``."""
    return "\n".join(str(f) for f in sorted(findings))
