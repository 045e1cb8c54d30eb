"""What can be read back from a database: everything that was said when it was made, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lect import Engine, MetaData, Table, event, exc, inspect, text
from lect.schema import CreateTable

SCRIPT = (
    "CREATE TABLE refl_parent (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'it''s', "
    "name VARCHAR(20) CHARACTER SET latin1 NOT NULL DEFAULT 'x''y\\\\', "
    "kind ENUM('a','it''s') DEFAULT 'a', flags SET('x','y'), price DECIMAL(10,2) DEFAULT 1.50, "
    "seen DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), doc JSON, "
    "twice INT AS (price * 2) STORED, "
    "CONSTRAINT refl_uq UNIQUE (name, kind), CONSTRAINT refl_ck CHECK (price > 0 AND name <> ')')) "
    "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='the \"table''s\"'",
    "CREATE TABLE `refl we``ird` (a INT, `b c` INT UNSIGNED, t TEXT, "
    "CONSTRAINT refl_fk FOREIGN KEY (`b c`) REFERENCES refl_parent (id) ON DELETE SET NULL ON UPDATE CASCADE, "
    "PRIMARY KEY (a)) ENGINE=InnoDB",
    "CREATE INDEX refl_prefix ON `refl we``ird` (t(10), a)",
    "CREATE FULLTEXT INDEX refl_words ON `refl we``ird` (t)",
    "CREATE VIEW refl_view AS SELECT id, name FROM refl_parent WHERE id > 1",
)
TABLES = ("`refl we``ird`", "refl_parent")


def drop(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP VIEW IF EXISTS refl_view"))
        for name in TABLES:
            connection.execute(text(f"DROP TABLE IF EXISTS {name}"))


@pytest.fixture
def inspector(engine: Engine) -> Iterator[Any]:
    drop(engine)
    with engine.begin() as connection:
        for statement in SCRIPT:
            connection.exec_driver_sql(statement)
    yield inspect(engine)
    drop(engine)


def test_names(inspector: Any) -> None:
    assert [name for name in inspector.get_table_names() if name.startswith("refl")] == ["refl we`ird", "refl_parent"]
    assert inspector.get_view_names() == ["refl_view"]
    assert "refl_parent" in (inspector.get_view_definition("refl_view") or "")
    assert inspector.has_table("refl_view")
    assert not inspector.has_table("refl_nothing")
    assert inspector.default_schema_name in inspector.get_schema_names()


def test_columns(inspector: Any) -> None:
    columns = {column["name"]: column for column in inspector.get_columns("refl_parent")}
    types = {name: repr(column["type"]) for name, column in columns.items()}
    assert types["id"].startswith("INTEGER(") and "unsigned=True" in types["id"]
    assert types["name"] == "VARCHAR(length=20, charset='latin1', collation='latin1_swedish_ci')"
    assert columns["kind"]["type"].enums == ["a", "it's"]
    assert columns["flags"]["type"].values == ("x", "y")
    assert types["seen"] == "DATETIME(fsp=3)"
    assert type(columns["doc"]["type"]).__name__ == "JSON"
    assert columns["id"]["autoincrement"] is True
    assert columns["id"]["comment"] == "it's"
    assert columns["name"]["nullable"] is False
    assert "on update current_timestamp(3)" in columns["seen"]["default"].lower()
    assert columns["twice"]["computed"]["persisted"] is True
    assert columns["price"]["default"] == "1.50"


def test_keys_and_constraints(inspector: Any) -> None:
    assert inspector.get_pk_constraint("refl_parent")["constrained_columns"] == ["id"]
    (key,) = inspector.get_foreign_keys("refl we`ird")
    assert (key["name"], key["constrained_columns"], key["referred_table"], key["referred_columns"]) == (
        "refl_fk",
        ["b c"],
        "refl_parent",
        ["id"],
    )
    assert key["options"] == {"ondelete": "SET NULL", "onupdate": "CASCADE"}
    assert key["referred_schema"] is None
    (unique,) = inspector.get_unique_constraints("refl_parent")
    assert (unique["name"], unique["column_names"]) == ("refl_uq", ["name", "kind"])
    (check,) = inspector.get_check_constraints("refl_parent")
    assert check["name"] == "refl_ck"
    assert "')'" in check["sqltext"]


def test_indexes(inspector: Any) -> None:
    indexes = {index["name"]: index for index in inspector.get_indexes("refl we`ird")}
    assert indexes["refl_prefix"]["column_names"] == ["t", "a"]
    assert indexes["refl_prefix"]["dialect_options"] == {"mysql_length": {"t": 10}}
    assert indexes["refl_words"]["dialect_options"] == {"mysql_prefix": "FULLTEXT"}


def test_table_options_and_comment(inspector: Any) -> None:
    assert inspector.get_table_comment("refl_parent") == {"text": 'the "table\'s"'}
    options = inspector.get_table_options("refl_parent")
    assert options["mysql_engine"] == "InnoDB"
    assert options["mysql_collate"] == "utf8mb4_bin"


def test_no_such_table(inspector: Any) -> None:
    with pytest.raises(exc.NoSuchTableError, match="refl_nothing"):
        inspector.get_columns("refl_nothing")


def test_another_database(engine: Engine, inspector: Any) -> None:
    with engine.connect() as connection:
        schema = connection.scalar(text("SELECT DATABASE()"))
    assert inspector.has_table("refl_parent", schema=schema)
    (key,) = inspector.get_foreign_keys("refl we`ird", schema=schema)
    assert key["referred_schema"] == schema


def test_number_of_queries_does_not_grow(engine: Engine, inspector: Any) -> None:
    def queries(names: list[str]) -> int:
        sent: list[str] = []

        def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
            sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        MetaData().reflect(engine, only=names)
        event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    assert queries(["refl_parent", "refl we`ird"]) == queries(["refl_parent"])


def test_reflected_tables_can_be_made_again(engine: Engine, inspector: Any) -> None:
    """What was reflected creates a table that reflects as the same."""
    metadata = MetaData()
    parent = Table("refl_parent", metadata, autoload_with=engine)
    child = Table("refl we`ird", metadata, autoload_with=engine)
    before = [str(CreateTable(each).compile(engine)) for each in (parent, child)]
    drop(engine)
    metadata.create_all(engine)
    again = MetaData()
    after = [
        str(CreateTable(Table(name, again, autoload_with=engine)).compile(engine)) for name in (parent.name, child.name)
    ]
    assert after == before


def test_temporary_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE refl_temporary (id INT)"))
        assert inspect(connection).has_table("refl_temporary")
        connection.execute(text("DROP TEMPORARY TABLE refl_temporary"))
        assert not inspect(connection).has_table("refl_temporary")
