"""What every package must contain, and which names the dialect packages share."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from rules import Finding
from workspace import Package

DIALECT_MODULES = ("plugin", "dialect", "capabilities", "identifiers", "types", "errors", "compile", "reflection")
"""Each dialect package has these, as a module or a folder; somebody who knows one package knows all."""


def incomplete(package: Package) -> list[Finding]:
    """What a package lacks."""
    description = package.path / "pyproject.toml"
    findings = [
        Finding(package.path, 1, f"has no {name}")
        for name in ("README.md", "LICENSE", "changelog.d/README.md", "src", "tests")
        if not (package.path / name).exists()
    ]
    if (package.path / "src").exists():
        if len(package.modules) != 1:
            findings.append(Finding(package.path, 1, f"src must hold one import package, not {package.modules}"))
        for module in package.modules:
            for file in ("py.typed", "__init__.py"):
                if not (package.path / "src" / module / file).exists():
                    findings.append(Finding(package.path, 1, f"has no src/{module}/{file}"))
            if package.name.replace("-", "_") != module:
                findings.append(Finding(description, 1, f"distribution {package.name} holds import package {module}"))
    if (package.path / "tests").exists() and not list((package.path / "tests").rglob("test_*.py")):
        findings.append(Finding(package.path / "tests", 1, "holds no test"))
    readme = package.path / "README.md"
    if readme.exists() and not readme.read_text(encoding="utf-8").startswith(f"# {package.name}\n"):
        findings.append(Finding(readme, 1, f"does not open with '# {package.name}'"))
    findings += [f for urls in package.test_urls() for f in _without_provision(urls.provision)]
    return [*findings, *dangling_entry_points(package)]


def _without_provision(file: Path) -> list[Finding]:
    if not file.exists():
        return [Finding(file, 1, "is missing, but the package declares test-urls")]
    defined = _top_level(file)
    return [Finding(file, 1, f"defines no {f}()") for f in ("probe", "start", "create", "drop") if f not in defined]


def dangling_entry_points(package: Package) -> list[Finding]:
    """Entry points that name a module, or an object in it, which does not exist."""
    findings = []
    for group, names in package.entry_points.items():
        for name, value in names.items():
            module, _, attribute = value.partition(":")
            base = package.path / "src" / Path(*module.split("."))
            file = next((f for f in (base.with_suffix(".py"), base / "__init__.py") if f.exists()), None)
            where = f"entry point {name!r} of {group}"
            if file is None:
                findings.append(Finding(package.path / "pyproject.toml", 1, f"{where}: there is no module {module}"))
            elif attribute and attribute not in _top_level(file):
                findings.append(Finding(file, 1, f"{where} names {attribute}, which is not defined here"))
    return findings


def _top_level(file: Path) -> dict[str, ast.stmt]:
    """Names that a module defines or imports at its top level."""
    names: dict[str, ast.stmt] = {}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names[node.name] = node
        elif isinstance(node, ast.Assign):
            names.update((t.id, node) for target in node.targets for t in ast.walk(target) if isinstance(t, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names[node.target.id] = node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name.partition(".")[0], node) for alias in node.names)
    return names


def different_layout(dialects: Iterable[Package]) -> list[Finding]:
    """Dialect packages that lack a shared module, or keep the same thing in files of different names."""
    findings = []
    homes: dict[str, dict[str, Path]] = defaultdict(dict)
    stems: dict[str, dict[str, Path]] = defaultdict(dict)
    for package in dialects:
        root = package.path / "src" / package.modules[0]
        for name in DIALECT_MODULES:
            if not (root / f"{name}.py").exists() and not (root / name / "__init__.py").exists():
                findings.append(Finding(root, 1, f"has no {name}, as the other dialects have"))
        for file in sorted(root.rglob("*.py")):
            relative = file.relative_to(root).with_suffix("").as_posix()
            stems[_stem(relative)].setdefault(relative, file)
            for name, node in _top_level(file).items():
                if name.startswith("compile_") and isinstance(node, ast.FunctionDef):
                    homes[name].setdefault(relative, file)
    for spellings in stems.values():
        if len(spellings) > 1:
            file = next(iter(spellings.values()))
            findings.append(Finding(file, 1, f"one thing, several file names: {', '.join(sorted(spellings))}"))
    for name, places in homes.items():
        if len(places) > 1:
            file = next(iter(places.values()))
            findings.append(Finding(file, 1, f"{name} stands in files of different names: {', '.join(sorted(places))}"))
    return findings


def _stem(relative: str) -> str:
    """A file name without its plural and underscores, so that `type.py` and `types.py` meet."""
    folder, _, name = relative.rpartition("/")
    name = name.replace("_", "")
    return f"{folder}/{name.removesuffix('s').replace('ie', 'y') if name.endswith('ies') else name.removesuffix('s')}"


def named_in(shared: Iterable[Path], plugins: Iterable[Package]) -> list[Finding]:
    """Shared files that know a dialect or connector package by its folder, distribution or import name."""
    findings = []
    names = {n for p in plugins for n in (f"packages/{p.path.name}", p.path.name, p.name, *p.modules)}
    for file in shared:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            findings += [Finding(file, number, f"names the package {n}") for n in sorted(names) if n in line]
    return findings
