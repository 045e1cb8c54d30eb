"""A block of a program with a limit on what its session may ask of the database."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from lect.event import listen, remove
from lect.exc import ArgumentError
from lect_orm.exc import StatementBudgetExceeded
from lect_orm.loading.n_plus_one import Guard, program_line

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Budget"]

#: The session that a budget watches; its module imports this one.
Session: TypeAlias = Any

#: Lines of the program that an error shows.
_SHOWN = 5


class Budget:
    """Made by :meth:`Session.budget`; budgets may be nested, and each counts what is executed inside of it.

    Attributes:
        executed: number of statements so far (an ``executemany`` is one).
    """

    def __init__(self, session: Session, statements: int | None, n_plus_one: Literal["raise", "warn"] | None) -> None:
        if statements is not None and (not isinstance(statements, int) or statements < 0):
            raise ArgumentError(f"budget(statements=…) takes a number of statements, got {statements!r}")
        if n_plus_one not in ("raise", "warn", None):
            raise ArgumentError(f'budget(n_plus_one=…) must be "raise", "warn" or None, got {n_plus_one!r}')
        self.session = session
        self.statements = statements
        self.executed = 0
        self._guard = None if n_plus_one is None else Guard(n_plus_one, strict=True)
        self._lines: Counter[tuple[str, int]] = Counter()
        self._watched: list[Any] = []
        self._outer: tuple[Guard | None, Budget | None] = (None, None)

    def __enter__(self) -> Budget:
        session = self.session
        self._outer = (session._guard, session._budget)
        session._guard, session._budget = self._guard, self
        transaction = session._transaction
        while transaction is not None:
            for connection, *_ in list(transaction._connections.values()):
                self._listen(connection)
            transaction = transaction.parent
        return self

    def __exit__(
        self, type_: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.session._guard, self.session._budget = self._outer
        for connection in self._watched:
            remove(connection, "before_cursor_execute", self._count)
        self._watched.clear()

    def watch(self, connection: Any) -> None:
        """Count what a connection executes from now on, for this budget and those around it."""
        self._listen(connection)
        outer = self._outer[1]
        if outer is not None:
            outer.watch(connection)

    def _listen(self, connection: Any) -> None:
        if not any(held is connection for held in self._watched):
            self._watched.append(connection)
            listen(connection, "before_cursor_execute", self._count)

    def _count(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        file, line, _reads = program_line()
        if self.statements is not None and self.executed >= self.statements:
            most = "; ".join(f"{n} from {where[0]}, line {where[1]}" for where, n in self._lines.most_common(_SHOWN))
            raise StatementBudgetExceeded(
                f"the budget of {self.statements} statements is used up, and {file}, line {line}, executes another: "
                f"{_short(statement)}. Executed so far: {most or 'none'}"
            )
        self.executed += 1
        self._lines[file, line] += 1


def _short(statement: str) -> str:
    one_line = " ".join(statement.split())
    return one_line if len(one_line) <= 200 else one_line[:200] + " …"
