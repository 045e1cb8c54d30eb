"""The same fault is the same class of exception on every database and over every driver, with the names that were told.

One table of faults, one list of connectors; where a database knows no such fault, the table says why.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from lect import Engine, bindparam, create_engine, event, exc, make_url, text

PG, MY, LITE = "postgresql", "mysql", "sqlite"

#: Label -> (database, connector, variable with the URL; None: a file).
CONNECTORS: dict[str, tuple[str, str, str | None]] = {
    "postgresql-psycopg2": (PG, "psycopg2", "LECT_POSTGRESQL_URL"),
    "postgresql-psycopg": (PG, "psycopg", "LECT_POSTGRESQL_URL"),
    "postgresql-psycopg_async": (PG, "psycopg_async", "LECT_POSTGRESQL_URL"),
    "postgresql-asyncpg": (PG, "asyncpg", "LECT_POSTGRESQL_URL"),
    "postgresql-pyodbc": (PG, "pyodbc", "LECT_POSTGRESQL_PYODBC_URL"),
    "mysql-pymysql": (MY, "pymysql", "LECT_MYSQL_URL"),
    "mysql-asyncmy": (MY, "asyncmy", "LECT_MYSQL_URL"),
    "mysql-pyodbc": (MY, "pyodbc", "LECT_MYSQL_PYODBC_URL"),
    "sqlite-sqlite3": (LITE, "sqlite3", None),
    "sqlite-aiosqlite": (LITE, "aiosqlite", None),
    "sqlite-pyodbc": (LITE, "pyodbc", "LECT_SQLITE_PYODBC_URL"),
}


class Place:
    """A database over one connector, with two tables; `helper` is a second, synchronous way to the same database."""

    def __init__(self, label: str, url: Any, helper: Any, is_async: bool) -> None:
        self.label, self.url = label, url
        self.database, self.connector, _ = CONNECTORS[label]
        self.is_async = is_async
        self.engine: Engine
        self._made: Any
        if is_async:
            from lect.aio import create_async_engine

            self._made = create_async_engine(url)
            self.engine = self._made.sync_engine
        else:
            self._made = self.engine = create_engine(url)
        self.helper = create_engine(helper)
        self.others: list[Any] = []
        if self.database == LITE:
            for engine in (self.engine, self.helper):
                event.listen(engine, "connect", _enforce_foreign_keys)

    def run(self, fn: Callable[[], Any]) -> Any:
        """Call `fn` where this connector may be used."""
        if not self.is_async:
            return fn()
        from lect.bridge import greenlet_spawn

        async def go() -> Any:
            try:
                return await greenlet_spawn(fn)
            finally:
                await self._made.dispose()
                for engine in self.others:
                    await greenlet_spawn(engine.dispose)
                self.others.clear()
                await asyncio.sleep(0.02)  # a driver's thread that failed to connect tells the loop so a moment later

        return asyncio.run(go())

    def other(self, url: Any, **options: Any) -> Engine:
        """An engine over the same connector for another address; within :meth:`run`."""
        if self.is_async:
            from lect.aio import create_async_engine

            made = create_async_engine(url, **options).sync_engine
        else:
            made = create_engine(url, **options)
        self.others.append(made)
        return made

    def close(self) -> None:
        if not self.is_async:
            self.engine.dispose()
            for engine in self.others:
                engine.dispose()
        self.helper.dispose()


def _enforce_foreign_keys(dbapi_connection: Any, record: Any) -> None:
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA journal_mode=WAL")  # readers do not keep others from writing
    cursor.close()


_TABLES = (
    "CREATE TABLE fault_parent (id INTEGER NOT NULL, name VARCHAR(5) NOT NULL, age INTEGER, "
    "CONSTRAINT fault_key PRIMARY KEY (id), CONSTRAINT fault_name UNIQUE (name), CONSTRAINT fault_age CHECK (age > 0))",
    "CREATE TABLE fault_child (id INTEGER NOT NULL PRIMARY KEY, parent INTEGER, "
    "CONSTRAINT fault_ref FOREIGN KEY (parent) REFERENCES fault_parent (id))",
    "INSERT INTO fault_parent (id, name, age) VALUES (1, 'a', 5)",
    "INSERT INTO fault_parent (id, name, age) VALUES (2, 'b', 5)",
    "INSERT INTO fault_child (id, parent) VALUES (1, 1)",
)
_MORE = {
    PG: ("CREATE TABLE fault_span (during int4range, CONSTRAINT fault_over EXCLUDE USING gist (during WITH &&))",),
    MY: (),
    LITE: ("CREATE TABLE fault_strict (n INTEGER) STRICT",),
}


@pytest.fixture(scope="module", params=list(CONNECTORS))
def place(
    request: pytest.FixtureRequest, database_url: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    label = request.param
    database, connector, variable = CONNECTORS[label]
    is_async = connector in ("asyncpg", "psycopg_async", "asyncmy", "aiosqlite")
    if connector != "pyodbc":
        pytest.importorskip(connector.removesuffix("_async"))
    if is_async:
        pytest.importorskip("greenlet")
    if database == LITE:
        path = str(tmp_path_factory.mktemp("faults") / "faults.db")
        url = make_url(database_url(variable)) if variable else make_url("sqlite://")
        url = url.set(drivername=f"sqlite+{connector}", database=path)
        if connector == "pyodbc":
            url = url.update_query_dict({"FKSupport": "1", "Timeout": "50"})
        helper = make_url(f"sqlite:///{path}")
    else:
        assert variable is not None
        url = make_url(database_url(variable))
        if connector != "pyodbc":
            url = url.set(drivername=f"{database}+{connector}")
        helper = make_url(database_url("LECT_POSTGRESQL_URL" if database == PG else "LECT_MYSQL_URL"))
        if helper.database != url.database:
            helper = helper.set(database=url.database)
    made = Place(label, url, helper, is_async)
    with made.helper.begin() as connection:
        for statement in ("DROP TABLE IF EXISTS fault_child", "DROP TABLE IF EXISTS fault_parent"):
            connection.execute(text(statement))
        for statement in (*_TABLES, *_MORE[database]):
            connection.execute(text(statement))
    yield made
    with made.helper.begin() as connection:
        for statement in ("DROP TABLE IF EXISTS fault_child", "DROP TABLE IF EXISTS fault_parent"):
            connection.execute(text(statement))
        for name in ("fault_span", "fault_strict"):
            connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
    made.close()


class Told(NamedTuple):
    """What an exception holds beside its class. `code` is the SQLSTATE on PostgreSQL, else the native number."""

    code: str | int | None = None
    constraint: str | None = None
    table: str | None = None
    columns: tuple[str, ...] = ()


class Statement(NamedTuple):
    """A fault that one statement provokes."""

    name: str
    expected: type[exc.DBAPIError]
    #: Database -> (SQL, parameters, what is told). "*": every other one. A string: why there is no such fault.
    on: dict[str, tuple[str, dict[str, Any], Told] | str]


_INSERT = "INSERT INTO fault_parent (id, name, age) VALUES (:id, :name, :age)"

STATEMENTS = [
    Statement(
        "unique",
        exc.UniqueViolation,
        {
            PG: (_INSERT, {"id": 9, "name": "a", "age": 1}, Told("23505", "fault_name", "fault_parent")),
            MY: (_INSERT, {"id": 9, "name": "a", "age": 1}, Told(1062, "fault_name")),
            LITE: (_INSERT, {"id": 9, "name": "a", "age": 1}, Told(2067, None, "fault_parent", ("name",))),
        },
    ),
    Statement(
        "primary key",
        exc.UniqueViolation,
        {
            PG: (_INSERT, {"id": 1, "name": "z", "age": 1}, Told("23505", "fault_key", "fault_parent")),
            MY: (_INSERT, {"id": 1, "name": "z", "age": 1}, Told(1062, "PRIMARY")),
            LITE: (_INSERT, {"id": 1, "name": "z", "age": 1}, Told(1555, None, "fault_parent", ("id",))),
        },
    ),
    Statement(
        "foreign key to nothing",
        exc.ForeignKeyViolation,
        {
            PG: (
                "INSERT INTO fault_child (id, parent) VALUES (2, 99)",
                {},
                Told("23503", "fault_ref", "fault_child"),
            ),
            MY: (
                "INSERT INTO fault_child (id, parent) VALUES (2, 99)",
                {},
                Told(1452, "fault_ref", "fault_child", ("parent",)),
            ),
            LITE: ("INSERT INTO fault_child (id, parent) VALUES (2, 99)", {}, Told(787)),
        },
    ),
    Statement(
        "foreign key still used",
        exc.ForeignKeyViolation,
        {
            PG: ("DELETE FROM fault_parent WHERE id = 1", {}, Told("23503", "fault_ref", "fault_child")),
            MY: ("DELETE FROM fault_parent WHERE id = 1", {}, Told(1451, "fault_ref", "fault_child", ("parent",))),
            LITE: ("DELETE FROM fault_parent WHERE id = 1", {}, Told(787)),
        },
    ),
    Statement(
        "not null",
        exc.NotNullViolation,
        {
            PG: (_INSERT, {"id": 9, "name": None, "age": 1}, Told("23502", None, "fault_parent", ("name",))),
            MY: (_INSERT, {"id": 9, "name": None, "age": 1}, Told(1048, None, None, ("name",))),
            LITE: (_INSERT, {"id": 9, "name": None, "age": 1}, Told(1299, None, "fault_parent", ("name",))),
        },
    ),
    Statement(
        "check",
        exc.CheckViolation,
        {
            PG: (_INSERT, {"id": 9, "name": "c", "age": -1}, Told("23514", "fault_age", "fault_parent")),
            MY: (_INSERT, {"id": 9, "name": "c", "age": -1}, Told(4025, "fault_age")),
            LITE: (_INSERT, {"id": 9, "name": "c", "age": -1}, Told(275, "fault_age")),
        },
    ),
    Statement(
        "exclusion",
        exc.ExclusionViolation,
        {
            PG: (
                "INSERT INTO fault_span VALUES ('[1,5)'), ('[2,3)')",
                {},
                Told("23P01", "fault_over", "fault_span"),
            ),
            "*": "there are no exclusion constraints",
        },
    ),
    Statement(
        "syntax",
        exc.SyntaxFailure,
        {
            PG: ("SELEKT 1", {}, Told("42601")),
            MY: ("SELEKT 1", {}, Told(1064)),
            LITE: ("SELEKT 1", {}, Told(1)),
        },
    ),
    Statement(
        "no such table",
        exc.UndefinedTable,
        {
            PG: ("SELECT * FROM fault_nowhere", {}, Told("42P01")),
            MY: ("SELECT * FROM fault_nowhere", {}, Told(1146, None, "fault_nowhere")),
            LITE: ("SELECT * FROM fault_nowhere", {}, Told(1, None, "fault_nowhere")),
        },
    ),
    Statement(
        "no such column",
        exc.UndefinedColumn,
        {
            PG: ("SELECT nothing FROM fault_parent", {}, Told("42703")),
            MY: ("SELECT nothing FROM fault_parent", {}, Told(1054)),
            LITE: ("SELECT missing FROM fault_parent", {}, Told(1)),
        },
    ),
    Statement(
        "no such schema",
        exc.UndefinedSchema,
        {
            PG: ("CREATE TABLE fault_elsewhere.t (x INTEGER)", {}, Told("3F000")),
            MY: ("CREATE TABLE fault_elsewhere.t (x INTEGER)", {}, Told(1049)),
            LITE: ("CREATE TABLE fault_elsewhere.t (x INTEGER)", {}, Told(1)),
        },
    ),
    Statement(
        "no such function",
        exc.UndefinedFunction,
        {
            PG: ("SELECT fault_function(1)", {}, Told("42883")),
            MY: ("SELECT fault_function(1)", {}, Told(1305)),
            LITE: ("SELECT fault_function(1)", {}, Told(1)),
        },
    ),
    Statement(
        "table is there",
        exc.DuplicateObject,
        {
            PG: ("CREATE TABLE fault_parent (x INTEGER)", {}, Told("42P07")),
            MY: ("CREATE TABLE fault_parent (x INTEGER)", {}, Told(1050)),
            LITE: ("CREATE TABLE fault_parent (x INTEGER)", {}, Told(1)),
        },
    ),
    Statement(
        "column is there",
        exc.DuplicateObject,
        {
            PG: ("ALTER TABLE fault_parent ADD COLUMN name INTEGER", {}, Told("42701")),
            MY: ("ALTER TABLE fault_parent ADD COLUMN name INTEGER", {}, Told(1060)),
            LITE: ("ALTER TABLE fault_parent ADD COLUMN name INTEGER", {}, Told(1)),
        },
    ),
    Statement(
        "value out of range",
        exc.ValueOutOfRange,
        {
            PG: ("INSERT INTO fault_parent (id, name) VALUES (1099511627776, 'z')", {}, Told("22003")),
            MY: ("INSERT INTO fault_parent (id, name) VALUES (1099511627776, 'z')", {}, Told(1264)),
            LITE: ("SELECT abs(-9223372036854775808)", {}, Told(1)),
        },
    ),
    Statement(
        "text too long",
        exc.ValueTooLong,
        {
            PG: (_INSERT, {"id": 9, "name": "too long", "age": 1}, Told("22001")),
            MY: (_INSERT, {"id": 9, "name": "too long", "age": 1}, Told(1406)),
            LITE: ("SELECT zeroblob(2147483647)", {}, Told(18)),
        },
    ),
    Statement(
        "division by zero",
        exc.DivisionByZero,
        {
            PG: ("SELECT 1 / 0", {}, Told("22012")),
            MY: ("INSERT INTO fault_child (id) VALUES (1 / 0)", {}, Told(1365)),
            LITE: "1 / 0 is NULL",
        },
    ),
    Statement(
        "text that is no number",
        exc.InvalidValue,
        {
            PG: ("INSERT INTO fault_child (id) VALUES ('abc')", {}, Told("22P02")),
            MY: ("INSERT INTO fault_child (id) VALUES ('abc')", {}, Told(1366)),
            LITE: ("INSERT INTO fault_strict (n) VALUES ('abc')", {}, Told(3091)),
        },
    ),
    Statement(
        "bytes that are no text",
        exc.InvalidValue,
        {
            PG: (r"SELECT convert_from('\xff', 'UTF8')", {}, Told("22021")),
            MY: ("INSERT INTO fault_parent (id, name) VALUES (9, x'ff')", {}, Told(1366)),
            LITE: "any bytes are text",
        },
    ),
    Statement(
        "half a surrogate pair",
        exc.InvalidValue,
        {
            "*": (_INSERT, {"id": 9, "name": "\ud800", "age": 1}, Told()),
        },
    ),
]

#: What connectors cannot tell, or tell otherwise: (label, name of the fault) -> fields.
LESS: dict[tuple[str, str], dict[str, Any]] = {
    # ODBC passes on no fields of the protocol, and these messages name the constraint only.
    ("postgresql-pyodbc", "unique"): {"table": None},
    ("postgresql-pyodbc", "primary key"): {"table": None},
    ("postgresql-pyodbc", "exclusion"): {"table": None},
    # SQLite's ODBC driver knows primary codes only.
    **{
        ("sqlite-pyodbc", name): {"code": 19}
        for name in (
            "unique",
            "primary key",
            "foreign key to nothing",
            "foreign key still used",
            "not null",
            "check",
            "text that is no number",
        )
    },
}


def _check(place: Place, name: str, expected: type[exc.DBAPIError], told: Told, error: Any) -> None:
    assert type(error).__name__ == expected.__name__, f"{type(error).__name__}: {error}"
    assert isinstance(error, expected)
    assert error.orig is not None
    less = LESS.get((place.label, name), {})
    code = error.sqlstate if place.database == PG else error.native_code
    found = Told(code, error.constraint, error.table, error.columns)
    if told.code is None:
        found = found._replace(code=None)
    assert found == told._replace(**less)


@pytest.mark.parametrize("fault", STATEMENTS, ids=lambda fault: fault.name.replace(" ", "_"))
def test_statement(place: Place, fault: Statement) -> None:
    on = fault.on.get(place.database, fault.on.get("*"))
    assert on is not None
    if isinstance(on, str):
        pytest.skip(on)
    sql, parameters, told = on
    binds = [bindparam(name) for name in parameters]

    def provoke() -> None:
        with place.engine.connect() as connection:
            with pytest.raises(exc.DBAPIError) as caught:
                connection.execute(text(sql).bindparams(*binds), parameters)
            _check(place, fault.name, fault.expected, told, caught.value)
            assert caught.value.statement is not None
            assert not caught.value.connection_invalidated
            connection.rollback()
            assert connection.scalar(text("SELECT 1")) == 1

    place.run(provoke)


# -- faults that take two ----------------------------------------------------------------------------------------------

_UPDATE = text("UPDATE fault_parent SET age = age + 1 WHERE id = :id")


def _deadlock(place: Place) -> None:
    """The other side waits for us, and we ask for what it has; the server picks us as the lighter one."""
    if place.database == LITE:
        pytest.skip("one writer at a time: nobody can wait in a circle")
    with place.engine.connect() as mine, place.helper.connect() as theirs:
        if place.database == PG:
            mine.exec_driver_sql("SET LOCAL deadlock_timeout = '50ms'")
            theirs.exec_driver_sql("SET LOCAL deadlock_timeout = '20s'")
        else:
            theirs.exec_driver_sql("UPDATE fault_child SET parent = 2 WHERE id = 1")
            theirs.exec_driver_sql("INSERT INTO fault_child (id, parent) VALUES (50, 2), (51, 2), (52, 2), (53, 2)")
        mine.execute(_UPDATE, {"id": 1})
        theirs.execute(_UPDATE, {"id": 2})
        with _in_thread(lambda: theirs.execute(_UPDATE, {"id": 1})):
            try:
                mine.execute(_UPDATE, {"id": 2})
            finally:
                mine.rollback()


@contextlib.contextmanager
def _in_thread(fn: Callable[[], Any]) -> Iterator[None]:
    thread = threading.Thread(target=fn)
    thread.start()
    threading.Event().wait(0.2)  # long enough that it waits for its lock
    try:
        yield
    finally:
        thread.join(20)


def _serialization(place: Place) -> None:
    """What was read has changed since."""
    if place.database == MY:
        pytest.skip("SERIALIZABLE locks what it reads, and waits")
    with place.engine.connect() as mine, place.helper.connect() as theirs:
        if place.database == PG:
            mine.execution_options(isolation_level="SERIALIZABLE")
        mine.execute(text("SELECT age FROM fault_parent")).all()
        theirs.execute(_UPDATE, {"id": 1})
        theirs.commit()
        mine.execute(_UPDATE, {"id": 1})


def _lock_timeout(place: Place) -> None:
    with place.engine.connect() as mine, place.helper.connect() as theirs:
        wait = {
            PG: "SET LOCAL lock_timeout = '50ms'",
            MY: "SET SESSION innodb_lock_wait_timeout = 1",
            LITE: "PRAGMA busy_timeout = 50",
        }
        mine.exec_driver_sql(wait[place.database])
        theirs.execute(_UPDATE, {"id": 1})
        mine.execute(_UPDATE, {"id": 1})


def _statement_timeout(place: Place) -> None:
    if place.database == LITE:
        pytest.skip("statements run inside the program: its deadlines see to them")
    with place.engine.connect() as mine:
        if place.database == PG:
            mine.exec_driver_sql("SET LOCAL statement_timeout = '50ms'")
            mine.execute(text("SELECT pg_sleep(10)"))
        else:
            mine.exec_driver_sql("SET SESSION max_statement_time = 0.05")
            try:
                columns = "information_schema.columns"
                mine.execute(text(f"SELECT COUNT(*) FROM {columns} AS a, {columns} AS b, {columns} AS c")).all()
            finally:
                mine.exec_driver_sql("SET SESSION max_statement_time = 0")


def _canceled(place: Place) -> None:
    """Somebody cancels what runs."""
    if place.database == LITE:
        pytest.skip("statements run inside the program: its deadlines see to them")
    with place.engine.connect() as mine, place.helper.connect() as theirs:
        number = mine.scalar(text("SELECT pg_backend_pid()" if place.database == PG else "SELECT connection_id()"))
        stop = f"SELECT pg_cancel_backend({number})" if place.database == PG else f"KILL QUERY {number}"
        with _later(lambda: theirs.exec_driver_sql(stop)):
            # A query of a table: MariaDB ends a lonely SLEEP() without an error.
            slow = "SELECT pg_sleep(10)" if place.database == PG else "SELECT SLEEP(10), id FROM fault_parent"
            mine.execute(text(slow)).all()


@contextlib.contextmanager
def _later(fn: Callable[[], Any]) -> Iterator[None]:
    timer = threading.Timer(0.2, fn)
    timer.start()
    try:
        yield
    finally:
        timer.join(20)


def _lost(place: Place) -> None:
    """The server ends the connection, or the program closes it behind the engine's back."""
    with place.engine.connect() as mine, place.helper.connect() as theirs:
        if place.database == LITE:
            mine.connection.dbapi_connection.close()
        else:
            number = mine.scalar(text("SELECT pg_backend_pid()" if place.database == PG else "SELECT connection_id()"))
            theirs.exec_driver_sql(
                f"SELECT pg_terminate_backend({number}, 2000)" if place.database == PG else f"KILL {number}"
            )
        mine.execute(text("SELECT 1"))


