"""Factories of asyncio sessions: ``async_sessionmaker``, and the session per task of ``async_scoped_session``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar, overload

from lect_orm.ext.asyncio.session import AsyncSession, _AsyncMakerContext, close_all_sessions
from lect_orm.session.access import identity_key
from lect_orm.session.registry import object_session

__all__ = ["async_scoped_session", "async_sessionmaker"]

_AS = TypeVar("_AS", bound=AsyncSession)


class async_sessionmaker(Generic[_AS]):
    """Makes :class:`AsyncSession` objects with arguments given once."""

    class_: type[_AS]

    @overload
    def __init__(self, bind: Any = ..., *, class_: type[_AS], **kw: Any) -> None: ...

    @overload
    def __init__(self: async_sessionmaker[AsyncSession], bind: Any = ..., **kw: Any) -> None: ...

    def __init__(
        self,
        bind: Any = None,
        *,
        class_: type[Any] = AsyncSession,
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

    def begin(self) -> _AsyncMakerContext[_AS]:
        """Return an async context manager: a session in a transaction, committed and closed at the end."""
        return self()._maker_context()

    def __call__(self, **local_kw: Any) -> _AS:
        """Make a session; arguments given here win."""
        for key, value in self.kw.items():
            if key == "info" and "info" in local_kw:
                local_kw["info"] = {**value, **local_kw["info"]}
            else:
                local_kw.setdefault(key, value)
        return self.class_(**local_kw)

    def configure(self, **new_kw: Any) -> None:
        """Change arguments for sessions made from now on."""
        self.kw.update(new_kw)

    def __repr__(self) -> str:
        shown = ", ".join(f"{key}={value!r}" for key, value in self.kw.items())
        return f"async_sessionmaker(class_={self.class_.__name__!r}, {shown})"


class _Registry(Generic[_AS]):
    def __init__(self, make: Callable[..., _AS], scope: Callable[[], Any]) -> None:
        self.make = make
        self.scope = scope
        self.held: dict[Any, _AS] = {}

    def __call__(self) -> _AS:
        key = self.scope()
        if key not in self.held:
            self.held[key] = self.make()
        return self.held[key]

    def has(self) -> bool:
        """Whether the scope has a session."""
        return self.scope() in self.held


def _method(name: str) -> Any:
    source = getattr(AsyncSession, name)

    def call(self: async_scoped_session[Any], /, *args: Any, **kw: Any) -> Any:
        return getattr(self.registry(), name)(*args, **kw)

    call.__name__ = name
    call.__qualname__ = f"async_scoped_session.{name}"
    call.__doc__ = source.__doc__
    return call


def _attribute(name: str) -> Any:
    def get(self: async_scoped_session[Any]) -> Any:
        return getattr(self.registry(), name)

    def set_(self: async_scoped_session[Any], value: Any) -> None:
        setattr(self.registry(), name, value)

    return property(get, set_, doc=f"``{name}`` of the scope's session.")


class async_scoped_session(Generic[_AS]):
    """One AsyncSession per scope, made when first used; has the session's methods.

    Args:
        session_factory: makes the sessions.
        scopefunc: returns what identifies the scope; usually ``asyncio.current_task``. The sessions are held until
            :meth:`remove` is awaited in the scope.
    """

    _support_async = True

    def __init__(self, session_factory: Callable[..., _AS], scopefunc: Callable[[], Any]) -> None:
        self.session_factory = session_factory
        self.registry: _Registry[_AS] = _Registry(session_factory, scopefunc)

    def __call__(self, **kw: Any) -> _AS:
        """Return the scope's session; with arguments, make it (an error when there is one)."""
        if kw:
            from lect.exc import InvalidRequestError

            if self.registry.has():
                raise InvalidRequestError("Scoped session is already present; no new arguments may be specified.")
            session = self.session_factory(**kw)
            self.registry.held[self.registry.scope()] = session
            return session
        return self.registry()

    def configure(self, **kwargs: Any) -> None:
        """Change arguments for sessions made from now on."""
        self.session_factory.configure(**kwargs)  # type: ignore[attr-defined]

    async def remove(self) -> None:
        """Close the scope's session, if there is one, and forget it."""
        session = self.registry.held.pop(self.registry.scope(), None)
        if session is not None:
            await session.close()

    def __contains__(self, instance: object) -> bool:
        return instance in self.registry()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.registry())

    @classmethod
    async def close_all(cls) -> None:
        """Close every session of the process."""
        await close_all_sessions()

    aclose = _method("aclose")
    add = _method("add")
    add_all = _method("add_all")
    begin = _method("begin")
    begin_nested = _method("begin_nested")
    close = _method("close")
    commit = _method("commit")
    connection = _method("connection")
    delete = _method("delete")
    delete_all = _method("delete_all")
    execute = _method("execute")
    expire = _method("expire")
    expire_all = _method("expire_all")
    expunge = _method("expunge")
    expunge_all = _method("expunge_all")
    flush = _method("flush")
    get = _method("get")
    get_bind = _method("get_bind")
    get_one = _method("get_one")
    invalidate = _method("invalidate")
    is_modified = _method("is_modified")
    merge = _method("merge")
    merge_all = _method("merge_all")
    refresh = _method("refresh")
    reset = _method("reset")
    rollback = _method("rollback")
    scalar = _method("scalar")
    scalars = _method("scalars")
    stream = _method("stream")
    stream_scalars = _method("stream_scalars")

    autoflush = _attribute("autoflush")
    bind = _attribute("bind")
    binds = _attribute("binds")
    deleted = _attribute("deleted")
    dirty = _attribute("dirty")
    execution_options = _attribute("execution_options")
    identity_map = _attribute("identity_map")
    info = _attribute("info")
    is_active = _attribute("is_active")
    new = _attribute("new")
    no_autoflush = _attribute("no_autoflush")

    object_session = staticmethod(object_session)
    identity_key = staticmethod(identity_key)
