"""A schema is created, used, read back, compared, created anew from what was read, and dropped, on every database."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from every_database import DATABASES, Database
from type_cases import HOSTILE

import lect
from lect import (
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    select,
    text,
)
from lect.dialects.variants import Comments
from lect.schema import CreateTable

SYNCHRONOUS = [name for name in DATABASES if not name.endswith(("aiosqlite", "asyncpg", "asyncmy"))]
#: What a backslash, a quote or a line's end may break, at the end of a literal and inside.
WORDS = [*HOSTILE, "`b`", "]x", "';--", "\\\\", "a''b", "\\'; DROP TABLE t; --", "*/", "tab\t", "$$", "%(x)s"]
CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


@pytest.fixture(params=SYNCHRONOUS)
def engine(request: pytest.FixtureRequest, database_url: Callable[[str], str]) -> Iterator[Any]:
    opened = Database(request.param, database_url)
    yield opened.engine
    opened.close()


@pytest.fixture
def metadata(engine: Any) -> Iterator[MetaData]:
    made = MetaData()
    yield made
    made.drop_all(engine)


def anew(engine: Any, metadata: MetaData) -> MetaData:
    """Read everything, drop it, create it from what was read, and return that."""
    read = MetaData()
    read.reflect(engine)
    metadata.drop_all(engine)
    read.create_all(engine)
    return read


def test_hostile_defaults_and_comments(engine: Any, metadata: MetaData) -> None:
    table = Table(
        "lect_words",
        metadata,
        Column("id", Integer, primary_key=True),
        *[Column(f"v{i}", String(40), server_default=word, comment=word) for i, word in enumerate(WORDS)],
        comment="".join(WORDS),
    )
    metadata.create_all(engine)
    read = table
    for _ in range(3):  # as written, as read, as read from what was read
        with engine.begin() as connection:
            connection.execute(insert(read).values(id=1))
            assert list(connection.execute(select(*read.c[1:])).one()) == WORDS
        if engine.dialect.capabilities.comments is not Comments.NONE:
            inspector = lect.inspect(engine)
            assert inspector.get_table_comment("lect_words")["text"] == "".join(WORDS)
            assert [c["comment"] or "" for c in inspector.get_columns("lect_words")[1:]] == WORDS
        read = anew(engine, metadata).tables["lect_words"]


@pytest.mark.parametrize("native", [True, False], ids=["native", "checked"])
def test_hostile_enumerations(engine: Any, metadata: MetaData, native: bool) -> None:
    type_ = Enum(*WORDS, name="lect_hostile", native_enum=native, create_constraint=True)
    table = Table("lect_enum", metadata, Column("id", Integer, primary_key=True), Column("v", type_))
    metadata.create_all(engine)
    for _ in range(2):
        with engine.begin() as connection:
            connection.execute(insert(table), [{"id": i, "v": word} for i, word in enumerate(WORDS, 1)])
            assert connection.scalars(select(table.c.v).order_by(table.c.id)).all() == WORDS
        read = anew(engine, metadata)
        assert getattr(read.tables["lect_enum"].c.v.type, "enums", WORDS) == WORDS
    read.drop_all(engine)


def shop(metadata: MetaData, *, generated: bool) -> None:
    """A bit of everything that all databases have."""
    Table(
        "lect_parent",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a", Integer),
        Column("b", String(20), nullable=False),
        UniqueConstraint("a", "b"),
    )
    child = Table(
        "lect_child",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("pid", ForeignKey("lect_parent.id", ondelete="CASCADE", onupdate="SET NULL"), index=True),
        Column("pa", Integer),
        Column("pb", String(20)),
        Column("n", Numeric(12, 3), server_default="1.5"),
        Column("at", lect.DateTime, server_default=func.now()),
        Column("order", Integer, key="order_"),
        *([Column("twice", Integer, Computed("pa * 2", persisted=True))] if generated else []),
        CheckConstraint("pa > 0", name="positive"),
        ForeignKeyConstraint(["pa", "pb"], ["lect_parent.a", "lect_parent.b"], name="fk_two"),
    )
    Index("ix_down", child.c.n.desc(), child.c.pb)
    Index("ix_one", child.c.n, unique=True)
    Table(
        "lect_node",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("up", ForeignKey("lect_node.id", name="fk_up")),
    )


def test_everything_is_read_as_it_was_written(engine: Any) -> None:
    written = MetaData(naming_convention=CONVENTION)
    shop(written, generated=True)
    written.create_all(engine)
    inspector = lect.inspect(engine)
    keys = sorted(inspector.get_foreign_keys("lect_child"), key=lambda key: str(key["name"]))
    assert [(k["name"], k["constrained_columns"], k["referred_table"], k["referred_columns"]) for k in keys] == [
        ("fk_lect_child_pid_lect_parent", ["pid"], "lect_parent", ["id"]),
        ("fk_two", ["pa", "pb"], "lect_parent", ["a", "b"]),
    ]
    assert keys[0]["options"] == {"ondelete": "CASCADE", "onupdate": "SET NULL"}
    assert [c["name"] for c in inspector.get_check_constraints("lect_child")] == ["ck_lect_child_positive"]
    assert [(u["name"], u["column_names"]) for u in inspector.get_unique_constraints("lect_parent")] == [
        ("uq_lect_parent_a_b", ["a", "b"])
    ]
    indexes = {i["name"]: i for i in inspector.get_indexes("lect_child")}
    assert {"ix_down", "ix_lect_child_pid", "ix_one"} <= indexes.keys()
    assert indexes["ix_down"]["column_names"] == ["n", "pb"]
    assert indexes["ix_down"]["column_sorting"] == {"n": ("desc",)}
    assert indexes["ix_one"]["unique"]
    columns = {c["name"]: c for c in inspector.get_columns("lect_child")}
    assert columns["twice"]["computed"]["persisted"] is True
    assert columns["n"]["type"].precision == 12
    assert columns["n"]["type"].scale == 3

    read = anew(engine, written)
    again = MetaData()
    again.reflect(engine)
    uniques = [i["column_names"] for i in lect.inspect(engine).get_unique_constraints("lect_parent")]
    assert uniques == [["a", "b"]]
    for name in written.tables:
        text_of = [str(CreateTable(m.tables[name]).compile(engine)) for m in (read, again)]
        assert text_of[0].replace("((pa * 2))", "(pa * 2)") == text_of[1].replace("((pa * 2))", "(pa * 2)")
    with engine.begin() as connection:
        parent, child = read.tables["lect_parent"], read.tables["lect_child"]
        connection.execute(insert(parent).values(id=1, a=2, b="x"))
        connection.execute(insert(child).values(pid=1, pa=2, pb="x"))
        assert connection.execute(select(child.c.twice, child.c.n)).all() == [(4, Decimal("1.5"))]
    read.drop_all(engine)
    assert lect.inspect(engine).get_table_names() == []


def test_tables_that_refer_to_each_other(engine: Any, metadata: MetaData) -> None:
    if not engine.dialect.capabilities.alter_add_constraint:
        key: dict[str, Any] = {}  # one is written into its table, which may come before the other
    else:
        key = {"use_alter": True}
    Table(
        "lect_a", metadata, Column("id", Integer, primary_key=True), Column("b", ForeignKey("lect_b.id", name="fk_ab"))
    )
    Table(
        "lect_b",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a", ForeignKey("lect_a.id", name="fk_ba", **key)),
    )
    metadata.create_all(engine)
    metadata.create_all(engine)  # nothing is there to be done
    for table, referred in (("lect_a", "lect_b"), ("lect_b", "lect_a")):
        assert [k["referred_table"] for k in lect.inspect(engine).get_foreign_keys(table)] == [referred]
    if engine.dialect.capabilities.alter_add_constraint:
        metadata.drop_all(engine)
        assert lect.inspect(engine).get_table_names() == []
    else:
        with pytest.warns(lect.exc.LectWarning, match="Can't sort tables for DROP"):
            metadata.drop_all(engine)


def test_a_table_of_the_session_alone(engine: Any, metadata: MetaData) -> None:
    table = Table("lect_temporary", metadata, Column("id", Integer), prefixes=["TEMPORARY"])
    with engine.connect() as connection:
        table.create(connection)
        connection.execute(insert(table).values(id=1))
        assert connection.scalars(select(table.c.id)).all() == [1]
        with contextlib.suppress(lect.exc.LectError):  # the catalogues of MySQL and MariaDB do not list them
            assert lect.inspect(connection).get_temp_table_names() == ["lect_temporary"]
            assert [c["name"] for c in lect.inspect(connection).get_columns("lect_temporary")] == ["id"]
        table.drop(connection)


def test_a_view_and_a_table_made_of_a_select(engine: Any, metadata: MetaData) -> None:
    source = Table("lect_source", metadata, Column("id", Integer, primary_key=True), Column("v", String(10)))
    view = lect.CreateView(select(source.c.v).where(source.c.id > 1), "lect_view", metadata=metadata)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(source), [{"id": 1, "v": "a"}, {"id": 2, "v": "it's"}])
        assert connection.scalars(select(view.table.c.v)).all() == ["it's"]
        made = lect.CreateTableAs(select(source.c.v).where(source.c.v == "it's"), "lect_made", metadata=metadata)
        connection.execute(made)
        assert connection.scalars(select(made.table.c.v)).all() == ["it's"]
    inspector = lect.inspect(engine)
    assert inspector.get_view_names() == ["lect_view"]
    assert "it's" not in (inspector.get_view_definition("lect_view") or "")
    read = MetaData()
    read.reflect(engine, views=True)
    assert read.tables["lect_view"].c.keys() == ["v"]


def test_sequences(engine: Any, metadata: MetaData) -> None:
    if not engine.dialect.capabilities.sequences:
        pytest.skip("the database has no sequences")
    sequence = Sequence("lect_numbers", start=5, increment=5, metadata=metadata)
    table = Table("lect_numbered", metadata, Column("id", Integer, sequence, primary_key=True), Column("v", Integer))
    metadata.create_all(engine)
    assert lect.inspect(engine).has_sequence("lect_numbers")
    with engine.begin() as connection:
        assert connection.execute(insert(table).values(v=1)).inserted_primary_key == (5,)
        assert connection.scalar(sequence) == 10
    metadata.drop_all(engine)
    assert not lect.inspect(engine).has_sequence("lect_numbers")


def test_a_condition_on_an_index(engine: Any, metadata: MetaData) -> None:
    if engine.dialect.name in ("mysql", "mariadb"):
        pytest.skip("the database has no indexes with conditions")
    table = Table("lect_partial", metadata, Column("id", Integer, primary_key=True), Column("v", String(10)))
    where = {f"{engine.dialect.name}_where": table.c.v == ":x\\"}
    Index("ix_partial", table.c.v, unique=True, **where)
    Index("ix_expression", func.lower(table.c.v))
    metadata.create_all(engine)
    for _ in range(2):
        indexes = {i["name"]: i for i in lect.inspect(engine).get_indexes("lect_partial")}
        condition = str(indexes["ix_partial"]["dialect_options"][f"{engine.dialect.name}_where"])
        assert ":x\\" in condition
        assert "lower" in str(indexes["ix_expression"]["expressions"])
        anew(engine, metadata)


def test_text_without_a_database(engine: Any) -> None:
    written = MetaData(naming_convention=CONVENTION)
    shop(written, generated=False)
    dialect = type(engine.dialect)()
    statement = str(CreateTable(written.tables["lect_child"]).compile(dialect=dialect))
    assert statement.startswith("\nCREATE TABLE lect_child (")
    assert "CONSTRAINT fk_two FOREIGN KEY(pa, pb) REFERENCES lect_parent (a, b)" in statement


def test_the_condition_of_a_check_may_hold_a_colon(engine: Any, metadata: MetaData) -> None:
    Table("lect_colon", metadata, Column("v", String(10)), CheckConstraint(text(r"v <> '\:x'"), name="ck_colon"))
    metadata.create_all(engine)
    with pytest.raises(lect.exc.CheckViolation), engine.begin() as connection:
        connection.execute(insert(anew(engine, metadata).tables["lect_colon"]).values(v=":x"))
