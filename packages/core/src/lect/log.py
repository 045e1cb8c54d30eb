"""Standard logging, imported only when somebody logs.

Loggers are ``lect.engine.Engine`` and ``lect.pool.<class>`` with ``.<logging_name>`` behind when one was given.
``echo=True``
means INFO for that one object, ``echo="debug"`` DEBUG, without touching what the program configured.
"""

from __future__ import annotations

import sys
from typing import Any, Literal

__all__ = ["DEBUG", "INFO", "EchoFlag", "Log"]

EchoFlag = bool | Literal["debug"] | None

DEBUG = 10
INFO = 20


class Log:
    """The logger of one engine or pool.

    Attributes:
        echo: True, "debug" or None/False.
    """

    __slots__ = ("_logger", "echo", "name")

    def __init__(self, kind: str, logging_name: str | None = None, echo: EchoFlag = None) -> None:
        self.name = f"{kind}.{logging_name}" if logging_name else kind
        self.echo = echo
        self._logger: Any = None
        if echo:
            _give_output_a_place()

    def level(self) -> int | None:
        """Return DEBUG or INFO when messages of that level are wanted now, None when nothing is."""
        logging = sys.modules.get("logging")
        if self.echo:
            if self.echo == "debug":
                return DEBUG
            logger = self._get()
            return DEBUG if logger.isEnabledFor(DEBUG) and logger.level == DEBUG else INFO
        if logging is None:  # nobody can have configured what nobody imported
            return None
        logger = self._get()
        if logger.isEnabledFor(INFO):
            return DEBUG if logger.isEnabledFor(DEBUG) else INFO
        return None

    def _get(self) -> Any:
        if self._logger is None:
            import logging

            self._logger = logging.getLogger(self.name)
        return self._logger

    def write(self, level: int, message: str, *args: Any, **kw: Any) -> None:
        """Emit one message; the caller has asked :meth:`level` whether it is wanted."""
        logger = self._get()
        if self.echo and not logger.isEnabledFor(level):
            # This object was asked to echo although its logger's level does not say so.
            kw.pop("stacklevel", None)
            fn, line, function, _ = logger.findCaller(stacklevel=2)
            record = logger.makeRecord(logger.name, level, fn, line, message, args, kw.get("exc_info"), function)
            logger.handle(record)
        else:
            kw.setdefault("stacklevel", 2)
            logger.log(level, message, *args, **kw)

    def info(self, message: str, *args: Any) -> None:
        """Emit at INFO."""
        self.write(INFO, message, *args)

    def debug(self, message: str, *args: Any) -> None:
        """Emit at DEBUG."""
        self.write(DEBUG, message, *args)

    def warning(self, message: str, *args: Any) -> None:
        """Emit at WARNING."""
        self._get().warning(message, *args)

    def error(self, message: str, *args: Any, exc_info: Any = None) -> None:
        """Emit at ERROR."""
        self._get().error(message, *args, exc_info=exc_info)


def _give_output_a_place() -> None:
    """Let echo be seen in a program that has not configured logging at all."""
    import logging

    root = logging.getLogger("lect")
    if not root.handlers and not logging.getLogger().handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        root.addHandler(handler)
