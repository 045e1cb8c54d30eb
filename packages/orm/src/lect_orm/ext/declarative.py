"""Further base classes of declarative mapping: concrete tables, reflection later on."""

from __future__ import annotations

from typing import Any

from lect.schema.table import Table
from lect_orm.base import mapper_of
from lect_orm.exc import UnmappedClassError
from lect_orm.mapping.bases import DeclarativeMeta, as_declarative, declarative_base, has_inherited_table
from lect_orm.mapping.declarative import ClassScan
from lect_orm.mapping.declared_attr import declared_attr, scan_values
from lect_orm.mapping.inheritance import configure_polymorphic_on
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


class ConcreteBase:
    """A mixin for the base of concrete classes: selecting from the base selects from a UNION of all tables."""

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
        if mapper is None or mapper.own_with_polymorphic is not None:
            return
        name = getattr(cls, "_concrete_discriminator_name", None) or "type"
        union = cls._create_polymorphic_union(mapper.self_and_descendants, name)
        set_union(mapper, union, name)


def set_union(mapper: Any, union: Any, discriminator: str) -> None:
    """Let a mapper load its hierarchy from a UNION."""
    mapper.own_with_polymorphic = ("*", union)
    mapper.polymorphic_on = union.c[discriminator]
    configure_polymorphic_on(mapper)
    for one in mapper.self_and_descendants:
        one.memo.clear()
        for attribute in one.class_.__dict__.values():
            held = getattr(attribute, "__dict__", {})
            if "_expression" in held:
                held.pop("_expression")
            comparator = held.get("comparator")
            if comparator is not None:
                comparator.__dict__.pop("_element", None)


class AbstractConcreteBase(ConcreteBase):
    """As :class:`ConcreteBase`, for a base without a table of its own: it is mapped to the UNION of its subclasses'
    tables.
    """

    __no_table__ = True

    @classmethod
    def __declare_first__(cls) -> None:
        cls._lect_map_union()

    @classmethod
    def _lect_map_union(cls) -> None:
        if "__mapper__" in cls.__dict__:
            return
        mappers = []
        todo = list(cls.__subclasses__())
        while todo:
            sub = todo.pop(0)
            todo = list(sub.__subclasses__()) + todo
            mapper = sub.__dict__.get("__mapper__")
            if mapper is not None and not sub.__dict__.get("__abstract__"):
                mappers.append(mapper)
        if not mappers:
            return
        name = getattr(cls, "_concrete_discriminator_name", None) or "type"
        union = cls._create_polymorphic_union(mappers, name)
        registry = cls._lect_registry  # type: ignore[attr-defined]
        with scan_values(cls):
            scan = ClassScan(registry, cls)
            scan.collect()
            scan.tablename = None
            mapper = registry.map_imperatively(
                cls, union, primary_key=[c for c in union.c if c.primary_key], polymorphic_on=union.c[name]
            )
        for sub_mapper in mappers:
            if sub_mapper.inherits is None and cls in sub_mapper.class_.__bases__:
                sub_mapper.inherits = mapper
                sub_mapper.concrete = True
                mapper.inheriting.append(sub_mapper)
            if sub_mapper.polymorphic_identity is not None:
                mapper.polymorphic_map[sub_mapper.polymorphic_identity] = sub_mapper


class DeferredReflection:
    """A mixin for classes whose tables are reflected by ``prepare(engine)``, after which they are mapped."""

    __lect_deferred__: Any = True

    @classmethod
    def prepare(cls, bind: Any, **reflect_kw: Any) -> None:
        """Reflect the tables of all subclasses not mapped yet, and map them."""
        scans = [
            s.__dict__["__lect_deferred__"]
            for s in _descendants(cls)
            if isinstance(s.__dict__.get("__lect_deferred__"), ClassScan)
        ]
        if not scans:
            return
        if hasattr(bind, "connect") and not hasattr(bind, "execute"):
            with bind.connect() as connection:
                cls._finish(scans, connection, reflect_kw)
        else:
            cls._finish(scans, bind, reflect_kw)

    @classmethod
    def _finish(cls, scans: list[ClassScan], connection: Any, reflect_kw: dict[str, Any]) -> None:
        for scan in sorted(scans, key=lambda s: len(s.cls.__mro__)):
            sub = scan.cls
            type.__delattr__(sub, "__lect_deferred__")
            with scan_values(sub):
                fresh = ClassScan(scan.registry, sub)
                fresh.collect()
                if fresh.tablename is not None:
                    metadata = getattr(sub, "metadata", scan.registry.metadata)
                    fresh._complete()
                    args: tuple[Any, ...] = ()
                    kw: dict[str, Any] = {}
                    if isinstance(fresh.table_args, dict):
                        kw = dict(fresh.table_args)
                    elif isinstance(fresh.table_args, tuple) and fresh.table_args:
                        args = fresh.table_args
                        if isinstance(args[-1], dict):
                            args, kw = args[:-1], dict(args[-1])
                    table = Table(
                        fresh.tablename,
                        metadata,
                        *[c for c, _ in fresh.columns],
                        *args,
                        extend_existing=True,
                        autoload_replace=False,
                        autoload_with=connection,
                        **kw,
                        **reflect_kw,
                    )
                    type.__setattr__(sub, "__table__", table)
                    fresh._mapper(table)
                else:
                    fresh.finish()


def _descendants(cls: type) -> list[type]:
    found: list[type] = []
    todo: list[Any] = list(cls.__subclasses__())
    while todo:
        sub = todo.pop(0)
        found.append(sub)
        todo.extend(sub.__subclasses__())
    return found


def check_prepared(cls: type) -> None:
    """Raise when a class waits for ``prepare()``.

    Raises:
        UnmappedClassError: it does.
    """
    if mapper_of(cls) is None and issubclass(cls, DeferredReflection):
        raise UnmappedClassError(
            cls,
            f"Class {cls.__module__}.{cls.__name__} is a subclass of DeferredReflection.  Mappings are not produced "
            "until the .prepare() "
            "method is called on the class hierarchy.",
        )
