"""From the columns of a mapper's table to attributes of its class: tables, primary key, properties, version."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

from lect.exc import ArgumentError, InvalidRequestError, LectWarning, nearest
from lect.schema.column import Column
from lect.sql.join import Join, reduce_columns
from lect_orm.attributes.descriptor import InstrumentedAttribute
from lect_orm.attributes.impl import Op
from lect_orm.base import InspectionAttr, _MappedAttribute
from lect_orm.mapping import configure
from lect_orm.mapping.column_property import ColumnProperty
from lect_orm.mapping.property import MapperProperty

__all__ = [
    "columns_of",
    "configure_accessors",
    "configure_primary_key",
    "configure_properties",
    "configure_property",
    "configure_tables",
    "configure_version",
]


def columns_of(selectable: Any) -> list[Any]:
    """Return the columns of a FROM element; for a join the tables' own columns, left to right."""
    element = getattr(selectable, "element", None)
    if isinstance(selectable, Join):
        return [*columns_of(selectable.left), *columns_of(selectable.right)]
    if isinstance(element, Join) and not getattr(selectable, "name", None):
        return columns_of(element)  # a join in parentheses
    return list(selectable.c)


def tables_of(selectable: Any) -> list[Any]:
    """Return what rows can be written to or read from in a FROM element: the members of a join, else itself."""
    element = getattr(selectable, "element", None)
    if isinstance(selectable, Join):
        return [*tables_of(selectable.left), *tables_of(selectable.right)]
    if isinstance(element, Join) and not getattr(selectable, "name", None):
        return tables_of(element)
    return [selectable]


def configure_tables(mapper: Any) -> None:
    """Find the tables, and which columns of each make its primary key."""
    mapper.tables = tables_of(mapper.persist_selectable)
    mapper.cols_by_table = {t: tuple(t.c) for t in mapper.tables}
    mapper.pks_by_table = {t: tuple(t.primary_key) for t in mapper.tables}
    mapper.table_to_mapper = {}
    for one in reversed(list(mapper.iterate_to_root())):
        for table in tables_of(one.local_table) if one.local_table is not None else ():
            mapper.table_to_mapper.setdefault(table, one)


def configure_primary_key(mapper: Any) -> None:
    """Settle the primary key: as given, as inherited, or the tables' own without what follows from foreign keys.

    Raises:
        ArgumentError: there is none.
    """
    given = mapper._primary_key_argument
    if given is not None:
        mapper.primary_key = tuple([_own_column(mapper, c) for c in given])
        for col in mapper.primary_key:
            table = getattr(col, "table", None)
            if table in mapper.pks_by_table and not (
                mapper.pks_by_table[table] and _mapped_columns_only(mapper, mapper.pks_by_table[table])
            ):
                mapper.pks_by_table[table] = tuple(c for c in mapper.primary_key if c.table is table)
    elif mapper.inherits is not None and not mapper.concrete:
        mapper.primary_key = mapper.inherits.primary_key
    else:
        all_keys = [c for t in mapper.tables for c in mapper.pks_by_table[t] if _mapped_columns_only(mapper, (c,))]
        if not all_keys and not isinstance(mapper.persist_selectable, Join):
            all_keys = [c for c in columns_of(mapper.persist_selectable) if c.primary_key]
        onclause = getattr(mapper.persist_selectable, "onclause", None)
        mapper.primary_key = tuple(reduce_columns(all_keys, *([] if onclause is None else [onclause])))
    if not mapper.primary_key:
        raise ArgumentError(
            f"Mapper {mapper} could not assemble any primary key columns for mapped table "
            f"'{mapper.persist_selectable.description}'"
        )
    mapper.primary_key_set = frozenset(mapper.primary_key)


def _mapped_columns_only(mapper: Any, columns: Iterable[Any]) -> bool:
    """Whether none of the columns is declared as the table's alone."""
    unmapped = [u for base in mapper.class_.__mro__ for u in base.__dict__.get("_lect_unmapped", ())]
    return not any(c is u for c in columns for u in unmapped)


def _own_column(mapper: Any, given: Any) -> Any:
    if isinstance(given, str):
        found = mapper._init_properties.get(given)
        if found is None:
            found = mapper.local_table.c.get(given)
        if found is None:
            raise ArgumentError(f"Can't determine column for primary key name {given!r} of mapper {mapper}")
        given = found
    column = getattr(given, "column", None)
    if column is not None and not hasattr(given, "table"):
        given = column  # mapped_column()
    if isinstance(given, ColumnProperty):
        given = given.columns[0]
    hook = getattr(given, "__clause_element__", None)
    column = hook() if hook is not None else given
    if column.__dict__.get("_origin") is not None and column._annotations:
        column = column._deannotate()
    found = mapper.persist_selectable.corresponding_column(column)
    return column if found is None else found


