"""Which module imports which, read from the source without running it.

Imports inside functions and under ``TYPE_CHECKING`` count: they are how a circle survives. So do
``importlib.import_module("…")`` and ``__import__("…")`` with a constant name.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rules import Finding

DRIVERS_IN_STDLIB = frozenset({"sqlite3", "_sqlite3", "dbm"})

KNOWN_TO_TYPE_CHECKERS = frozenset({"typing_extensions", "_typeshed"})
"""Every type checker brings their stubs, so under `TYPE_CHECKING` they are no dependency."""


@dataclass(frozen=True)
class Import:
    """One import statement's target. `name` is the most precise module that is known to exist."""

    module: str
    path: Path
    line: int
    name: str
    only_for_types: bool
    """Stands under `if TYPE_CHECKING`, so that nothing is imported when the program runs."""


@dataclass(frozen=True)
class Source:
    """The modules of one import package: dotted name -> file."""

    package: str
    modules: Mapping[str, Path]

    def imports(self) -> Iterator[Import]:
        """Every import of every module, in file order."""
        for module, path in self.modules.items():
            yield from imports_of(module, path, self.modules)


def read(src: Path) -> Source:
    """The one import package in a `src` folder."""
    (package,) = [p.name for p in src.iterdir() if p.is_dir() and not p.name.startswith((".", "__"))]
    modules = {}
    for path in sorted((src / package).rglob("*.py")):
        parts = path.relative_to(src).with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return Source(package, modules)


def imports_of(module: str, path: Path, known: Mapping[str, Path]) -> Iterator[Import]:
    """The imports that stand in one file."""
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    is_package = path.name == "__init__.py"
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        for name in _targets(node, module, is_package, known):
            line = node.lineno  # type: ignore[attr-defined]  # the nodes that have targets have a line
            yield Import(module, path, line, name, id(node) in for_types)


