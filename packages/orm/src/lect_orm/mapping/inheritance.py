"""Classes that inherit from mapped classes: which table holds what, which row is which class."""

from __future__ import annotations

import warnings
from typing import Any

from lect.exc import AmbiguousForeignKeysError, ArgumentError, InvalidRequestError, LectWarning, NoForeignKeysError
from lect.sql.join import Join, join_condition
from lect_orm.base import class_mapper_or_raise
from lect_orm.mapping.column_property import ColumnProperty
from lect_orm.mapping.equality import criterion_as_pairs, of_tables, plain
from lect_orm.mapping.property import MapperProperty

__all__ = [
    "adapt_column",
    "configure_inheritance",
    "configure_polymorphic_on",
    "default_polymorphic_mappers",
    "polymorphic_mappers_of",
    "polymorphic_selectable_of",
    "with_polymorphic_selectable",
]


def configure_inheritance(mapper: Any, inherits: Any, polymorphic_map: dict[Any, Any] | None) -> None:
    """Connect a mapper with the one it inherits from and settle what its rows come from."""
    mapper.inherits = None
    mapper.inherits_equated_pairs = []
    mapper.on_new = None
    mapper.polymorphic_prop = None
    mapper.own_with_polymorphic = _with_polymorphic_spec(mapper.with_polymorphic_argument)
    if inherits is None:
        if mapper.local_table is None:
            raise ArgumentError(f"Mapper '{mapper}' does not have a persist_selectable specified.")
        mapper.persist_selectable = mapper.local_table
        mapper.base_mapper = mapper.identity_mapper = mapper
        mapper.polymorphic_map = {} if polymorphic_map is None else polymorphic_map
        if mapper.polymorphic_identity is not None:
            mapper.polymorphic_map[mapper.polymorphic_identity] = mapper
        return
    parent = inherits if getattr(inherits, "is_mapper", False) else class_mapper_or_raise(inherits)
    if not issubclass(mapper.class_, parent.class_):
        raise ArgumentError(f"Class '{mapper.class_.__name__}' does not inherit from '{parent.class_.__name__}'")
    mapper.inherits = parent
    _choose_table(mapper, parent)
    _join_hierarchy(mapper, parent)


def _choose_table(mapper: Any, parent: Any) -> None:
    if mapper.local_table is None:
        mapper.local_table = parent.local_table
        mapper.persist_selectable = parent.persist_selectable
        mapper.single = True
    elif mapper.local_table is parent.local_table or mapper.concrete:
        mapper.persist_selectable = mapper.local_table
    else:
        if mapper.inherit_condition is None:
            mapper.inherit_condition = _inherit_condition(mapper, parent)
        else:
            mapper.inherit_condition = of_tables(mapper.inherit_condition)
        mapper.persist_selectable = Join(parent.persist_selectable, mapper.local_table, mapper.inherit_condition)
        mapper.inherits_equated_pairs = criterion_as_pairs(
            mapper.persist_selectable.onclause, consider_as_foreign_keys=_foreign_keys(mapper)
        )
        mapper.inherited_key_pairs = dict(getattr(parent, "inherited_key_pairs", {}))
        mapper.inherited_key_pairs[mapper.local_table] = list(mapper.inherits_equated_pairs)
        return
    mapper.inherited_key_pairs = {} if mapper.concrete else dict(getattr(parent, "inherited_key_pairs", {}))


def _foreign_keys(mapper: Any) -> list[Any] | None:
    """Return the tables' own columns for `inherit_foreign_keys`, given as those, attributes or ``mapped_column()``."""
    given = mapper.inherit_foreign_keys
    if given is None:
        return None
    found: list[Any] = []
    for one in given:
        hook = getattr(one, "__clause_element__", None)
        column = hook() if hook is not None else one
        found.append(plain(column if hasattr(column, "table") else getattr(column, "column", column)))
    return found


