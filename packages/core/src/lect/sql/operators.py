"""The operators, under the name programs know them by."""

from __future__ import annotations

from lect.operators import *  # noqa: F403 - everything there is public here
from lect.operators import __all__ as __all__
