"""Interleaved rounds over contenders in processes of their own, with results that must agree."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from benchmarks import databases
from benchmarks.catalogue import WORKLOADS

CONTENDERS = ("raw", "lect", "sqlalchemy")


class ContenderError(Exception):
    """A contender's process reported an error; the message holds it."""


@dataclass
class Outcome:
    """What one contender did in one workload. Lists have one entry per round."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    """In the workload's unit."""
    ratios: list[float] = field(default_factory=list)
    """Times the raw driver of the same round; empty where there is no raw version."""
    digest: str = ""
    error: str = ""

    @property
    def value(self) -> float | None:
        """Median over rounds, in the workload's unit."""
        return statistics.median(self.values) if self.values else None

    @property
    def ratio(self) -> float | None:
        """Median over rounds of the ratio to the raw driver."""
        return statistics.median(self.ratios) if self.ratios else None


@dataclass
class Comparison:
    """One workload on one database."""

    workload: str
    database: str
    outcomes: dict[str, Outcome]
    differences: list[str] = field(default_factory=list)
    """Why the results of the contenders are not the same; empty when they are."""

    @property
    def goal(self) -> float | None:
        """What the project aims at: times raw, or in the workload's unit."""
        return WORKLOADS[self.workload].goal.get(self.database)

    def relative(self, contender: str, other: str) -> float | None:
        """Median of `contender`'s time over `other`'s in the same round."""
        mine, theirs = self.outcomes.get(contender), self.outcomes.get(other)
        if mine is None or theirs is None or not mine.values or not theirs.values:
            return None
        return statistics.median(a / b for a, b in zip(mine.values, theirs.values, strict=True))


class Process:
    """A running worker."""

    def __init__(self, workload: str, contender: str, size: int, url: str, prefix: tuple[str, ...] = ()) -> None:
        self.contender = contender
        environment = {
            **os.environ,
            "LECT_BENCH_URL": databases.with_driver(url, contender),
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": os.pathsep.join([str(databases.ROOT), os.environ.get("PYTHONPATH", "")]),
        }
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "benchmarks.worker", workload, contender, str(size)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        try:
            self.receive()
        except ContenderError:
            self.close()
            raise

    def receive(self) -> dict[str, Any]:
        """The next answer."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise ContenderError(f"{self.contender} ended without an answer (exit status {self.process.wait()})")
        message: dict[str, Any] = json.loads(line)
        if "error" in message:
            if os.environ.get("LECT_BENCH_TRACEBACK"):
                sys.stderr.write(message["traceback"])
            raise ContenderError(message["error"])
        return message

    def ask(self, command: str) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.receive()

    def close(self) -> None:
        """Let it finish; make it, if it does not."""
        try:
            if self.process.stdin is not None:
                self.process.stdin.write("quit\n")
                self.process.stdin.close()
            self.process.wait(30)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        finally:
            if self.process.stdout is not None:
                self.process.stdout.close()


def compare(
    workload: str,
    database: str = "sqlite",
    *,
    rounds: int = 5,
    scale: float = 1.0,
    contenders: tuple[str, ...] = CONTENDERS,
    collect: bool = True,
    clock: str = "wall",
) -> Comparison:
    """Run one workload: a round to warm up, then `rounds` rounds in which the contenders take turns, in changing order.

    Args:
        scale: factor on the workload's size.
        collect: whether the cyclic collector runs during the rounds.
        clock: "wall", or "cpu" for the contender's own processor time (steadier on a shared machine; leaves out what a
            database server does).
    """
    kind = WORKLOADS[workload]
    size = max(1, round(kind.size * scale)) if kind.size > 1 else 1
    taking_part = tuple(c for c in contenders if c != "raw" or kind.has_raw)
    label = database.partition(":")[0].partition("+")[0]
    comparison = Comparison(workload, label, {c: Outcome() for c in taking_part})
    with databases.one_each(database, taking_part) as urls:
        processes: dict[str, Process] = {}
        try:
            for contender in taking_part:
                try:
                    processes[contender] = Process(workload, contender, size, urls[contender])
                except ContenderError as error:
                    comparison.outcomes[contender].error = str(error)
            for number in range(-1, rounds):
                _one_round(comparison, processes, number, collect, clock, kind.unit)
            comparison.differences = _differences(comparison, processes)
        finally:
            for process in processes.values():
                process.close()
    return comparison


def _one_round(
    comparison: Comparison, processes: dict[str, Process], number: int, collect: bool, clock: str, unit: str
) -> None:
    """One turn of everybody; number -1 is the warm-up, of which only the digest is kept."""
    order = list(processes)
    shift = number % len(order) if order else 0
    order = order[shift:] + order[:shift]
    answers: dict[str, dict[str, Any]] = {}
    for contender in order:
        try:
            answers[contender] = processes[contender].ask("round" if collect else "round nogc")
        except ContenderError as error:
            comparison.outcomes[contender] = Outcome(error=str(error))
            processes.pop(contender).close()
    figures = {c: _figure(answer, clock, unit) for c, answer in answers.items()}
    for contender, answer in answers.items():
        outcome = comparison.outcomes[contender]
        if outcome.digest and outcome.digest != answer["digest"]:
            outcome.error = "two rounds gave different results"
        outcome.digest = answer["digest"]
        if number < 0:
            continue
        outcome.seconds.append(answer["seconds"])
        outcome.cpu.append(answer["cpu"])
        outcome.values.append(figures[contender])
        if "raw" in figures:
            outcome.ratios.append(figures[contender] / figures["raw"])


def _figure(answer: dict[str, Any], clock: str, unit: str) -> float:
    """A round's figure in the workload's unit; by the process's own processor time if that is the clock."""
    value = float(answer["value"])
    if clock == "cpu" and unit in ("s", "us"):
        value *= answer["cpu"] / answer["seconds"]
    return value


def _differences(comparison: Comparison, processes: dict[str, Process]) -> list[str]:
    """Contenders whose result is not that of the first one that gave any, with the head of both."""
    digests = {c: o.digest for c, o in comparison.outcomes.items() if o.digest and c in processes}
    if len(set(digests.values())) <= 1:
        return []
    heads = {c: processes[c].ask("show")["head"] for c in digests}
    first = next(iter(digests))
    return [
        f"{c} and {first} differ:\n    {first}: {heads[first]}\n    {c}: {heads[c]}"
        for c in digests
        if digests[c] != digests[first]
    ]