def _inherit_condition(mapper: Any, parent: Any) -> Any:
    where = (
        f"inherited table '{parent.local_table.description}' and inheriting table '{mapper.local_table.description}'"
    )
    try:
        return join_condition(parent.local_table, mapper.local_table)
    except NoForeignKeysError as error:
        raise NoForeignKeysError(
            f"Can't determine the inherit condition between {where}; tables have no foreign key relationships "
            "established.  "
            "Please ensure the inheriting table has a foreign key relationship to the inherited table, or provide "
            "an 'on "
            "clause' using the 'inherit_condition' mapper argument."
        ) from error
    except AmbiguousForeignKeysError as error:
        raise AmbiguousForeignKeysError(
            f"Can't determine the inherit condition between {where}; tables have more than one foreign key "
            "relationship "
            "established.  Please specify the 'on clause' using the 'inherit_condition' mapper argument."
        ) from error


def _join_hierarchy(mapper: Any, parent: Any) -> None:
    mapper.base_mapper = parent.base_mapper
    mapper.identity_mapper = mapper if mapper.concrete else parent.identity_mapper
    mapper.passive_updates = parent.passive_updates
    mapper.passive_deletes = parent.passive_deletes or mapper.passive_deletes
    mapper.polymorphic_map = parent.polymorphic_map
    mapper.always_refresh = mapper.always_refresh or parent.always_refresh
    if mapper.polymorphic_identity is None:
        discriminator = _discriminator_of(parent)
        if discriminator is not None and not mapper.polymorphic_abstract and not mapper.concrete:
            warnings.warn(
                f"{mapper} does not indicate a 'polymorphic_identity', yet is part of an inheritance hierarchy that "
                "has a "
                f"'polymorphic_on' column of '{discriminator}'. If this is an intermediary class that should not be "
                "instantiated, "
                "the class may either be left unmapped, or may include the 'polymorphic_abstract=True' parameter in "
                "its Mapper "
                "arguments. To leave the class unmapped when using Declarative, set the '__abstract__ = True' "
                "attribute on the "
                "class.",
                LectWarning,
                stacklevel=5,
            )
    else:
        existing = mapper.polymorphic_map.get(mapper.polymorphic_identity)
        if existing is not None and existing is not mapper:
            warnings.warn(
                f"Reassigning polymorphic association for identity {mapper.polymorphic_identity!r} from "
                f"{existing!r} to "
                f"{mapper!r}: Check for duplicate use of {mapper.polymorphic_identity!r} as value for "
                "polymorphic_identity.",
                LectWarning,
                stacklevel=5,
            )
        mapper.polymorphic_map[mapper.polymorphic_identity] = mapper
    if mapper.polymorphic_load and mapper.concrete:
        raise ArgumentError("polymorphic_load is not currently supported with concrete table inheritance")
    if mapper.polymorphic_load not in (None, "inline", "selectin"):
        raise ArgumentError(f"unknown argument for polymorphic_load: {mapper.polymorphic_load!r}")
    parent.inheriting.append(mapper)
    for one in parent.base_mapper.self_and_descendants:
        one.memo.clear()


def _discriminator_of(mapper: Any) -> Any:
    for one in mapper.iterate_to_root():
        if one.polymorphic_on is not None:
            return one.polymorphic_on
    return None


def _with_polymorphic_spec(given: Any) -> tuple[Any, Any] | None:
    """Return ``("*" or list of classes or None, selectable or None)`` for the mapper argument."""
    if given is None:
        return None
    if isinstance(given, str):
        if given != "*":
            raise ArgumentError(f"with_polymorphic: '*' or a list of classes expected, got {given!r}")
        return "*", None
    if not isinstance(given, list | tuple):
        raise ArgumentError(f"Invalid setting for with_polymorphic: {given!r}")
    if len(given) == 2 and (isinstance(given[0], str | list | tuple) or given[0] is None):
        selectable = given[1]
        if selectable is not None and getattr(selectable, "_is_select_base", False):
            raise ArgumentError(
                "with_polymorphic: a SELECT cannot be a FROM element; call .alias() or .subquery() on it"
            )
        return given[0], selectable
    return list(given), None


# -- the discriminator
# --------------------------------------------------------------------------------------------------------


