"""Collections of related objects: dictionaries by key, the marks of a class of one's own, collections from outside.

What `relationship()` takes as ``collection_class`` is a class or a function that makes a collection. Lists, sets and
dictionaries are known; in other classes the decorators of `collection` mark the methods that add, remove and iterate.
"""

from __future__ import annotations

from lect_orm.attributes.collection import (
    CollectionAdapter,
    bulk_replace,
    collection_adapter,
    prepare_instrumentation,
)
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
    "bulk_replace",
    "collection",
    "collection_adapter",
    "column_keyed_dict",
    "column_mapped_collection",
    "keyfunc_mapping",
    "mapped_collection",
    "prepare_instrumentation",
]
