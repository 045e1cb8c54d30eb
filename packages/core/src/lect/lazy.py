"""Public names whose modules are imported when somebody first asks for them (:pep:`562`)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(
    package: str, modules: Mapping[str, tuple[str, ...]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the ``__getattr__`` and ``__dir__`` of a package that imports some of its public names later.

    Args:
        package: the package, as ``__name__`` gives it.
        modules: module -> the names that the package takes from it. A name is looked up once; after that it is an
            ordinary attribute of the package.

    Type checkers read the imports beside it instead, under ``if TYPE_CHECKING``; a test holds the two against each
    other.
    """
    where = {name: module for module, names in modules.items() for name in names}
    attributes = vars(sys.modules[package])

    def __getattr__(name: str) -> Any:
        module = where.get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules[package])
        __import__(module)  # importlib would be one module more at start
        value = attributes[name] = getattr(sys.modules[module], name)
        return value

    def __dir__() -> list[str]:
        return sorted({*attributes, *where})

    return __getattr__, __dir__
