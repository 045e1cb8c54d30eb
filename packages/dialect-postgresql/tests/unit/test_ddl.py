"""DDL that only PostgreSQL has."""

from __future__ import annotations

from typing import Any

import pytest

import lect_postgresql as pg
from lect import (
    BigInteger,
    CheckConstraint,
    Column,
    CreateTableAs,
    CreateView,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    exc,
    func,
    literal_column,
    select,
    text,
)
from lect.schema import AddConstraint, CreateIndex, CreateTable


def ddl(element: Any) -> str:
    return " ".join(str(element.compile(dialect=pg.dialect())).split())


def table(*items: Any, **kw: Any) -> Table:
    columns = [Column("a", Integer), Column("b", Integer), Column("r", pg.INT4RANGE), Column("s", String(5))]
    return Table("t", MetaData(), *columns, *items, **kw)


CONSTRAINTS = [
    (PrimaryKeyConstraint("a", postgresql_include=["b"]), "PRIMARY KEY (a) INCLUDE (b)"),
    (UniqueConstraint("a", name="u", postgresql_include=["b"]), "CONSTRAINT u UNIQUE (a) INCLUDE (b)"),
    (UniqueConstraint("a", postgresql_nulls_not_distinct=True), "UNIQUE NULLS NOT DISTINCT (a)"),
    (UniqueConstraint("a", postgresql_nulls_not_distinct=False), "UNIQUE NULLS DISTINCT (a)"),
    (
        UniqueConstraint("a", deferrable=True, postgresql_include=["b"]),
        "UNIQUE (a) INCLUDE (b) DEFERRABLE",
    ),
    (CheckConstraint("a > 0", name="c", postgresql_not_valid=True), "CONSTRAINT c CHECK (a > 0) NOT VALID"),
    (
        ForeignKeyConstraint(["a"], ["t.b"], postgresql_not_valid=True),
        "FOREIGN KEY(a) REFERENCES t (b) NOT VALID",
    ),
    (pg.ExcludeConstraint(("r", "&&")), "EXCLUDE USING gist (r WITH &&)"),
    (
        pg.ExcludeConstraint(
            ("a", "="), ("r", "&&"), name="x", using="gist", where=text("a > 0"), ops={"a": "gist_int4_ops"}
        ),
        "CONSTRAINT x EXCLUDE USING gist (a gist_int4_ops WITH =, r WITH &&) WHERE (a > 0)",
    ),
]


@pytest.mark.parametrize(("constraint", "expected"), CONSTRAINTS, ids=[sql for _, sql in CONSTRAINTS])
def test_constraint(constraint: Any, expected: str) -> None:
    table(constraint)
    assert ddl(AddConstraint(constraint, isolate_from_table=False)) == f"ALTER TABLE t ADD {expected}"


def test_exclusion_over_an_expression_survives_a_copy() -> None:
    t = table()
    t.append_constraint(pg.ExcludeConstraint((func.lower(t.c.s), "="), (t.c.r, "&&"), where=t.c.a > 5))
    copy = t.to_metadata(MetaData())
    assert "EXCLUDE USING gist (lower(s) WITH =, r WITH &&) WHERE (a > 5)" in ddl(CreateTable(copy))


def test_exclusion_over_text_survives_a_copy() -> None:
    t = table()
    t.append_constraint(pg.ExcludeConstraint((literal_column("int4range(a, a + 1)"), "&&")))
    copy = t.to_metadata(MetaData())
    assert "EXCLUDE USING gist (int4range(a, a + 1) WITH &&)" in ddl(CreateTable(copy))


def test_exclusion_by_what_is_no_operator_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="no operator"):
        pg.ExcludeConstraint(("a", "= ) ; DROP TABLE t; --"))


def test_index_with_everything() -> None:
    t = table()
    index = Index(
        "i",
        t.c.a.desc(),
        func.lower(t.c.s),
        unique=True,
        postgresql_using="btree",
        postgresql_include=["b"],
        postgresql_where=t.c.a > 5,
        postgresql_with={"fillfactor": 50},
        postgresql_nulls_not_distinct=True,
        postgresql_concurrently=True,
        postgresql_tablespace="Fast",
    )
    assert ddl(CreateIndex(index)) == (
        "CREATE UNIQUE INDEX CONCURRENTLY i ON t USING btree (a DESC, lower(s)) INCLUDE (b) NULLS NOT DISTINCT "
        'WITH (fillfactor = 50) TABLESPACE "Fast" WHERE a > 5'
    )


