"""Questions and answers of the contract: frozen objects handed to dialects and connectors, and handed back by them.

A method of the contract takes one request object, so that a later version can ask more without breaking a plugin's
signature. Fields are only ever added, always with a default; that grows the SPI version (see ``spi-baseline.txt``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar

from lect.dialects.record import Record

__all__ = [
    "BulkRequest",
    "CancelRequest",
    "Brackets",
    "ConnectArguments",
    "ConnectRequest",
    "Conversion",
    "ConversionRequest",
    "CursorRequest",
    "Failure",
    "FailureKind",
    "InputSizesRequest",
    "LockWaitRequest",
    "PoolChoice",
    "SessionRequest",
    "SettingRequest",
    "SettleRequest",
]


class PoolChoice(Enum):
    """Which pool suits a database address when the application does not choose one."""

    QUEUE = "queue"  #: connections are alike and may change threads: a queue of them
    PER_THREAD = "per-thread"  #: a connection *is* the database and belongs to its thread
    ONE = "one"  #: a connection *is* the database; everybody shares the one there is
    NONE = "none"  #: opening is cheap or sharing is harmful: open and close every time


class ConnectRequest(Record):
    """Where to connect: the parts of the URL and the ``connect_args`` of ``create_engine``.

    `query` are the URL's query parameters without those that core took (``plugin``); a name given several times has a
    tuple of strings. `connect_args` win over everything made from the URL.
    """

    _secret_fields: ClassVar[frozenset[str]] = frozenset({"password", "connect_args", "query"})

    username: str | None = None
    password: str | None = None
    host: str | None = None
    port: int | None = None
    database: str | None = None
    query: Mapping[str, str | tuple[str, ...]] = {}
    connect_args: Mapping[str, Any] = {}

    @classmethod
    def of_url(cls, url: Any, connect_args: Mapping[str, Any] | None = None) -> ConnectRequest:
        """Return the request that a URL makes."""
        return cls(
            username=url.username,
            password=None if url.password is None else str(url.password),
            host=url.host,
            port=url.port,
            database=url.database,
            query=dict(url.query),
            connect_args=dict(connect_args or {}),
        )


class ConnectArguments(Record):
    """What the driver's ``connect()`` is called with. Never shown: it may hold secrets."""

    _secret_fields: ClassVar[frozenset[str]] = frozenset({"args", "kwargs"})

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = {}


class SettleRequest(Record):
    """Means for a dialect to learn about the server, on one new connection, before anything else is run on it.

    `query` runs one statement without parameters and returns all its rows as tuples (empty for a statement without
    rows); driver errors come out as the driver raised them. `connection` is the PEP 249 connection, for what only the
    connector can tell. `driver_facts` is what the connector's ability :class:`KnowsServer` reported, else empty.
    """

    query: Callable[[str], Sequence[tuple[Any, ...]]]
    connection: Any = None
    driver_facts: Mapping[str, Any] = {}


class SessionRequest(Record):
    """A new PEP 249 connection to prepare, or a used one to clean (`terminating`: it will be closed after that).

    `connect` is the request the connection was opened with; None in tests.
    """

    connection: Any
    connect: ConnectRequest | None = None
    terminating: bool = False


class CursorRequest(Record):
    """A cursor wanted for one statement. `stream_rows`: rows to fetch at a time, None when the driver decides."""

    connection: Any
    statement: str = ""
    stream_rows: int | None = None


class CancelRequest(Record):
    """A statement to be stopped: `cursor` is running it on `connection`, in another thread."""

    connection: Any
    cursor: Any


class LockWaitRequest(Record):
    """How long `connection` may wait for locks from now on: `seconds`, a positive number."""

    connection: Any
    seconds: float


class SettingRequest(Record):
    """A setting of the session that is wanted.

    `name` is one of ``Dialect.session_settings``. `value` is the application's (``role``: a name; ``schema_path``: a
    sequence of names), or, with `as_read`, what the answer of ``Dialect.setting_query`` was before.
    """

    name: str
    value: Any
    as_read: bool = False