# -- properties
# ---------------------------------------------------------------------------------------------------------------


def configure_properties(mapper: Any) -> None:
    """Map what was given, what is inherited, and the remaining columns of the table under their own names."""
    explicit = [(k, v) for k, v in mapper._init_properties.items()]
    of_table = _explicit_columns(mapper, explicit)
    later = {key for key, _ in of_table.values()}
    for key, value in explicit:
        if (
            key not in later
            and not (isinstance(value, MapperProperty) and not value.is_column and not value.is_relationship)
            and not _is_expression(value)
        ):
            configure_property(mapper, key, value)
    if mapper.inherits is not None:
        for key, prop in mapper.inherits._props.items():
            if key not in mapper._props and key not in dict(explicit):
                _inherit(mapper, key, prop)
    for column in columns_of(mapper.persist_selectable):
        if id(column) in of_table:
            configure_property(mapper, *of_table.pop(id(column)))
            continue
        if column in mapper.column_to_prop:
            continue
        key = (mapper.column_prefix or "") + column.key
        local = mapper.local_table is not None and any(column is c for c in columns_of(mapper.local_table))
        if _excluded(mapper, column.key, key, local, column):
            continue
        for one in mapper.iterate_to_root():
            if column in one.column_to_prop:
                key = one.column_to_prop[column].key
        configure_property(mapper, key, column)
    for key, value in of_table.values():
        configure_property(mapper, key, value)
    for key, value in explicit:
        if key not in later and _is_expression(value):
            configure_property(mapper, key, value)
    for key, value in explicit:
        if isinstance(value, MapperProperty) and not value.is_column and not value.is_relationship:
            configure_property(mapper, key, value)


def _is_expression(value: Any) -> bool:
    """Whether an explicit attribute is an SQL expression rather than a column of a table."""
    if isinstance(value, ColumnProperty):
        value = value.columns[0]
    return getattr(value, "_is_column_element", False) and getattr(value, "table", None) is None


def _explicit_columns(mapper: Any, explicit: list[tuple[str, Any]]) -> dict[int, tuple[str, Any]]:
    """Return id of a table's column -> ``(key, what was given)``: such attributes come in the order of the table."""
    own = {id(c) for c in columns_of(mapper.persist_selectable)}
    found: dict[int, tuple[str, Any]] = {}
    for key, value in explicit:
        column = value
        if isinstance(value, ColumnProperty):
            column = value.columns[0]
        elif isinstance(value, list | tuple) and value:
            column = value[0]
        hook = getattr(column, "__clause_element__", None)
        if hook is not None and not getattr(column, "is_clause_element", False):
            column = hook()
        if id(column) in own and id(column) not in found:
            found[id(column)] = (key, value)
    return found


def _inherit(mapper: Any, key: str, prop: Any) -> None:
    if not mapper.concrete:
        _place(mapper, key, prop, setparent=False)
        return
    if prop.is_concrete_placeholder or not _has_own(mapper, key):
        from lect_orm.mapping.descriptor_properties import ConcreteInheritedProperty

        own = mapper.local_table is not None and key in mapper.local_table.c
        if not own and not _declared_in_class(mapper, key):
            _place(mapper, key, ConcreteInheritedProperty(), setparent=True)


def _has_own(mapper: Any, key: str) -> bool:
    return key in mapper._props


def _declared_in_class(mapper: Any, key: str) -> bool:
    return isinstance(mapper.class_.__dict__.get(key), property)


def _userland(value: Any) -> bool:
    """Whether something in a class is the user's own (a method, a property), rather than something that maps."""
    return not (
        isinstance(value, InspectionAttr | _MappedAttribute | InstrumentedAttribute)
        or getattr(value, "is_clause_element", False)
    )


def _excluded(mapper: Any, name: str, key: str, local: bool, column: Any) -> bool:
    if any(column in base.__dict__.get("_lect_unmapped", ()) for base in mapper.class_.__mro__):
        return True
    sources = [mapper.class_] if local else mapper.class_.__mro__
    dataclass_fields = getattr(mapper.class_, "__dataclass_fields__", {})
    for source in sources:
        if key in source.__dict__:
            value = source.__dict__[key]
            if _userland(value) and key not in dataclass_fields:
                return True
            break
    if (
        mapper.include_properties is not None
        and name not in mapper.include_properties
        and (column is None or column not in mapper.include_properties)
    ):
        return True
    excluded = mapper.exclude_properties
    return excluded is not None and (name in excluded or (column is not None and column in excluded))


