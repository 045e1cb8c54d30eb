"""Arguments of the drivers, without a server."""

from __future__ import annotations

from typing import Any

import pytest

from lect.dialects.contract import ConnectRequest
from lect.exc import ArgumentError
from lect_postgresql.psycopg import PsycopgConnector


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("7", 7), ("none", None), ("None", None)])
def test_threshold_of_preparing(text: str, value: Any) -> None:
    made = PsycopgConnector().arguments(ConnectRequest(query={"prepare_threshold": text}))
    assert made.kwargs == {"prepare_threshold": value}


def test_threshold_that_is_no_number() -> None:
    with pytest.raises(ArgumentError) as caught:
        PsycopgConnector().arguments(ConnectRequest(query={"prepare_threshold": "often"}))
    assert str(caught.value) == "prepare_threshold is a number of executions, or 'none', not 'often'"
