"""Further base classes of declarative mapping: concrete tables loaded together, and tables reflected later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lect.exc import ArgumentError
from lect.schema.table import Table
from lect_orm.mapping import columns
from lect_orm.mapping.bases import DeclarativeMeta, as_declarative, declarative_base, has_inherited_table
from lect_orm.mapping.declarative import ClassScan
from lect_orm.mapping.declared_attr import declared_attr, scan_values
from lect_orm.mapping.deferred_declaration import defer, map_deferred, pending_scan
from lect_orm.mapping.inheritance import configure_polymorphic_on
from lect_orm.mapping.mapper import Mapper
from lect_orm.mapping.polymorphic_union import polymorphic_union

__all__ = [
    "AbstractConcreteBase",
    "ConcreteBase",
    "DeclarativeMeta",
    "DeferredReflection",
    "as_declarative",
    "declarative_base",
    "declared_attr",
    "has_inherited_table",
]


def _descendants(cls: type) -> Iterator[type]:
    subclasses: list[type] = cls.__subclasses__()
    for sub in subclasses:
        yield sub
        yield from _descendants(sub)


def _last_first(cls: type) -> Iterator[type]:
    """Yield the classes that derive from `cls`, those written last first: the order of SELECTs in the UNION."""
    todo: list[type] = list(cls.__subclasses__())
    while todo:
        sub = todo.pop()
        todo.extend(sub.__subclasses__())
        yield sub


def _discriminator_name(cls: Any) -> str:
    return getattr(cls, "_concrete_discriminator_name", None) or "type"


class ConcreteBase:
    """A mixin for the base of concrete classes: selecting from the base selects from a UNION of all tables.

    ``_concrete_discriminator_name`` names the column that says which class a row is, ``type`` if not given.
    """

    @classmethod
    def _create_polymorphic_union(cls, mappers: Any, discriminator_name: str) -> Any:
        return polymorphic_union(
            {m.polymorphic_identity: m.local_table for m in mappers if m.local_table is not None},
            discriminator_name,
            "pjoin",
        )

    @classmethod
    def __declare_first__(cls) -> None:
        mapper = cls.__dict__.get("__mapper__")
        if mapper is None or mapper.inherits is not None or mapper.own_with_polymorphic is not None:
            return
        name = _discriminator_name(cls)
        _load_from_union(mapper, cls._create_polymorphic_union(mapper.self_and_descendants, name), name)


def _load_from_union(mapper: Any, union: Any, discriminator: str) -> None:
    """Let a mapper load its hierarchy from a UNION."""
    mapper.own_with_polymorphic = ("*", union)
    mapper.polymorphic_on = union.c[discriminator]
    configure_polymorphic_on(mapper)
    for one in mapper.self_and_descendants:
        one.memo.clear()
        _forget_expressions(one.class_)
        if one is not mapper:
            _inherit_missing(mapper, one)


def _forget_expressions(cls: type) -> None:
    for attribute in cls.__dict__.values():
        held = getattr(attribute, "__dict__", {})
        held = held if isinstance(held, dict) else {}
        held.pop("_expression", None)
        comparator = held.get("comparator")
        if comparator is not None:
            getattr(comparator, "__dict__", {}).pop("_element", None)


def _inherit_missing(base: Any, mapper: Any) -> None:
    """A concrete class refuses the attributes of its base that it does not have."""
    for key, prop in base._props.items():
        if key not in mapper._props:
            columns._inherit(mapper, key, prop)
    columns.configure_accessors(mapper)


class AbstractConcreteBase(ConcreteBase):
    """As :class:`ConcreteBase` for a base without a table of its own: it is mapped to the UNION of its subclasses'
    tables.

    The base is mapped when mappers are configured. With ``strict_attrs = True`` it has only the attributes that it
    declares.
    """

    @classmethod
    def __lect_defer__(cls, scan: Any) -> bool:
        if AbstractConcreteBase not in cls.__bases__:
            return False
        scan.registry.class_names.add(cls.__name__, cls)
        return True

    @classmethod
    def __lect_unmapped__(cls) -> str:
        return (
            f"Class {cls.__module__}.{cls.__name__} is a subclass of AbstractConcreteBase and has a mapping pending "
            "until all "
            "subclasses are defined. Call the lect_orm.configure_mappers() function after all subclasses have been "
            "defined to "
            "complete the mapping of this class."
        )

    @classmethod
    def __declare_first__(cls) -> None:
        if AbstractConcreteBase not in cls.__bases__ or "__mapper__" in cls.__dict__:
            return
        mappers = [
            m for m in (sub.__dict__.get("__mapper__") for sub in _last_first(cls)) if getattr(m, "is_mapper", False)
        ]
        if not mappers:
            return
        name = _discriminator_name(cls)
        union = cls._create_polymorphic_union(mappers, name)
        base = _map_to_union(cls, union, name)
        for mapper in reversed(mappers):
            if mapper.inherits is None:
                _adopt(base, mapper)


def _map_to_union(cls: Any, union: Any, discriminator: str) -> Any:
    registry = cls._lect_registry
    with scan_values(cls):
        scan = ClassScan(registry, cls)
        scan.collect()
        scan._complete()
        properties: dict[str, Any] = {}
        for column, key in scan.column_names.items():
            if column.key in union.c:
                properties[key] = union.c[column.key]
        for key, value in scan.properties.items():
            if key not in properties and not getattr(value, "_is_column_element", False):
                properties[key] = value
        arguments = dict(cls.__mapper_args__) if scan.has_mapper_args else {}
    arguments.pop("inherits", None)
    arguments.update(
        polymorphic_on=union.c[discriminator],
        with_polymorphic=("*", union),
        polymorphic_abstract=True,
    )
    if getattr(cls, "strict_attrs", False):
        arguments["include_properties"] = {
            *properties,
            discriminator,
            *[c.key for c in union.c if c.primary_key],
        }
    make = getattr(cls, "__mapper_cls__", Mapper)
    type.__setattr__(cls, "__table__", union)
    return make(cls, union, properties=properties, registry=registry, **arguments)


def _adopt(base: Any, mapper: Any) -> None:
    """Let a mapped concrete class inherit from the base that was mapped after it."""
    mapper.inherits = base
    mapper.concrete = True
    base.inheriting.append(mapper)
    for one in mapper.self_and_descendants:
        one.base_mapper = base
        if one.polymorphic_identity is not None:
            base.polymorphic_map[one.polymorphic_identity] = one
        one.polymorphic_map = base.polymorphic_map
        one.memo.clear()
        _inherit_missing(base, one)
    base.memo.clear()


class DeferredReflection:
    """A mixin for classes whose tables are reflected by ``prepare(engine)``, after which they are mapped.

    Used on a base of one's own (``class Reflected(DeferredReflection): __abstract__ = True``), ``Reflected.prepare()``
    is about its
    subclasses only.
    """

    @classmethod
    def __lect_defer__(cls, scan: Any) -> bool:
        defer(scan)
        return True

    @classmethod
    def __lect_unmapped__(cls) -> str:
        return (
            f"Class {cls.__module__}.{cls.__name__} is a subclass of DeferredReflection.  Mappings are not produced "
            "until the "
            ".prepare() method is called on the class hierarchy."
        )

    @classmethod
    def prepare(cls, bind: Any, **reflect_kw: Any) -> None:
        """Reflect the tables of all subclasses that are not mapped yet, and map them.

        Args:
            bind: engine or connection.
            reflect_kw: further arguments for ``MetaData.reflect``, such as ``views=True``.

        Raises:
            ArgumentError: `bind` is neither. InvalidRequestError: a table is not there.
        """
        if not hasattr(bind, "_inspection_context"):
            raise ArgumentError(f"Expected Engine or Connection, got {bind!r}")
        found = {sub: pending_scan(sub) for sub in _descendants(cls)}
        scans = sorted([s for s in found.values() if s is not None], key=lambda s: len(s.cls.__mro__))
        wanted: dict[tuple[int, str | None], tuple[Any, list[str]]] = {}
        for scan in scans:
            for table in _tables_of(scan):
                held = wanted.setdefault((id(table.metadata), table.schema), (table.metadata, []))
                held[1].append(table.name)
        for (_, schema), (metadata, names) in wanted.items():
            metadata.reflect(
                bind, schema=schema, only=names, extend_existing=True, autoload_replace=False, **reflect_kw
            )
        for scan in scans:
            map_deferred(scan)


def _tables_of(scan: Any) -> Iterator[Any]:
    """Yield the table of a class, and tables of its many-to-many relationships that nothing is known of."""
    if isinstance(scan.deferred_table, Table):
        yield scan.deferred_table
    metadata = getattr(scan.cls, "metadata", None) or scan.registry.metadata
    for prop in scan.properties.values():
        secondary = getattr(prop, "secondary", None) if getattr(prop, "is_relationship", False) else None
        if isinstance(secondary, str) and secondary.isidentifier() and secondary not in metadata.tables:
            yield Table(secondary, metadata)
        elif isinstance(secondary, Table) and not len(secondary.c):
            yield secondary