def configure_property(mapper: Any, key: str, given: Any, init: bool = False) -> Any:
    """Map `given` (a property, a column, an expression) as `key`; return the property."""
    if not isinstance(given, MapperProperty):
        prop: Any = _property_of_column(mapper, key, given)
    else:
        prop = given
    _place(mapper, key, prop, setparent=True)
    if init:
        prop.init()
        prop.post_instrument_class(mapper)
        for one in mapper.inheriting:
            _spread(one, key, prop)
    elif mapper.configured or any(True for _ in mapper.inheriting):
        for one in mapper.inheriting:
            _spread(one, key, prop)
    if mapper.configured and not prop._configure_finished:
        mapper.configured = False
        configure.needs_configuration()
    return prop


def _spread(mapper: Any, key: str, prop: Any) -> None:
    """Let a mapper that inherits have a property that was added later."""
    if key in mapper._props and mapper._props[key].parent is mapper:
        return
    _inherit(mapper, key, prop)
    if prop._configure_finished:
        prop.post_instrument_class(mapper)
    for one in mapper.inheriting:
        _spread(one, key, prop)


def _property_of_column(mapper: Any, key: str, given: Any) -> Any:
    columns = list(given) if isinstance(given, list | tuple) else [given]
    column = columns[0]
    hook = getattr(column, "__clause_element__", None)
    if hook is not None:
        column = hook()
    existing = mapper._props.get(key)
    inherited = mapper.inherits._props.get(key) if mapper.inherits is not None and not mapper.concrete else None
    held = existing if existing is not None else inherited
    if isinstance(held, ColumnProperty) and key not in mapper._init_properties:
        _check_combination(mapper, key, held, column)
        prop = held.copy()
        prop.columns.insert(0, column)
        return prop
    if held is None or isinstance(held, ColumnProperty) or held.is_concrete_placeholder:
        if (
            isinstance(held, ColumnProperty)
            and existing is None
            and len(columns) == 1
            and _equated(mapper, held.columns[0], column)
        ):
            prop = held.copy()
            prop.columns.insert(0, column)
            return prop
        mapped = [_mapped(mapper, c) for c in columns]
        _check_represented(mapper, key, mapped[0])
        return ColumnProperty(*mapped)
    raise ArgumentError(
        f"WARNING: when configuring property '{key}' on {mapper}, column '{column}' conflicts with property "
        f"'{held!r}'. To resolve "
        "this, map the column to the class under a different name in the 'properties' dictionary.  Or, to remove all "
        "awareness of the column entirely (i.e. prevent it from being loaded or persisted), use the "
        "'include_properties' or 'exclude_properties' mapper arguments to control specifically which table columns get "
        "mapped."
    )


def _mapped(mapper: Any, column: Any) -> Any:
    """Return the column of the mapper's selectable that `column` means (a table's column when an alias is mapped)."""
    if getattr(column, "table", None) is None:
        return column
    found = mapper.persist_selectable.corresponding_column(column)
    if found is None:
        local = mapper.local_table.corresponding_column(column) if mapper.local_table is not None else None
        return column if local is None else local
    return found


def _check_represented(mapper: Any, key: str, column: Any) -> None:
    """Refuse a plain column of a table that is not among the mapper's."""
    table = getattr(column, "table", None)
    if not isinstance(column, Column) or table is None:
        return
    if mapper.persist_selectable.corresponding_column(column) is None and mapper.local_table.c.get(column.key) is None:
        raise ArgumentError(
            f"When configuring property '{key}' on {mapper}, column '{column}' is not represented in the mapper's "
            "table. Use the `column_property()` function to force this column to be mapped as a read-only attribute."
        )


def _equated(mapper: Any, a: Any, b: Any) -> bool:
    return any((x is a and y is b) or (x is b and y is a) for x, y in mapper.inherits_equated_pairs)


def _check_combination(mapper: Any, key: str, held: Any, column: Any) -> None:
    first = held.columns[0]
    if (
        _equated(mapper, first, column)
        or first.shares_lineage(column)
        or first is mapper.version_id_col
        or column is mapper.version_id_col
    ):
        return
    message = (
        f"Implicitly combining column {first} with column {column} under attribute '{key}'.  Please configure one "
        "or more "
        "attributes for these same-named columns explicitly."
    )
    if held.parent is not mapper:
        warnings.warn(message, LectWarning, stacklevel=6)
    else:
        raise InvalidRequestError(message)


