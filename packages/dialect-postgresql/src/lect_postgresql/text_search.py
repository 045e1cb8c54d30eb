"""Functions of text search: postgresql.org/docs/current/functions-textsearch.html.

Importing the package makes them known: ``func.to_tsvector("english", column)`` then has a configuration and a text as
arguments and a TSVECTOR as result.
"""

from __future__ import annotations

from typing import Any, ClassVar

from lect import types as t
from lect.sql.coercions import column_or_value
from lect.sql.function import GenericFunction
from lect.types.type_engine import TypeEngine
from lect_postgresql.types import REGCONFIG, TSQUERY, TSVECTOR

__all__ = [
    "phraseto_tsquery",
    "plainto_tsquery",
    "to_tsquery",
    "to_tsvector",
    "ts_headline",
    "websearch_to_tsquery",
]


class _TextSearch(GenericFunction[Any]):
    """A function whose first argument is a configuration when there are enough arguments for one."""

    _register = False
    inherit_cache = True
    #: Number of arguments that a call without configuration has at least.
    without_configuration: ClassVar[int] = 1

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        configured = len(args) > self.without_configuration and isinstance(args[0], str)
        kwargs["_parsed_args"] = [
            column_or_value(each, self.name, type_=REGCONFIG() if configured and i == 0 else None)
            for i, each in enumerate(args)
        ]
        super().__init__(*args, **kwargs)


class to_tsvector(_TextSearch):
    """A text as a document."""

    inherit_cache = True
    type = TSVECTOR()


class to_tsquery(_TextSearch):
    """A query in the language of queries."""

    inherit_cache = True
    type = TSQUERY()


class plainto_tsquery(_TextSearch):
    """A query for all words of a text."""

    inherit_cache = True
    type = TSQUERY()


class phraseto_tsquery(_TextSearch):
    """A query for the words of a text one after the other."""

    inherit_cache = True
    type = TSQUERY()


class websearch_to_tsquery(_TextSearch):
    """A query as it is typed into search engines."""

    inherit_cache = True
    type = TSQUERY()


class ts_headline(_TextSearch):
    """The part of a text where a query is found: ``(document, query)``, with a configuration before them if wanted."""

    inherit_cache = True
    type: TypeEngine[Any] = t.TEXT()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # (document, query), (document, query, options), (configuration, document, query[, options]): with three, the
        # query tells which.
        query_second = len(args) == 3 and isinstance(getattr(args[1], "type", None), TSQUERY)
        self.without_configuration = 3 if query_second else 2  # type: ignore[misc]
        super().__init__(*args, **kwargs)
