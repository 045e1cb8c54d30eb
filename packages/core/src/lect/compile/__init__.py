"""From statement to text: :func:`compile_statement`, and the hook that lets ``str(statement)`` reach it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lect.compile import ansi
from lect.compile.batch import BatchTemplate
from lect.compile.compiled import Compiled, DmlPlan
from lect.compile.default import default_dialect, set_default_dialect
from lect.compile.options import CompileOptions
from lect.compile.table import ANSI, RuleTable
from lect.compile.writer import ResultColumn, Scope, Writer
from lect.sql.element import set_compile_hook
from lect.sql.node import statement_key

__all__ = [
    "ANSI",
    "BatchTemplate",
    "CompileOptions",
    "Compiled",
    "DmlPlan",
    "ResultColumn",
    "RuleTable",
    "Scope",
    "Writer",
    "ansi",
    "compile_statement",
    "set_default_dialect",
]


def compile_statement(
    statement: Any,
    dialect: Any,
    options: CompileOptions | None = None,
    leaves: Sequence[Any] | None = None,
) -> Compiled:
    """Write `statement` in `dialect`.

    Args:
        leaves: the bound parameters of the statement as ``statement_key(statement)[1]`` gives them: the plan then takes
            their values from the statement of each execution. None: they are computed here.

    Raises:
        CompileError: the dialect cannot write something in it; the message names it.
    """
    options = options or CompileOptions()
    if leaves is None:
        leaves = statement_key(statement)[1]
    writer = Writer(dialect, options, statement)
    text = writer.render(translated(statement))
    return Compiled(writer, statement, text, leaves)


def translated(statement: Any) -> Any:
    """Return the plain statement for one that contains entities of a mapper; the statement itself otherwise."""
    plugin = getattr(statement, "_plugin", None)
    if plugin is None:
        return statement
    whole = getattr(plugin, "translate_whole", None)
    return plugin.translate(statement) if whole is None else whole(statement)


def _compile_hook(statement: Any, dialect: Any, given: dict[str, Any]) -> Compiled:
    options = CompileOptions.of(**given)
    return compile_statement(statement, default_dialect(statement) if dialect is None else dialect, options)


set_compile_hook(_compile_hook)
