"""``mapped_column()``: a column in a declarative class, completed by its annotation."""

from __future__ import annotations

from typing import Any

from lect.absent import NO_ARG
from lect.exc import ArgumentError
from lect.schema.column import Column
from lect.types.null import NULLTYPE
from lect_orm.base import _MappedAttribute
from lect_orm.mapping.column_property import ColumnProperty, creation_order

__all__ = ["DATACLASS_ONLY", "AttributeOptions", "MappedColumn", "UnmappedColumn"]

_DATACLASS_FIELDS = ("init", "repr", "default", "default_factory", "compare", "kw_only", "hash", "dataclass_metadata")

#: what is said to dataclasses alone (a default is the column's too)
DATACLASS_ONLY = tuple(n for n in _DATACLASS_FIELDS if n != "default")

#: arguments that say how the attribute is loaded: of no use to a column without one
_MAPPING_ARGUMENTS = ("deferred", "deferred_group", "deferred_raiseload", "active_history")


class AttributeOptions:
    """What a mapped attribute says about its field when the class is a dataclass. NO_ARG: nothing was said."""

    __slots__ = _DATACLASS_FIELDS

    default: Any

    def __init__(self, **given: Any) -> None:
        for name in _DATACLASS_FIELDS:
            setattr(self, name, given.get(name, NO_ARG))

    @property
    def said(self) -> dict[str, Any]:
        """What was said, as arguments of ``dataclasses.field``."""
        return {n: getattr(self, n) for n in _DATACLASS_FIELDS if getattr(self, n) is not NO_ARG}


