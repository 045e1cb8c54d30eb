"""Casts: no TRY_CAST."""

from __future__ import annotations

from typing import Any

from lect.sql._cast import TryCast
from lect_postgresql.compile.table import RULES


@RULES.rule(TryCast)
def try_cast(node: TryCast[Any], writer: Any) -> str:
    """Refused."""
    return writer.refuse("TRY_CAST", instead="use cast(), and case() for the values that it cannot convert")  # type: ignore[no-any-return]
