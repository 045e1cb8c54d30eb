"""Programs that load one by one what one statement could have loaded: noticed where it happens, with the way out.

An N+1 is the second SELECT, from the same line of the program, for the same attribute of two objects that came out of
one result. What is already in the session costs no statement and is never counted.
"""

from __future__ import annotations

import sys
from typing import Any

from lect_orm.base import state_str
from lect_orm.exc import NPlusOneError

__all__ = ["Guard", "guards", "notice_columns", "notice_relationship", "option_for", "program_line", "way_to"]

#: Objects read from one line, whatever statements they came from, at which a budget calls it N+1.
_FROM_ONE_LINE = 3

_OURS = ("lect", "lect_orm")


class Guard:
    """What a session does about N+1, and what it has seen of objects that no single statement loaded.

    Args:
        mode: "raise" or "warn".
        strict: objects of different statements count too, from the third on (inside of a budget).
    """

    def __init__(self, mode: str, strict: bool = False) -> None:
        self.mode = mode
        self.strict = strict
        self._transaction: Any = None
        self._seen: dict[Any, set[Any]] = {}

    def seen_in(self, transaction: Any) -> dict[Any, set[Any]]:
        """Return what was read in this transaction: (attribute, line) -> keys of objects."""
        if transaction is not self._transaction:
            self._transaction = transaction
            self._seen = {}
        return self._seen


def guards(mapper: Any) -> bool:
    """Whether an attribute of the class is declared with ``lazy="raise_n_plus_one"``."""
    found = mapper.memo.get("guards_n_plus_one")
    if found is None:
        found = mapper.memo["guards_n_plus_one"] = any(
            p.is_relationship and p.strategy == "raise_n_plus_one"
            for m in mapper.self_and_descendants
            for p in m._props.values()
        )
    return bool(found)


def program_line() -> tuple[str, int, bool]:
    """Return file and line of the program that called the mapper, and whether it read an attribute or deleted.

    Lines of the mapper and of core are passed over; under asyncio the line is that of the coroutine.
    """
    frame: Any = sys._getframe(1)
    reads = False
    while True:
        while frame is not None:
            module = frame.f_globals.get("__name__", "").partition(".")[0]
            if module not in _OURS:
                return frame.f_code.co_filename, frame.f_lineno, reads
            reads = reads or frame.f_code.co_name in ("__get__", "delete")
            frame = frame.f_back
        greenlet = sys.modules.get("greenlet")
        parent = None if greenlet is None else greenlet.getcurrent().parent
        frame = None if parent is None else parent.gr_frame
        if frame is None:
            return "<unknown>", 0, reads


def notice_relationship(session: Any, state: Any, prop: Any, strategy: str) -> None:
    """A relationship is about to be loaded by a SELECT of its own.

    Raises:
        NPlusOneError: it is the second one from this line for objects of one result, and the mode is to raise.
    """
    guard = session._guard
    mode = "raise" if strategy == "raise_n_plus_one" else None if guard is None else guard.mode
    if mode is None or session._flushing:
        return
    remedy = f"add .options({way_to(state)}{option_for(prop)}({prop})) to the statement"
    _notice(session, guard, state, str(prop), mode, remedy, state.origin)


def notice_columns(session: Any, state: Any, names: list[str]) -> None:
    """Columns of one object are about to be read by a SELECT of their own.

    Raises:
        NPlusOneError: as for relationships.
    """
    guard = session._guard
    if guard is None or session._flushing:
        return
    shown = ", ".join(f"{state.mapper.class_.__name__}.{name}" for name in sorted(names))
    if state.expired_attributes is None:
        remedy = f"add .options({way_to(state)}undefer({shown})) to the statement"
        _notice(session, guard, state, shown, guard.mode, remedy, state.origin)
        return
    name = state.mapper.class_.__name__
    remedy = (
        f"read the expired objects again with one select({name}), or keep their values: Session(expire_on_commit=False)"
    )
    _notice(session, guard, state, shown, guard.mode, remedy, None)


def way_to(state: Any) -> str:
    """Return the options that lead from what was selected to the object's class: ``selectinload(A.b).`` or nothing."""
    return "".join([f"{option_for(prop)}({prop})." for prop in _path(state.origin)])


def _path(origin: Any) -> tuple[Any, ...]:
    """Return the relationships along which a statement, and those before it, came to the objects of an origin."""
    if origin is None:
        return ()
    own = tuple(origin.path or ())
    load = origin.emitted_for
    if load is None:
        return own
    if load.state is not None:
        return (*_path(load.state.origin), load.path, *own)
    return own or tuple(load.path or ())


def option_for(prop: Any) -> str:
    """Return the name of the option that suits a relationship."""
    return "selectinload" if prop.uselist else "joinedload"


def _notice(session: Any, guard: Guard | None, state: Any, what: str, mode: str, remedy: str, origin: Any) -> None:
    file, line, reads = program_line()
    if not reads:
        return
    place = (what, file, line)
    key = (state.mapper.identity_class, state.pk)
    found = False
    if origin is not None:
        first = origin.seen.setdefault(place, key)
        found = first != key
    if guard is not None and (origin is None or guard.strict):
        session._autobegin()
        others = guard.seen_in(session.get_transaction()).setdefault(place, set())
        others.add(key)
        found = found or len(others) >= (2 if origin is None else _FROM_ONE_LINE)
    if not found:
        return
    message = (
        f"N+1: {what} is loaded object by object, again for {state_str(state)}, at {file}, line {line}. "
        f"To load it for all of them at once, {remedy}"
    )
    if mode == "raise":
        raise NPlusOneError(message)
    import warnings

    from lect.exc import LectWarning

    warnings.warn_explicit(message, LectWarning, file, line)
