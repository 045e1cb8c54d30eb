"""Aliases of mapped classes: the same class a second time in a statement, or over another FROM element."""

from __future__ import annotations

import types
import warnings
from collections.abc import Iterable
from typing import Any, Generic, TypeVar, overload

from lect.exc import ArgumentError, LectWarning
from lect.inspection import inspects
from lect.sql.entity import register
from lect_orm.base import InspectionAttr, class_mapper_or_raise
from lect_orm.mapping.equality import replace_columns
from lect_orm.mapping.inheritance import polymorphic_mappers_of, polymorphic_selectable_of
from lect_orm.mapping.mapper import Mapper
from lect_orm.query.entities import MapperEntity, entity_node
from lect_orm.relationships.join_condition import plain

__all__ = ["AliasedClass", "AliasedInsp", "aliased", "with_polymorphic"]

_O = TypeVar("_O")


class AliasedClass(Generic[_O]):
    """What :func:`aliased` returns: has the attributes of the class, as columns of the alias."""

    __name__: str

    def __init__(
        self,
        mapped_class_or_ac: Any,
        alias: Any = None,
        name: str | None = None,
        flat: bool = False,
        adapt_on_names: bool = False,
        with_polymorphic_mappers: Any = None,
        base_alias: Any = None,
        use_mapper_path: bool = False,
        represents_outer_join: bool = False,
    ) -> None:
        held = getattr(mapped_class_or_ac, "_lect_aliased", None)
        mapper = held.mapper if held is not None else _mapper(mapped_class_or_ac)
        mapper._check_configure()
        if alias is None:
            source = held.selectable if held is not None else mapper.selectable
            again = held is not None and not getattr(source, "_is_join", False)
            alias = source._alias_again(name, flat=flat) if again else _alias_of(source, name, flat)
        self.__dict__["__name__"] = mapper.class_.__name__
        self.__dict__["_lect_aliased"] = AliasedInsp(
            self,
            mapper,
            alias,
            name,
            list(with_polymorphic_mappers) if with_polymorphic_mappers is not None else mapper.with_polymorphic_mappers,
            adapt_on_names,
            use_mapper_path,
            represents_outer_join,
            held,
        )

    def __getattr__(self, key: str) -> Any:
        try:
            inspection = self.__dict__["_lect_aliased"]
        except KeyError:
            raise AttributeError(key) from None
        target = inspection.mapper.class_
        attribute = getattr(target, key)
        if hasattr(attribute, "adapt_to_entity"):
            attribute = attribute.adapt_to_entity(inspection)
            self.__dict__[key] = attribute
            return attribute
        if hasattr(attribute, "__call__") and hasattr(attribute, "__self__"):  # noqa: B004 - a bound class method
            return types.MethodType(attribute.__func__, self)
        raw = _raw(target, key)
        if hasattr(raw, "__get__") and not isinstance(raw, types.FunctionType | type):
            attribute = raw.__get__(None, self)
            if hasattr(attribute, "adapt_to_entity"):
                attribute = attribute.adapt_to_entity(inspection)
                self.__dict__[key] = attribute
        return attribute

    def _get_from_serialized(self, key: str, mapped_class: Any, aliased_insp: Any) -> Any:
        return getattr(self, key)

    def __repr__(self) -> str:
        inspection = self.__dict__["_lect_aliased"]
        return f"<AliasedClass at {id(self):#x}; {inspection.mapper.class_.__name__}>"

    def __str__(self) -> str:
        return f"aliased({self.__dict__['_lect_aliased'].mapper.class_.__name__})"


def _raw(cls: type, key: str) -> Any:
    for base in cls.__mro__:
        if key in base.__dict__:
            return base.__dict__[key]
    return None


def _mapper(given: Any) -> Any:
    if getattr(given, "is_mapper", False) and not isinstance(given, type):
        return given
    return class_mapper_or_raise(given)


def _alias_of(selectable: Any, name: str | None, flat: bool) -> Any:
    return selectable.alias(name, flat=flat or (name is None and getattr(selectable, "_is_join", False)))


