"""The SQLite dialect: its parts put together."""

from __future__ import annotations

from typing import Any

from lect import exc
from lect.compile.identifiers import IdentifierPreparer
from lect.dialects.contract import Dialect, Failure, SettleRequest
from lect_sqlite import errors
from lect_sqlite.capabilities import LATEST, OLDEST, capabilities
from lect_sqlite.compile import RULES
from lect_sqlite.identifiers import make_identifiers

__all__ = ["SQLiteDialect"]


class SQLiteDialect(Dialect):
    """The language of SQLite 3.31 and newer."""

    name = "sqlite"
    spi_version = 1
    rules = RULES
    default_connector = "sqlite3"
    default_capabilities = capabilities(LATEST)

    def make_identifiers(self) -> IdentifierPreparer:
        """Names are quoted as the SQL standard does."""
        return make_identifiers()

    def settle(self, request: SettleRequest) -> SQLiteDialect:
        """Ask the library for its version: one query, no I/O below it."""
        text = request.query("SELECT sqlite_version()")[0][0]
        version = tuple(int(part) for part in text.split("."))
        if version < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            raise exc.InvalidRequestError(f"SQLite {text} is too old: the dialect needs {oldest} or newer")
        return self.copy(capabilities=capabilities(version), server_version_info=version, default_schema_name="main")

    def isolation_sql(self, level: str) -> tuple[str, ...]:
        """READ UNCOMMITTED is an effect of a cache shared between connections, and off by default."""
        return (f"PRAGMA read_uncommitted = {int(level == 'READ UNCOMMITTED')}",)

    def isolation_query(self) -> str:
        """The pragma answers 0 or 1."""
        return "PRAGMA read_uncommitted"

    def read_isolation(self, value: Any) -> str:
        """1 is READ UNCOMMITTED."""
        return "READ UNCOMMITTED" if value else "SERIALIZABLE"

    def classify(self, failure: Failure) -> Failure:
        """Read the extended result code."""
        return errors.classify(failure)
