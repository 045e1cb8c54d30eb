"""Workloads of the mapper that read: whole objects, columns, by key, along relationships."""

from __future__ import annotations

from typing import Any

from benchmarks import data, model
from benchmarks.raw import moment, money
from benchmarks.workload import Workload

WIDE = "id, name, email, city, quantity, score, price, created, updated, note"


class Thing:
    """An object of the hand-written program."""

    def __init__(self, *values: Any) -> None:
        (
            self.id,
            self.name,
            self.email,
            self.city,
            self.quantity,
            self.score,
            self.price,
            self.created,
            self.updated,
            self.note,
        ) = values


def thing_values(thing: Any) -> tuple[Any, ...]:
    """All columns of an object, the hand-written one or a mapped one."""
    return (
        thing.id,
        thing.name,
        thing.email,
        thing.city,
        thing.quantity,
        thing.score,
        thing.price,
        thing.created,
        thing.updated,
        thing.note,
    )


def things(cursor: Any, converts: bool) -> list[Thing]:
    """Objects from a cursor over `wide`."""
    if not converts:
        return [Thing(*row) for row in cursor]
    return [
        Thing(i, name, email, city, quantity, score, money(price), moment(created), moment(updated), note)
        for i, name, email, city, quantity, score, price, created, updated, note in cursor
    ]


def thing(row: Any, converts: bool) -> Thing:
    """One object from a row of `wide`."""
    if not converts:
        return Thing(*row)
    i, name, email, city, quantity, score, price, created, updated, note = row
    return Thing(i, name, email, city, quantity, score, money(price), moment(created), moment(updated), note)


class OrmReading(Workload):
    session: Any = None

    def prepare(self) -> None:
        self.fill()
        if self.lib is not None:
            self.m = model.classes(self.lib)

    def fill(self) -> None:
        """The tables of this workload."""

    def before(self) -> None:
        if self.lib is not None:
            self.session = self.lib.orm.Session(self.engine)

    def after(self) -> None:
        if self.session is not None:
            self.session.close()


class OrmFetchFull(OrmReading):
    name = "orm_fetch_full"
    about = "load objects of ten columns, with datetimes and a Numeric"
    size = 50_000
    goal = {"sqlite": 1.8, "postgresql": 1.7}

    def fill(self) -> None:
        self.driver.fill("wide", data.wide(self.n))

    def raw(self) -> Any:
        cursor = self.driver.connection.cursor()
        cursor.execute(f"SELECT {WIDE} FROM wide")
        return things(cursor, self.driver.converts)

    def library(self) -> Any:
        return self.session.scalars(self.lib.core.select(self.m.Wide)).all()

    def plain(self, result: Any) -> Any:
        return sorted(map(thing_values, result))


class OrmFetchColumns(OrmReading):
    name = "orm_fetch_cols"
    about = "three attributes of many rows through the mapper"
    size = 100_000
    goal = {"sqlite": 1.35}

    def fill(self) -> None:
        self.driver.fill("wide", data.wide(self.n))

    def raw(self) -> Any:
        cursor = self.driver.connection.cursor()
        cursor.execute("SELECT id, name, score FROM wide")
        return cursor.fetchall()

    def library(self) -> Any:
        wide = self.m.Wide
        return self.session.execute(self.lib.core.select(wide.id, wide.name, wide.score)).all()

    def plain(self, result: Any) -> Any:
        return sorted(tuple(row) for row in result)


class OrmGetCold(OrmReading):
    name = "orm_get_cold"
    about = "objects by primary key, each from the database"
    size = 5_000
    goal = {"sqlite": 1.8}

    def fill(self) -> None:
        self.driver.fill("wide", data.wide(self.n))

    def raw(self) -> Any:
        cursor, out = self.driver.connection.cursor(), []
        statement, converts = self.driver.sql(f"SELECT {WIDE} FROM wide WHERE id = ?"), self.driver.converts
        for i in range(1, self.n + 1):
            cursor.execute(statement, (i,))
            out.append(thing(cursor.fetchone(), converts))
        return out

    def library(self) -> Any:
        get, wide = self.session.get, self.m.Wide
        return [get(wide, i) for i in range(1, self.n + 1)]

    def plain(self, result: Any) -> Any:
        return list(map(thing_values, result))


