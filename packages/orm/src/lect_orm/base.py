"""Names that every room of the mapper uses: where an object's state is, what "no value" is, how far a read may go."""

from __future__ import annotations

import enum
from typing import Any, Final, Literal, TypeVar

from lect_orm.exc import NO_STATE, UnmappedClassError, UnmappedInstanceError

__all__ = [
    "DEFAULT_PASSIVE",
    "MANYTOMANY",
    "MANYTOONE",
    "NO_VALUE",
    "ONETOMANY",
    "PASSIVE_NO_RESULT",
    "PASSIVE_OFF",
    "STATE_KEY",
    "LoaderCallableStatus",
    "RelationshipDirection",
    "instance_dict",
    "instance_state",
    "manager_of_class",
    "mapper_of",
    "object_state",
]

_T = TypeVar("_T")

#: Key of an object's ``__dict__`` under which its state is kept.
STATE_KEY: Final = "_lect_state"


class LoaderCallableStatus(enum.Enum):
    """What reading an attribute answers when there is no value to answer with."""

    PASSIVE_NO_RESULT = 0  #: there may be a value, but finding it was not allowed
    PASSIVE_CLASS_MISMATCH = 1  #: an object of another class is in the identity map under this key
    ATTR_WAS_SET = 2  #: the loader has stored the value itself
    ATTR_EMPTY = 3  #: used by loaders inside
    NO_VALUE = 4  #: there is no value

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __bool__(self) -> bool:
        return True


PASSIVE_NO_RESULT: Final = LoaderCallableStatus.PASSIVE_NO_RESULT
PASSIVE_CLASS_MISMATCH: Final = LoaderCallableStatus.PASSIVE_CLASS_MISMATCH
ATTR_WAS_SET: Final = LoaderCallableStatus.ATTR_WAS_SET
ATTR_EMPTY: Final = LoaderCallableStatus.ATTR_EMPTY
NO_VALUE: Final = LoaderCallableStatus.NO_VALUE
NEVER_SET: Final = NO_VALUE

# How far a read may go. Plain integers: combining members of an enum.Flag is a Python call each.
CALLABLES_OK: Final = 1  #: loaders may be called
SQL_OK: Final = 2  #: loaders may emit SQL
RELATED_OBJECT_OK: Final = 4  #: related objects may be loaded
INIT_OK: Final = 8  #: a missing collection may be made
NON_PERSISTENT_OK: Final = 16  #: loaders may be called for objects without identity
LOAD_AGAINST_COMMITTED: Final = 32  #: lazy loads use the values as of the last load
NO_AUTOFLUSH: Final = 64
NO_RAISE: Final = 128  #: raise-on-load does not apply
DEFERRED_HISTORY_LOAD: Final = 256  #: a replaced reference that was never loaded is loaded for the history
INCLUDE_PENDING_MUTATIONS: Final = 512

PASSIVE_OFF: Final = CALLABLES_OK | SQL_OK | RELATED_OBJECT_OK | INIT_OK | NON_PERSISTENT_OK
PASSIVE_RETURN_NO_VALUE: Final = PASSIVE_OFF ^ INIT_OK
PASSIVE_NO_INITIALIZE: Final = PASSIVE_RETURN_NO_VALUE ^ CALLABLES_OK
PASSIVE_NO_FETCH: Final = PASSIVE_OFF ^ SQL_OK
PASSIVE_NO_FETCH_RELATED: Final = PASSIVE_OFF ^ RELATED_OBJECT_OK
PASSIVE_ONLY_PERSISTENT: Final = PASSIVE_OFF ^ NON_PERSISTENT_OK
PASSIVE_MERGE: Final = PASSIVE_OFF | NO_RAISE
DEFAULT_PASSIVE: Final = PASSIVE_OFF


class PassiveFlag(enum.IntFlag):
    """The same facts under the names that applications use."""

    NO_CHANGE = 0
    CALLABLES_OK = CALLABLES_OK
    SQL_OK = SQL_OK
    RELATED_OBJECT_OK = RELATED_OBJECT_OK
    INIT_OK = INIT_OK
    NON_PERSISTENT_OK = NON_PERSISTENT_OK
    LOAD_AGAINST_COMMITTED = LOAD_AGAINST_COMMITTED
    NO_AUTOFLUSH = NO_AUTOFLUSH
    NO_RAISE = NO_RAISE
    DEFERRED_HISTORY_LOAD = DEFERRED_HISTORY_LOAD
    INCLUDE_PENDING_MUTATIONS = INCLUDE_PENDING_MUTATIONS
    PASSIVE_OFF = PASSIVE_OFF
    PASSIVE_RETURN_NO_VALUE = PASSIVE_RETURN_NO_VALUE
    PASSIVE_NO_INITIALIZE = PASSIVE_NO_INITIALIZE
    PASSIVE_NO_FETCH = PASSIVE_NO_FETCH
    PASSIVE_NO_FETCH_RELATED = PASSIVE_NO_FETCH_RELATED
    PASSIVE_ONLY_PERSISTENT = PASSIVE_ONLY_PERSISTENT
    PASSIVE_MERGE = PASSIVE_MERGE


