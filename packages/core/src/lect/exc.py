"""Every exception and warning of Lect, drawn as a tree.

::

    LectError
    ├── ArgumentError                      a wrong argument was given when something was built
    │   ├── AmbiguousForeignKeysError      several foreign keys could join two selectables
    │   ├── NoForeignKeysError             no foreign key joins two selectables
    │   ├── ConstraintColumnNotFoundError  a constraint names a column the table lacks
    │   ├── DuplicateColumnError           two columns of one table share a name
    │   ├── UnknownArgumentError           a keyword argument nobody takes; also a TypeError
    │   ├── ObjectNotExecutableError       execute() was given something that is no statement
    │   ├── NoSuchModuleError              a dialect, connector or plugin is not installed
    │   └── PluginError                    a plugin is installed but cannot be used (version, claim, contract)
    ├── CircularDependencyError            a topological sort found a cycle
    ├── CompileError                       a statement cannot be written as SQL
    │   └── UnsupportedCompilationError    ... because this dialect has no rule for a construct, or refuses it
    ├── IdentifierError                    a name is too long, empty or holds what no name may hold
    ├── DisconnectionError                 a connection was found dead
    │   └── InvalidatePoolError            ... and with it every connection of the pool
    ├── TimeoutError                       the pool had no connection to lend in time
    ├── DeadlineExceeded                   a deadline ran out; also one of the following
    │   ├── PoolDeadlineExceeded           ... in the line of the pool: a TimeoutError
    │   ├── ConnectDeadlineExceeded        ... while connecting: a ConnectFailed
    │   └── StatementDeadlineExceeded      ... while a statement ran or rows were fetched: a StatementTimeout
    ├── InvalidRequestError                the library was asked for something it cannot do in this state
    │   ├── AmbiguousColumnError           a name finds several columns of a result
    │   ├── AwaitRequired, MissingGreenlet asyncio front used the wrong way round
    │   ├── IllegalStateChangeError        a session or connection is in the middle of something
    │   ├── MultipleResultsFound           one row was required, several came
    │   ├── NoResultFound                  one row was required, none came
    │   ├── NoDBAPILoaded                  something needs a driver where none is loaded
    │   ├── NoInspectionAvailable          inspect() does not know this kind of object
    │   ├── NoReferenceError               a foreign key points nowhere
    │   │   ├── NoReferencedTableError
    │   │   └── NoReferencedColumnError
    │   ├── NoSuchColumnError              also a KeyError
    │   │   └── NoSuchColumnAttribute      also an AttributeError
    │   ├── NoSuchTableError
    │   ├── UnreflectableTableError
    │   ├── PendingRollbackError           a transaction failed and waits for its rollback
    │   ├── ResourceClosedError            a connection, transaction or result was used after it was closed
    │   └── UnboundExecutionError          a session found no engine for a statement
    └── StatementError                     a statement failed; holds `statement`, `params`, `orig`
        └── DBAPIError                     ... in the driver or on the server; the PEP 249 tree follows
            ├── InterfaceError
            └── DatabaseError
                ├── DataError
                │   ├── ValueOutOfRange  ├── ValueTooLong
                │   └── InvalidValue     └── DivisionByZero
                ├── IntegrityError
                │   ├── UniqueViolation  ├── ForeignKeyViolation  ├── NotNullViolation
                │   ├── CheckViolation   └── ExclusionViolation
                ├── InternalError
                ├── NotSupportedError
                ├── OperationalError
                │   ├── ConnectionLost   ├── Deadlock          ├── SerializationFailure
                │   │   └── CommitOutcomeUnknown
                │   ├── LockTimeout      ├── StatementTimeout  ├── QueryCanceled
                │   ├── ConnectFailed    └── ReadOnlyViolation
                └── ProgrammingError
                    ├── UndefinedTable   ├── UndefinedColumn   ├── UndefinedSchema
                    ├── UndefinedFunction ├── DuplicateObject  ├── SyntaxFailure
                    └── InsufficientPrivilege

    Warning
    ├── LectWarning (RuntimeWarning)
    └── LectDeprecationWarning (DeprecationWarning), LectPendingDeprecationWarning

Every class has a stable `code`, a word for documentation and for programs; a place that raises may give a narrower one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

__all__ = [
    "AmbiguousColumnError",
    "AmbiguousForeignKeysError",
    "ArgumentError",
    "AwaitRequired",
    "CheckViolation",
    "CircularDependencyError",
    "CommitOutcomeUnknown",
    "CompileError",
    "ConnectDeadlineExceeded",
    "ConnectFailed",
    "ConnectionLost",
    "ConstraintColumnNotFoundError",
    "DBAPIError",
    "DataError",
    "DatabaseError",
    "DeadlineExceeded",
    "Deadlock",
    "DisconnectionError",
    "DivisionByZero",
    "DontWrapMixin",
    "DuplicateColumnError",
    "DuplicateObject",
    "ExclusionViolation",
    "ForeignKeyViolation",
    "IdentifierError",
    "IllegalStateChangeError",
    "InsufficientPrivilege",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "InvalidRequestError",
    "InvalidValue",
    "InvalidatePoolError",
    "LectDeprecationWarning",
    "LectError",
    "LectPendingDeprecationWarning",
    "LectWarning",
    "LockTimeout",
    "MissingGreenlet",
    "MultipleResultsFound",
    "NoDBAPILoaded",
    "NoForeignKeysError",
    "NoInspectionAvailable",
    "NoReferenceError",
    "NoReferencedColumnError",
    "NoReferencedTableError",
    "NoResultFound",
    "NoSuchColumnAttribute",
    "NoSuchColumnError",
    "NoSuchModuleError",
    "NoSuchTableError",
    "NotNullViolation",
    "NotSupportedError",
    "ObjectNotExecutableError",
    "OperationalError",
    "PendingRollbackError",
    "PluginError",
    "PoolDeadlineExceeded",
    "ProgrammingError",
    "QueryCanceled",
    "ReadOnlyViolation",
    "ResourceClosedError",
    "SerializationFailure",
    "StatementDeadlineExceeded",
    "StatementError",
    "StatementTimeout",
    "SyntaxFailure",
    "TimeoutError",
    "UnboundExecutionError",
    "UndefinedColumn",
    "UndefinedFunction",
    "UndefinedSchema",
    "UndefinedTable",
    "UniqueViolation",
    "UnknownArgumentError",
    "UnreflectableTableError",
    "UnsupportedCompilationError",
    "ValueOutOfRange",
    "ValueTooLong",
    "nearest",
]


def nearest(name: object, known: Iterable[object], limit: int = 3) -> str:
    """Return ``"; did you mean 'a' or 'b'?"`` with the names in `known` that resemble `name`, or ``""``.

    Used in messages about unknown names only, so that it may take its time.
    """
    import difflib

    names = {str(k) for k in known if isinstance(k, str)}
    folded = {n.casefold(): n for n in names}
    matches = [folded[m] for m in difflib.get_close_matches(str(name).casefold(), list(folded), limit, 0.6)]
    if not matches:
        return ""
    return "; did you mean " + " or ".join(repr(str(m)) for m in matches) + "?"


@cache
def _page() -> str:
    """Return where the page about errors is: at the address that the distribution names as its documentation, else
    the file of the source tree."""
    from importlib import metadata

    try:
        addresses = metadata.metadata("lect").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        addresses = []
    for each in addresses:
        label, _, address = str(each).partition(",")
        if label.strip().lower() == "documentation":
            return f"{address.strip().rstrip('/')}/errors.html"
    return "docs/errors.md"


class LectError(Exception):
    """Base of everything Lect raises on purpose.

    Attributes:
        code: a stable word for this kind of error; the page about errors has a section of this name.
    """

    code: str = "error"
    #: The message ends with the link: there is more to say than fits into a sentence.
    _linked: ClassVar[bool] = False

    def __init__(self, *args: Any, code: str | None = None) -> None:
        super().__init__(*args)
        if code is not None:
            self.code = code

    @property
    def link(self) -> str:
        """The section of the documentation that is about this kind of error."""
        return f"{_page()}#{self.code}"

    def _background(self) -> str:
        """Return the last line of the message, with the link, or ``""``."""
        if self._linked or "code" in self.__dict__:
            return f"\n(Background on this error: {self.link})"
        return ""

    def _message(self) -> str:
        """Return what was given as the message, as text: bytes too, whatever they are."""
        if len(self.args) == 1 and isinstance(self.args[0], bytes):
            return self.args[0].decode("utf-8", "backslashreplace")
        return super().__str__()

    def __str__(self) -> str:
        return self._message() + self._background()


# -- building ---------------------------------------------------------------------------------------------------------


class ArgumentError(LectError):
    """Something was built with an argument that makes no sense."""

    code = "argument"


class UnknownArgumentError(ArgumentError, TypeError):
    """A keyword argument that nobody takes."""

    code = "unknown-argument"


class DuplicateColumnError(ArgumentError):
    """A table has two columns of one name."""

    code = "duplicate-column"


class ConstraintColumnNotFoundError(ArgumentError):
    """A constraint names a column that its table does not have."""

    code = "constraint-column"


class ObjectNotExecutableError(ArgumentError):
    """An object given to ``execute()`` is no statement.

    Attributes:
        target: the object.
    """

    code = "not-executable"

    def __init__(self, target: Any) -> None:
        hint = "; write text(...) around a string of SQL" if isinstance(target, str) else ""
        if isinstance(target, type):
            hint = f"; select({target.__name__}) is a statement, if it is a mapped class"
        super().__init__(f"Not an executable object: {target!r}{hint}")
        self.target = target

    def __reduce__(self) -> Any:
        return self.__class__, (self.target,)


class NoSuchModuleError(ArgumentError):
    """A dialect, a connector or a plugin of this name is not installed."""

    code = "not-installed"


class PluginError(ArgumentError):
    """A plugin is installed but cannot be used: wrong SPI version, a name claimed twice, a contract not kept."""

    code = "plugin"


class NoForeignKeysError(ArgumentError):
    """No foreign key leads from one selectable to the other, so a join has no ON clause."""

    code = "no-foreign-keys"
    _linked = True


class AmbiguousForeignKeysError(ArgumentError):
    """More than one foreign key leads from one selectable to the other."""

    code = "ambiguous-foreign-keys"
    _linked = True


class CircularDependencyError(LectError):
    """A topological sort met a cycle.

    Attributes:
        cycles: the members of all cycles found.
        edges: pairs (before, after) that make them.
    """

    code = "circular"
    _linked = True

    def __init__(self, message: str, cycles: Any, edges: Any, msg: str | None = None, code: str | None = None) -> None:
        if msg is None:
            message += f" ({', '.join(repr(c) for c in cycles)})"
        else:
            message = msg
        super().__init__(message, cycles, edges, code=code)
        self.cycles = cycles
        self.edges = edges

    def __str__(self) -> str:
        return str(self.args[0]) + self._background()

    def __reduce__(self) -> Any:
        return self.__class__, (None, self.cycles, self.edges, self.args[0])


# -- compiling --------------------------------------------------------------------------------------------------------


class CompileError(LectError):
    """A statement cannot be written as SQL."""

    code = "compile"


class UnsupportedCompilationError(CompileError):
    """The dialect has no rule for a construct, or refuses it.

    Attributes:
        dialect: name of the dialect, None when only a message was given.
        element_type: the construct's class, likewise.
    """

    code = "unsupported"

    def __init__(self, compiler: Any, element_type: type | None = None, message: str | None = None) -> None:
        if element_type is None:  # the whole message was given
            super().__init__(compiler)
            self.dialect = None
        else:
            dialect = getattr(compiler, "dialect", compiler)
            self.dialect = str(getattr(dialect, "name", dialect))
            reason = f": {message}" if message else ""
            super().__init__(
                f"The {self.dialect!r} dialect can't render element of type {element_type.__name__}{reason}"
            )
        self.element_type = element_type
        self.message = message

    def __reduce__(self) -> Any:
        return self.__class__, (self.dialect or self.args[0], self.element_type, self.message)


class IdentifierError(LectError):
    """A name is longer than the database allows, is empty, or holds a character no name may hold."""

    code = "identifier"


# -- connections ------------------------------------------------------------------------------------------------------


class DisconnectionError(LectError):
    """A connection handed out by the pool was found to be dead; the pool tries another."""

    code = "disconnected"
    invalidate_pool: ClassVar[bool] = False


class InvalidatePoolError(DisconnectionError):
    """A connection was found dead, and every older connection of the pool is to be thought dead with it."""

    invalidate_pool = True


class TimeoutError(LectError):
    """The pool could not lend a connection within its timeout."""

    code = "pool-timeout"
    _linked = True


class DeadlineExceeded(LectError):
    """A deadline (``lect.deadline``, the option ``timeout``) ran out. Always raised as one of its subclasses."""

    code = "deadline"


class PoolDeadlineExceeded(TimeoutError, DeadlineExceeded):
    """A deadline ran out while a connection was awaited from the pool."""

    code = "pool-deadline"


# -- state ------------------------------------------------------------------------------------------------------------


class InvalidRequestError(LectError):
    """The library was asked for something it cannot do, or cannot do now."""

    code = "invalid-request"


class IllegalStateChangeError(InvalidRequestError):
    """An object was asked to change its state while it is already changing it."""

    code = "illegal-state-change"
    _linked = True


class NoInspectionAvailable(InvalidRequestError):
    """``inspect()`` knows nothing of this kind of object."""

    code = "no-inspection"


class PendingRollbackError(InvalidRequestError):
    """A transaction has failed and must be rolled back before anything else runs in it."""

    code = "pending-rollback"
    _linked = True


class ResourceClosedError(InvalidRequestError):
    """A connection, transaction or result was used after it was closed."""

    code = "closed"
    _linked = True


class NoSuchColumnError(InvalidRequestError, KeyError):
    """A table, a result or a row was asked for a column that it does not have."""

    code = "no-such-column"

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class NoSuchColumnAttribute(NoSuchColumnError, AttributeError):
    """The same, asked for as an attribute: ``table.c.name``, ``row.name``."""


class AmbiguousColumnError(InvalidRequestError):
    """A name finds more than one column."""

    code = "ambiguous-column"


class NoResultFound(InvalidRequestError):
    """One row was required and none was found."""

    code = "no-result"


class MultipleResultsFound(InvalidRequestError):
    """One row was required and several were found."""

    code = "multiple-results"


class NoReferenceError(InvalidRequestError):
    """A foreign key cannot be resolved.

    Attributes:
        table_name: the table it points to.
    """

    code = "no-reference"
    table_name: str


class NoReferencedTableError(NoReferenceError):
    """A foreign key points to a table that its MetaData does not hold."""

    code = "no-referenced-table"

    def __init__(self, message: str, tname: str) -> None:
        super().__init__(message)
        self.table_name = tname

    def __reduce__(self) -> Any:
        return self.__class__, (self.args[0], self.table_name)


class NoReferencedColumnError(NoReferenceError):
    """A foreign key points to a column that its table does not have.

    Attributes:
        column_name: that column.
    """

    code = "no-referenced-column"

    def __init__(self, message: str, tname: str, cname: str) -> None:
        super().__init__(message)
        self.table_name = tname
        self.column_name = cname

    def __reduce__(self) -> Any:
        return self.__class__, (self.args[0], self.table_name, self.column_name)


class NoSuchTableError(InvalidRequestError):
    """A table does not exist in the database, or is not visible."""

    code = "no-such-table"


class UnreflectableTableError(InvalidRequestError):
    """A table exists but cannot be reflected."""

    code = "unreflectable"


class UnboundExecutionError(InvalidRequestError):
    """A statement is to be executed and nothing says on which engine."""

    code = "unbound"
    _linked = True


class NoDBAPILoaded(InvalidRequestError):
    """Something needs the driver's module where the dialect was made without one."""

    code = "no-driver"


