"""What INSERT, UPDATE and DELETE have in common: the table, values for columns, RETURNING."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from lect.exc import ArgumentError, InvalidRequestError
from lect.sql.arguments import column_argument, condition, from_argument, resolve
from lect.sql.bind import BindParameter
from lect.sql.boolean import and_
from lect.sql.collection import ColumnCollection
from lect.sql.dialect_options import checked_options
from lect.sql.executable import HasCTE, HasPrefixes, Hint, Statement
from lect.sql.filtering import named_attribute, namespaces
from lect.sql.from_clause import ReturnsRows
from lect.sql.naming import LABEL_STYLE_DISAMBIGUATE_ONLY, NamedColumn, name_columns, unique_keys
from lect.sql.node import Node, pairs
from lect.sql.syntax_extension import HasSyntaxExtensions

__all__ = ["DmlWhere", "UpdateBase", "ValuesBase", "ValuesRow", "value_node"]

_U = TypeVar("_U", bound="UpdateBase")
_V = TypeVar("_V", bound="ValuesBase")
_W = TypeVar("_W", bound="DmlWhere")


class ValuesRow(Node):
    """Values of one row: pairs of a column (or, when the table has no such column, its key) and an expression."""

    _fields = (pairs("cells"),)

    def __init__(self, cells: tuple[tuple[Any, Any], ...]) -> None:
        self.cells = cells


class UpdateBase(HasPrefixes, HasCTE, HasSyntaxExtensions, Statement, ReturnsRows):
    """An INSERT, UPDATE, DELETE or MERGE."""

    is_dml: ClassVar[bool] = True
    _is_select_base: ClassVar[bool] = False
    table: Any
    _returning: tuple[Any, ...] = ()
    _return_defaults: bool = False
    _return_defaults_columns: tuple[Any, ...] = ()
    #: Columns that RETURNING fetches beside those whose values the server makes.
    _supplemental_columns: tuple[Any, ...] = ()
    _hints: tuple[Hint, ...] = ()
    _sort_by_parameter_order: bool = False

    def _set_table(self, table: Any) -> None:
        found = from_argument(table, "FROM expression")
        self.table = found
        if found._is_entity:
            self._plugin = found.plugin
        elif not (found._is_table or getattr(found, "element", None) is not None or found._is_join):
            raise ArgumentError(f"subject table for an INSERT, UPDATE or DELETE expected, got {table!r}.")

    @property
    def _core_table(self) -> Any:
        """The table as a FROM element, also when an entity was given."""
        return self.table.entity_from if self.table._is_entity else self.table

    @property
    def entity_description(self) -> dict[str, Any]:
        """A dictionary that describes the table: name, table, and with entities entity and expr."""
        if self._plugin is not None and hasattr(self._plugin, "entity_description"):
            return self._plugin.entity_description(self)  # type: ignore[no-any-return]
        table = self._core_table
        return {"name": table.name if table.named_with_column else None, "table": table}

    # -- RETURNING ----------------------------------------------------------------------------------------------------

    def returning(self: _U, *cols: Any, sort_by_parameter_order: bool = False) -> _U:
        """Return this statement handing back columns of the rows it changes.

        Args:
            sort_by_parameter_order: rows of an INSERT come in the order of the parameters given, also when many rows
                are inserted by one statement.
        """
        if self._return_defaults:
            raise InvalidRequestError("return_defaults() is already configured on this statement")
        if sort_by_parameter_order and self._kind != "insert":
            raise ArgumentError(
                "The 'sort_by_parameter_order' argument to returning() only applies to INSERT statements"
            )
        given: list[Any] = []
        for col in cols:
            given.extend(col if isinstance(col, ColumnCollection) else (column_argument(col),))
        found = tuple(given)
        copy = self._generate()
        copy._returning = self._returning + found
        if sort_by_parameter_order:
            copy._sort_by_parameter_order = True
        copy._note_entities(found)
        return copy

    def return_defaults(
        self: _U,
        *cols: Any,
        supplemental_cols: Any = None,
        sort_by_parameter_order: bool = False,
    ) -> _U:
        """Return this statement fetching values that the server makes (of `cols` only, if given), where that is
        possible."""
        if self._returning:
            raise InvalidRequestError("RETURNING is already configured on this statement")
        if sort_by_parameter_order and self._kind != "insert":
            raise ArgumentError(
                "The 'sort_by_parameter_order' argument to return_defaults() only applies to INSERT statements"
            )
        copy = self._generate()
        copy._return_defaults = True
        found = self._columns_of_own(cols)
        if self._return_defaults:
            # Called again: all of them stay all of them, named ones become more.
            known = self._return_defaults_columns
            found = (*known, *[c for c in found if all(c is not k for k in known)]) if known and found else ()
        copy._return_defaults_columns = found
        copy._supplemental_columns = (*self._supplemental_columns, *self._columns_of_own(supplemental_cols or ()))
        if sort_by_parameter_order:
            copy._sort_by_parameter_order = True
        return copy

    def _columns_of_own(self, given: Iterable[Any]) -> tuple[Any, ...]:
        table = self._core_table
        return tuple([table._column_named(c) if isinstance(c, str) else resolve(c) for c in given])

    def _column_expressions(self) -> Sequence[Any]:
        found: list[Any] = []
        for each in self._returning:
            if each._is_from_clause:
                found.extend(each._select_columns())
            elif each._is_entity:
                found.extend(each.entity_columns)
            else:
                found.append(each)
        return found

    @property
    def _all_selected_columns(self) -> Sequence[Any]:
        return self._column_expressions()

    @property
    def returning_column_descriptions(self) -> list[dict[str, Any]]:
        """One dictionary per column of RETURNING: name, type, expr; with entities also entity and aliased."""
        if self._plugin is not None and hasattr(self._plugin, "returning_column_descriptions"):
            return self._plugin.returning_column_descriptions(self)  # type: ignore[no-any-return]
        named = [n for n in self._named_columns(False) if n.column._is_column_element]
        return [{"name": n.name, "type": n.column.type, "expr": n.column} for n in named]

    def _named_columns(self, nested: bool) -> list[NamedColumn]:
        if self._plugin is not None:
            return self._translated()._named_columns(nested)  # type: ignore[no-any-return]
        return self._memoized(  # type: ignore[no-any-return]
            "named", lambda: name_columns(self._column_expressions(), LABEL_STYLE_DISAMBIGUATE_ONLY, nested=nested)
        )

    @property
    def exported_columns(self) -> Any:
        """The columns of RETURNING."""
        named = [n for n in self._named_columns(False) if n.key is not None]
        return ColumnCollection(list(zip(unique_keys(named), [n.column for n in named], strict=True))).as_readonly()

    def _proxies_in(self, cte: Any) -> list[tuple[str, Any]]:
        out = []
        for named in self._named_columns(True):
            if named.key is not None:
                out.append(named.column._make_proxy(cte, name=named.name, key=named.key))
        return out

    def is_derived_from(self, fromclause: Any) -> bool:
        """Say whether the statement's table is, or comes from, `fromclause`."""
        return bool(self._core_table.is_derived_from(fromclause))

    # -- hints, values of parameters ----------------------------------------------------------------------------------

    def with_hint(self: _U, text: str, *, selectable: Any = None, dialect_name: str = "*") -> _U:
        """Return this statement with a hint about its table (or another one)."""
        if not isinstance(text, str):
            raise ArgumentError(f"a hint must be a string, not {text!r}")
        copy = self._generate()
        element = self._core_table if selectable is None else from_argument(selectable)
        copy._hints = (*self._hints, Hint(element, text, dialect_name))
        return copy

    def params(self, *arg: Any, **kw: Any) -> Any:
        """Values of an INSERT, UPDATE or DELETE are given with ``values()`` or at execution."""
        raise InvalidRequestError(
            "params() is not supported for INSERT/UPDATE/DELETE statements. To set the values for an INSERT or UPDATE "
            "statement, use stmt.values(**parameters)."
        )

    @property
    def entity_namespace(self) -> Any:
        return self.table.entity_namespace


