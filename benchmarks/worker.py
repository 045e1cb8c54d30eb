"""One contender's process: `python -m benchmarks.worker WORKLOAD CONTENDER SIZE`, then one command per line on stdin.

The URL comes in the environment variable LECT_BENCH_URL. Commands: `round [nogc]` answers {"seconds", "cpu", "value",
"digest"}; `bare` runs the task without looking at its result; `show` answers the head of the last result, for when
digests differ; `quit` ends.
Answers are JSON, one a line, on the original stdout; whatever else prints, prints to stderr.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import sys
import time
import traceback
import warnings
from typing import Any

from benchmarks import catalogue, library
from benchmarks.workload import Workload


def make(name: str, contender: str, size: int, url: str) -> Workload:
    """The workload as this contender does it, prepared."""
    kind = catalogue.WORKLOADS[name]
    loaded = None if contender == "raw" else library.load(contender, orm=kind.uses_orm)
    if contender == "sqlalchemy":
        library.check_compiled_extensions()
    workload = kind(contender, loaded, url, size)
    workload.prepare()
    return workload


def one_round(workload: Workload, *, collect: bool = True) -> dict[str, Any]:
    """Run the task once; time it, and describe its result by a digest."""
    workload.before()
    gc.collect()
    if not collect:
        gc.disable()
    try:
        cpu, started = time.process_time(), time.perf_counter()
        result = workload.run()
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    finally:
        gc.enable()
    plain = workload.plain(result)
    value = _value(workload, seconds, result)
    del result
    workload.after()
    text = repr(plain)
    return {
        "seconds": seconds,
        "cpu": cpu,
        "value": value,
        "digest": hashlib.sha256(text.encode()).hexdigest()[:16],
        "head": text[:400],
    }


def _value(workload: Workload, seconds: float, result: Any) -> float:
    """The figure in the workload's own unit."""
    if workload.unit == "us":
        return seconds / workload.n * 1e6
    return seconds if workload.unit == "s" else float(result[0])


def main(name: str, contender: str, size: str) -> None:
    """Answer commands until there are no more."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # a library that prints must not break into the answers
    warnings.simplefilter("ignore")

    def answer(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    workload = None
    head = ""
    try:
        workload = make(name, contender, int(size), os.environ["LECT_BENCH_URL"])
        answer({"ready": True})
        for line in sys.stdin:
            command, *options = line.split()
            if command == "quit":
                break
            if command == "show":
                answer({"head": head})
                continue
            if command == "bare":
                workload.before()
                workload.run()
                workload.after()
                answer({"done": True})
                continue
            outcome = one_round(workload, collect="nogc" not in options)
            head = outcome.pop("head")
            answer(outcome)
        workload.close()
    except Exception as error:
        answer({"error": f"{type(error).__name__}: {error}"[:2000], "traceback": traceback.format_exc()[-4000:]})


if __name__ == "__main__":
    main(*sys.argv[1:])