class RelationshipDirection(enum.Enum):
    """Which side of a relationship holds the foreign key."""

    ONETOMANY = 1  #: the other side's rows refer to ours
    MANYTOONE = 2  #: our row refers to the other side
    MANYTOMANY = 3  #: rows of a third table refer to both


ONETOMANY: Final = RelationshipDirection.ONETOMANY
MANYTOONE: Final = RelationshipDirection.MANYTOONE
MANYTOMANY: Final = RelationshipDirection.MANYTOMANY


class EventConstants(enum.Enum):
    """Answers of listeners."""

    EXT_CONTINUE = 1
    EXT_STOP = 2
    EXT_SKIP = 3
    NO_KEY = 4


EXT_CONTINUE: Final = EventConstants.EXT_CONTINUE
EXT_STOP: Final = EventConstants.EXT_STOP
EXT_SKIP: Final = EventConstants.EXT_SKIP
NO_KEY: Final = EventConstants.NO_KEY


class InspectionAttrExtensionType(enum.Enum):
    """What kind of thing in a class is not mapped but known: extensions add theirs."""


class NotExtension(InspectionAttrExtensionType):
    """An attribute that no extension made."""

    NOT_EXTENSION = "not_extension"


class InspectionAttr:
    """Facts every inspectable thing of the mapper answers, false until a class says otherwise."""

    __slots__: tuple[str, ...] = ()

    is_selectable = False
    is_aliased_class = False
    is_instance = False
    is_mapper = False
    is_bundle = False
    is_property = False
    is_attribute = False
    is_clause_element = False
    extension_type: InspectionAttrExtensionType = NotExtension.NOT_EXTENSION


class InspectionAttrInfo(InspectionAttr):
    """An inspectable thing with a dictionary of the user's own facts."""

    __slots__ = ()

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary for the user, made when first asked for."""
        held: dict[Any, Any] | None = self.__dict__.get("_info")
        if held is None:
            held = self.__dict__["_info"] = {}
        return held


class _MappedAttribute:
    """Marks what may stand in a declarative class as a mapped attribute."""

    __slots__ = ()


def mapper_of(cls: type) -> Any:
    """Return the Mapper of exactly this class, or of the nearest mapped base, or None."""
    for base in cls.__mro__:
        mapper = base.__dict__.get("__mapper__")
        if mapper is not None and getattr(mapper, "is_mapper", False):
            return mapper
    return None


def manager_of_class(cls: type) -> Any:
    """Return what instruments exactly this class (its Mapper), or None."""
    mapper = cls.__dict__.get("__mapper__")
    return mapper if mapper is not None and getattr(mapper, "is_mapper", False) else None


#: How a state is made for an object that has none yet: ``(object, mapper) -> InstanceState``. Set by `lect_orm.state`,
#: which the attributes room must not import.
STATE_FACTORY: list[Any] = []


def init_state(obj: Any) -> Any:
    """Give a state to an object of a mapped class that has none (made without its ``__init__``), and return it."""
    cls = type(obj)
    mapper = cls.__dict__.get("__mapper__") or mapper_of(cls)
    if mapper is None:
        raise UnmappedInstanceError(obj)
    state = STATE_FACTORY[0](obj, mapper)
    if mapper.on_new is not None:
        mapper.on_new(state, obj)
    return state


def instance_state(obj: Any) -> Any:
    """Return the state of an object.

    Raises:
        UnmappedInstanceError: the object's class is not mapped.
    """
    try:
        return obj.__dict__[STATE_KEY]
    except KeyError:
        return init_state(obj)
    except AttributeError:
        raise UnmappedInstanceError(obj) from None


def instance_dict(obj: Any) -> dict[str, Any]:
    """Return the dictionary in which the object's values are."""
    found: dict[str, Any] = obj.__dict__
    return found


def object_state(obj: Any) -> Any:
    """Return the state of an object of a mapped class; an error that says what is wrong for anything else."""
    try:
        return obj.__dict__[STATE_KEY]
    except NO_STATE:
        pass
    cls = type(obj)
    if mapper_of(cls) is None:
        if isinstance(obj, type):
            raise UnmappedInstanceError(
                obj, f"Class '{obj.__module__}.{obj.__qualname__}' is mapped or not; an instance of it is needed here."
            )
        raise UnmappedInstanceError(obj)
    return instance_state(obj)


def class_mapper_or_raise(cls: Any) -> Any:
    """Return the Mapper of a class, or say that there is none."""
    mapper = mapper_of(cls) if isinstance(cls, type) else None
    if mapper is None:
        raise UnmappedClassError(cls)
    return mapper


def state_str(state: Any) -> str:
    """Describe an object by class and address, without asking the object anything."""
    if state is None:
        return "None"
    return f"<{state.mapper.class_.__name__} at {hex(id(state.obj()))}>"


def instance_str(obj: Any) -> str:
    """Describe an object by class and address."""
    return f"<{type(obj).__name__} at {hex(id(obj))}>"


NoValueType = Literal[LoaderCallableStatus.NO_VALUE]
