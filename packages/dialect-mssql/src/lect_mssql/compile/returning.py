"""RETURNING is OUTPUT: https://learn.microsoft.com/sql/t-sql/queries/output-clause-transact-sql."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import Returning
from lect_mssql.compile.table import RULES


@RULES.rule(Returning)
def returning(node: Returning, writer: Any) -> str:
    """``OUTPUT inserted.a, inserted.b``; the statement's own file puts it in its place."""
    return f" OUTPUT {', '.join(node.texts)}"
