"""Default rule for ``DDL("...")``."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.schema.ddl import DDL


@ANSI.rule(DDL)
def ddl_text(ddl: DDL, writer: Any) -> str:
    """The text, with the names of the table it is about put in."""
    context: dict[str, Any] = dict(ddl.context)
    target = ddl.target
    if getattr(target, "__visit_name__", None) == "table":
        schema = writer.identifiers.schema_of(target, writer.translate)
        context.setdefault("table", writer.quote(target.name))
        context.setdefault("schema", writer.identifiers.quote_schema(schema) if schema else "")
        context.setdefault("fullname", writer.format_table(target))
    try:
        return ddl.statement % context
    except KeyError as missing:
        raise CompileError(
            f"DDL text {ddl.statement!r} asks for %({missing.args[0]})s, which neither its context has nor its target, "
            f"{target!r}; give it with DDL(text, context={{...}})"
        ) from None
    except (TypeError, ValueError) as error:
        raise CompileError(
            f"DDL text {ddl.statement!r} cannot be formatted: {error}; write a percent sign twice"
        ) from None