def test_index_with_operator_class() -> None:
    index = Index("i", table().c.s, postgresql_ops={"s": "varchar_pattern_ops"})
    assert ddl(CreateIndex(index)) == "CREATE INDEX i ON t (s varchar_pattern_ops)"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("postgresql_using", "gist (a); --"),
        ("postgresql_ops", {"a": "x) ; --"}),
        ("postgresql_with", {"fillfactor": "1); --"}),
    ],
)
def test_hostile_option_is_refused(option: str, value: Any) -> None:
    index = Index("i", table().c.a, **{option: value})
    with pytest.raises(exc.CompileError):
        ddl(CreateIndex(index))


def test_serial_and_identity() -> None:
    t = Table(
        "n",
        MetaData(),
        Column("id", BigInteger, primary_key=True),
        Column("x", Integer, Identity(always=True, start=5, increment=2)),
    )
    assert ddl(CreateTable(t)) == (
        "CREATE TABLE n ( id BIGSERIAL NOT NULL, "
        "x INTEGER GENERATED ALWAYS AS IDENTITY (INCREMENT BY 2 START WITH 5), PRIMARY KEY (id) )"
    )


def test_enumeration() -> None:
    enum = pg.ENUM("it's", "ok", name="my mood", schema="s")
    assert ddl(pg.CreateEnumType(enum)) == "CREATE TYPE s.\"my mood\" AS ENUM ('it''s', 'ok')"
    assert ddl(pg.DropEnumType(enum)) == 'DROP TYPE s."my mood"'


def test_domain() -> None:
    domain = pg.DOMAIN(
        "po su",
        String(5),
        schema="s",
        collation="C",
        default="it's",
        not_null=True,
        check=text("value <> ''"),
        constraint_name="c",
    )
    assert ddl(pg.CreateDomainType(domain)) == (
        "CREATE DOMAIN s.\"po su\" AS VARCHAR(5) COLLATE \"C\" DEFAULT 'it''s' NOT NULL "
        "CONSTRAINT c CHECK (value <> '')"
    )
    assert ddl(pg.DropDomainType(domain)) == 'DROP DOMAIN s."po su"'


def test_the_name_of_a_domain_without_check_is_that_of_not_null() -> None:
    domain = pg.DOMAIN("d", String, collation="de", collation_schema="My", not_null=True, constraint_name="c")
    assert ddl(pg.CreateDomainType(domain)) == 'CREATE DOMAIN d AS VARCHAR COLLATE "My".de CONSTRAINT c NOT NULL'
    with pytest.raises(exc.ArgumentError, match="give check or not_null"):
        pg.DOMAIN("d", String, constraint_name="c")
    with pytest.raises(exc.ArgumentError, match="'collation_schema' parameter of DOMAIN requires"):
        pg.DOMAIN("d", String, collation_schema="My")


def test_enumeration_needs_a_name() -> None:
    with pytest.raises(exc.CompileError, match="requires a name"):
        ddl(CreateTable(Table("t", MetaData(), Column("e", pg.ENUM("a")))))


def test_storage_parameters() -> None:
    stored = Table(
        "t",
        MetaData(),
        Column("x", Integer),
        postgresql_with={"fillfactor": 70, "toast.autovacuum_enabled": False},
    )
    assert ddl(CreateTable(stored)) == (
        "CREATE TABLE t ( x INTEGER ) WITH (fillfactor = 70, toast.autovacuum_enabled = false)"
    )
    view = CreateView(select(stored.c.x), "v", postgresql_with={"security_invoker": True, "check_option": "local"})
    assert ddl(view) == "CREATE VIEW v WITH (security_invoker = true, check_option = local) AS SELECT t.x FROM t"
    made = CreateTableAs(select(stored.c.x), "u", postgresql_with={"fillfactor": 50})
    assert ddl(made) == "CREATE TABLE u WITH (fillfactor = 50) AS SELECT t.x FROM t"


@pytest.mark.parametrize("parameters", [{"a = 1) --": 1}, {"fillfactor": "70) AS SELECT 1 --"}, {"a.b.c": 1}])
def test_hostile_storage_parameters(parameters: dict[str, Any]) -> None:
    stored = Table("t", MetaData(), Column("x", Integer), postgresql_with=parameters)
    with pytest.raises(exc.CompileError, match="postgresql_with"):
        ddl(CreateTable(stored))
