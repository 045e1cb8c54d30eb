"""The MySQL dialect and the MariaDB dialect: their parts put together.

Both names lead to either server: on the first connection the dialect becomes the one of the server that answers, with
the rules, names and facts of that flavour in everything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from lect import exc
from lect.compile.identifiers import IdentifierPreparer
from lect.compile.literals import Literals
from lect.dialects.capabilities import Capabilities
from lect.dialects.contract import Dialect, Failure, SettingRequest, SettleRequest
from lect.dialects.later import reflector_later
from lect.schema.constraints import PrimaryKeyConstraint, UniqueConstraint
from lect.schema.index import Index
from lect.schema.table import Table
from lect.sql._update import Delete, Update
from lect_mysql import errors
from lect_mysql.capabilities import LATEST_MARIADB, LATEST_MYSQL, OLDEST_MARIADB, OLDEST_MYSQL, mariadb, mysql
from lect_mysql.compile import MARIADB_RULES, RULES
from lect_mysql.identifiers import make_identifiers
from lect_mysql.literals import MySQLLiterals
from lect_mysql.types import TYPE_ADAPTATIONS

__all__ = ["MariaDBDialect", "MySQLDialect"]

#: MariaDB says ``5.5.5-10.11.6-MariaDB`` to clients that would take its version for MySQL's.
_VERSION: Final = re.compile(r"(?:5\.5\.5-)?(\d+)\.(\d+)(?:\.(\d+))?")

_SETTINGS: Final = "SELECT version(), @@sql_mode, database(), @@lower_case_table_names"


class MySQLDialect(Dialect):
    """The language of MySQL 5.7 and newer."""

    name = "mysql"
    session_switches: ClassVar[Mapping[str, tuple[str, str]]] = {
        "read_only": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION TRANSACTION READ WRITE")
    }
    spi_version = 1
    rules = RULES
    default_connector = "pymysql"
    async_connectors = ("asyncmy",)
    default_capabilities = mysql(LATEST_MYSQL)
    default_paramstyle = "format"
    type_adaptations = TYPE_ADAPTATIONS
    reflector = reflector_later("lect_mysql.reflection:MySQLReflector")
    construct_arguments = (
        (Table, {"*": None}),
        (Update, {"limit": None}),
        (Delete, {"limit": None}),
        (PrimaryKeyConstraint, {"using": None}),
        (UniqueConstraint, {"using": None}),
        (Index, {"using": None, "length": None, "prefix": None, "with_parser": None}),
    )

    #: True once settled on a MariaDB.
    is_mariadb: bool = False
    #: A backslash in a literal escapes what follows it, unless the server's sql_mode has NO_BACKSLASH_ESCAPES.
    backslash_escapes: bool = True
    ansi_quotes: bool = False
    #: How the server compares names of tables: 0 as they are; 1, 2 without regard to case.
    lower_case_table_names: int = 0

    def make_identifiers(self) -> IdentifierPreparer:
        """Names are quoted with backticks, or as the SQL standard does where the server's sql_mode says so."""
        return make_identifiers(self.ansi_quotes)

    def make_literals(self) -> Literals:
        """A backslash escapes, unless the server's sql_mode says otherwise."""
        profile = getattr(self.connector, "profile", None)
        return MySQLLiterals(
            backslash_escapes=self.backslash_escapes, narrow=bool(getattr(profile, "narrow_statements", False))
        )

    def settle(self, request: SettleRequest) -> MySQLDialect:
        """Ask for version, flavour, sql_mode and the database that unqualified names mean: one query."""
        text, mode, schema, lower = request.query(_SETTINGS)[0]
        text = _decoded(text)
        match = _VERSION.match(text)
        version = tuple(int(part) for part in match.groups() if part is not None) if match else ()
        is_mariadb = "mariadb" in text.lower()
        oldest = OLDEST_MARIADB if is_mariadb else OLDEST_MYSQL
        if version < oldest:
            needed = ".".join(map(str, oldest))
            raise exc.InvalidRequestError(f"the server {text} is too old: the dialect needs {needed} or newer")
        modes = frozenset(_decoded(mode).upper().split(","))
        settled = self._as_flavour(
            is_mariadb,
            capabilities=self._capabilities(is_mariadb, version),
            server_version_info=version,
            default_schema_name=_decoded(schema) if schema is not None else None,
            backslash_escapes="NO_BACKSLASH_ESCAPES" not in modes,
            ansi_quotes="ANSI_QUOTES" in modes,
            lower_case_table_names=int(lower),
        )
        settled.identifiers = settled.make_identifiers()
        settled.identifiers.max_identifier_length = self.identifiers.max_identifier_length
        settled.literals = settled.make_literals()
        return settled

    @staticmethod
    def _capabilities(is_mariadb: bool, version: tuple[int, ...]) -> Capabilities:
        return mariadb(version) if is_mariadb else mysql(version)

    def _as_flavour(self, is_mariadb: bool, **changes: Any) -> MySQLDialect:
        cls = MariaDBDialect if is_mariadb else MySQLDialect
        new = object.__new__(cls)
        new.__dict__.update(self.copy(**changes).__dict__)
        return new

    def isolation_sql(self, level: str) -> tuple[str, ...]:
        """A session's level holds for the transactions to come."""
        return (f"SET SESSION TRANSACTION ISOLATION LEVEL {level}",)

    def isolation_query(self) -> str:
        """MySQL 8 took ``tx_isolation`` away; MariaDB has ``transaction_isolation`` since 11.1 only."""
        version = self.server_version_info or ()
        modern = version >= (11, 1) if self.is_mariadb else version >= (5, 7, 20)
        return "SELECT @@transaction_isolation" if modern else "SELECT @@tx_isolation"

    def read_isolation(self, value: Any) -> str:
        """``REPEATABLE-READ`` is REPEATABLE READ."""
        return _decoded(value).upper().replace("-", " ")

    session_settings = frozenset({"schema_path", "role"})

    def setting_query(self, name: str) -> str:
        """A schema is a database here."""
        return "SELECT DATABASE()" if name == "schema_path" else "SELECT CURRENT_ROLE()"

    def setting_sql(self, request: SettingRequest) -> tuple[str, ...]:
        """There is one database at a time."""
        value = request.value
        if request.as_read:
            value = None if value is None else _decoded(value)
        if request.name == "role":
            if value is None or (request.as_read and value == "NONE"):
                return ("SET ROLE NONE",)
            # MySQL answers `name`@`host`, quoted.
            return (f"SET ROLE {value if '`' in value else self.identifiers.quote_identifier(value)}",)
        if not request.as_read and len(value) != 1:
            raise exc.ArgumentError(f"schema_path has one name on {self.name}, not {len(value)}")
        if value is None:
            return ()  # there was no database before, and no way back to none
        return (f"USE {self.identifiers.quote_identifier(value if request.as_read else value[0])}",)

    def generated_key_sql(self, compiled: Any) -> str:
        """For connectors without ``cursor.lastrowid``."""
        return "SELECT LAST_INSERT_ID()"

    def classify(self, failure: Failure) -> Failure:
        """Read the server's error number."""
        return errors.classify(failure)


class MariaDBDialect(MySQLDialect):
    """The language of MariaDB 10.2 and newer."""

    name = "mariadb"
    spi_version = 1
    rules = MARIADB_RULES
    default_capabilities = mariadb(LATEST_MARIADB)
    #: Rules, options and variants given for MySQL hold for MariaDB, unless there is one for MariaDB itself.
    fallback_names = ("mysql",)
    is_mariadb = True


def _decoded(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
