"""A schema with everything, read back in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import lect_postgresql as pg
from lect import Engine, MetaData, Table, event, inspect, text
from lect.schema import CreateTable

SCHEMA = """
DROP SCHEMA IF EXISTS refl CASCADE; DROP SCHEMA IF EXISTS refl_other CASCADE;
CREATE SCHEMA refl; CREATE SCHEMA refl_other;
CREATE TYPE refl.mood AS ENUM ('sad', 'it''s ok');
CREATE DOMAIN refl.positive AS integer DEFAULT 5 NOT NULL CONSTRAINT above CHECK (VALUE > 0);
CREATE TABLE refl_other.country (code char(2) PRIMARY KEY);
CREATE TABLE refl.parent (
    a int, b int, CONSTRAINT parent_key PRIMARY KEY (b, a), CONSTRAINT parent_a UNIQUE (a)
);
COMMENT ON TABLE refl.parent IS 'it''s "the" parent';
COMMENT ON CONSTRAINT parent_a ON refl.parent IS 'one of each';
CREATE TABLE refl.everything (
    id serial PRIMARY KEY,
    ident bigint GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 5),
    price numeric(10, 2) DEFAULT 1.50,
    twice numeric GENERATED ALWAYS AS (price * 2) STORED,
    mood refl.mood DEFAULT 'sad'::refl.mood,
    moods refl.mood[],
    level refl.positive,
    tags varchar(10)[],
    grid int[][],
    doc jsonb,
    span int4range,
    at timestamp(3) with time zone,
    took interval day to second (2),
    flags bit varying(7),
    ip inet,
    "odd ""name" text COLLATE "C",
    country char(2) REFERENCES refl_other.country (code),
    pa int, pb int,
    CONSTRAINT to_parent FOREIGN KEY (pb, pa) REFERENCES refl.parent (b, a)
        MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT price_check CHECK (price > 0 AND price < 100),
    CONSTRAINT no_overlap EXCLUDE USING gist (span WITH &&)
);
COMMENT ON COLUMN refl.everything.price IS 'what it costs';
CREATE INDEX everything_partial ON refl.everything (price DESC NULLS LAST) INCLUDE (pa) WHERE price > 5;
CREATE UNIQUE INDEX everything_lower ON refl.everything (lower("odd ""name"), pa);
CREATE INDEX everything_doc ON refl.everything USING gin (doc jsonb_path_ops);
CREATE VIEW refl.cheap AS SELECT id, price FROM refl.everything WHERE price < 10;
CREATE MATERIALIZED VIEW refl.kept AS SELECT 1 AS one;
"""


@pytest.fixture
def schema(psycopg2_engine: Engine) -> Iterator[None]:
    with psycopg2_engine.begin() as connection:
        connection.exec_driver_sql(SCHEMA)
    yield
    with psycopg2_engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA refl CASCADE; DROP SCHEMA refl_other CASCADE")


@pytest.fixture
def columns(psycopg2_engine: Engine, schema: None) -> dict[str, Any]:
    found = inspect(psycopg2_engine).get_columns("everything", schema="refl")
    return {column["name"]: column for column in found}


def test_columns_count_by_themselves(columns: dict[str, Any]) -> None:
    assert columns["id"]["autoincrement"] is True
    assert "nextval" in columns["id"]["default"]
    identity = columns["ident"]["identity"]
    assert (identity["always"], identity["start"], identity["increment"]) == (True, 10, 5)


def test_generated_column(columns: dict[str, Any]) -> None:
    assert columns["twice"]["computed"] == {"sqltext": "(price * (2)::numeric)", "persisted": True}
    assert columns["twice"]["default"] is None


def test_enumeration_and_arrays_of_it(columns: dict[str, Any]) -> None:
    mood = columns["mood"]["type"]
    assert isinstance(mood, pg.ENUM)
    assert (mood.name, mood.schema, mood.enums) == ("mood", "refl", ["sad", "it's ok"])
    assert isinstance(columns["moods"]["type"], pg.ARRAY)
    assert columns["moods"]["type"].item_type.enums == ["sad", "it's ok"]


def test_domain(columns: dict[str, Any]) -> None:
    domain = columns["level"]["type"]
    assert isinstance(domain, pg.DOMAIN)
    assert (domain.name, domain.schema, domain.not_null, domain.constraint_name) == ("positive", "refl", True, "above")
    assert str(domain.check) == "(VALUE > 0)"
    assert str(domain.default) == "5"


TYPES = {
    "price": "NUMERIC(10, 2)",
    "tags": "VARCHAR(10)[]",
    "grid": "INTEGER[][]",
    "doc": "JSONB",
    "span": "INT4RANGE",
    "at": "TIMESTAMP(3) WITH TIME ZONE",
    "took": "INTERVAL DAY TO SECOND (2)",
    "flags": "BIT VARYING(7)",
    "ip": "INET",
    "country": "CHAR(2)",
}


@pytest.mark.parametrize(("name", "expected"), TYPES.items())
def test_type(columns: dict[str, Any], name: str, expected: str) -> None:
    assert columns[name]["type"].compile(dialect=pg.dialect()) == expected


def test_comments(psycopg2_engine: Engine, columns: dict[str, Any]) -> None:
    inspector = inspect(psycopg2_engine)
    assert columns["price"]["comment"] == "what it costs"
    assert inspector.get_table_comment("parent", schema="refl") == {"text": 'it\'s "the" parent'}
    assert inspector.get_unique_constraints("parent", schema="refl")[0]["comment"] == "one of each"


def test_primary_key_in_its_own_order(psycopg2_engine: Engine, schema: None) -> None:
    key = inspect(psycopg2_engine).get_pk_constraint("parent", schema="refl")
    assert (key["name"], key["constrained_columns"]) == ("parent_key", ["b", "a"])


def test_foreign_key_with_every_option(psycopg2_engine: Engine, schema: None) -> None:
    keys = {key["name"]: key for key in inspect(psycopg2_engine).get_foreign_keys("everything", schema="refl")}
    key = keys["to_parent"]
    assert key["constrained_columns"] == ["pb", "pa"]
    assert (key["referred_schema"], key["referred_table"], key["referred_columns"]) == ("refl", "parent", ["b", "a"])
    assert key["options"] == {
        "onupdate": "CASCADE",
        "ondelete": "SET NULL",
        "match": "FULL",
        "deferrable": True,
        "initially": "DEFERRED",
    }
    assert keys["everything_country_fkey"]["referred_schema"] == "refl_other"


def test_check(psycopg2_engine: Engine, schema: None) -> None:
    (check,) = inspect(psycopg2_engine).get_check_constraints("everything", schema="refl")
    assert check["name"] == "price_check"
    assert check["sqltext"] == "price > 0::numeric AND price < 100::numeric"


def test_indexes(psycopg2_engine: Engine, schema: None) -> None:
    found = {i["name"]: i for i in inspect(psycopg2_engine).get_indexes("everything", schema="refl")}
    partial = found["everything_partial"]
    assert partial["column_names"] == ["price"]
    assert partial["include_columns"] == ["pa"]
    assert partial["column_sorting"] == {"price": ("desc", "nulls_last")}
    assert partial["dialect_options"]["postgresql_where"] == "(price > (5)::numeric)"
    lower = found["everything_lower"]
    assert lower["unique"] is True
    assert lower["column_names"] == [None, "pa"]
    assert lower["expressions"] == ['lower("odd ""name")', "pa"]
    assert found["everything_doc"]["dialect_options"]["postgresql_using"] == "gin"
    assert found["everything_doc"]["dialect_options"]["postgresql_ops"] == {"doc": "jsonb_path_ops"}
    assert found["no_overlap"]["duplicates_constraint"] == "no_overlap"


def test_names(psycopg2_engine: Engine, schema: None) -> None:
    inspector = inspect(psycopg2_engine)
    assert {"refl", "refl_other"} <= set(inspector.get_schema_names())
    assert inspector.get_table_names("refl") == ["everything", "parent"]
    assert inspector.get_view_names("refl") == ["cheap"]
    assert inspector.get_materialized_view_names("refl") == ["kept"]
    assert "WHERE" in inspector.get_view_definition("cheap", "refl")


def test_what_was_read_can_be_made_again(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(SCHEMA)
    table = Table("everything", MetaData(), schema="refl", autoload_with=engine)
    statement = str(CreateTable(table).compile(engine))
    assert "refl.mood[]" in statement
    with engine.connect() as connection:
        connection.execute(text("DROP TABLE refl.everything CASCADE"))
        table.create(connection)
        again = Table("everything", MetaData(), schema="refl", autoload_with=connection)
        assert [(c.name, str(c.type.compile(connection.dialect)), c.nullable) for c in again.columns] == [
            (c.name, str(c.type.compile(connection.dialect)), c.nullable) for c in table.columns
        ]
        connection.rollback()
        connection.exec_driver_sql("DROP SCHEMA refl CASCADE; DROP SCHEMA refl_other CASCADE")
        connection.commit()


@pytest.mark.parametrize("tables", [1, 12])
def test_number_of_queries_does_not_depend_on_number_of_tables(
    psycopg2_engine: Engine, schema: None, tables: int
) -> None:
    asked: list[str] = []
    with psycopg2_engine.connect() as connection:
        for i in range(tables):
            connection.exec_driver_sql(f"CREATE TABLE refl.many_{i} (LIKE refl.everything INCLUDING ALL)")
        event.listen(connection, "before_cursor_execute", lambda c, cursor, statement, *rest: asked.append(statement))
        metadata = MetaData()
        metadata.reflect(connection, schema="refl")
        assert len(metadata.tables) >= tables + 2
        connection.rollback()
    # names, columns, labels, domains, keys, foreign keys, UNIQUE, CHECK, indexes, comments, options; and what the
    # foreign keys lead to in another schema
    assert len(asked) <= 22
