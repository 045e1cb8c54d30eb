"""`python -m benchmarks`: measure, print the table, and fail where a limit was asked for and not kept."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import callgrind, harness, report
from benchmarks.catalogue import FIRST, WORKLOADS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; the exit status says whether results agree and limits hold."""
    options = _parser().parse_args(arguments)
    if options.list:
        for name, kind in WORKLOADS.items():
            print(f"{name:20} {kind.about}")
        return 0
    names = list(WORKLOADS) if options.workloads == ["all"] else options.workloads
    unknown = [n for n in names if n not in WORKLOADS]
    if unknown:
        print(f"no such workload: {', '.join(unknown)}; there are {', '.join(WORKLOADS)}", file=sys.stderr)
        return 2
    if options.callgrind:
        return _count(names, options)
    comparisons = []
    for database in options.db:
        for name in names:
            comparison = harness.compare(
                name,
                database,
                rounds=options.rounds,
                scale=options.scale,
                contenders=tuple(options.contenders),
                collect=not options.no_gc,
                clock=options.clock,
            )
            comparisons.append(comparison)
            print(report.table([comparison], options.contenders).splitlines()[2], file=sys.stderr, flush=True)
    print(report.table(comparisons, options.contenders))
    if options.json:
        settings = {k: v for k, v in vars(options).items() if k not in ("json", "list")}
        Path(options.json).write_text(json.dumps(report.as_json(comparisons, settings), indent=1) + "\n")
    return _verdict(comparisons, options.at_most, options.goals)


def _verdict(comparisons: Sequence[harness.Comparison], at_most: float | None, goals: bool) -> int:
    complaints = []
    for c in comparisons:
        if c.differences or any(o.error for o in c.outcomes.values()):
            complaints.append(f"{c.workload}: results differ or a contender failed")
        relative = c.relative("lect", "sqlalchemy")
        if at_most is not None and (relative is None or relative > at_most):
            said = "no figure" if relative is None else f"{relative:.2f}"
            complaints.append(f"{c.workload}: {said} of SQLAlchemy's time, more than {at_most:g}")
        lect = c.outcomes.get("lect")
        if goals and c.goal is not None and lect is not None:
            figure = lect.ratio if WORKLOADS[c.workload].unit == "s" else lect.value
            if figure is None or figure > c.goal:
                complaints.append(f"{c.workload}: {figure or float('nan'):.3g}, goal {c.goal:g}")
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


def _count(names: Sequence[str], options: argparse.Namespace) -> int:
    if not callgrind.available():
        print("valgrind is not installed (Debian: apt-get install valgrind)", file=sys.stderr)
        return 2
    counts, failed = [], False
    for name in names:
        if name not in callgrind.COUNTED:
            print(
                f"{name} cannot be counted per repetition; these can: {', '.join(callgrind.COUNTED)}", file=sys.stderr
            )
            continue
        for contender in options.contenders:
            try:
                counts += callgrind.count(name, [contender])
            except harness.ContenderError as error:
                print(f"{name}: {contender}: {error}", file=sys.stderr)
                failed = True
    print(callgrind.table(counts))
    if options.json:
        rows = [vars(c) for c in counts]
        Path(options.json).write_text(
            json.dumps({"environment": report.environment(), "instructions": rows}, indent=1) + "\n"
        )
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--workloads", nargs="+", default=list(FIRST), metavar="NAME", help="names, or 'all' (default: %(default)s)"
    )
    parser.add_argument("--list", action="store_true", help="list the workloads and end")
    parser.add_argument("--rounds", type=int, default=5, help="rounds after the warm-up (default: %(default)s)")
    parser.add_argument("--scale", type=float, default=1.0, help="factor on the size of every workload")
    parser.add_argument(
        "--db", nargs="+", default=["sqlite"], metavar="DB", help="sqlite, postgresql, mysql or a URL (default: sqlite)"
    )
    parser.add_argument("--contenders", nargs="+", default=list(harness.CONTENDERS), choices=harness.CONTENDERS)
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="what is compared")
    parser.add_argument("--no-gc", action="store_true", help="without the cyclic collector during rounds")
    parser.add_argument("--callgrind", action="store_true", help="count instructions with valgrind instead of seconds")
    parser.add_argument("--json", metavar="FILE", help="write everything measured to FILE")
    parser.add_argument(
        "--at-most", type=float, metavar="X", help="fail unless Lect takes at most X of SQLAlchemy's time"
    )
    parser.add_argument("--goals", action="store_true", help="fail unless Lect reaches the goals")
    return parser


if __name__ == "__main__":
    sys.exit(main())
