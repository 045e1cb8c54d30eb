"""What a database does not keep is refused, or changed as `docs/types.md` says."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from comparing import literal, same
from every_database import DATABASES, Database
from type_edges import EDGES, expected, rows

import lect
from lect.exc import LectError

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest, database_url: Callable[[str], str]) -> Iterator[Database]:
    opened = Database(request.param, database_url)
    yield opened
    opened.close()


def outcome(database: Database, insert: Callable[[Any, Any, Any], Any], type_: Any, value: Any) -> str:
    """Say what became of a value, in the words of the page."""
    # A name of its own for each: statements that a driver has prepared would not survive another type.
    table = lect.Table(
        f"lect_edge_{next(NUMBERS)}",
        lect.MetaData(),
        lect.Column("id", lect.Integer, primary_key=True),
        lect.Column("v", type_),
    )
    database.run(lambda c: table.metadata.create_all(c))

    def go_through(connection: Any) -> str:
        insert(connection, table, value)
        found = connection.execute(lect.select(table.c.v)).scalar_one()
        if isinstance(value, memoryview) and found == value:
            return "kept"
        if value != value and isinstance(found, type(value)) and found != found:
            return "kept"  # NaN equals nothing, itself included
        return "kept" if same(value, found) else f"becomes `{shown(found)}`"

    try:
        return str(database.run(go_through))
    except (LectError, LookupError) as error:
        assert str(error), "an error that says nothing"
        return "refused"
    finally:
        database.run(lambda c: table.metadata.drop_all(c))


def shown(value: Any) -> str:
    return str(value) if value is not None and not isinstance(value, (float, str)) else repr(value)


def bound(connection: Any, table: Any, value: Any) -> None:
    connection.execute(lect.insert(table), {"id": 1, "v": value})


def written(connection: Any, table: Any, value: Any) -> None:
    connection.exec_driver_sql(literal(connection, lect.insert(table).values(id=1, v=value)))


def test_the_page_has_every_edge() -> None:
    assert rows().keys() == EDGES.keys()


@pytest.mark.parametrize("edge", EDGES, ids=" ".join)
def test_the_page_is_right(database: Database, edge: tuple[str, str]) -> None:
    said = expected(rows()[edge], database.name)
    type_, value = EDGES[edge]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert outcome(database, bound, type_, value) == said
        # A literal means the same, or there is none; or it keeps what the driver does not.
        assert outcome(database, written, type_, value) in (said, "refused", "kept")
