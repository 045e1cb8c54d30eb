"""Rows of INSERT … RETURNING reach the parameter sets and the objects they belong to, in whatever order they come.

Each driver's cursor is wrapped so that the rows of every RETURNING are shuffled before anybody sees them.
"""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lect import (
    Column,
    Engine,
    Identity,
    Integer,
    MetaData,
    Numeric,
    Sequence,
    String,
    Table,
    Uuid,
    create_engine,
    insert,
    insert_sentinel,
    select,
)
from lect.dialects.capabilities import Returning, Upsert
from lect.engine import running
from lect.types import TypeDecorator
from lect_orm import DeclarativeBase, Mapped, Session, mapped_column

VARIABLES = [None, *sorted(name for name in os.environ if name.startswith("LECT_") and name.endswith("_URL"))]
ROWS = 250


class Code(TypeDecorator[str]):
    """Text that is stored in lower case and shown in upper case."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value.lower()

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value.upper()


metadata = MetaData()


def _table(name: str, *columns: Any, **more: Any) -> Table:
    return Table(f"shuffled_{name}", metadata, *columns, Column("data", String(30)), **more)


def _made() -> Any:
    return Column("made", Integer, server_default="7")


COUNTED = _table("counted", Column("id", Integer, primary_key=True))
NUMBERED = _table("numbered", Column("id", Integer, Sequence("shuffled_numbers"), primary_key=True))
MARKED = _table("marked", Column("id", Integer, primary_key=True), insert_sentinel("mark"))
UNIQUE = _table("unique", Column("id", Uuid, primary_key=True, default=uuid.uuid4), _made())
PAIRED = _table("paired", Column("a", Integer, primary_key=True), Column("b", String(9), primary_key=True), _made())
CODED = _table("coded", Column("id", Code(), primary_key=True), _made())
ROUNDED = _table("rounded", Column("id", Numeric(9, 2), primary_key=True), _made())
DATA = [f"d{n:03}" for n in range(ROWS)]
KEYS: dict[Table, Callable[[int], dict[str, Any]]] = {
    COUNTED: lambda n: {},
    NUMBERED: lambda n: {},
    MARKED: lambda n: {},
    UNIQUE: lambda n: {},
    PAIRED: lambda n: {"a": n % 7, "b": f"b{n}"},
    CODED: lambda n: {"id": f"Code{n}"},
    ROUNDED: lambda n: {"id": n},
}
#: Tables whose rows must not take a statement each.
BATCHED = (COUNTED, NUMBERED, MARKED, UNIQUE, PAIRED, CODED)


class Shuffled:
    """A cursor that hands back rows of RETURNING in a random order, and counts how often it could."""

    times = 0

    def __init__(self, cursor: Any) -> None:
        self.__dict__.update(_cursor=cursor, _returning=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._cursor, name, value)

    def __iter__(self) -> Any:
        return iter(self._cursor)

    def execute(self, statement: str, *parameters: Any) -> Any:
        self.__dict__["_returning"] = " RETURNING " in statement
        return self._cursor.execute(statement, *parameters)

    def fetchall(self) -> Any:
        rows = list(self._cursor.fetchall())
        if self._returning and len(rows) > 1:
            random.Random(len(rows)).shuffle(rows)
            Shuffled.times += 1
        return rows


@pytest.fixture(params=VARIABLES, ids=lambda v: v or "sqlite")
def engine(
    request: pytest.FixtureRequest, database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    url = "sqlite://" if request.param is None else database_url(request.param)
    engine = create_engine(url)
    with engine.connect() as connection:
        if connection.dialect.capabilities.insert_returning is Returning.NONE:
            pytest.skip("no rows of RETURNING here")
    plain = running._cursor
    monkeypatch.setattr(running, "_cursor", lambda *given: Shuffled(plain(*given)))
    monkeypatch.setattr(Shuffled, "times", 0)
    for each in (metadata, Base.metadata):
        each.drop_all(engine)
        each.create_all(engine)
    yield engine
    for each in (metadata, Base.metadata):
        each.drop_all(engine)
    engine.dispose()


@pytest.mark.parametrize("table", KEYS, ids=lambda t: t.name)
@pytest.mark.parametrize("with_key", [False, True], ids=["key-not-returned", "key-returned"])
def test_rows_belong_to_parameter_sets(engine: Engine, table: Table, with_key: bool) -> None:
    rows = [{"data": data, **KEYS[table](n)} for n, data in enumerate(DATA)]
    keys = tuple(table.primary_key) if with_key else ()
    statement = insert(table).returning(*keys, table.c.data, sort_by_parameter_order=True)
    with engine.connect() as connection:
        found = connection.execute(statement, rows).all()
        assert [row.data for row in found] == DATA
        assert Shuffled.times or table not in BATCHED
        if with_key:
            stored = {tuple(row[:-1]): row.data for row in connection.execute(select(*keys, table.c.data))}
            assert {tuple(row[:-1]): row.data for row in found} == stored


@pytest.mark.parametrize("table", [COUNTED, MARKED], ids=lambda t: t.name)
def test_defaults_are_returned_to_their_parameter_sets(engine: Engine, table: Table) -> None:
    with engine.connect() as connection:
        result = connection.execute(insert(table).return_defaults(), [{"data": data} for data in DATA])
        keys = [key for (key,) in result.inserted_primary_key_rows]
        stored = dict(connection.execute(select(table.c.id, table.c.data)).tuples().all())
        assert [stored[key] for key in keys] == DATA
        assert Shuffled.times


def test_upserts(engine: Engine) -> None:
    """Rows that were there, rows that are new, and one that comes twice: each has its own row back."""
    if engine.dialect.capabilities.upsert is not Upsert.ON_CONFLICT:
        pytest.skip("ON CONFLICT is another construct here")
    t = PAIRED
    with engine.connect() as connection:
        connection.execute(insert(t), [{"a": n, "b": "b", "data": "old", "made": 1000 + n} for n in range(0, 60, 2)])
        rows = [{"a": n, "b": "b", "data": f"new{n}"} for n in (*range(50), 4, 5)]
        base = insert(t)
        upsert = base.on_conflict_do_update(index_elements=[t.c.a, t.c.b], set_={"data": base.excluded.data})
        found = connection.execute(upsert.returning(t.c.made, t.c.data, sort_by_parameter_order=True), rows).all()
        assert [row.data for row in found] == [row["data"] for row in rows]
        assert [row.made for row in found] == [1000 + r["a"] if r["a"] % 2 == 0 else 7 for r in rows]
        nothing = base.on_conflict_do_nothing(index_elements=[t.c.a, t.c.b])
        more = [{"a": n, "b": "b", "data": "more"} for n in range(45, 65)]
        made = connection.execute(nothing.returning(t.c.a, sort_by_parameter_order=True), more).scalars().all()
        assert made == [51, 53, 55, 57, 59, 60, 61, 62, 63, 64]
        assert Shuffled.times >= 2


def test_upserts_whose_target_is_changed_go_one_by_one(engine: Engine) -> None:
    if engine.dialect.capabilities.upsert is not Upsert.ON_CONFLICT:
        pytest.skip("ON CONFLICT is another construct here")
    t = PAIRED
    with engine.connect() as connection:
        connection.execute(insert(t), [{"a": n, "b": "b", "data": f"old{n}"} for n in range(9)])
        base = insert(t)
        upsert = base.on_conflict_do_update(index_elements=[t.c.a, t.c.b], set_={"b": "c"})
        rows = [{"a": n, "b": "b", "data": f"new{n}"} for n in range(8, -1, -1)]
        found = connection.execute(upsert.returning(t.c.data, sort_by_parameter_order=True), rows).scalars().all()
        assert found == [f"old{n}" for n in range(8, -1, -1)]


def test_keys_that_count_down_go_one_by_one(engine: Engine) -> None:
    capabilities = engine.dialect.capabilities
    if not capabilities.identity_columns:
        pytest.skip("no identity columns")
    table = Table(
        "shuffled_down",
        MetaData(),
        Column("id", Integer, Identity(increment=-1), primary_key=True),
        Column("data", String(9)),
    )
    with engine.connect() as connection:
        table.create(connection)
        statement = insert(table).returning(table.c.data, sort_by_parameter_order=True)
        assert connection.execute(statement, [{"data": d} for d in DATA]).scalars().all() == DATA
        connection.rollback()


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "shuffled_thing"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    weight: Mapped[float | None]


class Parcel(Base):
    __tablename__ = "shuffled_parcel"
    __mapper_args__ = {"eager_defaults": True}

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(30))
    made: Mapped[int] = mapped_column(server_default="7")


@pytest.mark.parametrize("cls", [Thing, Parcel])
def test_flushed_objects_get_their_own_keys(engine: Engine, cls: Any) -> None:
    objects = [cls(name=name) for name in DATA]
    with Session(engine) as session:
        session.add_all(objects)
        session.flush()
        named = {obj.id: obj.name for obj in objects}
        assert named == dict(session.execute(select(cls.id, cls.name)).tuples().all())
        assert len(named) == ROWS
        assert Shuffled.times


def test_rows_of_a_bulk_insert_are_objects_in_order(engine: Engine) -> None:
    with Session(engine) as session:
        statement = insert(Thing).returning(Thing, sort_by_parameter_order=True)
        things = session.scalars(statement, [{"name": name} for name in DATA]).all()
        assert [thing.name for thing in things] == DATA
        assert {t.id: t.name for t in things} == dict(session.execute(select(Thing.id, Thing.name)).tuples().all())
        assert Shuffled.times