class BulkRequest(Record):
    """One statement to run for many parameter sets.

    `parameters` are in the connector's paramstyle (tuples or dictionaries); `types` are the SQL types of the columns
    in the order of the tuple, or by name, where the compiler knows them. The call returns the number of rows affected,
    -1 when the driver does not tell.

    `independent` says that the outcome does not depend on the order of the parameter sets, as far as the table tells:
    they may be carried out all at once. `counted` says that the exact number of rows is needed; connectors are asked
    for it only when they have ``counts_in_bulk``.
    """

    cursor: Any
    statement: str
    parameters: Sequence[Any]
    types: Sequence[Any] | Mapping[str, Any] = ()
    independent: bool = False
    counted: bool = False


class InputSizesRequest(Record):
    """Types of the parameters of the statement that is about to run on `cursor`, in parameter order.

    `types` are (parameter name, adapted type, value is None) triples.
    """

    cursor: Any
    statement: str
    types: Sequence[tuple[str, Any, bool]]
    many: bool = False


class ConversionRequest(Record):
    """A type whose values pass through the driver. `type_` has been adapted to the dialect already.

    `native_code` is the driver's type code of a result column (``cursor.description[n][1]``) when it is known.
    """

    type_: Any
    dialect: Any
    native_code: Any = None


class Conversion(Record):
    """How values of a type pass through a driver.

    `bind` turns a Python value into what the driver takes; `result` turns what the driver gives into the Python value;
    None means "as it is". A function is called once per value, None values included, and must be thread-safe.
    A Conversion replaces both directions of the type's own processors.
    """

    bind: Callable[[Any], Any] | None = None
    result: Callable[[Any], Any] | None = None


class FailureKind(Enum):
    """Portable kinds of failure; each value is the name of the exception class in :mod:`lect.exc`."""

    UNIQUE_VIOLATION = "UniqueViolation"
    FOREIGN_KEY_VIOLATION = "ForeignKeyViolation"
    NOT_NULL_VIOLATION = "NotNullViolation"
    CHECK_VIOLATION = "CheckViolation"
    EXCLUSION_VIOLATION = "ExclusionViolation"
    DEADLOCK = "Deadlock"
    SERIALIZATION_FAILURE = "SerializationFailure"
    LOCK_TIMEOUT = "LockTimeout"
    STATEMENT_TIMEOUT = "StatementTimeout"
    QUERY_CANCELED = "QueryCanceled"
    CONNECTION_LOST = "ConnectionLost"
    CONNECT_FAILED = "ConnectFailed"
    UNDEFINED_TABLE = "UndefinedTable"
    UNDEFINED_COLUMN = "UndefinedColumn"
    SYNTAX_FAILURE = "SyntaxFailure"
    INSUFFICIENT_PRIVILEGE = "InsufficientPrivilege"
    READ_ONLY_VIOLATION = "ReadOnlyViolation"
    UNDEFINED_SCHEMA = "UndefinedSchema"
    UNDEFINED_FUNCTION = "UndefinedFunction"
    DUPLICATE_OBJECT = "DuplicateObject"
    VALUE_OUT_OF_RANGE = "ValueOutOfRange"
    VALUE_TOO_LONG = "ValueTooLong"
    INVALID_VALUE = "InvalidValue"
    DIVISION_BY_ZERO = "DivisionByZero"


class Failure(Record):
    """A driver's exception as facts. Made by the connector, completed by the dialect, raised by the engine.

    `pep249` is the name of the PEP 249 class it belongs to (``"IntegrityError"``; ``"InterfaceError"`` for misuse of
    the driver). `sqlstate` is the five-character code, `native_code` the server's own number or symbol. `message` is
    the server's text, for people. `disconnected`: the connection is unusable from now on and must not be reused; say so
    only when it is certain, and say nothing about whether the statement took effect. `names` are names of constraint,
    table and columns where the server told them, never guessed.
    """

    pep249: str = "DatabaseError"
    kind: FailureKind | None = None
    sqlstate: str | None = None
    native_code: int | str | None = None
    message: str = ""
    disconnected: bool = False
    constraint: str | None = None
    table: str | None = None
    schema: str | None = None
    columns: tuple[str, ...] = ()


class Brackets(Record):
    """SQL to run on the same connection around one statement (``SET IDENTITY_INSERT t ON`` and ``… OFF``).

    `after` is run when the statement has failed as well.
    """

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
