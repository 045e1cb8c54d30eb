"""create_all and drop_all: which statements are sent, in which order, and who is told."""

from __future__ import annotations

from typing import Any

import pytest

import lect
from lect import event, exc
from lect.dialects.default import DefaultDialect
from lect.dialects.reflection import ReflectionRequest, Reflector
from lect.engine.ddl import run_ddl
from lect.schema import (
    DDL,
    CheckFirst,
    Column,
    CreateView,
    ForeignKey,
    Index,
    MetaData,
    Sequence,
    Table,
)
from lect.types import Integer


class Present(Reflector):
    """A catalogue that holds what it is told."""

    def __init__(self, *tables: str, sequences: tuple[str, ...] = ()) -> None:
        self.tables = tables
        self.sequences = sequences
        self.asked = 0

    def table_names(self, request: ReflectionRequest) -> list[str]:
        self.asked += 1
        return list(self.tables)

    def sequence_names(self, request: ReflectionRequest) -> list[str]:
        return list(self.sequences)


class Recorder:
    """Takes the place of a connection and writes down what it is given."""

    def __init__(self, *tables: str, sequences: tuple[str, ...] = (), **facts: Any) -> None:
        self.dialect: Any = DefaultDialect()
        self.dialect.capabilities = self.dialect.capabilities.replace(**facts)
        self.dialect.reflector = Present(*tables, sequences=sequences)
        self.sent: list[str] = []

    def get_execution_options(self) -> dict[str, Any]:
        return {}

    def execute(self, ddl: Any) -> None:
        self.sent.append(" ".join(str(ddl.compile(dialect=self.dialect)).split()))

    def _run_ddl(self, verb: str, item: Any, **options: Any) -> None:
        run_ddl(self, verb, item, **options)

    @property
    def heads(self) -> list[str]:
        return [" ".join(text.split(" (")[0].split()[:6]) for text in self.sent]


@pytest.fixture
def circle() -> MetaData:
    metadata = MetaData()
    Table("a", metadata, Column("id", Integer, primary_key=True), Column("b_id", ForeignKey("b.id", name="fk_ab")))
    Table("b", metadata, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id", name="fk_ba")))
    return metadata


def test_what_is_referred_to_is_created_first_and_dropped_last() -> None:
    metadata = MetaData()
    Table("a", metadata, Column("id", ForeignKey("b.id")))
    Table("b", metadata, Column("id", Integer, primary_key=True), Column("x", Integer, index=True), comment="c")
    bind = Recorder()
    metadata.create_all(bind)
    assert bind.heads == ["CREATE TABLE b", "CREATE INDEX ix_b_x ON b", "COMMENT ON TABLE b IS 'c'", "CREATE TABLE a"]
    bind = Recorder("a", "b")
    metadata.drop_all(bind)
    assert bind.heads == ["DROP TABLE a", "DROP TABLE b"]


def test_a_circle_is_closed_by_alter(circle: MetaData) -> None:
    bind = Recorder()
    circle.create_all(bind)
    assert bind.heads == [
        "CREATE TABLE a",
        "CREATE TABLE b",
        "ALTER TABLE a ADD CONSTRAINT fk_ab",
        "ALTER TABLE b ADD CONSTRAINT fk_ba",
    ]
    bind = Recorder("a", "b")
    circle.drop_all(bind)
    assert bind.heads[:2] == ["ALTER TABLE a DROP CONSTRAINT fk_ab", "ALTER TABLE b DROP CONSTRAINT fk_ba"]
    assert sorted(bind.heads[2:]) == ["DROP TABLE a", "DROP TABLE b"]


def test_a_circle_is_inline_where_nothing_can_be_altered(circle: MetaData) -> None:
    bind = Recorder(alter_add_constraint=False)
    circle.create_all(bind)
    assert bind.heads == ["CREATE TABLE a", "CREATE TABLE b"]
    assert "CONSTRAINT fk_ab FOREIGN KEY(b_id) REFERENCES b (id)" in bind.sent[0]
    assert "CONSTRAINT fk_ba FOREIGN KEY(a_id) REFERENCES a (id)" in bind.sent[1]
    bind = Recorder("a", "b", alter_add_constraint=False)
    with pytest.warns(exc.LectWarning, match="backend does not support ALTER"):
        circle.drop_all(bind)
    assert sorted(bind.heads) == ["DROP TABLE a", "DROP TABLE b"]


def test_a_circle_without_names_cannot_be_dropped() -> None:
    metadata = MetaData()
    Table("a", metadata, Column("id", Integer, primary_key=True), Column("b_id", ForeignKey("b.id")))
    Table("b", metadata, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id")))
    with pytest.raises(exc.CircularDependencyError, match=r"between tables: a, b.  Please ensure that .* have names"):
        metadata.drop_all(Recorder("a", "b"))


def test_a_key_without_a_name_keeps_its_tables_in_order() -> None:
    metadata = MetaData()
    Table("b", metadata, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id", name="fk_ba")))
    Table(
        "a",
        metadata,
        Column("id", Integer, ForeignKey("b.id"), primary_key=True),
        Column("b_id", ForeignKey("b.id", name="fk_ab")),
    )
    bind = Recorder("a", "b")
    metadata.drop_all(bind)
    assert sorted(bind.heads[:2]) == ["ALTER TABLE a DROP CONSTRAINT fk_ab", "ALTER TABLE b DROP CONSTRAINT fk_ba"]
    assert bind.heads[2:] == ["DROP TABLE a", "DROP TABLE b"]


def test_only_what_is_missing_is_created_with_one_question() -> None:
    metadata = MetaData()
    for name in ("a", "b", "c"):
        Table(name, metadata, Column("id", Integer))
    bind = Recorder("b")
    metadata.create_all(bind)
    assert bind.heads == ["CREATE TABLE a", "CREATE TABLE c"]
    assert bind.dialect.reflector.asked == 1


def test_without_looking() -> None:
    metadata = MetaData()
    Table("a", metadata, Column("id", Integer))
    bind = Recorder("a")
    metadata.create_all(bind, checkfirst=False)
    metadata.create_all(bind, checkfirst=CheckFirst.INDEXES)
    assert bind.heads == ["CREATE TABLE a", "CREATE TABLE a"]
    assert bind.dialect.reflector.asked == 0


def test_some_tables_only() -> None:
    metadata = MetaData()
    a = Table("a", metadata, Column("id", Integer))
    Table("b", metadata, Column("id", Integer))
    bind = Recorder()
    metadata.create_all(bind, tables=[a])
    assert bind.heads == ["CREATE TABLE a"]
    with pytest.raises(exc.ArgumentError, match="need Table objects, got 'a'"):
        metadata.create_all(bind, tables=["a"])


def test_sequences_come_before_their_tables_and_go_after() -> None:
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, Sequence("of_t"), primary_key=True))
    Sequence("alone", metadata=metadata)
    bind = Recorder()
    metadata.create_all(bind)
    assert bind.heads == ["CREATE SEQUENCE alone", "CREATE SEQUENCE of_t", "CREATE TABLE t"]
    bind = Recorder("t", sequences=("alone", "of_t"))
    metadata.drop_all(bind)
    assert bind.heads == ["DROP TABLE t", "DROP SEQUENCE of_t", "DROP SEQUENCE alone"]


def test_a_sequence_of_several_tables_goes_with_the_last() -> None:
    metadata = MetaData()
    shared = Sequence("shared", metadata=metadata)
    for name in ("a", "b"):
        Table(name, metadata, Column("id", Integer, shared, server_default=shared.next_value(), primary_key=True))
    bind = Recorder("a", "b", sequences=("shared",))
    metadata.drop_all(bind)
    assert bind.heads == ["DROP TABLE b", "DROP TABLE a", "DROP SEQUENCE shared"]
    bind = Recorder("a", "b", sequences=("shared",))
    metadata.drop_all(bind, tables=[metadata.tables["a"]])
    assert bind.heads == ["DROP TABLE a"]


def test_no_sequences_where_there_are_none() -> None:
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, Sequence("of_t"), primary_key=True))
    bind = Recorder()
    bind.dialect.capabilities = bind.dialect.capabilities.replace(sequences=False)
    metadata.create_all(bind)
    assert bind.heads == ["CREATE TABLE t"]


