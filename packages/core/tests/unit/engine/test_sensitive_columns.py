"""Values of sensitive columns are in no log, error, representation or pickled exception."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from lect import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    exc,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

pytest.importorskip("lect_sqlite")

CANARY = "canary-in-the-mine"
metadata = MetaData()
patient = Table(
    "patient",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("diagnosis", String(40), unique=True, sensitive=True),
    Column("pin", Integer, CheckConstraint("pin > 0"), info={"sensitive": True}),
)


class Output:
    """Everything that was written anywhere."""

    def __init__(self, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
        self._caplog, self._capsys = caplog, capsys
        self.pieces: list[str] = []

    def add(self, error: BaseException) -> None:
        self.pieces.append("".join(traceback.format_exception(error)))
        self.pieces.append(repr(error))
        self.pieces.append(repr(getattr(error, "params", None)))
        self.pieces.append(repr(pickle.dumps(error)))
        self.pieces.append(str(pickle.loads(pickle.dumps(error))))

    def text(self) -> str:
        captured = self._capsys.readouterr()
        return "\n".join([*self.pieces, self._caplog.text, captured.out, captured.err])


@pytest.fixture
def output(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Output:
    caplog.set_level(logging.DEBUG)
    return Output(caplog, capsys)


@pytest.fixture
def connection(output: Output) -> Iterator[Any]:
    engine = create_engine("sqlite://", echo="debug")
    with engine.connect() as made:
        metadata.create_all(made)
        yield made
    engine.dispose()


@pytest.mark.filterwarnings("ignore:SELECT statement has a cartesian product")
def test_logs_of_every_kind_of_statement(connection: Any, output: Output) -> None:
    c = patient.c
    row = {"id": 1, "name": "ann", "diagnosis": CANARY, "pin": 987654}
    connection.execute(insert(patient), row)
    connection.execute(insert(patient), [{**row, "id": i, "diagnosis": f"{CANARY}{i}"} for i in (2, 3)])
    connection.execute(insert(patient).returning(c.id), [{**row, "id": i, "diagnosis": f"{CANARY}{i}"} for i in (4, 5)])
    connection.execute(insert(patient).values(id=6, diagnosis=CANARY + "6"))
    connection.execute(update(patient).where(c.diagnosis == CANARY).values(name="bob"))
    connection.execute(update(patient).where(c.id == bindparam("i")), [{"i": 1, "diagnosis": CANARY + "x"}])
    for condition in (
        c.diagnosis == CANARY,
        c.diagnosis.in_([CANARY, CANARY + "2"]),
        c.diagnosis.like(f"%{CANARY}%"),
        c.diagnosis.between(CANARY, CANARY + "z"),
        or_(c.diagnosis == None, c.diagnosis > CANARY),
        c.diagnosis == bindparam("d", CANARY),
        c.pin == 987654,
        c.pin == type_coerce("987654", c.pin.type),
        patient.alias().c.diagnosis == CANARY,
    ):
        connection.execute(select(patient).where(condition)).all()
    found = connection.execute(select(patient)).all()
    assert found[0].diagnosis == CANARY + "x"
    said = output.text()
    assert "INSERT INTO patient" in said
    assert "'ann'" in said
    assert "***" in said
    assert CANARY not in said
    assert "987654" not in said


def test_representations(connection: Any) -> None:
    connection.execute(insert(patient), {"id": 1, "name": "ann", "diagnosis": CANARY, "pin": 987654})
    row = connection.execute(select(patient)).one()
    assert repr(row) == "(1, 'ann', ***, ***)"
    assert repr(row._mapping) == "{'id': 1, 'name': 'ann', 'diagnosis': ***, 'pin': ***}"
    assert row.diagnosis == CANARY
    restored = pickle.loads(pickle.dumps(row))
    assert (repr(restored), restored.pin) == (repr(row), 987654)
    reduced = connection.execute(select(patient)).columns("diagnosis", "name").one()
    assert repr(reduced) == "(***, 'ann')"
    assert CANARY not in repr((patient.c.diagnosis == CANARY).right)


def test_errors_of_constraints(connection: Any, output: Output) -> None:
    row = {"id": 1, "name": "ann", "diagnosis": CANARY, "pin": 987654}
    connection.execute(insert(patient), row)
    for wrong, error in (
        ({**row, "id": 2}, exc.UniqueViolation),
        ({**row, "id": 3, "diagnosis": CANARY + "3", "pin": -987654}, exc.CheckViolation),
        ({**row, "id": 4, "diagnosis": {"secret": CANARY}}, exc.ProgrammingError),
    ):
        with pytest.raises(error) as e:
            connection.execute(insert(patient), wrong)
        output.add(e.value)
        assert "'ann'" in str(e.value)
    with pytest.raises(exc.IntegrityError) as many:
        connection.execute(insert(patient), [{**row, "id": 5}, {**row, "id": 6}])
    output.add(many.value)
    with pytest.raises(exc.StatementError) as missing:
        connection.execute(select(patient).where(patient.c.pin == bindparam("p")), {"diagnosis": CANARY})
    assert "'p'" in str(missing.value)
    said = output.text()
    assert CANARY not in said.replace(repr({"diagnosis": CANARY}), "")
    assert "987654" not in said


def test_words_of_the_driver_are_scrubbed(connection: Any, output: Output) -> None:
    """A driver that quotes values in its message, as servers do."""
    from lect.engine.elision import Elision

    compiled = select(patient.c.id).where(patient.c.diagnosis == CANARY, patient.c.pin == 7).compile(connection)
    hidden = Elision.of(compiled)
    assert hidden is not None
    message = f"Duplicate entry '{CANARY}' for key 'pin7', 7 rows (7)"
    assert hidden.scrub(message, (CANARY, 7)) == "Duplicate entry *** for key 'pin7', *** rows (***)"
    made = hidden.original(ValueError(message, 7), (CANARY, 7))
    assert isinstance(made, ValueError)
    assert CANARY not in str(made)


def test_mark_follows_copies_and_foreign_keys() -> None:
    other = MetaData()
    copied = patient.to_metadata(other)
    assert copied.c.diagnosis.type.sensitive
    assert copied.c.pin.type.sensitive
    assert not copied.c.name.type.sensitive
    visit = Table("visit", other, Column("id", Integer), Column("pin", ForeignKey("patient.pin"), sensitive=True))
    assert visit.c.pin.type.sensitive
    assert isinstance(visit.c.pin.type, Integer)


def test_statements_that_differ_in_sensitivity_share_no_plan(connection: Any, output: Output) -> None:
    hidden = String(40).as_sensitive()
    word = "seen-once"  # shown by the statement whose type hides nothing
    for type_ in (String(40), hidden):
        connection.execute(select(patient.c.id).where(patient.c.name == bindparam("x", word, type_))).all()
    assert output.text().count(f"'{word}'") == len([r for r in output._caplog.records if word in r.getMessage()])
    assert sum(word in record.getMessage() for record in output._caplog.records) == 1
