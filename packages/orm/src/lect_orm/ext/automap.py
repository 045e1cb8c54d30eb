"""Classes and relationships from tables: of a reflected database, or of classes that are mapped already.

``automap_base()`` makes a base whose ``prepare()`` maps every table that has a primary key and gives the classes
relationships along their foreign keys. :func:`cascade_mappers` gives relationships to classes mapped by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from lect.exc import ArgumentError, InvalidRequestError
from lect.schema.metadata import MetaData
from lect_orm.base import mapper_of
from lect_orm.ext.automap_relationships import Naming, Plan, association_of, many_to_many, relationships_of
from lect_orm.mapping.bases import declarative_base
from lect_orm.mapping.configure import check_configured
from lect_orm.mapping.deferred_declaration import defer, map_deferred, pending_scan
from lect_orm.mapping.factories import backref, relationship

__all__ = [
    "AutomapBase",
    "automap_base",
    "cascade_mappers",
    "classname_for_table",
    "generate_relationship",
    "name_for_collection_relationship",
    "name_for_scalar_relationship",
    "pluralized",
]


# -- names, to be replaced by functions of one's own
# --------------------------------------------------------------------------


def classname_for_table(base: Any, tablename: str, table: Any) -> str:
    """Return the name of the class for a table: the table's."""
    return str(tablename)


def name_for_scalar_relationship(base: Any, local_cls: Any, referred_cls: Any, constraint: Any) -> str:
    """Return the name of the attribute that refers to one object: the lower-case name of its class."""
    return str(referred_cls.__name__).lower()


def name_for_collection_relationship(base: Any, local_cls: Any, referred_cls: Any, constraint: Any) -> str:
    """Return the name of a collection: the lower-case name of its members' class with ``_collection``."""
    return str(referred_cls.__name__).lower() + "_collection"


def generate_relationship(
    base: Any,
    direction: Any,
    return_fn: Callable[..., Any],
    attrname: str,
    local_cls: Any,
    referred_cls: Any,
    **kw: Any,
) -> Any:
    """Return the ``relationship()`` or ``backref()`` for an attribute; None leaves it out.

    Args:
        base: the automap base.
        direction: ONETOMANY, MANYTOONE or MANYTOMANY.
        return_fn: the function to call, ``relationship`` or ``backref``.
        attrname: name of the attribute.
        local_cls, referred_cls: the class that gets it, the class it leads to.
        kw: arguments for `return_fn`.
    """
    if return_fn is backref:
        return return_fn(attrname, **kw)
    if return_fn is relationship:
        return return_fn(referred_cls, **kw)
    raise TypeError(f"Unknown relationship function: {return_fn}")


# -- the base
# -----------------------------------------------------------------------------------------------------------------


class Classes(Mapping[str, Any]):
    """Classes by name, as a mapping and as attributes: ``Base.classes.users``, ``Base.classes["users"]``."""

    def __init__(self) -> None:
        self.__dict__["_held"] = {}

    def __getitem__(self, name: str) -> Any:
        return self.__dict__["_held"][name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__["_held"])

    def __len__(self) -> int:
        return len(self.__dict__["_held"])

    def __contains__(self, name: object) -> bool:
        return name in self.__dict__["_held"]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_held"][name]
        except KeyError:
            from lect.exc import nearest

            raise AttributeError(f"no class named {name!r}{nearest(name, self.__dict__['_held'])}") from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.__dict__["_held"]]

    def _enter(self, name: str, cls: Any) -> None:
        self.__dict__["_held"][name] = cls


