"""Default rules for UPDATE and DELETE."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.cte import prepare_added, with_clause, words_of
from lect.compile.ansi.dml_values import Written, check_consumed, update_cells
from lect.compile.ansi.hints import hints_of
from lect.compile.ansi.insert import adds_returning
from lect.compile.ansi.returning import returning, returning_columns
from lect.compile.ansi.select import all_of
from lect.compile.ansi.syntax_extension import extensions_at
from lect.compile.clauses import DeleteParts, ExtraFroms, UpdateParts
from lect.compile.compiled import DmlPlan
from lect.compile.linting import check_froms
from lect.compile.table import ANSI
from lect.sql._update import Delete, Update
from lect.sql.from_clause import froms_of

__all__ = ["delete", "extra_froms", "set_clause", "update", "where_clause"]


def extra_froms(node: Any) -> list[Any]:
    """Return the FROM elements a statement reads beside its own table."""
    found: dict[Any, None] = dict.fromkeys(getattr(node, "_using", ()))
    for clause in node._where:
        found.update(dict.fromkeys(froms_of(clause)))
    row = getattr(node, "_values", None)
    if row is not None:
        for _, value in row.cells:
            found.update(dict.fromkeys(froms_of(value)))
    own = node.table
    hidden = {own, *own._from_objects}
    for f in list(found):
        hidden.update(f._hide_froms)
    return [f for f in found if f not in hidden]


def where_clause(node: Any, writer: Any) -> str:
    """Return WHERE with the space before it."""
    if not node._where:
        return ""
    condition = all_of(node._where, writer)
    return f" WHERE {condition}" if condition else ""


def set_clause(cells: list[Written], writer: Any, several: bool) -> str:
    """Return ``a=x, b=y``; ``t.a=x`` where the statement may write several tables, and lists them."""
    if several and writer.capabilities.multi_table_update.name == "TABLE_LIST":
        return ", ".join([f"{writer.render(c.column)}={c.text}" for c in cells])
    return ", ".join([f"{_target(c.column, writer)}={c.text}" for c in cells])


def _target(column: Any, writer: Any) -> str:
    """Return what stands left of ``=`` in SET: a column without its table, or part of one."""
    if column.__visit_name__ == "column":
        return writer.quote(column.name)  # type: ignore[no-any-return]
    with writer.without_tables():
        return writer.render(column)  # type: ignore[no-any-return]


@ANSI.rule(ExtraFroms)
def extra_from_clause(node: ExtraFroms, writer: Any) -> str:
    """``FROM a, b`` of an UPDATE, ``USING a, b`` of a DELETE."""
    kind = node.statement._kind
    form = getattr(writer.capabilities, f"multi_table_{kind}").name
    if form == "NONE":
        writer.refuse(
            f"{kind.upper()} that reads several tables", instead="use a subquery: where(column.in_(select(...)))"
        )
    froms = ", ".join([writer.render_from(f) for f in node.froms])
    if form == "FROM":
        return f" FROM {froms}"
    if form == "USING":
        return f" USING {froms}"
    if kind == "delete":
        return f" , {froms}"
    return f", {froms}"


@ANSI.rule(Update)
def update(node: Update, writer: Any) -> str:
    """``UPDATE t SET a=x FROM u WHERE …``."""
    node = node._translated()
    results = writer.take_results()
    with writer.enter(node) as scope:
        table = node.table
        scope.target = table
        plan = DmlPlan("update", table)
        if results:
            writer.dml = plan
        extra = extra_froms(node)
        scope.froms = frozenset([table, *table._from_objects, *[o for f in extra for o in f._from_objects]])
        scope.visible = scope.visible | scope.froms
        scope.facts["several"] = bool(extra)
        if extra and writer.options.linting:
            check_froms(node._kind.upper(), [table, *extra], node._where)
        if node._hints:
            scope.facts["hints"] = hints_of(node, writer)
        prepare_added(node, writer)
        text = f"UPDATE {words_of(node._prefixes, writer)}{writer.render_from(table)}"
        cells = update_cells(node, writer, plan, extra)
        sets = f" SET {set_clause(cells, writer, bool(extra) or table._is_join)}"
        froms = writer.render(ExtraFroms(node, extra)) if extra else ""
        where = where_clause(node, writer) + extensions_at(node, "post_criteria", writer)
        returned = _returning(node, plan, writer, results)
        text = with_clause(writer.render(UpdateParts(node, text, sets, froms, where, returned)), scope, writer)
        check_consumed(plan, writer)
        return text


@ANSI.rule(UpdateParts)
def update_parts(node: UpdateParts, writer: Any) -> str:
    """RETURNING stands at the end."""
    return f"{node.head}{node.sets}{node.froms}{node.where}{node.returning}"


def _returning(node: Any, plan: DmlPlan, writer: Any, results: bool) -> str:
    if node._returning:
        plan.returning = "explicit"
        plan.returned = tuple(node._column_expressions())
        return returning(node, writer, results)
    if (
        node._return_defaults
        and getattr(writer.capabilities, f"{node._kind}_returning").name != "NONE"
        and getattr(plan.table, "implicit_returning", False)
        and not writer.options.for_executemany
        and adds_returning(writer.dialect)
    ):
        given = {id(c) for c in plan.written} - {id(c) for c in plan.postfetch}
        only = [c for c in node._return_defaults_columns if id(c) not in given]
        made = only if node._return_defaults_columns else plan.postfetch
        supplemental = node._supplemental_columns
        # Named columns come first; of those found out, the columns asked for beside them do.
        groups = (only, supplemental) if node._return_defaults_columns else (supplemental, made)
        wanted = list({id(c): c for group in groups for c in group}.values())
        if wanted:
            plan.returning = "implicit"
            plan.returned = tuple(wanted)
            plan.postfetch = tuple([c for c in plan.postfetch if all(c is not w for w in wanted)])
            return returning_columns(wanted, writer, results)
    return ""


def _returning_of_delete(node: Any, plan: DmlPlan, writer: Any, results: bool) -> str:
    wanted = [*node._return_defaults_columns, *node._supplemental_columns]
    if node._returning:
        plan.returning = "explicit"
        plan.returned = tuple(node._column_expressions())
        return returning(node, writer, results)
    if not wanted or writer.capabilities.delete_returning.name == "NONE" or not adds_returning(writer.dialect):
        return ""
    plan.returning = "implicit"
    plan.returned = tuple(wanted)
    return returning_columns(wanted, writer, results)


@ANSI.rule(Delete)
def delete(node: Delete, writer: Any) -> str:
    """``DELETE FROM t USING u WHERE …``."""
    node = node._translated()
    results = writer.take_results()
    with writer.enter(node) as scope:
        table = node.table
        scope.target = table
        plan = DmlPlan("delete", table)
        if results:
            writer.dml = plan
        extra = extra_froms(node)
        scope.froms = frozenset([table, *table._from_objects, *[o for f in extra for o in f._from_objects]])
        scope.visible = scope.visible | scope.froms
        scope.facts["several"] = bool(extra)
        if extra and writer.options.linting:
            check_froms(node._kind.upper(), [table, *extra], node._where)
        if node._hints:
            scope.facts["hints"] = hints_of(node, writer)
        prepare_added(node, writer)
        text = f"DELETE {words_of(node._prefixes, writer)}FROM {writer.render_from(table)}"
        froms = writer.render(ExtraFroms(node, extra)) if extra else ""
        where = where_clause(node, writer) + extensions_at(node, "post_criteria", writer)
        returned = _returning_of_delete(node, plan, writer, results)
        return with_clause(writer.render(DeleteParts(node, text, "", froms, where, returned)), scope, writer)
