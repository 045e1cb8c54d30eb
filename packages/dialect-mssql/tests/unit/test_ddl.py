"""DDL of SQL Server, one construct per test; each text is read by two parsers of T-SQL as well."""

from __future__ import annotations

from typing import Any

import pytest

import lect_mssql
from lect import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    Text,
    Time,
    Unicode,
    UnicodeText,
    UniqueConstraint,
    Uuid,
    exc,
    func,
)
from lect.schema import ddl as d
from lect.types import sql_types as s


def create(*parts: Any, **options: Any) -> Any:
    return d.CreateTable(Table("t", MetaData(), *parts, **options))


def refused(statement: Any) -> str:
    with pytest.raises(exc.CompileError) as caught:
        statement.compile(dialect=lect_mssql.dialect())
    return str(caught.value)


def test_identity(check: Any) -> None:
    check(
        create(Column("id", Integer, primary_key=True), Column("x", String(5))),
        "CREATE TABLE t (\n\tid INTEGER NOT NULL IDENTITY, \n\tx VARCHAR(5) NULL, \n\tPRIMARY KEY (id)\n)",
    )
    check(
        create(Column("id", BigInteger, Identity(start=5, increment=2), primary_key=True)),
        "CREATE TABLE t (\n\tid BIGINT NOT NULL IDENTITY(5,2), \n\tPRIMARY KEY (id)\n)",
    )
    check(
        create(Column("id", Integer, primary_key=True, autoincrement=False)),
        "CREATE TABLE t (\n\tid INTEGER NOT NULL, \n\tPRIMARY KEY (id)\n)",
    )


def test_defaults(check: Any) -> None:
    check(
        create(
            Column("a", Integer, server_default="5"),
            Column("b", DateTime, server_default=func.now()),
            Column("c", Unicode(5), server_default="é's"),
        ),
        "CREATE TABLE t (\n\ta INTEGER NULL DEFAULT '5', \n\tb DATETIME NULL DEFAULT CURRENT_TIMESTAMP, \n\t"
        "c NVARCHAR(5) NULL DEFAULT N'é''s'\n)",
    )


def test_computed(check: Any) -> None:
    check(
        create(Column("a", Integer), Column("b", Integer, Computed("a + 1", persisted=True))),
        "CREATE TABLE t (\n\ta INTEGER NULL, \n\tb AS (a + 1) PERSISTED\n)",
    )


def test_clustered_keys(check: Any) -> None:
    check(
        create(
            Column("a", Integer, nullable=False, autoincrement=False),
            PrimaryKeyConstraint("a", name="pk", mssql_clustered=False),
            UniqueConstraint("a", name="uq", mssql_clustered=True),
        ),
        "CREATE TABLE t (\n\ta INTEGER NOT NULL, \n\tCONSTRAINT pk PRIMARY KEY NONCLUSTERED (a), \n\t"
        "CONSTRAINT uq UNIQUE CLUSTERED (a)\n)",
    )


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (Boolean(), "BIT"),
        (Date(), "DATE"),
        (Time(), "TIME"),
        (DateTime(), "DATETIME"),
        (DateTime(timezone=True), "DATETIMEOFFSET"),
        (Double(), "DOUBLE PRECISION"),
        (Float(30), "FLOAT(30)"),
        (Numeric(10, 2), "NUMERIC(10, 2)"),
        (String(), "VARCHAR(max)"),
        (String(5, collation="Latin1_General_CI_AS"), "VARCHAR(5) COLLATE Latin1_General_CI_AS"),
        (Text(), "VARCHAR(max)"),
        (Unicode(5), "NVARCHAR(5)"),
        (UnicodeText(), "NVARCHAR(max)"),
        (s.NCHAR(3), "NCHAR(3)"),
        (s.NVARCHAR(), "NVARCHAR(max)"),
        (s.CHAR(3), "CHAR(3)"),
        (LargeBinary(), "VARBINARY(max)"),
        (s.VARBINARY(5), "VARBINARY(5)"),
        (s.BINARY(5), "BINARY(5)"),
        (Uuid(), "UNIQUEIDENTIFIER"),
        (Uuid(native_uuid=False), "CHAR(32)"),
        (lect_mssql.DATETIME2(3), "DATETIME2(3)"),
        (lect_mssql.DATETIMEOFFSET(), "DATETIMEOFFSET"),
        (lect_mssql.TIME(0), "TIME(0)"),
        (lect_mssql.SMALLDATETIME(), "SMALLDATETIME"),
        (lect_mssql.MONEY(), "MONEY"),
        (lect_mssql.TINYINT(), "TINYINT"),
        (lect_mssql.REAL(), "REAL"),
        (lect_mssql.XML(), "XML"),
        (lect_mssql.SQL_VARIANT(), "SQL_VARIANT"),
        (lect_mssql.ROWVERSION(), "ROWVERSION"),
        (lect_mssql.UNIQUEIDENTIFIER(), "UNIQUEIDENTIFIER"),
        (lect_mssql.NTEXT(), "NTEXT"),
        (lect_mssql.IMAGE(), "IMAGE"),
        (lect_mssql.JSON(), "NVARCHAR(max)"),
    ],
)
def test_types(check: Any, type_: Any, text: str) -> None:
    check(create(Column("a", type_)), f"CREATE TABLE t (\n\ta {text} NULL\n)")


