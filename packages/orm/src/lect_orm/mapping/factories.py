"""The functions that declare attributes: ``mapped_column``, ``relationship``, ``column_property`` and the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lect.absent import NO_ARG
from lect.exc import ArgumentError
from lect_orm.mapping.column_property import MappedSQLExpression, QueryExpression
from lect_orm.mapping.descriptor_properties import CompositeProperty, SynonymProperty
from lect_orm.mapping.mapped_column import AttributeOptions, MappedColumn, UnmappedColumn, check_arguments
from lect_orm.relationships.relationship import RelationshipProperty

__all__ = [
    "backref",
    "column_property",
    "composite",
    "deferred",
    "dynamic_loader",
    "mapped_column",
    "orm_insert_sentinel",
    "query_expression",
    "reconstructor",
    "relationship",
    "synonym",
    "synonym_for",
    "unmapped_column",
    "validates",
]

_F = TypeVar("_F", bound=Callable[..., Any])
_FIELDS = ("init", "repr", "default", "default_factory", "compare", "kw_only", "hash", "dataclass_metadata")


def _field_options(kw: dict[str, Any]) -> AttributeOptions:
    """Take what concerns dataclasses out of keyword arguments."""
    return AttributeOptions(**{name: kw.pop(name) for name in _FIELDS if name in kw})


def mapped_column(__name_pos: Any = None, __type_pos: Any = None, /, *args: Any, **kw: Any) -> Any:
    """Declare a column.

    Args:
        args: name (optional; else the attribute's), type (optional; else from the annotation), ForeignKey and other
            constraints, Identity, Sequence, Computed.
        kw: arguments of ``Column``: primary_key, nullable, default, insert_default, server_default, onupdate, index,
            unique, autoincrement, key, comment, info, doc …
        init, repr, default, default_factory, compare, kw_only, hash: for dataclass mappings, as ``dataclasses.field``.
        deferred, deferred_group, deferred_raiseload: leave the column out of SELECT until it is read.
        use_existing_column: for single-table inheritance: take the column that a sibling declared under the same name.
        active_history: load the old value when it is replaced.
        sort_order: place in the table among the other columns; 0 is the order of declaration.
    """
    positional = tuple(a for a in (__name_pos, __type_pos) if a is not None) + args
    check_arguments(positional)
    kw["attribute_options"] = _field_options(kw)
    if kw.get("default") is NO_ARG:
        kw.pop("default")
    return MappedColumn(*positional, **kw)


def unmapped_column(__name_pos: Any = None, __type_pos: Any = None, /, *args: Any, **kw: Any) -> Any:
    """Declare a column of the table that the class has no attribute for.

    Such a column is created with the table and filled by its default or by the database. It goes with the annotation
    ``Unmapped[...]``, or with none when a type is given.

    Args:
        args, kw: as for :func:`mapped_column`, without what concerns the attribute (dataclass fields, deferral).
    """
    positional = tuple(a for a in (__name_pos, __type_pos) if a is not None) + args
    check_arguments(positional)
    if kw.get("default", NO_ARG) is NO_ARG:
        kw.pop("default", None)
    return UnmappedColumn(*positional, **kw)


def orm_insert_sentinel(
    name: str | None = None, type_: Any = None, *, default: Any = None, omit_from_statements: bool = True
) -> Any:
    """Declare a column by which rows of a bulk INSERT are matched to their parameters."""
    from lect.schema.column import insert_sentinel

    made = MappedColumn()
    made.column = insert_sentinel(name, type_, default=default, omit_from_statements=omit_from_statements)
    made.sort_order = 1
    return made


def relationship(argument: Any = None, secondary: Any = None, **kw: Any) -> Any:
    """Declare a relationship to another mapped class.

    Args:
        argument: the class, its name, or a function that returns it; left out where the annotation says it.
        secondary: the table between both, for many-to-many.
        uselist: a collection or one object; from direction and annotation when not said.
        collection_class: list, set, a keyed dictionary, or a class or function of one's own.
        primaryjoin, secondaryjoin, foreign_keys, remote_side: how rows belong together, where foreign keys do not
        say it.
        back_populates, backref: the relationship of the other side.
        order_by, cascade, lazy, viewonly, innerjoin, join_depth, single_parent, passive_deletes, passive_updates,
        post_update,
        active_history, enable_typechecks, overlaps, info, doc, comparator_factory: as in SQLAlchemy.
    """
    options = _field_options(kw)
    return RelationshipProperty(argument, secondary, attribute_options=options, **kw)


def column_property(column: Any, *additional_columns: Any, **kw: Any) -> Any:
    """Declare an attribute by a column or an SQL expression; expressions are only read."""
    options = _field_options(kw)
    return MappedSQLExpression(column, *additional_columns, attribute_options=options, **kw)


def deferred(
    column: Any, *additional_columns: Any, group: str | None = None, raiseload: bool = False, **kw: Any
) -> Any:
    """Declare a column that is loaded when it is first read; those of one `group` together."""
    options = _field_options(kw)
    return MappedSQLExpression(
        column, *additional_columns, attribute_options=options, deferred=True, group=group, raiseload=raiseload, **kw
    )


def query_expression(default_expr: Any = None, **kw: Any) -> Any:
    """Declare an attribute whose expression each query gives with ``with_expression()``."""
    options = _field_options(kw)
    prop = QueryExpression(default_expr, **kw)
    prop.attribute_options = options
    return prop


def composite(_class_or_attr: Any = None, /, *attrs: Any, **kw: Any) -> Any:
    """Declare an attribute whose value is an object made of several columns' values."""
    options = _field_options(kw)
    return CompositeProperty(_class_or_attr, *attrs, attribute_options=options, **kw)


def synonym(
    name: str, *, map_column: bool | None = None, descriptor: Any = None, comparator_factory: Any = None, **kw: Any
) -> Any:
    """Declare another name for an attribute."""
    options = _field_options(kw)
    return SynonymProperty(
        name,
        map_column=map_column,
        descriptor=descriptor,
        comparator_factory=comparator_factory,
        attribute_options=options,
        **kw,
    )


def synonym_for(name: str, map_column: bool = False) -> Callable[[Any], Any]:
    """Make a property of the class a synonym of attribute `name`, for queries: a decorator over ``@property``."""

    def decorate(descriptor: Any) -> Any:
        return synonym(name, map_column=map_column, descriptor=descriptor)

    return decorate


def backref(name: str, **kwargs: Any) -> tuple[str, dict[str, Any]]:
    """Name the relationship of the other side and give it arguments: ``relationship(..., backref=backref("user",
    lazy="joined"))``.
    """
    return (name, kwargs)


def dynamic_loader(argument: Any = None, **kw: Any) -> Any:
    """Declare a relationship that is read as a query."""
    kw["lazy"] = "dynamic"
    return relationship(argument, **kw)


def validates(*names: str, include_removes: bool = False, include_backrefs: bool = True) -> Callable[[_F], _F]:
    """Mark a method that checks or changes values before they are set: ``(self, key, value) -> value``.

    Args:
        include_removes: call it for members taken away too, with a fourth argument that is true then.
        include_backrefs: call it for changes that come from the other side of a relationship.
    """
    if not names or not all(isinstance(n, str) for n in names):
        raise ArgumentError("validates() takes names of attributes")

    def decorate(fn: _F) -> _F:
        fn._lect_validates = names  # type: ignore[attr-defined]
        fn._lect_validation_options = {  # type: ignore[attr-defined]
            "include_removes": include_removes,
            "include_backrefs": include_backrefs,
        }
        return fn

    return decorate


def reconstructor(fn: _F) -> _F:
    """Mark a method that is called when an object was loaded."""
    fn._lect_reconstructor = True  # type: ignore[attr-defined]
    return fn
