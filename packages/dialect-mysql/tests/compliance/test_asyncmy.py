"""The shared cases over asyncmy."""

from __future__ import annotations

from typing import Any

import pytest

from lect import make_url
from lect_compliance.suite import *

pytest.importorskip("greenlet")
pytest.importorskip("asyncmy")


def lect_url(request: pytest.FixtureRequest) -> str:
    """The database of this run."""
    url: Any = make_url(request.getfixturevalue("database_url")("LECT_MYSQL_URL"))
    return str(url.set(drivername="mysql+asyncmy").render_as_string(hide_password=False))
