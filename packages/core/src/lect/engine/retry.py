"""Replaying transactions that a server gave up for others: deadlocks and serialization failures."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from lect.exc import (
    ArgumentError,
    CommitOutcomeUnknown,
    Deadlock,
    InvalidRequestError,
    LectError,
    SerializationFailure,
    StatementError,
)
from lect.limits import check_seconds, remaining

if TYPE_CHECKING:
    from lect.engine.connection import Connection

__all__ = ["Retry", "run"]

_T = TypeVar("_T")


class Retry:
    """How often, after which errors and with which pauses a transaction is replayed.

    The pause before replay `n` is a random time between zero and ``first_delay * 2 ** (n - 1)``, at most `max_delay`:
    transactions that met once do not meet again in step.

    Args:
        attempts: how often the function is called at most, the first time included.
        on: classes of errors that are followed by a replay. ``ConnectionLost`` may be added: what a lost connection had
            not committed was rolled back. A COMMIT of unknown outcome is replayed only if `CommitOutcomeUnknown` itself
            is named, which is right for functions that may run twice without harm.
        first_delay, max_delay: seconds.
        before: called with (error, number of the failed attempt, pause in seconds) before each pause.
    """

    __slots__ = ("attempts", "before", "first_delay", "max_delay", "on")

    def __init__(
        self,
        attempts: int = 10,
        *,
        on: tuple[type[LectError], ...] = (Deadlock, SerializationFailure),
        first_delay: float = 0.01,
        max_delay: float = 2.0,
        before: Callable[[LectError, int, float], None] | None = None,
    ) -> None:
        if isinstance(attempts, bool) or not isinstance(attempts, int) or attempts < 1:
            raise ArgumentError(f"attempts must be a positive number, not {attempts!r}")
        on = (on,) if isinstance(on, type) else tuple(on)
        for cls in on:
            if not (isinstance(cls, type) and issubclass(cls, LectError)):
                raise ArgumentError(f"on must hold exception classes of lect.exc, not {cls!r}")
        self.attempts = attempts
        self.on = on
        self.first_delay = check_seconds(first_delay, "first_delay")
        self.max_delay = check_seconds(max_delay, "max_delay")
        self.before = before

    def __repr__(self) -> str:
        return f"Retry(attempts={self.attempts}, on=({', '.join(cls.__name__ for cls in self.on)},))"

    def covers(self, error: LectError) -> bool:
        """Whether a transaction that failed with `error` may be replayed."""
        if isinstance(error, CommitOutcomeUnknown):
            return CommitOutcomeUnknown in self.on
        return isinstance(error, self.on)

    def pause(self, attempt: int) -> float:
        """Return the seconds to wait after the failed attempt number `attempt`, counted from 1."""
        import random

        longest: float = min(self.first_delay * 2 ** min(attempt - 1, 60), self.max_delay)
        return random.random() * longest


class Attempts:
    """The attempts of one call of :func:`run`, synchronous or not: decides after each failure what is next."""

    def __init__(self, engine: Any, fn: Any, retry: Retry | None, options: dict[str, Any] | None) -> None:
        if retry is not None and not isinstance(retry, Retry):
            raise ArgumentError(f"retry must be a Retry, not {retry!r}")
        if not callable(fn):
            raise ArgumentError(f"run() takes a function that is given the connection, not {fn!r}")
        self.engine = engine
        self.retry = retry or Retry()
        self.options = options or {}
        self.number = 0
        #: The function has committed or rolled back, in the attempt at hand.
        self.ended_by_itself = False
        self._began = time.monotonic()

    def prepare(self, connection: Any) -> None:
        """Set up the connection of one attempt."""
        self.number += 1
        self.ended_by_itself = False
        if self.options:
            connection.execution_options(**self.options)
        if connection._autocommitting():
            raise InvalidRequestError(
                "a function cannot be replayed in AUTOCOMMIT mode: its statements take effect one by one. "
                "Ask for another isolation_level",
                code="not-replayable",
            )

    def pause_after(self, error: LectError) -> float:
        """Return the seconds to wait before the replay; raise `error` when there is none."""
        retry = self.retry
        if not retry.covers(error):
            raise error
        if self.ended_by_itself:
            # Part of the function's work may have been committed already.
            self._tell(error, "not replayed: the function ended its transaction itself")
            raise error
        if self.number >= retry.attempts:
            seconds = time.monotonic() - self._began
            self._tell(error, f"given up after {self.number} attempts in {seconds:.2f} seconds")
            raise error
        pause = retry.pause(self.number)
        left = remaining()
        if left is not None and left <= pause:
            self._tell(error, f"not replayed: the deadline leaves no time after {self.number} attempts")
            raise error
        if retry.before is not None:
            retry.before(error, self.number, pause)
        log = self.engine._log
        if log.level():
            log.info("Transaction failed with %s, replay %d in %.3f s", type(error).__name__, self.number, pause)
        return pause

    @staticmethod
    def _tell(error: LectError, detail: str) -> None:
        if isinstance(error, StatementError):
            error.add_detail(detail)

    @staticmethod
    def check(value: Any) -> Any:
        """Return what the function returned; refuse rows that nobody can fetch any more."""
        from lect.engine.cursor import CursorResult

        if isinstance(value, CursorResult) and value.returns_rows and value.cursor is not None:
            raise InvalidRequestError(
                "the function returned a result whose rows have not been fetched, and its connection goes back to the "
                "pool; return result.all()",
                code="not-replayable",
            )
        return value


def run(
    engine: Any,
    fn: Callable[[Connection], _T],
    retry: Retry | None = None,
    options: dict[str, Any] | None = None,
) -> _T:
    """See :meth:`lect.engine.engine.Engine.run`."""
    if getattr(getattr(fn, "__code__", None), "co_flags", 0) & 0x2A0:  # generator, coroutine, asynchronous generator
        raise ArgumentError(
            f"run() needs a plain function, and {fn!r} is a coroutine or generator function, of which nobody can say "
            "when it is done; AsyncEngine.run() takes coroutine functions"
        )
    attempts = Attempts(engine, fn, retry, options)
    while True:
        try:
            with engine.connect() as connection:
                attempts.prepare(connection)
                with connection.begin() as transaction:
                    try:
                        found: _T = attempts.check(fn(connection))
                    finally:
                        attempts.ended_by_itself = not transaction.is_active
            return found
        except LectError as error:
            pause = attempts.pause_after(error)
        time.sleep(pause)
