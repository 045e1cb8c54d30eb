"""Joins: inner, outer, full, of three tables, with a condition of one's own."""

from __future__ import annotations

import pytest

from lect import Column, Engine, ForeignKey, Integer, MetaData, String, Table, func, select, true
from lect.engine import Connection
from lect_compliance.case import Group, needs
from lect_compliance.needs import FULL_JOIN, LATERAL

__all__ = ["TestJoins"]


class TestJoins(Group):
    """Authors, books and loans."""

    group = "joins"

    @pytest.fixture
    def library(self, engine: Engine, metadata: MetaData) -> dict[str, Table]:
        """Two authors with books, one without; a book without an author; one loan."""
        author = Table(
            "lect_author",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("name", String(30)),
        )
        book = Table(
            "lect_book",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("author_id", ForeignKey("lect_author.id")),
            Column("title", String(30)),
        )
        loan = Table(
            "lect_loan",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("book_id", ForeignKey("lect_book.id")),
        )
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(
                author.insert(), [{"id": i, "name": n} for i, n in ((1, "Lem"), (2, "Le Guin"), (3, "Poe"))]
            )
            connection.execute(
                book.insert(),
                [
                    {"id": 1, "author_id": 1, "title": "Solaris"},
                    {"id": 2, "author_id": 2, "title": "Rocannon"},
                    {"id": 3, "author_id": 2, "title": "Lathe"},
                    {"id": 4, "author_id": None, "title": "Beowulf"},
                ],
            )
            connection.execute(loan.insert(), [{"id": 1, "book_id": 3}])
        return {"author": author, "book": book, "loan": loan}

    def test_join_by_foreign_key(self, connection: Connection, library: dict[str, Table]) -> None:
        """ON comes from the foreign key."""
        author, book = library["author"], library["book"]
        rows = connection.execute(select(author.c.name, book.c.title).join(book).order_by(book.c.id))
        assert [tuple(r) for r in rows] == [("Lem", "Solaris"), ("Le Guin", "Rocannon"), ("Le Guin", "Lathe")]

    def test_outer_join(self, connection: Connection, library: dict[str, Table]) -> None:
        """LEFT OUTER JOIN keeps authors without books."""
        author, book = library["author"], library["book"]
        rows = connection.execute(
            select(author.c.name, func.count(book.c.id))
            .outerjoin(book)
            .group_by(author.c.id, author.c.name)
            .order_by(author.c.id)
        )
        assert [tuple(r) for r in rows] == [("Lem", 1), ("Le Guin", 2), ("Poe", 0)]

    def test_three_tables(self, connection: Connection, library: dict[str, Table]) -> None:
        """A chain of joins."""
        author, book, loan = library["author"], library["book"], library["loan"]
        assert connection.scalars(select(author.c.name).join(book).join(loan)).all() == ["Le Guin"]

    def test_nested_join(self, connection: Connection, library: dict[str, Table]) -> None:
        """A join whose right side is a join."""
        author, book, loan = library["author"], library["book"], library["loan"]
        inner = book.join(loan)
        statement = select(author.c.name, loan.c.id).select_from(
            author.outerjoin(inner, author.c.id == book.c.author_id)
        )
        rows = connection.execute(statement.order_by(author.c.id))
        assert [tuple(r) for r in rows] == [("Lem", None), ("Le Guin", 1), ("Poe", None)]

    def test_join_with_condition(self, connection: Connection, library: dict[str, Table]) -> None:
        """ON with more than the foreign key."""
        author, book = library["author"], library["book"]
        on = (author.c.id == book.c.author_id) & (book.c.title == "Lathe")
        rows = connection.execute(select(author.c.name, book.c.title).outerjoin(book, on).order_by(author.c.id))
        assert [tuple(r) for r in rows] == [("Lem", None), ("Le Guin", "Lathe"), ("Poe", None)]

    def test_self_join(self, connection: Connection, library: dict[str, Table]) -> None:
        """A table joined to itself under another name."""
        one = library["book"]
        other = one.alias("other")
        on = (one.c.author_id == other.c.author_id) & (one.c.id < other.c.id)
        rows = connection.execute(select(one.c.title, other.c.title).join(other, on))
        assert [tuple(r) for r in rows] == [("Rocannon", "Lathe")]

    def test_cross_product(self, connection: Connection, library: dict[str, Table]) -> None:
        """A join that is always true."""
        author, loan = library["author"], library["loan"]
        assert connection.scalar(select(func.count()).select_from(author.join(loan, true()))) == 3

    @needs(FULL_JOIN)
    def test_full_join(self, connection: Connection, library: dict[str, Table]) -> None:
        """FULL OUTER JOIN keeps the lonely of both sides."""
        author, book = library["author"], library["book"]
        rows = connection.execute(select(author.c.name, book.c.title).select_from(author.join(book, full=True)))
        assert sorted((r[0] or "", r[1] or "") for r in rows) == [
            ("", "Beowulf"),
            ("Le Guin", "Lathe"),
            ("Le Guin", "Rocannon"),
            ("Lem", "Solaris"),
            ("Poe", ""),
        ]

    @needs(LATERAL)
    def test_lateral(self, connection: Connection, library: dict[str, Table]) -> None:
        """A subquery in FROM that refers to the table before it."""
        author, book = library["author"], library["book"]
        first = select(func.min(book.c.title).label("title")).where(book.c.author_id == author.c.id).lateral("first")
        rows = connection.execute(select(author.c.name, first.c.title).join(first, true()).order_by(author.c.id))
        assert [tuple(r) for r in rows] == [("Lem", "Solaris"), ("Le Guin", "Lathe"), ("Poe", None)]

    def test_same_names_in_both(self, connection: Connection, library: dict[str, Table]) -> None:
        """Columns of one name are told apart by their objects."""
        author, book = library["author"], library["book"]
        row = connection.execute(select(author.c.id, book.c.id).join(book).where(book.c.id == 3)).one()
        assert row._mapping[author.c.id] == 2
        assert row._mapping[book.c.id] == 3
