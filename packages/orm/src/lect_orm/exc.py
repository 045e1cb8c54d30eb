"""Exceptions of the mapper. All of them are `lect.exc` exceptions too.

LectError
├─ StaleDataError             a row that was to be changed is gone or has another version
├─ FlushError                 a flush cannot be planned or written
├─ InvalidRequestError
│  ├─ UnmappedError
│  │  ├─ UnmappedClassError
│  │  │  └─ UnmappedInstanceError is beside it
│  ├─ UnmappedColumnError
│  ├─ ObjectDeletedError      the row of an object has gone
│  └─ LoadStrategyError …
└─ DetachedInstanceError      something would have to be loaded and there is no session to do it
"""

from __future__ import annotations

from typing import Any

from lect.exc import InvalidRequestError, LectError, MissingGreenlet, MultipleResultsFound, NoResultFound

__all__ = [
    "ConcurrentModificationError",
    "DetachedInstanceError",
    "FlushError",
    "LoaderStrategyException",
    "MappedAnnotationError",
    "MultipleResultsFound",
    "NO_STATE",
    "NPlusOneError",
    "NoResultFound",
    "ObjectDeletedError",
    "ObjectDereferencedError",
    "StaleDataError",
    "StatementBudgetExceeded",
    "UnawaitedLoadError",
    "UnmappedClassError",
    "UnmappedColumnError",
    "UnmappedError",
    "UnmappedInstanceError",
]

#: What reading the state of something that has none may raise.
NO_STATE = (AttributeError, KeyError)


class StaleDataError(LectError):
    """A flush changed or deleted fewer rows than it should, or a version did not match."""


ConcurrentModificationError = StaleDataError


class FlushError(LectError):
    """A flush cannot be done: its plan or an object in it is impossible."""


class MappedAnnotationError(LectError):
    """An annotation of a mapped class cannot be read as a column or a relationship."""


class UnmappedError(InvalidRequestError):
    """Something that has to be mapped is not."""


class ObjectDereferencedError(LectError):
    """The object of a state is gone while it was still needed."""


class DetachedInstanceError(LectError):
    """An attribute would have to be loaded, and its object belongs to no session."""


class NPlusOneError(InvalidRequestError):
    """Objects of one result are loaded further one by one; the message says from where, and the option to add."""


class StatementBudgetExceeded(InvalidRequestError):
    """A block under ``session.budget()`` is about to execute more statements than it may."""


class UnawaitedLoadError(MissingGreenlet):
    """Under asyncio an attribute was read that would have to be loaded, where nothing can be awaited."""


_HOW_TO_MAP = "derive it from a DeclarativeBase, or map it with registry.map_imperatively()"


class UnmappedInstanceError(UnmappedError):
    """An object's class is not mapped."""

    def __init__(self, obj: object, msg: str | None = None) -> None:
        if msg is None:
            cls = type(obj)
            name = f"{cls.__module__}.{cls.__name__}"
            if isinstance(obj, type):
                msg = (
                    f"Class '{obj.__module__}.{obj.__name__}' was given where an instance of a mapped class is needed."
                )
            elif any("__mapper__" in b.__dict__ for b in cls.__mro__):
                msg = (
                    f"Class '{name}' is mapped, but this instance lacks instrumentation. This occurs when the instance"
                    " is created before the class was mapped."
                )
            else:
                msg = f"Class '{name}' is not mapped; {_HOW_TO_MAP}"
        super().__init__(msg)

    def __reduce__(self) -> Any:
        return (type(self), (None, self.args[0]))


class UnmappedClassError(UnmappedError):
    """A class is not mapped."""

    def __init__(self, cls: Any, msg: str | None = None) -> None:
        if msg is None:
            says = getattr(cls, "__lect_unmapped__", None) if isinstance(cls, type) else None
            if says is not None:
                msg = says()  # a class that is mapped later
            elif isinstance(cls, type):
                msg = f"Class '{cls.__module__}.{cls.__name__}' is not mapped; {_HOW_TO_MAP}"
            else:
                msg = f"{cls!r} is not a mapped class"
        super().__init__(msg)

    def __reduce__(self) -> Any:
        return (type(self), (None, self.args[0]))


class ObjectDeletedError(InvalidRequestError):
    """The row of a persistent object is gone when its values are to be loaded again."""

    def __init__(self, state: Any, msg: str | None = None) -> None:
        if msg is None:
            name = state.mapper.class_.__name__
            msg = (
                f"Instance '<{name} at {hex(id(state.obj()))}>' has been deleted, or its row is otherwise not present."
            )
        super().__init__(msg)

    def __reduce__(self) -> Any:
        return (type(self), (None, self.args[0]))


class UnmappedColumnError(InvalidRequestError):
    """A column belongs to no attribute of a mapper."""


class LoaderStrategyException(InvalidRequestError):
    """A loading strategy that does not exist for this attribute."""

    def __init__(self, applied_to_property_type: Any, requesting_property: Any, strategy_key: Any) -> None:
        super().__init__(
            f"Can't apply loading strategy {strategy_key!r} to {requesting_property}, which is a "
            f"{getattr(applied_to_property_type, '__name__', applied_to_property_type)}"
        )
