"""The pytest plugin: options, the engine under test, strict gaps, probes of what is not claimed, the report."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytest.register_assert_rewrite("lect_compliance.suite")

_RUNS: pytest.StashKey[list[Any]] = pytest.StashKey()
_STATE: pytest.StashKey[Any] = pytest.StashKey()
_LOOP: pytest.StashKey[Any] = pytest.StashKey()
#: module of cases -> whether its connector is asynchronous
_ASYNCHRONOUS: pytest.StashKey[dict[Any, bool]] = pytest.StashKey()


class _NotClaimed(Exception):
    """A case needs what the dialect does not claim."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite."""
    group = parser.getgroup("lect", "compliance suite for Lect dialects")
    group.addoption("--lect-url", metavar="URL", help="database to run the compliance suite on")
    group.addoption("--lect-gaps", metavar="FILE", help="file of gaps (default: gaps.toml in the dialect's package)")
    group.addoption("--lect-conformance", metavar="FILE", help="where to write the result (default: conformance.json)")


def pytest_configure(config: pytest.Config) -> None:
    """Prepare what cases report to."""
    config.stash[_RUNS] = []
    config.stash[_ASYNCHRONOUS] = {}
    config.addinivalue_line("markers", "lect_case(id): a case of the compliance suite")


def _is_case(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    return cls is not None and bool(getattr(cls, "group", "")) and hasattr(cls, "_lect_is_group")


# -- the engine under test -------------------------------------------------------------------------------------------


def _given_url(config: pytest.Config, module: Any) -> Any:
    return config.getoption("--lect-url") or getattr(module, "lect_url", None) or os.environ.get("LECT_URL")


def _url_of(request: pytest.FixtureRequest) -> str:
    given = _given_url(request.config, request.module)
    if callable(given):
        given = given(request)
    if given is None:
        pytest.fail(
            "the compliance suite needs a database: give --lect-url=URL, set LECT_URL, or set `lect_url` in the test "
            "module that imports the suite",
            pytrace=False,
        )
    return str(given)


@pytest.fixture(scope="module")
def lect_run(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The database under test: engine, gaps, results."""
    from lect import create_engine
    from lect_compliance import gaps, report
    from lect_compliance.case import cases

    engine = create_engine(_url_of(request), **getattr(request.module, "lect_engine_options", {}))
    with engine.connect():
        pass  # settles the dialect
    known = cases()
    file = request.config.getoption("--lect-gaps") or getattr(request.module, "lect_gaps", None)
    dialect = engine.dialect
    found = gaps.load(Path(file), known) if file else gaps.find(type(dialect), known)
    run = report.Run(report.facts_of(engine))
    run.engine = engine  # type: ignore[attr-defined]
    run.gaps = {g.case: g for g in found if g.holds(dialect.name, dialect.driver)}  # type: ignore[attr-defined]
    run.probed = {}  # type: ignore[attr-defined]
    request.config.stash[_RUNS].append(run)
    yield run
    engine.dispose()


@pytest.fixture
def lect_engine(lect_run: Any) -> Any:
    """The engine under test; its dialect is settled."""
    return lect_run.engine


@pytest.fixture
def lect_capabilities(lect_run: Any) -> Any:
    """What the settled dialect claims."""
    return lect_run.engine.dialect.capabilities


# -- asynchronous connectors -----------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a case where it can be awaited, when the connector is an asynchronous one.

    The cases are plain functions; set-up, case and clean-up run in a greenlet over one event loop for the whole run, as
    ``run_sync()`` would run them.
    """
    if not _is_case(item) or not _awaits(item):
        return None
    import asyncio

    from _pytest.runner import runtestprotocol

    from lect.bridge import greenlet_spawn

    loop = item.config.stash.get(_LOOP, None)
    if loop is None:
        loop = item.config.stash[_LOOP] = asyncio.new_event_loop()
        item.config.add_cleanup(loop.close)
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    loop.run_until_complete(greenlet_spawn(runtestprotocol, item, nextitem=nextitem))
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _awaits(item: Any) -> bool:
    """Whether the connector of a case is asynchronous, or may be: a function says later which it is."""
    known = item.config.stash[_ASYNCHRONOUS]
    if item.module not in known:
        known[item.module] = _may_await(_given_url(item.config, item.module))
    return bool(known[item.module])


def _may_await(given: Any) -> bool:
    if callable(given):
        return find_spec("greenlet") is not None
    from lect import exc, make_url, plugins

    try:
        url = make_url(str(given))
        _, _, connector = url.drivername.partition("+")
        return bool(connector) and plugins.load_connector(url.get_backend_name(), connector)[0].is_async
    except exc.LectError:
        return False  # the set-up says what is wrong


# -- running cases ---------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _lect_case(request: pytest.FixtureRequest) -> None:
    """Skip a case that needs what is not claimed, after probing that the claim is not too modest."""
    if not _is_case(request.node):
        return
    from lect_compliance.case import case_id, needs_of

    run = request.getfixturevalue("lect_run")
    item = request.node
    item.stash[_STATE] = (run, case_id(item.cls, item.originalname))
    for need in needs_of(item.cls, item.function):
        if not need.claimed(run.engine.dialect.capabilities):
            if need.name not in run.probed:
                run.probed[need.name] = _probe(run.engine, need)
            if run.probed[need.name]:
                pytest.fail(f"not claimed, but it works: {need.about}. Say so in the dialect's capabilities.", False)
            raise _NotClaimed(need.about)


def _probe(engine: Any, need: Any) -> bool:
    """Say whether the probe of a need works; False when there is none."""
    if need.probe is None:
        return False
    from lect import Column, Integer, MetaData, Table
    from lect.exc import DBAPIError

    table = Table("lect_probe", MetaData(), Column("x", Integer), Column("y", Integer))
    table.create(engine, checkfirst=True)
    try:
        with engine.connect() as connection:
            result = connection.exec_driver_sql(need.probe)
            if result.returns_rows:
                result.fetchall()
            connection.rollback()
        return True
    except DBAPIError:
        return False
    finally:
        table.drop(engine)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Turn what happened into the outcome of a case: gaps are strict, and skips must be explained."""
    outcome: Any = yield
    state = item.stash.get(_STATE, None)
    if state is None or call.when == "teardown":
        return
    run, case = state
    report = outcome.get_result()
    gap = run.gaps.get(case)
    error = call.excinfo.value if call.excinfo is not None else None
    if isinstance(error, _NotClaimed):
        report.outcome = "skipped"
        report.longrepr = (str(item.path), 0, f"not claimed: {error}")
        run.record(case, "not-claimed", reason=str(error))
    elif report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{case}: skipped without a reason that the suite knows ({report.longrepr})"
        run.record(case, "failed", reason="skipped without a known reason")
    elif report.failed and gap is not None:
        report.outcome = "skipped"
        report.wasxfail = f"gap, {gap}"
        run.record(case, "gap", kind=gap.kind, reason=gap.reason, link=gap.link)
    elif report.failed:
        run.record(case, "failed", reason=_first_line(error))
    elif call.when == "call":
        if gap is not None:
            report.outcome = "failed"
            report.longrepr = f"{case} is in the file of gaps ({gap}), and passes: take it out"
            run.record(case, "failed", reason="a gap that passes")
        else:
            run.record(case, "passed")


def _first_line(error: BaseException | None) -> str | None:
    if error is None:
        return None
    text = str(error).strip()
    return f"{type(error).__name__}: {text.splitlines()[0][:200]}" if text else type(error).__name__


# -- the end ---------------------------------------------------------------------------------------------------------


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print a table per database and write the file."""
    from lect_compliance import report

    runs = [run for run in config.stash.get(_RUNS, []) if run.cases]
    if not runs:
        return
    terminalreporter.section("Lect conformance")
    for run in runs:
        for line in report.table(run):
            terminalreporter.write_line(line)
    given = config.getoption("--lect-conformance")
    if given or config.getoption("--lect-url"):
        path = Path(given or "conformance.json")
        report.write(runs, path)
        terminalreporter.write_line(f"written: {path}")
