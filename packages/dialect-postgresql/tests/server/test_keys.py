"""Keys that the server made, where RETURNING may not tell them and where there are several."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lect import Column, Connection, Engine, Identity, Integer, MetaData, String, Table, insert, text

metadata = MetaData()
serial = Table(
    "key's \"serial\"", metadata, Column("an id", Integer, primary_key=True), Column("name", String(20)),
    implicit_returning=False,
)  # fmt: skip
identity = Table(
    "key_identity", metadata, Column("id", Integer, Identity(always=True), primary_key=True),
    Column("name", String(20)), implicit_returning=False,
)  # fmt: skip
numbered = Table(
    "key_numbered", metadata, Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String(20)), implicit_returning=False,
)  # fmt: skip
returned = Table("key_returned", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        metadata.create_all(connection)
        yield connection
        connection.rollback()


@pytest.mark.parametrize("table", [serial, identity], ids=["serial", "identity"])
def test_a_table_without_returning(connection: Connection, table: Table) -> None:
    first = connection.execute(insert(table), {"name": "a"}).inserted_primary_key
    second = connection.execute(insert(table).values(name="b")).inserted_primary_key
    assert (first, second) == ((1,), (2,))
    assert connection.execute(insert(table).inline(), {"name": "c"}).inserted_primary_key == (None,)


def test_a_key_that_no_sequence_makes(connection: Connection) -> None:
    assert connection.execute(insert(numbered), {"id": 7, "name": "a"}).inserted_primary_key == (7,)
    # No sequence has been asked in this session: the server would call the question an error.
    assert connection.execute(insert(serial).values({serial.c["an id"]: text("5"), "name": "a"})).rowcount == 1
    assert connection.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize("table", [serial, returned], ids=["asked", "returned"])
def test_several_rows_of_values_have_no_one_key(connection: Connection, table: Table) -> None:
    result = connection.execute(insert(table).values([{"name": "a"}, {"name": "b"}]))
    assert result.inserted_primary_key_rows == [(None,)]
