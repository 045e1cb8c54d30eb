"""Mapping classes that handle attributes in a way of their own.

A class (or a base of it) names a manager, and mapping the class asks the manager what to do::

    class Observed:
        __sa_instrumentation_manager__ = ObservedManager  # a subclass of InstrumentationManager

The name is that of SQLAlchemy, so that such classes serve both; ``__lect_instrumentation_manager__`` is looked for
first. Classes
that cannot be changed are found by functions in :data:`instrumentation_finders`. Import this module before mapping
them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lect import event
from lect.exc import ArgumentError
from lect_orm.base import instance_dict, instance_state, mapper_of
from lect_orm.base import manager_of_class as _manager_of_class
from lect_orm.exc import UnmappedClassError
from lect_orm.mapping.mapper import INSTRUMENTATION, Mapper

__all__ = [
    "INSTRUMENTATION_MANAGER",
    "InstrumentationManager",
    "find_native_user_instrumentation_hook",
    "instrumentation_finders",
    "is_instrumented",
    "manager_of_class",
    "opt_manager_of_class",
]

#: Attribute of a class that names its manager.
INSTRUMENTATION_MANAGER = "__sa_instrumentation_manager__"
_OWN_NAME = "__lect_instrumentation_manager__"


def find_native_user_instrumentation_hook(cls: Any) -> Any:
    """Return what a class says is its manager: a class of managers or a function of the class; None without."""
    found = getattr(cls, _OWN_NAME, None)
    return getattr(cls, INSTRUMENTATION_MANAGER, None) if found is None else found


#: Functions of a class that return its manager (a class of managers, or a function of the class), or None. The first
#: answer counts.
instrumentation_finders: list[Callable[[Any], Any]] = [find_native_user_instrumentation_hook]


class InstrumentationManager:
    """What decides how one class is instrumented; each method does what is done without a manager.

    Values of objects are always in their ``__dict__``, where loaders and the unit of work read and write them without
    asking anybody; a manager that says otherwise (``get_instance_dict``, ``initialize_instance_dict``,
    ``dict_getter``) is refused when the class is mapped. Asking would cost every object of every class what only such
    classes need.
    """

    def __init__(self, class_: Any) -> None:
        """Begin, for a class that is being mapped."""

    def manage(self, class_: Any, manager: Any) -> None:
        """Called when the class begins to be mapped; `manager` is its Mapper."""

    def unregister(self, class_: Any, manager: Any) -> None:
        """Called when the mapping is taken away."""

    def instrument_attribute(self, class_: Any, key: str, inst: Any) -> None:
        """Called for each mapped attribute, with its descriptor, after it was installed."""

    def post_configure_attribute(self, class_: Any, key: str, inst: Any) -> None:
        """Called for each mapped attribute when mappers are configured."""

    def install_descriptor(self, class_: Any, key: str, inst: Any) -> None:
        """Put the descriptor of an attribute into the class. Do nothing where the class reads and writes by itself,
        with
        ``lect_orm.attributes.get_attribute`` and ``set_attribute``."""
        type.__setattr__(class_, key, inst)

    def uninstall_descriptor(self, class_: Any, key: str) -> None:
        """Take the descriptor of an attribute out of the class."""
        if key in class_.__dict__:
            type.__delattr__(class_, key)

    def instrument_collection_class(self, class_: Any, key: str, collection_class: Any) -> Any:
        """Return the class (or function) that makes the collections of a relationship."""
        return collection_class

    def install_state(self, class_: Any, instance: Any, state: Any) -> None:
        """Called with the state of each new or loaded object."""

    def remove_state(self, class_: Any, instance: Any) -> None:
        """Kept for managers that call it; states go away with their objects."""

    def state_getter(self, class_: Any) -> Callable[[Any], Any]:
        """Return ``state(instance)``. The mapper finds states by itself; this is for the class's own use."""
        return instance_state

    def manager_getter(self, class_: Any) -> Callable[[Any], Any]:
        """Return ``manager(class_)``. The mapper finds itself; this is for the class's own use."""
        return opt_manager_of_class

    def get_instance_dict(self, class_: Any, instance: Any) -> dict[str, Any]:
        """Return the dictionary with an object's values; not to be overridden."""
        values: dict[str, Any] = instance.__dict__
        return values

    def initialize_instance_dict(self, class_: Any, instance: Any) -> None:
        """An object has its dictionary from the start; not to be overridden."""

    def dict_getter(self, class_: Any) -> Callable[[Any], dict[str, Any]]:
        """Return ``dict(instance)``; not to be overridden."""
        return instance_dict