def _read_only(place: Place) -> None:
    with place.engine.connect().execution_options(read_only=True) as mine:
        assert mine.scalar(text("SELECT count(*) FROM fault_parent")) == 2
        mine.commit()
        mine.execute(_UPDATE, {"id": 1})


def _privilege(place: Place) -> None:
    if place.database == LITE:
        pytest.skip("there are no users")
    name, word = f"lect_fault_{secrets.token_hex(4)}", secrets.token_hex(16)
    if place.database == PG:
        with place.engine.connect() as mine:
            mine.exec_driver_sql(f"CREATE ROLE {name}")
            mine.exec_driver_sql(f"SET LOCAL ROLE {name}")
            mine.execute(text("SELECT * FROM fault_parent"))
    with place.helper.begin() as theirs:
        theirs.exec_driver_sql(f"CREATE USER {name} IDENTIFIED BY '{word}'")
        theirs.exec_driver_sql(f"GRANT SELECT ON fault_child TO {name}")
    try:
        with place.other(place.url.set(username=name, password=word)).connect() as mine:
            mine.execute(text("SELECT * FROM fault_parent"))
    finally:
        with place.helper.begin() as theirs:
            theirs.exec_driver_sql(f"DROP USER {name}")


def _nobody_there(place: Place) -> None:
    url = place.url.set(database="/nowhere/at/all.db") if place.database == LITE else place.url.set(port=1)
    place.other(url).connect()


