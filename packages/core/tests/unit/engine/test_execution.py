"""Statements through a whole engine, on SQLite in memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

import lect
from lect import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    exc,
    func,
    insert,
    select,
    text,
    update,
)
from lect.compile.cache import PlanMismatch
from lect.compile.extension import compiles
from lect.sql.element import ColumnElement

pytest.importorskip("lect_sqlite")

metadata = MetaData()
counter = itertools.count(100)

person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(50), nullable=False),
    Column("shout", String(50), default=lambda context: context.get_current_parameters()["name"].upper()),
    Column("number", Integer, default=lambda: next(counter)),
    Column("kind", String(10), default="plain"),
    Column("flavour", String(10), server_default="sweet"),
    Column("edited", Integer, onupdate=7),
)
pet = Table(
    "pet",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", ForeignKey("person.id")),
    Column("name", String(50), unique=True),
)


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = create_engine("sqlite://")
    metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as made:
        yield made


def people(connection: Connection, *names: str) -> None:
    connection.execute(insert(person), [{"name": name} for name in names])


def test_key_of_an_inserted_row(connection: Connection) -> None:
    result = connection.execute(insert(person), {"name": "ann"})
    assert result.inserted_primary_key == (1,)
    assert result.inserted_primary_key is not None
    assert result.inserted_primary_key.id == 1
    assert result.rowcount == 1
    assert not result.returns_rows
    assert connection.execute(insert(person).values(id=9, name="bo")).inserted_primary_key == (9,)


def test_python_defaults_see_their_row(connection: Connection) -> None:
    people(connection, "ann", "bo")
    rows = connection.execute(select(person.c.name, person.c.shout, person.c.kind).order_by(person.c.id)).all()
    assert rows == [("ann", "ANN", "plain"), ("bo", "BO", "plain")]
    numbers = connection.scalars(select(person.c.number)).all()
    assert len(set(numbers)) == 2


def test_defaults_of_many_rows_in_one_statement(connection: Connection) -> None:
    connection.execute(insert(person).values([{"name": "ann"}, {"name": "bo"}]))
    assert connection.scalars(select(person.c.shout).order_by(person.c.id)).all() == ["ANN", "BO"]


def test_onupdate(connection: Connection) -> None:
    people(connection, "ann")
    result = connection.execute(update(person).values(name="eve"))
    assert (result.rowcount, result.last_updated_params()["edited"]) == (1, 7)
    assert connection.scalar(select(person.c.edited)) == 7


def test_rows_of_many_inserts_belong_to_their_parameters(connection: Connection) -> None:
    names = [f"n{i}" for i in range(2500)]
    result = connection.execute(
        insert(person).returning(person.c.id, person.c.name, sort_by_parameter_order=True), [{"name": n} for n in names]
    )
    rows = result.all()
    assert [row.name for row in rows] == names
    assert len({row.id for row in rows}) == len(names)


def test_pages_of_many_inserts(connection: Connection) -> None:
    seen: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *a: seen.append(a[2]))
    connection.execute(
        insert(person).returning(person.c.id),
        [{"name": str(i)} for i in range(5)],
        execution_options={"insertmanyvalues_page_size": 2},
    )
    assert [statement.count("(?") for statement in seen] == [2, 2, 1]


def test_many_parameter_sets_without_returning(connection: Connection) -> None:
    result = connection.execute(insert(person), [{"name": "a"}, {"name": "b"}, {"name": "c"}])
    assert result.rowcount == 3
    with pytest.raises(exc.InvalidRequestError, match="executemany"):
        _ = result.inserted_primary_key
    changed = connection.execute(
        update(person).where(person.c.name == bindparam("old")).values(name=bindparam("new")),
        [{"old": "a", "new": "x"}, {"old": "b", "new": "y"}],
    )
    assert changed.rowcount == 2


def test_missing_parameter_names_it_and_the_row(connection: Connection) -> None:
    with pytest.raises(exc.StatementError, match="'kind', in parameter group 1"):
        connection.execute(insert(person), [{"name": "a", "kind": "k"}, {"name": "b"}])
    with pytest.raises(exc.StatementError, match="A value is required for bind parameter 'x'"):
        connection.execute(text("select :x"))


def test_wrong_parameters(connection: Connection) -> None:
    with pytest.raises(exc.ArgumentError, match="mapping or list expected"):
        connection.execute(select(person), 5)  # type: ignore[arg-type]
    with pytest.raises(exc.ArgumentError, match="only of dictionaries"):
        connection.execute(select(person), [(1,)])  # type: ignore[list-item]
    with pytest.raises(exc.CompileError, match="nam"):
        connection.execute(insert(person), {"name": "a", "nam": "b"})


def test_violations_say_what_was_violated(connection: Connection) -> None:
    connection.execute(insert(pet), {"name": "rex"})
    with pytest.raises(exc.UniqueViolation) as caught:
        connection.execute(insert(pet), {"name": "rex"})
    assert (caught.value.table, caught.value.columns) == ("pet", ("name",))
    with pytest.raises(exc.NotNullViolation):
        connection.execute(insert(person), {"name": None, "shout": ""})
    with pytest.raises(exc.UndefinedTable):
        connection.execute(text("select * from nowhere"))


def test_plans_are_found_again(engine: Engine) -> None:
    with engine.connect() as connection:
        people(connection, "ann", "bo")
        before = engine.cache.report()
        for name in ("ann", "bo", "eve"):
            connection.execute(select(person.c.id).where(person.c.name == name)).all()
        after = engine.cache.report()
    assert after["misses"] - before["misses"] == 1
    assert after["hits"] - before["hits"] == 2


def test_values_are_those_of_the_statement_at_hand(connection: Connection) -> None:
    people(connection, "ann", "bo")
    found = [connection.scalar(select(person.c.id).where(person.c.name == name)) for name in ("bo", "ann", "bo")]
    assert found == [2, 1, 2]


@pytest.mark.parametrize("names", [[], ["ann"], ["ann", "bo", "x"]])
def test_lists_of_any_length(connection: Connection, names: list[str]) -> None:
    people(connection, "ann", "bo")
    rows = connection.scalars(select(person.c.name).where(person.c.name.in_(names)).order_by(person.c.id)).all()
    assert rows == [name for name in names if name != "x"]


def test_compiled_cache_of_ones_own(engine: Engine) -> None:
    mine: dict[Any, Any] = {}
    with engine.connect().execution_options(compiled_cache=mine) as connection:
        connection.execute(select(person))
        connection.execute(select(person))
    assert len(mine) == 1


def test_schema_translate_map(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("attach ':memory:' as other"))
        translated = connection.execution_options(schema_translate_map={None: "other"})
        metadata.create_all(translated)
        translated.execute(insert(pet), {"name": "rex"})
        assert connection.exec_driver_sql("select count(*) from other.pet").scalar() == 1
        assert connection.exec_driver_sql("select count(*) from main.pet").scalar() == 0


def test_columns_find_values(connection: Connection) -> None:
    people(connection, "ann")
    row = connection.execute(select(person.c.id, person.c.name.label("who"), func.count().label("n"))).one()
    assert (row.who, row._mapping[person.c.id], row._mapping["n"]) == ("ann", 1, 1)
    with pytest.raises(KeyError):
        row._mapping[person.c.kind]


def test_text_with_columns(connection: Connection) -> None:
    people(connection, "ann")
    statement = text("select name, id from person").columns(id=Integer, name=String)
    assert connection.execute(statement).one()._mapping["id"] == 1


def test_text_whose_columns_change(connection: Connection) -> None:
    connection.exec_driver_sql("create table t (a)")
    statement = text("select * from t")
    assert list(connection.execute(statement).keys()) == ["a"]
    connection.exec_driver_sql("alter table t add column b")
    assert list(connection.execute(statement).keys()) == ["a", "b"]


def test_yield_per_and_partitions(connection: Connection) -> None:
    people(connection, *[str(i) for i in range(7)])
    result = connection.execution_options(yield_per=3).execute(select(person.c.id))
    assert [len(part) for part in result.partitions()] == [3, 3, 1]


def test_functions_and_defaults_are_statements(connection: Connection) -> None:
    assert connection.scalar(func.lower("ABC")) == "abc"
    assert connection.execute(lect.ColumnDefault(5)).scalar() == 5  # type: ignore[arg-type]


def test_compiled_statements_run(connection: Connection) -> None:
    people(connection, "ann")
    compiled = select(person.c.name).where(person.c.id == bindparam("x")).compile(connection.engine)
    assert connection.execute(compiled, {"x": 1}).scalar() == "ann"


def test_before_execute_may_replace(connection: Connection) -> None:
    people(connection, "ann")

    @event.listens_for(connection, "before_execute", retval=True)
    def replace(conn: Any, statement: Any, many: Any, one: Any, options: Any) -> Any:
        return select(func.count()).select_from(person), many, one

    assert connection.scalar(select(person.c.name)) == 1


def test_audit_of_the_cache() -> None:
    engine = create_engine("sqlite://", cache_audit=1.0)
    with engine.connect() as connection:
        for value in range(3):
            assert connection.scalar(select(func.abs(-value))) == value
    assert engine.cache.hits == 2


@pytest.mark.parametrize("options", [{}, {"enable_from_linting": False}])
def test_a_statement_known_already_takes_the_short_way(options: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from lect.engine import running

    engine = create_engine("sqlite://", **options)
    with engine.connect() as connection:
        assert connection.scalar(select(func.abs(-1))) == 1
        monkeypatch.setattr(running, "run_statement", None)
        monkeypatch.setattr(running, "run_prepared", None)
        assert connection.scalar(select(func.abs(-2))) == 2
        assert connection.prepare(select(func.abs(-3))).execute().scalar() == 3
    assert engine.cache.report()["plans"] == 1


class Forgetful(ColumnElement[Any]):
    """Says that there is nothing to know of it, and writes something that there is."""

    inherit_cache = True
    _fields = ()

    def __init__(self, word: str) -> None:
        self.word = word


@compiles(Forgetful)
def _forgetful(element: Any, compiler: Any, **kw: Any) -> str:
    return str(element.word)


def test_audit_finds_a_construct_that_hides_something() -> None:
    engine = create_engine("sqlite://", cache_audit=0.5)
    with engine.connect() as connection:
        connection.execute(select(Forgetful("1")))
        connection.execute(select(Forgetful("1")))
        with pytest.raises(PlanMismatch) as caught:
            connection.execute(select(Forgetful("2")))
            connection.execute(select(Forgetful("2")))
    assert str(caught.value) == (
        "Two statements are taken for the same and are not written the same:\n"
        "SELECT 1 AS anon_1\n-- and --\nSELECT 2 AS anon_1\n"
        "A construct or type of one's own leaves out of its structure something that its rule writes: name it in "
        "_fields (a construct) or take it in __init__ (a type), or say inherit_cache = False or cache_ok = False"
    )


@pytest.mark.parametrize("share", [2, -0.1, "often"])
def test_share_of_audited_executions(share: Any) -> None:
    with pytest.raises(exc.ArgumentError, match="cache_audit is a share between 0 and 1, not"):
        create_engine("sqlite://", cache_audit=share)


def test_report_names_statements_with_many_plans() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        for number in range(9):
            connection.execute(text(f"SELECT {number}"))
            connection.execute(select(func.abs(number)))
    report = engine.cache.report()
    assert report["crowded"] == [(9, "SELECT 0")]
    assert (report["plans"], report["hits"], report["misses"], report["uncacheable"]) == (10, 8, 10, 0)


class TestPrepared:
    """The lower door for mappers."""

    def test_runs_with_its_own_values(self, connection: Connection) -> None:
        people(connection, "ann", "bo")
        prepared = connection.prepare(select(person.c.id, person.c.name).where(person.c.name == "bo"))
        assert prepared.execute().all() == [(2, "bo")]
        assert prepared.execute({"name_1": "ann"}).all() == [(1, "ann")]
        assert prepared.columns.keys == ("id", "name")
        assert prepared.processors == (None, None)

    def test_binds_of_another_statement(self, connection: Connection) -> None:
        from lect.sql.node import statement_key

        people(connection, "ann", "bo")
        kept = select(person.c.id).where(person.c.name == "ann")
        other = select(person.c.id).where(person.c.name == "bo")
        prepared = connection.prepare(kept, statement_key(other)[1])
        assert prepared.execute().scalar() == 2

    def test_raw_rows(self, connection: Connection) -> None:
        people(connection, "ann", "bo")
        result = connection.prepare(select(person.c.id).order_by(person.c.id)).execute()
        assert [tuple(row) for row in result.raw_cursor()] == [(1,), (2,)]
        result.close()

    def test_errors_in_raw_rows_are_translated(self, connection: Connection) -> None:
        result = connection.execute(
            text("select abs(x) from (select 1 as x union all select -9223372036854775808)")
        )
        source = result.raw_cursor()
        with pytest.raises(exc.DBAPIError, match="integer overflow"):
            try:
                list(source)
            except BaseException as error:
                result.failed(error)
                raise

    def test_events_are_told(self, connection: Connection) -> None:
        seen: list[str] = []
        prepared = connection.prepare(select(person.c.id))
        event.listen(connection, "before_cursor_execute", lambda *a: seen.append(a[2]))
        prepared.execute()
        assert len(seen) == 1
