"""Default rules for common table expressions: the WITH clause and the names in FROM."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.alias import alias_name
from lect.compile.clauses import ValuesAlone
from lect.compile.table import ANSI
from lect.compile.writer import FROM, Scope
from lect.exc import CompileError
from lect.sql.cte import CTE

__all__ = ["CTEs", "with_clause", "words_of"]


class CTEs:
    """The CTEs written in one WITH clause, in order of dependency.

    Attributes:
        texts: CTE -> ``name AS (…)``; entered when its text is complete.
        names: name -> the CTE of that name whose text is (being) written.
    """

    __slots__ = ("names", "texts")

    def __init__(self) -> None:
        self.texts: dict[CTE, str] = {}
        self.names: dict[str, CTE] = {}


def _keeper(writer: Any, node: CTE) -> CTEs:
    """Return where the text of `node` is kept: the innermost statement for nesting ones, the outermost for others."""
    if node.nesting or node in writer.facts.get("nest_here", ()):
        scope = writer.scope
        # A member of a UNION has no WITH of its own: it would need parentheses that not every database allows.
        while scope.parent is not None and scope.parent.facts.get("members"):
            scope = scope.parent
        if scope.parent is not None and not writer.capabilities.ctes_nested:
            writer.refuse("WITH inside of another statement", instead="leave out nesting=True or nest_here=True")
        if scope.ctes is None:
            scope.ctes = CTEs()
        return scope.ctes  # type: ignore[no-any-return]
    if writer.ctes is None:
        writer.ctes = CTEs()
    return writer.ctes  # type: ignore[no-any-return]


def _is_visible(writer: Any, name: str, node: CTE) -> bool:
    """Say whether `node`, or one that restates it, is written (or being written) where this place can see it."""
    scope: Scope | None = writer.scope
    while scope is not None:
        if scope.ctes is not None and name in scope.ctes.names and node in scope.ctes.names[name]._chain():
            return True
        scope = scope.parent
    return writer.ctes is not None and name in writer.ctes.names and node in writer.ctes.names[name]._chain()


@ANSI.rule(CTE)
def cte(node: CTE, writer: Any) -> str:
    """The name, its text going to the WITH clause; ``name AS alias`` in FROM for an alias of one."""
    position = writer.position
    if node is writer.statement:
        return writer.render(node.element)  # type: ignore[no-any-return]  # shown by itself
    name = writer.name(node.name, "alias")
    if position != FROM:
        return writer.quote(name)  # type: ignore[no-any-return]
    if _is_visible(writer, name, node):
        return writer.quote(name)  # type: ignore[no-any-return]
    original = node._alias_of
    if original is not None:
        before = writer.render_from(original)
        return f"{before} AS {writer.quote(name)}"
    keeper = _keeper(writer, node)
    existing = keeper.names.get(name)
    if existing is not None:
        if existing not in node._chain():
            raise CompileError(f"Multiple, unrelated CTEs found with the same name: {name!r}")
        keeper.texts.pop(existing, None)
    keeper.names[name] = node
    keeper.texts[node] = definition(node, writer)
    return writer.quote(name)  # type: ignore[no-any-return]


def definition(node: CTE, writer: Any) -> str:
    """Return ``name(columns) AS (statement)``."""
    if getattr(node.element, "is_dml", False) and not writer.capabilities.dml_in_cte:
        kind = node.element._kind.upper()
        writer.refuse(f"{kind} in a common table expression", instead=f"execute the {kind} by itself")
    text = alias_name(node, writer)
    if node.recursive and node.element._is_select_base:
        named = [n for n in node.element._named_columns(True) if n.name is not None]
        text += f"({', '.join([writer.quote(n.label or n.name) for n in named])})"
    elif node.element._is_values:
        text += f"({', '.join([writer.quote(c.name) for c in node.element._column_args])})"
    before = words_of(node._prefixes, writer)
    after = words_of(node._suffixes, writer)
    inner = values_text(node.element, writer) if node.element._is_values else writer.render_as(node.element, FROM)
    text += f" AS {before}\n({inner})"
    return f"{text} {after}" if node._suffixes else text


def values_text(element: Any, writer: Any) -> str:
    """Return the rows that are the whole of a common table expression."""
    if element._is_lateral:
        raise CompileError("Can't use a LATERAL VALUES expression inside of a CTE")
    prepare_added(element, writer)
    return writer.render(ValuesAlone(element))  # type: ignore[no-any-return]


def words_of(words: Any, writer: Any) -> str:
    """Return prefixes or suffixes meant for this dialect, each with a space after it."""
    names = writer.dialect_names
    return "".join([f"{writer.render(w.text)} " for w in words if w.dialect is None or w.dialect in names])


def prepare_added(node: Any, writer: Any) -> None:
    """Write the CTEs given to ``add_cte()``."""
    for added in node._added_ctes:
        if added.nest_here:
            places = writer.facts.setdefault("nest_here", {})
            if places.setdefault(added.cte, node) is not node:
                raise CompileError("CTE is stated as 'nest_here' in more than one location")
    for added in node._added_ctes:
        writer.render_from(added.cte)


def with_clause(text: str, scope: Scope, writer: Any) -> str:
    """Return a statement's text with the WITH clause of the CTEs that belong to it."""
    groups = []
    if scope.ctes is not None:
        groups.append(scope.ctes)
    if scope.parent is None and writer.ctes is not None:
        groups.append(writer.ctes)
        writer.ctes = None
    texts = [t for g in groups for t in g.texts.values()]
    if not texts:
        return text
    if not writer.capabilities.ctes:
        writer.refuse("a common table expression (WITH)", instead="use a subquery")
    recursive = any(c.recursive for g in groups for c in g.texts)
    keyword = "WITH RECURSIVE " if recursive and writer.capabilities.cte_recursive_keyword else "WITH "
    joined = ", \n".join(texts)
    return f"{keyword}{joined}\n {text}"
