"""The PostgreSQL dialect: its parts put together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from lect import exc
from lect.compile.identifiers import IdentifierPreparer
from lect.compile.literals import Literals
from lect.dialects.contract import Connector, Dialect, Failure, SettingRequest, SettleRequest
from lect.dialects.later import reflector_later
from lect.schema.constraints import CheckConstraint, PrimaryKeyConstraint, UniqueConstraint
from lect.schema.foreign_key import ForeignKeyConstraint
from lect.schema.index import Index
from lect.schema.table import Table
from lect.schema.view import CreateTableAs, CreateView
from lect_postgresql import errors
from lect_postgresql.capabilities import LATEST, OLDEST, capabilities
from lect_postgresql.casts import Casts
from lect_postgresql.compile import RULES
from lect_postgresql.identifiers import make_identifiers
from lect_postgresql.literals import PGLiterals
from lect_postgresql.types import TYPE_ADAPTATIONS

__all__ = ["PostgreSQLDialect"]

#: Setting of a session -> the server's parameter for it.
_PARAMETERS: Final = {"schema_path": "search_path", "role": "role"}
_VERSION: Final = re.compile(r"(\d+)(?:\.(\d+))?")


def _transactions(on: str, off: str) -> tuple[str, str]:
    words = "SET SESSION CHARACTERISTICS AS TRANSACTION"
    return f"{words} {on}", f"{words} {off}"


class PostgreSQLDialect(Dialect):
    """The language of PostgreSQL 10 and newer."""

    name = "postgresql"
    session_switches: ClassVar[Mapping[str, tuple[str, str]]] = {
        "read_only": _transactions("READ ONLY", "READ WRITE"),
        "postgresql_readonly": _transactions("READ ONLY", "READ WRITE"),
        "postgresql_deferrable": _transactions("DEFERRABLE", "NOT DEFERRABLE"),
    }
    spi_version = 1
    rules = RULES
    default_connector = "psycopg2"
    async_connectors = ("asyncpg", "psycopg")
    default_capabilities = capabilities(LATEST)
    default_paramstyle = "pyformat"
    type_adaptations = TYPE_ADAPTATIONS
    reflector = reflector_later("lect_postgresql.reflection:PostgreSQLReflector")
    construct_arguments = (
        (
            Index,
            {
                "using": None,
                "include": None,
                "where": None,
                "ops": {},
                "concurrently": False,
                "with": {},
                "tablespace": None,
                "nulls_not_distinct": None,
            },
        ),
        (
            Table,
            {
                "ignore_search_path": False,
                "tablespace": None,
                "partition_by": None,
                "with": None,
                "with_oids": None,
                "on_commit": None,
                "inherits": None,
                "using": None,
            },
        ),
        (CreateView, {"with": None}),
        (CreateTableAs, {"with": None}),
        (PrimaryKeyConstraint, {"include": None}),
        (UniqueConstraint, {"include": None, "nulls_not_distinct": None}),
        (ForeignKeyConstraint, {"not_valid": False}),
        (CheckConstraint, {"not_valid": False}),
    )

    #: Which parameters get a cast; the connector decides.
    casts: Casts = Casts.GUESSED
    #: The driver takes a list for an array; the others are given an array's text.
    sends_lists: bool = False
    #: A backslash in a literal escapes what follows it: the server's ``standard_conforming_strings`` is off.
    backslash_escapes: bool = False

    def compose(self, connector: Connector) -> PostgreSQLDialect:
        """Casts as the connector says; all of them for one that was not made for this dialect."""
        return (
            super()
            .compose(connector)
            .copy(casts=getattr(connector, "casts", Casts.ALL), sends_lists=getattr(connector, "sends_lists", False))
        )

    def make_identifiers(self) -> IdentifierPreparer:
        """Names are quoted as the SQL standard does, and at most 63 bytes long."""
        return make_identifiers()

    def make_literals(self) -> Literals:
        """A backslash is a character like others, unless the server's settings say otherwise."""
        return PGLiterals(backslash_escapes=self.backslash_escapes)

    def settle(self, request: SettleRequest) -> PostgreSQLDialect:
        """Ask for the version, the schema that unqualified names mean, how backslashes are read, and whether
        transactions can be prepared: one query."""
        text, schema, conforming, prepared = request.query(
            "SELECT current_setting('server_version'), current_schema(), "
            "current_setting('standard_conforming_strings'), current_setting('max_prepared_transactions', true)"
        )[0]
        match = _VERSION.match(str(text))
        version = tuple(int(part) for part in match.groups() if part) if match else ()
        if version < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            raise exc.InvalidRequestError(f"PostgreSQL {text} is too old: the dialect needs {oldest} or newer")
        settled = self.copy(
            capabilities=capabilities(version).replace(two_phase=str(prepared or "0") != "0"),
            server_version_info=version,
            default_schema_name=schema,
            backslash_escapes=conforming == "off",
        )
        settled.literals = settled.make_literals()
        return settled

    def isolation_sql(self, level: str) -> tuple[str, ...]:
        """A session's level holds for the transactions to come."""
        return (f"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}",)

    def isolation_query(self) -> str:
        """The level of the present transaction."""
        return "SHOW transaction_isolation"

    session_settings = frozenset({"schema_path", "role"})

    def setting_query(self, name: str) -> str:
        """Each is a parameter of the server: postgresql.org/docs/current/runtime-config-client.html."""
        return f"SELECT current_setting('{_PARAMETERS[name]}')"

    def setting_sql(self, request: SettingRequest) -> tuple[str, ...]:
        """``set_config`` takes the value as a string, as ``current_setting`` gives it."""
        value = request.value
        if request.name == "schema_path" and not request.as_read:
            value = ", ".join(self.identifiers.quote_identifier(name) for name in value)
        return (f"SELECT set_config('{_PARAMETERS[request.name]}', {self.literals.string(value)}, false)",)

    def generated_key_sql(self, compiled: Any) -> str | None:
        """The key that the column's own sequence gave this session, for a table with ``implicit_returning=False``.

        postgresql.org/docs/current/functions-info.html: pg_get_serial_sequence is NULL for a column without a sequence.
        """
        dml = compiled.dml
        column = getattr(dml.table, "autoincrement_column", None)
        if column is None or dml.inline or ("lastrowid", None) not in dml.primary_key:
            return None
        table = self.identifiers.format_table(dml.table, translate=compiled.options.schema_translate_map)
        names = f"{self.literals.string(table)}, {self.literals.string(column.name)}"
        return f"SELECT currval(pg_get_serial_sequence({names}))"

    def classify(self, failure: Failure) -> Failure:
        """Read the SQLSTATE."""
        return errors.classify(failure)
