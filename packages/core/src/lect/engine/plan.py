"""A compiled statement as the engine keeps it: what a repeated execution needs, worked out once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lect.dialects.variants import GeneratedKey
from lect.engine.elision import Elision
from lect.engine.row import Columns, _find_by_name, duplicates

__all__ = ["Plan"]

_MAX_NAME_SETS = 16

Processor = Callable[[Any], Any]


def _key_query(compiled: Any) -> str:
    """Return the query that goes behind an INSERT, in the same batch, and tells its key; "" for none."""
    dml = compiled.dml
    if dml is None or dml.kind != "insert" or dml.returning is not None:
        return ""
    if compiled.dialect.capabilities.generated_key is not GeneratedKey.APPENDED_QUERY:
        return ""
    if not any(how is None or how[0] == "lastrowid" for how in dml.primary_key):
        return ""
    return compiled.dialect.generated_key_sql(compiled) or ""


class Plan:
    """One entry of the plan cache.

    Attributes:
        appended: what a single execution sends behind the INSERT to learn the generated key; nearly always empty.
        compiled: the statement's text and parameters (:class:`lect.compile.compiled.Compiled`).
        plain: running it is ``cursor.execute(text, collect(binds, params))`` and nothing else.
        columns: columns of the result once they are known, when they are the same at each execution.
        hidden: what logs and errors do not show; None when there is no such thing.
        born: when it was compiled (monotonic seconds), for the log.
    """

    __slots__ = (
        "appended",
        "born",
        "brackets",
        "by_names",
        "collect",
        "columns",
        "compiled",
        "dml",
        "expands",
        "hidden",
        "plain",
        "text",
    )

    def __init__(self, compiled: Any, born: float = 0.0) -> None:
        self.compiled = compiled
        self.text: str = compiled.string
        self.collect = compiled.collect
        self.expands: bool = compiled.expands
        self.dml = compiled.dml
        self.plain = not self.expands and self.dml is None and compiled.kind not in ("ddl", "other")
        self.hidden = Elision.of(compiled)
        self.columns: Columns | None = None
        self.by_names: dict[tuple[str, ...], Columns] = {}
        self.born = born
        self.appended = _key_query(compiled)
        self.brackets: Any = compiled.dialect.brackets(compiled) if self.dml is not None else None

    # What PlanCache.check asks of a plan.
    @property
    def string(self) -> str:
        """The text."""
        return self.text

    def same_text(self, other: Any) -> bool:
        """Whether another plan or compiled statement would send the same."""
        return bool(self.compiled.same_text(getattr(other, "compiled", other)))

    def columns_for(self, description: Sequence[Any]) -> Columns:
        """Return the columns of a result whose cursor has `description`."""
        columns = self.columns
        if columns is not None:
            return columns
        known = self.compiled.result_columns
        if known is not None and self.compiled.result_ordered and len(known) == len(description):
            columns = self.columns = self._by_position(known, description)
            return columns
        # The names decide, and the same text may one day return others (SELECT * after ALTER TABLE).
        names = tuple([d[0] for d in description])
        columns = self.by_names.get(names)
        if columns is None:
            if len(self.by_names) >= _MAX_NAME_SETS:
                self.by_names.clear()
            columns = self.by_names[names] = self._by_name(known or (), names, description)
        return columns

    def columns_undescribed(self) -> Columns:
        """Return the columns of a result without rows that its driver does not describe.

        They are not kept: how values are converted may depend on what the driver says about them.
        """
        known = self.compiled.result_columns or ()
        return self._by_position(known, [(column.name, None) for column in known])

    def _processor(self, type_: Any, code: Any) -> Processor | None:
        found: Processor | None = type_._cached_result_processor(self.compiled.dialect, code)
        return found

    def _by_position(self, known: Sequence[Any], description: Sequence[Any]) -> Columns:
        keys = [c.key for c in known]
        return Columns(
            keys,
            [_objects(c) for c in known],
            [self._processor(c.type, d[1]) for c, d in zip(known, description, strict=True)],
            _unique_filters(known),
            ambiguous=duplicates(keys),
            hidden=() if self.hidden is None else self.hidden.columns,
        )

    def _by_name(self, known: Sequence[Any], names: tuple[str, ...], description: Sequence[Any]) -> Columns:
        by_name: dict[str, Any] = {}
        for column in known:
            by_name.setdefault(column.name, column)
        matched = [by_name.get(name) or by_name.get(name.lower()) for name in names]
        keys = [name if c is None else c.key for name, c in zip(names, matched, strict=True)]
        return Columns(
            keys,
            [None if c is None else (*_objects(c), name) for name, c in zip(names, matched, strict=True)],
            [None if c is None else self._processor(c.type, d[1]) for c, d in zip(matched, description, strict=True)],
            [None if c is None else _unique_filter(c.type) for c in matched],
            find=_find_by_name,
            ambiguous=duplicates(keys),
            hidden=[i for i, c in enumerate(matched) if c is not None and c.type.sensitive],
        )


def _objects(column: Any) -> tuple[object, ...]:
    objects: tuple[object, ...] = tuple(column.objects)
    return objects


def _unique_filter(type_: Any) -> Callable[[Any], Any] | None:
    # Values that cannot be hashed are told apart by identity.
    return None if getattr(type_, "hashable", True) else id


def _unique_filters(known: Sequence[Any]) -> list[Callable[[Any], Any] | None] | None:
    filters = [_unique_filter(c.type) for c in known]
    return filters if any(filters) else None


def columns_of_description(description: Sequence[Any]) -> Columns:
    """Return columns of which only the driver's names are known."""
    keys = [d[0] for d in description]
    return Columns(keys, find=_find_by_name, ambiguous=duplicates(keys))
