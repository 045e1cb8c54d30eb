"""Default rules for SELECT: its columns, FROM, conditions, grouping and ordering."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.cte import prepare_added, with_clause, words_of
from lect.compile.ansi.hints import hints_of, statement_hints
from lect.compile.ansi.syntax_extension import extensions_at
from lect.compile.ansi.window import window_clause
from lect.compile.clauses import AfterSelect, EmptyFrom, Locking, RowLimit
from lect.compile.linting import check_froms
from lect.compile.table import ANSI
from lect.compile.writer import FROM, LATERAL, Scope
from lect.exc import CompileError
from lect.operators import asbool
from lect.sql._select import Select
from lect.sql.anonymous import anonymous_name
from lect.sql.boolean import and_
from lect.sql.compound import CompoundSelect
from lect.sql.exists import Exists, ScalarSelect
from lect.sql.label_reference import TextualLabelReference
from lect.sql.naming import NamedColumn
from lect.sql.select_base import SelectGrouping
from lect.sql.select_froms import display_froms
from lect.sql.textual_select import TextualSelect
from lect.sql.traversal import iterate

__all__ = ["column_list", "from_list", "order_by", "tail"]


@ANSI.rule(Select)
def select(node: Select[Any], writer: Any) -> str:
    """A whole SELECT; nested in FROM, each of its columns gets its name."""
    node = node._translated()
    position = writer.position
    results = writer.take_results()
    outer = writer.scope
    nested = position in (FROM, LATERAL)
    with writer.enter(node) as scope:
        froms = froms_here(node, outer, position)
        inside = [f for each in froms for f in each._from_objects] if froms else []
        scope.froms = frozenset(inside)
        scope.visible = scope.visible | scope.froms
        scope.facts["display"] = froms
        if writer.options.linting and froms:
            check_froms("SELECT", froms, node._where)
        if node._hints:
            scope.facts["hints"] = hints_of(node, writer)
        prepare_added(node, writer)
        if node._group_by and not writer.capabilities.group_by_parameters:
            inline_grouped(node, writer)
        columns = column_list(node, writer, nested, results)
        head = f"{words_of(node._prefixes, writer)}{extensions_at(node, 'post_select', writer, '', ' ')}"
        head += f"{writer.render(AfterSelect(node))}{extensions_at(node, 'pre_columns', writer, '', ' ')}"
        text = f"SELECT {head}{columns}".rstrip(" ")
        text += from_list(node, froms, writer)
        if node._where:
            where = all_of(node._where, writer)
            if where:
                text += f" \nWHERE {where}"
        text += tail(node, writer)
        return with_clause(text, scope, writer)


def all_of(conditions: Any, writer: Any) -> str:
    """Write conditions joined by AND."""
    if len(conditions) == 1:
        return writer.render_condition(conditions[0].self_group(against=asbool))  # type: ignore[no-any-return]
    return writer.render(and_(*conditions))  # type: ignore[no-any-return]


def froms_here(node: Any, outer: Scope, position: int) -> list[Any]:
    """Return the FROM list of a SELECT in the scope around it."""
    if position == FROM:
        return display_froms(node, outer.visible - outer.froms, ())
    return display_froms(node, outer.visible, outer.froms)


@ANSI.rule(AfterSelect)
def after_select(node: AfterSelect, writer: Any) -> str:
    """DISTINCT, DISTINCT ON where the database has it."""
    statement = node.statement
    if not statement._distinct:
        return ""
    if not statement._distinct_on:
        return "DISTINCT "
    if not writer.capabilities.distinct_on:
        writer.refuse("DISTINCT ON", instead="use group_by(), or row_number() in a subquery")
    writer.scope.facts["clause"] = "distinct"
    on = writer.render_all(statement._distinct_on)
    writer.scope.facts.pop("clause")
    return f"DISTINCT ON ({on}) "


@ANSI.rule(EmptyFrom)
def empty_from(node: EmptyFrom, writer: Any) -> str:
    """Nothing: the standard's dialects can select without FROM."""
    return ""


