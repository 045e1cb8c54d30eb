"""The SQLite dialect: its parts put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lect import exc
from lect.compile.identifiers import IdentifierPreparer
from lect.dialects.contract import Dialect, Failure, SettleRequest
from lect.dialects.later import reflector_later
from lect.schema.column import Column
from lect.schema.constraints import Constraint
from lect.schema.index import Index
from lect.schema.table import Table
from lect_sqlite import errors
from lect_sqlite.capabilities import LATEST, OLDEST, capabilities
from lect_sqlite.compile import RULES
from lect_sqlite.identifiers import make_identifiers
from lect_sqlite.types import TYPE_ADAPTATIONS

__all__ = ["SQLiteDialect"]


class SQLiteDialect(Dialect):
    """The language of SQLite 3.31 and newer."""

    name = "sqlite"
    session_switches: ClassVar[Mapping[str, tuple[str, str]]] = {
        "read_only": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF")
    }
    spi_version = 1
    rules = RULES
    default_connector = "sqlite3"
    async_connectors = ("aiosqlite",)
    default_capabilities = capabilities(LATEST)
    type_adaptations = TYPE_ADAPTATIONS
    default_paramstyle = "qmark"
    tuple_in_values = True
    options = frozenset({"native_datetime"})
    construct_arguments = (
        (Table, {"autoincrement": False, "with_rowid": True, "strict": False}),
        (Index, {"where": None}),
        (
            Column,
            {"on_conflict_primary_key": None, "on_conflict_not_null": None, "on_conflict_unique": None},
        ),
        (Constraint, {"on_conflict": None}),
    )
    reflector = reflector_later("lect_sqlite.reflection:SQLiteReflector")

    def __init__(self, *, native_datetime: bool = False, **common: Any) -> None:
        super().__init__(**common)
        #: The driver takes and gives date and datetime objects itself (``detect_types`` of ``sqlite3``).
        self.native_datetime = native_datetime

    def make_identifiers(self) -> IdentifierPreparer:
        """Names are quoted as the SQL standard does."""
        return make_identifiers()

    def settle(self, request: SettleRequest) -> SQLiteDialect:
        """Ask the library for its version, and whether the database is a file: one query, no I/O below it."""
        text, file = request.query(
            "SELECT sqlite_version(), (SELECT file FROM pragma_database_list WHERE name = 'main')"
        )[0]
        version = tuple(int(part) for part in text.split("."))
        if version < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            raise exc.InvalidRequestError(f"SQLite {text} is too old: the dialect needs {oldest} or newer")
        # A database without a file belongs to its connection: another connection has another one, or the same is lent
        # twice. sqlite.org/inmemorydb.html
        facts = capabilities(version).replace(concurrent_connections=bool(file))
        return self.copy(capabilities=facts, server_version_info=version, default_schema_name="main")

    def isolation_sql(self, level: str) -> tuple[str, ...]:
        """READ UNCOMMITTED is an effect of a cache shared between connections, and off by default."""
        return (f"PRAGMA read_uncommitted = {int(level == 'READ UNCOMMITTED')}",)

    def isolation_query(self) -> str:
        """The pragma answers 0 or 1."""
        return "PRAGMA read_uncommitted"

    def read_isolation(self, value: Any) -> str:
        """1 is READ UNCOMMITTED."""
        return "READ UNCOMMITTED" if value else "SERIALIZABLE"

    def generated_key_sql(self, compiled: Any) -> str:
        """For connectors without ``cursor.lastrowid``."""
        return "SELECT last_insert_rowid()"

    def classify(self, failure: Failure) -> Failure:
        """Read the extended result code."""
        return errors.classify(failure)
