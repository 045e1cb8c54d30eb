"""The contract between core and its plugins, SPI version 1: what a dialect, a connector and a pairing must be.

How the parts are used
    ``create_engine(url)`` loads a dialect class and a connector class by name, makes one object of each, composes them
    (:meth:`Dialect.compose`), and opens connections with the connector. On the first connection of an engine the
    dialect is *settled* once (:meth:`Dialect.settle`): from then on every reader sees the capabilities of this server.

Threads
    One dialect object and one connector object serve one engine and all its threads. Methods are called from several
    threads at once, never twice at once for the same PEP 249 connection (except to cancel). Keep no state
    of a connection on them.

Blocking
    Only methods that receive a PEP 249 connection, cursor or ``query`` may wait for the server. Under asyncio every
    such call is made inside a greenlet, so that a connector with `is_async` may await by ``lect.bridge.await_only``.

Errors
    Raise what the driver raises; core translates it through :meth:`Connector.failure` and :meth:`Dialect.classify`.
    Complaints about the application's input (a URL, an option, a construct) are exceptions of :mod:`lect.exc`.

Additions
    A method is added to this file rarely and never without a default; the version in :data:`SPI_VERSION` grows with it.
"""

# names databases: the example of a pairing is one with the connector that several databases share

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from lect.compile.identifiers import IdentifierPreparer
from lect.compile.literals import Literals
from lect.compile.table import ANSI, RuleTable
from lect.dialects.abilities import (
    Abilities,
    BeginsTransactions,
    Cancels,
    CancelsStatements,
    ExecutesInBulk,
    KnowsFailedTransactions,
    KnowsServer,
    LimitsLockWaits,
    Pings,
    PreparesConnections,
    ResetsSessions,
    SetsAutocommit,
    SetsInputSizes,
    SetsIsolation,
    StreamsRows,
    SupportsSavepoints,
    SupportsTwoPhase,
)
from lect.dialects.calls import DriverCalls
from lect.dialects.capabilities import Capabilities
from lect.dialects.later import reflector_later
from lect.dialects.record import Record
from lect.dialects.requests import (
    Brackets,
    BulkRequest,
    CancelRequest,
    ConnectArguments,
    ConnectRequest,
    Conversion,
    ConversionRequest,
    CursorRequest,
    Failure,
    FailureKind,
    InputSizesRequest,
    LockWaitRequest,
    PoolChoice,
    SessionRequest,
    SettingRequest,
    SettleRequest,
)
from lect.dialects.switches import Switches
from lect.exc import NoDBAPILoaded

if TYPE_CHECKING:
    from lect.dialects.reflection import Reflector

__all__ = [
    "SPI_VERSION",
    "Abilities",
    "BeginsTransactions",
    "Brackets",
    "BulkRequest",
    "CancelRequest",
    "Cancels",
    "CancelsStatements",
    "ConnectArguments",
    "ConnectRequest",
    "Connector",
    "Conversion",
    "ConversionRequest",
    "CursorRequest",
    "Dialect",
    "ExecutesInBulk",
    "Failure",
    "FailureKind",
    "InputSizesRequest",
    "KnowsFailedTransactions",
    "KnowsServer",
    "LimitsLockWaits",
    "LockWaitRequest",
    "Pairing",
    "Pings",
    "PoolChoice",
    "PreparesConnections",
    "ResetsSessions",
    "SessionRequest",
    "SetsAutocommit",
    "SetsInputSizes",
    "SetsIsolation",
    "SettingRequest",
    "SettleRequest",
    "StreamsRows",
    "SupportsSavepoints",
    "SupportsTwoPhase",
]

#: Version of this contract. Core loads plugins written for this version and the one before.
SPI_VERSION: Final = 1

_D = TypeVar("_D", bound="Dialect")


