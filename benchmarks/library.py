"""The import switch: the same program over Lect or over SQLAlchemy, since both have the same public names."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

MODULES = {"lect": ("lect", "lect_orm"), "sqlalchemy": ("sqlalchemy", "sqlalchemy.orm")}


@dataclass(frozen=True)
class Library:
    """`core` and `orm` are modules: `library.core.select`, `library.orm.Session`."""

    name: str
    core: Any
    orm: Any
    """None when only the core was asked for."""

    @property
    def version(self) -> str:
        """Version of the installed distribution."""
        from importlib.metadata import version

        return version(self.name)


def load(name: str, *, orm: bool) -> Library:
    """Import one of the two; the mapper only for those workloads that use it."""
    core_name, orm_name = MODULES[name]
    return Library(name, importlib.import_module(core_name), importlib.import_module(orm_name) if orm else None)


def check_compiled_extensions() -> None:
    """The rival runs at its best: SQLAlchemy with its compiled extensions, or not at all."""
    from sqlalchemy.util import _collections_cy

    if not str(_collections_cy.__file__).endswith((".so", ".pyd")):
        raise RuntimeError("SQLAlchemy is installed without its compiled extensions; the comparison would flatter us")
