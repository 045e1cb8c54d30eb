"""A toy dialect that passes the suite, and the same with one fault planted in each. Registered by name: ``toy://``.

The toy speaks SQLite's language under a name of its own, as a stranger's dialect would that is close to a known one.
"""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import RowLimit
from lect.compile.identifiers import IdentifierPreparer
from lect.compile.table import RuleTable
from lect.dialects.contract import Dialect, Failure
from lect.plugins import register_connector, register_dialect
from lect.types.boolean import Boolean
from lect_sqlite.compile import RULES
from lect_sqlite.dialect import SQLiteDialect
from lect_sqlite.reflection import SQLiteReflector
from lect_sqlite.sqlite3 import Sqlite3Connector


class Toy(SQLiteDialect):
    """The good one."""

    name = "toy"
    spi_version = 1
    rules = RuleTable("toy", parent=RULES)


class ForgetsOffset(Toy):
    """Leaves OFFSET out."""

    name = "forgetsoffset"
    rules = RuleTable("forgetsoffset", parent=RULES)


@ForgetsOffset.rules.rule(RowLimit)
def limit_without_offset(node: RowLimit, writer: Any) -> str:
    """Only LIMIT."""
    limit = node.statement._limit
    return "" if limit is None else f"\n LIMIT {writer.render(limit)}"


class DoublesNoQuotes(Toy):
    """Does not escape the quote character inside names."""

    name = "doublesnoquotes"

    def make_identifiers(self) -> IdentifierPreparer:
        class Careless(IdentifierPreparer):
            def quote_identifier(self, name: str) -> str:
                return f'"{name}"'

        return Careless('"')


class ClaimsTooLittle(Toy):
    """Has window functions, and does not say so."""

    name = "claimstoolittle"

    def settle(self, request: Any) -> Any:
        settled = super().settle(request)
        return settled.copy(capabilities=settled.capabilities.replace(window_functions=False))


class ClaimsTooMuch(Toy):
    """Says that it has DISTINCT ON."""

    name = "claimstoomuch"

    def settle(self, request: Any) -> Any:
        settled = super().settle(request)
        return settled.copy(capabilities=settled.capabilities.replace(native_arrays=True))


class KnowsNoErrors(Toy):
    """Does not say what the server's codes mean."""

    name = "knowsnoerrors"

    def classify(self, failure: Failure) -> Failure:
        return failure


class _Number(Boolean):
    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        return None


class BooleansAreNumbers(Toy):
    """Gives 1 for True."""

    name = "booleansarenumbers"
    type_adaptations = {**Toy.type_adaptations, Boolean: _Number}


class EverythingNullable(Toy):
    """Reads NOT NULL from the catalogue as nullable."""

    name = "everythingnullable"

    class reflector_class(SQLiteReflector):
        def columns(self, request: Any) -> Any:
            for key, columns in super().columns(request):
                yield key, [{**column, "nullable": True} for column in columns]

    reflector = reflector_class()


class LosesParameters(Toy):
    """Its connector drops the last row of many."""

    name = "losesrows"
    default_connector = "losing"


class Losing(Sqlite3Connector):
    """Executes one parameter set too few."""

    name = "losing"
    spi_version = 1
    paramstyle = "qmark"

    def execute_in_bulk(self, request: Any) -> int:
        request.cursor.executemany(request.statement, list(request.parameters)[:-1])
        return int(request.cursor.rowcount)


TOYS: list[type[Dialect]] = [
    Toy,
    ForgetsOffset,
    DoublesNoQuotes,
    ClaimsTooLittle,
    ClaimsTooMuch,
    KnowsNoErrors,
    BooleansAreNumbers,
    EverythingNullable,
    LosesParameters,
]


def register() -> None:
    """Make the toys known by their names."""
    register_connector("losing", Losing, replace=True)
    for toy in TOYS:
        register_dialect(toy.name, toy, replace=True)