def _no_such_database(place: Place) -> None:
    if place.database == LITE:
        pytest.skip("a file is made")
    place.other(place.url.set(database="lect_fault_nowhere")).connect()


class Situation(NamedTuple):
    """A fault that takes more than a statement."""

    expected: type[exc.DBAPIError]
    provoke: Callable[[Place], None]
    codes: dict[str, str | int | None]


SITUATIONS = {
    "deadlock": Situation(exc.Deadlock, _deadlock, {PG: "40P01", MY: 1213}),
    "serialization": Situation(exc.SerializationFailure, _serialization, {PG: "40001", LITE: 517}),
    "lock_timeout": Situation(exc.LockTimeout, _lock_timeout, {PG: "55P03", MY: 1205, LITE: 5}),
    "statement_timeout": Situation(exc.StatementTimeout, _statement_timeout, {PG: "57014", MY: 1969}),
    "canceled": Situation(exc.QueryCanceled, _canceled, {PG: "57014", MY: 1317}),
    "lost": Situation(exc.ConnectionLost, _lost, {}),
    "read_only": Situation(exc.ReadOnlyViolation, _read_only, {PG: "25006", MY: 1792, LITE: 8}),
    "privilege": Situation(exc.InsufficientPrivilege, _privilege, {PG: "42501", MY: 1142}),
    "nobody_there": Situation(exc.ConnectFailed, _nobody_there, {}),
    "no_such_database": Situation(exc.ConnectFailed, _no_such_database, {}),
}


