"""Functions that T-SQL names its own way."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.function import arguments
from lect.compile.clauses import StringsInOrder
from lect.compile.table import ANSI
from lect.sql import known_functions as known
from lect.sql.function import Function
from lect_mssql.compile.table import RULES


@RULES.rule(known.now)
def now(node: Any, writer: Any) -> str:
    """The time of the server's clock and zone."""
    return "CURRENT_TIMESTAMP"


@RULES.rule(known.current_date)
def current_date(node: Any, writer: Any) -> str:
    """The day of the server's clock and zone; CURRENT_DATE came with 2025."""
    return "CAST(CURRENT_TIMESTAMP AS DATE)"


@RULES.rule(known.current_time)
def current_time(node: Any, writer: Any) -> str:
    """The time of day of the server's clock and zone."""
    return "CAST(CURRENT_TIMESTAMP AS TIME)"


@RULES.rule(known.localtimestamp)
def localtimestamp(node: Any, writer: Any) -> str:
    """The server's clock is local."""
    return "CURRENT_TIMESTAMP"


@RULES.rule(known.char_length)
def char_length(node: Any, writer: Any) -> str:
    """``LEN`` with something behind the string, because alone it does not count spaces at the end."""
    (text,) = node.clauses
    return f"(LEN(CAST({writer.render_value(text)} AS NVARCHAR(max)) + N'.') - 1)"


@RULES.rule(known.pow)
def power(node: Any, writer: Any) -> str:
    """``POWER(a, b)``."""
    return f"POWER{arguments(node, writer)}"


@RULES.rule(known.random)
def random(node: Any, writer: Any) -> str:
    """``RAND()``."""
    return f"RAND{arguments(node, writer)}"


@RULES.rule(known.aggregate_strings)
def aggregate_strings(node: Any, writer: Any) -> str:
    """``string_agg(x, separator)``, of 2017."""
    return f"string_agg{arguments(node, writer)}"


@RULES.rule(StringsInOrder)
def strings_in_order(node: StringsInOrder, writer: Any) -> str:
    """``string_agg(x, separator) WITHIN GROUP (ORDER BY y)``."""
    return f"{writer.render(node.function)} WITHIN GROUP (ORDER BY {writer.render(node.order_by)})"


@RULES.rule(known.next_value)
def next_value(node: Any, writer: Any) -> str:
    """``NEXT VALUE FOR s``."""
    return f"NEXT VALUE FOR {writer.identifiers.format_sequence(node.sequence, translate=writer.translate)}"


@RULES.rule(Function)
def function(node: Any, writer: Any) -> str:
    """``LEN``, the server's own function, for ``length``; else the default's text."""
    if node.name.lower() == "length" and not node.packagenames:
        return f"LEN{arguments(node, writer)}"
    following = ANSI.find(Function)
    assert following is not None
    return following(node, writer)
