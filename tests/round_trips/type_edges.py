"""Values at the edge of what databases keep, and what becomes of each: the table in `docs/types.md` says it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

from type_cases import Colour

import lect_mysql
from lect import types as t

__all__ = ["COLUMNS", "EDGES", "PAGE", "expected", "rows"]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "types.md"
COLUMNS = ("sqlite", "sqlite-odbc", "postgresql", "postgresql-odbc", "mysql", "mysql-odbc")

_INDIA = dt.timezone(dt.timedelta(hours=5, minutes=30))
_precise = t.DateTime().with_variant(lect_mysql.DATETIME(fsp=6), "mysql")


def _nested(depth: int) -> Any:
    found: Any = []
    for _ in range(depth - 1):
        found = [found]
    return found


#: What the table's first two cells say -> type and value.
EDGES: dict[tuple[str, str], tuple[Any, Any]] = {
    ("Integer", "2**31"): (t.Integer(), 2**31),
    ("BigInteger", "2**63"): (t.BigInteger(), 2**63),
    ("BigInteger", "-2**63 - 1"): (t.BigInteger(), -(2**63) - 1),
    ("Integer", "True"): (t.Integer(), True),
    ("Boolean", "2"): (t.Boolean(), 2),
    ("String(20)", "21 characters"): (t.String(20), "x" * 21),
    ("String(20)", "with NUL"): (t.String(20), "a\x00b"),
    ("String(20)", "half a surrogate pair"): (t.String(20), "\ud800"),
    ("LargeBinary", "empty"): (t.LargeBinary(), b""),
    ("LargeBinary", "memoryview"): (t.LargeBinary(), memoryview(b"ab")),
    ("Float", "0.1"): (t.Float(), 0.1),
    ("Float", "16777217.0"): (t.Float(), 16777217.0),
    ("Float", "1e300"): (t.Float(), 1e300),
    ("Double", "0.1 + 0.2"): (t.Double(), 0.1 + 0.2),
    ("Double", "1.7976931348623157e308"): (t.Double(), 1.7976931348623157e308),
    ("Double", "5e-324"): (t.Double(), 5e-324),
    ("Double", "-0.0"): (t.Double(), -0.0),
    ("Double", "infinity"): (t.Double(), float("inf")),
    ("Double", "NaN"): (t.Double(), float("nan")),
    ("Numeric(38, 10)", "28 digits before the point"): (
        t.Numeric(38, 10),
        Decimal("1234567890123456789012345678.0123456789"),
    ),
    ("Numeric(38, 10)", "1E-11"): (t.Numeric(38, 10), Decimal("1E-11")),
    ("Numeric(38, 10)", "1E+40"): (t.Numeric(38, 10), Decimal("1E+40")),
    ("Numeric(38, 10)", "NaN"): (t.Numeric(38, 10), Decimal("NaN")),
    ("Numeric", "0.5"): (t.Numeric(), Decimal("0.5")),
    ("Numeric", "infinity"): (t.Numeric(), Decimal("Infinity")),
    ("Date", "0001-01-01"): (t.Date(), dt.date(1, 1, 1)),
    ("Date", "9999-12-31"): (t.Date(), dt.date(9999, 12, 31)),
    ("Time", "23:59:59.999999"): (t.Time(), dt.time(23, 59, 59, 999999)),
    ("Time(timezone=True)", "01:02:03+05:30"): (t.Time(timezone=True), dt.time(1, 2, 3, tzinfo=_INDIA)),
    ("DateTime", "2024-01-02 03:04:05.5"): (t.DateTime(), dt.datetime(2024, 1, 2, 3, 4, 5, 500000)),
    ("DateTime", "9999-12-31 23:59:59"): (t.DateTime(), dt.datetime(9999, 12, 31, 23, 59, 59)),
    ("DateTime", "in a gap of summer time"): (t.DateTime(), dt.datetime(2021, 3, 14, 2, 30)),
    ("DateTime with fractions", "2024-01-02 03:04:05.000001"): (_precise, dt.datetime(2024, 1, 2, 3, 4, 5, 1)),
    ("DateTime(timezone=True)", "2024-01-02 03:04:05+05:30"): (
        t.DateTime(timezone=True),
        dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=_INDIA),
    ),
    ("DateTime(timezone=True)", "without offset"): (t.DateTime(timezone=True), dt.datetime(2024, 1, 2, 3, 4, 5)),
    ("TIMESTAMP", "1969-12-31 00:00:00"): (t.TIMESTAMP(), dt.datetime(1969, 12, 31)),
    ("Interval", "microsecond"): (t.Interval(), dt.timedelta(microseconds=1)),
    ("Interval", "-999999999 days"): (t.Interval(), dt.timedelta.min),
    ("Enum", "the name of no member"): (t.Enum(Colour), "blue"),
    ("JSON", "None"): (t.JSON(), None),
    ("JSON", "1e300"): (t.JSON(), 1e300),
    ("JSON", "2**70"): (t.JSON(), 2**70),
    ("JSON", "0.1 + 0.2"): (t.JSON(), 0.1 + 0.2),
    ("JSON", "-0.0"): (t.JSON(), -0.0),
    ("JSON", "NaN"): (t.JSON(), float("nan")),
    ("JSON", "text with NUL"): (t.JSON(), "a\x00b"),
    ("JSON", "half a surrogate pair"): (t.JSON(), "\ud800"),
    ("JSON", "31 levels"): (t.JSON(), _nested(31)),
    ("JSON", "100 levels"): (t.JSON(), _nested(100)),
    ("Uuid(as_uuid=False)", "upper case"): (t.Uuid(as_uuid=False), "12345678-9ABC-4EF0-9234-56789ABCDEF0"),
    ("Uuid", "of no version"): (t.Uuid(), uuid.UUID("cdbafb3d-f283-da1c-3724-5d4633974a52")),
}

_ROW = re.compile(r"^\| (?P<type>[^|]+) \| (?P<value>[^|]+) \| (?P<cells>.+) \|$", re.MULTILINE)


def rows() -> dict[tuple[str, str], dict[str, str]]:
    """What the page's table says: (type, value) -> column -> cell."""
    found = {}
    for match in _ROW.finditer(PAGE.read_text()):
        key = (match["type"].strip().strip("`"), match["value"].strip().strip("`"))
        if key in EDGES:
            found[key] = dict(zip(COLUMNS, [cell.strip() for cell in match["cells"].split("|")], strict=True))
    return found


def expected(cells: dict[str, str], name: str) -> str:
    """What the table says for one database: ``kept``, ``refused`` or ``becomes `value` ``."""
    family, _, driver = name.partition("-")
    cell = cells.get(name, cells[family])
    first, *others = cell.split("; ")
    for other in others:
        who, _, what = other.partition(": ")
        if who == driver:
            return what
    return first
