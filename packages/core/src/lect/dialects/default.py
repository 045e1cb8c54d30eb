"""The dialect without a server: the SQL standard as the default rules write it, and the lenient one behind
``str()``.
"""

from __future__ import annotations

from typing import Any

from lect.compile.default import set_default_dialect
from lect.compile.lenient import LENIENT
from lect.compile.table import ANSI
from lect.dialects.capabilities import (
    BooleanConstants,
    Capabilities,
    CteInDml,
    DefaultRow,
    MultiTableDelete,
    MultiTableUpdate,
)
from lect.dialects.contract import Dialect

__all__ = ["DefaultDialect", "StrDialect"]


class DefaultDialect(Dialect):
    """Statements in the SQL standard's words; used in tests, and as a base to compile against without any plugin."""

    name = "default"
    spi_version = 1
    rules = ANSI
    default_capabilities = Capabilities(
        product="default",
        default_row=DefaultRow.EMPTY_VALUES,
        multi_values=False,
        default_in_values=False,
        cte_in_dml=CteInDml.BEFORE_STATEMENT,
        dml_in_cte=True,
        multi_table_update=MultiTableUpdate.FROM,
        multi_table_delete=MultiTableDelete.TABLE_LIST,
        native_boolean=False,
        boolean_constants=BooleanConstants.COMPARISON,
    )

    def __init__(
        self, *, supports_native_boolean: bool | None = None, implicit_returning: bool = False, **kw: Any
    ) -> None:
        super().__init__(implicit_returning=implicit_returning, **kw)
        if supports_native_boolean is not None:
            self.supports_native_boolean = supports_native_boolean


class StrDialect(DefaultDialect):
    """What ``str(statement)`` is written in: everything that can be shown is shown, nothing is refused for its
    version.
    """

    rules = LENIENT
    #: A statement shown is what was asked for, without what an execution would add.
    only_shows = True
    default_capabilities = DefaultDialect.default_capabilities.replace(
        multi_values=True,
        distinct_on=True,
        native_boolean=True,
        boolean_constants=BooleanConstants.TRUE_FALSE,
    )


set_default_dialect(StrDialect)
