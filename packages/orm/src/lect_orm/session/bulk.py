"""Writing many rows without a unit of work: dictionaries or objects straight into INSERT and UPDATE, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lect.dialects.capabilities import Returning
from lect.exc import InvalidRequestError
from lect_orm.base import class_mapper_or_raise, object_state
from lect_orm.identity import bucket_of
from lect_orm.unitofwork.facts import TableFacts, facts_of
from lect_orm.unitofwork.insert import DefaultContext
from lect_orm.unitofwork.update import check_matched

if TYPE_CHECKING:
    from lect_orm.session.transaction import SessionTransaction
    from lect_orm.state import InstanceState

__all__ = ["SessionBulk", "insert_mappings", "update_mappings"]

Row = dict[str, Any]


class SessionBulk:
    """The part of a session that writes in bulk: no cascades, no relationships, no events of objects."""

    _flushing: bool

    if TYPE_CHECKING:

        def _autobegin(self) -> SessionTransaction: ...
        def connection(self, bind_arguments: dict[str, Any] | None = None, execution_options: Any = None) -> Any: ...

    def bulk_save_objects(
        self,
        objects: Iterable[object],
        return_defaults: bool = False,
        update_changed_only: bool = True,
        preserve_order: bool = True,
    ) -> None:
        """Insert objects without identity and update those with one; they are not put into the session.

        Args:
            objects: mapped objects.
            return_defaults: fetch keys and defaults that the database makes (fewer rows per statement).
            update_changed_only: update only what has changed; False: every loaded column.
            preserve_order: keep the order of the objects; False: all inserts of a class in one batch, all updates in
            one.
        """
        states = [object_state(obj) for obj in objects]
        if not preserve_order:
            states.sort(key=lambda state: (state.mapper.number, state.pk is not None))

        def work() -> None:
            for (mapper, updates), part in _runs(states, lambda state: (state.mapper, state.pk is not None)):
                connection = self.connection(bind_arguments={"mapper": mapper})
                if updates:
                    _update_states(mapper, part, connection, update_changed_only)
                else:
                    _insert_states(mapper, part, connection, return_defaults)

        self._in_bulk(work)

    def bulk_insert_mappings(
        self, mapper: Any, mappings: Iterable[Row], return_defaults: bool = False, render_nulls: bool = False
    ) -> None:
        """Insert rows given as dictionaries by attribute name.

        Args:
            mapper: mapped class or mapper.
            mappings: one dictionary per row.
            return_defaults: put keys that the database makes into the dictionaries.
            render_nulls: write None as NULL in place of leaving the column out (then defaults do not apply, and rows
            with
                and without a value go into one batch).
        """
        found = _mapper_of(mapper)
        rows = list(mappings)

        def work() -> None:
            connection = self.connection(bind_arguments={"mapper": found})
            insert_mappings(found, rows, connection, render_nulls=render_nulls, return_defaults=return_defaults)

        self._in_bulk(work)

    def bulk_update_mappings(self, mapper: Any, mappings: Iterable[Row]) -> None:
        """Update rows given as dictionaries by attribute name; each must hold the complete primary key.

        Raises:
            InvalidRequestError: a dictionary lacks part of the primary key.
        """
        found = _mapper_of(mapper)
        rows = list(mappings)

        def work() -> None:
            update_mappings(found, rows, self.connection(bind_arguments={"mapper": found}))

        self._in_bulk(work)

    def _in_bulk(self, work: Callable[[], None]) -> None:
        if self._flushing:
            raise InvalidRequestError("Session is already flushing")
        self._flushing = True
        try:
            transaction = self._autobegin()._begin()
            try:
                work()
                transaction.commit()
            except BaseException:
                transaction.rollback(_capture_exception=True)
                raise
        finally:
            self._flushing = False


def _mapper_of(entity: Any) -> Any:
    mapper = class_mapper_or_raise(entity) if isinstance(entity, type) else entity.mapper
    mapper._check_configure()
    return mapper


def _runs(items: Iterable[Any], key: Callable[[Any], Any]) -> Iterator[tuple[Any, list[Any]]]:
    """Yield runs of neighbours with the same key."""
    run: list[Any] = []
    last: Any = None
    for item in items:
        this = key(item)
        if run and this == last:
            run.append(item)
        else:
            if run:
                yield last, run
            run, last = [item], this
    if run:
        yield last, run


# -- insert -----------------------------------------------------------------------------------------------------------


def insert_mappings(
    mapper: Any,
    mappings: list[Row],
    connection: Any,
    *,
    render_nulls: bool = False,
    return_defaults: bool = False,
    statement_of: Callable[[Any], Any] | None = None,
    execution_options: Any = None,
) -> None:
    """Insert rows given by attribute name into all tables of a mapper, base tables first.

    Args:
        mapper: the mapper.
        mappings: one dictionary per row; keys made by the database are put into them where they are needed.
        connection: where.
        render_nulls: write None as NULL.
        return_defaults: fetch keys and defaults in any case.
        statement_of: makes the INSERT of a table, when it is not the plain one.
        execution_options: for the statements.
    """
    tables = list(mapper.tables)
    names = _names_of_composites(mapper)
    if names:
        mappings = [_without_composites(mapping, names) for mapping in mappings]
    for number, table in enumerate(tables):
        facts = facts_of(mapper, table)
        if not facts.primary and not facts.columns:
            continue
        needs_keys = return_defaults or number < len(tables) - 1
        _carry(facts, mappings)
        rows = [_insert_row(mapper, facts, mapping, render_nulls, connection) for mapping in mappings]
        pairs = list(zip(mappings, rows, strict=True))
        for columns, part in _runs(pairs, lambda pair: frozenset(pair[1])):
            missing = [(c, k) for c, k in facts.primary if c.key not in columns] if needs_keys else []
            statement = facts.insert if statement_of is None else statement_of(table)
            _insert_run(facts, statement, part, missing, connection, execution_options)


def _carry(facts: TableFacts, mappings: list[Row]) -> None:
    keys = facts.mapper.column_to_key
    for left, right in facts.carried:
        source, target = keys.get(left), keys.get(right)
        if source is not None and target is not None and source != target:
            for mapping in mappings:
                if source in mapping:
                    mapping.setdefault(target, mapping[source])


def _insert_row(mapper: Any, facts: TableFacts, mapping: Row, render_nulls: bool, connection: Any) -> Row:
    # The facts of a table to which the class adds nothing are those of its base.
    row: Row = dict(facts.constants)
    for column, key in facts.columns:
        if key in mapping:
            value = mapping[key]
            if value is None and not render_nulls and not getattr(column.type, "should_evaluate_none", False):
                continue
            row[column.key] = value
    on = mapper.polymorphic_on
    discriminated = on is not None and mapper.polymorphic_identity is not None and on in mapper.column_to_key
    if discriminated and getattr(on, "table", None) is facts.table and on.key not in row:
        row[on.key] = mapper.polymorphic_identity
    if facts.version is not None and mapper.version_id_generator is not False and facts.version.key not in row:
        row[facts.version.key] = mapper.version_id_generator(None)
    for omissible in facts.omissible:
        default = omissible.default
        if default is not None and omissible.column.key not in row:
            if default.is_callable:
                context = DefaultContext(connection)
                context.current_parameters = row
                value = default.arg(context)
            else:
                value = default.arg
            row[omissible.column.key] = value
            if omissible.primary and omissible.key:
                mapping[omissible.key] = value
    return row


def _insert_run(
    facts: TableFacts,
    statement: Any,
    part: list[tuple[Row, Row]],
    missing: list[tuple[Any, str]],
    connection: Any,
    options: Any,
) -> None:
    rows = [row for _mapping, row in part]
    if not missing:
        connection.execute(statement, rows if len(rows) > 1 else rows[0], execution_options=options)
        return
    returning = connection.dialect.capabilities.insert_returning
    if len(rows) > 1 and returning in (Returning.UNORDERED, Returning.ORDERED):
        returned = statement.returning(*[c for c, _key in missing], sort_by_parameter_order=True)
        found = connection.execute(returned, rows, execution_options=options).all()
        for (mapping, _row), values in zip(part, found, strict=True):
            for (_column, key), value in zip(missing, values, strict=True):
                mapping[key] = value
        return
    for mapping, row in part:
        result = connection.execute(statement, row, execution_options=options)
        for (_column, key), value in zip(facts.primary, result.inserted_primary_key, strict=False):
            if value is not None:
                mapping[key] = value


def _names_of_composites(mapper: Any) -> dict[str, tuple[str, ...]]:
    return {prop.key: tuple([p.key for p in prop.props]) for prop in mapper.composites}


def _without_composites(mapping: Row, names: dict[str, tuple[str, ...]]) -> Row:
    if not names.keys() & mapping.keys():
        return mapping
    found = dict(mapping)
    for key, parts in names.items():
        if key in found:
            value = found.pop(key)
            values = (None,) * len(parts) if value is None else _composite_values(value)
            found.update(zip(parts, values, strict=True))
    return found


def _composite_values(value: Any) -> tuple[Any, ...]:
    given = getattr(value, "__composite_values__", None)
    if given is not None:
        return tuple(given())
    return tuple(vars(value).values())


def _insert_states(mapper: Any, states: list[InstanceState], connection: Any, return_defaults: bool) -> None:
    mappings = [state.dict for state in states]
    insert_mappings(mapper, mappings, connection, return_defaults=return_defaults)
    for state in states:
        pk = mapper.pk_of(state.dict) if return_defaults else None
        if pk is not None:
            state.pk = bucket_of(mapper, mapper.pk_tuple(pk), state.identity_token)
            state._commit_all(state.dict)


# -- update -----------------------------------------------------------------------------------------------------------


def update_mappings(
    mapper: Any,
    mappings: list[Row],
    connection: Any,
    *,
    statement_of: Callable[[Any], Any] | None = None,
    options: Any = None,
) -> None:
    """Update rows given by attribute name; the primary key says which.

    Raises:
        InvalidRequestError: a dictionary lacks part of the primary key.
        StaleDataError: a row is not there.
    """
    names = _names_of_composites(mapper)
    if names:
        mappings = [_without_composites(mapping, names) for mapping in mappings]
    for table in mapper.tables:
        facts = facts_of(mapper, table)
        if not facts.primary:
            continue
        rows = [row for row in [_update_row(facts, mapping, connection) for mapping in mappings] if row is not None]
        versioned = facts.version is not None
        for _columns, part in _runs(rows, lambda row: frozenset(row)):
            statement = facts.update(versioned)
            result = connection.execute(statement, part if len(part) > 1 else part[0], execution_options=options)
            check_matched(result, len(part), facts, versioned)


def _update_row(facts: TableFacts, mapping: Row, connection: Any) -> Row | None:
    primary = {key for _column, key in facts.primary}
    row: Row = {}
    for column, key in facts.columns:
        if key in mapping and key not in primary and column is not facts.version:
            row[column.key] = mapping[key]
    if not row:
        return None
    for column, key in facts.primary:
        if mapping.get(key) is None:
            raise InvalidRequestError(
                f"No primary key value supplied for column(s) {facts.table.description}.{column.key}; per-row ORM "
                "Bulk UPDATE "
                "by Primary Key requires that records contain primary key values",
                code="missing-key",
            )
        row[facts.where_names[column]] = mapping[key]
    if facts.version is not None and facts.version_key is not None:
        old = mapping.get(facts.version_key)
        row[facts.where_names[facts.version]] = old
        if facts.mapper.version_id_generator is not False:
            row[facts.version.key] = facts.mapper.version_id_generator(old)
    for column, _key in facts.onupdate:
        onupdate = column.onupdate
        if column.key not in row and onupdate is not None and (onupdate.is_scalar or onupdate.is_callable):
            if onupdate.is_callable:
                context = DefaultContext(connection)
                context.current_parameters = row
                row[column.key] = onupdate.arg(context)
            else:
                row[column.key] = onupdate.arg
    return row


def _update_states(mapper: Any, states: list[InstanceState], connection: Any, changed_only: bool) -> None:
    mappings: list[Row] = []
    for state in states:
        dict_ = state.dict
        if changed_only:
            wanted = {*(state.committed_state or ()), *mapper.pk_keys}
            if mapper.version_id_prop is not None:
                wanted.add(mapper.version_id_prop.key)
            mappings.append({key: dict_[key] for key in wanted if key in dict_})
        else:
            mappings.append({key: value for key, value in dict_.items() if key in mapper.impls})
    update_mappings(mapper, mappings, connection)
