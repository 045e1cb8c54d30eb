"""What the tests of this folder share: modules beside them, found by name, and an end for mappings that are broken."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lect_orm.mapping.configure import all_mappers

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def _broken_mappings_end_with_their_test() -> Iterator[None]:
    """A mapping that cannot be configured would fail whoever configures all mappers, until it is collected."""
    yield
    for mapper in all_mappers():
        if mapper.configure_failed is not None:
            mapper.registry.dispose()
