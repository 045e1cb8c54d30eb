"""Engines on SQLite itself: in memory, in a file, over each driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lect import create_engine


@pytest.fixture
def engine() -> Iterator[Any]:
    made = create_engine("sqlite://")
    yield made
    made.dispose()


@pytest.fixture
def file_engine(tmp_path: Path) -> Iterator[Any]:
    made = create_engine(f"sqlite:///{tmp_path / 'a.db'}", connect_args={"timeout": 0.1})
    yield made
    made.dispose()
