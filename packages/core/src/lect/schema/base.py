"""What every schema object is: something that has `info`, takes part in a tree, and tells listeners when it does."""

from __future__ import annotations

import enum
from typing import Any, ClassVar, Final, Literal, TypeAlias

from lect.exc import ArgumentError
from lect.schema.events import EventTarget, fire
from lect.sql.names import quoted_name

__all__ = [
    "BLANK_SCHEMA",
    "NO_ARG",
    "NULL_UNSPECIFIED",
    "RETAIN_SCHEMA",
    "NoArg",
    "SchemaConst",
    "SchemaItem",
    "SchemaVisitable",
    "schema_argument",
]


class SchemaConst(enum.Enum):
    """Marks that stand where a name or a flag may stand.

    ``RETAIN_SCHEMA``: a copied table keeps its schema. ``BLANK_SCHEMA``: this table or sequence has no schema even when
    its MetaData names one. ``NULL_UNSPECIFIED``: nobody said whether the column takes NULL.
    """

    RETAIN_SCHEMA = 1
    BLANK_SCHEMA = 2
    NULL_UNSPECIFIED = 3


RETAIN_SCHEMA: Final = SchemaConst.RETAIN_SCHEMA
BLANK_SCHEMA: Final = SchemaConst.BLANK_SCHEMA
NULL_UNSPECIFIED: Final = SchemaConst.NULL_UNSPECIFIED

SchemaArgument: TypeAlias = "str | Literal[SchemaConst.BLANK_SCHEMA] | None"


class NoArg(enum.Enum):
    """The default of an argument for which None is a value."""

    NO_ARG = 0

    def __repr__(self) -> str:
        return "NO_ARG"


NO_ARG: Final = NoArg.NO_ARG


def schema_argument(schema: SchemaArgument, quote: bool | None, inherited: str | None) -> quoted_name | None:
    """Return the schema an object is in: the one it was given, none for BLANK_SCHEMA, else `inherited`."""
    if schema is BLANK_SCHEMA:
        return None
    if schema is None:
        return quoted_name.construct(inherited, getattr(inherited, "quote", None))
    if not isinstance(schema, str):
        raise ArgumentError(f"schema must be a string, None or BLANK_SCHEMA, not {schema!r}")
    return quoted_name(schema, quote)


class SchemaVisitable(EventTarget):
    """An object that a visitor over a schema meets; `__visit_name__` says as what."""

    __visit_name__: ClassVar[str] = "schema_visitable"


class SchemaItem(SchemaVisitable):
    """An object that can be given to a Table, a Column or a MetaData and then belongs to it."""

    __visit_name__ = "schema_item"

    #: Name of the dialect that ``str()`` of a DDL element of this object speaks.
    create_drop_stringify_dialect: ClassVar[str] = "default"

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary for the application's own use; copied with the object."""
        found = self.__dict__.get("_info")
        if found is None:
            found = self.__dict__["_info"] = {}
        return found

    @info.setter
    def info(self, value: dict[Any, Any]) -> None:
        self.__dict__["_info"] = value

    def _set_parent(self, parent: Any, **how: Any) -> None:
        """Become part of `parent`; called once `before_parent_attach` has been told."""

    def _attach(self, parent: Any, **how: Any) -> None:
        """Become part of `parent`, telling listeners before and after."""
        fire(self, "before_parent_attach", self, parent)
        self._set_parent(parent, **how)
        fire(self, "after_parent_attach", self, parent)

    #: The name by which third parties call :meth:`_attach`.
    _set_parent_with_dispatch = _attach

    def _init_items(self, *items: Any, **how: Any) -> None:
        """Attach each of `items`, refusing what is not a schema item by name."""
        for item in items:
            if item is None:
                continue
            attach = getattr(item, "_attach", None)
            if attach is None:
                raise ArgumentError(f"'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {item!r}")
            attach(self, **how)

    def _copy_info_to(self, other: Any) -> Any:
        """Give `other`, a copy of this object, this object's info and its propagating listeners."""
        own = self.__dict__.get("_info")
        if own is not None:
            other.info = own.copy()
        self._copy_listeners_to(other)
        return other
