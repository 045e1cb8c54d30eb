"""Default rule for bound values."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.sql.bind import BindParameter

__all__ = ["BareBind"]


class BareBind(BindParameter[Any]):
    """A bound value inside of the SQL that its type puts around it; written without that SQL."""

    inherit_cache = True
    _fields = ()

    def __init__(self, original: BindParameter[Any]) -> None:
        self.__dict__.update(original.__dict__)
        self.original = original


@ANSI.rule(BindParameter)
def bind(node: BindParameter[Any], writer: Any) -> str:
    """A place for the value, inside of what its type wants around it."""
    type_ = node.type
    if type_._has_bind_expression and not node.expanding:
        around = type_.dialect_impl(writer.dialect).bind_expression(BareBind(node))
        if around is not None and around.__class__ is not BareBind:
            return writer.render(around)  # type: ignore[no-any-return]
    text: str = writer.bind(node)
    if node.expanding and not text.startswith("("):  # literals have their parentheses already
        return f"({text})"
    return text


@ANSI.rule(BareBind)
def bare_bind(node: BareBind, writer: Any) -> str:
    """A place for the value."""
    return writer.bind(node.original)  # type: ignore[no-any-return]
