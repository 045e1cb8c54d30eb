"""The registry: a set of classes that know each other by name, with one MetaData and one map of types."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from lect import event
from lect.event import dispatcher
from lect.schema.metadata import MetaData
from lect_orm.events.registry import RegistryEvents
from lect_orm.mapping import configure
from lect_orm.mapping.class_registry import ClassNames, Resolver
from lect_orm.mapping.constructor import declarative_constructor
from lect_orm.mapping.mapper import Mapper
from lect_orm.mapping.type_map import sql_type_for

__all__ = ["registry"]

_T = TypeVar("_T")

#: key under which a dictionary given as class_registry holds the names of the registries that share it
_NAMES = "_lect_class_names"


class registry:
    """See the module. Declarative bases have one (``Base.registry``); imperative mapping uses it directly."""

    #: Metaclass of bases made by :meth:`generate_base`; set by the module of declarative bases, which needs this one.
    default_metaclass: ClassVar[Any] = type
    dispatch = dispatcher(RegistryEvents)

    def __init__(
        self,
        *,
        metadata: MetaData | None = None,
        class_registry: dict[str, Any] | None = None,
        type_annotation_map: dict[Any, Any] | None = None,
        constructor: Callable[..., None] | None = declarative_constructor,
    ) -> None:
        self.metadata = metadata if metadata is not None else MetaData()
        if class_registry is None:
            self.class_names = ClassNames()
        elif isinstance(class_registry, ClassNames):
            self.class_names = class_registry
        else:
            self.class_names = _names_over(class_registry)
        self._class_registry = class_registry if class_registry is not None else self.class_names
        self.constructor = constructor
        self.type_annotation_map: dict[Any, Any] = {}
        self.dependencies: set[registry] = set()
        self._mappers: dict[int, weakref.ref[Mapper[Any]]] = {}
        #: classes declared and not mapped yet (concrete bases, reflected later)
        self._deferred: weakref.WeakSet[type] = weakref.WeakSet()
        #: mappers whose classes heard that they are settled
        self._declared: weakref.WeakSet[Mapper[Any]] = weakref.WeakSet()
        event.listen(self, "before_configured", _declare_first)
        event.listen(self, "after_configured", _declare_last)
        if type_annotation_map is not None:
            self.update_type_annotation_map(type_annotation_map)

    def update_type_annotation_map(self, type_annotation_map: dict[Any, Any]) -> None:
        """Add SQL types for Python types."""
        from lect_orm.mapping.annotations import without_none

        for kind, type_ in type_annotation_map.items():
            stripped = without_none(kind)
            self.type_annotation_map[kind] = type_
            self.type_annotation_map.setdefault(stripped, type_)

    def type_for(self, annotation: Any, key: str, cls: type) -> Any:
        """Return the SQL type for an annotated column."""
        return sql_type_for(annotation, self.type_annotation_map, key, cls)

    # -- members -------------------------------------------------------------------------------------------------------

    @property
    def mappers(self) -> frozenset[Mapper[Any]]:
        """The mappers of this registry."""
        return frozenset(m for m in (r() for r in self._mappers.values()) if m is not None)

    def remember(self, mapper: Mapper[Any]) -> None:
        """Enter a mapper."""
        self._mappers[id(mapper)] = weakref.ref(mapper)
        self.class_names.add(mapper.class_.__name__, mapper.class_)

    def forget(self, mapper: Mapper[Any]) -> None:
        """Take a mapper out."""
        self._mappers.pop(id(mapper), None)
        self.class_names.remove(mapper.class_.__name__, mapper.class_)

    def depends_on(self, other: registry) -> None:
        """Note that a relationship leads to a class of another registry: both are configured together."""
        if other is not self:
            self.dependencies.add(other)

    def resolver(self, cls: type, prop: Any) -> Resolver:
        """Return what finds the meaning of a relationship's strings."""
        return Resolver(self, cls, prop)

    def configure(self, cascade: bool = False) -> None:
        """Settle the mappers of this registry now; with `cascade`, of the registries it depends on too."""
        configure.check_configured(self)

    def dispose(self, cascade: bool = False) -> None:
        """Take the mappings of this registry away."""
        dependents = [
            r for r in {m.registry for m in configure.all_mappers()} if r is not None and self in r.dependencies
        ]
        if dependents and not cascade:
            from lect.exc import InvalidRequestError

            raise InvalidRequestError(
                "Registry has dependent registries that are not disposed; pass cascade=True to clear these also"
            )
        for other in dependents if cascade else []:
            other.dispose(cascade=True)
        for mapper in sorted(self.mappers, key=lambda m: -m.number):
            self.forget(mapper)
            mapper.dispose()
            configure._mappers.pop(id(mapper), None)
        self.dependencies.clear()
        for empty in [*configure.EMPTY_CACHES, *configure.EMPTY_WHEN_CONFIGURED]:
            empty()

    _dispose_cls = dispose

    # -- mapping -------------------------------------------------------------------------------------------------------

    def map_imperatively(self, class_: type[_T], local_table: Any = None, **kw: Any) -> Mapper[_T]:
        """Map a class to a table: ``registry.map_imperatively(User, user_table, properties={...})``."""
        from lect_orm.mapping.declarative import map_imperatively

        made: Mapper[_T] = map_imperatively(self, class_, local_table, kw)
        return made

    def mapped(self, cls: type[_T]) -> type[_T]:
        """Map a class as declarative classes are, without a base class: a decorator."""
        from lect_orm.mapping.declarative import map_declaratively

        map_declaratively(self, cls)
        return cls

    def map_declaratively(self, cls: type[_T]) -> Mapper[_T]:
        """Map a class as declarative classes are; return its mapper."""
        self.mapped(cls)
        found: Mapper[_T] = cls.__mapper__  # type: ignore[attr-defined]
        return found

    def as_declarative_base(self, **kw: Any) -> Callable[[type], Any]:
        """Make a declarative base of a class: a decorator."""

        def decorate(cls: type) -> Any:
            kw["cls"] = cls
            kw.setdefault("name", cls.__name__)
            return self.generate_base(**kw)

        return decorate

    def generate_base(self, mapper: Any = None, cls: Any = object, name: str = "Base", metaclass: Any = None) -> Any:
        """Return a new declarative base class."""
        bases = cls if isinstance(cls, tuple) else (cls,)
        body: dict[str, Any] = {"registry": self, "metadata": self.metadata, "_lect_registry": self}
        if isinstance(cls, type):
            body["__doc__"] = cls.__doc__
        if self.constructor is not None:
            body["__init__"] = self.constructor
        body["__abstract__"] = True
        if mapper is not None:
            body["__mapper_cls__"] = mapper
        if hasattr(cls, "__class_getitem__"):
            body["__class_getitem__"] = classmethod(lambda c, key: c)
        kind: Any = metaclass or self.default_metaclass
        return kind(name, bases, body)

    def mapped_as_dataclass(self, cls: Any = None, /, **kw: Any) -> Any:
        """Map a class and make it a dataclass: a decorator, with the arguments of ``dataclasses.dataclass``."""
        from lect_orm.mapping.dataclass import DataclassArguments
        from lect_orm.mapping.declarative import map_declaratively

        def decorate(one: Any) -> Any:
            type.__setattr__(one, "_lect_apply_dc_transforms", DataclassArguments(kw))
            map_declaratively(self, one)
            return one

        return decorate if cls is None else decorate(cls)


def _declare_first(found: registry) -> None:
    """Call ``__declare_first__`` of the classes that are about to be settled."""
    waiting = sorted((m for m in found.mappers if not m.configured), key=lambda m: m.number)
    deferred = [cls for cls in list(found._deferred) if "__mapper__" not in cls.__dict__]
    for cls in (*deferred, *[m.class_ for m in waiting]):
        hook = getattr(cls, "__declare_first__", None)
        if hook is not None:
            hook()


def _declare_last(found: registry) -> None:
    """Call ``__declare_last__`` of the classes that were settled."""
    for mapper in sorted(found.mappers - set(found._declared), key=lambda m: m.number):
        if mapper.configured:
            found._declared.add(mapper)
            hook = getattr(mapper.class_, "__declare_last__", None)
            if hook is not None:
                hook()


def _names_over(given: dict[str, Any]) -> ClassNames:
    """Return the names of the registries that share a dictionary."""
    names = given.get(_NAMES)
    if not isinstance(names, ClassNames):
        names = ClassNames()
        names.update(given)
        given[_NAMES] = names
    return names