class Dialect(DriverCalls, Switches):
    """The language of one database: rules, names, literals, types, facts. Does no I/O and imports no driver.

    A plugin's entry point in group ``lect.dialects`` names a subclass. ``create_engine`` calls it with the keyword
    arguments it was given whose names are in `options`; without arguments it must work too, so that statements can be
    compiled without a server (``str(statement.compile(dialect=MyDialect()))``).
    """

    #: Name in URLs and in ``@compiles``, for instance ``"mydb"``. Required.
    name: ClassVar[str]
    #: Names of other dialects whose options (``<name>_<option>=``), variants of types, hints, conditions of DDL and
    #: ``@compiles`` rules hold for this one too, unless something is given for its own name; the nearest first.
    fallback_names: ClassVar[tuple[str, ...]] = ()
    #: SPI version the class was written for: the literal number, not ``SPI_VERSION``. Required.
    spi_version: ClassVar[int]
    #: Rules that write SQL: ``RuleTable(name, parent=ANSI)``. Required.
    rules: ClassVar[RuleTable] = ANSI
    #: Connector used when the URL names none. Required for a dialect that can be connected to.
    default_connector: ClassVar[str] = ""
    #: Names to write in URLs for asyncio, best first; for messages.
    async_connectors: ClassVar[tuple[str, ...]] = ()
    #: What ``execution_options`` of an engine or connection can change in a session beside the isolation level and the
    #: switches, of ``"schema_path"`` and ``"role"``; the pool puts it back.
    session_settings: ClassVar[frozenset[str]] = frozenset()
    #: Keyword arguments of ``create_engine`` that the class takes besides those every dialect takes.
    options: ClassVar[frozenset[str]] = frozenset()
    #: Generic type class -> this dialect's class for it; looked up along the type's MRO.
    type_adaptations: ClassVar[Mapping[type, type]] = {}
    #: Keyword arguments ``<name>_<argument>`` that schema constructs take for this dialect, with their defaults:
    #: ``((Table, {"engine": None}), (Index, {"where": None}))``. None: any is taken, none is checked.
    construct_arguments: ClassVar[tuple[tuple[type, Mapping[str, Any]], ...] | None] = None
    #: Paramstyle of statements compiled without a connector.
    default_paramstyle: ClassVar[str] = "named"
    #: The rows of ``(a, b) IN (...)`` are written behind the word VALUES.
    tuple_in_values: ClassVar[bool] = False
    #: Reads the catalogue (:mod:`lect.dialects.reflection`); the default one can return no fact.
    reflector: ClassVar[Reflector] = reflector_later("lect.dialects.reflection:Reflector")
    #: Facts that hold while no server was asked.
    default_capabilities: ClassVar[Capabilities] = Capabilities()

    #: Execution options that are switches of the session -> the statement that turns one on, and the one that turns it
    #: off; run outside of a transaction, and turned back when the connection is returned. ``"read_only"`` is the
    #: portable one: no transaction of the session may write.
    session_switches: ClassVar[Mapping[str, tuple[str, str]]] = {}

    #: The row count of an UPDATE or DELETE with one parameter set can be relied on: it tells stale objects.
    supports_sane_rowcount: bool = True
    #: The same for many parameter sets at once.
    supports_sane_multi_rowcount: bool = True

    #: Keyword arguments every dialect takes.
    common_options: ClassVar[frozenset[str]] = frozenset(
        {
            "implicit_returning",
            "json_deserializer",
            "json_serializer",
            "label_length",
            "max_identifier_length",
            "paramstyle",
        }
    )

    def __init__(
        self,
        *,
        paramstyle: str | None = None,
        label_length: int | None = None,
        max_identifier_length: int | None = None,
        json_serializer: Any = None,
        json_deserializer: Any = None,
        implicit_returning: bool = True,
    ) -> None:
        self.capabilities = self.default_capabilities
        self.connector: Connector | None = None
        self.paramstyle = paramstyle or self.default_paramstyle
        self._paramstyle_given = paramstyle is not None
        self.label_length = label_length
        self.json_serializer = json_serializer
        self.json_deserializer = json_deserializer
        #: Values the server generates are fetched by RETURNING where it is there, without being asked for.
        self.implicit_returning = implicit_returning
        self.server_version_info: tuple[int, ...] | None = None
        self.default_schema_name: str | None = None
        #: Writes names: quote characters, reserved words, longest name.
        self.identifiers = self.make_identifiers()
        if max_identifier_length is not None:
            self.identifiers.max_identifier_length = max_identifier_length
        #: Writes values as SQL text: quotes, escapes, refusals.
        self.literals = self.make_literals()

    # -- composition --------------------------------------------------------------------------------------------------

    def copy(self: _D, **changes: Any) -> _D:
        """Return a shallow copy with attributes changed. What types memoize for a dialect is not carried over."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.__dict__.update(changes)
        return new

    def compose(self: _D, connector: Connector) -> _D:
        """Return this dialect for use over `connector`. Called once per engine, before the first connect."""
        style = self.paramstyle if self._paramstyle_given else connector.paramstyle
        return self.copy(
            connector=connector,
            abilities=Abilities(connector),
            paramstyle=style,
            capabilities=connector.restrict(self.capabilities),
        )

    def settled(self: _D, request: SettleRequest) -> _D:
        """Return this dialect settled, without what the connector cannot pass on; what the engine calls.

        Not meant to be overridden: :meth:`settle` is.
        """
        new = self.settle(request)
        if self.connector is None:
            return new
        return new.copy(capabilities=self.connector.restrict(new.capabilities))

    def settle(self: _D, request: SettleRequest) -> _D:
        """Return this dialect with the capabilities of the server at hand.

        Called once per engine, on its first connection, before the application can use it; a transaction is rolled back
        after it. Ask as few questions as possible: each is a round trip of every program's start. Set `capabilities`,
        `server_version_info` and `default_schema_name` on a copy. Raise `exc.InvalidRequestError` for a server that is
        too old, with the version found and the version needed.
        """
        return self

    def make_identifiers(self) -> IdentifierPreparer:
        """Return the writer of names. Called when the dialect is made; `settle` may make another for a server version
        with other reserved words."""
        return IdentifierPreparer()

    def make_literals(self) -> Literals:
        """Return the renderer of literals. Called when the dialect is made; `settle` makes another where the server's
        settings say so (whether a backslash escapes)."""
        return Literals()

    # -- transactions -------------------------------------------------------------------------------------------------

    def isolation_sql(self, level: str) -> tuple[str, ...]:
        """Return the statements that put a session at isolation `level` (one of ``capabilities.isolation_levels``).

        Called when the application asks for a level and the connector has no ability :class:`SetsIsolation`; outside a
        transaction. The result must not depend on the session's present level.
        """
        return (f"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}",)

    def isolation_query(self) -> str | None:
        """Return the query whose only value tells the session's isolation level; None: the level cannot be read."""
        return None

    def read_isolation(self, value: Any) -> str:
        """Turn the value of :meth:`isolation_query` into a level: upper case, spaces between words."""
        return str(value).upper().replace("-", " ").replace("_", " ")

    def setting_query(self, name: str) -> str:
        """Return the query whose only value is the session's present setting `name`, one of :attr:`session_settings`.

        Called before the setting is changed for the first time in a loan of the pool, so that it can be put back.
        """
        raise NotImplementedError(name)

    def setting_sql(self, request: SettingRequest) -> tuple[str, ...]:
        """Return the statements that change a setting of the session; run outside of a transaction, then committed."""
        raise NotImplementedError(request.name)

    def session_sql(self) -> tuple[str, ...]:
        """Return statements to run on every new connection, before the application gets it. Default: none."""
        return ()

    def savepoint_sql(self, name: str) -> str:
        """Return the statement that sets savepoint `name` (an identifier made by the engine, safe without quotes)."""
        return f"SAVEPOINT {name}"

    def rollback_to_savepoint_sql(self, name: str) -> str:
        """Return the statement that undoes everything since savepoint `name` and keeps it."""
        return f"ROLLBACK TO SAVEPOINT {name}"

    def release_savepoint_sql(self, name: str) -> str:
        """Return the statement that gives up savepoint `name`; not called without ``release_savepoint``."""
        return f"RELEASE SAVEPOINT {name}"

    # -- execution ----------------------------------------------------------------------------------------------------

    def brackets(self, compiled: Any) -> Brackets | None:
        """Return SQL to run around a data-changing statement; None for nearly all.

        Called once per compiled form, never per execution.
        """
        return None

    def generated_key_sql(self, compiled: Any) -> str | None:
        """Return the query that tells the key generated by the INSERT before it.

        Called once per compiled INSERT when ``capabilities.generated_key`` is APPENDED_QUERY (the text is appended
        after a semicolon and a space) or QUERY. The query gives one row of one column.
        """
        return None

    def classify(self, failure: Failure) -> Failure:
        """Complete `failure` by what this server's codes mean: kind, names of constraint, table and columns.

        Called for every driver error, with what the connector found out. Go by `native_code` and `sqlstate`; read a
        name from the message only where the server puts it nowhere else, and leave it out when in doubt. Must not
        raise.
        """
        return failure

    # -- values -----------------------------------------------------------------------------------------------------

    def conversion(self, type_: Any, native_code: Any = None) -> Conversion | None:
        """Return what the connector says about a type that was adapted to this dialect, None without a connector.

        Asked by the type itself, once per type and dialect, for results once per type code of the driver; not meant to
        be overridden.
        """
        if self.connector is None:
            return None
        return self.connector.conversion(ConversionRequest(type_=type_, dialect=self, native_code=native_code))

    # -- what readers ask ---------------------------------------------------------------------------------------------

    @property
    def driver(self) -> str:
        """Name of the connector; the default connector's name before composition."""
        return self.connector.name if self.connector is not None else self.default_connector

    @property
    def dbapi(self) -> Any:
        """The driver's PEP 249 module; None without a connector."""
        return self.connector.driver if self.connector is not None else None

    @property
    def loaded_dbapi(self) -> Any:
        """The driver's PEP 249 module; raises NoDBAPILoaded without a connector."""
        if self.connector is None:
            raise NoDBAPILoaded(f"dialect {self.name!r} was made without a connector, so there is no driver's module")
        return self.connector.driver

    @property
    def identifier_preparer(self) -> IdentifierPreparer:
        """The same as `identifiers`."""
        return self.identifiers

    def __repr__(self) -> str:
        version = ".".join(map(str, self.server_version_info or ())) or "not connected"
        return f"<{type(self).__name__} {self.name}+{self.driver or '(no connector)'}, {version}>"