def test_a_collation_is_a_word() -> None:
    assert "is no name of a collation" in refused(create(Column("a", String(5, collation="x) --"))))


@pytest.mark.parametrize("precision", [8, -1, True])
def test_digits_of_a_second(precision: Any) -> None:
    with pytest.raises(exc.ArgumentError, match="from 0 to 7"):
        lect_mssql.DATETIME2(precision)


def test_indexes(check: Any) -> None:
    t = Table("t", MetaData(), Column("a", Integer), Column("b", Integer), schema="dbo")
    check(
        d.CreateIndex(Index("ix", t.c.a.desc(), unique=True, mssql_include=["b"], mssql_where=t.c.b > 5)),
        "CREATE UNIQUE INDEX ix ON dbo.t (a DESC) INCLUDE (b) WHERE b > 5",
    )
    check(d.CreateIndex(Index("ix2", t.c.a, mssql_clustered=True)), "CREATE CLUSTERED INDEX ix2 ON dbo.t (a)")
    check(
        d.CreateIndex(Index("ix3", t.c.a, mssql_clustered=False, mssql_columnstore=True)),
        "CREATE NONCLUSTERED COLUMNSTORE INDEX ix3 ON dbo.t (a)",
        only="sqlfluff",
    )
    check(d.DropIndex(Index("ix4", t.c.a), if_exists=True), "DROP INDEX IF EXISTS ix4 ON dbo.t")


def test_constraints(check: Any) -> None:
    t = Table("t", MetaData(), Column("a", Integer))
    check(d.AddConstraint(UniqueConstraint(t.c.a, name="uq")), "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a)")
    check(d.DropConstraint(UniqueConstraint(t.c.a, name="uq2")), "ALTER TABLE t DROP CONSTRAINT uq2")


def test_tables_and_schemas(check: Any) -> None:
    t = Table("t", MetaData(), Column("a", Integer))
    check(d.DropTable(t, if_exists=True), "DROP TABLE IF EXISTS t")
    check(d.CreateSchema("s"), "CREATE SCHEMA s")
    check(d.DropSchema("s", if_exists=True), "DROP SCHEMA IF EXISTS s", only="sqlfluff")


def test_sequences(check: Any) -> None:
    check(
        d.CreateSequence(Sequence("s", start=3, increment=2, data_type=BigInteger)),
        "CREATE SEQUENCE s AS BIGINT INCREMENT BY 2 START WITH 3",
    )
    check(d.CreateSequence(Sequence("s")), "CREATE SEQUENCE s START WITH 1")
    check(d.DropSequence(Sequence("s")), "DROP SEQUENCE s")


def test_comments(check: Any) -> None:
    t = Table("tc", MetaData(), Column("a", Integer, comment="col's"), comment="it's", schema="sc")
    check(
        d.SetTableComment(t),
        "execute sp_addextendedproperty 'MS_Description', N'it''s', 'schema', N'sc', 'table', N'tc'",
        only="sqlfluff",
    )
    check(
        d.DropColumnComment(t.c.a),
        "execute sp_dropextendedproperty 'MS_Description', 'schema', N'sc', 'table', N'tc', 'column', N'a'",
        only="sqlfluff",
    )


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (lambda t: d.CreateTable(t, if_not_exists=True), "use metadata.create_all(), which looks first"),
        (lambda t: d.CreateIndex(Index("i", t.c.a), if_not_exists=True), "checkfirst=True"),
        (lambda t: d.CreateIndex(Index("i", t.c.a + 1)), "add a Computed column, and index that"),
        (lambda t: d.CreateSchema("s", if_not_exists=True), "has_schema(name)"),
        (lambda t: d.DropSchema("s", cascade=True), "drop what is in the schema first"),
        (
            lambda t: d.CreateTable(Table("x", t.metadata, Column("a", ForeignKey("t.a", deferrable=True)))),
            "leave out deferrable=",
        ),
        (lambda t: d.DropConstraint(UniqueConstraint(t.c.a, name="u"), cascade=True), "drop the foreign keys"),
    ],
)
def test_refusals(statement: Any, message: str) -> None:
    assert message in refused(statement(Table("t", MetaData(), Column("a", Integer))))
