"""INSERT for many parameter sets with PyMySQL and asyncmy.

They repeat the parentheses behind VALUES for every set and take what follows as it stands. A statement that has
parameters there as well, as in ``ON DUPLICATE KEY UPDATE n = n + %s``, they cannot run like this.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

__all__ = ["cursor_class", "values_behind"]

_BEHIND: Final = re.compile(r"\bON DUPLICATE KEY UPDATE\b.*%(?:s|\()", re.DOTALL)


def values_behind(statement: str) -> bool:
    """Whether a statement seems to have parameters behind those of VALUES."""
    return _BEHIND.search(statement) is not None


def cursor_class(base: Any) -> Any:
    """Return a subclass of PyMySQL's cursor that runs such a statement for one set after the other."""

    class Cursor(base):  # type: ignore[misc]
        def executemany(self, query: Any, args: Sequence[Any]) -> Any:
            if not (isinstance(query, str) and values_behind(query)):
                return super().executemany(query, args)
            self.rowcount = sum([self.execute(query, each) for each in args])
            return self.rowcount

    return Cursor
