"""All workloads by name, in the order of the table."""

from __future__ import annotations

from benchmarks import core_workloads, footprint, orm_reading, orm_writing
from benchmarks.workload import REGISTRY, Workload

_MODULES = (core_workloads, orm_reading, orm_writing, footprint)  # importing them registers their workloads

WORKLOADS: dict[str, type[Workload]] = REGISTRY

FIRST = ("small_query_core", "join_query", "orm_fetch_full", "orm_add_all")
"""What a run without `--workloads` measures: one each of small query, large query, loading, writing."""