class AutomapBase:
    """What :func:`automap_base` mixes into the base it returns.

    Attributes:
        classes: the classes that :meth:`prepare` made, by name.
        by_module: all classes, by module and name: ``Base.by_module.mymodule.User``.
        metadata: the tables.
    """

    __abstract__ = True

    classes: ClassVar[Any]
    by_module: ClassVar[Any]
    metadata: ClassVar[MetaData]
    _lect_automapped: ClassVar[dict[Any, Any]]

    @classmethod
    def __lect_defer__(cls, scan: Any) -> bool:
        defer(scan)
        return True

    @classmethod
    def __lect_unmapped__(cls) -> str:
        return (
            f"Class {cls.__module__}.{cls.__name__} is a subclass of AutomapBase.  Mappings are not produced until "
            "the .prepare() "
            "method is called on the class hierarchy."
        )

    @classmethod
    def prepare(
        cls,
        autoload_with: Any = None,
        *,
        schema: str | None = None,
        reflection_options: Mapping[str, Any] = {},
        modulename_for_table: Callable[[Any, str, Any], str | None] | None = None,
        classname_for_table: Callable[[Any, str, Any], str] | None = None,
        name_for_scalar_relationship: Callable[[Any, Any, Any, Any], str] | None = None,
        name_for_collection_relationship: Callable[[Any, Any, Any, Any], str] | None = None,
        generate_relationship: Callable[..., Any] | None = None,
        collection_class: Any = None,
    ) -> None:
        """Map the tables that have a primary key, and the classes written by hand; may be called again for further
        tables.

        Args:
            autoload_with: engine or connection whose tables are reflected first.
            schema: the schema to reflect.
            reflection_options: further arguments for ``MetaData.reflect``.
            modulename_for_table: ``(base, table name, table) -> __module__`` of the class, None for no particular one.
            classname_for_table, name_for_scalar_relationship, name_for_collection_relationship,
                generate_relationship: in place
                of the functions of this module.
            collection_class: class of collections, a list if not given.
        """
        root = _root(cls)
        if autoload_with is not None:
            root.metadata.reflect(
                autoload_with, schema=schema, extend_existing=True, autoload_replace=False, **reflection_options
            )
        naming = Naming(
            root,
            name_for_scalar_relationship or _default("name_for_scalar_relationship"),
            name_for_collection_relationship or _default("name_for_collection_relationship"),
            generate_relationship or _default("generate_relationship"),
            collection_class if collection_class is not None else list,
        )
        with _lock():
            _prepare(root, naming, modulename_for_table, classname_for_table or _default("classname_for_table"))


def _default(name: str) -> Any:
    # The arguments of prepare() have the names of this module's functions.
    return globals()[name]


def _lock() -> Any:
    from lect_orm.mapping import configure

    return configure._lock


def _root(cls: Any) -> Any:
    """Return the automap base of a class: ``User.prepare()`` prepares the whole family."""
    for one in reversed(cls.__mro__):
        if "_lect_automapped" in one.__dict__:
            return one
    raise InvalidRequestError("AutomapBase.prepare(): make a base with automap_base() and call its prepare()")


def automap_base(declarative_base: Any = None, **kw: Any) -> Any:
    """Return a base for classes that are mapped by ``prepare()``.

    Args:
        declarative_base: an existing declarative base; without it one is made.
        kw: arguments for ``declarative_base()``: metadata, cls, name …
    """
    base = _declarative_base(**kw) if declarative_base is None else declarative_base
    return type(base)(
        base.__name__,
        (AutomapBase, base),
        {
            "__abstract__": True,
            "classes": Classes(),
            "by_module": Classes(),
            "metadata": base.metadata,
            "_lect_automapped": {},
        },
    )


_declarative_base = declarative_base


# -- prepare
# ------------------------------------------------------------------------------------------------------------------


def _waiting(root: Any) -> list[Any]:
    """Return what was read of the classes that wait, bases first."""
    found: dict[Any, Any] = {}
    todo = list(root.__subclasses__())
    while todo:
        one = todo.pop(0)
        scan = pending_scan(one)
        if scan is not None:
            found[one] = scan
        todo.extend(one.__subclasses__())
    return sorted(found.values(), key=lambda s: len(s.cls.__mro__))


def _prepare(root: Any, naming: Naming, modulename_for_table: Any, classname_for_table: Any) -> None:
    scans = _waiting(root)
    plans: dict[Any, Plan] = {table: Plan(table, cls, None) for table, cls in root._lect_automapped.items()}
    known = set(plans)
    for scan in scans:
        if scan.deferred_table is not None:
            plans[scan.deferred_table] = Plan(scan.deferred_table, scan.cls, scan)
        _enter_by_module(root, scan.cls)
    associations = []
    made = []
    for table in sorted(root.metadata.tables.values(), key=lambda t: t.fullname):
        association = association_of(table)
        if association is not None:
            associations.append((table, *association))
        elif table.primary_key.columns and table not in plans:
            cls = _class_for(root, table, modulename_for_table, classname_for_table)
            if cls is not None:
                plans[table] = Plan(table, cls, pending_scan(cls))
                made.append(cls)
    for plan in plans.values():
        relationships_of(plan, plans, naming)
    for table, first, second in associations:
        many_to_many(table, first, second, plans, naming)
    new = [plan for table, plan in plans.items() if table not in known]
    for scan in sorted(
        [*scans, *[s for s in map(pending_scan, made) if s is not None]], key=lambda s: len(s.cls.__mro__)
    ):
        own = plans.get(scan.deferred_table)
        if own is not None and own.scan is scan:
            for key, prop in own.properties.items():
                scan.properties.setdefault(key, prop)
        map_deferred(scan)
    for plan in plans.values():
        if plan not in new:
            mapper = mapper_of(plan.cls)
            for key, prop in plan.properties.items():
                if not mapper.has_property(key):
                    mapper.add_property(key, prop)
    for plan in new:
        root._lect_automapped[plan.table] = plan.cls


