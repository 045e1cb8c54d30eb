"""The result of a run: ``conformance.json`` and the table at the end."""

from __future__ import annotations

import json
from collections import Counter
from enum import Enum
from pathlib import Path
from typing import Any

__all__ = ["Run", "table", "write"]


class Run:
    """What one database did with the cases.

    Attributes:
        facts: who was asked: dialect, connector, product, version, capabilities.
        cases: case id -> ``{"outcome": ..., "reason": ...}``; outcomes are passed, failed, gap and not-claimed.
    """

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts
        self.cases: dict[str, dict[str, Any]] = {}

    def record(self, case: str, outcome: str, **more: Any) -> None:
        """Keep the outcome of a case; the worst one when a case is run several times (parameters)."""
        order = ("passed", "not-claimed", "gap", "failed")
        before = self.cases.get(case)
        if before is None or order.index(outcome) > order.index(before["outcome"]):
            self.cases[case] = {"outcome": outcome, **{k: v for k, v in more.items() if v is not None}}

    def as_json(self) -> dict[str, Any]:
        """Return facts, totals and cases."""
        return {
            **self.facts,
            "totals": dict(sorted(Counter(c["outcome"] for c in self.cases.values()).items())),
            "cases": dict(sorted(self.cases.items())),
        }


def facts_of(engine: Any) -> dict[str, Any]:
    """Return who an engine talks to."""
    import lect

    dialect = engine.dialect
    capabilities = dialect.capabilities
    return {
        "lect": lect.__version__,
        "dialect": dialect.name,
        "connector": dialect.driver,
        "product": capabilities.product,
        "version": ".".join(map(str, capabilities.version)),
        "capabilities": {name: _plain(value) for name, value in capabilities.items()},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def write(runs: list[Run], path: Path) -> None:
    """Write all runs to `path`."""
    text = json.dumps({"runs": [run.as_json() for run in runs]}, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def table(run: Run) -> list[str]:
    """Return the lines of one run's table: a group per line, then everything that is not simply passed."""
    facts = run.facts
    lines = [f"{facts['dialect']}+{facts['connector']} on {facts['product']} {facts['version']}"]
    groups: dict[str, Counter[str]] = {}
    for case, result in run.cases.items():
        groups.setdefault(case.partition(".")[0], Counter())[result["outcome"]] += 1
    lines.append(f"  {'group':<14}{'passed':>8}{'gaps':>8}{'not claimed':>14}{'failed':>8}")
    total: Counter[str] = Counter()
    for group, counts in groups.items():
        total.update(counts)
        lines.append(_line(group, counts))
    lines.append(_line("all", total))
    for outcome in ("gap", "not-claimed", "failed"):
        for case, result in sorted(run.cases.items()):
            if result["outcome"] == outcome:
                reason = result.get("reason")
                lines.append(f"  {outcome:<12} {case}" + (f" - {reason}" if reason else ""))
    return lines


def _line(name: str, counts: Counter[str]) -> str:
    return f"  {name:<14}{counts['passed']:>8}{counts['gap']:>8}{counts['not-claimed']:>14}{counts['failed']:>8}"
