"""Factories of sessions: ``sessionmaker``, and the session per thread (or per whatever) of ``scoped_session``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, TypeVarTuple, overload

from lect.exc import ArgumentError, InvalidRequestError
from lect_orm.session.access import identity_key
from lect_orm.session.registry import object_session
from lect_orm.session.session import Session

__all__ = ["QueryPropertyDescriptor", "scoped_session", "sessionmaker"]

_S = TypeVar("_S", bound=Session)
_O = TypeVar("_O")
_P = ParamSpec("_P")
_R = TypeVar("_R")
_Ts = TypeVarTuple("_Ts")

if TYPE_CHECKING:
    from lect.engine import Result
    from lect.engine.result import ScalarResult
    from lect.sql._select import Select
    from lect_orm.query.query import Query


class sessionmaker(Generic[_S]):
    """Makes sessions with arguments given once: ``Session = sessionmaker(engine)``, then ``with Session() as s: …``.

    Args:
        bind: engine of the sessions.
        class_: class of the sessions. A subclass is made of it, so that listeners on this maker hear its sessions only.
        autoflush: as for :class:`Session`.
        expire_on_commit: as for :class:`Session`.
        info: as for :class:`Session`; joined with what the call gives.
        kw: any other argument of the session class.
    """

    class_: type[_S]

    @overload
    def __init__(
        self,
        bind: Any = ...,
        *,
        class_: type[_S],
        autoflush: bool = ...,
        expire_on_commit: bool = ...,
        info: dict[Any, Any] | None = ...,
        **kw: Any,
    ) -> None: ...

    @overload
    def __init__(
        self: sessionmaker[Session],
        bind: Any = ...,
        *,
        autoflush: bool = ...,
        expire_on_commit: bool = ...,
        info: dict[Any, Any] | None = ...,
        **kw: Any,
    ) -> None: ...

    def __init__(
        self,
        bind: Any = None,
        *,
        class_: type[Any] = Session,
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: dict[Any, Any] | None = None,
        **kw: Any,
    ) -> None:
        kw["bind"] = bind
        kw["autoflush"] = autoflush
        kw["expire_on_commit"] = expire_on_commit
        if info is not None:
            kw["info"] = info
        self.kw = kw
        self.class_ = type(class_.__name__, (class_,), {})

    def _session_event_target(self) -> type[_S]:
        return self.class_

    def begin(self) -> AbstractContextManager[_S]:
        """Return a context manager that makes a session, begins, commits (or rolls back), and closes."""
        session = self()
        return session._maker_context()

    def __call__(self, **local_kw: Any) -> _S:
        """Make a session; arguments given here win."""
        for key, value in self.kw.items():
            if key == "info" and "info" in local_kw:
                local_kw["info"] = {**value, **local_kw["info"]}
            else:
                local_kw.setdefault(key, value)
        return self.class_(**local_kw)

    def configure(self, **new_kw: Any) -> None:
        """Change arguments for the sessions made from now on."""
        self.kw.update(new_kw)

    object_session = staticmethod(object_session)
    identity_key = staticmethod(identity_key)

    def __repr__(self) -> str:
        shown = ", ".join(f"{key}={value!r}" for key, value in self.kw.items())
        return f"sessionmaker(class_={self.class_.__name__!r}, {shown})"


class QueryPropertyDescriptor:
    """``User.query``: a query of the scope's session."""

    def __init__(self, scope: scoped_session[Any], query_cls: type[Any] | None) -> None:
        self.scope = scope
        self.query_cls = query_cls

    def __get__(self, instance: Any, owner: type[_O]) -> Any:
        session = self.scope.registry()
        if self.query_cls is not None:
            return self.query_cls(owner, session=session)
        return session.query(owner)


class _ThreadRegistry(Generic[_O]):
    """One object per thread."""

    def __init__(self, make: Callable[[], _O]) -> None:
        self.make = make
        self.local = threading.local()

    def __call__(self) -> _O:
        try:
            found: _O = self.local.value
        except AttributeError:
            found = self.local.value = self.make()
        return found

    def has(self) -> bool:
        """Whether this thread has one."""
        return hasattr(self.local, "value")

    def set(self, value: _O) -> None:
        """Make `value` this thread's."""
        self.local.value = value

    def clear(self) -> None:
        """Forget this thread's."""
        if hasattr(self.local, "value"):
            del self.local.value