class MappedColumn(_MappedAttribute):
    """See ``mapped_column()``. The `column` gets type, name and nullability from the annotation where it has none."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        given: AttributeOptions | None = kw.pop("attribute_options", None)
        self.attribute_options: AttributeOptions = given if given is not None else AttributeOptions()
        self.mapping_arguments = [n for n in _MAPPING_ARGUMENTS if kw.get(n, NO_ARG) not in (NO_ARG, None, False)]
        self.deferred = kw.pop("deferred", NO_ARG)
        self.deferred_group = kw.pop("deferred_group", None)
        self.deferred_raiseload = kw.pop("deferred_raiseload", None)
        self.active_history = kw.pop("active_history", False)
        self.use_existing_column = kw.pop("use_existing_column", False)
        sort_order = kw.pop("sort_order", NO_ARG)
        self.sort_order_given = sort_order is not NO_ARG
        self.sort_order: int = 0 if sort_order is NO_ARG else sort_order
        if self.deferred is NO_ARG:
            self.deferred = bool(self.deferred_group or self.deferred_raiseload)
        default = self.attribute_options.default
        insert_default = kw.get("insert_default", NO_ARG)
        self.has_insert_default = insert_default is not NO_ARG
        self.has_dataclass_default = default is not NO_ARG
        if not self.has_insert_default and default is not NO_ARG:
            kw["insert_default"] = default
        if insert_default is NO_ARG:
            kw.pop("insert_default", None)
            if default is not NO_ARG:
                kw["default"] = default
        elif "insert_default" in kw:
            kw["default"] = kw.pop("insert_default")
        kw.pop("insert_default", None)
        self.has_nullable = kw.get("nullable", NO_ARG) is not NO_ARG
        if not self.has_nullable:
            kw.pop("nullable", None)
        self.column: Column[Any] = Column(*args, **kw)
        self.type_given = self.column.type is not NULLTYPE
        self.foreign_keys = self.column.foreign_keys
        self._order = next(creation_order)

    def copy(self) -> MappedColumn:
        """Return the same with a column of its own (for a mixin's column in each class)."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.column = self.column._copy()
        made.column._creation_order = self.column._creation_order
        made.foreign_keys = made.column.foreign_keys
        return made

    @property
    def name(self) -> Any:
        """The column's name; None until it is in a class."""
        return self.column.name

    @property
    def columns_to_assign(self) -> list[tuple[Column[Any], int]]:
        """The column, with its sort order."""
        return [(self.column, self.sort_order)]

    @property
    def mapper_property_to_assign(self) -> ColumnProperty | None:
        """The property with options that a plain column cannot carry; None without such options."""
        if self.deferred or self.active_history:
            return ColumnProperty(
                self.column,
                deferred=bool(self.deferred),
                group=self.deferred_group,
                raiseload=bool(self.deferred_raiseload),
                active_history=self.active_history,
            )
        return None

    def __clause_element__(self) -> Column[Any]:
        return self.column

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        """Apply an operator to the column."""
        return op(self.column, *other, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "column":
            raise AttributeError(name)
        return getattr(self.column, name)

    def __eq__(self, other: object) -> Any:
        return self.column == other

    def __ne__(self, other: object) -> Any:
        return self.column != other

    def __lt__(self, other: Any) -> Any:
        return self.column < other

    def __gt__(self, other: Any) -> Any:
        return self.column > other

    def __le__(self, other: Any) -> Any:
        return self.column <= other

    def __ge__(self, other: Any) -> Any:
        return self.column >= other

    def __add__(self, other: Any) -> Any:
        return self.column + other

    def __sub__(self, other: Any) -> Any:
        return self.column - other

    def __mul__(self, other: Any) -> Any:
        return self.column * other

    __hash__ = object.__hash__

    def complete(self, key: str, annotation: Any, registry: Any, cls: type) -> None:
        """Take type, nullability and further arguments from an `Annotation`."""
        column = self.column
        pattern = annotation.mapped_column
        if pattern is not None:
            self._take_pattern(pattern)
        if not self.has_nullable and not column.primary_key and not _nullable_said(pattern):
            column.nullable = annotation.optional
        if (column.type is NULLTYPE and not column.foreign_keys) or (
            column.type is NULLTYPE
            and annotation.python_type is not None
            and not self.type_given
            and not column.foreign_keys
        ):
            type_ = registry.type_for(annotation, key, cls)
            if type_ is None:
                return
            column._set_type(type_)

    def _take_pattern(self, pattern: MappedColumn) -> None:
        """Merge what an ``Annotated[...]`` carries; what is said here wins."""
        mine, theirs = self.column, pattern.column
        options = self.attribute_options
        for name in _DATACLASS_FIELDS:
            if getattr(options, name) is NO_ARG and getattr(pattern.attribute_options, name) is not NO_ARG:
                if name == "default" and mine.default is not None:
                    continue
                setattr(options, name, getattr(pattern.attribute_options, name))
        own_default = self.has_dataclass_default or self.has_insert_default
        theirs._merge(mine, omit_defaults=own_default)
        if not self.has_nullable and pattern.has_nullable:
            mine.nullable = theirs.nullable
            self.has_nullable = True
        if not self.type_given and pattern.type_given:
            self.type_given = True
        if not self.sort_order_given and pattern.sort_order_given:
            self.sort_order = pattern.sort_order
        self.deferred = self.deferred or pattern.deferred
        self.deferred_group = self.deferred_group or pattern.deferred_group
        self.deferred_raiseload = self.deferred_raiseload or pattern.deferred_raiseload
        self.active_history = self.active_history or pattern.active_history
        given = {*self.mapping_arguments, *pattern.mapping_arguments}
        self.mapping_arguments = [n for n in _MAPPING_ARGUMENTS if n in given]
        self.use_existing_column = self.use_existing_column or pattern.use_existing_column
        self.foreign_keys = mine.foreign_keys


class UnmappedColumn(MappedColumn):
    """See ``unmapped_column()``: a column of the table that no attribute of the class stands for."""


def _nullable_said(pattern: MappedColumn | None) -> bool:
    return pattern is not None and pattern.has_nullable


def check_arguments(args: tuple[Any, ...]) -> None:
    """Refuse what ``mapped_column()`` cannot be given."""
    for arg in args:
        if isinstance(arg, Column | MappedColumn):
            raise ArgumentError("mapped_column() takes a name, a type and constraints, not a Column")
