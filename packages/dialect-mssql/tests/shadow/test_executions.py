"""What the driver is given by executions that need more than one statement, or another one the second time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from lect import (
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    String,
    Table,
    bindparam,
    case,
    exc,
    func,
    insert,
    literal,
    select,
    update,
)

m = MetaData()
t = Table("t", m, Column("id", Integer, primary_key=True), Column("x", String(20)), Column("y", Integer))


@pytest.fixture(autouse=True)
def _parsed(shadow: Any) -> Iterator[None]:
    shadow.problems.clear()
    shadow.log.clear()
    shadow.module.answer = None
    yield
    shadow.check()
    assert not shadow.problems, shadow.problems


def test_given_keys_are_put_between_identity_insert(shadow: Any) -> None:
    with shadow.engine.begin() as connection:
        connection.execute(insert(t), [{"id": 1, "x": "a"}, {"id": 2, "x": "b"}])
    assert shadow.texts() == [
        "SET IDENTITY_INSERT t ON",
        "INSERT INTO t (id, x) VALUES (?, ?)",
        "INSERT INTO t (id, x) VALUES (?, ?)",
        "SET IDENTITY_INSERT t OFF",
    ]


def test_identity_insert_is_taken_back_after_an_error(shadow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = type(shadow.module.connect("").cursor())
    execute = cursor.execute

    def failing(self: Any, sql: str, *parameters: Any) -> Any:
        if sql.startswith("INSERT"):
            text = "[23000] [Microsoft][SQL Server]Violation of PRIMARY KEY constraint 'k'. (2627) (SQLExecDirectW)"
            raise shadow.module.Error("23000", text)
        return execute(self, sql, *parameters)

    monkeypatch.setattr(cursor, "execute", failing)
    with shadow.engine.begin() as connection, pytest.raises(exc.UniqueViolation):
        connection.execute(insert(t).values(id=1))
    assert shadow.texts() == ["SET IDENTITY_INSERT t ON", "SET IDENTITY_INSERT t OFF"]


def test_the_generated_key_without_output(shadow: Any) -> None:
    columns = Column("id", Integer, primary_key=True), Column("x", String(20))
    triggered = Table("triggered", MetaData(), *columns, implicit_returning=False)
    shadow.module.answer = (7,)
    with shadow.engine.begin() as connection:
        assert connection.execute(insert(triggered).values(x="a")).inserted_primary_key == (7,)
    assert shadow.texts() == [
        "INSERT INTO triggered (x) VALUES (?); SELECT CAST(scope_identity() AS BIGINT) AS lastrowid"
    ]


def test_parameters_stand_in_the_order_of_the_text(shadow: Any) -> None:
    with shadow.engine.begin() as connection:
        connection.execute(insert(t).values(x="a", y=3).returning((t.c.y * 2).label("d")))
        connection.execute(update(t).where(t.c.id == 9).values(y=8).returning(t.c.y + 7))
    assert [given for _, given in shadow.log] == [(2, "a", 3), (8, 7, 9)]


def test_literals_of_top_and_group_by_follow_the_values(shadow: Any) -> None:
    with shadow.engine.connect() as connection:
        for n in (2, 5):
            connection.execute(select(t.c.id).order_by(t.c.id).limit(n))
            kind = case((t.c.y >= n, "old"), else_="young")
            connection.execute(select(kind, func.count()).where(t.c.id > n).group_by(kind))
    top2, old2, top5, old5 = shadow.log
    assert (top2[0].count("TOP 2 "), top5[0].count("TOP 5 ")) == (1, 1)
    assert (old2[0].count("t.y >= 2"), old5[0].count("t.y >= 5")) == (2, 2)
    assert (old2[1], old5[1]) == ((2,), (5,))


def test_a_savepoint_begins_the_transaction(shadow: Any) -> None:
    with shadow.engine.begin() as connection:
        connection.begin_nested().rollback()
    save, back = shadow.texts()
    assert save.startswith("DECLARE @lect INT; IF @@TRANCOUNT = 0 SELECT @lect = ")
    assert "SAVE TRANSACTION " in save
    assert back.startswith("ROLLBACK TRANSACTION ")


def test_batches_keep_within_the_number_of_parameters(shadow: Any) -> None:
    columns = [Column(f"c{i}", Integer) for i in range(9)]
    wide = Table("wide", MetaData(), Column("id", Integer, primary_key=True), *columns)
    sets = [{f"c{i}": n * 10 + i for i in range(9)} for n in range(500)]
    with shadow.engine.begin() as connection:
        connection.execute(insert(wide).returning(wide.c.id), sets)
    assert sum(len(given) for _, given in shadow.log) == 4500
    assert max(len(given) for _, given in shadow.log) <= 2097


def test_values_of_the_driver(shadow: Any) -> None:
    table = Table(
        "v",
        MetaData(),
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("moment", DateTime(timezone=True)),
        Column("data", LargeBinary),
    )
    moment = dt.datetime(2024, 6, 1, 12, 30, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30)))
    with shadow.engine.begin() as connection:
        connection.execute(insert(table), {"id": 1, "moment": moment, "data": None})
    assert shadow.log[-1][1] == (1, "2024-06-01 12:30:00.000000 +05:30", None)


def test_sequences(shadow: Any) -> None:
    numbered = Table("n", MetaData(), Column("id", Integer, Sequence("s", start=100), primary_key=True))
    shadow.module.answer = (100,)
    with shadow.engine.begin() as connection:
        assert connection.scalar(Sequence("s")) == 100
        assert connection.execute(insert(numbered)).inserted_primary_key == (100,)
    assert shadow.texts() == [
        "SELECT NEXT VALUE FOR s AS next_value_1",
        "INSERT INTO n (id) OUTPUT inserted.id VALUES (NEXT VALUE FOR s)",
    ]


def test_conditions_come_back_as_booleans(shadow: Any) -> None:
    with shadow.engine.connect() as connection:
        assert connection.scalar(select(t.c.y == 5)) is True
        assert connection.scalar(select(literal("a").in_(bindparam("many", expanding=True))), {"many": ["a"]}) is True
    text, given = shadow.log[1]
    assert text == "SELECT CASE WHEN ? IN (?) THEN 1 WHEN NOT (? IN (?)) THEN 0 END AS anon_1"
    assert given == ("a", "a", "a", "a")