class Connector:
    """The manners of one driver: open, fail, convert. Knows no dialect by name and writes no SQL.

    A plugin's entry point in group ``lect.connectors`` names a subclass, under the driver's name. ``create_engine``
    makes one object per engine: ``cls(profile=..., **options)``. What else a driver can do is said by implementing the
    ability protocols below; core asks once per engine with ``isinstance``.
    """

    #: Name in URLs, for instance ``"mydriver"``. Required.
    name: ClassVar[str]
    #: SPI version the class was written for: the literal number. Required.
    spi_version: ClassVar[int]
    #: PEP 249 paramstyle of the statements it takes, or ``"numeric_dollar"``. Required.
    paramstyle: ClassVar[str]
    #: True when `connect` must be called inside a greenlet of ``lect.bridge`` and the driver is asynchronous below.
    is_async: ClassVar[bool] = False
    #: Name of the connector for the asyncio side of the same driver: ``create_async_engine`` takes that one when a URL
    #: names this one. Empty: there is none.
    asynchronous: ClassVar[str] = ""
    #: Keyword arguments of ``create_engine`` that the class takes.
    options: ClassVar[frozenset[str]] = frozenset()
    #: What to install when the driver's module cannot be imported, for messages: a distribution, or an extra of one.
    driver_distribution: ClassVar[str] = ""

    def __init__(self, *, profile: Any = None, module: Any = None) -> None:
        self.profile = profile
        self._module = module

    @property
    def driver(self) -> Any:
        """The driver's PEP 249 module, imported at first use and kept.

        ``create_engine`` asks for it once, so that a missing driver is reported there; ``create_engine(module=...)``
        replaces it. Lets the driver's ImportError out.
        """
        if self._module is None:
            self._module = self.import_driver()
        return self._module

    def import_driver(self) -> Any:
        """Import and return the driver's PEP 249 module. Required."""
        raise TypeError(f"connector {type(self).__name__} does not say which driver it imports")

    @property
    def errors(self) -> tuple[type[BaseException], ...]:
        """Exception classes of the driver that :meth:`failure` understands; all others pass through core untouched."""
        error: type[BaseException] = self.driver.Error
        return (error,)

    def arguments(self, request: ConnectRequest) -> ConnectArguments:
        """Turn an address into the arguments of the driver's ``connect()``. Does no I/O.

        Called once per engine, and for each connection whose password comes from a function. Refuse what
        cannot be expressed with `exc.ArgumentError`, naming the URL's part; never repeat a password.
        """
        kwargs: dict[str, Any] = {}
        for key, value in (
            ("host", request.host),
            ("port", request.port),
            ("user", request.username),
            ("password", request.password),
            ("database", request.database),
        ):
            if value is not None:
                kwargs[key] = value
        kwargs.update(request.query)
        kwargs.update(request.connect_args)
        return ConnectArguments(kwargs=kwargs)

    def connect(self, arguments: ConnectArguments) -> Any:
        """Open and return a PEP 249 connection, out of any transaction and with autocommit off.

        Called by the pool, from any thread, once per connection needed. Raise what the driver raises.
        """
        return self.driver.connect(*arguments.args, **arguments.kwargs)

    def pool_choice(self, request: ConnectRequest) -> PoolChoice:
        """Return which pool suits this address. Called once per engine that was not given a pool class."""
        return PoolChoice.QUEUE

    def failure(self, exception: BaseException) -> Failure:
        """Read an exception of `errors`: PEP 249 class, codes, message, whether the connection is lost.

        Called for every driver error, possibly after the connection is gone: do no I/O. Must not raise.
        """
        pep249 = "DatabaseError"
        for name in (
            "IntegrityError",
            "DataError",
            "OperationalError",
            "ProgrammingError",
            "InternalError",
            "NotSupportedError",
            "InterfaceError",
        ):
            cls = getattr(self.driver, name, None)
            if isinstance(cls, type) and isinstance(exception, cls):
                pep249 = name
                break
        return Failure(pep249=pep249, message=str(exception))

    def restrict(self, capabilities: Capabilities) -> Capabilities:
        """Return the facts that remain true over this driver (a driver may be unable to pass on rows of RETURNING).

        Called when dialect and connector are composed, and again after the dialect was settled.
        """
        return capabilities

    def conversion(self, request: ConversionRequest) -> Conversion | None:
        """Return how values of a type pass through this driver, where that differs from the type's own processors.

        Called once per type and engine, and once more for each type code under which the driver returns columns of the
        type; the answers are kept. None: no opinion. ``Conversion()``: the driver takes and gives the Python value as
        it is.
        """
        return None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class Pairing(Record):
    """What a dialect's package tells a shared connector: an entry ``"dialect.connector"`` in ``lect.connectors``.

    How a pairing is written: a module of the dialect's package named after the driver makes the connector's own frozen
    profile and wraps it. Nothing is inherited from the connector::

        # lect_mydb/pyodbc.py
        from lect.dialects.contract import Pairing
        from lect_pyodbc import Profile

        pairing = Pairing(
            connector="pyodbc",
            spi_version=1,
            profile=Profile(odbc_drivers=("MyDB ODBC Driver",), database_keyword="Database"),
        )

    and ``pyproject.toml`` says so::

        [project.entry-points."lect.connectors"]
        "mydb.pyodbc" = "lect_mydb.pyodbc:pairing"

    A dialect without such an entry can still be used over the connector, which then knows only what every ODBC data
    source has in common.
    """

    connector: str
    """Name of the connector to load from group ``lect.connectors``."""

    spi_version: int
    """SPI version the pairing was written for."""

    profile: Any = None
    """The connector's profile object, handed to the connector when it is made."""
