"""Object-relational mapper on top of Lect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lect.lazy import lazy_names
from lect_orm import wiring as _wiring
from lect_orm.attributes.collections import collection
from lect_orm.attributes.descriptor import (
    InstrumentedAttribute,
    Mapped,
    PropComparator,
    QueryableAttribute,
)
from lect_orm.base import (
    EXT_CONTINUE,
    EXT_SKIP,
    EXT_STOP,
    MANYTOMANY,
    MANYTOONE,
    ONETOMANY,
    InspectionAttr,
    InspectionAttrInfo,
    LoaderCallableStatus,
    PassiveFlag,
    RelationshipDirection,
)
from lect_orm.events.attribute import AttributeEvents
from lect_orm.events.instance import InstanceEvents
from lect_orm.events.mapper import MapperEvents
from lect_orm.events.query import QueryEvents
from lect_orm.events.registry import InstrumentationEvents, RegistryEvents
from lect_orm.events.session import SessionEvents
from lect_orm.exc import *  # noqa: F403
from lect_orm.inspecting import class_mapper, object_mapper
from lect_orm.loading.criteria import LoaderCriteriaOption
from lect_orm.loading.options import Load
from lect_orm.loading.orm_option import ORMOption, UserDefinedOption
from lect_orm.loading.strategies.dynamic import WriteOnlyCollection
from lect_orm.mapping.annotations import DynamicMapped, Unmapped, WriteOnlyMapped
from lect_orm.mapping.bases import (
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    DeclarativeMeta,
    MappedAsDataclass,
    add_mapped_attribute,
    as_declarative,
    declarative_base,
    has_inherited_table,
    mapped_as_dataclass,
)
from lect_orm.mapping.column_property import ColumnProperty, MappedSQLExpression
from lect_orm.mapping.configure import clear_mappers, configure_mappers
from lect_orm.mapping.declared_attr import declared_attr
from lect_orm.mapping.descriptor_properties import CompositeProperty, SynonymProperty
from lect_orm.mapping.factories import (
    backref,
    column_property,
    composite,
    deferred,
    dynamic_loader,
    mapped_column,
    orm_insert_sentinel,
    query_expression,
    reconstructor,
    relationship,
    synonym,
    synonym_for,
    unmapped_column,
    validates,
)
from lect_orm.mapping.mapped_column import MappedColumn, UnmappedColumn
from lect_orm.mapping.mapper import Mapper
from lect_orm.mapping.property import MapperProperty
from lect_orm.mapping.registry import registry
from lect_orm.query.aliased import AliasedClass, AliasedInsp, aliased, with_polymorphic
from lect_orm.query.bundle import Bundle
from lect_orm.query.from_statement import FromStatement
from lect_orm.query.orm_join import join, outerjoin
from lect_orm.query.parent import with_parent
from lect_orm.query.query import AppenderQuery, Query
from lect_orm.relationships.cascade import CascadeOptions
from lect_orm.relationships.join_condition import foreign, remote
from lect_orm.relationships.relationship import RelationshipProperty
from lect_orm.session.access import identity_key
from lect_orm.session.factory import scoped_session, sessionmaker
from lect_orm.session.orm_execute import ORMExecuteState
from lect_orm.session.registry import (
    close_all_sessions,
    make_transient,
    make_transient_to_detached,
    object_session,
    was_deleted,
)
from lect_orm.session.session import Session
from lect_orm.session.transaction import SessionTransaction, SessionTransactionOrigin
from lect_orm.state import AttributeState, InstanceState
from lect_orm.unitofwork import flush as _flush
from lect_orm.unitofwork import tracking as _tracking

if TYPE_CHECKING:
    from lect_orm.attributes.keyed import (
        KeyFuncDict,
        MappedCollection,
        attribute_keyed_dict,
        attribute_mapped_collection,
        column_keyed_dict,
        column_mapped_collection,
        keyfunc_mapping,
        mapped_collection,
    )
    from lect_orm.loading.option_functions import (
        contains_eager,
        defaultload,
        defer,
        immediateload,
        joinedload,
        lazyload,
        load_only,
        noload,
        raiseload,
        selectin_polymorphic,
        selectinload,
        subqueryload,
        undefer,
        undefer_group,
        with_expression,
        with_loader_criteria,
    )
    from lect_orm.mapping.imperative import mapper
    from lect_orm.mapping.polymorphic_union import polymorphic_union
else:  # imported when first asked for: what not every program names
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "lect_orm.attributes.keyed": (
                "KeyFuncDict",
                "MappedCollection",
                "attribute_keyed_dict",
                "attribute_mapped_collection",
                "column_keyed_dict",
                "column_mapped_collection",
                "keyfunc_mapping",
                "mapped_collection",
            ),
            "lect_orm.loading.option_functions": (
                "contains_eager",
                "defaultload",
                "defer",
                "immediateload",
                "joinedload",
                "lazyload",
                "load_only",
                "noload",
                "raiseload",
                "selectin_polymorphic",
                "selectinload",
                "subqueryload",
                "undefer",
                "undefer_group",
                "with_expression",
                "with_loader_criteria",
            ),
            "lect_orm.mapping.imperative": ("mapper",),
            "lect_orm.mapping.polymorphic_union": ("polymorphic_union",),
        },
    )

#: other names of the same
Composite = CompositeProperty
Relationship = RelationshipProperty
Synonym = SynonymProperty

__all__ = [
    "AliasedClass",
    "AliasedInsp",
    "AppenderQuery",
    "AttributeEvents",
    "AttributeState",
    "Bundle",
    "CascadeOptions",
    "ColumnProperty",
    "Composite",
    "CompositeProperty",
    "ConcurrentModificationError",
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeclarativeMeta",
    "DetachedInstanceError",
    "DynamicMapped",
    "EXT_CONTINUE",
    "EXT_SKIP",
    "EXT_STOP",
    "FlushError",
    "FromStatement",
    "InspectionAttr",
    "InspectionAttrInfo",
    "InstanceEvents",
    "InstrumentationEvents",
    "InstanceState",
    "InstrumentedAttribute",
    "KeyFuncDict",
    "Load",
    "LoaderCallableStatus",
    "LoaderCriteriaOption",
    "LoaderStrategyException",
    "MANYTOMANY",
    "MANYTOONE",
    "Mapped",
    "MappedAnnotationError",
    "MappedAsDataclass",
    "MappedCollection",
    "MappedColumn",
    "MappedSQLExpression",
    "Mapper",
    "MapperEvents",
    "MapperProperty",
    "MultipleResultsFound",
    "NoResultFound",
    "ONETOMANY",
    "ORMExecuteState",
    "ORMOption",
    "ObjectDeletedError",
    "ObjectDereferencedError",
    "PassiveFlag",
    "PropComparator",
    "Query",
    "QueryableAttribute",
    "Relationship",
    "RelationshipDirection",
    "RelationshipProperty",
    "Session",
    "QueryEvents",
    "RegistryEvents",
    "SessionEvents",
    "SessionTransaction",
    "SessionTransactionOrigin",
    "StaleDataError",
    "Synonym",
    "SynonymProperty",
    "Unmapped",
    "UnmappedClassError",
    "UnmappedColumn",
    "UnmappedColumnError",
    "UnmappedError",
    "UnmappedInstanceError",
    "UserDefinedOption",
    "WriteOnlyCollection",
    "WriteOnlyMapped",
    "add_mapped_attribute",
    "aliased",
    "as_declarative",
    "attribute_keyed_dict",
    "attribute_mapped_collection",
    "backref",
    "class_mapper",
    "clear_mappers",
    "close_all_sessions",
    "collection",
    "column_keyed_dict",
    "column_mapped_collection",
    "column_property",
    "composite",
    "configure_mappers",
    "contains_eager",
    "declarative_base",
    "declared_attr",
    "defaultload",
    "defer",
    "deferred",
    "dynamic_loader",
    "foreign",
    "has_inherited_table",
    "identity_key",
    "immediateload",
    "join",
    "joinedload",
    "keyfunc_mapping",
    "lazyload",
    "load_only",
    "make_transient",
    "make_transient_to_detached",
    "mapped_as_dataclass",
    "mapped_collection",
    "mapped_column",
    "mapper",
    "noload",
    "object_mapper",
    "object_session",
    "orm_insert_sentinel",
    "outerjoin",
    "polymorphic_union",
    "query_expression",
    "raiseload",
    "reconstructor",
    "registry",
    "relationship",
    "remote",
    "scoped_session",
    "selectin_polymorphic",
    "selectinload",
    "sessionmaker",
    "subqueryload",
    "synonym",
    "synonym_for",
    "undefer",
    "undefer_group",
    "unmapped_column",
    "validates",
    "was_deleted",
    "with_expression",
    "with_loader_criteria",
    "with_parent",
    "with_polymorphic",
]
