"""From a URL to a composed engine, without a server: connection string, values, capabilities, reflection queries."""

from __future__ import annotations

import datetime as dt
import struct
from types import SimpleNamespace
from typing import Any

import pytest

import lect_mssql
from lect import LargeBinary, create_engine, exc
from lect.dialects.capabilities import BooleanConstants, LateralForm, RowLimit
from lect.dialects.contract import ConnectRequest, ConversionRequest, InputSizesRequest, SettleRequest
from lect.dialects.reflection import ReflectionRequest
from lect_mssql.pyodbc import pairing, read_datetimeoffset
from lect_mssql.reflection import MSReflector
from lect_pyodbc.connector import PyODBCConnector

MODULE = SimpleNamespace(Error=Exception, drivers=list, SQL_VARBINARY=-3)


def connector() -> PyODBCConnector:
    return PyODBCConnector(profile=pairing.profile, module=MODULE)


def string(**parts: Any) -> str:
    text: str = connector().arguments(ConnectRequest(**parts)).args[0]
    return text


def test_connection_string() -> None:
    assert string(username="sa", password="p;w}x", host="h", port=1433, database="db", query={"Encrypt": "no"}) == (
        "DRIVER={ODBC Driver 18 for SQL Server};Server=h,1433;Database=db;UID=sa;PWD={p;w}}x};Encrypt=no"
    )
    assert string(host="h\\inst", database="db") == (
        "DRIVER={ODBC Driver 18 for SQL Server};Server=h\\inst;Database=db;Trusted_Connection=Yes"
    )
    assert string(host="mydsn") == "DSN=mydsn;Trusted_Connection=Yes"
    assert "Trusted_Connection" not in string(host="h", database="d", query={"Authentication": "ActiveDirectoryMsi"})


def test_engine_composes_and_shows_no_password() -> None:
    engine = create_engine("mssql+pyodbc://sa:canary@h/db")
    assert engine.dialect.name == "mssql"
    assert engine.dialect.connector.profile is pairing.profile
    assert engine.dialect.paramstyle == "qmark"
    assert "canary" not in repr(engine) + repr(engine.url) + repr(engine.dialect)


def test_points_in_time_with_offset() -> None:
    raw = struct.pack("<6hI2h", 2021, 3, 15, 12, 5, 57, 105542300, 2, 30)
    moment = dt.datetime(2021, 3, 15, 12, 5, 57, 105542, dt.timezone(dt.timedelta(hours=2, minutes=30)))
    assert read_datetimeoffset(raw) == moment
    dialect = lect_mssql.dialect()
    conversion = connector().conversion(ConversionRequest(type_=lect_mssql.DATETIMEOFFSET(), dialect=dialect))
    assert conversion is not None and conversion.bind is not None
    assert conversion.bind(moment) == "2021-03-15 12:05:57.105542 +02:30"
    assert conversion.bind(dt.datetime(2021, 3, 15)) == "2021-03-15 00:00:00.000000 +00:00"
    assert conversion.bind(None) is None


def test_null_of_a_binary_column_is_sent_as_binary() -> None:
    told: list[Any] = []
    cursor = SimpleNamespace(setinputsizes=told.append)
    types = [("a", LargeBinary(), True), ("b", LargeBinary(), False)]
    connector().set_input_sizes(InputSizesRequest(cursor=cursor, statement="s", types=types))
    assert told == [[(-3, 0, 0), None]]


def settled(version: str, edition: int = 3, snapshot: int = 0, versions: bool = False) -> Any:
    answer = [(version, edition, "dbo", snapshot, versions)]
    return lect_mssql.dialect().settle(SettleRequest(query=lambda sql: answer))


def test_settling() -> None:
    dialect = settled("15.0.2000.5")
    assert dialect.server_version_info == (15, 0, 2000, 5)
    assert dialect.default_schema_name == "dbo"
    facts = dialect.capabilities
    assert (facts.product, facts.is_distinct_from) == ("SQL Server", False)
    assert facts.row_limit is RowLimit.TOP_OR_OFFSET_FETCH
    assert facts.lateral is LateralForm.APPLY
    assert facts.boolean_constants is BooleanConstants.COMPARISON
    assert settled("12.0.2000.8", 5).capabilities.is_distinct_from
    assert settled("16.0.1000.6").capabilities.is_distinct_from
    with pytest.raises(exc.InvalidRequestError, match=r"SQL Server 10\.50\.1600\.1 is too old: the dialect needs 11"):
        settled("10.50.1600.1")


