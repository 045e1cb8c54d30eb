"""Types whose names differ from the default."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.types import type_rule
from lect.types.json_type import JSON
from lect_sqlite.compile.table import RULES


@type_rule(RULES, JSON)
def json(type_: Any, writer: Any) -> str:
    """``JSON``: a name with the affinity NUMERIC, which leaves text that is no number as it is."""
    return "JSON"
