"""FOR UPDATE, LOCK IN SHARE MODE, of some tables, without waiting."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import Locking
from lect.sql.from_clause import froms_of
from lect.sql.join import leaves
from lect_mysql.compile.table import MARIADB_RULES, RULES


@RULES.rule(Locking)
def locking(node: Locking, writer: Any) -> str:
    """``FOR UPDATE OF t NOWAIT``: dev.mysql.com/doc/refman/8.4/en/innodb-locking-reads.html."""
    wanted = node.statement._for_update
    if not writer.capabilities.row_locking_nowait:
        return _locking_of_all(node, writer)
    extended = bool(wanted.of or wanted.nowait or wanted.skip_locked)
    if wanted.read:
        # LOCK IN SHARE MODE takes no further words; FOR SHARE does, and came with MySQL 8.
        text = " FOR SHARE" if extended else " LOCK IN SHARE MODE"
    else:
        text = " FOR UPDATE"
    if wanted.of:
        text += f" OF {', '.join([writer.quote(table.name) for table in _tables(wanted)])}"
    return text + _waiting(wanted, writer)


@MARIADB_RULES.rule(Locking)
def locking_mariadb(node: Locking, writer: Any) -> str:
    """Rows of all tables are locked: MariaDB has no OF. mariadb.com/kb/en/for-update/."""
    return _locking_of_all(node, writer)


def _locking_of_all(node: Locking, writer: Any) -> str:
    """Return the clause of a server without OF: it is written when `of` names what is locked anyhow."""
    wanted = node.statement._for_update
    if wanted.of:
        froms = {leaf for each in writer.scope.facts.get("display", ()) for leaf in leaves(each)}
        if froms - set(_tables(wanted)):
            writer.refuse("with_for_update(of=...)", "rows of all tables in FROM are locked", "leave out of")
    return (" LOCK IN SHARE MODE" if wanted.read else " FOR UPDATE") + _waiting(wanted, writer)


def _tables(wanted: Any) -> list[Any]:
    named = [f for each in wanted.of for f in (froms_of(each) or [each])]
    return list(dict.fromkeys([leaf for each in named for leaf in leaves(each)]))


def _waiting(wanted: Any, writer: Any) -> str:
    if wanted.key_share:
        writer.refuse(
            "with_for_update(key_share=True)",
            "a lock does not tell keys from other columns",
            "leave key_share out, which locks more",
        )
    text = ""
    if wanted.nowait:
        if not writer.capabilities.row_locking_nowait:
            writer.refuse("with_for_update(nowait=True)", instead="set innodb_lock_wait_timeout for the session")
        text += " NOWAIT"
    if wanted.skip_locked:
        if not writer.capabilities.row_locking_skip:
            writer.refuse("with_for_update(skip_locked=True)", instead="lock with nowait=True and try again later")
        text += " SKIP LOCKED"
    return text
