"""The shared cases over aiosqlite, in a file."""

from __future__ import annotations

import pytest

from lect_compliance.suite import *

pytest.importorskip("greenlet")
pytest.importorskip("aiosqlite")


def lect_url(request: pytest.FixtureRequest) -> str:
    """The database of this run."""
    folder = request.getfixturevalue("tmp_path_factory").mktemp("aiosqlite")
    return f"sqlite+aiosqlite:///{folder / 'suite.db'}"
