"""CREATE, DROP, ALTER and COMMENT as objects: what is asked of the database about its schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from lect.exc import ArgumentError
from lect.schema.conditional import DDLIf
from lect.sql.element import ClauseElement
from lect.sql.executable import Executable

__all__ = [
    "DDL",
    "AddConstraint",
    "BaseDDLElement",
    "CreateColumn",
    "CreateConstraint",
    "CreateIndex",
    "CreateSchema",
    "CreateSequence",
    "CreateTable",
    "DDLElement",
    "DropColumnComment",
    "DropConstraint",
    "DropConstraintComment",
    "DropIndex",
    "DropSchema",
    "DropSequence",
    "DropTable",
    "DropTableComment",
    "ExecutableDDLElement",
    "SetColumnComment",
    "SetConstraintComment",
    "SetTableComment",
    "TableCreateDDL",
    "TableDropDDL",
    "TableOptions",
]

_E = TypeVar("_E", bound="ExecutableDDLElement")


class BaseDDLElement(ClauseElement):
    """Anything written by a DDL rule."""

    __visit_name__ = "ddl_element"


class ExecutableDDLElement(Executable, BaseDDLElement):
    """A DDL statement; ``connection.execute(element)`` sends it.

    It can also listen to schema events, ``event.listen(table, "after_create", element)``, under the condition given by
    :meth:`execute_if`. Subclasses written elsewhere get their SQL by ``@compiles``.
    """

    _kind: ClassVar[str] = "ddl"
    #: The object that the element is about, when it listens to that object's events.
    target: Any = None
    _ddl_if: DDLIf | None = None

    def against(self: _E, target: Any) -> _E:
        """Return a copy that is about `target`."""
        copy = self._clone()
        copy.target = target
        return copy

    def execute_if(
        self: _E,
        dialect: str | Sequence[str] | None = None,
        callable_: Callable[..., bool] | None = None,
        state: Any = None,
    ) -> _E:
        """Return a copy that, as a listener, is sent only to these dialects and only when `callable_` says so.

        `callable_(ddl, target, bind, *, tables, state, checkfirst, dialect)`.
        """
        copy = self._clone()
        copy._ddl_if = DDLIf(
            dialect if isinstance(dialect, str) or dialect is None else tuple(dialect), callable_, state
        )
        return copy

    def _should_execute(self, target: Any, bind: Any, **kw: Any) -> bool:
        return self._ddl_if is None or self._ddl_if.should_execute(self, target, bind, **kw)

    def _invoke_with(self, bind: Any) -> Any:
        if self._should_execute(self.target, bind):
            return bind.execute(self)
        return None

    def __call__(self, target: Any, bind: Any, **kw: Any) -> None:
        """Send this about `target`, if its condition holds: what a listener of a schema event does."""
        if self._should_execute(target, bind, **kw):
            bind.execute(self.against(target))


DDLElement = ExecutableDDLElement


class DDL(ExecutableDDLElement):
    """A DDL statement as text.

    ``%(table)s``, ``%(schema)s`` and ``%(fullname)s`` stand for the quoted names of the table it is about, other
    names for what `context` holds; a percent sign is written twice.
    """

    __visit_name__ = "ddl"

    def __init__(self, statement: str, context: Mapping[str, Any] | None = None) -> None:
        if not isinstance(statement, str):
            raise ArgumentError(f"Expected a string or unicode SQL statement, got '{statement!r}'")
        self.statement = statement
        self.context = dict(context) if context else {}

    def __repr__(self) -> str:
        parts = [repr(self.statement), *([f"context={self.context}"] if self.context else [])]
        return f"<{type(self).__name__}@{id(self)}; {', '.join(parts)}>"


class _OfElement(ExecutableDDLElement):
    """A statement about one schema object, `element`."""

    def __init__(self, element: Any) -> None:
        self.element = self.target = element
        self._ddl_if = getattr(element, "_ddl_if", None)

    @property
    def stringify_dialect(self) -> str:
        """Name of the dialect that ``str()`` speaks."""
        return str(getattr(self.element, "create_drop_stringify_dialect", "default"))


class _Create(_OfElement):
    def __init__(self, element: Any, if_not_exists: bool = False) -> None:
        super().__init__(element)
        self.if_not_exists = if_not_exists


class _Drop(_OfElement):
    def __init__(self, element: Any, if_exists: bool = False) -> None:
        super().__init__(element)
        self.if_exists = if_exists


class TableCreateDDL(_Create):
    """Whatever brings a table into being: CREATE TABLE, CREATE VIEW, CREATE TABLE AS."""

    is_view: ClassVar[bool] = False

    def to_metadata(self, metadata: Any, table: Any) -> Any:
        """Return the element that creates `table`, a copy in `metadata`."""
        copy = self._clone()
        copy.element = copy.target = table
        return copy


class TableDropDDL(_Drop):
    """Whatever removes a table: DROP TABLE, DROP VIEW."""

    def to_metadata(self, metadata: Any, table: Any) -> Any:
        """Return the element that drops `table`, a copy in `metadata`."""
        copy = self._clone()
        copy.element = copy.target = table
        return copy


class CreateTable(TableCreateDDL):
    """CREATE TABLE.

    Args:
        element: the Table.
        include_foreign_key_constraints: of its foreign keys, those to write inside; None for all.
    """

    __visit_name__ = "create_table"

    def __init__(
        self,
        element: Any,
        include_foreign_key_constraints: Sequence[Any] | None = None,
        if_not_exists: bool = False,
    ) -> None:
        super().__init__(element, if_not_exists)
        self.columns = [CreateColumn(column) for column in element.columns]
        self.include_foreign_key_constraints = include_foreign_key_constraints


class DropTable(TableDropDDL):
    """DROP TABLE."""

    __visit_name__ = "drop_table"


class CreateColumn(BaseDDLElement):
    """One column inside of CREATE TABLE; give it a rule with ``@compiles`` to write columns differently."""

    __visit_name__ = "create_column"

    def __init__(self, element: Any) -> None:
        self.element = element


class TableOptions(BaseDDLElement):
    """What follows the closing parenthesis of CREATE TABLE.

    Nothing in standard SQL; a dialect may have a rule for it.
    """

    __visit_name__ = "table_options"

    def __init__(self, element: Any) -> None:
        self.element = element


class CreateIndex(_Create):
    """CREATE INDEX."""

    __visit_name__ = "create_index"


class DropIndex(_Drop):
    """DROP INDEX."""

    __visit_name__ = "drop_index"


class AddConstraint(_Create):
    """ALTER TABLE ... ADD CONSTRAINT.

    Args:
        isolate_from_table: leave the constraint out of its table's CREATE TABLE from now on.
    """

    __visit_name__ = "add_constraint"

    def __init__(self, element: Any, *, isolate_from_table: bool = True) -> None:
        super().__init__(element)
        if isolate_from_table:
            element._create_rule = _never


class DropConstraint(_Drop):
    """ALTER TABLE ... DROP CONSTRAINT; `isolate_from_table` as for AddConstraint."""

    __visit_name__ = "drop_constraint"

    def __init__(
        self, element: Any, *, cascade: bool = False, if_exists: bool = False, isolate_from_table: bool = True
    ) -> None:
        self.cascade = cascade
        super().__init__(element, if_exists)
        if isolate_from_table:
            element._create_rule = _never


CreateConstraint = AddConstraint


def _never(writer: Any) -> bool:
    """The create rule of a constraint that is added by a statement of its own."""
    return False


class CreateSequence(_Create):
    """CREATE SEQUENCE."""

    __visit_name__ = "create_sequence"


class DropSequence(_Drop):
    """DROP SEQUENCE."""

    __visit_name__ = "drop_sequence"


class CreateSchema(_Create):
    """CREATE SCHEMA of a name."""

    __visit_name__ = "create_schema"
    stringify_dialect = "default"

    def __init__(self, name: str, if_not_exists: bool = False) -> None:
        super().__init__(_schema_name(name), if_not_exists)


class DropSchema(_Drop):
    """DROP SCHEMA of a name, with all that is in it when `cascade`."""

    __visit_name__ = "drop_schema"
    stringify_dialect = "default"

    def __init__(self, name: str, cascade: bool = False, if_exists: bool = False) -> None:
        super().__init__(_schema_name(name), if_exists)
        self.cascade = cascade


def _schema_name(name: Any) -> str:
    if not isinstance(name, str):
        raise ArgumentError(f"the name of a schema must be a string, got {name!r}")
    return name


class SetTableComment(_OfElement):
    """COMMENT ON TABLE: the table's comment."""

    __visit_name__ = "set_table_comment"


class DropTableComment(_OfElement):
    """COMMENT ON TABLE ... IS NULL."""

    __visit_name__ = "drop_table_comment"


class SetColumnComment(_OfElement):
    """COMMENT ON COLUMN: the column's comment."""

    __visit_name__ = "set_column_comment"


class DropColumnComment(_OfElement):
    """COMMENT ON COLUMN ... IS NULL."""

    __visit_name__ = "drop_column_comment"


class SetConstraintComment(_OfElement):
    """COMMENT ON CONSTRAINT: the constraint's comment."""

    __visit_name__ = "set_constraint_comment"


class DropConstraintComment(_OfElement):
    """COMMENT ON CONSTRAINT ... IS NULL."""

    __visit_name__ = "drop_constraint_comment"