def value_node(value: Any, column: Any, key: str | None) -> Any:
    """Return the expression for a value of `column`: the value bound under the column's key, or the expression
    given."""
    node = resolve(value)
    if isinstance(node, Node):
        if node._is_bind_parameter:  # type: ignore[attr-defined]
            return _named_bind(node, column, key)
        expression = node._as_expression()  # type: ignore[attr-defined]
        if expression is None:
            raise ArgumentError(f"SQL expression or a value for column {key!r} expected, got {value!r}.")
        return expression
    if key is None:
        return BindParameter(None, value, type_=column.type)
    bind: BindParameter[Any] = BindParameter.__new__(BindParameter)
    bind.key = key
    bind.value = value
    if column is not None:
        bind.type = column.type
    else:
        bind = BindParameter(key, value)
    bind.__dict__["_is_value_of_column"] = True
    return bind


def _named_bind(bind: Any, column: Any, key: str | None) -> Any:
    """Return a parameter given as a value: one without a name of its own takes the column's."""
    if key is not None and bind.unique and not bind.expanding:
        copy = bind._clone()
        copy.key, copy.unique = key, False
        copy.__dict__["_is_value_of_column"] = True
        bind = copy
    if column is not None and bind.type._isnull:
        bind = bind._with_type(column.type)
    return bind