def _class_for(root: Any, table: Any, modulename_for_table: Any, classname_for_table: Any) -> Any:
    """Return a new class for a table; None, with a warning, when its name is taken."""
    name = classname_for_table(root, table.name, table)
    module = None if modulename_for_table is None else modulename_for_table(root, table.name, table)
    body: dict[str, Any] = {"__table__": table, "__module__": module if module is not None else __name__}
    if module is None and name in root.classes:
        import warnings

        from lect.exc import LectWarning

        warnings.warn(
            f"Ignoring duplicate class name '{name}' received in automap base for table {table.fullname} without "
            "``__module__`` "
            "being set; consider using the ``modulename_for_table`` hook",
            LectWarning,
            stacklevel=5,
        )
        return None
    cls = type(root)(str(name), (root,), body)
    if module is None:
        root.classes._enter(name, cls)
    _enter_by_module(root, cls)
    return cls


def _enter_by_module(root: Any, cls: Any) -> None:
    held = root.by_module
    for part in cls.__module__.split("."):
        if part not in held:
            held._enter(part, Classes())
        held = held[part]
        if not isinstance(held, Classes):
            raise InvalidRequestError(f'name "{part}" matches both a class name and a module name')
    existing = held.get(cls.__name__)
    if isinstance(existing, Classes):
        raise InvalidRequestError(f'name "{cls.__name__}" matches both a class name and a module name')
    held._enter(cls.__name__, cls)


# -- relationships for classes that are mapped
# --------------------------------------------------------------------------------


def pluralized(name: str) -> str:
    """Return a plural by the plainest rules of English: ``boxes``, ``users``."""
    return name + ("es" if name.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _short_scalar(base: Any, local_cls: Any, referred_cls: Any, constraint: Any) -> str:
    return str(referred_cls.__name__).lower()


def _short_collection(base: Any, local_cls: Any, referred_cls: Any, constraint: Any) -> str:
    return pluralized(str(referred_cls.__name__).lower())


def cascade_mappers(
    *classes_or_mappers: Any,
    name_for_scalar_relationship: Callable[[Any, Any, Any, Any], str] = _short_scalar,
    name_for_collection_relationship: Callable[[Any, Any, Any, Any], str] = _short_collection,
    generate_relationship: Callable[..., Any] = generate_relationship,
    collection_class: Any = list,
) -> None:
    """Give mapped classes relationships, in both directions, along the foreign keys between their tables.

    ``cascade_mappers(User, Address)`` maps ``user.addresses`` and ``address.user``. A table that consists of two
    foreign keys to
    tables of these classes makes a many-to-many. Attributes and relationships that exist already are left alone.

    Args:
        classes_or_mappers: mapped classes, or mappers.
        name_for_scalar_relationship, name_for_collection_relationship: names of the attributes; the lower-case name
            of the other class, in plural for a collection.
        generate_relationship: makes each relationship, as for automap; None leaves it out.
        collection_class: class of collections.

    Raises:
        ArgumentError: something given is not mapped.
    """
    plans: dict[Any, Plan] = {}
    for given in classes_or_mappers:
        mapper = given if getattr(given, "is_mapper", False) and not isinstance(given, type) else mapper_of(given)
        if mapper is None:
            raise ArgumentError(f"cascade_mappers() takes mapped classes and mappers, got {given!r}")
        plans[mapper.local_table] = Plan(mapper.local_table, mapper.class_, None)
    for mapper in {mapper_of(plan.cls) for plan in plans.values()}:
        if mapper.registry is not None:
            check_configured(mapper.registry)
    naming = Naming(
        None, name_for_scalar_relationship, name_for_collection_relationship, generate_relationship, collection_class
    )
    for plan in plans.values():
        relationships_of(plan, plans, naming)
    seen: set[Any] = set()
    for metadata in {table.metadata for table in plans if hasattr(table, "metadata")}:
        for table in metadata.tables.values():
            association = association_of(table)
            if association is not None and table not in plans and table not in seen:
                seen.add(table)
                many_to_many(table, *association, plans, naming)
    for plan in plans.values():
        mapper = mapper_of(plan.cls)
        for key, prop in plan.properties.items():
            if not mapper.has_property(key):
                mapper.add_property(key, prop)
