"""One PyODBC connector for every Lect dialect; a dialect tells it what is special by a :class:`Profile`."""

from __future__ import annotations

from lect_pyodbc.profile import Profile

__all__ = ["Profile"]

__version__ = "0.1.0"