class ValuesBase(UpdateBase):
    """An INSERT or UPDATE: a statement with values for columns."""

    #: None: no values were given, so that those of the execution decide which columns are written.
    _values: ValuesRow | None = None
    #: Rows of an INSERT of several rows.
    _multi_values: tuple[ValuesRow, ...] = ()

    def _column_for(self, key: Any) -> tuple[Any, str]:
        """Return ``(column or None, key)`` for what values are given for."""
        if isinstance(key, str):
            table = self._core_table
            return table.c.get(key), key
        node: Any = resolve(key)
        if isinstance(node, str):
            return self._column_for(node)
        if getattr(node, "_is_column_element", False) and isinstance(node, Node):
            column: Any = node
            own = self._core_table.c.get(column.key)
            if own is not None and (own is column or own is column.__dict__.get("_origin")):
                return own, own.key
            return column, column.key
        raise ArgumentError(f"SET/VALUES column expression or string key expected, got {key!r}.")

    def _row(self, given: Mapping[Any, Any]) -> ValuesRow:
        cells = []
        items: Iterable[tuple[Any, Any]] = given.items()
        if self.table._is_entity:
            # A mapper may know attributes that mean values for other columns.
            items = self.table.values_meant(items)
        for key, value in items:
            column, name = self._column_for(key)
            cells.append((name if column is None else column, value_node(value, column, name)))
        return ValuesRow(tuple(cells))

    def _as_mapping(self, given: Any) -> Mapping[Any, Any]:
        if isinstance(given, Mapping):
            return given
        if isinstance(given, (list, tuple)):
            columns = list(self._core_table.c)
            if len(given) > len(columns):
                raise ArgumentError(
                    f"values() got {len(given)} values for the {len(columns)} columns of "
                    f"{self._core_table.description!r}"
                )
            return dict(zip(columns[: len(given)], given, strict=True))
        raise ArgumentError(f"values() takes a dictionary, a tuple, or a list of these; got {given!r}")

    def values(self: _V, *args: Any, **kwargs: Any) -> _V:
        """Return this statement with values for columns.

        A dictionary (or keyword arguments) by column or key; a tuple in the order of the table's columns; for INSERT
        also a list of dictionaries or of tuples: several rows.
        """
        if getattr(self, "_select", None) is not None:
            raise InvalidRequestError("This construct already inserts from a SELECT")
        if args and kwargs:
            raise ArgumentError("Can't pass positional and kwargs to values() simultaneously")
        if len(args) > 1:
            raise ArgumentError(
                "Only a single dictionary/tuple or list of dictionaries/tuples is accepted positionally."
            )
        if args and isinstance(args[0], (list, tuple)) and args[0] and isinstance(args[0][0], (list, tuple, Mapping)):
            return self._with_rows(args[0])
        copy = self._generate()
        given = kwargs if not args else self._as_mapping(args[0])
        row = self._row(given)
        if self._values is not None:
            taken = {id(k) if not isinstance(k, str) else k for k, _ in row.cells}
            kept = [c for c in self._values.cells if (c[0] if isinstance(c[0], str) else id(c[0])) not in taken]
            row = ValuesRow((*kept, *row.cells))
        copy._values = row
        return copy

    def _with_rows(self: _V, rows: Any) -> _V:
        raise InvalidRequestError(f"{self._kind.upper()} construct does not support multiple parameter sets.")


class DmlWhere(UpdateBase):
    """An UPDATE or DELETE: a statement with a condition."""

    _extension_points: ClassVar[tuple[str, ...]] = ("post_criteria",)
    _where: tuple[Any, ...] = ()
    #: (dialect, argument, value) of clauses that only one dialect has, LIMIT of an UPDATE for instance; hashable.
    _dialect_facts: tuple[tuple[str, str, Any], ...] = ()

    def with_dialect_options(self: _W, **opt: Any) -> _W:
        """Return this statement with ``<dialect>_<argument>=value``, clauses that only one dialect has.

        Raises ArgumentError for an argument that the dialect does not take here.
        """
        copy = self._generate()
        kept = {(name, key): value for name, key, value in self._dialect_facts}
        kept.update({(name, key): value for name, key, value in checked_options(type(self), opt)})
        copy._dialect_facts = tuple([(name, key, value) for (name, key), value in kept.items()])
        return copy

    def where(self: _W, *whereclause: Any) -> _W:
        """Return this statement with these conditions; all of them, and those set before, must hold."""
        copy = self._generate()
        found = tuple([condition(c) for c in whereclause])
        copy._where = self._where + found
        copy._note_entities(found)
        return copy

    filter = where

    def filter_by(self: _W, **kwargs: Any) -> _W:
        """Return this statement with ``column = value`` for each argument."""
        spaces = namespaces([self.table, *self._where])
        return self.where(*[named_attribute(spaces, key) == value for key, value in kwargs.items()])

    @property
    def whereclause(self) -> Any:
        """The condition as one expression, None when there is none."""
        return and_(*self._where) if self._where else None