#: What a driver cannot tell apart: (label, situation) -> the class it is, by the code that the driver passes on.
OTHERWISE: dict[tuple[str, str], tuple[type[exc.DBAPIError], str | int]] = {
    ("sqlite-pyodbc", "serialization"): (exc.LockTimeout, 5),  # primary codes only: SQLITE_BUSY
}


@pytest.mark.parametrize("name", list(SITUATIONS))
def test_situation(place: Place, name: str) -> None:
    situation = SITUATIONS[name]

    def provoke() -> None:
        with pytest.raises(exc.DBAPIError) as caught:
            situation.provoke(place)
        error: Any = caught.value
        expected, code = OTHERWISE.get(
            (place.label, name), (situation.expected, situation.codes.get(place.database))
        )
        assert type(error).__name__ == expected.__name__, f"{type(error).__name__}: {error}"
        assert isinstance(error, expected)
        if code is not None:
            assert (error.sqlstate if place.database == PG else error.native_code) == code
        if situation.expected is not exc.ConnectFailed:
            assert error.connection_invalidated == (name == "lost")

    place.run(provoke)


# -- values that look like errors --------------------------------------------------------------------------------------

#: Texts that somebody might look for in a message, and codes that somebody might look for anywhere.
HOSTILE = [
    "server closed the connection unexpectedly",
    "(2013, 'Lost connection to MySQL server during query')",
    "2006 MySQL server has gone away",
    "connection is closed",
    "Cannot operate on a closed database.",
    "Attempt to use a closed connection.",
    "deadlock detected 40P01",
    "could not serialize access 40001 (1213)",
    "canceling statement due to statement timeout 57014",
    "database is locked (5) (SQLExecDirectW)",
    "[08S01] [x] Communication link failure (0) (SQLExecDirectW); [08S01] y (2013)",
    "no such table: fault_parent",
    'null value in column "id" violates not-null constraint',
    "UNIQUE constraint failed: other.column",
    "Duplicate entry 'x' for key 'other.key'",
    "x' for key 'other'\" (1062) (SQLExecDirectW)",
    'violates unique constraint "other"\n"',
    "terminating connection due to administrator command 57P01",
]


