"""Servers quote values in their messages; those of sensitive columns do not come through."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable

import pytest

from lect import Column, Integer, MetaData, String, Table, create_engine, exc, insert

CANARY = "canary-in-the-mine"


@pytest.mark.parametrize("variable", ["LECT_POSTGRESQL_URL", "LECT_MYSQL_URL"])
def test_messages_of_servers(variable: str, database_url: Callable[[str], str]) -> None:
    metadata = MetaData()
    secret = Table(
        "secret",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("word", String(40), unique=True, sensitive=True),
    )
    engine = create_engine(database_url(variable))
    metadata.create_all(engine)
    try:
        with engine.begin() as connection:
            connection.execute(insert(secret), {"id": 1, "word": CANARY})
        shown = []
        for parameters in ({"id": 2, "word": CANARY}, [{"id": 3, "word": CANARY}, {"id": 4, "word": CANARY}]):
            with pytest.raises(exc.UniqueViolation) as e, engine.begin() as connection:
                connection.execute(insert(secret), parameters)
            shown += ["".join(traceback.format_exception(e.value)), repr(e.value.orig), repr(pickle.dumps(e.value))]
            assert "***" in str(e.value)
        assert not [text for text in shown if CANARY in text]
    finally:
        metadata.drop_all(engine)
        engine.dispose()
