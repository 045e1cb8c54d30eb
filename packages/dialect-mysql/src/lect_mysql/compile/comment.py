"""Comments: clauses of ALTER TABLE, which has to state the whole column again."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.comment import comment_literal
from lect.schema.ddl import DropColumnComment, DropTableComment, SetColumnComment, SetTableComment
from lect_mysql.compile.column_spec import definition
from lect_mysql.compile.table import RULES


@RULES.rule(SetTableComment)
def set_table_comment(ddl: SetTableComment, writer: Any) -> str:
    """``ALTER TABLE t COMMENT 'text'``: dev.mysql.com/doc/refman/8.4/en/alter-table.html."""
    return f"ALTER TABLE {writer.format_table(ddl.element)} COMMENT {comment_literal(ddl.element.comment, writer)}"


@RULES.rule(DropTableComment)
def drop_table_comment(ddl: DropTableComment, writer: Any) -> str:
    """An empty comment is none."""
    return f"ALTER TABLE {writer.format_table(ddl.element)} COMMENT ''"


@RULES.rule(SetColumnComment)
def set_column_comment(ddl: SetColumnComment, writer: Any) -> str:
    """``ALTER TABLE t CHANGE c c TYPE … COMMENT 'text'``."""
    return _change(ddl.element, definition(ddl.element, writer), writer)


@RULES.rule(DropColumnComment)
def drop_column_comment(ddl: DropColumnComment, writer: Any) -> str:
    """The column again, without a comment."""
    return _change(ddl.element, definition(ddl.element, writer, comment=False), writer)


def _change(column: Any, text: str, writer: Any) -> str:
    return f"ALTER TABLE {writer.format_table(column.table)} CHANGE {writer.quote(column.name)} {text}"
