"""Machine instructions instead of seconds: they do not depend on what else the machine is doing.

Valgrind counts a whole process, so a workload runs twice, with few and with more repetitions; the difference, divided
by the difference of the repetitions, is what one repetition takes, free of imports, preparation and first-time work.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import databases
from benchmarks.catalogue import WORKLOADS
from benchmarks.harness import ContenderError, Process

COUNTED = ("small_query_core", "small_query_orm", "join_query", "orm_get_cold", "web_request", "stmt_construct")
"""Workloads whose size is a number of repetitions over data that does not grow with it (orm_get_cold: nearly)."""

GOALS = {"small_query_core": 2.6, "small_query_orm": 2.0, "join_query": 2.8}
"""Times the raw driver's instructions, on SQLite."""

REPETITIONS = (40, 140)


@dataclass(frozen=True)
class Count:
    """Instructions that one repetition of a workload takes."""

    workload: str
    contender: str
    instructions: float


def available() -> bool:
    """Whether valgrind is installed."""
    return shutil.which("valgrind") is not None


def count(workload: str, contenders: Sequence[str], report: bool = True) -> list[Count]:
    """Count the contenders, one after the other, on SQLite.

    Raises:
        ContenderError: a contender failed; its message is in the error.
    """
    counts = []
    few, many = REPETITIONS
    for contender in contenders:
        if contender == "raw" and not WORKLOADS[workload].has_raw:
            continue
        difference = _instructions(workload, contender, many) - _instructions(workload, contender, few)
        counts.append(Count(workload, contender, difference / (many - few)))
        if report:
            print(f"  {workload}: {contender}: {counts[-1].instructions:,.0f} instructions", file=sys.stderr)
    return counts


def _instructions(workload: str, contender: str, repetitions: int) -> int:
    with (
        databases.one_each("sqlite", (contender,)) as urls,
        tempfile.TemporaryDirectory(prefix="lect-callgrind-") as folder,
    ):
        log = Path(folder) / "log"
        prefix = ("valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", f"--log-file={log}")
        process = Process(workload, contender, repetitions, urls[contender], prefix)
        try:
            process.ask("bare")
        finally:
            process.close()
        match = re.search(r"Collected\s*:\s*(\d+)", log.read_text())
        if match is None:
            raise ContenderError(f"valgrind counted nothing for {contender}: {log.read_text()[-400:]}")
        return int(match[1])


def table(counts: Sequence[Count]) -> str:
    """Instructions per repetition, and times those of the raw driver."""
    lines = [f"{'workload':20} {'contender':12} {'instructions':>14} {'x raw':>8} {'goal':>6}"]
    raw = {c.workload: c.instructions for c in counts if c.contender == "raw"}
    for c in counts:
        ratio = f"{c.instructions / raw[c.workload]:8.2f}" if c.workload in raw else " " * 8
        goal = f"{GOALS[c.workload]:6.1f}" if c.contender == "lect" and c.workload in GOALS else ""
        lines.append(f"{c.workload:20} {c.contender:12} {c.instructions:14,.0f} {ratio} {goal}".rstrip())
    return "\n".join(lines)


def valgrind_version() -> str:
    """For the report."""
    return subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout.strip()
