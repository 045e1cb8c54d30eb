"""Workloads of the core: fetching, small queries, building statements, inserting, checking connections out."""

from __future__ import annotations

from itertools import islice
from typing import Any

from benchmarks import data, model
from benchmarks.raw import moment, stored
from benchmarks.workload import Workload


class CoreWorkload(Workload):
    uses_orm = False

    def prepare(self) -> None:
        self.fill()
        if self.lib is not None:
            self.t = model.tables(self.lib)

    def fill(self) -> None:
        """The tables of this workload."""


class SmallQueryCore(CoreWorkload):
    name = "small_query_core"
    about = "build a select by key, execute it, take the row"
    size = 10_000
    goal = {"sqlite": 1.6, "postgresql": 0.85}
    rows = 1000

    def fill(self) -> None:
        self.driver.fill("five", data.five(self.rows))

    def raw(self) -> Any:
        cursor, rows, out = self.driver.connection.cursor(), self.rows, []
        statement = self.driver.sql("SELECT id, name, score, created, note FROM five WHERE id = ?")
        if self.driver.converts:
            for i in range(self.n):
                cursor.execute(statement, (i % rows + 1,))
                identifier, name, score, created, note = cursor.fetchone()
                out.append((identifier, name, score, moment(created), note))
        else:
            for i in range(self.n):
                cursor.execute(statement, (i % rows + 1,))
                out.append(cursor.fetchone())
        return out

    def library(self) -> Any:
        select, five, rows, out = self.lib.core.select, self.t.five, self.rows, []
        with self.engine.connect() as connection:
            for i in range(self.n):
                out.append(connection.execute(select(five).where(five.c.id == i % rows + 1)).one())
        return out

    def plain(self, result: Any) -> Any:
        return [tuple(row) for row in result]


class JoinQuery(CoreWorkload):
    name = "join_query"
    about = "build a three-table join with criteria, execute it, take the rows"
    size = 2_000
    goal = {"sqlite": 2.0, "postgresql": 0.5}
    customers = 1000

    def fill(self) -> None:
        self.driver.fill("customer", data.customers(self.customers))
        self.driver.fill("purchase", data.purchases(self.customers, 1))
        self.driver.fill("item", data.items(self.customers, 4))

    def raw(self) -> Any:
        cursor, out = self.driver.connection.cursor(), []
        statement = self.driver.sql(
            "SELECT customer.name, purchase.placed, item.product, item.quantity FROM customer"
            " JOIN purchase ON customer.id = purchase.customer_id JOIN item ON purchase.id = item.purchase_id"
            " WHERE customer.id = ? AND item.quantity > ? AND purchase.placed >= ? ORDER BY item.id LIMIT ?"
        )
        start = self.driver.outgoing(data.START)
        converts = self.driver.converts
        for i in range(self.n):
            cursor.execute(statement, (i % self.customers + 1, 10, start, 5))
            rows = cursor.fetchall()
            out.append([(name, moment(placed), *rest) for name, placed, *rest in rows] if converts else rows)
        return out

    def library(self) -> Any:
        select, out = self.lib.core.select, []
        customer, purchase, item = self.t.customer, self.t.purchase, self.t.item
        with self.engine.connect() as connection:
            for i in range(self.n):
                statement = (
                    select(customer.c.name, purchase.c.placed, item.c.product, item.c.quantity)
                    .join_from(customer, purchase, customer.c.id == purchase.c.customer_id)
                    .join(item, purchase.c.id == item.c.purchase_id)
                    .where(
                        customer.c.id == i % self.customers + 1,
                        item.c.quantity > 10,
                        purchase.c.placed >= data.START,
                    )
                    .order_by(item.c.id)
                    .limit(5)
                )
                out.append(connection.execute(statement).all())
        return out

    def plain(self, result: Any) -> Any:
        return [[tuple(row) for row in rows] for rows in result]