class OrmGetWarm(OrmReading):
    name = "orm_get_warm"
    about = "objects by primary key that the session holds already"
    size = 20_000
    unit = "us"
    has_raw = False
    goal = {"sqlite": 0.4, "postgresql": 0.4, "mysql": 0.4}
    held = 500

    def fill(self) -> None:
        self.driver.fill("wide", data.wide(self.held))

    def before(self) -> None:
        super().before()
        self.keep = self.session.scalars(self.lib.core.select(self.m.Wide)).all()

    def library(self) -> Any:
        get, wide, held = self.session.get, self.m.Wide, self.held
        found = None
        for i in range(self.n):
            found = get(wide, i % held + 1)
        return found

    def plain(self, result: Any) -> Any:
        return thing_values(result)


class Family(OrmReading):
    """Parents with children."""

    parents = 2_000
    each = 10

    def fill(self) -> None:
        self.driver.fill("parent", data.parents(self.parents))
        self.driver.fill("child", data.children(self.parents, self.each))


class Node:
    """A parent or child of the hand-written program."""

    def __init__(self, *values: Any) -> None:
        self.values = values
        self.children: list[Node] = []
        self.parent: Node | None = None


def family_values(parents: Any, raw: bool) -> list[Any]:
    """Parents with their children as plain tuples, in order."""
    if raw:
        return sorted((p.values, sorted(c.values for c in p.children)) for p in parents)
    return sorted(
        ((p.id, p.name, p.city), sorted((c.id, c.parent_id, c.name, c.quantity) for c in p.children)) for p in parents
    )


class OrmLazyManyToOne(Family):
    name = "orm_lazy_m2o"
    about = "from each of many children to its parent, one query each"
    size = 5_000
    goal = {"sqlite": 2.2}
    each = 1

    def fill(self) -> None:
        self.parents = self.n
        super().fill()

    def raw(self) -> Any:
        cursor, out = self.driver.connection.cursor(), []
        cursor.execute("SELECT id, parent_id, name, quantity FROM child")
        rows = cursor.fetchall()
        statement = self.driver.sql("SELECT id, name, city FROM parent WHERE id = ?")
        known: dict[int, Node] = {}
        for row in rows:
            child, parent_id = Node(*row), row[1]
            parent = known.get(parent_id)
            if parent is None:
                cursor.execute(statement, (parent_id,))
                parent = known[parent_id] = Node(*cursor.fetchone())
            child.parent = parent
            out.append((row[0], parent.values[1]))
        return out

    def library(self) -> Any:
        children = self.session.scalars(self.lib.core.select(self.m.Child)).all()
        return [(child.id, child.parent.name) for child in children]

    def plain(self, result: Any) -> Any:
        return sorted(result)


class OrmJoined(Family):
    name = "orm_joined"
    about = "parents with their children, eagerly by an outer join"
    size = 2_000
    goal = {"sqlite": 2.2}

    def fill(self) -> None:
        self.parents = self.n
        super().fill()

    def raw(self) -> Any:
        cursor = self.driver.connection.cursor()
        cursor.execute(
            "SELECT parent.id, parent.name, parent.city, child.id, child.parent_id, child.name, child.quantity"
            " FROM parent LEFT OUTER JOIN child ON parent.id = child.parent_id ORDER BY child.id"
        )
        known: dict[int, Node] = {}
        for row in cursor:
            parent = known.get(row[0])
            if parent is None:
                parent = known[row[0]] = Node(*row[:3])
            if row[3] is not None:
                child = Node(*row[3:])
                child.parent = parent
                parent.children.append(child)
        return list(known.values())

    def library(self) -> Any:
        option = self.lib.orm.joinedload(self.m.Parent.children)
        return self.session.scalars(self.lib.core.select(self.m.Parent).options(option)).unique().all()

    def plain(self, result: Any) -> Any:
        return family_values(result, self.lib is None)


