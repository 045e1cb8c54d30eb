"""Default rules for labels and names in ORDER BY and GROUP BY."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.sql.label_reference import LabelReference, TextualLabelReference
from lect.sql.naming import qualified_label

__all__ = ["LabelName"]


class LabelName:
    """A label as its name only."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


@ANSI.rule(LabelName)
def label_name(node: LabelName, writer: Any) -> str:
    """The name."""
    return writer.quote(node.name)  # type: ignore[no-any-return]


def _columns(writer: Any) -> list[Any]:
    scope = writer.scope
    statement = scope.statement
    while scope is not None and not getattr(statement, "_is_select_base", False):
        scope = scope.parent
        statement = None if scope is None else scope.statement
    return [] if statement is None else statement._named_columns(False)


def _same_label(a: Any, b: Any) -> bool:
    if a is b:
        return True
    if (a._shape or a._structure()) is (b._shape or b._structure()) and a._leaves == b._leaves:
        return True
    return bool(a.name == b.name and a.shares_lineage(b))


@ANSI.rule(LabelReference)
def label_reference(node: LabelReference, writer: Any) -> str:
    """The expression; in ORDER BY, a label that the statement's columns have is written as its name."""
    element = node.element
    if writer.scope.facts.get("clause") != "order":
        return writer.render_value(element)  # type: ignore[no-any-return]
    labels = {n.column.name: n.column for n in _columns(writer) if n.column.__visit_name__ == "label"}
    return _render_ordering(element, labels, writer)


def _render_ordering(element: Any, labels: dict[Any, Any], writer: Any) -> str:
    if element.__visit_name__ == "label":
        known = labels.get(element.name)
        if known is not None and _same_label(known, element):
            return writer.quote(known.name)  # type: ignore[no-any-return]
        return writer.render_value(element)  # type: ignore[no-any-return]
    inner = element.element
    written = _Written(_render_ordering(inner, labels, writer))
    copy = element._clone()
    copy.element = written
    return writer.render(copy)  # type: ignore[no-any-return]


class _Written:
    """Text that was written already, in the place of an element."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


@ANSI.rule(_Written)
def written(node: _Written, writer: Any) -> str:
    """The text."""
    return node.text


@ANSI.rule(TextualLabelReference)
def textual_label_reference(node: TextualLabelReference, writer: Any) -> str:
    """The label or column of that name; anything else is an error, never text."""
    name = node.name
    if writer.scope.statement is None:
        return writer.quote(name)  # type: ignore[no-any-return]  # desc("name") shown by itself
    named = _columns(writer)
    for each in named:
        if each.column.__visit_name__ == "label" and each.column.name == name:
            if writer.scope.facts.get("clause") == "group" and not writer.capabilities.group_by_label:
                return writer.render_value(each.column._element)  # type: ignore[no-any-return]
            return writer.quote(each.column.name)  # type: ignore[no-any-return]
    for each in named:
        column = each.column
        if column._is_column_element and column.__visit_name__ != "label":
            if name in (column.key, column._name_for_select):
                return writer.render(column)  # type: ignore[no-any-return]
            if column.__visit_name__ == "column" and qualified_label(column) == name:
                return writer.render(column)  # type: ignore[no-any-return]
    for element in writer.scope.facts.get("display", ()):
        for each in element._from_objects:
            if not each._is_join and name in each.c:
                return writer.render(each.c[name])  # type: ignore[no-any-return]
    raise CompileError(
        "Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL expression "
        f"{name!r} should be explicitly declared as text({name!r})"
    )
