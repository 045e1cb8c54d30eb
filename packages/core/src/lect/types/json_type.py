"""JSON documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from lect.exc import InvalidRequestError
from lect.operators import OperatorClass, OperatorType, json_getitem_op, json_path_getitem_op
from lect.types.boolean import BOOLEANTYPE
from lect.types.concatenable import ConcatenableComparator, IndexableComparator
from lect.types.numeric import INTEGERTYPE, Double, Integer, Numeric
from lect.types.string import STRINGTYPE, String, Unicode, quote_literal
from lect.types.type_engine import LiteralProcessor, Processor, TypeEngine, affinity_root

__all__ = ["JSON", "JSONTYPE", "JSONComparator"]

_FLOAT: Final = Double()
_STRING: Final = Unicode()


class _JSONNull:
    """The value null of JSON, which is not NULL of SQL."""

    def __repr__(self) -> str:
        return "JSON_NULL"

    def __reduce__(self) -> str:
        return "JSON_NULL"


#: Stands for JSON's null where None would mean NULL.
JSON_NULL: Final = _JSONNull()


class JSONComparator(IndexableComparator, ConcatenableComparator):
    """Element access: ``col["key"]``, ``col[0]``, ``col["a", 1, "b"]``, and conversions of what was found."""

    def _setup_getitem(self, index: Any) -> tuple[OperatorType, Any, TypeEngine[Any]]:
        if not isinstance(index, (str, bytes)) and isinstance(index, Sequence):
            path = self.expr._bind_param(json_path_getitem_op, index, type_=JSON.JSONPathType())
            return json_path_getitem_op, path, self.type
        if isinstance(index, int):
            type_: TypeEngine[Any] = JSON.JSONIntIndexType()
        elif isinstance(index, str):
            type_ = JSON.JSONStrIndexType()
        else:
            type_ = JSON.JSONIndexType()
        if getattr(type(index), "is_clause_element", False) or hasattr(type(index), "__clause_element__"):
            return json_getitem_op, index, self.type
        return json_getitem_op, self.expr._bind_param(json_getitem_op, index, type_=type_), self.type

    def _as(self, type_: TypeEngine[Any], method: str) -> Any:
        expr = self.expr
        if getattr(expr, "operator", None) not in (json_getitem_op, json_path_getitem_op):
            raise InvalidRequestError(
                f"The JSON cast operator JSON.{method}() only works with a JSON index expression e.g. "
                f"col['q'].{method}()"
            )
        typed = expr._clone()
        typed.type = type_
        return typed

    def as_boolean(self) -> Any:
        """The element as true or false."""
        return self._as(BOOLEANTYPE, "as_boolean")

    def as_string(self) -> Any:
        """The element as text, without JSON's quotes."""
        return self._as(_STRING, "as_string")

    def as_integer(self) -> Any:
        """The element as an integer."""
        return self._as(INTEGERTYPE, "as_integer")

    def as_float(self) -> Any:
        """The element as a float."""
        return self._as(_FLOAT, "as_float")

    def as_numeric(self, precision: int, scale: int, asdecimal: bool = True) -> Any:
        """The element as an exact number."""
        return self._as(Numeric(precision, scale, asdecimal=asdecimal), "as_numeric")

    def as_json(self) -> Any:
        """The element as JSON, which it is anyway."""
        return self._as(JSONTYPE, "as_json")


class JSONElementType(TypeEngine[Any]):
    """What names an element of a JSON value: an index, a key, a path."""

    _integer: Final = Integer()
    _string: Final = String()

    def _formatted(self, value: Any) -> Any:
        return value

    def _string_bind_processor(self, dialect: Any) -> Processor | None:
        return self._string._cached_bind_processor(dialect)

    def bind_processor(self, dialect: Any) -> Processor | None:
        integer = self._integer._cached_bind_processor(dialect)
        string = self._string._cached_bind_processor(dialect)

        def process(value: Any) -> Any:
            value = self._formatted(value)
            inner = integer if isinstance(value, int) else string
            return value if inner is None else inner(value)

        return process

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        def process(value: Any) -> str:
            value = self._formatted(value)
            return str(int(value)) if isinstance(value, int) else quote_literal(value, dialect)

        return process


class JSONIndexType(JSONElementType):
    """An index or a key."""


class JSONIntIndexType(JSONIndexType):
    """An index."""


class JSONStrIndexType(JSONIndexType):
    """A key."""


class JSONPathType(JSONElementType):
    """A path: several indexes and keys, one inside the other."""


@affinity_root
class JSON(TypeEngine[Any]):
    """A JSON document: what ``json.dumps`` takes.

    None is JSON's ``null`` unless `none_as_null` is true; :attr:`JSON.NULL` is ``null`` in any case, ``null()`` NULL.
    """

    __visit_name__ = "JSON"
    operator_classes = OperatorClass.JSON
    hashable = False
    comparator_factory = JSONComparator
    Comparator = JSONComparator
    _concatenates = True

    NULL = JSON_NULL
    JSONElementType = JSONElementType
    JSONIndexType = JSONIndexType
    JSONIntIndexType = JSONIntIndexType
    JSONStrIndexType = JSONStrIndexType
    JSONPathType = JSONPathType

    def __init__(self, none_as_null: bool = False) -> None:
        self.none_as_null = none_as_null

    @property
    def python_type(self) -> type[Any]:
        return object

    @property
    def should_evaluate_none(self) -> bool:
        return not self.none_as_null

    @should_evaluate_none.setter
    def should_evaluate_none(self, value: bool) -> None:
        self.none_as_null = not value

    def _serializer(self, dialect: Any) -> Processor:
        serializer = getattr(dialect, "json_serializer", None)
        if serializer is None:
            import json

            return json.dumps
        chosen: Processor = serializer
        return chosen

    def bind_processor(self, dialect: Any) -> Processor | None:
        return self._text_of(dialect, self._inner_string(dialect))

    def _inner_string(self, dialect: Any) -> Processor | None:
        return STRINGTYPE._cached_bind_processor(dialect)

    def _text_of(self, dialect: Any, inner: Processor | None) -> Processor:
        """Return a processor that writes a document as text, and gives None where NULL is meant."""
        dumps = self._serializer(dialect)
        none_as_null = self.none_as_null

        def process(value: Any) -> Any:
            if value is JSON_NULL:
                value = None
            elif (value is None and none_as_null) or getattr(type(value), "_is_sql_null", False):
                return None
            text = dumps(value)
            return text if inner is None else inner(text)

        return process

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        write = self._text_of(dialect, None)

        def process(value: Any) -> str:
            text = write(value)
            return "NULL" if text is None else quote_literal(text, dialect)

        return process

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        inner = STRINGTYPE._cached_result_processor(dialect, coltype)
        loads = getattr(dialect, "json_deserializer", None)
        if loads is None:
            import json

            loads = json.loads

        def process(value: Any) -> Any:
            if value is None:
                return None
            return loads(value if inner is None else inner(value))

        return process


JSONTYPE: Final = JSON()
