"""The two sides of one relationship kept alike: what is done to one is done to the other at once, in Python."""

from __future__ import annotations

from typing import Any

from lect.exc import InvalidRequestError
from lect_orm.attributes.impl import Event, Op
from lect_orm.base import NO_VALUE, PASSIVE_NO_FETCH, PASSIVE_NO_RESULT, instance_dict, instance_state

__all__ = ["Mirror"]

_ADDING = (Op.APPEND, Op.BULK_REPLACE, Op.REPLACE)


class Mirror:
    """Passes changes of one attribute on to the attribute `key` of the objects concerned.

    A chain of changes ends where it comes from: an event whose initiator is the reverse attribute is not passed back,
    except for what the reverse side cannot know, such as the previous holder of an object that moves.
    """

    __slots__ = ("checked", "impl", "key", "uselist")

    def __init__(self, impl: Any, key: str, uselist: bool) -> None:
        self.impl = impl
        self.key = key
        self.uselist = uselist
        #: mappers of objects that were found to fit
        self.checked: set[Any] = set()

    def _other(self, child: Any) -> tuple[Any, dict[str, Any], Any]:
        child_state, child_dict = instance_state(child), instance_dict(child)
        mapper = child_state.mapper
        if mapper in self.checked:
            return child_state, child_dict, mapper.impls[self.key]
        try:
            impl = child_state.mapper.impl(self.key)
        except (KeyError, InvalidRequestError):
            self._refuse(child_state)
        if impl.prop is not None and self.impl.prop is not None:
            self._check(child_state, impl)
            self.checked.add(mapper)
        return child_state, child_dict, impl

    def _check(self, child_state: Any, impl: Any) -> None:
        prop = impl.prop
        if not getattr(prop, "is_relationship", False) or not prop.parent_is_related_to(self.impl.prop):
            self._refuse(child_state)

    def _refuse(self, child_state: Any) -> Any:
        target = self.impl.prop.mapper
        if not child_state.mapper.isa(target):
            raise ValueError(
                f'"{self.impl}" takes objects of {target.class_.__name__}; '
                f"<{child_state.mapper.class_.__name__} at {hex(id(child_state.obj()))}> is none"
            )
        raise ValueError(
            f"Bidirectional attribute conflict detected: Passing object "
            f'<{child_state.mapper.class_.__name__} at {hex(id(child_state.obj()))}> to attribute "{self.impl}" '
            "triggers a modify event on "
            f'attribute "{child_state.mapper.class_.__name__}.{self.key}" via the backref "{self.key}".'
        )

    def replaced(self, state: Any, child: Any, old: Any, initiator: Event) -> None:
        """A scalar reference changed from `old` to `child`."""
        if old is child:
            return
        if old is not None and old is not NO_VALUE and old is not PASSIVE_NO_RESULT:
            old_state, old_dict, impl = self._other(old)
            if not (initiator.parent_token is impl.parent_token and initiator.op is Op.REMOVE):
                impl.pop(old_state, old_dict, state.obj(), self.impl.remove_token, PASSIVE_NO_FETCH)
        if child is not None:
            child_state, child_dict, impl = self._other(child)
            if not (initiator.parent_token is impl.parent_token and initiator.op in _ADDING):
                token = initiator if initiator.impl is not self.impl else self.impl.append_token
                impl.append(child_state, child_dict, state.obj(), token, PASSIVE_NO_FETCH)

    def appended(self, state: Any, child: Any, initiator: Event) -> None:
        """A collection got a member."""
        if child is None:
            return
        child_state, child_dict, impl = self._other(child)
        if initiator.parent_token is impl.parent_token:
            return
        if child_state.session_ref is None and child_state.pk is None and impl.key not in child_dict:
            # A new object that belongs nowhere yet: there is nothing to load, to replace, or to tell anybody.
            if impl.mirrors_only(self.impl) and not child_state.load_options:
                impl.remember(child_state, child_dict, NO_VALUE)
                child_dict[impl.key] = state()
                return
        impl.append(child_state, child_dict, state.obj(), initiator, PASSIVE_NO_FETCH)

    def removed(self, state: Any, child: Any, initiator: Event) -> None:
        """A collection lost a member."""
        if child is None or child is NO_VALUE:
            return
        child_state, child_dict, impl = self._other(child)
        if initiator.parent_token is not impl.parent_token:
            token = initiator if initiator.op is Op.REMOVE else self.impl.remove_token
            impl.pop(child_state, child_dict, state.obj(), token, PASSIVE_NO_FETCH)