class AwaitRequired(InvalidRequestError):
    """A synchronous call was made where the asynchronous one must be awaited."""

    code = "await-required"
    _linked = True


class MissingGreenlet(InvalidRequestError):
    """Blocking input/output was tried outside of the asyncio front's greenlet (an unawaited lazy load, usually)."""

    code = "missing-greenlet"
    _linked = True


# -- running statements -----------------------------------------------------------------------------------------------


class DontWrapMixin:
    """Mixed into an exception of one's own, keeps it from being wrapped in a StatementError."""


def _shorten(value: object, limit: int = 300) -> str:
    text = repr(value)
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]} ... ({len(text) - limit} characters truncated) ... {text[-half:]}"


def format_parameters(params: Any, batches: int = 10, ismulti: bool | None = None) -> str:
    """Return parameters as a log line or a message shows them: long values and long lists are shortened."""
    many = (
        ismulti
        if ismulti is not None
        else (isinstance(params, list) and bool(params) and isinstance(params[0], (tuple, list, Mapping)))
    )
    if many and isinstance(params, Sequence):
        if len(params) > batches:
            head = ", ".join(_one_set(p) for p in params[: batches - 2])
            tail = ", ".join(_one_set(p) for p in params[-2:])
            return f"[{head}  ... displaying {batches} of {len(params)} total bound parameter sets ...  {tail}]"
        return "[" + ", ".join(_one_set(p) for p in params) + "]"
    return _one_set(params)


