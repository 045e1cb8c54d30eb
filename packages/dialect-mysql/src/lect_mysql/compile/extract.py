"""EXTRACT, whose units are singular: dev.mysql.com/doc/refman/8.4/en/expressions.html#temporal-intervals."""

from __future__ import annotations

from typing import Any, Final

from lect.sql.extract import Extract
from lect_mysql.compile.table import RULES

_UNITS: Final = {"milliseconds": "millisecond"}


@RULES.rule(Extract)
def extract(node: Extract, writer: Any) -> str:
    """``EXTRACT(year FROM x)``"""
    return f"EXTRACT({_UNITS.get(node.field, node.field)} FROM {writer.render(node.expr)})"
