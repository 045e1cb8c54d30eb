"""Everything that is run over the whole repository. ``nox -l`` lists it; packages are found by folder.

Works with nothing but Python and ``pip install nox``.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / ".ci"))

import servers  # noqa: E402 - found through the line above
import workspace  # noqa: E402 - found through the line above

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "tests"]

PACKAGES = workspace.find_packages()


def _group(*names: str) -> list[str]:
    """Requirements of the dependency groups that the root ``pyproject.toml`` defines."""
    return list(nox.project.dependency_groups(nox.project.load_toml(ROOT / "pyproject.toml"), *names))


def _install_all(session: nox.Session, *groups: str) -> None:
    """All packages, editable and with all extras, together with the tools of some groups."""
    local = workspace.install_arguments(PACKAGES, workspace.everything(PACKAGES), editable=True)
    session.install(*local, *_group(*groups))


def _python(session: nox.Session) -> str:
    name = "python.exe" if os.name == "nt" else "python"
    assert session.bin is not None
    return str(Path(session.bin) / name)


def _find_servers(session: nox.Session, *, required: bool) -> tuple[dict[str, str], str]:
    """Environment that leads tests to the servers that answer, and the summary of those that do not."""
    answers = servers.find(_python(session), PACKAGES, start=servers.may_start())
    for answer in answers:
        session.log(f"{answer.wanted.about}: {'found' if answer.url else 'MISSING - ' + answer.reason}")
    missing = servers.summary(answers)
    if required and any(not a.url and a.wanted.required for a in answers):
        session.error("servers are required\n" + missing)
    environment = {a.wanted.variable: a.url for a in answers if a.url}
    if required:
        environment[servers.REQUIRE_VARIABLE] = "1"
    return environment, missing


def _pytest(session: nox.Session, *arguments: str) -> None:
    """Run pytest on every database that can be had; the session's own arguments go to pytest."""
    required = servers.servers_required(session.posargs)
    own = [a for a in session.posargs if a != "--require-servers"]
    environment, missing = _find_servers(session, required=required)
    try:
        session.run("pytest", *arguments, *own, env=environment)
    finally:
        if missing:
            session.warn("\n" + missing)


@nox.session
def tests(session: nox.Session) -> None:
    """All tests, on every server that answers or may be started. `--require-servers`: a missing one is an error."""
    _install_all(session, "tests", "bench")
    _pytest(session)


@nox.session(python=["3.12", "3.13"])
def pythons(session: nox.Session) -> None:
    """All tests on the other versions of Python that are supported, as far as they are installed."""
    _install_all(session, "tests", "bench")
    _pytest(session)


@nox.session
def torture(session: nox.Session) -> None:
    """Hostile input, cancellation, forks, killed connections: tests too rough for every run."""
    _install_all(session, "tests")
    _pytest(session, "-m", "torture")


@nox.session
def soak(session: nox.Session) -> None:
    """Long runs that look for leaks of connections and memory. LECT_SOAK_S sets the seconds per test."""
    _install_all(session, "tests")
    _pytest(session, "-m", "soak")


