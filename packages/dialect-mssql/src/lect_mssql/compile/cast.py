"""Casts and collations."""

from __future__ import annotations

from typing import Any

from lect.exc import CompileError
from lect.sql._cast import TryCast
from lect.sql.collation import CollationClause
from lect_mssql.compile.table import RULES


@RULES.rule(TryCast)
def try_cast(node: TryCast[Any], writer: Any) -> str:
    """``TRY_CAST (x AS type)``."""
    return f"TRY_CAST ({writer.render_value(node.clause)} AS {writer.render(node.typeclause)})"


@RULES.rule(CollationClause)
def collation(node: CollationClause, writer: Any) -> str:
    """The collation's name, which is a word and takes no quotes."""
    name = str(node.collation)
    if not name.replace("_", "").isalnum():
        raise CompileError(f"{name!r} is no name of a collation")
    return name