def test_values_that_look_like_errors(place: Place) -> None:
    """Whatever a value says, the class, the codes and the names are those of what has happened."""
    with place.helper.begin() as connection:
        for statement in ("DROP TABLE IF EXISTS fault_words", _WORDS):
            connection.execute(text(statement))
    insert = text("INSERT INTO fault_words (id, word) VALUES (:id, :word)")
    missing = text("SELECT * FROM fault_nowhere WHERE x = :word")
    told = {PG: ("23505", "fault_word"), MY: (1062, "fault_word"), LITE: (2067, None)}[place.database]
    if place.label == "sqlite-pyodbc":
        told = (19, None)

    def provoke() -> None:
        with place.engine.connect() as connection:
            for number, word in enumerate(HOSTILE):
                connection.execute(insert, {"id": number, "word": word})
                connection.commit()
                with pytest.raises(exc.DBAPIError) as caught:
                    connection.execute(insert, {"id": number + 1000, "word": word})
                error: Any = caught.value
                assert type(error).__name__ == "UniqueViolation", f"{word!r}: {type(error).__name__}"
                assert not error.connection_invalidated
                code = error.sqlstate if place.database == PG else error.native_code
                assert (code, error.constraint) == told, word
                assert error.table in (None, "fault_words"), word
                connection.rollback()
                with pytest.raises(exc.DBAPIError) as caught:
                    connection.execute(missing, {"word": word})
                assert type(caught.value).__name__ == "UndefinedTable", word
                connection.rollback()

    try:
        place.run(provoke)
    finally:
        with place.helper.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS fault_words"))


