"""Default rules for casts, types inside of expressions, and collations."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql._cast import Cast, TryCast, TypeCoerce
from lect.sql.collation import CollationClause
from lect.sql.type_clause import TypeClause


@ANSI.rule(Cast)
def cast(node: Cast[Any], writer: Any) -> str:
    """``CAST(x AS type)``; the type brings its collation along behind."""
    type_text = writer.render(node.typeclause)
    name, collate, collation = type_text.partition(" COLLATE ")
    return f"CAST({writer.render_value(node.clause)} AS {name}){collate}{collation}"


@ANSI.rule(TryCast)
def try_cast(node: TryCast[Any], writer: Any) -> str:
    """``TRY_CAST(x AS type)``"""
    return f"TRY_CAST({writer.render(node.clause)} AS {writer.render(node.typeclause)})"


@ANSI.rule(TypeCoerce)
def type_coerce(node: TypeCoerce[Any], writer: Any) -> str:
    """The expression."""
    return writer.render(node.typed_expression)  # type: ignore[no-any-return]


@ANSI.rule(TypeClause)
def type_clause(node: TypeClause, writer: Any) -> str:
    """The type's name."""
    return writer.render(node.type)  # type: ignore[no-any-return]


@ANSI.rule(CollationClause)
def collation(node: CollationClause, writer: Any) -> str:
    """The collation's name, in its schema."""
    name = writer.quote(node.collation)
    if node.collation_schema is not None:
        return f"{writer.quote(node.collation_schema)}.{name}"
    return name  # type: ignore[no-any-return]
