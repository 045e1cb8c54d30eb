"""The Inspector over a reflector written the simple way, and tables read through it."""

from __future__ import annotations

from typing import Any

import pytest

from lect import event, exc
from lect.dialects.default import DefaultDialect
from lect.dialects.reflection import FactNotReflected, ReflectedColumn, ReflectionRequest, Reflector
from lect.engine.reflection import Inspector
from lect.schema import CreateTable, Index, MetaData, Table, UniqueConstraint
from lect.types import Integer, String


def column(name: str, **more: Any) -> ReflectedColumn:
    return {"name": name, "type": Integer(), "nullable": True, "default": None, **more}  # type: ignore[typeddict-item]


class Catalogue(Reflector):
    """Two tables and a view."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def table_names(self, request: ReflectionRequest) -> list[str]:
        self.calls.append("table_names")
        return ["child", "parent"]

    def view_names(self, request: ReflectionRequest) -> list[str]:
        return ["v"]

    def table_columns(self, request: ReflectionRequest, name: str) -> list[ReflectedColumn]:
        self.calls.append(f"columns of {name}")
        if name == "parent":
            return [
                column("id", nullable=False),
                column("name", type=String(20), default="'it''s'::text", comment="who"),
                column("raw", type=String(20), default="\\'", default_value="\\'; DROP TABLE parent --"),
            ]
        if name == "child":
            return [column("id", nullable=False), column("parent_id"), column("n")]
        if name == "v":
            return [column("id")]
        raise exc.NoSuchTableError(name)

    def table_primary_key(self, request: ReflectionRequest, name: str) -> Any:
        return {"name": f"{name}_pk", "constrained_columns": [] if name == "v" else ["id"]}

    def table_foreign_keys(self, request: ReflectionRequest, name: str) -> Any:
        if name != "child":
            return []
        return [
            {
                "name": "fk",
                "constrained_columns": ["parent_id"],
                "referred_schema": None,
                "referred_table": "parent",
                "referred_columns": ["id"],
                "options": {"ondelete": "CASCADE"},
            }
        ]

    def table_indexes(self, request: ReflectionRequest, name: str) -> Any:
        if name != "child":
            return []
        return [
            {"name": "ix_n", "column_names": ["n"], "unique": False},
            {"name": "ix_low", "column_names": [None], "expressions": ["lower(n)"], "unique": True},
            {"name": "uq_n", "column_names": ["n"], "unique": True, "duplicates_constraint": "uq_n"},
        ]

    def table_unique_constraints(self, request: ReflectionRequest, name: str) -> Any:
        return [{"name": "uq_n", "column_names": ["n"]}] if name == "child" else []


class Connection:
    def __init__(self) -> None:
        self.dialect: Any = DefaultDialect()
        self.dialect.reflector = Catalogue()

    def execute(self, statement: Any, parameters: Any = None) -> Any:
        raise AssertionError("this catalogue asks nothing")

    def get_execution_options(self) -> dict[str, Any]:
        return {}

    def _inspection_context(self) -> Any:
        return Inspector(self)._inspection_context()


@pytest.fixture
def connection() -> Connection:
    return Connection()


@pytest.fixture
def inspector(connection: Connection) -> Inspector:
    return Inspector(connection)


def test_names(inspector: Inspector) -> None:
    assert inspector.get_table_names() == ["child", "parent"]
    assert inspector.get_view_names() == ["v"]
    assert inspector.has_table("parent")
    assert inspector.has_table("v")
    assert not inspector.has_table("nope")
    assert inspector.has_multi_table(["parent", "nope"]) == {(None, "parent"): True, (None, "nope"): False}


def test_one_table_and_many(inspector: Inspector) -> None:
    assert [c["name"] for c in inspector.get_columns("child")] == ["id", "parent_id", "n"]
    assert set(inspector.get_multi_columns()) == {(None, "child"), (None, "parent")}
    assert inspector.get_pk_constraint("v")["constrained_columns"] == []


def test_a_table_that_is_not_there(inspector: Inspector) -> None:
    with pytest.raises(exc.NoSuchTableError, match="nope"):
        inspector.get_columns("nope")
    assert not inspector.has_index("nope", "ix")


def test_unknown_is_not_none(inspector: Inspector) -> None:
    assert not inspector.reflects("check_constraints")
    with pytest.raises(FactNotReflected, match="dialect 'default' cannot reflect CHECK constraints"):
        inspector.get_check_constraints("child")
    with pytest.raises(NotImplementedError):
        inspector.get_table_comment("child")
    assert inspector.reflects("indexes")
    assert inspector.get_foreign_keys("parent") == []


def test_answers_are_kept_until_the_cache_is_cleared(connection: Connection, inspector: Inspector) -> None:
    inspector.get_columns("child")
    first = inspector.get_columns("child")
    assert connection.dialect.reflector.calls.count("columns of child") == 1
    first.clear()
    assert inspector.get_columns("child"), "a caller's change is not remembered"
    inspector.clear_cache()
    inspector.get_columns("child")
    assert connection.dialect.reflector.calls.count("columns of child") == 2


def test_order_of_creation(inspector: Inspector) -> None:
    assert inspector.get_sorted_table_and_fkc_names() == [("parent", []), ("child", [("child", "fk")]), (None, [])]


def test_a_table_is_read(connection: Connection) -> None:
    metadata = MetaData()
    child = Table("child", metadata, autoload_with=connection)
    parent = metadata.tables["parent"]
    assert child.c.keys() == ["id", "parent_id", "n"]
    assert [c.name for c in child.primary_key] == ["id"]
    assert child.primary_key.name == "child_pk"
    (fk,) = child.c.parent_id.foreign_keys
    assert fk.column is parent.c.id
    assert fk.constraint is not None
    assert fk.constraint.ondelete == "CASCADE"
    assert {i.name for i in child.indexes} == {"ix_n", "ix_low"}
    assert {c.name for c in child.constraints if isinstance(c, UniqueConstraint)} == {"uq_n"}


def test_what_was_read_as_a_value_stays_a_value(connection: Connection) -> None:
    parent = Table("parent", MetaData(), autoload_with=connection)
    assert "DEFAULT '\\''; DROP TABLE parent --'" in str(CreateTable(parent))
    assert "DEFAULT 'it''s'::text" in str(CreateTable(parent)), "SQL of the server's own is written as it is"


def test_without_references(connection: Connection) -> None:
    metadata = MetaData()
    Table("child", metadata, autoload_with=connection, resolve_fks=False)
    assert set(metadata.tables) == {"child"}


def test_what_is_written_wins(connection: Connection) -> None:
    from lect.schema import Column

    child = Table("child", MetaData(), Column("n", String(9), key="en"), autoload_with=connection)
    assert child.c.en.type.length == 9
    assert child.c.keys() == ["id", "parent_id", "en"]


def test_some_columns_only(connection: Connection) -> None:
    child = Table("child", MetaData(), autoload_with=connection, include_columns=["id", "parent_id"])
    assert child.c.keys() == ["id", "parent_id"]
    assert {i.name for i in child.indexes} == {"ix_low"}


def test_a_missing_table_is_not_left_in_the_metadata(connection: Connection) -> None:
    metadata = MetaData()
    with pytest.raises(exc.NoSuchTableError, match="nope"):
        Table("nope", metadata, autoload_with=connection)
    assert "nope" not in metadata.tables


def test_listeners_change_what_is_read(connection: Connection) -> None:
    metadata = MetaData()

    @event.listens_for(metadata, "column_reflect")
    def rename(inspector: Any, table: Table, column_info: ReflectedColumn) -> None:
        column_info["key"] = f"attr_{column_info['name']}"  # type: ignore[typeddict-unknown-key]

    child = Table("child", metadata, autoload_with=connection)
    assert child.c.keys() == ["attr_id", "attr_parent_id", "attr_n"]
    assert [c.name for c in child.primary_key] == ["id"]
    (fk,) = child.foreign_keys
    assert fk.column is metadata.tables["parent"].c.attr_id


def test_a_whole_database(connection: Connection) -> None:
    metadata = MetaData()
    metadata.reflect(connection)
    assert set(metadata.tables) == {"child", "parent"}
    metadata.reflect(connection, views=True)
    assert set(metadata.tables) == {"child", "parent", "v"}


def test_some_of_a_database(connection: Connection) -> None:
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, metadata: name == "parent")
    assert set(metadata.tables) == {"parent"}
    with pytest.raises(
        exc.InvalidRequestError, match=r"requested table\(s\) not available .*\(parnet\).*did you mean 'parent'"
    ):
        metadata.reflect(connection, only=["parnet"])


def test_read_again(connection: Connection) -> None:
    metadata = MetaData()
    metadata.reflect(connection)
    child = metadata.tables["child"]
    child.c.n.type = String(3)
    Index("mine", child.c.n)
    metadata.reflect(connection, extend_existing=True)
    assert metadata.tables["child"] is child
    assert isinstance(child.c.n.type, Integer)


def test_a_bind_is_needed() -> None:
    with pytest.raises(exc.ArgumentError, match="autoload_with must be an Engine"):
        Table("t", MetaData(), autoload_with="sqlite")
    with pytest.raises(exc.ArgumentError, match="an Inspector needs an Engine or a Connection"):
        Inspector("sqlite")