def _one_set(params: Any) -> str:
    if isinstance(params, Mapping):
        items = [f"{k!r}: {_shorten(v)}" for k, v in params.items()]
        if len(items) > 100:
            items = [*items[:50], f"... {len(items) - 100} parameters truncated ...", *items[-50:]]
        return "{" + ", ".join(items) + "}"
    if isinstance(params, (tuple, list)):
        values = [_shorten(v) for v in params]
        if len(values) > 100:
            values = [*values[:50], f"... {len(values) - 100} parameters truncated ...", *values[-50:]]
        inside = ", ".join(values)
        if isinstance(params, list):
            return f"[{inside}]"
        return f"({inside},)" if len(values) == 1 else f"({inside})"
    return _shorten(params)


class StatementError(LectError):
    """A statement failed.

    Attributes:
        statement: its text, None when it failed before there was one.
        params: its parameters.
        orig: the exception that was caught.
        hide_parameters: the parameters are not shown in the message.
        detail: further lines of the message, see :meth:`add_detail`.
    """

    code = "statement"
    _linked = True
    statement: str | None = None
    params: Any = None
    orig: BaseException | None = None

    def __init__(
        self,
        message: str,
        statement: str | None = None,
        params: Any = None,
        orig: BaseException | None = None,
        hide_parameters: bool = False,
        code: str | None = None,
        ismulti: bool | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.statement = statement
        self.params = params
        self.orig = orig
        self.ismulti = ismulti
        self.hide_parameters = hide_parameters
        self.detail: list[str] = []

    def add_detail(self, msg: str) -> None:
        """Add a line to the message."""
        self.detail.append(msg)

    def __reduce__(self) -> Any:
        return (
            self.__class__,
            (self.args[0], self.statement, self.params, self.orig, self.hide_parameters),
            {"detail": self.detail, "code": self.code, "ismulti": self.ismulti},
        )

    def _message(self) -> str:
        return str(self.args[0]) if self.args else ""

    def __str__(self) -> str:
        lines = [*(f"({line})" for line in self.detail), self._message()]
        if self.statement:
            lines.append(f"[SQL: {self.statement}]")
            if self.params is not None and (self.params or not isinstance(self.params, (dict, tuple, list))):
                if self.hide_parameters:
                    lines.append("[SQL parameters hidden due to hide_parameters=True]")
                else:
                    lines.append(f"[parameters: {format_parameters(self.params, ismulti=self.ismulti)}]")
        return "\n".join(lines) + self._background()


class DBAPIError(StatementError):
    """The driver or the server refused.

    Attributes:
        orig: the driver's exception.
        connection_invalidated: the connection is lost.
        sqlstate: five characters, where the driver tells.
        native_code: the server's or the library's own number.
        constraint, table, columns: what the server says the failure is about; None, None and () when it does not say.
    """

    code = "dbapi"
    sqlstate: str | None = None
    native_code: int | str | None = None
    constraint: str | None = None
    table: str | None = None
    columns: tuple[str, ...] = ()

    def __init__(
        self,
        statement: str | None,
        params: Any,
        orig: BaseException,
        hide_parameters: bool = False,
        connection_invalidated: bool = False,
        code: str | None = None,
        ismulti: bool | None = None,
    ) -> None:
        try:
            text = str(orig)
        except Exception as failure:
            text = "Error in str() of DB-API-generated exception: " + str(failure)
        kind = type(orig)
        super().__init__(
            f"({kind.__module__}.{kind.__name__}) {text}", statement, params, orig, hide_parameters, code, ismulti
        )
        self.connection_invalidated = connection_invalidated

    @property
    def driver_exception(self) -> BaseException:
        """The driver's own exception; the same as `orig`, under asynchronous drivers too."""
        assert self.orig is not None
        return self.orig

    def __reduce__(self) -> Any:
        facts = ("sqlstate", "native_code", "constraint", "table", "columns")
        state = {name: getattr(self, name) for name in facts}
        state.update(detail=self.detail, code=self.code, ismulti=self.ismulti)
        return (
            self.__class__,
            (self.statement, self.params, self.orig, self.hide_parameters, self.connection_invalidated),
            state,
        )


class InterfaceError(DBAPIError):
    """The driver, rather than the database, failed (PEP 249)."""

    code = "interface"


class DatabaseError(DBAPIError):
    """The database failed (PEP 249)."""

    code = "database"


class DataError(DatabaseError):
    """A value is out of range or of the wrong form (PEP 249)."""

    code = "data"


class ValueOutOfRange(DataError):
    """A number or a date is beyond what its type holds."""

    code = "value-out-of-range"


class ValueTooLong(DataError):
    """A string or binary value is longer than its type allows."""

    code = "value-too-long"


class InvalidValue(DataError):
    """A value is none of its type: text that is no number, bytes that are no text, half a surrogate pair."""

    code = "invalid-value"


class DivisionByZero(DataError):
    """Something was divided by zero."""

    code = "division-by-zero"


class OperationalError(DatabaseError):
    """The database's operation failed, not necessarily by the program's fault (PEP 249)."""

    code = "operational"


class ConnectionLost(OperationalError):
    """The connection to the server broke."""

    code = "connection-lost"


class CommitOutcomeUnknown(ConnectionLost):
    """The connection broke during COMMIT, or during a statement in autocommit mode: it may have taken effect, or not.

    Look before trying again.
    """

    code = "commit-outcome-unknown"


class ConnectFailed(OperationalError):
    """No connection could be made: wrong address, wrong password, no such database, server full."""

    code = "connect-failed"


class Deadlock(OperationalError):
    """The server ended this transaction to resolve a deadlock; it may be tried again."""

    code = "deadlock"


class SerializationFailure(OperationalError):
    """Transactions could not be serialised; it may be tried again."""

    code = "serialization-failure"


class LockTimeout(OperationalError):
    """A lock was not granted in time."""

    code = "lock-timeout"


class StatementTimeout(OperationalError):
    """The server ended a statement that ran for too long."""

    code = "statement-timeout"


class StatementDeadlineExceeded(StatementTimeout, DeadlineExceeded):
    """A deadline of the program ran out while a statement ran, or before it began; the server was told to stop it."""

    code = "statement-deadline"


class ConnectDeadlineExceeded(ConnectFailed, DeadlineExceeded):
    """A deadline of the program ran out while a connection was being opened."""

    code = "connect-deadline"


class QueryCanceled(OperationalError):
    """A statement was ended on somebody's request."""

    code = "query-canceled"


class ReadOnlyViolation(OperationalError):
    """A write was tried in a read-only transaction or database."""

    code = "read-only"


class IntegrityError(DatabaseError):
    """A constraint was violated (PEP 249)."""

    code = "integrity"


class UniqueViolation(IntegrityError):
    """A unique constraint, unique index or primary key was violated."""

    code = "unique-violation"


class ForeignKeyViolation(IntegrityError):
    """A foreign key was violated, from either side."""

    code = "foreign-key-violation"


class NotNullViolation(IntegrityError):
    """A column that must have a value got none."""

    code = "not-null-violation"


class CheckViolation(IntegrityError):
    """A CHECK constraint was violated."""

    code = "check-violation"


class ExclusionViolation(IntegrityError):
    """An exclusion constraint was violated."""

    code = "exclusion-violation"


class InternalError(DatabaseError):
    """The database met an error inside itself (PEP 249)."""

    code = "internal"


class ProgrammingError(DatabaseError):
    """The statement is wrong: syntax, names, number of parameters (PEP 249)."""

    code = "programming"


class UndefinedTable(ProgrammingError):
    """A table or view does not exist."""

    code = "undefined-table"


class UndefinedColumn(ProgrammingError):
    """A column does not exist."""

    code = "undefined-column"


class UndefinedSchema(ProgrammingError):
    """A schema (a database, on servers that know no other schemas) does not exist."""

    code = "undefined-schema"


class UndefinedFunction(ProgrammingError):
    """No function or procedure has this name and takes these arguments."""

    code = "undefined-function"


class DuplicateObject(ProgrammingError):
    """A table, column, index or other object of this name exists already."""

    code = "duplicate-object"


class SyntaxFailure(ProgrammingError):
    """The server could not parse the statement."""

    code = "syntax"


class InsufficientPrivilege(ProgrammingError):
    """The user may not do this."""

    code = "insufficient-privilege"


class NotSupportedError(DatabaseError):
    """The database does not support what was asked (PEP 249)."""

    code = "not-supported"


# -- warnings ---------------------------------------------------------------------------------------------------------


class LectWarning(RuntimeWarning):
    """Something works, but probably not as meant."""

    code: str | None = None


class LectDeprecationWarning(DeprecationWarning):
    """Something will go away.

    Attributes:
        deprecated_since: version that deprecated it.
    """

    code: str | None = None
    deprecated_since: str | None = None


class LectPendingDeprecationWarning(PendingDeprecationWarning):
    """Something will be deprecated."""

    deprecated_since: str | None = None