class OrmSelectIn(OrmJoined):
    name = "orm_selectin"
    about = "parents with their children, eagerly by a second query"
    size = 2_000
    goal = {"sqlite": 2.8}

    def raw(self) -> Any:
        cursor = self.driver.connection.cursor()
        cursor.execute("SELECT id, name, city FROM parent")
        known = {row[0]: Node(*row) for row in cursor.fetchall()}
        keys = list(known)
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ", ".join("?" * len(part))
            statement = f"SELECT id, parent_id, name, quantity FROM child WHERE parent_id IN ({marks}) ORDER BY id"
            cursor.execute(self.driver.sql(statement), part)
            for row in cursor:
                child = Node(*row)
                parent = child.parent = known[row[1]]
                parent.children.append(child)
        return list(known.values())

    def library(self) -> Any:
        option = self.lib.orm.selectinload(self.m.Parent.children)
        return self.session.scalars(self.lib.core.select(self.m.Parent).options(option)).all()


class SmallQueryOrm(OrmReading):
    name = "small_query_orm"
    about = "build a select of an entity by key, execute it, take the object; one session"
    size = 10_000
    goal = {"sqlite": 1.7}
    rows = 1000

    def fill(self) -> None:
        self.driver.fill("wide", data.wide(self.rows))

    def raw(self) -> Any:
        cursor, rows, out = self.driver.connection.cursor(), self.rows, []
        statement, converts = self.driver.sql(f"SELECT {WIDE} FROM wide WHERE id = ?"), self.driver.converts
        for i in range(self.n):
            cursor.execute(statement, (i % rows + 1,))
            out.append(thing(cursor.fetchone(), converts))
        return out

    def library(self) -> Any:
        select, wide, rows = self.lib.core.select, self.m.Wide, self.rows
        scalars = self.session.scalars
        return [scalars(select(wide).where(wide.id == i % rows + 1)).one() for i in range(self.n)]

    def plain(self, result: Any) -> Any:
        return list(map(thing_values, result))


class WebRequest(OrmReading):
    name = "web_request"
    about = "open a session, get one object, select ten, close"
    size = 500
    goal = {"sqlite": 2.0}
    rows = 1000

    def fill(self) -> None:
        self.driver.fill("parent", data.parents(self.rows))
        self.driver.fill("child", data.children(self.rows, 10))

    def raw(self) -> Any:
        out = []
        one = self.driver.sql("SELECT id, name, city FROM parent WHERE id = ?")
        ten = self.driver.sql("SELECT id, parent_id, name, quantity FROM child WHERE parent_id = ? ORDER BY id LIMIT ?")
        for i in range(self.n):
            cursor = self.driver.connection.cursor()
            cursor.execute(one, (i % self.rows + 1,))
            parent = Node(*cursor.fetchone())
            cursor.execute(ten, (i % self.rows + 1, 10))
            out.append((parent.values[1], [c.values[2] for c in [Node(*row) for row in cursor.fetchall()]]))
            self.driver.connection.rollback()
        return out

    def library(self) -> Any:
        session_class, select, parent, child = self.lib.orm.Session, self.lib.core.select, self.m.Parent, self.m.Child
        out = []
        for i in range(self.n):
            with session_class(self.engine) as session:
                found = session.get(parent, i % self.rows + 1)
                statement = select(child).where(child.parent_id == i % self.rows + 1).order_by(child.id).limit(10)
                out.append((found.name, [c.name for c in session.scalars(statement)]))
        return out