class AliasedInsp(InspectionAttr):
    """What ``inspect(aliased(User))`` gives.

    Attributes:
        entity: the AliasedClass.
        mapper: the class's mapper.
        selectable: the alias in FROM.
    """

    is_aliased_class = True
    configured = True

    def __init__(
        self,
        entity: Any,
        mapper: Any,
        selectable: Any,
        name: str | None,
        with_polymorphic_mappers: list[Any],
        adapt_on_names: bool,
        use_mapper_path: bool,
        represents_outer_join: bool,
        inner: AliasedInsp | None = None,
    ) -> None:
        self.entity = entity
        #: the alias that this is an alias of, whose columns a subquery may have beside those of the class
        self.inner = inner
        self.mapper = mapper
        self.selectable = self.persist_selectable = self.local_table = selectable
        self.name = name or mapper.class_.__name__
        self.given_name = name
        self.with_polymorphic_mappers = with_polymorphic_mappers or [mapper]
        self.is_polymorphic = bool(with_polymorphic_mappers)
        self.adapt_on_names = adapt_on_names
        self.use_mapper_path = use_mapper_path
        self.represents_outer_join = represents_outer_join
        self._columns: dict[Any, Any] = {}
        self._adapted_froms = {id(t) for t in mapper.tables}
        for sub in self.with_polymorphic_mappers:
            if sub is not mapper:
                alias = object.__new__(AliasedClass)
                alias.__dict__["__name__"] = sub.class_.__name__
                inner = object.__new__(AliasedInsp)
                inner.__dict__.update(self.__dict__)
                inner.entity, inner.mapper = alias, sub
                inner.name = sub.class_.__name__
                inner._columns = {}
                inner.sub_of = self
                inner.with_polymorphic_mappers = [m for m in self.with_polymorphic_mappers if m.isa(sub)]
                alias.__dict__["_lect_aliased"] = inner
                self.entity.__dict__.setdefault(sub.class_.__name__, alias)

    sub_of: Any = None
    #: Whether the FROM element has rows of the class only, so that the statement need not say which.
    narrowed = False

    @property
    def class_(self) -> Any:
        """The mapped class."""
        return self.mapper.class_

    @property
    def is_mapper_alias(self) -> bool:
        """Whether this is no new FROM element but the mapper's own (``with_polymorphic`` without alias)."""
        return self.use_mapper_path

    @property
    def polymorphic_on(self) -> Any:
        """The discriminator, as a column of the alias."""
        found = self.mapper.polymorphic_on
        return None if found is None else self._adapt_element(found)

    @property
    def entity_namespace(self) -> Any:
        """Where names of ``filter_by`` are looked up."""
        return self.entity

    def adapt_own_column(self, element: Any) -> Any:
        """Return a column of the mapper as the alias has it."""
        return self._adapt_element(element)

    def _adapt_element(self, element: Any, key: str | None = None) -> Any:
        """Return an expression over the mapper's columns as one over the alias's columns."""
        if getattr(element, "table", None) is not None and element._is_column_element:
            return self.column(element, key)
        return replace_columns(element, self._replacement)

    def _replacement(self, node: Any) -> Any:
        if getattr(node, "table", None) is not None and getattr(node, "_is_column_element", False):
            found = self.column(node, None)
            return found if found is not node else None
        if getattr(node, "_is_from_clause", False) and id(node) in self._adapted_froms:
            return self.selectable
        if isinstance(node, MapperEntity) and self.mapper.isa(node.entity):
            return self.selectable  # correlate(User)
        return None

    def column(self, column: Any, key: str | None) -> Any:
        """Return the alias's column for a column of the mapper; the column itself when the alias has none."""
        found = self._columns.get(column)
        if found is None:
            found = self._find(plain(column), key)
            if found is None:
                found = column
            self._columns[column] = found
        return found

    def attribute_element(self, element: Any, key: str) -> Any:
        """Return what an attribute of the alias stands for.

        Warns when the alias's subquery does not have it, so that its table would come into FROM besides.
        """
        found = self._adapt_element(element, key)
        table = getattr(found, "table", None) if found is element and self.selectable._is_subquery else None
        if table is not None and table is not self.selectable and table in self.mapper.tables:
            self._warn_of_missing(key)
        return found

    def _warn_of_missing(self, key: str) -> None:
        advice = (
            "ensure name is correct in expression"
            if self.adapt_on_names
            else "to match by name, use the adapt_on_names parameter"
        )
        warnings.warn(
            f"Did not locate an expression in selectable for attribute {key!r}; {advice}", LectWarning, stacklevel=6
        )

    def _find(self, column: Any, key: str | None) -> Any:
        selectable = self.selectable
        if self.inner is not None:
            found = selectable.corresponding_column(self.inner.column(column, key))
            if found is not None:
                return found
        found = selectable.corresponding_column(column)
        if found is not None:
            return found
        for mapper in (self.mapper, *self.with_polymorphic_mappers):
            prop = mapper.column_to_prop.get(column)
            if prop is not None:
                for other in prop.columns:
                    found = selectable.corresponding_column(other)
                    if found is not None:
                        return found
        if self.adapt_on_names:
            for name in (key, column.key, column.name):
                if name is not None and name in selectable.c:
                    return selectable.c[name]
        return None

    def __repr__(self) -> str:
        return f"<AliasedInsp at {id(self):#x}; {self.class_.__name__}>"

    def __str__(self) -> str:
        return f"aliased({self.class_.__name__})"

    def __clause_element__(self) -> Any:
        return self.selectable


