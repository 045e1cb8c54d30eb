"""The benchmarks measure what they say: workloads agree, differences and failures are not hidden, ratios are right."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from benchmarks import __main__ as command_line
from benchmarks import harness, report
from benchmarks.catalogue import FIRST, WORKLOADS
from benchmarks.harness import Comparison, Outcome

SMALL = 0.002
WITH_RAW = [name for name, kind in WORKLOADS.items() if kind.has_raw and kind.size > 1]


@pytest.mark.parametrize("name", WITH_RAW)
def test_the_mapper_and_the_driver_give_the_same(name: str) -> None:
    comparison = harness.compare(name, rounds=1, scale=SMALL, contenders=("raw", "lect"))
    assert [o.error for o in comparison.outcomes.values()] == ["", ""]
    assert comparison.differences == []
    assert all(len(o.values) == 1 for o in comparison.outcomes.values())


@pytest.mark.parametrize("name", FIRST)
def test_all_three_give_the_same(name: str) -> None:
    pytest.importorskip("sqlalchemy", reason="the rival of the benchmarks is installed by `nox -s bench`")
    comparison = harness.compare(name, rounds=1, scale=SMALL)
    assert [o.error for o in comparison.outcomes.values()] == ["", "", ""]
    assert comparison.differences == []


def test_the_first_workloads_exist() -> None:
    assert set(FIRST) <= WORKLOADS.keys()
    assert len(WORKLOADS) >= 20


# What the harness does with contenders that disagree, fail, or end, shown with workers that are told to.


class FakeProcess:
    """Answers like a worker whose rounds take `seconds`."""

    def __init__(self, contender: str, seconds: list[float], digest: str) -> None:
        self.contender, self.seconds, self.digest = contender, list(seconds), digest
        self.closed = False

    def ask(self, command: str) -> dict[str, Any]:
        if command == "show":
            return {"head": f"result {self.digest}"}
        if not self.seconds:
            raise harness.ContenderError(f"{self.contender} gave up")
        seconds = self.seconds.pop(0)
        return {"seconds": seconds, "cpu": seconds / 2, "value": seconds, "digest": self.digest}

    def close(self) -> None:
        self.closed = True


def run_fakes(monkeypatch: pytest.MonkeyPatch, fakes: dict[str, FakeProcess], **options: Any) -> Comparison:
    monkeypatch.setattr(harness, "Process", lambda workload, contender, size, url: fakes[contender])
    return harness.compare("join_query", contenders=tuple(fakes), **options)


def test_ratios_are_taken_inside_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    # The machine is four times slower in the second round: no ratio changes. The warm-up (99) does not count.
    fakes = {
        "raw": FakeProcess("raw", [99, 1, 4, 1], "a"),
        "lect": FakeProcess("lect", [99, 2, 8, 2], "a"),
        "sqlalchemy": FakeProcess("sqlalchemy", [99, 8, 32, 8], "a"),
    }
    comparison = run_fakes(monkeypatch, fakes, rounds=3)
    assert comparison.outcomes["lect"].ratios == [2, 2, 2]
    assert comparison.relative("lect", "sqlalchemy") == 0.25
    assert comparison.differences == []
    assert all(f.closed for f in fakes.values())


def test_the_clock_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = run_fakes(monkeypatch, {"raw": FakeProcess("raw", [9, 4], "a")}, rounds=1, clock="cpu")
    assert comparison.outcomes["raw"].values == [2]


def test_results_that_differ_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    fakes = {"raw": FakeProcess("raw", [1, 1], "right"), "lect": FakeProcess("lect", [1, 1], "wrong")}
    comparison = run_fakes(monkeypatch, fakes, rounds=1)
    (difference,) = comparison.differences
    assert "lect and raw differ" in difference
    assert "result right" in difference
    assert "result wrong" in difference
    assert "DIFFER" in report.table([comparison], ["raw", "lect"])


def test_a_contender_that_fails_leaves_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    fakes = {"raw": FakeProcess("raw", [1, 1, 1], "a"), "lect": FakeProcess("lect", [1, 1], "a")}
    comparison = run_fakes(monkeypatch, fakes, rounds=2)
    assert comparison.outcomes["lect"].error == "lect gave up"
    assert comparison.outcomes["lect"].value is None
    assert len(comparison.outcomes["raw"].values) == 2
    assert comparison.relative("lect", "raw") is None
    assert "ERROR" in report.table([comparison], ["raw", "lect"])


def test_a_real_worker_that_fails_says_why() -> None:
    with pytest.raises(harness.ContenderError, match="KeyError: 'nobody'"):
        harness.Process("join_query", "nobody", 1, "sqlite://")


def comparison_of(lect: float, rival: float, raw: float = 1.0, name: str = "join_query") -> Comparison:
    outcomes = {
        "raw": Outcome(values=[raw], ratios=[1.0], digest="a"),
        "lect": Outcome(values=[lect], ratios=[lect / raw], digest="a"),
        "sqlalchemy": Outcome(values=[rival], ratios=[rival / raw], digest="a"),
    }
    return Comparison(name, "sqlite", outcomes)


@pytest.mark.parametrize(("lect", "status"), [(4.0, 0), (6.0, 1)])
def test_a_limit_against_the_rival(lect: float, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line._verdict([comparison_of(lect, 10.0)], 0.5, goals=False) == status
    assert ("0.60 of SQLAlchemy's time, more than 0.5" in capsys.readouterr().err) == bool(status)


@pytest.mark.parametrize(("lect", "status"), [(1.9, 0), (2.1, 1)])
def test_a_limit_by_goal(lect: float, status: int) -> None:
    assert command_line._verdict([comparison_of(lect, 10.0)], None, goals=True) == status


def test_no_figure_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    missing = Comparison("join_query", "sqlite", {"raw": Outcome(values=[1.0]), "lect": Outcome(error="broke")})
    assert command_line._verdict([missing], 0.5, goals=True) == 1
    assert "no figure" in capsys.readouterr().err


def test_json_holds_every_round(tmp_path: Path) -> None:
    content = json.loads(json.dumps(report.as_json([comparison_of(2.0, 4.0)], {"rounds": 1})))
    (entry,) = content["comparisons"]
    assert entry["lect_to_sqlalchemy"] == 0.5
    assert entry["contenders"]["lect"]["times_raw"] == 2.0
    assert content["environment"]["python"] == sys.version.split()[0]


def test_an_unknown_workload_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["--workloads", "make_coffee"]) == 2
    assert "no such workload: make_coffee; there are small_query_core" in capsys.readouterr().err
