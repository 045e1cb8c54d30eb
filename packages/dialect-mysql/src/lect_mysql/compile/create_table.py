"""What follows the closing bracket of CREATE TABLE: engine, character set, comment, partitions.

https://dev.mysql.com/doc/refman/8.4/en/create-table.html#create-table-options
"""

from __future__ import annotations

import re
from typing import Any, Final

from lect.exc import CompileError
from lect.schema.ddl import TableOptions
from lect.types.string import STRINGTYPE
from lect_mysql.compile.table import RULES

#: Options whose value is a string.
_TEXTS: Final = frozenset(
    {"COMMENT", "COMPRESSION", "CONNECTION", "DATA DIRECTORY", "ENCRYPTION", "INDEX DIRECTORY", "PASSWORD"}
    | {"ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE"}
)
#: Options whose words are separated by spaces, as they are given in Python.
_SPACED: Final = {
    name.replace(" ", "_"): name
    for name in (
        "CHARACTER SET",
        "DATA DIRECTORY",
        "DEFAULT CHARACTER SET",
        "DEFAULT CHARSET",
        "DEFAULT COLLATE",
        "INDEX DIRECTORY",
        "PARTITION BY",
        "SUBPARTITION BY",
    )
}
#: Options whose value stands behind a space.
_WITHOUT_SIGN: Final = frozenset(
    {"CHARACTER SET", "COLLATE", "DEFAULT CHARACTER SET", "TABLESPACE", "PARTITION BY", "PARTITIONS"}
    | {"SUBPARTITION BY", "SUBPARTITIONS"}
)
#: Clauses of SQL, as the application writes them; they stand last, in this order.
_CLAUSES: Final = ("PARTITION BY", "PARTITIONS", "SUBPARTITION BY", "SUBPARTITIONS")
_VALUE: Final = re.compile(r"^[A-Za-z0-9_.@$-]+$")
_LIST: Final = re.compile(r"^\([\w`., ]+\)$")


@RULES.rule(TableOptions)
def table_options(ddl: TableOptions, writer: Any) -> str:
    """``ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='text'``."""
    table = ddl.element
    options: dict[str, Any] = {}
    for dialect in reversed(writer.dialect_names):
        for key, value in table.dialect_options[dialect].items():
            if value is not None:
                name = key.upper()
                options[_SPACED.get(name, name)] = value
    _first_number(table, options, writer)
    if table.comment is not None:
        options["COMMENT"] = table.comment
    names = sorted([name for name in options if name not in _CLAUSES], key=_order)
    names += [name for name in _CLAUSES if name in options]
    return " ".join([_option(name, options[name], writer) for name in names])


def _order(name: str) -> int:
    """A collation stands behind the character set it belongs to; otherwise the order is the given one."""
    return 1 if "COLLATE" in name else 0


def _first_number(table: Any, options: dict[str, Any], writer: Any) -> None:
    """An identity column's first number becomes AUTO_INCREMENT; its step is the server's."""
    column = getattr(table, "_autoincrement_column", None)
    identity = None if column is None else column.identity
    if identity is None:
        return
    if identity.increment not in (None, 1):
        writer.refuse(
            f"Identity(increment={identity.increment})",
            "the step is the server's, auto_increment_increment",
            "leave out increment",
        )
    if identity.start not in (None, 1):
        options.setdefault("AUTO_INCREMENT", identity.start)


def _option(name: str, value: Any, writer: Any) -> str:
    if not re.match(r"^[A-Z][A-Z0-9_ ]*$", name):
        raise CompileError(f"mysql_{name.lower()}: this is no option of a table")
    sign = " " if name in _WITHOUT_SIGN else "="
    if name in _TEXTS:
        return f"{name}{sign}{writer.literal(str(value), STRINGTYPE)}"
    text = str(value)
    if name not in _CLAUSES and not _VALUE.match(text) and not _LIST.match(text):
        raise CompileError(f"mysql_{name.lower().replace(' ', '_')}={value!r}: a word or a number is expected")
    return f"{name}{sign}{text}"
