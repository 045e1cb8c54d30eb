"""`ddl_if`: schema objects that are created and dropped under a condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["DDLIf", "HasConditionalDDL"]

_H = TypeVar("_H", bound="HasConditionalDDL")


class DDLIf:
    """A condition on a DDL element: the dialect's name (or names), and a function of what is being done."""

    __slots__ = ("callable_", "dialect", "state")

    def __init__(
        self,
        dialect: str | tuple[str, ...] | list[str] | set[str] | None,
        callable_: Callable[..., bool] | None,
        state: Any,
    ) -> None:
        self.dialect = dialect
        self.callable_ = callable_
        self.state = state

    def should_execute(self, ddl: Any, target: Any, bind: Any, compiler: Any = None, **kw: Any) -> bool:
        """Whether the element is written or sent.

        `bind` is a connection, or None while CREATE TABLE is being written; then `compiler` has the `dialect`.
        """
        if bind is not None:
            dialect = bind.dialect
        elif compiler is not None:
            dialect = compiler.dialect
        else:
            raise ValueError("compiler or dialect is required")
        if self.dialect is not None:
            names = (dialect.name, *getattr(dialect, "fallback_names", ()))
            wanted = (self.dialect,) if isinstance(self.dialect, str) else self.dialect
            if not any(name in wanted for name in names):
                return False
        return self.callable_ is None or bool(
            self.callable_(ddl, target, bind, state=self.state, dialect=dialect, compiler=compiler, **kw)
        )


class HasConditionalDDL:
    """A constraint or index that is created only where its condition holds."""

    _ddl_if: DDLIf | None = None

    def ddl_if(
        self: _H, dialect: str | None = None, callable_: Callable[..., bool] | None = None, state: Any = None
    ) -> _H:
        """Create and drop this only for `dialect`, and only when `callable_` says so; return self.

        `callable_(ddl, target, bind, *, tables, state, dialect, compiler, checkfirst)`: `state` is what was given here,
        `bind` is None inside of CREATE TABLE.
        """
        self._ddl_if = DDLIf(dialect, callable_, state)
        return self
