"""The surface that plugins are written against, compared with ``spi-baseline.txt``.

After a wanted change: raise ``SPI_VERSION`` (once per release that changes the surface), then write the baseline
anew with ``python packages/core/tests/unit/dialects/test_spi_baseline.py``.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import FunctionType
from typing import Any

from lect.dialects import abilities, calls, capabilities, contract, reflection, requests, variants
from lect.dialects.record import Record
from lect.plugins import hookspecs

BASELINE = Path(__file__).with_name("spi-baseline.txt")


def surface() -> str:
    """Return every name that the contract has, one per line, with what a plugin must keep to."""
    lines = [f"SPI {contract.SPI_VERSION}"]
    for module in (contract, abilities, calls, requests, capabilities, variants, reflection):
        for name in sorted(module.__all__):
            member = getattr(module, name)
            if isinstance(member, type) and member.__module__ == module.__name__:
                lines.append(f"{module.__name__}.{name}")
                lines.extend(f"    {line}" for line in _members(member))
    for name in sorted(hookspecs.__all__):
        hook = getattr(hookspecs, name)
        if isinstance(hook, FunctionType) and name.startswith("lect_"):
            lines.append(f"hook {name}{inspect.signature(hook)}")
    return "\n".join(lines) + "\n"


def _members(cls: type) -> Iterator[str]:
    if issubclass(cls, Enum):
        yield from sorted(f"{member.name} = {member.value!r}" for member in cls)
        return
    if issubclass(cls, Record):
        for name in cls._field_names:
            yield f"field {name}{' (required)' if name in cls._required else ''}"
        return
    for name, annotation in sorted(cls.__dict__.get("__annotations__", {}).items()):
        if not name.startswith("_"):
            yield f"attribute {name}: {annotation}"
    for name, member in sorted(vars(cls).items()):
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(member, FunctionType):
            yield f"method {name}{_signature(member)}"
        elif isinstance(member, property):
            yield f"property {name}"


def _signature(function: Any) -> str:
    names = [
        f"{parameter.name}{'' if parameter.default is parameter.empty else '='}"
        for parameter in inspect.signature(function).parameters.values()
    ]
    return f"({', '.join(names)})"


def test_the_surface_is_the_baseline() -> None:
    written = BASELINE.read_text()
    now = surface()
    if now == written:
        return
    changed = sorted(set(now.splitlines()) ^ set(written.splitlines()))
    same_version = now.splitlines()[0] == written.splitlines()[0]
    advice = (
        "raise SPI_VERSION in lect/dialects/contract.py if the version was released, and write the baseline anew"
        if same_version
        else "write the baseline anew"
    )
    raise AssertionError("the SPI differs from its baseline: " + "; ".join(changed[:20]) + f" -- {advice}")


def test_a_new_method_changes_the_surface() -> None:
    def extra(self: Any) -> None: ...

    before = surface()
    contract.Connector.extra = extra  # type: ignore[attr-defined]
    try:
        assert "method extra(self)" in surface()
    finally:
        del contract.Connector.extra  # type: ignore[attr-defined]
    assert surface() == before


if __name__ == "__main__":
    BASELINE.write_text(surface())
