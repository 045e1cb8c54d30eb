"""The outcome as a table for people and as JSON for machines."""

from __future__ import annotations

import platform
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from importlib import metadata
from typing import Any

from benchmarks.catalogue import WORKLOADS
from benchmarks.harness import Comparison, Outcome


def table(comparisons: Sequence[Comparison], contenders: Sequence[str]) -> str:
    """One line per workload: times the raw driver (or the figure in its unit), the goal, Lect against SQLAlchemy."""
    header = ["workload", "db", *contenders, "goal", "lect/sqlalchemy", "results"]
    rows = [header, *(_row(c, contenders) for c in comparisons)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(header))]
    lines = []
    for number, row in enumerate(rows):
        cells = [cell.ljust(w) if i < 2 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))]
        lines.append("  ".join(cells).rstrip())
        if number == 0:
            lines.append("  ".join("-" * w for w in widths))
    return "\n".join([*lines, *_notes(comparisons)])


def _row(comparison: Comparison, contenders: Sequence[str]) -> list[str]:
    unit = WORKLOADS[comparison.workload].unit
    cells = [_cell(comparison.outcomes.get(c), c, unit) for c in contenders]
    goal = "" if comparison.goal is None else f"{comparison.goal:g} {'x' if unit == 's' else unit}"
    relative = comparison.relative("lect", "sqlalchemy")
    done = [o for o in comparison.outcomes.values() if o.digest]
    agree = "DIFFER" if comparison.differences else "same" if len(done) > 1 else ""
    return [comparison.workload, comparison.database, *cells, goal, f"{relative:.2f}" if relative else "", agree]


def _cell(outcome: Outcome | None, contender: str, unit: str) -> str:
    if outcome is None:
        return "-"
    if outcome.error:
        return "ERROR"
    if outcome.value is None:
        return "-"
    if unit != "s":
        return f"{outcome.value:.4g} {unit}"
    if contender == "raw" or outcome.ratio is None:
        return f"{outcome.value * 1000:.4g} ms"
    return f"{outcome.ratio:.2f} x"


def _notes(comparisons: Iterable[Comparison]) -> list[str]:
    notes = []
    for comparison in comparisons:
        for contender, outcome in comparison.outcomes.items():
            if outcome.error:
                notes.append(f"{comparison.workload}: {contender}: {outcome.error}")
        notes += [f"{comparison.workload}: {text}" for text in comparison.differences]
    return ["", *notes] if notes else []


def as_json(comparisons: Iterable[Comparison], settings: dict[str, Any]) -> dict[str, Any]:
    """Everything that was measured, with what it was measured on."""
    return {
        "settings": settings,
        "environment": environment(),
        "comparisons": [
            {
                "workload": c.workload,
                "about": WORKLOADS[c.workload].about,
                "database": c.database,
                "unit": WORKLOADS[c.workload].unit,
                "goal": c.goal,
                "lect_to_sqlalchemy": c.relative("lect", "sqlalchemy"),
                "differences": c.differences,
                "contenders": {
                    name: {
                        "value": o.value,
                        "times_raw": o.ratio,
                        "rounds": o.values,
                        "ratios": o.ratios,
                        "seconds": o.seconds,
                        "cpu": o.cpu,
                        "error": o.error or None,
                    }
                    for name, o in c.outcomes.items()
                },
            }
            for c in comparisons
        ],
    }


def environment() -> dict[str, str]:
    """Versions that figures depend on."""
    found = {
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "sqlite": sqlite3.sqlite_version,
    }
    for distribution in ("lect", "lect-orm", "sqlalchemy", "psycopg2-binary", "pymysql"):
        try:
            found[distribution] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
    return found
