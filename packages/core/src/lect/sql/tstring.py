"""SQL written as a template string of Python 3.14: ``tstring(t"SELECT * FROM users WHERE id = {user_id}")``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from lect.exc import ArgumentError
from lect.sql.arguments import resolve
from lect.sql.bind import BindParameter
from lect.sql.element import ClauseElement
from lect.sql.literal import literal
from lect.sql.node import children, scalar
from lect.sql.text import TextClause

__all__ = ["TString", "tstring"]


class TString(TextClause):
    """SQL whose values and expressions stood in a template string; made with :func:`tstring`.

    Attributes:
        strings: the SQL before, between and behind the parts, as it is written; one more than there are parts.
        parts: what was interpolated, as expressions.
    """

    __visit_name__ = "tstring"
    _fields: ClassVar[Any] = (scalar("strings"), children("parts"))
    _bind_pairs: tuple[tuple[str, BindParameter[Any]], ...] = ()

    def __init__(self, template: Any) -> None:
        strings = getattr(template, "strings", None)
        interpolations = getattr(template, "interpolations", None)
        if not isinstance(strings, tuple) or not isinstance(interpolations, tuple):
            raise ArgumentError(f"tstring() takes a template string (t'...', of Python 3.14), not {template!r}")
        self.strings: tuple[str, ...] = strings
        self.parts = tuple([_part(each) for each in interpolations])

    @property
    def text(self) -> str:  # type: ignore[override]
        """The SQL, with a question mark for each part."""
        return "?".join(self.strings)

    def get_children(self) -> Iterator[Any]:
        return iter(self.parts)

    def bindparams(self, *binds: BindParameter[Any], **names_to_values: Any) -> TextClause:
        """Values stand in the template; a place for one that comes later is a ``bindparam()`` in it."""
        raise ArgumentError("a tstring() has its values already; write {bindparam('name')} for one given at execution")


def _part(interpolation: Any) -> Any:
    if interpolation.conversion is not None or interpolation.format_spec:
        raise ArgumentError(
            f"{{{interpolation.expression}}} in a tstring() goes into SQL as a value; leave out its conversion and "
            "format"
        )
    value = interpolation.value
    found = resolve(value)
    return found if isinstance(found, ClauseElement) else literal(value)


def tstring(template: Any) -> TString:
    """Return SQL with values and expressions in it, from a template string of Python 3.14.

    ``tstring(t"SELECT {users.c.name} FROM {users} WHERE id = {user_id}")``: the strings are written as they are (a
    colon means nothing), columns, tables, functions and statements as SQL, and every other value is a bound parameter.
    ``.columns(...)`` says which columns it gives, as with :func:`text`.

    Raises ArgumentError for anything but a template string, and for an interpolation with a conversion or a format.
    """
    return TString(template)
