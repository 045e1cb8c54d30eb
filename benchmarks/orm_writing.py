"""Workloads of the mapper that write. Each is flushed, timed, compared inside its transaction and rolled back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from benchmarks import data
from benchmarks.core_workloads import chunks
from benchmarks.orm_reading import WIDE, OrmReading
from benchmarks.raw import stored

WIDE_NAMES = WIDE.split(", ")


class OrmWriting(OrmReading):
    check: str
    """Query whose rows, as text, must be the same for all contenders after the flush."""

    def plain(self, result: Any) -> Any:
        if self.lib is None:
            rows = self.driver.query(self.check)
        else:
            rows = self.session.connection().execute(self.lib.core.text(self.check)).all()
        return [[str(value) for value in row] for row in rows], result

    def after(self) -> None:
        if self.lib is None:
            self.driver.connection.rollback()
        else:
            self.session.rollback()
            self.session.close()

    def insert_values(self, table: str, names: list[str], rows: list[Any]) -> list[int]:
        """The hand-written way to insert rows and learn their keys on this driver."""
        cursor = self.driver.connection.cursor()
        columns, marks = ", ".join(names), ", ".join("?" * len(names))
        statement = self.driver.sql(f"INSERT INTO {table} ({columns}) VALUES ({marks})")
        keys: list[int] = []
        if self.driver.kind == "postgresql":
            from psycopg2.extras import execute_values

            batched = f"INSERT INTO {table} ({columns}) VALUES %s RETURNING id"
            keys = [key for (key,) in execute_values(cursor, batched, rows, page_size=1000, fetch=True)]
        else:
            for row in rows:
                cursor.execute(statement, row)
                keys.append(cursor.lastrowid)
        return keys


class OrmAddAll(OrmWriting):
    name = "orm_add_all"
    about = "flush new objects and have their keys"
    size = 20_000
    goal = {"sqlite": 2.2, "postgresql": 0.7}
    check = "SELECT count(*), sum(quantity), round(sum(score)), round(sum(price)), max(name), count(note) FROM wide"

    def fill(self) -> None:
        self.driver.create("wide")
        self.rows = [dict(zip(WIDE_NAMES[1:], row[1:], strict=True)) for row in data.wide(self.n)]

    def raw(self) -> Any:
        rows: list[Any] = []
        if self.driver.converts:
            for r in self.rows:
                price, created, updated = float(r["price"]), stored(r["created"]), stored(r["updated"])
                rows.append(
                    (r["name"], r["email"], r["city"], r["quantity"], r["score"], price, created, updated, r["note"])
                )
        else:
            rows = [tuple(r.values()) for r in self.rows]
        keys = self.insert_values("wide", WIDE_NAMES[1:], rows)
        return max(keys) - min(keys), len(set(keys))

    def library(self) -> Any:
        wide = self.m.Wide
        objects = [wide(**row) for row in self.rows]
        self.session.add_all(objects)
        self.session.flush()
        keys = [o.id for o in objects]
        return max(keys) - min(keys), len(set(keys))


class OrmAddGraph(OrmWriting):
    name = "orm_add_graph"
    about = "flush new parents with five children each; keys reach the children"
    size = 2_000
    goal = {"sqlite": 3.5}
    each = 5
    check = (
        "SELECT count(*), sum(child.quantity), max(child.name), count(DISTINCT parent.id), max(parent.name)"
        " FROM parent JOIN child ON parent.id = child.parent_id"
    )

    def fill(self) -> None:
        for table in ("parent", "child"):
            self.driver.create(table)
        children = list(data.children(self.n, self.each))
        self.families = [
            (parent, children[i * self.each : (i + 1) * self.each]) for i, parent in enumerate(data.parents(self.n))
        ]

    def raw(self) -> Any:
        parents = [(name, city) for (_, name, city), _ in self.families]
        keys = self.insert_values("parent", ["name", "city"], parents)
        rows = [
            (key, name, quantity)
            for key, (_, children) in zip(keys, self.families, strict=True)
            for _, _, name, quantity in children
        ]
        return len(self.insert_values("child", ["parent_id", "name", "quantity"], rows))

    def library(self) -> Any:
        parent_class, child_class = self.m.Parent, self.m.Child
        parents = []
        for (_, name, city), children in self.families:
            parent = parent_class(name=name, city=city)
            parent.children = [child_class(name=n, quantity=quantity) for _, _, n, quantity in children]
            parents.append(parent)
        self.session.add_all(parents)
        self.session.flush()
        return sum(1 for p in parents for c in p.children if c.id is not None)


class OrmUpdateFlush(OrmWriting):
    name = "orm_update_flush"
    about = "change loaded objects and flush"
    size = 10_000
    goal = {"sqlite": 2.2, "postgresql": 0.5}
    check = "SELECT count(*), sum(quantity), max(name), max(created), min(created) FROM wide"

    def fill(self) -> None:
        self.driver.fill("wide", data.wide(self.n))

    def before(self) -> None:
        super().before()
        if self.lib is None:
            self.objects: Any = self.driver.query("SELECT id, quantity, created FROM wide")
            if self.driver.converts:
                from benchmarks.raw import moment

                self.objects = [(i, quantity, moment(created)) for i, quantity, created in self.objects]
        else:
            self.objects = self.session.scalars(self.lib.core.select(self.m.Wide)).all()

    def raw(self) -> Any:
        cursor, later = self.driver.connection.cursor(), timedelta(days=1)
        if self.driver.converts:
            rows = [(quantity + 1, stored(created + later), i) for i, quantity, created in self.objects]
        else:
            rows = [(quantity + 1, created + later, i) for i, quantity, created in self.objects]
        statement = self.driver.sql("UPDATE wide SET quantity = ?, created = ? WHERE id = ?")
        if self.driver.kind == "postgresql":
            from psycopg2.extras import execute_batch

            execute_batch(cursor, statement, rows, page_size=500)
        else:
            cursor.executemany(statement, rows)
        return len(rows)

    def library(self) -> Any:
        later = timedelta(days=1)
        for thing in self.objects:
            thing.quantity += 1
            thing.created += later
        self.session.flush()
        return len(self.objects)


class OrmDelete(OrmWriting):
    name = "orm_delete"
    about = "delete loaded objects and flush"
    size = 10_000
    goal = {"sqlite": 1.2}
    check = "SELECT count(*), coalesce(min(id), 0) FROM wide"

    def fill(self) -> None:
        self.driver.fill("wide", data.wide(self.n + 10))

    def before(self) -> None:
        super().before()
        if self.lib is not None:
            wide = self.m.Wide
            self.objects = self.session.scalars(self.lib.core.select(wide).where(wide.id <= self.n)).all()

    def raw(self) -> Any:
        cursor, keys = self.driver.connection.cursor(), list(range(1, self.n + 1))
        statement = self.driver.sql("DELETE FROM wide WHERE id = ?")
        if self.driver.kind == "postgresql":
            for part in chunks(keys, 1000):
                cursor.execute("DELETE FROM wide WHERE id = ANY(%s)", (part,))
        else:
            cursor.executemany(statement, [(key,) for key in keys])
        return len(keys)

    def library(self) -> Any:
        for thing in self.objects:
            self.session.delete(thing)
        self.session.flush()
        return len(self.objects)
