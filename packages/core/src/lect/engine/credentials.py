"""Passwords that are asked for when a connection is opened: functions, tokens that expire, secrets that rotate."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from lect.exc import ArgumentError, InvalidRequestError
from lect.limits import check_seconds

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Credential", "Passwords"]

#: Share of a token's life after which it is not used for new connections any more, and the longest such margin.
_MARGIN, _MARGIN_S = 0.1, 60.0


class Credential:
    """A password with a time to live, as a password function may return it.

    Args:
        password: the secret; never shown.
        expires_in: seconds from now; or `expires_at`: a moment with a time zone. Without either it is used once.
        username: when the secret belongs to a user of its own, in place of the URL's.
    """

    __slots__ = ("_fresh_until", "password", "username")

    def __init__(
        self,
        password: str,
        *,
        expires_in: float | None = None,
        expires_at: datetime | None = None,
        username: str | None = None,
    ) -> None:
        if not isinstance(password, str):
            raise ArgumentError(f"a password must be a string, not an object of class {type(password).__name__}")
        if expires_at is not None:
            if expires_in is not None:
                raise ArgumentError("give expires_in or expires_at, not both")
            if expires_at.tzinfo is None:
                raise ArgumentError("expires_at needs a time zone: datetime.now(timezone.utc) + ...")
            expires_in = expires_at.timestamp() - time.time()
        self.password = password
        self.username = username
        self._fresh_until = 0.0
        if expires_in is not None and (expires_at is None or expires_in > 0):
            life = check_seconds(expires_in, "expires_in")
            self._fresh_until = time.monotonic() + life - min(life * _MARGIN, _MARGIN_S)

    @property
    def fresh(self) -> bool:
        """Whether it can be used for another connection."""
        return time.monotonic() < self._fresh_until

    def __repr__(self) -> str:
        return "Credential(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Credential is a secret and is not pickled")


class Passwords:
    """Asks a password function when a connection is opened, and keeps a token as long as it is good.

    Args:
        ask: returns a string (asked each time) or a :class:`Credential`; may be a coroutine function for asynchronous
            connectors.
        is_async: the connector is one.
    """

    def __init__(self, ask: Callable[[], Any], is_async: bool) -> None:
        if not callable(ask):
            raise ArgumentError(
                f"password must be a function that returns the password, not an object of class {type(ask).__name__}; "
                "a constant password stands in the URL"
            )
        self._ask = ask
        self._is_async = is_async
        self._kept: Credential | None = None
        self._lock = threading.Lock()
        self._process = os.getpid()

    def __repr__(self) -> str:
        return "Passwords(***)"

    def get(self) -> Credential:
        """Return the credential for a connection that is opened now."""
        kept = self._kept
        if kept is not None and kept.fresh:
            return kept
        if os.getpid() != self._process:
            # A forked child may have got the lock in the hands of a thread that it did not get.
            self._process, self._lock = os.getpid(), threading.Lock()
        if self._is_async:  # tasks of one thread must not wait for each other with a lock of threads
            return self._renew()
        with self._lock:
            kept = self._kept
            if kept is not None and kept.fresh:  # another thread has asked in the meantime
                return kept
            return self._renew()

    def refused(self, used: Credential) -> None:
        """Forget a credential with which no connection could be opened."""
        if self._kept is used:
            self._kept = None

    def _renew(self) -> Credential:
        answer = self._ask()
        if hasattr(answer, "__await__"):
            if not self._is_async:
                close = getattr(answer, "close", None)
                if close is not None:
                    close()
                raise InvalidRequestError(
                    "the password function is a coroutine function, and this engine's connector is not asynchronous"
                )
            from lect.bridge import await_only

            answer = await_only(answer)
        if not isinstance(answer, Credential):
            if not isinstance(answer, str):
                raise InvalidRequestError(
                    "the password function must return a string or a Credential, not an object of class "
                    f"{type(answer).__name__}"
                )
            answer = Credential(answer)
        self._kept = answer
        return answer