class _ScopeRegistry(Generic[_O]):
    """One object per value of a function."""

    def __init__(self, make: Callable[[], _O], scope: Callable[[], Any]) -> None:
        self.make = make
        self.scope = scope
        self.held: dict[Any, _O] = {}

    def __call__(self) -> _O:
        key = self.scope()
        try:
            return self.held[key]
        except KeyError:
            return self.held.setdefault(key, self.make())

    def has(self) -> bool:
        """Whether the scope has one."""
        return self.scope() in self.held

    def set(self, value: _O) -> None:
        """Make `value` the scope's."""
        self.held[self.scope()] = value

    def clear(self) -> None:
        """Forget the scope's."""
        self.held.pop(self.scope(), None)


def _forwarded(method: Callable[Concatenate[Session, _P], _R]) -> Callable[Concatenate[scoped_session[Any], _P], _R]:
    """Return a method of the scope that calls the same of its session."""
    name = method.__name__

    def call(self: scoped_session[Any], /, *args: _P.args, **kw: _P.kwargs) -> _R:
        return getattr(self.registry(), name)(*args, **kw)  # type: ignore[no-any-return]

    call.__name__ = name
    call.__qualname__ = f"scoped_session.{name}"
    call.__doc__ = method.__doc__
    return call


def _forwarded_loosely(method: Any) -> Any:
    """Return the same for a method with arguments by keyword only known at run time, which a ParamSpec cannot carry."""
    return _forwarded(method)


def _attribute(name: str, settable: bool = False) -> Any:
    """Return a property that is the session's attribute."""

    def get(self: scoped_session[Any]) -> Any:
        return getattr(self.registry(), name)

    def set_(self: scoped_session[Any], value: Any) -> None:
        setattr(self.registry(), name, value)

    return property(get, set_ if settable else None, doc=f"``{name}`` of the scope's session.")


