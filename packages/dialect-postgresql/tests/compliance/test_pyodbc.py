"""The shared cases over PyODBC and PostgreSQL's ODBC driver."""

from __future__ import annotations

import pytest

from lect_compliance.suite import *


def lect_url(request: pytest.FixtureRequest) -> str:
    """The database of this run."""
    url: str = request.getfixturevalue("database_url")("LECT_POSTGRESQL_PYODBC_URL")
    return url
