"""The compliance suite on SQLite by its ODBC driver; left out as a whole where no server is named."""

from __future__ import annotations

import os

import pytest

from lect_compliance.suite import *

if not os.environ.get("LECT_SQLITE_PYODBC_URL"):
    pytest.skip("LECT_SQLITE_PYODBC_URL is not set, see tests/README.md", allow_module_level=True)


def lect_url(request: pytest.FixtureRequest) -> str:
    """The database of this run."""
    url: str = request.getfixturevalue("database_url")("LECT_SQLITE_PYODBC_URL")
    return url
