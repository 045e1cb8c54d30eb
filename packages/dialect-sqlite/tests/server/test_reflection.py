"""What can be read back from a database: everything that was said when it was made, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lect import MetaData, Table, event, exc, inspect, text

SCRIPT = (
    "ATTACH ':memory:' AS aux1",
    'CREATE TABLE parent (a INTEGER PRIMARY KEY AUTOINCREMENT, "we, ird) (" TEXT UNIQUE, '
    "[b] VARCHAR(20) COLLATE nocase NOT NULL DEFAULT 'x''y', /* c, (*/ n NUMERIC(10,2), "
    "CONSTRAINT uq_b UNIQUE (b, a) ON CONFLICT IGNORE, CONSTRAINT \"ck 1\" CHECK (a > 0 AND b <> ')'), "
    "CHECK (length(b) > 1)) -- the end",
    "CREATE TABLE child (x INT, y INT, p INTEGER REFERENCES parent, "
    'q TEXT CONSTRAINT fkq REFERENCES parent ("we, ird) (") '
    "ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, g INT GENERATED ALWAYS AS (x + (1)) VIRTUAL, "
    "h INT AS (x*2) STORED NOT NULL, CONSTRAINT pkc PRIMARY KEY (y, x), "
    "CONSTRAINT fk2 FOREIGN KEY (x, y) REFERENCES child (y, x) ON UPDATE CASCADE) WITHOUT ROWID",
    "CREATE INDEX ix1 ON child (p DESC, q)",
    "CREATE UNIQUE INDEX ix2 ON child (lower(q) COLLATE nocase DESC, x) WHERE p > 3",
    "CREATE VIEW v (c1, c2) AS SELECT a, b FROM parent WHERE b = 'as'",
    "CREATE TEMP TABLE tmp1 (a INT UNIQUE, b TIMESTAMP, e)",
    "CREATE TABLE aux1.other (z INT PRIMARY KEY, w INT REFERENCES other)",
    "CREATE INDEX aux1.ixz ON other (w)",
)


@pytest.fixture
def connection(engine: Any) -> Iterator[Any]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as made:
        for statement in SCRIPT:
            made.execute(text(statement))
        yield made
        made.execute(text("DETACH aux1"))


def test_names(connection: Any) -> None:
    inspector = inspect(connection)
    assert inspector.get_schema_names() == ["main", "aux1"]
    assert inspector.get_table_names() == ["child", "parent"]
    assert inspector.get_table_names(schema="aux1") == ["other"]
    assert inspector.get_view_names() == ["v"]
    assert inspector.get_temp_table_names() == ["tmp1"]
    assert inspector.get_view_definition("v") == "SELECT a, b FROM parent WHERE b = 'as'"
    assert inspector.has_table("CHILD")
    assert inspector.has_table("tmp1")
    assert not inspector.has_table("other")
    assert inspector.has_table("other", schema="aux1")


def test_columns(connection: Any) -> None:
    columns = {c["name"]: c for c in inspect(connection).get_columns("parent")}
    assert list(columns) == ["a", "we, ird) (", "b", "n"]
    assert (repr(columns["b"]["type"]), columns["b"]["nullable"], columns["b"]["default"]) == (
        "VARCHAR(length=20)",
        False,
        "'x''y'",
    )
    assert repr(columns["n"]["type"]) == "NUMERIC(precision=10, scale=2)"


def test_generated_columns(connection: Any) -> None:
    columns = {c["name"]: c.get("computed") for c in inspect(connection).get_columns("child")}
    assert columns["g"] == {"sqltext": "x + (1)", "persisted": False}
    assert columns["h"] == {"sqltext": "x*2", "persisted": True}
    assert columns["x"] is None


def test_keys(connection: Any) -> None:
    inspector = inspect(connection)
    assert inspector.get_pk_constraint("child") == {"name": "pkc", "constrained_columns": ["y", "x"]}
    assert inspector.get_pk_constraint("parent") == {"name": None, "constrained_columns": ["a"]}
    assert [
        (k["name"], k["constrained_columns"], k["referred_columns"], k["options"])
        for k in inspector.get_foreign_keys("child")
    ] == [
        (None, ["p"], ["a"], {}),
        ("fkq", ["q"], ["we, ird) ("], {"ondelete": "SET NULL", "deferrable": True, "initially": "DEFERRED"}),
        ("fk2", ["x", "y"], ["y", "x"], {"onupdate": "CASCADE"}),
    ]


def test_constraints(connection: Any) -> None:
    inspector = inspect(connection)
    assert inspector.get_unique_constraints("parent") == [
        {"name": None, "column_names": ["we, ird) ("]},
        {"name": "uq_b", "column_names": ["b", "a"], "dialect_options": {"sqlite_on_conflict": "IGNORE"}},
    ]
    assert inspector.get_check_constraints("parent") == [
        {"name": "ck 1", "sqltext": "a > 0 AND b <> ')'"},
        {"name": None, "sqltext": "length(b) > 1"},
    ]
    assert inspector.get_table_options("child") == {"sqlite_with_rowid": False}


def test_indexes(connection: Any) -> None:
    one, two = inspect(connection).get_indexes("child")
    assert (one["name"], one["column_names"], one["unique"], one["column_sorting"]) == (
        "ix1",
        ["p", "q"],
        False,
        {"p": ("desc",)},
    )
    assert (two["column_names"], two["expressions"], two["unique"]) == ([None, "x"], ["lower(q)", "x"], True)
    assert str(two["dialect_options"]["sqlite_where"]) == "p > 3"


def test_temporary_and_attached(connection: Any) -> None:
    inspector = inspect(connection)
    assert [repr(c["type"]) for c in inspector.get_columns("tmp1")] == ["INTEGER()", "TIMESTAMP()", "NullType()"]
    (key,) = inspector.get_foreign_keys("other", schema="aux1")
    assert (key["referred_schema"], key["referred_table"], key["referred_columns"]) == ("aux1", "other", ["z"])
    assert [i["name"] for i in inspector.get_indexes("other", schema="aux1")] == ["ixz"]


def test_missing_table(connection: Any) -> None:
    with pytest.raises(exc.NoSuchTableError, match="nope"):
        inspect(connection).get_columns("nope")


def test_autoload(connection: Any) -> None:
    metadata = MetaData()
    child = Table("child", metadata, autoload_with=connection)
    assert set(metadata.tables) == {"child", "parent"}
    assert [c.name for c in child.primary_key] == ["y", "x"]
    assert child.c.q.references(metadata.tables["parent"].c["we, ird) ("])


def test_the_number_of_queries_does_not_grow_with_the_tables(connection: Any) -> None:
    seen: list[str] = []
    event.listen(connection.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))

    def count() -> dict[str, int]:
        numbers = {}
        for fact in ("columns", "pk_constraint", "foreign_keys", "indexes", "unique_constraints", "check_constraints"):
            seen.clear()
            getattr(inspect(connection), f"get_multi_{fact}")()
            numbers[fact] = len(seen)
        return numbers

    before = count()
    for i in range(20):
        connection.execute(
            text(f"CREATE TABLE more{i} (a INT PRIMARY KEY, b INT UNIQUE REFERENCES parent, CHECK (b > 1))")
        )
    assert count() == before
    assert max(before.values()) <= 4
