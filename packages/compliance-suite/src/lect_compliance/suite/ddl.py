"""DDL: tables, constraints, indexes, sequences, views, comments."""

from __future__ import annotations

import pytest

from lect import (
    CheckConstraint,
    Column,
    Computed,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    inspect,
    select,
)
from lect.engine import Connection
from lect.exc import IntegrityError
from lect_compliance.case import Group, needs
from lect_compliance.needs import (
    ALTER_CONSTRAINT,
    CHECKS,
    COMMENTS,
    COMPUTED,
    EXPRESSION_INDEXES,
    FOREIGN_KEYS,
    SEQUENCES,
    TEMPORARY,
)

__all__ = ["TestDdl"]


class TestDdl(Group):
    """What is created is there, does what it says, and can be dropped."""

    group = "ddl"

    def test_create_and_drop(self, engine: Engine) -> None:
        """A table comes and goes."""
        table = Table("lect_thing", MetaData(), Column("id", Integer, primary_key=True))
        table.create(engine)
        assert inspect(engine).has_table("lect_thing")
        table.drop(engine)
        assert not inspect(engine).has_table("lect_thing")

    def test_checkfirst(self, engine: Engine, metadata: MetaData) -> None:
        """create_all() and drop_all() leave alone what is there, or is not."""
        Table("lect_thing", metadata, Column("id", Integer, primary_key=True))
        metadata.create_all(engine)
        metadata.create_all(engine)
        metadata.drop_all(engine)
        metadata.drop_all(engine)

    def test_dependency_order(self, engine: Engine, metadata: MetaData) -> None:
        """Tables are created before those that refer to them, whatever the order of their definition."""
        Table(
            "lect_a_child",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("p", ForeignKey("lect_b_parent.id")),
        )
        Table("lect_b_parent", metadata, Column("id", Integer, primary_key=True))
        metadata.create_all(engine)
        assert inspect(engine).has_table("lect_a_child")

    def test_self_reference(self, engine: Engine, metadata: MetaData) -> None:
        """A table may refer to itself."""
        node = Table(
            "lect_node",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("up", ForeignKey("lect_node.id")),
        )
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(insert(node), [{"id": 1, "up": None}, {"id": 2, "up": 1}])

    @needs(ALTER_CONSTRAINT)
    def test_mutual_references(self, engine: Engine, metadata: MetaData) -> None:
        """Two tables that refer to each other."""
        Table(
            "lect_egg",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("hen", ForeignKey("lect_hen.id", name="lect_fk_egg")),
        )
        Table(
            "lect_hen",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("egg", ForeignKey("lect_egg.id", name="lect_fk_hen")),
        )
        metadata.create_all(engine)
        assert len(inspect(engine).get_foreign_keys("lect_egg")) == 1
        assert len(inspect(engine).get_foreign_keys("lect_hen")) == 1

    def test_primary_key(self, engine: Engine, metadata: MetaData) -> None:
        """A primary key of two columns holds."""
        table = Table("lect_pair", metadata, Column("a", Integer), Column("b", Integer), PrimaryKeyConstraint("a", "b"))
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(insert(table), [{"a": 1, "b": 1}, {"a": 1, "b": 2}])
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(insert(table), {"a": 1, "b": 2})

    def test_unique(self, engine: Engine, metadata: MetaData) -> None:
        """UNIQUE holds."""
        table = Table(
            "lect_unique",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("a", Integer),
            Column("b", Integer),
            UniqueConstraint("a", "b", name="lect_uq"),
        )
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(insert(table), [{"id": 1, "a": 1, "b": 1}, {"id": 2, "a": 1, "b": 2}])
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(insert(table), {"id": 3, "a": 1, "b": 1})

    def test_not_null(self, engine: Engine, person: Table) -> None:
        """NOT NULL holds."""
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(insert(person), {"name": None})

    @needs(CHECKS)
    def test_check(self, engine: Engine, metadata: MetaData) -> None:
        """CHECK holds."""
        table = Table(
            "lect_checked",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("age", Integer),
            CheckConstraint("age >= 0", name="lect_ck_age"),
        )
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(insert(table), {"id": 1, "age": 0})
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(insert(table), {"id": 2, "age": -1})

    @needs(FOREIGN_KEYS)
    def test_foreign_key(self, engine: Engine, metadata: MetaData) -> None:
        """FOREIGN KEY holds, and ON DELETE CASCADE deletes."""
        parent = Table("lect_parent", metadata, Column("id", Integer, primary_key=True, autoincrement=False))
        child = Table(
            "lect_child",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("parent_id", Integer),
            ForeignKeyConstraint(["parent_id"], ["lect_parent.id"], ondelete="CASCADE", name="lect_fk"),
        )
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(insert(parent), {"id": 1})
            connection.execute(insert(child), {"id": 1, "parent_id": 1})
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(insert(child), {"id": 2, "parent_id": 99})
        with engine.begin() as connection:
            connection.execute(parent.delete())
            assert connection.scalar(select(func.count()).select_from(child)) == 0

    def test_index(self, engine: Engine, metadata: MetaData) -> None:
        """Indexes are created with their table and can be dropped."""
        table = Table(
            "lect_indexed", metadata, Column("id", Integer, primary_key=True), Column("n", Integer, index=True)
        )
        index = Index("lect_ix_both", table.c.n, table.c.id)
        metadata.create_all(engine)
        names = {ix["name"] for ix in inspect(engine).get_indexes("lect_indexed")}
        assert names == {"ix_lect_indexed_n", "lect_ix_both"}
        index.drop(engine)
        assert {ix["name"] for ix in inspect(engine).get_indexes("lect_indexed")} == {"ix_lect_indexed_n"}

    def test_unique_index(self, engine: Engine, metadata: MetaData) -> None:
        """A unique index holds."""
        table = Table("lect_indexed", metadata, Column("id", Integer, primary_key=True), Column("n", Integer))
        Index("lect_ux", table.c.n, unique=True)
        metadata.create_all(engine)
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(insert(table), [{"id": 1, "n": 5}, {"id": 2, "n": 5}])

    @needs(EXPRESSION_INDEXES)
    def test_expression_index(self, engine: Engine, metadata: MetaData) -> None:
        """An index over an expression."""
        table = Table("lect_indexed", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))
        Index("lect_ix_lower", func.lower(table.c.name))
        metadata.create_all(engine)

    @needs(SEQUENCES)
    def test_sequence(self, engine: Engine, metadata: MetaData) -> None:
        """A sequence counts."""
        sequence = Sequence("lect_seq", start=5, increment=2, metadata=metadata)
        metadata.create_all(engine)
        with engine.begin() as connection:
            assert [connection.scalar(sequence) for _ in range(3)] == [5, 7, 9]

    @needs(SEQUENCES)
    def test_sequence_as_default(self, engine: Engine, metadata: MetaData) -> None:
        """A sequence gives keys."""
        table = Table(
            "lect_numbered",
            metadata,
            Column("id", Integer, Sequence("lect_seq", start=100), primary_key=True),
            Column("name", String(10)),
        )
        metadata.create_all(engine)
        with engine.begin() as connection:
            assert connection.execute(insert(table).values(name="a")).inserted_primary_key == (100,)

    @needs(COMPUTED)
    def test_computed(self, engine: Engine, metadata: MetaData) -> None:
        """A column that the server computes."""
        table = Table(
            "lect_computed",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("n", Integer),
            Column("double", Integer, Computed("n * 2", persisted=True)),
        )
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(insert(table), {"id": 1, "n": 21})
            assert connection.scalar(select(table.c.double)) == 42

    @needs(COMMENTS)
    def test_comments(self, engine: Engine, metadata: MetaData) -> None:
        """Comments on a table and a column, with quotes in them."""
        Table(
            "lect_commented",
            metadata,
            Column("id", Integer, primary_key=True, comment='the column\'s \\ "comment"'),
            comment="the table's 100% 'comment'",
        )
        metadata.create_all(engine)
        inspector = inspect(engine)
        assert inspector.get_table_comment("lect_commented")["text"] == "the table's 100% 'comment'"
        assert inspector.get_columns("lect_commented")[0]["comment"] == 'the column\'s \\ "comment"'

    @needs(TEMPORARY)
    def test_temporary_table(self, connection: Connection) -> None:
        """A temporary table belongs to its connection."""
        table = Table(
            "lect_temporary",
            MetaData(),
            Column("id", Integer, primary_key=True, autoincrement=False),
            prefixes=["TEMPORARY"],
        )
        table.create(connection, checkfirst=False)
        connection.execute(insert(table), {"id": 1})
        assert connection.scalar(select(table.c.id)) == 1
        table.drop(connection, checkfirst=False)

    def test_text_without_a_database(self, engine: Engine) -> None:
        """CREATE TABLE as text needs no connection."""
        from lect.schema import CreateTable

        table = Table("lect_text", MetaData(), Column("id", Integer, primary_key=True))
        sql = str(CreateTable(table).compile(dialect=engine.dialect))
        assert "CREATE TABLE lect_text" in sql
        assert "id" in sql
