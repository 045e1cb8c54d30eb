"""What is not shown: values of sensitive columns, in logs, errors and the representation of rows.

Whether a value is sensitive is known from the type of its parameter or result column (``Column(..., sensitive=True)``
marks the type, and comparisons pass it on).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["HIDDEN", "Elision"]

#: Names of the members of a list or of the rows of a batch, behind the parameter's own name.
_MEMBER = r"_(?:\d+(?:_\d+)?|_\d+)$"
#: Longer values are replaced wherever they occur in a driver's message, shorter ones only as words.
_WORD_LIMIT = 4


class _Hidden:
    """Stands for a value that is not shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> str:
        return "HIDDEN"


HIDDEN = _Hidden()


class Elision:
    """What is hidden of one statement.

    Attributes:
        names: parameters.
        columns: positions in the result.
    """

    __slots__ = ("_order", "_uncertain", "columns", "names")

    def __init__(self, compiled: Any) -> None:
        binds = compiled.binds
        self.names = frozenset(name for name, bind in binds.items() if bind.type.sensitive)
        self.names |= {str(binds[name].key) for name in self.names} | {
            compiled.escaped_names[name] for name in self.names if name in compiled.escaped_names
        }
        self._order: Sequence[str] | None = compiled.positiontup
        # Lists take any number of places.
        self._uncertain = any(name in compiled.expansions for name in binds if name in self.names)
        known = compiled.result_columns or ()
        self.columns = frozenset(i for i, column in enumerate(known) if column.type.sensitive)

    @classmethod
    def of(cls, compiled: Any) -> Elision | None:
        """Return what is hidden, None when nothing is: nearly always."""
        for bind in compiled.binds.values():
            if bind.type.sensitive:
                return cls(compiled)
        for column in compiled.result_columns or ():
            if column.type.sensitive:
                return cls(compiled)
        return None

    def _hides(self, name: Any) -> bool:
        if name in self.names:
            return True
        return isinstance(name, str) and re.sub(_MEMBER, "", name) in self.names

    def parameters(self, params: Any) -> Any:
        """Return a copy of one parameter set, or of a list of them, without the hidden values."""
        if not self.names or params is None:
            return params
        if isinstance(params, Mapping):
            return {key: HIDDEN if self._hides(key) else value for key, value in params.items()}
        if isinstance(params, list) and (not params or isinstance(params[0], (Mapping, tuple, list))):
            return [self.parameters(each) for each in params]
        if isinstance(params, (tuple, list)):
            order = self._order
            if order is None or self._uncertain or len(order) != len(params):
                return tuple([HIDDEN for _ in params])
            return tuple([HIDDEN if self._hides(n) else v for n, v in zip(order, params, strict=True)])
        return params

    def secrets(self, params: Any) -> Iterator[Any]:
        """Yield the values that :meth:`parameters` leaves out."""
        if isinstance(params, list) and params and isinstance(params[0], (Mapping, tuple, list)):
            for each in params:
                yield from self.secrets(each)
        elif isinstance(params, Mapping):
            yield from [value for key, value in params.items() if self._hides(key)]
        elif isinstance(params, (tuple, list)):
            shown = self.parameters(tuple(params))
            yield from [value for value, seen in zip(params, shown, strict=True) if seen is HIDDEN]

    def scrub(self, text: str, params: Any) -> str:
        """Return a message without the hidden values that it quotes."""
        words: set[str] = set()
        for value in self.secrets(params):
            members = value if isinstance(value, (list, tuple, set, frozenset)) else (value,)
            for member in members:
                if member is not None and not isinstance(member, bool):
                    words.update((str(member), repr(member)))
        for word in sorted(words, key=len, reverse=True):
            if len(word) >= _WORD_LIMIT:
                text = text.replace(word, "***")
            elif word:
                text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "***", text)
        return text

    def original(self, error: BaseException, params: Any) -> BaseException:
        """Return an exception in place of the driver's, whose attributes may hold the values: same class, same words
        but for these."""
        args = tuple([self.scrub(arg, params) if isinstance(arg, str) else arg for arg in error.args])
        safe = tuple([arg for arg in args if isinstance(arg, (str, int, float, type(None)))])
        try:
            made = type(error)(*safe)
        except Exception:
            made = Exception(f"{type(error).__module__}.{type(error).__qualname__}", *safe)
        return made.with_traceback(error.__traceback__)
