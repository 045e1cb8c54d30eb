"""The SQL Server dialect: its parts put together."""

from __future__ import annotations

from typing import Any

from lect import exc
from lect.compile.literals import Literals
from lect.dialects.contract import Brackets, Dialect, Failure, SettleRequest
from lect.dialects.later import reflector_later
from lect.schema.constraints import PrimaryKeyConstraint, UniqueConstraint
from lect.schema.index import Index
from lect_mssql import errors
from lect_mssql.capabilities import AZURE_EDITIONS, LATEST, OLDEST, capabilities
from lect_mssql.compile import RULES
from lect_mssql.identifiers import MSIdentifiers
from lect_mssql.literals import MSLiterals
from lect_mssql.types import TYPE_ADAPTATIONS

__all__ = ["MSDialect"]

#: sys.databases.snapshot_isolation_state: 0 is off, 2 and 3 are on the way.
_SNAPSHOT_ON = 1

_LEVELS = {1: "READ UNCOMMITTED", 2: "READ COMMITTED", 3: "REPEATABLE READ", 4: "SERIALIZABLE", 5: "SNAPSHOT"}


class MSDialect(Dialect):
    """The language of SQL Server 2012 and newer, and of Azure SQL."""

    name = "mssql"
    spi_version = 1
    rules = RULES
    default_connector = "pyodbc"
    default_capabilities = capabilities(LATEST).replace(version=())
    type_adaptations = TYPE_ADAPTATIONS
    construct_arguments = (
        (PrimaryKeyConstraint, {"clustered": None}),
        (UniqueConstraint, {"clustered": None}),
        (Index, {"clustered": None, "include": None, "where": None, "columnstore": None}),
    )
    reflector = reflector_later("lect_mssql.reflection:MSReflector")

    def make_identifiers(self) -> MSIdentifiers:
        """Names are quoted with brackets."""
        return MSIdentifiers()

    def make_literals(self) -> Literals:
        """Text outside of ASCII has the prefix N, bytes are ``0x...``."""
        return MSLiterals()

    def settle(self, request: SettleRequest) -> MSDialect:
        """Ask for version, edition, default schema, and what the database keeps versions of rows for, in one query."""
        text, edition, schema, snapshot, versions = request.query(
            "SELECT CAST(SERVERPROPERTY('ProductVersion') AS VARCHAR(40)), "
            "CAST(SERVERPROPERTY('EngineEdition') AS INT), SCHEMA_NAME(), "
            "(SELECT d.snapshot_isolation_state FROM sys.databases AS d WHERE d.database_id = DB_ID()), "
            "(SELECT d.is_read_committed_snapshot_on FROM sys.databases AS d WHERE d.database_id = DB_ID())"
        )[0]
        version = tuple(int(part) for part in str(text).split("."))
        azure = edition in AZURE_EDITIONS
        if version < OLDEST and not azure:
            raise exc.InvalidRequestError(f"SQL Server {text} is too old: the dialect needs 11 (2012) or newer")
        facts = capabilities(version, azure, snapshot=snapshot == _SNAPSHOT_ON, versions=bool(versions))
        return self.copy(capabilities=facts, server_version_info=version, default_schema_name=schema or "dbo")

    # -- transactions -------------------------------------------------------------------------------------------------

    def isolation_sql(self, level: str) -> tuple[str, ...]:
        """SNAPSHOT must have been allowed for the database (``ALLOW_SNAPSHOT_ISOLATION``)."""
        return (f"SET TRANSACTION ISOLATION LEVEL {level}",)

    def isolation_query(self) -> str:
        """https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-sessions."""
        return "SELECT transaction_isolation_level FROM sys.dm_exec_sessions WHERE session_id = @@SPID"

    def read_isolation(self, value: Any) -> str:
        """The view has numbers."""
        return _LEVELS.get(value, "READ COMMITTED")

    def savepoint_sql(self, name: str) -> str:
        """A name of at most 32 characters; the engine's are shorter.

        SAVE is an error (628) while no transaction has begun, and with implicit transactions the first statement that
        reads a table begins it. BEGIN would then open two at once, so that a table is read first; BEGIN is for
        drivers that work otherwise.
        """
        return (
            "DECLARE @lect INT; IF @@TRANCOUNT = 0 SELECT @lect = s.schema_id FROM sys.schemas AS s "
            f"WHERE s.schema_id = 1; IF @@TRANCOUNT = 0 BEGIN TRANSACTION; SAVE TRANSACTION {name}"
        )

    def rollback_to_savepoint_sql(self, name: str) -> str:
        """The savepoint remains."""
        return f"ROLLBACK TRANSACTION {name}"

    # -- execution ----------------------------------------------------------------------------------------------------

    def brackets(self, compiled: Any) -> Brackets | None:
        """An INSERT that gives a value for an identity column needs leave for it."""
        dml = compiled.dml
        if dml is None or dml.kind != "insert":
            return None
        numbered = getattr(dml.table, "autoincrement_column", None)
        for column in dml.written:
            if column.identity is not None or (numbered is not None and column is numbered and not column.default):
                name = self.identifiers.format_table(dml.table, translate=compiled.options.schema_translate_map)
                return Brackets(before=(f"SET IDENTITY_INSERT {name} ON",), after=(f"SET IDENTITY_INSERT {name} OFF",))
        return None

    def generated_key_sql(self, compiled: Any) -> str:
        """The last identity of this scope, whatever triggers have inserted elsewhere."""
        return "SELECT CAST(scope_identity() AS BIGINT) AS lastrowid"

    def classify(self, failure: Failure) -> Failure:
        """Read the server's error number."""
        return errors.classify(failure)
