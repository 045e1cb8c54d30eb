"""What the package's entry point names."""

from __future__ import annotations

from lect_pyodbc.connector import PyODBCConnector

__all__ = ["connector"]

connector = PyODBCConnector
