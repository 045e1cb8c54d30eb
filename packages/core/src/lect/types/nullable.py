"""Processors for values that may be NULL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["nullable"]


def nullable(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a processor that passes None and converts everything else.

    Code that is written for one shape of result finds `convert` as the attribute ``for_values`` and looks for None by
    itself, without a call.
    """

    def process(value: Any) -> Any:
        return None if value is None else convert(value)

    process.for_values = convert  # type: ignore[attr-defined]
    return process