def _targets(node: ast.AST, module: str, is_package: bool, known: Mapping[str, Path]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = _absolute(node, module, is_package)
        for alias in node.names:
            inner = f"{base}.{alias.name}"
            # `from lect import exc` means the module; `from lect import select` means what __init__ offers.
            yield inner if inner in known else base
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        function = ast.unparse(node.func)
        if function in ("importlib.import_module", "import_module", "__import__") and isinstance(
            node.args[0].value, str
        ):
            yield node.args[0].value


def _absolute(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    parts = parts[: len(parts) - node.level + is_package]
    return ".".join([*parts, node.module] if node.module else parts)


def read_order(page: str, heading: str) -> list[list[str]]:
    """The drawing of the rooms in `ARCHITECTURE.md`: the fenced block under `heading`, a list of names per line."""
    section = re.split(r"^## ", page, flags=re.M)
    (text,) = [s for s in section if heading in s.partition("\n")[0]]
    match = re.search(r"^```\w*\n(.*?)^```", text, flags=re.M | re.S)
    if match is None:
        raise ValueError(f"no drawing under {heading!r}")
    lines = [re.split(r"\s{2,}", line.rstrip())[0] for line in match[1].splitlines() if line.strip()]
    return [[name.strip().rstrip("/") for name in line.split(",")] for line in lines]


def wrong_direction(src: Path, order: list[list[str]]) -> list[Finding]:
    """Imports that point upwards. Rooms on one line may see each other only one way (see `cycles`)."""
    source = read(src)
    level = {room: number for number, line in enumerate(order) for room in line}
    findings = []
    unknown: dict[str, Path] = {}
    for item in source.imports():
        if item.name != source.package and not item.name.startswith(source.package + "."):
            continue
        here, there = _room(item.module, source.package), _room(item.name, source.package)
        for room in (here, there):
            if room not in level:
                unknown[room] = item.path
        if here in level and there in level and here != there and level[there] < level[here]:
            findings.append(Finding(item.path, item.line, f"{here} imports {item.name}: {there} stands above {here}"))
    for room in {_room(m, source.package) for m in source.modules} - level.keys():
        unknown.setdefault(room, source.modules[source.package])
    findings += [Finding(path, 1, f"room {room!r} is not in the drawing") for room, path in unknown.items()]
    return findings


def _room(module: str, package: str) -> str:
    return module.removeprefix(package).lstrip(".").partition(".")[0] or "__init__"


def cycles(src: Path) -> list[Finding]:
    """Groups of modules that import each other, directly or in a circle; each group is one finding."""
    source = read(src)
    graph: dict[str, set[str]] = {module: set() for module in source.modules}
    lines: dict[tuple[str, str], int] = {}
    for item in source.imports():
        if item.name in graph and item.name != item.module:
            graph[item.module].add(item.name)
            lines.setdefault((item.module, item.name), item.line)
    findings = []
    for group in _strongly_connected(graph):
        if len(group) > 1:
            circle = _shortest_circle(graph, group)
            path = source.modules[circle[0]]
            findings.append(Finding(path, lines[circle[0], circle[1]], f"import cycle: {' -> '.join(circle)}"))
    return findings


def room_cycles(src: Path, order: list[list[str]]) -> list[Finding]:
    """Rooms on one line of the drawing that import each other."""
    source = read(src)
    peers = {room: set(line) - {room} for line in order for room in line}
    seen: dict[tuple[str, str], Import] = {}
    for item in source.imports():
        if item.name.startswith(source.package + "."):
            here, there = _room(item.module, source.package), _room(item.name, source.package)
            if there in peers.get(here, ()):
                seen.setdefault((here, there), item)
    return [
        Finding(item.path, item.line, f"{here} and {there} import each other")
        for (here, there), item in seen.items()
        if (there, here) in seen
    ]


def _strongly_connected(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """Tarjan's algorithm, with a stack of its own because a chain of modules may be long."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[set[str]] = []
    for root in graph:
        work = [(root, iter(sorted(graph[root])))] if root not in index else []
        if work:
            index[root] = low[root] = len(index)
            stack.append(root)
        while work:
            node, successors = work[-1]
            for successor in successors:
                if successor not in index:
                    index[successor] = low[successor] = len(index)
                    stack.append(successor)
                    work.append((successor, iter(sorted(graph[successor]))))
                    break
                if successor in stack:
                    low[node] = min(low[node], index[successor])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    cut = stack.index(node)
                    groups.append(set(stack[cut:]))
                    del stack[cut:]
    return groups


def _shortest_circle(graph: Mapping[str, set[str]], group: set[str]) -> list[str]:
    best: list[str] = []
    for start in sorted(group):
        paths = [[start]]
        seen = {start}
        while paths and (not best or len(paths[0]) + 1 < len(best)):
            path = paths.pop(0)
            if start in graph[path[-1]]:
                best = [*path, start]
                break
            for successor in sorted((graph[path[-1]] & group) - seen):
                seen.add(successor)
                paths.append([*path, successor])
    return best


def undeclared(src: Path, allowed: Iterable[str], *, may_use_drivers: bool) -> list[Finding]:
    """Imports of anything but the standard library, the package itself and `allowed` top-level names."""
    source = read(src)
    names = {source.package, *allowed}
    findings = []
    for item in source.imports():
        top = item.name.partition(".")[0]
        if top in DRIVERS_IN_STDLIB and not may_use_drivers:
            findings.append(Finding(item.path, item.line, f"imports the driver {top}"))
        elif item.only_for_types and top in KNOWN_TO_TYPE_CHECKERS:
            continue
        elif top not in names and top not in sys.stdlib_module_names:
            findings.append(Finding(item.path, item.line, f"imports {top}, which its pyproject.toml does not declare"))
    return findings


def outside(src: Path, restricted: Iterable[str], homes: Iterable[str]) -> list[Finding]:
    """Imports of `restricted` top-level names by modules other than `homes` (and what is inside those)."""
    source = read(src)
    restricted, homes = set(restricted), tuple(homes)
    return [
        Finding(item.path, item.line, f"imports {item.name}; only {', '.join(homes) or 'nobody'} may")
        for item in source.imports()
        if item.name.partition(".")[0] in restricted
        and not any(item.module == home or item.module.startswith(home + ".") for home in homes)
    ]
