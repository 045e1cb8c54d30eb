"""FROM elements under a name: LATERAL is said by APPLY, samples count PERCENT or ROWS."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.alias import alias_name, named, sampled
from lect.compile.ansi.hints import with_hint
from lect.compile.table import ANSI
from lect.compile.writer import FROM, LATERAL
from lect.sql.alias import Alias
from lect.sql.subquery import Lateral, Subquery
from lect.sql.tablesample import TableSample
from lect_mssql.compile.locking import lock_inside
from lect_mssql.compile.table import RULES


@RULES.rule(Alias, Subquery)
def alias(node: Any, writer: Any) -> str:
    """The default rule's text; a lock on a subquery is one on the tables inside of it."""
    if writer.position == FROM:
        lock_inside(node, writer)
    return ANSI.own[Subquery if isinstance(node, Subquery) else Alias](node, writer)


@RULES.rule(Lateral)
def lateral(node: Lateral, writer: Any) -> str:
    """``(SELECT ...) AS name`` in FROM, behind APPLY; the name elsewhere."""
    if writer.position != FROM:
        return alias_name(node, writer)
    element = node.element
    if not element._is_from_clause:
        return named(f"({writer.render_as(element, LATERAL)})", alias_name(node, writer), writer)
    return named(writer.render_as(element, FROM), alias_name(node, writer), writer)


@RULES.rule(TableSample)
def tablesample(node: TableSample, writer: Any) -> str:
    """``t AS name TABLESAMPLE SYSTEM (5 PERCENT) REPEATABLE (seed)``; the numbers are literals.

    https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql#tablesample-clause
    """
    name = alias_name(node, writer)
    if writer.position != FROM:
        return name
    with writer.literals():
        sampling = writer.render(node.sampling)
        method, _, amount = sampling.partition("(")
        if method.strip().lower() not in ("", "system"):
            writer.refuse(
                f"TABLESAMPLE {method.strip()}", "the server samples by page only", "use func.system(percent)"
            )
        amount = amount.removesuffix(")")
        if not amount.upper().endswith(("PERCENT", "ROWS")):
            amount += " PERCENT"
        text = f"{named(sampled(node.element, writer), name, writer)} TABLESAMPLE SYSTEM ({amount})"
        if node.seed is not None:
            text += f" REPEATABLE ({writer.render(node.seed)})"
        return with_hint(node, text, writer)
