"""The wheel with the core only: PyODBC itself is there, and the connector is found by name."""

import importlib.metadata

import pyodbc

(point,) = importlib.metadata.entry_points(group="lect.connectors", name="pyodbc")
assert point.load() is not None
assert pyodbc.paramstyle == "qmark"
print("pyodbc: ok")