def from_list(node: Any, froms: list[Any], writer: Any) -> str:
    """Return ``FROM a, b`` with the newline before it."""
    if not froms:
        return writer.render(EmptyFrom(node))  # type: ignore[no-any-return]
    return " \nFROM " + ", ".join([writer.render_from(f) for f in froms])


def column_list(node: Any, writer: Any, nested: bool, results: bool) -> str:
    """Return the columns of a SELECT, noting them as the result's where `results`."""
    texts = []
    for named in node._named_columns(nested):
        text = column_text(named, writer, nested, results)
        if text:
            texts.append(text)
    return ", ".join(texts)


def column_text(named: NamedColumn, writer: Any, nested: bool, results: bool) -> str:
    """Return one column with its label."""
    column = named.column
    label = named.label
    if label is None and nested and not named.plain:
        label = named.name
    if column.__visit_name__ == "label":
        text = writer.render_column(column)
        final = writer.name(named.name) if results else ""
    else:
        wrapped = column_expression(column, writer, results)
        if label is None and wrapped is not column and named.name is not None:
            label = named.name
        final = writer.name(label) if label is not None else ""
        text = writer.render_value(wrapped)
        if label is not None:
            text = f"{text} AS {writer.identifiers.quote(_as_name(final, label))}"
        elif results and named.name is not None and not isinstance(named.name, anonymous_name):
            final = writer.name(named.name)
    if results:
        note_result(named, final, writer)
    return text  # type: ignore[no-any-return]


def _as_name(final: str, given: str) -> str:
    """Return the final name with the wish to quote of the given one."""
    return given if final == given else final


def column_expression(column: Any, writer: Any, results: bool) -> Any:
    """Return what is selected for `column`: itself, or what its type wraps around values read from the database."""
    if not results or not column._is_column_element:
        return column
    type_ = column.type
    if not type_._has_column_expression:
        return column
    return type_.dialect_impl(writer.dialect).column_expression(column)


def note_result(named: NamedColumn, final: str, writer: Any) -> None:
    """Enter a column among the columns of the result."""
    column = named.column
    if not column._is_column_element:
        writer.add_result(None, None, (column,), column.type if hasattr(column, "type") else None)
        return
    if column.__visit_name__ == "tuple":
        raise CompileError(
            "Most backends don't support SELECTing from a tuple() object.  If this is an ORM query, consider using the "
            "Bundle object."
        )
    key = final or None
    objects: tuple[Any, ...] = (final,) if named.repeated else (column, final)
    writer.add_result(key, final, objects, column.type)


def tail(node: Any, writer: Any) -> str:
    """Return GROUP BY, HAVING, ORDER BY, limits, locks, hints and suffixes."""
    text = ""
    if node._group_by:
        text += group_by(node, writer)
    having = getattr(node, "_having", ())
    if having:
        condition = all_of(having, writer)
        if condition:
            text += f" \nHAVING {condition}"
    extended = bool(getattr(node, "_extensions", ()))
    if extended:
        text += extensions_at(node, "post_criteria", writer)
    order = order_by(node, writer) if node._order_by else ""
    text += window_clause(writer) + order  # what is ordered by may use a window too
    if node._has_row_limit:
        text += writer.render(RowLimit(node))
    if node._for_update is not None:
        text += writer.render(Locking(node))
    if node._hints:
        text += statement_hints(node, writer)
    suffixes = getattr(node, "_suffixes", ())
    if suffixes:
        text += f" {words_of(suffixes, writer)}"
    if extended:
        text += extensions_at(node, "post_body", writer)
    return text


def group_by(node: Any, writer: Any) -> str:
    """Return GROUP BY with the space before it."""
    writer.scope.facts["clause"] = "group"
    try:
        text = ", ".join(filter(None, [writer.render_value(c) for c in node._group_by]))
    finally:
        writer.scope.facts.pop("clause", None)
    return f" GROUP BY {text}" if text else ""


