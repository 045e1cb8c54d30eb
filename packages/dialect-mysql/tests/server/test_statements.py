"""Statements that this database spells its own way do on the server what they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lect import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    cast,
    delete,
    func,
    literal,
    null,
    select,
    update,
)
from lect import insert as portable_insert
from lect.engine import Connection
from lect_mysql import insert, match

metadata = MetaData()
city = Table(
    "stmt_city",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(50), nullable=False),
    Column("note", Text),
    Column("people", Integer),
    Column("facts", JSON),
    Column("big", Boolean),
    UniqueConstraint("name", name="stmt_city_name"),
    mysql_engine="InnoDB",
)
street = Table(
    "stmt_street",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("city_id", ForeignKey("stmt_city.id")),
    Column("name", String(50)),
)
CITIES = [
    {"id": 1, "name": "Oslo", "people": 700, "facts": {"a": [1, {"b": "x"}], "n": None, "t": True}, "big": True},
    {"id": 2, "name": "Bergen", "people": None, "facts": {"a": "1.25"}, "big": False},
    {"id": 3, "name": "Hamar", "people": 30, "facts": None, "big": None},
]


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    metadata.drop_all(engine)
    metadata.create_all(engine)
    with engine.begin() as made:
        made.execute(portable_insert(city), CITIES)
        made.execute(
            portable_insert(street), [{"id": 1, "city_id": 1, "name": "Gate"}, {"id": 2, "city_id": 3, "name": None}]
        )
    with engine.connect() as made:
        yield made
        made.rollback()
    metadata.drop_all(engine)


def ids(connection: Connection, statement: Any) -> list[int]:
    return list(connection.scalars(statement))


def test_nulls_first_and_last(connection: Connection) -> None:
    def order(by: Any) -> list[int]:
        return ids(connection, select(city.c.id).order_by(by))

    assert order(city.c.people.nulls_first()) == [2, 3, 1]
    assert order(city.c.people.nulls_last()) == [3, 1, 2]
    assert order(city.c.people.desc().nulls_first()) == [2, 1, 3]
    assert order(city.c.people.desc().nulls_last()) == [1, 3, 2]
    statement = select(city.c.id, city.c.people.label("p")).order_by(city.c.people.label("p").nulls_last())
    assert ids(connection, statement) == [3, 1, 2]


def test_offset_without_limit(connection: Connection) -> None:
    assert ids(connection, select(city.c.id).order_by(city.c.id).offset(1)) == [2, 3]
    assert ids(connection, select(city.c.id).order_by(city.c.id).offset(1).limit(1)) == [2]
    assert ids(connection, select(city.c.id).order_by(city.c.id).fetch(2)) == [1, 2]


def test_null_safe_comparison(connection: Connection) -> None:
    assert ids(connection, select(city.c.id).where(city.c.people.is_distinct_from(30)).order_by(city.c.id)) == [1, 2]
    assert ids(connection, select(city.c.id).where(city.c.people.is_not_distinct_from(null()))) == [2]


def test_regular_expressions(connection: Connection) -> None:
    assert ids(connection, select(city.c.id).where(city.c.name.regexp_match("^[BO]")).order_by(city.c.id)) == [1, 2]
    assert ids(connection, select(city.c.id).where(~city.c.name.regexp_match("e")).order_by(city.c.id)) == [1, 3]
    assert connection.scalar(select(literal("Oslo").regexp_match("osl", flags="i"))) == 1
    assert connection.scalar(select(literal("Oslo").collate("utf8mb4_bin").regexp_match("osl"))) == 0
    assert connection.scalar(select(literal("Oslo").regexp_replace("O", "X", flags="i"))) == "XslX"


def test_json(connection: Connection) -> None:
    def of(element: Any, key: int = 1) -> Any:
        return connection.scalar(select(element).where(city.c.id == key))

    assert of(city.c.facts["a"]) == [1, {"b": "x"}]
    assert of(city.c.facts[("a", 1, "b")].as_string()) == "x"
    assert of(city.c.facts[("a", 0)].as_integer()) == 1
    assert of(city.c.facts[("a", -1, "b")].as_string()) == "x"
    assert of(city.c.facts["t"].as_boolean()) is True
    assert of(city.c.facts["n"].as_string()) is None
    assert of(city.c.facts["a"].as_float(), 2) == 1.25
    assert str(of(city.c.facts["a"].as_numeric(10, 2), 2)) == "1.25"
    assert of(city.c.facts["missing"]) is None


def test_booleans_in_conditions(connection: Connection) -> None:
    assert ids(connection, select(city.c.id).where(city.c.big)) == [1]
    assert ids(connection, select(city.c.id).where(~city.c.big)) == [2]


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        (Integer, "12", "12"),
        (String(2), "abc", "ab"),
        (Numeric(10, 2), "1.239", "1.24"),
        (Float, "1.5", "1.5"),
        (Boolean, "7", "True"),
        (Date, "2024-02-29", "2024-02-29"),
        (DateTime, "2024-02-29 12:30:00", "2024-02-29 12:30:00"),
        (Time, "12:30:00", "12:30:00"),
        (LargeBinary, "ab", "b'ab'"),
        (JSON, '{"a": 1}', "{'a': 1}"),
    ],
)
def test_cast(connection: Connection, type_: Any, value: str, expected: str) -> None:
    assert str(connection.scalar(select(cast(literal(value), type_)))) == expected


def test_aggregated_strings(connection: Connection) -> None:
    joined = connection.scalar(select(func.aggregate_strings(city.c.name, "'; ")))
    assert sorted(joined.split("'; ")) == ["Bergen", "Hamar", "Oslo"]


def test_rollup(connection: Connection) -> None:
    rows = connection.execute(select(city.c.id, func.count()).group_by(func.rollup(city.c.id))).all()
    assert rows[-1] == (None, 3)
    assert len(rows) == 4


def test_update_reads_and_writes_other_tables(connection: Connection) -> None:
    joined = city.c.id == street.c.city_id
    statement = update(city).values(note=street.c.name, people=5).where(joined, street.c.name.is_not(None))
    assert connection.execute(statement).rowcount == 1
    assert connection.execute(select(city.c.note, city.c.people).where(city.c.id == 1)).one() == ("Gate", 5)
    connection.execute(update(city).values({city.c.note: "both", street.c.name: "both"}).where(joined, city.c.id == 3))
    assert connection.scalar(select(street.c.name).where(street.c.id == 2)) == "both"
    assert connection.scalar(select(city.c.note).where(city.c.id == 3)) == "both"


def test_update_and_delete_with_a_limit(connection: Connection) -> None:
    statement = update(city).values(note="x").with_dialect_options(mysql_limit=2)
    assert connection.execute(statement).rowcount == 2
    assert connection.execute(delete(street).with_dialect_options(mysql_limit=1)).rowcount == 1


def test_delete_reads_other_tables(connection: Connection) -> None:
    assert connection.execute(delete(street).where(street.c.city_id == city.c.id, city.c.name == "Oslo")).rowcount == 1
    aliased = street.alias("s")
    assert connection.execute(delete(aliased).where(aliased.c.id == 2)).rowcount == 1
    assert ids(connection, select(street.c.id)) == []


def test_on_duplicate_key_update(connection: Connection) -> None:
    statement = insert(city).values([{"id": 1, "name": "Oslo", "people": 9}, {"id": 9, "name": "Moss", "people": 8}])
    connection.execute(
        statement.on_duplicate_key_update(people=statement.inserted.people + city.c.people, note=func.upper("seen"))
    )
    rows = connection.execute(select(city.c.people, city.c.note).where(city.c.id.in_([1, 9])).order_by(city.c.id)).all()
    assert rows == [(709, "SEEN"), (8, None)]


def test_on_duplicate_key_update_in_order(connection: Connection) -> None:
    """A later value reads what an earlier one has set."""
    statement = insert(city).values(id=3, name="x")
    connection.execute(statement.on_duplicate_key_update([("people", 31), ("note", cast(city.c.people, String(9)))]))
    assert connection.execute(select(city.c.people, city.c.note).where(city.c.id == 3)).one() == (31, "31")


def test_portable_upsert(connection: Connection) -> None:
    statement = portable_insert(city).values(id=1, name="Oslo", people=1)
    connection.execute(statement.on_conflict_do_nothing())
    assert connection.scalar(select(city.c.people).where(city.c.id == 1)) == 700
    connection.execute(statement.on_conflict_do_update(set_={"people": statement.excluded.people + 1}))
    assert connection.scalar(select(city.c.people).where(city.c.id == 1)) == 2


def test_portable_upsert_from_a_select(connection: Connection) -> None:
    source = select(street.c.id, street.c.name).where(street.c.id == 1)
    statement = portable_insert(city).from_select(["id", "name"], source)
    connection.execute(statement.on_conflict_do_update(set_={"name": statement.excluded.name}))
    assert connection.scalar(select(city.c.name).where(city.c.id == 1)) == "Gate"


def test_returning(connection: Connection) -> None:
    if connection.dialect.name != "mariadb":
        pytest.skip("MySQL has no RETURNING")
    rows = connection.execute(
        portable_insert(city).returning(city.c.id, (city.c.name + "!").label("n"), city.c.facts),
        [{"id": 20, "name": "A", "facts": [1]}, {"id": 21, "name": "B", "facts": {"x": None}}],
    ).all()
    assert rows == [(20, "A!", [1]), (21, "B!", {"x": None})]
    assert connection.execute(delete(city).where(city.c.id == 20).returning(city.c.name)).all() == [("A",)]


def test_match(connection: Connection, engine: Engine) -> None:
    from lect import Index

    table = Table(
        "stmt_text",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("body", Text),
        mysql_engine="MyISAM",
    )
    Index("stmt_text_body", table.c.body, mysql_prefix="FULLTEXT")
    table.drop(engine, checkfirst=True)
    table.create(engine)
    try:
        with engine.begin() as own:
            own.execute(portable_insert(table), [{"body": "green apples"}, {"body": "red pears"}, {"body": "blue sky"}])
            assert ids(own, select(table.c.id).where(table.c.body.match("+apples -red"))) == [1]
            assert ids(own, select(table.c.id).where(~table.c.body.match("apples pears"))) == [3]
            search = match(table.c.body, against="pears").in_natural_language_mode()
            assert ids(own, select(table.c.id).where(search)) == [2]
            assert ids(own, select(table.c.id).order_by(search.desc()).limit(1)) == [2]
    finally:
        table.drop(engine)


def test_select_without_a_table(connection: Connection) -> None:
    assert connection.execute(select(literal(1)).where(literal(1) == 2)).all() == []


def test_set_operations(connection: Connection) -> None:
    first, second = select(city.c.id).where(city.c.id < 3), select(city.c.id).where(city.c.id > 1)
    assert ids(connection, first.intersect(second)) == [2]
    assert ids(connection, first.except_(second)) == [1]
    limited = select(city.c.id).order_by(city.c.id).limit(1)
    assert sorted(ids(connection, limited.union_all(second.order_by(city.c.id.desc()).limit(1)))) == [1, 3]


@pytest.mark.parametrize("options", [{}, {"read": True}, {"skip_locked": True}, {"nowait": True, "of": city}])
def test_locking(connection: Connection, options: Any) -> None:
    assert ids(connection, select(city.c.id).where(city.c.id == 1).with_for_update(**options)) == [1]


def test_hints(connection: Connection) -> None:
    statement = select(city.c.id).with_hint(city, "USE INDEX (stmt_city_name)", "mysql").where(city.c.name == "Oslo")
    assert ids(connection, statement) == [1]


def test_percent_signs(connection: Connection) -> None:
    assert connection.scalar(select(literal(7) % 4)) == 3
    assert ids(connection, select(city.c.id).where(city.c.name.like("%r%")).order_by(city.c.id)) == [2, 3]
    assert ids(connection, select(city.c.id).where(city.c.name.contains("%", autoescape=True))) == []


def test_rows_on_their_way_survive_other_statements(connection: Connection) -> None:
    streaming = connection.execution_options(stream_results=True, max_row_buffer=1)
    result = streaming.execute(select(city.c.id).order_by(city.c.id))
    found = []
    for (number,) in result:
        found.append((number, connection.scalar(select(func.count()).select_from(street))))
    assert found == [(1, 2), (2, 2), (3, 2)]
