"""What an import costs: the modules that a fresh interpreter has loaded afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping

_PROBE = """
import sys
before = set(sys.modules)
{statement}
after = sorted(set(sys.modules) - before)
import json
print(json.dumps(after))
"""


def imported_by(statement: str, environment: Mapping[str, str] | None = None) -> list[str]:
    """Modules that a statement brings into a fresh interpreter of this environment, sorted."""
    command = [sys.executable, "-c", _PROBE.format(statement=statement)]
    done = subprocess.run(command, env={**os.environ, **(environment or {})}, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{statement!r} failed:\n{done.stderr}")
    modules: list[str] = json.loads(done.stdout)
    return modules


def over_budget(
    modules: Iterable[str], *, forbidden: Iterable[str], allowed_packages: Iterable[str], stdlib_limit: int
) -> list[str]:
    """Sentences on what is too much: a forbidden module, a package that may not be there, too many of the stdlib."""
    modules = list(modules)
    allowed = set(allowed_packages)
    complaints = [f"imports {name}" for name in sorted(set(forbidden) & set(modules))]
    tops = {name.partition(".")[0] for name in modules}
    complaints += [f"imports the package {t}" for t in sorted(tops - allowed - sys.stdlib_module_names)]
    stdlib = [m for m in modules if m.partition(".")[0] in sys.stdlib_module_names]
    if len(stdlib) > stdlib_limit:
        complaints.append(f"imports {len(stdlib)} modules of the standard library, more than {stdlib_limit}: {stdlib}")
    return complaints
