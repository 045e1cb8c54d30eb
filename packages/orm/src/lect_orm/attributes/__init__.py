"""Attributes of mapped classes: descriptors, values, histories, collections."""

from __future__ import annotations

from lect_orm.attributes.access import (
    del_attribute,
    flag_dirty,
    flag_modified,
    get_attribute,
    init_collection,
    set_attribute,
    set_committed_value,
)
from lect_orm.attributes.collection import CollectionAdapter, CollectionImpl, PendingChanges, collection_adapter
from lect_orm.attributes.descriptor import InstrumentedAttribute, Mapped, PropComparator, QueryableAttribute
from lect_orm.attributes.history import HISTORY_BLANK, History, get_history, get_state_history, has_parent
from lect_orm.attributes.impl import AttributeImpl, Event, ObjectImpl, ScalarImpl
from lect_orm.base import (
    ATTR_EMPTY,
    ATTR_WAS_SET,
    NEVER_SET,
    NO_VALUE,
    PASSIVE_CLASS_MISMATCH,
    PASSIVE_NO_FETCH,
    PASSIVE_NO_FETCH_RELATED,
    PASSIVE_NO_INITIALIZE,
    PASSIVE_NO_RESULT,
    PASSIVE_OFF,
    PASSIVE_ONLY_PERSISTENT,
    PASSIVE_RETURN_NO_VALUE,
    LoaderCallableStatus,
    PassiveFlag,
    instance_dict,
    instance_state,
    manager_of_class,
)
