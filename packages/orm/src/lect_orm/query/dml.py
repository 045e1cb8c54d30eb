"""INSERT, UPDATE and DELETE of entities as statements for tables; :mod:`lect_orm.session.dml` executes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lect.engine.result import null_result
from lect.sql._select import Select
from lect.sql.boolean import and_, or_
from lect.sql.column import ColumnClause
from lect.sql.dml import ValuesRow
from lect.sql.from_clause import froms_of
from lect_orm.loading.context import LoadContext
from lect_orm.mapping.equality import is_column, replace_columns
from lect_orm.query.entities import PLUGIN, AliasEntity, BundleEntity, MapperEntity
from lect_orm.query.execute import RowPlan, make_result
from lect_orm.query.nested_criteria import with_criteria_inside, with_criteria_of_others
from lect_orm.query.relationship_join import single_criterion
from lect_orm.query.result import OrmResult
from lect_orm.query.translate import Translation, leave_conditions
from lect_orm.relationships.join_condition import plain

__all__ = ["DmlPlan", "plan_of", "translate_dml"]


class DmlPlan:
    """One data-changing statement of an entity.

    Attributes:
        kind: "insert", "update" or "delete".
        mapper: mapper of the entity.
        statement: the statement for the tables.
        source: the statement as given.
        where: its conditions, over columns of tables.
        values: attribute key (or column, where there is no attribute) -> value or expression.
        returning: whether rows come back.
    """

    def __init__(self, source: Any) -> None:
        self.source = source
        self.kind = source._kind
        node = source.table
        self.entity = node.entity
        self.mapper = node.entity.mapper
        self.mapper._check_configure()
        self.table = self.mapper.local_table if node.entity.is_mapper else node.entity.selectable
        self.translation: Translation | None = None
        self.returning = bool(source._returning)
        self.statement = self._translate()
        self.where = tuple(getattr(self.statement, "_where", ()))
        self.values = self._values()

    def _translate(self) -> Any:
        source = self.source
        fields: dict[str, Any] = {"table": self.table, "_plugin": None, "_with_options": ()}
        if hasattr(source, "_where"):
            where = list(source._where)
            single = single_criterion(self.entity)
            if single is not None:
                where.append(single)
            for option in source._with_options:
                applies = getattr(option, "applies_to", None)
                if applies is not None and applies(self.entity):
                    others = [o for o in source._with_options if o is not option and hasattr(o, "applies_to")]
                    where.append(with_criteria_of_others(option.criterion_for(self.entity), others, self.entity))
            fields["_where"] = tuple(where)
        for name in ("_values", "_ordered_values", "_multi_values", "_sets"):
            held = source.__dict__.get(name)
            if held is not None:
                fields[name] = self._columns_in(held)
        if source._returning:
            self.translation = Translation(
                Select()._replace(_raw_columns=source._returning, _with_options=source._with_options, _plugin=PLUGIN),
                with_loaders=True,
            )
            fields["_returning"] = tuple(self.translation.columns)
        hints = source.__dict__.get("_hints")
        if hints:
            fields["_hints"] = hints
        made = source._replace(**fields)
        if hasattr(source, "_where") and single_criterion(self.entity) is not None:
            made = leave_conditions(made, (self.entity,), lambda: (self.table,))
        criteria = [o for o in source._with_options if hasattr(o, "applies_to") and not o.loader_only]
        return with_criteria_inside(made, criteria) if criteria else made

    def _columns_in(self, held: Any) -> Any:
        """Replace attributes by their columns in what a statement keeps its values in."""
        if isinstance(held, ValuesRow):
            return ValuesRow(tuple([(self._column(k), v) for k, v in held.cells]))
        if isinstance(held, tuple | list):
            return type(held)([self._columns_in(h) for h in held])
        if isinstance(held, Mapping):
            return {self._column(k): v for k, v in held.items()}
        return held

    def _column(self, key: Any) -> Any:
        if isinstance(key, str):
            prop = self.mapper._props.get(key)
            while prop is not None and prop.is_synonym:
                prop = self.mapper._props.get(prop.name)
            if prop is not None and prop.is_column:
                for column in prop.columns:
                    if getattr(column, "table", None) is self.table:
                        return column
                return prop.columns[0]
            return key
        if is_column(key):
            return self._own(plain(key))
        if isinstance(key, ColumnClause) and key.name in self.mapper.local_table.c:
            return self.mapper.local_table.c[key.name]
        return key

    def _own(self, column: Any) -> Any:
        """Return the mapper's column for a column of the alias that is changed."""
        if not self.entity.is_mapper and column.table is self.table:
            return next((c for c in self.mapper.local_table.c if self.table.corresponding_column(c) is column), column)
        return column

    def _values(self) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for name in ("_values", "_ordered_values", "_sets"):
            held = self.statement.__dict__.get(name)
            if isinstance(held, ValuesRow):
                for column, value in held.cells:
                    found[self._key(column)] = value
            elif isinstance(held, Mapping):
                for column, value in held.items():
                    found[self._key(column)] = value
        return found

    def _key(self, column: Any) -> Any:
        if isinstance(column, str):
            return column
        prop = self.mapper.column_to_prop.get(column)
        return column if prop is None else prop.key

    @property
    def reads_other_tables(self) -> bool:
        """Whether the conditions concern other tables, so that Python objects alone cannot decide them."""
        own = {id(t) for t in self.mapper.tables} if self.entity.is_mapper else {id(self.table)}
        return any(id(f) not in own for node in self.where for f in froms_of(node))

    def select_keys(self) -> Any:
        """Return the SELECT of the primary keys of the rows concerned."""
        keys = [self.entity.adapt_own_column(c) for c in self.mapper.primary_key]
        return Select(*keys)._replace(_where=self.where)

    @property
    def own_where(self) -> tuple[Any, ...]:
        """The conditions over the columns of the mapper, of an alias too."""
        if self.entity.is_mapper:
            return self.where

        def change(node: Any) -> Any:
            if is_column(node) and node.table is self.table:
                return self._own(plain(node))
            return None

        return tuple([replace_columns(node, change) for node in self.where])

    def select_returned(self, keys: list[tuple[Any, ...]]) -> Any:
        """Return the SELECT of what RETURNING asks for, and of the primary key, for the rows of these keys."""
        columns = self.mapper.primary_key
        if len(columns) == 1:
            where = columns[0].in_([key[0] for key in keys])
        else:
            where = or_(*[and_(*[c == v for c, v in zip(columns, key, strict=True)]) for key in keys])
        return Select()._replace(
            _raw_columns=(*self.source._returning, *columns),
            _where=(where,),
            _with_options=self.source._with_options,
            _plugin=PLUGIN,
        )

    def wrap_rows(self, rows: list[Any]) -> Any:
        """Return a result of rows that were loaded already."""
        assert self.translation is not None
        plan = RowPlan(self.translation, needs_unique=False)
        made = iter([row[0] for row in rows] if plan.single else [tuple(row) for row in rows])
        return OrmResult(plan.columns, made, null_result(), _source_supports_scalars=plan.single)

    def wrap(self, session: Any, result: Any, options: Mapping[str, Any]) -> Any:
        """Return a result of entities for a core result whose rows are the columns of RETURNING."""
        translation = self.translation
        assert translation is not None
        ctx = LoadContext(
            session,
            self.source,
            populate_existing=bool(options.get("populate_existing", False)),
            token=options.get("identity_token"),
            execution_options=options,
        )
        return make_result(RowPlan(translation, needs_unique=False), ctx, result, None)


def plan_of(statement: Any) -> DmlPlan:
    """Return the plan of an INSERT, UPDATE or DELETE of an entity."""
    return DmlPlan(statement)


def translate_dml(statement: Any) -> Any:
    """Return the statement for the tables."""
    if not getattr(statement.table, "_is_entity", False):
        return statement._replace(_plugin=None, _returning=_plain_returning(statement._returning))
    return DmlPlan(statement).statement


def _plain_returning(nodes: Any) -> tuple[Any, ...]:
    found: list[Any] = []
    for node in nodes:
        if isinstance(node, MapperEntity | AliasEntity | BundleEntity):
            found.extend(node.entity_columns)
        else:
            found.append(node)
    return tuple(found)


PLUGIN.functions.update(translate_insert=translate_dml, translate_update=translate_dml, translate_delete=translate_dml)
