"""The events of schema objects, and how they are told without cost when nobody listens."""

from __future__ import annotations

from typing import Any

from lect.event.dispatch import Events, dispatcher

__all__ = ["DDLEvents", "EventTarget", "fire"]


class DDLEvents(Events[Any]):
    """Events of schema objects: becoming part of something, being created, dropped or reflected.

    Targets are a MetaData, Table, Column, constraint, Index, Sequence or type, or the class of any of them. What
    `**kw` holds is for the listener's information: `tables`, `checkfirst` and so on; accept it and pass it by.
    """

    def before_create(self, target: Any, connection: Any, **kw: Any) -> None:
        """CREATE of `target` is about to be sent on `connection`."""

    def after_create(self, target: Any, connection: Any, **kw: Any) -> None:
        """CREATE of `target` has been sent."""

    def before_drop(self, target: Any, connection: Any, **kw: Any) -> None:
        """DROP of `target` is about to be sent."""

    def after_drop(self, target: Any, connection: Any, **kw: Any) -> None:
        """DROP of `target` has been sent."""

    def before_parent_attach(self, target: Any, parent: Any) -> None:
        """`target` is about to become part of `parent`."""

    def after_parent_attach(self, target: Any, parent: Any) -> None:
        """`target` has become part of `parent`."""

    def column_reflect(self, inspector: Any, table: Any, column_info: Any) -> None:
        """A column of `table` was read; `column_info`, a ReflectedColumn, may be changed before it becomes a Column."""

    @classmethod
    def _listen(cls, key: Any, **options: Any) -> None:
        options.pop("retval", None)
        target = key.dispatch_target
        if key.identifier == "column_reflect" and getattr(target, "__visit_name__", None) == "metadata":
            options["propagate"] = True
        key.place(**options)


class EventTarget:
    """Something that can be listened to, one object or (as a class) all of its kind."""

    dispatch = dispatcher(DDLEvents)

    def _copy_listeners_to(self, other: EventTarget) -> None:
        """Give `other` those listeners that were registered with ``propagate=True``."""
        own = self.__dict__.get("dispatch")
        if own is not None:
            other.dispatch._update(own, only_propagate=True)


def fire(target: EventTarget, name: str, *args: Any, **kw: Any) -> None:
    """Tell every listener of the event `name` of `target`."""
    # An object nobody has listened to has no dispatch of its own: its class's one is asked.
    dispatch = target.__dict__.get("dispatch") or type(target).dispatch
    listeners = getattr(dispatch, name)
    if listeners:
        listeners(*args, **kw)
