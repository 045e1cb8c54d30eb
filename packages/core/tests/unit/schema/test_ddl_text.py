"""DDL as text, in the standard's words."""

from __future__ import annotations

from typing import Any

import pytest

import lect
from lect import exc
from lect.schema import (
    DDL,
    AddConstraint,
    CheckConstraint,
    Column,
    Computed,
    CreateColumn,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTableAs,
    CreateView,
    DropColumnComment,
    DropConstraint,
    DropIndex,
    DropSchema,
    DropSequence,
    DropTable,
    DropTableComment,
    DropView,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    SetColumnComment,
    SetTableComment,
    Table,
    UniqueConstraint,
)
from lect.types import Integer, String


@pytest.fixture
def other() -> Table:
    return Table("o", MetaData(), Column("id", Integer, primary_key=True), Column("x", String(30)))


def table(*items: Any, name: str = "t", **options: Any) -> Table:
    return Table(name, MetaData(), *items, **options)


def test_create_table() -> None:
    t = table(Column("id", Integer, primary_key=True), Column("x", String(30), nullable=False))
    assert str(CreateTable(t)) == (
        "\nCREATE TABLE t (\n\tid INTEGER NOT NULL, \n\tx VARCHAR(30) NOT NULL, \n\tPRIMARY KEY (id)\n)\n\n"
    )


def test_create_table_without_columns() -> None:
    assert str(CreateTable(table())) == "\nCREATE TABLE t (\n)\n\n"


def test_create_table_with_everything() -> None:
    metadata = MetaData()
    Table("o", metadata, Column("id", Integer, primary_key=True))
    t = Table(
        "t",
        metadata,
        Column("id", Integer, Identity(always=True, start=3, cycle=True, nominvalue=True, cache=4), primary_key=True),
        Column("x", String(30), server_default="a'b"),
        Column("y", Integer, Computed("x+1", persisted=True)),
        Column(
            "z",
            Integer,
            CheckConstraint("z>1", name="zz"),
            ForeignKey(
                "o.id",
                name="fkz",
                onupdate="CASCADE",
                ondelete="SET NULL",
                deferrable=True,
                initially="DEFERRED",
                match=r"FULL",
            ),
        ),
        Column("hidden", Integer, system=True),
        UniqueConstraint("x", "z", name="uu", deferrable=False),
        prefixes=["TEMPORARY"],
        schema="s p",
    )
    assert str(CreateTable(t, if_not_exists=True)) == (
        '\nCREATE TEMPORARY TABLE IF NOT EXISTS "s p".t ('
        "\n\tid INTEGER GENERATED ALWAYS AS IDENTITY (START WITH 3 NO MINVALUE CACHE 4 CYCLE), "
        "\n\tx VARCHAR(30) DEFAULT 'a''b', "
        "\n\ty INTEGER GENERATED ALWAYS AS (x+1) STORED, "
        "\n\tz INTEGER CONSTRAINT zz CHECK (z>1), "
        "\n\tPRIMARY KEY (id), "
        "\n\tCONSTRAINT uu UNIQUE (x, z) NOT DEFERRABLE, "
        "\n\tCONSTRAINT fkz FOREIGN KEY(z) REFERENCES o (id) MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE "
        "DEFERRABLE INITIALLY DEFERRED\n)\n\n"
    )


@pytest.mark.parametrize(
    ("default", "text"),
    [
        ("5", "DEFAULT '5'"),
        (lect.text("5"), "DEFAULT 5"),
        (lect.func.now(), "DEFAULT now()"),
        (lect.literal(5), "DEFAULT 5"),
        ("a\\'; DROP TABLE x --", "DEFAULT 'a\\''; DROP TABLE x --'"),
    ],
)
def test_server_defaults(default: Any, text: str) -> None:
    t = table(Column("x", Integer, server_default=default))
    assert str(CreateColumn(t.c.x)) == f"x INTEGER {text}"


def test_names_are_quoted() -> None:
    t = table(Column("select", Integer), Column("Mixed", Integer), Column('a"b', Integer), name="my table")
    assert str(CreateTable(t)) == (
        '\nCREATE TABLE "my table" (\n\t"select" INTEGER, \n\t"Mixed" INTEGER, \n\t"a""b" INTEGER\n)\n\n'
    )


def test_a_foreign_key_with_use_alter_is_left_out() -> None:
    metadata = MetaData()
    Table("o", metadata, Column("id", Integer))
    t = Table("t", metadata, Column("x", ForeignKey("o.id", use_alter=True, name="fk")))
    assert "FOREIGN KEY" not in str(CreateTable(t))
    (constraint,) = t.foreign_key_constraints
    assert str(AddConstraint(constraint)) == "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(x) REFERENCES o (id)"


