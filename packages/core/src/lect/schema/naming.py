"""Naming conventions: names for constraints and indexes that were given none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from lect.exc import InvalidRequestError, nearest
from lect.schema.constraints import CheckConstraint, PrimaryKeyConstraint, UniqueConstraint
from lect.schema.foreign_key import ForeignKeyConstraint
from lect.schema.index import Index
from lect.sql.names import conv, quoted_name

__all__ = ["DEFAULT_NAMING_CONVENTION", "apply_naming_convention", "conventional_name"]

#: What a MetaData uses when nothing is said: indexes need a name, constraints get one from the database.
DEFAULT_NAMING_CONVENTION: Final[Mapping[Any, Any]] = {"ix": "ix_%(column_0_label)s"}

_PREFIXES: Final[dict[type, str]] = {
    Index: "ix",
    PrimaryKeyConstraint: "pk",
    CheckConstraint: "ck",
    UniqueConstraint: "uq",
    ForeignKeyConstraint: "fk",
}

#: column_0_name, column_0N_name (all, joined), column_0_N_name (all, joined with "_"); the same of a referred column.
_COLUMN_TOKEN: Final = r"^(referred_)?column_(\d+)(_?N)?_(name|key|label)$"

_TOKENS: Final = (
    "table_name",
    "constraint_name",
    "referred_table_name",
    "column_0_name",
    "column_0N_name",
    "column_0_N_name",
    "column_0_key",
    "column_0_label",
    "referred_column_0_name",
)


class _Tokens(Mapping[str, Any]):
    """What the tokens of a convention stand for, of one constraint of one table; asked by ``%`` formatting."""

    def __init__(self, constraint: Any, table: Any, convention: Mapping[Any, Any]) -> None:
        self.constraint = constraint
        self.table = table
        self.convention = convention

    def __getitem__(self, token: str) -> Any:
        if token in self.convention and callable(self.convention[token]):
            return self.convention[token](self.constraint, self.table)
        if token == "table_name":
            return self.table.name
        if token == "constraint_name":
            return self._constraint_name()
        if token == "referred_table_name":
            return self._referred_table_name()
        found = re.match(_COLUMN_TOKEN, token)
        if found is None:
            raise InvalidRequestError(
                f"Naming convention token '%({token})s' is not known{nearest(token, [*_TOKENS, *self.convention])}"
            )
        referred, number, all_of_them, attribute = found.groups()
        which = self._referred_part if referred else self._column_part
        if all_of_them:
            count = len(self.constraint.elements) if referred else len(self._columns())
            joint = "_" if all_of_them.startswith("_") else ""
            return joint.join(str(which(i, attribute)) for i in range(int(number), count))
        return which(int(number), attribute)

    def __iter__(self) -> Iterator[str]:
        return iter(_TOKENS)

    def __len__(self) -> int:
        return len(_TOKENS)

    def _constraint_name(self) -> str:
        name = self.constraint.name
        if name is None:
            raise InvalidRequestError(
                "Naming convention including %(constraint_name)s token requires that constraint is explicitly named; "
                f"a {type(self.constraint).__name__} of table '{self.table.fullname}' is not."
            )
        return str(name)

    def _columns(self) -> list[Any]:
        return list(self.constraint._columns)

    def _column_part(self, index: int, attribute: str) -> str:
        columns = self._columns()
        if index >= len(columns):
            return ""
        column = columns[index]
        if attribute == "label":
            return _label(column, self.table)
        return str(getattr(column, attribute))

    def _referred_table_name(self) -> str:
        fk = self.constraint.elements[0]
        return str(fk.column.table.name if fk._table_column is not None else fk._tokens().table_name)

    def _referred_part(self, index: int, attribute: str) -> str:
        if index >= len(self.constraint.elements):
            return ""
        fk = self.constraint.elements[index]
        if fk._table_column is not None:
            return str(getattr(fk._table_column, "name" if attribute == "label" else attribute))
        found = fk._resolve_column(raiseerr=False) if fk.parent is not None else None
        if found is not None:  # its name, where the target was given by key
            return str(getattr(found, "name" if attribute == "label" else attribute))
        return str(fk._tokens().column_name or self._columns()[index].key)


def _label(column: Any, table: Any) -> str:
    parts = [table.schema.replace(".", "_")] if table.schema else []
    return "_".join([*parts, str(table.name), str(column.name)])


def _convention_for(constraint: Any, convention: Mapping[Any, Any]) -> str | Callable[..., str] | None:
    for cls in type(constraint).__mro__:
        prefix = _PREFIXES.get(cls)
        if prefix is not None and prefix in convention:
            return convention[prefix]  # type: ignore[no-any-return]
        if cls in convention:
            return convention[cls]  # type: ignore[no-any-return]
    return None


def conventional_name(constraint: Any, table: Any) -> str | None:
    """Return the name the MetaData's convention gives, or None when it gives none.

    A name that was given stays, unless the convention builds on it with ``%(constraint_name)s``.
    """
    name = constraint.name
    if isinstance(name, conv):
        return name
    metadata = getattr(table, "metadata", None)
    if metadata is None:
        return None
    convention = metadata.naming_convention
    template = _convention_for(constraint, convention)
    if template is None:
        return None
    if not isinstance(template, str):
        return conv(template(constraint, table))
    uses_name = "constraint_name" in template
    if name is None and uses_name and getattr(constraint, "_type_bound", False):
        return None  # a type's CHECK without a name stays without
    if name is not None and not uses_name:
        return None
    made = template % _Tokens(constraint, table, convention)
    return conv(made, name.quote if isinstance(name, quoted_name) else None)


def apply_naming_convention(constraint: Any, table: Any) -> None:
    """Name `constraint`, which is in `table` now, if the MetaData's convention does."""
    name = conventional_name(constraint, table)
    if name is not None:
        constraint.name = name
