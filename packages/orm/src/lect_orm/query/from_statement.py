"""Entities loaded from a statement of the user's own: ``select(User).from_statement(text("SELECT ..."))``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lect.exc import ArgumentError
from lect.shape import Shape, uncacheable
from lect.sql._select import Select
from lect.sql.entity import registered
from lect.sql.executable import Executable
from lect.sql.naming import LABEL_STYLE_NONE
from lect_orm.loading.context import LoadContext
from lect_orm.query.entities import PLUGIN
from lect_orm.query.execute import RowPlan, _bind_arguments, _core_options, labelled_columns, make_result
from lect_orm.query.translate import Translation

__all__ = ["FromStatement"]


class FromStatement(Executable):
    """Entities and columns, and the statement whose rows they are read from."""

    __visit_name__ = "orm_from_statement"
    is_from_statement = True
    is_select = True
    _kind = "select"

    def __init__(self, entities: Any, element: Any) -> None:
        self.entities = tuple(entities)
        if not getattr(element, "is_clause_element", False):
            found = registered(element)
            hook = getattr(element, "__clause_element__", None)
            element = found if found is not None else hook() if hook is not None else element
        if isinstance(element, str) or not getattr(element, "is_clause_element", False):
            raise ArgumentError(
                f"from_statement() takes a SELECT, text() or a DML statement with RETURNING, got {element!r}"
            )
        self.element = element
        self._plugin = PLUGIN

    def _structure(self) -> Shape:
        self._shape = uncacheable(FromStatement)
        self._leaves = ()
        return self._shape

    def _translated(self) -> Any:
        return self.element._translated() if hasattr(self.element, "_translated") else self.element

    def compile(self, bind: Any = None, dialect: Any = None, **kw: Any) -> Any:
        return self._translated().compile(bind, dialect, **kw)

    def columns(self, *cols: Any, **types: Any) -> Any:
        """Name the columns of the text."""
        return self._replace(element=self.element.columns(*cols, **types))

    @property
    def column_descriptions(self) -> list[dict[str, Any]]:
        """One dictionary per thing selected."""
        found: list[dict[str, Any]] = PLUGIN.column_descriptions(
            self._as_select()._replace(_label_style=self._label_style)
        )
        return found

    @property
    def _label_style(self) -> Any:
        return getattr(self.element, "_label_style", LABEL_STYLE_NONE)

    @property
    def exported_columns(self) -> Any:
        """The columns of the statement."""
        return self.element.exported_columns

    def _as_select(self) -> Any:
        made: Any = Select()._replace(_raw_columns=self.entities, _with_options=self._with_options, _plugin=PLUGIN)
        return made._replace(_execution_options={**self._execution_options, "_lect_lenient_options": True})

    def run(self, session: Any, params: Any, options: Mapping[str, Any], bind_arguments: Any) -> Any:
        """Execute in a session; return the result."""
        options = {**self._execution_options, **options}
        if options.get("autoflush", True):
            session._autoflush()
        translation = Translation(self._as_select(), with_loaders=True, may_join=False)
        arguments = _bind_arguments(
            session, bind_arguments, self.element, next((e.mapper for e in translation.entities), None)
        )
        connection = session.connection(bind_arguments=arguments)
        element = self._translated()
        result = connection.execute(element, params, execution_options=_core_options(options))
        places = _places(translation, result, element)
        for reader in translation.readers:
            _leave_out_missing(translation, reader, places)
        plan = RowPlan(translation, False)
        plan.labelled = labelled_columns(plan.readers, self._label_style)
        ctx = LoadContext(
            session,
            self,
            populate_existing=bool(options.get("populate_existing", False)),
            token=options.get("identity_token"),
            execution_options=options,
            bind_arguments=bind_arguments,
        )
        typed = None
        if getattr(element, "_is_text_clause", False):
            # A text says nothing of types: those of the attributes that its columns are read into hold.
            typed = connection.prepare(translation.statement).processors
        return make_result(plan, ctx, _Rearranged(result, places, typed), options.get("yield_per"))


class _Rearranged:
    """A result whose rows have the columns in the order of the translation; those that are missing are None."""

    def __init__(self, result: Any, places: list[int | None], typed: Any = None) -> None:
        self._result = result
        self._places = places
        processors = result._columns_checked().processors
        if typed is None:
            self.processors = tuple([None if p is None or processors is None else processors[p] for p in places])
        else:
            self.processors = tuple(typed)

    def _columns_checked(self) -> Any:
        return self

    @property
    def keys(self) -> Any:
        """Place for each column."""
        return self._places

    def raw_cursor(self) -> Any:
        """The source of rows."""
        return self

    def _arranged(self, rows: Any) -> list[Any]:
        places = self._places
        return [tuple([None if p is None else row[p] for p in places]) for row in rows]

    def fetchall(self) -> list[Any]:
        """All rows."""
        return self._arranged(self._result.raw_cursor().fetchall())

    def fetchmany(self, size: int) -> list[Any]:
        """Some rows."""
        return self._arranged(self._result.raw_cursor().fetchmany(size))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._result, name)


def _places(translation: Translation, result: Any, element: Any) -> list[Any]:
    """Return for each column of the translation its place in the result, None when the result does not have it."""
    columns = result._columns_checked()
    selected = []
    if getattr(element, "_is_select_base", False) or hasattr(element, "_all_selected_columns"):
        try:
            selected = list(element._all_selected_columns)
        except Exception:
            selected = []
    found: list[Any] = []
    every = [*translation.columns, *translation.eager_columns]
    lower = {str(k).lower(): i for i, k in reversed(list(enumerate(columns.keys)))}
    for column in every:
        found.append(_place(column, columns, selected, lower))
    return found


def _leave_out_missing(translation: Translation, reader: Any, places: list[int | None]) -> None:
    """Let an entity do without the columns that the statement does not have: they load when they are read."""
    if not reader.is_entity:
        for inner in getattr(reader, "readers", ()):
            _leave_out_missing(translation, inner, places)
        return
    resolve = translation.resolve_place
    for mapper, items in reader.items.items():
        reader.items[mapper] = [(key, place) for key, place in items if places[resolve(place)] is not None]
    if reader.discriminator is not None and places[resolve(reader.discriminator)] is None:
        reader.discriminator = None
    for child in reader.children:
        _leave_out_missing(translation, child.reader, places)


def _place(column: Any, columns: Any, selected: list[Any], lower: dict[str, int]) -> int | None:
    candidates = [column]
    origin = column.__dict__.get("_origin")
    while origin is not None:
        candidates.append(origin)
        origin = origin.__dict__.get("_origin")
    for candidate in candidates:
        place: int | None = columns.lookup.get(candidate)
        if place is not None:
            return place
    for i, other in enumerate(selected):
        if i < len(columns.keys) and hasattr(other, "shares_lineage") and other.shares_lineage(candidates[-1]):
            return i
    name = getattr(column, "name", None)
    table = getattr(column, "table", None)
    names = []
    if table is not None and name is not None:
        names.append(f"{getattr(table, 'name', '')}_{name}")
    if name is not None:
        names.append(str(name))
    key = getattr(column, "key", None)
    if key is not None:
        names.append(str(key))
    for one in names:
        place = lower.get(one.lower())
        if place is not None:
            return place
    return None


def _from_statement(self: Any, statement: Any) -> FromStatement:
    """Load this SELECT's entities from the rows of another statement."""
    made = FromStatement(self._raw_columns, statement)
    return made._replace(_with_options=self._with_options, _execution_options=self._execution_options)


if not hasattr(Select, "from_statement"):
    Select.from_statement = _from_statement  # type: ignore[attr-defined]