_WORDS = (
    "CREATE TABLE fault_words (id INTEGER NOT NULL PRIMARY KEY, word VARCHAR(200) NOT NULL, "
    "CONSTRAINT fault_word UNIQUE (word))"
)


# -- a commit that would be a rollback ---------------------------------------------------------------------------------


def test_what_was_written_is_kept_or_the_commit_is_refused(place: Place) -> None:
    """A program that passes over a failure and commits is never left to believe that its rows are there."""
    row = text("INSERT INTO fault_parent (id, name, age) VALUES (:id, :name, 1)")

    def use() -> None:
        with place.engine.connect() as connection:
            connection.execute(row, {"id": 77, "name": "x77"})
            with pytest.raises(exc.UniqueViolation):
                connection.execute(row, {"id": 1, "name": "x1"})
            try:
                connection.commit()
                refused = None
            except (exc.PendingRollbackError, exc.DBAPIError) as error:
                refused = str(error)
            connection.rollback()
        with place.engine.connect() as connection:
            kept = connection.scalar(text("SELECT count(*) FROM fault_parent WHERE id = 77"))
        if place.label == "postgresql-pyodbc":
            return  # its driver does not tell; see docs/transactions.md
        assert kept == (0 if place.database == PG else 1)
        assert (refused is None) is bool(kept)
        if refused is not None:
            assert "failed first with UniqueViolation at: INSERT INTO fault_parent" in refused
        with place.engine.begin() as connection:  # a failure behind a savepoint is no obstacle
            connection.execute(text("DELETE FROM fault_parent WHERE id = 77"))
            with pytest.raises(exc.UniqueViolation), connection.begin_nested():
                connection.execute(row, {"id": 1, "name": "x1"})

    place.run(use)


