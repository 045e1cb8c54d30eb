"""The shared cases over asyncpg."""

from __future__ import annotations

from typing import Any

import pytest

from lect import make_url
from lect_compliance.suite import *

pytest.importorskip("greenlet")
pytest.importorskip("asyncpg")


def lect_url(request: pytest.FixtureRequest) -> str:
    """The database of this run."""
    url: Any = make_url(request.getfixturevalue("database_url")("LECT_POSTGRESQL_URL"))
    return str(url.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False))
