"""One of a list of values: strings, or the members of a Python enumeration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum as PythonEnum
from typing import Any, Final

from lect.absent import NO_ARG
from lect.exc import ArgumentError
from lect.operators import OperatorClass, OperatorType, concat_op, operator_class_of
from lect.types.concatenable import ConcatenableComparator
from lect.types.construction import construct_like
from lect.types.schema_type import SchemaType
from lect.types.string import STRINGTYPE, String
from lect.types.type_engine import Emulated, LiteralProcessor, Processor, TypeEngine

__all__ = ["Enum"]


#: Operators whose other side is a pattern.
_PATTERNS: Final = (OperatorClass.STRING_MATCH, OperatorClass.CONTAINS)


class EnumComparator(ConcatenableComparator):
    """A value joined with something is no value of the list any more."""

    def _adapt_expression(self, op: OperatorType, other_comparator: Any) -> tuple[OperatorType, TypeEngine[Any]]:
        op, type_ = super()._adapt_expression(op, other_comparator)
        if op is concat_op:
            type_ = STRINGTYPE
        return op, type_


class Enum(String, SchemaType, Emulated):
    """One of the strings given, or one member of the Python enumeration given (kept by name).

    Args:
        enums: strings, or one enumeration class.
        name: of the type in the database; an enumeration's own name in lower case without it.
        native_enum: the database's own type is used where there is one; VARCHAR otherwise.
        create_constraint: where it is VARCHAR, a CHECK refuses other values.
        length: of the VARCHAR; as long as the longest value without it.
        validate_strings: a plain string that is not in the list is refused when it is bound.
        values_callable: gives the strings to keep for an enumeration (its members' names without it).
        sort_key_function: sorts members in Python.
        omit_aliases: second names of one member are left out.
        schema, metadata, inherit_schema, quote: where a native type lives and how its name is quoted; see
            :class:`SchemaType`.
    """

    __visit_name__ = "enum"
    operator_classes = OperatorClass.STRING
    comparator_factory = EnumComparator

    enum_class: type[PythonEnum] | None

    def __init__(self, *enums: Any, **kw: Any) -> None:
        adapted = "_enums" in kw
        given = kw.pop("_enums", enums)
        self.create_constraint = kw.pop("create_constraint", False)
        self.native_enum = kw.pop("native_enum", True)
        self.validate_strings = kw.pop("validate_strings", False)
        self.values_callable: Callable[[Any], Sequence[str]] | None = kw.pop("values_callable", None)
        self._omit_aliases = kw.pop("omit_aliases", True)
        sort_key = kw.pop("sort_key_function", NO_ARG)
        self._sort_key_function = sort_key
        self.quote = kw.pop("quote", None)
        self._live_in(kw.pop("schema", NO_ARG), kw.pop("metadata", None), kw.pop("inherit_schema", False))
        self.name = kw.pop("name", None)
        length = kw.pop("length", NO_ARG)
        collation = kw.pop("collation", None)
        if kw:
            raise TypeError(f"Enum() got an unexpected keyword argument {sorted(kw)[0]!r}")
        objects, values = self._read(given)
        if self.name is None and self.enum_class is not None:
            self.name = self.enum_class.__name__.lower()
        self.enums = list(values)
        #: what may be bound -> the string kept; and back.
        self._valid_lookup = dict(zip(reversed(objects), reversed(values), strict=True))
        self._object_lookup = dict(zip(values, objects, strict=True))
        self._valid_lookup.update(
            [(v, v if v in values else self._valid_lookup[self._object_lookup[v]]) for v in values]
        )
        super().__init__(length=self._length(length), collation=collation)
        if self.metadata is not None and not adapted:
            self.metadata._register_object(self)

    def _read(self, given: Sequence[Any]) -> tuple[list[Any], list[str]]:
        """Return the Python objects of the list and the strings they are kept as."""
        if len(given) == 1 and isinstance(given[0], type) and hasattr(given[0], "__members__"):
            self.enum_class = given[0]
            # Any class with `__members__` will do: libraries write enumerations of their own.
            members = list(self.enum_class.__members__.items())
            if self._omit_aliases:
                members = [(n, m) for n, m in members if getattr(m, "name", n) == n]
            objects = [m for _, m in members]
            if self.values_callable is not None:
                values = list(self.values_callable(self.enum_class))
                if len(values) != len(objects):
                    raise ArgumentError(
                        f"values_callable gave {len(values)} values for the {len(objects)} members of "
                        f"{self.enum_class.__name__}"
                    )
            else:
                values = [n for n, _ in members]
            return objects, values
        self.enum_class = None
        strings = list(given)
        for value in strings:
            if not isinstance(value, str):
                raise ArgumentError(f"the values of an Enum are strings or one class of enum.Enum, not {value!r}")
        return strings, strings

    def _length(self, length: Any) -> int | None:
        longest = max([len(v) for v in self.enums], default=0)
        if length is NO_ARG:
            return longest
        if length is None:
            return None
        if length < longest:
            raise ValueError(
                "When provided, length must be larger or equal than the length of the longest enum value. "
                f"{length} < {longest}"
            )
        return int(length)

    @property
    def python_type(self) -> type[Any]:
        return self.enum_class if self.enum_class is not None else str

    @property
    def sort_key_function(self) -> Any:  # type: ignore[override]
        if self._sort_key_function is NO_ARG:
            return self._db_value_for_elem
        return self._sort_key_function

    @property
    def native(self) -> bool:
        """True when the database's own type is wanted."""
        return bool(self.native_enum)

    def _possible(self) -> str:
        names = [v if len(v) <= 12 else v[:10] + ".." for v in self.enums]
        if len(names) > 4:
            names = [*names[:3], "...", names[-1]]
        return ", ".join(names)

    def _refuse(self, value: Any, cause: BaseException) -> LookupError:
        error = LookupError(
            f"'{value}' is not among the defined enum values. Enum name: {self.name}. Possible values: "
            f"{self._possible() or None}"
        )
        error.__cause__ = cause
        return error

    def _db_value_for_elem(self, elem: Any) -> Any:
        """Return the string kept for a member."""
        try:
            return self._valid_lookup[elem]
        except KeyError as failure:
            # A plain string may be meant for a comparison (LIKE) and passes, unless everything is to be checked.
            if not self.validate_strings and isinstance(elem, str) and not isinstance(elem, PythonEnum):
                return elem
            raise self._refuse(elem, failure) from failure
        except TypeError as failure:
            raise self._refuse(elem, failure) from failure

    def _object_value_for_elem(self, elem: Any) -> Any:
        """Return the member that a string stands for."""
        try:
            return self._object_lookup[elem]
        except (KeyError, TypeError) as failure:
            raise self._refuse(elem, failure) from failure

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """Return String for a pattern, which is none of the values."""
        if op is not None and value.__class__ is str and operator_class_of(op) in _PATTERNS:
            return STRINGTYPE
        return super().coerce_compared_value(op, value)

    def bind_processor(self, dialect: Any) -> Processor | None:
        inner = super().bind_processor(dialect)
        value_for = self._db_value_for_elem

        def process(value: Any) -> Any:
            if value is not None:
                value = value_for(value)
            return value if inner is None else inner(value)

        return process

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        inner = super().literal_processor(dialect)
        assert inner is not None
        value_for = self._db_value_for_elem
        return lambda value: inner(value_for(value))

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        inner = super().result_processor(dialect, coltype)
        object_for = self._object_value_for_elem

        def process(value: Any) -> Any:
            if value is None:
                return None
            return object_for(value if inner is None else inner(value))

        return process

    def _constraint_values(self) -> tuple[object, ...]:
        return tuple(self.enums)

    def _constraint_wanted(self, dialect: Any) -> bool:
        return self.create_constraint and not (self.native_enum and dialect.capabilities.native_enum)

    # -- copies --------------------------------------------------------------------------------------------------------

    def _arguments(self) -> dict[str, Any]:
        return {
            "_enums": [self.enum_class] if self.enum_class is not None else list(self.enums),
            "name": self.name,
            "schema": self._schema_argument(),
            "inherit_schema": self.inherit_schema,
            "metadata": self.metadata,
            "native_enum": self.native_enum,
            "values_callable": self.values_callable,
            "create_constraint": self.create_constraint,
            "length": self.length,
            "omit_aliases": self._omit_aliases,
            "validate_strings": self.validate_strings,
            "sort_key_function": self._sort_key_function,
            "quote": self.quote,
            "collation": self.collation,
        }

    def adapt_to_emulated(self, cls: type[Any], **kw: Any) -> Any:
        """Return an Enum of class `cls` with this one's values and arguments."""
        return self._carry_schema(cls(**{**self._arguments(), **kw}), kw)

    def copy(self, **kw: Any) -> Any:
        copy = self.adapt_to_emulated(type(self), **kw)
        copy._variant_mapping = self._variant_mapping
        copy.should_evaluate_none = self.should_evaluate_none
        return copy

    def adapt(self, cls: type[Any], **kw: Any) -> TypeEngine[Any]:
        if issubclass(cls, Enum):
            adapted: TypeEngine[Any] = self.adapt_to_emulated(cls, **kw)
            return adapted
        return construct_like(self, cls, **kw)

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        generic: TypeEngine[Any] = self.adapt_to_emulated(Enum)
        return generic

    def _shape_parts(self) -> tuple[object, ...] | None:
        parts: list[object] = [
            type(self),
            self.enum_class,
            tuple(self.enums),
            self.name,
            self.schema,
            self.native_enum,
            self.length,
            self.validate_strings,
            self.collation,
            self.inherit_schema,
        ]
        for dialect_name, variant in self._variant_mapping.items():
            parts.append(dialect_name)
            parts.append(variant._shape or variant._structure())
        return tuple(parts)

    def __repr__(self) -> str:
        shown = [repr(v) for v in self.enums]
        if self.name is not None:
            shown.append(f"name={self.name!r}")
        if self.native_enum is not True:
            shown.append(f"native_enum={self.native_enum!r}")
        if self.length != max([len(v) for v in self.enums], default=0):
            shown.append(f"length={self.length!r}")
        if self.create_constraint:
            shown.append(f"create_constraint={self.create_constraint!r}")
        if self.schema is not None:
            shown.append(f"schema={self.schema!r}")
        return f"{type(self).__name__}({', '.join(shown)})"
