"""Workloads that measure something else than the time of a task: the cost of importing, the memory of an object."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
import tracemalloc
from typing import Any, ClassVar

from benchmarks import data
from benchmarks.library import MODULES
from benchmarks.orm_reading import WIDE, OrmReading, thing_values
from benchmarks.raw import moment, money
from benchmarks.workload import Workload


class Startup(Workload):
    """Milliseconds that a program takes above a bare interpreter, both measured one after the other."""

    unit = "ms"
    size = 1
    needs_engine = False
    uses_orm = False
    program: ClassVar[str]
    raw_program: ClassVar[str] = "import sqlite3; sqlite3.connect(':memory:').execute('SELECT 1').fetchone()"

    def raw(self) -> Any:
        return self._above_bare(self.raw_program), None

    def library(self) -> Any:
        core, orm = MODULES[self.lib.name]
        return self._above_bare(self.program.format(core=core, orm=orm)), None

    def _above_bare(self, program: str) -> float:
        bare = _seconds("pass")
        return (_seconds(program) - bare) * 1000

    def plain(self, result: Any) -> Any:
        return None


def _seconds(program: str) -> float:
    # The best of three: a start-up is disturbed upwards only.
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True)
        best = min(best, time.perf_counter() - started)
    return best


class ImportCore(Startup):
    name = "import_first_query"
    about = "import, make an engine, run a first query"
    goal = {"sqlite": 45}
    program = (
        "from {core} import create_engine, text\n"
        "with create_engine('sqlite://').connect() as c: c.execute(text('SELECT 1')).scalar()"
    )


class ImportOrm(Startup):
    name = "import_orm"
    about = "import core and mapper"
    goal = {"sqlite": 75}
    program = "import {core}, {orm}"
    raw_program = "import sqlite3"


class Memory(OrmReading):
    name = "memory_object"
    about = "bytes that one loaded object of ten columns takes (raw: one tuple)"
    unit = "B"
    size = 20_000
    goal = {"sqlite": 830, "postgresql": 830, "mysql": 830}

    def fill(self) -> None:
        self.driver.fill("wide", data.wide(self.n))

    def before(self) -> None:
        super().before()
        if self.lib is not None:  # what is made once per program is not the object's
            self.session.scalars(self.lib.core.select(self.m.Wide).limit(10)).all()
            self.session.expunge_all()

    def raw(self) -> Any:
        def load() -> Any:
            cursor = self.driver.connection.cursor()
            cursor.execute(f"SELECT {WIDE} FROM wide")
            if not self.driver.converts:
                return cursor.fetchall()
            return [(*r[:6], money(r[6]), moment(r[7]), moment(r[8]), r[9]) for r in cursor]

        return self._measure(load)

    def library(self) -> Any:
        return self._measure(lambda: self.session.scalars(self.lib.core.select(self.m.Wide)).all())

    def _measure(self, load: Any) -> Any:
        gc.collect()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            result = load()
            gc.collect()
            after = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        return (after - before) / len(result), result

    def plain(self, result: Any) -> Any:
        return sorted(row if isinstance(row, tuple) else thing_values(row) for row in result[1])
