"""Hostile input: text that wants to be SQL stays text."""

from __future__ import annotations

import pytest

from lect import (
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Unicode,
    bindparam,
    exc,
    func,
    insert,
    literal,
    select,
)
from lect.engine import Connection
from lect_compliance.case import Group, needs
from lect_compliance.needs import COMMENTS, JSON_ACCESS

__all__ = ["HOSTILE", "TestHostile"]

#: Texts that break naive quoting, one for each way of quoting that some database has.
HOSTILE = [
    "'; DROP TABLE lect_person; --",
    '"; DROP TABLE lect_person; --',
    "`; DROP TABLE lect_person; --",
    "]; DROP TABLE lect_person; --",
    "\\'; DROP TABLE lect_person; --",
    "\\",
    "\\\\'",
    "' OR '1'='1",
    "*/ ; DROP TABLE lect_person; /*",
    "-- comment",
    "# comment",
    "%s",
    "%(name)s",
    "%%",
    ":name",
    "?",
    "$1",
    "$$",
    "@p1",
    "{0}",
    "\u02bc OR 1=1",
    "line\nbreak",
    "\u2028",
]


class TestHostile(Group):
    """Every place where text of a user may go."""

    group = "hostile"

    def test_parameters(self, connection: Connection, person: Table) -> None:
        """As a bound value."""
        connection.execute(insert(person), [{"id": i, "name": text} for i, text in enumerate(HOSTILE, 1)])
        found = connection.scalars(select(person.c.name).order_by(person.c.id)).all()
        assert found == HOSTILE
        for i, text in enumerate(HOSTILE, 1):
            assert connection.scalars(select(person.c.id).where(person.c.name == text)).all() == [i]

    def test_in_list(self, connection: Connection, person: Table) -> None:
        """In a list of values."""
        connection.execute(insert(person), [{"id": i, "name": text} for i, text in enumerate(HOSTILE, 1)])
        found = connection.scalars(select(person.c.name).where(person.c.name.in_(HOSTILE)))
        assert sorted(found) == sorted(HOSTILE)

    def test_literals(self, connection: Connection) -> None:
        """Written into the text by the dialect."""
        for text in HOSTILE:
            statement = select(literal(text, String))
            sql = str(statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
            assert connection.exec_driver_sql(sql).scalar_one() == text, sql

    def test_literal_execute(self, connection: Connection) -> None:
        """Written into the text at execution."""
        statement = select(bindparam("x", type_=String, literal_execute=True))
        for text in HOSTILE:
            assert connection.scalar(statement, {"x": text}) == text

    def test_labels(self, connection: Connection) -> None:
        """As the name of a result column."""
        for text in HOSTILE:
            row = connection.execute(select(literal(1).label(text))).one()
            assert row[0] == 1, text

    def test_aliases(self, connection: Connection, people: Table) -> None:
        """As the name of an alias."""
        for text in HOSTILE:
            other = people.alias(text)
            assert connection.scalar(select(func.count()).select_from(other)) == 4, text

    def test_table_and_column_names(self, engine: Engine) -> None:
        """As the names of a table and a column."""
        for text in ['a"b', "a`b", "a]b", "a'b", "a;b", "a--b", "a b", "a%b", "a:b", "a?b"]:
            table = Table(f"lect_{text}", MetaData(), Column("id", Integer, primary_key=True), Column(text, Integer))
            table.create(engine)
            try:
                with engine.begin() as connection:
                    connection.execute(insert(table), {"id": 1, text: 5})
                    assert connection.scalar(select(table.c[text])) == 5, text
            finally:
                table.drop(engine)

    @needs(COMMENTS)
    def test_comments(self, engine: Engine) -> None:
        """As a comment in the schema."""
        from lect import inspect

        for text in HOSTILE:
            table = Table(
                "lect_remark", MetaData(), Column("id", Integer, primary_key=True, comment=text), comment=text
            )
            table.create(engine)
            try:
                assert inspect(engine).get_table_comment("lect_remark")["text"] == text
            finally:
                table.drop(engine)

    def test_server_defaults(self, engine: Engine) -> None:
        """As a default in the schema."""
        for text in HOSTILE:
            table = Table(
                "lect_default",
                MetaData(),
                Column("id", Integer, primary_key=True, autoincrement=False),
                Column("s", Unicode(100), server_default=text),
            )
            table.create(engine)
            try:
                with engine.begin() as connection:
                    connection.execute(insert(table), {"id": 1})
                    assert connection.scalar(select(table.c.s)) == text
            finally:
                table.drop(engine)

    @needs(JSON_ACCESS)
    def test_json_keys(self, engine: Engine, metadata: MetaData) -> None:
        """As a key of a JSON document: found, or refused, and nothing else is read."""
        from lect import JSON

        table = Table("lect_document", metadata, Column("id", Integer, primary_key=True), Column("doc", JSON))
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(insert(table), {"id": 1, "doc": {text: i for i, text in enumerate(HOSTILE)}})
        for i, text in enumerate(HOSTILE):
            with engine.connect() as connection:
                try:
                    found = connection.scalar(select(table.c.doc[text].as_integer()))
                except (exc.StatementError, ValueError):
                    continue  # a key that the database's paths cannot hold is refused
                assert found == i, text

    def test_limit_must_be_a_number(self, people: Table) -> None:
        """As a limit or an offset: refused before anything is sent."""
        for text in ("1; DROP TABLE lect_person", "1 UNION SELECT 1", "abc"):
            with pytest.raises((exc.ArgumentError, exc.CompileError, ValueError, TypeError)):
                select(people).limit(text)
            with pytest.raises((exc.ArgumentError, exc.CompileError, ValueError, TypeError)):
                select(people).offset(text)

    def test_order_by_text(self, connection: Connection, people: Table) -> None:
        """As a string in ORDER BY or GROUP BY: the name of a column or label, or an error."""
        for text in ("id; DROP TABLE lect_person", "(SELECT 1)", "id, (SELECT 1)"):
            with pytest.raises(exc.LectError):
                connection.execute(select(people).order_by(text))
            with pytest.raises(exc.LectError):
                connection.execute(select(people.c.id).group_by(text))

    def test_containers_as_values(self, connection: Connection, people: Table) -> None:
        """A dictionary, list or object where a value is expected is an error, never SQL."""
        for value in ({"id": 1}, [1], {1}, object()):
            with pytest.raises((exc.LectError, TypeError)):
                connection.execute(select(people).where(people.c.name == value))
