"""What users get wrong: each mistake is an exception of ``lect.exc`` that names the thing and the way out."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from lect import Column, Integer, MetaData, String, Table, bindparam, create_engine, exc, insert, select, text, update

pytest.importorskip("lect_sqlite")

metadata = MetaData()
person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(20), nullable=False, unique=True),
)


class Money:
    """A value of the application that no driver knows."""


@pytest.fixture
def connection() -> Iterator[Any]:
    engine = create_engine("sqlite://")
    with engine.connect() as made:
        metadata.create_all(made)
        yield made
    engine.dispose()


# -- names -------------------------------------------------------------------------------------------------------------


def test_column_attribute_that_does_not_exist() -> None:
    with pytest.raises(exc.NoSuchColumnAttribute, match="nmae: no such column in 'person'; did you mean 'name'") as e:
        _ = person.c.nmae
    assert isinstance(e.value, AttributeError)
    assert not hasattr(person.c, "nmae")


def test_column_key_that_does_not_exist() -> None:
    with pytest.raises(exc.NoSuchColumnError, match="no such column in 'person'; columns are id, name") as e:
        person.c["zip"]
    assert isinstance(e.value, KeyError)


def test_collections_of_columns_can_be_copied_and_pickled() -> None:
    assert list(copy.copy(person.c).keys()) == ["id", "name"]
    assert list(pickle.loads(pickle.dumps(metadata)).tables["person"].c.keys()) == ["id", "name"]


@pytest.mark.parametrize("statement", [insert(person).values(nmae="x"), update(person).values({"nmae": "x"})])
def test_values_for_an_unknown_column(statement: Any) -> None:
    with pytest.raises(exc.CompileError, match="nmae; did you mean 'name'"):
        str(statement)


def test_parameters_for_an_unknown_column(connection: Any) -> None:
    with pytest.raises(exc.CompileError, match="nmae; did you mean 'name'"):
        connection.execute(insert(person), {"nmae": "x"})


def test_row_attribute_and_key_that_do_not_exist(connection: Any) -> None:
    row = connection.execute(text("SELECT 1 AS name")).one()
    with pytest.raises(exc.NoSuchColumnAttribute, match="column 'nmae'; did you mean 'name'"):
        _ = row.nmae
    with pytest.raises(exc.NoSuchColumnError, match="column 'nmae'; did you mean 'name'"):
        row._mapping["nmae"]


# -- values ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [{"a": 1}, ["a"], Money()], ids=["dict", "list", "object"])
def test_value_of_a_class_the_driver_cannot_take(connection: Any, value: Any) -> None:
    kind = type(value).__name__
    with pytest.raises(exc.DBAPIError, match=rf"parameter 'name' of type String got an? .*{kind}") as e:
        connection.execute(insert(person), {"id": 1, "name": value})
    assert "TypeDecorator" in str(e.value)
    assert connection.scalar(select(person.c.id)) is None


def test_value_the_driver_cannot_take_in_a_repeated_statement(connection: Any) -> None:
    for name in ("a", "b"):
        connection.execute(select(person).where(person.c.name == name)).all()
    with pytest.raises(exc.ProgrammingError, match="parameter 'name_1' of type String got a dict"):
        connection.execute(select(person).where(person.c.name == {"a": 1}))


def test_value_the_driver_cannot_take_in_plain_sql(connection: Any) -> None:
    with pytest.raises(exc.ProgrammingError, match="parameter 1 is an object"):
        connection.exec_driver_sql("SELECT ?", (object(),))


def test_number_out_of_range(connection: Any) -> None:
    with pytest.raises(exc.DataError, match="too large"):
        connection.execute(insert(person), {"id": 2**70, "name": "x"})


def test_text_that_cannot_be_encoded(connection: Any) -> None:
    with pytest.raises(exc.DataError, match="surrogates"):
        connection.execute(insert(person), {"id": 1, "name": "\ud800"})


def test_missing_value_says_how_to_give_it(connection: Any) -> None:
    with pytest.raises(exc.StatementError, match=r"value of 'x' at execution: execute\(statement, \{'x': ...\}"):
        connection.execute(select(person).where(person.c.id == bindparam("x")))


def test_missing_value_names_the_misspelt_one(connection: Any) -> None:
    with pytest.raises(exc.StatementError, match=r"(?s)'persn_id' was given.*parameter 'person_id'"):
        connection.execute(select(person).where(person.c.id == bindparam("person_id")), {"persn_id": 1})


def test_missing_value_in_one_of_many_sets(connection: Any) -> None:
    with pytest.raises(exc.StatementError, match=r"(?s)'nmae' was given.*parameter 'name', in parameter group 1"):
        connection.execute(insert(person), [{"id": 1, "name": "x"}, {"id": 2, "nmae": "y"}])


def test_parameters_that_are_no_dictionaries(connection: Any) -> None:
    with pytest.raises(exc.ArgumentError, match=r"consist only of dictionaries, .* got an int"):
        connection.execute(select(person), [1, 2])


# -- statements, connections, constraints ------------------------------------------------------------------------------


def test_text_where_a_statement_belongs(connection: Any) -> None:
    with pytest.raises(exc.ObjectNotExecutableError, match=r"'SELECT 1'; write text\(...\)"):
        connection.execute("SELECT 1")


def test_closed_connection(connection: Any) -> None:
    connection.close()
    with pytest.raises(exc.ResourceClosedError, match=r"is closed; take another one with engine.connect\(\)"):
        connection.execute(select(person))


def test_violated_constraint_names_the_column(connection: Any) -> None:
    connection.execute(insert(person), {"id": 1, "name": "x"})
    with pytest.raises(exc.UniqueViolation, match=r"person\.name") as e:
        connection.execute(insert(person), {"id": 2, "name": "x"})
    assert e.value.table == "person"
    assert e.value.columns == ("name",)
    with pytest.raises(exc.NotNullViolation, match=r"person\.name"):
        connection.execute(insert(person), {"id": 2, "name": None})


# -- engines -----------------------------------------------------------------------------------------------------------


def test_unknown_argument_of_create_engine() -> None:
    with pytest.raises(exc.ArgumentError, match=r"'pool_sise'.*did you mean 'pool_size'") as e:
        create_engine("sqlite://", pool_sise=3)
    assert isinstance(e.value, TypeError)


@pytest.mark.parametrize("url", ["sqlite", "postgresql//u:s3cr3t@h/db", "postgresql://u:s3cr3t@h:port/db", "", None])
def test_malformed_url_shows_the_form_and_no_password(url: Any) -> None:
    with pytest.raises(exc.ArgumentError) as e:
        create_engine(url)
    assert "URL" in str(e.value)
    assert "s3cr3t" not in str(e.value)