def test_a_missing_reference_names_both_ends() -> None:
    t = table(Column("x", Integer, ForeignKey("nowhere.id")))
    with pytest.raises(exc.NoReferencedTableError, match=r"column 't.x' could not find table 'nowhere'"):
        str(CreateTable(t))


@pytest.mark.parametrize("phrase", ["CASCADE; DROP TABLE x", "SET NULL --", "'x'"])
def test_actions_are_words(phrase: str) -> None:
    metadata = MetaData()
    Table("o", metadata, Column("id", Integer))
    t = Table("t", metadata, Column("x", ForeignKey("o.id", ondelete=phrase)))
    with pytest.raises(exc.CompileError, match=r"Unexpected SQL phrase"):
        str(CreateTable(t))


def test_actions_may_name_columns() -> None:
    metadata = MetaData()
    Table("o", metadata, Column("id", Integer))
    t = Table("t", metadata, Column("x", ForeignKey("o.id", ondelete="SET NULL (x, y)")))
    assert "ON DELETE SET NULL (x, y)" in str(CreateTable(t))


def test_a_check_of_an_expression_has_literals_and_no_table() -> None:
    t = table(Column("x", Integer), Column("y", String))
    t.append_constraint(CheckConstraint((t.c.x > 5) & (t.c.y != "o'clock"), name="ck"))
    assert "CONSTRAINT ck CHECK (x > 5 AND y != 'o''clock')" in str(CreateTable(t))


def test_add_and_drop_constraint() -> None:
    t = table(Column("x", Integer))
    check = CheckConstraint(t.c.x > 5, name="ck")
    t.append_constraint(check)
    assert str(AddConstraint(check)) == "ALTER TABLE t ADD CONSTRAINT ck CHECK (x > 5)"
    assert str(DropConstraint(check)) == "ALTER TABLE t DROP CONSTRAINT ck"
    assert str(DropConstraint(check, if_exists=True, cascade=True)) == (
        "ALTER TABLE t DROP CONSTRAINT IF EXISTS ck CASCADE"
    )
    assert "CHECK" not in str(CreateTable(t)), "a constraint added by ALTER is not in CREATE TABLE too"


def test_isolation_from_the_table_can_be_declined() -> None:
    t = table(Column("x", Integer), UniqueConstraint("x", name="u"))
    (unique,) = [c for c in t.constraints if isinstance(c, UniqueConstraint)]
    AddConstraint(unique, isolate_from_table=False)
    assert "UNIQUE" in str(CreateTable(t))


def test_a_constraint_without_a_name_cannot_be_dropped() -> None:
    t = table(Column("x", Integer), UniqueConstraint("x"))
    (unique,) = [c for c in t.constraints if isinstance(c, UniqueConstraint)]
    with pytest.raises(exc.CompileError, match=r"it has no name"):
        str(DropConstraint(unique))


def test_drop_table(other: Table) -> None:
    assert str(DropTable(other)) == "\nDROP TABLE o"
    assert str(DropTable(other, if_exists=True)) == "\nDROP TABLE IF EXISTS o"


def test_indexes() -> None:
    t = table(Column("x", String(5)), Column("z", Integer), schema="s p")
    index = Index("ix", lect.func.lower(t.c.x), t.c.z.desc(), unique=True)
    assert str(CreateIndex(index)) == 'CREATE UNIQUE INDEX ix ON "s p".t (lower(x), z DESC)'
    assert str(CreateIndex(index, if_not_exists=True)) == (
        'CREATE UNIQUE INDEX IF NOT EXISTS ix ON "s p".t (lower(x), z DESC)'
    )
    assert str(DropIndex(index)) == '\nDROP INDEX "s p".ix'
    assert str(DropIndex(index, if_exists=True)) == '\nDROP INDEX IF EXISTS "s p".ix'


def test_an_index_without_a_table_is_refused() -> None:
    with pytest.raises(exc.CompileError, match=r"Index 'ix' is not associated with any table"):
        str(CreateIndex(Index("ix", "x")))


def test_a_long_name_of_a_convention_is_shortened_and_a_given_one_refused() -> None:
    metadata = MetaData(naming_convention={"uq": "uq_%(table_name)s_" + "x" * 40})
    t = Table("t", metadata, Column("x", Integer), UniqueConstraint("x"))
    dialect = type("Short", (lect.dialects.default.DefaultDialect,), {})(max_identifier_length=30)
    text = str(CreateTable(t).compile(dialect=dialect))
    (name,) = [line.split()[1] for line in text.splitlines() if "CONSTRAINT" in line]
    assert len(name) <= 30
    assert name.startswith("uq_t_xxx")
    given = table(Column("x", Integer), UniqueConstraint("x", name="u" * 31))
    with pytest.raises(exc.IdentifierError, match=r"31 characters"):
        CreateTable(given).compile(dialect=dialect)


def test_sequences() -> None:
    sequence = Sequence("sq", start=1, increment=2, minvalue=0, maxvalue=9, nomaxvalue=True, cycle=False, cache=3)
    options = "INCREMENT BY 2 START WITH 1 MINVALUE 0 MAXVALUE 9 NO MAXVALUE CACHE 3 NO CYCLE"
    assert str(CreateSequence(sequence)) == f"CREATE SEQUENCE sq {options}"
    assert str(CreateSequence(Sequence("a", schema="s"), if_not_exists=True)) == "CREATE SEQUENCE IF NOT EXISTS s.a"
    assert str(DropSequence(sequence, if_exists=True)) == "DROP SEQUENCE IF EXISTS sq"


def test_schemas() -> None:
    assert str(CreateSchema("x y")) == 'CREATE SCHEMA "x y"'
    assert str(CreateSchema("x", if_not_exists=True)) == "CREATE SCHEMA IF NOT EXISTS x"
    assert str(DropSchema("x", cascade=True, if_exists=True)) == "DROP SCHEMA IF EXISTS x CASCADE"
    with pytest.raises(exc.ArgumentError, match=r"must be a string"):
        CreateSchema(Sequence("s"))  # type: ignore[arg-type]


def test_comments_are_literals() -> None:
    t = table(Column("x", Integer, comment="c'x"), comment="tab'le")
    assert str(SetTableComment(t)) == "COMMENT ON TABLE t IS 'tab''le'"
    assert str(DropTableComment(t)) == "COMMENT ON TABLE t IS NULL"
    assert str(SetColumnComment(t.c.x)) == "COMMENT ON COLUMN t.x IS 'c''x'"
    assert str(DropColumnComment(t.c.x)) == "COMMENT ON COLUMN t.x IS NULL"


def test_text_with_names_put_in() -> None:
    t = table(Column("x", Integer), name="my table", schema="s")
    ddl = DDL("ALTER %(fullname)s %(schema)s %(table)s 100%% %(more)s", context={"more": "end"})
    assert str(ddl.against(t)) == 'ALTER s."my table" s "my table" 100% end'


def test_text_that_asks_for_what_there_is_not() -> None:
    with pytest.raises(exc.CompileError, match=r"asks for %\(tabel\)s"):
        str(DDL("DROP %(tabel)s"))
    with pytest.raises(exc.ArgumentError, match=r"Expected a string"):
        DDL(5)  # type: ignore[arg-type]


def test_views(other: Table) -> None:
    query = lect.select(other.c.id, lect.literal("q'").label("q")).where(other.c.id > 5)
    view = CreateView(query, "v")
    assert str(view) == "CREATE VIEW v AS SELECT o.id, 'q''' AS q \nFROM o \nWHERE o.id > 5"
    assert view.table.c.keys() == ["id", "q"]
    assert view.table.is_view
    replaced = CreateView(query, "v", schema="s", or_replace=True, temporary=True)
    assert str(replaced).startswith("CREATE OR REPLACE TEMPORARY VIEW s.v AS SELECT")
    assert str(DropView(view.table, if_exists=True)) == "\nDROP VIEW IF EXISTS v"


def test_create_table_as(other: Table) -> None:
    made = CreateTableAs(
        lect.select(other.c.id).where(other.c.id == 7), "ct", temporary=True, if_not_exists=True, schema="h"
    )
    assert str(made) == "CREATE TEMPORARY TABLE IF NOT EXISTS h.ct AS SELECT o.id \nFROM o \nWHERE o.id = 7"
    assert made.table.c.keys() == ["id"]
    assert not made.table.is_view


def test_a_view_of_something_else_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match=r"CreateView needs a SELECT"):
        CreateView("SELECT 1", "v")


def test_a_condition_leaves_a_constraint_out() -> None:
    t = table(Column("x", Integer), CheckConstraint("x > 1", name="only").ddl_if(dialect="elsewhere"))
    assert "CHECK" not in str(CreateTable(t))
    u = table(
        Column("x", Integer),
        CheckConstraint("x > 1", name="ask").ddl_if(
            callable_=lambda ddl, target, bind, dialect, **kw: dialect.name == "default"
        ),
    )
    assert "CONSTRAINT ask CHECK (x > 1)" in str(CreateTable(u))


def test_a_user_writes_columns_differently() -> None:
    class Loud(Column[Any]):
        inherit_cache = True

    t = table(Loud("x", Integer), PrimaryKeyConstraint("x"))
    assert "x INTEGER NOT NULL" in str(CreateTable(t))
