"""Reflection: what the catalogue says about what was created."""

from __future__ import annotations

import pytest

from lect import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    inspect,
    select,
    text,
)
from lect.exc import NoSuchTableError
from lect_compliance.case import Group, needs
from lect_compliance.needs import FOREIGN_KEYS, REFLECTS_ACTIONS, REFLECTS_CHECKS, REFLECTS_NAMES, VIEWS

__all__ = ["TestReflection"]


class TestReflection(Group):
    """Tables, columns, keys, indexes, views."""

    group = "reflection"

    @pytest.fixture
    def schema(self, engine: Engine, metadata: MetaData) -> MetaData:
        """Two tables with one of everything."""
        Table(
            "lect_parent",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("code", String(10), nullable=False, unique=True),
        )
        child = Table(
            "lect_child",
            metadata,
            Column("a", Integer, primary_key=True, autoincrement=False),
            Column("b", Integer, primary_key=True, autoincrement=False),
            Column("parent_id", ForeignKey("lect_parent.id", ondelete="CASCADE", name="lect_fk_parent")),
            Column("name", String(30), nullable=False, server_default="it's"),
            Column("amount", Numeric(8, 2)),
            Column("big", BigInteger),
            Column("day", Date),
            Column("note", Text),
            Column("data", LargeBinary),
            Column("ratio", Float),
            UniqueConstraint("name", "amount", name="lect_uq_name"),
            CheckConstraint("amount > 0", name="lect_ck_amount"),
        )
        Index("lect_ix_day", child.c.day, child.c.big)
        metadata.create_all(engine)
        return metadata

    def test_table_names(self, engine: Engine, schema: MetaData) -> None:
        """Tables are listed."""
        assert {"lect_parent", "lect_child"} <= set(inspect(engine).get_table_names())

    def test_has_table(self, engine: Engine, schema: MetaData) -> None:
        """A table is there or not."""
        inspector = inspect(engine)
        assert inspector.has_table("lect_child")
        assert not inspector.has_table("lect_no_such_table")

    def test_column_names(self, engine: Engine, schema: MetaData) -> None:
        """Columns in their order."""
        names = [c["name"] for c in inspect(engine).get_columns("lect_child")]
        assert names == ["a", "b", "parent_id", "name", "amount", "big", "day", "note", "data", "ratio"]

    def test_column_types(self, engine: Engine, schema: MetaData) -> None:
        """Types are of the right kind, with their sizes."""
        types = {c["name"]: c["type"] for c in inspect(engine).get_columns("lect_child")}
        assert isinstance(types["a"], Integer)
        assert isinstance(types["name"], String)
        assert types["name"].length == 30
        assert isinstance(types["amount"], Numeric)
        assert (types["amount"].precision, types["amount"].scale) == (8, 2)
        assert isinstance(types["day"], Date)
        assert isinstance(types["note"], String)
        assert isinstance(types["data"], LargeBinary)

    def test_nullable(self, engine: Engine, schema: MetaData) -> None:
        """NOT NULL is told."""
        nullable = {c["name"]: c["nullable"] for c in inspect(engine).get_columns("lect_child")}
        assert nullable["name"] is False
        assert nullable["amount"] is True

    def test_default(self, engine: Engine, schema: MetaData) -> None:
        """A default is SQL that means the same when it is used again."""
        default = {c["name"]: c["default"] for c in inspect(engine).get_columns("lect_child")}["name"]
        assert default is not None
        with engine.connect() as connection:
            assert connection.execute(select(text(default))).scalar_one() == "it's"

    def test_no_such_table(self, engine: Engine) -> None:
        """A table that is not there is an error that names it."""
        with pytest.raises(NoSuchTableError, match="lect_no_such_table"):
            inspect(engine).get_columns("lect_no_such_table")

    def test_primary_key(self, engine: Engine, schema: MetaData) -> None:
        """A primary key of two columns, in their order."""
        assert inspect(engine).get_pk_constraint("lect_child")["constrained_columns"] == ["a", "b"]

    def test_foreign_keys(self, engine: Engine, schema: MetaData) -> None:
        """Where a foreign key points."""
        (key,) = inspect(engine).get_foreign_keys("lect_child")
        assert key["constrained_columns"] == ["parent_id"]
        assert key["referred_table"] == "lect_parent"
        assert key["referred_columns"] == ["id"]

    @needs(REFLECTS_ACTIONS)
    def test_foreign_key_actions(self, engine: Engine, schema: MetaData) -> None:
        """ON DELETE is told."""
        (key,) = inspect(engine).get_foreign_keys("lect_child")
        assert key["options"]["ondelete"] == "CASCADE"

    @needs(REFLECTS_NAMES)
    def test_constraint_names(self, engine: Engine, schema: MetaData) -> None:
        """Names that were given are told."""
        inspector = inspect(engine)
        assert inspector.get_foreign_keys("lect_child")[0]["name"] == "lect_fk_parent"
        assert "lect_uq_name" in {u["name"] for u in inspector.get_unique_constraints("lect_child")}

    def test_unique_constraints(self, engine: Engine, schema: MetaData) -> None:
        """UNIQUE over one and over two columns."""
        inspector = inspect(engine)
        assert [u["column_names"] for u in inspector.get_unique_constraints("lect_child")] == [["name", "amount"]]
        assert [u["column_names"] for u in inspector.get_unique_constraints("lect_parent")] == [["code"]]

    @needs(REFLECTS_CHECKS)
    def test_check_constraints(self, engine: Engine, schema: MetaData) -> None:
        """CHECK with its condition."""
        checks = {c["name"]: c["sqltext"] for c in inspect(engine).get_check_constraints("lect_child")}
        assert "amount" in checks["lect_ck_amount"]

    def test_indexes(self, engine: Engine, schema: MetaData) -> None:
        """Indexes with their columns in order."""
        indexes = {ix["name"]: ix for ix in inspect(engine).get_indexes("lect_child")}
        assert indexes["lect_ix_day"]["column_names"] == ["day", "big"]
        assert not indexes["lect_ix_day"]["unique"]

    @needs(VIEWS)
    def test_views(self, engine: Engine, schema: MetaData) -> None:
        """Views are listed, have columns, and tell their text."""
        with engine.begin() as connection:
            connection.execute(text("CREATE VIEW lect_view AS SELECT id, code FROM lect_parent"))
        try:
            inspector = inspect(engine)
            assert "lect_view" in inspector.get_view_names()
            assert "lect_view" not in inspector.get_table_names()
            assert [c["name"] for c in inspector.get_columns("lect_view")] == ["id", "code"]
            definition = inspector.get_view_definition("lect_view")
            assert definition is not None and "lect_parent" in definition
        finally:
            with engine.begin() as connection:
                connection.execute(text("DROP VIEW lect_view"))

    def test_many_tables_at_once(self, engine: Engine, schema: MetaData) -> None:
        """Facts about several tables in one call."""
        found = inspect(engine).get_multi_columns(filter_names=["lect_parent", "lect_child"])
        assert {key[1]: len(columns) for key, columns in found.items()} == {"lect_parent": 2, "lect_child": 10}

    def test_autoload(self, engine: Engine, schema: MetaData) -> None:
        """A Table read from the catalogue can be used, and brings the tables it refers to."""
        metadata = MetaData()
        child = Table("lect_child", metadata, autoload_with=engine)
        parent = metadata.tables["lect_parent"]
        with engine.begin() as connection:
            connection.execute(insert(parent), {"id": 1, "code": "x"})
            connection.execute(insert(child), {"a": 1, "b": 2, "parent_id": 1, "name": "n", "amount": 5})
            row = connection.execute(select(child.c.name, parent.c.code).join(parent)).one()
        assert tuple(row) == ("n", "x")

    @needs(FOREIGN_KEYS)
    def test_recreate(self, engine: Engine, schema: MetaData) -> None:
        """What was read can be created again."""
        copy = MetaData()
        copy.reflect(engine, only=["lect_parent", "lect_child"])
        schema.drop_all(engine)
        try:
            copy.create_all(engine)
            assert [c["name"] for c in inspect(engine).get_columns("lect_child")][:3] == ["a", "b", "parent_id"]
        finally:
            copy.drop_all(engine)
