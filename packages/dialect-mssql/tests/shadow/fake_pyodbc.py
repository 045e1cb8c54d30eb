"""A driver that sends nothing: it keeps what SQL Server would be sent, and answers as if that had worked.

Results have as many columns as the statement's text says, with ones in them.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

#: Strings, names in brackets, comments and placeholders of T-SQL.
TOKEN = re.compile(r"'(?:''|[^'])*'|\[(?:\]\]|[^\]])*\]|\?", re.DOTALL)


class Error(Exception):
    """The base of the driver's errors."""


class ProgrammingError(Error):
    """The number of parameters is not that of the placeholders."""


def placeholders(sql: str) -> int:
    """Return how many ``?`` of a statement are placeholders."""
    return sum(1 for token in TOKEN.findall(sql) if token == "?")


class Cursor:
    """Keeps (statement, parameters) in `log`."""

    arraysize = 1
    fast_executemany = False

    def __init__(self, log: list[tuple[str, Any]], answer: tuple[Any, ...] | None) -> None:
        self.log = log
        self.answer = answer
        self.description: Any = None
        self.rowcount = -1
        self.messages: list[Any] = []
        self.rows: list[Any] = []
        self.following: tuple[Any, ...] | None = None

    def execute(self, sql: str, *parameters: Any) -> Cursor:
        given = parameters[0] if len(parameters) == 1 and isinstance(parameters[0], (tuple, list)) else parameters
        self._keep(sql, given)
        self._answer(sql)
        return self

    def executemany(self, sql: str, sets: Any) -> None:
        assert sets, "executemany without parameter sets"
        for given in sets:
            self._keep(sql, given)
        self.rowcount = len(sets)

    def _keep(self, sql: str, given: Any) -> None:
        wanted = placeholders(sql)
        if wanted != len(given):
            raise ProgrammingError("07002", f"[07002] {wanted} placeholders, {len(given)} values: {sql}")
        if wanted > 2097:
            raise ProgrammingError("07002", f"[07002] {wanted} parameters are more than the server takes")
        self.log.append((sql, tuple(given)))

    def _answer(self, sql: str) -> None:
        if "SERVERPROPERTY" in sql:
            row: tuple[Any, ...] | None = ("16.0.1000.6", 3, "dbo", 1, True)
        elif re.match(r"\s*(SELECT|WITH)\b", sql) or " OUTPUT " in sql:
            row = self.answer or (1,)
        else:
            row = None
        self._give(row)
        numbers = re.findall(r"\((?:\?, )+(\d+)\)", sql) if " OUTPUT " in sql else []
        if numbers:  # many rows, each with the number of its parameter set
            width = sql.partition(" OUTPUT ")[2].partition(" SELECT ")[0].count("inserted.")
            self.rows = [(int(number) + 1,) * width for number in numbers]
        self.rowcount = 1
        # The first result of "INSERT ...; SELECT ..." is the number of rows.
        self.following = (self.answer or (1,)) if "; SELECT CAST(scope_identity()" in sql else None

    def _give(self, row: tuple[Any, ...] | None) -> None:
        self.rows = [] if row is None else [row]
        self.description = None if row is None else [(f"c{i}", str, None, 9, 9, 0, True) for i in range(len(row))]

    def fetchall(self) -> list[Any]:
        rows, self.rows = self.rows, []
        return rows

    def fetchone(self) -> Any:
        return self.rows.pop(0) if self.rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        return self.fetchall()

    def __iter__(self) -> Any:
        return iter(self.fetchall())

    def nextset(self) -> bool:
        row, self.following = self.following, None
        self._give(row)
        return row is not None

    def setinputsizes(self, sizes: Any) -> None:
        assert isinstance(sizes, list)

    def close(self) -> None:
        pass


class Module:
    """What ``import pyodbc`` would give."""

    apilevel, threadsafety, paramstyle, version = "2.0", 1, "qmark", "5.2.0"
    Error = Error
    ProgrammingError = ProgrammingError
    DatabaseError = Error
    SQL_VARBINARY, SQL_DBMS_VER, SQL_DBMS_NAME, SQL_DRIVER_NAME = -3, 18, 17, 6

    def __init__(self) -> None:
        self.log: list[tuple[str, Any]] = []
        #: The row that the next SELECT or OUTPUT gives.
        self.answer: tuple[Any, ...] | None = None

    def drivers(self) -> list[str]:
        return ["ODBC Driver 18 for SQL Server"]

    def connect(self, text: str, **options: Any) -> Any:
        facts = {18: "16.00.1000", 17: "Microsoft SQL Server", 6: "libmsodbcsql-18.so"}
        return SimpleNamespace(
            cursor=lambda: Cursor(self.log, self.answer),
            commit=lambda: None,
            rollback=lambda: None,
            close=lambda: None,
            autocommit=False,
            timeout=0,
            add_output_converter=lambda code, function: None,
            setencoding=lambda **kw: None,
            setdecoding=lambda code, **kw: None,
            getinfo=facts.__getitem__,
        )