class CoreFetch(CoreWorkload):
    name = "core_fetch"
    about = "fetch rows of five columns: int, str, float, datetime, nullable str"
    size = 100_000
    goal = {"sqlite": 1.3}

    def fill(self) -> None:
        self.driver.fill("five", data.five(self.n))

    def raw(self) -> Any:
        cursor = self.driver.connection.cursor()
        cursor.execute("SELECT id, name, score, created, note FROM five")
        if self.driver.converts:
            return [(i, name, score, moment(created), note) for i, name, score, created, note in cursor]
        return cursor.fetchall()

    def library(self) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(self.lib.core.select(self.t.five)).all()

    def plain(self, result: Any) -> Any:
        return sorted(tuple(row) for row in result)


class BulkInsert(CoreWorkload):
    name = "bulk_insert"
    about = "insert many dictionaries through the core"
    size = 100_000
    goal = {"sqlite": 0.9, "postgresql": 0.6}
    names = ("id", "name", "score", "created", "note")

    def prepare(self) -> None:
        super().prepare()
        self.rows = [dict(zip(self.names, row, strict=True)) for row in data.five(self.n)]
        self.connection: Any = None

    def fill(self) -> None:
        self.driver.create("five")

    def before(self) -> None:
        if self.lib is not None:
            self.connection = self.engine.connect()

    def raw(self) -> Any:
        cursor = self.driver.connection.cursor()
        if self.driver.converts:
            rows = [(r["id"], r["name"], r["score"], stored(r["created"]), r["note"]) for r in self.rows]
        else:
            rows = [(r["id"], r["name"], r["score"], r["created"], r["note"]) for r in self.rows]
        if self.driver.kind == "postgresql":
            from psycopg2.extras import execute_values

            execute_values(cursor, "INSERT INTO five (id, name, score, created, note) VALUES %s", rows, page_size=1000)
        else:
            cursor.executemany(
                self.driver.sql("INSERT INTO five (id, name, score, created, note) VALUES (?, ?, ?, ?, ?)"), rows
            )

    def library(self) -> Any:
        self.connection.execute(self.lib.core.insert(self.t.five), self.rows)

    def plain(self, result: Any) -> Any:
        query = (
            "SELECT count(*), min(id), max(id), round(sum(score)), count(note), min(created), max(created) FROM five"
        )
        if self.lib is None:
            return [tuple(map(str, row)) for row in self.driver.query(query)]
        return [tuple(map(str, row)) for row in self.connection.execute(self.lib.core.text(query))]

    def after(self) -> None:
        if self.lib is None:
            self.driver.connection.rollback()
        else:
            self.connection.rollback()
            self.connection.close()


class StatementConstruct(CoreWorkload):
    name = "stmt_construct"
    about = "build, and only build: 3-table join, 5 criteria, IN, BETWEEN, LIKE, order, limit"
    size = 1_000
    unit = "us"
    has_raw = False
    goal = {"sqlite": 12, "postgresql": 12, "mysql": 12}

    def library(self) -> Any:
        statement = None
        for i in range(self.n):
            statement = self.build(i)
        return statement

    def build(self, i: int) -> Any:
        """One statement; its values change with `i`, its structure does not."""
        customer, purchase, item = self.t.customer, self.t.purchase, self.t.item
        return (
            self.lib.core.select(customer.c.id, customer.c.name, purchase.c.placed, item.c.product)
            .join_from(customer, purchase, customer.c.id == purchase.c.customer_id)
            .join(item, purchase.c.id == item.c.purchase_id)
            .where(customer.c.city == "Oslo")
            .where(customer.c.id.in_([i, i + 1, i + 2]))
            .where(item.c.quantity.between(i, i + 10))
            .where(item.c.product.like("product 1%"))
            .where(purchase.c.placed > data.START)
            .order_by(customer.c.name, item.c.id.desc())
            .limit(10)
        )

    def plain(self, result: Any) -> Any:
        compiled = result.compile()
        return str(compiled), sorted((k, str(v)) for k, v in compiled.params.items())


class PoolCheckout(CoreWorkload):
    name = "pool_checkout"
    about = "take a connection from the pool and give it back, one thread"
    size = 20_000
    unit = "us"
    has_raw = False
    goal = {"sqlite": 1.1, "postgresql": 1.1, "mysql": 1.1}

    def library(self) -> Any:
        connect = self.engine.pool.connect
        for _ in range(self.n):
            connect().close()
        return self.n


def chunks(rows: Any, size: int) -> Any:
    """Lists of at most `size` of the rows."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk
