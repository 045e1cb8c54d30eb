"""DDL of MySQL and MariaDB."""

from __future__ import annotations

from typing import Any

import pytest

import lect_mysql
from lect import (
    TIMESTAMP,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
    exc,
    func,
    text,
)
from lect.schema import (
    AddConstraint,
    CreateIndex,
    CreateSequence,
    CreateTable,
    DropColumnComment,
    DropConstraint,
    DropIndex,
    DropTableComment,
    SetColumnComment,
    SetTableComment,
)
from lect_mysql import capabilities, mariadb

MYSQL = lect_mysql.dialect()
MARIADB = mariadb.dialect()


def sql(ddl: Any, dialect: Any = MYSQL) -> str:
    return str(ddl.compile(dialect=dialect))


def table(*items: Any, **options: Any) -> Table:
    return Table("a", MetaData(), *items, **options)


def columns(*items: Any, dialect: Any = MYSQL) -> list[str]:
    lines = sql(CreateTable(table(*items)), dialect).strip().split("\n")[1:-1]
    return [line.strip().rstrip(", ") for line in lines]


def refused(ddl: Any, dialect: Any = MYSQL) -> str:
    with pytest.raises(exc.CompileError) as caught:
        sql(ddl, dialect)
    return str(caught.value)


# -- columns ----------------------------------------------------------------------------------------------------------


def test_attributes_in_order() -> None:
    column = Column("x", String(20), comment="it's", server_default="q'q", nullable=False)
    assert columns(column) == ["x VARCHAR(20) NOT NULL COMMENT 'it''s' DEFAULT 'q''q'"]


def test_auto_increment() -> None:
    assert columns(Column("id", Integer, primary_key=True)) == [
        "id INTEGER NOT NULL AUTO_INCREMENT",
        "PRIMARY KEY (id)",
    ]


def test_auto_increment_comes_first_in_the_key() -> None:
    key = (
        Column("a", Integer, primary_key=True, autoincrement=False),
        Column("b", Integer, primary_key=True, autoincrement=True),
    )
    assert columns(*key)[-1] == "PRIMARY KEY (b, a)"


def test_a_sequence_counts_where_there_are_sequences() -> None:
    def key(optional: bool) -> Column[int]:
        return Column("id", Integer, Sequence("s", optional=optional), primary_key=True)

    assert columns(key(False))[0] == "id INTEGER NOT NULL AUTO_INCREMENT"
    assert columns(key(False), dialect=MARIADB)[0] == "id INTEGER NOT NULL"
    assert columns(key(True), dialect=MARIADB)[0] == "id INTEGER NOT NULL AUTO_INCREMENT"


def test_identity() -> None:
    first = table(Column("id", Integer, Identity(start=5), primary_key=True))
    assert sql(CreateTable(first)).endswith("\n)AUTO_INCREMENT=5\n\n")
    steps = table(Column("id", Integer, Identity(increment=2), primary_key=True))
    assert "Identity(increment=2) is not supported" in refused(CreateTable(steps))


def test_timestamp_that_may_be_null() -> None:
    assert columns(Column("x", TIMESTAMP)) == ["x TIMESTAMP NULL"]
    assert columns(Column("x", TIMESTAMP, nullable=False)) == ["x TIMESTAMP NOT NULL"]


