"""Locking reads are table hints in T-SQL: ``FROM t WITH (UPDLOCK, ROWLOCK)``.

https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-table
"""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.alias import unnamed
from lect.compile.ansi.select import froms_here
from lect.exc import CompileError
from lect.sql.alias import Alias
from lect.sql.executable import Hint
from lect.sql.for_update import ForUpdateArg
from lect.sql.from_clause import froms_of
from lect.sql.join import leaves
from lect.sql.subquery import Subquery
from lect.sql.tablesample import TableSample

__all__ = ["lock_inside", "refuse_locked_union", "with_lock_hints"]

_INSIDE = "locks inside"


def with_lock_hints(node: Any, writer: Any) -> Any:
    """Return a SELECT whose FOR UPDATE became hints behind its tables.

    The tables inside of subqueries in FROM are locked with it, as elsewhere; those of a common table expression are
    not. A hint that the statement gives a table itself, for this dialect or for all, stands in the place of the lock's.
    """
    from_outside = writer.facts.pop(_INSIDE, None)
    wanted = from_outside if node._for_update is None else node._for_update
    if wanted is None:
        return node
    text = hint_text(wanted, writer)
    froms = [leaf for each in froms_here(node, writer.scope, writer.position) for leaf in leaves(each)]
    locked = writer.facts.setdefault(Subquery, {})
    hints = []
    for leaf in _chosen(wanted, froms):
        within = unnamed(leaf.element) if isinstance(leaf, (Alias, TableSample)) else leaf
        if within._is_table:
            hints.append(Hint(leaf, text, "*"))
        elif isinstance(leaf, (Alias, Subquery)):
            locked[leaf] = _everywhere(wanted)
    # Hints for one dialect go before hints for all, and later ones before earlier ones.
    return node._replace(_for_update=None, _hints=(*hints, *node._hints))


def hint_text(wanted: ForUpdateArg, writer: Any) -> str:
    """Return ``WITH (UPDLOCK, ROWLOCK, READPAST)``."""
    if wanted.key_share:
        writer.refuse(
            "with_for_update(key_share=True)",
            "a lock does not tell keys from other columns",
            "leave key_share out, which locks more",
        )
    # A shared lock is kept until the transaction ends under REPEATABLEREAD only; READ COMMITTED drops it at once.
    words = ["REPEATABLEREAD" if wanted.read else "UPDLOCK", "ROWLOCK"]
    if wanted.nowait:
        words.append("NOWAIT")
    if wanted.skip_locked:
        words.append("READPAST")
    return f"WITH ({', '.join(words)})"


def _chosen(wanted: ForUpdateArg, froms: list[Any]) -> list[Any]:
    if not wanted.of:
        return froms
    meant = [f for each in wanted.of for f in (froms_of(each) or [each])]
    named = list(dict.fromkeys([leaf for each in meant for leaf in leaves(each)]))
    for each in named:
        if each not in froms:
            raise CompileError(f"with_for_update(of=...) names {each.description!r}, which is not in FROM")
    return named


def _everywhere(wanted: ForUpdateArg) -> ForUpdateArg:
    return ForUpdateArg(nowait=wanted.nowait, read=wanted.read, skip_locked=wanted.skip_locked)


def lock_inside(node: Any, writer: Any) -> None:
    """Tell the SELECT inside of a subquery, which is written next, that it is locked from outside."""
    wanted = writer.facts.get(Subquery, {}).get(node)
    if wanted is not None:
        writer.facts[_INSIDE] = wanted


def refuse_locked_union(node: Any, writer: Any) -> None:
    """Refuse a lock on the rows of a UNION, which are rows of no table."""
    from_outside = writer.facts.pop(_INSIDE, None)
    if node._for_update is not None or from_outside is not None:
        writer.refuse(f"with_for_update() of {node.keyword}", instead="lock in the SELECTs that it combines")