@nox.session
def machine(session: nox.Session) -> None:
    """Random programs over random mappings, beside a plain model: 5,000 on SQLite, 500 on each server that answers.

    LECT_MACHINE_RUNS sets the number for SQLite; the servers get a tenth of it.
    """
    _install_all(session, "tests")
    runs = int(os.environ.get("LECT_MACHINE_RUNS", "5000"))
    found, _missing = _find_servers(session, required=servers.servers_required(session.posargs))
    wanted = ("LECT_POSTGRESQL_URL", "LECT_MYSQL_URL")
    test = "packages/orm/tests/unit/machine"
    for variable in ("", *[name for name in wanted if name in found]):
        environment = {**found, "LECT_MACHINE_RUNS": str(runs if not variable else runs // 10)}
        environment["LECT_MACHINE_SERVER"] = variable
        session.run("pytest", "-m", "soak", test, *session.posargs, env=environment)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff, by the one configuration in `pyproject.toml`."""
    session.install(*_group("lint"))
    session.run("ruff", "check", "--output-format=concise", *(session.posargs or ["."]))


@nox.session
def types(session: nox.Session) -> None:
    """mypy (strict) over the sources of every package, the tools and the tests of the repository."""
    _install_all(session, "tests", "types", "bench")
    session.run("mypy", *(session.posargs or [*_sources(), "noxfile.py", ".ci", "benchmarks", "tests"]))


@nox.session
def pyright(session: nox.Session) -> None:
    """pyright (basic) over the sources: a second opinion, not clean yet and so not part of CI.

    What users see in an editor is held by the typing tests of the packages, which ask both checkers.
    """
    _install_all(session, "types")
    session.run("pyright", *(session.posargs or _sources()))


def _sources() -> list[str]:
    return [str(p.path.relative_to(ROOT) / "src") for p in PACKAGES]


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation as HTML in `docs/_build/html`; a warning is an error."""
    _install_all(session, "docs")
    session.run("sphinx-build", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html", *session.posargs)


@nox.session(reuse_venv=False)  # so that it never holds the dialect of another run
def quickstart(session: nox.Session) -> None:
    """The worked example on real data: `nox -s quickstart -- [URL] [--echo]`; SQLite when no URL is given."""
    url = next((a for a in session.posargs if "://" in a), "sqlite://")
    try:
        needed = workspace.needed_for_url(PACKAGES, url)
    except workspace.WorkspaceError as error:
        session.error(str(error))
    wanted = {"lect-orm": set[str](), **needed}
    session.install(*workspace.install_arguments(PACKAGES, wanted, editable=False), *_group("quickstart"))
    session.run("python", "examples/quickstart.py", *session.posargs)


@nox.session
def wheels(session: nox.Session) -> None:
    """Builds every wheel and tries each alone: a fresh environment, only its dependencies, its smoke test."""
    session.install(*_group("build"))
    chosen = [p for p in PACKAGES if not session.posargs or p.name in session.posargs]
    with tempfile.TemporaryDirectory(prefix="lect-wheels-") as folder:
        dist = Path(folder) / "dist"
        for package in PACKAGES:
            session.run("python", "-m", "build", "--wheel", "--outdir", str(dist), str(package.path), silent=True)
        built = {p.name: next(dist.glob(p.name.replace("-", "_") + "-*.whl")) for p in PACKAGES}
        for package in chosen:
            environment = Path(folder) / package.name
            session.run("python", "-m", "virtualenv", "--quiet", str(environment))
            python = str(environment / ("Scripts" if os.name == "nt" else "bin") / "python")
            local = workspace.closure(PACKAGES, {package.name: set()})
            # By file, so that an index can never offer something else under the same name.
            session.run(python, "-m", "pip", "install", "--quiet", *(str(built[n]) for n in local), external=True)
            session.log(f"{package.name}: installed with {', '.join(local) or 'nothing'} only")
            session.run(python, "-m", "pip", "check", external=True, silent=True)
            with session.chdir(folder):
                smoke = ROOT / "tests" / "smoke.py"
                session.run(python, str(smoke), package.name, *package.modules, external=True)
                own = package.path / "tests" / "smoke.py"
                if own.exists():
                    session.run(python, str(own), external=True)


@nox.session
def bench(session: nox.Session) -> None:
    """Raw driver, Lect and SQLAlchemy side by side: `nox -s bench -- --workloads join_query --db sqlite`."""
    _install_all(session, "bench")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def yardstick(session: nox.Session) -> None:
    """SQLAlchemy's public tests run on Lect; LECT_YARDSTICK names the folder that holds the harness (`run.py`)."""
    harness = os.environ.get("LECT_YARDSTICK", "")
    if not harness or not (Path(harness) / "run.py").exists():
        session.error("LECT_YARDSTICK must name the folder with the yardstick's run.py and score.py")
    _install_all(session, "tests")
    names = ROOT / "tests" / "yardstick-names.json"
    result = Path(session.create_tmp()) / "yardstick.json"
    baseline = Path(harness) / "baseline-sqlite.json"
    environment = {"SAYARD_NAMES": str(names)}
    run = ["--target", "lect", "--baseline", str(baseline), "--json", str(result), *session.posargs]
    session.run("python", str(Path(harness) / "run.py"), *run, env=environment)
    ran_only = ["--ran-only"] if "--select" in session.posargs else []
    score = [str(baseline), str(result), "--public-only", "--per-module", *ran_only]
    session.run("python", str(Path(harness) / "score.py"), *score, env=environment)
