"""A column inside of CREATE TABLE: comment, AUTO_INCREMENT, defaults that are expressions.

https://dev.mysql.com/doc/refman/8.4/en/create-table.html, https://mariadb.com/kb/en/create-table/
"""

from __future__ import annotations

import re
from typing import Any, Final

from lect.compile.ansi.column_spec import column_type, default_text, inline_constraints
from lect.compile.ansi.comment import comment_literal
from lect.schema.ddl import CreateColumn
from lect.types.json_type import JSON
from lect.types.large_binary import LargeBinary
from lect.types.sql_types import TIMESTAMP
from lect.types.string import Text
from lect_mysql.compile.table import RULES

__all__ = ["counts", "definition"]

#: What may stand behind DEFAULT without parentheses: a literal, NULL, the present time, and parentheses.
_PLAIN: Final = re.compile(
    r"""\s*(?:'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*"|(?:0x|[bBxX]')[0-9a-fA-F]+'?|[+-]?[0-9][\w.+-]*|NULL|TRUE|FALSE
    |(?:CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP)(?:\s*\(\s*\d*\s*\))?|CURRENT_USER|\(.*\))\s*""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_ON_UPDATE: Final = re.compile(r"\s+ON\s+UPDATE\s+", re.IGNORECASE)


@RULES.rule(CreateColumn)
def create_column(ddl: CreateColumn, writer: Any) -> str:
    """``name TYPE NOT NULL COMMENT 'text' AUTO_INCREMENT``."""
    column = ddl.element
    if column.system:
        return ""
    return " ".join([definition(column, writer), *inline_constraints(column, writer)])


def definition(column: Any, writer: Any, *, comment: bool = True) -> str:
    """Return a column's name, type and attributes, without its constraints."""
    parts = [writer.quote(column.name), column_type(column, writer)]
    if column.computed is not None:
        parts.append(writer.render(column.computed))
        if not column.nullable and writer.dialect.is_mariadb:
            writer.refuse("nullable=False for a computed column", "MariaDB's take no NOT NULL", "use a CheckConstraint")
    if not column.nullable:
        parts.append("NOT NULL")
    elif isinstance(column.type._unwrapped_dialect_impl(writer.dialect), TIMESTAMP):
        parts.append("NULL")  # without it, explicit_defaults_for_timestamp may make it NOT NULL
    if comment and column.comment is not None:
        parts.append(f"COMMENT {comment_literal(column.comment, writer)}")
    if counts(column, writer):
        parts.append("AUTO_INCREMENT")
    else:
        default = default_text(column, writer)
        if default is not None:
            parts.append(f"DEFAULT {_default(default, column, writer)}")
    return " ".join(parts)


def counts(column: Any, writer: Any) -> bool:
    """Whether the server numbers the column by itself."""
    if column.table is None or column is not column.table._autoincrement_column:
        return False
    if column.server_default is not None and column.identity is None:
        return False
    default = column.default
    return not (writer.capabilities.sequences and default is not None and default.is_sequence and not default.optional)


def _default(text: str, column: Any, writer: Any) -> str:
    """Put an expression into parentheses, which every default needs that is neither a literal nor the present time."""
    value, *update = _ON_UPDATE.split(text, maxsplit=1)
    if update:
        return text
    type_ = column.type._unwrapped_dialect_impl(writer.dialect)
    if isinstance(type_, (Text, LargeBinary, JSON)) and not writer.dialect.is_mariadb:
        # dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html: of these types MySQL takes expressions only
        return text if value.startswith("(") else f"({text})"
    return text if _PLAIN.fullmatch(text) else f"({text})"
