"""CREATE DOMAIN and DROP DOMAIN."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.constraints import expression
from lect.schema.expressions import ddl_expression
from lect.types.string import STRINGTYPE
from lect_postgresql.compile.enum_type import type_name
from lect_postgresql.compile.table import RULES
from lect_postgresql.ddl import CreateDomainType, DropDomainType

__all__: list[str] = []


@RULES.rule(CreateDomainType)
def create_domain_type(ddl: CreateDomainType, writer: Any) -> str:
    """postgresql.org/docs/current/sql-createdomain.html."""
    domain = ddl.element
    words = [f"CREATE DOMAIN {type_name(domain, writer)} AS {writer.render(domain.data_type)}"]
    if domain.collation is not None:
        schema = "" if domain.collation_schema is None else f"{writer.quote(domain.collation_schema)}."
        words.append(f"COLLATE {schema}{writer.identifiers.format_collation(domain.collation)}")
    if domain.default is not None:
        # As for server_default of a column: a string is a value, text() is SQL.
        default = domain.default
        text = writer.literal(default, STRINGTYPE) if isinstance(default, str) else expression(default, writer)
        words.append(f"DEFAULT {text}")
    name = [] if domain.constraint_name is None else [f"CONSTRAINT {writer.quote(domain.constraint_name)}"]
    if domain.not_null:
        words.extend(["NOT NULL"] if domain.check is not None else [*name, "NOT NULL"])
    if domain.check is not None:
        words.extend(name)
        words.append(f"CHECK ({expression(ddl_expression(domain.check, 'DOMAIN'), writer)})")
    return " ".join(words)


@RULES.rule(DropDomainType)
def drop_domain_type(ddl: DropDomainType, writer: Any) -> str:
    """postgresql.org/docs/current/sql-dropdomain.html."""
    return f"DROP DOMAIN {type_name(ddl.element, writer)}"