def configure_polymorphic_on(mapper: Any) -> None:
    """Settle the column that says which class a row is, and how new objects get their identity."""
    given = mapper.polymorphic_on
    if given is None:
        _inherit_discriminator(mapper)
        _install_identity_setter(mapper)
        return
    prop: Any = None
    if isinstance(given, str):
        prop = mapper._props.get(given)
        if prop is None:
            raise ArgumentError(
                f"Can't determine polymorphic_on value '{given}' - no attribute is mapped to this name."
            )
        given = prop
    if isinstance(given, MapperProperty):
        if not isinstance(given, ColumnProperty):
            raise ArgumentError("Only direct column-mapped property or SQL expression can be passed for polymorphic_on")
        prop = given
        mapper.polymorphic_on = prop.columns[0]
    else:
        column = getattr(given, "column", None)
        if column is not None and not hasattr(given, "table"):
            given = column
        hook = getattr(given, "__clause_element__", None)
        column = hook() if hook is not None else given
        if getattr(column, "_annotations", None):
            column = column._deannotate()
        mapper.polymorphic_on = column
        prop = mapper.column_to_prop.get(column)
        if prop is None:
            prop = _discriminator_property(mapper, column)
    mapper.polymorphic_prop = prop
    _install_identity_setter(mapper)


def _discriminator_property(mapper: Any, column: Any) -> Any:
    """Return a property for a discriminator that is not among the mapped columns: an expression, a column of a
    union.
    """
    spec = mapper.own_with_polymorphic
    selectable = None if spec is None else spec[1]
    own = None
    if getattr(column, "table", None) is not None:
        own = mapper.persist_selectable.corresponding_column(column)
        if own is None and selectable is not None:
            # A column of the FROM element given: the mapped table's column that it shows is the one to be written.
            own = next((c for c in mapper.persist_selectable.c if selectable.corresponding_column(c) is column), None)
        if own is None and selectable is not None and selectable.corresponding_column(column) is None:
            raise InvalidRequestError(
                f"Could not map polymorphic_on column '{column.description}' to the mapped table - polymorphic "
                "loads will not "
                "function properly"
            )
    if own is not None and own in mapper.column_to_prop:
        return mapper.column_to_prop[own]
    key = getattr(column, "key", None)
    name = getattr(column, "name", None)
    instrument = key is not None and key not in mapper._props
    key = key if instrument and isinstance(key, str) and name is not None else "_lect_polymorphic_on"
    if mapper.exclude_properties and key in mapper.exclude_properties:
        raise InvalidRequestError(f"Cannot exclude or override the discriminator column {key!r}")
    prop = ColumnProperty(own if own is not None else column, _instrument=key != "_lect_polymorphic_on")
    mapper._props[key] = prop
    prop.key = key
    prop.set_parent(mapper)
    mapper.column_to_prop[prop.columns[0]] = prop
    prop.instrument_class(mapper)
    return prop


def _inherit_discriminator(mapper: Any) -> None:
    for one in mapper.iterate_to_root():
        if one.polymorphic_on is None:
            continue
        if mapper.local_table is one.local_table or one is mapper:
            mapper.polymorphic_on = one.polymorphic_on
        else:
            found = mapper.persist_selectable.corresponding_column(one.polymorphic_on)
            mapper.polymorphic_on = one.polymorphic_on if found is None and not mapper.concrete else found
        mapper.polymorphic_prop = one.polymorphic_prop
        return


def _install_identity_setter(mapper: Any) -> None:
    """New objects of the class carry its identity in the discriminator from the start."""
    if mapper.polymorphic_on is None or mapper.polymorphic_prop is None:
        return
    key = mapper.polymorphic_prop.key
    writable = any(getattr(c, "table", None) in mapper.cols_by_table for c in mapper.polymorphic_prop.columns)
    identity = mapper.polymorphic_identity
    if mapper.polymorphic_abstract and identity is None:

        def refuse(state: Any, obj: Any) -> None:
            raise InvalidRequestError(
                f"Can't instantiate class for {mapper}; mapper is marked polymorphic_abstract=True"
            )

        mapper.on_new = refuse
        return
    if not writable or key not in mapper.impls or identity is None:
        return

    def set_identity(state: Any, obj: Any) -> None:
        mapper.impls[key].set(state, obj.__dict__, identity)

    mapper.on_new = set_identity


