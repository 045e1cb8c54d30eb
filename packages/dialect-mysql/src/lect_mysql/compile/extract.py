"""EXTRACT, whose units are singular: dev.mysql.com/doc/refman/8.4/en/expressions.html#temporal-intervals."""

from __future__ import annotations

from typing import Any, Final

from lect.sql.extract import Extract
from lect_mysql.compile.table import RULES

_UNITS: Final = {"milliseconds": "millisecond", "microseconds": "microsecond"}

#: Fields of the standard's relatives that EXTRACT has no unit for, as functions that count the same way.
_FUNCTIONS: Final = {
    "dow": "(DAYOFWEEK({0}) - 1)",
    "isodow": "(WEEKDAY({0}) + 1)",
    "doy": "DAYOFYEAR({0})",
    "epoch": "TIMESTAMPDIFF(SECOND, '1970-01-01', {0})",
}


@RULES.rule(Extract)
def extract(node: Extract, writer: Any) -> str:
    """``EXTRACT(year FROM x)``, ``DAYOFYEAR(x)``"""
    function = _FUNCTIONS.get(node.field)
    if function is not None:
        return function.format(writer.render(node.expr))
    return f"EXTRACT({_UNITS.get(node.field, node.field)} FROM {writer.render(node.expr)})"