# -- what a connection was, it is again --------------------------------------------------------------------------------


def test_reading_only_and_isolation_end_with_the_connection(place: Place) -> None:
    """The next user of the driver's connection may write, at the level of the engine."""

    def use() -> None:
        with place.engine.connect() as connection:
            usual = connection.get_isolation_level()
        level = next(v for v in place.engine.dialect.get_isolation_level_values() if v not in ("AUTOCOMMIT", usual))
        with place.engine.connect() as connection:
            connection.execution_options(isolation_level=level, read_only=True)
            assert connection.get_isolation_level() == level
            with pytest.raises(exc.ReadOnlyViolation):
                connection.execute(_UPDATE, {"id": 2})
            connection.rollback()
            connection.execution_options(read_only=False)
            connection.execute(_UPDATE, {"id": 2})
            connection.rollback()
            connection.execution_options(read_only=True)
        with place.engine.execution_options(read_only=True).connect() as connection:
            with pytest.raises(exc.ReadOnlyViolation):
                connection.execute(_UPDATE, {"id": 2})
            with pytest.raises(exc.InvalidRequestError, match="read_only may not be altered unless rollback"):
                connection.execution_options(read_only=False)
        with place.engine.connect() as connection:
            assert connection.get_isolation_level() == usual
            connection.execute(_UPDATE, {"id": 2})
            connection.rollback()

    place.run(use)
