"""INSERT of rows that may be there already: ON DUPLICATE KEY UPDATE, also for the portable clause.

https://dev.mysql.com/doc/refman/8.4/en/insert-on-duplicate.html, https://mariadb.com/kb/en/insert-on-duplicate-key-update/

The server looks at all unique keys of the table. The portable ``on_conflict_do_update(index_elements=...)`` means one
of them, so that it is written only for a table of which no other unique key is known. DO NOTHING is written as an
update that changes nothing, because INSERT IGNORE would swallow other errors as well; the row count then counts such
rows.
"""

from __future__ import annotations

from typing import Any, Final

from lect.compile.ansi.on_conflict import warn_of_unknown
from lect.compile.table import ANSI
from lect.schema.constraints import PrimaryKeyConstraint, UniqueConstraint
from lect.sql.alias import Alias
from lect.sql.column import ColumnClause
from lect.sql.on_conflict import OnConflict
from lect_mysql.compile.table import RULES
from lect_mysql.dml import OnDuplicateKeyUpdate

#: The name of the new row in a version that knows one.
_NEW: Final = "new"


def _has_row_alias(writer: Any) -> bool:
    """Whether the new row can have a name, and VALUES() is a thing of the past: since MySQL 8.0.20."""
    version = writer.capabilities.version
    return not writer.dialect.is_mariadb and (version >= (8, 0, 20) or version[:2] > (8, 0))


def _written(updates: Any, writer: Any) -> str:
    scope = writer.scope
    # An INSERT ... SELECT cannot name its rows.
    alias = _has_row_alias(writer) and scope.statement._select is None
    scope.facts["new_row"] = _NEW if alias else ""
    cells = []
    warn_of_unknown(updates, scope.target)
    try:
        for key, value in updates:
            column = scope.target.c.get(key)
            name = key if column is None else column.name
            cells.append(f"{writer.quote(name)} = {writer.render(value.self_group())}")
    finally:
        del scope.facts["new_row"]
    head = f" AS {_NEW}" if alias and scope.facts.pop("new_row_named", False) else ""
    return f"{head} ON DUPLICATE KEY UPDATE {', '.join(cells)}"


@RULES.rule(OnDuplicateKeyUpdate)
def on_duplicate_key_update(node: OnDuplicateKeyUpdate, writer: Any) -> str:
    """`` AS new ON DUPLICATE KEY UPDATE a = new.a``, or ``a = VALUES(a)``."""
    return _written(node.updates, writer)


@RULES.rule(ColumnClause)
def column(node: ColumnClause[Any], writer: Any) -> str:
    """A column of the row that could not be inserted: ``new.a`` or ``VALUES(a)``."""
    table = node.table
    if table.__class__ is Alias and table.name in ("inserted", "excluded") and not node.is_literal:
        scope = writer.scope
        while scope is not None and "new_row" not in scope.facts:
            scope = scope.parent
        if scope is not None and table.element is scope.target:
            name = writer.quote(node.name)
            scope.facts["new_row_named"] = True
            return f"{scope.facts['new_row']}.{name}" if scope.facts["new_row"] else f"VALUES({name})"
    return ANSI.own[ColumnClause](node, writer)


@RULES.rule(OnConflict)
def on_conflict(node: OnConflict, writer: Any) -> str:
    """The portable clause in the words of this database."""
    if node.where is not None:
        writer.refuse(
            "on_conflict_do_update(where=...)",
            "ON DUPLICATE KEY UPDATE takes no condition",
            "write the condition into the values: set_={'x': func.if_(condition, new, old)}",
        )
    table = writer.scope.target
    _check_target(node, table, writer)
    if not node.does_nothing:
        return _written(node.updates, writer)
    keys = list(table.primary_key) or list(table.c)
    name = writer.quote(keys[0].name)
    return f" ON DUPLICATE KEY UPDATE {name} = {writer.format_table(table)}.{name}"


def _check_target(node: OnConflict, table: Any, writer: Any) -> None:
    """Refuse a clause that means one of several unique keys; the server would look at all of them."""
    if node.index_where is not None:
        writer.refuse("on_conflict(index_where=...)", "the database has no partial indexes")
    meant = {element.key for element in node.elements} | set(node.element_names)
    keys = _unique_keys(table)
    if node.constraint is not None:
        meant = set(next((columns for name, columns in keys if name == node.constraint), ()))
        if not meant:
            return
    if not meant:
        return
    others = [columns for _, columns in keys if set(columns) != meant]
    if others:
        shown = ", ".join(others[0])
        writer.refuse(
            f"on_conflict for ({', '.join(sorted(meant))})",
            f"ON DUPLICATE KEY UPDATE looks at every unique key, and table {table.description!r} has another one, "
            f"({shown})",
            "leave out index_elements when any conflict is meant, or select the row first",
        )


def _unique_keys(table: Any) -> list[tuple[str | None, tuple[str, ...]]]:
    """Return (name, keys of columns) of the unique keys that the Table tells of."""
    found: list[tuple[str | None, tuple[str, ...]]] = []
    for constraint in getattr(table, "constraints", ()):
        if isinstance(constraint, (PrimaryKeyConstraint, UniqueConstraint)) and len(constraint):
            found.append((constraint.name, tuple([c.key for c in constraint.columns])))
    for index in getattr(table, "indexes", ()):
        if index.unique:
            found.append((index.name, tuple([c.key for c in index.columns])))
    return found