@overload
def aliased(
    element: type[_O], alias: Any = None, name: str | None = None, flat: bool = False, adapt_on_names: bool = False
) -> type[_O]: ...


@overload
def aliased(
    element: Any, alias: Any = None, name: str | None = None, flat: bool = False, adapt_on_names: bool = False
) -> Any: ...


def aliased(
    element: Any, alias: Any = None, name: str | None = None, flat: bool = False, adapt_on_names: bool = False
) -> Any:
    """Return an alias of a mapped class (or of a FROM element).

    Args:
        element: the class; or a table.
        alias: a FROM element that has the class's columns, such as a subquery.
        name: the alias's name; without one it is made up.
        flat: for a join (joined inheritance): give each table an alias rather than the join as a whole.
        adapt_on_names: find columns of `alias` by name.
    """
    if not isinstance(element, type) and getattr(element, "_is_from_clause", False):
        if adapt_on_names:
            raise ArgumentError("adapt_on_names only applies to ORM elements")
        return element.alias(name, flat=flat) if name is not None or not flat else element.alias(flat=flat)
    if alias is not None and getattr(alias, "_is_select_base", False):
        alias = alias.subquery()
    return AliasedClass(element, alias=_from(alias), name=name, flat=flat, adapt_on_names=adapt_on_names)


def _from(alias: Any) -> Any:
    if alias is None:
        return None
    held = getattr(alias, "_lect_aliased", None)
    if held is not None:
        return held.selectable
    if isinstance(alias, type):
        return class_mapper_or_raise(alias).selectable
    return alias


def with_polymorphic(
    base: Any,
    classes: Iterable[Any] | type[Any] | str,
    selectable: Any = False,
    flat: bool = False,
    polymorphic_on: Any = None,
    aliased: bool = False,
    innerjoin: bool = False,
    adapt_on_names: bool = False,
    name: str | None = None,
    _use_mapper_path: bool = False,
) -> Any:
    """Return an alias of a base class that also has the attributes of subclasses: ``alias.Manager.salary``.

    Args:
        classes: the subclasses, or one of them, or "*" for all.
        selectable: FROM element with all their columns; without it, the tables are outer joined.
        aliased, flat, name: give the tables aliases.
        innerjoin: INNER JOIN in place of LEFT OUTER JOIN.
    """
    if (name is not None or flat) and not aliased:
        aliased = True
    mapper = _mapper(base) if getattr(base, "_lect_aliased", None) is None else base._lect_aliased.mapper
    mapper._check_configure()
    if isinstance(classes, type) or getattr(classes, "is_mapper", False):
        classes = [classes]
    chosen = selectable if selectable is not False else None
    if chosen is not None:
        mappers = polymorphic_mappers_of(
            mapper, classes if classes != "*" else "*", None if isinstance(classes, list) else chosen
        )
        source = chosen
        if getattr(source, "_is_select_base", False):
            source = source.subquery()
    elif selectable is None and mapper.own_with_polymorphic is not None and mapper.own_with_polymorphic[1] is not None:
        mappers = polymorphic_mappers_of(mapper, classes, None)
        source = mapper.persist_selectable
    else:
        mappers = polymorphic_mappers_of(mapper, classes, None)
        spec = mapper.own_with_polymorphic
        if spec is not None and spec[1] is not None:
            source = spec[1]
        else:
            source = polymorphic_selectable_of(mapper, mappers, innerjoin)
    if aliased or flat:
        source = _alias_of(source, name, flat)
    made: Any = AliasedClass(
        mapper,
        alias=source,
        name=name,
        adapt_on_names=adapt_on_names,
        with_polymorphic_mappers=mappers,
        use_mapper_path=_use_mapper_path or not (aliased or flat),
        represents_outer_join=not innerjoin,
    )
    if polymorphic_on is not None:
        made._lect_aliased.__dict__["polymorphic_on_given"] = polymorphic_on
    return made


register(AliasedClass, lambda a: entity_node(a.__dict__["_lect_aliased"]))
register(AliasedInsp, entity_node)
register(Mapper, entity_node)


@inspects(AliasedClass)
def _inspect_alias(subject: Any) -> Any:
    return subject.__dict__["_lect_aliased"]
