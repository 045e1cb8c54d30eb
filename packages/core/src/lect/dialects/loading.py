"""Dialects by name, beside entry points: ``registry.register("mydb", "mypackage.mydb", "MyDialect")``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from lect.exc import InvalidRequestError

__all__ = ["DialectRegistry", "registry"]

_NO_PLUGINS: Final = "dialects are loaded by lect.plugins, which is not imported; import lect first"


class DialectRegistry:
    """The same as :func:`lect.plugins.register_dialect` and :func:`lect.plugins.load_dialect`, where people look for
    it.
    """

    def __init__(self) -> None:
        self._load: Callable[[str], Any] | None = None
        self._register: Callable[[str, str], None] | None = None

    def serve(self, load: Callable[[str], Any], register: Callable[[str, str], None]) -> None:
        """Set who loads and registers dialects; called by :mod:`lect.plugins` when it is imported."""
        self._load, self._register = load, register

    def load(self, name: str) -> Any:
        """Return the dialect class called `name`; of ``name.driver``, the part before the point.

        Raises:
            NoSuchModuleError: nobody offers a dialect of that name.
        """
        if self._load is None:
            raise InvalidRequestError(_NO_PLUGINS)
        return self._load(name.partition(".")[0])

    def register(self, name: str, modulepath: str, objname: str) -> None:
        """Make the class `objname` of module `modulepath` available as dialect `name` in URLs of this process.

        It is imported when it is first used. A name like ``mydb.mydriver`` names a pairing of the dialect with a
        connector.
        """
        if self._register is None:
            raise InvalidRequestError(_NO_PLUGINS)
        self._register(name, f"{modulepath}:{objname}")


#: The registry of this process.
registry: Final = DialectRegistry()
