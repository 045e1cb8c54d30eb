"""What may not lie in the repository: lock files and addresses of package registries."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from rules import Finding

LOCK_FILES = re.compile(
    r"(\.lock|^pylock(\..+)?\.toml|^package-lock\.json|^yarn\.lock|^pnpm-lock\.yaml|^pip\.conf|^\.pypirc|^\.npmrc)$"
)
# Options of installers that name a registry, and the addresses themselves.
REGISTRY = re.compile(
    r"(extra[-_]index[-_]url|\bindex[-_]url\b|\bfind[-_]links\b|/simple/?[\"'\s]|pypi[.]org/simple|files[.]pythonhosted[.]org"
    r"|registry[.]npmjs[.]org)",
    re.I,
)


def tracked_files(root: Path) -> list[Path]:
    """Files under version control; without git, all that are not hidden."""
    done = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True, text=True)
    if done.returncode == 0:
        return [root / name for name in done.stdout.split("\0") if name and (root / name).is_file()]
    return [p for p in root.rglob("*") if p.is_file() and not any(x.startswith(".") for x in p.relative_to(root).parts)]


def pinned_to_a_place(files: Iterable[Path]) -> list[Finding]:
    """Lock files, and lines that name a registry."""
    findings = []
    for file in files:
        if LOCK_FILES.search(file.name):
            findings.append(Finding(file, 1, "a lock file"))
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        if file.resolve() == Path(__file__).resolve():
            continue  # the patterns themselves stand here
        for number, line in enumerate(text.splitlines(), 1):
            if match := REGISTRY.search(line):
                findings.append(Finding(file, number, f"names a registry: {match[0].strip()}"))
    return findings
