"""Clauses that databases spell differently, as small nodes of their own, so that a dialect replaces the clause and no
more.

Each has a rule in the default table; a dialect registers its own for the class, in its file of the same name as the
default's.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "AfterSelect",
    "ConditionAsValue",
    "DeleteParts",
    "EmptyFrom",
    "ExtraFroms",
    "FromHint",
    "InsertParts",
    "Locking",
    "ManyRows",
    "Returning",
    "RowLimit",
    "StatementHints",
    "StringsInOrder",
    "UpdateParts",
    "ValuesAlone",
    "ValuesRows",
    "WindowFrame",
]


class Clause:
    """A clause of `statement`; its rule returns the clause's text with the space or newline before it, or ``""``."""

    __slots__ = ("statement",)

    def __init__(self, statement: Any) -> None:
        self.statement = statement


class ConditionAsValue:
    """A condition where a value stands, in a database that has no boolean values; the rule makes a value of it.

    Attributes:
        condition: the condition.
    """

    __slots__ = ("condition",)

    def __init__(self, condition: Any) -> None:
        self.condition = condition


class AfterSelect(Clause):
    """What stands between SELECT (and its prefixes) and the columns, with a space after it: ``DISTINCT ``, ``TOP
    5 ``."""

    __slots__ = ()


class RowLimit(Clause):
    """LIMIT, OFFSET and FETCH of a SELECT; also of an UPDATE or DELETE where there is such a thing."""

    __slots__ = ()


class Locking(Clause):
    """FOR UPDATE and its relatives; ``statement._for_update`` holds what was asked for."""

    __slots__ = ()


class EmptyFrom(Clause):
    """What a SELECT says that selects from nothing: nothing, or ``FROM dual``."""

    __slots__ = ()


class StatementHints:
    """Hints about a statement as a whole; the rule returns them with the space before, at the end of the statement."""

    __slots__ = ("statement", "texts")

    def __init__(self, statement: Any, texts: list[str]) -> None:
        self.statement = statement
        self.texts = texts


class FromHint:
    """A hint about one FROM element; `text` is what stands in FROM for it so far. The rule returns text and hint."""

    __slots__ = ("element", "hint", "text")

    def __init__(self, element: Any, text: str, hint: str) -> None:
        self.element = element
        self.text = text
        self.hint = hint


class WindowFrame:
    """The frame of a window.

    Attributes:
        unit: ``"ROWS"``, ``"RANGE"`` or ``"GROUPS"``.
        frame: a :class:`~lect.sql.window.FrameClause`, which is written ``start AND end``.
        exclude: what is left out of it, or None.
    """

    __slots__ = ("exclude", "frame", "unit")

    def __init__(self, unit: str, frame: Any, exclude: str | None) -> None:
        self.unit = unit
        self.frame = frame
        self.exclude = exclude


class ValuesAlone:
    """VALUES that is the whole of a common table expression.

    Attributes:
        values: the :class:`~lect.sql.values.Values`.
    """

    __slots__ = ("values",)

    def __init__(self, values: Any) -> None:
        self.values = values


class ValuesRows:
    """The rows of VALUES as a table, ``VALUES (1, 2), (3, 4)``.

    Attributes:
        rows: the cells of each row, written, with commas between them.
    """

    __slots__ = ("rows",)

    def __init__(self, rows: list[str]) -> None:
        self.rows = rows


class StringsInOrder:
    """``aggregate_strings()`` with an order.

    Attributes:
        function: the aggregate.
        order_by: a list of expressions.
    """

    __slots__ = ("function", "order_by")

    def __init__(self, function: Any, order_by: Any) -> None:
        self.function = function
        self.order_by = order_by


class ExtraFroms:
    """Further tables an UPDATE or DELETE reads: ``FROM …`` or ``USING …``, with the space before it.

    Attributes:
        statement: the UPDATE or DELETE.
        froms: the further elements.
    """

    __slots__ = ("froms", "statement")

    def __init__(self, statement: Any, froms: list[Any]) -> None:
        self.statement = statement
        self.froms = froms


class Returning(Clause):
    """The columns a data-changing statement hands back; the rule returns the clause with the space before it.

    While the columns are written, ``writer.scope.facts["clause"]`` is ``"returning"``, for databases that name the row.

    Attributes:
        texts: the columns, written.
    """

    __slots__ = ("texts",)

    def __init__(self, statement: Any, texts: list[str]) -> None:
        super().__init__(statement)
        self.texts = texts


class InsertParts(Clause):
    """An INSERT whose parts are written, each with the space before it; the rule puts them in order.

    Attributes:
        head: ``INSERT INTO t``.
        columns: `` (a, b)``, or nothing.
        source: `` VALUES (…)``, a SELECT, or what inserts a row of defaults.
        conflict: ON CONFLICT and its like, or nothing.
        returning: RETURNING, or nothing.
    """

    __slots__ = ("columns", "conflict", "head", "returning", "source")

    def __init__(self, statement: Any, head: str, columns: str, source: str, conflict: str, returning: str) -> None:
        super().__init__(statement)
        self.head = head
        self.columns = columns
        self.source = source
        self.conflict = conflict
        self.returning = returning


class ManyRows(Clause):
    """The rows of an INSERT that is sent once for many parameter sets.

    The rule returns the source of the rows with :data:`lect.compile.batch.ROWS` where they go, and sets `row`; ``""``
    when there is no way to write it, and then the statement is run for each parameter set.

    Attributes:
        cells: the columns with the text of their values (:class:`lect.compile.ansi.dml_values.Written`).
        ordered: the server must take the rows in their order, because the keys it makes tell them apart.
        row: marked text of one row; :data:`lect.compile.batch.HOLE` in it is the row's number.
        columnwise: what takes the place of the text where the dialect can give one array per column, else None; with
            `arrays`, see :class:`lect.compile.batch.Columnwise`.
    """

    __slots__ = ("arrays", "cells", "columnwise", "ordered", "row")

    def __init__(self, statement: Any, cells: Any, ordered: bool) -> None:
        super().__init__(statement)
        self.cells = cells
        self.ordered = ordered
        self.row = ""
        self.columnwise: str | None = None
        self.arrays: dict[str, Any] = {}


class UpdateParts(Clause):
    """An UPDATE whose parts are written, each with the space before it; the rule puts them in order.

    Attributes:
        head: ``UPDATE t``.
        sets: `` SET a=x``; nothing for a DELETE.
        froms: further tables, or nothing.
        where: WHERE, or nothing.
        returning: RETURNING, or nothing.
    """

    __slots__ = ("froms", "head", "returning", "sets", "where")

    def __init__(self, statement: Any, head: str, sets: str, froms: str, where: str, returning: str) -> None:
        super().__init__(statement)
        self.head = head
        self.sets = sets
        self.froms = froms
        self.where = where
        self.returning = returning


class DeleteParts(UpdateParts):
    """The same for a DELETE; `head` is ``DELETE FROM t``."""

    __slots__ = ()
