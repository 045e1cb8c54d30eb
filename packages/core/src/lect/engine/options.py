"""Execution options: which there are, and which win."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lect.exc import ArgumentError
from lect.limits import check_seconds

__all__ = ["SESSION_SETTINGS", "check_options", "merged"]

#: Options that change the session and are put back by the pool; which a dialect has is ``Dialect.session_settings``.
SESSION_SETTINGS = ("role", "schema_path")

_COUNTS = ("yield_per", "max_row_buffer", "insertmanyvalues_page_size")


def check_options(options: Mapping[str, Any]) -> None:
    """Refuse values that cannot be meant; names of one's own are allowed, for events to read.

    Raises:
        ArgumentError: naming the option.
    """
    for name in _COUNTS:
        value = options.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise ArgumentError(f"execution option {name!r} must be a positive number of rows, not {value!r}")
    if options.get("read_only") not in (None, True, False):
        raise ArgumentError(f"execution option 'read_only' must be True or False, not {options['read_only']!r}")
    if options.get("timeout") is not None:
        check_seconds(options["timeout"], "execution option 'timeout'")
    translate = options.get("schema_translate_map")
    if translate is not None and not isinstance(translate, Mapping):
        raise ArgumentError(f"execution option 'schema_translate_map' must be a mapping, not {translate!r}")


def merged(*options: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return one mapping; later ones win."""
    found: dict[str, Any] = {}
    for each in options:
        if each:
            found.update(each)
    return found
