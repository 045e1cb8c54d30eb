"""Gaps: cases that a dialect does not pass, each with a kind and a reason, in one file that lives with the dialect.

The file is TOML, named ``gaps.toml`` and put into the dialect's package, or named by ``--lect-gaps``, or by the
variable ``lect_gaps`` of the test module::

    [[gap]]
    case = "types.exact_decimals"
    kind = "never"                      # the database cannot; a reason says why
    reason = "numbers are doubles"

    [[gap]]
    case = "errors.lock_timeout"
    kind = "upstream"                   # driver or server must change; a link says where that is discussed
    reason = "the driver does not tell the code"
    link = "https://example.org/issues/1"
    connectors = ["mydriver"]           # only over these connectors
    dialects = ["mydb"]                 # only where the settled dialect has one of these names

    [[gap]]
    case = "select.limit"
    kind = "ours"                       # not done yet
    reason = "the rule is not written"

Gaps are strict: one that passes fails the run, and so does one whose case does not exist.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any, Final

from lect.dialects.record import Record

__all__ = ["KINDS", "Gap", "GapError", "find", "load", "read"]

KINDS: Final = ("never", "upstream", "ours")
_KEYS: Final = frozenset({"case", "kind", "reason", "link", "connectors", "dialects"})


class GapError(ValueError):
    """A file of gaps is not what it must be; the message names file, entry and fault."""


class Gap(Record):
    """One case that is not passed."""

    case: str
    kind: str
    reason: str
    link: str | None = None
    connectors: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()

    def holds(self, dialect: str, connector: str) -> bool:
        """Whether this gap is one of the dialect and connector at hand."""
        return (not self.dialects or dialect in self.dialects) and (not self.connectors or connector in self.connectors)

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}" + (f" ({self.link})" if self.link else "")


def read(text: str, known: Iterable[str], source: object = "gaps") -> list[Gap]:
    """Return the gaps in `text`; raise GapError for whatever is wrong with them.

    Args:
        known: ids of the cases that exist.
        source: where the text comes from, for messages.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GapError(f"{source}: {error}") from None
    unknown = sorted(set(data) - {"gap"})
    if unknown:
        raise GapError(f"{source}: unknown table {unknown[0]!r}; a gap is written as [[gap]]")
    cases = set(known)
    return [_read_one(entry, number, cases, source) for number, entry in enumerate(data.get("gap", ()), 1)]


def _read_one(entry: dict[str, Any], number: int, cases: set[str], source: object) -> Gap:
    where = f"{source}: gap {number} ({entry.get('case', 'no case')})"
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        raise GapError(f"{where}: unknown key {unknown[0]!r}; keys are {', '.join(sorted(_KEYS))}")
    if entry.get("case") not in cases:
        from difflib import get_close_matches

        near = get_close_matches(str(entry.get("case")), cases, 1)
        raise GapError(f"{where}: there is no such case" + (f"; did you mean {near[0]!r}?" if near else ""))
    if entry.get("kind") not in KINDS:
        raise GapError(f"{where}: kind must be one of {', '.join(KINDS)}")
    if not str(entry.get("reason", "")).strip():
        raise GapError(f"{where}: a reason is needed")
    if entry["kind"] == "upstream" and not str(entry.get("link", "")).startswith("http"):
        raise GapError(f"{where}: a gap of kind upstream needs a link")
    return Gap(
        case=entry["case"],
        kind=entry["kind"],
        reason=entry["reason"],
        link=entry.get("link"),
        connectors=tuple(entry.get("connectors", ())),
        dialects=tuple(entry.get("dialects", ())),
    )


def load(path: Path, known: Iterable[str]) -> list[Gap]:
    """Return the gaps in the file at `path`."""
    if not path.is_file():
        raise GapError(f"{path}: there is no such file of gaps")
    return read(path.read_text(encoding="utf-8"), known, path)


def find(dialect_class: type[Any], known: Iterable[str]) -> list[Gap]:
    """Return the gaps in ``gaps.toml`` of the package of `dialect_class`; none when there is no such file."""
    package = dialect_class.__module__.partition(".")[0]
    if package in ("", "__main__", "builtins"):
        return []
    try:
        file = resources.files(package) / "gaps.toml"
        if not file.is_file():
            return []
        return read(file.read_text(encoding="utf-8"), known, f"{package}/gaps.toml")
    except (ModuleNotFoundError, TypeError):  # a module that is no package has no files beside it
        return []
