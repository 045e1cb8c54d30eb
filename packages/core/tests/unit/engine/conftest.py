"""Engines over the scripted driver."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import fake_driver


@pytest.fixture
def server() -> Iterator[fake_driver.Server]:
    """A scripted server; ``fake://`` leads to it."""
    fake_driver.register()
    yield fake_driver.Server()
    fake_driver.unregister()


@pytest.fixture
def engine(server: fake_driver.Server) -> Iterator[Any]:
    """An engine of the scripted server."""
    from lect.engine import create_engine

    made = create_engine("fake://", connect_args={"server": server})
    yield made
    made.dispose()
