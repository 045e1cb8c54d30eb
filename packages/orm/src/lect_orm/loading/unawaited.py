"""What is said when, under asyncio, reading an attribute would have to load it: nothing can be awaited there."""

from __future__ import annotations

from typing import Any

from lect.bridge import in_greenlet
from lect_orm.base import state_str
from lect_orm.exc import UnawaitedLoadError
from lect_orm.loading.n_plus_one import option_for, way_to

__all__ = ["check_columns", "check_members", "check_relationship"]


def _awaitable(state: Any, key: str) -> str:
    if hasattr(state.mapper.class_, "awaitable_attrs"):
        return f"await object.awaitable_attrs.{key}"
    return f"derive {state.mapper.class_.__name__} from AsyncAttrs and await object.awaitable_attrs.{key}"


def _error(state: Any, what: str, query: str, remedies: list[str]) -> UnawaitedLoadError:
    return UnawaitedLoadError(
        f"{what} of {state_str(state)} (primary key {state.identity!r}) is not loaded. Loading it takes a statement, "
        f"which cannot be awaited where an attribute is read: {' '.join(query.split())}. "
        f"Instead, {', or '.join(remedies)}."
    )


def _can_wait(session: Any) -> bool:
    """Whether statements of a session can be executed here: it is not one for asyncio, or its greenlet runs."""
    return in_greenlet() or session._async_front() is None


def check_relationship(session: Any, state: Any, prop: Any, statement: Any) -> None:
    """A relationship is about to be loaded.

    Raises:
        UnawaitedLoadError: nothing can be awaited here.
    """
    if _can_wait(session):
        return
    option = f"{way_to(state)}{option_for(prop)}({prop})"
    first = f"load it with its object: add .options({option}) to the statement"
    raise _error(state, str(prop), str(statement), [first, _awaitable(state, prop.key)])


def check_members(session: Any, state: Any, prop: Any, statement: Any) -> None:
    """The query that a dynamic relationship is, is about to be executed.

    Raises:
        UnawaitedLoadError: nothing can be awaited here.
    """
    if _can_wait(session):
        return
    remedies = [
        f"await session.run_sync(lambda _: object.{prop.key}.all())",
        f"map it as WriteOnlyMapped and await session.scalars(object.{prop.key}.select())",
    ]
    raise _error(state, str(prop), str(statement), remedies)


def check_columns(session: Any, state: Any, names: list[str]) -> None:
    """Expired or deferred columns are about to be read.

    Raises:
        UnawaitedLoadError: nothing can be awaited here.
    """
    if _can_wait(session):
        return
    shown = ", ".join(f"{state.mapper.class_.__name__}.{name}" for name in names)
    if state.expired_attributes is None:
        first = f"load it with its object: add .options({way_to(state)}undefer({shown})) to the statement"
    else:
        first = "await session.refresh(object), keep values past commit with AsyncSession(expire_on_commit=False)"
    raise _error(state, shown, f"SELECT of {shown} by primary key", [first, _awaitable(state, names[0])])
