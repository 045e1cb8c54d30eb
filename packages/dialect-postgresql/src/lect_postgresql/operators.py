"""Operators that PostgreSQL has and the standard has not: postgresql.org/docs/current/functions.html."""

from __future__ import annotations

from typing import Final

from lect.operators import custom_op
from lect.types.string import Text

__all__: list[str] = []

#: How closely they bind: like a comparison, like ``+``, like element access.
_COMPARES: Final = 5
_ELEMENT: Final = 15


def _comparison(text: str) -> custom_op:
    return custom_op(text, precedence=_COMPARES, natural_self_precedent=True, eager_grouping=True, is_comparison=True)


CONTAINS: Final = _comparison("@>")
CONTAINED_BY: Final = _comparison("<@")
OVERLAP: Final = _comparison("&&")
HAS_KEY: Final = _comparison("?")
HAS_ALL: Final = _comparison("?&")
HAS_ANY: Final = _comparison("?|")
PATH_EXISTS: Final = _comparison("@?")
PATH_MATCH: Final = _comparison("@@")
STRICTLY_LEFT_OF: Final = _comparison("<<")
STRICTLY_RIGHT_OF: Final = _comparison(">>")
NOT_EXTEND_RIGHT_OF: Final = _comparison("&<")
NOT_EXTEND_LEFT_OF: Final = _comparison("&>")
ADJACENT_TO: Final = _comparison("-|-")
DELETE_PATH: Final = custom_op("#-", precedence=_COMPARES, natural_self_precedent=True, eager_grouping=True)
DELETE_KEY: Final = custom_op("-", precedence=_COMPARES, natural_self_precedent=True, eager_grouping=True)
ELEMENT_TEXT: Final = custom_op(
    "->>", precedence=_ELEMENT, natural_self_precedent=True, eager_grouping=True, return_type=Text()
)
PATH_TEXT: Final = custom_op(
    "#>>", precedence=_ELEMENT, natural_self_precedent=True, eager_grouping=True, return_type=Text()
)