def inline_grouped(node: Any, writer: Any) -> None:
    """Write values into the text where a server must see that an expression of the columns is one that was grouped by.

    It compares texts, and two placeholders are two different things to it.
    """
    grouped = list(node._group_by)
    names = {each.name for each in grouped if isinstance(each, TextualLabelReference)}
    grouped += [c for c in node._all_selected_columns if getattr(c, "name", None) in names] if names else []
    found = [n for each in grouped for n in iterate(each) if n.__visit_name__ == "bindparam"]
    if not found:
        return
    writer.inline(found)
    for each in (*node._all_selected_columns, *node._having, *node._order_by):
        for inner in iterate(each):
            # A value that cannot be written stays a parameter: it may stand outside of what was grouped by.
            if inner.__visit_name__ == "bindparam" and inner.type._cached_literal_processor(writer.dialect) is not None:
                writer.inline((inner,))


def order_by(node: Any, writer: Any) -> str:
    """Return ORDER BY with the space before it."""
    writer.scope.facts["clause"] = "order"
    try:
        text = ", ".join(filter(None, [writer.render_value(c) for c in node._order_by]))
    finally:
        writer.scope.facts.pop("clause", None)
    return f" ORDER BY {text}" if text else ""


@ANSI.rule(CompoundSelect)
def compound(node: CompoundSelect, writer: Any) -> str:
    """``SELECT … UNION SELECT …``: members stand where the whole stands."""
    position = writer.position
    results = writer.take_results()
    outer = writer.scope
    check_widths(node)
    with writer.enter(node) as scope:
        # Members see the statement around as if they stood in it alone.
        scope.froms, scope.visible = outer.froms, outer.visible
        scope.facts["members"] = True
        prepare_added(node, writer)
        texts = []
        for number, member in enumerate(node.selects):
            writer.results_wanted = results and number == 0
            texts.append(writer.render_as(member, position))
        writer.results_wanted = False
        # The whole has no tables of its own: its columns go by their names only.
        with writer.without_tables():
            text = f" {node.keyword} ".join(texts) + tail(node, writer)
        return with_clause(text, scope, writer)


def check_widths(node: CompoundSelect) -> None:
    """Refuse members that differ in their number of columns, as far as that is known."""
    widths = [
        None if any(not c._is_column_element for c in columns) else len(columns)
        for columns in [s._all_selected_columns for s in node.selects]
    ]
    for number, width in enumerate(widths[1:], 2):
        if width is not None and widths[0] is not None and width != widths[0]:
            raise CompileError(
                "All selectables passed to CompoundSelect must have identical numbers of columns; select #1 has "
                f"{widths[0]} columns, select #{number} has {width}"
            )


@ANSI.rule(SelectGrouping)
def select_grouping(node: SelectGrouping, writer: Any) -> str:
    """A SELECT in parentheses; as a member of a UNION it may have a WITH of its own."""
    facts = writer.scope.facts
    members = facts.pop("members", False)
    try:
        return f"({writer.render_as(node.element, writer.position)})"
    finally:
        if members:
            facts["members"] = True


@ANSI.rule(ScalarSelect)
def scalar_select(node: ScalarSelect[Any], writer: Any) -> str:
    """A SELECT in parentheses, as a value."""
    writer.results_wanted = False
    return f"({writer.render(node.element)})"


@ANSI.rule(Exists)
def exists(node: Exists, writer: Any) -> str:
    """``EXISTS (SELECT …)``."""
    writer.results_wanted = False
    element = node.element
    text = writer.render(element)
    return f"EXISTS {text}" if isinstance(element, SelectGrouping) else f"EXISTS ({text})"


@ANSI.rule(TextualSelect)
def textual_select(node: TextualSelect, writer: Any) -> str:
    """The text; its columns are those of the result."""
    results = writer.take_results()
    with writer.enter(node) as scope:
        prepare_added(node, writer)
        text = writer.render(node.element)
        if results:
            for column in node.column_args:
                writer.add_result(column.key, writer.name(column.name), (column, column.key), column.type)
            if writer.result_columns is None:
                writer.result_columns = []
            # Columns given by position match the text's; given by name, they are found by the names the server reports.
            writer.result_ordered = node.positional
        return with_clause(text, scope, writer)