# -- rows of several classes
# --------------------------------------------------------------------------------------------------


def default_polymorphic_mappers(mapper: Any) -> list[Any]:
    """Return the mappers whose columns a SELECT of the class loads by default; empty: only its own."""
    found: list[Any] | None = mapper.memo.get("polymorphic_mappers")
    if found is None:
        spec = mapper.own_with_polymorphic
        inline = [m for m in mapper.self_and_descendants[1:] if m.polymorphic_load == "inline"]
        if spec is None and not inline:
            found = []
        else:
            chosen = polymorphic_mappers_of(mapper, spec[0], spec[1]) if spec is not None else []
            found = [*chosen, *[m for m in inline if m not in chosen]]
            if inline and spec is None:
                found = polymorphic_mappers_of(mapper, [m.class_ for m in inline], None)
        mapper.memo["polymorphic_mappers"] = found
    return found


def polymorphic_mappers_of(mapper: Any, spec: Any, selectable: Any) -> list[Any]:
    """Return the mappers meant by ``"*"`` or a list of classes, in order of the hierarchy."""
    if spec == "*":
        mappers = list(mapper.self_and_descendants)
    elif spec:
        wanted: set[Any] = set()
        for one in spec:
            sub = one if getattr(one, "is_mapper", False) else class_mapper_or_raise(one)
            if not sub.isa(mapper):
                raise InvalidRequestError(f"{sub!r} does not inherit from {mapper!r}")
            if selectable is None:
                wanted.update(m for m in sub.iterate_to_root() if m.isa(mapper))
            else:
                wanted.add(sub)
        mappers = [m for m in mapper.self_and_descendants if m in wanted]
    else:
        mappers = []
    if selectable is not None:
        tables = set(_all_tables(selectable))
        mappers = [m for m in mappers if m.local_table in tables or m.single]
    return mappers


def _all_tables(selectable: Any) -> list[Any]:
    found: list[Any] = []
    todo = [selectable]
    seen: set[int] = set()
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if getattr(node, "_is_from_clause", False):
            found.append(node)
        for attribute in ("element", "left", "right"):
            inner = getattr(node, attribute, None)
            if inner is not None and getattr(inner, "is_clause_element", False):
                todo.append(inner)
        if getattr(node, "_is_returns_rows", False) or getattr(node, "_is_from_clause", False):
            todo.extend(c for c in node.get_children() if getattr(c, "is_clause_element", False))
    return found


def with_polymorphic_selectable(mapper: Any) -> Any:
    """Return what a SELECT of the class selects from by default."""
    found = mapper.memo.get("selectable")
    if found is None:
        spec = mapper.own_with_polymorphic
        if spec is not None and spec[1] is not None:
            found = spec[1]
        else:
            found = polymorphic_selectable_of(mapper, default_polymorphic_mappers(mapper), False)
        mapper.memo["selectable"] = found
    return found


def polymorphic_selectable_of(mapper: Any, mappers: list[Any], innerjoin: bool) -> Any:
    """Return the mapper's tables joined to those of subclasses."""
    selectable = mapper.persist_selectable
    for one in mappers:
        if one is mapper or one.single:
            continue
        if one.concrete:
            raise InvalidRequestError(
                "'with_polymorphic()' requires 'selectable' argument when concrete-inheriting mappers are used."
            )
        selectable = Join(selectable, one.local_table, one.inherit_condition, isouter=not innerjoin)
    return selectable


def adapt_column(mapper: Any, element: Any) -> Any:
    """Return the column of the default selectable that stands for a column of the mapper."""
    spec = mapper.own_with_polymorphic
    if spec is None or spec[1] is None:
        return element
    if getattr(element, "table", None) is None:
        return element
    found = spec[1].corresponding_column(element)
    if found is None:
        # A union has one column for those that a subclass keeps equal: the key of its table and that of the base's.
        for one in mapper.self_and_descendants:
            prop = one.column_to_prop.get(element)
            for other in prop.columns if prop is not None else ():
                found = spec[1].corresponding_column(other)
                if found is not None:
                    return found
    return element if found is None else found
