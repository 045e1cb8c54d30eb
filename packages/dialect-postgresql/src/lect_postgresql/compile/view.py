"""CREATE VIEW and CREATE TABLE AS: storage parameters and options stand behind the name."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.schema.view import CreateTableAs, CreateView
from lect_postgresql.compile.create_index import storage_parameters
from lect_postgresql.compile.table import RULES


@RULES.rule(CreateView)
def create_view(ddl: CreateView, writer: Any) -> str:
    """``CREATE VIEW name WITH (security_invoker = true) AS SELECT``."""
    return _with_options(ddl, ANSI.own[CreateView](ddl, writer), writer)


@RULES.rule(CreateTableAs)
def create_table_as(ddl: CreateTableAs, writer: Any) -> str:
    """``CREATE TABLE name WITH (fillfactor = 70) AS SELECT``."""
    return _with_options(ddl, ANSI.own[CreateTableAs](ddl, writer), writer)


def _with_options(ddl: Any, text: str, writer: Any) -> str:
    parameters = ddl.dialect_options["postgresql"]["with"]
    if not parameters:
        return text
    name = f" {writer.format_table(ddl.element)} AS "
    head, _, tail = text.partition(name)
    return f"{head}{name[:-4]} WITH ({storage_parameters(parameters)}) AS {tail}"