def test_views_come_after_tables_and_go_first() -> None:
    metadata = MetaData()
    t = Table("t", metadata, Column("id", Integer))
    CreateView(lect.select(t.c.id), "a_view", metadata=metadata)
    bind = Recorder()
    metadata.create_all(bind)
    assert bind.heads == ["CREATE TABLE t", "CREATE VIEW a_view AS SELECT t.id"]
    bind = Recorder("t", "a_view")
    metadata.drop_all(bind)
    assert bind.heads == ["DROP VIEW a_view", "DROP TABLE t"]


def test_one_table_and_one_index() -> None:
    t = Table("t", MetaData(), Column("x", Integer))
    bind = Recorder()
    t.create(bind)
    index = Index("ix", t.c.x)
    index.create(bind)
    index.drop(bind)
    t.drop(bind)
    assert bind.heads == ["CREATE TABLE t", "CREATE INDEX ix ON t", "DROP INDEX ix", "DROP TABLE t"]


def test_listeners_are_told_in_order() -> None:
    metadata = MetaData()
    t = Table("t", metadata, Column("x", Integer, index=True))
    told: list[str] = []
    for target, what in ((metadata, "metadata"), (t, "table"), (next(iter(t.indexes)), "index")):
        for name in ("before_create", "after_create", "before_drop", "after_drop"):
            event.listen(
                target, name, lambda target, connection, what=what, name=name, **kw: told.append(f"{name} {what}")
            )
    bind = Recorder()
    metadata.create_all(bind)
    assert told == [
        "before_create metadata",
        "before_create table",
        "before_create index",
        "after_create index",
        "after_create table",
        "after_create metadata",
    ]
    told.clear()
    metadata.drop_all(Recorder("t"))
    assert told == ["before_drop metadata", "before_drop table", "after_drop table", "after_drop metadata"]


def test_text_listens_under_a_condition() -> None:
    t = Table("t", MetaData(), Column("x", Integer))
    event.listen(t, "after_create", DDL("ANALYZE %(table)s").execute_if(dialect="default"))
    event.listen(t, "after_create", DDL("NEVER %(table)s").execute_if(dialect="elsewhere"))
    event.listen(
        t, "before_create", DDL("ASKED").execute_if(callable_=lambda ddl, target, bind, state, **kw: state, state=1)
    )
    bind = Recorder()
    t.create(bind)
    assert bind.heads == ["ASKED", "CREATE TABLE t", "ANALYZE t"]


def test_an_index_under_a_condition() -> None:
    t = Table("t", MetaData(), Column("x", Integer))
    Index("ix", t.c.x).ddl_if(dialect="elsewhere")
    bind = Recorder()
    t.create(bind)
    assert bind.heads == ["CREATE TABLE t"]


def test_something_that_is_no_engine_is_named() -> None:
    with pytest.raises(exc.InvalidRequestError, match=r"create_all\(\) needs an Engine or a Connection, got 'sqlite'"):
        MetaData().create_all("sqlite")