def test_what_the_database_allows_is_claimed() -> None:
    assert "SNAPSHOT" not in settled("16.0.1000.6").capabilities.isolation_levels
    assert "SNAPSHOT" in settled("16.0.1000.6", snapshot=1).capabilities.isolation_levels
    assert settled("16.0.1000.6").capabilities.readers_wait_for_writers
    assert not settled("16.0.1000.6", versions=True).capabilities.readers_wait_for_writers


def test_transactions() -> None:
    dialect = lect_mssql.dialect()
    assert dialect.isolation_sql("SNAPSHOT") == ("SET TRANSACTION ISOLATION LEVEL SNAPSHOT",)
    assert dialect.read_isolation(5) == "SNAPSHOT"
    assert dialect.savepoint_sql("sp1").endswith("; SAVE TRANSACTION sp1")
    assert dialect.rollback_to_savepoint_sql("sp1") == "ROLLBACK TRANSACTION sp1"
    assert not dialect.capabilities.release_savepoint


FACTS = ("columns", "primary_keys", "foreign_keys", "indexes", "unique_constraints", "check_constraints", "comments")


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("schema", [None, "dbo", "other.dbo", "[o]]d].x", "[srv].[db].x"])
@pytest.mark.parametrize("names", [None, ("a", "b"), ("#tmp",)])
def test_reflection_queries_are_one_statement_that_parses(
    parsers: Any, fact: str, schema: str | None, names: tuple[str, ...] | None
) -> None:
    asked: list[tuple[str, Any]] = []

    def query(statement: str, parameters: Any = None) -> list[Any]:
        asked.append((statement, parameters))
        return []

    request = ReflectionRequest(query=query, dialect=lect_mssql.dialect(), schema=schema, names=names)
    assert list(getattr(MSReflector(), fact)(request)) == []
    ((statement, parameters),) = asked
    parsers.check(statement, "sqlglot" if "]]" in statement else "")
    for name in parameters:
        assert f":{name}" in statement


@pytest.mark.parametrize(
    "names", ["schema_names", "table_names", "view_names", "temporary_table_names", "sequence_names"]
)
def test_queries_for_names_parse(parsers: Any, names: str) -> None:
    asked: list[str] = []
    request = ReflectionRequest(query=lambda sql, given=None: asked.append(sql) or [], dialect=lect_mssql.dialect())
    assert getattr(MSReflector(), names)(request) == []
    parsers.check(asked[0])


def test_reflected_columns() -> None:
    rows = [
        ("t", "id", "int", 4, 10, 0, False, None, None, None, None, "1", "2", None),
        ("t", "s", "nvarchar", 40, 0, 0, True, "Latin1_General_CI_AS", "(N'x')", None, None, None, None, "note"),
        ("t", "m", "varchar", -1, 0, 0, True, None, None, None, None, None, None, None),
        ("t", "c", "decimal", 9, 10, 2, True, None, None, "([id]+(1))", True, None, None, None),
        ("t", "o", "datetimeoffset", 10, 34, 3, True, None, None, None, None, None, None, None),
    ]
    request = ReflectionRequest(query=lambda *args: rows, dialect=lect_mssql.dialect())
    ((key, columns),) = MSReflector().columns(request)
    assert key == (None, "t")
    identity, text, long, computed, moment = columns
    assert identity["identity"] == {"start": 1, "increment": 2}
    assert repr(text["type"]) == "NVARCHAR(length=20, collation='Latin1_General_CI_AS')"
    assert (text["default"], text["comment"]) == ("(N'x')", "note")
    assert repr(long["type"]) == "VARCHAR(length='max')"
    assert computed["computed"] == {"sqltext": "([id]+(1))", "persisted": True}
    assert moment["type"].precision == 3
