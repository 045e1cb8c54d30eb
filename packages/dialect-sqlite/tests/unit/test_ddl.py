"""DDL of SQLite, one construct per test."""

from __future__ import annotations

from typing import Any

import pytest

import lect_sqlite
from lect import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    exc,
    func,
    text,
)
from lect.schema.ddl import AddConstraint, CreateIndex, CreateSequence, CreateTable, DropConstraint, DropIndex
from lect.types.sql_types import TIMESTAMP

DIALECT = lect_sqlite.dialect()


def sql(element: Any) -> str:
    return str(element.compile(dialect=DIALECT)).strip()


def create(*parts: Any, **options: Any) -> str:
    return sql(CreateTable(Table("t", MetaData(), *parts, **options)))


def test_integer_primary_key() -> None:
    assert create(Column("id", Integer, primary_key=True)) == (
        "CREATE TABLE t (\n\tid INTEGER NOT NULL, \n\tPRIMARY KEY (id)\n)"
    )


def test_autoincrement() -> None:
    assert create(Column("id", Integer, primary_key=True), sqlite_autoincrement=True) == (
        "CREATE TABLE t (\n\tid INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT\n)"
    )


def test_identity_is_left_out() -> None:
    assert create(Column("id", Integer, Identity(), primary_key=True)) == (
        "CREATE TABLE t (\n\tid INTEGER NOT NULL, \n\tPRIMARY KEY (id)\n)"
    )


def test_on_conflict_clauses() -> None:
    assert create(
        Column(
            "a",
            Integer,
            nullable=False,
            unique=True,
            sqlite_on_conflict_not_null="FAIL",
            sqlite_on_conflict_unique="IGNORE",
        ),
        CheckConstraint("a > 1", name="ck", sqlite_on_conflict="ROLLBACK"),
        PrimaryKeyConstraint("a", sqlite_on_conflict="ABORT"),
    ) == (
        "CREATE TABLE t (\n\ta INTEGER NOT NULL ON CONFLICT FAIL, \n\tPRIMARY KEY (a) ON CONFLICT ABORT, \n\t"
        "CONSTRAINT ck CHECK (a > 1) ON CONFLICT ROLLBACK, \n\tUNIQUE (a) ON CONFLICT IGNORE\n)"
    )


def test_a_conflict_clause_is_a_word() -> None:
    with pytest.raises(exc.CompileError, match="sqlite_on_conflict"):
        create(Column("a", Integer), UniqueConstraint("a", sqlite_on_conflict="IGNORE); DROP TABLE t; --"))


def test_defaults() -> None:
    assert create(
        Column("a", String, server_default="it's"),
        Column("b", DateTime, server_default=func.now()),
        Column("c", Integer, server_default=text("1 + 2")),
        Column("d", Integer, server_default=text("'a'")),
        Column("e", Integer, server_default=text("(1)")),
    ) == (
        "CREATE TABLE t (\n\ta VARCHAR DEFAULT 'it''s', \n\tb DATETIME DEFAULT CURRENT_TIMESTAMP, \n\t"
        "c INTEGER DEFAULT (1 + 2), \n\td INTEGER DEFAULT 'a', \n\te INTEGER DEFAULT (1)\n)"
    )


def test_computed() -> None:
    assert create(Column("a", Integer), Column("b", Integer, Computed("a + 1", persisted=True))) == (
        "CREATE TABLE t (\n\ta INTEGER, \n\tb INTEGER GENERATED ALWAYS AS (a + 1) STORED\n)"
    )


def test_table_options() -> None:
    assert create(Column("a", Integer), sqlite_with_rowid=False, sqlite_strict=True) == (
        "CREATE TABLE t (\n\ta INTEGER\n)\n WITHOUT ROWID,\n STRICT"
    )


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="'sqlite_withrowid' is not accepted by dialect 'sqlite'"):
        Table("t", MetaData(), Column("a", Integer), sqlite_withrowid=False)


def test_types() -> None:
    assert create(
        Column("a", Boolean(create_constraint=True, name="bool")),
        Column("b", Enum("x", "yy", name="e", create_constraint=True)),
        Column("c", Uuid),
        Column("d", LargeBinary),
        Column("e", TIMESTAMP),
        Column("f", BigInteger),
        Column("g", lect_sqlite.JSON),
    ) == (
        "CREATE TABLE t (\n\ta BOOLEAN, \n\tb VARCHAR(2), \n\tc CHAR(32), \n\td BLOB, \n\te TIMESTAMP, \n\t"
        "f BIGINT, \n\tg JSON, \n\tCONSTRAINT bool CHECK (a IN (0, 1)), \n\tCONSTRAINT e CHECK (b IN ('x', 'yy'))\n)"
    )


def test_foreign_keys_stay_in_their_database() -> None:
    m = MetaData()
    Table("a", m, Column("id", Integer, primary_key=True), schema="s")
    b = Table("b", m, Column("x", ForeignKey("s.a.id", ondelete="CASCADE", deferrable=True)), schema="s")
    c = Table("c", m, Column("x", ForeignKey("s.a.id")))
    assert sql(CreateTable(b)) == (
        "CREATE TABLE s.b (\n\tx INTEGER, \n\tFOREIGN KEY(x) REFERENCES a (id) ON DELETE CASCADE DEFERRABLE\n)"
    )
    assert sql(CreateTable(c)) == "CREATE TABLE c (\n\tx INTEGER\n)"


def test_indexes() -> None:
    t = Table("t", MetaData(), Column("a", Integer), Column("b", String), schema="s")
    assert sql(CreateIndex(Index("ix", t.c.a, unique=True, sqlite_where=t.c.b == "x"), if_not_exists=True)) == (
        "CREATE UNIQUE INDEX IF NOT EXISTS s.ix ON t (a) WHERE b = 'x'"
    )
    assert (
        sql(CreateIndex(Index("ix2", func.lower(t.c.b), t.c.a.desc()))) == "CREATE INDEX s.ix2 ON t (lower(b), a DESC)"
    )
    assert sql(DropIndex(Index("ix3", t.c.a))) == "DROP INDEX s.ix3"


@pytest.mark.parametrize("statement", [AddConstraint, DropConstraint])
def test_constraints_cannot_be_altered(statement: Any) -> None:
    t = Table("t", MetaData(), Column("a", Integer))
    with pytest.raises(
        exc.CompileError, match=r"CONSTRAINT is not supported by dialect 'sqlite'.*create the table anew"
    ):
        sql(statement(UniqueConstraint(t.c.a, name="u")))


def test_sequences_are_refused() -> None:
    with pytest.raises(exc.CompileError, match="CREATE SEQUENCE is not supported by dialect 'sqlite'"):
        sql(CreateSequence(Sequence("s")))


@pytest.mark.parametrize("name", ["select", "Mixed", 'quo"te', "with space", "1st"])
def test_quoted_names(name: str) -> None:
    quoted = name.replace('"', '""')
    assert create(Column(name, Integer)) == f'CREATE TABLE t (\n\t"{quoted}" INTEGER\n)'