@pytest.mark.parametrize(
    ("default", "written"),
    [
        (text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"), "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
        (func.current_timestamp(), "CURRENT_TIMESTAMP"),
        (text("current_timestamp(6)"), "current_timestamp(6)"),
        (func.now(), "(now())"),
        (func.abs(-3), "(abs(-3))"),
        (text("5"), "5"),
        (text("-1.5e3"), "-1.5e3"),
        (text("(1+2)"), "(1+2)"),
        (text("NULL"), "NULL"),
        ("5", "'5'"),
        ("a\\'", "'a\\\\'''"),
    ],
)
def test_default(default: Any, written: str) -> None:
    assert columns(Column("x", Integer, server_default=default)) == [f"x INTEGER DEFAULT {written}"]


def test_default_of_a_text() -> None:
    column = Column("x", Text, server_default="a")
    assert columns(column) == ["x TEXT DEFAULT ('a')"]
    assert columns(Column("x", Text, server_default="a"), dialect=MARIADB) == ["x TEXT DEFAULT 'a'"]


def test_computed() -> None:
    assert columns(Column("x", Integer, Computed("id + 1", persisted=True))) == [
        "x INTEGER GENERATED ALWAYS AS (id + 1) STORED"
    ]
    required = table(Column("x", Integer, Computed("1"), nullable=False))
    assert "NOT NULL" in sql(CreateTable(required))
    assert "nullable=False for a computed column" in refused(CreateTable(required), MARIADB)


def test_a_string_needs_a_length() -> None:
    message = refused(CreateTable(table(Column("x", String))))
    assert message == "(in table 'a', column 'x'): VARCHAR requires a length on dialect mysql"


# -- tables -----------------------------------------------------------------------------------------------------------


def test_options() -> None:
    made = table(
        Column("id", Integer),
        comment="co'm",
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_auto_increment=5,
    )
    assert sql(CreateTable(made)).endswith(
        "\n)ENGINE=InnoDB CHARSET=utf8mb4 AUTO_INCREMENT=5 COMMENT='co''m' COLLATE utf8mb4_bin\n\n"
    )


def test_options_for_mariadb_alone() -> None:
    made = table(Column("id", Integer), mysql_engine="InnoDB", mariadb_engine="Aria", mysql_row_format="DYNAMIC")
    assert "ENGINE=InnoDB" in sql(CreateTable(made))
    assert ")ENGINE=Aria ROW_FORMAT=DYNAMIC\n" in sql(CreateTable(made), MARIADB)


def test_partitions_stand_last() -> None:
    made = table(Column("id", Integer), mysql_partition_by="HASH(id)", mysql_partitions=4, mysql_data_directory="/d'ir")
    assert sql(CreateTable(made)).endswith(")DATA DIRECTORY='/d''ir' PARTITION BY HASH(id) PARTITIONS 4\n\n")


@pytest.mark.parametrize(
    "options",
    [
        {"mysql_engine": "InnoDB; DROP TABLE x"},
        {"mysql_collate": "a b"},
        {"mysql_x=1 comment": "a"},
    ],
)
def test_options_are_words(options: dict[str, Any]) -> None:
    with pytest.raises(exc.CompileError):
        sql(CreateTable(table(Column("id", Integer), **options)))


def test_comments() -> None:
    made = table(Column("x", Integer, nullable=False, comment="it's"), comment="it's")
    assert sql(SetTableComment(made)) == "ALTER TABLE a COMMENT 'it''s'"
    assert sql(DropTableComment(made)) == "ALTER TABLE a COMMENT ''"
    assert sql(SetColumnComment(made.c.x)) == "ALTER TABLE a CHANGE x x INTEGER NOT NULL COMMENT 'it''s'"
    assert sql(DropColumnComment(made.c.x)) == "ALTER TABLE a CHANGE x x INTEGER NOT NULL"


# -- constraints ------------------------------------------------------------------------------------------------------


def test_dropping_constraints() -> None:
    other = Table("b", MetaData(), Column("id", Integer, primary_key=True))
    made = table(Column("x", Integer, primary_key=True), Column("y", Integer), Column("z", DateTime))
    unique, check = UniqueConstraint(made.c.y, name="uq"), CheckConstraint(made.c.y > 5, name="ck")
    foreign = ForeignKeyConstraint([made.c.y], [other.c.id], name="fk")
    assert sql(DropConstraint(foreign)) == "ALTER TABLE a DROP FOREIGN KEY fk"
    assert sql(DropConstraint(unique)) == "ALTER TABLE a DROP INDEX uq"
    assert sql(DropConstraint(made.primary_key)) == "ALTER TABLE a DROP PRIMARY KEY"
    assert sql(DropConstraint(check)) == "ALTER TABLE a DROP CHECK ck"
    assert sql(DropConstraint(check), MARIADB) == "ALTER TABLE a DROP CONSTRAINT ck"
    assert sql(DropConstraint(unique, if_exists=True), MARIADB) == "ALTER TABLE a DROP INDEX IF EXISTS uq"
    assert "DROP CONSTRAINT IF EXISTS is not supported" in refused(DropConstraint(unique, if_exists=True))


def test_kind_of_a_key() -> None:
    made = table(Column("x", Integer), PrimaryKeyConstraint("x", mysql_using="btree"))
    assert "PRIMARY KEY (x) USING btree" in sql(CreateTable(made))


def test_foreign_keys_are_checked_at_once() -> None:
    other = Table("b", MetaData(), Column("id", Integer, primary_key=True))

    def foreign(**options: Any) -> Any:
        return AddConstraint(ForeignKeyConstraint([table(Column("x", Integer)).c.x], [other.c.id], **options))

    assert sql(foreign(ondelete="CASCADE")) == "ALTER TABLE a ADD FOREIGN KEY(x) REFERENCES b (id) ON DELETE CASCADE"
    assert sql(foreign(deferrable=False)) == "ALTER TABLE a ADD FOREIGN KEY(x) REFERENCES b (id)"
    assert "a deferrable foreign key" in refused(foreign(deferrable=True))
    assert "MySQL ignores the 'MATCH' keyword" in refused(foreign(match="FULL"))


def test_check_constraints_by_version() -> None:
    old = MYSQL.copy(capabilities=capabilities.mysql((5, 7)))
    made = table(Column("x", Integer), CheckConstraint("x > 5"))
    assert "CHECK (x > 5)" in sql(CreateTable(made))
    assert "CHECK is not supported" in refused(CreateTable(made), old)


# -- indexes, sequences -----------------------------------------------------------------------------------------------


def index(*what: str, **options: Any) -> str:
    made = table(Column("x", String(20)), Column("y", Integer))
    by_name = {"x": made.c.x, "y": made.c.y, "x desc": made.c.x.desc(), "lower": func.lower(made.c.x)}
    return sql(CreateIndex(Index("ix", *[by_name[each] for each in what], **options)))


def test_index() -> None:
    assert index("x", mysql_length=5) == "CREATE INDEX ix ON a (x(5))"
    assert index("x", "y", mysql_length={"x": 5}, unique=True) == "CREATE UNIQUE INDEX ix ON a (x(5), y)"
    assert index("x desc", mysql_length={"x": 5}) == "CREATE INDEX ix ON a (x(5) DESC)"
    assert index("x", mysql_using="hash") == "CREATE INDEX ix ON a (x) USING hash"
    assert index("x desc", "lower") == "CREATE INDEX ix ON a (x DESC, (lower(x)))"
    full_text = index("x", mysql_prefix="FULLTEXT", mysql_with_parser="ngram")
    assert full_text == "CREATE FULLTEXT INDEX ix ON a (x) WITH PARSER ngram"


def test_index_options_are_words() -> None:
    with pytest.raises(exc.CompileError, match="a single word is expected"):
        index("x", mysql_using="hash; DROP TABLE a")
    with pytest.raises(exc.CompileError, match="mysql_length"):
        index("x", mysql_length="5")


def test_drop_index() -> None:
    made = table(Column("x", Integer), schema="s")
    assert sql(DropIndex(Index("ix", made.c.x))) == "\nDROP INDEX ix ON s.a"


def test_sequence() -> None:
    made = CreateSequence(Sequence("s", start=5, increment=2, cycle=False, cache=5))
    assert sql(made, MARIADB) == "CREATE SEQUENCE s INCREMENT BY 2 START WITH 5 CACHE 5 NOCYCLE"
    assert "has no sequences" in refused(made)