class scoped_session(Generic[_S]):
    """One session per scope, made when first used; has the session's methods.

    Args:
        session_factory: makes the sessions, usually a :class:`sessionmaker`.
        scopefunc: returns what identifies the current scope (a request, a task); None: the current thread.
    """

    def __init__(self, session_factory: Callable[..., _S], scopefunc: Callable[[], Any] | None = None) -> None:
        self.session_factory = session_factory
        self.registry: Any = (
            _ScopeRegistry(session_factory, scopefunc) if scopefunc is not None else _ThreadRegistry(session_factory)
        )

    def _session_event_target(self) -> Any:
        factory = self.session_factory
        if isinstance(factory, sessionmaker):
            return factory.class_
        if isinstance(factory, type) and issubclass(factory, Session):
            return factory
        raise ArgumentError(
            "Session event listen on a scoped_session requires that its creation callable is associated with the "
            "Session class."
        )

    def __call__(self, **kw: Any) -> _S:
        """Return the scope's session; with arguments, make it (an error when there is one)."""
        if kw:
            if self.registry.has():
                raise InvalidRequestError("Scoped session is already present; no new arguments may be specified.")
            session = self.session_factory(**kw)
            self.registry.set(session)
        else:
            session = self.registry()
        if session._is_asyncio:
            import warnings

            from lect.exc import LectDeprecationWarning

            warnings.warn(
                "Using `scoped_session` with asyncio is deprecated; use `async_scoped_session`.",
                LectDeprecationWarning,
                stacklevel=2,
            )
        return session

    def configure(self, **kwargs: Any) -> None:
        """Change arguments for sessions made from now on."""
        if self.registry.has():
            import warnings

            from lect.exc import LectWarning

            warnings.warn(
                "At least one scoped session is already present.  configure() can not affect sessions that have "
                "already "
                "been created.",
                LectWarning,
                stacklevel=2,
            )
        self.session_factory.configure(**kwargs)  # type: ignore[attr-defined]

    def remove(self) -> None:
        """Close the scope's session, if there is one, and forget it."""
        if self.registry.has():
            self.registry().close()
        self.registry.clear()

    def query_property(self, query_cls: type[Any] | None = None) -> QueryPropertyDescriptor:
        """Return a class attribute that gives a query of the class."""
        return QueryPropertyDescriptor(self, query_cls)

    def __contains__(self, instance: object) -> bool:
        return instance in self.registry()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.registry())

    add = _forwarded(Session.add)
    add_all = _forwarded(Session.add_all)
    begin = _forwarded(Session.begin)
    begin_nested = _forwarded(Session.begin_nested)
    bulk_insert_mappings = _forwarded(Session.bulk_insert_mappings)
    bulk_save_objects = _forwarded(Session.bulk_save_objects)
    bulk_update_mappings = _forwarded(Session.bulk_update_mappings)
    close = _forwarded(Session.close)
    commit = _forwarded(Session.commit)
    connection = _forwarded(Session.connection)
    delete = _forwarded(Session.delete)
    delete_all = _forwarded(Session.delete_all)
    if TYPE_CHECKING:

        def get_one(self, entity: type[_O], ident: Any, **how: Any) -> _O: ...

        @overload
        def query(self, entity: type[_O], /) -> Query[_O]: ...

        @overload
        def query(self, *entities: Any, **kwargs: Any) -> Query[Any]: ...

        def query(self, *entities: Any, **kwargs: Any) -> Any: ...

        @overload
        def execute(self, statement: Select[tuple[*_Ts]], params: Any = None, **how: Any) -> Result[*_Ts]: ...

        @overload
        def execute(self, statement: Any, params: Any = None, **how: Any) -> Result[Any]: ...

        def execute(self, statement: Any, params: Any = None, **how: Any) -> Any: ...

        @overload
        def scalar(self, statement: Select[tuple[_R, *_Ts]], params: Any = None, **how: Any) -> _R | None: ...

        @overload
        def scalar(self, statement: Any, params: Any = None, **how: Any) -> Any: ...

        def scalar(self, statement: Any, params: Any = None, **how: Any) -> Any: ...

        @overload
        def scalars(self, statement: Select[tuple[_R, *_Ts]], params: Any = None, **how: Any) -> ScalarResult[_R]: ...

        @overload
        def scalars(self, statement: Any, params: Any = None, **how: Any) -> ScalarResult[Any]: ...

        def scalars(self, statement: Any, params: Any = None, **how: Any) -> Any: ...

    else:
        execute = _forwarded(Session.execute)
        get_one = _forwarded_loosely(Session.get_one)
        query = _forwarded(Session.query)
        scalar = _forwarded_loosely(Session.scalar)
        scalars = _forwarded_loosely(Session.scalars)
    expire = _forwarded(Session.expire)
    expire_all = _forwarded(Session.expire_all)
    expunge = _forwarded(Session.expunge)
    expunge_all = _forwarded(Session.expunge_all)
    flush = _forwarded(Session.flush)
    flush_plan = _forwarded(Session.flush_plan)
    get = _forwarded(Session.get)
    get_bind: Any = _forwarded_loosely(Session.get_bind)
    is_modified = _forwarded(Session.is_modified)
    merge = _forwarded(Session.merge)
    merge_all = _forwarded(Session.merge_all)
    refresh = _forwarded(Session.refresh)
    reset = _forwarded(Session.reset)
    rollback = _forwarded(Session.rollback)

    autoflush = _attribute("autoflush", settable=True)
    bind = _attribute("bind", settable=True)
    binds = _attribute("_binds")
    deleted = _attribute("deleted")
    dirty = _attribute("dirty")
    execution_options = _attribute("execution_options", settable=True)
    identity_map = _attribute("identity_map", settable=True)
    info = _attribute("info")
    is_active = _attribute("is_active")
    new = _attribute("new")
    no_autoflush = _attribute("no_autoflush")

    object_session = staticmethod(object_session)
    identity_key = staticmethod(identity_key)
