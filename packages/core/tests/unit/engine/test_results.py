"""Rows and results that come from no database."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from lect import exc
from lect.engine.result import ChunkedIteratorResult, IteratorResult, SimpleResultMetaData
from lect.engine.row import Columns, Row, duplicates

ROWS = [(1, "a"), (2, "b"), (2, "b"), (3, None)]


def result(rows: Any = ROWS, names: Any = ("n", "s")) -> IteratorResult[Any]:
    return IteratorResult(SimpleResultMetaData(names), iter(rows))


def test_row_is_a_tuple_with_names() -> None:
    row = result().first()
    assert isinstance(row, tuple)
    assert isinstance(row, Row)
    assert (row.n, row.s, row[0], row[-1], row[0:1]) == (1, "a", 1, "a", (1,))
    assert row == (1, "a")
    assert hash(row) == hash((1, "a"))
    assert row._fields == ("n", "s")
    assert row._asdict() == {"n": 1, "s": "a"}
    assert dict(row._mapping) == {"n": 1, "s": "a"}


def test_missing_attribute() -> None:
    row = result().first()
    with pytest.raises(AttributeError, match="Could not locate column in row for column 'x'"):
        row.x
    with pytest.raises(KeyError, match="Could not locate column"):
        row._mapping["x"]
    with pytest.raises(TypeError, match="indices must be integers"):
        row["n"]


def test_columns_win_over_tuple_methods() -> None:
    row = result([(1, 2, 3)], ("count", "index", "_fields")).first()
    assert (row.count, row.index) == (1, 2)
    assert row._fields == ("count", "index", "_fields")


def test_ambiguous_names() -> None:
    columns = Columns(["a", "a"], ambiguous=duplicates(["a", "a"]))
    row = columns.row_class((1, 2))
    with pytest.raises(exc.InvalidRequestError, match="Ambiguous column name 'a'"):
        row.a
    with pytest.raises(exc.InvalidRequestError, match="Ambiguous column name 'a'"):
        row._mapping["a"]
    assert list(row._mapping.values()) == [1, 2]


def test_pickled_rows_know_their_names() -> None:
    rows = pickle.loads(pickle.dumps(result().all()))
    assert [row.s for row in rows] == ["a", "b", "b", None]
    assert type(rows[0]) is type(rows[1])
    assert pickle.loads(pickle.dumps(rows[0]._mapping))["n"] == 1


def test_processors_are_applied_once_per_value() -> None:
    columns = Columns(["a", "b"], processors=[None, str.upper])
    made = IteratorResult(columns, iter([(1, "x"), (2, "y")]))
    assert made.all() == [(1, "X"), (2, "Y")]
    frozen = IteratorResult(columns, iter([(1, "x")])).freeze()
    assert frozen().scalars("b").all() == ["X"]
    assert frozen().all() == [(1, "X")]


def test_all_empties_and_first_closes() -> None:
    some = result()
    some.all()
    assert some.all() == []
    assert some.fetchone() is None
    some = result()
    some.first()
    assert some.closed
    with pytest.raises(exc.ResourceClosedError, match="This result object is closed"):
        some.all()


def test_one() -> None:
    assert result(ROWS[:1]).one() == (1, "a")
    with pytest.raises(exc.NoResultFound, match="No row was found when one was required"):
        result([]).one()
    with pytest.raises(exc.MultipleResultsFound, match="exactly one was required"):
        result().one()
    with pytest.raises(exc.MultipleResultsFound, match="one or none was required"):
        result().one_or_none()
    assert result([]).one_or_none() is None


def test_scalars() -> None:
    assert result().scalars().all() == [1, 2, 2, 3]
    assert result().scalars("s").unique().all() == ["a", "b", None]
    assert result().scalar() == 1
    assert result([(None, 1)]).scalar_one() is None
    assert result(ROWS[:1]).scalars(1).one() == "a"
    assert list(result().scalars()) == [1, 2, 2, 3]


def test_mappings() -> None:
    assert result().mappings().first() == {"n": 1, "s": "a"}
    assert result().mappings().columns("s").all()[0] == {"s": "a"}
    assert [dict(m) for m in result().mappings().unique()] == [{"n": n, "s": s} for n, s in dict.fromkeys(ROWS)]


def test_columns_and_partitions() -> None:
    assert result().columns("s", "n").first() == ("a", 1)
    assert result().columns(1).all()[0] == ("a",)
    assert [len(part) for part in result().partitions(3)] == [3, 1]
    assert [len(part) for part in result().unique().partitions(2)] == [2, 1]
    with pytest.raises(KeyError):
        result().columns("x")
    with pytest.raises(IndexError):
        result().columns(7)


def test_unique_with_a_strategy() -> None:
    assert result().unique(lambda row: row[0] % 2).all() == [(1, "a"), (2, "b")]


def test_fetchmany_then_the_rest() -> None:
    some = result()
    assert some.fetchmany(1) == [(1, "a")]
    assert next(some) == (2, "b")
    assert some.all() == [(2, "b"), (3, None)]


def test_merge_and_freeze() -> None:
    merged = result(ROWS[:1]).merge(result(ROWS[3:]))
    assert merged.all() == [(1, "a"), (3, None)]
    frozen = result().freeze()
    assert frozen().all() == frozen().all() == ROWS
    assert frozen.with_new_rows([frozen.data[0]])().all() == ROWS[:1]


def test_chunks_of_the_size_asked_for() -> None:
    sizes: list[Any] = []

    def chunks(size: int | None) -> Any:
        sizes.append(size)
        for start in range(0, 6, size or 6):
            yield [(i,) for i in range(start, start + (size or 6))]

    some: ChunkedIteratorResult[Any] = ChunkedIteratorResult(SimpleResultMetaData(["i"]), chunks)
    some.yield_per(2)
    assert some.all() == [(i,) for i in range(6)]
    assert sizes[-1] == 2


def test_iteration_can_be_taken_up_again() -> None:
    some = result()
    for row in some:
        assert row.n == 1
        break
    assert some.all() == ROWS[1:]


def test_keys() -> None:
    keys = result().keys()
    assert list(keys) == ["n", "s"]
    assert "n" in keys
    assert "x" not in keys
    assert keys == ["n", "s"]
