"""The compliance suite on SQLite by the standard library's module, in a file."""

from __future__ import annotations

import pytest

from lect_compliance.suite import *


def lect_url(request: pytest.FixtureRequest) -> str:
    """A file that two connections can open."""
    folder = request.getfixturevalue("tmp_path_factory").mktemp("sqlite")
    return f"sqlite:///{folder / 'suite.db'}"
