"""FOR UPDATE, LOCK IN SHARE MODE, of some tables, without waiting."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import Locking
from lect.sql.from_clause import froms_of
from lect_mysql.compile.table import MARIADB_RULES, RULES


@RULES.rule(Locking)
def locking(node: Locking, writer: Any) -> str:
    """``FOR UPDATE OF t NOWAIT``: dev.mysql.com/doc/refman/8.4/en/innodb-locking-reads.html.

    The words that came with MySQL 8 are not written for older servers, whose SELECT then waits, and locks the rows of
    all its tables: more is locked than was asked for, never less.
    """
    wanted = node.statement._for_update
    modern = writer.capabilities.row_locking_nowait
    extended = bool(wanted.of or wanted.nowait or wanted.skip_locked)
    if wanted.read:
        # LOCK IN SHARE MODE takes no further words; FOR SHARE does, and came with MySQL 8.
        text = " FOR SHARE" if modern and extended else " LOCK IN SHARE MODE"
    else:
        text = " FOR UPDATE"
    if not modern:
        return text
    if wanted.of:
        tables = dict.fromkeys([f for each in wanted.of for f in (froms_of(each) or [each])])
        text += f" OF {', '.join([writer.quote(table.name) for table in tables])}"
    return text + _waiting(wanted, writer)


@MARIADB_RULES.rule(Locking)
def locking_mariadb(node: Locking, writer: Any) -> str:
    """Rows of all tables are locked: MariaDB has no OF. mariadb.com/kb/en/for-update/."""
    wanted = node.statement._for_update
    return (" LOCK IN SHARE MODE" if wanted.read else " FOR UPDATE") + _waiting(wanted, writer)


def _waiting(wanted: Any, writer: Any) -> str:
    text = ""
    if wanted.nowait and writer.capabilities.row_locking_nowait:
        text += " NOWAIT"
    if wanted.skip_locked:
        if not writer.capabilities.row_locking_skip:
            writer.refuse("with_for_update(skip_locked=True)", instead="lock with nowait=True and try again later")
        text += " SKIP LOCKED"
    return text
