"""The packages of this repository, found by folder and described by their own ``pyproject.toml``.

There is no list of packages anywhere: whatever lies in ``packages/*/pyproject.toml`` takes part. Needs only the
standard library, because it runs before anything is installed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?")


class WorkspaceError(Exception):
    """A package's description, or a URL given on the command line, does not say enough to go on."""


@dataclass(frozen=True)
class TestUrl:
    """One database that a package's tests want, as its ``[tool.lect.test-urls]`` table states it."""

    variable: str
    """Environment variable that carries the URL to the tests."""
    default: str
    """URL tried when the variable is not set; empty when there is no sensible one."""
    about: str
    """Which server and driver, for the summary of what was not run."""
    required: bool
    """Whether a run with servers required fails without it."""
    package: Package

    @property
    def provision(self) -> Path:
        """The package's script that probes, starts and isolates this database."""
        return self.package.path / "tests" / "provision.py"


@dataclass(frozen=True)
class Package:
    """One folder of ``packages/``."""

    path: Path
    name: str
    version: str
    dependencies: tuple[str, ...]
    extras: dict[str, tuple[str, ...]] = field(hash=False)
    entry_points: dict[str, dict[str, str]] = field(hash=False)
    tool: dict[str, Any] = field(hash=False)

    @property
    def modules(self) -> list[str]:
        """Import packages in ``src``; exactly one in a complete package."""
        source = self.path / "src"
        return sorted(p.name for p in source.iterdir() if p.is_dir() and not p.name.startswith((".", "__")))

    def test_urls(self) -> Iterator[TestUrl]:
        """The databases that this package's tests can use, as the package itself declares them."""
        for variable, table in self.tool.get("lect", {}).get("test-urls", {}).items():
            yield TestUrl(
                variable, table.get("default", ""), table["about"], bool(table.get("required", True)), package=self
            )


def find_packages(root: Path = ROOT) -> list[Package]:
    """Every package of the workspace, sorted by folder name."""
    found = []
    for description in sorted((root / "packages").glob("*/pyproject.toml")):
        content = tomllib.loads(description.read_text(encoding="utf-8"))
        project = content.get("project")
        if not project or not {"name", "version"} <= project.keys():
            raise WorkspaceError(f"{description} has no [project] table with a name and a version")
        found.append(
            Package(
                description.parent,
                project["name"],
                project["version"],
                tuple(project.get("dependencies", ())),
                {k: tuple(v) for k, v in project.get("optional-dependencies", {}).items()},
                project.get("entry-points", {}),
                content.get("tool", {}),
            )
        )
    return found


def split_requirement(requirement: str) -> tuple[str, tuple[str, ...]]:
    """``"lect[asyncio]>=0.1"`` -> ``("lect", ("asyncio",))``; the name is normalised."""
    match = _REQUIREMENT.match(requirement)
    if match is None:
        raise WorkspaceError(f"not a requirement: {requirement!r}")
    extras = tuple(x.strip() for x in (match[2] or "").split(",") if x.strip())
    return re.sub(r"[-_.]+", "-", match[1]).lower(), extras


def closure(packages: Iterable[Package], wanted: dict[str, set[str]]) -> dict[str, set[str]]:
    """The local packages that `wanted` (distribution -> extras) needs, itself included, dependencies first."""
    by_name = {p.name: p for p in packages}
    extras: dict[str, set[str]] = {}
    order: list[str] = []

    def visit(name: str, names: set[str]) -> None:
        if name not in by_name or (name in extras and names <= extras[name]):
            return
        extras.setdefault(name, set()).update(names)
        package = by_name[name]
        chosen = (r for extra in sorted(extras[name]) for r in package.extras.get(extra, ()))
        for requirement in (*package.dependencies, *chosen):
            dependency, dependency_extras = split_requirement(requirement)
            visit(dependency, set(dependency_extras))
        if name not in order:
            order.append(name)

    for name, names in wanted.items():
        visit(name, names)
    return {name: extras[name] for name in order}


def requirement_path(package: Package, extras: Iterable[str] = ()) -> str:
    """What to hand to pip so that it takes this folder and not something of the same name elsewhere."""
    names = ",".join(sorted(extras))
    return f"{package.path}[{names}]" if names else str(package.path)


def install_arguments(packages: list[Package], wanted: dict[str, set[str]], *, editable: bool) -> list[str]:
    """Arguments for ``pip install``: the local closure of `wanted`, all by path in one command."""
    by_name = {p.name: p for p in packages}
    arguments: list[str] = []
    for name, extras in closure(packages, wanted).items():
        arguments += ["-e"] * editable
        arguments.append(requirement_path(by_name[name], extras))
    return arguments


def everything(packages: Iterable[Package]) -> dict[str, set[str]]:
    """All packages with all their extras."""
    return {p.name: set(p.extras) for p in packages}


def needed_for_url(packages: Iterable[Package], url: str) -> dict[str, set[str]]:
    """Which distributions, with which extras, a database URL needs: the dialect's, and the connector's if it is named.

    Raises:
        WorkspaceError: no package here offers the URL's dialect or connector; what is offered is named.
    """
    scheme, separator, _ = url.partition("://")
    if not separator or not scheme:
        raise WorkspaceError("a database URL looks like dialect[+driver]://…, for instance sqlite:///airports.db")
    dialect, _, connector = scheme.partition("+")
    packages = list(packages)
    wanted: dict[str, set[str]] = {}

    def offering(group: str, name: str) -> list[Package]:
        return [p for p in packages if name in p.entry_points.get(group, {})]

    owners = offering("lect.dialects", dialect)
    if not owners:
        known = sorted(n for p in packages for n in p.entry_points.get("lect.dialects", {}))
        raise WorkspaceError(f"no package here offers the dialect {dialect!r}; there are: {', '.join(known)}")
    for owner in owners:
        wanted.setdefault(owner.name, set())
    if connector:
        pairings = offering("lect.connectors", f"{dialect}.{connector}")
        found = [*pairings, *offering("lect.connectors", connector)]
        if not found:
            raise WorkspaceError(f"no package here offers the driver {connector!r} for {dialect}")
        for owner in found:
            extras = wanted.setdefault(owner.name, set())
            if connector in owner.extras and (owner in pairings or owner in owners):
                extras.add(connector)
    return wanted
