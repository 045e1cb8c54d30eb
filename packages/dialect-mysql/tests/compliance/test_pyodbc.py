"""The shared cases over PyODBC and MariaDB's ODBC driver."""

from __future__ import annotations

import pytest

from lect_compliance.suite import *


def lect_url(request: pytest.FixtureRequest) -> str:
    """The database of this run."""
    url: str = request.getfixturevalue("database_url")("LECT_MYSQL_PYODBC_URL")
    return url