def _place(mapper: Any, key: str, prop: Any, setparent: bool) -> None:
    if isinstance(prop, ColumnProperty):
        _place_columns(mapper, key, prop, setparent)
    old = mapper._props.get(key)
    if setparent and key in _RESERVED:
        raise ArgumentError(f"Attribute name '{key}' is reserved; map the column under another name")
    if (
        old is not None
        and setparent
        and old is not prop
        and not old.is_concrete_placeholder
        and not isinstance(prop, ColumnProperty)
        and not isinstance(old, ColumnProperty)
        and old.parent is mapper
        and not prop.is_descriptor
    ):
        warnings.warn(
            f"Property {prop.key or key} on {mapper} being replaced with new property {key}; the old property will "
            "be discarded",
            LectWarning,
            stacklevel=6,
        )
        prop_map = mapper.column_to_prop
        for col in [c for c, p in prop_map.items() if p is old]:
            del prop_map[col]
    mapper._props[key] = prop
    prop.key = key
    if setparent:
        if prop.parent is None or not prop.is_column:
            prop.set_parent(mapper)
        else:
            prop.parent = mapper
    prop.instrument_class(mapper)


_RESERVED = frozenset({"metadata_", "_lect_state"})


def _place_columns(mapper: Any, key: str, prop: Any, setparent: bool) -> None:
    prop.columns = [_mapped(mapper, c) for c in prop.columns]
    if len(prop.columns) == 1 and setparent and prop.column_is_mappable:
        # An explicit property of a column that the base class has under the same name stands for both.
        inherited = mapper.inherits._props.get(key) if mapper.inherits is not None and not mapper.concrete else None
        if isinstance(inherited, ColumnProperty) and _equated(mapper, inherited.columns[0], prop.columns[0]):
            prop.columns.extend(c for c in inherited.columns if c not in prop.columns)
    for column in prop.columns:
        if getattr(column, "table", None) is None:
            mapper.column_to_prop.setdefault(column, prop)
            continue
        mapper.column_to_prop[column] = prop
        for inner in column.proxy_set:
            mapper.column_to_prop.setdefault(inner, prop)


def configure_accessors(mapper: Any) -> None:
    """Derive what the unit of work and the loaders look up: keys of columns, of the primary key, of written columns."""
    mapper.column_to_key = {c: p.key for c, p in mapper.column_to_prop.items()}
    mapper.cols_by_table = {t: tuple(t.c) for t in mapper.tables}  # columns may have been added to a table
    written = set(mapper.cols_by_table)
    mapper.readonly_props = frozenset(
        p for p in mapper._props.values() if p.is_column and getattr(p.columns[0], "table", None) not in written
    )
    mapper.readonly_columns = frozenset(c for p in mapper.readonly_props for c in p.columns)
    missing = [c for c in mapper.primary_key if c not in mapper.column_to_prop]
    if missing:
        raise ArgumentError(
            f"Mapper {mapper}: the primary key column '{missing[0]}' is not mapped to an attribute; map it, or give "
            "another "
            "'primary_key' to the mapper"
        )
    mapper.pk_keys = tuple([mapper.column_to_prop[c].key for c in mapper.primary_key])
    mapper.pk_of, mapper.bucket_key, mapper.pk_tuple = make_key_functions(mapper.pk_keys)
    mapper.column_keys = tuple([p.key for p in mapper._props.values() if p.is_column])
    mapper.expirable_keys = frozenset(
        key for key, impl in mapper.impls.items() if impl.accepts_scalar_loader and impl.expire_missing
    )


def make_key_functions(keys: tuple[str, ...]) -> tuple[Any, Any, Any]:
    """Return ``(pk_of, bucket_key, pk_tuple)`` for a primary key of the given attributes.

    The key of an object in the identity map's bucket is the bare value of a one-column key, else a tuple.
    ``pk_of(dict)``
    takes it from an object's values and is None when any part is missing or None; ``bucket_key(tuple)`` and
    ``pk_tuple(bucket_key)`` convert.
    """
    if len(keys) == 1:
        (only,) = keys

        def pk_of_one(values: dict[str, Any]) -> Any:
            return values.get(only)

        return pk_of_one, _first, _in_tuple

    def pk_of_several(values: dict[str, Any]) -> Any:
        found = tuple([values.get(key) for key in keys])
        return None if None in found else found

    return pk_of_several, tuple, tuple


def _first(pk: tuple[Any, ...]) -> Any:
    return pk[0]


def _in_tuple(key: Any) -> tuple[Any, ...]:
    return (key,)


# -- version
# ------------------------------------------------------------------------------------------------------------------