#: What SQLAlchemy's managers may define to keep values elsewhere.
_ELSEWHERE = ("get_instance_dict", "initialize_instance_dict", "dict_getter")


class _Instrumentation:
    """One class's manager, as its Mapper calls it."""

    def __init__(self, mapper: Any, manager: Any) -> None:
        self.mapper = mapper
        self.cls = mapper.class_
        self.manager = manager
        for name in _ELSEWHERE:
            if getattr(type(manager), name) is not getattr(InstrumentationManager, name):
                raise ArgumentError(
                    f"{type(manager).__name__}.{name}: values of mapped objects are kept in their __dict__; "
                    f"{self.cls.__name__} cannot keep them elsewhere. Leave the method out, and read values with "
                    "lect_orm.attributes.get_attribute()"
                )
        manager.manage(self.cls, mapper)
        if type(manager).install_state is not InstrumentationManager.install_state:
            event.listen(mapper, "init", self._on_init, raw=True)
            event.listen(mapper, "load", self._on_load, raw=True)
        if type(manager).post_configure_attribute is not InstrumentationManager.post_configure_attribute:
            event.listen(mapper, "mapper_configured", self._configured)

    def _on_init(self, state: Any, args: Any, kwargs: Any) -> None:
        self.manager.install_state(self.cls, state.obj(), state)

    def _on_load(self, state: Any, context: Any) -> None:
        self.manager.install_state(self.cls, state.obj(), state)

    def _configured(self, mapper: Any, class_: Any) -> None:
        for key in list(mapper.impls):
            self.manager.post_configure_attribute(class_, key, mapper.class_attribute(key))

    def attribute_made(self, key: str, attribute: Any) -> None:
        """An attribute is mapped."""
        self.manager.install_descriptor(self.cls, key, attribute)
        self.manager.instrument_attribute(self.cls, key, attribute)

    def collection_class(self, key: str, given: Any) -> Any:
        """Return the class for the collections of a relationship."""
        chosen = self.manager.instrument_collection_class(self.cls, key, list if given is None else given)
        return given if given is None and chosen is list else chosen

    def disposed(self) -> None:
        """The mapping is taken away."""
        for key in list(self.mapper.impls):
            self.manager.uninstall_descriptor(self.cls, key)
        self.manager.unregister(self.cls, self.mapper)


def _find(mapper: Any) -> Any:
    cls = mapper.class_
    for finder in instrumentation_finders:
        factory = finder(cls)
        if factory is not None:
            manager = factory(cls)
            if not isinstance(manager, InstrumentationManager):
                raise ArgumentError(
                    f"{cls.__name__}: {factory!r} has to make an InstrumentationManager, it made {manager!r}"
                )
            return _Instrumentation(mapper, manager)
    return None


def opt_manager_of_class(cls: Any) -> Mapper[Any] | None:
    """Return the Mapper of exactly this class, or None."""
    return _manager_of_class(cls) if isinstance(cls, type) else None


def manager_of_class(cls: Any) -> Mapper[Any]:
    """Return the Mapper of exactly this class.

    Raises:
        UnmappedClassError: it is not mapped.
    """
    found = opt_manager_of_class(cls)
    if found is None:
        raise UnmappedClassError(cls, f"Can't locate an instrumentation manager for class {cls}")
    return found


def is_instrumented(instance: Any, key: str) -> bool:
    """Whether an attribute of an object is mapped and has values of its own."""
    mapper = mapper_of(type(instance))
    return mapper is not None and key in mapper.impls


INSTRUMENTATION[:] = [_find]
