"""Collections of relationships under one name: the classes of loaded ones, and what makes one of your own."""

from __future__ import annotations

from lect_orm.attributes.collection import CollectionAdapter, collection_adapter
from lect_orm.attributes.collections import InstrumentedDict, InstrumentedList, InstrumentedSet, collection
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

__all__ = [
    "CollectionAdapter",
    "InstrumentedDict",
    "InstrumentedList",
    "InstrumentedSet",
    "KeyFuncDict",
    "MappedCollection",
    "attribute_keyed_dict",
    "attribute_mapped_collection",
    "collection",
    "collection_adapter",
    "column_keyed_dict",
    "column_mapped_collection",
    "keyfunc_mapping",
    "mapped_collection",
]
