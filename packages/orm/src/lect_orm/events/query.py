"""Events of `Query`: a query is about to become a statement. `do_orm_execute` of sessions sees every other statement
too.
"""

from __future__ import annotations

from typing import Any

from lect.event import EventKey, Events

__all__ = ["QueryEvents"]


class QueryEvents(Events[Any]):
    """Listen on ``Query`` or a subclass. Options: ``retval=True`` lets the query that the listener returns take the
    place of the one it was given; ``bake_ok`` is accepted, statements are cached by what they are.
    """

    def before_compile(self, query: Any) -> Any:
        """A query is about to become a SELECT."""

    def before_compile_update(self, query: Any, update_context: Any) -> Any:
        """A query is about to become an UPDATE; ``update_context.values`` may be changed."""

    def before_compile_delete(self, query: Any, delete_context: Any) -> Any:
        """A query is about to become a DELETE."""

    @classmethod
    def _listen(cls, key: EventKey, *, retval: bool = False, bake_ok: bool = False, **options: Any) -> None:
        del bake_ok
        if options.pop("named", False):
            key = key.with_wrapper(cls._by_name(key.identifier, key.call))
        key.place(**options) if retval else key.with_wrapper(_without_answer(key.call)).place(**options)


def _without_answer(call: Any) -> Any:
    def listener(*args: Any) -> None:
        call(*args)

    return listener