def configure_version(mapper: Any) -> None:
    """Inherit the version column, or check the one given."""
    if mapper.inherits is not None:
        if mapper.version_id_col is None:
            mapper.version_id_col = mapper.inherits.version_id_col
            mapper.version_id_generator = mapper.inherits.version_id_generator
        elif mapper.inherits.version_id_col is not None:
            cols = mapper.persist_selectable.c
            if not any(mapper.version_id_col is c for c in columns_of(mapper.local_table)) and cols is not None:
                pass
            elif mapper.version_id_col is not mapper.inherits.version_id_col:
                warnings.warn(
                    f"Inheriting version_id_col '{mapper.version_id_col.description}' does not match inherited "
                    "version_id_col "
                    f"'{mapper.inherits.version_id_col.description}' and will not automatically populate the "
                    "inherited versioning "
                    "column. version_id_col should only be specified on the base-most mapper that includes versioning.",
                    LectWarning,
                    stacklevel=5,
                )
    if isinstance(mapper.version_id_col, str):
        prop = mapper._props.get(mapper.version_id_col)
        if prop is None or not prop.is_column:
            raise ArgumentError(
                f"version_id_col: {mapper.class_.__name__} has no column attribute {mapper.version_id_col!r}"
                f"{nearest(mapper.version_id_col, mapper._props)}"
            )
        mapper.version_id_col = prop.columns[0]
    column = mapper.version_id_col
    mapper.version_id_prop = None
    if column is not None:
        mapper.version_id_prop = mapper.column_to_prop.get(column)
        if mapper.version_id_prop is not None and mapper.version_id_prop.key in mapper.impls:
            impl = mapper.impls[mapper.version_id_prop.key]
            impl.active_history = True
            mapper.refresh_setter(mapper.version_id_prop.key)


# -- marked methods
# -----------------------------------------------------------------------------------------------------------


def find_marked_methods(mapper: Any) -> None:
    """Find the class's ``@validates`` and ``@reconstructor`` methods."""
    seen: set[str] = set()
    for base in mapper.class_.__mro__:
        for name, method in list(base.__dict__.items()):
            if name in seen or not callable(method):
                continue
            seen.add(name)
            if getattr(method, "_lect_reconstructor", False):
                mapper.instance_dispatch._add("load", method, _reconstruct(method), False, False)
            names = getattr(method, "_lect_validates", None)
            if names:
                options = method._lect_validation_options
                for one in names:
                    if one in mapper.validators:
                        raise InvalidRequestError(
                            f"A validation function for mapped attribute {one!r} on mapper {mapper} already exists."
                        )
                    mapper.validators[one] = (method, options)


def _reconstruct(method: Any) -> Any:
    def on_load(state: Any, context: Any) -> None:
        method(state.obj())

    return on_load


def attach_validators(mapper: Any, key: str, impl: Any) -> None:
    """Let a ``@validates`` method see what an attribute is set to."""
    found = mapper.validators.get(key)
    if found is None or not impl.settled:
        return
    method, options = found
    include_removes, include_backrefs = options["include_removes"], options["include_backrefs"]

    def from_elsewhere(initiator: Any) -> bool:
        return not include_backrefs and initiator is not None and initiator.impl is not impl

    def checked(state: Any, value: Any, initiator: Any, is_remove: bool = False) -> Any:
        if from_elsewhere(initiator):
            return value
        if include_removes:
            return method(state.obj(), key, value, is_remove)
        return method(state.obj(), key, value)

    def on_set(state: Any, value: Any, old: Any, initiator: Any) -> Any:
        return checked(state, value, initiator)

    def on_append(state: Any, value: Any, initiator: Any, member_key: Any = None) -> Any:
        if initiator.op is Op.BULK_REPLACE and initiator.impl is impl:
            return value  # seen as a whole already
        return checked(state, value, initiator)

    def on_bulk(state: Any, values: list[Any], initiator: Any, member_key: Any = None) -> Any:
        values[:] = [checked(state, v, initiator) for v in values]
        return values

    def on_remove(state: Any, value: Any, initiator: Any, member_key: Any = None) -> Any:
        if not from_elsewhere(initiator):
            method(state.obj(), key, value, True)
        return value

    add = impl.dispatch._add
    if impl.collection:
        add("append", method, on_append, True, True)
        add("bulk_replace", method, on_bulk, True, True)
    else:
        add("set", method, on_set, True, True)
    if include_removes:
        add("remove", method, on_remove, True, True)


def iter_columns(props: Iterable[Any]) -> list[Any]:
    """Return the first columns of column properties."""
    return [p.columns[0] for p in props if p.is_column]
